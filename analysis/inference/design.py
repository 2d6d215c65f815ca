"""Who is compared with whom: articles as a panel, and one comparison laid out as cells of an assignment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

COUNTS = ["n_articles", "n_articles_versus", "n_events", "n_units"]


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
    level's cells, `shift` is what one unit more in each of the level's articles does to the cells, `stratum` holds
    the cells that may swap labels. The difference is `gain` times the sum of the chosen cells; its squared standard
    error the sum of the squared cells times `weight`, and of the chosen ones times `slope` besides.
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

    @property
    def reach(self) -> float:
        """How much of one unit more in each of the level's articles the difference shows: 1, but where they are copies.

        A cluster of copies that several levels print belongs to each in part, and the difference is a slope on parts.
        """
        return self.gain * float(self.shift @ self.mine) or np.nan

    def read(self, values: Any) -> Any:
        """Return measures × cells, centred unless sparse, from articles × measures."""
        cells = (self.lift @ values).T
        if sparse.issparse(cells):
            return sparse.csr_array(cells)
        return cells if self.matched else cells - cells.mean(axis=1, keepdims=True)

    def variance(self, x: np.ndarray) -> np.ndarray:
        """Return the squared standard error of the difference, the labels as they are, for centred cells."""
        return x**2 @ (self.weight + self.slope * self.mine)

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


def panel_of(articles: pd.DataFrame, *, by: str, event: str | None, names: list[str] | None = None) -> Panel:
    """Read levels (those of `names`, if given, in that order), events and resampling units from articles."""
    needed = {"id": "article_id", "by": by} | ({} if event in (None, "event") else {"event": event})
    for role, column in needed.items():
        if column not in articles:
            raise KeyError(f"{role}={column!r} is no column of articles; there are: {', '.join(map(str, articles))}")
    if event == "event" and "event" not in articles and (split := [n for n in ("event_x", "event_y") if n in articles]):
        raise KeyError(
            f"articles has {' and '.join(split)} and no 'event': a merge renamed it; rename the right one back"
        )
    frame = articles.dropna(subset=[by]).sort_values("article_id", kind="stable")
    own = frame["article_id"].astype(str)
    if len(twice := frame.loc[own.duplicated(), "article_id"]):
        raise ValueError(f"article_id {twice.iloc[0]!r} occurs more than once; give every article an id of its own")
    cluster = frame["wire_of"].astype("string").fillna(own).astype(str) if "wire_of" in frame else own
    place = frame[event] if event in frame.columns else pd.Series(pd.NA, index=frame.index)
    told = ("event " + place.astype("string")).fillna("cluster " + cluster.astype("string"))
    happening, copy = pd.factorize(told.astype(str))[0], pd.factorize(cluster)[0]
    size = len(frame)
    graph = sparse.coo_array((np.ones(size), (happening, size + copy)), shape=(2 * size, 2 * size))
    unit = pd.factorize(connected_components(graph, directed=False)[1][happening])[0]
    labels = frame[by].astype(str)
    names = list(labels.unique()) if names is None else names
    level = pd.Index(names).get_indexer(pd.Index(labels))
    return Panel(pd.Index(frame["article_id"]), level, happening, unit, names, bool(place.notna().any()))


def pairings(panel: Panel, kinds: Sequence[str]) -> Iterator[tuple[str, int, list[int]]]:
    """Yield every level against the rest, then every pair; of two levels the pair alone, of one nothing."""
    everyone = range(len(panel.names))
    if "rest" in kinds and len(panel.names) > 2:
        yield from (("rest", a, [b for b in everyone if b != a]) for a in everyone)
    if "pair" in kinds or len(panel.names) == 2:
        yield from (("pair", a, [b]) for a, b in combinations(everyone, 2))


def design_of(panel: Panel, rows: np.ndarray, a: int, others: Sequence[int]) -> Design | None:
    """Lay out one comparison among the articles in `rows`: matched events if any are known, articles otherwise."""
    mine, theirs = rows & (panel.level == a), rows & np.isin(panel.level, others)
    both = np.intersect1d(panel.event[mine], panel.event[theirs])
    if panel.matched:
        shared = np.isin(panel.event, both)
        mine, theirs = mine & shared, theirs & shared
    if not mine.any() or not theirs.any():
        return None
    index = np.flatnonzero(mine | theirs)
    pick = sparse.csr_array((np.ones(len(index)), (np.arange(len(index)), index)), (len(index), len(rows)))
    counts = [int(mine.sum()), int(theirs.sum()), len(both) if panel.matched else 0]
    return (_by_event if panel.matched else _by_article)(panel, index, a, pick, counts)


def _mean(codes: np.ndarray) -> sparse.csr_array:
    """Return the operator that averages rows of the same code (codes run from 0 without gaps)."""
    return sparse.csr_array((1 / np.bincount(codes)[codes], (codes, np.arange(len(codes)))))


def _by_event(panel: Panel, index: np.ndarray, a: int, pick: Any, counts: list[int]) -> Design:
    """Average articles per outlet and event, take each event's difference, and average events within a unit."""
    k = len(panel.names)
    group, first, of_article = np.unique(
        panel.event[index] * k + panel.level[index], return_index=True, return_inverse=True
    )
    of_event = np.unique(group // k, return_inverse=True)[1]
    size = np.bincount(of_event)[of_event]
    spread = sparse.csr_array((np.ones(len(group)), (np.arange(len(group)), of_event)))
    centre = sparse.diags_array(size / (size - 1)) @ (sparse.eye_array(len(group)) - spread @ _mean(of_event))
    cell, of_group = np.unique(panel.unit[index][first] * k + group % k, return_inverse=True)
    lift = sparse.csr_array(_mean(of_group) @ centre @ _mean(of_article) @ pick)
    stratum = np.unique(cell // k, return_inverse=True)[1]
    n = int(stratum[-1]) + 1
    seats = np.bincount(stratum)[stratum]
    weight, slope = 1 / (seats * (seats - 1)) / n**2, (1 - 1 / (seats - 1)) / n**2
    mine, shift = (cell % k == a).astype(float), lift @ (panel.level == a)
    told = dict(zip(COUNTS, [*counts, n], strict=True))
    return Design(lift, mine, shift, stratum, cell, weight, 1 / n, slope, True, told)


def _by_article(panel: Panel, index: np.ndarray, a: int, pick: Any, counts: list[int]) -> Design:
    """Take whole near-duplicate clusters as the units of two independent samples."""
    cell, of_article = np.unique(panel.unit[index], return_inverse=True)
    lift, n = sparse.csr_array(_mean(of_article) @ pick), len(cell)
    share = lift @ (panel.level == a)
    own, other = share.sum(), n - share.sum()
    weight, stratum = np.full(n, 1 / other**2), np.zeros(n, dtype=int)
    gain, slope = 1 / own + 1 / other, np.full(n, 1 / own**2 - 1 / other**2)
    told = dict(zip(COUNTS, [*counts, n], strict=True))
    return Design(lift, share, share - share.mean(), stratum, cell, weight, gain, slope, False, told)
