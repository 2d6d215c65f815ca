"""Opposed frames on one scale: where between two poles an article's words lie, learnt from seed words."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd

from analysis import codebooks
from analysis.codebooks import SEED
from analysis.coding.indicators import Source, in_voice, is_sign, phrases
from analysis.text import count
from analysis.words.counting import adding


def polarity(
    parts: pd.DataFrame,
    codebook: Source = "war-peace",
    *,
    voice: str | None = None,
    dimensions: int = 100,
    seed: int = SEED,
) -> pd.DataFrame:
    """Place each article between two opposed frames by latent semantic scaling.

    Words that stand in like sentences as the seeds of a pole lie near that pole; an article lies where its words lie on
    average. The two frames' indicators are the seeds.

    Parameters
    ----------
    parts : DataFrame
        Units: `article_id`, `voice`, `text`.
    codebook : str, Path, Codebook or mapping
        Two frames: the first is the negative pole, the second the positive.
    voice : {"own", "quoted"}, optional
        Score these stretches only; the meaning of words is learnt from all.
    dimensions, seed : int
        Of the reduced space (at most what the corpus holds), and where its decomposition starts.

    Returns
    -------
    DataFrame
        Index `article_id`: `score` (standardised over the articles; missing where no word can be placed), `low`, `high`
        (the range when any one seed is left out) and `seed_low`, `seed_high` (str, the seeds whose absence gives them).

    Raises
    ------
    ValueError
        If the codebook has other than two frames, or the articles hold fewer than two seeds of a pole.

    Notes
    -----
    Watanabe 2020, Latent semantic scaling: a semisupervised text analysis technique for new domains and languages,
    Communication Methods and Measures 15(2). Not reliable for a corpus of a few thousand sentences or fewer.
    """
    scored, pole, seeds, ids = _placed(parts, codebook, voice, dimensions, seed)
    for sign, frame in zip((-1, 1), codebooks.load(codebook).frames, strict=True):
        if (pole == sign).sum() < 2:
            raise ValueError(f"the articles hold fewer than two seeds of {frame!r}; add indicators or articles")
    return _leave_one_out(scored, pole, seeds).set_axis(pd.Index(ids, name="article_id"))


def seed_halves(
    parts: pd.DataFrame,
    codebook: Source = "war-peace",
    *,
    voice: str | None = None,
    dimensions: int = 100,
    reps: int = 200,
    seed: int = SEED,
) -> pd.DataFrame:
    """Tell whether a scale depends on which seeds were chosen: each half of them must order the articles alike.

    Leaving out one seed of many changes little however poor the scale is; half of them is the harder test.

    Parameters
    ----------
    parts, codebook, voice, dimensions, seed
        As for `polarity`.
    reps : int
        Random splits of both poles.

    Returns
    -------
    DataFrame
        One row: `correlation` (median over splits of the rank correlation of the two halves' scores), `low`, `high`
        (the middle 95 % of splits: not an interval of confidence), `n` (articles), `seeds` (int, found in the corpus).

        A `correlation` that is missing: the corpus holds fewer than two seeds of a pole.
    """
    scored, pole, seeds, _ = _placed(parts, codebook, voice, dimensions, seed)
    enough = min((pole < 0).sum(), (pole > 0).sum()) > 1
    scored, rng = scored[np.isfinite(scored).all(axis=1)] if enough else scored[:0], np.random.default_rng(seed)
    found = []
    for _ in range(reps if enough else 0):
        less, more = rng.permutation(np.flatnonzero(pole < 0)), rng.permutation(np.flatnonzero(pole > 0))
        halves = [scored[:, more[i::2]].mean(axis=1) - scored[:, less[i::2]].mean(axis=1) for i in (0, 1)]
        found.append(pd.Series(halves[0]).corr(pd.Series(halves[1]), method="spearman"))
    low, middle, high = pd.Series(found, dtype=float).quantile([0.025, 0.5, 0.975])
    row = {"correlation": middle, "low": low, "high": high, "n": len(scored), "seeds": len(seeds)}
    return pd.DataFrame([row])


def _placed(
    parts: pd.DataFrame, codebook: Source, voice: str | None, dimensions: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, pd.Index]:
    """Return articles × seeds (how near the article's words lie), poles, seeds and articles."""
    book = codebooks.load(codebook)
    if len(book.frames) != 2:
        raise ValueError(f"{book.name} has {len(book.frames)} frames; name two opposed ones, the negative pole first")
    counts = count(parts, phrases=phrases(book))
    vectors = _vectors(counts.matrix, dimensions, seed)
    listed = [(sign, name) for sign, names in zip((-1, 1), book.frames.values(), strict=True) for name in names]
    seeds = np.array([vectors[[] if is_sign(name) else counts.columns(name)].sum(axis=0) for _, name in listed])
    lengths = np.linalg.norm(seeds, axis=1, keepdims=True)
    known = lengths[:, 0] > 0
    chosen = in_voice(parts, voice)
    codes, ids = pd.factorize(counts.article_id)
    used = (adding(codes[chosen], len(ids)) @ counts.matrix[chosen]).multiply(vectors.any(axis=1)).tocsr()
    words = used.sum(axis=1)
    scored = np.asarray(used @ vectors @ (seeds[known] / lengths[known]).T / np.where(words > 0, words, np.nan))
    pole, names = (np.array([pair[i] for pair in listed], kind)[known] for i, kind in enumerate((int, object)))
    return scored, pole, names, pd.Index(ids)


def _leave_one_out(scored: np.ndarray, pole: np.ndarray, seeds: np.ndarray) -> pd.DataFrame:
    """Return scores from articles × seeds, and their range when a seed is left out."""

    def score(kept: np.ndarray) -> np.ndarray:
        """Weigh both poles alike and standardise over the articles."""
        raw = scored[:, kept & (pole > 0)].mean(axis=1) - scored[:, kept & (pole < 0)].mean(axis=1)
        spread = np.nanstd(raw) if np.isfinite(raw).any() else 0.0
        return (raw - np.nanmean(raw)) / spread if spread > 0 else raw * 0.0

    every = np.ones(len(pole), bool)
    less = np.column_stack([score(every & (np.arange(len(pole)) != left)) for left in range(len(pole))])
    safe, row = np.nan_to_num(less), np.arange(len(less))
    least, most = safe.argmin(axis=1), safe.argmax(axis=1)
    table = pd.DataFrame({"score": score(every), "low": less[row, least], "high": less[row, most]})
    return table.assign(seed_low=seeds[least], seed_high=seeds[most])


def _vectors(matrix: sparse.csr_matrix, dimensions: int, seed: int) -> np.ndarray:
    """Return unit vectors of the terms in the reduced space; a term in one unit alone has none."""
    spread = np.asarray((matrix > 0).sum(axis=0)).ravel()
    common = np.flatnonzero((spread > 1) & (spread < 0.5 * matrix.shape[0]))
    k = max(1, min(dimensions, len(common) - 1, matrix.shape[0] - 1))
    vectors = np.zeros((matrix.shape[1], k))
    if len(common):
        kept = matrix[:, common].astype(float)
        kept.data = 1 + np.log(kept.data)
        weighted = kept.multiply(np.log(matrix.shape[0] / spread[common])).tocsr()
        _, sizes, right = randomized_svd(weighted, k, random_state=seed)
        vectors[common] = normalize(right.T * sizes)
    return vectors
