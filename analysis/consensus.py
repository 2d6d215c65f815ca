"""Topics that many runs agree on, and how well the first terms of a topic hang together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
from scipy import sparse
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.decomposition import TruncatedSVD, non_negative_factorization
from sklearn.preprocessing import normalize

from analysis.text import tokens
from analysis.words.counting import adding

TOP = 10
"""How many of its first terms stand for a topic wherever topics are compared, scored or shown."""

MOST = 5000
"""How many texts one clustering sees at most, so that large corpora take no longer than they must."""


def consensus(x: sparse.csr_matrix, k: int, runs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Find topics that clusterings of random parts of the texts agree on.

    Parameters
    ----------
    x : csr_matrix of float, texts × terms
        TF-IDF; rows without a term are passed over.
    k, runs, seed : int
        Topics; clusterings, each of a random four fifths of the texts (`MOST` at most); where the randomness starts.

    Returns
    -------
    ndarray of float, topics × terms, and ndarray of float
        Unit rows, each the mean of the texts that most runs give to it (Dudoit & Fridlyand 2003, Bioinformatics); and
        each topic's stability: the mean Jaccard similarity of its first terms with those of its counterparts in the
        runs (Greene, O'Callaghan & Cunningham 2014, ECML PKDD; matched by Kuhn 1955).

    Examples
    --------
    >>> topics, stability = consensus(sparse.csr_matrix(np.kron(np.eye(2), np.ones((4, 3)))), 2, 5, 0)
    >>> (topics > 0).sum(axis=1).tolist(), stability.tolist()
    ([3, 3], [1.0, 1.0])
    """
    rng, x = np.random.default_rng(seed), x[np.diff(x.indptr) > 0]
    size = max(1, min(k + 8, *(n - 1 for n in x.shape)))
    latent = normalize(TruncatedSVD(size, n_iter=8, random_state=seed).fit_transform(x))
    part = max(k, min(MOST, round(0.8 * len(latent))))
    centres, firsts = [], []
    for _ in range(runs):
        some = rng.choice(len(latent), part, replace=False)
        run = KMeans(k, n_init=1, random_state=int(rng.integers(2**31))).fit(latent[some])
        centres.append(normalize(run.cluster_centers_))
        firsts.append(_first(_sums(x[some], run.labels_, k)))
    shared = normalize(KMeans(k, n_init=20, random_state=seed).fit(np.vstack(centres)).cluster_centers_)
    matched = [linear_sum_assignment(-shared @ each.T)[1] for each in centres]
    votes = np.zeros((len(latent), k))
    for each, order in zip(centres, matched, strict=True):
        votes[np.arange(len(latent)), (latent @ each[order].T).argmax(axis=1)] += 1
    elected = votes.argmax(axis=1)
    for topic in sorted(set(range(k)) - set(elected)):  # no topic without a text, and none left without by this
        spare = np.flatnonzero(np.bincount(elected, minlength=k)[elected] > 1)
        elected[spare[votes[spare, topic].argmax()]] = topic
    sums = _sums(x, elected, k)
    same = [[len(a & run[i]) / max(len(a | run[i]), 1) for a, i in zip(_first(sums), order, strict=True)]
            for run, order in zip(firsts, matched, strict=True)]  # fmt: skip
    return normalize(sums), np.mean(same, axis=0)


def _sums(x: sparse.csr_matrix, labels: np.ndarray, k: int) -> np.ndarray:
    """Return the sum of each class's rows."""
    return (adding(labels, k) @ x).toarray()


def _first(topics: np.ndarray) -> list[set[int]]:
    """Return the first terms of each topic."""
    return [{i for i in np.argsort(-row, kind="stable")[:TOP] if row[i]} for row in topics]


def weights(x: sparse.csr_matrix, h: np.ndarray) -> np.ndarray:
    """Return what of each topic each text holds (texts × topics), the topics `h` (topics × terms) being fixed.

    Examples
    --------
    >>> weights(sparse.csr_matrix([[0.0, 2.0]]), np.eye(2)).tolist()
    [[0.0, 2.0]]
    """
    return non_negative_factorization(x, H=h, n_components=len(h), init="custom", update_H=False, max_iter=100)[0]


def coherence(texts: Iterable[str], terms: Sequence[Sequence[str]], *, window: int = 10) -> np.ndarray:
    """Score lists of terms by how much more often than by chance two of them stand within `window` words.

    Returns
    -------
    ndarray of float
        Mean normalised pointwise mutual information per list, −1 to 1; pairs that never meet count −1 (Bouma 2009,
        GSCL; Röder, Both & Hinneburg 2015, WSDM).

    Examples
    --------
    >>> coherence(["tall ship", "red hat"], [["tall", "ship"], ["tall", "hat"]], window=2).tolist()
    [0.5, -1.0]
    """
    place = {term: i for i, term in enumerate(sorted({term for some in terms for term in some}))}
    found, length = [], 0
    for text in texts:
        words = tokens(text)
        hits = [(i, place[word]) for i, word in enumerate(words) if word in place]
        found += [(length + at, column) for i, column in hits for at in range(max(0, i - window + 1), i + 1)]
        length += len(words)
    rows, columns = np.array(found, np.int64).reshape(-1, 2).T
    windows = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(max(length, 1), len(place)))
    windows.data[:] = 1
    p = (windows.T @ windows).toarray() / max(length, 1)
    return np.array([np.mean([_npmi(p, place[a], place[b]) for a, b in combinations(some, 2)]) for some in terms])


def _npmi(p: np.ndarray, a: int, b: int) -> float:
    """Return the normalised pointwise mutual information of two terms."""
    return float(np.log(p[a, b] / p[a, a] / p[b, b]) / -np.log(min(p[a, b], 1 - 1e-12))) if p[a, b] else -1.0
