"""Word vectors learnt by counting: positive pointwise mutual information, reduced by a singular value decomposition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

BUNDLED = "news-vectors.npz"
RARE = 1e-3  # words as frequent as this weigh half as much as the rarest (Arora, Liang & Ma 2017)


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

    def pool(self, words: Sequence[str], zones: np.ndarray) -> np.ndarray:
        """Return the weighted mean vector of the words in each zone, (zones, size); unknown words count nothing."""
        known = [(place, self._place[word]) for place, word in enumerate(words) if word in self._place]
        if not known:
            return np.zeros((len(zones), self.matrix.shape[1]), np.float32)
        places, rows = map(np.array, zip(*known, strict=True))
        weights = zones[:, places] * self.weights[rows]
        return np.asarray(weights @ (self.matrix[rows] / np.float32(127)) / (weights.sum(1, keepdims=True) + 0.5))


def learn(
    sentences: Iterable[Sequence[str]], *, size: int = 150, least: int = 2, most: int = 15_000, seed: int = 0
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
    Levy, Goldberg & Dagan 2015, TACL 3: PPMI with context distribution smoothing 0.75; here of a window of ten words on
    either side beside one of two words in which left and right are kept apart, decomposed together.

    Examples
    --------
    >>> learn([["rain", "fell"], ["snow", "fell"], ["rain", "and", "snow", "fell"]], size=2).matrix.shape
    (3, 2)
    """
    sentences = list(sentences)
    seen = Counter(word for sentence in sentences for word in sentence)
    words = [word for word, n in sorted(seen.items(), key=lambda item: (-item[1], item[0])) if n >= least][:most]
    if len(words) < 3:
        raise ValueError(f"{len(words)} words occur {least} times or more; give more sentences to learn vectors from")
    place = {word: row for row, word in enumerate(words)}
    text = np.array(
        [row for sentence in sentences for row in [*(place.get(word, -1) for word in sentence), *[-1] * 10]]
    )
    wide, tight = _cooccurrences(text, len(words), 10), _cooccurrences(text, len(words), 2, fade=False)
    table = sparse.hstack([_ppmi(wide + wide.T), _ppmi(tight), _ppmi(tight.T)]).tocsr()
    left, strength, _ = randomized_svd(table, min(size, len(words) - 1), n_iter=4, random_state=seed)
    rows = left * strength**0.25
    rows /= np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9
    share = np.array([seen[word] for word in words]) / len(text)
    return Vectors(np.array(words), np.round(rows * 127).astype(np.int8), (RARE / (RARE + share)).astype(np.float32))


@lru_cache
def bundled() -> Vectors | None:
    """Return the vectors that come with the project, or None where they were left out."""
    source = files("analysis.codebooks") / BUNDLED
    if not source.is_file():
        return None
    with source.open("rb") as file, np.load(file, allow_pickle=False) as data:
        return Vectors(data["words"].astype(str), data["matrix"], data["weights"])


def _cooccurrences(text: np.ndarray, n: int, window: int, *, fade: bool = True) -> sparse.csr_matrix:
    """Count which word follows which within a window, near ones more where it fades."""
    total = sparse.csr_matrix((n, n))
    for gap in range(1, window + 1):
        first, second = text[:-gap], text[gap:]
        both = (first >= 0) & (second >= 0)
        weight = np.full(both.sum(), (window + 1 - gap) / window if fade else 1.0)
        total = total + sparse.coo_matrix((weight, (first[both], second[both])), shape=(n, n)).tocsr()
    return total


def _ppmi(counts: sparse.spmatrix) -> sparse.csr_matrix:
    """Return positive pointwise mutual information with smoothed contexts."""
    counts = counts.tocoo()
    rows, columns = np.asarray(counts.sum(1)).ravel(), np.asarray(counts.sum(0)).ravel() ** 0.75
    expected = rows[counts.row] * (columns / columns.sum())[counts.col]
    information = np.log(counts.data / expected)
    kept = information > 0
    return sparse.csr_matrix((information[kept], (counts.row[kept], counts.col[kept])), shape=counts.shape)
