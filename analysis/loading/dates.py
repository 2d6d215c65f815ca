"""Reading dates in the formats that people paste, the order of day and month inferred per column."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pandas as pd

_NAMES = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
]  # fmt: skip
MONTHS = {name[:size]: number for number, name in enumerate(_NAMES, start=1) for size in (3, 4, len(name))}
ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
COMPACT = re.compile(r"\s*((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:T?(?:\d\d|\d{4,6})Z?)?\s*")
NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\d)")
DAY_MONTH = re.compile(r"(?<![\d:])(\d{1,2})(?:st|nd|rd|th)?[\s.-]+(?:of\s+)?([A-Za-z]{3,9})\.?,?[\s-]+(\d{4})(?!\d)")
MONTH_DAY = re.compile(
    r"(?<![A-Za-z])([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(?:at\s+[\d:]+\s+)?(\d{4})(?!\d)"
)
EPOCH = re.compile(r"\s*(\d{10}|\d{13})(?:\.0*)?\s*")
YEARS = range(1600, 2201)


def read_dates(values: pd.Series, files: pd.Series | None = None) -> pd.Series:
    """Read a column of dates.

    Parameters
    ----------
    values : Series of str
        Dates as they were pasted; missing where there is none. A time of day or a zone is left aside: the date
        is the one that was written.
    files : Series of str, optional
        Where each date stands, same index: whether day or month comes first is told file by file, and from all of them
        where a file does not tell.

    Returns
    -------
    Series of datetime64[us]
        The day, same index. Missing where a value is no absolute date, and where a date in figures could be
        read both ways and nothing else in the column says which comes first.

    Examples
    --------
    >>> read_dates(pd.Series(["4/5/2017", "4/16/2017"])).dt.strftime("%d %B").tolist()
    ['05 April', '16 April']
    """
    written = values.dropna().astype(str)
    overall = _month_first(written)
    days = pd.Series(pd.NaT, index=values.index, dtype="datetime64[us]")
    for _, some in written.groupby((files if files is not None else values.isna()).reindex(written.index)):
        told = _month_first(some)
        known = {value: _day(value, overall if told is None else told) for value in some.unique()}
        days[some.index] = pd.to_datetime(some.map(known).astype(object)).astype("datetime64[us]")
    return days


def ambiguous(value: str) -> bool:
    """Tell whether a date in figures can be read both ways.

    Examples
    --------
    >>> ambiguous("4/5/2017"), ambiguous("2017-05-04"), ambiguous("some day")
    (True, False, False)
    """
    match = _in_figures(value)
    return bool(match and not ISO.search(value) and max(int(match[1]), int(match[2])) < 13 and match[1] != match[2])


def _month_first(values: pd.Series) -> bool | None:
    """Tell from the whole column whether the month stands first in figures; None when nothing says so."""
    pairs = [(int(m[1]), int(m[2])) for m in map(_in_figures, values) if m and not ISO.search(m.string)]
    month, day = sum(second > 12 for _, second in pairs), sum(first > 12 for first, _ in pairs)
    return None if month == day else month > day


def _day(value: str, month_first: bool | None) -> date | None:
    """Read one date: quick patterns first, any other language or wording by dateparser."""
    if match := ISO.search(value) or COMPACT.fullmatch(value):
        return _valid(match[1], match[2], match[3])
    if (match := DAY_MONTH.search(value)) and match[2].lower() in MONTHS:
        return _valid(match[3], MONTHS[match[2].lower()], match[1])
    if (match := MONTH_DAY.search(value)) and match[1].lower() in MONTHS:
        return _valid(match[3], MONTHS[match[1].lower()], match[2])
    if match := _in_figures(value):
        return _figures(int(match[1]), int(match[2]), match[3], month_first)
    if match := EPOCH.fullmatch(value):
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(match[1][:10]))).date()
    return _worded(value) if re.search(r"\d{4}", value) and len(value) <= 80 else None


def _in_figures(value: str) -> re.Match[str] | None:
    """Find a date in figures; beside a whole year, 10.15.30 is a time."""
    match = NUMERIC.search(value)
    return None if match and len(match[3]) == 2 and re.search(r"\d{4}", value) else match


def _figures(first: int, second: int, year: str, month_first: bool | None) -> date | None:
    """Read a date in figures; one that can be read both ways needs the column's order."""
    full = year if len(year) == 4 else f"{'20' if int(year) < 70 else '19'}{year}"
    if first == second or second > 12 or (first <= 12 and month_first):
        return _valid(full, first, second)
    return _valid(full, second, first) if first > 12 or month_first is False else None


def _valid(year: str | int, month: str | int, day: str | int) -> date | None:
    """Make a date if there is such a day."""
    try:
        return date(int(year), int(month), int(day)) if int(year) in YEARS else None
    except ValueError:
        return None


def _worded(value: str) -> date | None:
    """Read an absolute date in another language."""
    import dateparser

    settings = {"PARSERS": ["absolute-time"], "REQUIRE_PARTS": ["day", "month", "year"], "DATE_ORDER": "DMY"}
    found = dateparser.parse(value, settings=settings)
    return _valid(found.year, found.month, found.day) if found else None
