"""Every notebook on corpora that lack something: one article, pages without front matter, outlets without events."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tools import run

ROOT = Path(__file__).resolve().parents[1]
ARTICLES = ROOT / "seeds" / "articles"
SEED = ARTICLES / "000_fed376f3c2cfed0f.txt"
ELSEWHERE = {
    (
        "Ferry Post",
        "flood",
    ): "The river rose over night and the old bridge was closed. Some 200 people live on the island.",
    ("Quay Gazette", "flood"): "The island was cut off. About 350 people need boats, and the council named no day.",
    ("Ferry Post", "hall"): "The new hall opened on Friday. It cost 2 million pounds, and the parents paid a part.",
    ("Quay Gazette", "hall"): "A hall was opened. “It is too small,” said a teacher, who counts 400 pupils.",
}
"""Constructed articles of two invented outlets on two events, not about a war: outlet and event to text."""


def outputs(corpus: Path, out: Path) -> list[dict[str, Any]]:
    """Run every notebook on a corpus; returns what their cells put out."""
    assert run.main(["--corpus", str(corpus), "--out", str(out), "--jobs", "2"]) == 0
    made = sorted((out / "notebooks").glob("*.ipynb"))
    assert [path.name for path in made] == sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
    cells = [cell for path in made for cell in json.loads(path.read_text("utf-8"))["cells"]]
    return [output for cell in cells for output in cell.get("outputs", [])]


def quiet(shown: list[dict[str, Any]]) -> bool:
    """Say whether no cell warned."""
    return not [output["text"] for output in shown if output.get("name") == "stderr"]


def test_only_where_there_are_two_outlets_one_stands_for_both() -> None:
    notebook = json.loads((ROOT / "notebooks" / "02-words.ipynb").read_text("utf-8"))
    lines = [line for cell in notebook["cells"] if cell["cell_type"] == "code" for line in cell["source"]]
    once = eval(next(line for line in lines if line.startswith("once =")).removeprefix("once ="))
    words = pd.DataFrame({"outlet": ["Ferry Post", "Hill Echo", "Tide"], "confirmed": [False, False, True]})
    confirmed, two = words[words["confirmed"]], words.tail(2)
    assert len(once(words)) == 3 and len(once(two)) == 1
    assert len(once(confirmed, words)) == 1 and len(once(confirmed, two)) == 0
    assert not any("once(confirmed)" in line or "once(tested)" in line for line in lines)


def test_one_pasted_article(tmp_path: Path) -> None:
    assert quiet(outputs(SEED, tmp_path))
    assert (tmp_path / "figures" / "07-one.csv").is_file()


def test_three_pasted_pages_without_front_matter(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for page in sorted(ARTICLES.glob("al-nuri-mosque--*.txt"))[:3]:
        bare = re.sub(r"\A---.*?\n---\n", "", page.read_text("utf-8"), flags=re.DOTALL)
        (folder / page.name).write_text(bare, "utf-8")
    shown = outputs(folder, tmp_path / "out")
    assert quiet(shown)
    assert any("No event is known" in "".join(output.get("text", "")) for output in shown)


def test_two_outlets_that_speak_of_no_war(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for number, ((outlet, event), text) in enumerate(ELSEWHERE.items()):
        front = f"outlet: {outlet}\npublished: 2021-03-0{number + 1}\nevent: {event}\nconstructed: true"
        (folder / f"{number}.txt").write_text(f"---\n{front}\n---\nThe {event}\n\n{text}\n", "utf-8")
    shown = outputs(folder, tmp_path / "out")
    assert quiet(shown)
    printed = "".join("".join(output.get("text", "")) for output in shown)
    assert "nothing is compared" in printed and "higher in" not in printed


@pytest.mark.parametrize("name", ["fa-kes/FA-KES-Dataset.csv", "mosul-us.jsonl", "basil-dev.jsonl"])
def test_real_corpora(corpora: Path, name: str, tmp_path: Path) -> None:
    assert quiet(outputs(corpora / name, tmp_path))
    assert (tmp_path / "figures" / "01-outlets.csv").is_file()
