"""The sentence that tells one comparison: nothing about a difference is put in words anywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.inference.resampling import ALPHA

_UNITS = {"share": (100, " percentage points"), "rate": (1, " per 1,000 words"), "": (1, ""), "score": (1, "")}
Row = Mapping[str, Any] | pd.Series


def finding(row: Row, *, unit: str | None = None) -> str:
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
        Plain text. "no clear difference" unless confirmed with an interval, if there is one, that leaves out zero; "too
        few events to tell" (without events: articles) below the gate. Where every event shows the same difference it
        says so, and how many such events may yet differ: with n alike, up to 1 - .05 ** (1 / n) of them at 95 %
        confidence, the exact bound of Clopper & Pearson 1934, The use of confidence or fiducial limits, Biometrika.

    Examples
    --------
    >>> finding({"measure": "m", "outlet": "X", "versus": "Y", "status": "descriptive", "estimate": float("nan"),
    ...          "n_articles": 2, "n_articles_versus": 1, "n_events": 1})
    'm: too few events to tell X and Y apart (2 and 1 articles on 1 shared event).'
    """
    word = "term" in row
    name = f"“{row['term']}”" if word else str(row["measure"])
    given = row.get("unit", "")
    unit = ("rate" if word else "" if pd.isna(given) else str(given)) if unit is None else unit
    a, b = str(row["outlet"]), str(row.get("versus", "rest"))
    other = "the rest" if b == "rest" else b
    estimate = row["rate"] - row["rate_rest"] if word else row["estimate"]
    if row["status"] != "tested":
        seen = "" if pd.isna(estimate) else f"; observed difference {_amount(estimate, unit, signed=True)}"
        units = "articles" if row["n_articles_versus"] and not row["n_events"] else "events"
        return f"{name}: too few {units} to tell {a} and {other} apart ({_basis(row)}{seen})."
    facts = f"{_amount(estimate, unit, signed=True)}{_span(row, unit)}; {_basis(row)}; {_chance(row)}"
    zero = "low" in row and row["low"] <= 0 <= row["high"]
    if row["confirmed"] and not zero:
        return f"{name}: {'higher' if estimate > 0 else 'lower'} in {a} than in {other} ({facts})."
    if word and row["confirmed"]:
        facts += "; only the test, which weighs square roots of rates, tells them apart"
    least = row.get("smallest_detectable", np.nan)
    if not pd.isna(least):
        most = 1 if unit == "share" else np.inf
        shown = "no difference of any size" if least >= most else f"a difference of {_amount(least, unit)}"
        facts += f"; {shown} could have been shown"
    return f"{name}: no clear difference between {a} and {other} ({facts})."


def sides(compared: pd.DataFrame) -> pd.Series:
    """Name who is compared in each row of `contrast`: an outlet against the rest by itself, a pair by both.

    Examples
    --------
    >>> sides(pd.DataFrame({"outlet": ["X", "X"], "versus": ["rest", "Y"]})).tolist()
    ['X', 'X − Y']
    """
    return compared["outlet"].where(compared["versus"].eq("rest"), compared["outlet"] + " − " + compared["versus"])


def _amount(value: float, unit: str = "", *, named: bool = True, signed: bool = False) -> str:
    """Write a number in its unit, to three significant digits."""
    factor, name = _UNITS.get(unit, (1, f" {unit}"))
    number = float(f"{value * factor:.3g}") + 0.0
    text = np.format_float_positional(number, trim="-") if abs(number) < 1e6 else f"{number:,.0f}"
    return ("+" if signed and number > 0 else "") + text.replace("-", "−") + (name if named else "")


def _span(row: Row, unit: str) -> str:
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


def _basis(row: Row) -> str:
    """Say what a comparison rests on."""
    events, used = int(row["n_events"]), "used in " if "term" in row else ""
    articles = f"{used}{row['n_articles']} and {row['n_articles_versus']} articles"
    if not events:
        none = not row["n_articles"] + row["n_articles_versus"]
        return f"{articles}, {'no shared events' if none else 'compared as they are, without events'}"
    units = int(row.get("n_units", 0))
    joined = f", which wire copy joins into {units}" if 0 < units < events else ""
    return f"{articles} on {events} shared event{'s' * (events != 1)}{joined}"


def _chance(row: Row) -> str:
    """Name the adjusted p by what it is."""
    kind = "adjusted p" if row["family"] == "confirmatory" else "exploratory, false discovery rate"
    value = row["p_adjusted"]
    return f"{kind} {'below 0.001' if value < 0.001 else f'{value:.2g}'}"
