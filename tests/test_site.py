"""The pages: nothing in them runs or leaves the folder, text stays readable, and a failure changes nothing."""

from __future__ import annotations

import base64
import json
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import chromium
import pandas as pd
import pytest

from analysis.corpus import Corpus, load
from tools import pages, run, site


def chunk(kind: bytes, data: bytes) -> bytes:
    """Write one chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int) -> bytes:
    """Write a grey PNG."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\x55" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


PIXEL = png(8, 5)
HOSTILE = [
    "<script>document.title='taken'; window.taken = 1</script>",
    '<img src=x onerror="window.taken = 1">',
    "</title></style></p></table></main><h1 onclick=window.taken=1>out</h1>",
    "<svg onload='window.taken=1'><a href='javascript:window.taken=1'>go</a></svg>",
    "<meta http-equiv=refresh content='0;url=https://example.invalid/'><base href='https://example.invalid/'>",
    "<iframe srcdoc='<script>parent.taken=1</script>'></iframe><object data='https://example.invalid/'></object>",
    "<style>* { display: none }</style><link rel=stylesheet href=https://example.invalid/x.css>",
    "[press](javascript:window.taken=1) ![see](https://example.invalid/x.png) **bold** `code`",
    "$\\href{javascript:window.taken=1}{x}$ \\(\\unicode{x41}\\) $5 and $6 $$\\int$$",
    "{{ 7 * 7 }} {% raw %} {{ config }} ${7*7} #{7*7} <%= 7 %>",
    "&lt;script&gt;window.taken=1&lt;/script&gt; &amp; &#60;b&#62;",
    "--><!--<script>window.taken=1</script>--><![CDATA[<b>]]>",
    'quote" onmouseover="window.taken=1" x=\'',
]
CONTROLS = "bell\x07 escape\x1b[31mred nul\x00 next\x85 turned\u202eback end"
FORBIDDEN = "script,iframe,object,embed,form,base,svg,math,style,audio,video,meta[http-equiv=refresh],[style],[srcdoc]"

PICTURES = "[...document.querySelectorAll('img[src]')]"
LOADED = f"Promise.all({PICTURES}.map(i => i.decode()))"
HANDLERS = "[...document.querySelectorAll('*')].flatMap(e => [...e.attributes]).filter(a => /^on/i.test(a.name)).length"


def outputs() -> list[dict[str, Any]]:
    """Write what cells could put out about hostile articles, the careless ways among them."""
    frame = pd.DataFrame({"title": HOSTILE, "n": range(len(HOSTILE))})
    svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>window.taken=1</script></svg>"
    bundles: list[dict[str, str]] = [
        {"text/html": frame.to_html(), "text/plain": "a frame"},
        {"text/html": frame.to_html(escape=False), "text/plain": "a frame that was not escaped"},
        {"text/html": "<table><tr><td>" + "".join(HOSTILE), "text/plain": "not closed"},
        {"text/markdown": "\n\n".join(HOSTILE), "text/plain": ""},
        {"image/svg+xml": svg, "text/plain": "a drawing"},
        {"application/javascript": "window.taken = 1", "text/plain": "a program"},
        {"application/vnd.jupyter.widget-view+json": "{}", "text/plain": "Box()"},
        {"application/vnd.jupyter.widget-view+json": "{}", "text/html": "<p>A quiet line.</p>", "text/plain": "Live"},
        {"text/plain": "'No event is known.'"},
        {"image/png": base64.b64encode(PIXEL).decode() + "' onerror='window.taken=1", "text/plain": "loose"},
    ]
    shown: list[dict[str, Any]] = [{"output_type": "display_data", "metadata": {}, "data": data} for data in bundles]
    printed = "\n".join([*HOSTILE, CONTROLS])
    return [*shown, {"output_type": "stream", "name": "stdout", "text": printed}]


def notebook(path: Path, *cells: str | list[dict[str, Any]]) -> None:
    """Write an executed notebook: text is Markdown, a list is what a code cell put out."""
    written: list[dict[str, Any]] = []
    for i, cell in enumerate(cells):
        common = {"id": f"c{i}", "metadata": {}}
        if isinstance(cell, str):
            written.append({**common, "cell_type": "markdown", "source": cell})
        else:
            code = {"cell_type": "code", "source": "show(articles)  # <b>", "execution_count": i + 1, "outputs": cell}
            written.append({**common, **code})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": written, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), "utf-8")


def figure(folder: Path, name: str, caption: str, picture: bytes = PIXEL) -> dict[str, Any]:
    """Draw a figure in three forms, a small one unless told; returns the output that shows it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.png").write_bytes(picture)
    (folder / f"{name}.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder / f"{name}.csv").write_text("outlet,n\nA,1\n")
    data = {"image/png": base64.b64encode(PIXEL).decode(), "text/plain": f"{name}: {caption}\nWhat it shows."}
    return {"output_type": "execute_result", "data": data, "metadata": {"image/png": {"alt": "What it shows."}}}


def hostile_corpus() -> Corpus:
    """Make articles whose every field attacks the page."""
    texts = [*HOSTILE, CONTROLS]
    articles = pd.DataFrame(
        {
            "article_id": [f"../../{i}{text}" for i, text in enumerate(texts)],
            "outlet": texts[::-1], "event": texts, "published": pd.Timestamp("2016-10-17"), "title": texts,
            "text": [f"A quiet line.\n\n{text}\n\nThe last line." for text in texts],
            "url": "javascript:window.taken=1",
            "language": "en", "origin": "user", "wire_of": pd.NA, "n_words": 9,
        }
    )  # fmt: skip
    rejected = pd.DataFrame({"source": texts, "row": pd.NA, "reason": texts, "remedy": texts})
    removed = pd.DataFrame({"article_id": articles["article_id"], "rule": texts, "text": texts})
    return Corpus(articles, rejected, removed)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lay out a project of two notebooks, two figures and a hostile corpus."""
    (tmp_path / "seeds" / "articles").mkdir(parents=True)
    first = figure(tmp_path / "figures", "00-count", "Articles of each outlet, n = 14.")
    prose = "# What is there?\n\nOne page, then `01-words` and [the next](01-words.ipynb); $5 to $6."
    limits = "## Limits\n\nOnly a test.\n\n| left | right |\n| --- | ---: |\n| a | 1 |"
    notebook(tmp_path / "notebooks" / "00-start.ipynb", prose, [first], limits)
    attack = "# Which words?\n\n" + "\n\n".join(HOSTILE)
    notebook(tmp_path / "notebooks" / "01-words.ipynb", attack, outputs(), "## What is measured?\n\nWords.")
    (tmp_path / "seeds" / "README.md").write_text("# Data statement\n\nInvented for a test.\n")
    figure(tmp_path / "figures" / "fa-kes", "00-count", "The same elsewhere.")
    see = "See [here](https://example.org), [speed](tools/benchmarks/results/speed.md).\n"
    (tmp_path / "README.md").write_text(f"# A project\n\n## Measures and sources\n\n{see}")
    (tmp_path / "tools" / "benchmarks" / "results").mkdir(parents=True)
    (tmp_path / "tools" / "benchmarks" / "results" / "speed.md").write_text(
        "# Speed\n\n| n | s |\n| - | - |\n| 1 | 2 |"
    )
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(site, "load", lambda path, columns: hostile_corpus())
    return tmp_path


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[chromium.Browser]:
    """Start one browser for all tests."""
    opened = chromium.start(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


def words(text: str) -> str:
    """Reduce text to what a reader sees, whatever the line breaks."""
    return " ".join(text.split())


def test_every_page_is_quiet_in_a_real_browser(project: Path, browser: chromium.Browser) -> None:
    assert site.main([]) == 0
    written = sorted((project / "site").rglob("*.html"))
    assert len(written) == 2 + 5 + len(HOSTILE) + 1
    inside = (project / "site").as_uri()
    for page in written:
        browser.open(page.as_uri())
        browser.run(LOADED)  # fails where a picture does not
        assert browser.complaints() == [], page.name
        assert [r for r in browser.requests() if not r.startswith((inside, "data:"))] == [], page.name
        assert browser.run("location.href") == page.as_uri(), "no page may send its reader elsewhere"
        assert browser.run("typeof window.taken") == "undefined", page.name
        assert browser.run("document.title").endswith(" · Vantage"), page.name
        assert browser.run(f"document.querySelectorAll({FORBIDDEN!r}).length") == 0, page.name
        assert browser.run(HANDLERS) == 0, page.name
        links = browser.run("[...document.links].map(a => a.href)")
        assert {link for link in links if not link.startswith(inside)} <= {"https://example.org/"}, page.name
        assert browser.run("document.styleSheets.length") == 1
        assert browser.run("getComputedStyle(document.body).margin") == "0px", "the style is applied"


def test_hostile_text_is_shown_as_it_stands(project: Path, browser: chromium.Browser) -> None:
    assert site.main([]) == 0
    rows = {row["title"]: row for row in site.article_rows(hostile_corpus())}
    for text in HOSTILE:
        browser.open((project / "site" / rows[text]["href"]).as_uri())
        assert words(browser.run("document.querySelector('h1').textContent")) == words(text)
        story = browser.run("[...document.querySelectorAll('.story p')].map(p => p.innerText)")
        assert [words(part) for part in story] == ["A quiet line.", words(text), "The last line."]
    for name in ("corpus.html", "removed.html", "notebooks/01-words.html"):
        browser.open((project / "site" / name).as_uri())
        seen = words(browser.run("document.body.innerText"))
        assert [text for text in HOSTILE if words(text) not in seen] == [], name
    removed = (project / "site" / "removed.html").read_text("utf-8")
    assert all(f'<a href="{row["href"]}">' in removed for row in rows.values()), "each line leads to its article"
    browser.open((project / "site" / rows[CONTROLS]["href"]).as_uri())
    shown = browser.run("document.querySelector('h1').textContent")
    assert shown == "bell␇ escape␛[31mred nul␀ next⟨U+0085⟩ turned⟨U+202E⟩back end"
    assert pages.visible("lone\ud800") == "lone⟨U+D800⟩"


def test_the_policy_holds_where_cleaning_would_fail(project: Path, browser: chromium.Browser) -> None:
    assert site.main([]) == 0
    browser.open((project / "site" / "index.html").as_uri())
    browser.run("document.body.insertAdjacentHTML('beforeend', `<img src='data:,' onerror='window.taken=1'>`)")
    browser.run("document.body.insertAdjacentHTML('beforeend', `<img src='https://example.invalid/x.png'>`)")
    browser.run("document.body.append(Object.assign(document.createElement('script'), {text: 'window.taken=1'}))")
    browser.run("new Promise(done => setTimeout(done, 300))")
    assert browser.run("typeof window.taken") == "undefined"
    assert len([text for text in browser.complaints() if "Content Security Policy" in text]) >= 3


def test_one_can_walk_through_it(project: Path, browser: chromium.Browser) -> None:
    assert site.main([]) == 0
    browser.open((project / "site" / "index.html").as_uri())
    for press, heading in [
        (".cards h2 a", "What is there?"),
        (".around a[rel=next]", "Which words?"),
        (".side a[href$='figures.html']", "Figures"),
        ("figcaption a[href*='#fig-']", "What is there?"),
        (".side a[href$='corpus.html']", "What was read?"),
        ("#articles + .table a, main td a", None),
        (".side a[href$='methods.html']", "How is it measured, and where does that fail?"),
        (".side .questions a", "What is there?"),
        (".prose a[href$='01-words.html']", "Which words?"),
    ]:
        browser.press(press)
        found = browser.run("document.querySelector('h1').innerText")
        assert heading in (None, found), press
        assert browser.run("document.querySelectorAll('.side nav a').length") >= 6, "one navigation everywhere"
    for link in ("svg", "png", "csv"):
        browser.open((project / "site" / "figures.html").as_uri())
        target = browser.run(f"document.querySelector('.files a[href$={link}]').getAttribute('href')")
        assert (project / "site" / target).is_file()


@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_a_phone_and_can_be_read_there(project: Path, browser: chromium.Browser, dark: bool) -> None:
    assert site.main([]) == 0
    for name in ("index.html", "corpus.html", "figures.html", "methods.html", "notebooks/01-words.html"):
        browser.open((project / "site" / name).as_uri(), width=390, height=844, dark=dark)
        assert browser.run("document.documentElement.scrollWidth") <= 390, f"{name} scrolls sideways"
        assert browser.run("parseFloat(getComputedStyle(document.querySelector('.lead, .prose p')).fontSize)") >= 14
        shown = "getComputedStyle(document.querySelector('.side nav')).display"
        assert browser.run(shown) == "none"
        browser.press(".button")
        assert browser.run(shown) == "block"
        paper = browser.run("getComputedStyle(document.body).backgroundColor")
        assert (int(paper[4:].split(",")[0]) < 60) == dark


def test_figures_stand_with_caption_alternative_and_files(project: Path) -> None:
    assert site.main([]) == 0
    page = (project / "site" / "notebooks" / "00-start.html").read_text("utf-8")
    assert 'id="fig-00-count"' in page and 'alt="What it shows."' in page
    assert "Articles of each outlet, n = 14." in page and 'width="8" height="5"' in page
    gallery = (project / "site" / "figures.html").read_text("utf-8")
    assert gallery.count("<figure") == 2 and "10.5281/zenodo.2607278" in gallery
    for stem in ("00-count", "fa-kes/00-count"):
        assert all(f'href="figures/{stem}{kind}" download' in gallery for kind in run.KINDS)
    attack = (project / "site" / "notebooks" / "01-words.html").read_text("utf-8")
    assert "A quiet line." in attack and '<p dir="auto">No event is known.</p>' in attack
    methods = (project / "site" / "methods.html").read_text("utf-8")
    assert all(part in methods for part in ("Measures and sources", "Only a test.", "Words.", "<td>2</td>"))
    assert 'href="methods.html#result-speed"' in methods and 'id="result-speed"' in methods


def test_texts_of_others_are_announced_and_can_be_left_out(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert site.main([]) == 0
    assert "14 of 14 articles" in (told := capsys.readouterr().err) and "may need permission" in told
    assert "TEXTS=no" in told and "--no-texts" in told
    assert site.main(["--no-texts"]) == 0
    assert "Full texts are left out" in capsys.readouterr().err
    assert not (project / "site" / "articles").exists() and not (project / "site" / "removed.html").exists()
    assert not [p for p in (project / "site").rglob("*.html") if "A quiet line." in p.read_text("utf-8")]
    broken = [
        (page, link)
        for page in (project / "site").rglob("*.html")
        for link in re.findall(r'(?:href|src)="([^"#:]+)["#]', page.read_text("utf-8"))
        if not (page.parent / link).resolve().is_file()
    ]
    assert broken == []


LIVE_VIEW = """
from IPython.display import display
body = "<p>" + open("../seeds/articles/a.txt").read().replace("\\n\\n", "</p><p>") + "</p>"
kind = "application/vnd.jupyter.widget-view+json"
display({kind: {"model_id": "x"}, "text/html": f"<details>{body}</details>", "text/plain": "a live view"}, raw=True)
"""


def test_an_executed_live_view_is_left_out_with_the_texts(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    article = "\n\n".join(f"This is sentence {i}, and it says enough to be an article." for i in range(12))
    (project / "seeds" / "articles" / "a.txt").write_text(article)
    (project / "analysis").mkdir()
    (project / "requirements.lock").touch()
    for path in (project / "notebooks").iterdir():
        path.unlink()
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": LIVE_VIEW, "execution_count": 1, "outputs": []}
    body = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (project / "notebooks" / "explore.ipynb").write_text(json.dumps(body))
    monkeypatch.setattr(site, "load", load)
    assert run.main([]) == 0
    for arguments, published in [([], True), (["--no-texts"], False)]:
        assert site.main(arguments) == 0
        view = (project / "site" / "notebooks" / "explore.html").read_text("utf-8")
        assert ("This is sentence 11" in view) == published
        assert "live" in view
    for path in (project / "site").rglob("*.html"):
        assert "This is sentence 11" not in path.read_text("utf-8"), path.name


def test_whole_articles_from_an_old_run_are_refused_where_texts_are_left_out(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = hostile_corpus()
    long = "\n\n".join(f"This is sentence {i}, and it says enough to be an article." for i in range(12))
    corpus.articles.loc[0, "text"] = long
    shown = "".join(f"<p>{part}</p>" for part in long.split("\n\n"))
    old = {"output_type": "display_data", "metadata": {}, "data": {"text/html": shown, "text/plain": "a view"}}
    notebook(project / "notebooks" / "02-old.ipynb", "# What was there?", [old])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site, "load", lambda path, columns: corpus)
        assert site.main([]) == 0
        assert site.main(["--no-texts"]) == 1
    told = capsys.readouterr().err
    assert "02-old.html holds the full text of 1 article" in told and "make figures" in told


def test_a_failure_leaves_the_pages_as_they_were(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert site.main([]) == 0
    before = {path: path.read_bytes() for path in (project / "site").rglob("*") if path.is_file()}
    for error, status in [(OSError(28, "No space left on device"), 1), (KeyboardInterrupt(), 130)]:

        def fails(*_: object, problem: BaseException = error, **__: object) -> None:
            raise problem

        monkeypatch.setattr(site, "write_methods", fails)
        assert site.main([]) == status
        assert re.search("unchanged|as they were", capsys.readouterr().err)
        assert {path: path.read_bytes() for path in (project / "site").rglob("*") if path.is_file()} == before
        assert [path.name for path in project.iterdir() if path.name.startswith(".site")] == []


def test_the_same_input_gives_the_same_bytes(project: Path) -> None:
    assert site.main([]) == 0 and site.main(["--to", str(project / "again")]) == 0
    first = {p.relative_to(project / "site"): p.read_bytes() for p in (project / "site").rglob("*") if p.is_file()}
    again = {p.relative_to(project / "again"): p.read_bytes() for p in (project / "again").rglob("*") if p.is_file()}
    assert first == again


def test_it_says_what_is_wrong(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert site.main(["--to", str(project / "notebooks")]) == 1
    assert "holds something else" in capsys.readouterr().err
    (project / "notebooks" / "02-broken.ipynb").write_text("{not json")
    assert site.main([]) == 1
    assert "02-broken.ipynb is not a notebook that can be read" in capsys.readouterr().err
    for path in (project / "notebooks").iterdir():
        path.unlink()
    assert site.main([]) == 1
    assert "make figures" in capsys.readouterr().err


def test_the_data_statement_stands_with_its_own_corpus_only(project: Path, tmp_path: Path) -> None:
    assert site.main([]) == 0
    assert "Invented for a test." in (project / "site" / "corpus.html").read_text("utf-8")
    place = run.Place(tmp_path.parent / "mine" / "a.csv", project / "figures", project / "notebooks", project / "state")
    site.build(project / "site", place)
    assert "Invented for a test." not in (project / "site" / "corpus.html").read_text("utf-8")


def test_the_pages_of_a_run_stand_beside_it(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert site.main([]) == 0
    before = {path: path.read_bytes() for path in (project / "site").rglob("*") if path.is_file()}
    mine = project / "mine.txt"
    mine.write_text("An article.\n")
    for arguments, folder in [(["--out", str(project / "there")], "there"), ([], "out/mine")]:
        notebook(project / folder / "notebooks" / "00-start.ipynb", "# What is there?")
        (project / folder / "figures").mkdir()
        assert site.main(["--corpus", str(mine), *arguments]) == 0
        assert f"{folder}/site/index.html" in capsys.readouterr().out
        assert (project / folder / "site" / "index.html").is_file()
    assert {path: path.read_bytes() for path in (project / "site").rglob("*") if path.is_file()} == before
    assert site.main(["--corpus", str(mine), "--out", str(project / "nowhere")]) == 1
    assert "OUT=" in capsys.readouterr().err
    monkeypatch.setattr(site, "load", load)
    table = project / "mine.csv"
    table.write_text("Prose\nA man was seen at the bridge.\n")
    given = ["--corpus", str(table), "--out", str(project / "there")]
    assert site.main([*given, "--names", "text=Prose"]) == 0
    for names in ([], ["--names", "text=Story"]):
        assert site.main([*given, *names]) == 1
        assert "NAMES=" in capsys.readouterr().err


def test_a_figure_can_carry_its_own_caption(project: Path) -> None:
    inside = "<dc:title>Five &lt;b&gt; of nine</dc:title><dc:description>Bars.</dc:description>"
    drawing = f"<svg xmlns:dc='http://purl.org/dc/elements/1.1/'>{inside}</svg>"
    (project / "figures" / "fa-kes" / "00-count.svg").write_text(drawing)
    assert site.main([]) == 0
    shown = (project / "site" / "figures.html").read_text("utf-8")
    assert "Five &lt;b&gt; of nine" in shown and 'alt="Bars."' in shown
    elsewhere = figure(project / "unused", "00-count", "Said by its notebook.")
    notebook(project / "out" / "fa-kes" / "notebooks" / "00-start.ipynb", "# What is there?", [elsewhere])
    assert site.main([]) == 0
    assert "Said by its notebook." in (project / "site" / "figures.html").read_text("utf-8")


def test_a_picture_inside_an_output_carries_its_own_bytes_or_is_none() -> None:
    data = base64.b64encode(PIXEL).decode()
    shown = pages.output_html(f'<h3>Two</h3><img alt="Means" style="x" src="data:image/png;base64,{data}">')
    assert f'src="data:image/png;base64,{data}"' in shown and 'alt="Means"' in shown and "<h3>Two</h3>" in shown
    for address in (
        f"data:image/svg+xml;base64,{data}",
        f"data:image/png;base64,{data}#x",
        f"data:image/png;base64,{data}' onerror='x",
        f"data:image/png;charset=utf-8;base64,{data}",
        "data:text/html,<script>window.taken=1</script>",
        "https://example.invalid/x.png",
        "../x.png",
        "javascript:window.taken=1",
    ):
        assert "src" not in pages.output_html(f'<img alt="" src="{address}">'), address


def test_an_output_that_cannot_be_shown_says_so(project: Path) -> None:
    empty = {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<div><style>x</style></div>"}}
    notebook(project / "notebooks" / "02-empty.ipynb", "# What is here?", [empty])
    assert site.main([]) == 0
    assert "cannot be shown without a kernel" in (project / "site" / "notebooks" / "02-empty.html").read_text("utf-8")


def test_two_articles_stand_next_to_each_other(project: Path, browser: chromium.Browser) -> None:
    columns = "<div style='flex:1'><h3>One</h3><p>First.</p></div><div style='flex:1'><h3>Two</h3><p>Second.</p></div>"
    data = {"text/html": f"<div style='display:flex'>{columns}</div>", "text/plain": "a live view"}
    live = {"output_type": "display_data", "metadata": {"vantage": {"live": True}}, "data": data}
    notebook(project / "notebooks" / "02-live.ipynb", "# What is here?", [live])
    assert site.main([]) == 0
    tops = "[...document.querySelectorAll('.live h3')].map(e => Math.round(e.getBoundingClientRect().top))"
    for width, columns in ((1280, 1), (390, 2)):
        browser.open((project / "site" / "notebooks" / "02-live.html").as_uri(), width=width)
        assert len(set(browser.run(tops))) == columns


LONG = ["# How long is it?", *(f"## Part {i}?\n\n" + "A paragraph of some length. " * 90 for i in range(12))]
SEEN = "e => e.checkVisibility() && e.getBoundingClientRect().width > 2"


def test_wide_figures_scroll_on_phones_and_say_their_caption_where_it_is_small(
    project: Path, browser: chromium.Browser
) -> None:
    drawn = [
        figure(project / "figures", f"02-{width}", f"Caption {width}.", png(width, 40)) for width in (1200, 1360, 1920)
    ]
    notebook(project / "notebooks" / "02-wide.ipynb", "# How wide?", drawn)
    assert site.main([]) == 0
    scrolls = "[...document.querySelectorAll('.card')].map(e => e.scrollWidth > e.clientWidth)"
    captions = f"[...document.querySelectorAll('.caption')].map({SEEN})"
    address = (project / "site" / "notebooks" / "02-wide.html").as_uri()
    browser.open(address, width=390, height=844)
    assert browser.run("document.documentElement.scrollWidth") <= 390
    assert browser.run(scrolls) == [False, True, True] and browser.run(captions) == [True, True, True]
    widths = browser.run("[...document.querySelectorAll('.card img')].map(e => e.getBoundingClientRect().width)")
    assert widths[0] < 390 < 700 < widths[1] < 800 < widths[2]
    browser.call("Emulation.setEmulatedMedia", media="print")
    assert browser.run(scrolls) == [False, False, False], "paper does not scroll"
    browser.open(address)
    assert browser.run(scrolls) == [False, False, False]
    assert browser.run(captions) == [False, False, True], "a picture that is not made smaller carries its caption"
    assert "Caption 1200." in browser.run("document.querySelector('.caption').textContent"), (
        "it is read out all the same"
    )
    browser.open((project / "site" / "figures.html").as_uri())
    assert browser.run(captions) == [True] * 4, "there they are small"


def test_a_table_shows_that_it_goes_on(project: Path, browser: chromium.Browser) -> None:
    assert site.main([]) == 0
    for dark in (False, True):
        browser.open((project / "site" / "corpus.html").as_uri(), width=390, dark=dark)
        style = "getComputedStyle(document.querySelector('#articles + * + .table, #articles + .table'))"
        assert browser.run(f"{style}.backgroundAttachment") == "local, local, scroll, scroll"
        assert browser.run(f"{style}.backgroundImage").count("gradient") == 4


def test_a_near_duplicate_leads_to_its_article_by_title(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = hostile_corpus()
    corpus.articles["wire_of"] = corpus.articles["wire_of"].astype("str")
    corpus.articles.loc[1, "wire_of"] = corpus.articles.loc[9, "article_id"]
    corpus.articles.loc[9, "title"] = "The bridge & the river"
    monkeypatch.setattr(site, "load", lambda path, columns: corpus)
    assert site.main([]) == 0
    rows = site.article_rows(corpus)
    copy = next(row for row in rows if row["wire_of"])
    target = next(row["href"] for row in rows if row["article_id"] == copy["wire_of"])
    link = '<a href="{}{}">The bridge &amp; the river</a>'
    assert link.format("", target) + "</td></tr>" in (project / "site" / "corpus.html").read_text("utf-8")
    assert f"A near-duplicate of {link.format('../', target)}." in (project / "site" / copy["href"]).read_text("utf-8")
    assert site.main(["--no-texts"]) == 0
    shown = (project / "site" / "corpus.html").read_text("utf-8")
    assert ">The bridge &amp; the river</td></tr>" in shown and "articles/" not in shown


@pytest.mark.parametrize("name", ["figures", "corpus", "methods", "removed", "notebooks/01-words"])
def test_every_long_page_has_a_menu_that_leads_to_its_parts(project: Path, name: str) -> None:
    assert site.main([]) == 0
    page = (project / "site" / f"{name}.html").read_text("utf-8")
    menu = re.findall(r'href="#([^"]+)"', re.findall(r'<ul class="toc".*?</ul>', page, re.DOTALL)[0])
    assert menu and set(menu) <= set(re.findall(r' id="([^"]+)"', page))


def test_a_table_is_written_for_readers() -> None:
    frame = pd.DataFrame({"human_interest": [1, 2], "p_nowire": [3, 4], "A_b": ["so_called", "x"]}, index=[756, 12])
    heads = re.findall("<th[^>]*>(.*?)</th>", pages.output_html(frame.to_html()))
    assert heads == ["human interest", "p without wire copy", "A_b"], "the numbers of the rows tell nothing"
    assert "so_called" in pages.output_html(frame.to_html()), "what a cell says stays"
    assert "756" in pages.output_html(frame.rename_axis("year").to_html()), "a column with a name means something"
    assert "756" in pages.output_html(frame.set_axis(["756", "b"]).to_html())


def test_a_number_keeps_its_per_cent_sign() -> None:
    assert "a 95&nbsp;% interval" in pages.markdown("a 95 % interval")
    assert "<code>5 % 2</code>" in pages.markdown("`5 % 2`")
    said = site.show({"output_type": "stream", "text": "It is 31 % of them."}, {})
    assert said == {"kind": "sentences", "text": "It is 31\u00a0% of them."}


def test_one_finds_the_way_on_a_long_page(project: Path, browser: chromium.Browser) -> None:
    notebook(project / "notebooks" / "02-long.ipynb", *LONG, "## Menu\n\n## Content\n\n## Close\n\n## Questions")
    assert site.main([]) == 0
    address = (project / "site" / "notebooks" / "02-long.html").as_uri()
    top = "document.querySelector('{}').getBoundingClientRect().top"
    browser.open(address, width=1280, height=680)
    assert browser.run(top.format(".toc li:nth-child(12) a")) < 640, "every section is in sight"
    ids = browser.run("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(set(ids)) == len(ids), "no heading takes the place of a part of the frame"
    reached = f"[...document.querySelectorAll('.button')].filter({SEEN}).length"
    assert browser.run(reached) == 0, "nothing to tab to that cannot be seen"
    browser.open(address, width=390, height=844)
    browser.run("document.documentElement.style.scrollBehavior = 'auto'")
    browser.run("window.scrollTo(0, 5000)")
    assert browser.run(top.format(".button")) > 0, "the menu is in reach wherever one is"
    browser.press(".button[href='#site-menu']")
    assert browser.run("scrollY") == 5000
    assert browser.run("getComputedStyle(document.querySelector('.side nav')).display") == "block"
    browser.press(".button[href='#site-close']")
    assert browser.run("scrollY") == 5000
    assert browser.run("getComputedStyle(document.querySelector('.side nav')).display") == "none"
    browser.press(".button[href='#site-menu']")
    browser.press(".toc li:nth-child(7) a")
    assert browser.run("getComputedStyle(document.querySelector('.side nav')).display") == "none"
    assert browser.run("document.querySelector('.side').offsetHeight") < browser.run(top.format("#part-6")) < 200


def test_paper_holds_every_column_in_dark_on_light(project: Path, browser: chromium.Browser) -> None:
    frame = pd.DataFrame({f"Ashkelume Observer and others, {i}": [i] for i in range(10)})
    wide = {"output_type": "display_data", "metadata": {}, "data": {"text/html": frame.to_html()}}
    text = {"output_type": "stream", "name": "stdout", "text": "one  two  " + "and so on " * 40}
    notebook(project / "notebooks" / "02-wide.ipynb", "# How wide?", [wide, text])
    assert site.main([]) == 0
    address = (project / "site" / "notebooks" / "02-wide.html").as_uri()
    browser.open(address, width=690, dark=True)
    dark = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.call("Emulation.setEmulatedMedia", media="print", features=dark)
    cut = "e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1"
    assert browser.run(f"[...document.querySelectorAll('main *')].filter({cut}).length") == 0
    assert max(map(int, re.findall(r"\d+", browser.run("getComputedStyle(document.body).color")))) < 60
    assert browser.run("getComputedStyle(document.querySelector('td')).overflowWrap") == "break-word"
    browser.call("Emulation.setEmulatedMedia", media="")


def test_the_front_page_answers_and_says_whose_articles_these_are(project: Path) -> None:
    said = ["65 articles; 2 of 24 <b> of them are confirmed.", "“are listed”: 3 more are confirmed; 9 mentions."]
    for lines, answer in [(said, "2 of 24 &lt;b&gt; of them are confirmed."), (said[1:], None)]:
        output = {"output_type": "stream", "name": "stdout", "text": "\n".join(lines)}
        notebook(project / "notebooks" / "02-said.ipynb", "# So?\n\n## In short: how?", [output], "## Why?", [output])
        assert site.main([]) == 0
        index = (project / "site" / "index.html").read_text("utf-8")
        wanted = [("notebooks/02-said.html#in-short-how", answer)] if answer else []
        assert re.findall(r'class="answer" dir="auto">In short: <a href="(.*?)">(.*?)</a></p>', index) == wanted
    assert "invented" not in index and "do not exist" not in index
    corpus = hostile_corpus()
    corpus.articles.loc[:2, "origin"] = "constructed"
    assert site.invented(corpus).startswith("3 of 14 articles were written for this project in the name")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site, "load", lambda path, columns: corpus)
        assert site.main([]) == 0
    for name in ("index.html", "corpus.html", "figures.html", "notebooks/02-said.html"):
        assert site.invented(corpus) in (project / "site" / name).read_text("utf-8"), name


def test_every_committed_notebook_that_compares_answers_in_short(root: Path) -> None:
    for page in (found := site.read_pages(root / "notebooks")):
        site.compose(page, found, [])
        assert page.answer or page.name == "explore", page.name


@pytest.mark.parametrize("width", [700, 1280])
def test_a_card_stands_beside_its_picture_where_there_is_room(
    project: Path, browser: chromium.Browser, width: int
) -> None:
    assert site.main([]) == 0
    browser.open((project / "site" / "index.html").as_uri(), width=width)
    edge = "document.querySelector('.cards li {}').getBoundingClientRect().{}"
    assert browser.run(edge.format("h2", "left")) > browser.run(edge.format(".thumb", "right"))


def test_code_is_folded_until_it_is_asked_for(project: Path, browser: chromium.Browser) -> None:
    assert site.main([]) == 0
    address = (project / "site" / "notebooks" / "00-start.html").as_uri()
    codes = f"[...document.querySelectorAll('.code')].filter({SEEN}).length"
    for width in (1280, 390):
        browser.open(address, width=width)
        assert browser.run(codes) == 0
        browser.run("document.querySelector('.codes input').click()")
        assert browser.run(codes) == 1
        assert browser.run("document.querySelector('.code').tabIndex") == -1, "it does not scroll: no stop for the key"


def test_a_card_shows_the_differences_or_the_first_figure_or_none(project: Path) -> None:
    folder = project / "figures"
    shown = [figure(folder, name, "A caption.") for name in ("02-coverage", "02-effects", "02-differences")]
    notebook(project / "notebooks" / "02-more.ipynb", "# What differs?", shown)
    notebook(project / "notebooks" / "explore.ipynb", "# What else?")
    assert site.main([]) == 0
    index = (project / "site" / "index.html").read_text("utf-8")
    assert re.findall(r'<img src="(.*?)"', index) == ["figures/00-count.png", "figures/02-effects.png"]
    assert index.count('class="thumb"') == 2 and "·</span> <a" not in index


def contrast(one: str, other: str) -> float:
    """Measure the contrast of two colours as WCAG does."""
    light = []
    for colour in (one, other):
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        light.append(0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
    return max(light) / min(light)


@pytest.mark.parametrize("dark", [False, True])
def test_small_text_has_contrast(project: Path, browser: chromium.Browser, dark: bool) -> None:
    assert site.main([]) == 0
    browser.open((project / "site" / "notebooks" / "00-start.html").as_uri(), dark=dark)
    for text, paper in [
        (".c1", ".code"), (".side a[aria-current] .number", ".side a[aria-current]"), (".eyebrow", "body"),
        (".files .name", "body"),
    ]:  # fmt: skip
        style = f"getComputedStyle(document.querySelector({text!r}))"
        back = browser.run(f"getComputedStyle(document.querySelector({paper!r})).backgroundColor")
        assert contrast(browser.run(f"{style}.color"), back) >= 4.5, text
        assert browser.run(f"{style}.opacity") == "1", text


def test_every_table_has_a_name_of_its_own(project: Path) -> None:
    table = {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<table><tr><td>1</td></tr></table>"}}
    cells = ["# Which & why?", [table], "## How *many*?\n\nSome.", [table, table], "### Less", [table]]
    notebook(project / "notebooks" / "02-tables.ipynb", *cells)
    assert site.main([]) == 0
    page = (project / "site" / "notebooks" / "02-tables.html").read_text("utf-8")
    found = re.findall(r'role="region" aria-label="(.*?)"', page)
    assert found == ["Which &amp; why?", "How many?", "How many?, 2", "Less"]


def test_tables_keep_their_shape_and_say_what_heads_what() -> None:
    frame = pd.DataFrame({"outlet": ["A", "B"], "n": [1, 2.5]}).set_index("outlet")
    shown = pages.output_html(frame.to_html())
    assert shown.count('scope="row"') == 2 and shown.count('scope="col"') == 2
    assert '<td class="num">2.5</td>' in shown and "style" not in shown and "border" not in shown


def test_the_name_of_an_index_stands_in_the_one_row_of_heads() -> None:
    frame = pd.DataFrame({"outlet": ["A", "B"], "voice": ["own", "own"], "n": [1, 2]})
    for table, heads in [
        (frame.set_index(["outlet", "voice"]), ["outlet", "voice", "n"]),
        (frame.set_index("outlet"), ["outlet", "voice", "n"]),
        (frame, ["outlet", "voice", "n"]),
        (frame.pivot(index="outlet", columns="voice", values="n"), ["voice", "own", "outlet", ""]),
        (frame.pivot(index="outlet", columns="voice", values=["n"]), ["", "n", "voice", "own", "outlet", ""]),
    ]:
        head = pages.output_html(table.to_html()).split("</thead>")[0]
        assert re.findall("<th[^>]*>(.*?)</th>", head) == heads


def test_what_the_key_stops_at_has_a_name(project: Path, browser: chromium.Browser) -> None:
    assert site.main([]) == 0
    article = next((project / "site" / "articles").glob("*.html")).relative_to(project / "site").as_posix()
    for name in ("corpus.html", "methods.html", "notebooks/00-start.html", "notebooks/01-words.html", article):
        browser.open((project / "site" / name).as_uri())
        labelled = "e => (document.getElementById(e.getAttribute('aria-labelledby')) || {}).textContent"
        nameless = f"e => !(e.ariaLabel || ({labelled})(e)) || !e.role"
        assert browser.run("document.querySelectorAll('.table').length") > 0, name
        assert browser.run(f"[...document.querySelectorAll('.table[tabindex]')].filter({nameless}).length") == 0, name


def test_markdown_anchors_are_unique_and_links_lead_somewhere() -> None:
    written = pages.markdown(
        "# Why?\n\n## Why?\n\n[a](elsewhere.md) [b](javascript:x) [c](#why)", link=lambda u: u if u[0] == "#" else None
    )
    assert 'id="why"' in written and 'id="why-2"' in written
    assert written.count("<a ") == 1 and "elsewhere" not in written and "javascript" not in written
