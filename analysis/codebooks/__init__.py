"""Word lists and rules as data, and the one place that reads them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from analysis.codebooks.formats import READERS, Broken, Entry, decoded

SEED = 0
"""The seed every resampling starts from unless the caller names another."""

_WORD = r"(?:\*?[^\W\d_][\w.'’*-]*)"
_INDICATOR = re.compile(rf"{_WORD}(?: {_WORD})*|[$£€¥%]")


@cache
def read(name: str) -> dict[str, Any]:
    """Read a bundled data file.

    Parameters
    ----------
    name : str
        File name without its ending, for example ``"hedges"``.

    Returns
    -------
    dict
        The parsed TOML. It is cached: treat it as read-only.

    Raises
    ------
    FileNotFoundError
        If no such file is bundled; the message lists those that are.

    Examples
    --------
    >>> sorted(read("cleaning"))  # doctest: +SKIP
    """
    source = files(__name__) / f"{name}.toml"
    if not source.is_file():
        known = sorted(path.name[:-5] for path in files(__name__).iterdir() if path.name.endswith(".toml"))
        raise FileNotFoundError(f"no codebook named {name!r}; bundled: {', '.join(known)}")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def any_of(words: Iterable[str]) -> str:
    """Return the pattern of any of these words or phrases, longest first.

    Examples
    --------
    >>> any_of(["up", "up to"])
    '(?:up\\\\ to|up)'
    """
    return f"(?:{'|'.join(sorted(map(re.escape, set(words)), key=lambda word: (-len(word), word)))})"


@dataclass(frozen=True)
class Codebook:
    """Frames and the indicators they are read from.

    Attributes
    ----------
    name : str
    frames : mapping of str to tuple of str
        Indicators of each frame: a word, a phrase, either with `*` for any ending (`liberat*`), or a sign (`$`).
    unless : tuple of str
        Phrases within which no indicator counts: names such as "observatory for human rights".
    """

    name: str
    frames: Mapping[str, tuple[str, ...]]
    unless: tuple[str, ...] = ()


def load(source: str | Path | Codebook | Mapping[str, Iterable[str]]) -> Codebook:
    """Read a codebook: a bundled one by name, or a file of one's own.

    Parameters
    ----------
    source : str, Path, Codebook or mapping
        The name of a bundled codebook; a path ending in `.toml` (as the bundled ones), `.yml` or `.yaml` (as quanteda
        writes dictionaries; nested names are joined by a full stop), `.dic` (as LIWC does) or `.csv` (columns `frame`
        and `indicator`); or a mapping of frames to indicators.

    Returns
    -------
    Codebook

    Raises
    ------
    ValueError
        If the file is not UTF-8, cannot be parsed or has no frames, or if a frame is empty, an indicator is broken or
        given twice; the message names file and line, and says what to do.
    FileNotFoundError
        If there is no such file.

    Examples
    --------
    >>> load({"moral": ["dut*", "right and wrong"]}).frames
    {'moral': ('dut*', 'right and wrong')}
    """
    if isinstance(source, Codebook):
        return source
    if isinstance(source, Mapping):
        listed = {frame: [some] if isinstance(some, str) else list(some) or [""] for frame, some in source.items()}
        return Codebook("codebook", _checked([(f, str(i), 0) for f, some in listed.items() for i in some], "codebook"))
    if not isinstance(source, str | Path):
        kind = type(source).__name__
        raise TypeError(f"a codebook is a name, a path or a mapping of frames to indicators, not a {kind}")
    path = Path(source)
    if path.suffix.lower() not in READERS:
        if path.is_file():
            raise ValueError(f"{path.name}: codebooks end in {', '.join(READERS)}; save it as one of these")
        if "frames" not in read(str(source)):  # raises where nothing of that name is bundled
            raise ValueError(f"{source!r} is a list of rules, not a codebook of frames")
        path = Path(str(files(__name__) / f"{source}.toml"))
    text = decoded(path)
    try:
        entries = list(READERS[path.suffix.lower()](text))
    except Broken as error:
        raise ValueError(f"{path.name}: {error}; mend the file and load it again") from None
    unless = tomllib.loads(text).get("unless", []) if path.suffix.lower() == ".toml" else []
    if wrong := [str(phrase) for phrase in unless if not _INDICATOR.fullmatch(str(phrase)) or " " not in phrase]:
        raise ValueError(f"{path.name}: unless names {wrong[0]!r}, which is no phrase of several words; mend it")
    return Codebook(path.stem, _checked(entries, path.name), tuple(unless))


def _checked(entries: Iterable[Entry], file: str) -> dict[str, tuple[str, ...]]:
    """Return the frames, or say which line is empty, broken or double."""
    frames: dict[str, dict[str, str]] = {}
    for frame, indicator, line in entries:
        where, plain = f"{file}, line {line}" if line else file, " ".join(indicator.lower().split())
        known = frames.setdefault(frame.strip(), {})
        if not frame.strip():
            raise ValueError(f"{where}: {indicator!r} belongs to no frame; name its frame")
        if not plain:
            raise ValueError(f"{where}: the frame {frame!r} has an empty indicator or none; give one or delete it")
        if not _INDICATOR.fullmatch(plain):
            raise ValueError(
                f"{where}: {indicator!r} in {frame!r} is no indicator; write a word, a phrase, * for any ending "
                "(liberat*, human shield*) or one sign such as $; numbers and other patterns are not counted"
            )
        if plain in known:
            raise ValueError(f"{where}: {indicator!r} stands twice in the frame {frame!r}; delete one")
        known[plain] = " ".join(indicator.split())
    if not frames:
        raise ValueError(f"{file}: there is no frame in it; give at least one with its indicators")
    return {frame: tuple(known.values()) for frame, known in frames.items()}
