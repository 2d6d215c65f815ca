"""How far coders agree beyond chance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.codebooks import SEED


def agreement(codes: pd.DataFrame, *, reps: int = 2000, seed: int = SEED) -> pd.DataFrame:
    """Say how far coders agree beyond chance: Krippendorff's nominal alpha with an interval over resampled units.

    Parameters
    ----------
    codes : DataFrame
        Units × coders, NaN where a coder did not code.
    reps, seed : int
        Bootstrap samples of units, and where they start.

    Returns
    -------
    DataFrame
        One row: `alpha`, `low`, `high` (95 %; NaN where nothing varies) and `n`, the units coded at least twice.

    Notes
    -----
    Krippendorff 2018, Content Analysis, 4th edition, chapter 12.

    Examples
    --------
    >>> agreement(pd.DataFrame({"ann": [0, 0, 1, 1], "bob": [0, 0, 1, 1]}))["alpha"].tolist()
    [1.0]
    """
    told = codes.reset_index(drop=True).stack().dropna()
    table = pd.crosstab(told.index.get_level_values(0), told.to_numpy()).to_numpy()
    table = table[table.sum(axis=1) > 1]
    n, rng = len(table), np.random.default_rng(seed)
    draws = rng.multinomial(n, np.full(n, 1 / n), size=reps) if n else np.zeros((0, 0))
    again = _alpha(table, draws)
    low, high = np.nanquantile(again, [0.025, 0.975]) if np.isfinite(again).any() else (np.nan, np.nan)
    return pd.DataFrame({"alpha": _alpha(table, np.ones((1, n))), "low": low, "high": high, "n": n})


def _alpha(table: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Return alpha of units × codes for each row of how many times a unit is taken; NaN where nothing varies."""
    size = table.sum(axis=1)
    apart = (size**2 - (table**2).sum(axis=1)) / np.maximum(size - 1, 1)
    total = times @ table
    all_codes = total.sum(axis=1)
    expected = all_codes**2 - (total**2).sum(axis=1)
    return 1 - (all_codes - 1) * (times @ apart) / np.where(expected > 0, expected, np.nan)
