"""How well are events proposed? Pairs of articles against the known events of basil-dev."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from analysis.codebooks import SEED
from analysis.corpus import load
from analysis.loading.matching import match_events

THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4)
WINDOWS = (2, 4, 7, 14)
DEFAULT = (0.15, 4)
COMMAND = "VANTAGE_CORPORA=… python -m tools.benchmarks.matching"
RESULTS = Path(__file__).parent / "results" / "matching.md"


def pairs(labels: np.ndarray) -> np.ndarray:
    """Return, for every pair of articles (i < j), whether the two share a label."""
    return (labels[:, None] == labels[None, :])[np.triu_indices(len(labels), 1)]


def scores(known: np.ndarray, proposed: np.ndarray) -> tuple[float, float]:
    """Return pairwise precision and recall."""
    hits = (pairs(known) & pairs(proposed)).sum()
    return hits / max(pairs(proposed).sum(), 1), hits / pairs(known).sum()


def interval(known: np.ndarray, proposed: np.ndarray, which: int) -> str:
    """Return a 95 % bootstrap interval over known events of precision (0) or recall (1)."""
    rng = np.random.default_rng(SEED)
    events = np.unique(known)
    draws = []
    for _ in range(1000):
        rows = [np.flatnonzero(known == event) for event in rng.choice(events, len(events))]
        copy = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        index = np.concatenate(rows)
        tagged = np.array([f"{c} {k}" for c, k in zip(copy, known[index], strict=True)])
        apart = pairs(known[index]) & ~pairs(copy)  # an event drawn twice is no error
        same, guess = pairs(tagged), pairs(proposed[index]) & ~apart
        draws.append((same & guess).sum() / max((same if which else guess).sum(), 1))
    low, high = np.quantile(draws, [0.025, 0.975])
    return f"{low:.2f} to {high:.2f}"


def main() -> None:
    """Sweep threshold and window, and write the table."""
    articles = load(Path(os.environ["VANTAGE_CORPORA"]) / "basil-dev.jsonl").articles
    known = articles["event"].to_numpy(dtype=str)
    lines = [
        "# Proposed events against known events",
        "",
        f"basil-dev: {len(articles)} articles, {len(np.unique(known))} events, {pairs(known).sum()} pairs that share "
        "an event. Intervals: 95 % bootstrap over events, for the default alone.",
        "",
        f"`{COMMAND}`",
        "",
        "| threshold | window, days | events | precision | recall |",
        "| --- | --- | --- | --- | --- |",
    ]
    for window in WINDOWS:
        for threshold in THRESHOLDS:
            found = match_events(articles, threshold=threshold, window_days=window)["event"].to_numpy(dtype=str)
            precision, recall = (f"{score:.3f}" for score in scores(known, found))
            if (threshold, window) == DEFAULT:
                precision += f" ({interval(known, found, 0)})"
                recall += f" ({interval(known, found, 1)})"
            lines.append(f"| {threshold} | {window} | {len(np.unique(found))} | {precision} | {recall} |")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
