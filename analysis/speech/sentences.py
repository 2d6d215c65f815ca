"""Where paragraphs and sentences begin and end: offsets only, the text is never altered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from analysis import codebooks
from analysis.loading.cleaning import ends_sentence

Span = tuple[int, int]

_PARAGRAPH = re.compile(r"\S[^\n]*(?:\n[^\n]*\S[^\n]*)*")
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_STOP = re.compile(r"[.!?…]+[)\]\"'”’»]*")
_NEXT = re.compile(r"\s+[\s\[(\"'“‘«—–-]*([\w.…,;:!?)]?\w*)")
_RUN_ON = re.compile(r"“Q|[A-Z](?:[a-z]*[\s,]|\.[A-Z]\.)")
_LAST_WORD = re.compile(r"[\w.'’-]*$")


def paragraphs(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, section) of each paragraph, white space trimmed.

    Paragraphs are parted by blank lines. A sub-heading is no paragraph: it is the section of those that follow it
    ("" before the first).

    Examples
    --------
    >>> list(paragraphs("It rained.\\n\\nAll day."))
    [(0, 10, ''), (12, 20, '')]
    """
    section, at = "", 0
    for head, tail in [*sections(text), (len(text), len(text))]:
        breaks = [m.span() for m in _BLANK_LINES.finditer(text, at, head)]
        for a, b in zip([at, *(e for _, e in breaks)], [*(s for s, _ in breaks), head], strict=True):
            start, end = trim(text, a, b)
            if start < end:
                yield start, end, section
        section, at = text[head:tail].strip(), tail


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
    spans = [match.span() for match in _PARAGRAPH.finditer(text)]
    lines = [text[start:end] for start, end in spans]
    times = Counter(lines)
    return [
        spans[i]
        for i in range(1, len(lines) - 1)
        if _is_heading(lines[i])
        and times[lines[i]] == 1
        and ends_sentence(lines[i - 1])
        and ends_sentence(lines[i + 1])
    ]


def _is_heading(line: str) -> bool:
    """Return whether a line has the shape of a sub-heading: short, capitalised, unpunctuated, not a quotation."""
    short = len(line) <= 90 and len(line.split()) <= 12 and "\n" not in line
    starts = (line[:1].isalnum() and not line[:1].islower()) or (line[:1] in "‘'" and line[-1:] not in "’'")
    worded = sum(map(str.isalpha, line)) >= 4
    return short and worded and starts and not ends_sentence(line)


def sentences(text: str) -> list[Span]:
    """Return the (start, end) of each sentence of one paragraph, white space trimmed.

    A sentence ends with a full stop, a question or exclamation mark and the quotation marks that close after it,
    unless the word before is an abbreviation, the word after is in lower case, or a quotation is carried on by its
    reporting verb. The word lists are in the codebook `sentences`. Time grows with the length of the text, whatever
    it holds. Measured against six other splitters in `tools/benchmarks/results/splitter.md`.

    Examples
    --------
    >>> text = "Lt. Gen. Vale came at 9 a.m. on Monday. “Is it over?” Vale asked."
    >>> [text[start:end] for start, end in sentences(text)]
    ['Lt. Gen. Vale came at 9 a.m. on Monday.', '“Is it over?” Vale asked.']
    """
    cuts = [m.end() for m in _STOP.finditer(text) if _is_end(text, m)]
    bounds = zip([0, *cuts], [*cuts, len(text)], strict=True)
    return [span for span in (trim(text, a, b) for a, b in bounds) if span[0] < span[1]]


@cache
def _rules() -> dict[str, frozenset[str]]:
    """Return the sentence rules as sets."""
    return {name: frozenset(words) for name, words in codebooks.read("sentences").items()}


def _is_end(text: str, stop: re.Match[str]) -> bool:
    """Tell whether a sentence ends with this run of full stops, question or exclamation marks."""
    rules, mark, after = _rules(), stop[0], _NEXT.match(text, stop.end())
    before = text[max(0, stop.start() - 30) : stop.start()]
    word = _LAST_WORD.search(before)[0].lower().lstrip("'’-")  # type: ignore[index]  # it matches nothing at worst
    if after is None:
        return word.isalpha() and len(word) > 1 and bool(_RUN_ON.match(text, stop.end()))
    follows = after[1]
    if follows[:1].islower() or follows[:1] in tuple(".…,;:!?)"):
        return False
    if mark[0] in "?!" and len(mark) > 1 and mark[-1] in "\"'”’»":
        coming = re.findall(r"\w+", text[after.start(1) : after.start(1) + 40])[:3]
        return not any(name in rules["reporting"] for name in coming)
    if mark != ".":
        return True
    if word in rules["before_name"] or (word in rules["before_number"] and follows[:1].isdigit()):
        return False
    if "." in word.strip(".") or word in rules["may_end"]:
        return follows.lower() in rules["starters"] or not follows
    if word.isdigit() and len(word) < 3:  # "3. The third point" is one sentence, "No. 3. The third" is two
        lead = before[: -len(word)].split()[-1:] or ["."]
        return lead[0][-1] not in ".!?:…" or lead[0].lower().rstrip(".") in rules["before_number"]
    return not (len(word) == 1 and word.isalpha() and word != "i")


def trim(text: str, start: int, end: int) -> Span:
    """Shrink a span until it neither begins nor ends with white space."""
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, max(start, start + len(piece.strip()))
