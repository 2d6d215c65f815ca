"""Does the cleaned text still give its outlet away? First words against words from the middle, on fa-kes."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

from analysis.codebooks import SEED
from analysis.corpus import load
from analysis.reading import tidy

WINDOWS = {"first 12 words": slice(0, 12), "words 30–42": slice(30, 42)}
RESULTS = Path(__file__).parent / "results" / "leak.md"


def told(texts: list[str], outlets: list[str], window: slice) -> np.ndarray:
    """Return, per article, whether its outlet is told from a window of its words (five stratified folds)."""
    words = [" ".join(re.findall(r"\S+", text)[window]) for text in texts]
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(C=10, max_iter=2000))
    folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
    guesses = cross_val_predict(model, words, outlets, cv=folds)
    return np.asarray(guesses == np.array(outlets))


def interval(hits: np.ndarray) -> tuple[float, float]:
    """Return a 95 % bootstrap interval of a mean over articles."""
    rng = np.random.default_rng(SEED)
    means = [rng.choice(hits, len(hits)).mean() for _ in range(2000)]
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def main() -> None:
    """Measure raw and cleaned bodies and write the table."""
    path = Path(os.environ["VANTAGE_CORPORA"]) / "fa-kes" / "FA-KES-Dataset.csv"
    articles = load(path).articles
    raw = pd.read_csv(path, encoding="latin-1")["article_content"].map(tidy)
    lines = ["| bodies | window | n | accuracy | 95 % interval |", "| --- | --- | --- | --- | --- |"]
    outlets = articles["outlet"].tolist()
    hits = {}
    for name, texts in (("raw", raw.tolist()), ("cleaned", articles["text"].tolist())):
        for window, part in WINDOWS.items():
            hits[name, window] = told(texts, outlets, part)
            low, high = interval(hits[name, window])
            score = hits[name, window].mean()
            lines.append(f"| {name} | {window} | {len(outlets)} | {score:.3f} | {low:.3f} to {high:.3f} |")
    first, middle = (hits["cleaned", window].astype(float) for window in WINDOWS)
    low, high = interval(first - middle)
    lines += ["", f"Cleaned, first minus middle: {(first - middle).mean():+.3f} ({low:+.3f} to {high:+.3f})."]
    print("\n".join(lines))


if __name__ == "__main__":
    main()
