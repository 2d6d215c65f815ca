"""Articles as units of text, and units as counts: one splitting and one tokenisation for the whole project."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import takewhile
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from analysis.quotes import quotations as find_quotations
from analysis.speech.sentences import Span, paragraphs, sentences, trim

Quote = tuple[int, int, object]  # start, end, speaker
Piece = tuple[int, int, str, object]  # start, end, voice, speaker
UNITS = [
    "article_id", "outlet", "event", "published", "paragraph", "sentence", "section", "voice", "speaker", "start",
    "end", "text",
]  # fmt: skip

_CLOSING = re.compile(r"[^\w\s(\[“‘«\"—–-]*")
_EDGE = re.compile(r"[\s\"“”„«»]")
_WORD = re.compile(
    r"(?:https?://|www\.|pic\.twitter\.com/)[^\s\"“”„«»]+"
    r"|(?:[^\W\d_](?:\.[^\W\d_])+(?![^\W_])\.?|[^\W_]+)(?:[-‐‑'’ʼ][^\W_]+)*"
)
_STEM = re.compile(r"[^\W\d_]*")
_SAME = str.maketrans({"’": "'", "ʼ": "'", "‐": "-", "‑": "-"})
_ANY = "ꙮ"  # stands for * while an indicator is tokenised: a letter that no newspaper prints


def units(articles: pd.DataFrame, quotations: pd.DataFrame | None = None) -> pd.DataFrame:
    """Cut articles into paragraphs, sentences and stretches of one voice.

    Parameters
    ----------
    articles : DataFrame
        `article_id` and `text` (paragraphs parted by blank lines); `outlet`, `event`, `published` where known.
    quotations : DataFrame, optional
        `article_id`, `start`, `end`, `kind`, `speaker`; direct and partial ones are quoted voice, their marks
        included, with the punctuation that closes them. Found in the texts when not given.

    Returns
    -------
    DataFrame
        One row per stretch: `article_id`, `outlet`, `event` (str), `published` (datetime64), `paragraph`,
        `sentence` (int, from 0 through the article), `section` (str, "" before the first sub-heading), `voice`
        ("own" or "quoted"), `speaker` (str, missing when unknown), `start`, `end` (int), `text`. Each article's
        text[start:end] is the row's text; rows tile it but for white space and sub-headings.

    Raises
    ------
    KeyError
        If `article_id` or `text` is missing.

    Examples
    --------
    >>> articles = pd.DataFrame({"article_id": ["a"], "text": ["It rained. “We stay,” said the mayor."]})
    >>> units(articles)[["sentence", "voice", "text"]].values.tolist()
    [[0, 'own', 'It rained.'], [1, 'quoted', '“We stay,”'], [1, 'own', 'said the mayor.']]
    """
    if absent := [name for name in ("article_id", "text") if name not in articles]:
        raise KeyError(f"articles has no column {' and no '.join(absent)}; analysis.load() gives both")
    quotations = find_quotations(articles) if quotations is None else quotations
    spoken: dict[object, list[Quote]] = {}
    direct = quotations[quotations["kind"].isin(["direct", "partial"])].sort_values(["start", "end"])
    for key, start, end, speaker in direct[["article_id", "start", "end", "speaker"]].itertuples(index=False):
        before = spoken.setdefault(key, [])
        if not before or end > before[-1][1]:
            before.append((max(start, before[-1][1]) if before else start, end, speaker))
    rows = [
        (position, *row)
        for position, (key, text) in enumerate(zip(articles["article_id"], articles["text"], strict=True))
        if isinstance(text, str)
        for row in _stretches(text, spoken.get(key, []))
    ]
    frame = pd.DataFrame(rows, columns=["position", *UNITS[4:]])
    source = articles.reindex(columns=UNITS[:4]).iloc[frame.pop("position").astype(int)].reset_index(drop=True)
    frame = pd.concat([source, frame], axis=1).astype(dict.fromkeys(["outlet", "event", *UNITS[6:9], "text"], "str"))
    whole = dict.fromkeys(["paragraph", "sentence", "start", "end"], "int64")
    return frame.astype(whole).assign(published=pd.to_datetime(frame["published"]))


def _stretches(text: str, quotes: list[Quote]) -> Iterator[tuple[int, int, str, str, object, int, int, str]]:
    """Yield paragraph, sentence, section, voice, speaker, start, end and text of each stretch of one article."""
    number, ends = -1, [end for _, end, _ in quotes]
    for paragraph, (head, tail, section) in enumerate(paragraphs(text)):
        for start, end in sentences(text[head:tail]):
            number += 1
            start, end = head + start, head + end
            inside = map(quotes.__getitem__, range(bisect_right(ends, start), len(quotes)))
            for a, b, voice, speaker in _voices(text, (start, end), inside):
                yield paragraph, number, section, voice, speaker, a, b, text[a:b]


def _voices(text: str, span: Span, quotes: Iterable[Quote]) -> list[Piece]:
    """Cut one sentence where its voice changes, never within a token nor before closing punctuation."""
    at, stop = span
    pieces: list[Piece] = []
    for start, end, speaker in takewhile(lambda quote: quote[0] < stop, quotes):
        start = max(at, _whole(text, start, -1))
        closing = _CLOSING.match(text, _whole(text, end, 1), stop)
        end = min(stop, closing.end() if closing else stop)
        pieces += [(*trim(text, at, start), "own", None), (*trim(text, start, end), "quoted", speaker)]
        at = max(at, end)
    pieces.append((*trim(text, at, stop), "own", None))
    joined: list[Piece] = []
    for piece in (piece for piece in pieces if piece[0] < piece[1]):
        if joined and not _has_word(text, piece):
            joined[-1] = (joined[-1][0], piece[1], *joined[-1][2:])
        elif joined and not _has_word(text, joined[-1]):
            joined[-1] = (joined[-1][0], *piece[1:])
        else:
            joined.append(piece)
    return joined


def _has_word(text: str, piece: Piece) -> bool:
    """Tell whether a stretch has a letter or a digit: what has none joins its neighbour."""
    return any(map(str.isalnum, text[piece[0] : piece[1]]))


def _whole(text: str, at: int, side: int) -> int:
    """Move a boundary that falls within a token to the token's edge (side -1: its start, 1: its end)."""
    if 0 < at < len(text) and not _EDGE.search(text[at - 1 : at + 1]):
        for word in _WORD.finditer(text, max(0, at - 60), at + 60):
            if word.start() < at < word.end():
                return word.start() if side < 0 else word.end()
    return min(at, len(text))


def tokens(text: str, *, lowercase: bool = True) -> list[str]:
    """Return the words of a text, as everything in this project counts them.

    Inner apostrophes and hyphens belong to the word (don't, US-led), of whatever shape; a possessive 's does not.
    Acronyms keep their inner dots only (U.S. and US are both u.s, so that the pronoun stays apart). Whatever begins
    with a digit and web addresses are no words.

    Examples
    --------
    >>> tokens("Mosul’s 650 anti-terror troops, U.S.-led")
    ['mosul', 'anti-terror', 'troops', 'u.s-led']
    """
    return [word for raw in _WORD.findall(text) if (word := _normal(raw, lowercase))]


@lru_cache(maxsize=1 << 17)
def _normal(raw: str, lowercase: bool = True) -> str:
    """Return the counted form of a matched token, empty for a number or an address."""
    if raw[0].isdigit() or "/" in raw or raw.startswith("www."):
        return ""
    word = re.sub(r"\.(?=[-']|$)", "", raw.translate(_SAME))
    word = word[:-2] if word[-2:] in ("'s", "'S") else word
    word = "U.S" + word[2:] if word == "US" or word[:3].lower() == "us-" else word
    return word.lower() if lowercase else word


def _parse(indicator: str) -> list[str]:
    """Return the words of an indicator in counted form, * kept."""
    found = [_normal(raw).replace(_ANY, "*") for raw in _WORD.findall(indicator.replace("*", _ANY))]
    if "" in found or not any(word.strip("*") for word in found):
        raise ValueError(
            f"the indicator {indicator!r} has no word that is counted (numbers and signs are not); "
            "give a word such as 'liberat*' or a phrase such as 'human shield*'"
        )
    return found


class _Words:
    """Single words in lower case, sorted, so that an indicator finds the places it covers."""

    def __init__(self, terms: Iterable[str]) -> None:
        """Sort the terms, phrases and the place of a number left out."""
        pairs = sorted((term.lower(), place) for place, term in enumerate(terms) if term and " " not in term)
        self.names = [name for name, _ in pairs]
        self.places = np.array([place for _, place in pairs], np.int64)

    def covered(self, word: str) -> npt.NDArray[np.int64]:
        """Return the places, ascending, of the terms that a word with or without * covers."""
        stem, star, rest = word.partition("*")
        low, high = bisect_left(self.names, stem), bisect_right(self.names, stem + "\U0010ffff" * len(star))
        shape = _shape(word)
        inside = [place for place in range(low, high) if not rest or shape.fullmatch(self.names[place])]
        return np.sort(self.places[inside])


def _shape(word: str) -> re.Pattern[str]:
    """Return the pattern of a word in which * is any run of characters."""
    return re.compile(re.escape(word).replace(r"\*", ".*"))


@dataclass(frozen=True, eq=False)
class Counts:
    """How often each term stands in each unit.

    Attributes
    ----------
    matrix : csr_matrix of int64, units × terms
    terms : ndarray of str, sorted; a phrase stands under the pattern it was given as
    article_id : ndarray, the article of each row
    """

    matrix: sparse.csr_matrix
    terms: npt.NDArray[np.object_]
    article_id: npt.NDArray[np.object_]

    def columns(self, indicator: str) -> npt.NDArray[np.int64]:
        """Return the columns an indicator covers: `liberat*`, or a phrase that was given to `count`.

        Raises
        ------
        ValueError
            If the indicator has no word.
        KeyError
            If it is a phrase that was not counted.
        """
        words = _parse(indicator)
        if len(words) == 1:
            return self._words.covered(words[0])
        if (place := self._phrases.get(" ".join(words))) is None:
            raise KeyError(f"the phrase {indicator!r} was not counted; name it in count(parts, phrases=[…])")
        return np.array([place])

    def by_article(self) -> tuple[sparse.csr_matrix, npt.NDArray[np.object_]]:
        """Return the articles × terms matrix and the articles' ids, in order of appearance."""
        codes, ids = pd.factorize(self.article_id)
        rows = (np.ones(len(codes), np.int64), (codes, np.arange(len(codes))))
        return sparse.csr_matrix(rows, shape=(len(ids), len(codes))) @ self.matrix, np.asarray(ids, object)

    @cached_property
    def _words(self) -> _Words:
        """Return the single words, sorted for looking up."""
        return _Words(self.terms)

    @cached_property
    def _phrases(self) -> dict[str, int]:
        """Return each phrase in counted form with its column."""
        return {" ".join(_parse(term)): place for place, term in enumerate(self.terms) if " " in term}


def count(
    parts: pd.DataFrame,
    *,
    phrases: Iterable[str] = (),
    lowercase: bool = True,
    vocabulary: Iterable[str] | None = None,
) -> Counts:
    """Count every word, and the given phrases, in every unit.

    Parameters
    ----------
    parts : DataFrame
        Units: `article_id` and `text`.
    phrases : iterable of str
        Indicators of several words (`human shield*`) that become columns, counted within a unit; their words are
        counted too. Single words are passed over: they have columns already.
    lowercase : bool
        Whether `Said` and `said` are one term.
    vocabulary : iterable of str, optional
        The terms (and phrases) to count, and no others: the columns are these, whatever the units say.

    Returns
    -------
    Counts

    Examples
    --------
    >>> counts = count(pd.DataFrame({"article_id": ["a"], "text": ["Liberated, they liberate."]}))
    >>> counts.matrix[:, counts.columns("liberat*")].toarray()
    array([[1, 1]])
    """
    wanted = None if vocabulary is None else list(vocabulary)
    several = {" ".join(words): p for p in [*phrases, *(wanted or [])] if len(words := _parse(p)) > 1}
    stream = _Stream(parts["text"], lowercase)
    places = [np.column_stack([stream.rows, stream.ids])] if len(stream.ids) else []
    known = stream.names + list(several.values())
    for number, phrase in enumerate(several, len(stream.names)):
        rows = stream.rows[stream.find(phrase.split())]
        places.append(np.column_stack([rows, np.full(len(rows), number)]))
    terms = sorted(set(known) - {""} if wanted is None else {*wanted})
    column = {term: place for place, term in enumerate(terms)}
    where = np.array([column.get(name, -1) for name in known], np.int64)
    pairs = np.concatenate(places) if places else np.empty((0, 2), np.int64)
    keep = where[pairs[:, 1]] >= 0 if len(pairs) else np.empty(0, bool)
    rows, columns = pairs[keep, 0], where[pairs[keep, 1]]
    matrix = sparse.csr_matrix((np.ones(len(rows), np.int64), (rows, columns)), shape=(len(parts), len(terms)))
    return Counts(matrix, np.array(terms, object), parts["article_id"].to_numpy(object))


class _Stream:
    """All tokens of a column of texts in order, as numbers, numbers in the text holding their place."""

    def __init__(self, texts: Iterable[str], lowercase: bool) -> None:
        """Tokenise each text once."""
        index: dict[str, int] = {"": 0}
        ids, lengths = array("q"), array("q")
        for text in texts:
            found = [index.setdefault(_normal(raw, lowercase), len(index)) for raw in _WORD.findall(text)]
            ids.extend(found)
            lengths.append(len(found))
        self.names = list(index)
        self.ids = np.array(ids, np.int64)
        self.rows = np.repeat(np.arange(len(lengths)), np.array(lengths, np.int64))
        self._words = _Words(self.names)

    def find(self, words: Sequence[str]) -> npt.NDArray[np.int64]:
        """Return where a run of words begins, all within one unit."""
        at = np.arange(max(0, len(self.ids) - len(words) + 1))
        at = at[self.rows[at] == self.rows[at + len(words) - 1]]
        for step, word in enumerate(words):
            covered = np.zeros(len(self.names), bool)
            covered[self._words.covered(word)] = True
            at = at[covered[self.ids[at + step]]]
        return at


def kwic(parts: pd.DataFrame, pattern: str, *, width: int = 60) -> pd.DataFrame:
    """Show every place where an indicator stands, with what is printed around it.

    Parameters
    ----------
    parts : DataFrame
        Units. Context runs on into the article's neighbouring units; " … " stands where units were left out.
    pattern : str
        An indicator: `liberat*`, `human shield*`; case does not matter.
    width : int
        Characters of context on either side.

    Returns
    -------
    DataFrame
        One row per hit, in order: `article_id`, `outlet`, `published`, `voice`, `left`, `hit`, `right`.

    Raises
    ------
    ValueError
        If the pattern has no word.

    Examples
    --------
    >>> parts = units(pd.DataFrame({"article_id": ["a"], "text": ["They liberated it. Rain fell."]}))
    >>> kwic(parts, "liberat*")[["left", "hit", "right"]].values.tolist()
    [['They ', 'liberated', ' it. Rain fell.']]
    """
    words = _parse(pattern)
    shapes, stems = [_shape(word) for word in words], [_STEM.match(word)[0] for word in words]  # type: ignore[index]
    kept = parts.reset_index(drop=True).reindex(columns=UNITS)
    places = [kept[name].tolist() for name in ("article_id", "start", "end", "text")]
    rows = []
    for row, text in enumerate(places[3]):
        if not all(stem in text.lower() for stem in stems):
            continue
        found = [(m.start(), m.end(), _normal(m[0])) for m in _WORD.finditer(text)]
        for i in range(len(found) - len(shapes) + 1):
            if all(shape.fullmatch(word[2] or " ") for shape, word in zip(shapes, found[i:], strict=False)):
                start, end = found[i][0], found[i + len(shapes) - 1][1]
                left = _around(places, row, text[:start], -1, width)
                rows.append((row, left, text[start:end], _around(places, row, text[end:], 1, width)))
    hits = pd.DataFrame(rows, columns=["row", "left", "hit", "right"])
    facts = kept.loc[hits.pop("row").astype(int), ["article_id", "outlet", "published", "voice"]]
    return pd.concat([facts.reset_index(drop=True), hits.astype("str")], axis=1)


def _around(places: list[list[Any]], row: int, text: str, side: int, width: int) -> str:
    """Lengthen a context (side -1: left, 1: right) with the neighbouring units until it is wide enough."""
    ids, starts, ends, texts = places
    while len(text) < width and 0 <= row + side < len(texts) and ids[row + side] == ids[row]:
        first, second = sorted((row, row + side))
        gap = starts[second] - ends[first]
        joint = "" if gap == 0 else " " if gap <= 2 else " … "
        row += side
        text = texts[row] + joint + text if side < 0 else text + joint + texts[row]
    text = " ".join(re.split(r"\s", text))
    return text[max(0, len(text) - width) :] if side < 0 else text[:width]
