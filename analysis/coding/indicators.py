"""Which sentence holds which indicator: one sparse matrix that every frame measure reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from analysis import codebooks
from analysis.codebooks import Codebook
from analysis.text import Counts, count, demand
from analysis.words.counting import adding
from analysis.words.tokens import parse, shape

Source = str | Path | Codebook | Mapping[str, Iterable[str]]


def phrases(codebook: Source) -> list[str]:
    """Return what `count` must be told of: indicators of several words, and phrases in which none counts.

    Examples
    --------
    >>> phrases({"moral": ["dut*", "right and wrong"]})
    ['right and wrong']
    """
    book = codebooks.load(codebook)
    several = {indicator for listed in book.frames.values() for indicator in listed if " " in indicator}
    return sorted(several | {*book.unless})


def in_voice(parts: pd.DataFrame, voice: str | None) -> np.ndarray:
    """Tell which units are in one voice, or in either where none is named.

    Examples
    --------
    >>> in_voice(pd.DataFrame({"voice": ["own", "quoted"]}), "own").tolist()
    [True, False]
    """
    if voice not in (None, "own", "quoted"):
        raise ValueError(f"voice={voice!r}; say 'own' or 'quoted', or leave it out for both")
    return np.ones(len(parts), bool) if voice is None else parts["voice"].eq(voice).to_numpy()


class Hits:
    """Sentences × indicators of some units in one voice or both; the parameters are those of `frame_shares`.

    Attributes
    ----------
    matrix : csr_matrix of int, sentences × indicators, 1 where the sentence holds the indicator
    sentences : DataFrame, one row per sentence
    names, frame_of, columns_of : ndarray, the indicator, frame and frame's number of each column
    frames : list of str
    """

    def __init__(self, parts: pd.DataFrame, codebook: Source, voice: str | None = None) -> None:
        """Find every indicator in every sentence."""
        demand(parts, ["article_id", "sentence", "voice", "text"])
        book = codebooks.load(codebook)
        self.frames = list(book.frames)
        self.names = np.array([indicator for listed in book.frames.values() for indicator in listed], object)
        self.columns_of = np.repeat(np.arange(len(self.frames)), [len(listed) for listed in book.frames.values()])
        self.frame_of = np.array(self.frames, object)[self.columns_of]
        chosen = in_voice(parts, voice)
        used = parts[chosen]
        found = self._in_units(parts, count(parts, phrases=phrases(book)), book.unless)[chosen]
        place = used.groupby(["article_id", "sentence"], sort=False).ngroup().to_numpy()
        self.matrix = ((adding(place, place.max(initial=-1) + 1) @ (found > 0)) > 0).astype(np.int64)
        self.sentences = used.groupby(["article_id", "sentence"], sort=False, as_index=False).first()
        self.articles = pd.Index(parts["article_id"].unique(), name="article_id")
        self._row = self.articles.get_indexer(self.sentences["article_id"])

    def _in_units(self, parts: pd.DataFrame, counts: Counts, unless: Iterable[str]) -> sparse.csr_matrix:
        """Return units × indicators: words and phrases from the counts, but for those in names; signs from the text."""
        words = [(i, name) for i, name in enumerate(self.names) if not is_sign(name)]
        pairs = [(t, i, 1) for i, name in words for t in counts.columns(name)]
        names = {phrase: counts.columns(phrase) for phrase in unless}
        pairs += [
            (t, i, -1) for phrase, terms in names.items() for i, name in words if within(name, phrase) for t in terms
        ]
        term, column, sign = np.array(pairs, int).reshape(-1, 3).T
        shape = (counts.matrix.shape[1], len(self.names))
        found = (counts.matrix @ sparse.csr_matrix((sign, (term, column)), shape=shape)).tolil()
        for i in [i for i, name in enumerate(self.names) if is_sign(name)]:
            found[np.flatnonzero(parts["text"].str.contains(self.names[i], regex=False)), i] = 1
        return found.tocsr()

    def per_article(self, matrix: sparse.csr_matrix) -> pd.DataFrame:
        """Add up rows of sentences into rows of articles."""
        return pd.DataFrame((adding(self._row, len(self.articles)) @ matrix).toarray(), index=self.articles)

    def per_frame(self) -> np.ndarray:
        """Return sentences × frames: how many indicators of the frame the sentence holds."""
        belongs = np.eye(len(self.frames), dtype=np.int64)[self.columns_of]
        return np.asarray(self.matrix @ belongs)

    def shares(self, shrink: float = 0.0) -> pd.DataFrame:
        """Return articles × frames: the share of sentences, so many bare ones added, with at least one indicator."""
        held = self.per_article(sparse.csr_matrix(self.per_frame() > 0)).set_axis(self.frames, axis=1)
        return held.div(self.n_sentences() + shrink, axis=0)

    def per_indicator(self) -> pd.DataFrame:
        """Return articles × (frame, indicator): the sentences that hold it."""
        columns = pd.MultiIndex.from_arrays([self.frame_of, self.names], names=["frame", "indicator"])
        return self.per_article(self.matrix).set_axis(columns, axis=1)

    def breadth(self) -> pd.DataFrame:
        """Return articles × frames: the sum over indicators of log(1 + sentences); repetition counts for little.

        A coder who is asked whether a frame is there at all answers more nearly to this than to the share of sentences;
        it grows with the length of an article, the share does not.
        """
        found = self.per_indicator()
        return found.transform(np.log1p).T.groupby(level="frame", sort=False).sum().T

    def n_sentences(self) -> pd.Series:
        """Return how many sentences each article has, missing where it has none."""
        n = np.bincount(self._row, minlength=len(self.articles)).astype(float)
        return pd.Series(np.where(n > 0, n, np.nan), index=self.articles)


def within(indicator: str, phrase: str) -> bool:
    """Tell whether an indicator is found in a phrase.

    Examples
    --------
    >>> within("human rights", "observatory for human rights"), within("right*", "observatory for human rights")
    (True, True)
    >>> within("for right*", "observatory for human rights")
    False
    """
    wanted, words = [shape(word) for word in parse(indicator)], parse(phrase)
    starts = range(len(words) - len(wanted) + 1)
    return any(all(w.fullmatch(words[at + i]) for i, w in enumerate(wanted)) for at in starts)


def is_sign(indicator: str) -> bool:
    """Tell whether an indicator is a sign such as $, found as it stands."""
    return not any(letter.isalpha() for letter in indicator)
