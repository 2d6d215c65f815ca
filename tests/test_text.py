"""Units tile the text, count the same in any partition, and speak one indicator language."""

from __future__ import annotations

import json
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.speech.sentences import sections, sentences
from analysis.text import Counts, count, kwic, tokens, units, unmarked

PIECES = [
    "The mayor", "said", "Mosul’s", "U.S.", "US-led", "a.m.", "Lt. Gen. Vale", "don't", "human shields", "human",
    "shield", "650", "10,000", "liberated", "Liberation", ".", ". ", "! ", "?” ", '." ', ".” ", "“", "”", '"', "‘", "’",
    "«", "»", "(", ")", " — ", "-", ", ", "\n", "\n\n", "\n\nWho paid for it\n\n", "…", " ", "É",
    "www.news.example/a", "x" * 30, "'",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join) | st.lists(
    st.sampled_from(PIECES), max_size=40
).map("".join)
CORPORA = st.lists(TEXTS, min_size=1, max_size=6)
PROVEN = settings(derandomize=True, deadline=None, max_examples=60)


def frame(*texts: str, **columns: object) -> pd.DataFrame:
    """Return articles a0, a1, … with these texts."""
    return pd.DataFrame({"article_id": [f"a{i}" for i in range(len(texts))], "text": list(texts)} | columns)


def pieces(text: str) -> list[str]:
    """Return the sentences of a paragraph as text."""
    return [text[start:end] for start, end in sentences(text)]


def voices(text: str, quotations: pd.DataFrame | None = None) -> list[tuple[str, str]]:
    """Return voice and text of each unit of one article."""
    return list(units(frame(text), quotations)[["voice", "text"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    "parts",
    [
        ["It rained.", "It stopped!", "Did it?", "It did."],
        ["Lt. Gen. Vale met Mr. Oss of the U.S. Navy at 9 a.m. on Jan. 3 in St. Ives.", "He left."],
        ["They flew to the U.S.", "He stayed at Acme Inc.", "The rest slept."],
        ["“We stay.”", "The mayor left."],
        ["“Is it over?” Vale asked.", "No one knew."],
        ['"Go now!" he said.', '"Go."', "They went."],
        ["George W. Vale of Vt. paid $3.5 million to No. 7.", "Nobody else did."],
        ["Wait … there is more...", "There was."],
        ["He spoke (at length.)", "Then he left."],
        ["1. The first point stands.", "2. The second falls."],
        ["The U.S. — to nobody's surprise — left.", "Others stayed."],
    ],
)
def test_sentences_end_where_a_reader_ends_them(parts: list[str]) -> None:
    assert pieces(" ".join(parts)) == parts


def test_a_full_stop_without_a_space_ends_a_sentence_but_a_name_does_not() -> None:
    assert pieces("They left the city.Nobody followed them.") == ["They left the city.", "Nobody followed them."]
    assert pieces("Read it at news.example.Org or vale.Com/a today.") == [
        "Read it at news.example.Org or vale.Com/a today."
    ]


@pytest.mark.parametrize("unit", ["word ", "a", ".", ". A", '"A." ', "“a ", "\n", "\n \n", "a.", "Mr. ", '?" ', "www."])
def test_a_long_hostile_text_is_cut_at_once(unit: str) -> None:
    text = "x" + unit * (200_000 // len(unit)) + "x"
    parts = units(frame(text))
    assert "".join(parts["text"].str.split().str.join("")) == "".join(text.split())
    assert count(parts).matrix.shape[0] == len(parts)


def test_units_give_paragraph_sentence_section_and_place() -> None:
    text = (
        "It rained. It poured.\n\nThe town slept through all of it.\n\nWho paid for it\n\nIt did, “in full,” he said."
    )
    parts = units(frame(text, outlet=["Vale Post"], published=["2021-03-04"]))
    assert parts["sentence"].tolist() == [0, 1, 2, 3, 3, 3]
    assert parts["paragraph"].tolist() == [0, 0, 1, 2, 2, 2]
    assert parts["section"].tolist() == ["", "", "", *["Who paid for it"] * 3]
    assert parts["voice"].tolist() == ["own", "own", "own", "own", "quoted", "own"]
    assert parts["text"].tolist()[3:] == ["It did,", "“in full,”", "he said."]
    assert parts["event"].isna().all() and parts["speaker"].isna().all()
    assert str(parts["published"].dtype).startswith("datetime64") and (parts["outlet"] == "Vale Post").all()


def test_units_of_nothing_have_every_column() -> None:
    empty, full = units(frame()), units(frame("It rained."))
    assert list(empty) == list(full) and empty.empty
    assert units(pd.DataFrame({"article_id": ["a", "b"], "text": [None, " \n "]})).empty
    assert count(empty).matrix.shape == (0, 0) and kwic(empty, "rain").empty


def test_an_id_that_stands_twice_is_named() -> None:
    with pytest.raises(ValueError, match="'a' occurs more than once"):
        units(pd.DataFrame({"article_id": ["a", "a"], "text": ["x", "y"]}))


def test_units_name_the_missing_column() -> None:
    with pytest.raises(KeyError, match="no column text"):
        units(pd.DataFrame({"article_id": ["a"]}))


def test_voice_changes_between_tokens_and_punctuation_never_stands_alone() -> None:
    assert voices('He called it "a ruin".') == [("own", "He called it"), ("quoted", '"a ruin".')]
    assert voices('"We stay", the mayor said.') == [("quoted", '"We stay",'), ("own", "the mayor said.")]
    assert voices("“We stay” — “we go”") == [("quoted", "“We stay” —"), ("quoted", "“we go”")]
    assert voices("(“We stay”)") == [("quoted", "(“We stay”)")]


def test_given_quotations_decide_the_voice_and_bring_the_speaker() -> None:
    text = "Vale said that ‘we stay’. “We go,” said Oss."
    given_ones = pd.DataFrame(
        [("a0", 15, 24, "partial", "Vale"), ("a0", 0, 24, "indirect", "Vale"), ("a0", 16, 20, "direct", "nested")],
        columns=["article_id", "start", "end", "kind", "speaker"],
    )
    parts = units(frame(text), given_ones)
    assert parts["text"].tolist() == ["Vale said that", "‘we stay’.", "“We go,” said Oss."]
    assert parts["voice"].tolist() == ["own", "quoted", "own"]
    assert parts["speaker"].tolist()[1] == "Vale" and parts["speaker"].isna().tolist() == [True, False, True]


def test_without_voices_a_sentence_stays_whole() -> None:
    parts = units(frame("Vale said: “We stay.” She left. “Go,” said Oss."), voices=False)
    assert parts["text"].tolist() == ["Vale said: “We stay.”", "She left.", "“Go,” said Oss."]
    assert set(parts["voice"]) == {"own"} and parts["speaker"].isna().all()


def test_an_outlet_whose_marks_were_lost_is_listed() -> None:
    texts = ["Rain fell, Vale said."] * 5 + ["“We stay,” she said."] + ["It rained."] * 8
    parts = units(frame(*texts, outlet=["X"] * 5 + ["Y"] * 5 + ["Z"] * 4))
    assert unmarked(parts) == ["X"] and unmarked(parts, least=4) == ["X", "Z"]
    assert unmarked(parts.head(0)) == []


def test_a_quotation_that_begins_within_a_token_takes_the_whole_token() -> None:
    cut = pd.DataFrame([("a0", 14, 20, "direct", None)], columns=["article_id", "start", "end", "kind", "speaker"])
    assert voices("They shout liberation-now there.", cut) == [
        ("own", "They shout"),
        ("quoted", "liberation-now"),
        ("own", "there."),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mosul’s anti-terror troops", ["mosul", "anti-terror", "troops"]),
        ("Mosul's ISIS' al-Vale", ["mosul", "isis", "al-vale"]),
        ("don’t DON'T", ["don't", "don't"]),
        (
            "The U.S., the US, U.S.-led and US-led, u.s.",
            ["the", "u.s", "the", "u.s", "u.s-led", "and", "u.s-led", "u.s"],
        ),
        ("join us at 9 a.m. sharp", ["join", "us", "at", "a.m", "sharp"]),
        ("10,000 of 3.5 16-year-olds and F-16s, 2nd", ["of", "and", "f-16s"]),
        ("see https://news.example/a-b?c or www.news.example", ["see", "or"]),
        ("word--Vale _said_ “so”", ["word", "vale", "said", "so"]),
        ("Élan naïve", ["élan", "naïve"]),
        ("", []),
    ],
)
def test_tokens(text: str, words: list[str]) -> None:
    assert tokens(text) == words


def columns(counts: Counts, indicator: str) -> list[str]:
    """Return the terms an indicator covers."""
    return list(counts.terms[counts.columns(indicator)])


def test_count_knows_words_wildcards_and_phrases() -> None:
    texts = ("Liberated: they liberate human shields. A human 3 shield.", "Human shield! The US-led delivery")
    counts = count(units(frame(*texts)), phrases=["human shield*", "Liberat*", "they * human"])
    assert list(counts.terms) == sorted(counts.terms)
    assert columns(counts, "LIBERAT*") == ["liberate", "liberated"] and columns(counts, "liberate") == ["liberate"]
    assert columns(counts, "*livery") == ["delivery"] and columns(counts, "us-led") == ["u.s-led"]
    assert columns(counts, "Human Shield*") == ["human shield*"] and columns(counts, "absent") == []
    assert counts.matrix[:, counts.columns("human shield*")].toarray().ravel().tolist() == [1, 0, 1, 0]
    assert counts.matrix[:, counts.columns("they * human")].sum() == 1
    assert counts.matrix[:, counts.columns("human")].sum() == 3
    assert counts.article_id.tolist() == ["a0", "a0", "a1", "a1"] and counts.matrix.dtype.kind == "i"
    matrix, ids = counts.by_article()
    assert ids.tolist() == ["a0", "a1"] and matrix[:, counts.columns("human")].toarray().tolist() == [[2], [1]]


@pytest.mark.parametrize("pattern", ["", "  ", "*", "...", "650", "650 shields"])
def test_an_indicator_without_a_word_is_refused(pattern: str) -> None:
    parts = units(frame("It rained."))
    for refuse in (lambda: kwic(parts, pattern), lambda: count(parts).columns(pattern)):
        with pytest.raises(ValueError, match=r"no word|numbers"):
            refuse()


def test_a_phrase_that_was_not_counted_is_named() -> None:
    with pytest.raises(KeyError, match=r"human shield.*phrases="):
        count(units(frame("It rained."))).columns("human shield*")


def test_kwic_shows_each_hit_in_its_context() -> None:
    parts = units(frame("It rained. They said “human shields” fell.\n\nIt dried.", outlet=["Vale Post"]))
    hit = kwic(parts, "HUMAN shield*", width=12).iloc[0]
    assert (hit["left"], hit["right"]) == (" They said “", "” fell. It d")
    assert hit["hit"] == "human shields" and hit["voice"] == "quoted" and hit["outlet"] == "Vale Post"
    own = parts[parts["voice"] == "own"]
    assert kwic(own, "fell")["left"].tolist() == ["It rained. They said … "]
    assert list(kwic(own, "absent")) == ["article_id", "outlet", "published", "voice", "left", "hit", "right"]


@PROVEN
@given(CORPORA)
def test_units_tile_the_text(texts: list[str]) -> None:
    parts = units(frame(*texts))
    for key, text in zip(frame(*texts)["article_id"], texts, strict=True):
        mine = parts[parts["article_id"] == key]
        assert [text[a:b] for a, b in zip(mine["start"], mine["end"], strict=True)] == mine["text"].tolist()
        edges = [0, *mine[["start", "end"]].to_numpy().ravel().tolist(), len(text)]
        assert edges == sorted(edges)
        assert {text[a:b].strip() for a, b in zip(edges[::2], edges[1::2], strict=True)} <= {"", "Who paid for it"}
        heads = [0, *(place for span in sections(text) for place in span), len(text)]
        body = " ".join(text[a:b] for a, b in zip(heads[::2], heads[1::2], strict=True))
        assert [word for piece in mine["text"] for word in tokens(piece)] == tokens(body)
        assert mine["sentence"].drop_duplicates().tolist() == list(range(mine["sentence"].nunique()))
        assert mine["sentence"].is_monotonic_increasing and mine["paragraph"].is_monotonic_increasing


@PROVEN
@given(CORPORA, st.integers(0, 6))
def test_any_partition_gives_the_same_rows_and_counts(texts: list[str], at: int) -> None:
    articles, phrases = frame(*texts), ["human shield*"]
    halves = [half for half in (articles.iloc[:at], articles.iloc[at:]) if len(half)]
    parts = units(articles)
    pd.testing.assert_frame_equal(pd.concat(map(units, halves), ignore_index=True), parts)
    counts = count(parts, phrases=phrases)
    split = [count(units(half), phrases=phrases) for half in halves]
    rows = pd.concat([pd.DataFrame(some.matrix.toarray(), columns=some.terms) for some in split])
    assert np.array_equal(rows.reindex(columns=counts.terms).fillna(0), counts.matrix.toarray())
    words = sum(len(tokens(text)) for text in parts["text"])
    assert counts.matrix.sum() == words + len(kwic(parts, phrases[0]))
    assert counts.matrix[:, counts.columns("liberat*")].sum() == len(kwic(parts, "liberat*"))


def test_real_articles_tile_too(corpora) -> None:  # type: ignore[no-untyped-def]
    with (corpora / "mosul-us.jsonl").open(encoding="utf-8") as lines:
        texts = [json.loads(line)["content_original"] for line in lines]
    parts = units(frame(*texts))
    assert all(
        texts[int(k[1:])][a:b] == t
        for k, a, b, t in zip(*(parts[c] for c in ("article_id", "start", "end", "text")), strict=True)
    )
    assert parts["text"].str.contains(r"\w").mean() > 0.99


def test_time_to_find_sub_headings_grows_with_the_length_of_a_list() -> None:
    def seconds(lines: int) -> float:
        begin = time.process_time()
        sections("\n\n".join(f"Somebody Else {i}" for i in range(lines)))
        return time.process_time() - begin

    assert seconds(16_000) < 8 * max(seconds(4_000), 0.02)  # quadratic takes 16 times as long
