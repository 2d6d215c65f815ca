"""Cleaning: each rule takes what it names, reporting stays, and every piece taken is on the record."""

from __future__ import annotations

import hashlib
import re
import time
from collections import Counter
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.corpus import load
from analysis.loading.boilerplate import apply, learn
from analysis.loading.cleaning import clean
from analysis.speech.sentences import sections

FIRST = "The ferry to Saint Orm ran aground on Monday evening with forty people on board, the harbour master said."
SECOND = "Nobody was hurt, and a tug had the boat afloat before the tide went out again."
HEADLINE = "Ferry runs aground off Saint Orm"


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("comment form", "Post your comments"),
        ("comment form", "Your email address will not be published. Required fields are marked *"),
        ("comment form", "12 Comments"),
        ("comment form", "Log in to leave a comment"),
        ("share bar", "Share  Tweet  Print"),
        ("share bar", "Facebook | Twitter | WhatsApp | Copy link"),
        ("share bar", "[f] [t] [mail] 214 SHARES"),
        ("share bar", "Follow us on Telegram"),
        ("newsletter prompt", "Sign up for our morning newsletter"),
        ("newsletter prompt", "You have 2 free articles left this month."),
        ("newsletter prompt", "Support local journalism. Give today"),
        ("newsletter prompt", "Tides newsletter Daily. By signing up you agree to receive email from GAZETTE."),
        ("newsletter prompt", "CLICK TO GET THE GAZETTE APP"),
        ("newsletter prompt", "GET THE GAZETTE ON THE GO BY CLICKING HERE"),
        ("newsletter prompt", "**Want the Gazette in your inbox every day? Sign up here.**"),
        ("read also", "Read also: The pilot who knew every rock"),
        ("read also", ">> More: The pilot who knew every rock"),
        ("read also", "Most read"),
        ("read also", "( Also on GAZETTE: The pilot who knew every rock)"),
        ("read also", "(See also: Gazette's chart of the rocks)"),
        ("read also", "( From GAZETTE Magazine: 15 pilots you missed)"),
        ("read also", "(Sign up for Gazette’s tip sheet)"),
        ("photo caption", "Photo: The ferry at low tide"),
        ("photo caption", "The ferry at low tide. (Anna Holm/Reuters)"),
        ("photo caption", "The ferry at low tide. Photograph: Saint Orm Gazette"),
        ("copyright", "© 2020 Saint Orm Gazette. All rights reserved."),
        ("copyright", "This material may not be published, broadcast, rewritten or redistributed."),
        ("copyright", "Copyright Saint Orm Gazette 2020"),
        ("copyright", "Copyright 2020 Saint Orm Gazette"),
        ("share bar", "Join us on Facebook and Telegram"),
        ("tags", "Tags: ferry, harbour, tides"),
        ("tags", "#ferry #harbour"),
        ("story code", "News Code: 418207"),
        ("contact", "Found a mistake?"),
        ("contact", "Write to corrections@orm.example"),
        ("advertisement", "Story continues below advertisement"),
        ("navigation", "Home > News > Coast"),
        ("time stamp", "Published: Saturday, July 30, 2016, 6:12 PM"),
        ("time stamp", "26 January 2017, 7.10am"),
        ("time stamp", "2016-07-31T08:20:00Z — 3 min read"),
        ("time stamp", "Last updated 2 hours ago"),
        ("byline", "By Anna Holm and Per Lund, Gazette Correspondent"),
        ("byline", "Per Lund contributed to this report."),
        ("byline", "Anna Holm, harbours desk"),
        ("photo caption", "The ferry at low tide. Credit: Saint Orm Gazette"),
        ("video player", "JUST WATCHED The ferry Replay More Videos ... MUST WATCH The ferry 01:46"),
        ("video player", "Now playing: The ferry at low tide (2:05)"),
        ("video player", "Must watch: The ferry at low tide 1:02:05"),
        ("video player", "Your browser does not support this video"),
        ("newsletter prompt", "Sign up to Morning Tide"),
        ("newsletter prompt", "Our free email brings you the news of the coast"),
        ("newsletter prompt", "Enter your email address"),
        ("newsletter prompt", "Sign up"),
        ("newsletter prompt", "after newsletter promotion"),
        ("newsletter prompt", "Privacy Notice: Newsletters may contain info about charities and ads."),
        ("navigation", "View image in fullscreen"),
        ("navigation", "Reuse this content"),
        ("navigation", "[Read the full story here]"),
        ("tags", "Explore more on these topics"),
        ("video player", "Media playback is unsupported on your device Media caption The ferry at low tide"),
        ("read also", "Watch: how the tug came"),
        ("read also", "► The price of rope"),
        ("read also", "More from the coast..."),
        ("share bar", "If you liked this story, share it"),
        ("byline", "By the Associated Press"),
        ("byline", "By our correspondent in Saint Orm"),
        ("byline", "By April Holm"),
        ("navigation", "Terms of use"),
        ("navigation", "Return to the top of this page"),
        ("story code", "Article ID: orm-4182 | Coast"),
    ],
)
def test_a_line_of_clutter_goes_under_its_own_name(rule: str, line: str) -> None:
    page = clean(f"{FIRST}\n\n{line}\n\n{SECOND}")
    assert page.text == f"{FIRST}\n\n{SECOND}"
    assert page.removed == [(rule, line)]


@pytest.mark.parametrize(
    "line",
    [
        "Share prices fell on Tuesday after the bank said it would print more money.",
        "Comments by the minister drew laughter.",
        "Photographs of the wreck were shown to the court.",
        "He told the Associated Press (AP)",
        "“Read also the small print,” she told the passengers.",
        "Subscribe to nothing, he warned.",
        "By Monday the tide had turned.",
        "March 4 was the day of the storm, and nobody on the island has forgotten it.",
        "In 2016 the ferry had carried 20,000 people.",
        "Tags on the lifebelts had faded.",
        "Reuters Television showed the boat on its side.",
        "Related claims are before the court.",
        "Advertisements had promised a calm crossing.",
        "Home again, they slept.",
        "The union deserves credit for the deal",
        "Sold and Mended on Credit: Saint Orm Keeps Its Ferry",
        "Video of the wreck was shown at 12:30 and again in the evening.",
        "Replay the day and nothing else could have been done, said the master at 9:15.",
        "A clerk at the information desk.",
        "Who steered?",
        "Mosul fell.",
        "Sign up or go home, the recruits were told.",
        "Join us on Friday, the leaflet read.",
        "Like us on both sides of the river, they fear the tide.",
        "Copyright law will change in May.",
        "Our free email was cut off, the residents said.",
        "Read the full story of the ferry and weep, the harbour master said.",
        "Watch: it is coming, he said.",
        "Listen: The keel is scraping, she told the crew.",
        "See: it is not so hard.",
        "► Of the forty on board, three were children.",
        "• More than forty people were on board",
        "Also on Monday, two boats sank.",
        "(Also on board: two nurses and a cook.)",
        "(From Saint Orm: the ferry, the tug and the pilot boat.)",
        "(See also how it began.)",
        "By signing up, the sailor had chosen the sea.",
        "Get the app wrong and nobody comes, the master said.",
        "More from the north are on their way.",
        "By Monday Night All Was Over",
        "By the time the tug came the bridge was gone.",
        "By the numbers",
        "Anna Holm, 65, editor and harbour reporter",
        "Subject: Evacuate now",
        "If islanders share the quay, why can’t the owners?",
        "Table by table, the votes were counted.",
        "Terms of the deal were not disclosed.",
        "Return to the islands is banned.",
        "Get out of the channel, the harbour master told them.",
        "Stay off the list of those who talk.",
        "News no one wanted to hear reached the island.",
        "The names of the dead may not be published.",
    ],
)
def test_reporting_stays(line: str) -> None:
    assert clean(f"{FIRST}\n\n{line}\n\n{SECOND}").text == f"{FIRST}\n\n{line}\n\n{SECOND}"
    assert clean(f"{line} {FIRST}", title=HEADLINE, page=False).text == f"{line} {FIRST}"


@pytest.mark.parametrize(
    "dateline",
    ["SAINT ORM —", "SAINT ORM, Orm Islands (Reuters) -", "Orm Town (AFP) –", "SAINT ORM, July 31 —", "SAINT ORM //",
     "East Orm, Orm Islands |", "Orm Islands News Agency -", "(Reuters) -"],
)  # fmt: skip
def test_a_dateline_goes_wherever_the_first_paragraphs_have_it(dateline: str) -> None:
    for before in ("", f"{SECOND}\n\n"):
        page = clean(f"{before}{dateline} {FIRST}")
        assert page.text == f"{before}{FIRST}" and page.removed == [("dateline", dateline)]


@pytest.mark.parametrize(
    "opening",
    [
        "The Post - Office closed for good on Friday, and nobody on the island was told.",
        "The Orm Times – the island’s oldest weekly – said that the ferry would not be mended.",
        "Today — Friday — the council meets in the school.",
        "UNESCO — the body that looks after monuments — will send a diver to the wreck.",
    ],
)
def test_a_dash_behind_the_subject_of_a_sentence_ends_no_dateline(opening: str) -> None:
    assert clean(f"{opening}\n\n{SECOND}").text == f"{opening}\n\n{SECOND}"


def test_the_outlet_is_read_from_a_dateline_that_names_a_newsroom() -> None:
    assert clean(f"Orm Islands News Agency - {FIRST}").outlet == "Orm Islands News Agency"
    assert clean(f"SAINT ORM (Reuters) - {FIRST}").outlet is None
    assert clean(f"Orm Islands News Agency - {FIRST}", outlet="Gazette").outlet == "Gazette"


def test_a_page_s_header_is_read_whole() -> None:
    header = f"ORM GAZETTE | COAST\n{HEADLINE}\nThe tide did the rest\nPer Lund in Saint Orm\n3 May 2020, 8.05am\nShare"
    page = clean(f"{header}\n\n{FIRST}\n\n{SECOND}")
    assert (page.title, page.text, page.published) == (HEADLINE, f"{FIRST}\n\n{SECOND}", "3 May 2020, 8.05am")
    assert Counter(rule for rule, _ in page.removed) == Counter(
        ["navigation", "page header", "page header", "time stamp", "share bar"]
    )


def test_a_short_first_sentence_is_no_header() -> None:
    page = clean(f"{HEADLINE}\n\nIt began with a knock.\n\n{FIRST}")
    assert page.text == f"It began with a knock.\n\n{FIRST}"


def test_headline_and_standfirst_stand_once() -> None:
    page = clean(f"{HEADLINE}\n\n{HEADLINE}\n\n{FIRST}\n\nOrm News Agency - {FIRST}\n\n{SECOND}")
    assert (page.title, page.text, page.outlet) == (HEADLINE, f"{FIRST}\n\n{SECOND}", "Orm News Agency")
    assert [rule for rule, _ in page.removed] == ["repeated headline", "dateline", "repeated paragraph"]


def test_a_body_without_line_breaks_is_trimmed_at_both_ends() -> None:
    tail = "(With Reuters and AFP) Last Update: Wednesday 5 April 2017 KSA 23:28"
    body = f"Wed 05 Apr 2017 {HEADLINE}. {FIRST} {SECOND} {tail}"
    page = clean(body, title=f"{HEADLINE} | Orm Times", outlet="ormtimes", page=False)
    assert (page.title, page.text) == (HEADLINE, f"{FIRST} {SECOND}")
    assert [rule for rule, _ in page.removed] == [
        "site name in headline",
        "time stamp",
        "repeated headline",
        "time stamp",
        "agency credit",
    ]


def test_teasers_behind_a_body_without_line_breaks_go_with_their_credit() -> None:
    teasers = "Source Orm TV and agencies Related News Otters return | The price of rope Category News"
    page = clean(f"{FIRST} {SECOND} {teasers}", page=False)
    assert page.text == f"{FIRST} {SECOND}" and page.removed == [("read also", teasers)]
    told = f"{FIRST} She read related news on the pier."
    assert clean(told, page=False).text == told


def test_a_sentence_that_begins_like_the_headline_stays() -> None:
    body = f"{HEADLINE} Island in thick fog, its owners said."
    assert clean(body, title=HEADLINE, page=False).text == body


def test_hard_wrapped_lines_are_joined_and_single_lines_are_not() -> None:
    wrapped = re.sub(r"(.{40,50}) ", r"\1\n", f"{FIRST} {SECOND} {FIRST.replace('ferry', 'tug')}")
    assert "\n" not in clean(wrapped).text
    assert clean(f"{FIRST}\n{SECOND}").text == f"{FIRST}\n\n{SECOND}"


# --- what is learnt ------------------------------------------------------------------------------------------


def outlet_articles(tail: str, n: int = 4) -> pd.DataFrame:
    """Make one outlet's articles with a common head and tail, and as many of another without."""
    bodies = [f"Boat {i} came home. Her master said that day {i} was calm." for i in range(1, 2 * n + 1)]
    texts = [f"{body} {tail.format(i)}".strip() if i < n else body for i, body in enumerate(bodies)]
    return pd.DataFrame({"outlet": ["A"] * n + ["B"] * n, "title": None, "text": texts})


def test_an_outlet_s_tail_is_learnt_with_its_dates_and_figures() -> None:
    articles = outlet_articles("Orm Gazette edition {0} of {0} May Contact Careers Cookies")
    learnt = learn(articles)
    text, removed = apply(articles["text"][2], learnt["A"])
    assert text.endswith("was calm.") and removed == [
        ("outlet's tail", "Orm Gazette edition 2 of 2 May Contact Careers Cookies")
    ]
    assert apply(articles["text"][6], learnt["B"]) == (articles["text"][6], [])


def test_background_that_an_outlet_repeats_is_reporting_and_stays() -> None:
    articles = outlet_articles("More than 300 boats have been lost off Orm since the storms of {0} May began.")
    text, removed = apply(articles["text"][2], learn(articles)["A"])
    assert text == articles["text"][2] and not removed


def test_an_outlet_s_praise_of_itself_goes() -> None:
    articles = outlet_articles("The Gazette is the only newspaper printed on four islands.")
    assert apply(articles["text"][2], learn(articles)["A"])[1][0][0] == "outlet's tail"


def test_too_few_articles_teach_nothing() -> None:
    articles = outlet_articles("Gazette contact careers cookies", n=2)
    assert apply(articles["text"][0], learn(articles)["A"])[1] == []


# --- nothing is lost -----------------------------------------------------------------------------------------

LINES = st.sampled_from(
    [
        *(FIRST, SECOND, HEADLINE, "Share", "By Anna Holm", "3 May 2020", "Who steered", "Read also:", "7", "(AFP)"),
        *("ORM — It rained.", "Yes.", "“No,” he said.", "Tags: tide", "A mast\nbroke off"),
    ]
)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(lines=st.lists(LINES, max_size=8), gap=st.sampled_from(["\n\n", "\n", " "]), page=st.booleans())
def test_every_word_is_kept_or_on_the_record(lines: list[str], gap: str, page: bool) -> None:
    text = gap.join(lines)
    done = clean(text, page=page)
    kept = " ".join([done.title or "", done.text, *(piece for _, piece in done.removed)])
    assert Counter(re.findall(r"\w+", kept)) == Counter(re.findall(r"\w+", text))
    assert "\n\n\n" not in done.text and done.text == done.text.strip()


@settings(derandomize=True, deadline=None, max_examples=100)
@given(lines=st.lists(LINES, max_size=8))
def test_sub_headings_are_lines_between_paragraphs(lines: list[str]) -> None:
    text = "\n\n".join(lines)
    for start, end in sections(text):
        assert text[start:end] in lines and text[:start].endswith("\n\n") and text[end:].startswith("\n\n")


def test_a_sub_heading_is_no_quotation_no_name_said_twice_and_never_last() -> None:
    text = "\n\n".join(
        [FIRST, "Who steered", SECOND, "“A calm sea”", SECOND, "Anna Holm", FIRST, "Anna Holm", SECOND, "The end"]
    )
    assert [text[start:end] for start, end in sections(text)] == ["Who steered"]


# --- the seeds -----------------------------------------------------------------------------------------------


def test_the_pasted_article_is_read_exactly(root: Path) -> None:
    source = root / "seeds" / "articles" / "000_fed376f3c2cfed0f.txt"
    lines = [line for line in source.read_text(encoding="utf-8").split("\n") if line]
    corpus = load(source)
    row = corpus.articles.iloc[0]
    assert (row["title"], row["outlet"], row["origin"]) == (lines[0], "AhlulBayt News Agency", "pasted")
    assert row["text"].split("\n\n") == [lines[2], *lines[4:-2]]
    assert [row["text"][start:end] for start, end in sections(row["text"])] == [
        "Mosul’s civilians on the line",
        "Foreign supports for the imminent battle",
    ]
    assert sorted(zip(corpus.removed["rule"], corpus.removed["text"], strict=True)) == sorted(
        [
            ("repeated headline", lines[1]),
            ("dateline", "AhlulBayt News Agency -"),
            ("repeated paragraph", lines[2]),
            ("comment form", lines[-2]),
            ("comment form", lines[-1]),
        ]
    )


@pytest.mark.parametrize(("half", "least"), [("build", 32), ("report", 30)])
def test_the_constructed_pages_are_cleaned_as_planted(root: Path, half: str, least: int) -> None:
    gold = pd.read_csv(root / "seeds" / "gold" / "articles.csv").query("half == @half").set_index("article")
    texts = load(root / "seeds" / "articles").articles.set_index("article_id")["text"]
    right = [hashlib.sha256(texts[name].encode()).hexdigest() == digest for name, digest in gold["sha256"].items()]
    assert sum(right) >= least


def test_learning_takes_no_longer_for_many_outlets_than_for_one() -> None:
    words = ["".join(letters) for letters in product("abcdefgh", repeat=5)]
    texts = ["It rained.\n\n" + "\n".join(words[i * 8 : i * 8 + 8]) for i in range(2000)]
    seconds = []
    for outlets in (1, 1000):
        names = [f"The Example {i % outlets}" for i in range(len(texts))]
        articles = pd.DataFrame({"outlet": names, "title": None, "text": texts})
        started = time.process_time()
        assert len(learn(articles)) == outlets
        seconds.append(time.process_time() - started)
    assert seconds[1] < 6 * max(seconds[0], 0.02), seconds  # once for every outlet took twenty times as long
