"""Loading: nothing is lost, nothing is followed, and the same articles come out everywhere."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import codebooks
from analysis.corpus import COLUMNS, _identified, load
from analysis.loading import reading
from analysis.loading.dates import read_dates
from analysis.loading.matching import match_events, near_duplicates
from analysis.quotes import quotations
from analysis.text import units

STORY = (
    "The river rose over night and took the old bridge. Three villages had shared it for a century. "
    "The council met in the school and asked the province for boats, tents and a doctor."
)
WORDS = re.findall(r"\w+", "harbour ferry council bridge school market rain road vote teacher letter train")


def page(folder: Path, name: str, text: str | bytes) -> Path:
    """Write one file of a corpus."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# --- what is found -------------------------------------------------------------------------------------------


def test_front_matter_names_the_fields(tmp_path: Path) -> None:
    matter = (
        "---\noutlet: The Ferry Post\npublished: 2020-03-01\nevent: flood: day one\nconstructed: true\nmood: dry\n---\n"
    )
    page(tmp_path, "a.txt", f"{matter}Bridge lost to the flood\n\n{STORY}\n")
    row = load(tmp_path).articles.iloc[0]
    assert (row["article_id"], row["outlet"], row["event"]) == ("a", "The Ferry Post", "flood: day one")
    assert (row["title"], row["text"], row["origin"]) == ("Bridge lost to the flood", STORY, "constructed")
    assert row["published"] == pd.Timestamp("2020-03-01") and row["mood"] == "dry" and row["language"] == "en"


MATTER = "outlet: The Ferry Post\npublished: 2020-03-01\n"


@pytest.mark.parametrize(
    "head",
    [
        f"\n---\n{MATTER}---\n",
        f"---\n{MATTER.replace(': ', ':')}---\n",
        f"---\n# mine\n{MATTER}---\n",
        f"---\n{MATTER}authors:\n- Ada\n- Bo\n---\n",
        f"----\n{MATTER}----\n",
        f"———\n{MATTER}—\n",
        f"{MATTER}\n",
        MATTER,
    ],
)
def test_front_matter_is_read_with_its_small_slips(tmp_path: Path, head: str) -> None:
    page(tmp_path, "a.txt", f"{head}Bridge lost to the flood\n\n{STORY}\n")
    row = load(tmp_path).articles.iloc[0]
    assert (row["outlet"], str(row["published"])[:10]) == ("The Ferry Post", "2020-03-01")
    assert row["title"] == "Bridge lost to the flood"


@pytest.mark.parametrize(
    ("head", "reason"),
    [(f"---\n{MATTER}\n", "no closing line"), (f"---\n{MATTER}event flood\n---\n", "line 4: 'event flood'")],
)
def test_front_matter_that_cannot_be_read_is_listed(tmp_path: Path, head: str, reason: str) -> None:
    page(tmp_path, "a.txt", f"{head}Bridge lost to the flood\n\n{STORY}\n")
    corpus = load(tmp_path)
    assert corpus.articles.empty and reason in corpus.rejected["reason"][0]
    assert "outlet: The Example" in corpus.rejected["remedy"][0]


def test_lines_with_colons_that_name_no_outlet_are_the_page_s_own(tmp_path: Path) -> None:
    page(tmp_path, "a.txt", f"Date: 1 March 2020\nTitle: or none\n\nBridge lost to the flood\n\n{STORY}\n")
    assert load(tmp_path).articles["origin"].tolist() == ["pasted"]


def test_columns_are_found_under_the_names_that_sources_give_them(tmp_path: Path) -> None:
    row = {"Paper": "Ferry Post", "Pub. Date": "1 March 2020", "Head line": "Bridge lost", "Full Text": STORY}
    page(tmp_path, "a.json", json.dumps([row]))
    other = {"source": {"id": None, "name": "Ferry Post"}, "publishedAt": "2020-03-01T10:00:00Z"}
    page(tmp_path, "b.json", json.dumps([other | {"title": "Bridge lost", "content": STORY[:90]}]))
    found = load(tmp_path).articles
    assert found["outlet"].tolist() == ["Ferry Post"] * 2 and found["title"].tolist() == ["Bridge lost"] * 2
    assert found["published"].dt.strftime("%Y-%m-%d").tolist() == ["2020-03-01"] * 2


def test_dates_and_ids_of_a_database_export_are_read(tmp_path: Path) -> None:
    dates = [{"$date": "2020-03-01T10:00:00Z"}, {"$date": {"$numberLong": "1583056800000"}}]
    rows = [{"_id": {"$oid": f"5e5b{n}"}, "date": day, "text": f"{n} {STORY}"} for n, day in enumerate(dates)]
    page(tmp_path, "a.jsonl", "\n".join(map(json.dumps, rows)))
    found = load(tmp_path).articles
    assert found["article_id"].tolist() == ["5e5b0", "5e5b1"]
    assert found["published"].dt.strftime("%Y-%m-%d").tolist() == ["2020-03-01"] * 2


def test_a_pasted_page_knows_no_outlet_and_a_rule_of_dashes_is_no_front_matter(tmp_path: Path) -> None:
    page(tmp_path, "the-times/a.txt", f"---\nA line of text.\n---\n{STORY}")
    row = load(tmp_path).articles.iloc[0]
    assert pd.isna(row["outlet"]) and row["origin"] == "pasted" and "A line of text." in row["text"]


def test_every_format_reads_the_same_article(tmp_path: Path) -> None:
    fields = {"Source": "Ferry Post", "headline": "Bridge lost to the flood", "Body": STORY, "Date": "1 March 2020"}
    frame = pd.DataFrame([fields])
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_csv(tmp_path / "b.tsv", index=False, sep="\t")
    frame.to_csv(tmp_path / "c.csv", index=False, sep=";")
    frame.to_parquet(tmp_path / "d.parquet")
    page(tmp_path, "e.jsonl", json.dumps(fields) + "\n\n")
    page(tmp_path, "f.json", json.dumps({"articles": [fields]}))
    page(tmp_path, "g.json", json.dumps(fields))
    matter = "---\nsource: Ferry Post\ndate: 1 March 2020\n---\n"
    page(
        tmp_path,
        "h.md",
        f"{matter}# Bridge lost to the flood\n\n{STORY.replace('old bridge', '**old** [bridge](http://x.example)')}",
    )
    prose = "".join(f"<p>{sentence}.</p>" for sentence in STORY.rstrip(".").split(". "))
    head = "<head><title>Bridge lost to the flood</title></head>"
    page(tmp_path, "i.html", f"<html>{head}<body><article>{prose}</article></body></html>")
    corpora = [load(path) for path in sorted(tmp_path.iterdir())]
    articles = pd.concat([corpus.articles for corpus in corpora], ignore_index=True)
    assert len(articles) == 9 and all(corpus.rejected.empty for corpus in corpora)
    assert set(articles["title"]) == {"Bridge lost to the flood"}
    assert set(articles["text"].str.replace("\n\n", " ")) == {STORY}
    assert set(articles["published"][:8]) == {pd.Timestamp("2020-03-01")}


def test_a_database_named_as_the_source_is_not_taken_for_the_outlet(tmp_path: Path) -> None:
    pd.DataFrame({"Source": ["Base"], "Publication": ["A"], "Body": [STORY]}).to_csv(tmp_path / "a.csv", index=False)
    corpus = load(tmp_path / "a.csv")
    assert corpus.articles["outlet"].tolist() == ["A"] and corpus.articles["Source"].tolist() == ["Base"]
    assert corpus.columns["taken_from"].tolist() == ["Publication", "Body"]


def test_columns_can_be_named_and_further_ones_are_kept(tmp_path: Path) -> None:
    table = {
        "paper": ["A", "B"],
        "copy": [STORY, STORY.upper()],
        "leaning": [1, 2],
        "code": ["01", "02"],
        "wire_of": ["x", "y"],
    }
    pd.DataFrame(table).to_csv(tmp_path / "a.csv", index=False)
    corpus = load(tmp_path / "a.csv", columns={"outlet": "paper", "text": "copy"})
    articles = corpus.articles
    assert corpus.columns.values.tolist() == [["outlet", "paper", 2], ["text", "copy", 2]]
    assert articles["outlet"].tolist() == ["A", "B"] and articles["leaning"].tolist() == [1, 2]
    assert articles["code"].tolist() == ["01", "02"] and articles["wire_of (source)"].tolist() == ["x", "y"]
    with pytest.raises(ValueError, match="no column \\['author'\\]"):
        load(tmp_path, columns={"author": "paper"})
    with pytest.raises(ValueError, match="the source has no \\['body'\\]; it has code, copy"):
        load(tmp_path, columns={"text": "body"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings_are_told(tmp_path: Path, encoding: str) -> None:
    text = "“Café” owners – three of them – said they’d reopen the quay to ferries on Monday morning."
    page(tmp_path, "a.txt", text.encode(encoding))
    assert load(tmp_path).articles["text"][0] == text


def test_a_saved_page_is_read_in_the_characters_that_it_declares(tmp_path: Path) -> None:
    words = "قال رئيس البلدية إن الجسر سيبقى مغلقا حتى نهاية الشهر بسبب الفيضان الذي ضرب المدينة."
    style = "p { margin: 0 } " * 400
    html = f"<html><head><meta charset='windows-1256'><style>{style}</style><title>الجسر</title></head><body><article>"
    page(tmp_path, "a.html", (html + f"<p>{words}</p>" * 4 + "</article></body></html>").encode("cp1256"))
    assert words in load(tmp_path).articles["text"][0]


def test_what_a_saved_page_holds_around_its_article_is_listed_line_by_line(tmp_path: Path) -> None:
    figure = "<figure><img src=a.jpg><figcaption>The old <i>bridge</i> in March</figcaption></figure>"
    aside = "<aside>Two people are missing, the council said.</aside>"
    last = "Nobody knows when the rain will end, the mayor said on the quay, and few of them will sleep."
    article = f"<p>{STORY}</p>{figure}<p>{last.replace('the mayor', '<b>the mayor</b>')}</p>{aside}<p>It rained.</p>"
    footer = "<footer>Home Coast<script>go()</script><p>Ferry Post 2020</p></footer>"
    head = "<head><title>Bridge lost to the flood</title><style>p {}</style></head>"
    body = f"<nav><a>Home</a> <a>Coast</a></nav><article>{article}</article>{footer}"
    page(tmp_path, "a.html", f"<html>{head}<body>{body}</body></html>")
    corpus = load(tmp_path)
    assert corpus.articles["text"].tolist() == [f"{STORY}\n\n{last}\n\nIt rained."]
    assert corpus.removed.drop(columns="article_id").values.tolist() == [
        ["outside the article", "Home Coast"],
        ["outside the article", "The old bridge in March"],
        ["outside the article", "Two people are missing, the council said."],
        ["outside the article", "Ferry Post 2020"],
    ]


def test_entities_are_decoded_whatever_else_stands_there(tmp_path: Path) -> None:
    row = "&quot;We will stay,&quot; the mayor told a crowd, and they didn't leave AT&amp;T."
    assert reading.tidy(row) == '"We will stay," the mayor told a crowd, and they didn\'t leave AT&T.'


def test_an_object_with_a_text_is_one_article_whatever_it_lists(tmp_path: Path) -> None:
    page(tmp_path, "a.json", json.dumps({"title": "Flood", "text": STORY, "authors": [{"name": "Ann"}]}))
    assert load(tmp_path).articles["text"].tolist() == [STORY]


def test_a_table_written_from_here_is_read_as_it_was(tmp_path: Path, root: Path) -> None:
    articles = load(root / "seeds" / "articles").articles
    articles.assign(event=articles["event"].fillna("none"), mood="dry").to_csv(tmp_path / "events.csv", index=False)
    corpus = load(tmp_path / "events.csv")
    assert corpus.articles.columns.tolist() == [*COLUMNS, "mood"] and corpus.removed.empty
    pd.testing.assert_frame_equal(corpus.articles.drop(columns=["event", "mood"]), articles.drop(columns="event"))
    assert corpus.columns.values.tolist() == [
        ["n_words", "the texts, computed anew", 65],
        ["wire_of", "the texts, computed anew", 65],
    ]


def test_only_the_loader_says_where_an_article_comes_from(tmp_path: Path) -> None:
    page(tmp_path, "a.csv", f'text,origin\n"{STORY}",Syria\n')
    assert load(tmp_path).articles["origin"].tolist() == ["user"]


def test_what_is_no_encoding_is_mended(tmp_path: Path) -> None:
    c1 = "The mayor\x92s boat \x93Anna\x94 sank\x81 off the quay, said three men who saw it go down."
    page(tmp_path, "a.txt", c1.encode("latin-1"))
    page(
        tmp_path,
        "b.txt",
        "The mayor’s boat".encode().decode("cp1252") + " sank.\r\nA\u200b second\x00\x1b line.\u2028A third.",
    )
    first, second = load(tmp_path).articles["text"]
    assert first.startswith("The mayor’s boat “Anna” sank off")
    assert second == "The mayor’s boat sank.\n\nA second line.\n\nA third."


def test_languages_are_marked_and_short_texts_are_not_guessed(tmp_path: Path) -> None:
    page(
        tmp_path,
        "a.txt",
        "Le fleuve a débordé dans la nuit et a emporté le vieux pont que trois villages partageaient.",
    )
    page(tmp_path, "b.txt", "فاض النهر ليلا وجرف الجسر القديم الذي كانت تتقاسمه ثلاث قرى منذ قرن من الزمان تقريبا.")
    page(tmp_path, "c.txt", "No.")
    assert load(tmp_path).articles["language"].tolist()[:2] == ["fr", "ar"]
    assert pd.isna(load(tmp_path).articles["language"][2])


# --- what is rejected ----------------------------------------------------------------------------------------


def test_whatever_is_no_article_is_listed_and_never_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = page(tmp_path, "outside/secret.txt", "Not for reading. " * 9)
    root = tmp_path / "corpus"
    page(root, "a.txt", STORY)
    page(root, "README.md", "How to read these.")
    page(root, ".hidden.txt", STORY)
    page(root, ".git/config.txt", STORY)
    page(root, "photo.png", b"\x89PNG\r\n\x1a\n\x00")
    page(root, "song.mp3", b"ID3")
    page(root, "really-a-photo.txt", b"\x89PNG\r\n\x1a\n\x00\x00")
    page(root, "empty.txt", "  \n")
    page(root, "long.txt", STORY * 9)
    page(root, "folder.txt/inside.txt", STORY)
    page(root, "broken.json", "{")
    (root / "link.txt").symlink_to(outside)
    (root / "link").symlink_to(outside.parent)
    os.mkfifo(root / "pipe.txt")
    monkeypatch.chdir(root)
    with socket.socket(socket.AF_UNIX) as plug:
        plug.bind("plug.csv")
        monkeypatch.setitem(codebooks.read("cleaning")["files"], "max_bytes_page", 1000)
        corpus = load(root)
    reasons = corpus.rejected.set_index("source")["reason"].to_dict()
    assert corpus.articles["article_id"].tolist() == ["a"]
    assert {source: reason.split(":")[0] for source, reason in reasons.items()} == {
        ".git": "hidden",
        ".hidden.txt": "hidden",
        "README.md": "documentation",
        "broken.json": "broken json",
        "empty.txt": "empty",
        "folder.txt": "a folder named like a file",
        "link": "a link, not followed",
        "link.txt": "a link, not followed",
        "long.txt": "larger than 1,000 bytes",
        "photo.png": "a picture",
        "pipe.txt": "a pipe, socket or device",
        "plug.csv": "a pipe, socket or device",
        "really-a-photo.txt": "broken txt",
        "song.mp3": "not a format that holds articles",
    }
    assert corpus.rejected["remedy"].str.len().gt(0).all()


def test_bad_rows_are_rejected_alone_with_their_place(tmp_path: Path) -> None:
    good = json.dumps({"text": STORY})
    page(
        tmp_path,
        "a.jsonl",
        f'{good}\n{{"text": \n\n[1]\n{{"text": " "}}\n{{"outlet": "A", "text": null}}\n{good[:60]}"}}',
    )
    page(tmp_path, "b.csv", f'outlet,text\nA,"{STORY}"\nA,one,two\n,\nB\n')
    corpus = load(tmp_path)
    assert len(corpus.articles) == 3
    told = corpus.rejected["source"].str[0] + corpus.rejected["row"].astype(str) + " " + corpus.rejected["reason"]
    assert [line.split(":")[0] for line in told] == [
        "a2 broken line",
        "a4 a list, not an object",
        "a5 empty row",
        "a6 no text",
        "b2 3 cells under 2 column names",
        "b3 empty row",
        "b4 no text",
    ]


@pytest.mark.parametrize(
    ("name", "raw", "kind"),
    [
        ("a.txt", b"PK\x03\x04\x14\x00\x06\x00" * 20, "a Word, Excel or zip file"),
        ("a.csv", b"PK\x03\x04\x14\x00\x06\x00" * 20, "a Word, Excel or zip file"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 20, "an old Word or Excel file"),
        ("a.txt", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n" * 20, "a PDF"),
        ("a.txt", b"{\\rtf1\\ansi\\f0 " + STORY.encode() + b"\\par}", "rich text"),
    ],
)
def test_a_renamed_document_is_told_for_what_it_is(tmp_path: Path, name: str, raw: bytes, kind: str) -> None:
    page(tmp_path, name, raw)
    corpus = load(tmp_path)
    assert corpus.articles.empty
    assert corpus.rejected["reason"].tolist() == [f"{kind} under the name of a {name[1:]} file"]
    assert "save it as plain text" in corpus.rejected["remedy"][0]


def test_a_mark_left_open_in_a_table_is_told_and_swallows_no_row(tmp_path: Path) -> None:
    page(tmp_path, "a.csv", f'outlet,text\nA,{STORY[:90].replace(",", "")}\nB,"{STORY}\nC,one\nD,two\n')
    corpus = load(tmp_path)
    assert corpus.articles["outlet"].tolist() == ["A"]
    assert corpus.rejected[["source", "row"]].values.tolist() == [["a.csv", 2]]
    assert "never closes: 3 lines" in corpus.rejected["reason"][0] and "close the mark" in corpus.rejected["remedy"][0]


def test_a_table_may_name_its_delimiter_first(tmp_path: Path) -> None:
    page(tmp_path, "a.csv", f'sep=;\r\noutlet;text\r\nA;"{STORY}"\r\n')
    corpus = load(tmp_path)
    assert corpus.articles["outlet"].tolist() == ["A"] and corpus.rejected.empty


def test_what_programs_write_for_nothing_is_nothing(tmp_path: Path) -> None:
    rows = [f'nan,NaT,N/A,"{STORY}"', "A,,,nan", "A,,,-", "A,,,…", "A,,,[Removed]"]
    page(tmp_path, "a.csv", "\n".join(["outlet,date,event,text", *rows]))
    corpus = load(tmp_path)
    assert corpus.articles[["outlet", "published", "event"]].isna().all(axis=None) and len(corpus.articles) == 1
    assert corpus.rejected[["row", "reason"]].values.tolist() == [[row, "no text"] for row in (2, 3, 4, 5)]


@pytest.mark.parametrize("mark", ["\t", ";", ","])
@pytest.mark.parametrize("first", ["", "sep=;\n"])
def test_a_table_under_the_name_of_a_page_is_told(tmp_path: Path, mark: str, first: str) -> None:
    page(tmp_path, "a.txt", f'{first}"Outlet"{mark}Full text\nA{mark}"{STORY}\n\n{STORY}"\n')
    corpus = load(tmp_path)
    assert corpus.articles.empty and "a table under the name of a page" in corpus.rejected["reason"][0]
    assert corpus.rejected["remedy"].tolist() == ["let its name end in .csv or .tsv"]


@pytest.mark.parametrize(("mark", "n"), [("\t", 0), (";", 0), (";", 1)])
def test_a_table_whose_columns_nobody_knows_is_told_where_every_line_has_its_marks(
    tmp_path: Path, mark: str, n: int
) -> None:
    page(tmp_path, "b.txt", f"Story | Date | Source\nBridge lost to the flood\n{STORY}")
    lines = ["Blatt", "Inhalt", "Tag"], ["A", STORY, "1"], ["B", STORY[:90], "2"]
    page(tmp_path, "a.txt", "\n".join(mark.join(line[: 3 - n]) for line in lines))
    assert load(tmp_path).rejected["reason"].str.startswith("a table").tolist() == [True] * (1 - n)


def test_lines_above_the_names_of_the_columns_are_told(tmp_path: Path) -> None:
    table = f'outlet;date;text\nA;2020-03-01;"{STORY}"\n'
    page(tmp_path, "a.csv", f"Export, 3 May 2020\nof all articles\n\n{table}")
    page(tmp_path, "b.csv", f"sep=;\nExport;;\n{table}")
    page(tmp_path, "c.csv", f"\n;;\n{table}")
    corpus = load(tmp_path)
    assert corpus.articles["outlet"].tolist() == ["A"] and corpus.rejected["source"].tolist() == ["a.csv", "b.csv"]
    assert corpus.rejected["reason"].tolist() == [
        f"the names of its columns seem to stand in line {n}: 'outlet;date;text'" for n in (4, 3)
    ]
    assert corpus.rejected["remedy"].tolist() == ["take away the lines above them"] * 2


def test_objects_under_their_ids_and_columns_under_their_names_are_articles(tmp_path: Path) -> None:
    rows = {"one": {"outlet": "A", "text": STORY}, "two": {"id": 7, "outlet": "B", "text": STORY}}
    page(tmp_path, "a.json", json.dumps(rows))
    page(tmp_path, "b.json", json.dumps({"article": {"outlet": "C", "text": STORY}}))
    pd.DataFrame({"outlet": ["D", "E"], "text": [STORY, STORY]}).to_json(tmp_path / "c.json")
    corpus = load(tmp_path)
    assert corpus.articles["outlet"].tolist() == ["A", "B", "C", "D", "E"] and corpus.rejected.empty
    assert corpus.articles["article_id"].tolist()[:3] == ["one", "7", "article"]


def test_columns_without_a_text_are_listed(tmp_path: Path) -> None:
    page(tmp_path, "a.csv", f'Titel;Inhalt\nBridge lost;"{STORY}"\n')
    assert load(tmp_path).rejected["reason"].tolist() == ["no column that holds text among Titel, Inhalt"]


def test_the_marks_of_html_leave_a_cell_and_its_paragraphs_stay(tmp_path: Path) -> None:
    first, second = STORY.split(". ", 1)
    body = f"<div><p>{first} &amp; more.</p>\n<p><b>{second}</b><br/>At 3 < 4.</p><script>go()</script></div>"
    page(tmp_path, "a.jsonl", json.dumps({"outlet": "A", "text": body}))
    page(tmp_path, "b.txt", f"{STORY}\n\nA <p> is a mark.")
    first_text, second_text = load(tmp_path).articles["text"]
    assert first_text == f"{first} & more.\n\n{second}\n\nAt 3 < 4."
    assert "<p>" in second_text


def test_a_missing_path_is_named_and_an_empty_folder_is_an_empty_corpus(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no corpus at 'nowhere'"):
        load("nowhere")
    corpus = load(tmp_path)
    assert len(corpus.articles) == len(corpus.rejected) == len(corpus.removed) == 0
    assert {name: str(kind) for name, kind in corpus.articles.dtypes.items()} == COLUMNS
    assert corpus.label == "0 articles"


def test_the_environment_names_the_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page(tmp_path, "mine/a.txt", STORY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CORPUS", "mine")
    assert load().label == "1 article"
    monkeypatch.setenv("CORPUS", "seeds/articles")
    assert load().label.startswith(("1 article", "65 articles"))


# --- ids, order, copies --------------------------------------------------------------------------------------


def test_repeated_ids_are_resolved_and_told(tmp_path: Path) -> None:
    rows = [{"id": " 7 ", "text": STORY}, {"id": 7.0, "text": STORY.upper()}, {"id": "7", "text": STORY[:90]}]
    page(tmp_path, "a.jsonl", "\n".join(map(json.dumps, rows)))
    corpus = load(tmp_path)
    assert corpus.articles["article_id"].is_unique and corpus.articles["article_id"][0] == "7"
    assert corpus.removed.loc[corpus.removed["rule"] == "repeated id", "text"].tolist() == ["7", "7"]


def test_the_same_bytes_on_every_machine(tmp_path: Path) -> None:
    page(tmp_path, "b.csv", f'outlet,date,text\nA,4/5/2017,"{STORY}"\nA,16/5/2017,"{STORY[:90]}"\n')
    page(tmp_path, "a.txt", f"Bridge lost to the flood\n{STORY}")
    code = f"from analysis import load; c = load({str(tmp_path)!r}); print(c.articles.to_csv(), c.removed.to_csv())"
    seen = set()
    for zone, seed, locale in (("UTC", "0", "C"), ("Pacific/Auckland", "1", "C.UTF-8"), ("America/Lima", "2", "tr_TR")):
        env = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": locale, "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True)
        assert done.stderr == b""
        seen.add(done.stdout)
    assert len(seen) == 1


def test_a_copy_of_an_article_counts_once_and_is_listed(tmp_path: Path) -> None:
    page(tmp_path, "a.csv", f'outlet,date,text\nA,2020-03-01,"{STORY}"\nB,2020-03-01,"{STORY}"\n')
    page(
        tmp_path,
        "b.csv",
        f'id,outlet,date,text\n7,A,1 March 2020,"{STORY}  "\n7,A,2020-03-02,"{STORY}"\n7,A,,"{STORY}"\n',
    )
    page(tmp_path, "c.txt", f"Bridge lost to the flood\n\n{STORY}\n\nPost your comments")
    page(tmp_path, "d.txt", f"Bridge lost to the flood\n\n{STORY}\n\nPost your comments")
    page(tmp_path, "e.txt", f"---\noutlet: A\ndate: 2020-03-01\nevent: flood\n---\n{STORY} Bis.")
    page(tmp_path, "f.txt", f"---\noutlet: A\ndate: 2020-03-01\nevent: ferry\n---\n{STORY} Bis.")
    corpus = load(tmp_path)
    first = corpus.articles["article_id"][0]
    assert corpus.articles["outlet"].fillna("").tolist() == ["A", "B", "A", "", "A", "A"]
    assert corpus.rejected["source"].tolist() == ["b.csv", "b.csv", "d.txt"]
    assert corpus.rejected["row"].fillna(0).tolist() == [1, 3, 0]
    assert corpus.rejected["reason"].tolist() == [
        f"the same text and outlet as {first} (a.csv, row 1)",
        f"the same text and outlet as {first} (a.csv, row 1)",
        "the same text as c (c.txt)",
    ]
    assert corpus.rejected["remedy"].str.startswith("take one of the two away").all()
    assert set(corpus.removed["article_id"]) <= set(corpus.articles["article_id"])


def article_rows() -> st.SearchStrategy[list[dict[str, str]]]:
    """Draw small tables, some rows of which hold no text."""
    text = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
    return st.lists(st.fixed_dictionaries({"outlet": st.sampled_from(["A", "B", ""]), "text": text}), max_size=6)


@settings(derandomize=True, deadline=None, max_examples=15)
@given(tables=st.lists(article_rows(), min_size=1, max_size=4), junk=st.binary(max_size=60))
def test_nothing_is_lost_and_the_order_of_files_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, tables: list[list[dict[str, str]]], junk: bytes
) -> None:
    folders = [tmp_path_factory.mktemp("corpus") for _ in range(2)]
    names = [f"t{i}.jsonl" for i in range(len(tables))]
    for folder, order in zip(folders, (names, names[::-1]), strict=True):
        for name in order:
            rows = tables[names.index(name)]
            page(folder, name, "\n".join(map(json.dumps, rows)))
        page(folder, "junk.txt", junk)
    first, second = map(load, folders)
    filled = sum(bool(row["text"]) for rows in tables for row in rows)
    blank = sum(not row["text"] for rows in tables for row in rows) + sum(not rows for rows in tables)
    assert len(first.articles) + len(first.rejected) == filled + blank + 1
    assert first.articles["article_id"].is_unique
    pd.testing.assert_frame_equal(first.articles, second.articles)
    pd.testing.assert_frame_equal(first.rejected, second.rejected)


def test_wire_copy_points_to_the_earliest(tmp_path: Path) -> None:
    long = " ".join(f"{a} {b}" for a in WORDS for b in WORDS[:5])
    table = {
        "id": ["late", "early", "other", "short", "short too"],
        "date": ["2020-01-03", "2020-01-01", "2020-01-02", "2020-01-01", "2020-01-01"],
        "text": [
            long + " with a line of its own",
            "FLOOD (Wire) " + long,
            long[::-1],
            "A short line.",
            "A short line.",
        ],
    }
    pd.DataFrame(table).to_csv(tmp_path / "a.csv", index=False)
    articles = load(tmp_path).articles.set_index("article_id")
    assert articles.loc["late", "wire_of"] == "early"
    assert articles["wire_of"].notna().sum() == 1


def test_near_duplicates_do_not_depend_on_the_order_of_rows() -> None:
    texts = [" ".join(WORDS[i:] + WORDS[:i]) * 3 for i in range(5)] * 2
    frame = pd.DataFrame({"article_id": [f"a{i}" for i in range(10)], "published": pd.NaT, "text": texts})
    straight = near_duplicates(frame).set_index("article_id")["wire_of"]
    turned = near_duplicates(frame.iloc[::-1]).set_index("article_id")["wire_of"].reindex(straight.index)
    pd.testing.assert_series_equal(straight, turned)


def test_events_are_proposed_from_likeness_and_date() -> None:
    texts = [
        "The flood took the bridge and the ferry.",
        "A flood took away the ferry and bridge.",
        "Teachers vote on winter pay.",
        "The flood took the bridge and the ferry again.",
    ]
    days = pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-02", "2020-06-01"])
    frame = pd.DataFrame({"article_id": list("abcd"), "published": days, "title": None, "text": texts})
    found = match_events(frame)
    assert found["event"].tolist() == ["event 1", "event 1", "event 2", "event 3"]
    assert found["similarity"].notna().tolist() == [True, True, False, False]
    assert match_events(frame.iloc[:0]).empty


# --- dates ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2016-10-04T23:30:00-05:00", "2016-10-04"),
        ("20161004", "2016-10-04"),
        ("Tuesday, 4 October 2016 10:32 GMT", "2016-10-04"),
        ("Published: Oct. 4th, 2016 at 9 pm", "2016-10-04"),
        ("Wed 05 Apr 2017 at 0914", "2017-04-05"),
        ("17.05.2017", "2017-05-17"),
        ("1475539200", "2016-10-04"),
        ("4 octobre 2016", "2016-10-04"),
        ("٤ أكتوبر ٢٠١٦", "2016-10-04"),
        ("31 February 2016", None),
        ("two hours ago", None),
        ("4/5/2017", None),
        ("10 July 2017 10.15.30", "2017-07-10"),
        ("10 luglio 2017 ore 10.15.30", None),
        ("5/5/2017", "2017-05-05"),
    ],
)
def test_dates_are_read_as_they_are_pasted(written: str, day: str | None) -> None:
    value = read_dates(pd.Series([written]))[0]
    assert pd.isna(value) if day is None else value == pd.Timestamp(day)


def test_the_order_of_day_and_month_is_the_column_s() -> None:
    assert read_dates(pd.Series(["4/5/2017", "4/16/2017"]))[0] == pd.Timestamp("2017-04-05")
    assert read_dates(pd.Series(["4/5/2017", "16/4/2017"]))[0] == pd.Timestamp("2017-05-04")


def test_each_file_says_whether_its_day_or_its_month_comes_first(tmp_path: Path) -> None:
    page(
        tmp_path, "uk.csv", f'outlet,date,text\nA,5/4/2022,"{STORY}"\nA,16/4/2022,"{STORY[:90]}"\nA,17/4/2022,"x y z"\n'
    )
    page(tmp_path, "us.csv", f'outlet,date,text\nB,4/5/2022,"{STORY}!"\nB,4/16/2022,"{STORY[:80]}"\n')
    days = load(tmp_path).articles.groupby("outlet")["published"].min().dt.strftime("%d %B").tolist()
    assert days == ["05 April", "05 April"]


def test_a_whole_corpus_given_for_its_articles_is_told(tmp_path: Path) -> None:
    page(tmp_path, "a.txt", STORY)
    corpus = load(tmp_path)
    for function in (quotations, units, near_duplicates):
        with pytest.raises(TypeError, match=r"give its articles: corpus\.articles"):
            function(corpus)  # type: ignore[arg-type]


def test_a_label_before_a_date_does_no_harm() -> None:
    assert read_dates(pd.Series(["Updated: 2022-05-03T10:00:00Z"]))[0] == pd.Timestamp("2022-05-03")


def test_a_date_that_reads_both_ways_is_told(tmp_path: Path) -> None:
    pd.DataFrame({"text": [STORY], "date": ["3/5/2022"]}).to_csv(tmp_path / "a.csv", index=False)
    assert load(tmp_path).removed["rule"].tolist() == ["date that reads both ways"]


def test_what_is_no_date_is_told(tmp_path: Path) -> None:
    pd.DataFrame({"text": [STORY], "date": ["some day"]}).to_csv(tmp_path / "a.csv", index=False)
    removed = load(tmp_path).removed
    assert removed[["rule", "text"]].to_numpy().tolist() == [["unreadable date", "some day"]]


# --- the real corpora ----------------------------------------------------------------------------------------


def test_fa_kes_loads_whole(corpora: Path) -> None:
    corpus = load(corpora / "fa-kes" / "FA-KES-Dataset.csv")
    articles = corpus.articles
    assert len(articles) == 787 and len(corpus.rejected) == 17 and articles["article_id"].is_unique
    assert corpus.rejected["reason"].str.startswith("the same text and outlet as ").all()
    assert articles["outlet"].nunique() == 15 and articles["published"].notna().all()
    assert (corpus.removed["rule"] == "repeated id").sum() == 1
    assert not articles["text"].str.contains("[\x80-\x9f]").any()


@pytest.mark.parametrize(("name", "n"), [("mosul-us", 129), ("basil-dev", 180), ("narrative-frames-dev", 257)])
def test_the_other_corpora_load_whole(corpora: Path, name: str, n: int) -> None:
    corpus = load(corpora / f"{name}.jsonl")
    assert len(corpus.articles) == n and corpus.rejected.empty


def test_photographs_are_rejected_one_by_one(tmp_path: Path) -> None:
    for i in range(3):
        page(tmp_path, f"{i}.png", b"\x89PNG\r\n\x1a\n")
    corpus = load(tmp_path)
    assert corpus.articles.empty and corpus.rejected["reason"].tolist() == ["a picture"] * 3


def test_tidy_is_idempotent() -> None:
    text = "A\u00a0line — “quoted”.\r\n\r\nThe mayorâ€™s boat."
    assert reading.tidy(reading.tidy(text)) == reading.tidy(text) == "A line — “quoted”.\n\nThe mayor’s boat."


def test_a_column_of_one_repeated_id_takes_no_longer_than_it_must(tmp_path: Path) -> None:
    seconds = []
    for n in (500, 2000):
        rows = [{"article_id": "same", "_digest": f"{i:08}", "_removed": []} for i in range(n)]
        started = time.process_time()
        articles, _ = _identified(rows)
        seconds.append(time.process_time() - started)
        assert articles["article_id"].is_unique
    assert seconds[1] < 10 * max(seconds[0], 0.02), seconds


def test_a_column_that_begins_with_an_underscore_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"_id": 5, "_score": 0.5, "_row": 7, "outlet": "X", "text": "It rained."}\n')
    article = load(tmp_path / "a.jsonl").articles.iloc[0]
    assert (article["article_id"], article["_score"], article["_row (source)"]) == ("5", 0.5, 7)


@pytest.mark.parametrize("start", ["", "sep=;\r"])
def test_a_table_whose_lines_end_as_on_an_old_mac_is_read(tmp_path: Path, start: str) -> None:
    rows = "outlet;text\rX;It rained, and rained, and rained.\rY;The river rose, slowly, and took the bridge.\r"
    (tmp_path / "a.csv").write_bytes((start + rows).encode())
    assert load(tmp_path).articles["outlet"].tolist() == ["X", "Y"]


def test_a_day_with_its_hour_in_ten_figures_is_no_count_of_seconds() -> None:
    days = read_dates(pd.Series(["2017071012", "20170710123000", "1499644800"]))
    assert days.dt.strftime("%Y-%m-%d").tolist() == ["2017-07-10"] * 3


@pytest.mark.parametrize("value", ['"It rained on the town."', "7"])
def test_a_file_that_holds_one_value_is_one_rejection(tmp_path: Path, value: str) -> None:
    (tmp_path / "a.json").write_text(value)
    assert load(tmp_path).rejected["reason"].str.contains("not an object").tolist() == [True]
