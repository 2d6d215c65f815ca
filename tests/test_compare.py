"""Comparisons: known answers, errors held at their rate, and nothing that depends on order or names."""

from __future__ import annotations

import warnings
from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import text
from analysis.compare import agreement, contrast, finding, keyness, levels, null_split
from analysis.inference.design import design_of, panel_of
from analysis.inference.resampling import Family


def panel(outlets: int = 2, events: int = 8, copies: int = 1) -> pd.DataFrame:
    """Build articles of invented outlets, each reporting every event."""
    rows = [
        (f"{e:02}{o:02}{i}", f"Outlet {o}", f"event {e}")
        for e in range(events)
        for o in range(outlets)
        for i in range(copies)
    ]
    return pd.DataFrame(rows, columns=["article_id", "outlet", "event"])


def measure(articles: pd.DataFrame, values: object, name: str = "share") -> pd.Series:
    """Give every article a value."""
    return pd.Series(np.asarray(values, float), index=articles["article_id"], name=name)


def noise(articles: pd.DataFrame, columns: int, seed: int = 0) -> pd.DataFrame:
    """Give every article random values."""
    values = np.random.default_rng(seed).normal(size=(len(articles), columns))
    return pd.DataFrame(values, index=articles["article_id"]).add_prefix("m")


def pair(table: pd.DataFrame) -> pd.Series:
    """Take the first pair of a table."""
    return table[table["comparison"] == "pair"].iloc[0]


def test_sign_flips_are_enumerated_by_hand() -> None:
    articles = panel(events=6)
    differences = np.array([3.0, 1, 4, 1, 5, -2])
    values = np.zeros(12)
    values[::2] = differences
    signs = 1 - 2 * ((np.arange(64)[:, None] >> np.arange(6)) & 1)
    by_hand = np.mean(np.abs(signs @ differences) >= 12)
    row = pair(contrast(articles, measure(articles, values)))
    assert row["estimate"] == 2 and row["p"] == by_hand == row["p_adjusted"] and row["n_events"] == 6


def test_interval_is_where_the_test_stops_rejecting() -> None:
    articles = panel()
    values = noise(articles, 1)
    row = pair(contrast(articles, values))
    first = (articles["outlet"] == "Outlet 0").to_numpy()
    for end, inward in ((row["low"], 1), (row["high"], -1)):
        for step, rejected in ((1e-4, False), (-1e-4, True)):
            moved = values["m0"] - first * (end + inward * step)
            assert (pair(contrast(articles, moved))["p"] <= 0.05) == rejected


@pytest.mark.parametrize("outlets", [2, 8])
def test_full_separation_on_eight_events_is_confirmed(outlets: int) -> None:
    articles = panel(outlets)
    label = measure(articles, articles["outlet"] == "Outlet 0")
    table = contrast(articles, label)
    theirs = table[(table["outlet"] == "Outlet 0") & (table["versus"] != "rest")]
    assert theirs["confirmed"].all() and (theirs["estimate"] == 1).all()
    assert table[(table["outlet"] == "Outlet 0") & (table["versus"] == "rest")]["confirmed"].all()
    if outlets == 8:
        others = table[(table["outlet"] != "Outlet 0") & (table["versus"] != "Outlet 0") & (table["versus"] != "rest")]
        assert not others["confirmed"].any() and (others["p"] == 1).all()


def test_gate_below_six_events_is_descriptive() -> None:
    five, six = panel(events=5), panel(events=6)
    low = pair(contrast(five, measure(five, five["outlet"] == "Outlet 0")))
    assert low["status"] == "descriptive" and low["gate"] == 2 / 32 and np.isnan(low["p"]) and low["estimate"] == 1
    high = pair(contrast(six, measure(six, six["outlet"] == "Outlet 0")))
    assert high["status"] == "tested" and high["gate"] == high["p"] == 2 / 64


def test_a_difference_is_told_whole_where_outlets_share_copies() -> None:
    articles = pd.DataFrame({"article_id": list("abcdefgh"), "outlet": list("XXXXYYYY")})
    articles["wire_of"] = [None, None, None, None, "a", "b", None, None]  # two texts that both outlets print
    row = pair(contrast(articles, pd.Series([3.0] * 4 + [1.0] * 4, list("abcdefgh"))))
    assert row["estimate"] == pytest.approx(2.0)


def test_articles_of_one_outlet_on_one_event_count_once() -> None:
    articles = panel()
    values = noise(articles, 1)["m0"]
    extra = articles.iloc[[0]].assign(article_id="extra")
    more = pd.concat([values, pd.Series([values.iloc[0]], ["extra"])])
    before, after = pair(contrast(articles, values)), pair(contrast(pd.concat([articles, extra]), more))
    assert after["n_articles"] == before["n_articles"] + 1
    assert after[["estimate", "low", "high", "p"]].tolist() == pytest.approx(
        before[["estimate", "low", "high", "p"]].tolist()
    )


def test_only_events_both_reported_are_compared() -> None:
    articles = panel(events=7)
    values = measure(articles, np.arange(14))
    alone = articles.drop(index=13)
    row = pair(contrast(alone, values.drop(articles.loc[13, "article_id"])))
    assert (row["n_events"], row["n_articles"], row["n_articles_versus"]) == (6, 6, 6)


@pytest.mark.parametrize("outlets", [2, 3])
def test_equal_differences_give_no_interval_and_the_sentence_says_so(outlets: int) -> None:
    articles = panel(outlets)
    row = pair(contrast(articles, measure(articles, articles["outlet"] == "Outlet 0")))
    assert row["low"] == row["high"] == row["estimate"] == 1
    told = finding(row, unit="share")
    assert "+100 percentage points, the same in every event, so that no interval can be given; up to 31 % of" in told
    assert "95 % interval" not in told
    varied = measure(articles, (articles["outlet"] == "Outlet 0") * (1 - np.arange(len(articles)) / 500))
    assert "95 % interval" in finding(pair(contrast(articles, varied)))
    apart = articles.drop(columns="event")
    assert "same in every article" in finding(pair(contrast(apart, measure(apart, apart["outlet"] == "Outlet 0"))))


def test_one_article_does_not_stand_for_its_outlet() -> None:
    articles = panel(2, 30).drop(columns="event")
    one, two = (articles.drop(index=range(2 * n, 60, 2)) for n in (1, 2))
    row = pair(contrast(one, measure(one, np.arange(len(one)))))
    assert row["status"] == "descriptive" and row["gate"] == 1 and "too few articles to tell" in finding(row)
    assert pair(contrast(two, measure(two, np.arange(len(two)))))["status"] == "tested"


def test_wire_copy_joins_events_into_one_unit() -> None:
    articles = panel(events=8).assign(wire_of=pd.Series(pd.NA, dtype="str"))
    articles.loc[2, "wire_of"] = articles.loc[0, "article_id"]
    row = pair(contrast(articles, noise(articles, 1)))
    assert (row["n_events"], row["n_units"]) == (8, 7)
    assert row["estimate_nowire"] != row["estimate"]


def test_without_wire_copy_the_same_comparisons_are_made() -> None:
    articles = panel(4).assign(wire_of=pd.Series(pd.NA, dtype="str"))
    articles.loc[0, "wire_of"] = articles.loc[5, "article_id"]  # the first outlet to appear is now another
    values, three = noise(articles, 1), [f"Outlet {i}" for i in range(3)]
    table = contrast(articles, values, outlets=three)
    assert table["p_nowire"].notna().all()
    bare = articles[articles["wire_of"].isna() & articles["outlet"].isin(three)]
    alone = contrast(bare, values).set_index(["comparison", "outlet", "versus"])["estimate"]
    rest = table[table["comparison"] == "rest"].set_index(["comparison", "outlet", "versus"])["estimate_nowire"]
    assert rest.tolist() == pytest.approx(alone.reindex(rest.index).tolist())


def test_shares_differ_by_no_more_than_all() -> None:
    articles = panel(2, 12).drop(columns="event").iloc[:14]
    values = measure(articles, ([0.0, 1.0, 1.0, 0.0, 1.0] * 3)[:14])
    apart = articles["outlet"].replace({"Outlet 1": "Outlet 0"}).where(articles.index < 12, "Outlet 1")
    free, held = (pair(contrast(articles.assign(outlet=apart), values, unit=unit)) for unit in ("score", "share"))
    assert free["low"] < -1 < 1 < free["high"], "two articles against twelve say nearly nothing"
    assert (held["low"], held["high"], held["unit"]) == (-1, 1, "share")
    assert held["estimate"] == free["estimate"] and "95 % interval −100 to 100;" in finding(held)
    with pytest.raises(ValueError, match="measure 'share' is no share"):
        contrast(articles, values * 100, unit="share")


def test_without_wire_copy_both_results_agree() -> None:
    articles = panel(3)
    table = contrast(articles, noise(articles, 2))
    assert table["estimate"].equals(table["estimate_nowire"].rename("estimate"))


def test_without_events_whole_clusters_are_permuted() -> None:
    articles = panel(events=10).drop(columns="event")
    values = noise(articles, 1)
    row = pair(contrast(articles, values))
    first = (articles["outlet"] == "Outlet 0").to_numpy()
    column = values["m0"].to_numpy()
    assert row["n_events"] == 0 and row["n_units"] == 20
    assert row["estimate"] == pytest.approx(column[first].mean() - column[~first].mean())
    wired = articles.assign(wire_of=pd.Series(["00000"] * 3 + [None] * 17, dtype="str"))
    assert pair(contrast(wired, values))["n_units"] == 18


@pytest.mark.parametrize("kind", ["continuous", "sparse"])
@pytest.mark.parametrize(("outlets", "events"), [(2, 8), (3, 5)])
def test_over_all_permutations_within_events_p_is_no_smaller_than_it_says(kind: str, outlets: int, events: int) -> None:
    articles, rng = panel(outlets, events), np.random.default_rng(3)
    size = (events, outlets)
    values = rng.lognormal(size=size) if kind == "continuous" else rng.poisson(0.4, size)
    ways = []
    for seats in product(range(outlets), repeat=events):
        swapped = values.astype(float)
        for event, seat in enumerate(seats):
            swapped[event, [0, seat]] = swapped[event, [seat, 0]]
        ways.append(swapped.ravel())
    table = contrast(articles, pd.DataFrame(np.array(ways).T, index=articles["article_id"]), comparisons=["rest"])
    p = table.loc[table["outlet"] == "Outlet 0", "p"]
    assert len(p) == outlets**events and all((p <= a).mean() <= a for a in (0.01, 0.05, 0.1))
    assert kind == "sparse" or (p <= 0.1).mean() > 0.09


@pytest.mark.parametrize("kind", ["continuous", "sparse"])
def test_over_all_permutations_of_articles_p_is_no_smaller_than_it_says(kind: str) -> None:
    articles, rng = panel(2, 5).drop(columns="event"), np.random.default_rng(4)
    first = np.flatnonzero(articles["outlet"] == "Outlet 0")[:4]
    articles = articles.drop(index=np.setdiff1d(np.flatnonzero(articles["outlet"] == "Outlet 0"), first))
    values = rng.lognormal(size=9) if kind == "continuous" else rng.poisson(0.4, 9).astype(float)
    own = (articles["outlet"] == "Outlet 0").to_numpy()
    ways = np.zeros((9, 126))
    for column, chosen in enumerate(combinations(range(9), 4)):
        ways[own, column], ways[~own, column] = values[list(chosen)], np.delete(values, chosen)
    table = contrast(articles, pd.DataFrame(ways, index=articles["article_id"]), comparisons=["pair"])
    assert all((table["p"] <= a).mean() <= a for a in (0.01, 0.05, 0.1))
    assert kind == "sparse" or (table["p"] <= 0.1).mean() > 0.09


def test_coverage_at_eight_events_is_near_nominal() -> None:
    articles, rng = panel(), np.random.default_rng(4)
    for draw in (rng.normal, rng.laplace):
        values = np.zeros((16, 500))
        values[::2] = draw(size=(8, 500)) + 1
        table = contrast(articles, pd.DataFrame(values, index=articles["article_id"]), comparisons=["pair"])
        assert 0.92 <= ((table["low"] <= 1) & (table["high"] >= 1)).mean() <= 0.98


def test_one_budget_holds_over_many_measures() -> None:
    articles, false = panel(3, 8), 0
    for seed in range(10):
        false += contrast(articles, noise(articles, 8, seed), reps=99, seed=seed)["confirmed"].any()
    assert false <= 10 * 0.05 + 2 * np.sqrt(10 * 0.05 * 0.95)


def test_two_kinds_of_comparison_share_one_budget() -> None:
    articles = panel(3)
    values = measure(articles, articles["outlet"] == "Outlet 0") + noise(articles, 1)["m0"] / 50
    both, alone = (pair(contrast(articles, values, comparisons=kinds)) for kinds in (["rest", "pair"], ["pair"]))
    assert both["p_adjusted"] == 2 * alone["p_adjusted"] == 4 / 256
    spread = noise(articles, 1)
    both, alone = (pair(contrast(articles, spread, comparisons=kinds)) for kinds in (["rest", "pair"], ["pair"]))
    assert both["smallest_detectable"] > alone["smallest_detectable"]


def test_of_two_outlets_each_mirrors_the_other() -> None:
    first, second = contrast(panel(), noise(panel(), 1), comparisons=["rest"]).to_dict("records")
    assert (first["low"], first["estimate"], first["high"]) == (-second["high"], -second["estimate"], -second["low"])
    assert first["low"] < first["estimate"] < first["high"] and first["p"] == second["p"]


def test_a_noisy_outlet_is_not_taken_for_a_different_one() -> None:
    articles, rng = panel(4, 10), np.random.default_rng(5)
    values = rng.normal(size=(40, 400)) * np.where(articles["outlet"] == "Outlet 0", 6, 1)[:, None]
    table = contrast(articles, pd.DataFrame(values, index=articles["article_id"]), comparisons=["rest"], reps=500)
    assert (table.loc[table["outlet"] == "Outlet 0", "p"] <= 0.05).mean() < 0.09


def test_smallest_detectable_has_about_eighty_percent_power() -> None:
    articles, first = panel(events=20), (panel(events=20)["outlet"] == "Outlet 0").to_numpy()
    found, seen = [], []
    for seed in range(20):
        row = pair(contrast(articles, noise(articles, 1, seed)["m0"] + first * 0.95, reps=199, comparisons=["pair"]))
        seen.append(row["smallest_detectable"])
        found.append(row["confirmed"])
    assert np.median(seen) == pytest.approx(0.95, abs=0.15) and 0.65 <= np.mean(found) <= 0.95


@settings(derandomize=True, deadline=None, max_examples=3)
@given(st.permutations(range(24)), st.permutations(["Dawn", "Echo", "Frame"]))
def test_row_order_and_outlet_names_change_nothing(order: list[int], names: list[str]) -> None:
    articles = panel(3)
    values = noise(articles, 2)
    new = dict(zip(["Outlet 0", "Outlet 1", "Outlet 2"], names, strict=True))
    turned = articles.iloc[order].assign(outlet=lambda a: a["outlet"].map(new))
    before, after = contrast(articles, values, reps=99), contrast(turned, values.iloc[order[::-1]], reps=99)
    before[["outlet", "versus"]] = before[["outlet", "versus"]].replace(new)
    pd.testing.assert_frame_equal(before, after)


def test_same_seed_same_bytes() -> None:
    articles = panel(3, 12)
    tables = [contrast(articles, noise(articles, 3), seed=7).to_csv() for _ in range(2)]
    assert tables[0] == tables[1] != contrast(articles, noise(articles, 3), seed=8).to_csv()


def test_exploratory_family_says_so() -> None:
    articles = panel(2, 12)
    values = noise(articles, 30).assign(planted=(articles["outlet"] == "Outlet 0").to_numpy() * 3.0)
    table = contrast(articles, values, family="exploratory", comparisons=["pair"])
    assert table.loc[table["confirmed"], "measure"].tolist() == ["planted"] and set(table["family"]) == {"exploratory"}
    assert "exploratory, false discovery rate" in finding(table.iloc[-1])


def test_missing_values_leave_their_events_out() -> None:
    articles = panel()
    values = noise(articles, 2)
    values.iloc[0, 0] = np.nan
    table = contrast(articles, values.assign(none=np.nan), comparisons=["pair"]).set_index("measure")
    assert table["n_events"].to_dict() == {"m0": 7, "m1": 8, "none": 0}
    assert table.loc["none", "status"] == "descriptive"


def test_bad_input_is_named() -> None:
    articles = panel()
    values = noise(articles, 1)
    with pytest.raises(KeyError, match="no column of articles"):
        contrast(articles, values, by="paper")
    with pytest.raises(KeyError, match="no column of articles"):
        contrast(articles, values, event="story")
    with pytest.raises(KeyError, match="no outlet named Nowhere"):
        contrast(articles, values, outlets=["Nowhere"])
    with pytest.raises(KeyError, match="event_x and event_y and no 'event'"):
        contrast(articles.rename(columns={"event": "event_x"}).assign(event_y="e"), values)
    with pytest.raises(ValueError, match="indexed by article_id"):
        contrast(articles, values.reset_index(drop=True))
    with pytest.raises(ValueError, match="several rows"):
        contrast(articles, pd.concat([values, values]))
    with pytest.raises(ValueError, match="not numbers"):
        contrast(articles, values.astype(str))
    with pytest.raises(ValueError, match="family="):
        contrast(articles, values, family="hopeful")
    with pytest.raises(ValueError, match="comparisons="):
        contrast(articles, values, comparisons=["all"])
    with pytest.raises(ValueError, match="more than once"):
        contrast(pd.concat([articles, articles]), values)


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_too_little_is_descriptive_never_an_error(rows: int) -> None:
    articles = panel().iloc[:rows].assign(text="Rain fell.")
    values = noise(panel(), 1).iloc[:rows]
    table = contrast(articles, values)
    assert not table["confirmed"].any() and (table["status"] == "descriptive").all()
    assert all("too few events" in finding(row) for _, row in table.iterrows())
    assert not keyness(articles, min_articles=1)["confirmed"].any()
    assert len(levels(articles, values)) == min(rows, 2)


def test_an_outlet_is_described_alike_whoever_stands_beside_it() -> None:
    articles = panel(outlets=3, events=15)
    values = noise(articles, 2)
    alone = articles[articles["outlet"].eq("Outlet 2")]
    together = levels(articles, values).query("outlet == 'Outlet 2'").reset_index(drop=True)
    pd.testing.assert_frame_equal(levels(alone, values.loc[alone["article_id"]]), together)


def test_levels_describe_each_outlet() -> None:
    articles = panel(2, 6, copies=2)
    table = levels(articles, measure(articles, np.repeat(np.arange(12.0), 2)))
    assert table["estimate"].tolist() == [5, 6] and table["n_units"].tolist() == [6, 6]
    assert (table["low"] < table["estimate"]).all() and (table["high"] > table["estimate"]).all()
    assert levels(articles.iloc[:4], measure(articles, range(24)))["low"].isna().all()


def words(articles: pd.DataFrame) -> pd.DataFrame:
    """Write articles in which one outlet has a word of its own."""
    common = ["river", "bridge", "council", "harvest", "market", "school", "storm", "signal"]
    rng, texts = np.random.default_rng(2), []
    for outlet in articles["outlet"]:
        text = list(rng.choice(common, 60)) + ["insurgents" if outlet == "Outlet 0" else "militants"] * 3
        texts.append(" ".join(rng.permutation(text)))
    return articles.assign(text=texts)


@pytest.mark.parametrize("outlets", [2, 4])
def test_keyness_confirms_the_planted_word_alone(outlets: int) -> None:
    table = keyness(words(panel(outlets, 9)))
    top = table[(table["outlet"] == "Outlet 0") & table["confirmed"]]
    assert {"insurgents", "militants"} == set(top["term"]) and top.iloc[0]["term"] == "insurgents"
    assert top.iloc[0]["log_odds"] > 0 > top.iloc[-1]["log_odds"] and top.iloc[0]["n_articles"] == 9
    assert top.iloc[0]["rate"] == pytest.approx(1000 * 3 / 63) and top.iloc[0]["rate_rest"] == 0
    assert "higher in Outlet 0 than in the rest" in finding(top.iloc[0])
    others = table[~table["term"].isin(top["term"])]
    assert table["z"].notna().all() and others["confirmed"].sum() <= 1, "one in twenty such families errs"


def test_keyness_by_hand_is_the_log_odds_of_monroe_and_others() -> None:
    articles = pd.DataFrame({"article_id": ["a", "b"], "outlet": ["X", "Y"], "event": "e"})
    table = keyness(articles.assign(text=["war war war peace", "peace peace"]), min_articles=1).set_index(
        ["outlet", "term"]
    )
    war, peace = 3 / 2, 3 / 2
    odds = np.log((3 + war) / (1 + peace)) - np.log((0 + war) / (2 + peace))
    row = table.loc[("X", "war")]
    assert row["log_odds"] == pytest.approx(odds)
    assert row["z"] == pytest.approx(odds / np.sqrt(1 / (3 + war) + 1 / (0 + war)))


def test_a_word_that_no_compared_article_holds_has_no_odds_and_warns_of_nothing() -> None:
    articles = panel(events=7).assign(text="the bridge was closed all night")
    articles.loc[[0, 1], "text"] = "the ferry sank"
    counts = text.count(text.units(articles, voices=False))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = keyness(articles.drop(index=[0, 1]), counts=counts, family="exploratory", min_articles=0)
    assert table.loc[table["term"].eq("ferry"), "log_odds"].isna().all()
    assert table.loc[table["term"].eq("bridge"), "log_odds"].eq(0).all()


def test_keyness_does_not_depend_on_order_or_names() -> None:
    articles = words(panel(3))
    before = keyness(articles, reps=99)
    after = keyness(articles.iloc[::-1].replace({"outlet": {"Outlet 0": "Zenith"}}), reps=99)
    pd.testing.assert_frame_equal(before.replace({"outlet": {"Outlet 0": "Zenith"}}), after)


def test_what_is_compared_follows_from_how_many_there_are() -> None:
    for n, kind, rows in ((1, set(), 0), (2, {"pair"}, 1), (4, {"pair"}, 6), (5, {"rest"}, 5)):
        articles = panel(outlets=n)
        table = contrast(articles, noise(articles, 1), unit="score")
        assert (set(table["comparison"]), len(table)) == (kind, rows)
    full = contrast(articles, noise(articles, 1), unit="score")
    for none in (
        contrast(panel(outlets=1), noise(panel(outlets=1), 1), unit="score"),
        contrast(articles, noise(articles, 0), unit="score"),
    ):
        assert none.dtypes.astype(str).to_dict() == full.dtypes.astype(str).to_dict()
        assert not none["confirmed"].any()


def test_levels_of_few_articles_are_left_out_unless_all_are() -> None:
    articles = pd.DataFrame({"article_id": list("abcd"), "outlet": list("XXXY")})
    values = pd.Series([1.0, 2, 3, 9], list("abcd"))
    assert levels(articles, values, least=3)["outlet"].tolist() == ["X"]
    assert levels(articles, values, least=4)["outlet"].tolist() == ["X", "Y"]


def test_null_splits_of_one_outlet_find_little() -> None:
    articles, reps = words(panel(1, 24)), 99
    table = null_split(articles, lambda a: keyness(a, reps=reps), splits=10)
    assert (table["findings"] > 0).sum() <= 3 and (table["tested"] == 9).all()
    several = null_split(words(panel(3, 8)), lambda a: keyness(a, reps=reps), splits=4)
    assert several["findings"].sum() <= 6


def test_pooled_rate_agrees_with_benjamini_hochberg_by_hand() -> None:
    pool = Family("exploratory", panel_of(panel(), by="outlet", event="event"), 9, 0)
    pool.add("pair", np.linspace(0, 4, 2000).reshape(2, 1000))
    q = pool.adjust(np.array(["pair"] * 3), np.array([3.9, 2.0, 3.8]), np.ones(3))
    assert q == pytest.approx([0.075, 0.5, 0.075], abs=0.002)
    stepped = pool.adjust(np.array(["pair"] * 3), np.array([3.92, 3.916, 2.0]), np.ones(3))
    assert stepped == pytest.approx([0.0315, 0.0315, 0.5], abs=0.002), "a smaller p has no larger q"


def test_units_follow_chains_of_copies_and_events() -> None:
    articles = pd.DataFrame(
        {
            "article_id": list("abcd"),
            "outlet": list("XYXY"),
            "event": ["e", "f", "f", None],
            "wire_of": [None, "a", None, None],
        }
    )
    found = panel_of(articles, by="outlet", event="event")
    assert found.unit.tolist() == [0, 0, 0, 1]
    assert design_of(found, np.ones(4, bool), 0, [1]).counts["n_events"] == 1


def test_agreement_on_published_data() -> None:
    known = pd.DataFrame(
        {
            "A": [np.nan, np.nan, np.nan, np.nan, np.nan, 3, 4, 1, 2, 1, 1, 3, 3, np.nan, 3],
            "B": [1, np.nan, 2, 1, 3, 3, 4, 3, np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, np.nan],
            "C": [np.nan, np.nan, 2, 1, 3, 4, 4, np.nan, 2, 1, 1, 3, 3, np.nan, 4],
        }
    )
    four = pd.DataFrame(
        {
            "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, np.nan, np.nan, np.nan],
            "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, np.nan, 3],
            "C": [np.nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, np.nan],
            "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, np.nan],
        }
    )
    assert agreement(four, reps=50)["alpha"][0] == pytest.approx(0.743, abs=5e-4)  # Krippendorff 2011
    found = agreement(known).iloc[0]
    assert found["alpha"] == pytest.approx(0.691, abs=5e-4)
    assert found["low"] < 0.691 < found["high"] and found["n"] == 12
    assert agreement(pd.DataFrame({"A": ["x", "y"], "B": ["x", "y"]}))["alpha"][0] == 1
    assert np.isnan(agreement(pd.DataFrame({"A": [1, 1], "B": [1, 1]}))["alpha"][0])
    assert agreement(pd.DataFrame({"A": [], "B": []}))["n"][0] == 0


def test_finding_states_estimate_interval_and_n() -> None:
    row = {
        "measure": "label",
        "outlet": "X",
        "versus": "Y",
        "estimate": 0.25,
        "low": 0.1,
        "high": 0.4,
        "p_adjusted": 0.016,
    }
    row |= {"n_articles": 9, "n_articles_versus": 8, "n_events": 8, "status": "tested", "confirmed": True}
    row |= {"family": "confirmatory", "smallest_detectable": 0.2}
    assert finding(row, unit="share") == (
        "label: higher in X than in Y (+25 percentage points, 95 % interval 10 to 40; 9 and 8 articles on 8 shared "
        "events; adjusted p 0.016)."
    )
    unsure = row | {"confirmed": False, "low": -0.1}
    assert "no clear difference between X and Y" in finding(unsure) and "0.2 could have been shown" in finding(unsure)
    assert "no difference of any size" in finding(unsure | {"smallest_detectable": np.inf})
    assert finding(unsure | {"low": 0.1}).startswith("label: no clear difference")
    assert "per 1,000 words" in finding(row | {"unit": "rate"}) and "nan" not in finding(row | {"unit": np.nan})
    assert "on 8 shared events, which wire copy joins into 6;" in finding(row | {"n_units": 6})
    assert "joins" not in finding(row | {"n_units": 8})
    word = {key: value for key, value in row.items() if key != "measure"} | {"term": "w", "rate": 9.0, "rate_rest": 8.0}
    assert finding(word).startswith("“w”: higher in X")
    assert "no clear difference" in finding(word | {"low": -1.0}) and "square roots" in finding(word | {"low": -1.0})
    assert "bias" not in finding(row) and "because" not in finding(row)
