"""Figures on disk: SVG, PNG and the CSV of what is drawn, the same bytes each time."""

from __future__ import annotations

import base64
import io
import os
import textwrap
import unicodedata
import warnings
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from PIL import Image


@dataclass(frozen=True)
class SavedFigure:
    """A figure on disk that shows itself in a notebook, with its alternative text."""

    name: str
    caption: str
    alt: str
    png: bytes

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = {"image/png": self.png, "text/plain": f"{self.name}: {self.caption}\n{self.alt}"}
        return bundle, {"image/png": {"alt": self.alt}}


class Reason(str):
    """Why there is no figure; shows as plain text where the figure would have been."""

    __repr__ = str.__str__


def plain(text: object, width: int = 42) -> str:
    """Make any text safe as a label: one line, no control characters, shortened."""
    flat = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in str(text))
    flat = "".join(c for c in flat if unicodedata.category(c) not in {"Cf", "Cs", "Co", "Cn"})
    flat = " ".join(flat.split())
    return flat if len(flat) <= width else flat[: width - 1].rstrip() + "…"


def drawn(frame: pd.DataFrame) -> pd.DataFrame:
    """Round every float to six significant digits: what is drawn and what the CSV says."""
    rounded = frame.copy()
    for column in frame.select_dtypes("float"):
        rounded[column] = [float(f"{value:.6g}") for value in frame[column]]
    return rounded


def save_figure(fig: Figure, name: str, data: pd.DataFrame, *, caption: str, alt: str) -> SavedFigure:
    """Write a figure as SVG, PNG and the CSV of what is drawn, under one name, and close it.

    Parameters
    ----------
    fig : Figure
        The finished figure; the caption is added below it.
    name : str
        File name without ending: letters, digits and hyphens only, for example ``"02-words"``.
    data : DataFrame
        Exactly what is drawn; floats are written at six significant digits.
    caption, alt : str
        n, the unit and the corpus, drawn under the figure; what a reader who cannot see it needs to know of it.

    Returns
    -------
    SavedFigure
        Shows itself in a notebook. The folder is ``$VANTAGE_FIGURES``, or ``figures/`` of the project.

    Raises
    ------
    ValueError
        If the name could leave the folder, or caption or alt is empty.

    Examples
    --------
    >>> save_figure(fig, "01-lengths", lengths, caption="…", alt="…")  # doctest: +SKIP
    """
    if not name or not all(c.isascii() and (c.isalnum() or c == "-") for c in name):
        raise ValueError(f"figure name {name!r}: use letters, digits and hyphens only")
    if not (caption.strip() and alt.strip()):
        raise ValueError(f"figure {name}: give both a caption and an alt text")
    folder = Path(os.environ.get("VANTAGE_FIGURES") or Path(__file__).resolve().parents[2] / "figures")
    folder.mkdir(parents=True, exist_ok=True)
    for empty in (ax for ax in fig.axes if not ax.has_data()):  # a grid with a panel too many
        empty.set_axis_off()
    if len(fig.axes) == 1:
        _fit_title(fig)
    wrapped = "\n".join(textwrap.wrap(plain(caption, 2000), int(fig.get_figwidth() * 15.5)))
    fig.supxlabel(wrapped, x=0.01, ha="left", fontsize=7.5, color="#555555")
    png = _png(fig)
    svg = _bytes(fig, "svg", Date=None, Creator=None, Title=plain(caption, 2000), Description=plain(alt, 2000))
    (folder / f"{name}.png").write_bytes(png)
    (folder / f"{name}.svg").write_bytes(svg)
    drawn(data).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", date_format="%Y-%m-%d")
    plt.close(fig)
    return SavedFigure(name, caption, alt, png)


def _fit_title(fig: Figure) -> None:
    """Break a title that would run out of the figure beside long labels."""
    ax, place = fig.axes[0], plt.rcParams["axes.titlelocation"]
    if not (title := ax.get_title(loc=place)):
        return
    measure = fig.text(0, 0, title, fontsize=ax.title.get_fontsize(), fontweight=ax.title.get_fontweight())
    needed = measure.get_window_extent().width
    measure.remove()
    labels = [label.get_window_extent().width for label in ax.get_yticklabels() if label.get_text()]
    room = fig.bbox.width - max(labels, default=0) - 0.3 * fig.dpi
    if needed > room:
        ax.set_title("\n".join(textwrap.wrap(title, max(16, int(len(title) * room / needed)))), loc=place)


def inline(fig: Figure, alt: str) -> str:
    """Return a figure as an HTML image that carries its own bytes, and close it."""
    data = base64.b64encode(_png(fig)).decode()
    plt.close(fig)
    return f'<img alt="{escape(alt)}" style="max-width:100%" src="data:image/png;base64,{data}">'


def _png(fig: Figure) -> bytes:
    """Return a figure as a PNG of at most 256 colours: a third of the size, and no eye tells the difference."""
    file = io.BytesIO()
    with Image.open(io.BytesIO(_bytes(fig, "png", Software=None))) as picture:
        picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(file, "png")
    return file.getvalue()


def _bytes(fig: Figure, kind: str, **metadata: str | None) -> bytes:
    """Return a figure as the bytes of a file, the same ones each time."""
    file = io.BytesIO()
    with warnings.catch_warnings():  # a script that the font lacks is drawn as boxes, not as noise
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        fig.savefig(file, format=kind, metadata=metadata)
    return file.getvalue()
