"""What an outlet's articles begin and end with: learnt from all of them, then taken off each."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

import pandas as pd

from analysis import codebooks
from analysis.loading.cleaning import ends_sentence, headline_end, plain, trimmed

FIGURE = re.compile(r"\d[\d.,:]*")
FINISHED = re.compile(r"[.!?][\"”’)]*(?:\s|$)")
TOKEN = re.compile(r"\S+")
CALENDAR = re.compile(
    r"\b(?:(?:jan|febr)uary|march|april|may|june|july|august|(?:septem|octo|novem|decem)ber|(?:mon|tues|wednes|thurs|fri|satur|sun)day|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)\b",
    re.IGNORECASE,
)


class Boilerplate(NamedTuple):
    """What an outlet's articles begin and end with: word runs in common form, longest kept."""

    heads: frozenset[tuple[str, ...]]
    tails: frozenset[tuple[str, ...]]
    headline_first: bool


def learn(articles: pd.DataFrame) -> dict[str, Boilerplate]:
    """Learn what each outlet's articles begin and end with.

    A tail is a run of words at the end of several articles of one outlet and of no other, after a finished
    sentence. Runs that are prose themselves (background that an outlet repeats) are reporting and stay, unless
    they speak of the publication. A head is a short run up to a dash, colon or bracket. Figures, months and days
    of the week count as equal, so that dates vary freely.

    Parameters
    ----------
    articles : DataFrame
        With `outlet`, `title` and `text` as `clean` left them.

    Returns
    -------
    dict of str to Boilerplate
        Per outlet, for `apply`.
    """
    heads: dict[tuple[str, ...], Counter[str]] = {}
    tails: dict[tuple[str, ...], Counter[str]] = {}
    first: Counter[str] = Counter()
    known = articles.dropna(subset=["outlet"]).drop_duplicates(["outlet", "text"])
    outlets = known["outlet"].astype(str).tolist()
    for outlet, title, text in zip(outlets, known["title"], known["text"], strict=True):
        for run in _head_runs(text):
            heads.setdefault(run, Counter())[outlet] += 1
        for run in _tail_runs(text):
            tails.setdefault(run, Counter())[outlet] += 1
        first[outlet] += headline_end(text, title if isinstance(title, str) else None, bare=True) > 0
    sizes = Counter(outlets)
    own_heads, own_tails = _own(heads, sizes), _own(tails, sizes)
    return {
        outlet: Boilerplate(frozenset(own_heads[outlet]), frozenset(own_tails[outlet]), first[outlet] >= max(3, n / 50))
        for outlet, n in sorted(sizes.items())
    }


def apply(text: str, boilerplate: Boilerplate, *, title: str | None = None) -> tuple[str, list[tuple[str, str]]]:
    """Take an outlet's learnt boilerplate off one article.

    Parameters
    ----------
    text : str
        A body as `clean` left it.
    boilerplate : Boilerplate
        What `learn` found for the article's outlet.
    title : str, optional
        Its headline, which may stand at the start of the body.

    Returns
    -------
    tuple of str and list of (str, str)
        The body, and rule and text of every piece taken away.
    """
    removed: list[tuple[str, str]] = []
    while True:
        before = text
        if run := max((run for run in _head_runs(text) if run in boilerplate.heads), key=len, default=None):
            end = list(TOKEN.finditer(text))[len(run) - 1].end()
            removed.append(("outlet's head", text[:end]))
            text = text[end:].lstrip()
        if run := max((run for run in _tail_runs(text) if run in boilerplate.tails), key=len, default=None):
            start = list(TOKEN.finditer(text))[-len(run)].start()
            removed.append(("outlet's tail", text[start:]))
            text = text[:start].rstrip()
        text = trimmed(text, removed, title, bare=boilerplate.headline_first)
        if text == before:
            return text, removed


def _own(runs: dict[tuple[str, ...], Counter[str]], sizes: Counter[str]) -> dict[str, set[tuple[str, ...]]]:
    """Give each outlet the runs that recur in it and are met in no other."""
    own: dict[str, set[tuple[str, ...]]] = {outlet: set() for outlet in sizes}
    for run, by in runs.items():
        (outlet, times), *others = by.items()
        if not others and times >= max(3, sizes[outlet] / 20):
            own[outlet].add(run)
    return own


def _common(tokens: list[str]) -> list[str]:
    """Put tokens in common form: figures, months and days of the week count as equal."""
    return [CALENDAR.sub("@", FIGURE.sub("#", token)) for token in tokens]


def _head_runs(text: str) -> list[tuple[str, ...]]:
    """List the runs at the start of a text that end in a dash, a colon, a bar or a closing bracket."""
    tokens = _common(TOKEN.findall(text[:200])[:10])
    ends = (i for i, token in enumerate(tokens, start=1) if token[-1] in "-–—|:)" and i < len(tokens))
    return [tuple(tokens[:end]) for end in ends]


def _tail_runs(text: str) -> list[tuple[str, ...]]:
    """List the runs at the end of a text that follow a finished sentence and are no prose themselves."""
    end = text[-1200:]
    spans = list(TOKEN.finditer(end))[-120:]
    tokens = _common([span[0] for span in spans])
    runs = []
    for i in range(1, len(tokens)):
        broken = "\n" in end[spans[i - 1].end() : spans[i].start()]
        if (broken or ends_sentence(spans[i - 1][0])) and _is_furniture(end[spans[i].start() :]):
            runs.append(tuple(tokens[i:]))
    return runs


def _is_furniture(run: str) -> bool:
    """Tell page furniture from prose: every finished sentence in it speaks of the publication itself."""
    own = set(codebooks.read("cleaning")["furniture"]["words"])
    finished = [part for part in FINISHED.split(run)[:-1] if part.strip()]
    return all(not own.isdisjoint(plain(sentence).split()) for sentence in finished)
