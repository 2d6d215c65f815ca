"""Lexicons: which words evaluate, and what a clause made of them says about a target."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from analysis import codebooks
from analysis.codebooks.formats import decoded
from analysis.context import TARGET, Context

OUTSIDE = 0.3  # weight of evaluation outside the target's clause
REACH = 20.0  # words over which evaluation fades to a third
REVERSED = -0.5  # what negation makes of a score
PRIOR = 1.0  # added to either side of the log-ratio

Source = "str | Path | Mapping[str, float] | Lexicon | None"


class Hit(NamedTuple):
    """One evaluating word or phrase, seen from a target."""

    place: int
    score: float
    negated: bool
    entry: str


@dataclass(frozen=True)
class Lexicon:
    """Words and phrases with what they say about those around them.

    Attributes
    ----------
    name : str
    scores : dict
        Entry (words parted by a blank; `*` at the end for any ending) to its score for the one who acts and for the one acted upon;
        the same number twice for words without a direction.
    verbs : frozenset of str
        Entries with a direction.
    groups : dict
        Entry to the names of the headings that it stands under; empty where the source has none.
    """

    name: str
    scores: dict[str, tuple[float, float]]
    verbs: frozenset[str] = frozenset()
    groups: dict[str, tuple[str, ...]] | None = None

    @cached_property
    def _longest(self) -> dict[str, int]:
        """Return the first word of each entry with the length of the longest that it begins."""
        longest: dict[str, int] = {}
        for entry in self.scores:
            head, *more = entry.split()
            longest[head] = max(longest.get(head, 1), 1 + len(more))
        return longest

    @cached_property
    def _stems(self) -> frozenset[str]:
        """Return the entries that end in any way."""
        return frozenset(entry[:-1] for entry in self.scores if entry.endswith("*"))

    def _entry(self, words: tuple[str, ...]) -> tuple[str, int]:
        """Return the longest entry that some words begin with, and its length; "" and 1 for none."""
        for length in range(min(self._longest.get(words[0], 1), len(words)), 0, -1):
            if (entry := " ".join(words[:length])) in self.scores:
                return entry, length
        if self._stems:
            for stop in range(len(words[0]), 1, -1):
                if words[0][:stop] in self._stems:
                    return words[0][:stop] + "*", 1
        return "", 1

    def hits(self, around: Context) -> list[Hit]:
        """Return the evaluating words around a target, with their scores *for that target*.

        A verb scores the one who acts or the one acted upon: to the right of the target the target acts, unless the verb is passive;
        to its left the target is acted upon, unless "by" stands before it. Intensifiers stretch a score, dampers shrink it.
        """
        found: list[Hit] = []
        words, at, place = around.words, around.at, 0
        while place < len(words):
            entry, length = self._entry(words[place : place + 6])
            if entry and words[place] != TARGET:
                agent, patient = self.scores[entry]
                before = words[max(0, place - 3) : place]
                if entry in self.verbs:
                    passive = not words[place].endswith("ing") and any(word in _words("be") for word in before)
                    acts = not passive if place > at else at > 0 and words[at - 1] == "by"
                else:
                    acts = True
                stretch = 1.3 if before and before[-1] in _words("boosters") else 1.0
                stretch *= 0.7 if before and before[-1] in _words("dampers") else 1.0
                negated = any(word in _words("negators") or word.endswith("n't") for word in before)
                found.append(Hit(place, (agent if acts else patient) * stretch, negated, entry))
            place += length
        return found

    def evidence(self, around: Context) -> tuple[float, float]:
        """Return the weighted positive and negative evaluation of a target: its clause counts fully, the rest less."""
        positive = negative = 0.0
        for hit in self.hits(around):
            score = hit.score * (REVERSED if hit.negated else 1.0)
            weight = (1.0 if around.clause[hit.place] else OUTSIDE) * np.exp(-abs(around.distance[hit.place]) / REACH)
            positive += weight * max(score, 0.0)
            negative += weight * max(-score, 0.0)
        return float(positive), float(negative)


def log_ratio(positive: float, negative: float) -> float:
    """Return the log-ratio of positive to negative evaluation (Lowe, Benoit, Mikhaylov & Laver 2011, LSQ 36(1)).

    Examples
    --------
    >>> round(log_ratio(3.0, 1.0), 2)
    0.69
    """
    return float(np.log((positive + PRIOR) / (negative + PRIOR)))


def _words(name: str) -> frozenset[str]:
    """Return a list of words that change a score."""
    return _lists()[name]


@lru_cache
def _lists() -> dict[str, frozenset[str]]:
    """Return the lists of words that change a score."""
    book = codebooks.read("valence")
    listed = {name: book[name] for name in ("negators", "boosters", "dampers")} | {"be": book["context"]["be"]}
    return {name: frozenset(words.split()) for name, words in listed.items()}


@lru_cache
def bundled() -> Lexicon:
    """Return the lexicon that comes with the project."""
    entries: dict[str, list[tuple[float, float, str, bool]]] = {}
    for group in codebooks.read("valence")["group"]:
        agent, patient = group.get("agent", group.get("score")), group.get("patient", group.get("score"))
        forms = {form for entry in group["words"].split() for form in _forms(entry, group["forms"])}
        for form in sorted(forms):
            entries.setdefault(form, []).append((agent, patient, group["name"], group["forms"] == "verb"))
    scores = {form: (float(np.mean([a for a, *_ in rows])), float(np.mean([p for _, p, *_ in rows]))) for form, rows in entries.items()}
    verbs = frozenset(form for form, rows in entries.items() if any(verb for *_, verb in rows))
    return Lexicon("valence", scores, verbs, {form: tuple(name for _, _, name, _ in rows) for form, rows in entries.items()})


def _forms(entry: str, kind: str) -> Iterator[str]:
    """Yield the forms of an entry: inflected on its first word, blanks for underscores."""
    if "/" in entry or kind == "plain":
        yield from (form.replace("_", " ") for form in entry.split("/"))
        return
    head, *rest = entry.split("_")
    ends = (("s", "d", "ing") if head.endswith("e") else ("es", "ed", "ing") if re.search("(s|x|z|ch|sh|o)$", head) else ("s", "ed", "ing"))
    stem = {"ing": head[:-1] if head.endswith("e") and not head.endswith("ee") else head}
    if re.search("[^aeiou]y$", head):
        ends, stem = ("ies", "ied", "ing"), {"ies": head[:-1], "ied": head[:-1]}
    forms = [head, *(stem.get(end, head) + end for end in (ends if kind == "verb" else ends[:1]))]
    if kind == "verb" and re.search("[^aeiou][aeiou][bdgklmnprtvz]$", head):
        forms += [head + head[-1] + "ed", head + head[-1] + "ing"]
    yield from (" ".join([form, *rest]) for form in forms)
