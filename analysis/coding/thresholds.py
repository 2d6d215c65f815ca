"""From which value on a frame counts as present: the threshold that agrees best with people's codes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from analysis.codebooks import SEED


def f1(right: np.ndarray, above: np.ndarray) -> np.ndarray:
    """Return F1 where so many articles are called present, so many of them rightly."""
    return 2 * right / (above + right[-1])


def alpha(right: np.ndarray, above: np.ndarray) -> np.ndarray:
    """Return Krippendorff's alpha with the codes where so many articles are called present, so many of them rightly."""
    apart, ones, n = above + right[-1] - 2 * right, above + right[-1], len(above)
    return 1 - (2 * n - 1) * apart / np.maximum(ones * (2 * n - ones), 1)  # two coders, who said yes `ones` times


def best_threshold(
    values: ArrayLike, codes: ArrayLike, agreement: Callable[[np.ndarray, np.ndarray], np.ndarray] = f1
) -> float:
    """Choose the value from which a frame counts as present.

    The median of the best cuts of 100 bootstrap samples, which varies less from sample to sample than the best cut
    itself; infinite where nobody saw the frame.

    Parameters
    ----------
    values, codes : array
        A value and a code (0 or 1) per article.
    agreement : callable
        What is best: `f1` or `alpha`.

    Examples
    --------
    >>> best_threshold([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1])
    0.5
    """
    value, coded = np.asarray(values, float), np.asarray(codes)
    draws = np.random.default_rng(SEED).integers(0, len(value), (100, len(value)))
    cuts = [_best_cut(value[rows], coded[rows], agreement) for rows in draws if coded[rows].any()]
    return float(np.median(cuts)) if cuts else float("inf")


def _best_cut(value: np.ndarray, coded: np.ndarray, agreement: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> float:
    """Return the middle of the gap in which a threshold agrees best with the codes."""
    order = np.argsort(-value, kind="stable")
    ranked = value[order]
    agreed = agreement(np.cumsum(coded[order]), np.arange(1, len(value) + 1))
    agreed[:-1][ranked[1:] == ranked[:-1]] = -np.inf
    best = int(np.argmax(agreed))
    return float(ranked[best : best + 2].mean())
