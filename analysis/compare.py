"""Whether outlets differ, how sure that is, and the sentence that says so.

The event is the unit: articles of one outlet on one event are averaged first, outlets are compared on the events that
both reported, and whatever shares an event or a wire copy is resampled together. See `analysis.inference.resampling`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.codebooks import SEED
from analysis.inference import resampling
from analysis.inference.keyness import joint, keyness
from analysis.inference.resampling import ALPHA, COUNTS, Design, Family, Noise, Panel

__all__ = ["agreement", "contrast", "finding", "joint", "keyness", "levels", "null_split"]

POWER = 0.8416
"""The normal quantile of 80 % power, which `smallest_detectable` stands for."""
_KEYS = ["measure", "comparison", "outlet", "versus"]
_AGAIN = ["estimate", "low", "high", "p"]
_COLUMNS = [*_KEYS, "estimate", "low", "high", "p", "p_adjusted", "confirmed", *COUNTS, "smallest_detectable"]
_COLUMNS += ["gate", "status", "family", *(f"{name}_nowire" for name in _AGAIN)]
_UNITS = {"share": (100, " percentage points"), "rate": (1, " per 1,000 words"), "": (1, ""), "score": (1, "")}


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
    reps : int
        Assignments drawn where there are more; otherwise all are enumerated.
    seed : int
    comparisons : sequence of {"rest", "pair"}
        Fewer comparisons declared leave more of the budget to each. Of two levels both are the same test.
    outlets : sequence of str, optional
        Only these levels.

    Returns
    -------
    DataFrame
        One row per measure and comparison: `measure`, `comparison` (rest, pair), `outlet`, `versus` (str);
        `estimate`, `low`, `high` (mean difference in the measure's unit, 95 % interval inverting the same test), `p`,
        `p_adjusted` (float); `confirmed` (bool; in an exploratory family: listed); `n_articles`, `n_articles_versus`,
        `n_events`, `n_units` (int, of what was compared; `n_events` 0 means that articles were); `smallest_detectable`
        (float: confirmed in this family with 80 % power, given the spread seen; inf if none, NaN if nothing varies);
        `gate` (float, smallest attainable p, 1 where a single article stands for a level; above .05 the row is
        descriptive); `status` (tested, descriptive);
        `family`; and `estimate`, `low`, `high`, `p` again without wire copy, as `*_nowire`.

    Raises
    ------
    KeyError
        If a column or outlet does not exist.
    ValueError
        If values are not numbers indexed by `article_id`, or an option is unknown.

    Notes
    -----
    Where every unit shows the same difference, `low` and `high` equal `estimate`: nothing varies that could give
    an interval. That is not certainty: `finding` says so instead.

    Westfall & Young 1993, Resampling-Based Multiple Testing. Chung & Romano 2013, Exact and asymptotically robust
    permutation tests, Annals of Statistics. Hartigan 1969, Using subsample values as typical values, JASA.

    Examples
    --------
    >>> articles = pd.DataFrame({"article_id": list("abcd"), "outlet": list("XYXY"), "event": list("eeff")})
    >>> print(*contrast(articles, pd.Series([3, 1, 4, 1], list("abcd"))).loc[0, ["outlet", "estimate", "status"]])
    X 2.5 descriptive
    """
    if unknown := sorted(set(comparisons) - {"rest", "pair"}):
        raise ValueError(f"comparisons={unknown}: choose from 'rest' (a level against the others) and 'pair'")
    options: dict[str, Any] = {"family": family, "reps": reps, "seed": seed}
    panel = resampling.panel_of(articles, by=by, event=event, outlets=outlets)
    measures = _measures(articles, values, panel)
    table = again = _table(panel, measures, comparisons, **options)
    if "wire_of" in articles and articles["wire_of"].notna().any():
        bare = resampling.panel_of(articles[articles["wire_of"].isna()], by=by, event=event)
        again = _table(bare, measures.reindex(bare.ids), comparisons, **options)
    again = again.set_index(_KEYS)[_AGAIN].add_suffix("_nowire")
    return table.join(again, on=_KEYS)[_COLUMNS]


def _measures(articles: pd.DataFrame, values: pd.Series | pd.DataFrame, panel: Panel) -> pd.DataFrame:
    """Return the measures as numbers, one row per article of the panel."""
    frame = (
        values.to_frame("value" if values.name is None else values.name) if isinstance(values, pd.Series) else values
    )
    if frame.index.has_duplicates:
        raise ValueError("values has several rows for one article_id; average them to one row per article")
    if len(frame) and not frame.index.isin(articles["article_id"]).any():
        raise ValueError(
            f"values must be indexed by article_id: none of its {len(frame)} index entries is an article "
            f"(the first is {frame.index[0]!r}); try values.set_index('article_id')"
        )
    for name, kind in frame.dtypes.items():
        if not pd.api.types.is_numeric_dtype(kind):
            raise ValueError(f"measure {name!r} holds {kind}, not numbers; convert it or leave it out")
    return frame.astype(float).replace([np.inf, -np.inf], np.nan).reindex(panel.ids)


def _table(
    panel: Panel, values: pd.DataFrame, kinds: Sequence[str], *, family: str, reps: int, seed: int
) -> pd.DataFrame:
    """Test, adjust, and lay out one family."""
    pool, noise = Family(family), Noise.of(panel, reps, seed)
    parts = [
        _compared(panel, values.iloc[:, columns], rows, comparison, noise, reps, pool).set_axis(columns)
        for comparison in resampling.comparisons(panel, kinds)
        for rows, columns in _patterns(values)
    ]
    blank = [*_KEYS, "gate", "estimate", "low", "high", "p", "seen", "error", "pull", *COUNTS]
    table = pd.concat(parts).reindex(columns=blank) if parts else pd.DataFrame(columns=blank)
    table[["p_adjusted", "smallest_detectable"]] = np.nan
    tested = table["p"].notna()
    if tested.any():
        some = table[tested].astype({"seen": float, "p": float})
        adjusted = pool.adjust(some["comparison"], some["seen"].to_numpy(), some["p"].to_numpy())
        table.loc[tested, "p_adjusted"] = adjusted
        table.loc[tested, "smallest_detectable"] = _detectable(some, some["comparison"].map(pool.critical))
    table[COUNTS] = table[COUNTS].astype(float).fillna(0).astype(int)
    table["status"] = np.where(tested, "tested", "descriptive")
    table["confirmed"] = table["p_adjusted"] <= resampling.FAMILIES[family]
    table["family"] = family
    return _mirrored(table, panel, kinds)


def _patterns(values: pd.DataFrame) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the articles with a value, and the measures that have exactly these."""
    there = values.notna().to_numpy()
    same: dict[bytes, list[int]] = {}
    for column in range(there.shape[1]):
        same.setdefault(there[:, column].tobytes(), []).append(column)
    for columns in same.values():
        yield there[:, columns[0]], np.array(columns)


def _compared(
    panel: Panel,
    values: pd.DataFrame,
    rows: np.ndarray,
    comparison: tuple[str, int, list[int]],
    noise: Noise,
    reps: int,
    pool: Family,
) -> pd.DataFrame:
    """Make one comparison of measures that have values in the same articles: a row each, not yet adjusted."""
    kind, a, others = comparison
    design = resampling.design_of(panel, rows, a, others)
    part = pd.DataFrame({"measure": values.columns, "comparison": kind, "outlet": panel.names[a]})
    part["versus"] = "rest" if kind == "rest" else panel.names[others[0]]
    part["gate"] = resampling.gate_of(design, reps)
    if design is None:
        return part
    x = design.read(values.to_numpy() * 1.0 if rows.all() else np.nan_to_num(values.to_numpy()))
    part = part.assign(**design.counts, estimate=design.gain * (x @ design.mine))
    return part.assign(**_tested(design, x, noise, reps, kind, pool)) if part["gate"].iloc[0] <= ALPHA else part


def _tested(design: Design, x: np.ndarray, noise: Noise, reps: int, kind: str, pool: Family) -> dict[str, np.ndarray]:
    """Return p and interval from a comparison's own assignments; give the shared ones to the family."""
    shared, every = noise.assign(design), resampling.every_assignment(design, reps)
    seen, null = design.statistic(design.mine[None], x)[:, 0], design.statistic(shared, x)
    pool.add(kind, null)
    p = resampling.share_beyond(null if every is None else design.statistic(every, x), seen)
    low, high = resampling.interval(design, shared if every is None else every, x)
    mine, c = design.mine[None], design.shift[None]
    residual = x - c * (design.gain * (x @ design.mine))[:, None]
    error = np.sqrt(design.squares(mine, residual, residual)[:, 0])
    pull = np.full(len(p), design.squares(mine, c, c)[0, 0])
    return {"p": p, "low": low, "high": high, "seen": seen, "error": error, "pull": pull}


def _detectable(tested: pd.DataFrame, critical: pd.Series) -> np.ndarray:
    """Return the difference that would reach the family's critical value with 80 % power."""
    error = tested["error"].to_numpy(float)
    room = 1 - tested["pull"].to_numpy(float) * critical.to_numpy(float) ** 2
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
    reps: int = 2000,
    seed: int = SEED,
) -> pd.DataFrame:
    """Describe each outlet by itself: its mean over all its events, with an interval; no test, no comparison.

    Parameters
    ----------
    articles, values, by, event, reps, seed
        As for `contrast`.

    Returns
    -------
    DataFrame
        One row per measure and outlet: `measure`, `outlet`, `estimate` (mean over units), `low`, `high` (95 %, sign
        flips inverted; NaN below six units), `n_articles`, `n_units`.

    Examples
    --------
    >>> articles = pd.DataFrame({"article_id": ["a", "b"], "outlet": ["X", "X"]})
    >>> levels(articles, pd.Series([1.0, 3.0], ["a", "b"]))["estimate"].tolist()
    [2.0]
    """
    panel = resampling.panel_of(articles, by=by, event=event)
    frame = _measures(articles, values, panel)
    rng, rows = np.random.default_rng(seed), []
    for name in frame.columns:
        for code, outlet in enumerate(panel.names):
            here = (panel.level == code) & frame[name].notna().to_numpy()
            told = pd.Series(frame[name].to_numpy()[here]).groupby(panel.event[here]).mean()
            unit = pd.Series(panel.unit[here], panel.event[here]).groupby(level=0).first()
            mean = told.groupby(unit).mean().to_numpy()
            low, high = resampling.mean_interval(mean, rng, reps)
            row = (name, outlet, mean.mean() if len(mean) else np.nan, low, high, int(here.sum()), len(mean))
            rows.append(row)
    return pd.DataFrame(rows, columns=["measure", "outlet", "estimate", "low", "high", "n_articles", "n_units"])


def null_split(
    articles: pd.DataFrame,
    analysis: Callable[[pd.DataFrame], pd.DataFrame],
    *,
    splits: int = 200,
    seed: int = SEED,
    by: str = "outlet",
    event: str = "event",
) -> pd.DataFrame:
    """Count the findings of an analysis where there is nothing to find.

    One outlet: its articles (whole near-duplicate clusters) are split into random halves. Several: their labels are
    permuted within events, or among clusters where no events are known.

    Parameters
    ----------
    articles : DataFrame
    analysis : callable
        From articles to a frame with the column `confirmed`, such as `lambda a: keyness(a, counts=counts)`.
    splits, seed : int
    by, event : str
        The columns that the analysis compares and matches by.

    Returns
    -------
    DataFrame
        `split`, `findings` (confirmed or listed rows), `tested` (rows) as int; of two halves the first is counted,
        since the second mirrors it.

    Examples
    --------
    >>> articles = pd.DataFrame({"article_id": ["a", "b", "c", "d"], "outlet": "X"})
    >>> null_split(articles, lambda a: pd.DataFrame({"confirmed": [False]}), splits=1)["findings"].tolist()
    [0]
    """
    panel = resampling.panel_of(articles, by=by, event=event)
    frame = articles.set_index("article_id").loc[panel.ids].reset_index()
    rng, rows = np.random.default_rng(seed), []
    for split in range(splits):
        labels, alone = _shuffled(panel, rng), len(panel.names) == 1
        table = analysis(frame.assign(**{by: labels} | ({event: np.nan} if alone else {})))
        table = table[table["outlet"] == "half 1"] if alone and "outlet" in table else table
        rows.append((split, int(table["confirmed"].sum()), len(table)))
    return pd.DataFrame(rows, columns=["split", "findings", "tested"])


def _shuffled(panel: Panel, rng: np.random.Generator) -> np.ndarray:
    """Return labels that mean nothing: random halves of one outlet, or labels permuted."""
    if len(panel.names) == 1:
        half = rng.permutation(panel.unit.max() + 1) % 2
        return np.array(["half 1", "half 2"])[half[panel.unit]]
    names, labels = np.array(panel.names, dtype=object), panel.level.copy()
    if not panel.matched:
        first = np.unique(panel.unit, return_index=True)[1]
        return names[panel.level[first][rng.permutation(len(first))][panel.unit]]
    for unit in range(panel.unit.max() + 1):
        here = panel.unit == unit
        present = np.unique(panel.level[here])
        labels[here] = rng.permutation(present)[np.searchsorted(present, panel.level[here])]
    return names[labels]


def agreement(codes: pd.DataFrame, *, level: str = "nominal", reps: int = 2000, seed: int = SEED) -> pd.DataFrame:
    """Say how far coders agree beyond chance: Krippendorff's alpha with an interval over resampled units.

    Parameters
    ----------
    codes : DataFrame
        Units × coders, NaN where a coder did not code; numbers unless `level` is nominal.
    level : {"nominal", "ordinal", "interval"}
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
    if level not in ("nominal", "ordinal", "interval"):
        raise ValueError(f"level={level!r}; say 'nominal', 'ordinal' or 'interval'")
    coded, kinds = pd.factorize(codes.to_numpy().ravel(), sort=True)
    table = np.zeros((len(codes), len(kinds)))
    np.add.at(table, (np.repeat(np.arange(len(codes)), codes.shape[1])[coded >= 0], coded[coded >= 0]), 1)
    table = table[table.sum(axis=1) > 1]
    n, rng = len(table), np.random.default_rng(seed)
    draws = rng.multinomial(n, np.full(n, 1 / n), size=reps) if n else np.zeros((0, 0))
    again = np.array([_alpha(table, times, level, kinds) for times in draws])
    again = again[~np.isnan(again)]
    low, high = np.quantile(again, [0.025, 0.975]) if len(again) else (np.nan, np.nan)
    alpha = _alpha(table, np.ones(n), level, kinds)
    return pd.DataFrame({"alpha": [alpha], "low": [low], "high": [high], "n": [n]})


def _alpha(table: np.ndarray, times: np.ndarray, level: str, kinds: np.ndarray) -> float:
    """Return alpha of units × codes, each unit taken so many times."""
    used = table * times[:, None]
    total = used.sum(axis=0)
    if level == "nominal":
        apart = 1.0 - np.eye(len(kinds))
    else:
        rank = np.cumsum(total) - total / 2 if level == "ordinal" else np.asarray(kinds, float)
        apart = (rank[:, None] - rank[None]) ** 2
    within = ((table @ apart) * used).sum(axis=1) / np.maximum(table.sum(axis=1) - 1, 1)
    expected = total @ apart @ total
    return 1 - (total.sum() - 1) * within.sum() / expected if expected > 0 else float("nan")


def finding(row: Mapping[str, Any] | pd.Series, *, unit: str | None = None) -> str:
    """Put one row of `contrast` or `keyness` into a sentence.

    Parameters
    ----------
    row : mapping or Series
        A row of the returned frame.
    unit : {"share", "rate", "score"} or str, optional
        Shares are told in percentage points, rates per 1,000 words; any other word is the unit's name. Left out, the
        row's own `unit`, if it has one.

    Returns
    -------
    str
        Plain text. "no clear difference" unless confirmed with an interval that leaves out zero; "too few events to
        tell" (without events: articles) below the gate. Where every event shows the same difference it says so, and how
        many such events may yet differ: with n alike, up to 1 - .05 ** (1 / n) of them at 95 % confidence, the exact
        bound of Clopper & Pearson 1934, The use of confidence or fiducial limits, Biometrika.

    Examples
    --------
    >>> finding({"measure": "m", "outlet": "X", "versus": "Y", "status": "descriptive", "estimate": float("nan"),
    ...          "n_articles": 2, "n_articles_versus": 1, "n_events": 1})
    'm: too few events to tell X and Y apart (2 and 1 articles on 1 shared event).'
    """
    word = "term" in row
    name = f"“{row['term']}”" if word else str(row["measure"])
    unit = ("rate" if word else str(row.get("unit", ""))) if unit is None else unit
    a, b = str(row["outlet"]), str(row.get("versus", "rest"))
    other = "the rest" if b == "rest" else b
    estimate = row["rate"] - row["rate_rest"] if word else row["estimate"]
    if row["status"] != "tested":
        seen = "" if pd.isna(estimate) else f"; observed difference {_amount(estimate, unit, signed=True)}"
        units = "articles" if row["n_articles_versus"] and not row["n_events"] else "events"
        return f"{name}: too few {units} to tell {a} and {other} apart ({_basis(row)}{seen})."
    facts = f"{_amount(estimate, unit, signed=True)}{_span(row, unit)}; {_basis(row)}; {_chance(row)}"
    if row["confirmed"] and (word or not row["low"] <= 0 <= row["high"]):
        return f"{name}: {'higher' if estimate > 0 else 'lower'} in {a} than in {other} ({facts})."
    least = row.get("smallest_detectable", np.nan)
    if not pd.isna(least):
        most = 1 if unit == "share" else np.inf
        shown = "no difference of any size" if least >= most else f"a difference of {_amount(least, unit)}"
        facts += f"; {shown} could have been shown"
    return f"{name}: no clear difference between {a} and {other} ({facts})."


def _amount(value: float, unit: str = "", *, named: bool = True, signed: bool = False) -> str:
    """Write a number in its unit, to three significant digits."""
    factor, name = _UNITS.get(unit, (1, f" {unit}"))
    number = float(f"{value * factor:.3g}") + 0.0
    text = np.format_float_positional(number, trim="-") if abs(number) < 1e6 else f"{number:,.0f}"
    return ("+" if signed and number > 0 else "") + text.replace("-", "−") + (name if named else "")


def _span(row: Mapping[str, Any] | pd.Series, unit: str) -> str:
    """Write the interval, if the row has one; where nothing varies, what that can and cannot say."""
    if "low" not in row:
        return ""
    if row["low"] == row["high"]:
        n, events = int(row.get("n_units", 0)), row["n_events"]
        most = f"{100 * (1 - ALPHA ** (1 / max(n, 1))):.0f} %"
        yet = f"; up to {most} of such events may yet differ" if events and n else ""
        return f", the same in every {'event' if events else 'article'}, so that no interval can be given{yet}"
    low, high = (_amount(row[end], unit, named=False) for end in ("low", "high"))
    return f", 95 % interval {low} to {high}"


def _basis(row: Mapping[str, Any] | pd.Series) -> str:
    """Say what a comparison rests on."""
    events, used = int(row["n_events"]), "used in " if "term" in row else ""
    articles = f"{used}{row['n_articles']} and {row['n_articles_versus']} articles"
    return f"{articles} on {events} shared event{'s' * (events != 1)}" if events else f"{articles}, no shared events"


def _chance(row: Mapping[str, Any] | pd.Series) -> str:
    """Name the adjusted p by what it is."""
    kind = "adjusted p" if row["family"] == "confirmatory" else "exploratory, false discovery rate"
    value = row["p_adjusted"]
    return f"{kind} {'below 0.001' if value < 0.001 else f'{value:.2g}'}"
