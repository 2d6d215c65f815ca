"""Target-dependent sentiment, learnt from hand-coded sentences."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from analysis.speech.sentences import Span
from analysis.stance import vectors
from analysis.stance.context import Context, context, words
from analysis.stance.lexicon import Lexicon, bundled, lexicon, weights

VERSION = 3
BUNDLED = "target-sentiment.npz"
CLASSES = np.array(["negative", "neutral", "positive"])

_POOLED = [0, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15]  # zones whose words are averaged as vectors
_BUCKETS = 2**15
_DENSE = 0.02  # dense features against words, chosen by cross-validation within the training part of NewsMTSC


class TargetSentiment(ClassifierMixin, BaseEstimator):
    """Sentiment towards a target in a sentence: logistic regression on what stands around it.

    The target is masked, so that who it is tells nothing. Seen are: n-grams around it (hashed); in zones (clause, near,
    up to the next name, same voice, …) the evaluation by our lexicon, by VADER's and by the one that the word vectors
    induce from ours, and the mean word vector; and the sentence's build.

    Parameters
    ----------
    seed : int, optional
        For vectors that are learnt; everything else is deterministic.

    Attributes
    ----------
    classes_ : ndarray of str
        "negative", "neutral", "positive".

    Notes
    -----
    After Mohammad, Kiritchenko & Zhu 2013, SemEval, and Vo & Zhang 2015, IJCAI; task and data: Hamborg & Donnay 2021,
    EACL.

    Examples
    --------
    >>> model = TargetSentiment.load()
    >>> model.predict(["Critics accused Arvo of lying."], [(16, 20)]).tolist()
    ['negative']
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def fit(
        self,
        sentences: Sequence[str],
        spans: Sequence[Span],
        y: Sequence[str],
        *,
        unlabelled: Iterable[str] | None = None,
    ) -> TargetSentiment:
        """Learn from hand-coded targets.

        Parameters
        ----------
        sentences : sequence of str
        spans : sequence of (start, end)
            Where each target stands in its sentence.
        y : sequence of {"negative", "neutral", "positive"}
        unlabelled : iterable of str, optional
            Text to learn word vectors from, together with `sentences`; without it the project's own vectors serve.

        Raises
        ------
        ValueError
            If lengths differ, a span lies outside its sentence, or a class is missing or unknown.
        """
        contexts = _contexts(sentences, spans)
        labels = np.asarray(y, dtype=str)
        if len(labels) != len(contexts):
            raise ValueError(f"{len(contexts)} sentences but {len(labels)} labels in y; give one label per sentence")
        if set(labels) != set(CLASSES):
            raise ValueError(f"y holds {sorted(set(labels))}; it must hold all of {CLASSES.tolist()} and nothing else")
        self.vectors_ = None
        if unlabelled is not None:  # each distinct sentence once
            self.vectors_ = vectors.learn(map(words, dict.fromkeys([*sentences, *unlabelled])), seed=self.seed)
        dense, hashed = self._features(contexts)
        self.scaler_, self.tfidf_ = StandardScaler().fit(dense), TfidfTransformer().fit(hashed)
        model = LogisticRegression(C=0.6, max_iter=300, tol=1e-3)
        model.fit(self._scaled(dense, hashed), labels)
        self.coef_ = model.coef_.astype(np.float16).astype(np.float32)  # as it is saved
        self.intercept_, self.classes_ = model.intercept_, CLASSES
        return self

    def predict_proba(self, sentences: Sequence[str], spans: Sequence[Span]) -> np.ndarray:
        """Return probabilities, shape (n, 3), in the order of `classes_`."""
        if not hasattr(self, "coef_"):
            raise ValueError("this TargetSentiment is not fitted; call fit, or use TargetSentiment.load()")
        if not len(sentences):
            return np.zeros((0, 3))
        scaled = self._scaled(*self._features(_contexts(sentences, spans)))
        return np.asarray(softmax(scaled @ self.coef_.T + self.intercept_, axis=1))

    def predict(self, sentences: Sequence[str], spans: Sequence[Span]) -> np.ndarray:
        """Return the likeliest class of each target, as str."""
        return np.asarray(CLASSES[self.predict_proba(sentences, spans).argmax(axis=1)])

    def save(self, path: str | Path) -> None:
        """Write the fitted model to one .npz file: arrays and a JSON header, no pickle."""
        header = {"format": VERSION, "features": _fingerprint(), "buckets": _BUCKETS, "seed": self.seed}
        arrays = {
            "header": np.array(json.dumps(header)),
            "coef": self.coef_.astype(np.float16),
            "intercept": self.intercept_,
            "mean": self.scaler_.mean_.astype(np.float32),
            "scale": self.scaler_.scale_.astype(np.float32),
            "idf": self.tfidf_.idf_.astype(np.float32),
        }
        if (own := self.vectors_) is not None:
            arrays |= {"words": own.words, "matrix": own.matrix, "weights": own.weights}
        with Path(path).open("wb") as file:
            np.savez_compressed(file, **arrays)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: str | Path | None = None) -> TargetSentiment:
        """Read a model that `save` wrote; without a path, the one that comes with the project.

        Raises
        ------
        ValueError
            If the file is no such model, or was fitted by another version of the features or the lexicon.
        """
        source = files("analysis.codebooks") / BUNDLED if path is None else Path(path)
        try:
            with source.open("rb") as file, np.load(file, allow_pickle=False) as data:
                stored = {name: data[name] for name in data.files}
            header = json.loads(str(stored["header"]))
        except FileNotFoundError:
            raise
        except Exception as error:
            raise ValueError(
                f"{source}: no model that TargetSentiment.save wrote ({error}); fit and save it again"
            ) from None
        if (header.get("format"), header.get("features")) != (VERSION, _fingerprint()):
            raise ValueError(
                f"{source}: fitted by another version of the features or the lexicon; fit and save it again"
            )
        model = cls(seed=header["seed"])
        model.scaler_, model.tfidf_, model.classes_ = StandardScaler(), TfidfTransformer(), CLASSES
        model.scaler_.mean_, model.scaler_.scale_ = stored["mean"].astype(float), stored["scale"].astype(float)
        model.tfidf_.idf_ = stored["idf"].astype(float)
        model.coef_, model.intercept_ = stored["coef"].astype(np.float32), stored["intercept"]
        own = [stored[name] for name in ("words", "matrix", "weights") if name in stored]
        model.vectors_ = vectors.Vectors(*own) if own else None
        return model

    def _features(self, contexts: Sequence[Context]) -> tuple[np.ndarray, sparse.csr_matrix]:
        """Return dense features and hashed n-grams of some contexts."""
        space = self.vectors_ or vectors.bundled()
        books = bundled(), lexicon("vader"), space.induced
        dense = [
            np.concatenate(
                [space.pool(c.words, c.zones[_POOLED]).ravel(), *(_evaluation(c, book) for book in books), _build(c)]
            )
            for c in contexts
        ]
        hasher = FeatureHasher(_BUCKETS, input_type="string", alternate_sign=False)
        return np.array(dense, np.float32), hasher.transform(sorted(set(_ngrams(c))) for c in contexts)

    def _scaled(self, dense: np.ndarray, hashed: sparse.csr_matrix) -> sparse.csr_matrix:
        """Return all features on the scale that the regression was tuned for."""
        n = (dense - self.scaler_.mean_) / self.scaler_.scale_ * _DENSE
        counts = hashed.multiply(self.tfidf_.idf_).tocsr()
        norm = np.sqrt(counts.multiply(counts).sum(axis=1))
        return sparse.hstack([counts.multiply(1 / np.maximum(norm, 1e-9)), sparse.csr_matrix(n)]).tocsr()


def _contexts(sentences: Sequence[str], spans: Sequence[Span]) -> list[Context]:
    """Return the context of every target, or say which span is wrong."""
    if len(sentences) != len(spans):
        raise ValueError(f"{len(sentences)} sentences but {len(spans)} spans; give one span per sentence")
    for row, (sentence, (start, end)) in enumerate(zip(sentences, spans, strict=True)):
        if not 0 <= start < end <= len(sentence):
            raise ValueError(
                f"row {row}: the span ({start}, {end}) does not lie in its sentence of {len(sentence)} characters"
            )
    return [context(sentence, int(start), int(end)) for sentence, (start, end) in zip(sentences, spans, strict=True)]


@lru_cache
def _fingerprint() -> str:
    """Return a digest of what the features depend on beside the text."""
    scores = [sorted(book.scores.items()) for book in (bundled(), lexicon("vader"))]
    known = (scores, _POOLED, int(vectors.bundled().matrix.sum(dtype=int)))
    return hashlib.sha256(repr(known).encode()).hexdigest()[:16]


def _evaluation(c: Context, book: Lexicon) -> np.ndarray:
    """Return positive and negative evaluation and their log-ratio in each zone."""
    value = np.zeros((2, len(c.words)))
    for place, score in book.hits(c):
        value[int(score < 0), place] += abs(score)
    p, n = value @ np.vstack([c.zones, weights(c)]).T
    return np.concatenate([np.sqrt(p), np.sqrt(n), np.log((p + 1) / (n + 1))])


def _build(c: Context) -> np.ndarray:
    """Return the sentence's build: speech near the target, names, lengths, marks and the kind of mention, not who."""
    first, at, sounds = c.mention[0] if c.mention else "", c.at, ("?", "!", ":", '"')
    speaks = c.said[at + 1 : at + 4].any(), c.said[max(0, at - 2) : at].any(), c.words[:at].count('"') % 2
    names = c.named.sum(), c.named[:at].sum(), len(c.words) / 30, at / 10, at == 0, len(c.mention)
    kinds = (("he", "she"), ("his", "her", "their"), ("they", "them", "it", "we"), ("the",))
    return np.array(
        [*speaks, *names, *(mark in c.words for mark in sounds), *(first in kind for kind in kinds)], np.float64
    )


def _ngrams(c: Context) -> Iterator[str]:
    """Yield n-grams of the masked sentence; marked, words near the target and words that no name parts from it."""
    every, at = list(c.words), c.at
    for n in (1, 2, 3):
        yield from ("_".join(every[i : i + n]) for i in range(len(every) - n + 1))
    for side, some in (("<", every[max(0, at - 6) : at]), (">", every[at + 1 : at + 7])):
        for n in (1, 2):
            yield from (side + "_".join(some[i : i + n]) for i in range(len(some) - n + 1))
    yield from ("=" + word for word, reached in zip(every, c.zones[16], strict=True) if reached)
