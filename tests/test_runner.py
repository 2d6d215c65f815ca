"""The runner: what runs again, what is left alone, and that a failure changes nothing."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from nbclient import NotebookClient

from tools import run

DRAW = "import os, pathlib\nfolder = pathlib.Path(os.environ['VANTAGE_FIGURES'])\n"


def notebook(path: Path, *cells: str) -> None:
    """Write a notebook of code cells, with counts that some earlier run left."""
    written = [
        {"cell_type": "code", "id": f"c{i}", "metadata": {}, "source": cell, "execution_count": 9, "outputs": []}
        for i, cell in enumerate(cells)
    ]
    body = {"cells": written, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(body), "utf-8")


def figure(name: str, text: str) -> str:
    """Write the code of a cell that makes one figure of three files."""
    return DRAW + f"_ = [(folder / f'{name}.{{kind}}').write_text('{text}') for kind in ('svg', 'png', 'csv')]"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lay out a project of two notebooks in an empty folder."""
    for folder in ("notebooks", "analysis", "seeds/articles", "figures"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "analysis" / "thing.py").write_text("x = 1\n")
    (tmp_path / "requirements.lock").write_text("pandas==3\n")
    (tmp_path / "seeds" / "articles" / "a.txt").write_text("An article.\n")
    notebook(tmp_path / "notebooks" / "00-one.ipynb", "print('one')", figure("00-one", "first"))
    notebook(tmp_path / "notebooks" / "01-two.ipynb", figure("01-two", "second"))
    monkeypatch.setattr(run, "ROOT", tmp_path)
    return tmp_path


def counts(project: Path) -> list[object]:
    """Return the execution counts of the first notebook as it is on disk."""
    cells = json.loads((project / "notebooks" / "00-one.ipynb").read_text())["cells"]
    return [cell["execution_count"] for cell in cells]


def test_runs_once_then_only_what_changed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main([]) == 0
    told = capsys.readouterr().out
    assert "2 notebooks run, 0 up to date; figure files: 6 new" in told and told.count(" s, 1 figure\n") == 2
    assert (project / "figures" / "01-two.csv").read_text() == "second"
    assert counts(project) == [1, 2]

    assert run.main([]) == 0
    assert "2 notebooks up to date, nothing to run" in capsys.readouterr().out

    notebook(project / "notebooks" / "01-two.ipynb", figure("01-other", "third"))
    assert run.main([]) == 0
    assert "1 notebooks run, 1 up to date; figure files: 3 new" in capsys.readouterr().out
    assert not (project / "figures" / "01-two.csv").exists(), "a figure nobody draws any more is removed"

    for changed in ("analysis/thing.py", "seeds/articles/a.txt", "requirements.lock"):
        (project / changed).write_text("changed\n")
        assert run.main([]) == 0
        assert "2 notebooks run, 0 up to date" in capsys.readouterr().out, changed

    (project / "figures" / "00-one.png").write_text("swapped")
    assert run.main([]) == 0
    assert "1 notebooks run, 1 up to date; figure files: 0 new, 1 changed, 2 unchanged" in capsys.readouterr().out


def test_what_is_printed_slowly_is_one_output(project: Path) -> None:
    slow = "import time\nprint('one', flush=True)\ntime.sleep(0.5)\nprint('two')\ndisplay('shown')\nprint('three')"
    notebook(project / "notebooks" / "00-one.ipynb", slow)
    assert run.main(["00"]) == 0
    outputs = json.loads((project / "notebooks" / "00-one.ipynb").read_text())["cells"][0]["outputs"]
    assert ["".join(output.get("text", "")) for output in outputs] == ["one\ntwo\n", "", "three\n"]


def test_a_failure_leaves_the_figures_whole_and_says_where(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main([]) == 0
    notebook(project / "notebooks" / "00-one.ipynb", figure("00-one", "changed"), "1 / 0  # the culprit", "2")
    assert run.main(["--jobs", "1"]) == 1
    told = capsys.readouterr().err
    assert "00-one.ipynb, cell 2: ZeroDivisionError: division by zero" in told
    assert "the culprit" in told
    assert (project / "figures" / "00-one.csv").read_text() == "first"
    assert [path.name for path in (project / "figures").iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("times", [1, 2])
def test_a_kernel_that_does_not_start_is_started_again(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    whole, tries = NotebookClient.execute, iter(range(9))

    def slow(self: NotebookClient, **options: Any) -> Any:
        if next(tries) < times:
            raise RuntimeError("Kernel didn't respond in 60 seconds")
        return whole(self, **options)

    monkeypatch.setattr(NotebookClient, "execute", slow)
    assert run.main(["00", "--jobs", "1"]) == (times == 2)
    told = capsys.readouterr().err
    assert ("00-one.ipynb: its kernel did not start" in told and "--jobs 1" in told) == (times == 2)


def test_another_corpus_touches_nothing_committed(project: Path) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    (project / "mine.txt").write_text("Another article.\n")
    assert run.main(["--corpus", str(project / "mine.txt"), "--out", str(project / "there")]) == 0
    assert (project / "there" / "figures" / "00-one.csv").read_text() == "first"
    assert (project / "there" / "notebooks" / "01-two.ipynb").is_file()
    assert {path: path.read_bytes() for path in before} == before
    with pytest.raises(SystemExit, match="would overwrite"):
        run.main(["--corpus", str(project / "mine.txt"), "--out", str(project / "figures")])


def test_results_and_corpus_keep_out_of_each_other(project: Path) -> None:
    mine = project / "mine"
    for inside in (mine, mine / "figures", mine / "results" / "figures", mine / "site"):
        inside.mkdir(parents=True)
        (inside / "a.txt").write_text("Another article.\n")
    before = {path for path in project.rglob("*")}
    for out in (mine, mine / "results", mine / "." / "new"):
        with pytest.raises(SystemExit, match=r"OUT=.* lies inside the corpus"):
            run.main(["--corpus", str(mine), "--out", str(out)])
    with pytest.raises(SystemExit, match=r"lies inside the corpus.*choose .*OUT="):
        run.main(["--corpus", str(project)])
    for corpus in (mine / "figures", mine / "figures" / "a.txt", mine / "site"):
        with pytest.raises(SystemExit, match="where results are written"):
            run.main(["--corpus", str(corpus), "--out", str(mine)])
    assert {path for path in project.rglob("*")} == before
    assert run.place_for(str(mine), str(project / "there")).figures == project / "there" / "figures"
    assert run.place_for(str(mine / "a.txt"), str(mine)).figures == mine / "figures", "beside it is allowed"


def test_a_corpus_without_articles_ends_the_run_first(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = project / "mine.csv"
    table.write_text("Nr,Paper\n1,The Example\n2,The Other\n")
    (project / "empty").mkdir()
    assert run.main(["--corpus", str(table)]) == 1
    told = capsys.readouterr()
    assert f"0 articles loaded from {table}, 2 rejected:" in told.err and "as they were before" in told.err
    assert "mine.csv, row 1: no column that holds text" in told.err and "NAMES='text=" in told.err
    assert run.main(["--corpus", str(project / "empty")]) == 1
    told = capsys.readouterr()
    assert "0 articles loaded" in told.err and ".txt" in told.err and ".csv" in told.err
    assert not told.out and not (project / "out").exists(), "no notebook has run"


def test_many_rejections_are_not_all_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = project / "mine.csv"
    table.write_text("Nr,Paper\n" + "".join(f"{i},The Example\n" for i in range(40)))
    assert run.main(["--corpus", str(table)]) == 1
    told = capsys.readouterr().err
    assert "40 rejected" in told and told.count("no column that holds text") == 5 and "35 more" in told


READ = """
from analysis.corpus import load
print(load().articles["text"][0])
"""


def test_columns_with_other_names_can_be_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebook(project / "notebooks" / "00-one.ipynb", READ)
    table = project / "mine.csv"
    table.write_text("Full prose,Rag\nA man was seen at the bridge.,The Example\n")
    given = ["--corpus", str(table), "--out", str(project / "there")]
    assert run.main([*given, "--names", "text=Full prose outlet=Rag"]) == 0
    shown = (project / "there" / "notebooks" / "00-one.ipynb").read_text("utf-8")
    assert "A man was seen at the bridge." in shown
    assert run.main([*given, "--names", "outlet=Rag text=Full prose"]) == 0
    assert "nothing to run" in capsys.readouterr().out
    assert run.main([*given, "--names", "text=Full prose"]) == 0
    assert "2 notebooks run" in capsys.readouterr().out
    assert run.main([*given, "--names", "text=Prose"]) == 1
    assert "no ['Prose']; it has Full prose, Rag" in capsys.readouterr().err
    for wrong in ("text", "text=", "=Rag", "text=Full prose text=Rag", "Full prose outlet=Rag"):
        with pytest.raises(SystemExit, match="NAMES="):
            run.main([*given, "--names", wrong])
    with pytest.raises(SystemExit, match="CORPUS="):
        run.main(["--names", "text=Full prose"])


def test_codes_beside_the_folder_of_the_run_are_found_from_the_notebooks(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "codes.csv").write_text("article,coder\n")
    (project / "seeds" / "gold").mkdir()
    (project / "seeds" / "gold" / "codes.csv").write_text("article,coder\n")
    monkeypatch.chdir(project)
    monkeypatch.setenv("CODES", "codes.csv")
    notebook(project / "notebooks" / "00-one.ipynb", 'import os\nassert os.path.isfile(os.environ["CODES"])')
    assert run.main(["00"]) == 0


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_make_hands_on_what_a_shell_would_split() -> None:
    root = Path(__file__).resolve().parents[1]
    given = ["CORPUS=it's my/a b.csv", "NAMES=text=Editor's text outlet=Paper"]
    asked = subprocess.run(["make", "-n", "figures", *given], cwd=root, capture_output=True, text=True, check=False)
    line = next(line for line in asked.stdout.splitlines() if "tools.run" in line)
    assert shlex.split(line)[-4:] == ["--corpus", "it's my/a b.csv", "--names", "text=Editor's text outlet=Paper"]


def test_unknown_names_are_refused(project: Path) -> None:
    with pytest.raises(SystemExit, match="no notebook begins with '99'"):
        run.main(["99"])
    with pytest.raises(SystemExit, match="no corpus at"):
        run.main(["--corpus", str(project / "nowhere")])
