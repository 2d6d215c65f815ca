"""The constructed panel: what was planted is found, and nothing is found where nothing was planted."""

from __future__ import annotations

import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from analysis.corpus import load
from analysis.topics import TopicModel, stoplist
from tools.benchmarks import panel


@pytest.fixture(scope="module")
def pairs() -> pd.DataFrame:
    """Compare the outlets of the two pairs on everything there is, once."""
    return panel.pairs()


@pytest.mark.parametrize("referent", panel.REFERENTS)
def test_every_planted_naming_contrast_that_can_be_tested_is_confirmed(referent: str) -> None:
    table = panel.naming_contrasts(referent)
    planted, tested = table["planted"] != 0, table["status"] == "tested"
    assert planted.sum() >= 44
    assert (table.loc[planted & tested, "right"]).all(), "a planted habit is missed"
    assert not (table["confirmed"] & ~planted).any(), "a habit is found that was not planted"
    assert (table.loc[~tested, "n_events"] < 6).all()
    if referent in ("isis", "city-taking"):  # named by every outlet on every event
        assert tested.all()


def test_a_wrong_policy_would_be_noticed() -> None:
    table = panel.naming_contrasts("isis")
    planted = table[table["planted"] != 0]
    assert {-1, 1} == set(planted["planted"]) and (planted["estimate"] * planted["planted"] > 0.5).all()


def test_word_lists_hold_the_planted_words() -> None:
    loose, strict = panel.planted_words("exploratory"), panel.planted_words("confirmatory")
    found = loose["listed"].ne("").groupby(loose["referent"]).sum()
    assert found["isis"] == 8 and found.sum() >= 16, found.to_dict()
    assert strict.loc[strict["referent"] == "isis", "listed"].ne("").all()
    assert (strict["listed"].ne("") <= loose["listed"].ne("")).all(), "the exploratory list is the longer one"


def test_the_budget_covers_every_kind_of_measure(pairs: pd.DataFrame) -> None:
    tested = pairs[pairs["status"] == "tested"]
    assert set(tested["kind"]) == {"naming", "frame", "valence", "voices", "length"}
    assert set(pairs["pair"]) == {"null", "naming only", "also naming only"} and set(pairs["family"]) == {
        "confirmatory"
    }


def test_the_null_pair_is_silent(pairs: pd.DataFrame) -> None:
    null = pairs[pairs["pair"] == "null"]
    assert not null["confirmed"].any(), null.loc[null["confirmed"], "measure"].tolist()


@pytest.mark.parametrize("pair", ["naming only", "also naming only"])
def test_the_naming_only_pairs_differ_in_naming_and_not_elsewhere(pairs: pd.DataFrame, pair: str) -> None:
    found = set(pairs.loc[(pairs["pair"] == pair) & pairs["confirmed"], "measure"])
    planted = {f"naming: {name}" for name in ("isis: ISIL", "isis: Islamic State", "city-taking: capture")}
    assert planted | {"naming: city-taking: retake"} == {name for name in found if name.startswith("naming")}


def test_no_label_leaks_into_a_frame(pairs: pd.DataFrame) -> None:
    elsewhere = pairs[pairs["confirmed"] & (pairs["kind"] != "naming")]
    assert elsewhere.empty, elsewhere["measure"].unique().tolist()


def test_the_planted_happenings_are_the_topics() -> None:
    articles = load().articles.dropna(subset=["event"])
    topics = TopicModel(articles["event"].nunique(), stop=stoplist(articles)["term"]).fit(articles["text"])
    found = topics.predict(articles["text"]).fillna("withheld")
    assert adjusted_rand_score(articles["event"], found) > 0.9
