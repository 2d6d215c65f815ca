"""What stands around a target: its words, its clause, and the zones in which evaluation may reach it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from analysis import codebooks

TARGET = "⟦target⟧"  # stands for the mention itself, so that who it is can tell nothing
ZONES = (
    "all", "left", "right", "near left", "near right", "clause left", "clause right", "direct left", "direct right",
    "same voice", "other voice", "unattributed", "attributed", "before", "after", "second", "direct",
)  # fmt: skip

_TOKEN = re.compile(r"'s(?!\w)|[^\W\d_]+(?:['’][a-z]+)?(?:-[^\W\d_]+)*|\d[\d,.]*%?|[.,;:!?()\"“”—–…$]")


@dataclass(frozen=True)
class Context:
    """A sentence seen from one target: lower-case words and marks, the target as one word, numbers as "0"."""

    words: tuple[str, ...]  # a possessive 's is a word of its own
    named: np.ndarray  # whether each is a name or a personal pronoun: evaluation beyond it may be meant for that one
    at: int  # the target's place among the words
    mention: tuple[str, ...]  # the words of the target
    label: tuple[str, ...]  # those of them that are no name: "terrorists" in "ISIS terrorists"

    @cached_property
    def distance(self) -> np.ndarray:
        """Words from the target: negative to its left."""
        return np.arange(len(self.words)) - self.at

    @cached_property
    def clause(self) -> np.ndarray:
        """Whether each word stands in the target's clause, which marks and contrasting words end."""
        limits = listed("clause_limits")
        edges = np.cumsum([word in limits for word in self.words])
        return np.asarray(edges == edges[self.at]) & np.array([word not in limits for word in self.words])

    @cached_property
    def said(self) -> np.ndarray:
        """Whether each word is a verb of speech, beyond which somebody else's words begin."""
        return np.array([word in listed("speech") for word in self.words])

    @cached_property
    def unreported(self) -> np.ndarray:
        """Whether no verb of speech stands between the target and each word."""
        return self._between(self.said) == 0

    @cached_property
    def direct(self) -> np.ndarray:
        """Whether no other name stands between the target and each word."""
        return self._between(self.named) == 0

    @cached_property
    def same_voice(self) -> np.ndarray:
        """Whether each word stands inside quotation marks if the target does, outside if not."""
        quotes = np.cumsum([word == '"' for word in self.words])
        return np.asarray(quotes % 2 == quotes[self.at] % 2)

    @cached_property
    def zones(self) -> np.ndarray:
        """Weights of the words in each of `ZONES`, shape (zones, words)."""
        d, other = self.distance, self.distance != 0
        left, right, near = d < 0, d > 0, np.exp(-np.abs(d) / 3)
        clause, alone, same, unsaid = self.clause, self.direct, self.same_voice, self.unreported
        rows = [
            other, left, right, near * left, near * right, clause & left, clause & right, alone & left, alone & right,
            same & other, ~same, unsaid & other, ~unsaid, d == -1, d == 1, d == 2, alone & unsaid & same & other,
        ]  # fmt: skip
        return np.array(rows, dtype=np.float32)

    def _between(self, marked: np.ndarray) -> np.ndarray:
        """Count the marked words between the target and each word."""
        count = np.cumsum(marked)
        upto = count - marked  # before each word
        return np.where(self.distance < 0, upto[self.at] - count, upto - count[self.at])


def context(text: str, start: int, end: int) -> Context:
    """Return the context of the target text[start:end].

    Examples
    --------
    >>> context("Critics praised Arvo’s plan.", 16, 20).words
    ('critics', 'praised', '⟦target⟧', "'s", 'plan', '.')
    """
    left, right = _words(text[:start]), _words(text[end:])
    if text[start:end].endswith(("'s", "’s")):
        right.insert(0, ("'s", False))
    every, mention = [*left, (TARGET, False), *right], _words(text[start:end])
    named = np.array([name for _, name in every])
    label = tuple(word for word, name in mention if not name)
    return Context(tuple(word for word, _ in every), named, len(left), tuple(word for word, _ in mention), label)


def words(text: str) -> list[str]:
    """Return the words and marks of a text as contexts hold them.

    Examples
    --------
    >>> words("It’s 5,000 men.")
    ['it', "'s", '0', 'men', '.']
    """
    return [word for word, _ in _words(text)]


def _words(text: str) -> list[tuple[str, bool]]:
    """Split a stretch of text into counted words, each with whether it is a name or a pronoun."""
    found: list[tuple[str, bool]] = []
    for raw in _TOKEN.findall(text.replace("’", "'")):
        word = raw.lower()
        name = word in listed("pronouns") or (raw[0].isupper() and word not in listed("openers"))
        if word.endswith("'s") and len(word) > 2:
            found += [(word[:-2], name), ("'s", False)]
        else:
            found.append(("0" if word[0].isdigit() else '"' if word in "“”" else word, name))
    return found


@lru_cache
def listed(name: str) -> frozenset[str]:
    """Return one of the lists of function words in the valence codebook."""
    book = codebooks.read("valence")
    return frozenset((book["context"] | book)[name].split())
