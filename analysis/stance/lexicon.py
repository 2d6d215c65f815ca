"""Lexicons: which words evaluate, and what a clause made of them says about a target."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from analysis import codebooks
from analysis.codebooks.formats import decoded
from analysis.stance.context import TARGET, Context, listed

# chosen on the training part of NewsMTSC: how much evaluation counts that stands
OUTSIDE = 0.3  # outside the target's clause
REPORTED = 0.2  # beyond a verb of speech: "officials say the rebels fled" is about rebels
PARTED = 0.7  # beyond another name
ELSEWHERE = 0.5  # inside quotation marks for a target outside them, or the reverse
REACH = 20.0  # words over which evaluation fades to a third
REVERSED = -0.5  # what negation makes of a score
PRIOR = 1.0  # added to either side of the log-ratio
_ARTICLES, _AGAINST = ("the", "a"), ("against", "from", "over")  # between the town and those it was freed from
_NRC = "anger anticipation disgust fear joy negative positive sadness surprise trust"


@dataclass(frozen=True)
class Lexicon:
    """Words and phrases with what they say about those around them.

    Attributes
    ----------
    name : str
    scores : dict
        Entry (words parted by a blank; `*` at the end for any ending) to its score for the one who acts and for the
        one acted upon; the same number twice for words without a direction.
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

    def hits(self, around: Context) -> list[tuple[int, float]]:
        """Return the place of each evaluating word or phrase around a target, and its score *for that target*.

        A verb scores the one who acts or the one acted upon: to the right of the target the target acts, unless the
        verb is passive; to its left the target is acted upon, unless "by" stands before it. Intensifiers stretch a
        score, dampers shrink it, and negation turns and weakens it.
        """
        found: list[tuple[int, float]] = []
        words, at, place = around.words, around.at, 0
        while place < len(words):
            entry, length = self._entry(words[place : place + 6])
            if entry and words[place] != TARGET:
                agent, patient = self.scores[entry]
                before = words[max(0, place - 3) : place]
                if entry in self.verbs:
                    passive = not words[place].endswith("ing") and any(word in listed("be") for word in before)
                    acts = not passive if place > at else at > 0 and words[at - 1] == "by"
                else:
                    acts = True
                stretch = 1.3 if before and before[-1] in listed("boosters") else 1.0
                stretch *= 0.7 if before and before[-1] in listed("dampers") else 1.0
                negated = any(word in listed("negators") or word.endswith("n't") for word in before)
                if place < at and words[at - 1 - (words[at - 1] in _ARTICLES)] in _AGAINST and agent > 0:
                    negated = not negated  # "liberated the town from", "a victory over"
                found.append((place, (agent if acts else patient) * stretch * (REVERSED if negated else 1.0)))
            place += length
        return found

    def evidence(self, around: Context) -> tuple[float, float]:
        """Return the weighted positive and negative evaluation of a target.

        Its clause counts fully, the rest less; what the target is called ("terrorists") counts unless it is a name.
        """
        hits = self.hits(around)
        values = weights(around)[[place for place, _ in hits]] * [score for _, score in hits]
        called = [self.scores[entry][0] for word in around.label if (entry := self._entry((word,))[0])]
        values = np.append(values, called)
        return float(values[values > 0].sum()), float(-values[values < 0].sum())


def weights(around: Context) -> np.ndarray:
    """Return how fully evaluation in each word's place counts for the target."""
    reach = np.array([around.clause, around.unreported, around.direct, around.same_voice])
    factors = np.array([OUTSIDE, REPORTED, PARTED, ELSEWHERE])[:, None]
    return np.asarray(np.where(reach, 1.0, factors).prod(axis=0) * np.exp(-np.abs(around.distance) / REACH))


Source = str | Path | Mapping[str, float] | Lexicon | None


def log_ratio(positive: float, negative: float) -> float:
    """Return the log-ratio of positive to negative evaluation (Lowe, Benoit, Mikhaylov & Laver 2011, LSQ 36(1)).

    Examples
    --------
    >>> round(log_ratio(3.0, 1.0), 2)
    0.69
    """
    return float(np.log((positive + PRIOR) / (negative + PRIOR)))


def lexicon(source: Source = None) -> Lexicon:
    """Return a lexicon by name, from a file, or from scores at hand.

    Parameters
    ----------
    source : str, Path, mapping or Lexicon, optional
        "valence" (ours, the default), "vader" (Hutto & Gilbert 2014, MIT licence), the path of a file, or entries with
        their scores. A `.csv`, `.tsv` or `.txt` file has a word and its score per line, or word, category and 0/1 as
        NRC's lists have; a `.yml` or `.dic` file has the categories "positive" and "negative", as the Lexicoder
        Sentiment Dictionary has.

    Raises
    ------
    FileNotFoundError
        If there is no such file, nor a lexicon of that name.
    ValueError
        For entries that stand twice, missing or non-numeric scores, the wrong delimiter, or no scores at all.

    Examples
    --------
    >>> lexicon({"brutal*": -2, "brave": 2}).scores["brave"]
    (2.0, 2.0)
    """
    if isinstance(source, Lexicon):
        return source
    if source is None or source == "valence":
        return bundled()
    if isinstance(source, Mapping):
        return _flat("scores", [(str(word), str(score), f"entry {word!r}") for word, score in source.items()])
    if source == "vader":
        return _vader()
    path = Path(source)
    if not path.is_file():
        raise FileNotFoundError(f"{source}: no such file, nor a bundled lexicon; bundled: valence, vader")
    if path.suffix.lower() in (".yml", ".yaml", ".dic"):
        frames = {name.split(".")[-1].lower(): words for name, words in codebooks.load(path).frames.items()}
        if not {"positive", "negative"} <= set(frames):
            raise ValueError(
                f"{path.name}: its categories are {sorted(frames)}; a lexicon has 'positive' and 'negative'"
            )
        rows = [
            (word, value, path.name) for name, value in (("positive", "1"), ("negative", "-1")) for word in frames[name]
        ]
        return _flat(path.stem, rows)
    return _flat(path.stem, list(_rows(path)))


def _rows(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield entry, score and place of each line of a table, whichever of tab, comma and semicolon parts it."""
    lines = [(number, line) for number, line in enumerate(decoded(path).splitlines(), 1) if line.strip()]
    delimiter = max("\t,;", key=lambda mark: sum(mark in line for _, line in lines))
    for order, (number, line) in enumerate(lines):
        where = f"{path.name}, line {number}"
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]
        if len(cells) == 3 and cells[1].lower() in _NRC.split():
            if cells[2] == "1" and cells[1].lower() in ("positive", "negative"):
                yield cells[0], "1" if cells[1].lower() == "positive" else "-1", where
        elif len(cells) < 2:
            raise ValueError(
                f"{where}: {line.strip()!r} is one column; part word and score by a tab, a comma or a semicolon"
            )
        elif order or _number(cells[1]) is not None:  # else a header
            yield cells[0], cells[1], where


def _flat(name: str, rows: list[tuple[str, str, str]]) -> Lexicon:
    """Return a lexicon without directions from entry, score and place, or say which row is wrong."""
    scores: dict[str, tuple[float, float]] = {}
    both: set[str] = set()
    for raw, value, where in rows:
        entry, score = " ".join(raw.lower().replace("’", "'").split()), _number(value)
        if not entry:
            raise ValueError(f"{where}: a score without a word; delete the line or name the word")
        if score is None:
            raise ValueError(f"{where}: the score of {raw!r} is {value!r}; it must be a number")
        if entry in scores and abs(scores[entry][0]) == abs(score) == 1.0 and scores[entry][0] != score:
            both.add(entry)
        elif entry in scores:
            raise ValueError(f"{where}: {raw!r} stands twice; keep one score")
        scores[entry] = (score, score)
    for entry in both:
        del scores[entry]  # NRC files some words under both: they say nothing either way
    if not any(score for score, _ in scores.values()):
        raise ValueError(
            f"{name}: no entry has a score other than 0; a lexicon needs words and scores, one pair a line"
        )
    return Lexicon(name, scores)


def _number(value: str) -> float | None:
    """Return a finite number, or None."""
    try:
        number = float(value)
    except ValueError:
        return None
    return number if np.isfinite(number) else None


@lru_cache
def _vader() -> Lexicon:
    """Return the words of VADER's lexicon (its signs and smileys are not words)."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    scores = SentimentIntensityAnalyzer().lexicon
    return Lexicon(
        "vader", {word: (score, score) for word, score in scores.items() if word[0].isalpha() and len(word) > 1}
    )


@lru_cache
def bundled() -> Lexicon:
    """Return the lexicon that comes with the project."""
    entries: dict[str, list[tuple[float, float, str]]] = {}
    verbs: set[str] = set()
    for group in codebooks.read("valence")["group"]:
        agent, patient = group.get("agent", group.get("score")), group.get("patient", group.get("score"))
        forms = {form for entry in group["words"].split() for form in _forms(entry, group["forms"])}
        verbs |= forms if group["forms"] == "verb" else set()
        for form in sorted(forms):
            entries.setdefault(form, []).append((agent, patient, group["name"]))
    scores = {form: (float(np.mean(agents)), float(np.mean(patients)))
              for form, rows in entries.items() for agents, patients, _ in [zip(*rows, strict=True)]}  # fmt: skip
    groups = {form: tuple(name for *_, name in rows) for form, rows in entries.items()}
    return Lexicon("valence", scores, frozenset(verbs), groups)


def _forms(entry: str, kind: str) -> Iterator[str]:
    """Yield the forms of an entry: inflected on its first word, blanks for underscores."""
    if "/" in entry or kind == "plain":
        yield from (form.replace("_", " ") for form in entry.split("/"))
        return
    head, *rest = entry.split("_")
    if re.search("[^aeiou]y$", head):
        plural, past, going = head[:-1] + "ies", head[:-1] + "ied", head + "ing"
    elif head.endswith("e"):
        plural, past, going = head + "s", head + "d", (head if head.endswith("ee") else head[:-1]) + "ing"
    else:
        plural, past, going = head + ("es" if re.search("(s|x|z|ch|sh|o)$", head) else "s"), head + "ed", head + "ing"
    forms = [head, plural, past, going] if kind == "verb" else [head, plural]
    if kind == "verb" and re.search("[^aeiou][aeiou][bdgklmnprtvz]$", head):
        forms += [head + head[-1] + "ed", head + head[-1] + "ing"]
    yield from (" ".join([form, *rest]) for form in forms)
