"""Cleaning pasted pages: what is clutter is taken away, named and kept for the audit."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from analysis import codebooks

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


class Boilerplate(NamedTuple):
    """What an outlet's articles begin and end with: word runs in common form, longest kept."""

    heads: frozenset[tuple[str, ...]]
    tails: frozenset[tuple[str, ...]]
    headline_first: bool


@cache
def rules(kind: str) -> list[tuple[str, re.Pattern[str], dict[str, Any]]]:
    """Compile the rules of one kind (line, head or tail): name, pattern and options."""
    book = codebooks.read("cleaning")
    parts: dict[str, str] = {}
    for name, part in book["parts"].items():
        parts[f"{{{name}}}"] = _filled(part, parts)
    flags = re.IGNORECASE if kind == "line" else 0
    return [(rule["name"], re.compile(_filled(rule["pattern"], parts), flags), rule) for rule in book[kind]]


def _filled(pattern: str, parts: dict[str, str]) -> str:
    """Put the named parts into a pattern."""
    for name, part in parts.items():
        pattern = pattern.replace(name, part)
    return pattern


def clean(text: str, *, title: str | None = None, outlet: str | None = None, page: bool = True) -> Cleaned:
    """Take the clutter off one article by rules that look at that article alone.

    Parameters
    ----------
    text : str
        The body as it was found, one line per line.
    title, outlet : str, optional
        Where they are known. On a page without a title, the headline is its title; the outlet may stand in the
        dateline.
    page : bool
        Whether the text is a pasted page, whose headline may stand in its body.

    Returns
    -------
    Cleaned
        `title`, `outlet`, `published` (as it was written in a time stamp, if there was one), `text` (paragraphs
        parted by one blank line) and `removed` (rule and text of every piece taken away).

    Examples
    --------
    >>> page = clean("Bridge opens\nBridge opens\nShare this\nThe bridge opened on Monday.\nPost your comments")
    >>> page.title, page.text
    ('Bridge opens', 'The bridge opened on Monday.')
    >>> page.removed
    [('repeated headline', 'Bridge opens'), ('share bar', 'Share this'), ('comment form', 'Post your comments')]
    """
    removed: list[tuple[str, str]] = []
    title = _bare_title(title, outlet, removed)
    lines = _without_clutter(_lines(text), removed)
    if page:
        title, lines = _headline(title, lines, removed)
    lines = _without(lines, removed, "repeated headline", lambda i: bool(title) and same(lines[i], title or ""))
    body = _trimmed("\n\n".join(lines), removed, title)
    lines = _without_datelines(body, removed)
    forms = [plain(line) for line in lines]
    lines = _without(
        lines, removed, "repeated paragraph", lambda i: len(forms[i].split()) > 5 and forms[i] in forms[:i]
    )
    return Cleaned(title, outlet or _outlet(removed), _stamp(removed), "\n\n".join(lines), removed)


def plain(line: str) -> str:
    """Return a line's words alone, so that two copies compare equal."""
    return " ".join(re.findall(r"\w+", line.casefold()))


def same(line: str, other: str) -> bool:
    """Return whether two lines say the same in the same words."""
    return plain(line) == plain(other) != ""


def _lines(text: str) -> list[str]:
    """Split a text into its lines; lines that were wrapped at one width are joined again."""
    blocks = [[line.strip() for line in block.split("\n") if line.strip()] for block in re.split(r"\n\s*\n", text)]
    inner = [len(line) for block in blocks for line in block[:-1]]
    if len(inner) < 3 or max(inner) > 100 or sorted(inner)[len(inner) // 5] < 50:
        return [line for block in blocks for line in block]
    return [" ".join(block) for block in blocks if block]


def _without(lines: list[str], removed: list[tuple[str, str]], rule: str, drop: Callable[[int], bool]) -> list[str]:
    """Leave out the lines that `drop` picks by position, and record them under the rule."""
    gone = {i for i in range(len(lines)) if drop(i)}
    removed += [(rule, lines[i]) for i in sorted(gone)]
    return [line for i, line in enumerate(lines) if i not in gone]


def _without_clutter(lines: list[str], removed: list[tuple[str, str]]) -> list[str]:
    """Leave out the lines that a rule for whole lines covers."""
    kept, following = [], ""
    for line in lines:
        short = len(line) <= 300
        rule = next((name for name, pattern, _ in rules("line") if short and pattern.fullmatch(line)), "")
        rule = rule or (following if short and not ends_sentence(line) else "")
        following = "read also" if rule == "read also" and len(line.split()) < 5 else following if rule else ""
        if rule:
            removed.append((rule, line))
        else:
            kept.append(line)
    return kept


def _bare_title(title: str | None, outlet: str | None, removed: list[tuple[str, str]]) -> str | None:
    """Take the name of the site off the end of a headline."""
    site = rf"\b(?:{re.escape(outlet)}|Online|\w+\.(?:com|net|org))\b" if outlet else r"\b\w+\.(?:com|net|org)\b"
    match = re.search(rf"\S(?=((?: [-–—|] \w+)* [-–—|] [^-–—|]{{0,20}}{site}[^-–—|]{{0,20}})$)", title or "", re.I)
    if title is None or match is None:
        return title
    removed.append(("site name in headline", match[1].strip()))
    return title[: match.end()]


def _headline(title: str | None, lines: list[str], removed: list[tuple[str, str]]) -> tuple[str | None, list[str]]:
    """Find the headline among a page's first lines; what stands above it and is no prose goes."""
    top = lines[:8]
    twice = (i for i, line in enumerate(top) if len(line.split()) > 2 and any(same(line, o) for o in top[i + 1 :]))
    known = (i for i, line in enumerate(top) if title and same(line, title))
    first = (i for i, line in enumerate(top[:4]) if 3 < len(line.split()) <= 30 and not line.endswith("."))
    at = next(known, None) if title else next(twice, next(first, None))
    if at is None or any(ends_sentence(line) for line in lines[:at]):
        return title, lines
    removed += [("above the headline", line) for line in lines[:at]]
    return title or lines[at], lines[at:] if title else lines[at + 1 :]


def _trimmed(body: str, removed: list[tuple[str, str]], title: str | None, *, bare: bool = False) -> str:
    """Take stamps, datelines, credits and the repeated headline off both ends until nothing more fits."""
    words = re.findall(r"\w+", title or "")
    end = r"(?=\s*[^a-z\s])\s*" if bare else r"(?:[.:!]?\s*\n|\s*[.:](?=\s))\s*"
    headline = re.compile(r"\W*" + r"\W+".join(map(re.escape, words)) + end, re.I) if len(words) > 3 else None
    heads = rules("head") + ([("repeated headline", headline, {})] if headline else [])
    while True:
        before = body
        for name, pattern, _ in heads:
            if (match := pattern.match(body)) and match.end() < len(body) and match[0].strip():
                removed.append((name, match[0].strip()))
                body = body[match.end() :].lstrip()
        for name, pattern, _ in rules("tail"):
            if (match := _at_end(pattern, body)) and match.start() and match[0].strip():
                removed.append((name, match[0].strip()))
                body = body[: match.start()].rstrip()
        if body == before:
            return body


def _at_end(pattern: re.Pattern[str], body: str) -> re.Match[str] | None:
    """Match a pattern against the end of a body."""
    return next((m for m in pattern.finditer(body, max(0, len(body) - 1500)) if not body[m.end() :].strip()), None)


def _without_datelines(body: str, removed: list[tuple[str, str]]) -> list[str]:
    """Take datelines off the first paragraphs: a standfirst often stands above the one that has it."""
    lines = body.split("\n\n")
    for i, line in enumerate(lines[:5]):
        for name, pattern, _ in rules("head"):
            match = pattern.match(line) if name == "dateline" else None
            if match and match.end() < len(line):
                removed.append((name, match[0].strip()))
                lines[i] = line = line[match.end() :].lstrip()
    return lines


def _outlet(removed: list[tuple[str, str]]) -> str | None:
    """Read the outlet from a dateline that names a newsroom and no place."""
    newsroom = codebooks.read("cleaning")["parts"]["newsroom"]
    names = (text.rstrip(" -–—|") for rule, text in removed if rule == "dateline")
    return next((name for name in names if re.search(rf"\b{newsroom}$", name) and "(" not in name), None)


def _stamp(removed: list[tuple[str, str]]) -> str | None:
    """Return the first time stamp that was taken away."""
    return next((text for rule, text in removed if rule == "time stamp" and re.search(r"\d{4}", text)), None)
