"""Who a verb is about: the noun phrases and clauses around a place in a sentence."""

from __future__ import annotations

import re
from itertools import pairwise

from analysis.codebooks import any_of
from analysis.speech.sentences import Span
from analysis.speech.speakers import BOOK, GROUP, SAYING, WORDS
from analysis.speech.tagging import Token

_APART = ("that", "which", "who", "while", "because", "although")
_LINKS = ("close", "loyal", "familiar", "based")  # "sources close to the army"
_SPEAKER = re.compile(
    rf"(?:{GROUP}|{any_of(WORDS['bodies'] | WORDS['texts'])}s?|"
    rf"{any_of(w for w in BOOK['via']['media'] if ' ' not in w)}s?)(?:['’]s?)?",
    re.I,
)
_MODIFIER = re.compile(rf"{any_of(WORDS['modifies'])}|[A-Z][\w.-]*(?:i|n|sh|ese|ch|ek|US|UN|U\.S\.|U\.N\.)")


def speaks(word: str) -> bool:
    """Tell whether a noun names somebody or something that can speak.

    Examples
    --------
    >>> speaks("nurse"), speaks("ministry"), speaks("bread")
    (True, True, False)
    """
    return bool(_SPEAKER.fullmatch(word))


def personal(words: list[Token], phrase: Span) -> bool:
    """Tell whether a phrase holds a name, a pronoun or a noun of who may speak."""
    return any(word.kind in "KP" or speaks(word.word) for word in words[slice(*phrase)])


def phrase_before(words: list[Token], end: int, *, relative: bool = False) -> Span | None:
    """Return the noun phrase that ends before a place and may be a subject: its first word and the one behind its last.

    Where a clause about it follows (`relative`: "the group which …") it may stand behind a preposition. None where
    nobody stands who may speak.

    Examples
    --------
    >>> from analysis.speech.tagging import tokens
    >>> text = "Nine people died in the town of Osby a source in the army said."
    >>> words = tokens(text, 0, len(text))
    >>> first, last = phrase_before(words, 13)
    >>> text[words[first].start : words[last - 1].end]
    'a source in the army'
    """
    if end and words[end - 1].kind == "P":
        return end - 1, end
    if end and words[end - 1].kind == ")":
        end = next((n for n in range(end - 2, max(-1, end - 30), -1) if words[n].kind == "("), 0)
    start = _chunk(words, end)
    if start is None:
        return None
    while start > 0:
        wider = _attached(words, start - 1) if words[start - 1].kind in "IV" else _joined(words, start - 1)
        if wider is None:
            break
        start = wider
    name = start
    while name and words[start].kind == "D" and words[name - 1].kind == "K":
        name -= 1
    if start - name > 1 and _opens(words, name):  # a paper without commas: "Ada Vale a nurse"
        start = name
    if words[start].word.lower() in ("no", "this"):
        return None
    free = relative or not (
        start
        and words[start - 1].kind == "I"
        and (start == 1 or words[start - 1].word not in ("after", "before", "since", "until"))
    )
    return (start, end) if free and _is_subject(words, start, end) else _tail(words, start, end)


def _chunk(words: list[Token], end: int) -> int | None:
    """Return where a noun phrase without prepositions begins that ends before a place."""
    at = end
    while at > max(0, end - 10):
        kind = words[at - 1].kind
        if kind == "D":
            at -= 1
            while at and words[at - 1].kind == "D":
                at -= 1
            break
        inner = at < end and (kind in "TY" and at > 1 and words[at - 2].kind == "D")  # "a December poll"
        if not (kind in "NK#" or inner or (kind == "V" and at < end and _describes(words, at - 1))):
            break
        at -= 1
    for n in range(end - 1, at, -1):  # without commas, a phrase may begin with a capital: "left the town Osby police"
        named = words[n].kind == "K" and words[n - 1].kind == "N" and not _leads_name(words[n - 1].word)
        placed = re.search("(?:ern|al)$|-", words[n - 1].word)  # "in rural Osby"
        if named and not placed and (words[at].kind != "D" or end - n > 1):
            return n
    return at if at < end else None


def _leads_name(word: str) -> bool:
    """Tell whether a word in lower case may stand before a name."""
    return speaks(word) or bool(_MODIFIER.fullmatch(word))


def _describes(words: list[Token], at: int) -> bool:
    """Tell a participle within a noun phrase ("a monitoring group") from one that is its verb."""
    while at > 0 and words[at].kind in "VNK#Y":
        at -= 1
        if words[at].kind == "D":
            return True
    return False


def _attached(words: list[Token], at: int) -> int | None:
    """Return where the noun phrase begins that a preposition adds to: "a source in the army"."""
    for _ in range(4):
        at -= words[at].kind == "V" and words[at].word.endswith("ing") and at > 1 and words[at - 1].kind == "I"
        if words[at].word.lower() not in WORDS["attached"] and not words[at].word.endswith("ing"):
            return None
        link = words[at - 1]
        reduced = link.word in _LINKS or (link.kind == "V" and (link.word.endswith("ing") or words[at].word == "by"))
        end = at - 1 if at > 1 and reduced else at
        start = _chunk(words, end)
        if start is None:
            return None
        head = words[end - 1]
        if speaks(head.word) or head.kind == "D" or (_opens(words, start) and words[start].kind in "DK" and end == at):
            return start
        at = start - 1
        if at < 1 or words[at].kind not in "IV":
            return None
    return None


def _joined(words: list[Token], at: int) -> int | None:
    """Return where two noun phrases joined by "and" begin, if a clause begins there."""
    if words[at].word not in ("and", "or"):
        return None
    start = _chunk(words, at)
    speaking = start is not None and words[start].kind == "D" and speaks(words[at - 1].word)
    return start if start is not None and (speaking or _opens(words, start)) else None


def _opens(words: list[Token], start: int) -> bool:
    """Tell whether a clause may begin at a place."""
    return start == 0 or words[start - 1].kind in 'CQTY,;:—–()-".'


def _is_subject(words: list[Token], start: int, end: int) -> bool:
    """Tell whether a run of words is a noun phrase of somebody who may speak."""
    first = words[start]
    head = words[next((n for n in range(start + 1, end) if words[n].kind in "IVC" or words[n].word in _LINKS), end) - 1]
    if first.kind == "D":
        return head.kind != "V" and (end - start > 1 or first.word.lower() in WORDS["alone"])
    named = any(word.kind == "K" for word in words[start:end])
    return head.kind == "K" or speaks(head.word) or (_opens(words, start) and (named or head.word.endswith("s")))


def _tail(words: list[Token], start: int, end: int) -> Span | None:
    """Return the end of a run of nouns that is a group by itself: "in Osby province local officials"."""
    at = end
    while at > start and words[at - 1].kind == "K":
        at -= 1
    at -= 1
    several = at < end - 1 or words[at].word.endswith("s") or words[at].word.lower() in WORDS["groups"]
    if at < start or words[at].kind != "N" or not speaks(words[at].word) or not several:
        return None
    while at > start and (_MODIFIER.fullmatch(words[at - 1].word) or words[at - 1].kind == "K"):
        at -= 1
    return at, end


def phrase_behind(words: list[Token], at: int) -> int:
    """Return where the noun phrase ends that begins at a place (the place itself if none does).

    Examples
    --------
    >>> from analysis.speech.tagging import tokens
    >>> phrase_behind(tokens("Said the head of a hospital.", 0, 28), 1)
    6
    """
    begin = at
    if at < len(words) and words[at].kind == "P":
        return at + 1 if words[at].word.lower() != "i" else at
    while at < len(words) and words[at].kind == "D":
        at += 1
    while at < len(words):
        word, behind = words[at], words[at + 1].kind if at + 1 < len(words) else ""
        first = at == begin or words[at - 1].kind == "D"
        participle = word.kind == "V" and at > begin and behind in (("N", "K", "V") if first else ("", ",", "."))
        if word.kind in "NK" or (word.kind in "#T" and first) or participle:
            at += 1
        elif (
            (not first or (at > begin and word.word == "of"))
            and (word.word in WORDS["attached"] or word.word == "and")
            and behind in ("D", "N", "K", "#")
        ):
            at += 2
            while at < len(words) and words[at].kind == "D":
                at += 1
        else:
            break
    return at if at > begin and words[at - 1].kind != "I" else begin


def subject(words: list[Token], end: int) -> Span | None:
    """Return the subject of a verb, whatever stands between the two passed over, as places among the words.

    Examples
    --------
    >>> from analysis.speech.tagging import tokens
    >>> subject(tokens("Ada Vale, a nurse, later said", 0, 29), 7)
    (0, 2)
    """
    while end and (words[end - 1].kind in "YT" or words[end - 1].word in WORDS["between"]):
        end -= 1
    if not end:
        return None
    last = words[end - 1]
    if last.word in ("who", "which", "that"):
        end -= 2 if end > 1 and words[end - 2].kind in ",T" else 1
        parted = end < len(words) and words[end].kind == ","
        phrase = _described(words, phrase_before(words, end, relative=not parted))
        return phrase if phrase and (last.word != "that" or speaks(words[phrase[1] - 1].word)) else None
    if last.kind in ",—–":
        return _aside(words, end - 1)
    phrase = _relative(words, end) or phrase_before(words, end)
    return None if phrase and words[phrase[0]].word.lower() in ("i", "we", "you") else phrase


def _relative(words: list[Token], end: int) -> Span | None:
    """Return the subject that is parted from its verb by a clause without commas: "the woman who sold bread said"."""
    finite = 0
    for at in range(end - 1, max(-1, end - 16), -1):
        relative = words[at].word in ("who", "which")
        if words[at].kind in ",Q—–();:" or (words[at].kind == "C" and not relative):
            return None
        if relative:
            return _described(words, phrase_before(words, at)) if finite < 2 and at < end - 2 else None
        led = words[at - 1].kind == "A" or words[at - 1].word == "to"
        if words[at].kind in "AV" and not led and not words[at].word.endswith("ing"):
            finite += 1 + (words[at].word in SAYING and words[at + 1].word not in ("not", "to", "for"))
    return None


def _aside(words: list[Token], close: int, *, relative: bool = False) -> Span | None:
    """Return the subject that an aside between commas or dashes parts from its verb."""
    for at in range(close - 1, max(0, close - 40), -1):
        if words[at].kind == "Q":
            return None
        if words[at].kind not in ",—–" or not _describing(words, at + 1):
            continue
        if phrase := phrase_before(words, at, relative=relative):
            return _described(words, phrase)
    return None


def _describing(words: list[Token], at: int) -> bool:
    """Tell whether words that begin at a place describe what stands before their comma."""
    word, lower = words[at], words[at].word.lower()
    named = word.kind == "K" and ((at > 1 and speaks(words[at - 2].word)) or re.match("[DRI]-", word.word))
    return bool(named) or word.kind in "DIV#T" or speaks(word.word) or lower in WORDS["apposed"]


def _described(words: list[Token], phrase: Span | None) -> Span | None:
    """Return the name that a phrase between commas describes: "Ada Vale, a nurse, and a mother of two, who …"."""
    while phrase and phrase[0] > 1:
        at = phrase[0] - (phrase[0] > 2 and words[phrase[0] - 1].word == "and" and words[phrase[0]].kind == "D")
        if words[at - 1].kind != "," or not _describing(words, phrase[0]):
            break
        wider = phrase_before(words, at - 1) if at == phrase[0] else _aside(words, at - 1, relative=True)
        if not wider:
            break
        phrase = wider
    return phrase


def nearest(words: list[Token], end: int) -> Span | None:
    """Return the noun phrase before a verb whose sentence is too tangled for `subject`: that which opens its clause,
    if it may speak, or else the nearest.

    Examples
    --------
    >>> from analysis.speech.tagging import tokens
    >>> nearest(tokens("Last week Ada Vale later said", 0, 29), 4)
    (1, 3)
    """
    while end and (words[end - 1].kind in "YT," or words[end - 1].word in WORDS["between"]):
        end -= 1
    start = _chunk(words, end)
    if start is None or not (words[end - 1].kind == "K" or speaks(words[end - 1].word) or words[start].kind == "D"):
        return None
    breaks = (n for n in range(start - 1, -1, -1) if words[n].kind in ",C;:" and words[n].word != "that")
    opening = next(breaks, -1) + 1
    last = phrase_behind(words, opening)
    speaking = opening < last < start and (words[last - 1].kind == "K" or speaks(words[last - 1].word))
    return (opening, last) if speaking else (start, end)


def main_subject(words: list[Token], at: int, low: int = 0) -> Span | None:
    """Return the subject of the clause in which a verb goes on, looking from the word `low` onwards.

    Examples
    --------
    >>> from analysis.speech.tagging import tokens
    >>> main_subject(tokens("The mayor came, saying", 0, 22), 4)
    (0, 2)
    """
    first = None
    for n in range(max(low, at - 60), at):
        finite = words[n].kind == "A" or (words[n].kind == "V" and words[n].word.endswith("ed"))
        if finite and (phrase := subject(words, n)) and phrase[0] >= low:
            if personal(words, phrase):
                return phrase
            first = first or phrase
    return first


def clause(words: list[Token], at: int) -> bool:
    """Tell whether a clause begins at a place: a subject, and a finite verb behind it.

    Examples
    --------
    >>> from analysis.speech.tagging import tokens
    >>> clause(tokens("Troops entered the town", 0, 23), 0), clause(tokens("on Monday", 0, 9), 0)
    (True, False)
    """
    if at >= len(words) or (words[at].kind not in "DNKP#Q" and words[at].tag not in ("JJ", "EX", "VBG", "RB")):
        return False
    near = range(at, min(len(words), at + 25))
    return finite(words, at + 1, next((n for n in near if words[n].kind in ";:" or words[n].word in _APART), near.stop))


def finite(words: list[Token], start: int, end: int) -> bool:
    """Tell whether a finite verb stands between two places; a quotation behind a noun may hold one.

    Examples
    --------
    >>> from analysis.speech.tagging import tokens
    >>> words = tokens("The nurses of the town left", 0, 27)
    >>> finite(words, 0, 5), finite(words, 0, 6)
    (False, True)
    """
    for before, word in pairwise(words[max(start, 1) - 1 : end]):
        behind_subject = before.kind in "NKP#)Y,Q" or before.word == "one"
        if word.kind == "A" or (behind_subject and (word.kind == "Q" or word.tag in ("VBD", "VBP", "VBZ", "VBN"))):
            return True
        if word.tag == "VB" and before.kind in "NKP":
            return True
    return False
