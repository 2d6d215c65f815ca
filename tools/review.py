"""Show on one page what changed since a revision: figures that moved, findings that read differently, notebooks.

    python -m tools.review                     # against the last commit
    python -m tools.review --base HEAD~1       # against any revision that git knows

A figure is listed when its CSV differs: one that was only redrawn is not.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup, escape

from tools import run
from tools.pages import TEMPLATES, PageError, plain, render, replaced, size, visible, written

SUBJECT = re.compile(r"^[^:]+:|“[^”]*”|\b[A-Z]\w+")
COUNTED = r" \(n = [\d,]+\)"
ALIKE = 0.5  # of the words of two sentences, numbers aside: above, one is shown as the other changed


@dataclass(frozen=True)
class Moved:
    """A figure whose data changed."""

    name: str
    state: str
    told: list[str]
    size: float


@dataclass(frozen=True)
class Sentence:
    """A finding that reads differently; one side is empty where it is new or gone."""

    heading: str
    old: Markup
    new: Markup


@dataclass(frozen=True)
class Line:
    """A sentence that a notebook puts out: from which cell, and under which heading."""

    cell: str
    heading: str
    text: str


@dataclass(frozen=True)
class Changed:
    """A notebook that changed: in what, under which headings its cells put out something else, and what it says now."""

    name: str
    state: str
    cells: list[str]
    diff: list[tuple[str, str]]
    findings: list[Sentence]


def git(*arguments: str) -> bytes:
    """Ask git something about the project."""
    try:
        asked = subprocess.run(["git", "-C", str(run.ROOT), *arguments], capture_output=True, check=True)
    except FileNotFoundError:
        raise PageError("git is not installed: the review compares with a revision that git keeps") from None
    except subprocess.CalledProcessError as error:
        raise PageError(f"git: {error.stderr.decode('utf-8', 'replace').strip() or 'no answer'}") from None
    return asked.stdout


def revision(name: str) -> str:
    """Turn the name of a revision into its hash."""
    try:
        return git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").decode().strip()
    except PageError as error:
        if "not installed" in str(error):
            raise
        advice = "give a commit, a branch or HEAD~1 (BASE= or --base)"
        raise PageError(f"git knows no revision {name!r} here: {advice}") from None


def before(base: str, folder: str, ending: str) -> dict[str, bytes]:
    """Read the files of a folder as they were at a revision, by their path from the root."""
    names = git("ls-tree", "-r", "-z", "--name-only", "--full-tree", base, "--", folder).decode().split("\0")
    return {name: git("show", f"{base}:{name}") for name in names if name.endswith(ending)}


def now(folder: str, ending: str) -> dict[str, bytes]:
    """Read the files of a folder as they are in the working folder, by their path from the root."""
    found = sorted((run.ROOT / folder).rglob(f"*{ending}"))
    visible_ones = [
        path for path in found if not any(part.startswith(".") for part in path.relative_to(run.ROOT).parts)
    ]
    return {path.relative_to(run.ROOT).as_posix(): path.read_bytes() for path in visible_ones}


def table(data: bytes) -> pd.DataFrame | None:
    """Read a figure's CSV, or nothing if it is none."""
    try:
        return pd.read_csv(io.BytesIO(data)).rename(columns=str)
    except (ValueError, pd.errors.ParserError, UnicodeDecodeError):
        return None


def keyed(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Index a frame by what its rows are called, their counts aside, and repeated names by their order."""
    names = frame[keys].astype("str").fillna("").replace(COUNTED, "", regex=True)
    called = [", ".join(dict.fromkeys(row)) for row in names.to_numpy()]
    called = called if keys else [f"row {i + 1}" for i in range(len(frame))]
    order = pd.Series(called, dtype="str").groupby(called).cumcount()
    return frame.set_index(pd.MultiIndex.from_arrays([called, order.to_list()]))


def compare(old: bytes, new: bytes) -> tuple[float, list[str]]:
    """Say what changed between two versions of a figure's CSV, the largest change of a number first.

    Parameters
    ----------
    old, new : bytes
        The two files. Rows are matched by their columns of text.

    Returns
    -------
    float
        The largest change as a share of the largest value of its column; infinite where only rows came or went, zero
        where every number of before is there still.
    list of str
        Sentences that say it.

    Examples
    --------
    >>> compare(b"outlet,n\\nA,1\\nB,4\\n", b"outlet,n\\nA,3\\nB,4\\n")
    (0.5, ['n of A: 1 → 3.', '1 of 2 numbers changed.'])
    """
    first, second = table(old), table(new)
    if first is None or second is None:
        return np.inf, ["One of the two cannot be read as a table."]
    told = [f"Columns gone: {', '.join(gone)}." for gone in [[str(c) for c in first if c not in second]] if gone]
    told += [f"Columns new: {', '.join(added)}." for added in [[str(c) for c in second if c not in first]] if added]
    shared = [str(c) for c in first if c in second]
    numbers = [c for c in shared if all(pd.api.types.is_numeric_dtype(f[c]) for f in (first, second))]
    keys = [c for c in shared if c not in numbers]
    keys = [c for c in keys if pd.concat([first[c], second[c]]).nunique(dropna=False) > 1] or keys[:1]  # no status
    first, second = keyed(first, keys), keyed(second, keys)
    both = first.index.intersection(second.index, sort=False)
    counts = {"gone": len(first) - len(both), "new": len(second) - len(both)}
    rows = ", ".join(f"{n} row{'' if n == 1 else 's'} {word}" for word, n in counts.items() if n)
    told += [f"{rows}: {len(first)} before, {len(second)} now."] if rows else []
    share, sentences = largest(first.loc[both, numbers], second.loc[both, numbers])
    if share or not told:
        return share, [*sentences, *told] or ["The same rows in another order or form."]
    return (np.inf if rows else 0.0), told


def largest(old: pd.DataFrame, new: pd.DataFrame) -> tuple[float, list[str]]:
    """Find the number that changed most, measured against the largest of its column; count those that changed."""
    if old.empty:
        return 0.0, []
    a, b = old.to_numpy(dtype=float), new.to_numpy(dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.abs(np.where(np.isfinite(np.stack([a, b])), np.stack([a, b]), 0))
        scale = values.max(axis=(0, 1))
        change = np.abs(b - a) / np.where(scale > 0, scale, 1)
    change = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0, np.nan_to_num(change, nan=1, posinf=1))
    if not change.any():
        return 0.0, []
    row, column = np.unravel_index(int(change.argmax()), change.shape)
    was, is_now = old.iat[int(row), int(column)], new.iat[int(row), int(column)]
    name = " ".join(str(old.index[int(row)][0]).split())
    most = f"{old.columns[int(column)]} of {name}: {number(was)} → {number(is_now)}."
    return float(change[row, column]), [most, f"{np.count_nonzero(change)} of {change.size} numbers changed."]


def number(value: Any) -> str:
    """Write a value as a reader wants it."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    return "missing" if pd.isna(value) else f"{value:.4g}" if abs(value) < 10000 else f"{value:,.0f}"


def moved_figures(base: str) -> tuple[list[Moved], int]:
    """List the figures whose CSV differs, the largest change first, new and gone ones last; count the redrawn."""
    old, new = before(base, "figures", ".csv"), now("figures", ".csv")
    moved = []
    for path in sorted(old | new):
        name = path.removeprefix("figures/").removesuffix(".csv")
        if path not in old or path not in new:
            moved.append(Moved(name, "new" if path in new else "gone", [], np.inf))
        elif old[path] != new[path]:
            share, told = compare(old[path], new[path])
            moved.append(Moved(name, "moved", told, share))
    same = {path.removesuffix(".csv") for path in old if old[path] == new.get(path)}
    was, drawn = before(base, "figures", ".png"), now("figures", ".png")
    redrawn = sum(was.get(f"{stem}.png") != drawn.get(f"{stem}.png") for stem in same)
    return sorted(moved, key=lambda figure: (figure.state != "moved", -figure.size, figure.name)), redrawn


def headed(notebook: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each code cell after the heading under which it stands."""
    heading = ""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            found = re.findall(r"^#+ +(.+?) *$", "".join(cell["source"]), re.MULTILINE)
            heading = found[-1] if found else heading
        elif cell["cell_type"] == "code":
            yield heading, cell


def said(notebook: dict[str, Any], ids: set[str]) -> list[Line]:
    """List the sentences that a notebook puts out, each with its cell: its id where both versions have it."""
    lines = []
    for heading, cell in headed(notebook):
        key = cell["id"] if cell.get("id") in ids else "".join(cell["source"])
        for output in cell.get("outputs", []):
            lines += [Line(key, heading, text) for text in sentences(output)]
    return lines


def sentences(output: dict[str, Any]) -> list[str]:
    """List the sentences of one output; tables and figures, whose captions are long, are told by their data."""
    data = output.get("data", {})
    if any(kind == "text/html" or kind.startswith("image/") for kind in data):
        return []
    lines = plain("".join(data.get("text/plain", "") or output.get("text", ""))).splitlines()
    return [line.strip() for line in lines if len(line.split()) > 2 and not re.search(r"\S {2,}\S", line.strip())]


def worded(old: str, new: str) -> tuple[Markup, Markup]:
    """Mark the words in which two sentences differ."""
    a, b = re.split(r"(\s+)", visible(old)), re.split(r"(\s+)", visible(new))
    left, right = Markup(""), Markup("")
    for kind, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        was, is_now = escape("".join(a[i:j])), escape("".join(b[k:m]))
        left += was if kind == "equal" or not was else Markup("<del>{}</del>").format(was)
        right += is_now if kind == "equal" or not is_now else Markup("<ins>{}</ins>").format(is_now)
    return left, right


def changed_findings(old: dict[str, Any], new: dict[str, Any]) -> list[Sentence]:
    """List the sentences that one version of a notebook states and the other does not, changed ones in pairs."""
    ids = set.intersection(*({cell["id"] for cell in version["cells"] if cell.get("id")} for version in (old, new)))
    a, b = said(old, ids), said(new, ids)
    kept = Counter(line.text for line in a) & Counter(line.text for line in b)
    a, b = without(a, kept), without(b, kept)
    cells = dict.fromkeys(line.cell for line in [*b, *a])
    return [found for key in cells for found in paired(*([x for x in c if x.cell == key] for c in (a, b)))]


def without(lines: list[Line], kept: Counter[str]) -> list[Line]:
    """Leave out the sentences that stand in both versions, as often as they do."""
    left, found = kept.copy(), []
    for line in lines:
        if left[line.text]:
            left[line.text] -= 1
        else:
            found.append(line)
    return found


def paired(old: list[Line], new: list[Line]) -> list[Sentence]:
    """Pair the sentences of one cell that are alike, the most alike first; the others are new or gone."""
    scores = [(alike(a.text, b.text), -i, -j) for i, a in enumerate(old) for j, b in enumerate(new)]
    of: dict[int, int] = {}
    for score, i, j in sorted(scores, reverse=True):
        if score >= ALIKE and -j not in of and -i not in of.values():
            of[-j] = -i
    found = []
    for j, line in enumerate(new):
        before_it, now_it = worded(old[of[j]].text, line.text) if j in of else (Markup(""), inserted(line.text))
        found.append(Sentence(line.heading, before_it, now_it))
    gone = [line for i, line in enumerate(old) if i not in of.values()]
    return found + [Sentence(line.heading, deleted(line.text), Markup("")) for line in gone]


def alike(one: str, other: str) -> float:
    """Measure which share of their words two sentences have in common and in order, whatever their numbers.

    Findings are worded alike: what stands before a colon, names and quoted words must be the same.
    """
    a, b = (re.sub(r"\d+(?:[.,]\d+)*", "0", text) for text in (one, other))
    if set(SUBJECT.findall(a)) != set(SUBJECT.findall(b)):
        return 0.0
    return SequenceMatcher(None, a.split(), b.split(), autojunk=False).ratio()


def deleted(text: str) -> Markup:
    """Mark text as gone."""
    return Markup("<del>{}</del>").format(visible(text))


def inserted(text: str) -> Markup:
    """Mark text as new."""
    return Markup("<ins>{}</ins>").format(visible(text))


def bare(notebook: dict[str, Any]) -> Any:
    """Return a notebook without what running it adds."""
    import nbformat

    cells = [
        {key: cell[key] for key in ("cell_type", "id", "source") if key in cell}
        | {"metadata": {}}
        | ({"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {})
        for cell in notebook["cells"]
    ]
    whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return nbformat.reads(json.dumps(whole), as_version=4)


def cell_diff(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str]]:
    """Compare the cells of two versions with nbdime; returns lines, each added, cut, a place or unchanged."""
    from nbdime import diff_notebooks
    from nbdime.prettyprint import PrettyPrintConfig, pretty_print_notebook_diff

    a, b = bare(old), bare(new)
    difference = [step for step in diff_notebooks(a, b) if step.get("key") == "cells"]
    if not difference:
        return []
    written = io.StringIO()
    settings = PrettyPrintConfig(out=written, use_git=False, use_diff=False, use_color=False)
    settings.details = settings.metadata = settings.id = False
    pretty_print_notebook_diff("before", "now", a, difference, settings)
    kinds = {"+": "add", "-": "cut", "#": "at", "@": "at"}
    lines = [line for line in written.getvalue().splitlines() if not line.startswith(("nbdiff ", "--- ", "+++ "))]
    named = [
        re.sub(r"^## (.+?) /cells/(\d+)[^:]*:", lambda m: f"## cell {int(m[2]) + 1}: {m[1]}", line) for line in lines
    ]
    return [(kinds.get(line[:1], ""), line) for line in named if line.strip()]


def results(notebook: dict[str, Any]) -> list[str]:
    """Return what each code cell put out, as text that can be compared."""
    cells = [cell.get("outputs", []) for _, cell in headed(notebook)]
    kept = [[{k: v for k, v in output.items() if k != "execution_count"} for output in shown] for shown in cells]
    return [json.dumps(shown, sort_keys=True) for shown in kept]


def changed_cells(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Give the heading of each cell that puts out something else."""
    steps = SequenceMatcher(None, results(old), results(new), autojunk=False).get_opcodes()
    was, is_now = ([heading for heading, _ in headed(version)] for version in (old, new))
    parts = [max(was[i:j], is_now[k:m], key=len) for kind, i, j, k, m in steps if kind != "equal"]
    return [heading for part in parts for heading in part]


def changed_notebooks(base: str) -> list[Changed]:
    """List the notebooks that changed in source or in output."""
    old, new = before(base, "notebooks", ".ipynb"), now("notebooks", ".ipynb")
    found = []
    for path in sorted(old | new):
        name = Path(path).stem
        if path not in old or path not in new:
            found.append(Changed(name, "new" if path in new else "gone", [], [], []))
        elif old[path] != new[path]:
            a, b = (opened(data, path) for data in (old[path], new[path]))
            diff, cells = cell_diff(a, b), changed_cells(a, b)
            where = [word for word, differs in (("source", diff), ("output", cells)) if differs]
            state = " and ".join(where) or "metadata only"
            found.append(Changed(name, state, cells, diff, changed_findings(a, b)))
    return found


def opened(data: bytes, path: str) -> dict[str, Any]:
    """Read a notebook."""
    try:
        notebook: dict[str, Any] = json.loads(data)
        iter(notebook["cells"])
        return notebook
    except (ValueError, KeyError, TypeError) as error:
        raise PageError(f"{path} is not a notebook that can be read ({error})") from None


def build(target: Path, base: str) -> dict[str, int]:
    """Write the review into a folder, which is replaced as a whole.

    Parameters
    ----------
    target : Path
        The folder to write.
    base : str
        The revision to compare the working folder with.

    Returns
    -------
    dict
        How many figures, findings and notebooks changed.

    Raises
    ------
    PageError
        If git does not know the revision, or the page cannot be written.

    Examples
    --------
    >>> build(Path("review"), "HEAD~1")  # doctest: +SKIP
    """
    commit = revision(base)
    figures, redrawn = moved_figures(commit)
    notebooks = changed_notebooks(commit)
    findings = [notebook for notebook in notebooks if notebook.findings]
    about = git("log", "-1", "--format=%h, %cs: %s", commit).decode("utf-8", "replace").strip()
    since = git("log", "-40", "--format=%s", f"{commit}..HEAD").decode("utf-8", "replace").split("\n")
    was, drawn = before(commit, "figures", ".png"), now("figures", ".png")
    with replaced(target) as folder:
        shutil.copy(TEMPLATES / "style.css", folder / "style.css")
        for figure in figures:
            for side, files in (("old", was), ("new", drawn)):
                if data := files.get(f"figures/{figure.name}.png"):
                    path = folder / side / f"{figure.name}.png"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(data)
        pictures = {side: sizes(figures, files) for side, files in (("old", was), ("new", drawn))}
        values = {"figures": figures, "redrawn": redrawn, "notebooks": notebooks, "findings": findings}
        more = {"about": about, "since": [line for line in since if line], "pictures": pictures}
        render("review.html", folder / "index.html", root="", here="review", pages=[], **values, **more)
    return {
        "figures moved": len(figures),
        "findings changed": sum(len(notebook.findings) for notebook in notebooks),
        "notebooks changed": len(notebooks),
    }


def sizes(figures: list[Moved], files: dict[str, bytes]) -> dict[str, tuple[int, int]]:
    """Read the size of every figure that has a picture among some files."""
    return {f.name: size(files[path]) for f in figures if (path := f"figures/{f.name}.png") in files}


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(prog="python -m tools.review", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--base", default="HEAD", help="the revision to compare with (default: the last commit)")
    parser.add_argument("--to", default=str(run.ROOT / "review"), help="the folder to write (default: review)")
    given = parser.parse_args(arguments)
    return written(given.to, lambda target: build(target, given.base))


if __name__ == "__main__":
    sys.exit(main())
