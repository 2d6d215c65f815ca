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

Source = str | Path | Codebook | Mapping[str, Iterable[str]]


def phrases(codebook: Source) -> list[str]:
    """Return the indicators of several words, which `count` must be told of.

    Examples
    --------
    >>> phrases({"moral": ["dut*", "right and wrong"]})
    ['right and wrong']
    """
    frames = codebooks.load(codebook).frames
    return sorted({indicator for listed in frames.values() for indicator in listed if " " in indicator})


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
        if voice not in (None, "own", "quoted"):
            raise ValueError(f"voice={voice!r}; say 'own' or 'quoted', or leave it out for both")
        demand(parts, ["article_id", "sentence", "voice", "text"])
        book = codebooks.load(codebook)
        self.frames = list(book.frames)
        self.names = np.array([indicator for listed in book.frames.values() for indicator in listed], object)
        self.columns_of = np.repeat(np.arange(len(self.frames)), [len(listed) for listed in book.frames.values()])
        self.frame_of = np.array(self.frames, object)[self.columns_of]
        chosen = np.ones(len(parts), bool) if voice is None else parts["voice"].eq(voice).to_numpy()
        used = parts[chosen]
        found = self._in_units(parts, count(parts, phrases=phrases(book)))[chosen]
        place = used.groupby(["article_id", "sentence"], sort=False).ngroup().to_numpy()
        self.matrix = ((adding(place, place.max(initial=-1) + 1) @ found) > 0).astype(np.int64)
        self.sentences = used.groupby(["article_id", "sentence"], sort=False, as_index=False).first()
        self.articles = pd.Index(parts["article_id"].unique(), name="article_id")
        self._row = self.articles.get_indexer(self.sentences["article_id"])

    def _in_units(self, parts: pd.DataFrame, counts: Counts) -> sparse.csr_matrix:
        """Return units × indicators: words and phrases from the counts, signs from the text."""
        pairs = [(t, i) for i, name in enumerate(self.names) if not is_sign(name) for t in counts.columns(name)]
        term, column = np.array(pairs, int).reshape(-1, 2).T
        shape = (counts.matrix.shape[1], len(self.names))
        found = (counts.matrix @ sparse.csr_matrix((np.ones(len(term)), (term, column)), shape=shape)).tolil()
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


def is_sign(indicator: str) -> bool:
    """Tell whether an indicator is a sign such as $, found as it stands."""
    return not any(letter.isalpha() for letter in indicator)
