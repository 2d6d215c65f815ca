"""Reported figures: known answers on invented sentences, the seed article, invariants, and time."""

from __future__ import annotations

import math
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.claims import claims, conflicts, printed
from analysis.codebooks import read
from analysis.corpus import load
from analysis.speech.quantities import hedged, rounded

INF = math.inf
NOBODY = pd.DataFrame(columns=["article_id", "start", "end", "speaker", "via"])


def found(text: str, quotations: pd.DataFrame | None = NOBODY) -> pd.DataFrame:
    """Return the figures of one text, durations left out."""
    table = claims(pd.DataFrame({"article_id": ["a"], "text": [text]}), quotations)
    return table[table["kind"] != "duration"].reset_index(drop=True)


@pytest.mark.parametrize(
    ("text", "low", "high", "hedge", "unit"),
    [
        ("They counted 40 men.", 40, 40, "", "men"),
        ("They counted about 40 men.", 36, 44, "about", "men"),
        ("They counted nearly forty men.", 36, 40, "nearly", "men"),
        ("They counted at least 40 men.", 40, INF, "at least", "men"),
        ("They counted fewer than 10,000 men.", 0, 9999, "fewer than", "men"),
        ("It cost less than $10,000.", 0, 10000, "less than", "dollars"),
        ("They counted up to 40 men.", 0, 40, "up to", "men"),
        ("They are rarely more than 10,000 men.", 0, 10000, "rarely more than", "men"),
        ("Rooms were seldom put above 40 dinars.", 0, 40, "seldom put above", "dinars"),
        ("Between 750,000 and 800,000 people stayed.", 750000, 800000, "range", "people"),
        ("Some 20 to 30 tents stood.", 20, 30, "range", "tents"),
        ("It took 2–3 million dinars.", 2e6, 3e6, "range", "dinars"),
        ("Two or three wells were dug.", 2, 3, "range", "wells"),
        ("Dozens of families came.", 24, 99, "dozens", "families"),
        ("Scores of cars burned.", 40, 199, "scores", "cars"),
        ("Hundreds of cars burned.", 200, 999, "hundreds", "cars"),
        ("Tens of thousands of people left.", 20000, 99999, "tens of thousands", "people"),
        ("Millions of trees fell.", 2e6, 9.99e6, "millions", "trees"),
        ("Half a million people left.", 5e5, 5e5, "", "people"),
        ("Two-and-a-half million people left.", 2.5e6, 2.5e6, "", "people"),
        ("A million and a half trees fell.", 1.5e6, 1.5e6, "", "trees"),
        ("One hundred and twenty-five trees fell.", 125, 125, "", "trees"),
        ("Three hundred thousand trees fell.", 3e5, 3e5, "", "trees"),
        ("About a dozen towns were lost.", 10.8, 13.2, "about", "towns"),
        ("Half of its land is lost.", 0.5, 0.5, "", "share"),
        ("It lost two-thirds of the land.", 2 / 3, 2 / 3, "", "share"),
        ("One in four shops closed.", 0.25, 0.25, "", "share"),
        ("Nearly 40 per cent voted.", 36, 40, "nearly", "percent"),
        ("It won 12.5% of them.", 12.5, 12.5, "", "percent"),
        ("It costs $3.3m a year.", 3.3e6, 3.3e6, "", "dollars"),
        ("The road is 60km long.", 60, 60, "", "kilometres"),
        ("The road is over 60 kilometers long.", 60, INF, "over", "kilometres"),
        ("In all 10,000 or more people came.", 10000, INF, "or more", "people"),
        ("They fought over about 2 square kilometres.", 1.8, 2.2, "about", "square kilometres"),
        ("They owned up to at least 220 deaths.", 220, INF, "at least", "deaths"),
        ("It said that 200,000 could flee.", 200_000, 200_000, "", "people"),
        ("Near the homes some 60 Iraqis were hurt.", 54, 66, "some", "iraqis"),
        ("They flew over three villages.", 3, 3, "", "villages"),
        ("The army sent 650 Special Forces.", 650, 650, "", "special forces"),
        ("There 2000 people died.", 2000, 2000, "", "people"),
        ("A father of four spoke.", 4, 4, "", "children"),
        ("Five of the town's bridges are cut.", 5, 5, "", "bridges"),
        ("The guards, who numbered 600, left.", 600, 600, "", "guards"),
        ("The number of soldiers there is put at 90.", 90, 90, "", "soldiers"),
        ("More than a quarter of a million people left.", 250_000, INF, "more than", "people"),
        ("Three quarters of a million trees fell.", 750_000, 750_000, "", "trees"),
        ("It is printed on the 10,000-dinar note.", 10_000, 10_000, "", "dinars"),
        ("A 30-mile road was built.", 30, 30, "", "miles"),
        ("It warmed by 2°C there.", 2, 2, "", "degrees"),
        ("They fell in two barrel bombs.", 2, 2, "", "bombs"),
        ("Raiders hit two guild and market stalls.", 2, 2, "", "stalls"),
        ("It burned six arms depots.", 6, 6, "", "depots"),
        ("It sent nine Western nations home.", 9, 9, "", "nations"),
        ("It held 10 IS members.", 10, 10, "", "members"),
        ("Three top Marsh League (ML) members left.", 3, 3, "", "members"),
        ("Four congresswomen came.", 4, 4, "", "congresswomen"),
        ("It sent 43 Syrians home.", 43, 43, "", "syrians"),
        ("Eight persons came.", 8, 8, "", "persons"),
        ("About 40 U.S. and allied troops came.", 36, 44, "about", "troops"),
        ("They pay for their five sons' school.", 5, 5, "", "sons"),
        ("Doctors saw dozens of dead and injured people.", 24, 99, "dozens", "people"),
        ("The blast near the towers killed at least seven.", 7, INF, "at least", "people"),
        ("The militia gassed hundreds in a raid.", 200, 999, "hundreds", "people"),
        ("Raids on the mills left another 30 injured.", 30, 30, "", "people"),
        ("The storm killed 20 activists said.", 20, 20, "", "people"),
        ("The raid brought to 49 the number killed in the mills.", 49, 49, "", "people"),
        ("The clerk gave 61 as the number of bodies.", 61, 61, "", "bodies"),
        ("The agency put the death toll in the mills at 12.", 12, 12, "", "people"),
        ("Fen herders, about 4,000 of them, came.", 3600, 4400, "about", "herders"),
        ("Drills injured another three on Wednesday.", 3, 3, "", "people"),
        ("It found two more of the odd letters.", 2, 2, "", "letters"),
        ("It drew three ex-members of a guild.", 3, 3, "", "ex-members"),
        ("It holds a stock of 1300 tonnes of salt.", 1300, 1300, "", "tonnes"),
        ("Fen towers fell; at least 32 are confirmed dead.", 32, INF, "at least", "people"),
        ("All the others left, two of them children.", 2, 2, "", "children"),
        ("It hired hundreds of police officers.", 200, 999, "hundreds", "officers"),
        ("Mills fell from seven in 2011 on.", 7, 7, "", "mills"),
        ("Doctors said 96 were children.", 96, 96, "", "children"),
        ("Residents said Anna Rivers Holm has fifty like it.", 50, 50, "", "people"),
    ],
)
def test_bounds_and_unit(text: str, low: float, high: float, hedge: str, unit: str) -> None:
    table = found(text)
    assert len(table) == 1, table
    row = table.iloc[0]
    assert (row["low"], row["high"]) == (pytest.approx(low), pytest.approx(high))
    assert (row["hedge"], row["unit"], row["approximate"]) == (hedge, unit, hedge != "")


@pytest.mark.parametrize(
    "text",
    [
        "It fell in 2014.", "From 2007 to 2009 he served.", "It began on 9 July.", "It began on July 9, 2016.",
        "By Sept. 25 all was over.", "Mirza, 41, left.", "A 34-year-old man spoke.", "She is aged 34.",
        "A boy of eight wept.", "A baker of 41, he wept.", "The boys are nine and eleven.",
        "They met at 9.30 a.m. in town.", "At 11 p.m. they left.", "It was the 3rd time.", "The second man left.",
        "The Group of 7 met.", "An F-16 flew by.", "Resolution 2254 was read.", "The other half waits.",
        "It is a half-built house.", "One man left.", "They cut it in two.", "The two met again.",
        "The Big Three met.", "Sector Five is shut.", "It held from roughly 2003 until the war.",
        "They won 3-1 at home.", "It voted 396-9 on it.", "The hall passed the plan by 228 to 191, with pride.",
        "Holm won, 134 to 63, and left.", "She called 911 from the pier.", "It takes a 40- to 60-hour course.",
        "Nurses 21 or older may enter the doors.", "It falls under section 3 of the act.", "In the 1990s it was quiet.",
        "It was razed in 612 B.C. by fire.", "The girls were aged under 10.", "Nobody under 21 may enter.",
        "His own girls, eight and twelve, stayed.", "Holm is seventy-one.", "In the square Omid 24 said it.",
        "When he was about 16, he left.", "The age was raised to 21.", "It met at seven in the morning.",
        "MAY 3 saw the trial.", "The drug Fenol 250, a tonic, sold.", "It waits until at least 2015.",
        "1. No, they should not.", "It met every six.", "It fell in the Gang of 8.", "The bill (HB 500) passed.",
    ],
)  # fmt: skip
def test_what_is_no_figure(text: str) -> None:
    assert found(text).empty, found(text)


def test_a_duration_is_a_row_of_its_own_kind() -> None:
    text = "They held it for nearly two years. Three days later they left, two years ago."
    table = claims(pd.DataFrame({"article_id": ["a"], "text": [text]}), NOBODY)
    assert table[["low", "high", "unit", "kind"]].values.tolist() == [[1.8, 2.0, "years", "duration"]]


def test_a_sum_goes_on_behind_a_mark_of_quotation() -> None:
    table = found("“We ask for $5.6” billion, Holm said.")
    assert table[["value", "unit"]].values.tolist() == [[5.6e9, "dollars"]], table


def test_a_vote_may_be_a_change_or_have_a_noun() -> None:
    assert found("They voted to cut it from 10 to 5 dinars.")["value"].tolist() == [10, 5]
    assert found("It passed by 228 votes to 191 votes.")["unit"].tolist() == ["votes", "votes"]


def test_money_is_no_age() -> None:
    table = found("The court set a fine of £40 and he left.")
    assert table[["value", "unit"]].values.tolist() == [[40, "pounds"]], table


def test_a_change_is_two_figures_and_no_range() -> None:
    assert found("The price rose from 5 to 10 dinars.")["value"].tolist() == [5, 10]
    assert found("They need from 5 to 10 tents.")["high"].tolist() == [10]


def test_a_month_before_a_figure_is_no_date() -> None:
    assert found("Since October more than 200,000 people left.")["value"].tolist() == [200_000]
    assert found("On February 19, 300 people left.")["value"].tolist() == [300]


def test_a_number_without_a_noun_counts_what_was_counted() -> None:
    text = "It sent 560 troops, which makes about 4,650. Schools do better. About 30 are open."
    assert found(text)["unit"].tolist() == ["troops", "troops", "schools"]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("The fire killed 12 clerks and injured more than 40 more.", ["clerks", "clerks"]),
        ("In all 30 clerks were killed and 20 wounded.", ["clerks", "clerks"]),
        ("The count was 30 dead and 20 wounded.", ["dead", "wounded"]),
        ("It killed three persons and injured four others.", ["persons", "persons"]),
        ("Guards counted 61 bodies. Fire crews have carried out at least 130.", ["bodies", "bodies"]),
        ("The army gave 61 bodies, fire crews at least 130; some clerks more than 200.", ["bodies"] * 3),
        ("Of 14 drivers six were hurt.", ["drivers", "drivers"]),
        ("The fire killed 40 people, including six children, and left dozens dead.", ["people", "children", "people"]),
        ("Some lose a billion dollars a year, others two to three billion.", ["dollars", "dollars"]),
        ("They put the number of beds at 900. It rose to 1,200.", ["beds", "beds"]),
        ("It shut 300 shops. Some 40,000 stay.", ["shops", "shops"]),
        ("It put the dead of the guard at 70 and the wounded at 400.", ["dead", "wounded"]),
        ("Some 120 clerks were hurt and 300,000 were displaced.", ["clerks", "people"]),
        ("In all 600 clerks are now dead and nearly a million have fled.", ["clerks", "people"]),
    ],
)
def test_a_guessed_unit_is_what_stood_last_or_people_where_they_were_hurt(text: str, units: list[str]) -> None:
    assert found(text)["unit"].tolist() == units


def test_a_guessed_unit_says_so() -> None:
    table = found("It hurt 12 clerks and four others, and cost $3m, half of the fund and 2 km of road.")
    assert table["unit_given"].tolist() == [True, False, True, True, True]


def test_a_sentence_that_begins_within_another_is_read() -> None:
    assert found("Tags Port fire blast Sixteen clerks died.")["value"].tolist() == [16]
    assert found("Tags Fire in Oldport Two clerks died.")["value"].tolist() == [2]
    assert found("Tags port fire police Three fire crews came.")["value"].tolist() == [3]


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("The council says 40 came, the harbour police up to 60.", ["the council", "the harbour police"]),
        ("More than 40 left, aid officials estimate.", ["aid officials"]),
        ("The army disputed a Marsh League count of 40 boats.", ["Marsh League"]),
        ("The Marsh League, which thought that 40 boats came, left.", ["Marsh League"]),
        ("Harbour figures from March gave 40 boats.", ["Harbour figures"]),
        ("Some 40 boats burned, by the council's count.", ["the council"]),
        ("Some 40 boats burned, by the coalition’s count.", ["the coalition"]),
        ("The coalition acknowledged 40 deaths; monitors say 90.", ["the coalition", "monitors"]),
        ("The tide took 40 boats, and Anna Holm said nothing.", [""]),
        ("Most estimates put it at 40 boats.", [""]),
        ("An estimated 40 boats burned.", [""]),
    ],
)
def test_the_source_is_the_nearest_who_tells_the_figure(text: str, sources: list[str]) -> None:
    assert found(text)["source"].fillna("").tolist() == sources


def test_he_who_was_quoted_goes_on() -> None:
    text = "“All is lost,” a guard said. He put it at 60 boats."
    quotes = pd.DataFrame({"article_id": "a", "start": [0], "end": [14], "speaker": ["a guard"], "via": [float("nan")]})
    assert found(text, quotes)["source"].tolist() == ["a guard"]


def test_conflicts_count_nationalities_as_people() -> None:
    texts = ["The fire in the port mill hurt 40 Syrians.", "The fire in the port mill hurt 12 people."]
    articles = pd.DataFrame({"article_id": list("ab"), "outlet": list("XY"), "event": "e", "text": texts})
    assert conflicts(claims(articles, NOBODY), articles, shared=3)["unit"].tolist() == ["people"]


def test_the_source_is_the_speaker_and_else_who_is_named() -> None:
    text = "“We saw forty men,” he said. The Red Cross says 300 came. Nobody knows of the other 20 men."
    quotes = pd.DataFrame({"article_id": "a", "start": [0], "end": [20], "speaker": ["a guard"], "via": [float("nan")]})
    assert found(text, quotes)["source"].fillna("").tolist() == ["a guard", "Red Cross", ""]


def test_the_table_is_data() -> None:
    table = read("hedges")
    assert table["vague"]["scores"] == [40, 199]
    assert table["bounds"] == {"around": [0.9, 1.1], "nearly": [0.9, 1.0]}


def test_the_seed_article(root: Path) -> None:
    articles = load(next((root / "seeds" / "articles").glob("000_*.txt"))).articles
    table = claims(articles)
    rows = {(row.value, row.low, row.high, row.unit, row.kind) for row in table.itertuples()}
    assert {
        (10_000, 0, 10_000, "fighters", "count"),
        (2e6, 1.8e6, 2e6, "civilians", "count"),
        (1e6, 0, 1e6, "people", "count"),
        (650, 650, 650, "special forces", "count"),
        (0.5, 0.5, 0.5, "share", "share"),
        (2, 1.8, 2, "years", "duration"),
    } <= rows
    assert 500_000 in table["value"].tolist()
    assert 2014 not in table["value"].tolist()
    said = table.set_index("value")["source"]
    assert "Obeidi" in said[2e6]
    assert "Red Cross" in said[1e6]
    assert "Obeidi" in said[5e5]
    assert said[650] == "Washington"
    assert table.set_index("value")["via"][[5e5, 1e6]].str.contains("Reuters").all()


def test_conflicts_need_one_event_one_unit_two_outlets_and_bounds_apart() -> None:
    articles = pd.DataFrame(
        [
            ("a", "X", "e", "The blast in the market killed 40 residents."),
            ("b", "Y", "e", "A blast in the market killed up to 12 inhabitants."),
            ("c", "Y", "e", "A blast in the market killed at least 30 residents."),
            ("d", "Z", "f", "The blast in the market killed 2 residents."),
            ("e", "Z", None, "The blast in the market killed 3 residents."),
            ("f", "X", "e", "The blast in the market killed 39 residents."),
        ],
        columns=["article_id", "outlet", "event", "text"],
    )
    figures = claims(articles, NOBODY)
    table = conflicts(figures, articles, shared=3)
    pairs = {frozenset(pair) for pair in table[["article_id", "article_id_2"]].values.tolist()}
    assert pairs == {frozenset("ab"), frozenset("fb")}
    assert table["gap"].tolist() == [pytest.approx(40 / 12), pytest.approx(39 / 12)]
    assert conflicts(figures, articles, shared=9).empty
    again = conflicts(figures.iloc[::-1], articles.iloc[::-1], shared=3)
    assert {frozenset(p) for p in again[["article_id", "article_id_2"]].values.tolist()} == pairs


def test_a_figure_that_finds_its_like_in_the_other_sentence_is_no_conflict() -> None:
    texts = [
        "Of 54 districts in the west of town 15 burned.",
        "In the west of town 15 of 54 districts burned.",
        "In the west of town 9 districts burned.",
    ]
    articles = pd.DataFrame({"article_id": list("abc"), "outlet": list("XYZ"), "event": "e", "text": texts})
    table = conflicts(claims(articles, NOBODY), articles, shared=3)
    assert {frozenset(pair) for pair in table[["article_id", "article_id_2"]].values.tolist()} == {
        frozenset("ac"),
        frozenset("bc"),
    }


def test_printed() -> None:
    table = found("Nearly 2 million men, at least 9 oxen, 40 or more cars, dozens of huts and 2 to 3 wells.")
    assert printed(table).tolist() == ["nearly 2 million", "at least 9", "40 or more", "dozens", "2 to 3"]
    assert rounded(1_000_000_000) == "1 billion"


def test_an_article_without_text_or_figures_has_no_rows() -> None:
    table = claims(pd.DataFrame({"article_id": ["a", "b"], "text": ["", "Nothing is counted here."]}), NOBODY)
    assert table.empty
    assert conflicts(table, pd.DataFrame({"article_id": ["a"], "outlet": "X", "event": "e"})).empty


WORDS = st.sampled_from(
    ["about", "40", "men", ",", "nearly", "half", "of", "the", "two", "million", "and", "between", "10,000", "to", "$3",
     "m", "years", "in", "2014", ".", "July", "a", "third", "dozens", "“", "more", "than"]
)  # fmt: skip


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(WORDS, max_size=40), st.text(max_size=60))
def test_rows_stand_in_the_text_and_hold_their_value(words: list[str], noise: str) -> None:
    text = " ".join(words) + noise
    table = claims(pd.DataFrame({"article_id": ["a"], "text": [text]}), NOBODY)
    assert (table["start"] < table["end"]).all()
    assert (table["end"].shift(1).fillna(0) <= table["start"]).all()
    assert (table["low"] <= table["high"]).all()
    assert ((table["value"] >= table["low"]) & (table["value"] <= table["high"] + 1)).all()
    assert all(text[a:b] in s for a, b, s in table[["start", "end", "sentence"]].itertuples(index=False))


def test_any_partition_gives_the_same_rows() -> None:
    articles = pd.DataFrame({"article_id": ["a", "b"], "text": ["Forty men left.", "About 30 came. Two cars burned."]})
    apart = pd.concat([claims(articles[:1], NOBODY), claims(articles[1:], NOBODY)], ignore_index=True)
    pd.testing.assert_frame_equal(claims(articles, NOBODY), apart)


@pytest.mark.parametrize("piece", ["killed 40, ", "The UN, the aid group said 40 of ", "40 men and the army "])
def test_time_to_read_units_and_sources_grows_with_length(piece: str) -> None:
    def lasting(size: int) -> float:
        started = time.process_time()
        claims(pd.DataFrame({"article_id": ["a"], "text": [(piece * size)[:size]]}), NOBODY)
        return time.process_time() - started

    lasting(500)
    assert lasting(8_000) < 10 * lasting(2_000)  # quadratic takes 16 times as long, and soon minutes


@pytest.mark.parametrize(
    "piece", ["one hundred and ", "1,", "$ ", "12 ", "at least more than ", "half a ", "a hundred "]
)
def test_time_grows_with_length(piece: str) -> None:
    started = time.process_time()
    list(hedged(piece * (9_000 // len(piece))))
    assert time.process_time() - started < 6  # quadratic takes minutes


@pytest.mark.parametrize(
    "text",
    [
        "The ministry had spent 4.2 million on flood defences.",
        "The damage is estimated at between 30 and 40 million.",
        "The county has promised every household 500 in emergency aid.",
        "The budget rose from 20 million to 25 million.",
        "The closure cost firms millions, business leaders said.",
    ],
)
def test_a_sum_without_its_currency_counts_no_people(text: str) -> None:
    table = found(text)
    assert set(table["unit"]) == {"money"} and set(table["kind"]) == {"money"} and not table["unit_given"].any()


def test_what_costs_lives_counts_them() -> None:
    assert found("The attack cost 40 lives. The flood cost the town 300 houses.")["unit"].tolist() == [
        "lives",
        "houses",
    ]
