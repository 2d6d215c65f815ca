"""Whom do they call what: labels for one and the same thing, in the outlet's voice and in quotations."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from analysis import codebooks
from analysis.codebooks.formats import decoded
from analysis.text import demand

_HEDGED = re.compile(r"(?i)\b(?:so-called|self-styled|self-proclaimed)\b[\s“\"‘']*(?:the\s)?$|^(?:so-called|self-)")
_OPENS, _CLOSES = re.compile(r"[“\"‘']$"), re.compile(r"[”\"’'](?!s\b)")


def naming(parts: pd.DataFrame, codebook: str | Path = "naming") -> pd.DataFrame:
    """Tell by which labels each outlet names each referent, in its own voice and in quotations.

    Parameters
    ----------
    parts : DataFrame
        Units: `article_id`, `outlet`, `sentence`, `voice`, `start`, `text`.
    codebook : str or Path
        A bundled codebook of labels, or a TOML file of the same shape.

    Returns
    -------
    DataFrame
        One row per referent, outlet and voice in which it is named, and label in use anywhere: `referent`, `label`,
        `outlet`, `voice`, `articles` (int, that use the label), `mentions` (int), `share` (of that outlet's labels for
        the referent in that voice), `low`, `high` (95 %).

    Notes
    -----
    Mentions that are not `anchored` are left out: a word that is said of others as well may mean somebody else where
    nothing close to it, or about its event, names the referent otherwise. To count them, aggregate `mentions`.

    The interval is Wilson's, on the number of mentions that would tell as much if articles did not repeat themselves,
    between the number of articles and that of mentions (Korn & Graubard 1998, Survey Methodology 24).

    Examples
    --------
    >>> parts = pd.DataFrame({"article_id": ["a"], "outlet": "x", "sentence": 0, "voice": "own", "start": 0,
    ...                       "text": ["Daesh lost the town."]})
    >>> naming(parts)[["referent", "label", "mentions", "share"]].values.tolist()
    [['isis', 'Daesh', 1, 1.0]]
    """
    found = mentions(parts, codebook).query("anchored")
    used_anywhere = set(found[["referent", "label"]].itertuples(index=False, name=None))
    order = [(r.name, label) for r in _load(codebook) for label in r.labels if (r.name, label) in used_anywhere]
    rows = []
    for (outlet, voice, referent), named in found.groupby(["outlet", "voice", "referent"], sort=True, dropna=False):
        table = named.groupby(["article_id", "label"]).size().unstack(fill_value=0)
        for label in [label for name, label in order if name == referent]:
            used = table[label].to_numpy() if label in table else np.zeros(len(table), int)
            share, low, high = _interval(used, table.to_numpy().sum(axis=1))
            rows.append((referent, label, outlet, voice, int((used > 0).sum()), int(used.sum()), share, low, high))
    names = ["referent", "label", "outlet", "voice", "articles", "mentions", "share", "low", "high"]
    kinds = dict.fromkeys(names[:4], "str") | dict.fromkeys(names[4:6], "int64") | dict.fromkeys(names[6:], "float64")
    table = pd.DataFrame(rows, columns=names).astype(kinds)
    rank = {referent: place for place, (referent, _) in enumerate(order)}
    return table.sort_values("referent", key=lambda column: column.map(rank), kind="stable").reset_index(drop=True)


def mentions(parts: pd.DataFrame, codebook: str | Path = "naming") -> pd.DataFrame:
    """List every mention of every referent with the label it is given.

    Parameters
    ----------
    parts, codebook
        As for `naming`.

    Returns
    -------
    DataFrame
        In order of the text: `article_id`, `outlet`, `sentence` (int), `referent`, `label`, `form` (as printed),
        `voice`, `start`, `end` (int, in the article's text), `first` (bool, of the article's mentions of the referent
        in that voice), `so_called` (bool, led in by so-called, self-styled or self-proclaimed), `scare_quoted` (bool,
        alone within quotation marks), `anchored` (bool; false where somebody else may be meant: a word that the
        codebook calls generic, when neither its sentence nor the one before names the referent by another label, nor
        any article on its `event`, if `parts` has events).

    Raises
    ------
    ValueError
        If the codebook is not UTF-8 or TOML, has no labels or a broken pattern; the message says where.
    """
    columns = ["article_id", "outlet", "sentence", "voice", "start", "text"]
    demand(parts, columns)
    book = _load(codebook)  # once: a list of one's own is read from its file
    rows = [
        (article, outlet, sentence, referent, label, match[0], voice, at + match.start(), at + match.end(), *marks)
        for article, outlet, sentence, voice, at, text in parts[columns].itertuples(index=False)
        for match, label, referent, *marks in _found(text, book)
    ]
    names = ["article_id", "outlet", "sentence", "referent", "label", "form", "voice", "start", "end"]
    table = pd.DataFrame(rows, columns=[*names, "so_called", "scare_quoted"])
    table.insert(9, "first", ~table.duplicated(["article_id", "referent", "voice"]))
    table["anchored"] = _anchored(table, parts, book)
    kinds = dict.fromkeys(["referent", "label", "form", "voice"], "str") | dict.fromkeys(names[7:], "int64")
    return table.astype(kinds | dict.fromkeys(["first", "so_called", "scare_quoted", "anchored"], bool))


def referents(codebook: str | Path = "naming") -> pd.DataFrame:
    """Return what a codebook has labels for.

    Returns
    -------
    DataFrame
        Index `referent`; `called` (how a sentence names it: as the codebook says, or else by its key), `construct`
        (what it stands for; empty where the codebook does not say).

    Examples
    --------
    >>> referents().loc["strike"].tolist()
    ['air strikes', 'An attack from the air by a state or a coalition.']
    """
    rows = [(referent.name, referent.called, referent.construct) for referent in _load(codebook)]
    return pd.DataFrame(rows, columns=["referent", "called", "construct"], dtype="str").set_index("referent")


def label_shares(named: pd.DataFrame, referent: str, *, voice: str | None = "own") -> pd.DataFrame:
    """Return each article's labels for one referent as shares, ready for `compare.contrast`.

    Parameters
    ----------
    named : DataFrame
        What `mentions` returned; rows that are not `anchored` are left out, as in `naming`.
    referent : str
    voice : {"own", "quoted"} or None
        None for both.

    Returns
    -------
    DataFrame
        Index `article_id`, one float column per label; each row adds up to 1. Articles that never name the referent in
        that voice are left out.

    Raises
    ------
    KeyError
        If no article names the referent.
    """
    sure = named[named["anchored"]]
    chosen = sure[sure["referent"].eq(referent)]
    if chosen.empty:
        known = ", ".join(sorted(set(sure["referent"]))) or "none"
        raise KeyError(f"no article names {referent!r}; named are {known}")
    spoken = chosen if voice is None else chosen[chosen["voice"].eq(voice)]
    table = spoken.groupby(["article_id", "label"], sort=False).size().unstack(fill_value=0)
    table = table.div(table.sum(axis=1), axis=0).rename_axis(columns=None)
    return table.reindex(columns=sorted(chosen["label"].unique()), fill_value=0.0)


def _anchored(table: pd.DataFrame, parts: pd.DataFrame, book: Iterable[_Referent]) -> list[bool]:
    """Tell which mentions are sure to mean their referent: see `mentions`."""
    generic = {(referent.name, label) for referent in book for label in referent.generic}
    events = dict(zip(parts["article_id"], parts["event"], strict=True)) if "event" in parts else {}
    places = list(table[["article_id", "sentence", "referent", "label"]].itertuples(index=False, name=None))
    proper = [(article, at, referent) for article, at, referent, label in places if (referent, label) not in generic]
    named = {*proper}
    told = {(event, referent) for article, _, referent in proper if pd.notna(event := events.get(article))}
    return [
        not named.isdisjoint([(article, at, referent), (article, at - 1, referent)])
        or (events.get(article), referent) in told
        for article, at, referent, _ in places
    ]


def _found(text: str, referents: Iterable[_Referent]) -> Iterator[tuple[re.Match[str], str, str, bool, bool]]:
    """Yield match, label, referent, and whether it is so-called or scare-quoted, of every mention in order."""
    found = [(match, label, referent.name) for referent in referents for label, match in referent.find(text)]
    for match, label, name in sorted(found, key=lambda mention: mention[0].start()):
        before = text[max(0, match.start() - 40) : match.start()]
        hedged = _HEDGED.search(before) or _HEDGED.match(match[0])
        yield match, label, name, bool(hedged), bool(_OPENS.search(before) and _CLOSES.match(text, match.end()))


@dataclass(frozen=True)
class _Referent:
    """One thing and the patterns of its labels."""

    name: str
    called: str
    construct: str
    labels: tuple[str, ...]
    generic: tuple[str, ...]
    forms: re.Pattern[str]
    unless: tuple[re.Pattern[str], ...]

    def find(self, text: str) -> list[tuple[str, re.Match[str]]]:
        """Return (label, match) of each mention."""
        found = list(self.forms.finditer(text))
        no = [match.span() for pattern in self.unless for match in pattern.finditer(text)] if found else []
        kept = [m for m in found if not any(a <= m.start() and m.end() <= b for a, b in no)]
        return [(self.labels[int((m.lastgroup or "_0")[1:])], m) for m in kept]


def _load(codebook: str | Path) -> tuple[_Referent, ...]:
    """Read a codebook of labels as it is now."""
    path = Path(codebook)
    return _read(path.name, decoded(path) if path.suffix else None)


@lru_cache(maxsize=8)
def _read(file: str, text: str | None) -> tuple[_Referent, ...]:
    """Compile a codebook of labels: what a file says, or a bundled one."""
    try:
        book = codebooks.read(file) if text is None else tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file}: {error}; mend the file and load it again") from None
    listed = book.get("referents") or {"": None}
    if not all(isinstance(entry, dict) and isinstance(entry.get("labels"), dict) for entry in listed.values()):
        raise ValueError(f"{file}: each referent needs [referents.NAME.labels] with forms; see the bundled naming")

    def where(name: str, label: str) -> str:
        """Say where in the file a label stands."""
        source = text or ""
        line = source[: max(0, source.find(label, source.find(name)))].count("\n") + 1
        return f"{file}, line {line}, referent {name!r}, label {label!r}"

    return tuple(_compiled(name, entry, where) for name, entry in listed.items())


def _compiled(name: str, entry: dict, where: Callable[[str, str], str]) -> _Referent:
    """Compile the patterns of one referent."""
    choices, known = [], set()
    for number, (label, how) in enumerate(entry["labels"].items()):
        given = how.get("forms") if isinstance(how, dict) else None
        if not isinstance(given, list) or not given or not all(isinstance(form, str) and form for form in given):
            raise ValueError(f"{where(name, label)}: no list of forms; give the label {{ forms = ['…'] }} or delete it")
        for form in given:
            _pattern(f"(?:{form})", where(name, label))
            if form in known:
                raise ValueError(f"{where(name, label)}: the form {form!r} stands twice; keep it under one label")
            known.add(form)
        choices.append(f"(?P<_{number}>{'(?i:' if how.get('any_case') else '(?:'}{'|'.join(given)}))")
    unless = tuple(_pattern(pattern, where(name, "unless")) for pattern in entry.get("unless", []))
    generic = tuple(label for label, how in entry["labels"].items() if how.get("generic"))
    forms = re.compile(rf"(?<!\w)(?:{'|'.join(choices)})(?!\w)")
    called, construct = str(entry.get("called") or name.replace("-", " ")), str(entry.get("construct", ""))
    return _Referent(name, called, construct, tuple(entry["labels"]), generic, forms, unless)


def _pattern(pattern: str, where: str) -> re.Pattern[str]:
    """Compile a pattern, or say which one is broken."""
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{where}: the pattern {pattern!r} is broken ({error}); mend or delete it") from None


def _interval(used: np.ndarray, named: np.ndarray) -> tuple[float, float, float]:
    """Return a ratio over articles with Wilson's interval on the effective number of mentions."""
    n, total = len(named), int(named.sum())
    share, size = float(used.sum() / total), float(n)
    spread = np.sum((used - share * named) ** 2) / total**2 * n / max(n - 1, 1)
    if n > 1 and 0 < share < 1:
        size = float(np.clip(share * (1 - share) / max(spread, 1e-12), n, total))
    z = stats.t.ppf(0.975, max(n - 1, 1))
    middle = (share + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z / (1 + z**2 / size) * np.sqrt(share * (1 - share) / size + z**2 / (4 * size**2))
    return share, max(0.0, middle - half), min(1.0, middle + half)
