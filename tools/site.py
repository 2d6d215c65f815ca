"""Write the executed notebooks, their figures and their corpus as static pages that need no server and no network.

    python -m tools.site                       # site/ from the committed notebooks
    python -m tools.site --no-texts            # without the full texts of the articles
    python -m tools.site --corpus fa-kes       # out/fa-kes/site/ from a run on another corpus (run it first)

Every page forbids scripts and requests to other hosts; what an article says is only ever shown as text.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import re
import shutil
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
from markupsafe import Markup

from analysis.corpus import Corpus, load
from tools import corpora, run
from tools.pages import (
    TEMPLATES,
    PageError,
    blank,
    markdown,
    output_html,
    plain,
    python,
    render,
    replaced,
    size,
    together,
    written,
)

SECTION = re.compile(r"^## +(.+?) *$", re.MULTILINE)
METHODS = re.compile(r"measure|method|source|limit|valid|compar|statistic|uncertain|hedge", re.IGNORECASE)
MEASURED, LIMITS = re.compile(r"measured", re.IGNORECASE), re.compile(r"^limits", re.IGNORECASE)
SHORT = re.compile(r"\bshort\b", re.IGNORECASE)
ANSWER = re.compile(
    r"^(\d[^“:]* (are confirmed|are listed|of them confirmed|share)\b|Findings confirmed:|Nothing to compare"
    r"|No clear difference between outlets|One article: nothing is compared)"
)
COVER = re.compile(r"-(differences|effects|labels|quoted)$")
WIDE, BROAD = 1300, 1700  # pixels from which a picture scrolls on a phone, and from which it is made smaller on a desk
SHOWN = 500  # removed lines shown for each rule
WHOLE = 100  # words from which an article is looked for on pages that may hold none: below, it may be a quotation


@dataclass(frozen=True)
class Figure:
    """A figure on disk with what its notebook says of it."""

    name: str
    folder: str
    caption: str
    alt: str
    width: int
    height: int
    notebook: str | None = None

    @property
    def stem(self) -> str:
        """Where its files are, from the root of the pages, without their ending."""
        return "/".join(filter(None, ["figures", self.folder, self.name]))

    @property
    def room(self) -> str:
        """How much room it needs to be read: none in particular, wide or broad."""
        return "broad" if self.width > BROAD else "wide" if self.width > WIDE else ""


@dataclass
class Page:
    """A notebook as it will be shown."""

    name: str
    title: str
    lead: str
    cells: list[dict[str, Any]]
    sections: dict[str, str]
    toc: list[tuple[str, str]] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    body: list[dict[str, Any]] = field(default_factory=list)
    ran: bool = True

    @property
    def href(self) -> str:
        """Where the page is, from the root."""
        return f"notebooks/{self.name}.html"

    @property
    def number(self) -> str:
        """The number that the name begins with, if any."""
        found = re.match(r"\d+", self.name)
        return found[0] if found else ""

    @property
    def cover(self) -> Figure | None:
        """The figure that stands for it: the first that tells outlets apart, else its first."""
        return next((figure for figure in self.figures if COVER.search(figure.name)), next(iter(self.figures), None))

    @property
    def answer(self) -> tuple[str, str] | None:
        """Its answer in one clause, after the anchor of the section that gives it in short."""
        anchor = ""
        for item in self.body:
            for found in re.finditer(r'<h2 id="([^"]*)">(.*?)</h2>', item.get("html", "")):
                anchor = found[1] if SHORT.search(found[2]) else ""
            said = [output["text"] for output in item.get("outputs", []) if anchor and output["kind"] == "sentences"]
            for clause in re.split(r"; |\n", "\n".join(said)):
                if ANSWER.search(clause):
                    return anchor, clause.rstrip(".") + "."
        return None


def source(cell: dict[str, Any]) -> str:
    """Return a cell's source as one text."""
    return "".join(cell["source"])


def sections(text: str) -> dict[str, str]:
    """Cut Markdown at its second-level headings."""
    pieces = SECTION.split(text)
    return {title: body.strip() for title, body in zip(pieces[1::2], pieces[2::2], strict=True)}


def read_page(path: Path) -> Page:
    """Read a notebook: its title, its first paragraph, its sections."""
    try:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        prose = "\n\n".join(source(cell) for cell in cells if cell["cell_type"] == "markdown")
    except (ValueError, KeyError, TypeError) as error:
        raise PageError(f"{path} is not a notebook that can be read ({error}): run it again") from None
    heading = re.search(r"^# +(.+?) *$", prose, re.MULTILINE)
    after = prose[heading.end() :] if heading else prose
    lead = next((part for part in re.split(r"\n\s*\n", after.strip()) if part and part[0] not in "#|"), "")
    found: dict[str, str] = {}
    for cell in reversed(cells):
        found = sections(source(cell)) | found if cell["cell_type"] == "markdown" else found
    plain = re.sub(r"[*`]+", "", " ".join(lead.split()))  # shown as text, so its emphasis would show as asterisks
    return Page(path.stem, heading[1] if heading else path.stem, plain, cells, found)


def read_pages(folder: Path) -> list[Page]:
    """Read the notebooks of a folder, in the order of their names."""
    return [read_page(path) for path in sorted(folder.glob("*.ipynb"))]


def told(pages: list[Page]) -> dict[str, tuple[str, str, str]]:
    """Find the caption, the alternative text and the notebook of every figure that a notebook shows."""
    found = {}
    for page in pages:
        for cell in page.cells:
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                alt = (output.get("metadata") or {}).get("image/png", {}).get("alt", "")
                text = "".join(data.get("text/plain", ""))
                if "image/png" in data and (named := re.match(r"([A-Za-z0-9-]+): (.*)", text)):
                    found[named[1]] = (named[2], alt, page.name)
    return found


def described(svg: Path) -> tuple[str, str]:
    """Read the title and the description that an SVG carries, if any."""
    try:
        items = {item.tag.split("}")[-1]: item.text or "" for item in ElementTree.parse(svg).iter()}
    except (ElementTree.ParseError, OSError):
        return "", ""
    return items.get("title", ""), items.get("description", "")


def gallery(folder: Path, pages: list[Page], name: str = "") -> list[Figure]:
    """List the figures of a folder that exist in all three forms."""
    said, figures = told(pages), []
    for png in sorted(folder.glob("*.png")):
        if not all(png.with_suffix(kind).is_file() for kind in run.KINDS):
            continue
        caption, alt = described(png.with_suffix(".svg"))
        caption, alt, notebook = said.get(png.stem, (caption, alt, None))
        figures.append(Figure(png.stem, name, caption, alt or caption or png.stem, *size(png.read_bytes()), notebook))
    return figures


def linker(pages: list[Page], root: str, figures: set[str]) -> Any:
    """Return a function that turns a link of the project into one of the pages, or into none."""
    names = {page.name: page.href for page in pages}

    def link(url: str) -> str | None:
        """Find where a link leads."""
        if re.match(r"(https?://|mailto:|#)", url):
            return url
        path, _, anchor = url.partition("#")
        stem, ending = Path(path).stem, Path(path).suffix
        if ending == ".ipynb" and stem in names:
            return root + names[stem] + (f"#{anchor.lower()}" if anchor else "")
        if ending == ".md" and Path(path).parent.name == "results":
            return f"{root}methods.html#result-{stem}"
        inside = re.sub(r"^(?:\.{1,2}/)+", "", path)
        return root + inside if inside in figures else None

    return link


def is_live(output: dict[str, Any]) -> bool:
    """Say whether an output was a widget: the runner leaves a mark where it takes the widget away."""
    kinds, left = output.get("data", {}), (output.get("metadata") or {}).get("vantage", {})
    return bool(left.get("live")) or any(kind.startswith("application/vnd.jupyter") for kind in kinds)


def show(output: dict[str, Any], figures: dict[str, Figure], texts: bool = True) -> dict[str, Any]:
    """Decide how one output is shown: a figure, a table, sentences, or text in columns.

    A live view is shown as it first was; it can hold whole articles, and is left out when texts are.
    """
    data = output.get("data", {})
    text = plain("".join(data.get("text/plain", "") or output.get("text", "")))
    if output["output_type"] == "error":
        return {"kind": "columns", "text": f"{output.get('ename')}: {output.get('evalue')}"}
    if "image/png" in data:
        figure = figures.get(text.split(":")[0])
        if figure:
            return {"kind": "figure", "figure": figure}
        alt = (output.get("metadata") or {}).get("image/png", {}).get("alt", text)
        encoded = re.match(r"[A-Za-z0-9+/]*={0,2}", re.sub(r"\s", "", "".join(data["image/png"])))
        return {"kind": "image", "source": f"data:image/png;base64,{encoded[0] if encoded else ''}", "alt": alt}
    live = is_live(output)
    if "text/html" in data and (texts or not live):
        html = output_html("".join(data["text/html"]))
        return {"kind": "empty"} if blank(html) else {"kind": "table", "html": html, "live": live}
    if not text and "text/markdown" in data:
        text = "".join(data["text/markdown"])
    if live:
        return {"kind": "live", "text": text}
    if re.fullmatch(r"""(["']).*\1""", text, re.DOTALL):  # a cell that ends in a sentence shows it as Python writes it
        with suppress(ValueError, SyntaxError):
            text = str(ast.literal_eval(text))
    if data and not text:
        return {"kind": "empty"}
    if re.search(r"\S {2,}\S", text):
        return {"kind": "columns", "text": text}
    return {"kind": "sentences", "text": together(text)}


def headings(html: str) -> list[str]:
    """List the headings of a piece of a page as text."""
    return [Markup(words).striptags() for words in re.findall(r"<h\d[^>]*>(.*?)</h", html)]


def compose(page: Page, pages: list[Page], figures: list[Figure], *, texts: bool = True) -> None:
    """Turn a notebook's cells into what its page shows."""
    known = {figure.name: figure for figure in figures if figure.notebook in (page.name, None)}
    files = {f"{figure.stem}{kind}" for figure in figures for kind in run.KINDS}
    link, used, under = linker(pages, "../", files), [], Counter[str]()
    heading = page.title
    for cell in page.cells:
        if cell["cell_type"] == "markdown":
            written = markdown(source(cell), link=link)
            used += re.findall(r'<h2 id="([^"]*)">(.*?)</h2>', written)
            heading = next(iter(headings(written)[::-1]), heading)
            page.body.append({"kind": "prose", "html": written})
        elif cell["cell_type"] == "code":
            shown = [show(output, known, texts) for output in cell.get("outputs", [])]
            for item in shown:
                under[heading] += item["kind"] == "table"
                item["label"] = heading if under[heading] < 2 else f"{heading}, {under[heading]}"
            page.figures += [item["figure"] for item in shown if item["kind"] == "figure"]
            page.body.append({"kind": "code", "html": python(source(cell)), "outputs": shown})
        else:
            page.body.append({"kind": "raw", "text": source(cell)})
    page.ran = not all(item["kind"] != "code" or not item["outputs"] for item in page.body)
    page.toc = [(anchor, Markup(re.sub(r"<[^>]+>", "", words))) for anchor, words in used]


def text_of(value: Any) -> str:
    """Return a value of a frame as text, a missing one as nothing."""
    if pd.isna(value):
        return ""
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)


def article_rows(corpus: Corpus) -> list[dict[str, Any]]:
    """List the articles as text, each with the name of its page (its id may hold anything) and what it repeats."""
    names = ("article_id", "outlet", "event", "published", "title", "text", "url", "origin", "wire_of", "n_words")
    rows: list[dict[str, Any]] = [
        {name: text_of(value) for name, value in row.items() if name in names}
        for row in corpus.articles.to_dict("records")
    ]
    for row in rows:
        row["href"] = f"articles/{hashlib.sha256(row['article_id'].encode('utf-8', 'replace')).hexdigest()[:16]}.html"
    known = {row["article_id"]: row for row in rows}
    for row in rows:
        row["wire"] = known.get(row["wire_of"])
    return sorted(rows, key=lambda row: (row["outlet"], row["published"], row["article_id"]))


def removed_by_rule(corpus: Corpus, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Group what cleaning removed by its rule, the most frequent rule first, each line with the row of its article."""
    groups, known = [], {row["article_id"]: row for row in rows}
    for rule, part in corpus.removed.groupby("rule", sort=True):
        counted = {"n": len(part), "articles": part["article_id"].nunique()}
        lines = [(text, known[i]) for text, i in zip(part["text"], part["article_id"], strict=True)]
        groups.append({"rule": str(rule), **counted, "lines": lines[:SHOWN]})
    return sorted(groups, key=lambda group: (-group["n"], group["rule"]))


def notice(corpus: Corpus, texts: bool) -> str | None:
    """Say whose articles would be published."""
    foreign = corpus.articles[corpus.articles["origin"] != "constructed"]
    if not len(foreign):
        return None
    n, outlets = len(foreign), foreign["outlet"].nunique()
    whose = f"{n:,} of {len(corpus.articles):,} articles, from {outlets:,} outlet{'' if outlets == 1 else 's'}"
    if texts:
        advice = "Their full texts are in these pages: publishing them may need permission. "
        advice += "TEXTS=no, or --no-texts, leaves them out."
    else:
        advice = "Full texts are left out; notebooks still quote sentences from them."
    return f"{whose}, {'was' if n == 1 else 'were'} written by others. {advice}"


def invented(corpus: Corpus) -> str:
    """Say how many articles are nobody's reporting, nothing where all are."""
    n, total = int(corpus.articles["origin"].eq("constructed").sum()), len(corpus.articles)
    written = f"{n:,} of {total:,} articles {'was' if n == 1 else 'were'} written for this project"
    told = f"{written} in the name of outlets that do not exist: a test bed whose answers are known."
    return f"{told} No difference between them says anything about a newspaper." if n else ""


def build(target: Path, place: run.Place, *, name: str = "", texts: bool = True) -> dict[str, int]:
    """Write all pages into a folder, which is replaced as a whole.

    Parameters
    ----------
    target : Path
        The folder to write.
    place : Place
        Where the notebooks, their figures and their corpus are.
    name : str
        The name of the corpus, if it is one of the published ones.
    texts : bool
        Whether the articles' full texts are written.

    Returns
    -------
    dict
        How many notebooks, figures and articles were written.

    Raises
    ------
    PageError
        If there is nothing to show or it cannot be written; `target` is then as it was before.

    Examples
    --------
    >>> build(Path("site"), run.place_for(None, None))  # doctest: +SKIP
    """
    pages = read_pages(place.notebooks)
    if not pages:
        raise PageError(f"no notebooks in {place.notebooks}: run them first (make figures, same CORPUS= and OUT=)")
    figures = gallery(place.figures, pages)
    editions = [
        (n, gallery(place.figures / n, read_pages(run.ROOT / "out" / n / "notebooks"), n)) for n in corpora.NAMED
    ]
    every = [*figures, *(figure for _, edition in editions for figure in edition)]
    for page in pages:
        compose(page, pages, figures, texts=texts)
    corpus = read_corpus(place)
    warning = notice(corpus, texts)
    if warning:
        print(f"Note: {warning}", file=sys.stderr)
    credit = corpora.NAMED[name].attribution if name in corpora.NAMED else ""
    shared = {"pages": pages, "label": corpus.label, "credit": credit, "invented": invented(corpus)}
    with replaced(target) as folder:
        copy_files(folder, place, every)
        write_pages(folder, shared, figures=figures, editions=editions)
        if not texts:
            refuse_texts(folder, corpus)
        write_corpus(folder, shared, corpus=corpus, home=place.corpus, texts=texts)
        write_methods(folder, shared, files={f"{figure.stem}{kind}" for figure in every for kind in run.KINDS})
    return {"notebooks": len(pages), "figures": len(every), "articles": len(corpus.articles)}


def read_corpus(place: run.Place) -> Corpus:
    """Load the articles that the notebooks were run on, as that run did."""
    try:
        corpus = load(place.corpus, columns=place.columns)
    except ValueError as error:
        raise PageError(f"NAMES= or --names: {error}") from None
    if not len(corpus.articles):
        raise PageError(run.nothing(place.corpus, corpus.rejected.to_dict("records")))
    return corpus


def copy_files(folder: Path, place: run.Place, figures: list[Figure]) -> None:
    """Copy the style and the figures in their three forms."""
    shutil.copy(TEMPLATES / "style.css", folder / "style.css")
    for figure in figures:
        for kind in run.KINDS:
            to = folder / f"{figure.stem}{kind}"
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(place.figures / figure.folder / f"{figure.name}{kind}", to)


def write_pages(folder: Path, shared: dict[str, Any], *, figures: list[Figure], editions: list[Any]) -> None:
    """Write the front page, the notebooks and the gallery."""
    pages = shared["pages"]
    render("index.html", folder / "index.html", root="", here="index", **shared)
    for i, page in enumerate(pages):
        before, after = pages[i - 1] if i else None, pages[i + 1] if i + 1 < len(pages) else None
        around = {"page": page, "before": before, "after": after}
        render("notebook.html", folder / page.href, root="../", here=page.name, **around, **shared)
    grouped = [(page, [f for f in figures if f.notebook == page.name]) for page in pages]
    loose = [figure for figure in figures if figure.notebook is None]
    credited = [(name, corpora.NAMED[name].attribution, edition) for name, edition in editions if edition]
    parts = {"grouped": grouped, "loose": loose, "editions": credited}
    toc = [(f"of-{page.name}", page.title) for page, shown in grouped if shown]
    toc += [("loose", "Figures that no notebook here shows")] if loose else []
    parts["toc"] = toc + [(f"edition-{name}", f"The same notebooks on {name}") for name, *_ in credited]
    render("figures.html", folder / "figures.html", root="", here="figures", **parts, **shared)


def words(text: str) -> list[str]:
    """Cut text into its words, without what stands between them."""
    return re.findall(r"\w+", text)


def refuse_texts(folder: Path, corpus: Corpus) -> None:
    """Refuse pages on which an article stands whole: an older run, or a cell that prints it."""
    wanted = [found for text in corpus.articles["text"] if len(found := words(text)) >= WHOLE]
    pieces = [[" ".join(article[i : i + 8]) for i in range(0, len(article) - 7, 8)] for article in wanted]
    for path in sorted(folder.glob("notebooks/*.html")):
        shown = words(Markup(re.sub(r"<[^>]*>", " ", path.read_text("utf-8"))).unescape())
        runs = {" ".join(shown[i : i + 8]) for i in range(len(shown) - 7)}
        if n := sum(runs.issuperset(piece) for piece in pieces):
            told = f"the full text of {n:,} article{'' if n == 1 else 's'}, and texts were to be left out"
            raise PageError(f"{path.name} holds {told}: run the notebooks again (make figures), or do not print them")


def write_corpus(folder: Path, shared: dict[str, Any], *, corpus: Corpus, home: Path, texts: bool) -> None:
    """Write the corpus page and, unless texts are left out, a page for every article and one of removed lines."""
    rows = article_rows(corpus)
    groups = removed_by_rule(corpus, rows)
    outlets = corpus.articles["outlet"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    values = {
        "rows": rows, "groups": groups, "texts": texts, "warning": notice(corpus, texts), "shown": SHOWN,
        "rejected": [{k: text_of(v) for k, v in row.items()} for row in corpus.rejected.to_dict("records")],
        "outlets": list(outlets.items()), "n_events": corpus.articles["event"].nunique(),
        "n_wire": int(corpus.articles["wire_of"].notna().sum()), "n_removed": len(corpus.removed),
    }  # fmt: skip
    values["statement"] = statement(home.parent / "README.md")
    render("corpus.html", folder / "corpus.html", root="", here="corpus", **values, **shared)
    if not texts:
        return
    taken = {key: part.to_dict("records") for key, part in corpus.removed.groupby("article_id")}
    for row in rows:
        paragraphs = [part for part in re.split(r"\n\s*\n", row["text"]) if part.strip()]
        more = {"row": row, "paragraphs": paragraphs, "removed": taken.get(row["article_id"], [])}
        render("article.html", folder / row["href"], root="../", here="corpus", **more, **shared)
    values["toc"] = [(f"rule-{i}", group["rule"]) for i, group in enumerate(groups, 1)]
    render("removed.html", folder / "removed.html", root="", here="corpus", **values, **shared)


def statement(path: Path) -> Markup | None:
    """Render the data statement that stands beside the articles, if the project has written one."""
    if not path.is_relative_to(run.ROOT):
        return None
    return markdown(path.read_text("utf-8"), base=3) if path.is_file() else None


def write_methods(folder: Path, shared: dict[str, Any], *, files: set[str]) -> None:
    """Write the methods page from the README, the notebooks' own sections and the benchmarks' tables."""
    pages, link = shared["pages"], linker(shared["pages"], "", files)
    readme = run.ROOT / "README.md"
    parts = sections(readme.read_text("utf-8")) if readme.is_file() else {}
    chosen = [(title, markdown(body, link=link, base=2)) for title, body in parts.items() if METHODS.search(title)]
    measured = []
    for page in pages:
        found = [
            (title, markdown(body, link=link, base=2))
            for title, body in page.sections.items()
            if MEASURED.search(title) or LIMITS.search(title)
        ]
        measured += [(page, found)] if found else []
    results = sorted((run.ROOT / "tools" / "benchmarks" / "results").glob("*.md"))
    tables = [(path.stem, markdown(path.read_text("utf-8"), link=link, base=3)) for path in results]
    toc = [("method", "Measures and sources")] if chosen else []
    toc += [("measured", "Question by question")] if measured else []
    toc += [(f"measured-{page.name}", page.title) for page, _ in measured]
    toc += [("validation", "Validation")] if tables else []
    toc += [(f"result-{name}", next(iter(headings(body)), name)) for name, body in tables]
    parts_of = {"readme": chosen, "measured": measured, "tables": tables, "toc": toc}
    render("methods.html", folder / "methods.html", root="", here="methods", **parts_of, **shared)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(prog="python -m tools.site", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--corpus", default=os.environ.get("CORPUS"), help="the corpus that the notebooks were run on")
    parser.add_argument("--out", help="where that run put its results")
    parser.add_argument("--names", default="", help="what its columns are called, as that run was told")
    parser.add_argument("--to", help="the folder to write (default: site, beside the figures)")
    parser.add_argument("--no-texts", action="store_true", help="leave the articles' full texts out")
    given = parser.parse_args(arguments)
    place = run.place_for(given.corpus, given.out, given.names)
    texts = not given.no_texts
    return written(given.to or place.pages, lambda to: build(to, place, name=given.corpus or "", texts=texts))


if __name__ == "__main__":
    sys.exit(main())
