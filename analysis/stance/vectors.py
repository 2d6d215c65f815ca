"""Word vectors learnt by counting: positive pointwise mutual information, reduced by a singular value decomposition."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from analysis.stance.lexicon import Lexicon, lexicon

BUNDLED = "news-vectors.npz"
RARE = 1e-3  # words as frequent as this weigh half as much as the rarest (Arora, Liang & Ma 2017)
WIDE, TIGHT = 5, 2  # words on either side
# chosen by cross-validation within the training part of NewsMTSC
_RIDGE = 0.01  # per word and dimension
_NEUTRAL = 0.15  # weight of a word that neither our lexicon nor VADER's knows, taken to say nothing
_PLAIN = 0.7  # induced scores below this are none


@dataclass(frozen=True)
class Vectors:
    """Words, their vectors and their weights.

    Attributes
    ----------
    words : ndarray of str, (n,)
    matrix : ndarray of int8, (n, size), rows of about equal length
    weights : ndarray of float32, (n,), from nearly 0 for the most frequent word to 1 for a rare one
    """

    words: np.ndarray
    matrix: np.ndarray
    weights: np.ndarray

    @cached_property
    def _place(self) -> dict[str, int]:
        """Return the row of each word."""
        return {word: row for row, word in enumerate(self.words.tolist())}

    @cached_property
    def induced(self) -> Lexicon:
        """Return the words that no list of ours holds, with the scores that ours would give them.

        A ridge regression from vectors to what a verb says of the one who acts and of the one acted upon, after
        Hamilton, Clark, Leskovec & Jurafsky 2016, EMNLP, where seed words spread their polarity over a vector space.
        """
        ours, theirs, names = lexicon().scores, lexicon("vader").scores, self.words.tolist()
        known = np.array([word in ours for word in names])
        scores = np.array([ours.get(word, (0.0, 0.0)) for word in names])
        weights = np.array([1.0 if word in ours else 0.0 if word in theirs else _NEUTRAL for word in names])[:, None]
        space = np.c_[self.matrix / 127 * np.sqrt(self.matrix.shape[1]), np.ones(len(names))]
        shrink = _RIDGE * weights.sum() * np.eye(space.shape[1])
        guess = space @ np.linalg.solve((space * weights).T @ space + shrink, (space * weights).T @ scores)
        new = ~known & (np.abs(guess).max(1) > _PLAIN) & np.char.isalpha(self.words)
        found = {names[row]: (float(guess[row, 0]), float(guess[row, 1])) for row in np.flatnonzero(new)}
        return Lexicon("induced", found, frozenset(found))

    def pool(self, words: Sequence[str], zones: np.ndarray) -> np.ndarray:
        """Return the weighted mean vector of the words in each zone, (zones, size); unknown words count nothing."""
        known = [(place, self._place[word]) for place, word in enumerate(words) if word in self._place]
        if not known:
            return np.zeros((len(zones), self.matrix.shape[1]), np.float32)
        places, rows = map(np.array, zip(*known, strict=True))
        weights = zones[:, places] * self.weights[rows]
        return np.asarray(weights @ (self.matrix[rows] / np.float32(127)) / (weights.sum(1, keepdims=True) + 0.5))


def learn(
    sentences: Iterable[Sequence[str]], *, size: int = 150, least: int = 2, most: int = 20_000, seed: int = 0
) -> Vectors:
    """Learn word vectors from tokenised sentences.

    Parameters
    ----------
    sentences : iterable of sequences of str
    size : int, optional
        Length of the vectors; fewer when there are too few words.
    least, most : int, optional
        Words seen less often than `least` times get no vector, nor those beyond the `most` most frequent.
    seed : int, optional

    Returns
    -------
    Vectors

    Raises
    ------
    ValueError
        If hardly a word occurs twice.

    Notes
    -----
    Levy, Goldberg & Dagan 2015, TACL 3: PPMI with context distribution smoothing 0.75; here of a window of five
    words on either side beside one of two words in which left and right are kept apart, decomposed together.

    Examples
    --------
    >>> learn([["rain", "fell"], ["snow", "fell"], ["rain", "and", "snow", "fell"]], size=2).matrix.shape
    (3, 2)
    """
    place: dict[str, int] = {}
    coded = array("i")
    for sentence in sentences:
        coded.extend(place.setdefault(word, len(place)) for word in sentence)
        coded.extend([-1] * WIDE)
    text, names = np.array(coded), list(place)
    seen = np.bincount(text[text >= 0], minlength=1)
    kept = sorted((row for row in range(len(names)) if seen[row] >= least), key=lambda row: (-seen[row], names[row]))
    kept = kept[:most]
    if len(kept) < 3:
        raise ValueError(f"{len(kept)} words occur {least} times or more; give more sentences to learn vectors from")
    rank = np.full(len(names) + 1, -1, np.int32)  # the last stands for what is no word
    rank[kept] = np.arange(len(kept))
    text = rank[text]
    wide, tight = _cooccurrences(text, len(kept), WIDE), _cooccurrences(text, len(kept), TIGHT, fade=False)
    table = sparse.hstack([_ppmi(wide + wide.T), _ppmi(tight), _ppmi(tight.T)]).tocsr()
    left, strength, _ = randomized_svd(table, min(size, len(kept) - 1), n_iter=4, random_state=seed)
    rows = left * strength**0.25
    rows /= np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9
    share = seen[kept] / seen.sum()
    return Vectors(
        np.array([names[row] for row in kept]),
        np.round(rows * 127).astype(np.int8),
        (RARE / (RARE + share)).astype(np.float32),
    )


@lru_cache
def bundled() -> Vectors:
    """Return the vectors that come with the project."""
    with (files("analysis.codebooks") / BUNDLED).open("rb") as file, np.load(file, allow_pickle=False) as data:
        return Vectors(data["words"].astype(str), data["matrix"], data["weights"])


def _cooccurrences(text: np.ndarray, n: int, window: int, *, fade: bool = True) -> sparse.csr_matrix:
    """Count which word follows which within a window, near ones more where it fades."""
    total = sparse.csr_matrix((n, n), dtype=np.float32)
    for gap in range(1, window + 1):
        first, second = text[:-gap], text[gap:]
        both = (first >= 0) & (second >= 0)
        weight = np.full(both.sum(), (window + 1 - gap) / window if fade else 1.0, np.float32)
        total = total + sparse.coo_matrix((weight, (first[both], second[both])), shape=(n, n)).tocsr()
    return total


def _ppmi(counts: sparse.spmatrix) -> sparse.csr_matrix:
    """Return positive pointwise mutual information with smoothed contexts."""
    counts = counts.tocoo()
    rows, columns = np.asarray(counts.sum(1)).ravel(), np.asarray(counts.sum(0)).ravel() ** 0.75
    expected = rows[counts.row] * (columns / columns.sum())[counts.col]
    information = np.log(counts.data / expected)
    kept = information > 0
    data = information[kept].astype(np.float32)
    return sparse.csr_matrix((data, (counts.row[kept], counts.col[kept])), shape=counts.shape)
