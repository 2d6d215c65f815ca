"""The review: what moved is listed with its largest change, what did not is not."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import chromium
import pytest

from tools import review, run

HOSTILE = "<img src=x onerror=alert(1)> {{ 7 * 7 }}"


def git(root: Path, *arguments: str) -> None:
    """Run git in a folder as somebody."""
    somebody = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(root), *somebody, *arguments], check=True, capture_output=True)


def notebook(root: Path, name: str, *, code: str, said: str, prose: str = "## Is there a difference?") -> None:
    """Write an executed notebook of two cells."""
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": prose},
        {
            "cell_type": "code",
            "id": "b",
            "metadata": {},
            "source": code,
            "execution_count": 1,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": said}],
        },
    ]
    body = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (root / "notebooks" / f"{name}.ipynb").write_text(json.dumps(body), "utf-8")


def figure(root: Path, name: str, data: str, picture: str) -> None:
    """Write a figure in the two forms that matter here."""
    path = root / "figures" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".csv").write_text(data, "utf-8")
    path.with_suffix(".png").write_text(picture, "utf-8")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lay out a project with one commit."""
    (tmp_path / "notebooks").mkdir()
    notebook(
        tmp_path, "01-words", code="print(finding)", said="A differs from B by 1.2 words.\nBoth were read twice.\n"
    )
    notebook(tmp_path, "02-frames", code="one = 1\nprint(one)", said="Nothing new is said here.\n")
    notebook(tmp_path, "03-still", code="x", said="It never changes at all.\n")
    figure(tmp_path, "01-words", "outlet,estimate,low\nA,1.2,0.5\nB,0.4,0.1\n", "old words")
    figure(tmp_path, "02-frames", "frame,share\nwar,0.5\n", "old frames")
    figure(tmp_path, "03-still", "n\n1\n", "old still")
    figure(tmp_path, "fa-kes/01-words", "outlet,n\nC,7\n", "old elsewhere")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "Begin")
    monkeypatch.setattr(run, "ROOT", tmp_path)
    return tmp_path


def page(project: Path) -> str:
    """Build the review against the last commit and return its page."""
    assert review.main([]) == 0
    return (project / "review" / "index.html").read_text("utf-8")


def test_nothing_changed_says_so(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = page(project)
    assert "0 figures moved, 0 findings changed, 0 notebooks changed" in capsys.readouterr().out
    assert all(part in shown for part in ("every figure are unchanged", "state is unchanged", "No notebook changed"))


def test_a_moved_figure_stands_old_beside_new(project: Path) -> None:
    figure(project, "01-words", "outlet,estimate,low\nA,1.2,0.6\nB,-0.8,0.1\n", "new words")
    figure(project, "02-frames", "frame,share\nwar,0.5\n", "only redrawn")
    figure(project, "fa-kes/01-words", "outlet,n\nC,7\nD,2\n", "new elsewhere")
    shown = page(project)
    assert "estimate of B: 0.4 → -0.8." in shown
    assert "2 of 4 numbers changed." in shown and "1 row new: 1 before, 2 now." in shown
    assert 'src="old/fa-kes/01-words.png"' in shown
    assert 'href="#figure-fa-kes-01-words"' in shown and 'href="#figure-01-words"' in shown, "the menu names each"
    assert "of another corpus" in shown, "no finding is expected of a figure whose notebook is not kept"
    assert (project / "review" / "old" / "01-words.png").read_text() == "old words"
    assert (project / "review" / "new" / "01-words.png").read_text() == "new words"
    assert "figure-02-frames" not in shown and "figure-03-still" not in shown
    assert "1 more was redrawn" in shown


def test_a_figure_that_only_gained_a_column_stands_behind_one_that_moved(project: Path) -> None:
    figure(project, "01-words", "outlet,estimate,low,n\nA,1.2,0.5,3\nB,0.4,0.1,3\n", "wider")
    figure(project, "02-frames", "frame,share\nwar,0.6\n", "moved")
    figure(project, "fa-kes/01-words", "outlet,n\nC,7\nD,7\n", "longer")
    moved, _ = review.moved_figures("HEAD")
    assert [figure.name for figure in moved] == ["fa-kes/01-words", "02-frames", "01-words"]


def test_figures_that_come_and_go(project: Path) -> None:
    figure(project, "04-fresh", "n\n1\n", "fresh")
    for kind in (".csv", ".png"):
        (project / "figures" / "03-still").with_suffix(kind).unlink()
    moved, _ = review.moved_figures("HEAD")
    assert [(figure.name, figure.state) for figure in moved] == [("03-still", "gone"), ("04-fresh", "new")]
    assert page(project).count("card missing") == 2


def test_a_finding_that_reads_differently_is_marked_word_by_word(project: Path) -> None:
    notebook(
        project, "01-words", code="print(finding)", said=f"A differs from B by 3.4 words.\nBoth were read {HOSTILE}\n"
    )
    shown = page(project)
    assert "<del>1.2</del>" in shown and "<ins>3.4</ins>" in shown and "Is there a difference?" in shown
    assert "<img src=x" not in shown and "&lt;img" in shown
    assert '<span class="badge">output</span>' in shown
    assert "1 cell put out something else: “Is there a difference?”." in shown
    assert "It never changes" not in shown


def test_source_is_told_from_output(project: Path) -> None:
    notebook(project, "02-frames", code="one = 2\nprint(one)", said="Nothing new is said here.\n")
    notebook(project, "03-still", code="y", said="It changes both ways now.\n")
    found = {notebook.name: notebook for notebook in review.changed_notebooks("HEAD")}
    assert {name: changed.state for name, changed in found.items()} == {
        "02-frames": "source",
        "03-still": "source and output",
    }
    lines = [line for line in found["02-frames"].diff if line[0] in ("add", "cut")]
    assert [(kind, line.lstrip("+- ")) for kind, line in lines] == [("cut", "one = 1"), ("add", "one = 2")]
    assert not found["02-frames"].findings
    told = [(finding.old, finding.new) for finding in found["03-still"].findings]
    assert told == [("", "<ins>It changes both ways now.</ins>"), ("<del>It never changes at all.</del>", "")]


def cell(name: str, *lines: str, **data: str) -> dict[str, object]:
    """Write an executed cell that prints lines, or puts out something else."""
    output = {"output_type": "display_data", "metadata": {}, "data": {"text/plain": "\n".join(lines), **data}}
    return {"cell_type": "code", "id": name, "source": f"show({name!r})", "execution_count": 1, "outputs": [output]}


def test_only_sentences_of_one_cell_that_say_alike_are_paired() -> None:
    first = ["46 pairs of figures exclude each other.", "A says 0.31 (95 % interval 0.1 to 0.4).", "It stays as it is."]
    now = ["No reader of these two has ever met.", "A says 1,234 (95 % interval 1.5 to 2,300).", "It stays as it is."]
    old = {"cells": [cell("a", *first), cell("b", "An old caption of it.", **{"image/png": "x"})]}
    new = {"cells": [cell("b", "A new caption of it.", **{"image/png": "y"}), cell("a", *now), cell("c", *first[:1])]}
    found = [(str(finding.old), str(finding.new)) for finding in review.changed_findings(old, new)]
    was = "A says <del>0.31</del> (95 % interval <del>0.1</del> to <del>0.4).</del>"
    reads = "A says <ins>1,234</ins> (95 % interval <ins>1.5</ins> to <ins>2,300).</ins>"
    assert found == [("", f"<ins>{now[0]}</ins>"), (was, reads)]
    for one, other in (
        ("doubted: lower in Norvane than in the rest (1).", "doubted: lower in Tirazan than in the rest (2)."),
        ("doubted: lower in Norvane than in the rest (1).", "endorsed: lower in Norvane than in the rest (2)."),
        ("“is”: lower in Norvane than in the rest (1).", "“was”: lower in Norvane than in all the rest (2)."),
    ):  # fmt: skip
        assert review.alike(one, other) == 0, "another outlet, measure or word is another finding"
    moved = {"cells": [cell("z", "A finding that only moved.") | {"source": "y"}]}
    assert review.changed_findings({"cells": [cell("a", "A finding that only moved.")]}, moved) == []
    renamed = {"cells": [cell("n", "A says 2 words now.") | {"source": "show('a')"}]}
    assert len(review.changed_findings({"cells": [cell("a", "A says 1 words now.")]}, renamed)) == 1, "by its source"


def test_a_new_execution_count_alone_is_no_change_of_output(project: Path) -> None:
    path = project / "notebooks" / "03-still.ipynb"
    path.write_text(path.read_text().replace('"execution_count": 1', '"execution_count": 9'))
    assert [changed.state for changed in review.changed_notebooks("HEAD")] == ["metadata only"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("outlet,n\nA,1\nB,100\n", "outlet,n\nB,100\nA,1\n", "The same rows in another order or form."),
        ("outlet,n\nA,1\nA,2\n", "outlet,n\nA,1\nA,3\n", "n of A: 2 → 3."),
        ("outlet,p\nA (n = 92),1\n", "outlet,p\nA (n = 91),3\n", "p of A: 1 → 3."),
        ("outlet,n,p\nA,1,\n", "outlet,n,p\nA,1,0.5\n", "p of A: missing → 0.5."),
        ("outlet,n,confirmed\nA,1,True\n", "outlet,n,confirmed\nA,1,False\n", "confirmed of A: True → False."),
        ("x,y\n1,2\n", "x,y\n1,5\n", "y of row 1: 2 → 5."),
        ("a,is,row,n\nA,ok,A,1\nB,ok,B,1\n", "a,is,row,n\nA,ok,A,2\nB,ok,B,1\n", "n of A: 1 → 2."),
        ("outlet,high\nA,2\n", "outlet,high\nA,inf\n", "high of A: 2 → inf."),
        ("outlet,n\nA,1\n", "outlet,m\nA,1\n", "Columns gone: n."),
        ("outlet,n\nA,1\nB,2\n", "outlet,n\nA,1\nC,2\nD,1\n", "1 row gone, 2 rows new: 2 before, 3 now."),
        ("outlet,n\n", "outlet,n\nA,1\n", "1 row new: 0 before, 1 now."),
        ("n\n1\n2\n", "n\n", "2 rows gone: 2 before, 0 now."),
        ("outlet,n\nA,1\n", "", "One of the two cannot be read as a table."),
    ],
)
def test_the_largest_change_in_words(old: str, new: str, told: str) -> None:
    assert review.compare(old.encode(), new.encode())[1][0] == told


def test_an_unknown_revision_and_a_failure_change_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = page(project)
    assert review.main(["--base", "no-such-thing"]) == 1
    assert "git knows no revision 'no-such-thing'" in capsys.readouterr().err
    assert review.main(["--base=--output=x"]) == 1
    (project / "notebooks" / "01-words.ipynb").write_text("{broken")
    assert review.main([]) == 1
    assert "01-words.ipynb is not a notebook that can be read" in capsys.readouterr().err
    assert (project / "review" / "index.html").read_text("utf-8") == before


def test_it_is_quiet_in_a_real_browser(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    notebook(project, "01-words", code=HOSTILE, said=f"A differs from {HOSTILE} B now.\n", prose=f"## {HOSTILE}")
    notebook(project, "03-still", code="x", said="It hardly changes at all.\n")
    page(project)
    browser = chromium.start(tmp_path_factory.mktemp("profile"))
    try:
        for width, shown in ((390, "none"), (1280, "block")):
            browser.open((project / "review" / "index.html").as_uri(), width=width)
            assert browser.run("getComputedStyle(document.querySelector('.side nav')).display") == shown
        browser.open((project / "review" / "index.html").as_uri(), width=390)
        browser.press(".button")
        browser.press(".side nav a[href='#findings']")
        assert browser.run("document.getElementById('findings').getBoundingClientRect().top < 200")
        browser.run("document.querySelector('details:has(> summary > #findings)').open = false")
        assert browser.run("document.body.innerText").count(HOSTILE) < 3
        browser.open((project / "review" / "index.html").as_uri())
        assert browser.complaints() == []
        assert all(address.startswith("file://") or address.startswith("data:") for address in browser.requests())
        assert browser.run("document.images.length") == 0
        tops = "[...document.querySelectorAll('.change:last-child .pair p')].map(p => p.getBoundingClientRect().top)"
        assert len(found := browser.run(tops)) == 2 and found[0] == found[1], "the old sentence beside the new"
        assert browser.run("document.body.innerText").count(HOSTILE) >= 3
    finally:
        browser.close()
