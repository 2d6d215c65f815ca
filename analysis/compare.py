"""Whether outlets differ: matched events, permutation tests, one error budget, and the sentence that says so."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from analysis.codebooks import SEED

ALPHA = 0.05
"""Error rate of a confirmatory family, of an interval and of the gate."""
FDR = 0.10
"""False discovery rate of an exploratory list."""
POWER_Z = 0.8416
"""Normal quantile of 80 % power, the meaning of ``smallest_detectable``."""
_TIE = 1e-9
_KEYS = ["measure", "comparison", "outlet", "versus"]
_COUNTS = ["n_articles", "n_articles_versus", "n_events", "n_units"]
_AGAIN = ["estimate", "low", "high", "p"]


_COLUMNS = [*_KEYS, "estimate", "low", "high", "p", "p_adjusted", "confirmed", *_COUNTS, "smallest_detectable"]
_COLUMNS += ["gate", "status", "family", *(f"{name}_nowire" for name in _AGAIN)]
_UNITS = {"share": (100, " percentage points"), "rate": (1, " per 1,000 words"), "": (1, "")}


@dataclass(frozen=True)
class _Panel:
    """Articles in the order of their ids; level, event and unit (component) of each as integers."""

    ids: pd.Index
    level: np.ndarray
    event: np.ndarray
    unit: np.ndarray
    names: list[str]
    matched: bool


@dataclass(frozen=True)
class _Design:
    """One comparison: `lift` turns article values into centred cells, `mine` marks the cells of its level.

    `shift` is what one unit more in every article of the level does to the cells.
    """

    lift: Any
    mine: np.ndarray
    shift: np.ndarray
    stratum: np.ndarray
    cell: np.ndarray
    weight: np.ndarray
    gain: float
    slope: float
    counts: dict[str, int]

    def squares(self, chosen: np.ndarray, x: np.ndarray, y: np.ndarray) -> Any:
        """Return the squared standard error (or its mixed moment) of each assignment."""
        fixed = self.weight @ (x * y)
        return fixed if not self.slope else fixed + self.slope * (chosen @ (x * y))

    def statistic(self, chosen: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Return the absolute studentised difference of each assignment (rows) and measure (columns)."""
        scale = self.squares(chosen, x, x)
        return np.abs(self.gain * (chosen @ x)) / np.sqrt(np.where(scale > 1e-24, scale, np.inf))


def _column(articles: pd.DataFrame, name: str, role: str) -> None:
    """Raise KeyError when a column is not there."""
    if name not in articles.columns:
        raise KeyError(f"{role}={name!r} is no column of articles; there are: {', '.join(map(str, articles))}")


def _panel(articles: pd.DataFrame, by: str, event: str | None, outlets: Sequence[str] | None) -> _Panel:
    """Read levels, events and resampling units (components of events and near-duplicate clusters)."""
    _column(articles, "article_id", "id")
    _column(articles, by, "by")
    if event not in (None, "event"):
        _column(articles, str(event), "event")
    frame = articles.dropna(subset=[by]).sort_values("article_id", kind="stable")
    if frame["article_id"].duplicated().any():
        twice = frame.loc[frame["article_id"].duplicated(), "article_id"].iloc[0]
        raise ValueError(f"article_id {twice!r} occurs more than once; give every article an id of its own")
    known = sorted(frame[by].astype(str).unique())
    if outlets is not None:
        if unknown := sorted(set(map(str, outlets)) - set(known)):
            raise KeyError(f"no {by} named {', '.join(unknown)}; there are: {', '.join(known)}")
        frame = frame[frame[by].astype(str).isin(list(map(str, outlets)))]
    own = frame["article_id"].astype(str)
    cluster = frame["wire_of"].astype("string").fillna(own).astype(str) if "wire_of" in frame else own
    place = frame[event] if event in frame.columns else pd.Series(pd.NA, index=frame.index)
    told = "event " + place.astype("string")
    happening = told.fillna("cluster " + cluster.astype("string")).astype(str)
    e, c = pd.factorize(happening)[0], pd.factorize(cluster)[0]
    size = len(frame)
    graph = sparse.coo_array((np.ones(size), (e, size + c)), shape=(2 * size, 2 * size))
    unit = pd.factorize(connected_components(graph, directed=False)[1][e])[0]
    level, names = pd.factorize(frame[by].astype(str))
    return _Panel(pd.Index(frame["article_id"]), level, e, unit, list(names), bool(place.notna().any()))


def _mean(codes: np.ndarray) -> sparse.csr_array:
    """Return the operator that averages rows of the same code (codes run from 0 without gaps)."""
    share = 1 / np.bincount(codes)[codes]
    return sparse.csr_array((share, (codes, np.arange(len(codes)))))


def _events_design(panel: _Panel, rows: np.ndarray, a: int, others: Sequence[int]) -> _Design | None:
    """Compare level `a` with the mean of `others` on the events where both have a value."""
    k = len(panel.names)
    mine, theirs = rows & (panel.level == a), rows & np.isin(panel.level, others)
    both = np.intersect1d(panel.event[mine], panel.event[theirs])
    index = np.flatnonzero((mine | theirs) & np.isin(panel.event, both))
    if not len(index):
        return None
    group, of_article = np.unique(panel.event[index] * k + panel.level[index], return_inverse=True)
    first = np.unique(of_article, return_index=True)[1]
    of_event = np.unique(group // k, return_inverse=True)[1]
    size = np.bincount(of_event)[of_event]
    average = _mean(of_event)
    spread = sparse.csr_array((np.ones(len(group)), (np.arange(len(group)), of_event)))
    centre = sparse.diags_array(size / (size - 1)) @ (sparse.eye_array(len(group)) - spread @ average)
    cell, of_group = np.unique(panel.unit[index][first] * k + group % k, return_inverse=True)
    lift = _mean(of_group) @ centre @ _mean(of_article)
    stratum = np.unique(cell // k, return_inverse=True)[1]
    n = int(stratum[-1]) + 1
    counts = {
        "n_articles": int((panel.level[index] == a).sum()),
        "n_articles_versus": int((panel.level[index] != a).sum()),
        "n_events": len(both),
        "n_units": n,
    }
    full = sparse.csr_array((np.ones(len(index)), (np.arange(len(index)), index)), (len(index), len(rows)))
    weight = 1 / np.bincount(stratum)[stratum] / n**2
    lift, own = lift @ full, (cell % k == a).astype(float)
    return _Design(lift, own, lift @ mine, stratum, cell, weight, 1 / n, 0.0, counts)


def _articles_design(panel: _Panel, rows: np.ndarray, a: int, others: Sequence[int]) -> _Design | None:
    """Compare level `a` with `others` where no events are known: whole near-duplicate clusters are the units."""
    mine, theirs = rows & (panel.level == a), rows & np.isin(panel.level, others)
    index = np.flatnonzero(mine | theirs)
    if not mine.any() or not theirs.any():
        return None
    cell, of_article = np.unique(panel.unit[index], return_inverse=True)
    full = sparse.csr_array((np.ones(len(index)), (np.arange(len(index)), index)), (len(index), len(rows)))
    mean = (_mean(of_article) @ full).toarray()
    share = mean @ mine
    n_a, n_b = share.sum(), len(cell) - share.sum()
    counts = {"n_articles": int(mine.sum()), "n_articles_versus": int(theirs.sum()), "n_events": 0}
    counts["n_units"] = len(cell)
    weight = np.full(len(cell), 1 / n_b**2)
    gain, slope = 1 / n_a + 1 / n_b, 1 / n_a**2 - 1 / n_b**2
    stratum = np.zeros(len(cell), dtype=int)
    lift = mean - mean.mean(axis=0)
    return _Design(lift, share, lift @ mine, stratum, cell, weight, gain, slope, counts)


def _design(panel: _Panel, rows: np.ndarray, a: int, others: Sequence[int]) -> _Design | None:
    """Choose the design: matched events when there are any, articles otherwise."""
    return (_events_design if panel.matched else _articles_design)(panel, rows, a, others)


def _gate(panel: _Panel, design: _Design | None, reps: int) -> float:
    """Return the smallest p attainable with the assignments at hand."""
    if design is None:
        return 1.0
    n, own = len(design.mine), round(design.mine.sum())
    sizes = np.bincount(design.stratum).tolist()
    ways = math.prod(sizes) if panel.matched else math.comb(n, own)
    mirrored = max(sizes) == 2 if panel.matched else 2 * own == n
    return min(1.0, max((2 if mirrored else 1) / ways, 1 / (reps + 1) if ways > reps else 0))


def _every(panel: _Panel, design: _Design, reps: int) -> np.ndarray | None:
    """Enumerate all assignments of one comparison when there are at most `reps`."""
    n, own = len(design.mine), round(design.mine.sum())
    if panel.matched:
        blocks = np.split(np.arange(n), np.flatnonzero(np.diff(design.stratum)) + 1)
        picks: Any = product(*blocks) if math.prod(map(len, blocks)) <= reps else ()
    else:
        whole = np.isin(design.mine, (0, 1)).all()
        picks = combinations(range(n), own) if whole and math.comb(n, own) <= reps else ()
    chosen = np.array(list(picks), dtype=int)
    return None if not len(chosen) else _marks(chosen, n)


def _marks(chosen: np.ndarray, n: int) -> np.ndarray:
    """Turn lists of chosen cells into rows of zeros and ones."""
    marks = np.zeros((len(chosen), n))
    np.put_along_axis(marks, chosen, 1.0, axis=1)
    return marks


@dataclass(frozen=True)
class _Noise:
    """Shared random assignments, the first row being the labels as they are."""

    keys: np.ndarray
    cells: np.ndarray
    flips: np.ndarray

    def assign(self, panel: _Panel, design: _Design) -> np.ndarray:
        """Give every draw its cells: labels flipped (pairs), permuted within units, or permuted over all."""
        own = np.flatnonzero(design.mine)
        if not panel.matched:
            return design.mine[np.argsort(self.keys[:, design.cell], axis=1)]
        if len(design.mine) == 2 * len(own):
            flip = self.flips[:, design.cell[own] // len(panel.names)]
            other = np.flatnonzero(design.mine == 0)
            return _marks(np.where(flip, other, own), len(design.mine))
        keys = self.keys[:, np.searchsorted(self.cells, design.cell)] + design.stratum
        return _marks(np.argsort(keys, axis=1)[:, own], len(design.mine))


def _noise(panel: _Panel, reps: int, seed: int) -> _Noise:
    """Draw once for all comparisons and measures; flips are enumerated where there are at most `reps`."""
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
    return _Noise(keys, cells, flips)


def _hits(null: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Return the share of assignments at least as extreme as what was seen."""
    return (null >= seen - _TIE).mean(axis=0)


def _interval(design: _Design, chosen: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Invert the permutation test: the shifts of the level's articles that it does not reject at 5 %."""
    c = design.shift[:, None]
    draws = np.vstack([design.mine, chosen])
    top, tilt = design.gain * (draws @ x), design.gain * (draws @ c)
    flat, mixed, bent = (design.squares(draws, *pair) for pair in ((x, x), (x, c), (c, c)))

    def p(shift: np.ndarray) -> np.ndarray:
        scale = flat - 2 * shift * mixed + shift**2 * bent
        value = np.abs(top - shift * tilt) / np.sqrt(np.where(scale > 1e-24, scale, np.inf))
        return _hits(value[1:], value[0])

    centre = top[0]
    reach = np.abs(x).max(axis=0) * 2
    ends = []
    for sign in (-1, 1):
        near, far = centre.copy(), centre + sign * reach
        for _ in range(12):
            short = p(far) > ALPHA
            far = np.where(short, centre + 2 * (far - centre), far)
        for _ in range(40):
            middle = (near + far) / 2
            inside = p(middle) > ALPHA
            near, far = np.where(inside, middle, near), np.where(inside, far, middle)
        ends.append(np.where(reach == 0, centre, np.where(short, sign * np.inf, near)))
    return ends[0], ends[1]


def _values(articles: pd.DataFrame, values: pd.Series | pd.DataFrame, panel: _Panel) -> pd.DataFrame:
    """Return the measures as numbers, one row per article of the panel."""
    frame = values.to_frame(values.name or "value") if isinstance(values, pd.Series) else values
    if frame.index.has_duplicates:
        raise ValueError("values has several rows for one article_id; average them to one row per article")
    if len(stray := frame.index.difference(pd.Index(articles["article_id"]))):
        raise ValueError(
            f"values must be indexed by article_id: {len(stray)} of {len(frame)} index entries are no article, "
            f"such as {stray[0]!r}; use values.set_index('article_id')"
        )
    for name, kind in frame.dtypes.items():
        if not pd.api.types.is_numeric_dtype(kind):
            raise ValueError(f"measure {name!r} holds {kind}, not numbers; convert it or leave it out")
    return frame.astype(float).reindex(panel.ids)


def _patterns(values: pd.DataFrame) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the articles with a value and the measures that have exactly these."""
    there = values.notna().to_numpy()
    kinds: dict[bytes, list[int]] = {}
    for column in range(there.shape[1]):
        kinds.setdefault(there[:, column].tobytes(), []).append(column)
    for columns in kinds.values():
        yield there[:, columns[0]], np.array(columns)


def _comparisons(panel: _Panel, kinds: Sequence[str]) -> Iterator[tuple[str, int, list[int]]]:
    """Yield every level against the rest, then every pair; of two levels the pair alone."""
    everyone = range(len(panel.names))
    if "rest" in kinds and len(panel.names) != 2:
        yield from (("rest", a, [b for b in everyone if b != a]) for a in everyone)
    if "pair" in kinds or len(panel.names) == 2:
        yield from (("pair", a, [b]) for a, b in combinations(everyone, 2))


class _Family:
    """Collects the shared null of all comparisons made together and adjusts their p for multiplicity."""

    def __init__(self, family: str) -> None:
        """Start an empty family."""
        if family not in ("confirmatory", "exploratory"):
            raise ValueError(f"family={family!r}; say 'confirmatory' (max-T) or 'exploratory' (false discovery rate)")
        self.name = family
        self.largest: dict[str, np.ndarray] = {}
        self.pool = np.zeros(1, dtype=np.int64)

    def add(self, kind: str, null: np.ndarray) -> None:
        """Remember the largest statistic of every draw, and in an exploratory family all of them."""
        top = null.max(axis=1)
        self.largest[kind] = np.maximum(self.largest[kind], top) if kind in self.largest else top
        if self.name == "exploratory":
            bins = np.bincount((null * 500 + _TIE).astype(np.int64).ravel())
            bins[0] += 0
            size = max(len(bins), len(self.pool))
            self.pool = np.pad(self.pool, (0, size - len(self.pool))) + np.pad(bins, (0, size - len(bins)))

    def critical(self, kind: str) -> float:
        """Return the statistic that a comparison of this kind must exceed."""
        level = ALPHA / len(self.largest)
        return float(np.quantile(self.largest[kind], 1 - level, method="higher"))

    def adjust(self, kind: pd.Series, seen: np.ndarray, p: np.ndarray) -> np.ndarray:
        """Return adjusted p: single-step max-T, or Benjamini-Hochberg on p from the pooled null."""
        if self.name == "confirmatory":
            own = [_hits(self.largest[k][:, None], np.array([t]))[0] for k, t in zip(kind, seen, strict=True)]
            return p if len(p) == 1 else np.clip(np.maximum(np.array(own) * len(self.largest), p), 0, 1)
        above = self.pool[::-1].cumsum()[::-1]
        pooled = above[(seen * 500 + _TIE).astype(np.int64)] / above[0]
        order = np.argsort(-pooled, kind="stable")
        q = pooled[order] * len(p) / np.arange(len(p), 0, -1)
        return np.clip(np.minimum.accumulate(q), 0, 1)[np.argsort(order, kind="stable")]


def _rows(
    panel: _Panel, values: pd.DataFrame, kinds: Sequence[str], family: _Family, reps: int, seed: int
) -> pd.DataFrame:
    """Test every comparison of every measure; one row each, not yet adjusted."""
    noise, matrix, parts = _noise(panel, reps, seed), values.to_numpy(), []
    for kind, a, others in _comparisons(panel, kinds):
        for rows, columns in _patterns(values):
            design = _design(panel, rows, a, others)
            part = pd.DataFrame({"measure": values.columns[columns], "comparison": kind}, index=columns)
            part["outlet"] = panel.names[a]
            part["versus"] = "rest" if kind == "rest" else panel.names[others[0]]
            part["gate"] = _gate(panel, design, reps)
            if design is not None:
                x = design.lift @ np.where(rows[:, None], matrix[:, columns], 0.0)
                part = part.assign(**design.counts, estimate=design.gain * (design.mine @ x))
                if part["gate"].iloc[0] <= ALPHA:
                    part = part.assign(**_test(panel, design, noise, x, reps, kind, family))
            parts.append(part)
    return pd.concat(parts) if parts else pd.DataFrame()


def _test(
    panel: _Panel, design: _Design, noise: _Noise, x: np.ndarray, reps: int, kind: str, family: _Family
) -> dict[str, np.ndarray]:
    """Test one comparison: p and interval from its own assignments, the shared draws go to the family."""
    shared = noise.assign(panel, design)
    every = _every(panel, design, reps)
    own = shared if every is None else every
    seen = design.statistic(design.mine[None], x)[0]
    null = design.statistic(shared, x)
    family.add(kind, null)
    p = _hits(null if every is None else design.statistic(own, x), seen)
    low, high = _interval(design, own, x)
    mine, c = design.mine[None], design.shift[:, None]
    residual = x - c * (design.gain * (mine @ x))
    error = np.sqrt(design.squares(mine, residual, residual).ravel())
    pull = float(design.squares(mine, c, c).ravel()[0])
    return {"p": p, "low": low, "high": high, "seen": seen, "error": error, "pull": np.full(len(p), pull)}


def _table(
    panel: _Panel, values: pd.DataFrame, kinds: Sequence[str], family: str, reps: int, seed: int
) -> pd.DataFrame:
    """Test, adjust, and lay out one family."""
    pool = _Family(family)
    table = _rows(panel, values, kinds, pool, reps, seed)
    blank = ["estimate", "low", "high", "p", "seen", "error", "pull", "p_adjusted", "smallest_detectable"]
    table = table.reindex(columns=list(dict.fromkeys([*_KEYS, *table.columns, "gate", *blank, *_COUNTS])))
    tested = table["p"].notna()
    if tested.any():
        some = table[tested]
        table.loc[tested, "p_adjusted"] = pool.adjust(some["comparison"], some["seen"].to_numpy(), some["p"].to_numpy())
        critical = some["comparison"].map(pool.critical)
        room = 1 - some["pull"] * critical**2
        reach = np.where(room > _TIE, critical / np.sqrt(room.where(room > _TIE)), np.inf) + POWER_Z
        found = np.where(some["error"] > 0, reach, np.nan) * some["error"]
        table.loc[tested, "smallest_detectable"] = found
    table[_COUNTS] = table[_COUNTS].fillna(0).astype(int)
    table["status"] = np.where(tested, "tested", "descriptive")
    table["confirmed"] = table["p_adjusted"] <= (ALPHA if family == "confirmatory" else FDR)
    table["family"] = family
    return _mirrored(table, panel, kinds)


def _mirrored(table: pd.DataFrame, panel: _Panel, kinds: Sequence[str]) -> pd.DataFrame:
    """Of two levels, show the one comparison also as each level against the rest; order by measure."""
    if len(panel.names) == 2:
        turned = table.assign(outlet=table["versus"], versus="rest", comparison="rest")
        turned[["estimate", "low", "high"]] = -table[["estimate", "high", "low"]].to_numpy()
        turned[["n_articles", "n_articles_versus"]] = table[["n_articles_versus", "n_articles"]].to_numpy()
        table = pd.concat([table.assign(versus="rest", comparison="rest"), turned, table])
    table = table[table["comparison"].isin(kinds)]
    return table.sort_index(kind="stable").reset_index(drop=True)


def contrast(
    articles: pd.DataFrame,
    values: pd.Series | pd.DataFrame,
    *,
    by: str = "outlet",
    event: str | None = "event",
    family: str = "confirmatory",
    reps: int = 2000,
    seed: int = SEED,
    comparisons: Sequence[str] = ("rest", "pair"),
    outlets: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Compare outlets on measures, event by event, with one error budget for everything compared."""
    if unknown := set(comparisons) - {"rest", "pair"}:
        raise ValueError(f"comparisons={sorted(unknown)}; choose from 'rest' (each level against the others), 'pair'")
    panel = _panel(articles, by, event, outlets)
    measures = _values(articles, values, panel)
    table = _table(panel, measures, comparisons, family, reps, seed)
    again = table
    if "wire_of" in articles and articles["wire_of"].notna().any():
        originals = articles[articles["wire_of"].isna()]
        bare = _panel(originals, by, event, outlets)
        again = _table(bare, measures.reindex(bare.ids), comparisons, family, reps, seed)
    again = again.set_index(_KEYS)[_AGAIN].add_suffix("_nowire")
    return table.join(again, on=_KEYS)[_COLUMNS]


def _amount(value: float, unit: str = "", *, named: bool = True, signed: bool = False) -> str:
    """Write a number in its unit, to three significant digits."""
    factor, name = _UNITS.get(unit, (1, f" {unit}" if unit else ""))
    number = float(f"{value * factor + 0.0:.3g}") + 0.0
    text = np.format_float_positional(number, trim="-") if abs(number) < 1e6 else f"{number:,.0f}"
    return ("+" if signed and number > 0 else "") + text.replace("-", "−") + (name if named else "")


def _basis(row: Mapping[str, Any] | pd.Series) -> str:
    """Say what a comparison rests on."""
    articles = f"{row['n_articles']} and {row['n_articles_versus']} articles"
    events = int(row["n_events"])
    return f"{articles} on {events} shared event{'s' * (events != 1)}" if events else f"{articles}, no shared events"


def finding(row: Mapping[str, Any] | pd.Series, *, unit: str | None = None) -> str:
    """Put one row of `contrast` into a sentence."""
    unit = str(row.get("unit", "")) if unit is None else unit
    other = "the rest" if row["versus"] == "rest" else str(row["versus"])
    name, a = str(row["measure"]), str(row["outlet"])
    if row["status"] != "tested":
        seen = (
            "" if pd.isna(row["estimate"]) else f"; observed difference {_amount(row['estimate'], unit, signed=True)}"
        )
        return f"{name}: too few events to tell {a} and {other} apart ({_basis(row)}{seen})."
    low, high = (_amount(row[end], unit, named=False) for end in ("low", "high"))
    span = f"95 % interval {low} to {high}"
    size = _amount(row["estimate"], unit, signed=True)
    how = "adjusted p" if row["family"] == "confirmatory" else "exploratory, false discovery rate"
    facts = f"{size}, {span}; {_basis(row)}; {how} {row['p_adjusted']:.2g}"
    spans = row["low"] <= 0 <= row["high"]
    if row["confirmed"] and not spans:
        word = "higher" if row["estimate"] > 0 else "lower"
        return f"{name}: {word} in {a} than in {other} ({facts})."
    least = row["smallest_detectable"]
    could = "no difference of any size" if np.isinf(least) else f"a difference of {_amount(least, unit)}"
    facts += "" if pd.isna(least) else f"; {could} could have been shown"
    return f"{name}: no clear difference between {a} and {other} ({facts})."
