"""Who gets to speak: direct, indirect and partial quotations with speaker, reporting verb and medium."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from analysis.speech.attribution import MEDIUM, USE, Cue, agent, cues, stance
from analysis.speech.marks import mask, quoted_spans
from analysis.speech.sentences import Span, paragraphs, sentences
from analysis.speech.speakers import Cast

QUOTATIONS = ["article_id", "start", "end", "kind", "speaker", "verb", "stance", "via"]
_POSSESSED = re.compile(r"^(?:[Tt]he|its|his|her) ")


class Quote(NamedTuple):
    """One quotation of one article."""

    start: int
    end: int
    kind: str
    speaker: str | None = None
    verb: str | None = None
    stance: str = "neutral"
    via: str | None = None


def quotations(articles: pd.DataFrame) -> pd.DataFrame:
    """Find who is quoted, in which words, and how the outlet introduces them.

    What stands in quotation marks is `direct` where it is a clause with a verb of its own or an attribution,
    `partial` where it is some words within the outlet's sentence (quoted or scare quotes; titles of works are left
    out). What is reported in the outlet's words is `indirect`, if a verb of saying or "according to" introduces it,
    demands, promises and denials among them ("vowed to stay", "denied any part"); what bodies and groups believe is
    reported too, while persons think, fear and hope in silence. A report on both sides of its attribution is two.
    Marks may be straight, curly, mixed, nested or missing on one side. Found by rules of the kind described by
    Pareti, O'Keefe, Konstas, Curran & Koprinska 2013, "Automatically detecting and attributing indirect quotations"
    (EMNLP) and Asr, Mazraeh, Lopes, Gautam, Gonzales, Rao & Taboada 2021, "The Gender Gap Tracker" (PLOS ONE),
    with a part-of-speech tagger and without a parser. Precision and recall are in `tools/benchmarks/results/voices.md`.

    Parameters
    ----------
    articles : DataFrame
        `article_id` and `text` (paragraphs parted by blank lines). Each article is read by itself.

    Returns
    -------
    DataFrame
        One row per quotation, in order; partial ones may lie within indirect ones. `article_id`; `start`, `end` (int),
        marks included, "that" and the last stop of an indirect one left out; `kind` (str); `speaker` (str, the fullest
        name or the role by which the article introduces them, "he", "the officer" and surnames carried back; missing
        when unknown); `verb` (str, as it stands, in lower case; missing where the words go on from the quotation
        before); `stance` of the verb ("neutral", "doubting", "endorsing"); `via` (str, the medium that carried the
        words; missing where none is named).

    Raises
    ------
    KeyError
        If `article_id` or `text` is missing.

    Examples
    --------
    >>> text = "Ada Vale, a nurse, said that it rained. “We stayed,” she told state television."
    >>> quotations(pd.DataFrame({"article_id": ["a"], "text": [text]}))[["kind", "speaker", "verb"]].values.tolist()
    [['indirect', 'Ada Vale', 'said'], ['direct', 'Ada Vale', 'told']]
    """
    if absent := [name for name in ("article_id", "text") if name not in articles]:
        raise KeyError(f"articles has no column {' and no '.join(absent)}; analysis.load() gives both")
    rows = [
        (key, *quote)
        for key, text in zip(articles["article_id"], articles["text"], strict=True)
        if isinstance(text, str)
        for quote in _quotes(text)
    ]
    frame = pd.DataFrame(rows, columns=QUOTATIONS)
    kinds = {"article_id": articles["article_id"].dtype, "start": "int64", "end": "int64"}
    return frame.astype(kinds | dict.fromkeys(QUOTATIONS[3:], "str"))


def _quotes(text: str) -> list[Quote]:
    """Return the quotations of one article in order."""
    blocks = list(paragraphs(text))
    marked = quoted_spans(text, blocks)
    cast = Cast(text, mask(text, marked))
    found: list[Quote] = []
    at = 0
    for head, tail, _ in blocks:
        for start, end in sentences(cast.masked[head:tail]):
            until = bisect_left(marked, (head + end,), at)
            found += _sentence((head + start, head + end), marked[at:until], cast)
            at = until
    return _carried(sorted(found, key=lambda quote: (quote.start, -quote.end)), cast)


def _sentence(span: Span, marked: list[Span], cast: Cast) -> Iterator[Quote]:
    """Yield the quotations of one sentence."""
    verbs = cues(cast.masked, *span)
    found: list[tuple[Cue | None, Span, str]] = []
    used: set[tuple[int, str]] = set()
    for quote in marked:
        kind, cue, side = _attributed(span, quote, verbs, cast)
        if kind == "partial" and _titled(cast, quote):
            continue
        found.append((cue, quote, kind))
        if cue and kind == "direct":  # a verb behind a quotation reports nothing else, one before it nothing behind it
            used |= {(cue.start, "behind"), (cue.start, side)}
    for cue in verbs:
        sides = {"before": cue.before, "behind": cue.behind}
        found += [(cue, place, "indirect") for side, place in sides.items() if place and (cue.start, side) not in used]
    speaking = {cue.start for cue, _, _ in found if cue}
    names = {cue.start: cast.find(cue.subject) if cue.subject else None for cue in verbs if cue.start in speaking}
    for cue, place, kind in found:
        if cue:
            via = _POSSESSED.sub("", cue.via) if cue.via else None
            yield Quote(*place, kind, names[cue.start], cue.verb, stance(cue.verb), via)
        else:
            yield Quote(*place, kind, _subject(span, place, cast) if kind == "partial" else None)


def _titled(cast: Cast, quote: Span) -> bool:
    """Tell whether the title of a work stands in marks, or a name: several words, all but small ones capital."""
    words = re.findall(r"[\w’'-]+", cast.text[slice(*quote)])
    shouted = re.search(r"(?<!titl)(?<!dubb)(?<!nam)(?:ing|ed) $", cast.masked[max(0, quote[0] - 9) : quote[0]])
    capital = all(word[0].isupper() for word in words if len(word) > 3 or word == words[0])
    return len(words) > 1 and capital and not shouted


def _subject(span: Span, place: Span, cast: Cast) -> str | None:
    """Return whose words are quoted without a reporting verb: those of whom the sentence is about, if anybody."""
    if known := cast.within(span[0], place[0]):
        return known
    who = agent(cast.masked, max(span[0], place[0] - 300), place[0])
    return cast.find(who) if who else None


def _attributed(span: Span, quote: Span, verbs: list[Cue], cast: Cast) -> tuple[str, Cue | None, str]:
    """Return the kind of what stands in marks, its reporting verb, and the side of the verb on which it stands."""
    start, end = quote
    masked, inner = cast.masked, cast.text[start + 1 : end].strip("\"“”„«»‘’' ")
    words, closed = len(inner.split()), inner[-1:] in tuple(",.?!…") or masked[end : end + 1] in tuple(",.?!")
    place = bisect_left(verbs, (end - 1,))
    near = verbs[max(0, place - 12) : place + 12]
    after = next((cue for cue in near if cue.start >= end - 1), None)
    between = masked[end : after.start].strip(" ,.—–-\n0123456789") if after else ""
    before = next((cue for cue in reversed(near) if cue.end <= start + 1), None)
    gap = masked[before.end : start].rstrip(" \n") if before else ""
    carrier = masked[slice(*after.subject)] if after and after.subject and not between else ""
    if before and gap == ":" and re.fullmatch(rf"(?:[Tt]he )?{MEDIUM}", carrier):
        return "direct", before._replace(via=carrier), "behind"
    if after and after.verb not in USE["naming"] | USE["participle"] and not between:
        head = max([span[0], *(cue.end for cue in near if cue.end <= start)])
        lead = masked[head:start].rstrip()
        if len(lead.split()) > 2 and lead[-1] not in ",:;—–.?!”" and before is None:  # “… a “clean” street,” said
            return "partial", after, ""
        return ("direct" if words > 1 or closed else "partial"), after, "before"
    if before and before.verb in USE["naming"]:
        return "partial", before, "behind"
    led = gap[-1:] in (",", ":") if gap else words > 3 and inner[:1].isupper()
    if before and led and len(gap) < 90 and "”" not in gap:
        return "direct", before, "behind"
    if masked[max(0, start - 2) : start].strip() == ":" or (start == span[0] and (closed or end >= span[1] - 1)):
        return "direct", None, ""
    holding = [cue for cue in near for report in (cue.before, cue.behind) if report and report[0] <= start < report[1]]
    return "partial", holding[0] if holding else before or after, ""


def _carried(found: list[Quote], cast: Cast) -> list[Quote]:
    """Give quotations without a verb of their own the speaker of those they continue."""
    direct = [n for n, quote in enumerate(found) if quote.kind == "direct"]
    joined = [(a, b) for a, b in pairwise(direct) if not _gap(found[a], found[b], cast.text)]
    backwards = [(b, a) for a, b in reversed(joined)]
    for n in direct:
        if not found[n].verb and not found[n].speaker and (who := cast.leading(found[n].start)):
            found[n] = found[n]._replace(speaker=who)
    for known, other in [*joined, *backwards]:
        if found[known].speaker and not found[other].verb and not found[other].speaker:
            found[other] = found[other]._replace(speaker=found[known].speaker, via=found[known].via)
    for n in direct:
        if not found[n].verb and not found[n].speaker:
            found[n] = found[n]._replace(speaker=cast.speaking(found[n].start))
    return found


def _gap(quote: Quote, following: Quote, text: str) -> str:
    """Return what stands between two quotations but for white space and stops."""
    return text[quote.end : following.start].strip(" \n,.")
