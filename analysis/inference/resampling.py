"""The machinery behind every comparison: assignments, p, intervals, and one error budget.

Statistics are laid out measures × assignments, and the labels as they are come first among the assignments, so that
p is the share of assignments at least as extreme, whether they were enumerated (hits / assignments) or drawn
((1 + hits) / (reps + 1)).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

from analysis.inference.design import Design, Panel

ALPHA = 0.05
"""Error rate of a confirmatory family, of an interval and of the gate."""
FAMILIES = {"confirmatory": ALPHA, "exploratory": 0.10}
"""Family-wise error rate, and false discovery rate of a list."""
_TIE, _BINS = 1e-5, 500


def gate_of(design: Design | None, reps: int) -> float:
    """Return the smallest p attainable with the assignments at hand; 1 where one unit must stand for a whole level."""
    own = 0 if design is None else round(design.mine.sum())
    if design is None or (not design.matched and min(own, len(design.mine) - own) < 2):
        return 1.0
    mirrored = np.bincount(design.stratum).max() == 2 if design.matched else 2 * own == len(design.mine)
    ways = _ways(design)
    least = (1 + bool(mirrored)) / ways
    return min(1.0, least if ways <= reps else max(least, 1 / (reps + 1)))


def _ways(design: Design) -> int:
    """Count the assignments of one comparison."""
    if design.matched:
        return math.prod(np.bincount(design.stratum).tolist())
    return math.comb(len(design.mine), round(design.mine.sum()))


def every_assignment(design: Design, reps: int) -> np.ndarray | None:
    """Enumerate the assignments of one comparison when there are at most `reps`; None otherwise."""
    n, whole = len(design.mine), np.isin(design.mine, (0, 1)).all()
    if _ways(design) > reps or not whole:
        return None
    if design.matched:
        picks: Any = product(*np.split(np.arange(n), np.flatnonzero(np.diff(design.stratum)) + 1))
    else:
        picks = combinations(range(n), round(design.mine.sum()))
    return _marks(np.array(list(picks), dtype=int), n)


def _marks(chosen: np.ndarray, n: int) -> np.ndarray:
    """Turn lists of chosen cells into rows of zeros and ones."""
    marks = np.zeros((len(chosen), n))
    np.put_along_axis(marks, chosen, 1.0, axis=1)
    return marks


@dataclass(frozen=True)
class Noise:
    """Random assignments shared by all comparisons and measures, the labels as they are coming first."""

    keys: np.ndarray
    cells: np.ndarray
    flips: np.ndarray
    levels: int

    @classmethod
    def of(cls, panel: Panel, reps: int, seed: int) -> Noise:
        """Draw keys to permute by and sign flips per unit; flips are enumerated where there are at most `reps`."""
        rng = np.random.default_rng(seed)
        k, n_units = len(panel.names), int(panel.unit.max(initial=-1)) + 1
        cells = np.unique(panel.unit * k + panel.level) if panel.matched else np.arange(n_units)
        keys = rng.random((reps + 1, len(cells)))
        keys[0] = np.arange(len(cells)) / max(len(cells), 1)
        shared = np.flatnonzero(np.bincount(cells // k, minlength=n_units) > 1) if panel.matched else cells[:0]
        if 2 ** len(shared) <= reps:
            bits = (np.arange(2 ** len(shared))[:, None] >> np.arange(len(shared))) & 1
        else:
            bits = rng.integers(0, 2, (reps + 1, len(shared)))
            bits[0] = 0
        flips = np.zeros((len(bits), n_units), dtype=bool)
        flips[:, shared] = bits == 1
        return cls(keys, cells, flips, k)

    @cached_property
    def order(self) -> np.ndarray:
        """Return the order of all cells in each draw."""
        return np.argsort(self.keys, axis=1)

    def assign(self, design: Design) -> np.ndarray:
        """Return assignments × cells: signs flipped (pairs), labels permuted within units, or over all clusters."""
        own = np.flatnonzero(design.mine)
        if not design.matched:
            every = len(design.cell) == self.keys.shape[1]
            return design.mine[self.order if every else np.argsort(self.keys[:, design.cell], axis=1)]
        if len(design.mine) == 2 * len(own):
            flip = self.flips[:, design.cell[own] // self.levels]
            return _marks(np.where(flip, np.flatnonzero(design.mine == 0), own), len(design.mine))
        keys = self.keys[:, np.searchsorted(self.cells, design.cell)] + design.stratum
        return _marks(np.argsort(keys, axis=1)[:, own], len(design.mine))


def interval(design: Design, chosen: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Invert the permutation test: the ends of the shifts of the level that it does not reject at 5 %.

    Both ends are the estimate itself where all differences are equal: nothing varies that could give an interval.
    """
    c = np.repeat(design.shift[None], len(x), axis=0)
    moments = np.stack([x * x, x * c, c * c])
    cells = np.concatenate([np.stack([x, c]) * design.gain, moments * design.slope]).reshape(-1, x.shape[1])
    sums = np.column_stack([cells @ design.mine, cells @ chosen.T]).reshape(5, len(x), -1)
    top, tilt, (flat, mixed, bent) = sums[0], sums[1], sums[2:] + (moments @ design.weight)[:, :, None]

    def kept(shift: np.ndarray) -> np.ndarray:
        by = shift[:, None]
        squared = flat - 2 * by * mixed + by**2 * bent
        value = np.abs(top - by * tilt) / np.sqrt(np.where(squared > 1e-24, squared, np.inf))
        return (value[:, 1:] >= value[:, :1] - _TIE).mean(axis=1) > ALPHA

    centre, reach = top[:, 0], 2 * np.abs(x).max(axis=1)
    low, high = (_end(kept, centre, sign * reach) for sign in (-1, 1))
    flat = high - low <= 1e-7 * reach
    return np.where(flat, centre, low), np.where(flat, centre, high)


def _end(kept: Callable[[np.ndarray], np.ndarray], centre: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """Find how far from the centre, on the side of `reach`, shifts are kept: doubled until not, then halved."""
    near, far = centre, centre + reach
    for _ in range(12):
        if not (short := kept(far)).any():
            break
        far = np.where(short, centre + 2 * (far - centre), far)
    for _ in range(30):
        middle = (near + far) / 2
        inside = kept(middle)
        near, far = np.where(inside, middle, near), np.where(inside, far, middle)
    return np.where(reach == 0, centre, np.where(short, np.copysign(np.inf, reach), near))


def mean_interval(values: np.ndarray, rng: np.random.Generator, reps: int) -> tuple[float, float]:
    """Return the 95 % interval of a mean of units by inverting sign flips (Hartigan 1969); NaN below six units."""
    n = len(values)
    if 2 / 2**n > ALPHA:
        return np.nan, np.nan
    picks = (np.arange(1, 2**n)[:, None] >> np.arange(n)) & 1 if 2**n <= reps else rng.integers(0, 2, (reps, n))
    picks = picks[picks.any(axis=1)]
    typical = np.sort(picks @ values / picks.sum(axis=1))
    cut = max(int(ALPHA / 2 * (len(typical) + 1)), 1)
    return float(typical[cut - 1]), float(typical[-cut])


class Family:
    """The shared null of all comparisons made together, and p adjusted for their number.

    Confirmatory: single-step max-T (Westfall & Young 1993), the budget split evenly between the kinds of comparison.
    Exploratory: Benjamini-Hochberg on p from the pooled permutations of all comparisons.
    """

    def __init__(self, name: str, panel: Panel, reps: int, seed: int) -> None:
        """Draw the noise of a family that nothing was added to yet."""
        if name not in FAMILIES:
            raise ValueError(f"family={name!r}; say 'confirmatory' (max-T) or 'exploratory' (false discovery rate)")
        self.name, self.reps, self.noise = name, reps, Noise.of(panel, reps, seed)
        self.largest: dict[str, np.ndarray] = {}
        self.pool = np.zeros(1, dtype=np.int64)

    def assignments(self, design: Design) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the assignments shared by the family, and all there are of one comparison, if they can be listed."""
        return self.noise.assign(design), every_assignment(design, self.reps)

    def test(
        self, kind: str, design: Design, x: Any, shared: np.ndarray, every: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return p and the statistic of each measure of one comparison, and remember its null."""
        seen = design.statistic(design.mine[None].astype(shared.dtype), x)[:, 0]
        null = design.statistic(shared, x)
        self.add(kind, null)
        null = null if every is None else design.statistic(every, x)
        return (null >= seen[:, None] - _TIE).mean(axis=1), seen

    def add(self, kind: str, null: np.ndarray) -> None:
        """Remember the largest statistic of every draw, and in an exploratory family all of them."""
        top = null.max(axis=0)
        self.largest[kind] = np.maximum(self.largest.get(kind, top), top)
        if self.name == "exploratory":
            bins = np.bincount((null * _BINS + _TIE).astype(np.int32).ravel(), minlength=len(self.pool))
            bins[: len(self.pool)] += self.pool
            self.pool = bins

    def critical(self, kind: str) -> float:
        """Return the statistic that a comparison of this kind must exceed to be confirmed."""
        return float(np.quantile(self.largest[kind], 1 - ALPHA / len(self.largest), method="higher"))

    def judged(self, table: pd.DataFrame) -> pd.DataFrame:
        """Add adjusted p and what each row may be called to a table of `comparison`, `seen` and `p`."""
        tested = table["p"].notna()
        status = np.where(tested, "tested", "descriptive")
        table = table.assign(p_adjusted=np.nan, status=status, family=self.name)
        if tested.any():
            seen, p = (table.loc[tested, name].to_numpy(float) for name in ("seen", "p"))
            table.loc[tested, "p_adjusted"] = self.adjust(table.loc[tested, "comparison"].to_numpy(), seen, p)
        return table.assign(confirmed=table["p_adjusted"] <= FAMILIES[self.name])

    def adjust(self, kind: np.ndarray, seen: np.ndarray, p: np.ndarray) -> np.ndarray:
        """Return p adjusted for all comparisons that were added."""
        if self.name == "exploratory":
            above = self.pool[::-1].cumsum()[::-1]
            return false_discovery_control(above[(seen * _BINS + _TIE).astype(np.int64)] / above[0])
        beyond = np.empty(len(p))
        for name, top in self.largest.items():
            here = kind == name
            beyond[here] = 1 - np.searchsorted(np.sort(top), seen[here] - _TIE) / len(top)
        return p if len(p) == 1 else np.clip(np.maximum(beyond * len(self.largest), p), 0, 1)


def beside_no_wire(
    articles: pd.DataFrame, analyse: Callable[[pd.DataFrame], pd.DataFrame], on: list[str], columns: list[str]
) -> pd.DataFrame:
    """Analyse articles, and join the same columns of an analysis without wire copy as `*_nowire`."""
    table = again = analyse(articles)
    if "wire_of" in articles and articles["wire_of"].notna().any():
        again = analyse(articles[articles["wire_of"].isna()])
    beside = again.set_index(on)[columns].add_suffix("_nowire")
    return table.join(beside, on=on) if len(table) else table.reindex(columns=[*table, *beside])
