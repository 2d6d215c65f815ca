"""What every page that this project writes has in common: text stays text, and a page appears whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
import signal
import struct
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import mistune
import nh3
from lxml import html as lxml_html
from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

TEMPLATES = Path(__file__).with_name("templates")
MARK = ".vantage-pages"
POLICY = "default-src 'none'; img-src 'self' data:; style-src 'self'; base-uri 'none'; form-action 'none'"
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
HIDDEN = re.compile("[\x80-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f]")
PICTURE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/]+={0,2}")
NUMBER = re.compile(r"^\s*[-−+]?[\d.,]+(?:e[-+]?\d+)?\s*%?\s*$|^\s*(?:NaN|<NA>|NaT|–)\s*$")
MACHINE = re.compile(r"[a-z]+(_[a-z0-9]+)+")  # a name as code writes it
COUNTED = re.compile(r"\d+|\.\.\.")  # pandas puts three dots where it leaves rows out
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
TABLE_TAGS = {"table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption"}
TEXT_TAGS = {
    "p", "div", "span", "br", "hr", "b", "strong", "i", "em", "s", "del", "sub", "sup", "code", "pre", "mark", "small",
}  # fmt: skip
LIST_TAGS = {"ul", "ol", "li", "dl", "dt", "dd", "blockquote", "details", "summary"}
CELL = {"colspan", "rowspan", "scope"}


class PageError(Exception):
    """Pages could not be written; the message says why and what to do."""


def visible(value: object) -> str:
    """Return a value as text in which nothing hides: control and override characters are spelt out."""
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    text = CONTROL.sub(lambda c: chr(0x2421 if c[0] == "\x7f" else 0x2400 + ord(c[0])), text)
    return HIDDEN.sub(lambda c: f"⟨U+{ord(c[0]):04X}⟩", text)


def together(text: str) -> str:
    """Keep a number and its per cent sign on one line."""
    return re.sub(r"(?<=\d) %", "\u00a0%", text)


@cache
def environment() -> jinja2.Environment:
    """Open the templates: everything that is put into them is escaped, and made visible, unless marked safe."""
    opened = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Markup) else visible(value),
    )
    opened.globals["policy"] = POLICY
    return opened


def render(template: str, target: Path, **values: Any) -> None:
    """Write one page."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(environment().get_template(template).render(**values), "utf-8")


def slug(text: str) -> str:
    """Make an anchor from a heading."""
    return re.sub(r"\W+", "-", text.lower()).strip("-") or "section"


class Prose(mistune.HTMLRenderer):
    """Markdown that a person of this project wrote: headings get anchors, links lead to pages that exist."""

    def __init__(self, link: Callable[[str], str | None], base: int = 1) -> None:
        super().__init__(escape=False)
        self.to, self.base, self.used = link, base, set[str]()

    def heading(self, text: str, level: int, **_: Any) -> str:
        """Write a heading, moved down by the base level."""
        anchor = start = slug(re.sub(r"<[^>]+>", "", text))
        number = 2
        while anchor in self.used:
            anchor, number = f"{start}-{number}", number + 1
        self.used.add(anchor)
        depth = min(level + self.base - 1, 6)
        return f'<h{depth} id="{escape(anchor)}">{text}</h{depth}>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """Write a link, or only its words when it leads nowhere from here."""
        found = self.to(url)
        return f'<a href="{escape(found)}">{text}</a>' if found else text

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Write an image that is part of the pages, or only its description."""
        found = self.picture(url)
        return f'<img src="{escape(found)}" alt="{escape(text)}">' if found else f"<em>{escape(text)}</em>"

    def picture(self, url: str) -> str | None:
        """Find an image among the pages' own files; none is taken from elsewhere."""
        found = self.to(url)
        return found if found and ":" not in found else None

    def text(self, text: str) -> str:
        """Write running text."""
        return together(str(super().text(text)))

    def table(self, text: str) -> str:
        """Write a table that scrolls by itself where it is too wide."""
        return f'<div class="table" tabindex="0" role="group" aria-label="Table"><table>{text}</table></div>'

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        """Write a cell; a head cell says what it heads."""
        number = ' class="num"' if align == "right" else ""
        return f'<th scope="col"{number}>{text}</th>' if head else f"<td{number}>{text}</td>"

    def codespan(self, text: str) -> str:
        """Write code; the name of a notebook becomes a link to it."""
        written, found = f"<code>{escape(text)}</code>", self.to(f"{text}.ipynb")
        return f'<a href="{escape(found)}">{written}</a>' if found else written


def markdown(text: str, *, link: Callable[[str], str | None] = lambda url: None, base: int = 1) -> Markup:
    """Render Markdown and leave nothing in it that could run, load or style."""
    renderer = Prose(link, base)
    written = mistune.create_markdown(renderer=renderer, plugins=["table", "strikethrough", "footnotes"])(visible(text))
    headings = {f"h{level}": {"id"} for level in range(1, 7)}
    cells = {"th": CELL, "td": CELL, "div": {"tabindex", "role", "aria-label"}}
    clean = nh3.clean(
        str(written),
        tags=TABLE_TAGS | TEXT_TAGS | LIST_TAGS | set(headings) | {"a", "img"},
        attributes={**headings, **cells, "a": {"href"}, "img": {"src", "alt"}},
        attribute_filter=lambda tag, name, value: renderer.picture(value) if (tag, name) == ("img", "src") else value,
        allowed_classes={"div": {"table"}, "th": {"num"}, "td": {"num"}},
        url_schemes={"http", "https", "mailto"},
    )
    return Markup(clean)


def output_html(source: str) -> Markup:
    """Sanitise the HTML that a cell put out: tables, words and pictures that carry their own bytes stay.

    Nothing links, loads, styles or runs.
    """
    text = visible(source)
    with suppress(ValueError, lxml_html.etree.LxmlError):  # what cannot be parsed is only sanitised
        text = marked(text)
    classes = {"td": {"num"}, "th": {"num"}}
    clean = nh3.clean(
        text,
        tags=TABLE_TAGS | TEXT_TAGS | LIST_TAGS | {"h3", "h4", "h5", "h6", "img"},
        attributes={"th": CELL, "td": CELL, "img": {"src", "alt"}},
        attribute_filter=lambda tag, name, value: value if name != "src" or PICTURE.fullmatch(value) else None,
        allowed_classes=classes,
        clean_content_tags={"script", "style", "title", "noscript", "template"},
        url_schemes={"data"},
    )
    return Markup(clean)


def blank(html: Markup) -> bool:
    """Say whether sanitised HTML shows nothing: no word and no picture."""
    return " src=" not in html and not html.striptags()


def marked(text: str) -> str:
    """Say of every head cell what it heads, and of every number that it is one."""
    page = lxml_html.fragment_fromstring(text, create_parent="div")
    for head in page.iter("thead"):
        in_one_row(head.findall("tr"))
    for table in page.iter("table"):
        for_readers(table)
    for cell in page.iter("th", "td"):
        in_head = any(parent.tag == "thead" for parent in cell.iterancestors())
        if cell.tag == "th" and not cell.get("scope"):
            cell.set("scope", "col" if in_head else "row")
        if NUMBER.match(cell.text_content()):
            cell.set("class", "num")
    for table in page.iter("table"):
        rows = table.findall(".//tbody/tr")
        for i, head in enumerate(table.findall(".//thead/tr[1]/th")):
            column = [row[i] for row in rows if len(row) > i]
            if column and all(cell.get("class") == "num" for cell in column):
                head.set("class", "num")
    return str(lxml_html.tostring(page, encoding="unicode"))


def in_one_row(rows: list[Any]) -> None:
    """Put the names of a frame's index, which pandas writes in a row of their own, where the row above is empty."""
    if len(rows) < 2 or len(rows[-2]) != len(rows[-1]):
        return
    pairs = [(above, name) for above, name in zip(*rows[-2:], strict=True) if name.text_content().strip()]
    if not any(above.text_content().strip() for above, _ in pairs):
        for above, name in pairs:
            rows[-2].replace(above, name)
        rows[-1].getparent().remove(rows[-1])


def for_readers(table: Any) -> None:
    """Leave out the numbers of a frame's rows, which tell nothing, and write the names of its columns as words.

    A notebook is worked with and keeps the names that its code uses; a page is read.
    """
    heads, rows = table.findall("./thead/tr"), table.findall("./tbody/tr")
    for cell in table.findall("./thead/tr/th"):
        if not len(cell) and MACHINE.fullmatch(cell.text or ""):
            cell.text = cell.text.replace("_nowire", " without wire copy").replace("_", " ")
    first = [row[0] for row in [*heads, *rows] if len(row)]
    numbered = len(heads) == 1 and len(first) == len(rows) + 1 > 1 and not first[0].text_content().strip()
    if numbered and all(cell.tag == "th" and COUNTED.fullmatch(cell.text_content()) for cell in first[1:]):
        for cell in first:
            cell.getparent().remove(cell)


def python(source: str) -> Markup:
    """Colour Python code."""
    return Markup(highlight(visible(source), PythonLexer(), HtmlFormatter(nowrap=True)))


def plain(text: str) -> str:
    """Return what a program printed, without the codes that would colour a terminal."""
    return ANSI.sub("", text).rstrip("\n")


def size(png: bytes) -> tuple[int, int]:
    """Read the width and height of a PNG."""
    if png[:8] != b"\x89PNG\r\n\x1a\n" or len(png) < 24:
        return 0, 0
    width, height = struct.unpack(">II", png[16:24])
    return int(width), int(height)


@contextmanager
def replaced(target: Path) -> Iterator[Path]:
    """Yield an empty folder that takes the place of `target` if all goes well; else `target` stays as it was."""
    if target.exists() and not target.is_dir():
        raise PageError(f"{target} is a file: choose another folder")
    if target.exists() and any(target.iterdir()) and not (target / MARK).exists():
        raise PageError(f"{target} holds something else than pages of ours: choose another folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f".{target.name}-writing-*"):  # by a run that was killed
        shutil.rmtree(left, ignore_errors=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{target.name}-writing-", dir=target.parent))
    fresh, old = staging / "new", staging / "old"
    try:
        fresh.mkdir()
        yield fresh
        (fresh / MARK).write_text("Written by Vantage; replaced as a whole by the next run.\n", "utf-8")
        if target.exists():
            os.replace(target, old)
        try:
            os.replace(fresh, target)
        except OSError:
            if old.exists():
                os.replace(old, target)
            raise
    except OSError as error:
        raise PageError(f"{target}: {error.strerror or error}; what was there is unchanged") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def written(to: str | Path, build: Callable[[Path], dict[str, int]]) -> int:
    """Build pages into the folder named `to` and say what was made; return the exit status, faults told in a line."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    target = Path(to).expanduser().resolve()
    try:
        made = build(target)
    except PageError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted; the pages are as they were before.", file=sys.stderr)
        return 130
    counts = ", ".join(f"{number:,} {what}" for what, number in made.items())
    page = target / "index.html"
    print(f"{counts}; open {page.relative_to(Path.cwd()) if page.is_relative_to(Path.cwd()) else page}")
    return 0
