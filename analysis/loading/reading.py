"""Reading files: every file and row is either a record or a rejection with its reason and its remedy."""

from __future__ import annotations

import csv
import html
import io
import json
import os
import re
import stat
import unicodedata
from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from analysis import codebooks
from analysis.loading.webpages import left_out

FORMATS = ".txt, .md, .html, .csv, .tsv, .json, .jsonl or .parquet"
FILES = codebooks.read("cleaning")["files"]
SYNONYMS: dict[str, list[str]] = codebooks.read("cleaning")["columns"]
NAMES = {name for names in SYNONYMS.values() for name in names}
DELIMITERS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}
FENCE = r"(?:[-–—]{2,}|—)[ \t]*"  # a word processor makes one long dash of three
OPENING = re.compile(rf"{FENCE}\n((?:.*\n){{1,8}})")
FRONT_MATTER = re.compile(rf"\A{FENCE}\n(.*?)\n{FENCE}(?:\n|\Z)", re.DOTALL)
UNFENCED = re.compile(r"\A(?:[A-Za-z_][\w -]{1,30}:[ \t]*\S.*\n){2,12}")
KEY = re.compile(r"([A-Za-z_][\w -]*?)[ \t]*:[ \t]*(.*)")
NEWLINE = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
SEPARATOR = re.compile(r"\ufeff?sep=(\S|\t)\r?\n", re.IGNORECASE)
SCRIPT = re.compile(r"(?is)<(script|style)\b[^<>]*>.*?</\1\s*>|<!--.*?-->")
_MARKS = r"(?:\s[^<>]*|\s*/)?>"
BLOCK = re.compile(rf"(?i)</?(?:p|br|div|h[1-6]|ul|ol|li|blockquote|figure|section|article|table|tr){_MARKS}")
INLINE = re.compile(
    r"(?i)</?(?:a|abbr|b|cite|em|figcaption|font|i|iframe|img|q|s|small|span|strong|sub|sup|td|th|time|u)" + _MARKS
)
END = "\x1e\x1e"  # stands in no text: whatever cell holds it was never closed
CHARSET = re.compile(rb"(?i)<meta[^>]+charset")
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
FOREIGN = {
    b"PK\x03\x04": "a Word, Excel or zip file",
    b"\xd0\xcf\x11\xe0": "an old Word or Excel file",
    b"%PDF": "a PDF",
    b"{\\rtf": "rich text",
}


class Rejection(NamedTuple):
    """Something that was there and is not an article: which file, which row, why, and what to do about it."""

    source: str
    row: int | None
    reason: str
    remedy: str


class Record(NamedTuple):
    """One article as it was found: its fields under the source's own names, where it stood, which lines stay behind."""

    source: str
    row: int | None
    fields: dict[str, Any]
    behind: tuple[str, ...] = ()


Rows = list[tuple[int | None, dict[str, Any] | Record | Rejection]]


def listing(root: Path) -> list[tuple[Path, str] | Rejection]:
    """List a file, or every file below a folder in one fixed order, following no link and opening no pipe."""
    if not root.is_dir():
        return [_refusal(root, _printable(root.name), listed=False) or (root, _printable(root.name))]
    folders, found = [root], list[tuple[Path, str] | Rejection]()
    while folders:
        folder = folders.pop()
        try:
            children = list(folder.iterdir())
        except OSError as error:
            found.append(_unreadable(_printable(folder.relative_to(root).as_posix()), error))
            continue
        for child in children:
            name = _printable(child.relative_to(root).as_posix())
            refusal = _refusal(child, name)
            if refusal is None and child.is_dir():
                folders.append(child)
            else:
                found.append(refusal or (child, name))
    return sorted(found, key=lambda item: item.source if isinstance(item, Rejection) else item[1])


def read(path: Path, source: str) -> list[Record | Rejection]:
    """Read one file into records and rejections; whatever is wrong with it is a rejection, never an error."""
    suffix = path.suffix.lower().lstrip(".")
    try:
        raw = path.read_bytes()
        if kind := next((kind for mark, kind in FOREIGN.items() if raw.startswith(mark)), None):
            advice = "open it in its own program and save it as plain text (.txt), or a table as .csv"
            return [Rejection(source, None, f"{kind} under the name of a .{suffix} file", advice)]
        rows = READERS[suffix](raw)
    except OSError as error:
        return [_unreadable(source, error)]
    except Exception as error:  # a broken file may raise anything inside a parser
        reason = f"broken {suffix}: {' '.join(str(error).split())[:150]}"
        return [Rejection(source, None, reason, "open it in an editor and mend it")]
    if not rows:
        return [Rejection(source, None, "empty", "put articles in it or take it away")]
    return [
        Record(source, row, item) if isinstance(item, dict) else item._replace(source=source, row=row)
        for row, item in rows
    ]


def decode(raw: bytes) -> str:
    """Decode bytes: by their mark, as UTF-8, as UTF-16 without a mark, then by what they look like."""
    for mark, encoding in MARKS.items():
        if raw.startswith(mark):
            return raw.decode(encoding, "replace")
    sample = raw[:4000]
    if sample.count(0) > len(sample) // 4:
        return raw.decode("utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        if 0 in raw:
            raise ValueError("binary data, not text") from None
        return raw.decode(_legacy(raw), "replace")


def _legacy(raw: bytes) -> str:
    """Guess an eight-bit encoding: what charset-normalizer says of another script, else Western European."""
    from charset_normalizer import from_bytes

    sample = raw[:20_000]
    foreign = sum(byte > 127 for byte in sample) > len(sample) // 5
    best = from_bytes(sample).best() if foreign else None
    western = "latin-1" if any(byte in raw for byte in b"\x81\x8d\x8f\x90\x9d") else "cp1252"
    return best.encoding if best else western


def tidy(text: str) -> str:
    """Repair mojibake, compose (NFC), make every newline one kind, drop what is invisible, trim every line."""
    if not text.isascii() or "&" in text:
        import ftfy

        text = ftfy.fix_text(text, uncurl_quotes=False, fix_character_width=False, explain=False)
    text = INVISIBLE.sub("", NEWLINE.sub("\n", text))
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def without_tags(text: str) -> str:
    """Take the marks of HTML off the cell of a table: blocks become paragraphs, scripts go, entities are decoded.

    Examples
    --------
    >>> without_tags("<p>Fish &amp; <i>chips</i></p><p>cost a < b</p>")
    'Fish & chips\\n\\ncost a < b'
    """
    if not BLOCK.search(text):
        return text
    text = INLINE.sub("", BLOCK.sub("\n\n", SCRIPT.sub("", text)))
    return re.sub(r"\n{2,}", "\n\n", tidy(html.unescape(text)))


def _printable(name: str) -> str:
    """Return a file name as clean text, the same on every machine."""
    return unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))


def _unreadable(source: str, error: OSError) -> Rejection:
    """Reject what the operating system will not open."""
    return Rejection(source, None, f"cannot be read: {error.strerror}", "check its permissions")


def _refusal(path: Path, source: str, *, listed: bool = True) -> Rejection | None:
    """Reject what must not be opened, judged by its kind, its name and its size alone."""
    suffix, stem = path.suffix.lower().lstrip("."), path.name.split(".")[0].lower()
    try:
        status = path.lstat() if listed else path.stat()
    except OSError as error:
        return _unreadable(source, error)
    folder, regular = stat.S_ISDIR(status.st_mode), stat.S_ISREG(status.st_mode)
    known = suffix in READERS
    limit = FILES["max_bytes_table" if suffix in FILES["table"] else "max_bytes_page"]
    checks = (
        (stat.S_ISLNK(status.st_mode), "a link, not followed", "put the file itself in the folder"),
        (listed and path.name.startswith("."), "hidden", "take the dot off its name"),
        (folder and known, "a folder named like a file", "rename the folder"),
        (not (folder or regular), "a pipe, socket or device", "save its content as a file"),
        (folder, "", ""),
        (listed and stem in FILES["documentation"], "documentation", "rename it if it is an article"),
        (suffix in FILES["image"], "a picture", "paste its words into a .txt file"),
        (not known, "not a format that holds articles", f"save it as {FORMATS}"),
        (status.st_size > limit, f"larger than {limit:,} bytes", "split it into smaller files"),
    )
    reason, remedy = next(((why, todo) for hit, why, todo in checks if hit), ("", ""))
    return Rejection(source, None, reason, remedy) if reason else None


def _page(raw: bytes) -> Rows:
    """Read a pasted page: front matter if it has any, then its lines."""
    text = _fenced(NEWLINE.sub("\n", decode(raw)).lstrip("\ufeff\n \t"))
    if delimiter := _tabular(text):
        reason = f"a table under the name of a page: {DELIMITERS[delimiter]} part its cells"
        return [(None, Rejection("", None, reason, "let its name end in .csv or .tsv"))]
    opening = OPENING.match(text)
    if not opening or NAMES.isdisjoint(_head(line) for line in opening[1].split("\n") if ":" in line):
        return [(None, {"text": text, "origin": "pasted"})] if text.strip() else []
    matter = FRONT_MATTER.match(text)
    fields, wrong = _matter(matter[1]) if matter else ({}, "has no closing line of three dashes")
    if matter is None or wrong:
        remedy = "write one `name: value` a line, such as `outlet: The Example`, between two lines of ---"
        return [(None, Rejection("", None, f"front matter {wrong}", remedy))]
    return [(None, {**fields, "text": text[matter.end() :]})]


def spelt(name: str) -> str:
    """Return the name of a column as the synonyms are spelt.

    Examples
    --------
    >>> spelt(" Pub. Date")
    'pub_date'
    """
    return re.sub(r"[\W_]+", "_", name.lower()).strip("_")


def _tabular(text: str) -> str:
    """Return the delimiter of a table that was saved as a page; an empty string where it may be prose."""
    lines = [line for line in SEPARATOR.sub("", text, count=1).split("\n") if line.strip()]
    counts = {delimiter: {line.count(delimiter) for line in lines} for delimiter in "\t;"}
    even = (d for d, found in counts.items() if len(lines) > 2 and len(found) == 1 and min(found) > (d == ";"))
    named = _naming(lines[0]) if len(lines) > 1 else ""
    return named if named and named in lines[1] else next(even, "")


def _naming(line: str) -> str:
    """Return the delimiter of a line that names two columns or more, that of the text among them."""
    for delimiter in DELIMITERS:
        cells = {spelt(cell) for cell in line.split(delimiter)}
        if len(cells & NAMES) > 1 and not cells.isdisjoint(SYNONYMS["text"]):
            return delimiter
    return ""


def _fenced(text: str) -> str:
    """Put lines of dashes around fields that begin a page without them, an outlet or an event among them."""
    block = UNFENCED.match(text)
    lines = block[0].splitlines() if block else []
    heads = [_head(line) for line in lines]
    n = next((i for i, head in enumerate(heads) if head not in NAMES), len(heads))
    if n < 2 or {"outlet", "event"}.isdisjoint(heads[:n]):
        return text
    return "\n".join(["---", *lines[:n], "---", text[sum(len(line) + 1 for line in lines[:n]) :]])


def _head(line: str) -> str:
    """Return what stands before a line's colon, as `NAMES` spells names."""
    return line.partition(":")[0].strip().lower().replace(" ", "_")


def _matter(block: str) -> tuple[dict[str, Any], str]:
    """Return the fields of front matter, and what is wrong with it, if anything."""
    fields: dict[str, Any] = {}
    last = ""
    for number, line in enumerate(block.split("\n"), start=2):
        plain = line.strip()
        if not plain or plain.startswith("#"):
            continue
        if key := KEY.fullmatch(plain):
            last = key[1]
            fields[last] = (key[2] or "").strip().strip("\"'")
        elif plain.startswith("- ") and last:  # a list goes on below its name
            fields[last] = f"{fields[last]}, {plain[2:]}".lstrip(", ")
        else:
            return fields, f"cannot be read in line {number}: {plain[:60]!r}"
    return fields, "" if fields else "is empty"


def _markdown(raw: bytes) -> Rows:
    """Read a Markdown page as a pasted one, without its marks."""
    rows = _page(raw)
    for fields in (fields for _, fields in rows if isinstance(fields, dict)):
        for mark in codebooks.read("cleaning")["markdown"]:
            fields["text"] = re.sub(mark["pattern"], mark["replacement"], fields["text"])
    return rows


def _html(raw: bytes) -> Rows:
    """Read a saved web page, in the character set that it declares: its main text and what it says of itself."""
    import trafilatura

    declared = CHARSET.search(raw[:2048]) and not raw.startswith(tuple(MARKS))
    whole = raw if declared else decode(raw)
    page: Any = trafilatura.bare_extraction(whole, with_metadata=True, include_comments=False)
    if page is None or not page.text:
        advice = "paste the article's words into a .txt file"
        return [(None, Rejection("", None, "no article found in the page", advice))]
    known = {"title": page.title, "outlet": page.sitename, "published": page.date, "url": page.url}
    behind = left_out(trafilatura.load_html(whole), [page.title or "", *page.text.split("\n")])
    return [(None, Record("", None, {**known, "text": page.text.replace("\n", "\n\n")}, tuple(behind)))]


def _delimited(raw: bytes) -> Rows:
    """Read a table of cells parted by the delimiter that it names (``sep=;``) or that its header uses most."""
    text = decode(raw).replace("\r\n", "\n").replace("\r", "\n")
    named = SEPARATOR.match(text)
    text = text[named.end() :] if named else text
    lines = text[: FILES["header_within"]].split("\n")
    at = next((i for i, line in enumerate(lines) if _naming(line)), 0)
    above, text = lines[:at], text[sum(len(line) + 1 for line in lines[:at]) :]
    if any(map(re.compile(r"\w").search, above)):
        reason = f"the names of its columns seem to stand in line {at + 1 + bool(named)}: {lines[at].strip()[:80]!r}"
        return [(None, Rejection("", None, reason, "take away the lines above them"))]
    delimiter = named[1] if named else max(",\t;|", key=text.lstrip().split("\n", 1)[0].count)
    csv.field_size_limit(FILES["max_bytes_page"])
    cells = csv.reader(io.StringIO(f"{text.rstrip()}\n{END}", newline=""), delimiter=delimiter)
    names = [tidy(name) or f"column {i}" for i, name in enumerate(next(cells, []), start=1)]
    return [(number, _cells(row, names)) for number, row in enumerate(cells, start=1) if row != [END]]


def _cells(row: list[str], names: list[str]) -> dict[str, Any] | Rejection:
    """Put the cells of a row under their names; where a quotation mark is left open, what follows ran into it."""
    if row and row[-1].endswith(END):
        reason = f"a quotation mark opens here and never closes: {row[-1].count(chr(10)):,} lines ran into one cell"
        return Rejection("", None, reason, "close the mark, or double it if it belongs to the text")
    if len(row) > len(names):
        reason = f"{len(row)} cells under {len(names)} column name{'' if len(names) == 1 else 's'}"
        remedy = "quote the cells that hold the delimiter; let the first line name the columns"
        return Rejection("", None, reason, remedy)
    return dict(zip_longest(names, row))


def _json(raw: bytes) -> Rows:
    """Read a list of objects, one object, or an object that holds a list of them, one under each id, or columns."""
    value = json.loads(decode(raw))
    items = _objects(value) if isinstance(value, dict) else value if isinstance(value, list) else [value]
    return [(number, _object(item)) for number, item in enumerate(items, start=1)]


def _objects(value: dict[str, Any]) -> list[Any]:
    """Find the articles in an object: itself, those in a list, those under their ids, those spread over columns."""
    told = any(_key(key) in SYNONYMS["text"] for key in value)
    inner = list(value.values())
    if value and all(isinstance(item, dict) for item in inner):
        if told and len(inner) > 1 and len(set(map(frozenset, inner))) == 1:  # as pandas writes a table
            return [{name: cells[row] for name, cells in value.items()} for row in inner[0]]
        ids = SYNONYMS["article_id"]
        return [v if any(_key(k) in ids for k in v) else {"article_id": key, **v} for key, v in value.items()]
    lists = (item for item in inner if isinstance(item, list) and item and isinstance(item[0], dict))
    return [value] if told else next(lists, [value])


def _key(key: object) -> str:
    """Return a key as synonyms are spelt."""
    return str(key).strip().lower()


def _jsonl(raw: bytes) -> Rows:
    """Read one object per line; a broken line is rejected alone."""
    rows: Rows = []
    for number, line in enumerate(decode(raw).split("\n"), start=1):
        if line.strip():
            try:
                rows.append((number, _object(json.loads(line))))
            except (ValueError, RecursionError) as error:
                rows.append((number, Rejection("", None, f"broken line: {error}", "mend the line")))
    return rows


def _object(item: Any) -> dict[str, Any] | Rejection:
    """Take a JSON object; anything else is no row."""
    if isinstance(item, dict):
        return item
    return Rejection("", None, f"a {type(item).__name__}, not an object", "give each article its keys")


def _parquet(raw: bytes) -> Rows:
    """Read a Parquet table."""
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(io.BytesIO(raw))
    return list(enumerate(table.to_pylist(), start=1))


READERS: dict[str, Callable[[bytes], Rows]] = {
    **dict.fromkeys(("txt", "text"), _page),
    **dict.fromkeys(("md", "markdown"), _markdown),
    **dict.fromkeys(("html", "htm"), _html),
    **dict.fromkeys(("csv", "tsv"), _delimited),
    **dict.fromkeys(("jsonl", "ndjson"), _jsonl),
    "json": _json,
    "parquet": _parquet,
}
