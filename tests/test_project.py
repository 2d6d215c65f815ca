"""The shape of the house: one set of versions, imports that run one way, nothing that must not be here."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tools import environment

LAYERS = (
    {"codebooks", "words"},
    {"loading"},
    {"corpus"},
    {"speech"},
    {"quotes"},
    {"text"},
    {"coding", "stance", "consensus"},
    {"topics", "framing", "naming", "sentiment", "claims"},
    {"inference"},
    {"compare"},
    {"validity"},
    {"charts"},
    {"explore"},
)
"""From the bottom up: what stands higher may import what stands lower, never the other way round."""
ROOT = Path(__file__).resolve().parents[1]
SEED_ARTICLE = "000_fed376f3c2cfed0f.txt"
SEED_SHA256 = "1a43e37026d2838e3f5ccf652ef844822c049a1703e3ed932859a751f795ccbe"


def imports(path: Path) -> set[str]:
    """List the modules that a file imports, dotted."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rooms(path: Path) -> set[str]:
    """List the rooms of the package that a file imports: its modules and folders."""
    found = {name.split(".")[1] for name in imports(path) if name.startswith("analysis.")}
    return {name for name in found if (path_of(name, ROOT)).exists()}


def path_of(room: str, root: Path) -> Path:
    """Return the module or folder of that name."""
    module = root / "analysis" / f"{room}.py"
    return module if module.exists() else root / "analysis" / room


def modules(root: Path) -> list[tuple[str, Path]]:
    """List the package's modules, each with its room: itself, or the folder it stands in."""
    found = sorted((root / "analysis").rglob("*.py"))
    return [
        (p.stem if p.parent.name == "analysis" else p.parent.name, p)
        for p in found
        if p.parent.name != "analysis" or p.stem != "__init__"
    ]


def tracked(root: Path) -> list[Path]:
    """List the files under version control, or every file where there is no repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout: nothing says which files belong to the project")
    return [root / name for name in listed.stdout.decode().split("\0") if name and (root / name).is_file()]


def test_environment_has_the_versions_of_the_lock(root: Path) -> None:
    assert (root / "environment.yml").read_text("utf-8") == environment.environment(), "run `make lock`"
    listed = yaml.safe_load((root / "environment.yml").read_text("utf-8"))["dependencies"]
    names = {re.split("=", item)[0] for item in listed if isinstance(item, str)}
    assert {"jupyterlab", "pandas", "scikit-learn", "nbval", "python"} <= names


def test_the_lock_answers_pyproject_and_the_environment_runs_it(root: Path) -> None:
    from importlib.metadata import version

    locked = environment.locked("{}.{}".format(*sys.version_info))
    assert set(environment.direct()) <= set(locked)
    assert {name: version(name) for name in environment.direct()} == {n: locked[n] for n in environment.direct()}
    assert "http" not in re.sub(r"^http\w*==.*$", "", (root / "requirements.lock").read_text("utf-8"), flags=re.M)


def test_imports_run_one_way(root: Path) -> None:
    rank = {name: i for i, layer in enumerate(LAYERS) for name in layer}
    for room, path in modules(root):
        assert room in rank, f"{path.name} has no place in the order of modules"
        for other in rooms(path) - {room}:
            assert rank[other] < rank[room], f"{path.relative_to(root)} imports {other}"


def test_only_charts_draws(root: Path) -> None:
    drawing = {room for room, p in modules(root) if any(name.split(".")[0] == "matplotlib" for name in imports(p))}
    assert drawing == {"charts"}


def test_every_data_file_parses_and_is_packaged(root: Path) -> None:
    from analysis import codebooks

    for path in sorted((root / "analysis" / "codebooks").glob("*.toml")):
        assert codebooks.read(path.stem), path.name


def test_the_pasted_article_keeps_its_bytes(root: Path) -> None:
    import hashlib

    content = (root / "seeds" / "articles" / SEED_ARTICLE).read_bytes()
    assert hashlib.sha256(content).hexdigest() == SEED_SHA256


def test_no_machine_is_named(root: Path) -> None:
    told = re.compile(
        r"/ro[o]t/|/wo[r]k/|/opt/py[p]i|py[p]i\.org|python[h]osted|registry\.npm[j]s|\.\./share[d]/(?!corpora)"
    )
    for path in tracked(root):
        if path.suffix not in {".png", ".lock"}:
            text = path.read_text("utf-8", errors="replace")
            assert not told.search(text), f"{path.relative_to(root)} names a path or a host: {told.search(text)}"


def test_every_public_name_is_documented(root: Path) -> None:
    for _, path in modules(root):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path.name}: {node.name} has no docstring"


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_texts_are_never_published_by_a_misspelt_no(root: Path) -> None:
    for given, passes in (("no", True), ("yes", True), ("", True), ("false", False), ("No", False)):
        asked = ["make", "-n", "-o", "setup", "site", f"TEXTS={given}"]
        told = subprocess.run(asked, cwd=root, capture_output=True, text=True, check=False)
        assert (told.returncode == 0) == passes, given
        assert ("--no-texts" in told.stdout) == (given == "no"), given
