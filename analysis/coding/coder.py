"""A coder of frames, taught by articles that people coded by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.utils.validation import check_is_fitted

from analysis import codebooks
from analysis.codebooks import SEED, Codebook
from analysis.coding.indicators import Hits, Source
from analysis.text import units

BUNDLED = ("narrative-frames", "generic-frames", "war-peace")


class FrameCoder(ClassifierMixin, BaseEstimator):
    """Learn from coded articles to tell which frames an article holds.

    For each frame a logistic regression on three things: how widely and how often the article uses the codebook (the
    frame's own measure weighs most), its indicators one by one, and its other words (TF-IDF). Probabilities are
    calibrated, and thresholds chosen, on articles left out of the fit, whole groups at a time.

    Parameters
    ----------
    codebook : str, Path, Codebook or mapping, optional
        Its frames are matched to the coded columns by name. Left out: the bundled codebook that knows most of them, and
        words alone where none knows any.
    seed : int
        Where the folds start.

    Attributes
    ----------
    frames_ : list of str
    codebook_ : Codebook or None, the one in use
    thresholds_ : Series, the calibrated probability from which a frame counts as present
    indicator_weights_ : dict of str to Series, what the coder made of each indicator

    Notes
    -----
    Calibration: Platt 1999, in Advances in Large Margin Classifiers. Thresholds that maximise F1: Lipton, Elkan &
    Naryanaswamy 2014, ECML PKDD.

    Examples
    --------
    >>> texts = ["A duty, a sin.", "It rained."] * 10
    >>> FrameCoder({"moral": ["dut*", "sin"]}).fit(texts, pd.DataFrame({"moral": [1, 0] * 10})).predict(texts)[:2, 0]
    array([1, 0])
    """

    def __init__(self, codebook: Source | None = None, seed: int = SEED) -> None:
        """Keep the options, as scikit-learn asks."""
        self.codebook = codebook
        self.seed = seed

    def fit(self, texts: Iterable[str], codes: ArrayLike, groups: Iterable[object] | None = None) -> FrameCoder:
        """Learn from coded articles.

        Parameters
        ----------
        texts : iterable of str
            The articles' texts.
        codes : DataFrame or array
            Articles × frames, 1 where a coder saw the frame, else 0. The columns of an array that has as many as the
            codebook has frames are taken to be these, in order.
        groups : iterable, optional
            What must not be split when thresholds are chosen: the event of each article.

        Raises
        ------
        ValueError
            If codes are missing or not 0 and 1, numbers do not match, or a frame is too rare (or too common) to learn.
        """
        listed, table = list(texts), _codes(codes)
        if len(listed) != len(table):
            raise ValueError(f"{len(listed)} texts but {len(table)} rows of codes; give one row of codes per text")
        self.codebook_ = _matched(self.codebook, table)
        if not isinstance(codes, pd.DataFrame) and self.codebook_ and len(self.codebook_.frames) == table.shape[1]:
            table.columns = pd.Index(self.codebook_.frames)
        self.frames_ = [str(name) for name in table]
        self.classes_ = np.array(self.frames_, object)
        measured, y = self._measured(listed), table.to_numpy()
        held = np.full(y.shape, np.nan)
        for train, test in _folds(y, groups, self.seed, self.frames_):
            models = self._models(measured.take(train), y[train])
            held[test] = self._scores(models, measured.take(test))
        self._fitted = self._models(measured, y)
        self._scale = [LogisticRegression().fit(held[:, [j]], y[:, j]) for j in range(y.shape[1])]
        chances = self._calibrated(held)
        cuts = [best_threshold(chances[:, j], y[:, j]) for j in range(y.shape[1])]
        self.thresholds_ = pd.Series(cuts, self.frames_)
        self.indicator_weights_ = {f: m.weights() for f, m in zip(self.frames_, self._fitted, strict=True)}
        return self

    def predict_proba(self, texts: Iterable[str]) -> np.ndarray:
        """Return texts × frames: the calibrated probability that a coder would see the frame."""
        check_is_fitted(self)
        return self._calibrated(self._scores(self._fitted, self._measured(list(texts))))

    def predict(self, texts: Iterable[str]) -> np.ndarray:
        """Return texts × frames: 1 where the probability reaches the frame's threshold, else 0."""
        return (self.predict_proba(texts) >= self.thresholds_.to_numpy()).astype(np.int64)

    def _calibrated(self, scores: np.ndarray) -> np.ndarray:
        """Turn scores into probabilities."""
        columns = [model.predict_proba(scores[:, [j]])[:, 1] for j, model in enumerate(self._scale)]
        return np.column_stack(columns)

    def _measured(self, texts: list[str]) -> _Measured:
        """Measure the codebook in each text once."""
        if self.codebook_ is None:
            return _Measured(texts, pd.DataFrame(index=range(len(texts))), pd.DataFrame(index=range(len(texts))))
        parts = units(pd.DataFrame({"article_id": range(len(texts)), "text": texts}))
        hits = Hits(parts, self.codebook_, None, None)
        found = hits.per_indicator().transform(np.log1p).reindex(range(len(texts)), fill_value=0.0)
        shares = hits.shares().reindex(range(len(texts))).fillna(0.0)
        breadth = hits.breadth().reindex(range(len(texts)), fill_value=0.0)
        return _Measured(texts, pd.concat({"breadth": breadth, "share": shares}, axis=1), found)

    def _models(self, measured: _Measured, y: np.ndarray) -> list[_Model]:
        """Fit one model per frame on shared word features."""
        words = TfidfVectorizer(sublinear_tf=True, min_df=min(3, max(1, len(y) // 20)), stop_words="english")
        try:
            weighted = words.fit_transform(measured.texts)
        except ValueError as error:
            raise ValueError(f"the texts hold no words to learn from ({error}); give whole articles") from None
        return [_Model(frame, words).fit(measured, weighted, y[:, j]) for j, frame in enumerate(self.frames_)]

    def _scores(self, models: list[_Model], measured: _Measured) -> np.ndarray:
        """Return texts × frames: each model's score."""
        weighted = models[0].words.transform(measured.texts)
        return np.column_stack([model.score(measured, weighted) for model in models])


@dataclass(frozen=True)
class _Measured:
    """Texts, their (measure, frame) values and their (frame, indicator) values."""

    texts: list[str]
    values: pd.DataFrame
    found: pd.DataFrame

    def take(self, rows: np.ndarray) -> _Measured:
        """Return some of the texts."""
        return _Measured([self.texts[row] for row in rows], self.values.iloc[rows], self.found.iloc[rows])


class _Model:
    """One frame's logistic regression; the constants weigh the kinds of features against one another."""

    OWN, OTHER, INDICATOR, WORD, STRENGTH = 3.0, 0.3, 0.5, 6.0, 0.1

    def __init__(self, frame: str, words: TfidfVectorizer) -> None:
        """Name the frame and the word features."""
        self.frame, self.words = frame, words

    def fit(self, measured: _Measured, weighted: sparse.csr_matrix, y: np.ndarray) -> _Model:
        """Learn the frame from measured texts."""
        self.centre, self.spread = measured.values.mean(), measured.values.std(ddof=0).replace(0.0, 1.0)
        own = [key == ("breadth", self.frame) for key in measured.values]
        self.weight = np.where(own, self.OWN, self.OTHER) / self.spread.to_numpy()
        self.model = LogisticRegression(
            C=self.STRENGTH, class_weight="balanced", solver="liblinear", dual=True, max_iter=5000, random_state=0
        ).fit(self._features(measured, weighted), y)
        return self

    def score(self, measured: _Measured, weighted: sparse.csr_matrix) -> np.ndarray:
        """Return how strongly each text speaks for the frame."""
        return self.model.decision_function(self._features(measured, weighted))

    def weights(self) -> pd.Series:
        """Return what each indicator of the frame adds to the score per unit of log(1 + sentences)."""
        n, listed = len(self.weight), self.indicators
        own = np.array([key == ("breadth", self.frame) for key in self.centre.index], bool)
        shared = float(self.model.coef_[0, :n][own] @ self.weight[own])
        each = self.INDICATOR * self.model.coef_[0, n : n + len(listed)] + shared
        return pd.Series(each, pd.Index(listed, name="indicator"), dtype=float)

    def _features(self, measured: _Measured, weighted: sparse.csr_matrix) -> sparse.csr_matrix:
        """Put the three kinds of features side by side."""
        values = (measured.values - self.centre).to_numpy() * self.weight
        own = np.array([key[0] == self.frame for key in measured.found.columns], bool)
        self.indicators = [key[1] for key in measured.found.columns[own]]
        found = measured.found.to_numpy(float)[:, own] * self.INDICATOR
        return sparse.hstack([sparse.csr_matrix(values), sparse.csr_matrix(found), weighted * self.WORD]).tocsr()


def held_out(
    texts: Iterable[str],
    codes: ArrayLike,
    *,
    coder: FrameCoder,
    groups: Iterable[object] | None = None,
    folds: int = 5,
    seed: int = SEED,
) -> pd.DataFrame:
    """Predict each coded article by a coder that never saw it, nor any of its group.

    Parameters
    ----------
    texts, codes, groups
        As for `FrameCoder.fit`.
    coder : FrameCoder
        Fitted anew in every fold, its thresholds chosen within.
    folds, seed : int
        How many folds, and where the shuffling starts.

    Returns
    -------
    DataFrame
        One row per text and frame: `row` (int, the text's position), `frame`, `code` (0 or 1), `probability` (float),
        `predicted` (0 or 1).

    Examples
    --------
    >>> texts = ["A duty, a sin.", "It rained."] * 10
    >>> held = held_out(texts, pd.DataFrame({"moral": [1, 0] * 10}), coder=FrameCoder({"moral": ["dut*"]}))
    >>> bool((held["code"] == held["predicted"]).all())
    True
    """
    listed, table = list(texts), _codes(codes)
    together = None if groups is None else np.asarray(list(groups), object)
    rows = []
    for train, test in _folds(table.to_numpy(), together, seed, [str(name) for name in table], folds):
        fitted = clone(coder).fit(
            [listed[i] for i in train], table.iloc[train], None if together is None else together[train]
        )
        chances = fitted.predict_proba([listed[i] for i in test])
        for j, frame in enumerate(fitted.frames_):
            known, cut = (
                {"row": test, "frame": frame, "code": table.iloc[test, j].to_numpy()},
                fitted.thresholds_.iloc[j],
            )
            said = (chances[:, j] >= cut).astype(np.int64)
            rows.append(pd.DataFrame({**known, "probability": chances[:, j], "predicted": said}))
    return pd.concat(rows).sort_values("row", kind="stable").reset_index(drop=True)


def best_threshold(scores: ArrayLike, codes: ArrayLike, *, reps: int = 100) -> float:
    """Choose the score from which a frame counts as present, for the best F1.

    The median of the best cuts of bootstrap samples, which varies less from sample to sample than the best cut itself.

    Parameters
    ----------
    scores, codes : array
        A score and a code (0 or 1) per article.
    reps : int
        Bootstrap samples.

    Examples
    --------
    >>> best_threshold([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1])
    0.5
    """
    values, truth, rng = np.asarray(scores, float), np.asarray(codes), np.random.default_rng(SEED)
    draws = (rng.integers(0, len(values), len(values)) for _ in range(reps))
    cuts = [_best_cut(values[rows], truth[rows]) for rows in draws if truth[rows].any()]
    return float(np.median(cuts)) if cuts else float("inf")


def _best_cut(scores: np.ndarray, codes: np.ndarray) -> float:
    """Return the middle of the gap in which a threshold gives the best F1."""
    order = np.argsort(-scores, kind="stable")
    ranked, right = scores[order], np.cumsum(codes[order])
    f1 = 2 * right / (np.arange(1, len(ranked) + 1) + right[-1])
    f1[:-1][ranked[1:] == ranked[:-1]] = -1
    best = int(np.argmax(f1))
    return ranked[best] if best == len(ranked) - 1 else (ranked[best] + ranked[best + 1]) / 2


def _matched(codebook: Source | None, codes: pd.DataFrame) -> Codebook | None:
    """Return the codebook, or the bundled one that knows most of the coded frames."""
    if codebook is not None:
        return codebooks.load(codebook)
    known = [(len(set(codes) & set(book.frames)), book) for book in map(codebooks.load, BUNDLED)]
    most, book = max(known, key=lambda pair: pair[0])
    return book if most else None


def _codes(codes: ArrayLike) -> pd.DataFrame:
    """Return codes as a table of 0 and 1."""
    table = codes.reset_index(drop=True) if isinstance(codes, pd.DataFrame) else pd.DataFrame(np.asarray(codes))
    if wrong := [name for name in table if not table[name].isin([0, 1]).all()]:
        raise ValueError(f"the codes of {wrong[0]!r} are not all 0 or 1; leave out articles that were not coded")
    return table.astype("int64")


def _folds(
    y: np.ndarray, groups: Iterable[object] | None, seed: int, frames: list[str], n: int = 5
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Split whole groups into folds, every part left to learn from holding each frame present and absent."""
    together = np.arange(len(y)) if groups is None else pd.factorize(pd.Series(list(groups), dtype=object))[0]
    alone = together.max(initial=0) + 1 + np.arange(len(y))
    together = np.where(together < 0, alone, together)
    n = min(n, len(np.unique(together)))
    split = list(GroupKFold(n, shuffle=True, random_state=seed).split(y, groups=together)) if n > 1 else []
    short = [f for j, f in enumerate(frames) if not all(0 < y[train, j].sum() < len(train) for train, _ in split)]
    if short or not split:
        raise ValueError(
            f"too few articles are coded with and without {short[0] if short else 'any frame'!r} to learn it; "
            "code more of them, from several events, or leave the frame out"
        )
    yield from split
