"""Cleaning pasted pages: what is clutter is taken away, named and kept for the audit."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from analysis import codebooks

SENTENCE_END = tuple(".!?…:;,؟。।")
WORD = re.compile(r"\w+")
HEADER_RULES = {"byline", "time stamp", "share bar", "masthead"}
CLOSING_MARKS = "\"”'’»)]"


def ends_sentence(line: str) -> bool:
    """Return whether a line ends as running prose does."""
    return line.rstrip(CLOSING_MARKS + " ").endswith(SENTENCE_END)


class Cleaned(NamedTuple):
    """An article after cleaning: its fields and what was taken away, each piece with its rule."""

    title: str | None
    outlet: str | None
    published: str | None
    text: str
    removed: list[tuple[str, str]]


@cache
def rules(kind: str) -> list[tuple[str, re.Pattern[str], dict[str, Any]]]:
    """Compile the rules of one kind (line, head or tail): name, pattern and options."""
    book = codebooks.read("cleaning")
    parts: dict[str, str] = {}
    for name, part in book["parts"].items():
        parts[f"{{{name}}}"] = _filled(part, parts)
    if kind in book["parts"]:
        return [(kind, re.compile(parts[f"{{{kind}}}"]), {})]
    flags = re.IGNORECASE if kind == "line" else 0
    whole = r"(?:%s)\s*\Z" if kind == "tail" else "%s"
    return [(r["name"], re.compile(whole % _filled(r["pattern"], parts), flags), r) for r in book[kind]]


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
    >>> page = clean("The bridge opens\\n\\nThe bridge opens\\n\\nIt opened on Monday.\\n\\nPost your comments")
    >>> page.title, page.text
    ('The bridge opens', 'It opened on Monday.')
    >>> page.removed
    [('comment form', 'Post your comments'), ('repeated headline', 'The bridge opens')]
    """
    removed: list[tuple[str, str]] = []
    title = _bare_title(title, outlet, removed)
    lines = _lines(text)
    ruled = _clutter(lines, outlet)
    if page:
        title = _headline(lines, ruled, title)
    removed += [(rule, line) for line, rule in zip(lines, ruled, strict=True) if rule not in ("", "headline")]
    lines = [line for line, rule in zip(lines, ruled, strict=True) if not rule]
    lines = _without(lines, removed, "repeated headline", lambda i: bool(title) and same(lines[i], title or ""))
    body = trimmed("\n\n".join(lines), removed, title)
    lines = _without_datelines(body, removed)
    forms = [plain(line) for line in lines]
    first = {form: i for i, form in reversed([*enumerate(forms)])}
    lines = _without(lines, removed, "repeated paragraph", lambda i: first[forms[i]] < i and len(forms[i].split()) > 7)
    return Cleaned(title, outlet or _outlet(removed), _stamp(removed), "\n\n".join(lines), removed)


def plain(line: str) -> str:
    """Return a line's words alone, so that two copies compare equal."""
    return " ".join(WORD.findall(line.casefold()))


def same(line: str, other: str) -> bool:
    """Return whether two lines say the same in the same words."""
    return plain(line) == plain(other) != ""


def _lines(text: str) -> list[str]:
    """Split a text into its lines; lines that were wrapped at one width are joined again."""
    blocks = [[line.strip() for line in block.split("\n") if line.strip()] for block in re.split(r"\n\s*\n", text)]
    pairs = [pair for block in blocks for pair in pairwise(block)]
    flowing = sum(after[:1].islower() for _, after in pairs)
    if len(pairs) < 3 or max(len(line) for line, _ in pairs) > 100 or flowing < len(pairs) / 3:
        return [line for block in blocks for line in block]
    return [" ".join(block) for block in blocks if block]


def _without(lines: list[str], removed: list[tuple[str, str]], rule: str, drop: Callable[[int], bool]) -> list[str]:
    """Leave out the lines that `drop` picks by position, and record them under the rule."""
    gone = {i for i in range(len(lines)) if drop(i)}
    removed += [(rule, lines[i]) for i in sorted(gone)]
    return [line for i, line in enumerate(lines) if i not in gone]


def _clutter(lines: list[str], outlet: str | None) -> list[str]:
    """Name the rule that covers each line, or an empty string."""
    ruled, following = [], ""
    for line in lines:
        short = len(line) <= 320 and not rules("reported")[0][1].search(line)
        rule = next((name for name, pattern, _ in rules("line") if short and pattern.fullmatch(line)), "")
        rule = rule or ("masthead" if outlet and _is_masthead(line, outlet) else "")
        rule = rule or (following if short and not ends_sentence(line) else "")
        following = "read also" if rule == "read also" and len(line.split()) < 5 else following if rule else ""
        ruled.append(rule)
    return ruled


def _is_masthead(line: str, outlet: str) -> bool:
    """Return whether a short line is the outlet's name, in capitals or with sections beside it."""
    rest = line[len(outlet) :].strip()
    named = line.casefold().startswith(outlet.casefold()) and len(line.split()) <= 10 and not ends_sentence(line)
    return named and (not rest or rest[0] in "|–—-/·•>:" or line.startswith(outlet.upper()))


def _headline(lines: list[str], ruled: list[str], title: str | None) -> str | None:
    """Find the headline above a page's first paragraph; the other lines up there are the page's header.

    A finished sentence stays, unless a byline, a stamp or a share bar stands between it and the first paragraph.
    """
    ended = [i for i, line in enumerate(lines) if not ruled[i] and ends_sentence(line) and not line.endswith("?")]
    long = [i for i in ended if len(lines[i].split()) >= 12]
    top = range(min(next(iter(long or ended), 0), 15))
    free = [i for i in top if not ruled[i] and (not lines[i].endswith(".") or (title and same(lines[i], title)))]
    known = [i for i in free if title and same(lines[i], title)]
    twice = [i for i in free if any(same(lines[i], lines[j]) for j in free if j != i)]
    worded = [i for i in free if len(lines[i].split()) > 3] or [i for i in free if len(lines[i].split()) > 1]
    at = next(iter(known or twice or ([] if title else worded)), None)
    if at is None:
        return title
    marks = [i for i in top if ruled[i] in HEADER_RULES or (i > at and not ruled[i] and not ends_sentence(lines[i]))]
    for i in top:
        if i == at:
            ruled[i] = "repeated headline" if title else "headline"
        elif (
            not ruled[i]
            and not same(lines[i], lines[at])
            and (not ends_sentence(lines[i]) or i < max(marks, default=0))
        ):
            ruled[i] = "page header"
    return title or lines[at]


def _bare_title(title: str | None, outlet: str | None, removed: list[tuple[str, str]]) -> str | None:
    """Take the name of the site off the end of a headline."""
    name = r"\s?".join(map(re.escape, re.sub(r"\s", "", outlet))) + "|" if outlet else ""
    site = rf"(?: [-–—|] \w+)* [-–—|] (?=[^-–—|]{{1,40}}$)[^-–—|]*?\b(?:{name}Online|\w+\.(?:com|net|org))\b.*$"
    match = re.search(site, title or "", re.IGNORECASE)
    if title is None or match is None or not match.start():
        return title
    removed.append(("site name in headline", match[0].strip()))
    return title[: match.start()]


def trimmed(body: str, removed: list[tuple[str, str]], title: str | None, *, bare: bool = False) -> str:
    """Take stamps, datelines, credits and the repeated headline off both ends until nothing more fits."""
    last = ""
    while True:
        before = body
        for name, pattern, options in rules("head"):
            match = pattern.match(body) if options.get("after", last) == last else None
            if match and match[0].strip() and match.end() < len(body):
                removed.append((name, match[0].strip()))
                body, last = body[match.end() :].lstrip(), name
        if end := headline_end(body, title, bare=bare):
            removed.append(("repeated headline", body[:end].strip()))
            body, last = body[end:].lstrip(), "repeated headline"
        for name, pattern, _ in rules("tail"):
            match = pattern.search(body, max(1, len(body) - 1000))
            if match and match[0].strip():
                removed.append((name, match[0].strip()))
                body = body[: match.start()].rstrip()
        if body == before:
            return body


def headline_end(body: str, title: str | None, *, bare: bool = False) -> int:
    """Return where a headline repeated at the start of a body ends, or 0.

    A stamp of a few words may stand before it. It must be parted from what follows by a stop, a line break or a
    stamp, unless the outlet is known to set its headlines there without one (`bare`).
    """
    words = WORD.findall(title or "")
    if len(words) < 4 or plain(title or "") not in plain(body[: len(title or "") + 150]):
        return 0
    match = re.search(r"\W+".join(map(re.escape, words)), body[: len(title or "") + 150], re.IGNORECASE)
    if match is None or not rules("before_headline")[0][1].fullmatch(body, 0, match.start()):
        return 0
    after = rules("after_headline_bare" if bare else "after_headline")[0][1].match(body, match.end())
    return after.end() if after and after.end() < len(body) else 0


def _without_datelines(body: str, removed: list[tuple[str, str]]) -> list[str]:
    """Take the dateline off one of the first paragraphs, or from behind the standfirst in the first of them."""
    lines = body.split("\n\n")
    datelines = [pattern for name, pattern, options in rules("head") if name == "dateline" and "after" not in options]
    found = [(i, match) for i, line in enumerate(lines[:3]) for p in datelines if (match := p.match(line))]
    found += [(0, match) for match in [rules("inside")[0][1].search(lines[0], 0, 600)] if match]
    for i, match in found[:1]:
        if match.end() < len(lines[i]):
            removed.append(("dateline", match[0].strip()))
            lines[i] = lines[i][: match.start()] + lines[i][match.end() :]
    return lines


def _outlet(removed: list[tuple[str, str]]) -> str | None:
    """Read the outlet from a dateline that names a newsroom and no place."""
    newsroom = codebooks.read("cleaning")["parts"]["newsroom"]
    names = (text.rstrip(" -–—|") for rule, text in removed if rule == "dateline")
    return next((name for name in names if re.search(rf"\b{newsroom}$", name) and "(" not in name), None)


def _stamp(removed: list[tuple[str, str]]) -> str | None:
    """Return the first time stamp that was taken away."""
    return next((text for rule, text in removed if rule == "time stamp" and re.search(r"\d{4}", text)), None)
