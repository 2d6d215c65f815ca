"""The machinery behind every comparison: units, assignments, studentised statistics, one error budget.

Statistics are laid out measures × assignments, and the labels as they are come first among the assignments, so that
p is the share of assignments at least as extreme, whether they were enumerated (hits / assignments) or drawn
((1 + hits) / (reps + 1)).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

ALPHA = 0.05
"""Error rate of a confirmatory family, of an interval and of the gate."""
FDR = 0.10
"""False discovery rate of an exploratory list."""
FAMILIES = {"confirmatory": ALPHA, "exploratory": FDR}
COUNTS = ["n_articles", "n_articles_versus", "n_events", "n_units"]
_TIE, _BINS = 1e-5, 500


@dataclass(frozen=True)
class Panel:
    """Articles in the order of their ids, with level, event and unit as integers in order of appearance.

    A unit is a connected component of events and near-duplicate clusters; `matched` says whether events are known.
    """

    ids: pd.Index
    level: np.ndarray
    event: np.ndarray
    unit: np.ndarray
    names: list[str]
    matched: bool


@dataclass(frozen=True)
class Design:
    """One comparison of a level with others.

    `lift` turns article values into cells (one per level and unit; without events one per cluster), `mine` marks the
    level's cells, `shift` is what one unit more in each of the level's articles does to the cells.
    """

    lift: Any
    mine: np.ndarray
    shift: np.ndarray
    stratum: np.ndarray
    cell: np.ndarray
    weight: np.ndarray
    gain: float
    slope: np.ndarray
    matched: bool
    counts: dict[str, int]

    def read(self, values: Any) -> Any:
        """Return measures × cells, centred unless sparse, from articles × measures."""
        cells = (self.lift @ values).T
        if sparse.issparse(cells):
            return sparse.csr_array(cells)
        return cells if self.matched else cells - cells.mean(axis=1, keepdims=True)

    def squares(self, chosen: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the squared standard error of each assignment (or its mixed moment) for centred cells."""
        fixed = ((x * y) @ self.weight)[:, None]
        return fixed + (x * y * self.slope) @ chosen.T if self.slope.any() else fixed

    def statistic(self, chosen: np.ndarray, x: Any) -> np.ndarray:
        """Return the absolute studentised difference, measures × assignments, for cells, sparse or not.

        Of many calls with the same assignments and sparse cells, the assignments had better be in Fortran order.
        """
        draws, square, kind = chosen.T, x**2, chosen.dtype
        draws = np.ascontiguousarray(draws) if sparse.issparse(x) else draws
        value, scale = x @ draws, (square @ self.weight)[:, None].astype(kind)
        if self.slope.any():
            tilted = square * self.slope.astype(kind)
            varying = (sparse.csr_array(tilted) if sparse.issparse(x) else tilted) @ draws
            scale = np.add(varying, scale, out=varying)
        if not self.matched:
            middle, n = x.mean(axis=1)[:, None].astype(kind), kind.type(self.mine.sum())
            level = scale - kind.type(self.weight.sum()) * middle**2 + kind.type(self.slope[0]) * n * middle**2
            scale = level - (2 * kind.type(self.slope[0]) * middle) * value if self.slope.any() else level
            value -= n * middle
        value *= kind.type(self.gain)
        return np.abs(np.divide(value, np.sqrt(np.where(scale > 1e-24, scale, np.inf)), out=value), out=value)


def _inverse(squared: np.ndarray, gain: float) -> np.ndarray:
    """Return gain over the root, and zero where nothing varies."""
    return gain / np.sqrt(np.where(squared > 1e-24, squared, np.inf))


def _need(articles: pd.DataFrame, name: str, role: str) -> None:
    """Raise KeyError when a column is not there."""
    if name not in articles.columns:
        raise KeyError(f"{role}={name!r} is no column of articles; there are: {', '.join(map(str, articles))}")


def _checked(articles: pd.DataFrame, by: str, event: str | None, outlets: Sequence[str] | None) -> pd.DataFrame:
    """Return the articles to compare in the order of their ids, or say what is wrong with them."""
    _need(articles, "article_id", "id")
    _need(articles, by, "by")
    if event not in (None, "event"):
        _need(articles, str(event), "event")
    frame = articles.dropna(subset=[by]).sort_values("article_id", kind="stable")
    if len(twice := frame.loc[frame["article_id"].duplicated(), "article_id"]):
        raise ValueError(f"article_id {twice.iloc[0]!r} occurs more than once; give every article an id of its own")
    names = frame[by].astype(str)
    if outlets is None:
        return frame
    if unknown := sorted(set(map(str, outlets)) - set(names)):
        raise KeyError(f"no {by} named {', '.join(unknown)}; there are: {', '.join(sorted(set(names)))}")
    return frame[names.isin(list(map(str, outlets)))]


def panel_of(articles: pd.DataFrame, *, by: str, event: str | None, outlets: Sequence[str] | None = None) -> Panel:
    """Read levels, events and resampling units from articles."""
    frame = _checked(articles, by, event, outlets)
    own = frame["article_id"].astype(str)
    cluster = frame["wire_of"].astype("string").fillna(own).astype(str) if "wire_of" in frame else own
    place = frame[event] if event in frame.columns else pd.Series(pd.NA, index=frame.index)
    told = ("event " + place.astype("string")).fillna("cluster " + cluster.astype("string"))
    happening, copy = pd.factorize(told.astype(str))[0], pd.factorize(cluster)[0]
    size = len(frame)
    graph = sparse.coo_array((np.ones(size), (happening, size + copy)), shape=(2 * size, 2 * size))
    unit = pd.factorize(connected_components(graph, directed=False)[1][happening])[0]
    level, names = pd.factorize(frame[by].astype(str))
    return Panel(pd.Index(frame["article_id"]), level, happening, unit, list(names), bool(place.notna().any()))


def comparisons(panel: Panel, kinds: Sequence[str]) -> Iterator[tuple[str, int, list[int]]]:
    """Yield every level against the rest, then every pair; of two levels the pair alone."""
    everyone = range(len(panel.names))
    if "rest" in kinds and len(panel.names) != 2:
        yield from (("rest", a, [b for b in everyone if b != a]) for a in everyone)
    if "pair" in kinds or len(panel.names) == 2:
        yield from (("pair", a, [b]) for a, b in combinations(everyone, 2))


def design_of(panel: Panel, rows: np.ndarray, a: int, others: Sequence[int]) -> Design | None:
    """Lay out one comparison among the articles in `rows`: matched events if any are known, articles otherwise."""
    mine, theirs = rows & (panel.level == a), rows & np.isin(panel.level, others)
    if panel.matched:
        both = np.intersect1d(panel.event[mine], panel.event[theirs])
        shared = np.isin(panel.event, both)
        mine, theirs = mine & shared, theirs & shared
    if not mine.any() or not theirs.any():
        return None
    index = np.flatnonzero(mine | theirs)
    pick = sparse.csr_array((np.ones(len(index)), (np.arange(len(index)), index)), (len(index), len(rows)))
    counts = {"n_articles": int(mine.sum()), "n_articles_versus": int(theirs.sum())}
    counts["n_events"] = len(both) if panel.matched else 0
    return (_by_event if panel.matched else _by_article)(panel, index, a, pick, counts)


def _mean(codes: np.ndarray) -> sparse.csr_array:
    """Return the operator that averages rows of the same code (codes run from 0 without gaps)."""
    return sparse.csr_array((1 / np.bincount(codes)[codes], (codes, np.arange(len(codes)))))


def _by_event(panel: Panel, index: np.ndarray, a: int, pick: Any, counts: dict[str, int]) -> Design:
    """Average articles per outlet and event, take each event's difference, and average events within a unit."""
    k = len(panel.names)
    group, first, of_article = np.unique(
        panel.event[index] * k + panel.level[index], return_index=True, return_inverse=True
    )
    of_event = np.unique(group // k, return_inverse=True)[1]
    size, places = np.bincount(of_event)[of_event], np.arange(len(group))
    spread = sparse.csr_array((np.ones(len(group)), (places, of_event)))
    centre = sparse.diags_array(size / (size - 1)) @ (sparse.eye_array(len(group)) - spread @ _mean(of_event))
    cell, of_group = np.unique(panel.unit[index][first] * k + group % k, return_inverse=True)
    lift = sparse.csr_array(_mean(of_group) @ centre @ _mean(of_article) @ pick)
    stratum = np.unique(cell // k, return_inverse=True)[1]
    n = int(stratum[-1]) + 1
    seats = np.bincount(stratum)[stratum]
    weight, slope = 1 / (seats * (seats - 1)) / n**2, (1 - 1 / (seats - 1)) / n**2
    mine = (cell % k == a).astype(float)
    shift = lift @ (panel.level == a)
    return Design(lift, mine, shift, stratum, cell, weight, 1 / n, slope, True, counts | {"n_units": n})


def _by_article(panel: Panel, index: np.ndarray, a: int, pick: Any, counts: dict[str, int]) -> Design:
    """Take whole near-duplicate clusters as the units of two independent samples."""
    cell, of_article = np.unique(panel.unit[index], return_inverse=True)
    lift = sparse.csr_array(_mean(of_article) @ pick)
    share = lift @ (panel.level == a)
    own, other = share.sum(), len(cell) - share.sum()
    weight, stratum = np.full(len(cell), 1 / other**2), np.zeros(len(cell), dtype=int)
    gain, slope = 1 / own + 1 / other, np.full(len(cell), 1 / own**2 - 1 / other**2)
    counts = counts | {"n_units": len(cell)}
    return Design(lift, share, share - share.mean(), stratum, cell, weight, gain, slope, False, counts)


def gate_of(design: Design | None, reps: int) -> float:
    """Return the smallest p attainable with the assignments at hand; 1 where one unit must stand for a whole level."""
    own = 0 if design is None else round(design.mine.sum())
    if design is None or (not design.matched and min(own, len(design.mine) - own) < 2):
        return 1.0
    ways = _ways(design)
    mirrored = np.bincount(design.stratum).max() == 2 if design.matched else 2 * own == len(design.mine)
    return min(1.0, (1 + bool(mirrored)) / ways if ways <= reps else max((1 + bool(mirrored)) / ways, 1 / (reps + 1)))


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


def share_beyond(null: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Return for each measure the share of assignments at least as extreme as what was seen."""
    return (null >= seen[:, None] - _TIE).mean(axis=1)


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
        value = np.abs(top - by * tilt) * _inverse(flat - 2 * by * mixed + by**2 * bent, 1.0)
        return share_beyond(value[:, 1:], value[:, 0]) > ALPHA

    centre, reach = top[:, 0], 2 * np.abs(x).max(axis=1)
    ends = []
    for sign in (-1, 1):
        near, far = centre, centre + sign * reach
        for _ in range(12):
            short = kept(far)
            if not short.any():
                break
            far = np.where(short, centre + 2 * (far - centre), far)
        for _ in range(30):
            middle = (near + far) / 2
            inside = kept(middle)
            near, far = np.where(inside, middle, near), np.where(inside, far, middle)
        ends.append(np.where(reach == 0, centre, np.where(short, sign * np.inf, near)))
    flat = ends[1] - ends[0] <= 1e-7 * reach
    return np.where(flat, centre, ends[0]), np.where(flat, centre, ends[1])


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

    def __init__(self, name: str) -> None:
        """Start an empty family."""
        if name not in FAMILIES:
            raise ValueError(f"family={name!r}; say 'confirmatory' (max-T) or 'exploratory' (false discovery rate)")
        self.name = name
        self.largest: dict[str, np.ndarray] = {}
        self.pool = np.zeros(1, dtype=np.int64)

    def add(self, kind: str, null: np.ndarray) -> None:
        """Remember the largest statistic of every draw, and in an exploratory family all of them."""
        top = null.max(axis=0)
        self.largest[kind] = np.maximum(self.largest.get(kind, top), top)
        if self.name == "exploratory":
            bins = np.bincount((null * _BINS + _TIE).astype(np.int32).ravel())
            size = max(len(bins), len(self.pool))
            self.pool = np.pad(self.pool, (0, size - len(self.pool))) + np.pad(bins, (0, size - len(bins)))

    def critical(self, kind: str) -> float:
        """Return the statistic that a comparison of this kind must exceed to be confirmed."""
        return float(np.quantile(self.largest[kind], 1 - ALPHA / len(self.largest), method="higher"))

    def adjust(self, kind: pd.Series, seen: np.ndarray, p: np.ndarray) -> np.ndarray:
        """Return adjusted p."""
        if self.name == "exploratory":
            return self._discovery_rate(seen)
        ranked = {name: np.sort(top) for name, top in self.largest.items()}
        beyond = np.empty(len(p))
        for name, top in ranked.items():
            here = (kind == name).to_numpy()
            beyond[here] = 1 - np.searchsorted(top, seen[here] - _TIE) / len(top)
        return p if len(p) == 1 else np.clip(np.maximum(beyond * len(ranked), p), 0, 1)

    def _discovery_rate(self, seen: np.ndarray) -> np.ndarray:
        """Return q: Benjamini-Hochberg on the share of the pooled null beyond each statistic."""
        above = self.pool[::-1].cumsum()[::-1]
        pooled = above[(seen * _BINS + _TIE).astype(np.int64)] / above[0]
        order = np.argsort(-pooled, kind="stable")
        steps = pooled[order] * len(seen) / np.arange(len(seen), 0, -1)
        return np.clip(np.minimum.accumulate(steps), 0, 1)[np.argsort(order, kind="stable")]
