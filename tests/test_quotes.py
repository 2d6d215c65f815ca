"""Quotations are found with their speakers, whatever the marks and the order, and in time that grows with the text."""

from __future__ import annotations

import time
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import codebooks
from analysis.quotes import quotations
from analysis.speech.attribution import stance
from analysis.text import units

PROVEN = settings(derandomize=True, deadline=None, max_examples=60)
PIECES = [
    "Ada Vale", "the officer", "She", "he", "said", "told Reuters", "claimed that", "according to", ", a nurse,", "who",
    "“", "”", '"',
    "‘", "’", "'", "«", "»", "(", ")", "it rained", "It rained", ".", ". ", ", ", "; ", ": ", "?", "\n",
    "\n\n", "\n\nWho paid for it\n\n", " ", "and", "adding", "quoting", "as saying", "Mr. ", "É", "x" * 30,
    "650", "his son",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join) | st.lists(
    st.sampled_from(PIECES), max_size=40
).map("".join)


def frame(*texts: str | None) -> pd.DataFrame:
    """Return articles a0, a1, … with these texts."""
    return pd.DataFrame({"article_id": [f"a{i}" for i in range(len(texts))], "text": list(texts)})


def found(text: str) -> list[tuple[str, str, str]]:
    """Return kind, speaker and words of the quotations of one text; an unknown speaker is empty."""
    rows = quotations(frame(text)).fillna({"speaker": ""})
    return [(kind, who, text[a:b]) for a, b, kind, who in rows.iloc[:, 1:5].itertuples(index=False)]


VALE, NURSE = "Ada Vale", "a nurse"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“We stay,” Ada Vale said.", [("direct", VALE, "“We stay,”")]),
        ('"We stay", said Ada Vale.', [("direct", VALE, '"We stay"')]),
        ('“We stay", said a nurse.', [("direct", NURSE, '“We stay"')]),
        ("Ada Vale told reporters: “We stay.”", [("direct", VALE, "“We stay.”")]),
        ("“We stay, said Ada Vale.", [("direct", VALE, "“We stay,")]),
        ("We stay,” said Ada Vale.", [("direct", VALE, "We stay,”")]),
        ("It rained. We stay,” said Ada Vale.", [("direct", VALE, "We stay,”")]),
        ("“We (the crew) stay,” said Ada Vale.", [("direct", VALE, "“We (the crew) stay,”")]),
        ("“He said “go home” to us,” said Ada Vale.", [("direct", VALE, "“He said “go home” to us,”")]),
        ("‘We don’t stay,’ said Ada Vale.", [("direct", VALE, "‘We don’t stay,’")]),
        ("'We don't stay,' said Ada Vale.", [("direct", VALE, "'We don't stay,'")]),
        ("«We stay», said Ada Vale.", [("direct", VALE, "«We stay»")]),
        (
            "“We stay,” said Ada Vale, “and we eat.”",
            [("direct", VALE, "“We stay,”"), ("direct", VALE, "“and we eat.”")],
        ),
        (
            "“We stay. We eat.\n\n“We go,” said Ada Vale.",
            [("direct", VALE, "“We stay. We eat."), ("direct", VALE, "“We go,”")],
        ),
        (
            "“We stay,” said Ada Vale. “We have bread.”",
            [("direct", VALE, "“We stay,”"), ("direct", VALE, "“We have bread.”")],
        ),
        (
            "“It fell”, said Ada Vale. ‘We stay, don’t we?’ a nurse said.",
            [("direct", VALE, "“It fell”"), ("direct", NURSE, "‘We stay, don’t we?’")],
        ),
        ("“It fell”, said Ada Vale, the dogs’ owner. It isn’t hers.", [("direct", VALE, "“It fell”")]),
        ("Ada Vale called it “a ruin”.", [("partial", VALE, "“a ruin”")]),
        ("The so-called “ruin” still stands.", [("partial", "", "“ruin”")]),
    ],
)
def test_marks_of_any_shape_are_read(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "speaker", "words"),
    [
        ("Ada Vale said that the bridge was cut.", VALE, "the bridge was cut"),
        ("Ada Vale said the bridge was cut.", VALE, "the bridge was cut"),
        ("The bridge was cut, Ada Vale said on Tuesday.", VALE, "The bridge was cut"),
        ("But the bridge was cut, said a nurse.", NURSE, "the bridge was cut"),
        ("According to Ada Vale, the bridge was cut.", VALE, "the bridge was cut"),
        ("The bridge was cut, according to a nurse.", NURSE, "The bridge was cut"),
        ("Ada Vale, a nurse from the north, said the bridge was cut.", VALE, "the bridge was cut"),
        ("On Tuesday Ada Vale told state television that the bridge was cut.", VALE, "the bridge was cut"),
        ("Ada Vale pointed out that the bridge was cut.", VALE, "the bridge was cut"),
        ("Officials in the north say the bridge was cut.", "Officials in the north", "the bridge was cut"),
        ("The bridge, Ada Vale said, had been cut at dawn on Tuesday.", VALE, "had been cut at dawn on Tuesday"),
        ("The woman who sold bread said the bridge was cut.", "the woman", "the bridge was cut"),
        ("Ada Vale, 41, had said it would rain all week.", VALE, "it would rain all week"),
        ("But local bakers said that the bridge was cut.", "local bakers", "the bridge was cut"),
        ("The mayor, in a statement, said the bridge was cut.", "the mayor", "the bridge was cut"),
        ("The bridge was cut, Ada Vale said, but nobody came.", VALE, "The bridge was cut"),
        ("Norland vowed to send more of its troops.", "Norland", "to send more of its troops"),
        ("Norland denied any part in the raid.", "Norland", "any part in the raid"),
        ("Norland’s mayor called for a long truce.", "Norland’s mayor", "for a long truce"),
        ("Norland accused Sudland of cutting the bridge.", "Norland", "Sudland of cutting the bridge"),
        ("Osby lawmakers are urging the mayor to cut the bridge.", "Osby lawmakers", "to cut the bridge"),
        ("The mayor told the people of Osby to stay at home.", "the mayor", "to stay at home"),
        ("The mayor asked if the bridge was cut.", "the mayor", "if the bridge was cut"),
        ("The mayor announced 560 more nurses, which pleased nobody.", "the mayor", "560 more nurses"),
        ("The UN put the number of nurses at nearly 2,000.", "UN", "the number of nurses at nearly 2,000"),
        ("The UN has asked for $284 million this year.", "UN", "for $284 million this year"),
        ("The government believes that the bridge was cut.", "the government", "the bridge was cut"),
        ("Of the nine nurses, two have died, the mayor said.", "the mayor", "Of the nine nurses, two have died"),

        ("Ada Vale said the bridge was cut, which pleased the army.", VALE, "the bridge was cut"),
        ("Ada Vale said the bridge was cut, but she later came back.", VALE, "the bridge was cut"),
        ("The army attacked what a nurse described on Monday as a big hospital.", NURSE, "a big hospital"),
        ("The mayor identified the dead man as the cook of the hospital.", "the mayor", "the cook of the hospital"),
        ("The army reported 12 people killed on the bridge.", "the army", "12 people killed on the bridge"),
        ("It was reported in May that the bridge was cut.", "", "the bridge was cut"),
        ("Nobody came amid accusations that the bridge was cut.", "", "the bridge was cut"),
        ("The mayor expressed concern that the bridge was cut.", "the mayor", "the bridge was cut"),
        ("The mayor called upon the council and all the nurses of the town to stay.", "the mayor", "to stay"),
        ("The raid was claimed by the Osby group which said the bridge was cut.", "Osby group", "the bridge was cut"),
        ("The bridge was cut a charity and an aid worker said.", "a charity and an aid worker", "The bridge was cut"),
        ("Ada Vale, the head of the guard, said troops entered the town.", VALE, "troops entered the town"),
        ("Ada Vale, a nurse, said his brother’s bridge will be closed.", VALE, "his brother’s bridge will be closed"),
        ("The nurses say these losses remind us of war.", "the nurses", "these losses remind us of war"),
        ("The mayor said in a statement that the bridge was cut.", "the mayor", "the bridge was cut"),
        ("The mayor said in a statement on Monday the bridge was cut.", "the mayor", "the bridge was cut"),
        ("A baker who asked not to be named said the bridge was cut.", "a baker", "the bridge was cut"),
        ("The bridge was cut, the Osby Gazette reported, citing a baker.", "Osby Gazette", "The bridge was cut"),
        ("The company, Osby Lines, claimed the bridge was cut.", "the company", "the bridge was cut"),
        ("The mayor told the council he wants bread for the town.", "the mayor", "he wants bread for the town"),
        ("By the mayor’s count, nine people died.", "the mayor", "nine people died"),
        ("Nine people died, by Osby’s own reckoning.", "Osby", "Nine people died"),
        ("Ada Vale’s claim that the bridge was cut is old.", VALE, "the bridge was cut is old"),
        ("Norland declared victory in the long war on Monday.", "Norland", "victory in the long war"),
        ("Ada Vale said the bridge was cut, as the army left the town.", VALE, "the bridge was cut"),
        ("A group based in Sudland said it rained all day.", "a group based in Sudland", "it rained all day"),
        ("The mayor - who sells bread - said the bridge was cut.", "the mayor", "the bridge was cut"),
        ("North of it the army said rebels in the north (RN) cut it.", "the army", "rebels in the north (RN) cut it"),
        ("That is not true, the mayor said.", "the mayor", "That is not true"),
        ("At the dinner on Monday, the mayor said, nobody came to eat.", "the mayor", "nobody came to eat"),
        ("The Osby council said nine people died.", "Osby council", "nine people died"),
        ("The council announced the bridge was cut.", "the council", "the bridge was cut"),
        ("The mayor, in a tweet, accused the nurses of cutting it.", "the mayor", "the nurses of cutting it"),
        ("The group which tracks the war said the bridge was cut.", "the group", "the bridge was cut"),
        ("Ada Vale the head of a hospital said nobody came.", "Ada Vale the head of a hospital", "nobody came"),
        ("A reporter in rural Osby said the bridge was cut.", "a reporter in rural Osby", "the bridge was cut"),
        ("The mayor says lawmakers will come back soon.", "the mayor", "lawmakers will come back soon"),
        ("Nobody came after the Osby army announced that the bridge was cut.", "Osby army", "the bridge was cut"),
        ("The head of Osby Aid, which is poor, said nobody came.", "the head of Osby Aid", "nobody came"),
        ("The US and its allies said that the bridge was cut.", "US and its allies", "the bridge was cut"),
        ("The bridge was cut late on Tuesday police said.", "police", "The bridge was cut late on Tuesday"),
        ("The bridge was cut a group watching the town said.", "a group watching the town", "The bridge was cut"),
        ("Rebels cut the bridge said the Osby Observatory (OO).", "Osby Observatory", "Rebels cut the bridge"),
        ("Nobody was killed sources close to the army told Reuters.", "sources close to the army", "Nobody was killed"),
        ("According to the Osby news agency nine people died.", "Osby news agency", "nine people died"),
        ("A man waits (File photo) Nine people died on Monday police said.", "police", "Nine people died on Monday"),
        ("Tags Osby Raid A raid on Osby killed nine a monitor said.", "a monitor", "A raid on Osby killed nine"),
        ("Nine people died in the town today an officer said.", "an officer", "Nine people died in the town today"),
    ],
)  # fmt: skip
def test_reports_in_the_outlets_words_are_found(text: str, speaker: str, words: str) -> None:
    assert found(text) == [("indirect", speaker, words)]


@pytest.mark.parametrize(
    "text",
    [
        "The bridge was cut.",
        "Ada Vale did not say when the bridge was cut.",
        "She was told to leave the town.",
        "Ada Vale fears that the bridge was cut.",
        "Ada Vale came with 560 more nurses.",
        "Ada Vale thinks that the bridge was cut.",
        "The United States has sent more nurses to the town.",
        "No ministry has said who paid for the bridge.",
        "Two reports that month were about bread.",
        "Iraqi estimates go up to nine hundred.",
        "The five alleged spies were set free at noon.",
        "The raid claimed the lives of nine men.",
        "Families accused of ties to the group were sent home.",
        "The raid believed to be the army’s killed nine people.",
        "The opening games suggest a long and hard year.",
    ],
)
def test_what_nobody_says_is_no_quotation(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("“We stay,” a monitor said. The Osby Observatory for Peace is in the north.", "Osby Observatory for Peace"),
        ("The Osby Observatory for Peace is poor. “We stay,” the group said.", "Osby Observatory for Peace"),
        ("The Osby Watch said that it rained. The Sudland Party said so. “We stay,” the group said.", "Osby Watch"),
        (
            "The Osby Watch said it rained. The Sudland Party said it rained. “We stay,” the group said.",
            "Sudland Party",
        ),
        ("The Osby Peace Front left. “We stay,” the OPF said.", "Osby Peace Front"),
        ("“We stay,” said one of the guests, Ada Vale, who sold bread.", VALE),
        ("Ada Vale, a friend of Bo, and a mother of two who left the town, said: “We stay.”", VALE),
        ("Ada Vale came. Thirty-year-old Vale left. “We stay,” she said.", VALE),
        ("The raid began after Ada Vale left, saying: “We stay.”", VALE),
        ("Bo Oss, a cook, said: “We stay,” Reuters reported.", "Bo Oss"),
        ("Ada Vale, a nurse, has more here:\n\n“We stay.”", VALE),
        ("Ada Vale, a nurse, left. “We stay,” her mother said.", "Vale’s mother"),
        ("Ada Vale, a nurse, left. “We stay,” she said.", VALE),
        ("Ada Vale, a nurse, left. “We stay,” said Vale.", VALE),
        ("Ada Vale, a nurse, met Bo Oss, an engineer. “We stay,” the nurse said.", VALE),
        ("A nurse from Osby met an officer. “We stay,” the officer said.", "an officer"),
        ("Captain Ada Vale, of the guard, met a nurse. “We stay,” the captain said.", "Captain Ada Vale"),
        ("Ada Vale, a mother of two, met Bo Oss, a fisherman. “We stay,” he said.", "Bo Oss"),
        ("Ada Vale, a mother of two, met Bo Oss, a fisherman. “We stay,” she said.", VALE),
        ("“We stay,” said Vale. Ada Vale, a nurse, left.", VALE),
        ("The mayor, Ada Vale, left. “We stay,” the mayor said.", VALE),
        ("Ada Vale and Bo Vale left. “We stay,” Ada Vale said.", VALE),
        ("Council Speaker Ada Vale (O) left. “We stay,” Vale said.", "Council Speaker Ada Vale"),
        ("Washington met a nurse. It said that nobody stays. “We stay,” she said.", "a nurse"),
        ("Ada Vale, a nurse, left with her mother. “We stay,” she said.", VALE),
        ("Mary Oss met John Roe. “We stay,” she said.", "Mary Oss"),
        ("A baker from Osby, Ada Vale, left. “We stay,” said the baker.", VALE),
        ("“We stay,” the mayor’s secretary, Ada Vale, told reporters.", VALE),
        ("“We stay.”", ""),
    ],
)
def test_pronouns_roles_and_surnames_find_their_name(text: str, speaker: str) -> None:
    assert [who for kind, who, _ in found(text) if kind == "direct"] == [speaker]


def test_a_quotation_without_a_verb_is_of_who_spoke_in_the_paragraph_before() -> None:
    assert [who for _, who, _ in found("“We stay,” said Ada Vale.\n\nBo Oss, a cook, left.\n\n“We eat.”")] == [
        VALE,
        "Bo Oss",
    ]
    assert [who for _, who, _ in found("Bo Oss, a cook, left. “We stay,” said Ada Vale.\n\n“We eat.”")] == [VALE, VALE]


def test_it_is_a_body_and_a_body_is_no_he() -> None:
    body, man = (
        "The ministry met a baker. It said that the bridge was cut.",
        "A baker met the ministry. “We stay,” he said.",
    )
    assert [who for _, who, _ in found(body) + found(man)] == ["the ministry", "a baker"]


def test_words_without_a_verb_belong_to_whom_the_sentence_is_about() -> None:
    texts = [
        "Ada Vale, a nurse, hopes for a “fast bridge”.",
        "A bridge was built, the so-called “ruin” of Ada Vale.",
        "Osby lawmakers have hoped for a “fast bridge” since May.",
        "Some lawmakers criticized the bridge as “a ruin” in May.",
    ]
    assert [who for text in texts for _, who, _ in found(text)] == [VALE, "", "Osby lawmakers", "some lawmakers"]


def test_few_words_are_a_report_if_they_hold_a_verb_and_a_quotation() -> None:
    halves = found("The mayor said that it was “past repair”.")
    assert [words for kind, _, words in halves if kind == "indirect"] == ["it was “past repair”"]


@pytest.mark.parametrize("verb", ["hinted", "implied", "ruled", "disputed", "bragged", "confessed"])
def test_some_verbs_report_where_that_follows_and_nowhere_else(verb: str) -> None:
    assert found(f"The mayor {verb} that the bridge was cut.") == [("indirect", "the mayor", "the bridge was cut")]
    assert found(f"The mayor {verb} the border and left.") == []


def test_a_report_parted_by_its_attribution_is_two() -> None:
    halves = found("The bridge was cut at dawn, Ada Vale said, because the army had left.")
    assert [words for _, _, words in halves] == ["The bridge was cut at dawn", "because the army had left"]
    assert {who for _, who, _ in halves} == {VALE}


def test_who_speaks_last_tells_the_whole_and_a_medium_only_carries_it() -> None:
    nested = found("The doctors say it was gas, a nurse said.")
    assert nested == [
        ("indirect", "a nurse", "The doctors say it was gas"), ("indirect", "the doctors", "it was gas")
    ]  # fmt: skip
    carried = quotations(frame("The nurse said that it rained, Reuters reported."))
    assert carried[["speaker", "via"]].values.tolist() == [["the nurse", "Reuters"]]


def test_words_in_marks_do_not_make_their_sentence_direct() -> None:
    assert found("Osby’s “clean bridge” has long been cut, the mayor said.") == [
        ("indirect", "the mayor", "Osby’s “clean bridge” has long been cut"),
        ("partial", "the mayor", "“clean bridge”"),
    ]


@pytest.mark.parametrize("more", ["adding", "and added", "noting", "warning", "claiming"])
def test_who_speaks_on_has_said_what_stands_before(more: str) -> None:
    for text in (
        f"“We stay,” Ada Vale said, {more} that it rained.",
        f"“We stay,” said Ada Vale, {more} that it rained.",
    ):
        assert found(text) == [("direct", VALE, "“We stay,”"), ("indirect", VALE, "it rained")]


def test_whom_somebody_quotes_says_the_words() -> None:
    assert found("Police said the suspect told them: “We stay.”")[-1] == ("direct", "the suspect", "“We stay.”")


def test_titles_of_works_are_no_quotations() -> None:
    assert found("Ada Vale is the author of “The Long Rain of Osby.”") == []
    assert found("The crowd was chanting “Long Live Osby” all night.") != []


def test_a_medium_carries_the_words_of_somebody_else() -> None:
    chains = [
        "“We stay,” Reuters reported, quoting the mayor as saying.",
        "Reuters reported that the mayor said that the bridge was cut.",
        "The mayor was quoted by Reuters as saying that the bridge was cut.",
        "The mayor told Reuters that the bridge was cut.",
    ]
    rows = quotations(frame(*chains))
    assert rows["article_id"].tolist() == ["a0", "a1", "a2", "a3"]
    assert rows["speaker"].str.lower().tolist() == ["the mayor"] * 4 and rows["via"].tolist() == ["Reuters"] * 4
    told = quotations(frame("“We stay,” the mayor said in a statement.", "“We stay,” the mayor told reporters."))
    assert told["via"].tolist()[0] == "a statement" and told["via"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    "text",
    [
        "A banner that read “Welcome home hung over the gate and officials said that the road was open."
        + " It is so." * 70,
        "s“\ndescribe",
        "She said “we say he said, she told him",
    ],
)
def test_a_mark_that_nothing_closes_stops_nobody(text: str) -> None:
    assert quotations(frame(text, "“We stay,” Ada Vale said."))["article_id"].tolist()[-1] == "a1"


def test_stance_is_the_verbs() -> None:
    texts = [f"The mayor {verb} that the bridge was cut." for verb in ("said", "claimed", "revealed", "pointed out")]
    rows = quotations(frame(*texts))
    assert rows["verb"].tolist() == ["said", "claimed", "revealed", "pointed out"]
    assert rows["stance"].tolist() == ["neutral", "doubting", "endorsing", "endorsing"]
    assert stance("warning of") == stance("warned of") == "endorsing" and stance("according to") == "neutral"
    forms = [form for forms in codebooks.read("reporting-verbs")["stance"].values() for form in forms]
    assert len(forms) == len(set(forms)), "a verb has one stance"


def test_a_partial_quotation_may_lie_within_an_indirect_one() -> None:
    text = "Ada Vale said that the bridge was “past repair” and closed."
    assert found(text) == [
        ("indirect", VALE, "the bridge was “past repair” and closed"),
        ("partial", VALE, "“past repair”"),
    ]
    assert units(frame(text))["voice"].tolist() == ["own", "quoted", "own"]


def test_the_frame_has_its_columns_whatever_it_is_given() -> None:
    columns = ["article_id", "start", "end", "kind", "speaker", "verb", "stance", "via"]
    for articles in (frame(), frame(None, " \n "), frame("Ada Vale said it rained.")):
        assert list(quotations(articles)) == columns
    with pytest.raises(KeyError, match="no column text"):
        quotations(pd.DataFrame({"article_id": ["a"]}))


@PROVEN
@given(st.lists(TEXTS, min_size=1, max_size=5), st.integers(0, 5))
def test_quotations_lie_in_their_text_and_do_not_depend_on_other_articles(texts: list[str], at: int) -> None:
    articles = frame(*texts)
    rows = quotations(articles)
    lengths = articles.set_index("article_id")["text"].str.len()
    assert ((rows["start"] >= 0) & (rows["start"] < rows["end"])).all()
    assert (rows["end"].to_numpy() <= lengths.loc[rows["article_id"]].to_numpy()).all()
    halves = [half for half in (articles.iloc[:at], articles.iloc[at:]) if len(half)]
    pd.testing.assert_frame_equal(pd.concat(map(quotations, halves), ignore_index=True), rows)
    for _, mine in rows[rows["kind"] != "indirect"].groupby("article_id"):
        assert all(a <= b for (_, a), (b, _) in pairwise(mine[["start", "end"]].itertuples(index=False, name=None)))


@pytest.mark.parametrize("unit", ["said ", "he said, ", '"', "“a ", "Ada Vale, ", "the officer said. ", "that ", "’ "])
def test_time_grows_with_the_length_of_the_text(unit: str) -> None:
    def seconds(length: int) -> float:
        begin = time.process_time()
        quotations(frame("x" + unit * (length // len(unit)) + "x"))
        return time.process_time() - begin

    short, long = (min(seconds(length) for _ in range(2)) for length in (2_000, 16_000))
    assert long < 20 * max(short, 0.02), "eight times the text takes far more than eight times as long"


def test_the_seed_article_gives_its_sources(root) -> None:  # type: ignore[no-untyped-def]
    from analysis.corpus import load

    articles = load(root / "seeds" / "articles").articles
    seed = articles[articles["origin"] == "pasted"]
    text, rows = seed["text"].iloc[0], quotations(seed)
    words = [text[a:b] for a, b in zip(rows["start"], rows["end"], strict=True)]
    minister = "Iraqi Defense Minister Khaled al-Obeidi"
    direct = rows[rows["kind"] == "direct"]
    assert direct["speaker"].tolist() == [minister] * 3
    assert [words[i][0] + words[i][-1] for i in direct.index] == ['""', '“"', '“"'] and "(Arabic" in words[
        direct.index[0]
    ]
    assert direct["via"].fillna("").tolist() == ["state television", "", "Reuters"]
    assert [words[i] for i in rows.index[rows["kind"] == "partial"]] == ['“continuous support"']
    promise = rows[rows["kind"] == "partial"].iloc[0]
    assert (promise["speaker"], promise["via"]) == (minister, "Press TV")
    indirect = rows[rows["kind"] == "indirect"].fillna({"via": ""})
    speakers = set(indirect["speaker"])
    assert {
        "Iraqi officials",
        "United Nations",
        "Washington",
        "Iran",
        "Paris",
        "some reports",
        "some sources",
    } <= speakers
    cross = indirect[indirect["speaker"].str.contains("Red Cross")].iloc[0]
    assert cross["via"] == "Reuters" and text[cross["start"] :].startswith("up to 1 million people")
    assert any("Tehran would give" in words[i] for i in indirect.index)


@pytest.mark.parametrize(
    ("said_before", "subject"),
    [
        ("Roads were closed, officials said.", "the mayor"),
        ("Roads were closed, a nurse said.", "the doctor"),
        ("Roads were closed, Ada Vale, a nurse, said.", "the minister"),
        ("Roads were closed, officials said.", "the mayor of Upper Vale"),
    ],
)
def test_nobody_speaks_in_the_place_of_another_role(said_before: str, subject: str) -> None:
    for told in (f"“They did a heroic job,” said {subject}.", f"“They did a heroic job,” {subject} said."):
        found = quotations(pd.DataFrame({"article_id": ["a"], "text": [f"{said_before}\n\nRescue came. {told}"]}))
        assert found.loc[found["kind"].eq("direct"), "speaker"].tolist() == [subject]


@pytest.mark.parametrize(
    ("told", "speaker"),
    [
        ("Workers spoke of solidarity on the line.", "workers"),
        ("Drivers said that the talks had failed.", "drivers"),
        ("Polling officers said that the count was fair. A polling station opened late.", "polling officers"),
        ("Iraqi officials said that the count was fair.", "Iraqi officials"),
        ("Ada Drivers came. Drivers said that the talks had failed.", "Ada Drivers"),
        ("Every Osby school is closed. Osby police said that the road was shut.", "Osby police"),
        ("Senior Vale aides left. Will Vale win? Vale said that the talks had failed.", "Vale"),
        ("The secretary of State Anna Vale came. Vale said that the talks had failed.", "Anna Vale"),
        ("Secretary of State Anna Vale said that the talks had failed.", "Anna Vale"),
        ("Secretary of State Oda Vale came. Mrs. Vale said that the talks had failed.", "Oda Vale"),
        ("The mayor of New Osby came. New Osby police said that the road was shut.", "New Osby police"),
    ],
)
def test_a_capital_at_the_beginning_of_a_sentence_makes_no_name(told: str, speaker: str) -> None:
    found = quotations(pd.DataFrame({"article_id": ["a"], "text": [f"Rain fell. {told}"]}))
    assert found["speaker"].tolist() == [speaker]
