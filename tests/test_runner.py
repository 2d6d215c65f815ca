"""The runner: what runs again, what is left alone, and that a failure changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

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
    assert "2 notebooks run, 0 up to date; figure files: 6 new" in capsys.readouterr().out
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


def test_a_failure_leaves_the_figures_whole_and_says_where(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main([]) == 0
    notebook(project / "notebooks" / "00-one.ipynb", figure("00-one", "changed"), "1 / 0  # the culprit", "2")
    assert run.main(["--jobs", "1"]) == 1
    told = capsys.readouterr().err
    assert "00-one.ipynb, cell 2: ZeroDivisionError: division by zero" in told
    assert "the culprit" in told
    assert (project / "figures" / "00-one.csv").read_text() == "first"
    assert [path.name for path in (project / "figures").iterdir() if path.name.startswith(".")] == []


def test_another_corpus_touches_nothing_committed(project: Path) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    (project / "mine.txt").write_text("Another article.\n")
    assert run.main(["--corpus", str(project / "mine.txt"), "--out", str(project / "there")]) == 0
    assert (project / "there" / "figures" / "00-one.csv").read_text() == "first"
    assert (project / "there" / "notebooks" / "01-two.ipynb").is_file()
    assert {path: path.read_bytes() for path in before} == before
    with pytest.raises(SystemExit, match="would overwrite"):
        run.main(["--corpus", str(project / "mine.txt"), "--out", str(project / "figures")])


def test_unknown_names_are_refused(project: Path) -> None:
    with pytest.raises(SystemExit, match="no notebook begins with '99'"):
        run.main(["99"])
    with pytest.raises(SystemExit, match="no corpus at"):
        run.main(["--corpus", str(project / "nowhere")])
