"""Frames against hand codes: codebook alone, words alone, and the coder, in one run on the same folds."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline

from analysis.coding.coder import FrameCoder, best_threshold
from analysis.framing import frame_breadth, frame_shares
from analysis.text import units

FRAMES = ["conflict", "economic", "human_interest", "moral", "resolution"]
CODEBOOK = "narrative-frames"
RESULTS = Path(__file__).parent / "results" / "framing.md"
Predicted = tuple[np.ndarray, np.ndarray]


def folds(ids: pd.Series, n: int = 5) -> np.ndarray:
    """Give each article a fold from a hash of its id."""
    return np.array([int(hashlib.sha256(str(i).encode()).hexdigest(), 16) % n for i in ids])


def in_folds(fold: np.ndarray, shape: tuple[int, int], fit: Callable[[np.ndarray, np.ndarray], Predicted]) -> Predicted:
    """Predict each fold by what was learnt on the others: (scores, predictions)."""
    scores, predicted = np.zeros(shape), np.zeros(shape, int)
    for k in np.unique(fold):
        train, test = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        scores[test], predicted[test] = fit(train, test)
    return scores, predicted


def measured(values: np.ndarray, y: np.ndarray) -> Callable[[np.ndarray, np.ndarray], Predicted]:
    """Turn a codebook's values into predictions, the thresholds chosen on the training folds."""

    def fit(train: np.ndarray, test: np.ndarray) -> Predicted:
        """Choose thresholds and apply them."""
        cuts = [best_threshold(values[train, j], y[train, j]) for j in range(y.shape[1])]
        return values[test], (values[test] >= cuts).astype(int)

    return fit


def words(texts: np.ndarray, y: np.ndarray) -> Callable[[np.ndarray, np.ndarray], Predicted]:
    """TF-IDF with logistic regression, thresholds chosen by inner folds."""

    def fit(train: np.ndarray, test: np.ndarray) -> Predicted:
        """Fit each frame by itself."""
        scores, predicted = [], []
        for j in range(y.shape[1]):
            model = make_pipeline(
                TfidfVectorizer(sublinear_tf=True, min_df=3, stop_words="english"),
                LogisticRegression(C=3.0, class_weight="balanced", solver="liblinear", dual=True, random_state=0),
            )
            inner = cross_val_predict(model, texts[train], y[train, j], cv=5, method="decision_function")
            found = model.fit(texts[train], y[train, j]).decision_function(texts[test])
            scores.append(found)
            predicted.append(found >= best_threshold(inner, y[train, j]))
        return np.column_stack(scores), np.column_stack(predicted).astype(int)

    return fit


def coder(
    texts: np.ndarray, y: np.ndarray, coded: int | None = None, seed: int = 0
) -> Callable[[np.ndarray, np.ndarray], Predicted]:
    """Use the project's coder, on all training articles or on a sample of so many."""

    def fit(train: np.ndarray, test: np.ndarray) -> Predicted:
        """Fit and predict; thresholds are chosen inside."""
        if coded is not None:
            train = np.random.default_rng(seed).choice(train, coded, replace=False)
        model = FrameCoder(CODEBOOK).fit(texts[train], pd.DataFrame(y[train], columns=FRAMES))
        return model.predict_proba(texts[test]), model.predict(texts[test])

    return fit


def interval(y: np.ndarray, one: np.ndarray, other: np.ndarray | None = None, reps: int = 2000) -> tuple[float, ...]:
    """Return macro-F1 (or its difference from another's) with a 95 % bootstrap interval over articles."""
    draws = np.random.default_rng(0).integers(0, len(y), (reps, len(y)))

    def macro(predicted: np.ndarray, rows: np.ndarray) -> float:
        """Return macro-F1 on some rows."""
        truth, guess = y[rows], predicted[rows]
        return float(np.mean(2 * (truth * guess).sum(0) / np.maximum(truth.sum(0) + guess.sum(0), 1)))

    def gap(rows: np.ndarray) -> float:
        """Return the statistic on some rows."""
        return macro(one, rows) - (0.0 if other is None else macro(other, rows))

    values = [gap(rows) for rows in draws]
    return gap(np.arange(len(y))), *np.quantile(values, [0.025, 0.975])


def main() -> None:
    """Measure, print and write the table."""
    path = Path(os.environ["VANTAGE_CORPORA"]) / "narrative-frames-dev.jsonl"
    data = pd.DataFrame([json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()])
    y, texts, fold = data[FRAMES].to_numpy(int), data["text"].to_numpy(object), folds(data["id"])
    parts = units(data.rename(columns={"id": "article_id"}))
    order = data["id"]
    shares = frame_shares(parts, CODEBOOK).loc[order, FRAMES].to_numpy()
    breadth = frame_breadth(parts, CODEBOOK).loc[order, FRAMES].to_numpy()
    ones = np.ones(y.shape, int)
    runs = {
        "all positive": (ones.astype(float), ones),
        "codebook, share of sentences": in_folds(fold, y.shape, measured(shares, y)),
        "codebook, breadth": in_folds(fold, y.shape, measured(breadth, y)),
        "TF-IDF + logistic regression": in_folds(fold, y.shape, words(texts, y)),
        "FrameCoder": in_folds(fold, y.shape, coder(texts, y)),
    }
    few = [in_folds(fold, y.shape, coder(texts, y, 100, seed)) for seed in range(5)]
    lines = [
        "# Frames against hand codes",
        "",
        f"`narrative-frames-dev`, {len(y)} articles, five folds by hash of the id, thresholds chosen inside "
        "the folds; 95 % bootstrap intervals over articles (2,000). **The rows that use the codebook are "
        "optimistic:** its indicators were mended and pruned on these same articles. As first written: share "
        "0.536, breadth 0.604. After mending what did not fit the definitions: 0.554 and 0.629. After pruning"
        " broad indicators, as below: 0.568 and 0.643. The coder's constants were picked from about 18 "
        "settings on these articles, so its row is optimistic too.",
        "",
        "| measure | macro-F1 | " + " | ".join(f"F1 {f} (AUC)" for f in FRAMES) + " |",
        "|---|---|" + "---|" * len(FRAMES),
    ]
    for name, (scores, predicted) in runs.items():
        mean, low, high = interval(y, predicted)
        each = f1_score(y, predicted, average=None, zero_division=0)
        auc = [np.mean([roc_auc_score(y[fold == k, j], scores[fold == k, j]) for k in range(5)]) for j in range(5)]
        cells = " | ".join(f"{f:.2f} ({a:.2f})" for f, a in zip(each, auc, strict=True))
        lines.append(f"| {name} | {mean:.3f} [{low:.3f}, {high:.3f}] | {cells} |")
    each = np.array([f1_score(y, predicted, average=None) for _, predicted in few])
    lines.append(
        f"| FrameCoder, 100 coded articles (mean of 5 draws) | {each.mean():.3f} ({each.mean(1).min():.3f} to "
        f"{each.mean(1).max():.3f}) | " + " | ".join(f"{value:.2f}" for value in each.mean(0)) + " |"
    )
    lines += ["", "| paired difference of macro-F1 | estimate | 95 % interval |", "|---|---|---|"]
    pairs = [(4, 1), (4, 2), (4, 3), (1, 0), (2, 0), (2, 1)]
    names = list(runs)
    for a, b in pairs:
        mean, low, high = interval(y, runs[names[a]][1], runs[names[b]][1])
        lines.append(f"| {names[a]} minus {names[b]} | {mean:+.3f} | {low:+.3f} to {high:+.3f} |")
    lines += ["", "AUC is the mean over folds. Regenerate with `VANTAGE_CORPORA=… python -m tools.benchmarks.framing`."]
    text = "\n".join(lines) + "\n"
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
