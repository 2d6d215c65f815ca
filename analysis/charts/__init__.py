"""Draws what it is given and computes nothing; only here is matplotlib imported. Below: `saving` and `live` figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from adjustText import adjust_text
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from analysis.charts.saving import Reason, SavedFigure, drawn, inline, plain, save_figure

__all__ = [
    "COLOURS", "GREY", "Reason", "SavedFigure", "bars", "canvas", "dispersion", "drawn", "forest", "heatmap", "inline",
    "palette", "plain", "publish", "ranges", "save_figure", "strip", "timeline", "use", "words",
]  # fmt: skip
COLOURS = (
    "#332288", "#CC6677", "#117733", "#DDAA33", "#66AACC", "#882255", "#44AA99", "#999933", "#AA4499",
)  # fmt: skip
"""Paul Tol's *muted* scheme, darkened where it was too pale on white: distinct to colour-blind readers."""
GREY = "#8a8a8a"


def use() -> None:
    """Put the house style on: matplotlib's, and how pandas shows frames in a notebook.

    Examples
    --------
    >>> use()
    """
    plt.style.use(Path(__file__).parents[1] / "house.mplstyle")
    pd.set_option(
        "display.html.use_mathjax", False, "display.max_colwidth", 400, "display.max_rows", 40,
        "display.precision", 4, "display.notebook_repr_html", True,
    )  # fmt: skip


def palette(articles: pd.DataFrame, by: str = "outlet") -> dict[str, str]:
    """Give each outlet its one colour, in every figure of a corpus.

    Parameters
    ----------
    articles : DataFrame
        The articles of the whole corpus; `by` is the column whose values get colours.

    Returns
    -------
    dict
        Outlet to hex colour. The nine outlets with the most articles (ties by name) get a colour each;
        the others are grey and told apart by their labels.

    Examples
    --------
    >>> palette(pd.DataFrame({"outlet": ["B", "A", "B"]}))
    {'B': '#332288', 'A': '#CC6677'}
    """
    counts = articles[by].dropna().astype(str).value_counts().sort_index().sort_values(ascending=False, kind="stable")
    return dict.fromkeys(counts.index, GREY) | dict(zip(counts.index, COLOURS, strict=False))


def canvas(width: float = 7.5, height: float = 4.0, rows: int = 1, columns: int = 1) -> tuple[Figure, Any]:
    """Open a figure of that many inches; returns it with its Axes (an array when there are several)."""
    return plt.subplots(rows, columns, figsize=(width, height))


def publish(
    name: str, frame: pd.DataFrame, draw: Callable[..., Axes], *, title: str, caption: str, alt: str,
    xlabel: str = "", ylabel: str = "", size: tuple[float, float | None] = (7.5, None), otherwise: str = "",
    **options: Any,
) -> SavedFigure | Reason:  # fmt: skip
    """Draw one frame with one function, give it its words, and save it; or say why it cannot be drawn.

    Parameters
    ----------
    name, caption, alt : str
        As in :func:`save_figure`.
    frame : DataFrame
        What is drawn.
    draw : callable
        One of this module's draw functions; `options` are handed to it.
    title, xlabel, ylabel : str
        The title asks or states what is drawn; an axis names its unit.
    size : (float, float or None)
        Inches; a height of None gives every row of labels the room it needs.
    otherwise : str
        The reason told when the frame has no rows.

    Returns
    -------
    SavedFigure or Reason

    Examples
    --------
    >>> publish("01-events", pd.DataFrame(), bars, title="?", caption="c", alt="a", otherwise="No events are known.")
    No events are known.
    """
    if frame.empty:
        return Reason(otherwise or "There is nothing to draw.")
    key = next((k for k in (options.get("rows"), options.get("label"), "outlet", "label") if k in frame), None)
    fig, ax = canvas(size[0], size[1] or 1.7 + 0.3 * max(frame[key].nunique() if key else 8, 3))
    draw(frame, ax, **options)
    ax.set(title=plain(title, 90), xlabel=plain(xlabel, 90), ylabel=plain(ylabel, 60))
    return save_figure(fig, name, frame, caption=caption, alt=alt)


def _rows(ax: Axes, labels: Iterable[object]) -> np.ndarray:
    """Turn the y axis into one row per label, first on top."""
    names = [plain(label, 52) for label in labels]
    places = np.arange(len(names))[::-1]
    ax.set_yticks(places, names)
    ax.set_ylim(-0.7, max(len(names), 1) - 0.3)
    ax.grid(axis="y", visible=False)
    return places


def _log(ax: Axes) -> None:
    """Make the x axis logarithmic, its ticks plain numbers: 1, 2 and 5, or powers of ten where it is long or narrow."""
    ax.set_xscale("log")
    low, high = ax.get_xlim()
    inches = ax.bbox.width / ax.figure.dpi
    short = np.log10(high / low) < inches / 3.2  # before the labels of rows take their part of the width
    ticks = LogLocator(subs=(1, 2, 5), numticks=30) if short else LogLocator(numticks=1 + int(inches / 0.7))
    ax.xaxis.set_major_locator(ticks)
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(_number))


def _number(value: float, _: object = None) -> str:
    """Write a tick as a plain number: the style turns mathematics off, and with it powers of ten."""
    for size, name in ((1e9, " billion"), (1e6, " million")):
        if abs(value) >= size:
            return f"{value / size:,.4g}{name}"
    return f"{value:,.0f}" if abs(value) >= 1 else f"{value:g}"


def forest(
    frame: pd.DataFrame, ax: Axes, *, label: str = "outlet", colours: Mapping[str, str] | None = None,
    colour_by: str | None = None, reference: float | None = 0.0, percent: bool = False,
) -> Axes:  # fmt: skip
    """Draw estimates with their intervals, one row each.

    Parameters
    ----------
    frame : DataFrame
        Columns `label`, ``estimate``, ``low``, ``high``; with a boolean ``confirmed`` column, rows
        that are not confirmed are drawn hollow.
    label, colour_by : str
        Columns that name the rows, and that `colours` is looked up by (default: the label).
    reference : float, optional
        Where a dashed line stands: no difference.
    percent : bool
        Write the axis in per cent (of shares between 0 and 1); without a reference it begins at nothing.

    Examples
    --------
    >>> forest(pd.DataFrame({"outlet": ["A"], "estimate": [1.0], "low": [0.5], "high": [2.0]}), ax)  # doctest: +SKIP
    """
    frame = drawn(frame).reset_index(drop=True)
    places = _rows(ax, frame[label])
    solid = frame["confirmed"].fillna(False).astype(bool) if "confirmed" in frame else pd.Series(True, frame.index)
    for i, row in enumerate(frame.to_dict("records")):
        colour = (colours or {}).get(row[colour_by or label], COLOURS[0])
        ax.plot([row["low"], row["high"]], [places[i]] * 2, color=colour, lw=2, solid_capstyle="butt")
        fill = colour if solid[i] else "white"
        ax.plot(row["estimate"], places[i], "o", ms=6, color=colour, mfc=fill, clip_on=False, zorder=3)
    if reference is not None:
        ax.axvline(reference, color=GREY, lw=1, ls="--", zorder=0)
    if percent:
        ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:.3g} %".replace("-", "−")))
    if percent and reference is None:  # levels of a share: none is below nothing
        ax.set_xlim(left=0)
    return ax


def bars(
    frame: pd.DataFrame, ax: Axes, *, label: str = "outlet", value: str = "n",
    colours: Mapping[str, str] | None = None, written: str = "{:,.0f}",
) -> Axes:  # fmt: skip
    """Draw one horizontal bar per row, its value written at its end."""
    frame = drawn(frame)
    places = _rows(ax, frame[label])
    fills = [(colours or {}).get(name, COLOURS[0]) for name in frame[label]]
    ax.barh(places, frame[value], color=fills, height=0.65)
    for place, number in zip(places, frame[value], strict=True):
        text = written.format(number)
        ax.annotate(text, (number, place), (4, 0), textcoords="offset points", va="center", fontsize=8)
    ax.margins(x=0.12)
    return ax


def heatmap(
    frame: pd.DataFrame, ax: Axes, *, rows: str, columns: str, value: str, written: str = "{:.0f}",
    cmap: str = "Blues", limits: tuple[float, float] | None = None,
) -> Axes:  # fmt: skip
    """Draw a tidy frame as a grid, every cell written out; a missing cell is left blank and hatched.

    `rows`, `columns` and `value` name columns; rows and columns stand in order of first appearance.
    `limits` are the ends of the colour scale (default: those of the data).
    """
    frame = drawn(frame)
    across, down = list(dict.fromkeys(frame[columns])), list(dict.fromkeys(frame[rows]))
    grid = frame.pivot(index=rows, columns=columns, values=value).reindex(index=down, columns=across)
    values = grid.to_numpy(dtype=float)
    low, high = limits or (np.nanmin(values, initial=0), np.nanmax(values, initial=1e-9))
    ax.set_facecolor("#f4f4f4")
    ax.imshow(values, cmap=cmap, vmin=low, vmax=high, aspect="auto")
    ax.set_xticks(range(len(across)), [plain(c, 30) for c in across], rotation=35, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(down)), [plain(r) for r in down])
    ax.grid(visible=False)
    dark = low + 0.6 * (high - low)
    for (i, j), number in np.ndenumerate(values):
        shown = "–" if np.isnan(number) else written.format(number)
        swing = abs(number - (low + high) / 2) > 0.35 * (high - low) if low < 0 else number > dark
        ax.text(j, i, shown, ha="center", va="center", fontsize=8, color="white" if swing else "#333333")
    return ax


def strip(
    frame: pd.DataFrame, ax: Axes, *, label: str = "outlet", value: str = "n_words",
    colours: Mapping[str, str] | None = None,
) -> Axes:  # fmt: skip
    """Draw every observation as a dot in its label's row, and the row's median as a bar.

    Positive values of which the largest is more than twenty times the median go on a logarithmic axis.
    """
    frame = drawn(frame)
    names = list(dict.fromkeys(frame[label]))
    for place, name in zip(_rows(ax, names), names, strict=True):
        values = np.sort(frame.loc[frame[label] == name, value].dropna().to_numpy(dtype=float))
        spread = 0.22 * np.sin(np.arange(len(values)) * 2.4)  # an even, repeatable scatter
        colour = (colours or {}).get(name, COLOURS[0])
        ax.plot(values, place + spread, "o", ms=3.5, alpha=0.55, color=colour, mew=0)
        if len(values):
            ax.plot([np.median(values)] * 2, [place - 0.36, place + 0.36], color="#222222", lw=2)
    if frame[value].min() > 0 and frame[value].max() > 20 * frame[value].median():
        _log(ax)
    return ax


def timeline(
    frame: pd.DataFrame, ax: Axes, *, x: str = "date", y: str = "n", group: str | None = None,
    colours: Mapping[str, str] | None = None,
) -> Axes:  # fmt: skip
    """Draw lines over time, each named at its end; with `low` and `high` columns, a band around each."""
    frame = drawn(frame)
    parts = [("", frame)] if group is None else list(frame.groupby(group, sort=False))
    for i, (name, part) in enumerate(parts):
        colour = (colours or {}).get(str(name), COLOURS[i % len(COLOURS)])
        ax.plot(part[x], part[y], color=colour, marker="o", ms=3)
        if {"low", "high"} <= set(part):
            ax.fill_between(part[x], part["low"], part["high"], color=colour, alpha=0.15, lw=0)
        if name:
            end = part.iloc[-1]
            place = end[x], end[y]
            ax.annotate(plain(name, 24), place, (5, 0), textcoords="offset points", color=colour, va="center")
    whole = bool((frame[y].dropna() % 1 == 0).all())
    ax.yaxis.set_major_locator(MaxNLocator(6, integer=whole))
    if frame[x].nunique() <= 6:  # a tick a day or a month, and no days between that nothing stands for
        ax.set_xticks(sorted(frame[x].unique()))
    return ax


def words(
    frame: pd.DataFrame, ax: Axes, *, x: str = "rate", y: str = "log_odds", term: str = "term",
    marked: str = "marked", colour: str = COLOURS[0], log: bool = True,
) -> Axes:  # fmt: skip
    """Draw words as points, all in grey, the `marked` ones coloured and named without overlap."""
    frame = drawn(frame)
    chosen = frame[frame[marked].astype(bool)]
    ax.plot(frame[x], frame[y], "o", ms=2.5, color="#c8c8c8", mew=0, zorder=1)
    ax.plot(chosen[x], chosen[y], "o", ms=4.5, color=colour, mew=0, zorder=2)
    if log:
        _log(ax)
    named = chosen[[x, y, term]].itertuples(index=False)
    labels = [ax.text(right, up, plain(word, 28), fontsize=8, color="#222222") for right, up, word in named]
    if labels:
        ax.figure.canvas.draw()  # the layout settles first, so that labels are moved on the final page
        arrows = {"arrowstyle": "-", "color": "#b0b0b0", "lw": 0.6}
        state = np.random.get_state()  # adjustText breaks ties with numpy's global generator
        np.random.seed(0)
        points = chosen[x].to_numpy(), chosen[y].to_numpy()
        forces = {"expand": (1.12, 1.35), "force_text": (0.15, 0.5), "force_pull": (0.03, 0.03), "min_arrow_len": 8}
        adjust_text(labels, *points, ax=ax, arrowprops=arrows, iter_lim=600, **forces)
        np.random.set_state(state)
    return ax


def ranges(
    frame: pd.DataFrame, ax: Axes, *, label: str = "outlet", colours: Mapping[str, str] | None = None,
    colour_by: str | None = None,
) -> Axes:  # fmt: skip
    """Draw reported figures with their bounds on a logarithmic axis, one row each.

    Columns `label`, ``value``, ``low``, ``high``. An infinite ``high`` (at least N) ends in an arrow at the right
    edge; a ``low`` of 0 (fewer than N) in an arrow at the left one.
    """
    frame = drawn(frame).reset_index(drop=True)
    places = _rows(ax, frame[label])
    bounds = frame[["value", "low", "high"]].replace([0, np.inf], np.nan)
    least, most = float(np.nanmin(bounds.to_numpy())) / 1.5, float(np.nanmax(bounds.to_numpy())) * 1.5
    for i, row in enumerate(frame.to_dict("records")):
        colour = (colours or {}).get(row[colour_by or label], COLOURS[0])
        left = row["low"] if row["low"] > 0 else least
        right = row["high"] if np.isfinite(row["high"]) else most
        ax.plot([left, right], [places[i]] * 2, color=colour, lw=2, solid_capstyle="butt")
        open_ends = [(left, "<")] * int(row["low"] <= 0) + [(right, ">")] * int(np.isinf(row["high"]))
        for at, marker in [(row["value"], "o"), *open_ends]:
            ax.plot(at, places[i], marker, ms=6, color=colour)
    _log(ax)
    return ax


def dispersion(
    frame: pd.DataFrame, ax: Axes, *, label: str = "label", colours: Mapping[str, str] | None = None,
    colour_by: str | None = None,
) -> Axes:  # fmt: skip
    """Draw where in a text things stand: one row per label, a stroke from `start` to `end` for each place.

    Rows stand in order of first appearance; `colours` is looked up by the column `colour_by` (default: the label).
    """
    names = list(dict.fromkeys(frame[label]))
    for place, name in zip(_rows(ax, names), names, strict=True):
        for row in frame[frame[label] == name].to_dict("records"):
            colour = (colours or {}).get(row[colour_by or label], COLOURS[0])
            ax.add_patch(Rectangle((row["start"], place - 0.32), row["end"] - row["start"], 0.64, color=colour, lw=0.8))
    ax.set_xlim(0, frame["end"].max())
    return ax
