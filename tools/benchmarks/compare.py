"""Measure the comparisons: false findings, power, calibration, coverage, speed.

Run `python -m tools.benchmarks.compare`; it reads the folder named by `VANTAGE_CORPORA` and takes some minutes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import binomtest
from sklearn.feature_extraction.text import CountVectorizer

from analysis.compare import contrast, keyness, null_split
from analysis.corpus import load
from analysis.text import Counts, count, units

COMMAND = "VANTAGE_CORPORA=… OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m tools.benchmarks.compare"
TARGET = Path(__file__).parent / "results" / "compare.md"
Row = tuple[str, str, str, str]
Draw = Callable[[tuple[int, int]], np.ndarray]


def share(hits: int, n: int) -> str:
    """Write a proportion with its exact 95 % interval."""
    low, high = binomtest(int(hits), n).proportion_ci()
    return f"{hits}/{n} = {100 * hits / n:.1f} % [{100 * low:.1f}, {100 * high:.1f}]"


def panel(outlets: int, events: int) -> pd.DataFrame:
    """Build a panel in which every invented outlet reports every event."""
    rows = [(f"{e:02}{o:02}", f"outlet {o}", f"event {e}") for e in range(events) for o in range(outlets)]
    return pd.DataFrame(rows, columns=["article_id", "outlet", "event"])


def false_findings(articles: pd.DataFrame, counts: Counts) -> Iterator[Row]:
    """Split one outlet's articles 200 times at random and count the lists that are not empty."""
    for family, target in (("confirmatory", "≤ 16 of 200"), ("exploratory", "nominal 10 %")):
        for outlet in ("fox", "nyt", "hpo"):
            own = articles[articles["outlet"] == outlet]
            table = null_split(own, partial(keyness, counts=counts, family=family))
            words = int(table["tested"].mean())
            what = f"lists that find a word, random halves of {outlet} ({len(own)} articles, {words} words), {family}"
            yield (
                what,
                share((table["findings"] > 0).sum(), len(table)),
                target,
                f"{table['findings'].mean():.2f} words per split",
            )


def power(articles: pd.DataFrame, counts: Counts) -> Iterator[Row]:
    """Count what is found where there is something to find."""
    pair = articles[articles["outlet"] != "nyt"]
    for what, who in (("fox against hpo", pair), ("three outlets, each against the rest", articles)):
        for family in ("confirmatory", "exploratory"):
            found = keyness(who, counts=counts, family=family)
            terms = found.loc[found["confirmed"], "term"].nunique()
            yield f"words found, {what}, 60 shared events, {family}", str(terms), "> 0", f"of {found['term'].nunique()}"
    for low, high, mentions in ((0.05, 0.95, 3), (0.1, 0.9, 4)):
        confirmed = sum(named(seed, low, high, mentions) for seed in range(400))
        what = f"naming contrast on 8 events, label share {low} against {high}, {mentions}+ mentions an article"
        yield what, share(confirmed, 400), "≥ 99 %", "family of 3 referents, all three confirmed"


def named(seed: int, low: float, high: float, mentions: int) -> bool:
    """Simulate three referents named by two outlets of opposed habits; say whether all are confirmed."""
    articles, rng = panel(2, 8), np.random.default_rng(seed)
    total = rng.integers(mentions, 2 * mentions + 1, (len(articles), 3))
    habit = np.where(articles["outlet"] == "outlet 0", high, low)[:, None]
    shares = pd.DataFrame(rng.binomial(total, habit) / total, index=articles["article_id"])
    return bool(contrast(articles, shares, comparisons=["pair"], seed=seed)["confirmed"].all())


def calibration() -> Iterator[Row]:
    """Compare p with what it promises when labels mean nothing, 4,000 measures in 40 batches of their own draws."""
    rng = np.random.default_rng(1)
    kinds: dict[str, Draw] = {
        "continuous": lambda size: rng.lognormal(size=size),
        "sparse (one article in four)": lambda size: rng.poisson(0.3, size),
    }
    for kind, draw in kinds.items():
        for outlets, events, event in ((2, 8, "event"), (2, 20, "event"), (4, 8, "event"), (2, 12, None)):
            p = np.concatenate([null_p(draw, panel(outlets, events), event, seed) for seed in range(40)])
            how = {(2, "event"): "sign flips", (4, "event"): "labels within events", (2, None): "articles as units"}
            yield (
                f"P(p ≤ a), {kind}, {outlets} outlets × {events}, {how[outlets, event]}",
                rates(p),
                "≤ a + 2 s.e.",
                f"n = {len(p)}",
            )


def looked_at_again() -> Iterator[Row]:
    """Repeat the cell of `calibration` that once lay over its limit: other data, other draws, ten times as many."""
    rng = np.random.default_rng(4)
    p = [null_p(lambda size: rng.lognormal(size=size), panel(2, 12), None, seed) for seed in range(1000, 1400)]
    yield (
        "P(p ≤ a), continuous, 2 outlets × 12, articles as units, again with other seeds",
        rates(np.concatenate(p)),
        "≤ a + 2 s.e.",
        f"n = {100 * len(p)}; the test is exact (the tests enumerate it): what lies over a limit here is chance, "
        "which puts 0.3 of the 12 continuous rates above over theirs",
    )


def rates(p: np.ndarray) -> str:
    """Write how often p is at most a, with two standard errors."""
    return ", ".join(f"{a}: {(p <= a).mean():.4f} ± {2 * np.sqrt(a * (1 - a) / len(p)):.4f}" for a in (0.01, 0.05, 0.1))


def null_p(draw: Draw, articles: pd.DataFrame, event: str | None, seed: int) -> np.ndarray:
    """Return p of 100 measures under labels that mean nothing."""
    values = pd.DataFrame(draw((len(articles), 100)), index=articles["article_id"])
    table = contrast(articles, values, event=event, comparisons=["rest"], seed=seed)
    return table.loc[table["outlet"] == "outlet 0", "p"].to_numpy(float)


def family_error() -> Iterator[Row]:
    """Count calls with any false confirmation: eight outlets, 36 comparisons, two measures, one budget."""
    rng, articles = np.random.default_rng(2), panel(8, 8)
    kinds: dict[str, Draw] = {
        "normal": lambda size: rng.normal(size=size),
        "sparse": lambda size: rng.poisson(0.3, size),
    }
    for kind, draw in kinds.items():
        values = [pd.DataFrame(draw((64, 2)), index=articles["article_id"]) for _ in range(200)]
        both = ["rest", "pair"]
        tables = (contrast(articles, v, comparisons=both, seed=seed, reps=999) for seed, v in enumerate(values))
        wrong = sum(bool(table["confirmed"].any()) for table in tables)
        yield (
            f"calls with a false confirmation, 8 outlets × 8 events, 2 {kind} measures, 72 rows",
            share(wrong, 200),
            "≤ 5 %",
            "999 draws",
        )


def coverage() -> Iterator[Row]:
    """Count intervals that hold the true effect, over simulated panels of 8 events."""
    rng, articles = np.random.default_rng(3), panel(2, 8)
    shapes: dict[str, Draw] = {
        "normal": lambda size: rng.normal(size=size),
        "Student t, 3 d.f.": lambda size: rng.standard_t(3, size),
        "uniform": lambda size: rng.uniform(-1, 1, size),
        "exponential (skewed)": lambda size: rng.exponential(size=size) - 1,
        "log-normal (skewed)": lambda size: rng.lognormal(size=size) - np.exp(0.5),
    }
    for shape, draw in shapes.items():
        values = np.zeros((16, 500))
        values[::2] = draw((8, 500)) + 1
        table = contrast(articles, pd.DataFrame(values, index=articles["article_id"]), comparisons=["pair"])
        held = ((table["low"] <= 1) & (table["high"] >= 1)).sum()
        goal = "as it is" if "skewed" in shape else "92–98 %"
        yield (
            f"95 % intervals that hold the effect, 8 events, {shape} differences",
            share(held, 500),
            goal,
            "500 panels",
        )


def speed(articles: pd.DataFrame, counts: Counts) -> Iterator[Row]:
    """Time all words of all articles against scikit-learn's counting of the same texts, best of five."""

    def best(call: Callable[[], object]) -> np.ndarray:
        times = []
        for _ in range(5):
            start = np.array([time.perf_counter(), time.process_time()])
            call()
            times.append(np.array([time.perf_counter(), time.process_time()]) - start)
        return np.array(times).min(axis=0)

    clock, cpu = best(lambda: CountVectorizer().fit_transform(articles["text"]))
    for what, event in (("matched events", "event"), ("articles as units", None)):
        mine, busy = best(partial(keyness, articles, counts=counts, event=event, min_articles=1))
        facts = f"{mine:.2f} s against {clock:.2f} s for CountVectorizer; {len(counts.terms)} words × 3 outlets"
        yield (
            f"2,000 resamples × all words of {len(articles)} articles, {what}",
            f"{mine / clock:.1f} times by the clock, {busy / cpu:.1f} in processor time",
            "≤ 10 times",
            facts,
        )


def main() -> None:
    """Run everything, print the table and write it down."""
    articles = load(Path(os.environ["VANTAGE_CORPORA"]) / "basil-dev.jsonl").articles
    counts = count(units(articles))
    lines = ["# What the comparisons find, and what they must not", "", f"`{COMMAND}`", ""]
    lines += ["Real articles: basil-dev, 60 events told by three outlets. Simulations: seeds fixed in the script.", ""]
    lines += ["| what | measured | wanted | note |", "| --- | --- | --- | --- |"]
    parts = (
        speed(articles, counts),
        false_findings(articles, counts),
        power(articles, counts),
        calibration(),
        looked_at_again(),
        family_error(),
    )
    for part in (*parts, coverage()):
        for row in part:
            lines.append("| " + " | ".join(row) + " |")
            print(lines[-1], flush=True)
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
