"""Reporting verbs: who said it, and what is reported before and behind the verb."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from analysis.speech.phrases import DAY, Token, main_subject, phrase_before, phrase_behind, speaks, subject, tokens
from analysis.speech.sentences import Span
from analysis.speech.speakers import BOOK, NAME, PRONOUNS, WORDS, any_of

_REACH = 400  # characters behind a verb in which its report begins
_LONGEST = 900  # no report is longer

STANCE = {verb: stance for stance, verbs in BOOK["stance"].items() for verb in verbs}
USE = {name: frozenset(verbs) for name, verbs in BOOK["use"].items()}
MEDIUM = rf"(?!(?:this|our) )(?:{any_of(BOOK['via']['agencies'])}|(?:[\w’'-]+ ){{0,3}}{any_of(BOOK['via']['media'])})"
_OF = ("according to", "in the words of")
_VERBS = frozenset(STANCE) | USE["participle"]
_VERB = re.compile(
    rf"(?<!-)\b(?:{any_of(verb for verb in _VERBS if ' ' in verb)}|[Aa]ccording to|[Ii]n the words of|[a-z]+)\b(?!-)"
)
_UNSAID = re.compile(rf"(?:\b{any_of(BOOK['words']['denies'])}|n[’']t)(?: \w+ly)?\s*$")
_NOBODYS = re.compile(
    rf"\b[Ii]t (?:is|was|has been|had been) (?:\w+ly )?({any_of(STANCE)})\b(?: [^,;:“]{{0,40}}?)?,? that\b|"
    rf"\b({any_of(BOOK['words']['hearsay'])}) that\b(?! (?:day|night|week|month|year)\b)"
)
_UNSPOKEN = re.compile(r"\s(?:by(?! (?:tele)?phone| e-?mail)|for|up|out|off)\b")
_VIA = re.compile(
    rf"(?:^\s*(?:in |to |on |by )?|\b(?:in|on|to|with|through|via|quoted by) )((?:an? |the |its |his |her )?{MEDIUM})\b"
)
_LISTENER = (
    rf"(?:reporters|journalists|lawmakers|him|her|them|us|me|(?:[Tt]he |a |an )?{MEDIUM}|"
    rf"(?:[Tt]he )?{NAME}(?= (?:he|she|they|it|the|his|her|its|their|there|this|that)\b))"
)
_SAID = re.compile(rf"(?:\s+(?:also|too|simply|only|again|{DAY}))*")
_SAID_TO = re.compile(rf"(?:\s+(?:also|too|simply|only|again|{DAY}|{_LISTENER}))*")
_TOLD = re.compile(rf"(?:\s+(?:{_LISTENER}|(?:[Tt]he )?{NAME}(?=\s*(?:[.,“]|$)))(?: on)?(?: {DAY})?)?")
_LEAD = (
    rf"(?:(?:{any_of(WORDS['leads'])}|to(?= [A-Z]| (?:reporters|journalists))|"
    rf"over|only|also|again|early|earlier|later)\b|{DAY})"
)
_CLAUSE = r"(?:that\b|(?=(?:whether|why|how) ))\s*"
_THAT = re.compile(rf"\s*,?\s*(?:{_LEAD}[^;:,]{{0,120}}?\s|,[^;:]{{0,60}}?,\s)??{_CLAUSE}")
_TOLD_THAT = re.compile(rf"\s*(?!to\b)(?:[^“”;:,]{{0,120}}?\s)??{_CLAUSE}")
_ASKED = re.compile(r"\s*(?:[^“”;:,]{0,60}?\s)??(?=(?:if|whether|what|where|who|when|how|why|which)\s)")
_LATE = re.compile(  # where the outlet goes on behind a report
    r",\s(?:while|although|(?:after )?[^,“”]{0,40}?(?:days|weeks|months|years|hours) (?:after|before|since|of)|"
    r"(?:which|who|where)\b(?=[^,]*$)|but (?:he|she|it|they|the|[A-Z]\w+)|in an? [\w-]+ where)\b"
)
_APPOSED = re.compile(rf"(?:,? {any_of(WORDS['apposed'])}\b[^,;]*(?:,|$))?")
_DESCRIBED = re.compile(r"(?:, (?:an?|who|whose)\b[^,;]*,)?")
_COUNTED = re.compile(
    r"\s*(?:at (?:least|most)|(?:about|over|up to) \d|more than|as many as|no (?:one|\w+ \w+s|\w+ had)\b)"
)
_EDGE = re.compile(r"[\s,.—–-]*(?:(?:But|And|Yet|So|Or|Still|Then|Now|and|but)\s+)?")
_CAPTION = re.compile(  # what stands before a sentence that a newspaper prints behind a caption, tags or a dateline
    r"(?s:.*)(?:\((?i:[^()]*(?:photo|file|image|agenc|reuters|sputnik|afp|press)[^()]*)\)\s[—–-]*\s*|"
    r"\w\s(?=An?\s[\w-]+ )|\w\s(?=At least|(?:The|One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|[A-Z][a-z]+teen)"
    r" [a-z]))"
)
_FINITE = re.compile(r"\b(?:\w{2,}ed|is|was|were|are|has|had|have|would|will|can|could|may)\b")
_CLAUSED = re.compile(rf"\s*[^,;:“”]{{0,70}}? {any_of(WORDS['finite'])}\b")
_LIVES = re.compile(r" (?:\w+ )?li(?:fe|ves)\b")
_TOLL = re.compile(
    r" (?:at least |more than )?(?:\d|[a-z]+(?:reds|zens|ands|ores) of )[^,;:]*? (?:killed|wounded|injured|dead)\b"
)
_SOME = ("some", "many", "most", "others", "several", "few")
_GOES_ON = re.compile(r"[\s,]*(?:but|so)\b")
_INFINITIVE = re.compile(r"(?: [\w’'-]+){0,10}? ((?:not )?to \w)")
_AFTER_NOUN = re.compile(
    rf",\s(?:which|where|when|who|whose|while|as|although|an?|\w+ing|and|it|[A-Z]\w+ (?=\w+ed\b))\b|"
    rf"\sand (?:\w+ed|{any_of(WORDS['finite'])})\b"
)
_THUS = re.compile(rf"(?: {DAY})?(?: (it|him|her|them))?(?: as)?\s")
_WHAT = re.compile(r"\bwhat (?:[\w.’'-]+ ){1,8}\w+$")
_AS = re.compile(r"()[^,;:“]{3,60}? as ")
_PUT_AT = re.compile(r"[^;:“]{3,140}? at (?:[a-z]+ ){0,3}[\d$]")
_DAY_LAST = re.compile(rf"\s{DAY}[\s.,]*$")
_END = re.compile(r"(?:[\s,.?!;:—–-]|\b(?:and|as|but|while)$)+$")
_ASIDES = ("as", "while", "when", "although", "though", "which", "who", "where", "whose", "amid")


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
    stops = [m.start() for m in re.finditer(r"(?:;|:(?=\s*[“A-Z]))(?=\s)", masked[start:end])]
    for a, b in zip([start, *(start + s + 1 for s in stops)], [*(start + s for s in stops), end], strict=True):
        words, last = tokens(masked, a, b), None
        starts = [word.start for word in words]
        for verb in _VERB.finditer(masked, a, b):
            if verb[0].lower() not in _VERBS or (last and verb.start() < last.end):
                continue
            place = bisect_left(starts, verb.start()), bisect_left(starts, verb.end())
            if cue := _cue(masked, (a, b), words, place, last):
                found += _linked(masked, found.pop(), cue) if last else [cue]
                last = found[-1]
        found += _nobodys(masked, a, b, found)
    return sorted(found, key=lambda cue: cue.start)


def _nobodys(masked: str, start: int, end: int, found: list[Cue]) -> Iterator[Cue]:
    """Yield what is reported of nobody in particular: "it was reported that …", "amid accusations that …"."""
    starts = [cue.start for cue in found]
    for match in _NOBODYS.finditer(masked, start, end):
        near = found[max(0, bisect_left(starts, match.start()) - 1) :][:2]
        known = any(
            a <= match.end() < b or cue.start <= match.end() <= cue.end + 9
            for cue in near
            for a, b in [cue.behind or (0, 0)]
        )
        if not known and (behind := _tidy(masked, match.end(), end)):
            yield Cue(match.start(), match.end(), None, (match[1] or match[2]).lower(), None, None, behind)


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
    if last.behind and last.behind[0] <= cue.start < last.behind[1]:
        if cue.behind and cue.start - last.behind[0] < 5 and cue.subject and cue.subject[0] < cue.behind[0]:
            return [cue._replace(via=name if re.fullmatch(rf"(?:[Tt]he )?{MEDIUM}", name) else cue.via)]
        stop = last.behind[0] + len(masked[last.behind[0] : cue.start].rstrip())
        goes_on = (cue.verb in USE["participle"] and cue.behind) or cue.subject == last.subject
        if goes_on or re.search(r",(?: (?:and|as|but|while))?$", masked[max(0, stop - 8) : stop]):
            last = last._replace(behind=_tidy(masked, last.behind[0], stop))
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
    elif match := (_APPOSED if place[0] or verb not in _OF else _DESCRIBED).match(masked, source[1], span[1]):
        end = match.end()
    via = _medium(masked, span, (begin, first, words[place[1] - 1].end), verb)
    via = via or (last.via if last and source == last.subject else None)
    return Cue(begin, end, source, verb, via, *_reports(masked, span, (begin, end), verb, ordered, last))


def _unsaid(masked: str, span: Span, place: Span, verb: str) -> bool:
    """Tell a verb that is denied, wished for or passive from one that reports."""
    (start, end), (first, last) = span, place
    left, right = masked[max(start, first - 60) : first], masked[last : min(end, last + 60)]
    goes_on = verb in USE["participle"] and re.search(r"\b(?:is|are|was|were|been)\s*$", left)
    if verb != "as saying" and _UNSAID.search(left) and not goes_on:
        return True
    # "families accused of ties", "a vote called for June": by whom is not said
    unspoken = right.startswith(" of ") if verb == "accused" else verb == "called for" and re.match(f" {DAY}", right)
    return bool(unspoken or _UNSPOKEN.match(right)) or (verb == "reported" and right.startswith(" from"))


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
    return medium[1].strip() if medium and verb not in _OF else None


def _source(words: list[Token], place: Span, verb: str, last: Cue | None) -> tuple[Span | None, str]:
    """Return the subject of a verb and its side of it; a verb that goes on has that of the verb before."""
    at = place[0]
    goes_on = verb in USE["participle"] and words[at - 1].kind != "A"
    shared = goes_on or words[at - 1].word in ("and", "but")
    side, phrase = "behind", _inverted(words, place, verb)
    if not phrase and verb == "as saying":
        side, phrase = "before", _quoted(words, at)
    elif not phrase and shared:
        side, low = "shared", _turned(words, at, last) if last and goes_on else at if last else 0
        phrase = main_subject(words, at, low)
        if last and not phrase:
            return last.subject, side
    elif not phrase and verb not in _OF:
        back = verb in USE["participle"] and 1 + (words[at - 1].word == "been")  # "are urging"
        side, phrase = "before", subject(words, at - back)
    if not phrase or (verb in USE["weak"] and not last and not _personal(words, phrase)):
        return None, side
    if verb in USE["thought"] and not any(word.kind == "D" or speaks(word.word) for word in words[slice(*phrase)]):
        return None, side
    return (words[phrase[0]].start, words[phrase[1] - 1].end), side


def _personal(words: list[Token], phrase: Span) -> bool:
    """Tell whether a phrase holds a name, a pronoun or a noun of who may speak."""
    return any(word.kind in "KP" or speaks(word.word) for word in words[slice(*phrase)])


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
    if verb in _OF:
        return _attributing(words, behind, stop)
    before = words[at - 1].kind if at else ""
    before = "Q" if before == "," and at > 1 and words[at - 2].kind == "Q" else before
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
    heard = _personal(words, (behind, head)) or (before == "Q" and words[behind].kind == "D")
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
    idle = words[begin : begin + 1] and words[begin].word in ("its", "their") and not _personal(words, (begin, stop))
    return (begin, stop) if stop > begin and not idle else None


def _reports(
    masked: str, span: Span, place: Span, verb: str, ordered: bool, last: Cue | None
) -> tuple[Span | None, Span | None]:
    """Return what a verb reports before and behind it."""
    start, end = place
    leading = verb in _OF and (not masked[span[0] : start].strip() or masked[start] in "AI")
    firm, behind = _behind(masked, end, span[1], verb, leading or ordered)
    first = re.compile(r"\s*([\w’'-]+)").match(masked, end, span[1])
    heard = not first or first[1].lower() in WORDS["unreported"] | USE["participle"] or first[1].endswith("ing")
    if firm or verb in USE["participle"] or (last and last.behind) or (ordered and start < end and not heard):
        return None, behind
    before = _before(masked, span, place, verb, ordered, halved=bool(behind))
    if before and behind and (_GOES_ON.match(masked, end) or masked[slice(*behind)].split()[0] in _ASIDES):
        return before, None
    return before, behind


def _before(masked: str, span: Span, place: Span, verb: str, ordered: bool, *, halved: bool) -> Span | None:
    """Return the report that stands before its attribution, parted from it by a comma if the newspaper prints any."""
    start, end = place
    before = _tidy(masked, max(span[0], start - _LONGEST), start)
    if before and (caption := _CAPTION.match(masked, *before)):
        before = caption.end(), before[1]
    dated = halved and before and re.search(DAY, masked[slice(*before)]) and not _FINITE.search(masked, *before)
    if not before or dated or (not halved and _led(masked, before)) or re.match(r":\s*“", masked[end : end + 5]):
        return None
    joint, content = masked[before[1] : start].strip()[:1], masked[slice(*before)]
    if joint in (",", "—", "–") or verb in _OF:
        spoken = verb not in USE["marked"] or verb in ("continued", "read", "reads")
        return before if spoken or verb in _OF else None
    run_on = (ordered and verb not in USE["marked"]) or verb in USE["final"]
    return before if run_on and "," not in content and content.split()[-1] not in WORDS["turns"] else None


def _behind(masked: str, start: int, end: int, verb: str, ordered: bool) -> tuple[bool, Span | None]:
    """Return whether a report must stand behind a verb, and where."""
    rest = masked[start : min(end, start + _REACH)]
    thus = _AS.match(rest) if verb.startswith("identif") else _THUS.match(rest) if verb in USE["naming"] else None
    if thus and (thus[1] or verb.startswith("identif") or _WHAT.search(masked, max(0, start - 90), start)):
        content = re.split(r"[,;:—]|\bthat\b", rest[thus.end() :])[0]
        return True, _tidy(masked, start + thus.end(), start + thus.end() + len(content), 2)
    if verb in USE["marked"] or verb.startswith("identif"):
        return False, None
    pattern = _ASKED if verb.startswith(("ask", "wonder")) else _TOLD_THAT if verb in USE["addressed"] else _THAT
    if verb not in _OF and (that := pattern.match(rest)):
        return True, _tidy(masked, start + that.end(), end, 1)
    word = (re.findall(r"^\s*([\w$€£’'-]+)", rest) or [""])[0]
    heard = verb not in USE["addressed"] or not masked.endswith(verb, 0, start)
    if verb in USE["clausal"]:
        return True, _tidy(masked, start, end) if verb in USE["thought"] and _CLAUSED.match(rest) else None
    if to := _INFINITIVE.match(rest) if verb in USE["addressed"] or verb.endswith((" on", " upon")) else None:
        return True, _tidy(masked, start + to.start(1), end, 2)
    if verb in USE["named"] and (aside := _AFTER_NOUN.search(masked, start, end)):
        end = aside.start()
    if verb.startswith(("announc", "declar")) and (day := _DAY_LAST.search(masked, start, end)):
        end = day.start()
    if ordered and verb not in _OF and heard and word and _content(rest, word, verb):
        start -= 4 * verb.endswith(" for")  # "called for a truce": "for" belongs to what was said
        return True, _tidy(masked, start, end, 2)
    adverbial = word.lower() in WORDS["leads"] or re.search("(?:ing|ed)$", word)
    loose = heard and not adverbial and (rest.lstrip()[:1] == "," or masked[start - 1] == ",")
    return False, _tidy(masked, start, end) if loose or (ordered and verb in _OF) else None


def _content(rest: str, word: str, verb: str) -> bool:
    """Tell whether what follows a verb without "that" is what was said."""
    if word in ("he", "she", "they", "it", "there"):
        return True
    if verb in ("put", "puts", "placed", "places"):
        return bool(_PUT_AT.match(rest))
    if verb in USE["object"] and (verb.startswith("den") or word.lower() not in WORDS["unreported"]):
        return " of " in rest or not verb.startswith("accus")
    if (verb in USE["promise"] and word == "to") or (verb in USE["plain"] and _COUNTED.match(rest)):
        return True
    if verb in ("reported", "report", "reports") and _TOLL.match(rest):
        return True
    if word.lower() in WORDS["unreported"] or word in USE["participle"] or _LIVES.match(rest):
        return False
    if _CLAUSED.match(rest):
        return True
    claim = not verb.startswith(("claim", "maintain")) or _FINITE.search(rest)
    return bool(verb in USE["plain"] and claim and not re.search("(?:ing|ed)$", word))


def _led(masked: str, span: Span) -> bool:
    """Tell whether a stretch is nothing but an adverbial that leads what stands behind the verb."""
    start, end = span
    first, clause = masked[start:end].split()[0].lower(), masked.count(" ", start, end) > 12
    if re.match("(?:That|This) (?:is|was|will|would|has)", masked[start:end]):
        return False
    if first not in WORDS["leads"] | WORDS["turns"] | {"earlier", "later", "speaking"} or ", " in masked[start:end]:
        return False
    return not ((clause or first in WORDS["leads"]) and _FINITE.search(masked, start, end))


def _tidy(masked: str, start: int, end: int, least: int = 3) -> Span | None:
    """Trim a report of stops, conjunctions and afterthoughts; None for too few words of the outlet's own."""
    start = _EDGE.match(masked, start, end).end()  # type: ignore[union-attr]  # it matches nothing at worst
    end = start + len(_END.sub("", masked[start : min(end, start + _LONGEST + 1)]))
    late = _LATE.search(masked, start + 10, end)
    end = start + len(_END.sub("", masked[start : late.start()])) if late else end
    end -= masked[end - 1] == ")" and "(" not in masked[start:end]
    own = re.sub("“[^”]*”?", " ", masked[start:end])
    least = 1 if own != masked[start:end] and _FINITE.search(own) else least
    return (start, end) if len(re.findall(r"\w+", own)) >= least and end - start < _LONGEST else None
