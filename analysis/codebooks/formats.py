"""The shapes codebooks come in: each reader yields frame, indicator and line."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

Entry = tuple[str, str, int]  # frame, indicator, line


class Broken(ValueError):
    """A file that does not have the shape of its format."""


def decoded(path: Path) -> str:
    """Return the text of a file that must be UTF-8."""
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"{path.name}, line {line}: the byte 0x{raw[error.start]:02x} is not UTF-8; "
            "save the file as UTF-8 (in a spreadsheet: 'CSV UTF-8')"
        ) from None


def _parsed(parse: Callable[[str], Any], text: str) -> Any:
    """Parse a file, its parser's complaint (which names the line) kept in one line."""
    try:
        return parse(text)
    except (tomllib.TOMLDecodeError, yaml.YAMLError) as error:
        raise Broken(" ".join(str(error).split())) from None


def _toml(text: str) -> Iterator[Entry]:
    """Read `[frames.NAME]` tables with `indicators`."""
    frames = _parsed(tomllib.loads, text).get("frames")
    if not isinstance(frames, dict) or not all(isinstance(entry, dict) for entry in frames.values()):
        raise Broken("there is no [frames.NAME] table; give each frame one, with indicators = [...]")
    for frame, entry in frames.items():
        if not isinstance(entry.get("indicators"), list):
            raise Broken(f"the frame {frame!r} has no list of indicators; write indicators = [...] under it")
    yield from _placed(text, ((frame, entry["indicators"]) for frame, entry in frames.items()), '"{}"')


class _Plain(yaml.BaseLoader):
    """Reads every value as the text it is ("no" is a word, not a truth value) and takes no name twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping, or say which name stands twice."""
        names = [self.construct_object(key) for key, _ in node.value]
        if twice := next((n for i, n in enumerate(names) if n in names[:i]), None):
            raise Broken(f"line {node.start_mark.line + 1} and below: the name {twice!r} stands twice; join the lists")
        return super().construct_mapping(node, deep)


def _yaml(text: str) -> Iterator[Entry]:
    """Read names over lists of patterns, nested to any depth."""

    def leaves(node: object, name: str) -> Iterator[tuple[str, object]]:
        """Yield each name and its list."""
        if not isinstance(node, dict):
            yield name, node
            return
        for key, below in node.items():
            yield from leaves(below, f"{name}.{key}".lstrip("."))

    tree = _parsed(lambda text: yaml.load(text, _Plain), text)
    if not isinstance(tree, dict):
        raise Broken("it has no names with lists of indicators under them")
    yield from _placed(text, leaves(tree, ""), "{}")


def _placed(text: str, frames: Iterable[tuple[str, object]], shape: str) -> Iterator[Entry]:
    """Give each indicator of a parsed file the line it stands on."""
    at = 0
    for frame, indicators in frames:
        for indicator in (indicators if isinstance(indicators, list) else [indicators]) or [""]:
            indicator = "" if indicator is None else indicator
            found = text.find(shape.format(indicator if indicator != "" else frame), at)
            at = max(at, found + 1)
            yield frame, str(indicator), text.count("\n", 0, at) + 1


def _dic(text: str) -> Iterator[Entry]:
    """Read numbered categories between two % lines, then a word and its numbers per line."""
    names: dict[str, tuple[str, int]] = {}
    used, marks = set(), 0
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        if line == "%":
            marks += 1
        elif line and marks == 1:
            key, *name = line.split(maxsplit=1)
            if key in names:
                raise Broken(f"line {number}: the number {key} stands for two categories; give each its own")
            names[key] = ("".join(name), number)
        elif line and marks == 2:
            entry = re.fullmatch(r"(\S.*?)((?:\s+\d+)+)", line)
            if not entry:
                raise Broken(f"line {number}: {line!r} names no category; write its number behind the word")
            for key in entry[2].split():
                if key not in names:
                    raise Broken(f"line {number}: no category is numbered {key!r}; add it between the % lines")
                used.add(key)
                yield names[key][0], entry[1], number
    if marks < 2 or not names:
        raise Broken("a .dic file begins with its numbered categories between two lines of %")
    yield from ((name, "", number) for key, (name, number) in names.items() if key not in used)


def _csv(text: str) -> Iterator[Entry]:
    """Read the columns `frame` and `indicator`."""
    rows = csv.DictReader(text.splitlines())
    if set(rows.fieldnames or []) != {"frame", "indicator"}:
        raise Broken(f"line 1: the columns are {rows.fieldnames}; they must be frame and indicator")
    for row in rows:
        yield row["frame"] or "", row["indicator"] or "", rows.line_num


Reader = Callable[[str], Iterator[Entry]]
READERS: dict[str, Reader] = {".toml": _toml, ".yml": _yaml, ".yaml": _yaml, ".dic": _dic, ".csv": _csv}
