"""How well are reported figures found? Against the figures marked in the constructed panel, half by half."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.claims import claims
from analysis.codebooks import SEED, read

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
COMMAND = "python -m tools.benchmarks.figures"
RESULTS = Path(__file__).parent / "results" / "figures.md"
MEASURES = ("found", "bounds", "bounds and unit", "bounds and the very word")


def gold(name: str) -> list[dict[str, str]]:
    """Read one table of what was planted."""
    with (SEEDS / "gold" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def bodies(half: str) -> pd.DataFrame:
    """Return the clean bodies of one half as written: each page without the clutter that was planted in it."""
    clutter, rows = gold("clutter"), []
    for article in (row for row in gold("articles") if row["half"] == half):
        lines = (SEEDS / "articles" / f"{article['article']}.txt").read_text(encoding="utf-8").split("\n")
        planted = [row for row in clutter if row["article"] == article["article"]]
        dropped = {int(row["line"]) for row in planted if row["kind"] != "dateline-span"}
        opened = {int(row["line"]): row["text"] for row in planted if row["kind"] == "dateline-span"}
        first = lines.index("---", 1) + 2
        kept = [(n, line) for n, line in enumerate(lines, 1) if n >= first and line and n not in dropped]
        kept.pop(next(place for place, (_, line) in enumerate(kept) if line == article["title"]))
        text = "\n\n".join(line.removeprefix(opened.get(n, "")).lstrip() for n, line in kept)
        if sha256(text.encode()).hexdigest() != article["sha256"]:
            raise ValueError(f"{article['article']}.txt differs from what was marked: check it out again")
        rows.append((article["article"], text))
    return pd.DataFrame(rows, columns=["article_id", "text"])


def judged(marks: list[dict[str, str]], found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Judge the marked figures of one article, each by the first found one that overlaps it, none used twice."""
    same = {form: unit for unit, forms in read("hedges")["same"].items() for form in forms}
    for mark in marks:
        start, end = int(mark["start"]), int(mark["end"])
        got = next((row for row in found if row["start"] < end and row["end"] > start), None)
        if got is None:
            yield mark | dict.fromkeys(MEASURES, False)
            continue
        found.remove(got)
        known = [float(mark["low"]), float(mark["high"] or "inf")]
        right = bool(np.allclose([got["low"], got["high"]], known, rtol=1e-4))
        alike = same.get(got["unit"], got["unit"]) == same.get(mark["unit"], mark["unit"])
        verdict = (True, right, right and alike, right and got["unit"] == mark["unit"])
        yield (
            mark | dict(zip(MEASURES, verdict, strict=True)) | {"got": f"{got['low']:g}–{got['high']:g} {got['unit']}"}
        )


def hits(half: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return how many figures are marked, given and right in each article, and every marked one with its verdict."""
    articles, marks = bodies(half), gold("figures")
    table = claims(articles)
    rows: list[Any] = table[table["kind"] != "duration"].to_dict("records")
    verdicts: list[dict[str, Any]] = []
    given = {}
    for article in articles["article_id"]:
        found = [row for row in rows if row["article_id"] == article]
        given[article] = len(found)
        verdicts += judged([mark for mark in marks if mark["article"] == article], found)
    marked = pd.DataFrame(verdicts)
    counts = marked.groupby("article")[list(MEASURES)].sum().astype(int)
    return counts.assign(marked=marked.groupby("article").size(), given=pd.Series(given)), marked


def scores(table: pd.DataFrame, measure: str) -> tuple[float, float, float]:
    """Return precision, recall and F1."""
    right, given, known = table[measure].sum(), table["given"].sum(), table["marked"].sum()
    return right / given, right / known, 2 * right / (given + known)


def interval(table: pd.DataFrame, measure: str) -> str:
    """Return a 95 % bootstrap interval of F1 over articles."""
    rng = np.random.default_rng(SEED)
    draws = [scores(table.iloc[rng.integers(0, len(table), len(table))], measure)[2] for _ in range(1000)]
    low, high = np.quantile(draws, [0.025, 0.975])
    return f"{low:.2f} to {high:.2f}"


def main(halves: list[str]) -> None:
    """Print the table of each half, and write it when both were asked for."""
    lines = [
        "# Reported figures against those marked in the constructed panel",
        "",
        "The rules were written on the half `build`; the half `report` was opened once, when they were finished.",
        "A figure is *found* where spans overlap; its *bounds* must be those of the hedge table; a *unit* is right if",
        "it names the same kind of thing (soldiers, troops: the list `same` of the codebook), *the very word* if it is",
        "spelt as marked. Durations are left out. Intervals: 95 % bootstrap over articles. The bodies are those that",
        "were marked, so cleaning has no part in it. A language model wrote the articles and marked the figures.",
        "",
        "When the half `report` was opened, F1 was 0.983 for found, 0.971 (0.95 to 0.99) for bounds, 0.785 (0.73 to",
        "0.84) for bounds and unit, 0.739 (0.67 to 0.81) with the very word: the numbers to quote. Faults seen there",
        "were then mended (two hedges in a row, nationalities in -is, *that 200,000 could*, *peshmerga*); the table is",
        "of the code as it is. About half of the errors of unit are another word for those counted, since figures were",
        "marked by the fact they report (*defenders*, marked as fighters; *men*, as troops; *the civilian dead*, as",
        "civilians); the others are mostly figures without a noun behind them, whose unit is a guess.",
        "",
        f"`{COMMAND}`",
        "",
        "| half | articles | marked | given | what is right | precision | recall | F1 | interval of F1 |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for half in halves:
        table, marked = hits(half)
        for measure in MEASURES:
            counts = f"{len(table)} | {table['marked'].sum()} | {table['given'].sum()}"
            numbers = " | ".join(f"{score:.3f}" for score in scores(table, measure))
            lines.append(f"| {half} | {counts} | {measure} | {numbers} | {interval(table, measure)} |")
        wrong = marked[~marked["bounds and unit"]].reindex(columns=["article", "text", "unit", "got"])
        print(wrong.to_string(index=False))
    print("\n".join(lines))
    if len(halves) == 2:
        RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:] or ["build", "report"])
