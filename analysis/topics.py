"""What texts are about: topics merged from many runs, and only those that keep coming back."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.stats import rankdata
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import NMF
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer
from sklearn.preprocessing import normalize
from sklearn.utils.validation import check_is_fitted
from tqdm import tqdm

from analysis import codebooks
from analysis.codebooks import SEED
from analysis.consensus import TOP, coherence, consensus, weights
from analysis.text import tokens


def stoplist(articles: pd.DataFrame | None = None) -> pd.DataFrame:
    """List the words that no topic may be made of, each with its reason.

    Parameters
    ----------
    articles : DataFrame, optional
        With `outlet`: the words of the outlets' names join the list.

    Returns
    -------
    DataFrame
        `term`, `rule` (str), each term once. Datelines are cut from the head of a text by the pattern in the codebook.

    Examples
    --------
    >>> stoplist(pd.DataFrame({"outlet": ["Daily Lantern"]})).query("rule == 'outlet'")["term"].tolist()
    ['lantern']
    """
    rules = {"function word": sorted(ENGLISH_STOP_WORDS), **codebooks.read("stoplist")["words"]}
    names = [] if articles is None else sorted(articles["outlet"].dropna().astype(str).unique())
    rules["outlet"] = [word for name in names for word in tokens(name)]
    rows = [(term, rule) for rule, terms in rules.items() for term in terms]
    return pd.DataFrame(rows, columns=["term", "rule"], dtype="str").drop_duplicates("term", ignore_index=True)


class TopicModel(TransformerMixin, BaseEstimator):
    """Topics that many runs on parts of the texts agree on; the others are withheld and counted.

    Texts become TF-IDF, then a few latent dimensions; `runs` clusterings of random four fifths are matched topic by
    topic and vote on each text; a short non-negative factorisation that starts there weighs terms and texts.

    Parameters
    ----------
    n_topics : int, optional
        Left out, `choose_k` decides.
    seed : int
    runs : int
    min_stability : float
        Topics below are withheld, as are those that are no text's strongest: the mean Jaccard similarity of a topic's
        ten first terms with those of each run.
    stop : iterable of str, optional
        Words to leave out; `stoplist()["term"]` when not given.

    Attributes
    ----------
    topics_ : DataFrame
        `label`, `terms` (str, joined by commas), `prevalence` (share of texts whose strongest topic it is),
        `stability` (float), most prevalent first. Labels are terms that are frequent and exclusive (FREX).
    withheld_ : DataFrame
        The same columns, for topics that are not stable.
    components_ : ndarray of float, topics × terms; the withheld last

    Notes
    -----
    Greene, O'Callaghan & Cunningham 2014, How many topics?, ECML PKDD (stability); Airoldi & Bischof 2016, JASA, and
    Roberts et al. 2014, American Journal of Political Science (FREX); Dudoit & Fridlyand 2003, Bioinformatics (voting).

    Examples
    --------
    >>> texts = ["rain and wind", "wind or rain", "bread and butter", "butter on bread"] * 3
    >>> sorted(TopicModel(2).fit(texts).topics_["label"])
    ['bread · butter', 'rain · wind']
    """

    def __init__(
        self, n_topics: int | None = None, seed: int = SEED, *, runs: int = 400, min_stability: float = 0.25,
        stop: Iterable[str] | None = None,
    ) -> None:  # fmt: skip
        self.n_topics, self.seed, self.runs, self.min_stability, self.stop = n_topics, seed, runs, min_stability, stop

    def fit(self, texts: Iterable[str], y: object = None) -> TopicModel:
        """Learn topics; raises ValueError, saying what to do, where texts are too few, empty or all the same."""
        texts = _checked(texts)
        if len(set(texts)) < 2:
            raise ValueError(f"the {len(texts)} texts are all the same, or there are none: topics need several")
        k = self.n_topics or int(choose_k(texts, seed=self.seed, stop=self.stop).query("chosen")["n_topics"].iloc[0])
        if not 2 <= k <= len(set(texts)):
            raise ValueError(f"{k} topics from {len(set(texts))} different texts: ask for 2 topics or more, not more "
                             "than there are texts, or cut articles into paragraphs")  # fmt: skip
        self.stop_ = frozenset(stoplist()["term"] if self.stop is None else self.stop)
        self.vectorizer_ = TfidfVectorizer(
            analyzer=self.words, sublinear_tf=True, max_df=0.5, min_df=min(5, max(2, len(texts) // 200))
        )
        try:
            x = self.vectorizer_.fit_transform(texts)
        except ValueError:
            raise ValueError(f"no word is left of {len(texts)} texts: each stands in one text only, in most of them, "
                             "or on the stop list; give more texts or a shorter list") from None  # fmt: skip
        if (filled := np.count_nonzero(np.diff(x.indptr))) < k:
            raise ValueError(f"{k} topics, but {filled} of {len(texts)} texts hold a word that counts: ask for fewer "
                             "topics, give more texts or a shorter stop list")  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            start, stability = consensus(x, k, self.runs, self.seed)
            model = NMF(k, init="custom", max_iter=5, tol=1e-9)  # further steps forget the consensus
            model.fit_transform(x, W=weights(x, start) + 1e-9, H=start + 1e-9)
        self.components_ = normalize(model.components_)
        self._name(x, stability)
        return self

    def words(self, text: str) -> list[str]:
        """Return the words that a topic may be made of, the dateline cut off."""
        head = re.sub(codebooks.read("stoplist")["dateline"], "", text, count=1)
        return [word for word in tokens(head) if len(word) > 2 and word not in self.stop_]

    def _name(self, x: sparse.csr_matrix, stability: np.ndarray) -> None:
        """Sort, name and withhold topics."""
        k, own = len(stability), weights(x, self.components_)
        share = np.bincount(own.argmax(axis=1)[own.any(axis=1)], minlength=k) / len(own)
        weak = (stability < self.min_stability) | (share == 0)
        order = np.lexsort((-share, weak))
        h = self.components_ = self.components_[order]
        names = self.vectorizer_.get_feature_names_out()
        first = [[i for i in np.argsort(-row / self.vectorizer_.idf_**0.5, kind="stable")[:TOP] if row[i]] for row in h]
        best = [[some[i] for i in np.argsort(-_frex(h, t, some), kind="stable")] for t, some in enumerate(first)]
        frame = pd.DataFrame({"label": [" · ".join(names[some[:3]]) for some in best]})
        frame["terms"] = [", ".join(names[some]) for some in first]
        frame["label"] = frame["label"].where(~frame["label"].duplicated(keep=False), frame["terms"])
        frame = frame.assign(prevalence=share[order], stability=stability[order])
        kept = int((~weak).sum())
        self.topics_, self.withheld_ = frame[:kept], frame[kept:].reset_index(drop=True)

    def get_feature_names_out(self, input_features: object = None) -> np.ndarray:
        """Return the labels of the topics that are shown."""
        check_is_fitted(self, "topics_")
        return self.topics_["label"].to_numpy(object)

    def transform(self, texts: Iterable[str]) -> np.ndarray:
        """Return each text's share of each shown topic; what is missing to one is withheld, or has no known word."""
        return self._shares(texts)[:, : len(self.topics_)]

    def _shares(self, texts: Iterable[str]) -> np.ndarray:
        """Return the share of every topic, the withheld last."""
        check_is_fitted(self, "topics_")
        return normalize(weights(self.vectorizer_.transform(_checked(texts)), self.components_), "l1")

    def predict(self, texts: Iterable[str]) -> pd.Series:
        """Return the label of each text's strongest topic, missing where that is withheld or no word is known."""
        shares = self._shares(texts)
        labels = np.append(self.get_feature_names_out(), [np.nan] * len(self.withheld_))
        return pd.Series(np.where(shares.any(axis=1), labels[shares.argmax(axis=1)], np.nan), dtype="str")

    def examples(self, texts: Iterable[str], *, n: int = 2) -> pd.DataFrame:
        """Return the texts nearest to each shown topic: `label`, `position` (int), `similarity` (cosine), `text`."""
        texts, h = _checked(texts), self.components_[: len(self.topics_)]
        near = self.vectorizer_.transform(texts) @ h.T
        rows = [
            (label, i, near[i, t], texts[i])
            for t, label in enumerate(self.get_feature_names_out())
            for i in np.argsort(-near[:, t], kind="stable")[:n]
        ]
        return pd.DataFrame(rows, columns=["label", "position", "similarity", "text"])


def _checked(texts: Iterable[str]) -> list[str]:
    """Return the texts as a list of strings, or say what is wrong with them."""
    if isinstance(texts, str):
        raise ValueError("one text was given instead of several: give a list, or articles cut into paragraphs")
    found = list(texts)
    if missing := [i for i, text in enumerate(found) if not isinstance(text, str)]:
        raise ValueError(f"text {missing[0]} (counted from 0) is missing or no text: leave it out")
    return found


def _frex(h: np.ndarray, topic: int, terms: list[int]) -> np.ndarray:
    """Return the harmonic mean of ranks by weight and by exclusivity among a topic's first terms."""
    weight = h[topic, terms]
    return 2 / (1 / rankdata(weight) + 1 / rankdata(weight / h[:, terms].sum(axis=0)))


def choose_k(
    texts: Iterable[str], ks: Sequence[int] | None = None, *, seed: int = SEED, stop: Iterable[str] | None = None
) -> pd.DataFrame:
    """Say for several numbers of topics how stable, coherent and exclusive the topics are, and choose one.

    Parameters
    ----------
    texts : iterable of str
        Of more than 3,000, a random 3,000 are used.
    ks : sequence of int, optional
        Eight numbers when not given: 5 to 30, of few texts 2 to an eighth of them.
    seed, stop
        As for `TopicModel`.

    Returns
    -------
    DataFrame
        `n_topics` (int); `stability`, `coherence` (NPMI, `consensus.coherence`), `exclusivity` (a topic's share of the
        weight of its first terms), each a mean over topics (float); `chosen` (bool): the
        most topics within one standard error (over topics) of the best in both stability and coherence, or else the
        nearest to it. Exclusivity falls with every topic added; it is for a person to weigh.

    Examples
    --------
    >>> choose_k(["rain and wind", "wind or rain", "bread and butter", "butter on bread"] * 3, [2])["chosen"].tolist()
    [True]
    """
    texts = _checked(texts)
    if len(texts) > 3000:
        texts = [texts[i] for i in np.sort(np.random.default_rng(seed).choice(len(texts), 3000, replace=False))]
    most, rows = max(2, min(30, len(texts) // 8)), []
    ks = ks or sorted(set(np.linspace(5 if most > 10 else 2, most, 8).round().astype(int)))
    for k in tqdm(ks, "topics", disable=None, leave=False):
        model = TopicModel(int(k), seed, runs=15, min_stability=0, stop=stop).fit(texts)
        h, place = model.components_, model.vectorizer_.vocabulary_
        terms = [some.split(", ") for some in model.topics_["terms"]]
        own = [np.mean([h[t, place[w]] / h[:, place[w]].sum() for w in some]) for t, some in enumerate(terms)]
        several = [some for some in terms if len(some) > 1]
        seen = coherence(texts, several) if several else np.zeros(1)
        short = [(each.mean(), each.std() / len(each) ** 0.5) for each in (model.topics_["stability"].to_numpy(), seen)]
        rows.append((int(k), short[0][0], short[1][0], np.mean(own), short[0][1], short[1][1]))
    frame = pd.DataFrame(
        rows, columns=["n_topics", "stability", "coherence", "exclusivity", "error", "error_coherence"]
    )
    measured, errors = frame[["stability", "coherence"]].to_numpy(), frame[["error", "error_coherence"]].to_numpy()
    behind = ((measured.max(axis=0) - measured) / np.maximum(errors, 1e-9)).max(axis=1)
    best = np.flatnonzero(behind <= max(1, behind.min()))[-1]
    return frame[frame.columns[:4]].assign(chosen=frame.index == best)
