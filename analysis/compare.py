"""Whether outlets differ, and how sure that is.

The event is the unit: articles of one outlet on one event are averaged first, outlets are compared on the events that
both reported, and whatever shares an event or a wire copy is resampled together. How that is done stands in
`analysis.inference`: who is compared with whom (`design`), assignments, intervals and error budgets (`resampling`),
words (`keyness`), coders (`agreement`), chance (`chance`), and the sentence that tells a row (`wording`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.codebooks import SEED
from analysis.inference import resampling
from analysis.inference.agreement import agreement
from analysis.inference.chance import null_split
from analysis.inference.design import COUNTS, Design, Panel, design_of, pairings, panel_of
from analysis.inference.keyness import keyness
from analysis.inference.resampling import ALPHA, Family
from analysis.inference.wording import finding, sides

__all__ = ["agreement", "contrast", "finding", "keyness", "levels", "null_split", "sides"]

POWER = 0.8416
"""The normal quantile of 80 % power, which `smallest_detectable` stands for."""
_KEYS = ["measure", "comparison", "outlet", "versus"]
_AGAIN = ["estimate", "low", "high", "p"]
_COLUMNS = [*_KEYS, *_AGAIN, "p_adjusted", "confirmed", *COUNTS, "smallest_detectable", "gate", "status", "family"]
_COLUMNS += [f"{name}_nowire" for name in _AGAIN]


def contrast(
    articles: pd.DataFrame,
    values: pd.Series | pd.DataFrame,
    *,
    by: str = "outlet",
    event: str | None = "event",
    family: str = "confirmatory",
    reps: int = 2000,
    seed: int = SEED,
    comparisons: Sequence[str] | None = None,
    outlets: Sequence[str] | None = None,
    unit: str | None = None,
) -> pd.DataFrame:
    """Compare outlets on measures, event by event, with one error budget for everything compared.

    Pairs: signs flipped within events; a level against the mean of the others: labels permuted within events; no
    events known: labels permuted over near-duplicate clusters. The statistic is the mean difference over its standard
    error under these permutations (without events, Welch's), which equal differences do not break.

    Parameters
    ----------
    articles : DataFrame
        `article_id`, the column `by`, and if there are any `event` and `wire_of`.
    values : Series or DataFrame of numbers, indexed by `article_id`
        One column per measure; NaN where an article has no value; entries of other articles are passed over.
    by : str
        The column whose levels are compared; they are returned as `outlet` and `versus` whatever it is.
    event : str or None
        The column of events; None compares articles as if no events were known.
    family : {"confirmatory", "exploratory"}
        Max-T over all rows, the budget split evenly between the two kinds, or a false discovery rate (10 %).
    reps, seed : int
        Assignments drawn where there are more; otherwise all are enumerated.
    comparisons : sequence of {"rest", "pair"}, optional
        Fewer comparisons declared leave more of the budget to each. Of two levels both are the same test. Left out:
        pairs up to four levels; beyond, where pairs outnumber what a reader takes in, each level against the rest.
    outlets : sequence of str, optional
        Only these levels.
    unit : str, optional
        What the values count, for `finding`. Of a "share" (0 to 1), intervals end at −1 and 1: none differ by more.

    Returns
    -------
    DataFrame
        One row per measure and comparison: `measure`, `comparison` (rest, pair), `outlet`, `versus` (str);
        `estimate`, `low`, `high` (mean difference in the measure's unit, 95 % interval inverting the same test), `p`,
        `p_adjusted` (float); `confirmed` (bool; in an exploratory family: listed); `n_articles`, `n_articles_versus`,
        `n_events`, `n_units` (int, of what was compared; `n_events` 0 means that articles were); `smallest_detectable`
        (float: confirmed in this family with 80 % power, given the spread seen; inf if none, NaN if nothing varies);
        `gate` (float, smallest attainable p, 1 where a single article stands for a level; above .05 the row is
        descriptive); `status` (tested, descriptive); `family`; `estimate`, `low`, `high`, `p` again without wire
        copy, as `*_nowire`; and `unit`, if it was given. Where every unit shows the same difference, `low` and `high`
        equal `estimate`: nothing varies that could give an interval, which is not certainty. No rows, but the same
        columns, where there is one level or no measure.

    Raises
    ------
    KeyError
        If a column or outlet does not exist.
    ValueError
        If values are not numbers indexed by `article_id`, shares not between 0 and 1, or an option is unknown.

    Notes
    -----
    Westfall & Young 1993, Resampling-Based Multiple Testing. Chung & Romano 2013, Exact and asymptotically robust
    permutation tests, Annals of Statistics. Hartigan 1969, Using subsample values as typical values, JASA.

    Examples
    --------
    >>> articles = pd.DataFrame({"article_id": list("abcd"), "outlet": list("XYXY"), "event": list("eeff")})
    >>> print(*contrast(articles, pd.Series([3, 1, 4, 1], list("abcd"))).loc[0, ["outlet", "estimate", "status"]])
    X 2.5 descriptive
    """
    panel = panel_of(articles, by=by, event=event)
    if outlets is not None:
        articles = _only(articles, by, list(map(str, outlets)), panel.names)
        panel = panel_of(articles, by=by, event=event)
    if comparisons is None:
        comparisons = "pair" if len(panel.names) <= 4 else "rest"
    kinds = [comparisons] if isinstance(comparisons, str) else comparisons
    if unknown := sorted(set(kinds) - {"rest", "pair"}):
        raise ValueError(f"comparisons={unknown}: choose from 'rest' (a level against the others) and 'pair'")
    measures = _measures(articles, values, panel)

    def analyse(some: pd.DataFrame) -> pd.DataFrame:
        here = panel_of(some, by=by, event=event, names=panel.names)
        return _table(here, measures.reindex(here.ids), kinds, Family(family, here, reps, seed))

    table = resampling.beside_no_wire(articles, analyse, _KEYS, _AGAIN)[_COLUMNS]
    return table if unit is None else _in_unit(table, unit, measures)


def _only(articles: pd.DataFrame, by: str, outlets: list[str], names: list[str]) -> pd.DataFrame:
    """Return the articles of some levels."""
    if unknown := sorted(set(outlets) - set(names)):
        raise KeyError(f"no {by} named {', '.join(unknown)}; there are: {', '.join(sorted(names))}")
    return articles[articles[by].astype("str").isin(outlets)]


def _measures(articles: pd.DataFrame, values: pd.Series | pd.DataFrame, panel: Panel) -> pd.DataFrame:
    """Return the measures as numbers, one row per article of the panel."""
    if isinstance(values, pd.Series):
        values = values.to_frame("value" if values.name is None else values.name)
    if values.index.has_duplicates:
        raise ValueError("values has several rows for one article_id; average them to one row per article")
    if len(values) and len(articles) and not values.index.isin(articles["article_id"]).any():
        raise ValueError(
            f"values must be indexed by article_id: none of its {len(values)} index entries is an article "
            f"(the first is {values.index[0]!r}); try values.set_index('article_id')"
        )
    for name, kind in values.dtypes.items():
        if not pd.api.types.is_numeric_dtype(kind):
            raise ValueError(f"measure {name!r} holds {kind}, not numbers; convert it or leave it out")
    return values.astype(float).replace([np.inf, -np.inf], np.nan).reindex(panel.ids)


def _in_unit(table: pd.DataFrame, unit: str, measures: pd.DataFrame) -> pd.DataFrame:
    """Name the unit; of shares, end the intervals where no difference can be."""
    if unit == "share":
        if len(wrong := measures.columns[((measures < 0) | (measures > 1 + 1e-9)).any()]):
            raise ValueError(f"measure {wrong[0]!r} is no share: its values are not all between 0 and 1; rescale them")
        ends = ["low", "high", "low_nowire", "high_nowire"]
        table = table.assign(**table[ends].clip(-1, 1))
    return table.assign(unit=unit)


def _table(panel: Panel, values: pd.DataFrame, kinds: Sequence[str], family: Family) -> pd.DataFrame:
    """Test, adjust, and lay out one family."""
    parts = []
    for kind, a, others in pairings(panel, kinds):
        who = {"outlet": panel.names[a], "versus": "rest" if kind == "rest" else panel.names[others[0]]}
        for rows, columns in _patterns(values):
            some = values.iloc[:, columns]
            told = _compared(design_of(panel, rows, a, others), some, kind, family)
            parts.append(pd.DataFrame({"measure": some.columns, "comparison": kind, **who, **told}, index=columns))
    blank = [*_KEYS, "gate", *_AGAIN, "seen", "error", "pull", *COUNTS]
    none = pd.DataFrame(columns=blank).astype({name: "str" if name in _KEYS else "float64" for name in blank})
    table = family.judged(pd.concat(parts).reindex(columns=blank) if parts else none)
    table["smallest_detectable"] = np.nan
    if len(tested := table[table["p"].notna()]):
        critical = tested["comparison"].map(family.critical).to_numpy(float)
        table.loc[table["p"].notna(), "smallest_detectable"] = _detectable(tested, critical)
    table[COUNTS] = table[COUNTS].astype(float).fillna(0).astype(int)
    return _mirrored(table, panel, kinds)


def _patterns(values: pd.DataFrame) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the articles with a value, and the measures that have exactly these."""
    same: dict[bytes, list[int]] = {}
    for column, there in enumerate(values.notna().to_numpy().T):
        same.setdefault(there.tobytes(), []).append(column)
    for pattern, columns in same.items():
        yield np.frombuffer(pattern, bool), np.array(columns)


def _compared(design: Design | None, values: pd.DataFrame, kind: str, family: Family) -> dict[str, Any]:
    """Make one comparison of measures that have values in the same articles: columns of a row each."""
    gate = resampling.gate_of(design, family.reps)
    if design is None:
        return {"gate": gate}
    x = design.read(values.fillna(0.0).to_numpy())
    estimate = design.gain * (x @ design.mine) / design.reach
    told = {"gate": gate, **design.counts, "estimate": estimate}
    if gate > ALPHA:
        return told
    shared, every = family.assignments(design)
    p, seen = family.test(kind, design, x, shared, every)
    low, high = resampling.interval(design, shared if every is None else every, x)
    told |= {"p": p, "low": low, "high": high, "seen": seen, "pull": design.variance(design.shift)}
    return told | {"error": np.sqrt(design.variance(x - np.outer(estimate, design.shift))) / design.reach}


def _detectable(tested: pd.DataFrame, critical: np.ndarray) -> np.ndarray:
    """Return the difference that would reach the family's critical value with 80 % power."""
    error, room = tested["error"].to_numpy(float), 1 - tested["pull"].to_numpy(float) * critical**2
    reach = np.where(room > 1e-9, critical / np.sqrt(np.maximum(room, 1e-9)), np.inf) + POWER
    return np.where(error > 1e-12, reach * np.maximum(error, 1e-12), np.nan)


def _mirrored(table: pd.DataFrame, panel: Panel, kinds: Sequence[str]) -> pd.DataFrame:
    """Show the one comparison of two levels also as each against the rest, and order the rows by measure."""
    if len(panel.names) == 2:
        as_rest = table.assign(versus="rest", comparison="rest")
        turned = as_rest.assign(outlet=table["versus"])
        turned[["estimate", "low", "high"]] = -table[["estimate", "high", "low"]].to_numpy()
        turned[COUNTS[:2]] = table[COUNTS[1::-1]].to_numpy()
        table = pd.concat([as_rest, turned, table])
    table = table[table["comparison"].isin(kinds)]
    return table.sort_index(kind="stable").reset_index(drop=True)


def levels(
    articles: pd.DataFrame,
    values: pd.Series | pd.DataFrame,
    *,
    by: str = "outlet",
    event: str | None = "event",
    least: int = 1,
    reps: int = 2000,
    seed: int = SEED,
) -> pd.DataFrame:
    """Describe each outlet by itself: its mean over all its events, with an interval; no test, no comparison.

    Parameters
    ----------
    articles, values, by, event, reps, seed
        As for `contrast`.
    least : int
        Rows of fewer articles are left out, unless all are of so few.

    Returns
    -------
    DataFrame
        One row per measure and outlet: `measure`, `outlet`, `estimate` (mean over units), `low`, `high` (95 %, sign
        flips inverted, never beyond the values seen; NaN below six units), `n_articles`, `n_units`.

    Examples
    --------
    >>> articles = pd.DataFrame({"article_id": ["a", "b"], "outlet": ["X", "X"]})
    >>> levels(articles, pd.Series([1.0, 3.0], ["a", "b"]))["estimate"].tolist()
    [2.0]
    """
    panel = panel_of(articles, by=by, event=event)
    frame = _measures(articles, values, panel)
    told = frame.groupby([panel.level, panel.unit, panel.event]).mean().groupby(level=[0, 1]).mean()
    used, rows = frame.groupby(panel.level).count(), list[tuple[Any, ...]]()
    for name in frame.columns:
        for code, outlet in enumerate(panel.names):
            mean = told[name].xs(code).dropna().to_numpy()
            estimate = mean.mean() if len(mean) else np.nan
            interval = resampling.mean_interval(mean, np.random.default_rng(seed), reps)
            rows.append((name, outlet, estimate, *interval, used.loc[code, name], len(mean)))
    table = pd.DataFrame(rows, columns=["measure", "outlet", "estimate", "low", "high", "n_articles", "n_units"])
    table = table if rows else table.astype({"measure": "str", "outlet": "str"})
    enough = table["n_articles"] >= least
    return table[enough] if enough.any() else table
