"""Frames: shares with known answers, coders that learn, sheets that are checked, scales and corrections."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.model_selection import GroupKFold, cross_val_predict

from analysis.coding.coder import FrameCoder
from analysis.coding.handcoding import corrected, draw_sample, read_sheet, write_sheet
from analysis.coding.indicators import Hits
from analysis.coding.scaling import polarity, seed_halves
from analysis.coding.thresholds import _best_cut, alpha, best_threshold
from analysis.compare import agreement, contrast, levels
from analysis.corpus import load
from analysis.framing import audit, frame_sentences, frame_shares, hangs_on
from analysis.text import units
from analysis.validity import (
    among_coders,
    beside_codes,
    consensus,
    read_codes,
    tried_correction,
    validated,
    verdicts,
)

BOOK = {"moral": ["dut*", "right and wrong", "sin"], "money": ["price*", "$"]}
TEXT = "A duty, a sin. It rained. “Prices rise, and I know right and wrong,” the mayor said. It cost $5. Dutiful men."


def parts_of(*texts: str, outlets: str | None = None) -> pd.DataFrame:
    """Return the units of some texts, outlets by letter."""
    ids = [f"a{number}" for number in range(len(texts))]
    return units(pd.DataFrame({"article_id": ids, "outlet": list(outlets or "x" * len(texts)), "text": texts}))


def test_shares_count_sentences_not_indicators() -> None:
    assert frame_shares(parts_of(TEXT), BOOK).loc["a0"].to_dict() == {"moral": 0.6, "money": 0.4}


def test_shrinkage_adds_sentences_without_the_frame() -> None:
    assert frame_shares(parts_of(TEXT), BOOK, shrink=5).loc["a0"].to_dict() == {"moral": 0.3, "money": 0.2}


def test_wildcards_of_the_bundled_books_cover_no_false_friends() -> None:
    words = (
        "investigation insurgents residential infantry memorandum victoria barbara committee rabbits churchill bashar"
    )
    parts = parts_of(f"{words.capitalize()} allegiance grievances protestant terrific auditorium costa.")
    for book in ("narrative-frames", "generic-frames", "war-peace"):
        found = frame_sentences(parts, book)
        assert set(found["indicators"]) <= {"grievance*", "investigat*"}, book


def test_voices_are_kept_apart_with_their_own_denominators() -> None:
    parts = parts_of(TEXT, "No one spoke.")
    quoted, own = frame_shares(parts, BOOK, voice="quoted"), frame_shares(parts, BOOK, voice="own")
    assert quoted.loc["a0"].to_dict() == {"moral": 1.0, "money": 1.0}
    assert quoted.loc["a1"].isna().all()
    assert own.loc["a0"].to_dict() == {"moral": 0.4, "money": 0.2}
    for measure in (frame_shares, frame_sentences, polarity, seed_halves):
        with pytest.raises(ValueError, match="say 'own' or 'quoted'"):
            measure(parts, {"moral": BOOK["moral"], "money": BOOK["money"]}, voice="mine")


def test_indicators_are_counted_by_sentence_and_breadth_dampens_repetition() -> None:
    parts = parts_of("A sin, a sin. A sin. A duty.", "A sin. A sin. A sin.")
    hits = Hits(parts, BOOK)
    assert hits.per_indicator()["moral"]["sin"].tolist() == [2, 3]
    breadth = hits.breadth()["moral"]
    assert breadth.tolist() == pytest.approx([np.log(3) + np.log(2), np.log(4)])


def test_the_sentences_behind_a_share() -> None:
    found = frame_sentences(parts_of(TEXT), BOOK)
    moral = found[found["frame"].eq("moral")]
    assert moral["text"].str.len().gt(0).all() and len(moral) == 3
    assert moral["indicators"].tolist() == ["dut*, sin", "right and wrong", "dut*"]
    whole = found.loc[found["sentence"].eq(2), "text"].iloc[0]
    assert whole.startswith("“Prices") and whole.endswith("said.")
    quoted = frame_sentences(parts_of(TEXT), BOOK, voice="quoted")["text"]
    assert not quoted.str.contains("said").any()
    assert frame_sentences(parts_of("It rained."), BOOK).empty


def test_the_audit_knows_what_is_lost_without_an_indicator_and_who_alone_uses_it() -> None:
    parts = parts_of("A duty, a sin. A sin. It rained. It rained.", "A duty. It rained.", outlets="xy")
    table = audit(parts, BOOK).set_index(["indicator", "outlet"])
    assert table.loc[("sin", "x"), ["articles", "sentences", "alone"]].tolist() == [1, 2, 1]
    assert table.loc[("sin", "x"), ["share", "without"]].tolist() == [0.5, 0.25]
    assert table.loc[("dut*", "x"), "without"] == 0.5
    assert table.loc[("dut*", "y"), "without"] == 0.0
    assert table["fires_in"].groupby("indicator").first().to_dict() == {
        "$": 0, "dut*": 2, "price*": 0, "right and wrong": 0, "sin": 1
    }  # fmt: skip


def test_leaving_an_indicator_out_is_what_the_audit_says() -> None:
    parts = parts_of(TEXT, "A duty. A sin. Prices.", outlets="xy")
    table = audit(parts, BOOK).set_index(["frame", "indicator", "outlet"])["without"]
    for frame, indicators in BOOK.items():
        for left in indicators:
            rest = {frame: [name for name in indicators if name != left]}
            shares = frame_shares(parts, rest)[frame]
            assert [table[frame, left, o] for o in "xy"] == pytest.approx(shares.tolist())


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.lists(st.lists(st.sampled_from(["duty", "sin", "rain", "prices"]), max_size=8), min_size=1, max_size=5))
def test_shares_lie_in_bounds_and_articles_do_not_touch_one_another(words: list[list[str]]) -> None:
    texts = [" came. ".join(["It", *each]) + "." for each in words]
    parts = parts_of(*texts)
    shares = frame_shares(parts, BOOK)
    assert ((shares >= 0) & (shares <= 1)).all().all()
    for name, rows in parts.groupby("article_id"):
        assert frame_shares(rows, BOOK).loc[name].tolist() == shares.loc[name].tolist()


MORAL = ["A duty was done in town {}.", "The sin of house {} was told."]
DULL = ["It rained on street {}.", "The train to town {} was late."]


def coded(n: int = 40, seed: int = 0) -> tuple[list[str], pd.DataFrame, np.ndarray]:
    """Return invented texts, their codes and their events."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, (n, 2))
    texts = [
        " ".join([(MORAL if a else DULL)[rng.integers(2)].format(i), "A price rose." if b else "Snow fell.", DULL[0]])
        for i, (a, b) in enumerate(y)
    ]
    return texts, pd.DataFrame(y, columns=["moral", "money"]), np.arange(n) // 4


def test_the_coder_learns_gives_probabilities_and_is_the_same_every_time() -> None:
    texts, codes, events = coded()
    coder = FrameCoder(BOOK).fit(texts, codes, events)
    chances = coder.predict_proba(texts)
    assert coder.frames_ == ["moral", "money"] and chances.shape == (40, 2)
    assert ((chances > 0) & (chances < 1)).all()
    assert (coder.predict(texts) == codes.to_numpy()).mean() > 0.95
    assert np.array_equal(FrameCoder(BOOK).fit(texts, codes, events).predict_proba(texts), chances)
    assert coder.indicator_weights_["moral"]["sin"] > 0
    assert clone(coder).get_params() == {"codebook": BOOK, "seed": 0}


def test_the_coder_finds_the_bundled_codebook_by_the_names_of_the_frames() -> None:
    texts, codes, _ = coded()
    assert FrameCoder().fit(texts, codes.set_axis(["morality", "economic"], axis=1)).codebook_.name == "generic-frames"
    assert FrameCoder().fit(texts, codes.set_axis(["moral", "economic"], axis=1)).codebook_.name == "narrative-frames"
    assert FrameCoder().fit(texts, codes.set_axis(["p", "q"], axis=1)).codebook_ is None
    assert FrameCoder(BOOK).fit(texts, codes.to_numpy()).frames_ == ["moral", "money"]


def test_the_coder_is_cross_validated_by_event_with_scikit_learn() -> None:
    texts, codes, events = coded()
    seen: list[set[int]] = []

    class Watched(FrameCoder):
        def fit(self, texts: list[str], codes: pd.DataFrame, groups: object = None) -> FrameCoder:
            seen.append({int(event) for event in groups})  # type: ignore[attr-defined]
            return super().fit(texts, codes, groups)

    cv = GroupKFold(5)
    said = cross_val_predict(Watched(BOOK), texts, codes, groups=events, cv=cv, params={"groups": events})
    tested = [set(events[test]) for _, test in cv.split(texts, groups=events)]
    assert len(seen) == 5 and all(not learnt & asked for learnt, asked in zip(seen, tested, strict=True))
    assert (said == codes.to_numpy()).mean() > 0.95


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (pd.DataFrame({"moral": [0, 1, 2, 1]}), "not all 0 or 1"),
        (pd.DataFrame({"moral": [0, 1, None, 1]}), "leave out articles that were not coded"),
        (pd.DataFrame({"moral": [0, 1]}), "4 texts but 2 rows"),
        (pd.DataFrame({"moral": [0, 0, 0, 1]}), "too few articles are coded with and without 'moral'"),
    ],
)
def test_codes_that_nothing_can_be_learnt_from_are_refused(codes: pd.DataFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FrameCoder(BOOK).fit(["A duty.", "A sin.", "It rained.", "Snow fell."], codes)


def test_the_best_threshold_separates_and_survives_ties() -> None:
    assert 0.2 < best_threshold([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]) < 0.8
    assert best_threshold([0.5, 0.5, 0.5], [1, 0, 1]) == 0.5


def test_the_sample_is_even_blind_and_repeatable() -> None:
    articles = pd.DataFrame({"article_id": [f"a{i}" for i in range(30)], "outlet": ["x"] * 20 + ["y"] * 6 + ["z"] * 4})
    drawn = draw_sample(articles, 12)
    assert drawn["outlet"].value_counts().to_dict() == {"x": 4, "y": 4, "z": 4}
    assert draw_sample(articles.iloc[::-1], 12)["article_id"].tolist() == drawn["article_id"].tolist()
    assert len(draw_sample(articles, 99)) == 30
    with pytest.raises(ValueError, match="at least one"):
        draw_sample(articles, 0)


@pytest.fixture
def sheet(tmp_path: Path) -> tuple[Path, pd.DataFrame]:
    """Write a sheet of three articles and return its path and the corpus."""
    articles = pd.DataFrame(
        {"article_id": list("abc"), "outlet": "Vale Post", "text": ["The Vale Post saw\n\nit, twice.", "=1+1", "Rain."]}
    )
    write_sheet(articles, ["moral", "money"], tmp_path / "sheet.csv")
    return tmp_path / "sheet.csv", articles


def filled(path: Path, *changes: tuple[str, str]) -> Path:
    """Enter 1 and 0 on every row, then make the changes."""
    table = pd.read_csv(path, encoding="utf-8-sig").assign(moral="1", money="0")
    table.to_csv(path, index=False)
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_sheet_names_no_outlet_runs_no_formula_and_comes_back(sheet: tuple[Path, pd.DataFrame]) -> None:
    path, articles = sheet
    text = path.read_text(encoding="utf-8-sig")
    assert "Vale Post" not in text and "[outlet]" in text and "'=1+1" in text
    codes = read_sheet(filled(path), articles, ["moral", "money"])
    assert codes.to_dict("index") == {key: {"moral": 1, "money": 0} for key in "abc"}
    with pytest.raises(FileExistsError, match="may hold codes"):
        write_sheet(articles, ["moral"], path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([("Rain.,1,0", "Rain.,,0")], r"sheet.csv, line 6, column 'moral': the cell is empty; enter 1"),
        ([("Rain.,1,0", "Rain.,2,0")], r"line 6, column 'moral': '2' is no code"),
        ([("'=1+1,1,0\n", "'=1+1,1,0\nzzz,x,1,0\n")], r"line 6: no article has the item 'zzz'"),
        ([("money", "cash")], r"line 1: no column 'money'"),
        ([("money\n", "money,mood\n")], r"line 1: the column 'mood' is no frame"),
        ([("money\n", "money,moral\n")], r"line 1: the column 'moral' .* stands twice"),
        ([("Rain.,1,0", "Rain., too,1,0")], r"line 6: more cells than columns"),
        ([("twice.", "tw\udce9ce.")], r"UTF-8"),
    ],
)
def test_a_faulty_sheet_is_refused_with_its_line(
    sheet: tuple[Path, pd.DataFrame], changes: list[tuple[str, str]], message: str
) -> None:
    path, articles = sheet
    if "\udce9" in changes[0][1]:
        raw = filled(path).read_bytes().replace(b"twice.", b"tw\xe9ce.")
        path.write_bytes(raw)
    else:
        filled(path, *changes)
    with pytest.raises(ValueError, match=message):
        read_sheet(path, articles, ["moral", "money"])


def test_an_item_that_stands_twice_and_an_empty_sheet_are_refused(sheet: tuple[Path, pd.DataFrame]) -> None:
    path, articles = sheet
    text = filled(path).read_text(encoding="utf-8")
    path.write_text(text + text.splitlines()[-1] + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"line 7: the item .* stands twice"):
        read_sheet(path, articles, ["moral", "money"])
    path.write_text(text.splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no article is coded"):
        read_sheet(path, articles, ["moral", "money"])


def test_the_correction_recovers_a_difference_that_mistakes_had_shrunk() -> None:
    rng = np.random.default_rng(1)
    n = 4000
    articles = pd.DataFrame({"article_id": range(n), "outlet": np.repeat(["x", "y"], n // 2)})
    truth = pd.Series(rng.random(n) < np.where(articles["outlet"].eq("x"), 0.7, 0.3), dtype=int)
    said = truth.where(rng.random(n) < np.where(truth == 1, 0.75, 0.8), 1 - truth)
    row = corrected(said, truth.sample(600, random_state=2), articles, reps=200).iloc[0]
    assert row["naive"] == pytest.approx(0.4 * 0.55, abs=0.04)
    assert row["corrected"] == pytest.approx(0.4, abs=0.06)
    assert row["low"] < 0.4 < row["high"] and row["naive_high"] < 0.4
    assert row["hits"] == pytest.approx(0.75, abs=0.05) and row["false_alarms"] == pytest.approx(0.2, abs=0.05)
    assert (row["n"], row["n_coded"]) == (n, 600)


def test_the_correction_refuses_codes_that_teach_nothing() -> None:
    articles = pd.DataFrame({"article_id": [1, 2], "outlet": ["x", "y"]})
    with pytest.raises(ValueError, match="same code"):
        corrected(pd.Series({1: 1, 2: 0}), pd.Series({1: 1}), articles)
    with pytest.raises(ValueError, match="says nothing of the coded article 3"):
        corrected(pd.Series({1: 1, 2: 0}), pd.Series({1: 1, 3: 0}), articles)


def scaled(n: int = 60, seed: int = 0) -> pd.DataFrame:
    """Return invented articles, half about one theme and half about another."""
    rng = np.random.default_rng(seed)
    war = ["attack", "tank", "gun", "smoke", "hill", "blow"]
    peace = ["truce", "school", "talk", "bread", "field", "wells"]
    texts = [
        " ".join(" ".join(rng.choice(words, 4)).capitalize() + "." for _ in range(8))
        for words in [war, peace] * (n // 2)
    ]
    return parts_of(*texts)


def test_the_scale_parts_the_themes_and_leaves_one_seed_out() -> None:
    parts = scaled()
    table = polarity(parts, {"war": ["attack*", "tank"], "peace": ["truce", "school*"]}, dimensions=4)
    assert table["score"].iloc[0::2].max() < table["score"].iloc[1::2].min()
    assert (table["low"] <= table["high"]).all() and set(table["seed_low"]) <= {"attack*", "tank", "truce", "school*"}
    again = polarity(parts, {"war": ["attack*", "tank"], "peace": ["truce", "school*"]}, dimensions=4)
    pd.testing.assert_frame_equal(table, again)
    assert (
        polarity(parts, {"war": ["attack", "tank"], "peace": ["truce", "school"]}, voice="quoted")["score"].isna().all()
    )


@pytest.mark.parametrize(
    ("book", "message"),
    [
        ({"war": ["attack", "tank"]}, "has 1 frames; name two opposed"),
        ({"war": ["attack", "zzz"], "peace": ["truce", "school"]}, "fewer than two seeds of 'war'"),
    ],
)
def test_a_scale_needs_two_poles_with_seeds(book: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        polarity(scaled(), book)


def test_codebook_beats_saying_yes_to_everything_on_hand_codes(corpora: Path) -> None:
    import json

    rows = [json.loads(line) for line in (corpora / "narrative-frames-dev.jsonl").read_text("utf-8").splitlines()]
    data = pd.DataFrame(rows).rename(columns={"id": "article_id"}).set_index("article_id", drop=False)
    breadth = Hits(units(data), "narrative-frames").breadth().loc[data.index]
    for frame in breadth:
        present = data[frame].eq(1)
        ranks = breadth[frame].rank()
        auc = (ranks[present].sum() - present.sum() * (present.sum() + 1) / 2) / (present.sum() * (~present).sum())
        assert auc > 0.65, (frame, auc)


def test_half_the_seeds_order_articles_alike_where_there_is_a_scale_and_not_where_there_is_none() -> None:
    book = {"war": ["attack", "tank", "gun", "blow"], "peace": ["truce", "school", "talk", "bread"]}
    assert seed_halves(scaled(), book, dimensions=4, reps=20).loc[0, "correlation"] > 0.6
    rng = np.random.default_rng(0)
    words = [word for seeds in book.values() for word in seeds] + [
        f"word{'abcdefghijklmnopqrst'[i]}" for i in range(20)
    ]
    noise = parts_of(
        *[" ".join(f"{' '.join(rng.choice(words, 6)).capitalize()}." for _ in range(8)) for _ in range(60)]
    )
    assert seed_halves(noise, book, dimensions=20, reps=20).loc[0, "correlation"] < 0.5
    assert seed_halves(parts_of("It rained."), book).loc[0, ["correlation", "n"]].isna().tolist() == [True, False]


def judged(*rows: tuple[str, str, object]) -> pd.DataFrame:
    """Return codes of one frame as `read_codes` does."""
    return pd.DataFrame(rows, columns=["article_id", "coder", "moral"])


def test_codes_are_read_for_any_coders_and_only_for_this_corpus(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("article,coder,moral\na0,ann,1\na0,bob,\nzz,ann,0\n", encoding="utf-8")
    table = read_codes(parts_of("x"), path)
    assert table[["article_id", "coder"]].values.tolist() == [["a0", "ann"], ["a0", "bob"]]
    assert table["moral"].isna().tolist() == [False, True]
    assert beside_codes(pd.DataFrame({"moral": [0.5]}, ["a0"]), table, parts_of("x"))["coder"].tolist() == ["ann"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("article,moral\na0,1\n", "line 1: no column 'coder'"),
        ("article,coder,moral\na0,ann,1\na0,ann,0\n", "line 3: 'ann' coded 'a0' twice"),
    ],
)
def test_faulty_codes_are_refused_with_their_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "codes.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_codes(parts_of("x"), tmp_path / "codes.csv")


def test_the_majority_decides_and_a_tie_is_no_code() -> None:
    table = judged(("a", "x", 1), ("a", "y", 1), ("a", "z", 0), ("b", "x", 0), ("b", "y", 1), ("c", "x", 0))
    assert consensus(table)["moral"].fillna(-1).to_dict() == {"a": 1.0, "b": -1.0, "c": 0.0}


def test_no_event_has_a_say_in_its_own_threshold() -> None:
    articles = pd.DataFrame({"article_id": list("abcdef"), "event": list("eeeegg")})
    values = pd.DataFrame({"moral": [0.1, 0.2, 0.1, 0.2, 0.6, 0.8]}, list("abcdef"))
    codes = judged(*[(article, "ann", code) for article, code in zip("abcdef", [0, 1, 0, 1, 0, 1], strict=True)])
    present = beside_codes(values, codes, articles).set_index("article_id")["present"]
    assert present.to_dict() == {"a": 0, "b": 0, "c": 0, "d": 0, "e": 1, "f": 1}


def test_the_threshold_agrees_beyond_chance_where_nearly_all_have_the_frame() -> None:
    articles = pd.DataFrame({"article_id": [f"a{i}" for i in range(40)], "event": list("efgh") * 10})
    ids, coded = articles["article_id"], [0] * 8 + [1] * 32
    values = pd.DataFrame({"moral": [0.01] * 8 + [0.0] * 10 + [0.1] * 22}, ids)
    codes = judged(*zip(ids, ["ann"] * 40, coded, strict=True))
    present = beside_codes(values, codes, articles)["present"]
    assert present.tolist() == [0] * 18 + [1] * 22  # the best F1 would call it present everywhere
    nowhere = beside_codes(values, codes.assign(moral=0), articles)["present"]
    everywhere = beside_codes(values, codes.assign(moral=1), articles)["present"]
    assert nowhere.eq(0).all() and everywhere.eq(1).all()


def test_the_threshold_has_the_best_alpha() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        value, coded = rng.integers(0, 6, 15) / 5, np.append(rng.integers(0, 2, 13), [0, 1])
        alphas = [agreement(pd.DataFrame({"a": value >= cut, "b": coded == 1}))["alpha"].item() for cut in set(value)]
        said = value >= _best_cut(value, coded, alpha)
        chosen = agreement(pd.DataFrame({"a": said, "b": coded == 1}))["alpha"].item()
        assert chosen == pytest.approx(np.nanmax(alphas))


def test_the_worst_alpha_and_the_interval_of_the_most_articles_decide() -> None:
    rows = [("m", 0.9, 0.7, 30), ("m", 0.5, 0.1, 30), ("u", 0.7, 0.45, 30), ("w", 0.7, 0.3, 30), ("d", 0.5, -0.1, 30)]
    rows += [("n", np.nan, np.nan, 30), ("f", 0.9, 0.8, 9), ("k", np.nan, np.nan, 30), ("k", 0.8, 0.6, 30)]
    agreed = pd.DataFrame(rows, columns=["frame", "alpha", "low", "n"])
    assert verdicts(agreed).to_dict() == {
        "m": "with care", "u": "use", "w": "with care", "d": "do not use",
        "n": "not known", "f": "not known", "k": "use",
    }  # fmt: skip
    few = pd.DataFrame([("m", 0.9, 0.7, 60), ("m", 0.8, 0.0, 12)], columns=["frame", "alpha", "low", "n"])
    assert verdicts(few).to_dict() == {"m": "use"}
    assert verdicts(agreed.head(0)).empty


def test_a_coder_or_an_article_called_na_is_not_missing(tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text("article,coder,moral\na,NA,1\nnull,NA,0\nb,,1\n")
    codes = read_codes(pd.DataFrame({"article_id": ["a", "null", "b"]}), tmp_path / "codes.csv")
    assert codes["article_id"].tolist() == ["a", "null", "b"]
    assert codes["coder"].fillna("(missing)").tolist() == ["NA", "NA", "(missing)"]
    assert codes["moral"].tolist() == [1, 0, 1]


def test_planted_frames_rank_first_and_the_null_pair_is_silent(root: Path) -> None:
    corpus = load(root / "seeds" / "articles")
    policy = tomllib.loads((root / "seeds" / "gold" / "panel.toml").read_text("utf-8"))
    articles = corpus.articles.dropna(subset=["event"])
    shares = frame_shares(units(articles), "generic-frames", voice="own")
    table = levels(articles, shares).pivot(index="outlet", columns="measure", values="estimate")
    for frame in shares:
        stressed = [entry["name"] for entry in policy["outlets"].values() if entry["frames"][frame] == 1]
        rank = table[frame].rank(ascending=False)
        assert rank[stressed].max() <= len(stressed), frame
    pair = [policy["outlets"][slug]["name"] for slug in policy["pairs"]["null"]]
    assert not contrast(articles, shares, outlets=pair)["confirmed"].any()


def test_agreement_among_coders_and_with_the_measure() -> None:
    said = [("ann", 0), ("bob", 0), ("ann", 1), ("bob", 1)] * 6
    codes = judged(*[(f"a{i // 2}", coder, code) for i, (coder, code) in enumerate(said)])
    articles = pd.DataFrame({"article_id": [f"a{i}" for i in range(12)], "outlet": list("xy") * 6})
    values = pd.DataFrame({"moral": [0.0, 0.5] * 6}, articles["article_id"])
    assert among_coders(codes)["alpha"].tolist() == [1.0]
    assert among_coders(codes[codes["coder"].eq("ann")]).empty
    table = validated(values, codes, articles)
    assert table["coder"].tolist() == ["(majority)", "ann", "bob"] and table["verdict"].eq("use").all()
    tried = tried_correction(values, codes, articles)
    assert tried[["naive", "by_hand"]].round(6).values.tolist() == [[-1.0, -1.0]]
    assert validated(values, codes.head(0), articles).empty and tried_correction(values, codes.head(0), articles).empty


def test_a_difference_that_hangs_on_one_indicator_is_named() -> None:
    table = audit(parts_of("A sin. A duty.", "A duty. It rained.", outlets="xy"), {"moral": ["dut*", "sin"]})
    assert hangs_on(table)[["outlet", "difference", "least", "hangs_on"]].values.tolist() == [["x", 0.5, 0.0, "sin"]]
    assert hangs_on(table[table["outlet"].eq("x")]).empty
    silent = table.assign(outlet="z", share=np.nan, without=np.nan)
    assert hangs_on(pd.concat([table, silent]))["difference"].tolist() == [0.5]
    assert hangs_on(audit(parts_of("It rained.", "It rained.", outlets="xy"), {"moral": ["sin"]})).empty


def test_every_difference_asked_for_is_looked_at() -> None:
    parts = parts_of("A sin. A sin.", "It rained. It rained.", "A duty. A sin.", outlets="xyz")
    table = hangs_on(audit(parts, {"moral": ["dut*", "sin"]}), of=[("moral", "z"), ("moral", "y"), ("other", "x")])
    assert table[["outlet", "holds"]].values.tolist() == [["y", True], ["z", False]]


def test_within_a_name_no_indicator_counts(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('unless = ["council for rights"]\n[frames.moral]\nindicators = ["right*", "duty"]\n', "utf-8")
    parts = parts_of("The Council for Rights met. The Council for Rights spoke of rights. Rights matter. A duty.")
    assert frame_sentences(parts, path)["sentence"].tolist() == [1, 2, 3]
    assert frame_shares(parts, path).loc["a0", "moral"] == 0.75
    bare = parts_of(
        "The Syrian Observatory for Human Rights counted the barrel bombs. Human rights and a barrel of oil."
    )
    assert set(frame_sentences(bare, "generic-frames")["sentence"]) == {1}
    path.write_text('unless = ["rights"]\n[frames.moral]\nindicators = ["right*"]\n', "utf-8")
    with pytest.raises(ValueError, match="unless names 'rights', which is no phrase"):
        frame_shares(parts, path)


@pytest.mark.parametrize("voice", ["own", "quoted"])
def test_an_empty_voice_is_missing_and_no_error(voice: str) -> None:
    parts = parts_of("It rained.").query("voice == 'quoted'") if voice == "own" else parts_of("It rained.")
    shares = frame_shares(parts, {"moral": ["sin"]}, voice=voice)
    assert shares["moral"].isna().all() and list(shares) == ["moral"]


def test_codes_come_in_any_order_of_columns(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("moral,article,coder\n1,a0,ann\n", encoding="utf-8")
    codes = read_codes(parts_of("x"), path)
    assert list(codes) == ["article_id", "coder", "moral"] and consensus(codes)["moral"].tolist() == [1.0]


def test_the_majority_is_of_articles_that_several_coded() -> None:
    said = [("ann", 0), ("bob", 0), ("ann", 1), ("bob", 1)] * 6
    codes = judged(*[(f"a{i // 2}", coder, code) for i, (coder, code) in enumerate(said)], ("b", "ann", 1))
    articles = pd.DataFrame({"article_id": [f"a{i}" for i in range(12)] + ["b"], "outlet": "x"})
    values = pd.DataFrame({"moral": [0.0, 0.5] * 6 + [0.0]}, articles["article_id"])
    assert validated(values, codes, articles).set_index("coder")["n"].to_dict() == {
        "(majority)": 12,
        "ann": 13,
        "bob": 12,
    }
