"""What stands in quotation marks, whatever their shape, and where a mark is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.codebooks import any_of
from analysis.speech.sentences import Span, sentences
from analysis.speech.speakers import NAME, SAYING, WORDS

_DOUBLE = re.compile('["“”„«»]')
_SINGLE = re.compile("['‘’]")
_BRITISH = re.compile(r"[,.?!][’'](?!\w)")
_ALONE = re.compile(r"(?<![\w“”\"])[‘'](?=[A-Z])[^“”\"\n]{5,600}?[,.?!][’'](?![\w“”\"])")
_SUBJECT = rf"(?:he|she|they|[Tt]he(?: [\w-]+){{1,3}}|(?!(?i:{any_of(WORDS['begins'] | WORDS['adverbial'])})\b){NAME})"
_OUT = re.compile(rf"[,.?!…—]\s+(?=(?:{_SUBJECT} )?{any_of(SAYING)}\b)")


def quoted_spans(text: str, blocks: list[tuple[int, int, str]]) -> list[Span]:
    """Return the (start, end) of what is quoted, marks included, in order and without overlap.

    A quotation ends with its paragraph (`blocks`: start, end, section), at the latest, and is continued by the next
    one's mark. A mark that never closes quotes up to the reporting verb that follows, else to the end of its paragraph;
    one that never opens quotes from the beginning of its sentence. Single marks count where a text has no double ones.

    Examples
    --------
    >>> quoted_spans('“We stay", he said.', [(0, 19, "")])
    [(0, 9)]
    """
    british = not _DOUBLE.search(text) and _BRITISH.search(text)
    heads = [text[start] for start, _, _ in blocks[1:]] + [""] * bool(blocks)
    found = [
        span
        for (start, end, _), head in zip(blocks, heads, strict=True)
        for span in _paired(text, (start, end), _SINGLE if british else _DOUBLE, head in tuple('“"„«'))
    ]
    return found if british else sorted([*found, *_beside(text, found)])


def _beside(text: str, doubles: list[Span]) -> Iterator[Span]:
    """Yield what stands in single marks outside the double ones: a whole utterance, closed behind its stop."""
    ends = [0, *(end for _, end in doubles)]
    for low, high in zip(ends, [*(start for start, _ in doubles), len(text)], strict=True):
        yield from (match.span() for match in _ALONE.finditer(text, low, high))


def _side(text: str, at: int, start: int, end: int) -> str:
    """Tell whether a mark opens, closes, may do either, or is an apostrophe (empty)."""
    mark = text[at]
    before = at == start or text[at - 1].isspace() or text[at - 1] in "([—–-‘'"
    after = at + 1 >= end or not text[at + 1].isalnum()
    if mark in "‘’'":
        return "" if before == after else "open" if before else "close"
    if mark in "“„«":
        return "open" if before or not after else "close"
    if mark in "”»":
        return "close"
    after = at + 1 >= end or text[at + 1].isspace()
    return "either" if before == after else "open" if before else "close"


def _paired(text: str, span: Span, shape: re.Pattern[str], runs_on: bool) -> Iterator[Span]:
    """Pair the marks of one paragraph, nested ones with each other."""
    start, end = span
    marks = [
        (m.start(), side) for m in shape.finditer(text, start, end) if (side := _side(text, m.start(), start, end))
    ]
    opened, depth, last = None, 0, start
    for number, (at, side) in enumerate(marks):
        if side == "open" and opened is not None and [s for _, s in marks[number + 1 : number + 3]] == ["close"] * 2:
            depth += 1
        elif side == "open" or (side == "either" and opened is None):
            if opened is not None and (cut := _cut(text, opened, at, False)):
                yield opened, cut
            opened = at
        elif depth:
            depth -= 1
        elif opened is not None:
            yield opened, at + 1
            opened, last = None, at + 1
        elif shape is _DOUBLE and text[at - 1] in ",.?!…" and (begin := _begin(text, last, at)) < at - 1:
            yield begin, at + 1
            last = at + 1
    if opened is not None and shape is _DOUBLE and (cut := _cut(text, opened, end, runs_on)):
        yield opened, cut


def _cut(text: str, opened: int, end: int, runs_on: bool) -> int:
    """Return where quoted words end that nothing closes (0: nowhere near)."""
    if out := _OUT.search(text, opened + 1, min(end, opened + 1500)):
        return out.start() + 1
    stop = opened + len(text[opened:end].rstrip())
    return stop if runs_on or stop - opened < 600 else 0


def _begin(text: str, last: int, at: int) -> int:
    """Return where quoted words begin that nothing opens: with their sentence."""
    low = max(last, at - 500)
    found = sentences(text[low:at])
    return low + found[-1][0] if found else at


def mask(text: str, spans: list[Span]) -> str:
    """Blank out what is quoted, its last stop and all lengths kept, so that nothing is found inside a quotation.

    Examples
    --------
    >>> mask("“We go.” They went.", [(0, 8)])
    '“QQQQQ.” They went.'
    """
    pieces, at = [], 0
    for start, end in spans:
        stop = next((sign for sign in reversed(text[max(start + 1, end - 3) : end]) if sign in ".?!…"), "")
        inner = "Q" * (end - start - 2 - len(stop)) + stop + "”"
        pieces += [text[at:start], "“", inner[-(end - start - 1) :] if end - start > 1 else ""]
        at = end
    return "".join([*pieces, text[at:]])
