"""What a word is, and which words an indicator covers."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

WORD = re.compile(
    r"(?:https?://|www\.|pic\.twitter\.com/)[^\s\"“”„«»]+"
    r"|(?:[^\W\d_](?:\.[^\W\d_])+(?![^\W_])\.?|[^\W_]+)(?:[-‐‑'’ʼ][^\W_]+)*"
)
"""A token as it is printed; `normal` gives its counted form."""
_SAME = str.maketrans({"’": "'", "ʼ": "'", "‐": "-", "‑": "-"})
_ANY = "ꙮ"  # stands for * while an indicator is tokenised: a letter that no newspaper prints


def tokens(text: str) -> list[str]:
    """Return the words of a text in lower case, as everything in this project counts them.

    Inner apostrophes and hyphens belong to the word (don't, US-led), of whatever shape; a possessive 's does not.
    Acronyms keep their inner dots only (U.S. and US are both u.s, so that the pronoun stays apart). Whatever begins
    with a digit and web addresses are no words.

    Examples
    --------
    >>> tokens("Mosul’s 650 anti-terror troops, U.S.-led")
    ['mosul', 'anti-terror', 'troops', 'u.s-led']
    """
    return [word for raw in WORD.findall(text) if (word := normal(raw))]


@lru_cache(maxsize=1 << 17)
def normal(raw: str) -> str:
    """Return the counted form of a matched token, empty for a number or an address."""
    if raw[0].isdigit() or "/" in raw or raw.startswith("www."):
        return ""
    word = re.sub(r"\.(?=[-']|$)", "", raw.translate(_SAME))
    word = word[:-2] if word[-2:] in ("'s", "'S") else word
    word = "U.S" + word[2:] if word == "US" or word[:3].lower() == "us-" else word
    return word.lower()


def parse(indicator: str) -> list[str]:
    """Return the words of an indicator in counted form, * kept."""
    found = [normal(raw).replace(_ANY, "*") for raw in WORD.findall(indicator.replace("*", _ANY))]
    if "" in found or not any(word.strip("*") for word in found):
        raise ValueError(
            f"{indicator!r} cannot be looked for: signs, web addresses and what begins with a digit are no words; "
            "give a word such as 'liberat*' or a phrase such as 'human shield*'"
        )
    return found


def shape(word: str) -> re.Pattern[str]:
    """Return the pattern of a word in which * is any run of characters."""
    return re.compile(re.escape(word).replace(r"\*", ".*"))


class Lookup:
    """Single words, sorted, so that an indicator finds the places it covers."""

    def __init__(self, terms: Iterable[str]) -> None:
        """Sort the terms, phrases and the place of a number left out."""
        pairs = sorted((term, place) for place, term in enumerate(terms) if term and " " not in term)
        self.names = [name for name, _ in pairs]
        self.places = np.array([place for _, place in pairs], np.int64)

    def covered(self, word: str) -> npt.NDArray[np.int64]:
        """Return the places, ascending, of the terms that a word with or without * covers."""
        stem, star, rest = word.partition("*")
        low, high = bisect_left(self.names, stem), bisect_right(self.names, stem + "\U0010ffff" * len(star))
        pattern = shape(word)
        inside = [place for place in range(low, high) if not rest or pattern.fullmatch(self.names[place])]
        return np.sort(self.places[inside])
