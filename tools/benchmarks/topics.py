"""Topics against editors' labels: ours, plain NMF and two LDAs on the same documents, words and number of topics."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from statistics import fmean

import numpy as np
import pandas as pd
import tomotopy
from sklearn.decomposition import NMF, LatentDirichletAllocation
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from analysis.consensus import TOP, coherence
from analysis.corpus import load
from analysis.topics import TopicModel, stoplist

COMMAND = "VANTAGE_CORPORA=… python -m tools.benchmarks.topics"
RESULTS = Path(__file__).parent / "results" / "topics.md"
Fitted = tuple[np.ndarray, list[list[str]]]
Method = Callable[[list[str], int, int, frozenset[str]], Fitted]


def ours(texts: list[str], k: int, seed: int, stop: frozenset[str]) -> Fitted:
    """Consensus topics; whatever belongs to a withheld topic is one class of its own."""
    model = TopicModel(k, seed, stop=stop).fit(texts)
    classes = pd.factorize(model.predict(texts))[0]
    return classes, [terms.split(", ") for terms in model.topics_["terms"]]


def plain(texts: list[str], k: int, seed: int, stop: frozenset[str]) -> Fitted:
    """NMF from a random start on the same TF-IDF."""
    vectorizer = TopicModel(2, seed, runs=1, min_stability=0, stop=stop).fit(texts).vectorizer_
    x, names = vectorizer.transform(texts), vectorizer.get_feature_names_out()
    model = NMF(k, init="random", random_state=seed, max_iter=200, tol=1e-3)
    weights = model.fit_transform(x) * np.linalg.norm(model.components_, axis=1)
    return weights.argmax(axis=1), [list(names[np.argsort(-row)[:TOP]]) for row in model.components_]


def counted(texts: list[str], stop: frozenset[str]) -> tuple[CountVectorizer, np.ndarray]:
    """Counts of the same words, for the LDAs."""
    words = TopicModel(2, runs=1, min_stability=0, stop=stop).fit(texts).words
    vectorizer = CountVectorizer(analyzer=words, min_df=5, max_df=0.5)
    return vectorizer, vectorizer.fit_transform(texts)


def lda(texts: list[str], k: int, seed: int, stop: frozenset[str]) -> Fitted:
    """scikit-learn's variational LDA at its defaults."""
    vectorizer, x = counted(texts, stop)
    model, names = LatentDirichletAllocation(k, random_state=seed), vectorizer.get_feature_names_out()
    classes = model.fit_transform(x).argmax(axis=1)
    return classes, [list(names[np.argsort(-row)[:TOP]]) for row in model.components_]


def gibbs(texts: list[str], k: int, seed: int, stop: frozenset[str]) -> Fitted:
    """tomotopy's collapsed Gibbs LDA: 1,000 iterations, one worker."""
    vectorizer, _ = counted(texts, stop)
    known, analyse = set(vectorizer.vocabulary_), vectorizer.build_analyzer()
    model = tomotopy.LDAModel(k=k, seed=seed + 1)
    for text in texts:
        model.add_doc([word for word in analyse(text) if word in known])
    model.train(1000, workers=1)
    classes = np.array([np.argmax(doc.get_topic_dist()) for doc in model.docs])
    return classes, [[word for word, _ in model.get_topic_words(t, top_n=TOP)] for t in range(k)]


METHODS: dict[str, tuple[Method, int, int]] = {  # reseeded runs, subsamples
    "TopicModel": (ours, 5, 6),
    "NMF": (plain, 5, 6),
    "LDA (scikit-learn)": (lda, 2, 2),
    "LDA (tomotopy)": (gibbs, 2, 2),
}


def shared(a: np.ndarray, b: np.ndarray) -> float:
    """ARI of two labellings on the documents that both have."""
    both = (a != -9) & (b != -9)
    return float(adjusted_rand_score(a[both], b[both]))


def measure(name: str, texts: list[str], labels: np.ndarray, stop: frozenset[str]) -> dict[str, object]:
    """Run one method: reseeded on everything, then on 80 % subsamples that are the same for every method."""
    method, seeds, samples = METHODS[name]
    k, rng = len(set(labels)), np.random.default_rng(1)
    started = time.process_time()
    runs = [method(texts, k, seed, stop) for seed in range(seeds)]
    seconds = (time.process_time() - started) / seeds
    parts = []
    for sample in range(samples):
        some = np.sort(rng.choice(len(texts), int(0.8 * len(texts)), replace=False))
        classes = np.full(len(texts), -9)
        classes[some] = method([texts[i] for i in some], k, 100 + sample, stop)[0]
        parts.append(classes)
    return {
        "runs": [classes for classes, _ in runs], "parts": parts, "seconds": seconds,
        "npmi": [float(coherence(texts, terms).mean()) for _, terms in runs], "shown": fmean(len(t) for _, t in runs),
    }  # fmt: skip


def line(name: str, labels: np.ndarray, found: dict) -> str:
    """One row of the table."""
    runs, parts = found["runs"], found["parts"]
    cells = [
        fmean(normalized_mutual_info_score(labels, run) for run in runs),
        fmean(adjusted_rand_score(labels, run) for run in runs),
        fmean(found["npmi"]),
        fmean(adjusted_rand_score(a, b) for a, b in combinations(runs, 2)),
        fmean(shared(a, b) for a, b in combinations(parts, 2)),
    ]
    counts = f"{len(runs)} / {len(parts)} | {found['shown']:.1f}"
    return f"| {name} | {counts} | " + " | ".join(f"{c:.3f}" for c in cells) + f" | {found['seconds']:.1f} |"


def paired(labels: np.ndarray, a: dict, b: dict, reps: int = 1000) -> list[str]:
    """Differences between two methods: NMI over resampled documents, subsample ARI over resampled subsamples."""
    rng, n = np.random.default_rng(0), len(labels)

    def gain(rows: np.ndarray) -> float:
        """Mean NMI of the first minus that of the second on these documents."""
        first, second = (fmean(normalized_mutual_info_score(labels[rows], z[rows]) for z in m["runs"]) for m in (a, b))
        return first - second

    pairs = {(i, j): shared(a["parts"][i], a["parts"][j]) - shared(b["parts"][i], b["parts"][j])
             for i, j in combinations(range(len(a["parts"])), 2)}  # fmt: skip
    nmi = [gain(rng.integers(0, n, n)) for _ in range(reps)]
    draws = [np.sort(rng.integers(0, len(a["parts"]), len(a["parts"]))) for _ in range(reps)]
    ari = [fmean(pairs[i, j] for i, j in combinations(draw, 2) if i != j) for draw in draws if len(set(draw)) > 1]
    rows = [("NMI, documents resampled", gain(np.arange(n)), nmi),
            ("subsample ARI, subsamples resampled", fmean(pairs.values()), ari)]  # fmt: skip
    return [f"| {name} | {seen:+.3f} | {np.quantile(draws, 0.025):+.3f} to {np.quantile(draws, 0.975):+.3f} |"
            for name, seen, draws in rows]  # fmt: skip


def main() -> None:
    """Run everything and write the table."""
    articles = load(Path(os.environ["VANTAGE_CORPORA"]) / "allsides-dev.jsonl").articles
    articles = articles[articles.groupby("topic")["article_id"].transform("size") >= 20]
    texts, labels = articles["text"].tolist(), pd.factorize(articles["topic"])[0]
    stop = frozenset(stoplist(articles)["term"])
    found = {}
    for name in METHODS:
        found[name] = measure(name, texts, labels, stop)
        print(line(name, labels, found[name]), flush=True)
    report = [
        "# Topics against editors' labels", "",
        f"`allsides-dev`, {len(texts):,} articles under the {len(set(labels))} labels that have at least 20; the text "
        "alone, the same words for all, as many topics as labels, one thread. Every article counts: those of withheld "
        "topics are one class. NPMI of ten terms in windows of ten words; ARI between reseeded runs and between 80 % "
        "parts (all pairs, the documents both have). CPU seconds are the mean of the reseeded runs, "
        "tokenising included.", "",
        "| method | runs / parts | topics shown | NMI | ARI | NPMI | ARI of seeds | ARI of parts | CPU seconds |",
        "|---|---|---|---|---|---|---|---|---|",
        *(line(name, labels, each) for name, each in found.items()), "",
        "| TopicModel minus NMF | estimate | 95 % interval |", "|---|---|---|",
        *paired(labels, found["TopicModel"], found["NMF"]), "", f"`{COMMAND}`", "",
    ]  # fmt: skip
    RESULTS.write_text("\n".join(report), "utf-8")
    print("\n".join(report))


if __name__ == "__main__":
    main()
