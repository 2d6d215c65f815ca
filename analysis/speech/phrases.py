"""Who a verb is about: the words of a sentence told apart by kind, and the noun phrases around a place in it."""

from __future__ import annotations

import re
from typing import NamedTuple

from analysis.speech.sentences import Span
from analysis.speech.speakers import BOOK, GROUP, PRONOUNS, WORDS, any_of

_MONTH = any_of(month.title() for month in BOOK["people"]["calendar"][7:])
DAY = (
    r"(?:(?:[Oo]n |[Ll]ate |[Ee]arly |[Ee]arlier |[Ll]ater |[Ll]ast )*(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|"
    r"yesterday|today|(?:over )?the weekend|(?:the )?(?:same|next|previous|following) (?:day|week)|"
    r"(?:earlier |later )?(?:[Tt]his|[Ll]ast) (?:week|month|year)|(?:[Oo]n |[Ii]n )?(?:19|20)\d\d|"
    rf"(?:[Oo]n |[Ii]n )?(?:\d\d? )?(?:{_MONTH}|May(?= \d))(?: \d\d?\b)?(?:,? (?:19|20)\d\d)?"
    r")\b(?: (?:morning|afternoon|evening|night))?"
)
_TOKEN = re.compile(
    rf"“[^”]*”?|{DAY}|(?:{any_of(WORDS['titles'])})\.|(?:[A-Z]\.)+|[\w$€£](?:[\w’'‐&%-]|[.,](?=\d))*|[^\w\s]"
)
_SAYING = frozenset(verb for verbs in BOOK["stance"].values() for verb in verbs)
_FINITE = WORDS["finite"] | {verb for verb in _SAYING if not verb.endswith("ed")} - frozenset(BOOK["use"]["nouns"])
_PREPOSITIONS = WORDS["leads"] | WORDS["cases"] | WORDS["attached"] | {"to", "into", "over", "about", "through"}
_KINDS = {
    "O": WORDS["objects"],
    "C": WORDS["turns"] | WORDS["joins"],
    "I": _PREPOSITIONS,
    "D": WORDS["begins"] | {"no"},
    "#": WORDS["numbers"],
}
_LINKS = ("close", "loyal", "familiar", "based")  # "sources close to the army"
_SPEAKER = re.compile(
    rf"(?:{GROUP}|{any_of(WORDS['bodies'] | WORDS['texts'])}s?|"
    rf"{any_of(w for w in BOOK['via']['media'] if ' ' not in w)}s?)(?:['’]s?)?",
    re.I,
)
_MODIFIER = re.compile(rf"{any_of(WORDS['modifies'])}|[A-Z][\w.-]*(?:i|n|sh|ese|ch|ek|US|UN|U\.S\.|U\.N\.)")


class Token(NamedTuple):
    """A word, a mark or a quotation and what it is good for.

    Kinds: K capitalised, N other nouns and adjectives, # number, D determiner, P pronoun, O its object form,
    I preposition, C conjunction, A auxiliary or other finite verb, V participle or past tense, Y adverb, T time,
    Q quotation; a mark is its own kind.
    """

    start: int
    end: int
    word: str
    kind: str


def tokens(masked: str, start: int, end: int) -> list[Token]:
    """Return the words and marks of a sentence from `start` to `end`, quotations blanked out beforehand.

    Examples
    --------
    >>> [(token.word, token.kind) for token in tokens("The mayor said", 0, 14)]
    [('The', 'D'), ('mayor', 'N'), ('said', 'A')]
    """
    return [
        Token(m.start(), m.end(), m[0], _kind(m[0], m.start() == start)) for m in _TOKEN.finditer(masked, start, end)
    ]


def _kind(word: str, first: bool) -> str:
    """Return the kind of a word."""
    lower, capital = word.lower(), word[:1].isupper()
    if word[0] == "“":
        return "Q"
    if not (word[0].isalnum() or word[0] in "$€£"):
        return "–" if word == "-" else word[0]
    if len(word) > 1 and word.isupper():
        return "K"
    if lower in PRONOUNS or lower in ("it", "i", "we", "you"):
        return "P"
    if re.match("(?:he|she|it|they|i|we|you|who|that)[’']", lower):
        return "A"
    if lower in _FINITE and (first or not capital):
        return "A"
    for kind, words in _KINDS.items():
        if lower in words:
            return kind
    if re.fullmatch(DAY, word):
        return "T"
    if lower in WORDS["between"] or (lower in WORDS["adverbial"] and (first or not capital)):
        return "Y"
    if word[0].isdigit() or word[0] in "$€£":
        return "#"
    participle = re.fullmatch(r"\w{2,}(?:ed|ing)", lower) and lower not in WORDS["steady"] and word not in WORDS["men"]
    if (capital and not (first and participle)) or re.match(r"(?:al|el|ad|as|ar|an|bin|ibn)-[A-Z]", word):
        return "K"
    if lower.endswith("ly") and lower not in ("family", "assembly", "daily", "weekly", "elderly", "ally"):
        return "Y"
    return "V" if participle else "N"


def speaks(word: str) -> bool:
    """Tell whether a noun names somebody or something that can speak.

    Examples
    --------
    >>> speaks("nurse"), speaks("ministry"), speaks("bread")
    (True, True, False)
    """
    return bool(_SPEAKER.fullmatch(word))


def phrase_before(words: list[Token], end: int, *, relative: bool = False) -> Span | None:
    """Return the noun phrase that ends before a place and may be a subject, as places among the words.

    Parameters
    ----------
    words : list of Token
    end : int
        The place among the words.
    relative : bool
        Whether a clause about it follows ("the group which …"): it may then stand behind a preposition.

    Returns
    -------
    (int, int) or None
        The first word and the one behind the last; None where nobody stands who may speak.

    Examples
    --------
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
        if words[at].kind in "AV" and words[at - 1].kind != "A" and not words[at].word.endswith("ing"):
            finite += 1 + (words[at].word in _SAYING)
    return None


def _aside(words: list[Token], close: int) -> Span | None:
    """Return the subject that an aside between commas or dashes parts from its verb."""
    for at in range(close - 1, max(0, close - 40), -1):
        if words[at].kind == "Q":
            return None
        if words[at].kind in ",—–" and _describing(words, at + 1) and (phrase := phrase_before(words, at)):
            return _described(words, phrase)
    return None


def _describing(words: list[Token], at: int) -> bool:
    """Tell whether words that begin at a place describe what stands before their comma."""
    word, lower = words[at], words[at].word.lower()
    named = word.kind == "K" and ((at > 1 and speaks(words[at - 2].word)) or re.match("[DRI]-", word.word))
    return bool(named) or word.kind in "DIV#T" or speaks(word.word) or lower in WORDS["apposed"]


def _described(words: list[Token], phrase: Span | None) -> Span | None:
    """Return the name that a phrase between commas describes: "Ada Vale, a nurse, who …"."""
    while phrase and phrase[0] > 1 and words[phrase[0] - 1].kind == "," and _describing(words, phrase[0]):
        wider = phrase_before(words, phrase[0] - 1)
        if not wider:
            break
        phrase = wider
    return phrase


def main_subject(words: list[Token], at: int, low: int = 0) -> Span | None:
    """Return the subject of the clause in which a verb goes on, looking from the word `low` onwards.

    Examples
    --------
    >>> main_subject(tokens("The mayor came, saying", 0, 22), 4)
    (0, 2)
    """
    first = None
    for n in range(max(low, at - 60), at):
        finite = words[n].kind == "A" or (words[n].kind == "V" and words[n].word.endswith("ed"))
        if finite and (phrase := subject(words, n)) and phrase[0] >= low:
            if any(word.kind in "KP" or speaks(word.word) for word in words[slice(*phrase)]):
                return phrase
            first = first or phrase
    return first
