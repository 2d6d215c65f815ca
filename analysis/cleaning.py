"""Cleaning pasted pages: what is clutter is taken away, named and kept for the audit."""

from __future__ import annotations

import re
from typing import NamedTuple

PARAGRAPH = re.compile(r"\S[^\n]*(?:\n[^\n]*\S[^\n]*)*")
SENTENCE_END = tuple(".!?…:;,؟。।")
CLOSING_MARKS = "\"”'’»)]"


def ends_sentence(line: str) -> bool:
    """Return whether a line ends as running prose does."""
    return line.rstrip(CLOSING_MARKS + " ").endswith(SENTENCE_END)


def is_heading(line: str) -> bool:
    """Return whether a line has the shape of a sub-heading: short, capitalised, unpunctuated, not a quotation."""
    short = len(line) <= 90 and len(line.split()) <= 12 and "\n" not in line
    starts = (line[:1].isalnum() and not line[:1].islower()) or (line[:1] in "‘'" and line[-1:] not in "’'")
    worded = sum(map(str.isalpha, line)) >= 4
    return short and worded and starts and not ends_sentence(line)


def sections(text: str) -> list[tuple[int, int]]:
    """Find the sub-headings of a clean body.

    A sub-heading is a short paragraph of its own, capitalised, without final punctuation, not a quotation, said
    once, and standing between two paragraphs of running prose (so never first or last).

    Parameters
    ----------
    text : str
        A clean body, paragraphs parted by one blank line.

    Returns
    -------
    list of (int, int)
        Start and end of every sub-heading, as offsets into `text`, in order.

    Examples
    --------
    >>> text = "The bridge opened on Monday.\\n\\nWho paid for it\\n\\nThe town did, the mayor said."
    >>> [text[start:end] for start, end in sections(text)]
    ['Who paid for it']
    """
    spans = [match.span() for match in PARAGRAPH.finditer(text)]
    lines = [text[start:end] for start, end in spans]
    return [
        spans[i]
        for i in range(1, len(lines) - 1)
        if is_heading(lines[i])
        and lines.count(lines[i]) == 1
        and ends_sentence(lines[i - 1])
        and ends_sentence(lines[i + 1])
    ]


class Cleaned(NamedTuple):
    """An article after cleaning: its fields and what was taken away, each piece with its rule."""

    title: str | None
    outlet: str | None
    published: str | None
    text: str
    removed: list[tuple[str, str]]


def clean(text: str, *, title: str | None = None, outlet: str | None = None, page: bool = True) -> Cleaned:
    """Clean one article's text."""
    lines = [line for line in text.split("\n") if line]
    return Cleaned(title, outlet, None, "\n\n".join(lines), [])
