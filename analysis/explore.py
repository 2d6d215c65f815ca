"""What the explorer notebook shows: live in JupyterLab, a static view of the same wherever there is no kernel."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import ipywidgets as widgets
import pandas as pd

from analysis import charts
from analysis.compare import levels
from analysis.text import kwic, tokens
from analysis.topics import TopicModel

MANY = 200
STYLE = "max-width:46em; line-height:1.5"


class Live:
    """Controls and the view they change; where no widget can run, the view as it first was.

    Parameters
    ----------
    view : callable
        Takes the controls' values by name and returns HTML, every piece of article text in it escaped.
    controls : ipywidgets.Widget
        By the name under which `view` takes their values.
    """

    def __init__(self, view: Callable[..., str], **controls: Any) -> None:
        self.view, self.controls = view, controls
        self.static = self._html()
        self.shown = widgets.HTML(self.static)
        for control in controls.values():
            control.observe(self._update, names="value")
        self.widget = widgets.VBox([widgets.HBox(list(controls.values())), self.shown])

    def _html(self) -> str:
        """Draw the view; what a person can put right is told in place, not thrown."""
        try:
            return self.view(**{name: control.value for name, control in self.controls.items()})
        except (ValueError, KeyError) as error:
            return f"<p>{escape(str(error.args[0] if error.args else error))}</p>"

    def _update(self, _: object = None) -> None:
        """Draw the view again."""
        self.shown.value = self._html()

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle = dict(self.widget._repr_mimebundle_(**options) or {})
        return bundle | {"text/html": self.static, "text/plain": "a live view; open the notebook in JupyterLab"}


def concordance(parts: pd.DataFrame, articles: pd.DataFrame, *, pattern: str = "liberat*") -> Live:
    """Search a word or pattern and read the lines; each line opens its article on a click.

    Parameters
    ----------
    parts, articles : DataFrame
        The units and the articles they were cut from.
    pattern : str
        What is searched first: words, with `*` for any ending.

    Returns
    -------
    Live
    """
    texts = dict(zip(articles["article_id"], articles["text"], strict=True))
    outlets = ["all outlets", *sorted(parts["outlet"].dropna().unique())]

    def view(pattern: str, voice: str, outlet: str) -> str:
        lines = kwic(parts, pattern)
        lines = lines[(lines["voice"] == voice) | (voice == "both voices")]
        lines = lines[(lines["outlet"] == outlet) | (outlet == outlets[0])]
        told = f"<p>{len(lines)} lines in {lines['article_id'].nunique()} articles"
        told += f"; the first {MANY} are shown.</p>" if len(lines) > MANY else ".</p>"
        return told + "".join(_line(row, texts) for row in lines.head(MANY).to_dict("records"))

    return Live(
        view,
        pattern=widgets.Text(pattern, description="search", continuous_update=False),
        voice=widgets.Dropdown(options=["both voices", "own", "quoted"], description="voice"),
        outlet=widgets.Dropdown(options=outlets, description="outlet"),
    )


def _line(row: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """Write one concordance line that unfolds into its article."""
    hit = f"{escape(row['left'])}<mark>{escape(row['hit'])}</mark>{escape(row['right'])}"
    where = escape(f"{row['outlet']}, {row['article_id']}, {row['voice']} voice")
    body = "".join(f"<p>{escape(part)}</p>" for part in texts[row["article_id"]].split("\n\n"))
    return f"<details><summary>{hit} <small>({where})</small></summary><div style='{STYLE}'>{body}</div></details>"


def side_by_side(articles: pd.DataFrame) -> Live:
    """Read two outlets on one event next to each other, the words that only one of them uses highlighted.

    Parameters
    ----------
    articles : DataFrame
        `article_id`, `outlet`, `event`, `title`, `text`; articles without an event are offered together, and one
        without an outlet under its own id.

    Returns
    -------
    Live
    """
    named = articles["outlet"].fillna(articles["article_id"])
    known = articles.assign(outlet=named, event=articles["event"].fillna("(no event)"))
    outlets = sorted(known["outlet"].unique())

    def view(event: str, left: str, right: str) -> str:
        chosen = [known[(known["event"] == event) & (known["outlet"] == outlet)].head(1) for outlet in (left, right)]
        words = [set(tokens(" ".join(part["text"]))) for part in chosen]
        columns = [_page(part, words[i] - words[1 - i]) for i, part in enumerate(chosen)]
        return f"<div style='display:flex; gap:2em'>{''.join(columns)}</div>"

    first = known.groupby("event")["outlet"].nunique().idxmax()
    pair = sorted(known.loc[known["event"] == first, "outlet"].unique())
    return Live(
        view,
        event=widgets.Dropdown(options=sorted(known["event"].unique()), description="event", value=first),
        left=widgets.Dropdown(options=outlets, description="left", value=pair[0]),
        right=widgets.Dropdown(options=outlets, description="right", value=pair[-1]),
    )


def _page(article: pd.DataFrame, only_here: set[str]) -> str:
    """Write one article, the words that the other does not use marked."""
    if article.empty:
        return "<div style='flex:1'><p>This outlet has no article on this event.</p></div>"
    row = article.iloc[0]
    pieces = re.split(r"(\w+(?:[’'.-]\w+)*)", row["text"])
    marked = [f"<mark>{escape(p)}</mark>" if set(tokens(p)) & only_here else escape(p) for p in pieces]
    body = "".join(f"<p>{part}</p>" for part in "".join(marked).split("\n\n"))
    return f"<div style='flex:1; {STYLE}'><h4>{escape(str(row['title']))}</h4>{body}</div>"


def measures(articles: pd.DataFrame, tables: Mapping[str, Callable[..., pd.DataFrame]]) -> Live:
    """Pick a measure, its part and a voice; see every outlet's mean with its interval.

    Parameters
    ----------
    articles : DataFrame
        The articles.
    tables : mapping of str to callable
        By its name, a function of ``voice`` that returns a frame indexed by `article_id`, one column per part.

    Returns
    -------
    Live
    """
    made: dict[tuple[str, str], pd.DataFrame] = {}
    colours = charts.palette(articles)

    def view(measure: str, part: int, voice: str) -> str:
        if (measure, voice) not in made:
            made[measure, voice] = tables[measure](voice=None if voice == "both voices" else voice)
        values = made[measure, voice]
        column = values.columns[part % len(values.columns)]
        means = levels(articles, values[[column]], reps=500).dropna(subset=["estimate"])
        fig, ax = charts.canvas(7.5, 1.6 + 0.3 * len(means))
        charts.forest(means, ax, colours=colours, reference=None)
        ax.set_title(charts.plain(f"{measure}: {column}", 80))
        return charts.inline(fig, f"Mean of {column} per outlet with 95 % intervals")

    return Live(
        view,
        measure=widgets.Dropdown(options=list(tables), description="measure"),
        part=widgets.BoundedIntText(0, 0, 30, description="part"),
        voice=widgets.Dropdown(options=["own", "quoted", "both voices"], description="voice"),
    )


def topics(articles: pd.DataFrame, *, n_topics: int = 6) -> Live:
    """Change the number of topics and see which of them hold still.

    Parameters
    ----------
    articles : DataFrame
        `text` of the articles; one topic model is fitted on them each time.
    n_topics : int
        The number first shown.

    Returns
    -------
    Live
    """

    def view(n_topics: int) -> str:
        found = TopicModel(n_topics=n_topics).fit(articles["text"]).topics_
        told = f"<p>{len(found)} of {n_topics} topics hold still from run to run and are shown.</p>"
        return told + found[["label", "prevalence", "stability"]].round(2).to_html(index=False, border=0)

    slider = widgets.IntSlider(n_topics, 2, 30, description="topics", continuous_update=False)
    return Live(view, n_topics=slider)
