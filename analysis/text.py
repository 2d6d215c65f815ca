"""Articles as units of text, and where words stand in them: one splitting for the whole project."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from analysis.quotes import quotations as find_quotations
from analysis.speech.sentences import Span, paragraphs, sentences, trim
from analysis.words.counting import Counts, count
from analysis.words.tokens import WORD, normal, parse, shape, tokens

__all__ = ["Counts", "count", "demand", "kwic", "tokens", "units", "unmarked"]

Quote = tuple[int, int, object]  # start, end, speaker
Piece = tuple[int, int, str, object]  # start, end, voice, speaker
UNITS = [
    "article_id", "outlet", "event", "published", "paragraph", "sentence", "section", "voice", "speaker", "start",
    "end", "text",
]  # fmt: skip

_CLOSING = re.compile(r"[^\w\s(\[“‘«\"—–-]*")
_EDGE = re.compile(r"[\s\"“”„«»]")


def units(articles: pd.DataFrame, quotations: pd.DataFrame | None = None, *, voices: bool = True) -> pd.DataFrame:
    """Cut articles into paragraphs, sentences and stretches of one voice.

    Parameters
    ----------
    articles : DataFrame
        `article_id` and `text` (paragraphs parted by blank lines); `outlet`, `event`, `published` where known.
    quotations : DataFrame, optional
        `article_id`, `start`, `end`, `kind`, `speaker`; direct and partial ones are quoted voice, their marks
        included, with the punctuation that closes them. Found in the texts when not given.
    voices : bool
        Whether voices are told apart. False where nobody asks whose words they are: no quotation is looked for, a row
        is a whole sentence, and its voice is "own".

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
    ValueError
        If an id occurs twice.

    Examples
    --------
    >>> articles = pd.DataFrame({"article_id": ["a"], "text": ["It rained. “We stay,” said the mayor."]})
    >>> units(articles)[["sentence", "voice", "text"]].values.tolist()
    [[0, 'own', 'It rained.'], [1, 'quoted', '“We stay,”'], [1, 'own', 'said the mayor.']]
    """
    if absent := [name for name in ("article_id", "text") if name not in articles]:
        raise KeyError(f"articles has no column {' and no '.join(absent)}; analysis.load() gives both")
    if (twice := articles["article_id"].duplicated()).any():
        again = articles.loc[twice, "article_id"].iloc[0]
        raise ValueError(f"article_id {again!r} occurs more than once; give every article an id of its own")
    spoken: dict[object, list[Quote]] = {}
    if voices:
        spoken = _spoken(find_quotations(articles) if quotations is None else quotations)
    rows = [
        (position, *row)
        for position, (key, text) in enumerate(zip(articles["article_id"], articles["text"], strict=True))
        if isinstance(text, str)
        for row in _stretches(text, spoken.get(key, []))
    ]
    frame = pd.DataFrame(rows, columns=["position", *UNITS[4:]])
    source = articles.reindex(columns=UNITS[:4]).iloc[frame.pop("position").astype(int)].reset_index(drop=True)
    kinds = dict.fromkeys(["outlet", "event", "section", "voice", "speaker", "text"], "str")
    kinds |= dict.fromkeys(["paragraph", "sentence", "start", "end"], "int64")
    return pd.concat([source, frame], axis=1).astype(kinds).assign(published=pd.to_datetime(source["published"]))


def _spoken(quotations: pd.DataFrame) -> dict[object, list[Quote]]:
    """List each article's direct and partial quotations in order, what lies within another left out."""
    spoken: dict[object, list[Quote]] = {}
    direct = quotations[quotations["kind"].isin(["direct", "partial"])].sort_values(["start", "end"])
    for key, start, end, speaker in direct[["article_id", "start", "end", "speaker"]].itertuples(index=False):
        before = spoken.setdefault(key, [])
        if not before or end > before[-1][1]:
            before.append((max(start, before[-1][1]) if before else start, end, speaker))
    return spoken


def _stretches(text: str, quotes: list[Quote]) -> Iterator[tuple[int, int, str, str, object, int, int, str]]:
    """Yield paragraph, sentence, section, voice, speaker, start, end and text of each stretch of one article."""
    number, starts, ends = -1, [start for start, _, _ in quotes], [end for _, end, _ in quotes]
    for paragraph, (head, tail, section) in enumerate(paragraphs(text)):
        for start, end in sentences(text[head:tail]):
            number += 1
            span = head + start, head + end
            inside = quotes[bisect_right(ends, span[0]) : bisect_left(starts, span[1])]
            for a, b, voice, speaker in _voices(text, span, inside):
                yield paragraph, number, section, voice, speaker, a, b, text[a:b]


def _voices(text: str, span: Span, quotes: Iterable[Quote]) -> list[Piece]:
    """Cut one sentence where its voice changes, never within a token nor before closing punctuation."""
    at, stop = span
    pieces: list[Piece] = []
    for start, end, speaker in quotes:
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
        for word in WORD.finditer(text, max(0, at - 60), at + 60):
            if word.start() < at < word.end():
                return word.start() if side < 0 else word.end()
    return min(at, len(text))


def demand(parts: pd.DataFrame, columns: Iterable[str]) -> None:
    """Raise KeyError, saying what to do, where a frame of units lacks a column.

    Examples
    --------
    >>> demand(pd.DataFrame({"text": []}), ["text"])
    """
    if absent := [name for name in columns if name not in parts]:
        raise KeyError(f"parts has no column {' and no '.join(absent)}; analysis.units(articles) gives them all")


def unmarked(parts: pd.DataFrame, *, least: int = 5) -> list[str]:
    """List the outlets in whose articles nothing at all stands in quotation marks.

    Where several articles hold not one quotation, the marks were lost on the way into the corpus: what such an outlet
    quotes counts as its own voice.

    Parameters
    ----------
    parts : DataFrame
        Units: `article_id`, `outlet`, `voice`.
    least : int
        How many articles an outlet must have to be listed.

    Returns
    -------
    list of str
        Names in order.

    Examples
    --------
    >>> unmarked(units(pd.DataFrame({"article_id": ["a"], "outlet": "X", "text": ["Rain fell, they said."]})), least=1)
    ['X']
    """
    demand(parts, ("article_id", "outlet", "voice"))
    outlets = parts.assign(quoted=parts["voice"].eq("quoted")).groupby("outlet")
    told = outlets.agg(articles=("article_id", "nunique"), quoted=("quoted", "sum"))
    return told.index[told["articles"].ge(least) & told["quoted"].eq(0)].astype("str").tolist()


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
    words = parse(pattern)
    shapes, stems = [shape(word) for word in words], [re.split(r"[\W\d_]", word)[0] for word in words]
    kept = parts.reset_index(drop=True).reindex(columns=UNITS)
    places = [kept[name].tolist() for name in ("article_id", "start", "end", "text")]
    rows = []
    for row, text in enumerate(places[3]):
        if not all(stem in text.lower() for stem in stems):
            continue
        found = list(WORD.finditer(text))
        for run in (found[i : i + len(words)] for i in range(len(found) - len(words) + 1)):
            if all(each.fullmatch(normal(word[0]) or " ") for each, word in zip(shapes, run, strict=True)):
                start, end = run[0].start(), run[-1].end()
                left = _around(places, row, text[max(0, start - width) : start], -1, width)
                right = _around(places, row, text[end : end + width], 1, width)
                rows.append((row, left, text[start:end], right))
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
    text = re.sub(r"\s", " ", text)
    return text[max(0, len(text) - width) :] if side < 0 else text[:width]
