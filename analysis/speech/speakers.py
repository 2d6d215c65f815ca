"""Who is who in one article: names, roles and pronouns carried back to the person they stand for."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import dropwhile

from analysis import codebooks
from analysis.codebooks import any_of
from analysis.speech.sentences import Span

Mention = tuple[int, str, bool]  # where, who, whether as the subject of a sentence


BOOK = codebooks.read("reporting-verbs")
WORDS = {name: frozenset(words) for name, words in (BOOK["words"] | BOOK["people"]).items()}
SAYING = frozenset(verb for verbs in BOOK["stance"].values() for verb in verbs)
PRONOUNS: dict[str, str] = BOOK["people"]["pronouns"]
GROUP = rf"\b(?:{any_of(WORDS['roles'])}s?|{any_of(WORDS['groups'])}|[a-z]+(?:m[ae]n|ists?))\b"
_CAPITAL = r"(?:(?:[A-Z]\.){2,}|(?:(?:al|el|ad|as|ar|an|abu|bin|ibn|de|van|von)[-‐ ])?[A-Z][\w‐-]*(?:[’'][A-Z]\w+)?)"
NAME = (
    rf"(?:\b{any_of(WORDS['titles'])}\b\.? ?)*\b{_CAPITAL}(?: (?:(?:van|de|von|der|bin|ibn) )?(?:[A-Z]\. )?{_CAPITAL})*"
)
_NAME = re.compile(NAME)
_LINK = any_of([*BOOK["words"]["leads"], "to", "and"])
_APART = any_of([*BOOK["words"]["leads"], "to", "and", "a", "an", "the", "his", "her", "its", "who", "that", "which"])
_ROLE = re.compile(
    r"\b(?:an?|the|one|another|his|her|its|their) "
    rf"(?:(?!{_APART}\b)[\w’'-]+ ){{0,4}}?{any_of(WORDS['roles'])}\b(?!(?-i: [A-Z]))"
    rf"|\bthe (?:(?!{_APART}\b)[\w’'-]+ ){{0,3}}?{any_of(WORDS['bodies'])}\b",
    re.I,
)
_BODY = re.compile(rf"[Tt]he (?:[\w’'-]+ ){{0,4}}?(?i:{any_of(WORDS['bodies'])})$")
_NAMED_BEHIND = re.compile(rf"(?: (?:of|for|from|at|in|with|to|on)\b[^,.;“]{{0,60}}?)?, ({NAME})(?:,| who\b)")
_SAYS = rf"(?! {any_of(SAYING)}\b)"
_SAYING = re.compile(_SAYS)
_TRADE = rf"\b(?:{any_of(WORDS['roles'])}s?|[a-z]+(?:m[ae]n|ist))\b"
_DESCRIBED = re.compile(
    rf", (?:who\b|\d\d,|(?:one of )?(?!(?:its|his|her)\b)(?:(?!{_LINK}\b)[\w’'-]+ ){{0,5}}?{_TRADE}{_SAYS})"
)
_ACTING = re.compile(r" (?:\w+ed|is|was|has|had|\w+s)\b|, (?:an?|the|who|in|at|speaking|\d\d)\b")
_POWER = re.compile(rf"\b{any_of(WORDS['powers'])}(?= (?:\w+ed|is|was|has|had|have|says|said|will|would)\b)")
_LONG = re.compile(rf"\b(?!The ){_CAPITAL}(?: (?:(?:(?:of|for|in|on)(?: the)?|and) )?{_CAPITAL})+")
_ANY_GROUP = re.compile(rf"(?:.* )?{any_of(WORDS['monitors'])}(?: (?:[a-z]+ing|in|based|which|that)\b.*)?$", re.I)
_OFFICE = re.compile(rf"\b{any_of(WORDS['roles'])} of (?:the )?$", re.I)  # of State Ada Vale
_QUESTION = re.compile(r"(?<=Will)[^.?!\n]*\?")
_LED = re.compile(r"\b(?:of|for|in|at|from|with|on|to)(?: the)? $")
_LAST = frozenset({"Jr", "Sr", "II", "III"})
_ONE, _FILLING = ("a", "an", "one", "another"), frozenset({"the", "a", "an", "of", "for", "and", "one", "another"})


@dataclass
class Person:
    """Somebody who may speak: what is known of them so far."""

    name: str  # the fullest form, as the article first gives it
    words: set[str] = field(default_factory=set)  # what describes them, in lower case
    gender: str = ""  # m, f, p (several), o (no person) or empty


def _words(phrase: str) -> set[str]:
    """Return the words of a phrase that tell persons apart."""
    return set(re.findall(r"[\w-]+", phrase.lower())) - _FILLING


def _bare(name: str, before: str = "") -> str:
    """Return a run of capitalised words without those that begin a sentence or end the office named `before`."""
    words = name.split()
    if _OFFICE.search(before):
        given = [n for n, word in enumerate(words[:-1]) if word in WORDS["men"] | WORDS["women"]]
        words = words[(given or [int(words[0] == "State" and len(words) > 2)])[0] :]
    if not name.isupper():  # "HERE IS MORE Vale"
        words = words[next((n for n, word in enumerate(words) if len(word) < 5 or not word.isupper()), 0) :]
    idle = WORDS["begins"] | WORDS["adverbial"] | WORDS["calendar"] | WORDS["before_names"]
    words = list(dropwhile(lambda word: word.lower() in idle or word.endswith("-old"), words))
    return " ".join(words[1:] if len(words) == len(_core(words)) > 2 and words[0] in WORDS["powers"] else words)


def _core(words: list[str]) -> list[str]:
    """Return the words of a name behind titles and offices, without "Jr."."""
    words = [word.strip(".") if len(word) > 2 else word for word in words]
    words = words[:-1] if len(words) > 1 and words[-1] in _LAST else words
    office = [n + 1 for n, word in enumerate(words[:-1]) if word in WORDS["titles"] or word.lower() in WORDS["roles"]]
    first = [n for n, word in enumerate(words[:-1]) if word in WORDS["men"] | WORDS["women"]]
    return words[(office or first[:1] or [0])[-1] :]


def _last(name: str) -> str:
    """Return the word by which a name is taken up again."""
    return re.sub("^(?:[Aa]l|[Ee]l)-|[’']s?$", "", (_core(name.split()) or [""])[-1])


class Cast:
    """The people of one article in order of appearance.

    `masked` is the text with what is quoted blanked out, lengths kept: names within quotations introduce nobody.

    Examples
    --------
    >>> text = "Ada Vale, a nurse, came home. She rested."
    >>> cast = Cast(text, text)
    >>> cast.find((30, 33))
    'Ada Vale'
    """

    def __init__(self, text: str, masked: str) -> None:
        self.text, self.masked = text, masked
        self.full: dict[str, list[str]] = {}  # the full names that end in a word, the last that was mentioned in front
        self.people: list[Mention] = []
        self.spoken: list[Mention] = []
        self._names: set[str] = set()
        self.known: dict[str, Person] = {}
        self._last = (-1, "", False)  # where the last mention ends, who it is, whether by name
        names = [(m.start(), m[0], name) for m in _NAME.finditer(masked) if (name := self._bare_at(m))]
        alone = {word for _, raw, name in names for word in (raw, name if raw.endswith(f"-old {name}") else raw)}
        for at, raw, name in names:
            if " " in name and self._is_person(at, raw, name, _last(name) in alone):
                self._fullest(name)
        for names_alike in self.full.values():
            names_alike.reverse()
        roles = [(m.start(), m[0], "") for m in _ROLE.finditer(masked)]
        powers = [(m.start(), m[0], "") for m in _POWER.finditer(masked)]
        self.bodies = [(m.start(), m[0]) for m in _LONG.finditer(masked) if WORDS["watching"] & _words(m[0])]
        self.short: dict[str, str] = {}  # "UN" stands for the United Nations where an article names them
        for m in _LONG.finditer(masked):
            self.short.setdefault("".join(re.findall(r"\b[A-Z]", m[0])), m[0])
        for at, raw, name in sorted(names + roles + powers):
            self._introduce(at, raw, name)

    @staticmethod
    def _bare_at(match: re.Match[str]) -> str:
        """Return the name found at a place of the text, without "Will" where that asks: Will Vale win?"""
        text, at = match.string, match.start()
        name = _bare(match[0], text[max(0, at - 60) : at])
        asks = name.startswith("Will ") and _QUESTION.match(text, at + 4, at + 300)
        return name.removeprefix("Will ") if asks else name

    def _is_person(self, at: int, raw: str, name: str, known: bool) -> bool:
        """Tell whether capitalised words name a person: by a title, a description behind them, or the surname alone."""
        words = _core(name.split())
        if not WORDS["places"].isdisjoint(words) or ("-" in name and name.isupper()):
            return False
        titled = len(words) < len(name.split()) or (len(words) > 1 and bool(self._first(name)))
        end = at + len(raw)
        return known or titled or bool(_DESCRIBED.match(self.masked, end, end + 90))

    def _introduce(self, at: int, raw: str, name: str) -> None:
        """Note who is mentioned at one place, and what is said of them."""
        end = at + len(raw)
        before, after = self.masked[max(0, at - 30) : at].rstrip(), self.masked[end : end + 120]
        behind = re.split(r"[.;“]", after)[0]
        beside = self.masked[self._last[0] : at] == ", " and self._last[2] != bool(name) and _SAYING.match(after)
        described = self._last[1] if beside else ""  # "Ada Vale, a nurse" and "the nurse, Ada Vale"
        first = raw.split()[0].lower()
        if name:
            if _last(name) not in self.full and not described and not self._is_person(at, raw, name, False):
                return
            key = self._fullest(name)
            words = _words(raw + " ".join(behind.split(",")[:2]) if behind[:1] == "," else raw)
            words |= self.known[described].words if described else set()
        else:
            named = None if raw in WORDS["powers"] else _NAMED_BEHIND.match(after)
            key = self._fullest(named[1]) if named else described or self._by_role(at, raw)
            words = _words(raw + behind.split(",")[0]) if key not in self.known else _words(raw)
        person = self.known.setdefault(key, Person(key))
        person.words |= words
        own = re.search(r"\b(?:(he|his)|she|her)\b", behind)
        person.gender = person.gender or self._gender(person) or ("" if not own else "m" if own[1] else "f")
        self._last = (end, key, bool(name))
        led = before.split()[-1:] and before.split()[-1].lower() in WORDS["cases"]
        opens = not before or before[-1] in ".?!:\n"
        self.people.append((at, key, first not in ("his", "her") and (opens or bool(_ACTING.match(after) and not led))))

    def _fullest(self, name: str) -> str:
        """Return the fullest form of a name, which is this one if it is the first."""
        names, core = self.full.setdefault(_last(name), []), set(_core(name.split()))
        core = core - WORDS["powers"] if names else core
        fits = [known for known in names if core <= set(known.split()) or set(_core(known.split())) <= core] or [name]
        if fits[0] in names:
            names.remove(fits[0])
        if not self.people and len(core) > len(_core(fits[0].split())):
            fits = [name]
        names.insert(0, fits[0])
        self._names.add(fits[0])
        return fits[0]

    def _by_role(self, at: int, raw: str) -> str:
        """Return who is mentioned by a role or as a body: somebody known, or somebody new."""
        first = raw.split()[0].lower()
        if raw in WORDS["powers"]:
            return self.known.setdefault(raw, Person(raw, gender="o")).name
        plain = raw[0].lower() + raw[1:]
        if _BODY.match(raw):
            self.known.setdefault(plain, Person(plain, gender="o"))
        elif first in ("his", "her"):
            return f"{(self.recent(at) or first).split()[-1]}’s {raw.split(None, 1)[1]}"
        elif first == "the" and (key := self._role(raw, at, first)):
            return key
        return plain

    @staticmethod
    def _first(name: str) -> str:
        """Return the gender that a first name gives away."""
        first = (_core(name.split()) or [""])[0]
        return "f" if first in WORDS["women"] else "m" if first in WORDS["men"] else ""

    def _gender(self, person: Person) -> str:
        """Return the gender that a description or a first name gives away."""
        told = "f" if person.words & WORDS["female"] else "m" if person.words & WORDS["male"] else ""
        return told or (self._first(person.name) if person.name in self._names else "")

    def recent(self, at: int, gender: str = "") -> str | None:
        """Return who was mentioned last before a place; a subject counts as nearer than it stands."""
        best: tuple[int, str] | None = None
        for mentions in (self.people, self.spoken):
            here = bisect_left(mentions, (at,))
            for place, key, subject in mentions[max(0, here - 30) : here]:
                kind = self.known[key].gender
                if kind == gender or (gender != "o" and kind != "o" and "" in (kind, gender)):
                    best = max(best or (-1000, ""), (place + 200 * subject - 400 * ("’s " in key), key))
        if best and gender:
            self.known[best[1]].gender = gender
        return best[1] if best else None

    def speaking(self, at: int) -> str | None:
        """Return who spoke last in the same paragraph or the one before, else who was mentioned last."""
        head = max(self.masked.rfind("\n\n", max(0, at - 1000), at), 0)
        head = max(self.masked.rfind("\n\n", max(0, head - 1000), head), at - 1500)
        here = bisect_left(self.spoken, (at,))
        near = [key for place, key, _ in self.spoken[max(0, here - 1) : here] if place > head]
        return near[0] if near else self.recent(at)

    def leading(self, at: int) -> str | None:
        """Return the subject of the sentence that leads to a quotation with a colon."""
        before = self.masked[max(0, at - 400) : at].rstrip()
        if not before.endswith(":"):
            return None
        head = max(before.rfind(sign) for sign in (". ", "\n", "” "))
        return self.within(max(0, at - 400) + head + 1, at)

    def within(self, start: int, end: int) -> str | None:
        """Return the first person who is the subject of a stretch of text."""
        here = self.people[bisect_left(self.people, (start,)) : bisect_left(self.people, (end,))][:8]
        return next((key for _, key, subject in here if subject and self.known[key].gender != "o"), None)

    def find(self, span: Span) -> str | None:
        """Return the fullest name of whom a subject means, and remember that they spoke."""
        start, end = span
        words = self.text[start:end].strip(" ,").split()
        phrase = " ".join(words[1:] if words and words[0].lower() in WORDS["calendar"] else words)
        phrase = re.split(" (?:who|that|which|whose) ", phrase)[0]
        first = phrase.split()[0].lower() if phrase else ""
        first = {"her": "she", "him": "he", "them": "they"}.get(phrase, first)
        if phrase.lower() == "the statement" and self.spoken:
            key: str | None = self.spoken[-1][1]
        elif not first or first in PRONOUNS or first in ("it", "who", "which"):
            key = self.recent(start, "o" if first == "it" else PRONOUNS.get(first, ""))
        else:
            plain = re.sub(r"^[Tt]he (?:(?=[A-Z])|[a-z]+ (?=[A-Z][\w-]*$))", "", phrase)
            small = first in WORDS["begins"] or self._opens(phrase, start)
            plain = plain[0].lower() + plain[1:] if plain == phrase and small else plain
            described = first == "one" or _words(phrase) & WORDS["roles"]
            apposed = re.match(rf", ({NAME}),", self.masked[end : end + 80]) if described else None
            behind = self._fullest(apposed[1]) if apposed and _last(apposed[1]) in self.full else None
            key = self._named(phrase, first) or behind or self._body(plain, start, first)
            key = key or self._role(phrase, start, first) or self._possessed(plain, start, first)
        if key is None:
            return None
        person = self.known.setdefault(key, Person(key, _words(phrase)))
        head = re.split(" (?:of|for|in|at|from|with|who) ", phrase)[0]
        person.words |= _words(head) & WORDS["roles"]
        person.gender = person.gender or self._gender(person) or self._kind(person, head, first)
        self.spoken.append((max(start, self.spoken[-1][0] if self.spoken else 0), key, True))
        return key

    def _opens(self, phrase: str, start: int) -> bool:
        """Tell whether a subject owes its capital to the beginning of a sentence: Workers, Polling officers."""
        first, before = phrase.split()[0], self.text[max(0, start - 2) : start].rstrip(" ")
        if not first[0].isupper() or re.search(r" [A-Z]", phrase) or (before and before[-1] not in '.?!:\n”"'):
            return False
        word = first.lower()
        if " " in phrase:
            return re.search(rf"\b{re.escape(word)}\b", self.text) is not None
        return first not in self.full and (word in WORDS["groups"] or word[:-1] in WORDS["roles"])

    def _body(self, plain: str, start: int, first: str) -> str | None:
        """Return the full name of a body: of its abbreviation, of a word of it, or of "the group", "a monitor"."""
        if plain.replace(".", "") in self.short:
            return self.short[plain.replace(".", "")]
        if not self.bodies or not _ANY_GROUP.match(plain) or (first in _ONE and start > 400):
            return None
        here = bisect_left(self.bodies, (start,))
        if plain == "the group" and self.spoken and here and self.spoken[-1][0] > self.bodies[here - 1][0]:
            return self.spoken[-1][1] if self.known[self.spoken[-1][1]].gender == "o" else None
        near = self.bodies[max(0, here - 20) : here][::-1] + self.bodies[here : here + 3]
        told = plain.islower() or "ased" in plain
        return next((name for _, name in near if told or set(plain.split()) & set(name.split())), None)

    def _possessed(self, plain: str, start: int, first: str) -> str:
        """Return "Vale’s mother" for "her mother"."""
        owner = self.recent(start, "m" if first == "his" else "f") if first in ("his", "her") else None
        return f"{owner.split()[-1]}’s {plain.split(None, 1)[-1]}" if owner else plain

    def _kind(self, person: Person, head: str, first: str) -> str:
        """Tell several persons (p) and what is no person (o) from a person (empty)."""
        if head.split()[-1].lower() in WORDS["texts"] | WORDS["bodies"]:
            return "o"
        if person.name in self._names or first in _ONE or person.words & WORDS["roles"]:
            return ""
        if re.search("(?:[^s]s|people|men|police)$", head):
            return "p"
        return "" if " " not in person.name and person.name not in WORDS["powers"] else "o"

    def _named(self, phrase: str, first: str) -> str | None:
        """Return the full name in a subject that holds the name of a person."""
        found = [] if first in _ONE else [*_NAME.finditer(phrase)]
        names = [(m[0], m.start()) for m in found if phrase[m.end() : m.end() + 2] not in ("’s", "'s")]
        for raw, at in reversed(names):
            name = _bare(raw, phrase[:at])
            titled = " " in name and phrase.endswith(raw) and not WORDS["roles"].isdisjoint(_words(phrase))
            titled = titled and not _LED.search(phrase[:at])  # the mayor of Upper Vale
            if name and (_last(name) in self.full or (titled and WORDS["places"].isdisjoint(_core(name.split())))):
                return self._fullest(name)
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
        near_by = self.recent(start) if len(words) == 1 and first == "the" else None
        free = near_by in self._names and WORDS["roles"].isdisjoint(self.known[near_by].words)
        return near_by if free else None  # not "officials", nor a nurse, for "the mayor"
