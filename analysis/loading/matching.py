"""Matching articles: wire copy told twice, and the events that several outlets report."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform


def near_duplicates(articles: pd.DataFrame) -> pd.DataFrame:
    """Find wire copy: clusters of articles that share most of their word shingles.

    Two articles are near-duplicates when they share at least half of the shingles (runs of four words) of the
    shorter one, and eight at least. Clusters are the connected components.

    Parameters
    ----------
    articles : DataFrame
        With `article_id`, `published` and `text`.

    Returns
    -------
    DataFrame
        One row per article: `article_id` (str), `cluster` (int), `wire_of` (str: the earliest member's id,
        missing for an original), `similarity` (float: the largest containment shared with another article).

    Notes
    -----
    Broder 1997, On the resemblance and containment of documents, Compression and Complexity of Sequences.
    Shingles that more than 500 articles share tell nothing about a pair, and are left out of the comparison.

    Examples
    --------
    >>> words = "the river rose over night and took the old bridge that three villages had shared for a century"
    >>> table = {"article_id": ["a", "b"], "published": pd.to_datetime(["2020-01-02", "2020-01-01"])}
    >>> near_duplicates(pd.DataFrame({**table, "text": [words, words + " and more"]}))["wire_of"].tolist()
    ['b', nan]
    """
    first, second, shared = _pairs(_shingles(articles["text"].fillna("")))
    n = len(articles)
    links = sparse.coo_matrix((shared, (first, second)), shape=(n, n))
    best = np.zeros(n)
    np.maximum.at(best, np.concatenate([first, second]), np.concatenate([shared, shared]))
    frame = pd.DataFrame({"article_id": articles["article_id"].astype("str").to_numpy()})
    frame["cluster"] = connected_components(links, directed=False)[1] if n else np.zeros(0, dtype=int)
    by_date = frame.assign(published=articles["published"].to_numpy()).sort_values(["published", "article_id"])
    original = frame["cluster"].map(by_date.groupby("cluster")["article_id"].first())
    return frame.assign(wire_of=original.where(original != frame["article_id"]).astype("str"), similarity=best)


def _shingles(texts: pd.Series) -> sparse.csr_matrix:
    """Return articles × distinct shingles (0/1)."""
    from sklearn.feature_extraction.text import HashingVectorizer

    runs = HashingVectorizer(
        n_features=2**31 - 1, ngram_range=(4, 4), token_pattern=r"\w+", binary=True, norm=None, alternate_sign=False
    )
    hashed = runs.transform(texts) if len(texts) else sparse.csr_matrix((0, 0))
    values, column = np.unique(hashed.indices, return_inverse=True)
    return sparse.csr_matrix((hashed.data, column, hashed.indptr), shape=(len(texts), len(values)))


def _pairs(shingles: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the pairs of articles (i < j) whose containment reaches the threshold."""
    length, spread = (np.asarray(shingles.sum(axis=axis)).ravel() for axis in (1, 0))
    kept = shingles[:, (spread > 1) & (spread <= 500)]
    shared = sparse.triu(kept @ kept.T, k=1).tocoo()
    containment = shared.data / np.maximum(np.minimum(length[shared.row], length[shared.col]), 1)
    keep = (containment >= 0.5) & (shared.data >= 8)
    return shared.row[keep], shared.col[keep], containment[keep]


def match_events(articles: pd.DataFrame, *, threshold: float = 0.15, window_days: int = 4) -> pd.DataFrame:
    """Propose events: groups of articles that tell alike and were published within a few days of each other.

    Articles are compared by the cosine of their TF-IDF vectors (words of title and text, sublinear counts);
    near-duplicates count as alike in everything. Groups are cut from average linkage, so that a chain of loosely
    linked articles is not one event. It is a proposal: look at the links near the threshold before relying on it.

    Parameters
    ----------
    articles : DataFrame
        With `article_id`, `published`, `title` and `text`.
    threshold : float
        The mean cosine at which two groups are still the same event.
    window_days : int
        The most days that may lie between two articles that are compared. Articles without a date are compared
        with all.

    Returns
    -------
    DataFrame
        One row per article: `article_id` (str), `event` (str, numbered by date), `similarity` (float: the closest
        other article of the event; missing where the event has one article).

    Examples
    --------
    >>> days = pd.to_datetime(["2020-01-01", "2020-01-02", "2020-03-01"])
    >>> texts = ["flood takes the old bridge", "the old bridge lost in flood", "council votes on school meals"]
    >>> table = pd.DataFrame({"article_id": list("abc"), "published": days, "title": "", "text": texts})
    >>> match_events(table)["event"].tolist()
    ['event 1', 'event 1', 'event 2']
    """
    alike = _alike(articles, window_days)
    copies = near_duplicates(articles)["cluster"].to_numpy()
    member = sparse.csr_matrix((np.ones(len(copies)), copies, np.arange(len(copies) + 1)), shape=2 * (len(copies),))
    loose = (alike >= threshold) + (member @ member.T > 0)
    part = connected_components(loose, directed=False)[1] if len(articles) else np.zeros(0, dtype=int)
    group = np.zeros(len(articles), dtype=int)
    best = np.full(len(articles), np.nan)
    for label in np.unique(part):
        members = np.flatnonzero(part == label)
        close = alike[members][:, members].toarray()
        close[copies[members][:, None] == copies[members][None, :]] = 1
        cut = _cut(close, threshold)
        group[members] = cut + group.max() + 1
        np.fill_diagonal(close, -1)
        nearest = np.where(cut[:, None] == cut[None, :], close, -1).max(axis=1)
        best[members] = np.where(nearest >= 0, nearest, np.nan)
    frame = articles[["article_id", "published"]].assign(group=group, similarity=best)
    order = frame.sort_values(["published", "article_id"])["group"].drop_duplicates()
    names = {g: f"event {i}" for i, g in enumerate(order, start=1)}
    return frame.assign(event=frame["group"].map(names).astype("str"))[["article_id", "event", "similarity"]]


def _alike(articles: pd.DataFrame, window_days: int) -> sparse.csr_matrix:
    """Return the cosines of all pairs of articles whose dates lie within the window."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    told = articles["title"].fillna("") + "\n" + articles["text"].fillna("")
    words = TfidfVectorizer(sublinear_tf=True, stop_words="english")
    if not any(map(words.build_analyzer(), told)):
        return sparse.csr_matrix((len(articles), len(articles)))
    vectors = words.fit_transform(told)
    near = (vectors @ vectors.T).tocoo()
    day = articles["published"].to_numpy("datetime64[D]").astype(float)
    day[articles["published"].isna().to_numpy()] = np.nan
    apart = np.abs(day[near.row] - day[near.col])
    keep = ~(apart > window_days)
    return sparse.csr_matrix((near.data[keep], (near.row[keep], near.col[keep])), shape=near.shape)


def _cut(close: np.ndarray, threshold: float) -> np.ndarray:
    """Cut average linkage where the mean cosine of two groups falls below the threshold."""
    if len(close) == 1:
        return np.zeros(1, dtype=int)
    apart = np.clip(1 - (close + close.T) / 2, 0, 1)
    np.fill_diagonal(apart, 0)
    return fcluster(linkage(squareform(apart, checks=False), "average"), 1 - threshold, "distance") - 1
