"""Topics on texts whose themes are known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone

from analysis.consensus import coherence, consensus
from analysis.topics import TopicModel, choose_k, stoplist

THEMES = {
    "harvest": ["wheat", "barley", "farmer", "field", "plough", "grain", "tractor", "silo"],
    "harbour": ["ship", "sailor", "anchor", "crane", "cargo", "vessel", "quay", "freight"],
    "school": ["pupil", "teacher", "lesson", "exam", "classroom", "desk", "homework", "blackboard"],
}


def written(each: int = 20, seed: int = 3) -> tuple[list[str], np.ndarray]:
    """Write texts of six words of one theme and two words of any."""
    rng = np.random.default_rng(seed)
    every = [word for words in THEMES.values() for word in words]
    texts = [
        " ".join([*rng.choice(words, 6, replace=False), *rng.choice(every, 2)])
        for words in THEMES.values()
        for _ in range(each)
    ]
    return texts, np.repeat(list(THEMES), each)


@pytest.fixture(scope="module")
def model() -> TopicModel:
    return TopicModel(3, runs=12).fit(written()[0])


def test_planted_themes_are_recovered(model: TopicModel) -> None:
    texts, themes = written()
    found = pd.crosstab(model.predict(texts), themes)
    assert (found.max(axis=1) >= 19).all() and found.shape == (3, 3)
    for terms in model.topics_["terms"]:
        assert max(len(set(terms.split(", ")) & set(words)) for words in THEMES.values()) >= 8


def test_topics_are_sorted_named_and_add_up(model: TopicModel) -> None:
    assert model.topics_["prevalence"].is_monotonic_decreasing
    assert model.topics_["prevalence"].sum() == pytest.approx(1)
    assert model.topics_["label"].is_unique
    assert all(set(row.label.split(" · ")) <= set(row.terms.split(", ")) for row in model.topics_.itertuples())
    assert (model.topics_["stability"] > 0.5).all() and model.withheld_.empty


def test_same_seed_same_topics_and_order_of_texts_is_kept(model: TopicModel) -> None:
    texts, _ = written()
    again = TopicModel(3, runs=12).fit(texts)
    pd.testing.assert_frame_equal(model.topics_, again.topics_)
    np.testing.assert_array_equal(model.components_, again.components_)
    np.testing.assert_allclose(model.transform(texts)[::-1], model.transform(texts[::-1]), atol=1e-6)


def test_scikit_learn_interface(model: TopicModel) -> None:
    texts, _ = written()
    shares = clone(model).set_output(transform="pandas").fit_transform(texts)
    assert list(shares) == list(model.get_feature_names_out())
    assert shares.sum(axis=1).round(6).eq(1).all() and (shares >= 0).all(axis=None)
    assert clone(model).get_params()["n_topics"] == 3


def test_unstable_topics_are_withheld_and_their_texts_counted() -> None:
    texts, _ = written()
    strict = TopicModel(6, runs=12, min_stability=0.75).fit(texts)
    assert not strict.withheld_.empty and len(strict.withheld_) + len(strict.topics_) == 6
    assert (strict.topics_["stability"] >= 0.75).all() and (strict.withheld_["stability"] < 0.75).all()
    hidden = strict.predict(texts).isna().mean()
    assert hidden == pytest.approx(strict.withheld_["prevalence"].sum()) and hidden > 0
    assert strict.transform(texts).shape == (60, len(strict.topics_))
    assert strict.transform(texts).sum(axis=1).min() < 1


def test_a_topic_that_is_no_text_s_strongest_is_withheld(model: TopicModel, monkeypatch: pytest.MonkeyPatch) -> None:
    lesser = model.topics_["label"].iloc[-1]
    texts = [text for text, label in zip(written()[0], model.predict(written()[0]), strict=True) if label != lesser]
    again = TopicModel(3, runs=20, min_stability=0)
    again.stop_, again.vectorizer_, again.components_ = model.stop_, model.vectorizer_, model.components_
    again._name(model.vectorizer_.transform(texts), np.ones(3))
    assert list(again.withheld_["label"]) == [lesser] and len(again.topics_) == 2


def test_all_topics_withheld_is_no_error() -> None:
    texts, _ = written()
    none = TopicModel(5, runs=5, min_stability=1.01).fit(texts)
    assert none.topics_.empty and none.predict(texts).isna().all() and none.transform(texts).shape == (60, 0)
    assert none.examples(texts).empty


def test_a_text_without_known_words_has_no_topic(model: TopicModel) -> None:
    assert model.predict(["zebra", ""]).isna().all()
    assert not model.transform(["zebra", ""]).any()


def test_examples_are_the_texts_themselves(model: TopicModel) -> None:
    texts, themes = written()
    shown = model.examples(texts, n=3)
    assert [texts[i] for i in shown["position"]] == shown["text"].tolist()
    assert (shown.assign(theme=themes[shown["position"]]).groupby("label")["theme"].nunique() == 1).all()


def test_number_of_topics_is_found() -> None:
    scores = choose_k(written()[0], [2, 3, 6])
    assert scores["n_topics"].tolist() == [2, 3, 6] and scores["chosen"].sum() == 1
    assert scores.loc[scores["chosen"], "n_topics"].item() == 3
    assert scores["stability"].between(0, 1).all() and scores["exclusivity"].between(0, 1).all()


def test_choosing_is_quiet_where_nobody_watches(capfd: pytest.CaptureFixture[str]) -> None:
    TopicModel().fit(written(8)[0])
    assert capfd.readouterr() == ("", "")


def test_topics_of_one_word_are_chosen_without_coherence() -> None:
    assert sorted(TopicModel().fit(["rain", "rain", "snow", "snow"] * 3).topics_["terms"]) == ["rain", "snow"]


def test_stability_tells_structure_from_noise() -> None:
    rng = np.random.default_rng(0)
    noise = [" ".join(rng.choice([word for words in THEMES.values() for word in words], 8)) for _ in range(60)]
    real = TopicModel(3, runs=12, min_stability=0).fit(written()[0]).topics_["stability"].mean()
    assert real > TopicModel(3, runs=12, min_stability=0).fit(noise).topics_["stability"].mean() + 0.15


def test_stoplist_gives_each_word_one_reason() -> None:
    listed = stoplist(pd.DataFrame({"outlet": ["Harbour Lantern", None, "Harbour Lantern"]}))
    assert listed["term"].is_unique and (listed["rule"] != "").all()
    assert listed.loc[listed["rule"] == "outlet", "term"].tolist() == ["harbour", "lantern"]
    assert {"monday", "said", "the"} <= set(listed["term"])


@pytest.mark.parametrize(
    "head", ["BEIRUT (Agency) - ", "Mosul, Iraq — ", "NEW YORK -- ", "ADEN, Yemen (Wire) — "], ids=lambda head: head[:5]
)
def test_datelines_are_cut(head: str) -> None:
    assert TopicModel(3, runs=2, stop=()).fit(written()[0]).words(head + "Ships sailed") == ["ships", "sailed"]


def test_a_sentence_with_a_dash_is_no_dateline() -> None:
    model = TopicModel(3, runs=3, stop=()).fit(written()[0])
    assert model.words("Ships sailed home — late")[:2] == ["ships", "sailed"]


def test_coherence_counts_windows() -> None:
    texts = ["one two three four"]
    near, far = coherence(texts, [["one", "two"], ["one", "four"]], window=2)
    assert far == -1 < near
    assert coherence(texts * 3, [["one", "two"]], window=2)[0] == pytest.approx(near)


def test_consensus_never_leaves_a_topic_empty() -> None:
    x = sparse.csr_matrix(np.vstack([np.eye(4), np.eye(4), np.zeros((1, 4))]))
    topics, stability = consensus(x, 4, 5, 0)
    assert (topics.sum(axis=1) > 0).all() and stability.shape == (4,)


@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
@pytest.mark.parametrize("seed", [0, 4, 6, 12, 13, 18])
def test_few_texts_of_few_words_leave_no_topic_empty_and_no_stability_unknown(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = sparse.csr_matrix((rng.random((6, 5)) < 0.35).astype(float))
    k = np.count_nonzero(np.diff(x.indptr))  # as many topics as texts that hold a word
    topics, stability = consensus(x, k, 5, seed)
    assert (topics.sum(axis=1) > 0).all() and ((stability >= 0) & (stability <= 1)).all()


@pytest.mark.parametrize(
    ("texts", "k", "message"),
    [
        (["rain falls", "wind blows"], 5, "5 topics from 2 different texts"),
        (["the and of", "of and the"], 2, "no word is left"),
        (["rain falls"] * 9, 2, "all the same"),
        ([], None, "there are none"),
        (["rain wind", "wind rain hail", "the", "and of", "of and"], 3, "3 topics, but 2 of 5 texts hold a word"),
        (["rain", None], 2, "text 1"),
        ("rain falls", 2, "one text"),
        (["rain falls", "wind blows", "rain blows"], 1, "2 topics or more"),
    ],
)
def test_bad_input_is_explained(texts: list[str], k: int | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TopicModel(k).fit(texts)
