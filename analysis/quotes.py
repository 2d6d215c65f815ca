"""Who gets to speak: direct, indirect and partial quotations with their speakers, found by rules alone."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

from analysis import codebooks
from analysis.sentences import Span, paragraphs, sentences

QUOTATIONS = ["article_id", "start", "end", "kind", "speaker", "verb", "stance", "via"]
_REACH = 400  # characters to either side of a verb in which its subject and its report are looked for


class Quote(NamedTuple):
    """One quotation of one article."""

    start: int
    end: int
    kind: str
    speaker: str | None = None
    verb: str | None = None
    stance: str = "neutral"
    via: str | None = None


class Cue(NamedTuple):
    """A reporting verb with its subject, and what it reports outside quotation marks."""

    start: int
    end: int
    subject: Span
    verb: str
    via: str | None
    left: Span | None
    right: Span | None


def _any(words: Iterable[str]) -> str:
    """Return the pattern of any of these words, longest first."""
    return "(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + ")"


_BOOK = codebooks.read("reporting-verbs")
_STANCE = {verb: stance for stance, verbs in _BOOK["stance"].items() for verb in verbs}
_USE = {name: frozenset(verbs) for name, verbs in _BOOK["use"].items()}
_WORDS = {name: frozenset(words) for name, words in (_BOOK["words"] | _BOOK["people"]).items()}
_PLACES, _PRONOUNS = frozenset(_BOOK["people"]["places"]), _BOOK["people"]["pronouns"]
_DAY = r"(?:(?:on |late |early |last )*(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|yesterday|today)(?: (?:morning|afternoon|evening|night))?"
_VERB = re.compile(rf"\b{_any([*_STANCE, *_USE['participle']])}\b(?!-)", re.I)
_CAP = r"(?:(?:al|el|ad|as|ar|an|abu|bin|ibn)[-‐ ])?[A-Z][\w‐-]*(?:[’'][A-Z]\w+)?"
_TITLE = rf"(?:\b{_any(_BOOK['people']['titles'])}\b\.? ?)*"
_NAME = re.compile(rf"{_TITLE}\b{_CAP}(?: (?:(?:van|de|von|der|bin|ibn) )?(?:[A-Z]\. )?{_CAP})*")
_ROLE = re.compile(rf"\b(?:an?|the|one|another|his|her) (?:[\w’'.-]+ ){{0,4}}?{_any(_BOOK['people']['roles'])}\b", re.I)
_GROUP = rf"\b(?:{_any(_BOOK['people']['roles'])}s?|{_any(_BOOK['people']['groups'])})\b"
_PEOPLE = re.compile(rf"(?:[\w’'-]+ ){{0,3}}{_GROUP}")
_UNSAID = re.compile(r"(?:\b(?:not|never|nor|to|be|been|being|is|are|was|were|will|can|could|may|might|must|should)|n[’']t)(?: \w+ly)?\s*$")
_UNSPOKEN = re.compile(r"\s(?:by|from|for|up|out|off)\b")
_ADVERB = re.compile(r"(?:[\s,]+(?:also|then|later|once|now|had|has|have|himself|herself|only|simply|too|would|again|earlier|further|since|yet|already|just|first|still|even|\w+ly|" + _DAY + r"),?)+\s*$")
_TURN = re.compile(r"(?:^|\s)(?:that|while|as|because|where|when|which|who|whom|but|since|although|though|if|whether|and|yet|so|then)\s+")
_MEDIUM = rf"(?:{_any(_BOOK['via']['agencies'])}|(?:[\w’'-]+ ){{0,3}}{_any(_BOOK['via']['media'])})"
_VIA = re.compile(rf"(?:^\s*(?:in |to |on |by )?|\b(?:in|on|to|with|through|via) )((?:an? |the |its |his |her )?{_MEDIUM})\b")
_LISTENER = rf"(?:reporters|journalists|lawmakers|him|her|them|us|me|(?:the |a |an )?{_MEDIUM})"
_SAID_TO = re.compile(rf"(?:\s+(?:also|too|simply|only|again|{_DAY}|{_LISTENER}))*")
_CLAUSE = r"(?:that\b|(?=(?:whether|why|how) ))\s*"
_THAT = re.compile(rf"\s*(?:(?:(?:on|in|at|to|by|over|during|after|before|from|with|only|also|again|,)\b|{_DAY})[^“”;:]{{0,60}}?\s)?{_CLAUSE}")
_TOLD_THAT = re.compile(rf"\s*(?!to\b)(?:[^“”;:]{{0,60}}?\s)?{_CLAUSE}")
_AFTERTHOUGHT = re.compile(r",\s(?:although|though|which|[^,“”]{0,40}?(?:days|weeks|months|years|hours) (?:after|before|since))\b")
_BREAK = rf"(?=\s*(?:[,.;:“”()—–]|$|(?:who|as|when|while|{_DAY})\b))"
_INVERTED = re.compile(
    rf"\s+(?:(?P<name>(?:[Tt]he )?{_NAME.pattern})(?={_BREAK}|\s(?:of|at|in|from|for|on|to|after)\b)|"
    rf"(?P<role>(?:(?:an?|the|one|another|his|her|he|she|they|some|several|two|{_NAME.pattern})\b|(?=(?:[\w-]+ ){{0,3}}{_GROUP}))[^,.;:“”()—–]{{1,80}}?){_BREAK})"
)
_MARK = re.compile("[\"“”„«»]")
_SINGLE = re.compile("['‘’]")
_OUT = re.compile(rf"[,.?!…—]\s+(?=(?:(?:he|she|they|[Tt]he(?: [\w-]+){{1,3}}|{_NAME.pattern}) )?{_any(_STANCE)}\b)")


def quotations(articles: pd.DataFrame) -> pd.DataFrame:
    """Find who is quoted, in which words, and how the outlet introduces them."""
    known = articles[articles["text"].notna()]
    rows = [
        (key, *quote)
        for key, text in zip(known["article_id"], known["text"], strict=True)
        for quote in _quotes(text)
    ]
    frame = pd.DataFrame(rows, columns=QUOTATIONS)
    return frame.astype({"start": "int64", "end": "int64"} | dict.fromkeys(QUOTATIONS[3:], "str"))


def _quotes(text: str) -> list[Quote]:
    """Return the quotations of one article in order."""
    blocks = list(paragraphs(text))
    marked = _marked(text, blocks)
    masked = _mask(text, marked)
    cast, at, found = _Cast(text, masked), 0, []
    for head, tail, _ in blocks:
        for a, b in sentences(masked[head:tail]):
            start, end = head + a, head + b
            mine = []
            while at < len(marked) and marked[at][0] < end:
                mine.append(marked[at])
                at += 1
            found += _sentence((start, end), mine, cast)
    return sorted(_carried(sorted(found, key=lambda quote: quote[:2]), cast), key=lambda quote: quote[:2])


def _marked(text: str, blocks: list[tuple[int, int, str]]) -> list[Span]:
    """Return what stands in quotation marks, whatever their shape, an absent mark supplied."""
    single = not _MARK.search(text) and re.search("[,.?!][’'](?!\\w)", text)
    shape, spans = (_SINGLE if single else _MARK), []
    for number, (start, end, _) in enumerate(blocks):
        following = text[blocks[number + 1][0]] if number + 1 < len(blocks) else ""
        runs_on = following != "" and following in "“\"„«‘"
        spans += _paired(text, (start, end), shape, runs_on)
    return spans


def _side(text: str, at: int, start: int, end: int) -> str:
    """Tell whether a quotation mark opens, closes, may do either, or is an apostrophe."""
    mark = text[at]
    before = at == start or text[at - 1].isspace() or text[at - 1] in "([—–-‘'"
    after = at + 1 >= end or not text[at + 1].isalnum()
    if mark in "‘’'":
        return "open" if before and not after else "close" if after and not before else ""
    if mark in "“„«":
        return "open" if before or not after else "close"
    return "close" if mark in "”»" else "either" if before == (at + 1 >= end or text[at + 1].isspace()) else "open" if before else "close"


def _paired(text: str, span: Span, shape: re.Pattern[str], runs_on: bool) -> Iterator[Span]:
    """Pair the quotation marks of one paragraph; one that never closes quotes up to its reporting verb or the end."""
    start, end = span
    marks = [(m.start(), _side(text, m.start(), start, end)) for m in shape.finditer(text, start, end)]
    marks = [mark for mark in marks if mark[1]]
    opened, depth, last = None, 0, start
    for number, (at, side) in enumerate(marks):
        if side == "open" and opened is not None and [s for _, s in marks[number + 1 : number + 3]] == ["close"] * 2:
            depth += 1
        elif side == "open" or (side == "either" and opened is None):
            if opened is not None and (cut := _cut(text, opened, at)):
                yield opened, cut
            opened = at
        elif depth:
            depth -= 1
        elif opened is not None:
            yield opened, at + 1
            opened, last = None, at + 1
        elif shape is _MARK and text[at - 1] in ",.?!…" and (begin := _back(text, last, at)) < at - 1:
            yield begin, at + 1
            last = at + 1
    if opened is not None and shape is _MARK and (cut := _cut(text, opened, end, runs_on)):
        yield opened, cut


def _cut(text: str, opened: int, end: int, runs_on: bool = False) -> int:
    """Return where quoted words end that nothing closes: before their reporting verb, or with the paragraph."""
    if out := _OUT.search(text, opened + 1, min(end, opened + 1500)):
        return out.start() + 1
    tail = text[opened:end].rstrip()
    return opened + len(tail) if runs_on or len(tail) < 600 else 0


def _back(text: str, last: int, at: int) -> int:
    """Return where quoted words begin that nothing opens: with their sentence."""
    low = max(last, at - 500)
    begin = sentences(text[low:at])[-1][0] if text[low:at].strip() else at - low
    return low + begin


def _mask(text: str, marked: list[Span]) -> str:
    """Blank quoted words out, lengths kept, so that no verb or stop is found inside a quotation."""
    pieces, at = [], 0
    for start, end in marked:
        stop = next((c for c in reversed(text[max(start, end - 3) : end]) if c in ".?!…"), "")
        pieces += [text[at:start], "“", ("Q" * (end - start - 2 - len(stop)) + stop + "”")[: end - start - 1]]
        at = end
    return "".join([*pieces, text[at:]])


@dataclass
class _Person:
    """Somebody who may be quoted: the fullest name, the words that describe them, gender (m, f, p) where known."""

    name: str
    words: set[str] = field(default_factory=set)
    gender: str = ""


class _Cast:
    """The people of one article in order of appearance, so that "she" and "the officer" find their names."""

    def __init__(self, text: str, masked: str) -> None:
        """Find everybody who is introduced by name or by role."""
        self.text, self.masked, self.full = text, masked, {}
        self.people: list[tuple[int, str, bool]] = []
        self.spoken: list[tuple[int, str, bool]] = []
        self.known: dict[str, _Person] = {}
        names = [(m.start(), m[0]) for m in _NAME.finditer(masked)]
        alone = {name for _, name in names}
        for at, raw in names:
            name = _bare(raw)
            last = name.split()[-1] if name else ""
            if " " in name and not _PLACES & set(name.split()) and (last in alone or self._introduced(at + len(raw), raw)):
                self.full.setdefault(last, name)
        self.names = set(self.full.values())
        found = [(at, _bare(raw), raw) for at, raw in names if _bare(raw)] + [(m.start(), "", m[0]) for m in _ROLE.finditer(masked)]
        for at, name, raw in sorted(found):
            self._introduce(at, name, raw)

    def _introduced(self, end: int, name: str) -> bool:
        """Tell whether a name has a title before it or a description behind it."""
        after = re.match(r",? (\w+)", self.masked[end : end + 30])
        return "." in name or bool(after and self.masked[end] == "," and (after[1] in _WORDS["apposed"] or after[1].isdigit()))

    def _introduce(self, at: int, name: str, raw: str) -> None:
        """Note who is mentioned at one place."""
        before, after = self.masked[max(0, at - 30) : at].rstrip(), self.masked[at + len(raw) : at + len(raw) + 120]
        if name:
            last = name.split()[-1]
            if last not in self.full and not self._introduced(at + len(raw), raw):
                return
            key = self.full.setdefault(last, name)
            self.names.add(key)
            described = re.match(r", ((?:\w+ )?[^,.;“]*)", after)
            words = set(re.findall(r"[\w-]+", f"{raw} {described[1] if described else ''}".lower()))
        elif raw.split()[0].lower() in ("his", "her") and (owner := self.recent(at)):
            key, words = f"{owner.split()[-1]}’s {raw.split(None, 1)[1]}", set(raw.lower().split()[1:])
        elif raw.split()[0].lower() in ("a", "an", "one", "another"):
            key, words = raw[0].lower() + raw[1:], set(re.findall(r"[\w-]+", (raw + after.split(",")[0]).lower()))
        elif raw[:3].lower() == "the":
            key = self._role(raw, at, "the") or raw[0].lower() + raw[1:]
            words = set(re.findall(r"[\w-]+", (raw + after.split(",")[0]).lower())) if key not in self.known else set()
        else:
            return
        person = self.known.setdefault(key, _Person(key))
        person.words |= words - {"the", "a", "an", "of", "for", "and"}
        pronoun = re.search(r"\b(he|his|she|her)\b", re.split(r"[.;“]", after)[0])
        female, male = person.words & _WORDS["female"], person.words & _WORDS["male"]
        person.gender = person.gender or ("f" if female else "m" if male else "")
        person.gender = person.gender or ({"h": "m", "s": "f"}[pronoun[1][0]] if pronoun and pronoun[1] != "her" else "f" if pronoun else "")
        acting = re.match(r" (?:\w+ed|is|was|has|had|\w+s)\b|, (?:an?|the|who|\d+)\b", after)
        self.people.append((at, key, not before or before[-1] in ".?!”:\n" or bool(name and acting)))

    def recent(self, at: int, gender: str = "") -> str | None:
        """Return who was last the subject before a place, else who was last mentioned."""
        fits = lambda key: not gender or self.known[key].gender in ("", gender)  # noqa: E731
        best: tuple[bool, int, str] | None = None
        for mentions in (self.people, self.spoken):
            here = bisect_left(mentions, (at,))
            for place, key, subject in reversed(mentions[max(0, here - 30) : here]):
                if fits(key):
                    rank = (subject and at - place < 1500, place, key)
                    best = max(best, rank) if best else rank
        if best and gender:
            self.known[best[2]].gender = self.known[best[2]].gender or gender
        return best[2] if best else None

    def find(self, span: Span) -> str | None:
        """Return the fullest name of whom a subject names."""
        start, end = span
        phrase = self.text[start:end].strip(" ,")
        first = phrase.split()[0].lower() if phrase else ""
        if first in (*_PRONOUNS, "it", "who", "which"):
            key = self.recent(start, _PRONOUNS.get(first, ""))
        else:
            key = self._named(phrase, start) or self._role(phrase, start, first) or phrase
        if key:
            key = key if key[1:2].isupper() or key in self.names or key.split()[0].lower() not in _WORDS["begins"] else key[0].lower() + key[1:]
            person = self.known.setdefault(key, _Person(key, set(re.findall(r"[\w-]+", phrase.lower()))))
            head = re.split(r" (?:of|for|in|at|from|with|who) ", phrase)[0].lower()
            person.gender = person.gender or ("p" if re.search("(?:s|people|men)$", head) else "" if person.words & _WORDS["roles"] or key in self.names or (key.istitle() and " " not in key and key not in _PLACES) else "o")
            self.spoken.append((start, key, True))
        return key

    def _named(self, phrase: str, start: int) -> str | None:
        """Return the full name in a subject that holds the name of a person."""
        if phrase.split()[0].lower() in ("a", "an", "one", "another"):
            return None
        for raw in _NAME.findall(phrase):
            name = _bare(raw)
            if name and (last := re.sub("[’']s$", "", name.split()[-1])) in self.full:
                return self.full[last]
        return None

    def _role(self, phrase: str, start: int, first: str) -> str | None:
        """Return who was introduced by the role that a subject names."""
        words = set(re.findall(r"[\w-]+", phrase.lower())) - {"the", "a", "an", "of", "for", "and"}
        at = bisect_left(self.people, (start,))
        near = self.people[max(0, at - 60) : at] + self.spoken[-20:]
        if first in ("a", "an", "one", "another") or not words & _WORDS["roles"]:
            return None
        for wanted in (words, words & _WORDS["roles"]):
            if fits := [(place, key) for place, key, _ in near if wanted <= self.known[key].words]:
                return max(fits)[1]
        return self.recent(start) if len(words) == 1 and first == "the" else None


def _bare(name: str) -> str:
    """Return a run of capitalised words without those that merely begin a sentence."""
    words = name.split()
    while words and words[0].lower() in _WORDS["begins"] | _WORDS["adverbial"]:
        words = words[1:]
    return " ".join(words)


def _cues(masked: str, start: int, end: int) -> list[Cue]:
    """Return the reporting verbs of one sentence with their subjects and reports."""
    cues: list[Cue] = []
    stops = [m.start() for m in re.finditer(r"[;:](?=\s)", masked[start:end])]
    for a, b in zip([start, *(start + s + 1 for s in stops)], [*(start + s for s in stops), end], strict=True):
        for verb in _VERB.finditer(masked, a, b):
            if cue := _cue(masked, (a, b), verb, cues[-1] if cues else None):
                cues.append(cue)
    return [_shortened(masked, cue, following) for cue, following in zip(cues, [*cues[1:], None], strict=False)]


def _shortened(masked: str, cue: Cue, following: Cue | None) -> Cue:
    """End what a verb reports where the next verb begins."""
    if cue.right and following and cue.right[0] < following.start < cue.right[1]:
        stop = len(masked[cue.right[0] : following.start].rstrip()) + cue.right[0]
        if masked[stop - 1] == "," or re.search(r", (?:and|as|but|while)$", masked[max(0, stop - 8) : stop]):
            return cue._replace(right=_tidy(masked, cue.right[0], stop))
    return cue


def _cue(masked: str, span: Span, found: re.Match[str], last: Cue | None) -> Cue | None:
    """Parse one reporting verb: who, and what is reported before and behind it."""
    (a, b), verb = span, found[0].lower()
    low, high = max(a, found.start() - _REACH), min(b, found.end() + _REACH)
    left, right = masked[low : found.start()], masked[found.end() : high]
    if (_UNSAID.search(left) and verb != "as saying") or _UNSPOKEN.match(right):
        return None
    inverted = _INVERTED.match(right)
    joined = bool(last and last.start >= a and re.search(r"\b(?:and|but)\s*$", _ADVERB.sub("", left)))
    subject = None if joined or verb == "according to" or verb in _USE["participle"] else _subject(left, verb)
    begin, end, via = found.start(), found.end(), None
    if subject:
        begin, who = low + subject[0], (low + subject[0], low + subject[1])
    elif joined or verb in _USE["participle"]:
        if not (last and last.start >= a) and not (head := re.match(rf"\s*((?:[Tt]he )?[\w’'-]+(?: [\w’'-]+){{0,4}}?) (?:\w+ed|has|had|was|is|in|during)\b", masked[a:high])):
            return None
        who = last.subject if last and last.start >= a else (a + head.start(1), a + head.end(1))
    elif inverted and (verb == "according to" or left.strip()[-1:] in ("", ",", "”", "—", "–")):
        place = inverted.span(inverted.lastgroup)
        who, end = (end + place[0], end + place[1]), end + place[1]
        end += re.match(rf"(?:,? {_any(_WORDS['apposed'])}\b[^,;]*(?:,|$))?", masked[end:high]).end()
    else:
        return None
    end = end + (_SAID_TO.match(masked[end:high]).end() if subject or joined else 0)
    medium = _VIA.search(masked[found.end() : min(high, found.end() + 80)].split("“")[0])
    left_span = _tidy(masked, max(a, begin - 900), begin) if not (last and last.start >= a and last.right) else None
    left_span = _led(masked, left_span) if left_span else None
    if left_span and masked[left_span[1] : begin].strip()[:1] not in (",", "—", "–") and verb != "according to":
        left_span = None
    firm, right_span = _report(masked, (end, b), verb, bool(subject) or joined)
    loose = re.match(r"\s*([\w’'-]+)", masked[end : min(b, end + 40)])
    if subject and loose and loose[1].lower() not in _WORDS["unreported"]:
        left_span = None
    left_span, right_span = _larger(masked, None if firm else left_span, right_span)
    return Cue(begin, end, who, verb, medium[1].strip() if medium else None, left_span, right_span)


def _led(masked: str, span: Span) -> Span | None:
    """Leave out an adverbial that leads a report, and what is nothing else."""
    start, end = span
    if masked[start:end].split()[0].lower() not in _WORDS["adverbial"]:
        return span
    comma = masked.find(", ", start, end)
    return _tidy(masked, comma, end) if comma > 0 else None


def _larger(masked: str, left: Span | None, right: Span | None) -> tuple[Span | None, Span | None]:
    """Keep the larger of what stands before and behind an attribution in the middle."""
    if left and right:
        return (left, None) if left[1] - left[0] >= right[1] - right[0] else (None, right)
    return left, right


def _report(masked: str, span: Span, verb: str, ordered: bool) -> tuple[bool, Span | None]:
    """Return whether a report must begin behind its verb, and where it stands."""
    start, end = span
    rest = masked[start : min(end, start + _REACH)]
    first = re.match(r"\s*([\w’'-]+)", rest)
    if verb in _USE["marked"]:
        return False, None
    if that := (_TOLD_THAT if verb in _USE["addressed"] else _THAT).match(rest):
        return True, _tidy(masked, start + that.end(), end)
    if verb in _USE["promise"] and first and first[1] == "to":
        return True, _tidy(masked, start, end)
    spoken = verb in _USE["plain"] and (verb not in _USE["addressed"] or masked[start - 4 : start] != verb[-4:])
    if ordered and spoken and first and first[1].lower() not in _WORDS["unreported"]:
        return True, _tidy(masked, start, end)
    return False, _tidy(masked, start, end) if rest.lstrip()[:1] == "," or masked[start - 1] == "," else None


def _subject(left: str, verb: str) -> Span | None:
    """Return where the subject stands that directly precedes a verb, its appositions passed over."""
    if verb == "as saying":
        quoted = re.search(r"(?:quot|cit)\w+ ((?:the |an? )?[^,“”]+)$", left.rstrip())
        return quoted.span(1) if quoted else None
    if spare := _ADVERB.search(left):
        left = left[: spare.start()]
    pieces = [m.span() for m in re.finditer(r"[^,“”()—–]+", left)]
    pieces = [(s, e) for s, e in pieces if left[s:e].strip()]
    if not pieces:
        return None
    at = len(pieces) - 1
    if left.rstrip()[-1:] in (",", "—", "–", ")"):
        while at > 0 and _apposed(left[slice(*pieces[at])], left[slice(*pieces[at - 1])]):
            at -= 1
        if at == len(pieces) - 1:
            return None
    elif left.rstrip()[-1:] == "”":
        return None
    start, end = pieces[at]
    for turn in _TURN.finditer(left, start, end):
        start = turn.end() if turn.end() < end else start
    if later := re.match(r".*\b(?:later|earlier|ago) ", left[start:end]):
        start += later.end()
    words = left[start:end].split()
    if words and words[0].lower() in _WORDS["adverbial"]:
        inner = re.search(rf"(?<!\bof)(?<!\b[io]n)(?<!\b[ab][ty])(?<!\bto)(?<!\bfor)(?<!\bwith)(?<!\bfrom)(?<!\bafter)\s(?=(?:the|an?|he|she|they)\b[^,]*$|{_NAME.pattern}\s*$)", left[start:end])
        if not inner:
            return None
        start, words = start + inner.end(), left[start + inner.end() : end].split()
    nominal = words and (words[0].lower() in _WORDS["begins"] or words[0][0].isupper() or (len(words) <= 7 and _PEOPLE.match(left[start:end].strip())))
    if not nominal or len(words) > 14 or words[0].lower() in ("it", "this", "which", "who", "no", "nobody"):
        return None
    if len(words) == 1 and words[0].lower() not in _PRONOUNS and words[0].lower() in _WORDS["begins"] and verb.endswith("s"):
        return None
    lead = len(left[start:end]) - len(left[start:end].lstrip())
    return start + lead, start + len(left[start:end].rstrip())


def _apposed(piece: str, before: str) -> bool:
    """Tell whether a piece between commas describes the person named before it."""
    words = piece.split()
    named = words[0][0].isupper() and _PEOPLE.search(before) and len(before.split()) < 8
    return words[0].lower() in _WORDS["apposed"] or words[0].isdigit() or bool(named)


def _tidy(masked: str, start: int, end: int) -> Span | None:
    """Trim a report of stops and leading conjunctions; None for less than three words outside quotation marks."""
    piece = masked[start : min(end, start + 1000)]
    lead = re.match(r"[\s,.—–-]*(?:(?:But|And|Yet|So|Or|and|but)\s+)?", piece)
    start += lead.end() if lead else 0
    end = min(end, start + 1000)
    late = _AFTERTHOUGHT.search(masked, start + 10, min(end, start + 900))
    end = start + len(re.sub(r"[\s,.?!;:—–-]+$", "", masked[start : late.start() if late else end]))
    own = re.sub("“[^”]*”?", " ", masked[start:end])
    return (start, end) if len(re.findall(r"\w+", own)) >= 3 and end - start < 900 else None


def _sentence(span: Span, marked: list[Span], cast: _Cast) -> Iterator[Quote]:
    """Yield the quotations of one sentence."""
    cues = _cues(cast.masked, *span)
    found: list[tuple[Cue | None, Span, str]] = []
    used: set[tuple[int, str]] = set()
    for quote in marked:
        kind, cue, side = _attributed(span, quote, cues, cast)
        found.append((cue, quote, kind))
        if cue and kind == "direct":
            used |= {(cue.start, side), *([(cue.start, "left")] if side == "right" else [])}
            used |= {(cue.start, "right")} if side == "right" else set()
    for cue in cues:
        sides = {"left": cue.left, "right": cue.right}
        found += [(cue, place, "indirect") for side, place in sides.items() if place and (cue.start, side) not in used]
    needed = {cue.start for cue, _, _ in found if cue}
    names = {cue.start: cast.find(cue.subject) for cue in cues if cue.start in needed}
    for cue, place, kind in found:
        yield Quote(*place, kind, names[cue.start], cue.verb, _stance(cue.verb), cue.via) if cue else Quote(*place, kind)


def _stance(verb: str) -> str:
    """Return what a reporting verb says about the words it introduces."""
    base = {"saying": "said", "telling": "told"}.get(verb, re.sub("ing$", "ed", verb))
    return _STANCE.get(verb) or _STANCE.get(base) or _STANCE.get(base.replace("ingout", "")) or "neutral"


def _attributed(span: Span, quote: Span, cues: list[Cue], cast: _Cast) -> tuple[str, Cue | None, str]:
    """Return the kind of a marked quotation, its reporting verb and on which side of the verb it stands."""
    masked, inner = cast.masked, cast.text[quote[0] + 1 : quote[1]].strip("\"“”„«»‘’' ")
    words, closed = len(inner.split()), inner[-1:] in tuple(",.?!…") or masked[quote[1] : quote[1] + 1] in tuple(",.?!")
    place = bisect_left(cues, (quote[1] - 1,))
    cues = cues[max(0, place - 12) : place + 12]
    after = next((cue for cue in cues if cue.start >= quote[1] - 1), None)
    before = next((cue for cue in reversed(cues) if cue.end <= quote[0] + 1), None)
    if after and not masked[quote[1] : after.start].strip(" ,.—–-\n") and after.verb not in _USE["naming"]:
        return ("direct" if words > 1 or closed else "partial"), after, "right"
    gap = masked[before.end : quote[0]] if before else ""
    if before and before.verb in _USE["naming"]:
        return "partial", before, "left"
    if before and len(gap) < 90 and "”" not in gap and (gap.rstrip()[-1:] in (",", ":") or (not gap.strip() and words > 3)):
        return "direct", before, "left"
    if masked[max(0, quote[0] - 2) : quote[0]].strip() == ":" or quote[0] == span[0] and (closed or quote[1] >= span[1] - 1):
        return "direct", None, ""
    holding = [cue for cue in cues for place in (cue.left, cue.right) if place and place[0] <= quote[0] < place[1]]
    return "partial", (holding[:1] or [before] if before else holding[:1] or [after])[0], ""


def _carried(found: list[Quote], cast: _Cast) -> list[Quote]:
    """Give quotations without a verb of their own the speaker of those they continue."""
    direct = [n for n, quote in enumerate(found) if quote.kind == "direct"]
    chained = {b: a for a, b in zip(direct, direct[1:], strict=False) if not cast.text[found[a].end : found[b].start].strip(" \n,.")}
    for n in direct:
        if not found[n].verb and n in chained and found[chained[n]].speaker:
            found[n] = found[n]._replace(speaker=found[chained[n]].speaker, via=found[chained[n]].via)
    for n in reversed(direct):
        if n in chained and found[n].speaker and not found[chained[n]].speaker:
            found[chained[n]] = found[chained[n]]._replace(speaker=found[n].speaker, via=found[n].via)
    for n in direct:
        if not found[n].speaker and not found[n].verb:
            found[n] = found[n]._replace(speaker=cast.recent(found[n].start))
    return found
