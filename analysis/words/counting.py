"""Units as counts: one tokenisation for whatever counts words."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from analysis.words.tokens import WORD, Lookup, normal, parse


@dataclass(frozen=True, eq=False)
class Counts:
    """How often each term stands in each unit.

    Attributes
    ----------
    matrix : csr_matrix of int64, units × terms
    terms : ndarray of str, sorted; a phrase stands under the pattern it was given as
    article_id : ndarray, the article of each row
    """

    matrix: sparse.csr_matrix
    terms: npt.NDArray[np.object_]
    article_id: npt.NDArray[np.object_]

    def columns(self, indicator: str) -> npt.NDArray[np.int64]:
        """Return the columns an indicator covers: `liberat*`, or a phrase that was given to `count`.

        Raises
        ------
        ValueError
            If the indicator has no word.
        KeyError
            If it is a phrase that was not counted.
        """
        words = parse(indicator)
        if len(words) == 1:
            return self._words.covered(words[0])
        if (place := self._phrases.get(" ".join(words))) is None:
            raise KeyError(f"the phrase {indicator!r} was not counted; name it in count(parts, phrases=[…])")
        return np.array([place])

    def by_article(self) -> tuple[sparse.csr_matrix, npt.NDArray[np.object_]]:
        """Return the articles × terms matrix and the articles' ids, in order of appearance."""
        codes, ids = pd.factorize(self.article_id)
        return adding(codes, len(ids)) @ self.matrix, np.asarray(ids, object)

    @cached_property
    def _words(self) -> Lookup:
        """Return the single words, sorted for looking up."""
        return Lookup(self.terms)

    @cached_property
    def _phrases(self) -> dict[str, int]:
        """Return each phrase in counted form with its column."""
        return {" ".join(parse(term)): place for place, term in enumerate(self.terms) if " " in term}


def adding(codes: np.ndarray, n: int) -> sparse.csr_matrix:
    """Return the matrix that adds up rows of the same code; codes run from 0 to n - 1.

    Examples
    --------
    >>> (adding(np.array([0, 1, 0]), 2) @ np.array([1, 2, 3])).tolist()
    [4, 2]
    """
    return sparse.csr_matrix((np.ones(len(codes), np.int64), (codes, np.arange(len(codes)))), shape=(n, len(codes)))


def count(parts: pd.DataFrame, *, phrases: Iterable[str] = ()) -> Counts:
    """Count every word, and the given phrases, in every unit.

    Parameters
    ----------
    parts : DataFrame
        Units: `article_id` and `text`.
    phrases : iterable of str
        Indicators of several words (`human shield*`) that become columns, counted within a unit; their words are
        counted too. Single words are passed over: they have columns already.

    Returns
    -------
    Counts

    Examples
    --------
    >>> counts = count(pd.DataFrame({"article_id": ["a"], "text": ["Liberated, they liberate."]}))
    >>> counts.matrix[:, counts.columns("liberat*")].toarray()
    array([[1, 1]])
    """
    several = {" ".join(words): p for p in phrases if len(words := parse(p)) > 1}
    stream = _Stream(parts["text"])
    found = [stream.rows[stream.find(phrase.split())] for phrase in several]
    known = [*stream.names, *several.values()]
    terms = sorted({*known} - {""})
    column = {term: place for place, term in enumerate(terms)}
    place = np.array([column.get(name, -1) for name in known])
    ids = np.repeat(np.arange(len(stream.names), len(known)), [len(rows) for rows in found])
    rows, columns = np.concatenate([stream.rows, *found]), place[np.concatenate([stream.ids, ids])]
    kept = columns >= 0
    entries = (np.ones(np.count_nonzero(kept), np.int64), (rows[kept], columns[kept]))
    matrix = sparse.csr_matrix(entries, shape=(len(parts), len(terms)))
    return Counts(matrix, np.array(terms, object), parts["article_id"].to_numpy(object))


class _Stream:
    """All tokens of a column of texts in order, as numbers, numbers in the text holding their place."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Tokenise each text once."""
        index: dict[str, int] = {"": 0}
        ids, lengths = array("q"), array("q")
        for text in texts:
            found = [index.setdefault(normal(raw), len(index)) for raw in WORD.findall(text)]
            ids.extend(found)
            lengths.append(len(found))
        self.names = list(index)
        self.ids = np.array(ids, np.int64)
        self.rows = np.repeat(np.arange(len(lengths)), np.array(lengths, np.int64))
        self._words = Lookup(self.names)

    def find(self, words: Sequence[str]) -> npt.NDArray[np.int64]:
        """Return where a run of words begins, all within one unit."""
        at = np.arange(max(0, len(self.ids) - len(words) + 1))
        at = at[self.rows[at] == self.rows[at + len(words) - 1]]
        for step, word in enumerate(words):
            covered = np.zeros(len(self.names), bool)
            covered[self._words.covered(word)] = True
            at = at[covered[self.ids[at + step]]]
        return at
