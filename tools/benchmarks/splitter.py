"""Which sentence splitter? Accuracy on sentences checked by hand, speed, exact offsets, and time on hostile input.

Run as ``python -m tools.benchmarks.splitter GOLD.jsonl`` with the candidates installed. Each line of the gold file
holds `corpus`, `text` (a passage) and `starts` (where its second and further sentences begin); the passages are other
people's articles and stay outside the project. Speed is measured on FA-KES from VANTAGE_CORPORA.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from math import sqrt
from pathlib import Path

import pandas as pd

from analysis.speech.sentences import sentences

Splitter = Callable[[str], list[int]]
RESULT = Path(__file__).parent / "results" / "splitter.md"
COMMAND = "python -m tools.benchmarks.splitter GOLD.jsonl"
NOTE = """# Which sentence splitter?

{table}

Passages drawn by seed: {passages}, with {drawn}.
Left out before measuring: three whose boundaries are ambiguous, and ten that overlap text the rules were written on.
Boundaries were checked by a language model, once, reading the text on both sides of every stop; no second person has
checked them, and a sentence that ends without a stop (a run-on headline) counts as part of the next.
A sentence is whole when a splitter begins and ends it
where the check does and cuts nothing in between; the interval is Wilson's and takes sentences as independent. Our own
rules were written against other passages, some of them of the same articles. Speed: all of FA-KES in one run, one
core, beside other work. Last column: how many times longer the worst of four hostile inputs takes at 40,000
characters than at 20,000 (2 is linear, 4 quadratic; runs under 2 ms count as 2 ms).

Command: `{command}`
"""


def _find(text: str, pieces: list[str]) -> list[int]:
    """Return where each piece begins in the text; a piece that was altered raises ValueError."""
    at, starts = 0, []
    for piece in pieces:
        at = text.index(piece, at)
        starts.append(at)
        at += len(piece)
    return starts


def _candidates() -> Iterator[tuple[str, Splitter]]:
    """Yield the name and the function (text → starts of sentences) of each candidate that is installed."""
    yield "own rules (`analysis.speech.sentences`)", lambda text: [start for start, _ in sentences(text)]
    loaders: dict[str, Callable[[], Splitter]] = {
        "sentencex": _sentencex,
        "pysbd": _pysbd,
        "blingfire": _blingfire,
        "syntok": _syntok,
        "nltk punkt, untrained": _punkt,
        "spaCy sentencizer": _spacy,
    }
    for name, load in loaders.items():
        try:
            yield name, load()
        except ImportError:
            print(f"{name} is not installed: left out", file=sys.stderr)


def _sentencex() -> Splitter:
    """Load sentencex."""
    cut = importlib.import_module("sentencex").get_sentence_boundaries
    return lambda text: [found["start_index"] for found in cut("en", text)]


def _pysbd() -> Splitter:
    """Load pysbd."""
    cut = importlib.import_module("pysbd").Segmenter(language="en", clean=False, char_span=True)
    return lambda text: [found.start for found in cut.segment(text)]


def _blingfire() -> Splitter:
    """Load blingfire."""
    cut = importlib.import_module("blingfire").text_to_sentences
    return lambda text: _find(text, cut(text).split("\n"))


def _syntok() -> Splitter:
    """Load syntok."""
    cut = importlib.import_module("syntok.segmenter").process
    return lambda text: [sentence[0].offset for paragraph in cut(text) for sentence in paragraph]


def _punkt() -> Splitter:
    """Load punkt with its default parameters, since trained ones would be a download."""
    cut = importlib.import_module("nltk.tokenize.punkt").PunktSentenceTokenizer()
    return lambda text: [start for start, _ in cut.span_tokenize(text)]


def _spacy() -> Splitter:
    """Load spaCy's rule-based sentencizer."""
    nlp = importlib.import_module("spacy").blank("en")
    nlp.add_pipe("sentencizer")
    nlp.max_length = 10**8
    return lambda text: [sentence.start_char for sentence in nlp(text).sents]


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927, JASA)."""
    share, z = hits / n, 1.96
    middle, reach = share + z * z / (2 * n), z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (middle - reach) / (1 + z * z / n), (middle + reach) / (1 + z * z / n)


def _starts(split: Splitter, text: str) -> set[int]:
    """Return where the second and further sentences begin, white space passed over."""
    return {at + len(text[at:]) - len(text[at:].lstrip()) for at in split(text)} - {0, len(text)}


def accuracy(split: Splitter, gold: list[dict]) -> dict[str, object]:
    """Return how many hand-checked sentences come out whole, and precision and recall of their boundaries."""
    whole: list[bool] = []
    true = found_all = right_all = 0
    for passage in gold:
        text, right = passage["text"], passage["starts"]
        found = _starts(split, text)
        true, found_all, right_all = true + len(found & {*right}), found_all + len(found), right_all + len(right)
        cuts = sorted(found | {0, len(text)})
        spans = set(pairwise(cuts))
        whole += [span in spans for span in zip([0, *right], [*right, len(text)], strict=True)]
    low, high = wilson(sum(whole), len(whole))
    return {
        "sentences whole": f"{sum(whole)} of {len(whole)} = {sum(whole) / len(whole):.1%}",
        "95 % interval": f"{low:.1%} to {high:.1%}",
        "precision": f"{true / max(found_all, 1):.3f}",
        "recall": f"{true / right_all:.3f}",
    }


def seconds(split: Splitter, texts: list[str]) -> float:
    """Return how long a splitter takes over some texts."""
    begin = time.perf_counter()
    for text in texts:
        split(text)
    return time.perf_counter() - begin


def hostile(split: Splitter) -> str:
    """Return how many times longer 40,000 characters take than 20,000: 2 is linear; the worst of four inputs."""
    worst = 0.0
    for pattern in ("word ", "a", ".", "Mr. "):
        short, long = (min(seconds(split, [pattern * (n // len(pattern))]) for _ in "12") for n in (20_000, 40_000))
        worst = max(worst, long / max(short, 0.002))
    return f"{worst:.1f}"


def main(path: str) -> None:
    """Measure every candidate that is installed, print the table and keep it."""
    gold = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]
    source = Path(os.environ["VANTAGE_CORPORA"]) / "fa-kes" / "FA-KES-Dataset.csv"
    texts = pd.read_csv(source, encoding="latin-1")["article_content"].tolist()
    rows = []
    for name, split in _candidates():
        try:
            speed = f"{seconds(split, texts):.2f} s"
        except (ValueError, IndexError) as error:
            speed = f"failed: {type(error).__name__}"
        rows.append({"splitter": name} | accuracy(split, gold) | {"804 articles": speed, "40k / 20k": hostile(split)})
        print(rows[-1], file=sys.stderr)
    head = [f"| {' | '.join(rows[0])} |", f"|{' --- |' * len(rows[0])}"]
    table = "\n".join([*head, *(f"| {' | '.join(map(str, row.values()))} |" for row in rows)])
    sizes = pd.Series([passage["corpus"] for passage in gold for _ in [0, *passage["starts"]]]).value_counts()
    drawn = ", ".join(f"{n} sentences from {corpus}" for corpus, n in sizes.items())
    RESULT.write_text(NOTE.format(drawn=drawn, passages=len(gold), table=table, command=COMMAND), encoding="utf-8")
    print(RESULT.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(sys.argv[1])
