"""Sentiment towards actors: directions, negation, voices, missing values, others' lexicons, the trained route."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import codebooks
from analysis.sentiment import TargetSentiment, actors, mentions, valence
from analysis.stance.context import TARGET, ZONES, context
from analysis.stance.lexicon import Lexicon, lexicon, log_ratio
from analysis.stance.vectors import bundled, learn
from analysis.text import units
from tools.benchmarks.sentiment import read

WHO = {"arvo": ["Arvo", "Arvo’s men"], "brann": ["Brann"], "civilians": ["villagers"]}


def parts_of(*texts: str) -> pd.DataFrame:
    """Return the units of some invented articles."""
    names = [f"a{place}" for place in range(len(texts))]
    return units(pd.DataFrame({"article_id": names, "text": list(texts)}))


def scored(text: str, actor: str = "arvo", voice: str = "own") -> float:
    """Return the valence of one actor in one invented article."""
    table = valence(parts_of(text), WHO)
    return float(table.loc[table["actor"].eq(actor) & table["voice"].eq(voice), "valence"].iloc[0])


# what a clause says about its target


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Critics denounced Arvo.", -1),
        ("Arvo was denounced by critics.", -1),
        ("Arvo tortured the prisoners.", -1),
        ("The prisoners were tortured by Arvo.", -1),
        ("The council praised Arvo.", 1),
        ("Arvo rescued the villagers.", 1),
        ("The brave Arvo stayed.", 1),
        ("Arvo is not honest.", -1),
        ("Arvo is corrupt, but Brann is honest.", -1),
        ("Arvo didn’t help anybody.", -1),
    ],
)
def test_verbs_have_a_direction_and_negation_turns_them(text: str, sign: int) -> None:
    assert math.copysign(1, scored(text)) == sign


def test_contrast_parts_two_targets_of_one_sentence() -> None:
    text = "Arvo is corrupt, but Brann is honest."
    assert scored(text, "arvo") < 0 < scored(text, "brann")


def test_the_one_who_accuses_is_not_the_accused() -> None:
    text = "Arvo accused Brann of treason."
    assert scored(text, "brann") < scored(text, "arvo")


def test_intensifiers_stretch_and_dampers_shrink() -> None:
    plain, much, little = (scored(f"Arvo is {word} honest.") for word in ("also", "extremely", "somewhat"))
    assert little < plain < much


def test_passive_and_by_swap_the_roles() -> None:
    assert scored("Arvo was denounced.") < scored("Arvo denounced the plan.")
    assert scored("Brave men were tortured by Arvo.") < scored("Brave Arvo was tortured by men.")
    assert scored("Critics denounced Arvo.") < scored("Arvo denounced critics.")


def test_what_somebody_reports_is_hardly_about_him() -> None:
    reported, done = (
        scored("Arvo said they lost a horrible massacre."),
        scored("Arvo then they lost a horrible massacre."),
    )
    assert reported > done + 0.2


def test_the_clause_counts_more_than_the_rest() -> None:
    assert abs(scored("Arvo arrived and a hero spoke.")) > abs(scored("Arvo arrived, but a hero spoke.")) > 0


def test_the_log_ratio_is_known() -> None:
    assert log_ratio(3, 1) == pytest.approx(math.log(2))
    assert log_ratio(0, 0) == 0


def test_a_label_evaluates_and_a_name_does_not() -> None:
    table = valence(parts_of("The terrorists left. The Hero left."), {"a": ["terrorists"], "b": ["Hero"]})
    assert table["valence"][0] < 0
    assert math.isnan(table["valence"][1])


def test_a_town_is_freed_from_somebody() -> None:
    assert scored("They liberated the town from Arvo.") < 0 < scored("They liberated Arvo.")


# missing is not neutral


def test_without_evaluation_valence_is_missing_and_mentions_are_counted() -> None:
    table = valence(parts_of("Arvo went to the river. Arvo came back."), WHO)
    assert table["mentions"].tolist() == [2]
    assert table["valence"].isna().all()


def test_a_sentence_without_end_is_read_near_the_mention() -> None:
    long = "it rained and it snowed and " * 400
    near, far = (mentions(parts_of(f"{start}the brave Arvo left."), WHO) for start in ("it rained and ", long))
    assert near["score"].item() == pytest.approx(far["score"].item(), abs=1e-3) and near["score"].item() > 0
    assert far["start"].item() == len(long) + len("the brave ")


def test_an_absent_actor_has_no_row() -> None:
    table = valence(parts_of("It rained on the corrupt."), WHO)
    assert table.empty
    assert table.columns.tolist() == ["article_id", "actor", "voice", "valence", "mentions"]
    assert [str(kind) for kind in table.dtypes] == ["str", "str", "str", "float64", "int64"]


# voices and places


def test_quoted_voice_never_counts_as_the_outlets_own() -> None:
    text = "“Arvo is a liar and a coward,” said the mayor. Arvo left. “Arvo lied,” he said."
    table = valence(parts_of(text), WHO).set_index("voice")
    assert table.loc["quoted", "valence"] < 0
    assert math.isnan(table.loc["own", "valence"])
    assert table["mentions"].to_dict() == {"quoted": 2, "own": 1}


def test_mentions_stand_where_they_say() -> None:
    text = "Brave Arvo spoke.\n\nThe mayor said: “Arvo’s men lied.” Villagers fled."
    for row in mentions(parts_of(text), WHO).itertuples():
        assert text[row.start : row.end] == row.mention
        assert text[row.sentence_start :].startswith(row.text)
        assert row.text[row.start - row.sentence_start :].startswith(row.mention)


def test_any_partition_gives_the_same_rows() -> None:
    whole = parts_of("Arvo is honest.", "Brann is corrupt. Arvo fled.", "“Arvo lied,” said Brann.")
    pieces = [valence(part, WHO) for _, part in whole.groupby("article_id")]
    pd.testing.assert_frame_equal(valence(whole, WHO), pd.concat(pieces, ignore_index=True))


# actors


def test_the_longest_alias_wins_and_capitals_are_respected() -> None:
    who = {
        "is": ["IS"],
        "group": ["Islamic"],
        "state": ["Islamic State"],
        "army": ["Iraqi forces"],
        "kurds": ["Iraqi Kurdish forces"],
        "rebels": ["rebel*"],
    }
    found = mentions(
        parts_of("It is so: Iraqi Kurdish forces met Iraqi forces. Rebels fought IS. Islamic State fled."), who
    )
    assert found[["actor", "mention"]].values.tolist() == [
        ["kurds", "Iraqi Kurdish forces"],
        ["army", "Iraqi forces"],
        ["rebels", "Rebels"],
        ["is", "IS"],
        ["state", "Islamic State"],
    ]


def test_a_name_of_somebody_else_that_holds_an_alias_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[actors.orm]\naliases = ["Orm"]\nunless = ["Orm Post", "Upper Orm"]\n', encoding="utf-8")
    parts = parts_of("Orm fell, the Orm Post said. Upper Orm held; Orm did not.")
    assert mentions(parts, path)["start"].tolist() == [0, 45]
    more = tmp_path / "more.toml"
    more.write_text(f'extends = "{path}"\n[actors.orm]\naliases = ["Ormers"]\nunless = ["Orm did"]\n', "utf-8")
    assert mentions(parts, more)["start"].tolist() == [0]
    told = parts_of("The Washington Post wrote to Save the Children. Washington wrote to the children.")
    assert mentions(told)["mention"].tolist() == ["Washington", "children"]


def test_bundled_actors_are_sound() -> None:
    book = actors()
    needed = {"isis", "iraqi_army", "pmf", "coalition", "turkey", "iran", "kurds", "civilians"}
    assert needed <= set(book["actor"])
    assert book["description"].str.len().gt(0).all()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"army": []}, "'army' has no alias"),
        ({"army": [" "]}, "'army' has no alias"),
        ({"army": {"label": "The army"}}, "'army' has no alias"),
        ({}, "names no actor"),
        ({"a": ["troops"], "b": ["troops"]}, "'troops' stands for 'a' and 'b'"),
    ],
)
def test_faulty_actors_are_named(source: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        actors(source)


def test_actors_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[actors.dam]\nlabel = "The dam company"\naliases = ["dam company"]\n', encoding="utf-8")
    assert actors(path)["label"].tolist() == ["The dam company"]
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert actors(path)["actor"].tolist() == ["dam"]
    path.write_text("[actors.dam\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"mine\.toml: not valid TOML"):
        actors(path)


def test_a_codebook_may_extend_another() -> None:
    wide, narrow = actors("mosul-actors").set_index("actor")["aliases"], actors().set_index("actor")["aliases"]
    assert set(wide.index) == set(narrow.index)
    assert set(narrow["isis"]) < set(wide["isis"])


def test_units_without_a_column_say_so() -> None:
    with pytest.raises(KeyError, match="no column voice"):
        valence(parts_of("Arvo left.").drop(columns="voice"), WHO)


# lexicons


def test_the_bundled_lexicon_is_sound() -> None:
    book = codebooks.read("valence")
    names = [group["name"] for group in book["group"]]
    assert len(set(names)) == len(names)
    for group in book["group"]:
        assert group["forms"] in ("verb", "noun", "plain")
        assert ("score" in group) != ({"agent", "patient"} <= set(group))
    scores = lexicon().scores
    assert len(scores) > 5000
    assert all(-3 <= score <= 3 for pair in scores.values() for score in pair)
    assert {"denied", "praising", "slammed", "human shields"} <= set(scores)


@pytest.mark.parametrize(
    ("name", "content", "entry", "score"),
    [
        ("own.csv", "word,score\nbrave,2\nvile,-2.5\n", "vile", -2.5),
        ("own.tsv", "brave\t2\nvile\t-2.5\n", "brave", 2),
        ("semi.csv", "brave;2\nvile;-2.5\n", "brave", 2),
        ("three.txt", "brave\tjoy\t1\nbrave\tpositive\t1\nbrave\tnegative\t0\nvile\tnegative\t1\n", "vile", -1),
        ("two.yml", "lexicon:\n  negative:\n  - vile*\n  positive:\n  - brave\n", "vile*", -1),
    ],
)
def test_other_peoples_lexicons_load(tmp_path: Path, name: str, content: str, entry: str, score: float) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    book = lexicon(path)
    assert book.scores[entry] == (score, score)
    assert len(book.scores) == 2
    table = valence(parts_of("The vile Arvo left."), WHO, scorer=path)
    assert table["valence"][0] < 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("brave,2\nvile,-2\nbrave,1\n", r"own\.csv, line 3: 'brave' stands twice"),
        ("brave,2\nvile,\n", r"own\.csv, line 2: the score of 'vile' is ''"),
        ("brave,2\nvile,very\n", r"own\.csv, line 2: the score of 'vile' is 'very'"),
        ("brave,2\nvile,nan\n", r"own\.csv, line 2: the score of 'vile'"),
        ("brave 2\nvile -2\n", r"own\.csv, line 1: 'brave 2' is one column"),
        ("word,score\n", "no entry has a score"),
        ("", "no entry has a score"),
    ],
)
def test_faulty_lexicons_name_their_line(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "own.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        lexicon(path)


def test_an_unknown_lexicon_names_those_at_hand() -> None:
    with pytest.raises(FileNotFoundError, match="bundled: valence, vader"):
        lexicon("afinn")


def test_a_multiverse_of_scorers_shares_one_interface() -> None:
    parts = parts_of("The brave Arvo won. Brann was accused of murder.")
    scorers = [
        None,
        "vader",
        {"brave": 1, "accused": -1},
        TargetSentiment.load(),
        lambda text: float("brave" in text) - 0.5,
    ]
    for scorer in scorers:
        table = valence(parts, WHO, scorer=scorer).set_index("actor")
        assert table.loc["arvo", "valence"] > table.loc["brann", "valence"]


def test_a_callable_may_decline() -> None:
    table = valence(parts_of("Arvo left."), WHO, scorer=lambda text: float("nan"))
    assert table["valence"].isna().all()


# contexts


@given(st.text(max_size=60), st.text(min_size=1, max_size=10), st.text(max_size=60))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_context_of_anything_has_its_target_and_zones(left: str, target: str, right: str) -> None:
    around = context(left + target + right, len(left), len(left) + len(target))
    assert around.words[around.at] == TARGET
    assert around.zones.shape == (len(ZONES), len(around.words))
    assert not around.zones[:, around.at].any()
    for book in (lexicon(), Lexicon("none", {})):
        positive, negative = book.evidence(around)
        assert positive >= 0 <= negative


# the trained route


def coded(n: int = 30) -> tuple[list[str], list[tuple[int, int]], list[str]]:
    """Return invented sentences about Arvo with their polarity."""
    kinds = {"negative": "a corrupt liar", "neutral": "in the town hall", "positive": "a brave hero"}
    rows = [(f"On day {i} Arvo was {text}.", label) for i in range(n) for label, text in kinds.items()]
    texts = [text for text, _ in rows]
    return texts, [(text.index("Arvo"), text.index("Arvo") + 4) for text in texts], [label for _, label in rows]


def test_the_trained_route_learns_and_survives_saving(tmp_path: Path) -> None:
    texts, spans, labels = coded()
    model = TargetSentiment().fit(texts, spans, labels)
    assert model.predict(texts, spans).tolist() == labels
    model.save(tmp_path / "model.npz")
    again = TargetSentiment.load(tmp_path / "model.npz")
    np.testing.assert_allclose(again.predict_proba(texts, spans), model.predict_proba(texts, spans), atol=1e-3)


def test_who_the_target_is_tells_nothing() -> None:
    model = TargetSentiment.load()
    other = model.predict_proba(["Critics accused Brann of lying."], [(16, 21)])
    np.testing.assert_array_equal(model.predict_proba(["Critics accused Arvo of lying."], [(16, 20)]), other)


def test_vectors_may_be_learnt_from_other_text(tmp_path: Path) -> None:
    texts, spans, labels = coded()
    model = TargetSentiment(seed=1).fit(texts, spans, labels, unlabelled=["The river rose in the town."] * 3)
    model.save(tmp_path / "model.npz")
    again = TargetSentiment.load(tmp_path / "model.npz")
    assert again.vectors_ is not None
    assert again.predict(texts, spans).tolist() == labels


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t, s, y: (t, s[:-1], y), "sentences but .* spans"),
        (lambda t, s, y: (t, s, y[:-1]), "sentences but .* labels"),
        (lambda t, s, y: (t, [(0, 999), *s[1:]], y), "row 0: the span"),
        (lambda t, s, y: (t, s, ["neutral"] * len(y)), "y holds"),
    ],
)
def test_faulty_training_rows_are_named(change, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        TargetSentiment().fit(*change(*coded(2)))


def test_a_model_of_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    TargetSentiment.load().save(tmp_path / "model.npz")
    monkeypatch.setattr("analysis.stance.target.VERSION", 0)
    with pytest.raises(ValueError, match="another version"):
        TargetSentiment.load(tmp_path / "model.npz")
    (tmp_path / "broken.npz").write_bytes(b"not a model")
    with pytest.raises(ValueError, match="no model that"):
        TargetSentiment.load(tmp_path / "broken.npz")
    with pytest.raises(ValueError, match="not fitted"):
        TargetSentiment().predict(["Arvo left."], [(0, 4)])


def test_vectors_are_deterministic_and_need_words() -> None:
    text = [["rain", "fell", "here"], ["snow", "fell", "here"]] * 3
    np.testing.assert_array_equal(learn(text, size=2).matrix, learn(text, size=2).matrix)
    with pytest.raises(ValueError, match="give more sentences"):
        learn([["rain"]])


def test_polarity_spreads_to_words_that_no_list_holds() -> None:
    space = bundled()
    listed, found = set(lexicon().scores), space.induced.scores
    assert not listed & set(found)
    assert all(word.isalpha() for word in found)
    assert found["antics"][0] < 0 < found["ingenuity"][0]
    assert found["curbing"][1] < 0 < found["curbing"][0]  # well of the one who curbs, ill of what is curbed


def test_shipped_files_are_small(root: Path) -> None:
    shipped = list((root / "analysis" / "codebooks").glob("*.npz"))
    assert 0 < sum(path.stat().st_size for path in shipped) <= 3_000_000


def test_folds_of_the_benchmark_part_articles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = ["web_v1_7_-1_2_Arvo_0_4", "web_v1_7_-1_9_Arvo_0_4", "web_v1_8_-1_2_Arvo_0_4", "list_7_3_2_Arvo_0_4"]
    target = {"from": 0, "to": 4, "polarity": 4.0}
    lines = [
        json.dumps({"primary_gid": name, "sentence_normalized": "Arvo left.", "targets": [target]}) for name in ids
    ]
    (tmp_path / "newsmtsc").mkdir()
    (tmp_path / "newsmtsc" / "dev.jsonl").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setenv("VANTAGE_CORPORA", str(tmp_path))
    assert pd.factorize(read("dev")["article"])[0].tolist() == [0, 0, 1, 2]
