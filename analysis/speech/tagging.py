"""The words of a sentence, told apart by kind with the help of a part-of-speech tagger."""

from __future__ import annotations

import re
from typing import NamedTuple

from analysis.codebooks import any_of
from analysis.speech.speakers import BOOK, PRONOUNS, SAYING, WORDS

_MONTH = any_of(month.title() for month in BOOK["people"]["calendar"][7:])
DAY = (
    r"(?:(?:[Oo]n |[Ll]ate |[Ee]arly |[Ee]arlier |[Ll]ater |[Ll]ast )*(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|"
    r"yesterday|today|(?:over )?the weekend|(?:the )?(?:same|next|previous|following) (?:day|week)|"
    r"(?:earlier |later )?(?:[Tt]his|[Ll]ast) (?:week|month|year)|(?:[Oo]n |[Ii]n )?(?:19|20)\d\d|"
    rf"(?:[Oo]n |[Ii]n )?(?:\d\d? )?(?:{_MONTH}|May(?= \d))(?: \d\d?\b)?(?:,? (?:19|20)\d\d)?"
    r")\b(?: (?:morning|afternoon|evening|night))?"
)
_TOKEN = re.compile(
    rf"“[^“”]*”|{DAY}|{any_of(WORDS['titles'])}\.|(?:[A-Z]\.)+|[\w$€£](?:[\w’'‐&%-]|[.,](?=\d))*|[^\w\s]"
)
_FINITE = WORDS["finite"] | {verb for verb in SAYING if not verb.endswith("ed")} - frozenset(BOOK["use"]["nouns"])
_PREPOSITIONS = WORDS["leads"] | WORDS["cases"] | WORDS["attached"] | {"to", "into", "over", "about", "through"}
_KINDS = {
    "O": WORDS["objects"],
    "C": WORDS["turns"] | WORDS["joins"],
    "I": _PREPOSITIONS,
    "D": WORDS["begins"] | {"no"},
}


class Token(NamedTuple):
    """A word, a mark or a quotation and what it is good for.

    Kinds: K capitalised, N other nouns and adjectives, # number, D determiner, P pronoun, O its object form,
    I preposition, C conjunction, A auxiliary or other finite verb, V participle or past tense, Y adverb, T time,
    Q quotation; a mark is its own kind. The tag is the part of speech as the Penn Treebank names it.
    """

    start: int
    end: int
    word: str
    kind: str
    tag: str


def tokens(masked: str, start: int, end: int) -> list[Token]:
    """Return the words and marks of a sentence from `start` to `end`, quotations blanked out beforehand.

    The tagger is TextBlob's: a lexicon and rules in the manner of Brill 1992, A simple rule-based part of speech
    tagger, ANLP. It needs no model from elsewhere.

    Examples
    --------
    >>> [(token.word, token.kind, token.tag) for token in tokens("The mayor left", 0, 14)]
    [('The', 'D', 'DT'), ('mayor', 'N', 'NN'), ('left', 'A', 'VBN')]
    """
    from textblob.en import tag

    found = list(_TOKEN.finditer(masked, start, end))
    plain = ["Q" if m[0][0] == "“" else m[0].split()[-1].replace("/", "-") for m in found]
    tags = [tagged for _, tagged in tag(" ".join(plain), tokenize=False)] if plain else []
    words: list[Token] = []
    for m, tagged in zip(found, tags, strict=True):
        kind = _kind(m[0], m.start() == start, tagged)
        if kind == "A" and words and words[-1].kind == "D" and m[0].lower() not in _FINITE:
            kind = "N"  # "the suspect" is no verb
        words.append(Token(m.start(), m.end(), m[0], kind, tagged))
    return words


def _kind(word: str, first: bool, tag: str) -> str:
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
    if re.match("(?:he|she|it|they|i|we|you|who|that|there)[’']", lower):
        return "A"
    if lower in _FINITE and (first or not capital):
        return "A"
    for kind, words in _KINDS.items():
        if lower in words:
            return kind
    if re.fullmatch(DAY, word):
        return "T"
    if lower in WORDS["between"] or (
        lower in WORDS["adverbial"] and (first or not capital) and not tag.startswith(("VB", "NN"))
    ):
        return "Y"
    if word[0].isdigit() or word[0] in "$€£" or (tag == "CD" and not capital):
        return "#"
    participle = re.fullmatch(r"\w{2,}(?:ed|ing)", word) and tag.startswith("VB")
    if (capital and not (first and participle)) or re.match(r"(?:al|el|ad|as|ar|an|bin|ibn)-[A-Z]", word):
        return "K"
    if lower.endswith("ly") and lower not in ("family", "assembly", "daily", "weekly", "elderly", "ally"):
        return "Y"
    if participle:
        return "V"
    if tag in ("VBZ", "VBP", "MD", "VBD"):
        return "A"
    return "N"
