"""Labels are found in the right voice, and what only looks like one is not counted."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.corpus import load
from analysis.naming import label_shares, mentions, naming, referents
from analysis.text import units
from tools.benchmarks.naming import clean_bodies


def parts_of(*texts: str, outlet: str = "x") -> pd.DataFrame:
    """Return the units of some texts of one outlet."""
    ids = [f"a{number}" for number in range(len(texts))]
    return units(pd.DataFrame({"article_id": ids, "outlet": outlet, "text": texts}))


def labels(text: str, referent: str = "isis") -> list[str]:
    """Return the labels found for one referent."""
    found = mentions(parts_of(text))
    return found.loc[found["referent"].eq(referent), "label"].tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ISIS, ISIL and Daesh; what Da’esh is.", ["ISIS", "ISIL", "Daesh", "Daesh"]),
        ("The so-called Islamic State left; Islamic State did.", ["so-called Islamic State", "Islamic State"]),
        ("What is IS? It is not is.", ["IS"]),
        ("IS-held streets, anti-ISIS troops, ISIS’s men", ["IS", "ISIS", "ISIS"]),
        ("The terror group and a terrorist fled.", ["terrorists", "terrorists"]),
        ("A counter-terrorist unit, anti-terrorist police, a terrorist attack, terrorism.", []),
        ("Crisis, THIS, basis.", []),
        ("Jihadis, jihadists and extremists.", ["jihadists", "jihadists", "extremists"]),
    ],
)
def test_labels_of_the_group(text: str, expected: list[str]) -> None:
    assert labels(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Troops retook the bridge, then recaptured the mill.", ["retake", "recapture"]),
        ("The liberation of the east; the army captured Vale Street.", ["liberate", "capture"]),
        ("The army seized control of the station.", ["seize"]),
        ("The troops freed the northern town and took back the hills.", ["free", "take back"]),
        ("ISIS seized the city; the group had captured it before.", []),
        ("The city was captured by the militants.", []),
        ("Police seized dozens of weapons and captured two fighters.", []),
        ("A photograph captured in a video; the mayor seized on the mistake; carbon capture.", []),
        ("The Liberation Front spoke.", []),
        ("The mayor freed the prisoners.", []),
        ("Daesh fled. Soldiers captured the hill.", ["capture"]),
    ],
)
def test_only_the_taking_of_places_by_forces_counts(text: str, expected: list[str]) -> None:
    assert labels(text, "city-taking") == expected


def test_a_label_in_a_quotation_is_not_the_outlets_own() -> None:
    table = naming(parts_of("ISIS held the town. “Daesh and its men will leave the whole of it soon,” the mayor said."))
    used = table[table["mentions"] > 0].set_index("label")["voice"].to_dict()
    assert used == {"ISIS": "own", "Daesh": "quoted"}


def test_offsets_point_into_the_article_and_first_mentions_are_marked_per_voice() -> None:
    text = "ISIS came.\n\nThen Daesh left. “We saw that the ISIS men were leaving the town,” she said."
    found = mentions(parts_of(text))
    assert [text[a:b] for a, b in zip(found["start"], found["end"], strict=True)] == ["ISIS", "Daesh", "ISIS"]
    assert found["first"].tolist() == [True, False, True]


def test_so_called_and_scare_quotes_are_marked() -> None:
    found = mentions(parts_of("The so-called ISIS, self-styled jihadists, the ‘liberation’ of the town, ISIS’s men."))
    assert found["so_called"].tolist() == [True, True, False, False]
    assert found["scare_quoted"].tolist() == [False, False, True, False]


def test_shares_of_known_articles() -> None:
    table = naming(parts_of("ISIS. Daesh.", "ISIS and ISIS.", "It rained.")).set_index("label")
    assert table["share"].to_dict() == {"ISIS": 0.75, "Daesh": 0.25}
    assert table["articles"].to_dict() == {"ISIS": 2, "Daesh": 1}
    assert ((table["low"] >= 0) & (table["low"] <= table["share"]) & (table["share"] <= table["high"])).all()


def test_repetition_within_articles_does_not_narrow_the_interval() -> None:
    once = naming(parts_of(*["ISIS."] * 4, *["Daesh."] * 4)).set_index("label").loc["ISIS"]
    often = naming(parts_of(*["ISIS. " * 20] * 4, *["Daesh. " * 20] * 4)).set_index("label").loc["ISIS"]
    assert (once["low"], once["high"]) == pytest.approx((often["low"], often["high"]))


def test_the_interval_knows_whether_articles_agree_and_never_closes_on_a_full_share() -> None:
    mixed = naming(parts_of(*["ISIS. Daesh. " * 10] * 4)).iloc[0]
    split = naming(parts_of(*["ISIS. " * 20, "Daesh. " * 20] * 2)).iloc[0]
    assert mixed["high"] - mixed["low"] < 0.5 * (split["high"] - split["low"])
    full = naming(parts_of(*["ISIS. " * 50] * 3)).iloc[0]
    assert full["share"] == full["high"] == 1.0 and full["low"] < 0.5


def test_more_articles_narrow_the_interval() -> None:
    few = naming(parts_of(*["ISIS. Daesh."] * 3)).iloc[0]
    many = naming(parts_of(*["ISIS. Daesh."] * 30)).iloc[0]
    assert many["high"] - many["low"] < few["high"] - few["low"]


def test_label_shares_of_articles_add_up_and_leave_out_the_silent() -> None:
    found = mentions(parts_of("ISIS. Daesh.", "It rained.", "“We saw that Daesh was there all day,” she said."))
    table = label_shares(found, "isis")
    assert table.to_dict("index") == {"a0": {"Daesh": 0.5, "ISIS": 0.5}}
    assert label_shares(found, "isis", voice=None).sum(axis=1).tolist() == [1.0, 1.0]
    with pytest.raises(KeyError, match="named are isis"):
        label_shares(found, "pmf")


@settings(derandomize=True, deadline=None, max_examples=30)
@given(
    st.lists(
        st.lists(st.sampled_from(["ISIS", "Daesh", "“ISIL”", "rain"]), min_size=1, max_size=6), min_size=1, max_size=6
    )
)
def test_shares_add_up_and_order_does_not_matter(words: list[list[str]]) -> None:
    texts = [" fell. ".join(each) + "." for each in words]
    parts = parts_of(*texts)
    table = naming(parts)
    for _, rows in table.groupby(["outlet", "voice", "referent"]):
        assert rows["share"].sum() == pytest.approx(1.0)
    turned = parts.set_index("article_id").loc[list(dict.fromkeys(parts["article_id"]))[::-1]].reset_index()
    pd.testing.assert_frame_equal(naming(turned), table)


def test_nothing_named_gives_an_empty_table_with_its_columns() -> None:
    table = naming(parts_of("It rained."))
    assert table.empty and list(table)[:4] == ["referent", "label", "outlet", "voice"]
    assert mentions(parts_of("It rained."))["start"].dtype == "int64"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[referents.a.labels]\nx = { forms = ['(x'] }\n",
            r"my.toml, line 2, referent 'a', label 'x': the pattern .* is broken",
        ),
        (
            "[referents.a.labels]\nx = { forms = [] }\n",
            r"my.toml, line 2, referent 'a', label 'x': no list of forms; give",
        ),
        ("[referents.a.labels]\nx = { forms = 'x' }\n", r"line 2, referent 'a', label 'x': no list of forms; give"),
        ("[referents.a.labels]\nx = { forms = ['(?i)x'] }\n", r"line 2, .*: the pattern .* is broken"),
        (
            "[referents.a.labels]\nx = { forms = ['q'] }\ny = { forms = ['q'] }\n",
            r"line 3, .*: the form 'q' stands twice",
        ),
        ("[referents]\na = 3\n", r"my.toml: each referent needs"),
        ("[referents.a]\nwhat = 'x'\n", r"my.toml: each referent needs"),
        ("[referents", r"my.toml: Expected .*mend"),
    ],
)
def test_a_faulty_codebook_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "my.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        mentions(parts_of("x"), path)


def test_a_list_of_ones_own_says_what_it_is_about(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    head = "[referents.bridge]\ncalled = 'the bridge'\nconstruct = 'The old bridge.'\n[referents.bridge.labels]\n"
    labels = "ruin = { forms = ['ruin'] }\n[referents.lord-mayor.labels]\nboss = { forms = ['boss'] }\n"
    path.write_text(head + labels, "utf-8")
    assert referents(path).to_dict("split") == {
        "index": ["bridge", "lord-mayor"],
        "columns": ["called", "construct"],
        "data": [["the bridge", "The old bridge."], ["lord mayor", ""]],
    }


def test_a_list_of_ones_own_is_read_once_for_all_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, seen = tmp_path / "my.toml", []
    path.write_text("[referents.a.labels]\nx = { forms = ['rain'] }\n", encoding="utf-8")
    module = sys.modules["analysis.naming"]
    monkeypatch.setattr(module, "decoded", lambda file: seen.append(file) or path.read_text("utf-8"))
    assert len(mentions(parts_of("Rain fell. More rain. No rain.", "The rain."), path)) == 3
    assert seen == [path]


def test_an_edited_codebook_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    for label in ("x", "y"):
        path.write_text(f"[referents.a.labels]\n{label} = {{ forms = ['rain'] }}\n", encoding="utf-8")
        assert mentions(parts_of("rain"), path)["label"].tolist() == [label]


def test_a_word_said_of_others_is_anchored_by_another_label_close_by() -> None:
    found = mentions(
        parts_of(
            "“Daesh lost,” she said. The terrorists left. It rained. The terrorists were gone.",
            "The terrorists, Daesh, left.",
            "The terrorists left. The Assad regime fell.",
        )
    )
    assert found.loc[found["referent"].eq("isis"), "anchored"].tolist() == [True, True, False, True, True, False]
    assert found.loc[found["referent"].ne("isis"), "anchored"].tolist() == [True]


def test_an_event_that_others_name_so_anchors_a_word_said_of_others() -> None:
    parts = parts_of("The terrorists left.", "Daesh lost.", "The terrorists left.")
    told = {"a0": "siege", "a1": "siege", "a2": "flood"}
    assert mentions(parts.assign(event=parts["article_id"].map(told)))["anchored"].tolist() == [True, True, False]
    assert mentions(parts.assign(event=None))["anchored"].tolist() == [False, True, False]


def test_what_is_not_anchored_is_not_counted() -> None:
    parts = parts_of("Daesh lost. The terrorists left.", "The terrorists left.")
    assert label_shares(mentions(parts), "isis").to_dict("index") == {"a0": {"Daesh": 0.5, "terrorists": 0.5}}
    assert naming(parts).set_index("label")["mentions"].to_dict() == {"terrorists": 1, "Daesh": 1}
    with pytest.raises(KeyError, match="no article names 'isis'; named are none"):
        label_shares(mentions(parts_of("The terrorists left.")), "isis")


def agreement_with_gold(root: Path, half: str, keys: list[str]) -> tuple[float, float]:
    """Return precision and recall of the mentions in the panel's bodies."""
    articles = clean_bodies().query("half == @half")
    gold = pd.read_csv(root / "seeds" / "gold" / "labels.csv").rename(columns={"article": "article_id"})
    gold = gold[gold["place"].eq("body") & gold["article_id"].isin(articles["article_id"])]
    found = mentions(units(articles))
    found = found[found["referent"].isin(set(gold["referent"]))]
    true = set(gold[keys].itertuples(index=False, name=None))
    said = set(found[keys].itertuples(index=False, name=None))
    return len(true & said) / len(said), len(true & said) / len(true)


MENTION = ["article_id", "start", "end", "referent", "label"]


def test_labels_planted_in_the_panel_are_found_and_no_others(root: Path) -> None:
    assert min(agreement_with_gold(root, "build", MENTION)) >= 0.97


@pytest.mark.skipif(find_spec("analysis.quotes") is None, reason="voices need the quotations of analysis.quotes")
def test_planted_labels_are_in_the_right_voice(root: Path) -> None:
    assert min(agreement_with_gold(root, "build", [*MENTION, "voice"])) >= 0.97


def test_the_matrix_counts_what_was_planted_in_each_voice(root: Path) -> None:
    articles = load(root / "seeds" / "articles").articles
    outlets = articles.set_index("article_id")["outlet"]
    gold = pd.read_csv(root / "seeds" / "gold" / "labels.csv").query("place == 'body'")
    keys = ["referent", "label", "outlet", "voice"]
    planted = gold.assign(outlet=gold["article"].map(outlets)).groupby(keys).size()
    table = naming(units(articles[articles["article_id"].isin(gold["article"])]))
    counted = table[table["referent"].isin(gold["referent"])].set_index(keys)["mentions"]
    for voice in ("own", "quoted"):
        there, said = (cells.xs(voice, level="voice") for cells in (planted, counted))
        right = there.reindex(said.index, fill_value=0).clip(upper=said).sum()
        assert right / said.sum() >= 0.97 and right / there.sum() >= 0.97, voice
