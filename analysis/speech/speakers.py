"""Who is who in one article: names, roles and pronouns carried back to the person they stand for."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field

from analysis import codebooks

Mention = tuple[int, str, bool]  # where, who, whether as the subject of a sentence


def any_of(words: Iterable[str]) -> str:
    """Return the pattern of any of these words, longest first."""
    return f"(?:{'|'.join(sorted(map(re.escape, words), key=lambda word: (-len(word), word)))})"


BOOK = codebooks.read("reporting-verbs")
WORDS = {name: frozenset(words) for name, words in (BOOK["words"] | BOOK["people"]).items()}
PRONOUNS: dict[str, str] = BOOK["people"]["pronouns"]
GROUP = rf"\b(?:{any_of(WORDS['roles'])}s?|{any_of(WORDS['groups'])}|[a-z]+(?:wom[ae]n|m[ae]n|ists?|ologists?))\b"
_CAPITAL = r"(?:(?:[A-Z]\.){2,}|(?:(?:al|el|ad|as|ar|an|abu|bin|ibn|de|van|von)[-‐ ])?[A-Z][\w‐-]*(?:[’'][A-Z]\w+)?)"
NAME = (
    rf"(?:\b{any_of(WORDS['titles'])}\b\.? ?)*\b{_CAPITAL}(?: (?:(?:van|de|von|der|bin|ibn) )?(?:[A-Z]\. )?{_CAPITAL})*"
)
_NAME = re.compile(NAME)
_LINK = any_of([*BOOK["words"]["leads"], "to", "and"])
_ROLE = re.compile(
    r"\b(?:an?|the|one|another|his|her|its|their) "
    rf"(?:(?!{_LINK}\b)[\w’'-]+ ){{0,4}}?{any_of(WORDS['roles'])}\b(?!(?-i: [A-Z]))"
    rf"|\bthe (?:(?!{_LINK}\b)[\w’'-]+ ){{0,3}}?{any_of(WORDS['bodies'])}\b",
    re.I,
)
_BODY = re.compile(rf"[Tt]he (?:[\w’'-]+ ){{0,4}}?{any_of(WORDS['bodies'])}$")
_NAMED_BEHIND = re.compile(rf"(?: (?:of|for|from|at|in|with|to|on)\b[^,.;“]{{0,60}}?)?, ({NAME})(?:,| who\b)")
_SAYS = rf"(?! (?:{any_of(verb for verbs in BOOK['stance'].values() for verb in verbs)})\b)"
_SAYING = re.compile(_SAYS)
_TRADE = rf"\b(?:{any_of(WORDS['roles'])}s?|[a-z]+(?:wom[ae]n|m[ae]n|ist))\b"
_DESCRIBED = re.compile(
    rf", (?:who\b|\d\d,|(?:one of )?(?!(?:its|his|her)\b)(?:(?!{_LINK}\b)[\w’'-]+ ){{0,5}}?{_TRADE}{_SAYS})"
)
_RESUMED = re.compile(r"(?<=[a-z]) (?:\w+ed|\w+s)\b[^.“]{0,150}\.”? (?:He|She)\b")
_ADJECTIVE = re.compile(
    r"(?:major|general|rebel|volunteer|patient|chief) (?!\w+(?:ed|s)\b|(?:was|had|in|of|who|at|and|from)\b)[a-z]"
)
_ACTING = re.compile(r" (?:\w+ed|is|was|has|had|\w+s)\b|, (?:an?|the|who|\d\d)\b")
_ONE, _FILLING = ("a", "an", "one", "another"), frozenset({"the", "a", "an", "of", "for", "and", "one", "another"})


@dataclass
class Person:
    """Somebody who may speak: what is known of them so far.

    Attributes
    ----------
    name : str, the fullest form, as the article first gives it
    words : set of str, what describes them, in lower case
    gender : str, m, f, p (several), o (no person) or empty
    """

    name: str
    words: set[str] = field(default_factory=set)
    gender: str = ""


def _words(phrase: str) -> set[str]:
    """Return the words of a phrase that tell persons apart."""
    return set(re.findall(r"[\w-]+", phrase.lower())) - _FILLING


def _bare(name: str) -> str:
    """Return a run of capitalised words without those that merely begin a sentence."""
    words = name.split()
    idle = WORDS["begins"] | WORDS["adverbial"] | WORDS["calendar"]
    while words and words[0].lower() in idle:
        words = words[1:]
    return " ".join(words)


class Cast:
    """The people of one article in order of appearance.

    Parameters
    ----------
    text : str
    masked : str
        The text with what is quoted blanked out, lengths kept: names within quotations introduce nobody.

    Examples
    --------
    >>> text = "Ada Vale, a nurse, came home. She rested."
    >>> cast = Cast(text, text)
    >>> cast.find((30, 33))
    'Ada Vale'
    """

    def __init__(self, text: str, masked: str) -> None:
        self.text, self.masked = text, masked
        self.full: dict[str, str] = {}
        self.people: list[Mention] = []
        self.spoken: list[Mention] = []
        self.known: dict[str, Person] = {}
        self._last = (-1, "", False)  # where the last mention ends, who it is, whether by name
        names = [(m.start(), m[0], name) for m in _NAME.finditer(masked) if (name := _bare(m[0]))]
        self._doubtful = [(at, n) for at, _, n in names if " " in n and WORDS["places"].isdisjoint(n.split())]
        alone = {raw for _, raw, _ in names}
        for at, raw, name in names:
            last = name.split()[-1]
            if " " in name and self._is_person(at, raw, name, last in alone):
                self.full.setdefault(last, name)
        self._names = set(self.full.values())
        roles = [(m.start(), m[0], "") for m in _ROLE.finditer(masked)]
        for at, raw, name in sorted(names + roles):
            self._introduce(at, raw, name)

    def _is_person(self, at: int, raw: str, name: str, known: bool) -> bool:
        """Tell whether capitalised words name a person: by a title, a description behind them, or the surname alone."""
        words = [word.strip(".") for word in name.split()]
        if not WORDS["places"].isdisjoint(words):
            return False
        titled = any(word in WORDS["titles"] or word.lower() in WORDS["roles"] for word in words[:-1])
        end = at + len(raw)
        resumed = len(words) > 1 and _RESUMED.match(self.masked, end, end + 200)
        return known or titled or bool(resumed or _DESCRIBED.match(self.masked, end, end + 90))

    def _introduce(self, at: int, raw: str, name: str) -> None:
        """Note who is mentioned at one place, and what is said of them."""
        end = at + len(raw)
        before, after = self.masked[max(0, at - 30) : at].rstrip(), self.masked[end : end + 120]
        first, behind = raw.split()[0].lower(), re.split(r"[.;“]", after)[0]
        described = self._last[1] if self.masked[self._last[0] : at] == ", " and self._last[2] != bool(name) else ""
        described = described if _SAYING.match(after) else ""
        if not name and _ADJECTIVE.match(raw.split()[-1] + after):
            return
        apposed = None if name else _NAMED_BEHIND.match(after)
        if apposed:
            described = self.full.setdefault(apposed[1].split()[-1], apposed[1])
            self._names.add(described)
            self.known.setdefault(described, Person(described))
        if described and not name:
            key, words = described, _words(raw)
        elif not name and _BODY.match(raw):
            key, words = raw[0].lower() + raw[1:], set()
            self.known.setdefault(key, Person(key, gender="o"))
        elif name:
            last = name.split()[-1]
            if last not in self.full and not described and not self._is_person(at, raw, name, False):
                return
            key = self.full.setdefault(last, name)
            self._names.add(key)
            words = _words(raw + " ".join(behind.split(",")[:2]) if behind[:1] == "," else raw)
        elif first in ("his", "her"):
            key, words = f"{(self.recent(at) or first).split()[-1]}’s {raw.split(None, 1)[1]}", _words(raw)
        else:
            key = (self._role(raw, at, first) if first == "the" else None) or raw[0].lower() + raw[1:]
            words = _words(raw + behind.split(",")[0]) if key not in self.known else set()
        person = self.known.setdefault(key, Person(key))
        person.words |= words | (self.known[described].words if described else set())
        self._last = (end, key, bool(name))
        own = re.search(r"\b(?:(he|his)|she|her)\b", behind)
        person.gender = person.gender or self._gender(person.words) or ("" if not own else "m" if own[1] else "f")
        led = before.split()[-1:] and before.split()[-1].lower() in WORDS["cases"]
        subject = not before or before[-1] in ".?!”:\n" or bool(_ACTING.match(after) and not led)
        self.people.append((at, key, subject))

    @staticmethod
    def _gender(words: set[str]) -> str:
        """Return the gender that a description gives away."""
        return "f" if words & WORDS["female"] else "m" if words & WORDS["male"] else ""

    def recent(self, at: int, gender: str = "") -> str | None:
        """Return who was mentioned last before a place; a subject counts as nearer than it stands."""
        best: tuple[int, str] | None = None
        for mentions in (self.people, self.spoken):
            here = bisect_left(mentions, (at,))
            for place, key, subject in mentions[max(0, here - 30) : here]:
                kind = self.known[key].gender
                if kind == gender or (gender != "o" and kind != "o" and "" in (kind, gender)):
                    best = max(best or (-1, ""), (place + 300 * subject, key))
        if best and gender:
            self.known[best[1]].gender = gender
        return best[1] if best else self._perhaps(at) if gender in ("m", "f") else None

    def _perhaps(self, at: int) -> str | None:
        """Return the last name of two words before a place that may be a person's, though nothing says so."""
        here = bisect_left(self._doubtful, (at,))
        return self._doubtful[here - 1][1] if here else None

    def speaking(self, at: int) -> str | None:
        """Return who spoke last in the same paragraph, else who was mentioned last."""
        head = max(self.masked.rfind("\n\n", max(0, at - 1000), at), at - 1000)
        here = bisect_left(self.spoken, (at,))
        near = [key for place, key, _ in self.spoken[max(0, here - 1) : here] if place > head]
        return near[0] if near else self.recent(at)

    def find(self, span: tuple[int, int]) -> str | None:
        """Return the fullest name of whom a subject means, and remember that they spoke."""
        start, end = span
        words = self.text[start:end].strip(" ,").split()
        phrase = " ".join(words[1:] if words and words[0].lower() in WORDS["calendar"] else words)
        phrase = re.split(" (?:who|that|which|whose) ", phrase)[0]
        first = phrase.split()[0].lower() if phrase else ""
        if not first or first in PRONOUNS or first in ("it", "who", "which"):
            key = self.recent(start, "o" if first == "it" else PRONOUNS.get(first, ""))
        else:
            plain = re.sub("^[Tt]he (?=[A-Z])", "", phrase)
            plain = plain[0].lower() + plain[1:] if plain == phrase and first in WORDS["begins"] else plain
            apposed = (
                re.match(rf", ({NAME}),", self.masked[end : end + 80]) if _words(phrase) & WORDS["roles"] else None
            )
            behind = self.full.get(apposed[1].split()[-1]) if apposed else None
            key = self._named(phrase, first) or behind or self._role(phrase, start, first) or plain
        if key is None:
            return None
        person = self.known.setdefault(key, Person(key, _words(phrase)))
        head = re.split(" (?:of|for|in|at|from|with|who) ", phrase)[0]
        person.words |= _words(head) & WORDS["roles"]
        person.gender = person.gender or self._gender(person.words) or self._kind(person, head, first)
        self.spoken.append((max(start, self.spoken[-1][0] if self.spoken else 0), key, True))
        return key

    def _kind(self, person: Person, head: str, first: str) -> str:
        """Tell several persons (p) and what is no person (o) from a person (empty)."""
        if person.name in self._names or first in _ONE or person.words & WORDS["roles"]:
            return ""
        if re.search("(?:[^s]s|people|men|police)$", head):
            return "p"
        return "" if " " not in person.name and person.name not in WORDS["powers"] else "o"

    def _named(self, phrase: str, first: str) -> str | None:
        """Return the full name in a subject that holds the name of a person."""
        for raw in [] if first in _ONE else _NAME.findall(phrase):
            last = re.sub("[’']s$", "", (_bare(raw).split() or [""])[-1])
            titled = " " in _bare(raw) and phrase.endswith(raw) and not WORDS["roles"].isdisjoint(_words(phrase))
            if last in self.full or (titled and WORDS["places"].isdisjoint(raw.split())):
                self._names.add(self.full.setdefault(last, _bare(raw)))
                return self.full[last]
        return None

    def _role(self, phrase: str, start: int, first: str) -> str | None:
        """Return who was introduced by the role that a subject names."""
        words = _words(phrase)
        if first in _ONE or words.isdisjoint(WORDS["roles"]):
            return None
        here = bisect_left(self.people, (start,))
        near = self.people[max(0, here - 60) : here] + self.spoken[-20:]
        for wanted in (words, words & WORDS["roles"]):
            if fits := [(place, key) for place, key, _ in near if wanted <= self.known[key].words]:
                return max(fits)[1]
        return self.recent(start) if len(words) == 1 and first == "the" else None
