"""What a notebook must be to be committed: short cells, more prose than code, outputs of one fresh run."""

from __future__ import annotations

import ast
import base64
import json
import re
import statistics
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ARGUMENTS = [path for path in NOTEBOOKS if path.stem != "explore"]  # explore is live: exempt from rules 9 and 11
STRUCTURAL = re.compile(
    r"^(limits|what to try next|the short answer|what is measured|before you read|sources|in short)", re.I
)
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
each_argument = pytest.mark.parametrize("path", ARGUMENTS, ids=lambda path: path.stem)


@cache
def cells(path: Path) -> list[dict[str, Any]]:
    """Read the cells of a notebook, each source as one string."""
    return [cell | {"source": "".join(cell["source"])} for cell in json.loads(path.read_text("utf-8"))["cells"]]


def code(path: Path) -> list[dict[str, Any]]:
    """Return the code cells of a notebook."""
    return [cell for cell in cells(path) if cell["cell_type"] == "code"]


def prose(path: Path) -> str:
    """Return all the Markdown of a notebook."""
    return "\n\n".join(cell["source"] for cell in cells(path) if cell["cell_type"] == "markdown")


def lines(source: str) -> int:
    """Count the lines of a cell that are not blank."""
    return sum(bool(line.strip()) for line in source.splitlines())


def pictures(path: Path) -> list[tuple[dict[str, Any], str]]:
    """List the PNG outputs of a notebook, each with the source of its cell."""
    return [
        (out, cell["source"]) for cell in code(path) for out in cell["outputs"] if "image/png" in out.get("data", {})
    ]


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@each_argument
def test_code_is_short_and_prose_leads(path: Path) -> None:
    sizes = [lines(cell["source"]) for cell in code(path)]
    assert statistics.median(sizes) <= 3, f"median of {statistics.median(sizes)} lines"
    assert max(sizes) <= 15
    assert len(cells(path)) <= 50
    kinds = "".join(cell["cell_type"][0] for cell in cells(path))
    assert "ccc" not in kinds, "three code cells run on without a word between them"
    assert kinds.startswith("m"), "begin with the question"
    words_of_code = sum(len(cell["source"].split()) for cell in code(path))
    assert len(prose(path).split()) >= words_of_code


@each_argument
def test_no_function_is_defined(path: Path) -> None:
    for cell in code(path):
        assert not [n for n in ast.walk(ast.parse(cell["source"])) if isinstance(n, ast.FunctionDef | ast.ClassDef)]


@each_argument
def test_headings_ask(path: Path) -> None:
    headings = re.findall(r"^#{1,6} +(.+?)\s*$", prose(path), flags=re.M)
    assert headings
    for heading in headings:
        assert heading.endswith("?") or STRUCTURAL.match(heading), f"heading asserts: {heading}"


@each_argument
def test_no_outlet_and_no_finding_is_typed_into_prose(path: Path) -> None:
    import analysis

    text = prose(path)
    for outlet in analysis.load(ROOT / "seeds" / "articles").articles["outlet"].dropna().unique():
        assert outlet not in text, f"the outlet {outlet!r} is typed into Markdown: change the corpus and it is wrong"
    typed = re.findall(r"\b\d[\d,.]*\s*(?:%|per ?cent|percentage points|articles|outlets|sentences|paragraphs)\b", text)
    assert not typed, f"a number that the corpus decides is typed into Markdown: {typed}"


@each
def test_outputs_come_from_one_fresh_run(path: Path) -> None:
    counts = [cell["execution_count"] for cell in code(path) if cell["source"].strip()]
    assert counts == list(range(1, len(counts) + 1)), "run it from a fresh kernel: make figures"
    for cell in code(path):
        for output in cell["outputs"]:
            assert output["output_type"] != "error", cell["source"]
            assert output.get("name") != "stderr", output.get("text")
    assert path.stat().st_size < 1_000_000
    assert any(cell["outputs"] for cell in code(path)), "stripped of its outputs"


@each
def test_every_cell_that_ends_in_a_value_shows_it(path: Path) -> None:
    for cell in code(path):
        last = ast.parse(cell["source"]).body[-1]
        printing = "print(" in cell["source"]
        call = isinstance(last, ast.Expr) and isinstance(last.value, ast.Call)
        silent = call and getattr(last.value.func, "attr", "") in {"use"}  # type: ignore[attr-defined]
        if printing or (isinstance(last, ast.Expr) and not silent and not cell["source"].rstrip().endswith(";")):
            assert cell["outputs"], f"no output under: {cell['source']}"


@each_argument
def test_the_pictures_shown_are_the_figures_saved(path: Path) -> None:
    saved = {png.read_bytes(): png.stem for png in (ROOT / "figures").glob(f"{path.stem.split('-')[0]}-*.png")}
    shown = [base64.b64decode("".join(out["data"]["image/png"])) for out, _ in pictures(path)]
    assert all(picture in saved for picture in shown), "a picture in the notebook is not the figure on disk"
    assert set(saved) == set(shown), "a figure on disk is not shown in the notebook"
    for out, source in pictures(path):
        assert len(out["metadata"]["image/png"]["alt"]) > 30, f"no alternative text: {source}"
