"""The explorer: every view escapes what articles say, answers its controls, and stands still without them."""

from __future__ import annotations

import json
import re
import shutil
from base64 import b64decode
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

import analysis
from analysis import explore
from analysis.text import units
from tools import run

SEED_ARTICLE = "000_fed376f3c2cfed0f.txt"
HOSTILE = 'The <script>alert("x")</script> bridge & the <img src=x onerror=alert(1)> river were liberated.'


@pytest.fixture
def articles() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "article_id": ["a", "b"],
            "outlet": ["The <b>A</b>", "B"],
            "event": ["bridge", "bridge"],
            "published": pd.to_datetime(["2020-01-01", "2020-01-02"]),
            "title": ["<h1>One</h1>", "Two"],
            "text": [HOSTILE, "The bridge was retaken. Nobody liberated the river."],
        }
    )


def test_a_search_follows_its_controls_and_escapes_everything(articles: pd.DataFrame) -> None:
    live = explore.concordance(units(articles), articles, pattern="liberat*")
    assert "2 lines in 2 articles" in live.shown.value
    assert "<mark>liberated</mark>" in live.shown.value
    assert "<script" not in live.shown.value and "<img" not in live.shown.value and "<b>" not in live.shown.value
    assert "&lt;script&gt;" in live.shown.value
    live.controls["pattern"].value = "retaken"
    assert "<p>1 line in 1 article.</p>" in live.shown.value
    live.controls["pattern"].value = ""
    assert "Type a word" in live.shown.value, "an empty pattern is told, not thrown"


def test_a_pattern_that_cannot_match_says_how_patterns_are_written(articles: pd.DataFrame) -> None:
    live = explore.concordance(units(articles), articles)
    for pattern in ("liberat*|retak*", "liberat.*", "[Ll]iberated", r"\bliberat", "^The"):
        live.controls["pattern"].value = pattern
        assert "stands for nothing in a pattern" in live.shown.value and "one after another" in live.shown.value
    live.controls["pattern"].value = "bridge*<b>river"
    assert "No line holds “bridge*&lt;b&gt;river”. The words of a phrase follow one another" in live.shown.value
    live.controls["pattern"].value = "17 March"
    assert "begins with a digit" in live.shown.value and "indicator" not in live.shown.value
    live.controls["pattern"].value = "z" * 300
    assert "z" * 70 not in live.shown.value, "a long word does not widen the page"
    live.controls["pattern"].value = "was (retaken)?"
    assert "1 line" in live.shown.value, "signs that come with pasted words are passed over"


def test_no_line_in_one_voice_or_outlet_is_told_with_those_elsewhere(articles: pd.DataFrame) -> None:
    live = explore.concordance(units(articles), articles, pattern="retaken")
    live.controls["voice"].value = "quoted"
    assert live.shown.value == "<p>No line here; 1 line in 1 article in other voices or outlets.</p>"


def test_lines_are_cut_between_words() -> None:
    text = "Officials and residents in the neighbouring provinces of the north said that the river liberated everything"
    text += " along its banks, from mountains to marshlands, within a single extraordinarily wet spring season."
    articles = pd.DataFrame({"article_id": ["a"], "outlet": [None], "text": [text]})
    line = explore.concordance(units(articles), articles, pattern="river").static
    shown = re.search(r"<summary>(.*?)<mark>river</mark>(.*?) <small>\((.*?)\)", line)
    left, right, where = shown.groups()  # type: ignore[union-attr]
    assert left == "… in the neighbouring provinces of the north said that the "
    assert right == " liberated everything along its banks, from mountains to …"
    assert where == "a, own voice", "an outlet that is not known is not called nan"
    assert explore._clipped("x" * 61) == "x" * 60 + " …"
    assert explore._clipped("x" * 60) == "x" * 60


def test_side_by_side_marks_what_only_one_says(articles: pd.DataFrame) -> None:
    live = explore.side_by_side(articles)
    assert "<mark>retaken</mark>" in live.static
    assert "<mark>bridge</mark>" not in live.static
    assert "<script" not in live.static and "<h1>" not in live.static


def test_side_by_side_leaves_plain_what_most_articles_say(articles: pd.DataFrame) -> None:
    more = pd.DataFrame({"article_id": list("cd"), "outlet": "C", "text": ["Nobody left.", "Nobody knows."]})
    assert "<mark>Nobody</mark>" in explore.side_by_side(articles).static
    assert "<mark>Nobody</mark>" not in explore.side_by_side(pd.concat([articles, more], ignore_index=True)).static


def test_each_side_says_whose_article_it_is(articles: pd.DataFrame) -> None:
    articles.loc[1, "published"] = pd.NaT
    live = explore.side_by_side(articles.assign(event="<i>bridge</i>"))
    assert "The &lt;b&gt;A&lt;/b&gt; · &lt;i&gt;bridge&lt;/i&gt; · 2020-01-01</small>" in live.static
    assert "B · &lt;i&gt;bridge&lt;/i&gt;</small></p><h3>Two</h3>" in live.static, "no date where none is known"


@pytest.fixture
def several(articles: pd.DataFrame) -> pd.DataFrame:
    """A, twice, and B tell of the bridge; A and C of the market; C of the harvest; B and D of no known event."""
    rows = [
        ("a1", "A", "bridge", "First", "The bridge fell."),
        ("a2", "A", "bridge", "Second", "The bridge stood."),
        ("b1", "B", "bridge", "Third", "The bridge swayed."),
        ("a3", "A", "market", "Fourth", "The market burned."),
        ("c1", "C", "market", "Fifth", "The market opened."),
        ("b2", "B", None, "Sixth", "Schools closed."),
        ("d1", "D", None, "Seventh", "Rain fell."),
        ("c2", "C", "harvest", "Eighth", "The harvest began."),
    ]
    table = pd.DataFrame(rows, columns=["article_id", "outlet", "event", "title", "text"]).astype("str")
    return table.assign(published=pd.Timestamp("2020-01-01"))


def test_side_by_side_offers_only_events_that_two_outlets_tell(several: pd.DataFrame) -> None:
    live = explore.side_by_side(several)
    assert live.controls["event"].options == ("bridge", "market")
    assert live.controls["left"].options == ("A", "B", "C"), "D tells no event"


def test_several_articles_of_one_outlet_are_offered_by_title(several: pd.DataFrame) -> None:
    live = explore.side_by_side(several)
    left, right = live.controls["left_article"], live.controls["right_article"]
    assert left.options == (("First", "a1"), ("Second", "a2")) and left.layout.display is None
    assert right.layout.display == "none", "one article is no choice"
    drawn: list[str] = []
    live.shown.observe(lambda change: drawn.append(change["new"]), names="value")
    left.value = "a2"
    assert "<mark>stood</mark>" in live.shown.value and "fell" not in live.shown.value
    live.controls["event"].value = "market"
    assert left.value == "a3" and "Fourth" in live.shown.value
    assert len(drawn) == 2, "refilling a control draws nothing again"
    again = explore.side_by_side(several.assign(title="Same"))
    assert [label for label, _ in again.controls["left_article"].options] == ["Same (a1)", "Same (a2)"]


def test_a_side_without_an_article_is_named_and_nothing_is_marked(several: pd.DataFrame) -> None:
    live = explore.side_by_side(several.replace({"B": "B & Co"}))
    live.controls["event"].value = "market"
    assert "B &amp; Co has no article on market." in live.shown.value
    assert "Fourth" in live.shown.value and "<mark>" not in live.shown.value
    live.controls["event"].value = "bridge"
    assert "<mark>" in live.shown.value


def test_without_shared_events_there_is_a_way_to_propose_them(several: pd.DataFrame) -> None:
    live = explore.side_by_side(several.assign(event=several["event"].where(several["outlet"].eq("A"))))
    assert "Events in this corpus: 2; told by two outlets: none." in live.static and "match_events" in live.static
    assert not live.controls
    articles = several.assign(event=None)
    assert "Events in this corpus: 0" in explore.side_by_side(articles).static
    code = unescape(re.search(r"<pre>(.*)</pre>", live.static, re.DOTALL)[1])  # type: ignore[index]
    proposed, shown = code.splitlines()
    names = {"analysis": analysis, "explore": explore, "articles": articles}
    exec(proposed, names)
    assert "<mark>" in eval(shown, names).static


def test_articles_without_an_outlet_stand_under_their_ids(several: pd.DataFrame) -> None:
    live = explore.side_by_side(several.assign(outlet=None).head(3))
    assert live.controls["left"].options == ("a1", "a2", "b1")


def test_measures_show_a_picture_and_follow_the_voice(articles: pd.DataFrame) -> None:
    seen = []
    table = pd.DataFrame({"x": [0.1, 0.2], "y": [0.3, 0.4]}, index=["a", "b"])
    live = explore.measures(articles, {"m": lambda voice: seen.append(voice) or table})
    assert 'src="data:image/png;base64,' in live.static
    live.controls["voice"].value = "both voices"
    live.controls["part"].value = "y"
    assert seen == ["own", None], "a table is made once for each voice"
    assert live.shown.value != live.static


def test_a_measure_says_what_its_axis_counts_and_how_many_articles_stand_behind_it(articles: pd.DataFrame) -> None:
    tables = {"share": lambda voice: pd.DataFrame({"x": [0.1, 0.25]}, ["a", "b"])}
    tables |= {"score": lambda voice: pd.DataFrame({"x": [-3.0, 0.25]}, ["a", "b"])}
    live = explore.measures(articles, tables, units={"share": "sentences <b>"})
    assert "sentences &lt;b&gt;. The &lt;b&gt;A&lt;/b&gt; (n = 1) 10 %; B (n = 1) 25 %" in live.static
    assert "<b>" not in live.static
    live.controls["measure"].value = "score"
    assert "mean. The &lt;b&gt;A&lt;/b&gt; (n = 1) −3; B (n = 1) 0.25" in live.shown.value


def test_parts_are_offered_by_readable_names_for_each_measure(articles: pd.DataFrame) -> None:
    one, two = pd.DataFrame({"my_x": 0.1, "z": 0.2}, ["a", "b"]), pd.DataFrame({"other": 0.5}, ["a", "b"])
    live = explore.measures(articles, {"one": lambda voice: one, "two": lambda voice: two})
    part = live.controls["part"]
    assert part.options == (("my x", "my_x"), ("z", "z"))
    drawn: list[str] = []
    live.shown.observe(lambda change: drawn.append(change["new"]), names="value")
    live.controls["measure"].value = "two"
    assert part.value == "other" and part.layout.display == "none"
    assert drawn[0] == "<p>Measuring two …</p>" and "two: other" in drawn[1] and len(drawn) == 2
    live.controls["measure"].value = "one"
    part.value = "z"
    live.controls["voice"].value = "quoted"
    assert part.value == "z" and "one: z quoted voice" in live.shown.value, "a part is kept where it is still on offer"


def test_a_part_that_is_not_to_be_used_says_so_in_grey_and_is_not_shown_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids = [f"a{i}" for i in range(40)]
    articles = pd.DataFrame({"article_id": ids, "outlet": "A", "event": ids, "text": "t", "published": pd.NaT})
    yes = [i % 2 for i in range(40)]
    codes = pd.DataFrame({"article_id": ids, "coder": "ann", "bad": [i % 3 // 2 for i in range(40)], "good": yes})
    monkeypatch.setattr(explore, "read_codes", lambda articles: codes.assign(tone=-1))
    table = pd.DataFrame({"bad": yes, "good": yes, "free": yes, "tone": yes}, ids).astype(float)
    colours: list[set[str]] = []
    forest = explore.charts.forest
    monkeypatch.setattr(
        explore.charts, "forest", lambda *a, **k: colours.append(set(k["colours"].values())) or forest(*a, **k)
    )
    live = explore.measures(articles, {"m": lambda voice: table})
    labels = ["bad (do not use)", "good (use)", "free", "tone"]
    assert [label for label, _ in live.controls["part"].options] == labels, "a code other than yes or no judges nothing"
    assert "m: good (use)" in live.static and explore.JUDGED in live.static
    assert "all grey" not in live.static, "outlets beyond the nine with a colour are grey as well"
    live.controls["part"].value = "bad"
    assert "all grey: not to be used" in live.shown.value
    live.controls["part"].value = "free"
    assert explore.UNJUDGED in live.shown.value
    assert [grey == {explore.charts.GREY} for grey in colours] == [False, True, False]


def test_what_a_measure_lacks_is_told(articles: pd.DataFrame) -> None:
    table = pd.DataFrame({"x": [0.1, 0.2]}, ["a", "b"])

    def none(voice: str | None) -> pd.DataFrame:
        raise KeyError("no article names 'isis'; named are none")

    live = explore.measures(articles, {"m": lambda voice: table, "n": none, "e": lambda voice: table * float("nan")})
    live.controls["measure"].value = "n"
    assert "no article names" in live.shown.value and live.controls["part"].options == ()
    live.controls["measure"].value = "e"
    assert "Nothing to show" in live.shown.value
    live.controls["measure"].value = "m"
    assert "m: x" in live.shown.value
    assert "no outlet is named" in explore.measures(articles.assign(outlet=None), {"m": lambda voice: table}).static
    assert "(n = 1)" in explore.measures(articles.head(1), {"m": lambda voice: table}).static


def test_of_many_outlets_those_with_the_most_articles_are_shown() -> None:
    ids = [f"a{i:02}" for i in range(41)]
    outlets = [f"Outlet {i:02}" for i in range(40)] + ["Outlet 39"]
    articles = pd.DataFrame({"article_id": ids, "outlet": outlets, "event": "e", "text": "t"})
    live = explore.measures(articles, {"m": lambda voice: pd.DataFrame({"x": 0.5}, ids)})
    assert "The 30 outlets with the most articles of 40." in live.static
    assert "Outlet 39 (n = 2)" in live.static and "Outlet 35" not in live.static


def test_a_page_without_widgets_gets_the_static_view(articles: pd.DataFrame) -> None:
    bundle, _ = explore.side_by_side(articles)._repr_mimebundle_()
    assert "<mark>" in bundle["text/html"] and "image/png" not in bundle
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_a_page_that_takes_no_picture_within_html_gets_it_beside_with_its_alternative(articles: pd.DataFrame) -> None:
    live = explore.measures(articles, {"m": lambda voice: pd.DataFrame({"x": 0.1}, ["a", "b"])})
    bundle, facts = live._repr_mimebundle_()
    assert b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert facts["image/png"]["alt"].startswith("m: x own voice, mean. The <b>A</b> (n = 1) 10 %")


def test_too_little_text_for_topics_is_told(articles: pd.DataFrame) -> None:
    assert explore.topics(articles).static.startswith("<p>")
    assert "this corpus has one" in explore.topics(articles.head(1)).static


def test_a_number_of_topics_waits_for_its_button_and_no_old_view_stands_beside_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fitted = []

    class Model:
        def __init__(self, n_topics: int) -> None:
            fitted.append(n_topics)

        def fit(self, texts: pd.Series) -> Model:
            self.topics_ = pd.DataFrame({"label": ["<i>a</i>"], "prevalence": 0.5, "stability": 0.5})
            return self

    monkeypatch.setattr(explore, "TopicModel", Model)
    live = explore.topics(pd.DataFrame({"text": [f"text {i}" for i in range(9)]}))
    assert "Prevalence: share of the articles" in live.static and "Stability:" in live.static
    assert "1 of 6 topics held still" in live.static and "<i>" not in live.static
    seen: list[str] = []
    live.shown.observe(lambda change: seen.append(change["new"]), names="value")
    live.controls["n_topics"].value = 7
    live.controls["n_topics"].value = 8
    assert fitted == [6] and seen == ["<p>Press “Fit” to see what is chosen.</p>"]
    live.button.click()
    assert fitted == [6, 8]
    assert seen[1] == "<p>Fitting 8 topics …</p>" and "1 of 8 topics" in seen[2] and not live.button.disabled
    live.controls["n_topics"].value = 6
    assert fitted == [6, 8] and live.shown.value == live.static, "what was fitted once is shown at once"


def test_the_slider_offers_no_more_topics_than_there_are_texts(articles: pd.DataFrame) -> None:
    live = explore.topics(pd.concat([articles, articles.assign(text="Rain fell on the bridge.")]))
    assert live.controls["n_topics"].max == 3 and live.controls["n_topics"].value == 3


def shown_by_the_notebook(corpus: Path, out: Path) -> list[str]:
    """Run the notebook on a corpus; returns what its four views put out: search, side by side, measures, topics."""
    assert run.main(["explore", "--corpus", str(corpus), "--out", str(out)]) == 0
    cells = json.loads((out / "notebooks" / "explore.ipynb").read_text("utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    assert not [output["text"] for output in outputs if output.get("name") == "stderr"]
    return ["".join(o["data"]["text/html"]) for o in outputs if "text/html" in o.get("data", {})]


def test_on_one_article_each_view_says_what_is_missing(root: Path, tmp_path: Path) -> None:
    search, beside, measure, topic = shown_by_the_notebook(root / "seeds" / "articles" / SEED_ARTICLE, tmp_path)
    assert "in 1 article.</p>" in search
    assert "told by two outlets: none" in beside
    assert "(n = 1)" in measure and explore.UNJUDGED in measure
    assert "this corpus has one" in topic


def test_on_pages_without_front_matter_each_view_says_what_is_missing(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for page in sorted((root / "seeds" / "articles").glob("al-nuri-mosque--*.txt"))[:3]:
        bare = re.sub(r"\A---.*?\n---\n", "", page.read_text("utf-8"), flags=re.DOTALL)
        (folder / page.name).write_text(bare, "utf-8")
    search, beside, measure, topic = shown_by_the_notebook(folder, tmp_path / "out")
    assert "<mark>" in search and "nan" not in search.split("<details>")[1].split("</summary>")[0]
    assert "Events in this corpus: 0" in beside and "match_events" in beside
    assert "no outlet is named" in measure
    assert "give more texts" in topic


def test_on_one_outlet_each_view_says_what_is_missing(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "outlet"
    folder.mkdir()
    for page in sorted((root / "seeds" / "articles").glob("*--tirazan-press.txt")):
        shutil.copy(page, folder)
    search, beside, measure, topic = shown_by_the_notebook(folder, tmp_path / "out")
    assert "Tirazan Press" in search
    assert "Events in this corpus: 8; told by two outlets: none." in beside
    assert "Tirazan Press (n = 8)" in measure
    assert topic
