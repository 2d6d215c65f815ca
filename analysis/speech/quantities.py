"""Numbers as English prose writes them, with the bounds of their hedges; words and exceptions are in `hedges`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace
from typing import NamedTuple

from analysis import codebooks
from analysis.codebooks import any_of


class Number(NamedTuple):
    """A number of a sentence: its place, its bounds, and how it is written."""

    start: int
    end: int
    value: float
    low: float
    high: float
    hedge: str  # as printed, lower case; "range"; a vague word; "" for an exact number
    bound: str  # exact, around, nearly, least, fewer, upto, range or vague
    currency: str  # "dollars" for $; "" for no money
    part: bool  # half, a third, one in four
    year: bool  # a bare number of four digits between 1000 and 2099, or a span of two


def hedged(sentence: str) -> Iterator[Number]:
    """Yield the numbers of a sentence that may be figures: no dates, clock times, ages, ordinals, names, idioms.

    They come in order: a number in digits, words or both, a range, a vague plural, or a part of a whole.

    Examples
    --------
    >>> [(n.value, n.low, n.high) for n in hedged("On 3 May fewer than forty of some 2 to 3 million left.")]
    [(40.0, 0.0, 40.0), (2000000.0, 2000000.0, 3000000.0)]
    """
    g, at = grammar(), 0
    while match := g.ranged.search(sentence, at):
        ends = [match[name] for name in ("from", "a", "to", "b") if match[name]]
        change = ends and match["lead"] and g.changes.search(sentence, max(0, match.start() - 60), match.start())
        at = match.end()
        if ends and (change or _ends(*ends)[0] >= _ends(*ends)[1]):  # two numbers or a score, but no range
            match = g.alone.search(sentence, match.start(), at + 1)
            at = match.end() if match else at
        if match and not _excluded(sentence, match, number := _read(match)):
            yield number


@cache
def grammar() -> SimpleNamespace:
    """Compile the codebook: its patterns by name, its lists of words as sets, and the whole of it as `book`."""
    book = codebooks.read("hedges")
    small, tens = book["numbers"]["small"], book["numbers"]["tens"]
    numbers = {word: n for n, word in enumerate(small, 1)} | {word: 10 * n for n, word in enumerate(tens, 2)}
    spellings = {form: unit for unit, forms in book["spellings"].items() for form in forms}
    kinds, later = ({w: kind for kind, ws in book[key].items() for w in ws} for key in ("hedges", "hedges_after"))
    lists = book | book["attribution"] | {
        "ones": small[:9], "tens": tens, "cardinals": numbers, "spellings": spellings,
        "hedges": kinds, "hedges_after": later, "least": book["hedges"]["least"],
        "denials": book["denials"]["words"], "links": book["denials"]["links"], "denied": book["denials"]["verbs"],
        "small_parts": [part for part in book["parts"] if part != "half"], "between": book["time"]["between"],
        "time": [form for unit in book["time"]["units"] for form in (unit, f"{unit}s", f"{unit[:-1]}ies")],
    }  # fmt: skip
    patterns = book["patterns"] | book["contexts"]

    def expand(name: re.Match[str]) -> str:
        """Put a pattern, or any word of a list, in the place of its name."""
        return re.sub("«(.+?)»", expand, patterns[name[1]]) if name[1] in patterns else any_of(lists[name[1]])

    compiled = {name: re.compile(re.sub("«(.+?)»", expand, text), re.I) for name, text in patterns.items()}
    nouns = {name: frozenset(words) if isinstance(words, list) else words for name, words in book["nouns"].items()}
    sides = ("before", "after")
    rules = [rule | {side: re.compile(rule.get(side, ""), re.I) for side in sides} for rule in book["distractors"]]
    sources = [re.compile(re.sub("«(.+?)»", expand, pattern)) for pattern in book["attribution"]["patterns"]]
    same = dict.fromkeys(nouns["demonyms"], nouns["people"])
    same |= {form: unit for unit, forms in book["same"].items() for form in forms}
    nouns["persons"] = (nouns["counted"] | nouns["demonyms"] | nouns["persons"]) - nouns["status"]
    read = {"kinds": kinds, "later": later, "rules": rules, "sources": sources, "same": same}
    read |= {"numbers": numbers, "spellings": spellings}
    return SimpleNamespace(book=book, nobody=set(lists["not_names"]), **read, **nouns, **compiled)


def _number(text: str) -> float:
    """Read one number in digits or words."""
    book, total, now, last = grammar().book, 0.0, 0.0, 1
    scales = book["scales"] | (book["money"] if re.match(r"(?i:us)?[$€£]", text) else {})
    for word in re.findall(r"[\d.,]*\d|[a-z]+", text.lower().removeprefix("us")):
        if word[0].isdigit():
            now += float(word.replace(",", ""))
        elif word == "half":  # two and a half million; a million and a half
            now, total = (now, total + last / 2) if total and not now else (now + 0.5, total)
        elif word.startswith("quarter"):  # three quarters of a million
            now = (now or 1) / 4
        elif word in scales:
            now, last = (now or 1) * scales[word], scales[word]
            total, now = (total + now, 0.0) if last >= 1000 else (total, now)
        else:
            now += grammar().numbers.get(word, 0)
    return total + now


def _ends(start: str, end: str) -> tuple[float, float]:
    """Read both ends of a range; a scale after the second holds for the first: 2 to 3 million."""
    g, low = grammar(), _number(start)
    scale = g.scaled.search(end) if low < 1000 and not g.scaled.search(start) else None
    return low * (g.book["scales"][scale[0].lower()] if scale else 1), _number(end)


def _part(text: str) -> float:
    """Read a part of a whole: half, a third, three quarters."""
    name, size = next(part for part in grammar().book["parts"].items() if part[0] in text)
    return (_number(text.split(name)[0]) or 1.0) / size


def _read(match: re.Match[str]) -> Number:
    """Read value, bounds and hedge of what the grammar has found."""
    g, found = grammar(), {name: " ".join((text or "").lower().split()) for name, text in match.groupdict().items()}
    hedge, second = found["after"] or found["deny"] or found["hedge"], found["second"]
    if second and (hedge in g.book["prepositions"]["words"] or (hedge == "up to" and g.kinds[second] == "least")):
        hedge = second  # fought over about 2 kilometres; owned up to at least 220
    bound = g.later[hedge] if found["after"] else "upto" if found["deny"] else g.kinds.get(hedge, "exact")
    start, end = (found.get(a) or found.get(b) or "" for a, b in (("from", "a"), ("to", "b")))
    if found["vague"]:
        hedge, bound, (low, high) = found["vague"], "vague", g.book["vague"][found["vague"]]
        value = low
    elif start:
        hedge, bound, (low, high) = "range", "range", _ends(start, end)
        value = low
    else:
        value = _part(found["part"]) if found["part"] else _number(found["few"] or found["n"])
        value /= _number(found["many"]) if found["many"] else 1
        below, above = g.book["bounds"].get(bound, [0, 1])
        low, high = value * below, value * above
        low, high = (value, math.inf if bound == "least" else value) if bound in ("exact", "least") else (low, high)
    year = not hedge.strip("range") and all(
        re.fullmatch(r"1\d{3}|20\d\d", text) for text in (start, end or found["n"]) if text
    )
    currency = next((unit for sign, unit in g.book["currencies"].items() if sign in match[0]), "")
    part = bool(found["part"] or found["many"])
    return Number(*match.span(), float(value), float(low), float(high), hedge, bound, currency, part, year and not part)


def _excluded(sentence: str, match: re.Match[str], number: Number) -> bool:
    """Tell by what stands around it whether a number is a date, a time, an age, an ordinal, a name or an idiom."""
    g, text, bare = grammar(), match["n"] or match.groupdict().get("a") or "", number.hedge in ("", "range")
    before, after = sentence[max(0, number.start - 50) : number.start], sentence[number.end : number.end + 40]
    digits = text[-1:].isdigit()
    if text.lower() == "one" or (text.istitle() and text.isalpha() and bare and g.named.search(before)):
        return not g.many.match(after)  # Big Three, but not: Tags Fire in Oldport Sixteen people died
    if number.part and (number.value >= 1 or g.duration.match(after)):
        return True
    if match["part"] and bare and (g.not_half.search(before) or not g.whole.match(after)):
        return True
    dated = number.year and g.year.search(before) and not (number.value <= 1800 and g.many.match(after))
    return bool(dated) or any(
        rule["before"].search(before) and rule["after"].match(after)
        for rule in g.rules
        if not (number.currency and rule["kind"] == "age")  # a widow of 40, but a fine of £40
        and digits >= rule.get("digits", False) and bare >= rule.get("bare", False)
        and rule.get("least", 0) <= number.value <= rule.get("most", number.value)
    )  # fmt: skip


def rounded(value: float) -> str:
    """Write a number as a reader would: 2,000 or 3.3 million.

    Examples
    --------
    >>> rounded(3_300_000)
    '3.3 million'
    """
    names = ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"))
    size, name = next(((size, name) for size, name in names if value >= size), (1, ""))
    return f"{value / size:,.6g}{name}"
