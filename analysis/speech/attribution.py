"""Reporting verbs: who said it, and what is reported before and behind the verb."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from analysis.speech.sentences import Span
from analysis.speech.speakers import BOOK, GROUP, NAME, PRONOUNS, WORDS, any_of

_REACH = 400  # characters to either side of a verb in which its subject is looked for
_LONGEST = 900  # no report is longer

STANCE = {verb: stance for stance, verbs in BOOK["stance"].items() for verb in verbs}
USE = {name: frozenset(verbs) for name, verbs in BOOK["use"].items()}
MEDIUM = rf"(?!(?:this|our) )(?:{any_of(BOOK['via']['agencies'])}|(?:[\w’'-]+ ){{0,3}}{any_of(BOOK['via']['media'])})"
_MARK = "“”()—–"
_DAY = (
    r"(?:(?:on |late |early |last )*(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|yesterday|today|(?:over )?the weekend|"
    r"(?:the )?(?:same|next|previous|following) (?:day|week)|(?:this|last) (?:week|month|year))"
    r"(?: (?:morning|afternoon|evening|night))?"
)
_OF = ("according to", "in the words of")
_VERBS = frozenset(STANCE) | USE["participle"]
_VERB = re.compile(
    rf"(?<!-)\b(?:{any_of(verb for verb in _VERBS if ' ' in verb)}|[Aa]ccording to|[Ii]n the words of|[a-z]+)\b(?!-)"
)
_UNSAID = re.compile(rf"(?:\b{any_of(BOOK['words']['denies'])}|n[’']t)(?: \w+ly)?\s*$")
_WENT_ON = re.compile(r"\b(?:went|goes|go) on to\s*$")
_UNSPOKEN = re.compile(r"\s(?:by|for|up|out|off)\b")
_SPARE = rf"(?:{any_of(BOOK['words']['between'])}|\w+ly|{_DAY})"
_BETWEEN = re.compile(rf"(?:,\s+{_SPARE},|\s+{_SPARE})+\s*$")
_JOINED = re.compile(r"\S.*\b(?:and|but)\s*$", re.S)
_TURN = re.compile(rf"(?:^|\s){any_of(BOOK['words']['turns'])}\s+")
_VIA = re.compile(
    rf"(?:^\s*(?:in |to |on |by )?|\b(?:in|on|to|with|through|via|quoted by) )((?:an? |the |its |his |her )?{MEDIUM})\b"
)
_LISTENER = (
    rf"(?:reporters|journalists|lawmakers|him|her|them|us|me|(?:[Tt]he |a |an )?{MEDIUM}|"
    rf"(?:[Tt]he )?{NAME}(?= (?:he|she|they|it|the|his|her|its|their|there|this|that)\b))"
)
_SAID_TO = re.compile(rf"(?:\s+(?:also|too|simply|only|again|{_DAY}|{_LISTENER}))*")
_CLAUSE = r"(?:that\b|(?=(?:whether|why|how) ))\s*"
_LEAD = r"(?:(?:on|in|at|to|by|over|during|after|before|from|with|only|also|again|earlier|later)\b|" + _DAY + ")"
_THAT = re.compile(rf"\s*(?:{_LEAD}[^;:]{{0,60}}?\s|,[^;:]{{0,60}}?,\s)??{_CLAUSE}")
_TOLD_THAT = re.compile(rf"\s*(?!to\b)(?:[^“”;:]{{0,120}}?\s)??{_CLAUSE}")
_THEN_WHO = re.compile(rf"\s*{_LEAD}[^“”;:,]{{0,40}}?\s(?=(?:he|she|they|it)\s)")
_LATE = re.compile(
    r",\s(?:although|though|which|[^,“”]{0,40}?(?:days|weeks|months|years|hours) (?:after|before|since))\b"
)
_BREAK = rf"(?=\s*(?:[,.;:“”()—–]|$)|\s+(?:who|as|when|while|{_DAY})\b)"
_INVERTED = re.compile(
    rf"\s+(?:(?P<name>(?:[Tt]he )?{NAME}(?: (?:for|of)(?: the)? {NAME})?)"
    rf"(?={_BREAK}|\s(?:of|at|in|from|for|on|to|after)\b)|"
    rf"(?P<role>(?:(?:an?|the|one|another|his|her|he|she|they|some|several|two|{NAME})\b|(?=(?:[\w-]+ ){{0,3}}{GROUP}))"
    rf"[^,.;:“”()—–]{{1,80}}?){_BREAK})"
)
_APPOSED = re.compile(rf"(?:,? {any_of(WORDS['apposed'])}\b[^,;]*(?:,|$))?")
_DESCRIBED = re.compile(r"(?:, (?:an?|who|whose)\b[^,;]*,)?")
_HEAD = re.compile(
    r"\s*((?:(?:[Tt]he|An?) )?[\w’'-]+(?: [\w’'-]+){0,5}?)(?:,| (?:\w+ed|has|had|have|was|is|are|were|in|during)\b)"
)
_GROUP = re.compile(rf"(?:[\w’'-]+ ){{0,5}}{GROUP}")
_NOT_LED = "".join(rf"(?<!\b{word})" for word in BOOK["words"]["leads"] + BOOK["words"]["turns"]) + r"\s"
_INNER = re.compile(rf"{_NOT_LED}(?=(?:the|an?|he|she|they)\b[^,]*$|{NAME}\s*$)")
_RUN_ON = re.compile(rf"{_NOT_LED}(?=(?:the|an?|another) \S+[^,]*$)")
_QUOTED_AS = re.compile(r"(?:^|, )([^,“”]+?) (?:was|were|is|are|has been) (?:quot|cit)ed\b|(?:quot|cit)\w+ ([^,“”]+)$")
_COUNTED = re.compile(
    r"\s*(?:at (?:least|most)|(?:about|over|up to) \d|more than|as many as|no (?:one|\w+ \w+s|\w+ had)\b)"
)
_EDGE = re.compile(r"[\s,.—–-]*(?:(?:But|And|Yet|So|Or|Still|Then|Now|and|but)\s+)?")
_LATER = re.compile(r".*\b(?:later|earlier|ago) ")
_FINITE = re.compile(r"\b(?:\w{2,}ed|is|was|were|are|has|had|have|would|will|can|could|may)\b")
_AUXILIARY = re.compile(r"\b(?:is|was|were|are|has|had|have|would|will|can|could|may|did|does)\b")
_ASIDE = re.compile(rf"\s*(?:{any_of(WORDS['leads'])}|\w+(?:ed|ing))\b(?:\s\S+){{0,6}}\s*$")
_GOES_ON = re.compile(r"[\s,]*(?:and|but|or|so)\b")
_END = re.compile(r"(?:[\s,.?!;:—–-]|\b(?:and|as|but|while)$)+$")


class Cue(NamedTuple):
    """A reporting verb, its subject, the medium that carries it, and what it reports outside quotation marks."""

    start: int
    end: int
    subject: Span
    verb: str
    via: str | None
    before: Span | None
    behind: Span | None


def stance(verb: str) -> str:
    """Return what a reporting verb says about the words it introduces: neutral, doubting or endorsing."""
    base = verb.split(",")[0].replace("pointing", "pointed")
    return STANCE.get(base) or STANCE.get(re.sub("ing$", "ed", base)) or "neutral"


def cues(masked: str, start: int, end: int) -> list[Cue]:
    """Return the reporting verbs of one sentence in order.

    Parameters
    ----------
    masked : str
        A text in which quoted words are blanked out.
    start, end : int
        The sentence.

    Examples
    --------
    >>> [(cue.verb, cue.behind) for cue in cues("The mayor said that it rained.", 0, 30)]
    [('said', (20, 29))]
    """
    found: list[Cue] = []
    stops = [m.start() for m in re.finditer(r"[;:](?=\s)", masked[start:end])]
    for a, b in zip([start, *(start + s + 1 for s in stops)], [*(start + s for s in stops), end], strict=True):
        for verb in _VERB.finditer(masked, a, b):
            last = found[-1] if found and found[-1].start >= a else None
            if verb[0].lower() in _VERBS and (cue := _cue(masked, (a, b), verb, last)):
                found += _linked(masked, found.pop(), cue) if last else [cue]
    return found


def _linked(masked: str, last: Cue, cue: Cue) -> list[Cue]:
    """Link two verbs: a medium passes on what it carries, and a report ends where the next begins behind a comma."""
    name = masked[slice(*last.subject)]
    if cue.verb == "as saying":
        return [cue._replace(start=last.start, verb=f"{last.verb}, as saying", via=name, before=last.before)]
    if last.behind and last.behind[0] <= cue.start < last.behind[1]:
        if cue.behind and cue.start - last.behind[0] < 5 and re.fullmatch(rf"(?:[Tt]he )?{MEDIUM}", name):
            return [cue._replace(via=name)]
        stop = last.behind[0] + len(masked[last.behind[0] : cue.start].rstrip())
        if re.search(r",(?: (?:and|as|but|while))?$", masked[max(0, stop - 8) : stop]):
            last = last._replace(behind=_tidy(masked, last.behind[0], stop))
    return [last, cue]


def _cue(masked: str, span: Span, found: re.Match[str], last: Cue | None) -> Cue | None:
    """Parse one verb of a clause: its subject, then the report."""
    (a, b), verb = span, found[0].lower()
    left, right = (
        masked[max(a, found.start() - _REACH) : found.start()],
        masked[found.end() : min(b, found.end() + _REACH)],
    )
    if (
        (verb != "as saying" and _UNSAID.search(left) and not _WENT_ON.search(left))
        or _UNSPOKEN.match(right)
        or (verb == "reported" and right.startswith(" from"))
    ):
        return None
    begin, end, ordered = found.start(), found.end(), True
    if verb in USE["participle"] or _JOINED.match(_BETWEEN.sub("", left)):
        head = None if last else _HEAD.match(masked, a, b)
        if not last and (not head or head[1].lower() in WORDS["adverbial"] or head[1].endswith("ly")):
            return None
        who = last.subject if last else head.span(1)  # type: ignore[union-attr]
    elif verb not in _OF and (subject := _subject(left, verb)):
        begin -= len(left) - subject[0]
        who = (begin, begin + subject[1] - subject[0])
    elif place := _inverted(left, right, verb):
        ordered = False
        who = (found.end() + place[0], found.end() + place[1])
        apposed = _APPOSED if left.strip() or verb not in _OF else _DESCRIBED
        end = apposed.match(masked, who[1], b).end()  # type: ignore[union-attr]  # it matches nothing at worst
    else:
        return None
    end = _SAID_TO.match(masked, end, b).end() if ordered else end  # type: ignore[union-attr]
    heard = begin if verb == "as saying" else found.end() if begin < found.start() else max(a, begin - 300)
    medium = _VIA.search(masked[heard : min(b, found.end() + 80)].split("“")[0])
    via = medium[1].strip() if medium and verb not in _OF else last.via if last and who == last.subject else None
    return Cue(begin, end, who, verb, via, *_reports(masked, span, (begin, end), verb, ordered, last))


def _inverted(left: str, right: str, verb: str) -> Span | None:
    """Return where the subject stands that follows its verb: "…," said the mayor."""
    ends = ("”",) if verb in USE["marked"] and verb not in _OF else ("", ",", "”", "—", "–")
    found = _INVERTED.match(right) if verb in _OF or left.rstrip()[-1:] in ends else None
    if not found or _AUXILIARY.search(found[found.lastgroup or 0]):
        return None
    return found.span(found.lastgroup or 0)


def _reports(
    masked: str, span: Span, place: Span, verb: str, ordered: bool, last: Cue | None
) -> tuple[Span | None, Span | None]:
    """Return what a verb reports before or behind it; of two halves about an attribution, the larger."""
    start, end = place
    firm, behind = _behind(masked, end, span[1], verb, ordered)
    first = re.compile(r"\s*([\w’'-]+)").match(masked, end, span[1])
    if (
        firm
        or verb in USE["participle"]
        or (last and last.behind)
        or (ordered and start < end and first and first[1].lower() not in WORDS["unreported"])
    ):
        return None, behind
    before = _tidy(masked, max(span[0], start - _LONGEST), start)
    before = _led(masked, before) if before else None
    if before and verb not in _OF:
        joint = masked[before[1] : start].strip()[:1]
        run_on = not joint and ordered and "," not in masked[before[0] : start]
        if joint not in (",", "—", "–") and (not run_on or masked[slice(*before)].split()[-1] in WORDS["turns"]):
            before = None
    if before and behind:
        whole = _GOES_ON.match(masked, end) or before[1] - before[0] >= behind[1] - behind[0]
        return (before, None) if whole else (None, behind)
    return before, behind


def _behind(masked: str, start: int, end: int, verb: str, ordered: bool) -> tuple[bool, Span | None]:
    """Return whether a report must stand behind a verb, and where."""
    rest = masked[start : min(end, start + _REACH)]
    word = re.match(r"\s*([\w’'-]+)", rest)
    if verb in USE["marked"]:
        return False, None
    if that := (_TOLD_THAT if verb in USE["addressed"] else _THAT).match(rest) or _THEN_WHO.match(rest):
        return True, _tidy(masked, start + that.end(), end)
    heard = verb not in USE["addressed"] or not masked.endswith(verb, 0, start)
    counted = _COUNTED.match(rest) and verb in USE["plain"]
    if word and ordered and heard and (counted or word[1] in ("he", "she", "they", "it", "there")):
        return True, _tidy(masked, start, end)
    if word and (
        (verb in USE["promise"] and word[1] == "to")
        or (verb in USE["plain"] and ordered and heard and word[1].lower() not in WORDS["unreported"])
    ):
        return True, _tidy(masked, start, end)
    return False, _tidy(masked, start, end) if rest.lstrip()[:1] == "," or masked[start - 1] == "," else None


def _led(masked: str, span: Span) -> Span | None:
    """Leave out an adverbial that leads a report; None for what is nothing else."""
    start, end = span
    if masked[start:end].split()[0].lower() not in WORDS["leads"] and not _LATE.match(f", {masked[start:end]}"):
        return span
    comma = masked.find(", ", start, end)
    return _tidy(masked, comma, end) if comma > 0 else None


def _tidy(masked: str, start: int, end: int) -> Span | None:
    """Trim a report of stops, conjunctions and afterthoughts; None for less than three words of the outlet's own."""
    start = _EDGE.match(masked, start, end).end()  # type: ignore[union-attr]  # it matches nothing at worst
    late = _LATE.search(masked, start + 10, min(end, start + _LONGEST))
    end = start + len(_END.sub("", masked[start : late.start() if late else min(end, start + _LONGEST + 1)]))
    own = re.sub("“[^”]*”?", " ", masked[start:end])
    return (start, end) if len(re.findall(r"\w+", own)) >= 3 and end - start < _LONGEST else None


def _subject(left: str, verb: str) -> Span | None:
    """Return where the subject stands that precedes a verb, whatever stands between the two passed over."""
    if verb == "as saying":
        quoted = _QUOTED_AS.search(left.rstrip())
        return quoted.span(quoted.lastindex or 0) if quoted else None
    left = re.sub(r"\([^()]*\)\s*$", "", _BETWEEN.sub("", _WENT_ON.sub("", left)))
    left = (
        left
        if left.rstrip()[-1:] == "”"
        else re.sub("[^”]", " ", left[: left.rfind("”") + 1]) + left[left.rfind("”") + 1 :]
    )
    pieces = [m.span() for m in re.finditer(rf"[^,{_MARK}]+", left) if m[0].strip()]
    relative = re.search(r"\s(?:which|who)\s*$", left)
    at, closing = len(pieces) - 1, left.rstrip()[-1:]
    if not pieces or closing == "”":
        return None
    if relative or closing in (",", "—", "–", ")"):
        at = _described(left, pieces, relative.start() if relative else len(left))
        if at == len(pieces) - 1 and not relative:
            return None
    start, end = pieces[at][0], relative.start() if relative and at == len(pieces) - 1 else pieces[at][1]
    if relative and at < len(pieces) - 1 and (name := re.search(rf"{NAME}\s*$", left[start:end])):
        start += name.start()
    return next((span for begin in _starts(left, start, end) if (span := _nominal(left, begin, end, verb))), None)


def _starts(left: str, start: int, end: int) -> Iterator[int]:
    """Yield where a subject may begin: with the last clause; where that is a relative one, with the whole piece too."""
    start = _EDGE.match(left, start, end).end()  # type: ignore[union-attr]  # it matches nothing at worst
    turns = [turn for turn in _TURN.finditer(left, max(0, start - 1), end) if turn.end() < end]
    turns = [turn for turn in turns if turn[0].strip() != "and" or _FINITE.search(left, start, turn.start())]
    begin = turns[-1].end() if turns else start
    later = _LATER.match(left, begin, end)
    yield later.end() if later else begin
    if turns and turns[-1][0].strip() in ("who", "which", "that", "whose"):
        yield start


def _described(left: str, pieces: list[Span], end: int) -> int:
    """Return which piece between commas the pieces behind it describe."""
    at = len(pieces) - 1
    while at > 0:
        piece, before = left[pieces[at][0] : min(end, pieces[at][1])], left[slice(*pieces[at - 1])]
        words = re.sub(r"^\s*and\s", "", piece).split() or [""]
        named = words[0][:1].isupper() and _GROUP.search(before.lower()) and not _AUXILIARY.search(before)
        aside = len(before.split()) < 7 and before.split()[0].lower() not in WORDS["adverbial"] and _ASIDE.match(piece)
        office = words[0] in WORDS["roles"] or re.match("[DRI]-", words[0])
        counted = any(word[:1].isdigit() for word in words[:2])
        if not (words[0].lower() in WORDS["apposed"] or office or counted or named or aside):
            break
        at -= 1
    return at


def _nominal(left: str, start: int, end: int, verb: str) -> Span | None:
    """Return the noun phrase that a piece is or, behind an adverbial, ends with."""
    first = (left[start:end].split() or [""])[0].lower()
    run_on = [] if "," in left or verb not in USE["plain"] else [m.end() for m in _RUN_ON.finditer(left[:end], start)]
    if run_on and left.count(" ", start, run_on[-1]) > 3:
        start = run_on[-1]  # a newspaper that prints no commas: "Nine people died in the town the army said"
    elif first in WORDS["adverbial"]:
        inner = _INNER.search(left[:end], start)
        if not inner:
            return None
        start = inner.end()
    words = left[start:end].split()
    first = words[0].lower() if words else ""
    grouped = len(words) <= 7 and _GROUP.match(left[start:end].strip())
    capital = first[:1] != (words or [""])[0][:1] or re.match(rf"{NAME}\s*$", left[start:end].strip())
    if not (first in WORDS["begins"] or capital or grouped) or len(words) > 14:
        return None
    alone = len(words) == 1 and first in WORDS["begins"] and first not in PRONOUNS and first != "it"
    idle = words[-1].lower() in ("a", "an", "the") or first in ("this", "which", "who", "no", "nobody")
    if idle or (alone and verb.endswith("s")) or (first == "it" and len(words) > 1):
        return None
    start += len(left[start:end]) - len(left[start:end].lstrip())
    return start, start + len(left[start:end].rstrip())
