"""Loading a corpus: every file and row is either an article or a rejection with its reason."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, count, product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import codebooks
from analysis.loading import boilerplate, cleaning
from analysis.loading.dates import ambiguous, read_dates
from analysis.loading.matching import near_duplicates
from analysis.loading.reading import FILES, SYNONYMS, Record, Rejection, listing, read, spelt, tidy, without_tags
from analysis.words.tokens import tokens

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = {
    **dict.fromkeys(("article_id", "outlet", "event"), "str"),
    "published": "datetime64[us]",
    **dict.fromkeys(("title", "text", "url", "language", "origin", "wire_of"), "str"),
    "n_words": "int64",
}
COMPUTED = {"wire_of", "n_words"}  # a source that has both was written from here
ANEW = "the texts, computed anew"
OURS = {"_digest", "_removed", "_source", "_row"}  # what a row carries until all rows are known


@dataclass(frozen=True)
class Corpus:
    """What was loaded, what was rejected and what cleaning took away.

    Attributes
    ----------
    articles : DataFrame
        One row per article: `article_id`, `outlet`, `event`, `published`, `title`, `text`, `url`, `language`,
        `origin` (pasted, constructed, user), `wire_of`, `n_words`, then every further column of the source.
    rejected : DataFrame
        `source`, `row`, `reason`, `remedy`. Loaded and rejected are everything that was there.
    removed : DataFrame
        `article_id`, `rule`, `text`: every line or span that cleaning took away.
    columns : DataFrame
        `column`, `taken_from`, `records` (int): which of the source's own columns each column was read from, where
        that is called otherwise; and which columns of a table written by this package were computed anew.
    """

    articles: pd.DataFrame
    rejected: pd.DataFrame
    removed: pd.DataFrame
    columns: pd.DataFrame = field(default_factory=lambda: _renamed([]))

    def __getitem__(self, name: object) -> None:
        """Say what to do where the corpus is given and its articles are meant."""
        raise TypeError("this is a whole corpus; give its articles: corpus.articles")

    __contains__ = __getitem__  # type: ignore[assignment]

    @property
    def label(self) -> str:
        """Name the corpus for a caption: how many articles, from how many outlets, how many constructed."""
        n, outlets = len(self.articles), self.articles["outlet"].nunique()
        made = int((self.articles["origin"] == "constructed").sum())
        parts = [f"{n:,} article{'' if n == 1 else 's'}"]
        parts += [f"from {outlets} outlet{'' if outlets == 1 else 's'}"] if outlets else []
        parts += [f"({made:,} constructed)"] if made else []
        return " ".join(parts)


def load(path: str | Path | None = None, *, columns: Mapping[str, str] | None = None) -> Corpus:
    """Load a corpus from a file or a folder.

    Pages (`.txt`, with or without front matter, `.md`, `.html`) and tables (`.csv`, `.tsv`, `.json`, `.jsonl`,
    `.parquet`) may stand side by side. What a column is called is looked up among the synonyms in
    ``codebooks/cleaning.toml``. The marks of HTML in the cell of a table are taken off. A text that an outlet has
    already, with no other date or event, is a copy of the file or the row and is rejected; under another outlet, or
    of another date or event, it is an article of its own (see `wire_of`).

    Parameters
    ----------
    path : str or Path, optional
        A file, or a folder, read with its subfolders. By default the environment variable ``CORPUS``, and
        without it the project's own ``seeds/articles``. A relative path is looked up in the working folder,
        then in the project's root.
    columns : mapping of str to str, optional
        Which of the source's columns to take, for example ``{"text": "body", "outlet": "paper"}``. By default, where
        no `path` is given, those that ``VANTAGE_NAMES`` names: the runner hands on there what it was told.

    Returns
    -------
    Corpus
        `articles`, `rejected`, `removed` and `columns`; the same on every machine and in every order of files.

    Raises
    ------
    FileNotFoundError
        If there is nothing at `path`.
    ValueError
        If `columns` names a column that does not exist.

    Examples
    --------
    >>> load().label  # doctest: +SKIP
    '65 articles from 9 outlets (64 constructed)'
    """
    if path is None and columns is None:
        columns = json.loads(os.environ.get("VANTAGE_NAMES") or "{}")
    records, rejected = _gather(_locate(path))
    mappings = _mappings(records, dict(columns or {}))
    rows = [_row(*pair) for pair in _watched(list(zip(records, mappings, strict=True)), "cleaning")]
    rejected += [row for row in rows if isinstance(row, Rejection)]
    articles, removed = _identified([row for row in rows if not isinstance(row, Rejection)])
    articles, learnt = _without_boilerplate(articles)
    articles, undated = _dated(articles)
    articles, repeated = _once(articles)
    loaded = set(articles["article_id"])
    removed = [piece for piece in removed + learnt + undated if piece[0] in loaded]
    rejected = sorted(rejected + repeated, key=lambda item: (item.source, item.row or 0))
    kinds = dict.fromkeys(Rejection._fields, "str") | {"row": "Int64"}
    return Corpus(
        articles=_finished(articles),
        rejected=pd.DataFrame(rejected, columns=Rejection._fields, dtype="object").astype(kinds),
        removed=pd.DataFrame(removed, columns=["article_id", "rule", "text"], dtype="str"),
        columns=_renamed(mappings),
    )


def _locate(path: str | Path | None) -> Path:
    """Find the corpus: the path given, else $CORPUS, else the project's own articles."""
    name = str(path if path is not None else os.environ.get("CORPUS") or ROOT / "seeds" / "articles")
    places = dict.fromkeys([Path(name).expanduser(), ROOT / name])
    found = next((place for place in places if place.exists()), None)
    if found is None:
        looked = " and ".join(str(place.absolute()) for place in places)
        raise FileNotFoundError(f"no corpus at {name!r} (looked in {looked}); give the path of a file or a folder")
    return found.resolve()


def _gather(root: Path) -> tuple[list[Record], list[Rejection]]:
    """Read everything that is there into records and rejections."""
    entries = _watched(listing(root), "reading")
    found = [item for entry in entries for item in ([entry] if isinstance(entry, Rejection) else read(*entry))]
    return [item for item in found if isinstance(item, Record)], [item for item in found if isinstance(item, Rejection)]


def _watched(items: list[Any], what: str) -> Iterable[Any]:
    """Show a progress bar on a terminal when the work is long."""
    from tqdm import tqdm

    return tqdm(items, desc=what, unit="", leave=False, disable=None if len(items) > 1000 else True)


def _mappings(records: list[Record], columns: dict[str, str]) -> list[dict[str, str]]:
    """Find for every record which of its keys holds which column."""
    if unknown := set(columns) - set(SYNONYMS):
        raise ValueError(f"columns: no column {sorted(unknown)}; those that can be given are {', '.join(SYNONYMS)}")
    keys = {key for record in records for key in record.fields}
    if records and (absent := set(columns.values()) - keys):
        raise ValueError(f"columns: the source has no {sorted(absent)}; it has {', '.join(sorted(keys))}")
    known = {names: _mapping(names, columns) for names in {tuple(record.fields) for record in records}}
    return [known[tuple(record.fields)] for record in records]


def _mapping(names: tuple[str, ...], columns: dict[str, str]) -> dict[str, str]:
    """Map column to key for one set of keys: those given first, then the best synonym."""
    given = {column: key for column, key in columns.items() if key in names}
    words = {name: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", str(name)) for name in reversed(names)}  # publishedAt
    plain = {spelt(text): name for name, text in words.items()}
    free = {form: name for form, name in plain.items() if name not in given.values()}
    for column, synonyms in SYNONYMS.items():
        match = next((free[form] for form in synonyms if form in free), None)
        if match is not None and column not in given:
            given[column] = match
            free = {form: name for form, name in free.items() if name != match}
    return given | (dict.fromkeys(COMPUTED, ANEW) if set(names) >= COMPUTED else {})


def _renamed(mappings: list[dict[str, str]]) -> pd.DataFrame:
    """Count the records whose columns were read from others of the source."""
    taken = Counter((column, str(key)) for each in mappings for column, key in each.items() if column != key)
    rows = [(*pair, n) for pair, n in sorted(taken.items())]
    kinds = {"column": "str", "taken_from": "str", "records": "int64"}
    return pd.DataFrame(rows, columns=list(kinds)).astype(kinds)


def _row(record: Record, mapping: dict[str, str]) -> dict[str, Any] | Rejection:
    """Turn a record into an article's row, cleaned by the rules that look at one article alone."""
    given = {column: _filled(record.fields.get(key)) for column, key in mapping.items()}
    if not (text := given.get("text")) or not re.search(r"\w", text):
        return _textless(record, mapping)
    text = text if record.row is None else without_tags(text)
    page = cleaning.clean(text, title=given.get("title"), outlet=given.get("outlet"), page=record.row is None)
    if not re.search(r"\w", page.text):
        return Rejection(record.source, record.row, "nothing but page furniture", "paste the article itself")
    removed = [*(("outside the article", line) for line in record.behind), *page.removed]
    made = str(given.pop("constructed", None) or "").lower() in ("true", "yes", "1")
    origin = "constructed" if made else given.get("origin")
    taken = {*mapping.values(), *(COMPUTED & set(mapping))}
    further = {str(key): value for key, value in record.fields.items() if key not in taken}
    clash = {f"{key} (source)" if key in OURS | {*COLUMNS} else key: _scalar(value) for key, value in further.items()}
    digest = hashlib.sha256("\0".join([page.title or "", page.outlet or "", text]).encode()).hexdigest()
    stem = Path(record.source).stem
    return {
        **clash,
        **given,
        "article_id": given.get("article_id") or (stem if record.row is None else f"{stem}-{digest[:10]}"),
        "origin": origin if origin in ("constructed", "pasted") else "user",
        "published": given.get("published") or page.published,
        **{"title": page.title, "outlet": page.outlet, "text": page.text},
        **{"_digest": digest, "_removed": removed, "_source": record.source, "_row": record.row},
    }


def _textless(record: Record, mapping: dict[str, str]) -> Rejection:
    """Say why a record is no article: it is empty, it has no text, or no column of it is known to hold text."""
    if not any(map(_plain, record.fields.values())):
        return Rejection(record.source, record.row, "empty row", "give it its text or take it away")
    if "text" in mapping:
        return Rejection(record.source, record.row, "no text", "give it its text or take it away")
    names = ", ".join(str(name) for name in list(record.fields)[:8])
    remedy = 'name the column: load(path, columns={"text": …})'
    return Rejection(record.source, record.row, f"no column that holds text among {names}", remedy)


def _filled(value: Any) -> str | None:
    """Return a value as clean text, or None where a program wrote that there is nothing."""
    text = _plain(value)
    return None if text is None or text.casefold() in FILES["placeholders"] else text


def _plain(value: Any) -> str | None:
    """Return a value as clean text, or None when there is nothing in it."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = "\n\n".join(value)
    if isinstance(value, dict) and len(value) == 1 and (key := next(iter(value))).startswith("$"):
        return _plain(value[key])  # as MongoDB exports: {"$date": {"$numberLong": …}}
    if isinstance(value, dict):  # {"id": …, "name": "The Example"}
        value = value.get("name")
    if value is None or value != value or isinstance(value, (dict, list)):
        return None
    return tidy(str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)) or None


def _scalar(value: Any) -> Any:
    """Return a further column's value as something that a cell can hold."""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return _plain(value) if isinstance(value, str) else value


def _identified(rows: list[dict[str, Any]]) -> tuple[pd.DataFrame, list[tuple[str, str, str]]]:
    """Give every row an id of its own and list what cleaning removed, repeated ids among it."""
    taken: set[str] = set()
    removed = []
    for row in rows:
        name = old = row["article_id"]
        if name in taken:
            alike = f"{old}-{row['_digest'][:8]}"
            name = next(n for n in chain([alike], (f"{alike}-{i}" for i in count(2))) if n not in taken)
            removed.append((name, "repeated id", old))
        taken.add(name)
        row["article_id"] = name
        removed += [(name, rule, text) for rule, text in row["_removed"]]
    further = dict.fromkeys(key for row in rows for key in row if key not in OURS | {*COLUMNS})
    return pd.DataFrame(rows, dtype="object").reindex(columns=[*COLUMNS, *further, "_source", "_row"]), removed


def _without_boilerplate(articles: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple[str, str, str]]]:
    """Learn each outlet's boilerplate from its articles and take it away."""
    learnt = boilerplate.learn(articles)
    removed: list[tuple[str, str, str]] = []
    texts = []
    columns = (articles[name] for name in ("article_id", "outlet", "title", "text"))
    for article, outlet, title, text in zip(*columns, strict=True):
        if isinstance(outlet, str):
            known = title if isinstance(title, str) else None
            text, pieces = boilerplate.apply(text, learnt[outlet], title=known)
            removed += [(article, rule, piece) for rule, piece in pieces]
        texts.append(text)
    return articles.assign(text=pd.Series(texts, index=articles.index, dtype="object")), removed


def _dated(articles: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple[str, str, str]]]:
    """Read the dates, each table's for itself, and list those that could not be told."""
    days = read_dates(articles["published"], articles["_source"].where(articles["_row"].notna(), ""))
    lost = articles.loc[articles["published"].notna() & days.isna(), ["article_id", "published"]]
    rules = ["date that reads both ways" if ambiguous(date) else "unreadable date" for date in lost["published"]]
    return articles.assign(published=days), list(zip(lost["article_id"], rules, lost["published"], strict=True))


def _once(articles: pd.DataFrame) -> tuple[pd.DataFrame, list[Rejection]]:
    """Keep a text once per outlet; a later copy is rejected unless it names another date or event."""
    columns = (articles[name] for name in ("article_id", "_source", "_row", "outlet", "text", "published", "event"))
    first: dict[tuple[Any, ...], str] = {}
    kept, rejected = [], []
    for article, source, row, *told in zip(*columns, strict=True):
        outlet, text, *apart = (None if pd.isna(value) else value for value in told)
        alike = ([value, None] if value else [...] for value in apart)  # what is missing differs from nothing
        copy = next((first[key] for key in product([outlet], [text], *alike) if key in first), None)
        kept.append(copy is None)
        if copy is None:
            place = f"{article} ({source}{'' if row is None else f', row {row}'})"
            for key in product([outlet], [text], *([value, ...] for value in apart)):
                first.setdefault(key, place)
        else:
            reason = f"the same text{' and outlet' if outlet else ''} as {copy}"
            remedy = "take one of the two away; if both were printed, give each its outlet, date or event"
            rejected.append(Rejection(source, row, reason, remedy))
    return articles[np.array(kept, dtype=bool)].reset_index(drop=True), rejected


def _finished(articles: pd.DataFrame) -> pd.DataFrame:
    """Tell languages, count words, mark wire copy, and give every column its type."""
    given = zip(articles["language"], articles["text"], strict=True)
    articles = articles.drop(columns=["_source", "_row"]).assign(
        language=pd.Series([_language(text, code) for code, text in given], dtype="str"),
        n_words=pd.Series([len(tokens(text)) for text in articles["text"]], dtype="int64"),
    )
    articles = articles.astype({name: kind for name, kind in COLUMNS.items() if name != "wire_of"})
    articles = articles.assign(wire_of=near_duplicates(articles)["wire_of"].to_numpy()).astype({"wire_of": "str"})
    return articles.assign(**{str(name): _typed(articles[name]) for name in articles if name not in COLUMNS})


def _typed(values: pd.Series) -> pd.Series:
    """Give a further column numbers where all of it are numbers, else text."""
    values = values.infer_objects()
    if values.dtype != "object" and not pd.api.types.is_string_dtype(values):
        return values
    numbers = pd.to_numeric(values, errors="coerce")
    coded = values.astype("str").str.match(r"0\d", na=False).any()
    return values.astype("str") if coded or (numbers.isna() & values.notna()).any() else numbers


def _language(text: str, given: object = None) -> str | None:
    """Tell the language: as the source says, else from the text; None when it is too short or the guess unsure."""
    if code := re.match(r"[a-z]{2}(?![a-z])", str(given or "").lower()):
        return code[0]
    sample = text[:1500]
    if sum(map(str.isalpha, sample)) < 60:
        return None
    guess, sure = _identifier().classify(sample)
    return str(guess) if float(sure) >= 0.9 else None


@cache
def _identifier() -> Any:
    """Load the language identifier once."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(codebooks.read("cleaning")["languages"]["told_apart"])
    return identifier
