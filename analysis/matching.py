"""Matching articles: wire copy told twice, and the events that several outlets report."""

from __future__ import annotations

import re
import zlib

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

WORD = re.compile(r"\w+")


def near_duplicates(articles: pd.DataFrame, *, threshold: float = 0.5, size: int = 4) -> pd.DataFrame:
    """Find wire copy: clusters of articles that share most of their word shingles.

    Two articles are near-duplicates when they share at least `threshold` of the shingles (runs of `size` words)
    of the shorter one, and both are long enough to tell. Clusters are the connected components.

    Parameters
    ----------
    articles : DataFrame
        With `article_id`, `published` and `text`.
    threshold : float
        The share of the shorter article's shingles that must recur in the other.
    size : int
        Words per shingle.

    Returns
    -------
    DataFrame
        One row per article: `article_id` (str), `cluster` (int), `wire_of` (str: the earliest member's id,
        missing for an original), `similarity` (float: the largest containment shared with another article).

    Notes
    -----
    Broder 1997, On the resemblance and containment of documents, Compression and Complexity of Sequences.
    Shingles that occur in one article only are left out before articles are compared.

    Examples
    --------
    >>> words = "the river rose over night and took the old bridge that three villages had shared for a century"
    >>> table = {"article_id": ["a", "b"], "published": pd.to_datetime(["2020-01-02", "2020-01-01"])}
    >>> near_duplicates(pd.DataFrame({**table, "text": [words, words + " and more"]}))["wire_of"].tolist()
    ['b', nan]
    """
    shingles = _shingles(articles["text"], size)
    pairs = _pairs(shingles, threshold)
    n = len(articles)
    links = sparse.coo_matrix((pairs[2], (pairs[0], pairs[1])), shape=(n, n))
    cluster = connected_components(links, directed=False)[1] if n else np.zeros(0, dtype=int)
    best = np.zeros(n)
    np.maximum.at(best, pairs[0], pairs[2])
    np.maximum.at(best, pairs[1], pairs[2])
    frame = pd.DataFrame({"article_id": articles["article_id"].to_numpy(), "cluster": cluster})
    by_date = frame.assign(published=articles["published"].to_numpy()).sort_values(["published", "article_id"])
    first = by_date.groupby("cluster")["article_id"].first()
    original = frame["cluster"].map(first)
    return frame.assign(wire_of=original.where(original != frame["article_id"]).astype("str"), similarity=best).astype(
        {"article_id": "str"}
    )


def _shingles(texts: pd.Series, size: int) -> sparse.csr_matrix:
    """Return articles × distinct shingles (0/1), without the shingles that one article alone has."""
    rows = []
    for text in texts:
        words = np.fromiter((zlib.crc32(w.encode()) for w in WORD.findall(text.lower())), dtype=np.uint64)
        ends = max(len(words) - size + 1, 0)
        runs = np.zeros(ends, dtype=np.uint64)
        for shift in range(size):
            runs = runs * np.uint64(1_000_003) + words[shift : shift + ends]
        rows.append(np.unique(runs))
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    values, column = np.unique(np.concatenate(rows) if rows else np.zeros(0, np.uint64), return_inverse=True)
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    matrix = sparse.csr_matrix((np.ones(len(column), dtype=np.float64), column, indptr), shape=(len(rows), len(values)))
    return matrix


def _pairs(shingles: sparse.csr_matrix, threshold: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the pairs of articles (i < j) whose containment reaches the threshold."""
    length = np.asarray(shingles.sum(axis=1)).ravel()
    spread = np.asarray(shingles.sum(axis=0)).ravel()
    kept = shingles[:, (spread > 1) & (spread <= 100)]
    shared = sparse.triu(kept @ kept.T, k=1).tocoo()
    containment = shared.data / np.maximum(np.minimum(length[shared.row], length[shared.col]), 1)
    keep = (containment >= threshold) & (shared.data >= 8)
    return shared.row[keep], shared.col[keep], containment[keep]
