"""Reporting verbs: who said it, and what is reported before and behind the verb."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from analysis.codebooks import any_of
from analysis.speech.phrases import (
    clause,
    finite,
    main_subject,
    nearest,
    personal,
    phrase_before,
    phrase_behind,
    speaks,
    subject,
)  # fmt: skip
from analysis.speech.reports import OF, USE, reports, thats, tidy
from analysis.speech.sentences import Span
from analysis.speech.speakers import BOOK, NAME, PRONOUNS, WORDS
from analysis.speech.tagging import DAY, Token, tokens

STANCE = {verb: stance for stance, verbs in BOOK["stance"].items() for verb in verbs}
MEDIUM = rf"(?!(?:this|our) )(?:{any_of(BOOK['via']['agencies'])}|(?:[\w’'-]+ ){{0,3}}{any_of(BOOK['via']['media'])})"
_VERBS = frozenset(STANCE) | USE["participle"]
_VERB = re.compile(
    rf"(?<!-)\b(?:{any_of(verb for verb in _VERBS if ' ' in verb)}|[Aa]ccording to|[Ii]n the words of|[a-z]+)\b(?!-)"
)
_UNSAID = re.compile(rf"(?:\b{any_of(BOOK['words']['denies'])}|n[’']t)(?: \w+ly)?\s*$")
_UNSPOKEN = re.compile(r"\s(?:by(?! (?:tele)?phone| e-?mail)|for|up|out|off)\b")
_NOBODYS = re.compile(
    rf"\b[Ii]t (?:is|was|has been|had been) (?:\w+ly )?(?P<passive>{any_of(STANCE)})\b(?: [^,;:“]{{0,40}}?)?,? that\b|"
    rf"\b(?P<noun>{any_of(BOOK['words']['hearsay'])})"
    r"(?: (?:from|by|of) (?P<source>[^,;:“]{3,50}?))? that\b(?! (?:day|night|week|month|year)\b)"
)
_OWNER = re.compile(r"\b((?:[A-Z][\w.]{0,20} ){0,3}[A-Z]\w{1,20})[’']s? (?:\w+ )?$")
_RECKONED = re.compile(
    r"\b(?P<how>[Bb]y|[Ii]n) (?P<who>[A-Z\d][^,;:“]{1,40}?|(?:the|an?) [^,;:“]{1,40}?(?=[’'])|h(?:is|er)|their|its)"
    r"(?:[’']s?)? (?:own )?(?P<noun>reckoning|count|estimates?|tally|accounts?|view|opinion)\b(?! of)"
)
_VIA = re.compile(
    rf"(?:^\s*(?:in |to |on |by )?|\b(?:in|on|to|with|through|via|quoted by) )((?:an? |the |its |his |her )?{MEDIUM})\b"
)
_LISTENER = (
    rf"(?:{any_of(WORDS['listeners'])}|him|her|them|us|me|(?:[Tt]he |a |an )?{MEDIUM}|"
    rf"(?:[Tt]he )?{NAME}(?= (?:he|she|they|it|the|his|her|its|their|there|this|that)\b))"
)
_SAID = re.compile(rf"(?:\s+(?:also|too|simply|only|again|{DAY}))*")
_SAID_TO = re.compile(rf"(?:\s+(?:also|too|simply|only|again|{DAY}|{_LISTENER}))*")
_TOLD = re.compile(rf"(?:\s+(?:{_LISTENER}|(?:[Tt]he )?{NAME}(?=\s*(?:,|“|\.\s*$|$)))(?: on)?(?: {DAY})?)?")
_APPOSED = re.compile(rf"(?:,? {any_of(WORDS['apposed'])}\b[^,;]*(?:,|$))?")
_DESCRIBED = re.compile(r"(?:, (?:an?|who|whose)\b[^,;]*,)?")
_PARTED = re.compile(r"(?:,(?: (?:and|as|but|while|although|yet))?| (?:but|while|although|yet))$")
_SOME = ("some", "many", "most", "others", "several", "few")
_BE = ("is", "are", "was", "were", "be", "been", "’s", "’re")


class Cue(NamedTuple):
    """A reporting verb, its subject, the medium that carries it, and what it reports outside quotation marks."""

    start: int
    end: int
    subject: Span | None
    verb: str
    via: str | None
    before: Span | None
    behind: Span | None


def stance(verb: str) -> str:
    """Return what a reporting verb says about the words it introduces: neutral, doubting or endorsing."""
    base = verb.split(",")[0].replace("pointing", "pointed")
    return STANCE.get(base) or STANCE.get(re.sub(r"ing\b", "ed", base)) or "neutral"


def cues(masked: str, start: int, end: int) -> list[Cue]:
    """Return the reporting verbs of the sentence masked[start:end] in order, what is quoted being blanked out.

    Examples
    --------
    >>> [(cue.verb, cue.behind) for cue in cues("The mayor said that it rained.", 0, 30)]
    [('said', (20, 29))]
    """
    found: list[Cue] = []
    stops = [m.start() for m in re.finditer(r"(?:;|:(?=\s*[“A-Z]))(?=\s)", masked[start:end])]
    for a, b in zip([start, *(start + s + 1 for s in stops)], [*(start + s for s in stops), end], strict=True):
        words, last = tokens(masked, a, b), None
        starts = [word.start for word in words]
        for verb in _VERB.finditer(masked, a, b):
            if verb[0].lower() not in _VERBS or (last and verb.start() < last.end):
                continue
            place = bisect_left(starts, verb.start()), bisect_left(starts, verb.end())
            if place[0] == len(words) or starts[place[0]] != verb.start():  # a mark that nothing closes holds it
                continue
            if cue := _cue(masked, (a, b), words, place, last):
                found += _linked(masked, found.pop(), cue) if last else [cue]
                last = found[-1]
        found += [*_nobodys(masked, a, b, found), *_reckoned(masked, a, b)]
    return sorted(found, key=lambda cue: cue.start)


def _nobodys(masked: str, start: int, end: int, found: list[Cue]) -> Iterator[Cue]:
    """Yield what is reported of nobody in particular: "it was reported that …", "amid accusations that …"."""
    starts = [cue.start for cue in found]
    for match in _NOBODYS.finditer(masked, start, end):
        near = found[max(0, bisect_left(starts, match.start()) - 1) :][:2]
        known = any(
            a - 2 <= match.end() < b or cue.start <= match.end() <= cue.end + 9
            for cue in near
            for a, b in [cue.behind or (0, 0)]
        )
        if not known and (behind := tidy(masked, match.end(), end)):
            owner = _OWNER.search(masked, max(start, match.start() - 60), match.start())
            who = owner.span(1) if owner else match.span("source") if match["source"] else None
            verb = match["passive"] or match["noun"]
            yield Cue(match.start(), match.end(), who, verb.lower(), None, None, behind)


def _reckoned(masked: str, start: int, end: int) -> Iterator[Cue]:
    """Yield what stands by somebody's reckoning: "By the mayor's count, nine people died"."""
    for match in _RECKONED.finditer(masked, start, end):
        if (match["noun"] in ("view", "opinion")) != (match["how"].lower() == "in"):
            continue
        leading = not masked[start : match.start()].strip()
        before = None if leading else tidy(masked, start, match.start(), whole=True)
        behind = tidy(masked, match.end(), end) if leading else None
        if before or behind:
            verb = f"{match['how'].lower()} the {match['noun']} of"
            yield Cue(match.start(), match.end(), match.span("who"), verb, None, before, behind)


def agent(masked: str, start: int, end: int) -> Span | None:
    """Return the subject of a stretch of text without a reporting verb, if it is somebody who may speak."""
    words = tokens(masked, start, end)
    phrase = main_subject(words, len(words))
    speaking = phrase and (words[phrase[0]].word.lower() in PRONOUNS or speaks(words[phrase[1] - 1].word))
    return (words[phrase[0]].start, words[phrase[1] - 1].end) if phrase and speaking else None


def _linked(masked: str, last: Cue, cue: Cue) -> list[Cue]:
    """Link two verbs: a medium passes on what it carries, and a report ends where its source or another goes on."""
    name = masked[slice(*last.subject)] if last.subject else ""
    if cue.verb == "as saying":
        return [cue._replace(start=last.start, verb=f"{last.verb}, as saying", via=name, before=last.before)]
    if last.behind and cue.before and last.behind[1] > cue.before[1] > last.behind[0]:
        last = last._replace(behind=tidy(masked, last.behind[0], cue.before[1], 1))
        carrier = masked[slice(*cue.subject)] if cue.subject else ""
        carried = last.start - cue.before[0] < 90 and re.search(rf"\b{MEDIUM}$", carrier)
        return [last._replace(via=carrier)] if carried else [last, cue]
    if last.behind and last.behind[0] <= cue.start < last.behind[1]:
        whose = cue.subject[0] if cue.subject else -1
        if cue.behind and cue.start - last.behind[0] < 5 and last.end <= whose < cue.behind[0]:
            return [cue._replace(via=name if re.fullmatch(rf"(?:[Tt]he )?{MEDIUM}", name) else cue.via)]
        stop = last.behind[0] + len(masked[last.behind[0] : cue.start].rstrip())
        goes_on = (cue.verb in USE["participle"] and cue.behind) or cue.subject == last.subject
        if goes_on or _PARTED.search(masked, max(0, stop - 12), stop):
            last = last._replace(behind=tidy(masked, last.behind[0], stop))
    return [last, cue]


def _cue(masked: str, span: Span, words: list[Token], place: Span, last: Cue | None) -> Cue | None:
    """Parse one verb of a clause: its subject, then the report."""
    first, end = words[place[0]].start, words[place[1] - 1].end
    verb = masked[first:end].lower()
    if _unsaid(masked, span, (first, end), verb) or _noun(words, place, verb):
        return None
    source, side = _source(words, place, verb, last)
    if source is None:
        return None
    begin, ordered = source[0] if side == "before" else first, side != "behind"
    if ordered:
        listeners = (_SAID_TO, _TOLD) if verb in USE["addressed"] else (_SAID,)
        end = max(match.end() for pattern in listeners if (match := pattern.match(masked, end, span[1])))
    elif match := (_APPOSED if place[0] or verb not in OF else _DESCRIBED).match(masked, source[1], span[1]):
        end = match.end()
    via = _medium(masked, span, (begin, first, words[place[1] - 1].end), verb)
    via = via or (last.via if last and source == last.subject else None)
    inside = bool(last and last.behind)
    told = reports(masked, span, (begin, end), words, verb, ordered=ordered, inside=inside)
    return Cue(begin, end, source, verb, via, *told)


def _unsaid(masked: str, span: Span, place: Span, verb: str) -> bool:
    """Tell a verb that is denied, wished for or passive from one that reports."""
    (start, end), (first, last) = span, place
    left, right = masked[max(start, first - 60) : first], masked[last : min(end, last + 60)]
    goes_on = verb in USE["participle"] and re.search(r"\b(?:is|are|was|were|been)\s*$", left)
    if verb != "as saying" and _UNSAID.search(left) and not goes_on:
        return True
    if verb.startswith("ask") and right.startswith((" not to be ", " for anonymity", " to remain ")):
        return True
    # "families accused of ties", "men believed to be spies", "a vote called for June": by whom is not said
    if (verb == "accused" and right.startswith(" of ")) or (verb in USE["thought"] and right.startswith(" to ")):
        return True
    unspoken = (verb == "called for" and re.match(f" {DAY}", right)) or _UNSPOKEN.match(right)
    return bool(unspoken) or (verb == "reported" and right.startswith(" from"))


def _noun(words: list[Token], place: Span, verb: str) -> bool:
    """Tell a noun ("two reports") or an adjective ("an alleged spy") from the verb that looks like it."""
    at, behind = place
    nominal, participle = verb in USE["nouns"], verb in USE["participle"]
    if not at or not (nominal or participle or verb.endswith("ed")):
        return False
    before, after = words[at - 1], words[behind] if behind < len(words) else None
    clause = after is not None and (after.word == "that" or after.kind in "PQ")
    counted = before.kind in "D#" and not (before.word.lower() in _SOME and clause)
    if counted or (before.kind == "I" and not participle) or re.search("[’']s?$", before.word):
        return True
    if not nominal:
        return False
    if after is None or after.kind in "A.,;)I":
        phrase = phrase_before(words, at)
        closing = verb in USE["final"] and (after is None or (after.kind == "." and behind + 1 == len(words)))
        return not (phrase and (closing or (phrase[0] and words[phrase[0] - 1].kind in ",Q")))
    plural = before.word.endswith("s") or before.kind in "DP" or before.word in WORDS["groups"]
    phrase = phrase_before(words, at)
    plural = plural or any(word.word == "and" for word in (words[slice(*phrase)] if phrase else words[at - 2 : at - 1]))
    if after.word != "that" and re.search(r"[a-z](?:ing|ern|an|ish|ese|ic|al|i|ous|ive|ed|ary)$", before.word):
        return True
    return plural and before.kind == "N" if verb.endswith("s") else not plural


def _medium(masked: str, span: Span, places: tuple[int, int, int], verb: str) -> str | None:
    """Return the medium that is named behind a verb or, where its subject is not beside it, before it."""
    begin, start, end = places
    heard = begin if verb == "as saying" else end if begin < start else max(span[0], begin - 300)
    medium = _VIA.search(masked[heard : min(span[1], end + 80)].split("“")[0])
    return medium[1].strip() if medium and verb not in OF else None


def _source(words: list[Token], place: Span, verb: str, last: Cue | None) -> tuple[Span | None, str]:
    """Return the subject of a verb and its side of it; a verb that goes on has that of the verb before."""
    at = place[0]
    goes_on = verb in USE["participle"] and words[at - 1].word not in _BE
    shared = goes_on or words[at - 1].word in ("and", "but")
    side, phrase = "behind", _inverted(words, place, verb)
    if not phrase and verb == "as saying":
        side, phrase = "before", _quoted(words, at)
    elif not phrase and shared:
        side, low = "shared", _turned(words, at, last) if last and goes_on else at if last else 0
        phrase = main_subject(words, at, low)
        if not phrase and (last or goes_on):
            first = phrase_behind(words, low)
            known = last.subject if last else (words[low].start, words[first - 1].end) if first > low else None
            return known, side
    elif not phrase and verb not in OF:
        back = verb in USE["participle"] and 1 + (words[at - 1].word == "been")  # "are urging"
        side, phrase = "before", subject(words, at - back)
        if not phrase and (thats(words, place[1], verb) or (verb in USE["plain"] and clause(words, place[1]))):
            phrase = nearest(words, at)
    if not phrase or (verb in USE["weak"] and not last and not personal(words, phrase)):
        return None, side
    if verb in USE["thought"] and not any(word.kind == "D" or speaks(word.word) for word in words[slice(*phrase)]):
        return None, side
    return (words[phrase[0]].start, words[phrase[1] - 1].end), side


def _quoted(words: list[Token], at: int) -> Span | None:
    """Return who "was quoted … as saying", or whom somebody quotes."""
    for n in range(at - 1, max(0, at - 30), -1):
        if re.match("(?:quot|cit)", words[n].word):
            if words[n - 1].kind != "A":
                return (n + 1, at) if n + 1 < at else None
            return subject(words, n - 1 - (words[n - 1].word == "been"))
    return None


def _turned(words: list[Token], at: int, last: Cue) -> int:
    """Return where a clause of its own begins behind the verb before: "…, he said, as the mayor left, saying …"."""
    for n in range(at - 1, max(0, at - 60), -1):
        if words[n].start < last.end:
            break
        if words[n].word in ("as", "while", "when"):
            return n + 1
    return at


def _inverted(words: list[Token], place: Span, verb: str) -> Span | None:
    """Return where the subject stands that follows its verb: "…," said the mayor."""
    at, behind = place
    stop = phrase_behind(words, behind)
    after = words[stop].kind if stop < len(words) else ""
    if verb in OF:
        return _attributing(words, behind, stop)
    before = words[at - 1].kind if at else ""
    before = "Q" if before == "," and at > 1 and words[at - 2].kind == "Q" else before
    if before != "Q" and (clause(words, behind) or (after not in ("", ".", ",") and not finite(words, 0, at))):
        return None
    run_on = before not in ("", "Q", ",", "—", "–")
    if stop == behind or after in ("A", "#", "K", "N") or (verb in USE["marked"] and before != "Q"):
        return None
    closing = after in ("", ".", ",", "(", "T", "D")
    if not closing and (run_on or verb in USE["addressed"]):
        return None
    if before != "Q" and (verb.startswith("t") or (verb in USE["addressed"] and words[behind].kind == "P")):
        return None
    if before != "Q" and (verb in USE["object"] or (at and verb not in USE["final"] and subject(words, at))):
        return None
    if run_on and (verb not in USE["final"] or (verb not in ("said", "says", "added") and subject(words, at))):
        return None
    open_ended = after not in ("", ".") or words[stop - 1].kind == "V"
    if run_on and open_ended and (known := subject(words, at)) and speaks(words[known[1] - 1].word):
        return None
    head = next((n for n in range(behind + 1, stop) if words[n].kind in "IVC"), stop)
    heard = personal(words, (behind, head)) or (before == "Q" and words[behind].kind == "D")
    return (behind, stop) if heard else None


def _attributing(words: list[Token], begin: int, stop: int) -> Span | None:
    """Return the source behind "according to", also where a newspaper prints no comma behind it."""
    kind = words[stop].kind if stop < len(words) else ""
    if kind == "V" and words[min(stop + 1, len(words) - 1)].word == "by":
        stop = max(stop, phrase_behind(words, stop + 2))
    elif kind in ("A", "V"):
        speaking = [n for n in range(begin, stop) if speaks(words[n].word)]
        stop = next((n + 1 for n in speaking if words[n].kind == "N"), speaking[-1] + 1 if speaking else stop)
    if stop <= begin + 1 and words[begin : begin + 1] and words[begin].word in ("her", "him", "them"):
        stop = begin + 1
    idle = words[begin : begin + 1] and words[begin].word in ("its", "their") and not personal(words, (begin, stop))
    return (begin, stop) if stop > begin and not idle else None
