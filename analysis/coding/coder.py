"""A coder of frames, taught by articles that people coded by hand."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.utils.validation import check_is_fitted

from analysis import codebooks
from analysis.codebooks import SEED, Codebook
from analysis.coding.indicators import Hits, Source
from analysis.coding.thresholds import best_threshold
from analysis.text import units

BUNDLED = ("narrative-frames", "generic-frames", "war-peace")


class FrameCoder(ClassifierMixin, BaseEstimator):
    """Learn from coded articles to tell which frames an article holds.

    For each frame a logistic regression on three things: how widely and how often the article uses the codebook (the
    frame's own measure weighs most), its indicators one by one, and its other words (TF-IDF). Probabilities are
    calibrated, and thresholds chosen, on articles left out of the fit, whole groups at a time. To see how well it does
    on articles it never saw, use scikit-learn's `cross_val_predict` with `GroupKFold` and `params={"groups": …}`.

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
    indicator_weights_ : dict of str to Series, what each indicator adds to the score per unit of log(1 + sentences)

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
        listed, table = np.array(list(texts), object), _codes(codes)
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
            models = _Models(listed[train], measured.iloc[train], y[train], self.frames_)
            held[test] = models.scores(listed[test], measured.iloc[test])
        self._models = _Models(listed, measured, y, self.frames_)
        self._scale = [LogisticRegression().fit(held[:, [j]], y[:, j]) for j in range(y.shape[1])]
        chances = self._calibrated(held)
        self.thresholds_ = pd.Series([best_threshold(chances[:, j], y[:, j]) for j in range(y.shape[1])], self.frames_)
        self.indicator_weights_ = {frame: self._models.indicator_weights(frame) for frame in self.frames_}
        return self

    def predict_proba(self, texts: Iterable[str]) -> np.ndarray:
        """Return texts × frames: the calibrated probability that a coder would see the frame."""
        check_is_fitted(self)
        listed = np.array(list(texts), object)
        return self._calibrated(self._models.scores(listed, self._measured(listed)))

    def predict(self, texts: Iterable[str]) -> np.ndarray:
        """Return texts × frames: 1 where the probability reaches the frame's threshold, else 0."""
        return (self.predict_proba(texts) >= self.thresholds_.to_numpy()).astype(np.int64)

    def _calibrated(self, scores: np.ndarray) -> np.ndarray:
        """Turn scores into probabilities."""
        return np.column_stack([model.predict_proba(scores[:, [j]])[:, 1] for j, model in enumerate(self._scale)])

    def _measured(self, texts: np.ndarray) -> pd.DataFrame:
        """Return texts × (kind of measure, frame, indicator)."""
        rows = range(len(texts))
        if self.codebook_ is None:
            return pd.DataFrame(index=rows, columns=pd.MultiIndex.from_arrays([[], [], []]), dtype=float)
        hits = Hits(units(pd.DataFrame({"article_id": rows, "text": texts})), self.codebook_)
        found = {"breadth": hits.breadth(), "share": hits.shares(), "found": hits.per_indicator().transform(np.log1p)}
        for name in ("breadth", "share"):
            found[name].columns = pd.MultiIndex.from_product([hits.frames, [""]])
        return pd.concat(found, axis=1).reindex(rows).fillna(0.0)


class _Models:
    """A logistic regression per frame; the constants weigh the kinds of features against one another."""

    OWN, OTHER, INDICATOR, WORD, STRENGTH = 3.0, 0.3, 0.5, 6.0, 0.1

    def __init__(self, texts: np.ndarray, measured: pd.DataFrame, y: np.ndarray, frames: list[str]) -> None:
        """Learn every frame from measured texts."""
        self.words = TfidfVectorizer(sublinear_tf=True, min_df=min(3, max(1, len(y) // 20)), stop_words="english")
        try:
            self.words.fit(texts)
        except ValueError as error:
            raise ValueError(f"the texts hold no words to learn from ({error}); give whole articles") from None
        self.kind, self.frame, self.indicator = (measured.columns.get_level_values(i) for i in range(3))
        scaled, self.frames = self.kind != "found", frames
        self.centre = np.where(scaled, measured.mean(), 0.0)
        self.spread = np.where(scaled, measured.std(ddof=0).replace(0.0, 1.0), 1.0)
        features = self._features(texts, measured)
        self.coefficients, self.intercepts = np.zeros((features.shape[1], len(frames))), np.zeros(len(frames))
        for j, frame in enumerate(frames):
            weights = self._weights(frame, features.shape[1])
            model = LogisticRegression(
                C=self.STRENGTH, class_weight="balanced", solver="liblinear", dual=True, max_iter=5000, random_state=0
            ).fit(features @ sparse.diags_array(weights), y[:, j])
            self.coefficients[:, j], self.intercepts[j] = weights * model.coef_[0], model.intercept_[0]

    def scores(self, texts: np.ndarray, measured: pd.DataFrame) -> np.ndarray:
        """Return texts × frames: how strongly each text speaks for each frame."""
        return self._features(texts, measured) @ self.coefficients + self.intercepts

    def indicator_weights(self, frame: str) -> pd.Series:
        """Return what each indicator of a frame adds to its score, by itself and as part of the breadth."""
        known = self.coefficients[: len(self.kind), self.frames.index(frame)] / self.spread
        of_frame, own = self.frame == frame, (self.frame == frame) & (self.kind == "breadth")
        mine = of_frame & (self.kind == "found")
        return pd.Series(known[mine] + known[own].sum(), pd.Index(self.indicator[mine], name="indicator"), dtype=float)

    def _weights(self, frame: str, n: int) -> np.ndarray:
        """Return how much each feature may count for a frame; other frames' indicators do not."""
        own = self.frame == frame
        single = np.where(own, self.INDICATOR, 0.0)
        known = np.where(self.kind == "found", single, np.where(own & (self.kind == "breadth"), self.OWN, self.OTHER))
        return np.concatenate([known, np.full(n - len(known), self.WORD)])

    def _features(self, texts: np.ndarray, measured: pd.DataFrame) -> sparse.csr_array:
        """Put measures, indicators and words side by side."""
        known = sparse.csr_array((measured.to_numpy(float) - self.centre) / self.spread)
        return sparse.hstack([known, sparse.csr_array(self.words.transform(texts))]).tocsr()


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
    y: np.ndarray, groups: Iterable[object] | None, seed: int, frames: list[str]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Split whole groups into five folds, every part left to learn from holding each frame present and absent."""
    together = np.arange(len(y)) if groups is None else pd.factorize(pd.Series(list(groups), dtype=object))[0]
    together = np.where(together < 0, together.max(initial=0) + 1 + np.arange(len(y)), together)
    n = min(5, len(np.unique(together)))
    split = list(GroupKFold(n, shuffle=True, random_state=seed).split(y, groups=together)) if n > 1 else []
    short = [f for j, f in enumerate(frames) if not all(0 < y[train, j].sum() < len(train) for train, _ in split)]
    if short or not split:
        raise ValueError(
            f"too few articles are coded with and without {short[0] if short else 'any frame'!r} to learn it; "
            "code more of them, from several events, or leave the frame out"
        )
    return split
