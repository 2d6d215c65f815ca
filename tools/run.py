"""Execute the notebooks that need it and regenerate their figures, all or nothing.

    python -m tools.run                                   # every notebook on seeds/articles
    python -m tools.run 02 04                             # some of them
    python -m tools.run --corpus PATH --out FOLDER        # the same notebooks on another corpus
    python -m tools.run --corpus fa-kes                   # on a corpus that has a name: figures/fa-kes/
    python -m tools.run --corpus a.csv --names 'text=Story outlet=Paper'   # its columns bear other names

A notebook runs again when its code, the package, the corpus, the lock or this runner changed, or when
something it made is missing or was altered. Figures are drawn into a folder of their own and moved into
place only when every notebook has succeeded.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools import corpora

ROOT = Path(__file__).resolve().parents[1]
KINDS = (".svg", ".png", ".csv")
LIVE = "application/vnd.jupyter.widget-view+json"
TOLD = 5  # rejections that are told where nothing was loaded
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


class RunError(Exception):
    """A notebook did not run through; the message names the notebook, the cell and the error."""


@dataclass
class Job:
    """One notebook: where it is, what it depends on, and what it made."""

    path: Path
    key: str
    staged: Path | None = None
    notebook: dict[str, Any] | None = None
    seconds: float = 0.0
    figures: list[Path] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """Where a run reads its corpus, what the columns there are called, and where it puts its results."""

    corpus: Path
    figures: Path
    notebooks: Path
    state: Path
    names: str = "{}"

    @property
    def columns(self) -> dict[str, str]:
        """Which column of the source holds what, as far as it was told."""
        return dict(json.loads(self.names))

    @property
    def pages(self) -> Path:
        """Where the pages of these results go: beside them."""
        return self.notebooks.parent / "site"


def digest(*parts: str | bytes) -> str:
    """Hash parts one after another, each with its length."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(f"{len(data)}:".encode() + data)
    return total.hexdigest()


def tree(paths: Iterable[Path]) -> str:
    """Hash the files below some paths: their names and their bytes, in a fixed order."""
    files: set[Path] = set()
    for path in paths:
        found = path.rglob("*") if path.is_dir() else [path]
        files |= {file for file in found if file.is_file() and "__pycache__" not in file.parts}
    base = os.path.commonpath([str(path.parent) for path in files]) if files else ""
    parts: list[str] = []
    for file in sorted(files):
        with file.open("rb") as stream:
            parts += [os.path.relpath(file, base), hashlib.file_digest(stream, "sha256").hexdigest()]
    return digest(*parts)


def code(notebook: dict[str, Any], *, outputs: bool = False) -> str:
    """Hash a notebook's code cells; with `outputs`, what they put out as well."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    seen = [
        ["".join(cell["source"]), [cell["execution_count"], cell["outputs"]] if outputs else None] for cell in cells
    ]
    return digest(json.dumps(seen, sort_keys=True, default=str))


def owned(folder: Path, notebook: Path) -> list[Path]:
    """List the figures in a folder that belong to a notebook: those that begin with its number."""
    number = notebook.stem.split("-")[0]
    return sorted(path for path in folder.glob(f"{number}-*") if path.suffix in KINDS)


def hand_codes() -> dict[str, str]:
    """Return `$CODES`, if it is set, with its whole path: a kernel works in another folder than whoever set it."""
    given = os.environ.get("CODES")
    return {"CODES": str(Path(given).expanduser().resolve())} if given else {}


def jobs(place: Place, only: Iterable[str]) -> list[Job]:
    """List the notebooks with what they depend on."""
    package = [ROOT / "analysis", ROOT / "requirements.lock", Path(__file__), ROOT / "seeds" / "gold"]
    shared = digest(*(tree([path]) for path in [*package, *map(Path, hand_codes().values())]))
    common = digest(shared, tree([place.corpus]), place.names, "{}.{}".format(*sys.version_info))
    wanted, found = tuple(only), sorted((ROOT / "notebooks").glob("*.ipynb"))
    if unknown := [name for name in wanted if not any(path.name.startswith(name) for path in found)]:
        raise SystemExit(f"no notebook begins with {unknown[0]!r}; there are: {', '.join(p.stem for p in found)}")
    chosen = [path for path in found if not wanted or path.name.startswith(wanted)]
    return [Job(path, digest(common, code(json.loads(path.read_text("utf-8"))))) for path in chosen]


def products(job: Job, place: Place) -> str:
    """Hash what a notebook has made, as it is on disk now."""
    made = place.notebooks / job.path.name
    if not made.is_file():
        return "missing"
    figures = [part for path in owned(place.figures, job.path) for part in (path.name, path.read_bytes())]
    return digest(code(json.loads(made.read_text("utf-8")), outputs=True), *figures)


def execute(job: Job, place: Place, staging: Path) -> Job:
    """Run one notebook in a fresh kernel, its figures going to a folder of its own."""
    import nbformat
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    started = time.perf_counter()
    job.staged = staging / job.path.stem
    job.staged.mkdir()
    notebook = nbformat.read(job.path, as_version=4)
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        cell.update(execution_count=None, outputs=[])  # so that what is counted at the end was run here
    settings = {"CORPUS": str(place.corpus), "VANTAGE_NAMES": place.names, "VANTAGE_FIGURES": str(job.staged)}
    settings |= hand_codes()
    try:
        in_kernel(notebook, {**os.environ, **settings, "PYTHONHASHSEED": "0", **ONE_THREAD})
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise RunError(failure(job, notebook, error)) from None
    except RuntimeError as error:
        advice = "run it again, when less is running or with --jobs 1"
        raise RunError(f"{job.path.name}: its kernel did not start ({error}); {advice}") from None
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        cell.outputs = joined(cell.outputs)
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        if output.get("data", {}).pop(LIVE, None):  # a widget without its kernel; what stands beside it stays
            output.metadata["vantage"] = {"live": True}
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    job.notebook, job.seconds = notebook, time.perf_counter() - started
    job.figures = sorted(path for path in job.staged.iterdir() if path.suffix in KINDS)
    if stray := [path.name for path in job.figures if path not in owned(job.staged, job.path)]:
        raise RunError(f"{job.path.name}: figure {stray[0]} must begin with the notebook's number")
    return job


def in_kernel(notebook: Any, environment: dict[str, str]) -> None:
    """Run the cells of a notebook in a fresh kernel; one that does not start is started once more."""
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError

    for last in (False, True):
        client = NotebookClient(
            notebook,
            timeout=1800,
            record_timing=False,
            store_widget_state=False,
            resources={"metadata": {"path": str(ROOT / "notebooks")}},
            extra_arguments=["--log-level=40"],
        )
        try:
            client.execute(env=environment)
            return
        except RuntimeError as error:
            if last or isinstance(error, DeadKernelError):
                raise


def joined(outputs: list[Any]) -> list[Any]:
    """Join what was printed in one go: where a stream is cut depends on how fast the machine is."""
    whole: list[Any] = []
    for output in outputs:
        if "name" in output and whole and whole[-1].get("name") == output["name"]:
            whole[-1]["text"] += output["text"]
        else:
            whole.append(output)
    return whole


def failure(job: Job, notebook: Any, error: Exception) -> str:
    """Say which cell of which notebook failed, and how."""
    ran = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.get("execution_count")]
    index = ran[-1] if ran else 0
    source = "\n".join("    " + line for line in notebook.cells[index].source.splitlines())
    name, value = getattr(error, "ename", type(error).__name__), getattr(error, "evalue", str(error))
    return f"{job.path.name}, cell {index + 1}: {name}: {value}\n{source}"


def install(done: list[Job], place: Place) -> dict[str, int]:
    """Move figures and notebooks into place, each by one rename; count what changed."""
    import nbformat

    tally = {"new": 0, "changed": 0, "unchanged": 0, "removed": 0}
    place.figures.mkdir(parents=True, exist_ok=True)
    place.notebooks.mkdir(parents=True, exist_ok=True)
    for job in done:
        assert job.staged is not None
        for old in owned(place.figures, job.path):
            if not (job.staged / old.name).exists():
                old.unlink()
                tally["removed"] += 1
        for path in job.figures:
            target = place.figures / path.name
            same = target.exists() and target.read_bytes() == path.read_bytes()
            tally["unchanged" if same else "changed" if target.exists() else "new"] += 1
            if not same:
                os.replace(path, target)
        finished = job.staged / job.path.name
        nbformat.write(job.notebook, finished)
        os.replace(finished, place.notebooks / job.path.name)
    return tally


def run(place: Place, *, only: Iterable[str] = (), force: bool = False, workers: int = 2) -> int:
    """Run what needs running; returns the exit status."""
    started = time.perf_counter()
    state = json.loads(place.state.read_text("utf-8")) if place.state.is_file() else {}
    every = jobs(place, only)
    stale = [j for j in every if force or state.get(j.path.name, {}).get("made") != digest(j.key, products(j, place))]
    stale.sort(key=lambda job: -state.get(job.path.name, {}).get("seconds", 60))
    if not stale:
        print(f"{len(every)} notebooks up to date, nothing to run ({time.perf_counter() - started:.1f} s)")
        return 0
    if problem := unreadable(place):
        print(f"{problem}\n\nThe figures are as they were before.", file=sys.stderr)
        return 1
    place.figures.mkdir(parents=True, exist_ok=True)
    swept(place.figures)
    staging = Path(tempfile.mkdtemp(prefix=f".staging-{os.getpid()}-", dir=place.figures))
    try:
        done = run_all(stale, place, staging, workers)
        tally = install(done, place)
    except RunError as error:
        print(f"\nfailed: {error}\n\nThe figures are as they were before.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted; the figures are as they were before.", file=sys.stderr)
        return 130
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    for job in done:
        state[job.path.name] = {"made": digest(job.key, products(job, place)), "seconds": round(job.seconds, 1)}
    place.state.parent.mkdir(parents=True, exist_ok=True)
    place.state.write_text(json.dumps(state, indent=1, sort_keys=True) + "\n", "utf-8")
    counts = ", ".join(f"{number} {name}" for name, number in tally.items() if number or name != "removed")
    total, kept = time.perf_counter() - started, len(every) - len(done)
    print(f"{len(done)} notebooks run, {kept} up to date; figure files: {counts}; {total:.0f} s")
    return 0


def unreadable(place: Place) -> str | None:
    """Say why no article can be read from a corpus of the user's, or nothing when one can."""
    if place.corpus == ROOT / "seeds" / "articles":
        return None
    from analysis.corpus import load

    try:
        corpus = load(place.corpus, columns=place.columns)
    except ValueError as error:
        return f"NAMES= or --names: {error}"
    return None if len(corpus.articles) else nothing(place.corpus, corpus.rejected.to_dict("records"))


def nothing(path: Path, rejected: list[dict[Any, Any]]) -> str:
    """Say that no article was loaded, what was rejected first, and what to do."""
    from analysis.loading.reading import FORMATS

    if not rejected:
        return f"0 articles loaded from {path}: it is empty. Put articles there, as {FORMATS}."
    told = [f"  {where(row)}: {row['reason']}; {row['remedy']}" for row in rejected[:TOLD]]
    told += [f"  and {len(rejected) - TOLD:,} more"] if len(rejected) > TOLD else []
    if any("column" in row["reason"] for row in rejected):
        told += ["Say what the columns are called: NAMES='text=… outlet=…' with make, or --names."]
    return "\n".join([f"0 articles loaded from {path}, {len(rejected):,} rejected:", *told])


def where(rejection: dict[Any, Any]) -> str:
    """Say in which file, and in which row of it, something was rejected."""
    row = str(rejection["row"])
    return f"{rejection['source']}, row {row}" if row.isdigit() else str(rejection["source"])


def swept(folder: Path) -> None:
    """Remove what a killed run left behind; a run that is still at work keeps its staging."""
    import psutil

    for left in folder.glob(".staging-*"):
        process = left.name.split("-")[1]
        if not (process.isdigit() and psutil.pid_exists(int(process))):
            shutil.rmtree(left, ignore_errors=True)


def run_all(stale: list[Job], place: Place, staging: Path, workers: int) -> list[Job]:
    """Execute several notebooks at a time, one line each as they end; the first failure ends the run."""
    import psutil

    done: list[Job] = []
    with ThreadPoolExecutor(max_workers=max(1, min(workers, len(stale)))) as pool:
        pending = {pool.submit(execute, job, place, staging): job for job in stale}
        try:
            for future in as_completed(pending):
                job = future.result()
                done.append(job)
                n = len(job.figures) // len(KINDS)
                drawn = f"{n} figure{'' if n == 1 else 's'}"
                print(f"[{len(done)}/{len(stale)}] {job.path.stem}: {job.seconds:.1f} s, {drawn}", flush=True)
        except BaseException:
            for future in pending:
                future.cancel()
            for kernel in psutil.Process().children(recursive=True):
                kernel.kill()  # what is still running would be thrown away
            raise
    return sorted(done, key=lambda job: job.path)


def renamed(told: str) -> str:
    """Read which column holds what from ``text=Full story outlet=Paper``; returns it as JSON, in one order."""
    pairs = re.findall(r"(\w+)=(.*?)(?=\s+\w+=|$)", told.strip())
    columns = {name: column.strip() for name, column in pairs}
    whole = re.fullmatch(r"\w+=.*", told.strip()) or not told.strip()
    if not whole or len(columns) < len(pairs) or not all(columns.values()):
        raise SystemExit(f"NAMES={told!r} cannot be read: say it like NAMES='text=Full story outlet=Paper'")
    return json.dumps(columns, sort_keys=True)


def apart(source: Path, folder: Path, out: str | None) -> None:
    """Refuse results that would be read as articles the next time, and articles that results would replace."""
    advice = f"choose {'another folder' if out else 'one elsewhere'} with OUT= or --out"
    if folder == source or (source.is_dir() and folder.is_relative_to(source)):
        raise SystemExit(f"OUT={folder} lies inside the corpus, and results would be read as articles: {advice}")
    for part in (folder / name for name in ("figures", "notebooks", "site")):
        if source.is_relative_to(part):
            raise SystemExit(f"the corpus lies in {part}, where results are written: {advice}")


def place_for(corpus: str | None, out: str | None, names: str = "") -> Place:
    """Settle which corpus is read, what its columns are called and where its results go."""
    seeds = ROOT / "seeds" / "articles"
    name = corpus or str(seeds)
    named = name in corpora.NAMED
    try:
        source = corpora.locate(name) if named else Path(name).expanduser().resolve()
    except corpora.CorpusError as error:
        raise SystemExit(f"{error}\nThe figures are as they were before.") from None
    if not source.exists():
        raise SystemExit(f"no corpus at {name}: give a file or a folder of articles (CORPUS= or --corpus)")
    if names and source == seeds:
        raise SystemExit("NAMES= says what the columns of a table are called: give the table too (CORPUS= or --corpus)")
    if source == seeds and out is None:
        return Place(source, ROOT / "figures", ROOT / "notebooks", ROOT / ".vantage" / "seeds.json")
    safe = name if named else re.sub(r"[^A-Za-z0-9._-]+", "-", source.stem) or "corpus"
    folder = Path(out).expanduser().resolve() if out else ROOT / "out" / safe
    if folder in (ROOT, ROOT / "figures", ROOT / "notebooks"):
        raise SystemExit(f"OUT={out} would overwrite what is committed: choose another folder (OUT= or --out)")
    apart(source, folder, out)
    figures = ROOT / "figures" / name if named and out is None else folder / "figures"
    return Place(source, figures, folder / "notebooks", folder / ".vantage.json", renamed(names))


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m tools.run", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("notebooks", nargs="*", help="how the names of the notebooks begin, e.g. 02 (default: all)")
    parser.add_argument("--corpus", default=os.environ.get("CORPUS"), help="a file or folder of articles")
    parser.add_argument("--out", help="where figures and notebooks of another corpus go")
    parser.add_argument("--names", default="", help="what its columns are called, e.g. 'text=Story outlet=Paper'")
    parser.add_argument("--force", action="store_true", help="run even what is up to date")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2, help="notebooks at a time")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    place = place_for(given.corpus, given.out, given.names)
    return run(place, only=given.notebooks, force=given.force, workers=given.jobs)


if __name__ == "__main__":
    sys.exit(main())
