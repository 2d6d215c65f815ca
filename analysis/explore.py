"""What the explorer notebook shows: live in JupyterLab, a static view of the same wherever there is no kernel."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from html import escape
from textwrap import wrap
from typing import Any

import ipywidgets as widgets
import pandas as pd

from analysis import charts
from analysis.charts.live import Live, offer
from analysis.compare import levels
from analysis.text import kwic, tokens
from analysis.topics import TopicModel
from analysis.validity import read_codes, validated

MANY, WIDTH = 200, 60
SYNTAX = (
    "The words of a phrase follow one another; * stands for any letters of one word, and alone for any word: "
    "<code>human shield*</code>, <code>took * city</code>."
)
STYLE = "max-width:46em; line-height:1.5"
BESIDE, COLUMN = "display:flex; flex-wrap:wrap; gap:0 2em", f"flex:1 1 20em; {STYLE}"
BOTH, UNFIT, SHOWN = "both voices", "do not use", 30
READ = (
    "n: articles with a value. Dot: mean over the outlet’s events (articles where no event is known), bar: its 95 % "
    "interval; a dot without a bar rests on fewer than six."
)
JUDGED = "The verdict is on the agreement with hand codes in this voice"
UNJUDGED = "How well this agrees with readers is not known: no hand codes."
COLUMNS = (
    "Prevalence: share of the articles in which the topic is the strongest. Stability: how many of its ten first terms "
    "come back, from 0 (none) to 1 (all, in every run)."
)
PROPOSE = """<code>match_events</code> proposes which articles tell the same story; look through them, then:</p>
<pre>proposed = analysis.match_events(articles)[["article_id", "event"]]
explore.side_by_side(articles.drop(columns="event").merge(proposed))</pre>"""


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
        found = kwic(parts, _searchable(pattern), width=WIDTH + 1)
        if found.empty:
            return f"<p>No line holds “{escape(charts.plain(pattern, WIDTH))}”. {SYNTAX}</p>"
        lines = found[(found["voice"] == voice) | (voice == BOTH)]
        lines = lines[(lines["outlet"] == outlet) | (outlet == outlets[0])]
        if lines.empty:
            return f"<p>No line here; {_counted(found)} in other voices or outlets.</p>"
        told = f"<p>{_counted(lines)}{f'; the first {MANY} are shown' if len(lines) > MANY else ''}.</p>"
        return told + "".join(_line(row, texts) for row in lines.head(MANY).to_dict("records"))

    return Live(
        view,
        pattern=widgets.Text(pattern, description="search", continuous_update=False),
        voice=widgets.Dropdown(options=[BOTH, "own", "quoted"], description="voice"),
        outlet=widgets.Dropdown(options=outlets, description="outlet"),
    )


def _searchable(pattern: str) -> str:
    """Return a pattern as it is; raises ValueError where it is empty or written in a syntax that would mislead."""
    if not pattern.strip():
        raise ValueError("Type a word, or a phrase, and press Enter.")
    if sign := re.search(r"[|\\\[\]{}^$]|\.[*+?]", pattern):
        raise ValueError(
            f"“{sign[0]}” stands for nothing in a pattern: give a word such as 'liberat*' or a phrase such as "
            "'human shield*', * standing for any letters of a word; search alternatives one after another"
        )
    return pattern


def _counted(lines: pd.DataFrame) -> str:
    """Write the number of lines and of articles they stand in."""
    numbers = {"line": len(lines), "article": lines["article_id"].nunique()}
    return " in ".join(f"{n} {noun}{'s' * (n != 1)}" for noun, n in numbers.items())


def _line(row: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """Write one concordance line that unfolds into its article."""
    left, right = _clipped(row["left"][::-1])[::-1], _clipped(row["right"])
    hit = f"{escape(left)}<mark>{escape(row['hit'])}</mark>{escape(right)}"
    known = [name for name in (row["outlet"], row["article_id"]) if not pd.isna(name)]
    where = escape(", ".join([*known, f"{row['voice']} voice"]))
    body = "".join(f"<p>{escape(part)}</p>" for part in texts[row["article_id"]].split("\n\n"))
    return f"<details><summary>{hit} <small>({where})</small></summary><div style='{STYLE}'>{body}</div></details>"


def _clipped(text: str) -> str:
    """Shorten a context to `WIDTH` characters, where it can be between two words; … says that it goes on."""
    if len(text) <= WIDTH:
        return text
    return (text[: WIDTH + 1].rpartition(" ")[0] or text[:WIDTH]) + " …"


def side_by_side(articles: pd.DataFrame) -> Live:
    """Read two outlets on one event next to each other, the words that only one of them uses highlighted.

    Words that more than half of all articles use are left plain: their absence from one tells nothing.

    Parameters
    ----------
    articles : DataFrame
        `article_id`, `outlet`, `event`, `published`, `title`, `text`. Offered are the events that two outlets tell; an
        article without an outlet goes by its own id.

    Returns
    -------
    Live
        Without controls, and saying so, where no event is told by two.
    """
    named = {name: articles[name].fillna(articles["article_id"]) for name in ("outlet", "title")}
    known = articles.assign(**named).dropna(subset=["event"])
    tellers = known.groupby("event")["outlet"].nunique()
    known = known[known["event"].map(tellers) > 1]
    if known.empty:
        return Live(lambda: f"<p>Events in this corpus: {len(tellers)}; told by two outlets: none. {PROPOSE}")
    spread = Counter(word for text in articles["text"] for word in set(tokens(text)))
    common = {word for word, n in spread.items() if n > len(articles) / 2}
    outlets, first = sorted(known["outlet"].unique()), str(tellers.idxmax())
    pair = sorted(known[known["event"].eq(first)]["outlet"].unique())
    wide = {"width": "34em"}
    which = [widgets.Dropdown(description=f"{side} article", layout=wide) for side in ("left", "right")]

    def view(event: str, left: str, left_article: str, right: str, right_article: str) -> str:
        told = known[known["event"].eq(event)]
        chosen = [_chosen(told[told["outlet"].eq(o)], c) for o, c in zip((left, right), which, strict=True)]
        words = [set(tokens(" ".join(part["text"]))) for part in chosen]
        only = [words[i] - words[1 - i] - common if all(words) else set() for i in (0, 1)]
        nothing = [f"{outlet} has no article on {event}." for outlet in (left, right)]
        return f"<div style='{BESIDE}'>{''.join(map(_page, chosen, only, nothing))}</div>"

    return Live(
        view,
        event=widgets.Dropdown(options=sorted(known["event"].unique()), description="event", value=first),
        left=widgets.Dropdown(options=outlets, description="left", value=pair[0]),
        left_article=which[0],
        right=widgets.Dropdown(options=outlets, description="right", value=pair[-1]),
        right_article=which[1],
    )


def _chosen(articles: pd.DataFrame, control: widgets.Dropdown) -> pd.DataFrame:
    """Offer one outlet's articles by title; returns the chosen one, no row where there is none."""
    titles = articles["title"].map(lambda title: charts.plain(title, 70))
    alike = titles + " (" + articles["article_id"] + ")"
    labels = titles.where(~titles.duplicated(keep=False), alike)
    return articles[articles["article_id"].eq(offer(control, list(zip(labels, articles["article_id"], strict=True))))]


def _page(article: pd.DataFrame, only_here: set[str], nothing: str) -> str:
    """Write one article under its outlet, event and date, some words marked; without a row, what is told instead."""
    if article.empty:
        return f"<div style='{COLUMN}'><p>{escape(nothing)}</p></div>"
    row = article.iloc[0]
    date = "" if pd.isna(row["published"]) else f" · {row['published']:%Y-%m-%d}"
    pieces = re.split(r"(\w+(?:[’'.-]\w+)*)", row["text"])
    marked = [f"<mark>{escape(p)}</mark>" if set(tokens(p)) & only_here else escape(p) for p in pieces]
    body = "".join(f"<p>{part}</p>" for part in "".join(marked).split("\n\n"))
    head = f"<p><small>{escape(row['outlet'])} · {escape(row['event'])}{date}</small></p>"
    return f"<div style='{COLUMN}'>{head}<h3>{escape(row['title'])}</h3>{body}</div>"


def measures(
    articles: pd.DataFrame, tables: Mapping[str, Callable[..., pd.DataFrame]], *, units: Mapping[str, str] | None = None
) -> Live:
    """Pick a measure, its part and a voice; see every outlet's mean with its interval.

    A part that hand codes have judged carries its verdict, in this voice; one that is not to be used is drawn in grey,
    and is not what is shown first.

    Parameters
    ----------
    articles : DataFrame
        The articles.
    tables : mapping of str to callable
        By its name, a function of ``voice`` that returns a frame indexed by `article_id`, one column per part.
    units : mapping of str to str, optional
        By the name of the measure, what its axis counts.

    Returns
    -------
    Live
    """
    made: dict[tuple[str, str], tuple[pd.DataFrame, pd.Series]] = {}
    codes, colours = read_codes(articles), charts.palette(articles)
    parts = widgets.Dropdown(description="part")

    def view(measure: str, part: Any, voice: str) -> str:
        if (measure, voice) not in made:
            offer(parts, [])
            values = tables[measure](voice=None if voice == BOTH else voice)
            made[measure, voice] = values, _verdicts(values, codes, articles)
        values, verdict = made[measure, voice]
        good = next((name for name in values if verdict.get(name) != UNFIT), None)
        part = offer(parts, [(_named(name, verdict), name) for name in values], part if part in values else good)
        means = levels(articles, values[[part]], reps=500).dropna(subset=["estimate"])
        title = f"{measure}: {_named(part, verdict)}\n{voice if voice == BOTH else voice + ' voice'}"
        unfit = verdict.get(part) == UNFIT
        shades = dict.fromkeys(colours, charts.GREY) if unfit else colours
        judged = f"{JUDGED}{'; all grey: not to be used' if unfit else ''}." if part in verdict else UNJUDGED
        return _drawn(means, title, (units or {}).get(measure, "mean"), f"{READ} {judged}", shades)

    def waiting(measure: str, part: Any, voice: str) -> str:
        return "" if (measure, voice) in made else f"Measuring {measure} …"

    return Live(
        view,
        waiting=waiting,
        measure=widgets.Dropdown(options=list(tables), description="measure"),
        part=parts,
        voice=widgets.Dropdown(options=["own", "quoted", BOTH], description="voice"),
    )


def _verdicts(values: pd.DataFrame, codes: pd.DataFrame, articles: pd.DataFrame) -> pd.Series:
    """Say which columns may be used, by name, of those that somebody coded yes or no."""
    judged = [name for name in values if name in codes and codes[name].dropna().isin([0, 1]).all()]
    told = validated(values[judged], codes, articles).drop_duplicates("frame")
    return told.set_index("frame")["verdict"]


def _named(part: Any, verdict: pd.Series) -> str:
    """Name a part as people read it, with its verdict where there is one."""
    return str(part).replace("_", " ") + (f" ({verdict[part]})" if part in verdict else "")


def _drawn(means: pd.DataFrame, title: str, unit: str, caption: str, colours: Mapping[str, str]) -> str:
    """Draw each outlet's mean and interval, the outlets with the most articles where there are many."""
    if means.empty:
        raise ValueError("Nothing to show: no outlet is named, or none of its articles has a value in this voice")
    shown = means.nlargest(SHOWN, "n_articles", keep="first").sort_index()
    shown["row"] = shown["outlet"].map(lambda name: charts.plain(name, 32)) + shown["n_articles"].map(
        " (n = {})".format
    )
    if len(means) > SHOWN:
        caption = f"The {SHOWN} outlets with the most articles of {len(means)}. {caption}"
    percent = bool(shown["estimate"].between(0, 1).all())
    fig, ax = charts.canvas(7.5, 2.4 + 0.3 * len(shown))
    charts.forest(shown, ax, label="row", colours=colours, colour_by="outlet", reference=None, percent=percent)
    ax.set_title("\n".join(charts.plain(line, 70) for line in title.split("\n")), fontsize=10)
    ax.set_xlabel(charts.plain(unit, 80))
    fig.supxlabel("\n".join(wrap(caption, 130)), x=0.01, ha="left", fontsize=7.5, color="#555555")
    number = shown["estimate"].map(lambda mean: f"{100 * mean:.3g} %" if percent else f"{mean:.3g}")
    told = "; ".join(shown["row"] + " " + number.str.replace("-", "−"))
    return charts.inline(fig, charts.plain(f"{title}, {unit}. {told}. {caption}", 4000))


def topics(articles: pd.DataFrame, *, n_topics: int = 6) -> Live:
    """Choose the number of topics, fit, and see which of them hold still.

    Parameters
    ----------
    articles : DataFrame
        `text` of the articles; one topic model is fitted on them for each number.
    n_topics : int
        The number first shown; fewer where there are fewer texts.

    Returns
    -------
    Live
    """
    most = min(30, articles["text"].nunique())
    if most < 2:
        return Live(lambda: "<p>Topics need several different articles; this corpus has one.</p>")
    fitted: dict[int, str] = {}

    def view(n_topics: int) -> str:
        if n_topics not in fitted:
            found = TopicModel(n_topics=n_topics).fit(articles["text"]).topics_
            told = f"{len(found)} of {n_topics} topics held still from run to run; only such are shown."
            table = found[["label", "prevalence", "stability"]].round(2).to_html(index=False, border=0, justify="left")
            fitted[n_topics] = f"<p>{told} {COLUMNS}</p>{table}"
        return fitted[n_topics]

    def waiting(n_topics: int) -> str:
        return "" if n_topics in fitted else f"Fitting {n_topics} topics …"

    slider = widgets.IntSlider(min(n_topics, most), 2, max(most, 3), description="topics", continuous_update=False)
    return Live(view, waiting=waiting, button="Fit", n_topics=slider)
