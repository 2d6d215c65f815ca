"""Reported figures: which numbers an article prints, between which bounds, of what, and on whose word.

These are mentions, never facts. Numbers are read in `quantities`; words and bounds are in the codebook `hedges`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import dropwhile
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.quotes import quotations as find_quotations
from analysis.speech.quantities import Number, grammar, hedged, rounded
from analysis.speech.sentences import paragraphs, sentences

_COLUMNS = {
    "article_id": "str", "start": "int64", "end": "int64", "value": "float64", "low": "float64", "high": "float64",
    "hedge": "str", "unit": "str", "approximate": "bool", "source": "str", "sentence": "str", "kind": "str",
    "via": "str",
}  # fmt: skip
_PAIR = ["event", "unit", "outlet", "figure", "outlet_2", "figure_2", "shared", "gap"]
_PAIR += ["sentence", "sentence_2", "article_id", "article_id_2"]
_REACH = 500  # characters around a figure that are read and shown, however long its sentence
_TOKEN = re.compile(r"[^\W_][\w'’-]*|\S")
Trail = tuple[str, str, int]  # the sentence before; the last unit counted, and where in this sentence that was


def claims(articles: pd.DataFrame, quotations: pd.DataFrame | None = None) -> pd.DataFrame:
    """List every figure that an article reports, with the bounds that its wording allows.

    Parameters
    ----------
    articles : DataFrame
        `article_id`, `text`.
    quotations : DataFrame, optional
        What `analysis.quotes.quotations` returned for these articles; found when not given.

    Returns
    -------
    DataFrame
        In order of the text: `article_id`; `start`, `end` (int, hedge and number in the article's text); `value`
        (float, the number named), `low`, `high` (its bounds by the hedge table; inf when open); `hedge` (as printed,
        "range", a vague word, or ""); `unit` (the counted noun, plural, lower case, guessed from what stands before
        where none follows; "share", "percent", a currency, a measure); `approximate` (bool, not exact); `source` (the
        speaker of the quotation that holds it, else who is named in the sentence, else missing); `sentence` (its text);
        `kind` (count, money, measure, share, duration); `via` (the medium that carried the quotation, or missing).

        Durations are marked so that they can be left out; they are in no comparison. Years, dates, clock times, ages,
        ordinals, names and idioms have no row, nor has the word "one".

    Notes
    -----
    Zhong, Dhuliawala & Stoehr 2023, Extracting victim counts from text, EACL.

    Examples
    --------
    >>> text = "In 2014 fewer than 40 men held out for nearly two years."
    >>> found = claims(pd.DataFrame({"article_id": ["a"], "text": [text]}))
    >>> found[["low", "high", "unit", "kind"]].values.tolist()
    [[0.0, 39.0, 'men', 'count'], [1.8, 2.0, 'years', 'duration']]
    """
    quoted = find_quotations(articles) if quotations is None else quotations
    spoken = quoted.dropna(subset=["speaker"]).sort_values(["start", "end"], kind="stable")
    held = {article: list(part.itertuples()) for article, part in spoken.groupby("article_id", sort=False)}
    rows = [
        {"article_id": article, **row, **_source(row, held.get(article, []))}
        for article, text in articles[["article_id", "text"]].itertuples(index=False)
        for row in _figures(text if isinstance(text, str) else "")
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)


def conflicts(figures: pd.DataFrame, articles: pd.DataFrame, *, shared: int = 4) -> pd.DataFrame:
    """List figures of different outlets whose bounds exclude each other, within one event and one unit.

    Parameters
    ----------
    figures : DataFrame
        What `claims` returned. Durations are left out; units are merged as `same` in the codebook `hedges` says.
    articles : DataFrame
        `article_id`, `outlet`, `event`; articles without an event conflict with nothing.
    shared : int
        Words of content that the two sentences must share: the more, the likelier they count the same thing.

    Returns
    -------
    DataFrame
        One row per pair of mentions, likeliest first: `event`, `unit`, `outlet`, `figure`, `outlet_2`, `figure_2`,
        `shared` (int), `gap` (float, how many times the nearer bounds lie apart), `sentence`, `sentence_2`,
        `article_id`, `article_id_2`. A figure that finds its like in the other sentence is left out. Candidates for
        reading: two sentences may count different things in one unit.

    Examples
    --------
    >>> texts = ["The blast in the market killed 40 people.", "In the market a blast killed up to 12 people."]
    >>> articles = pd.DataFrame({"article_id": ["a", "b"], "outlet": ["X", "Y"], "event": "e", "text": texts})
    >>> conflicts(claims(articles), articles, shared=3)[["figure", "figure_2", "shared"]].values.tolist()
    [['40', 'up to 12', 3]]
    """
    same = {form: unit for unit, forms in grammar().book["same"].items() for form in forms}
    known = figures[figures["kind"].ne("duration")].merge(articles[["article_id", "outlet", "event"]], on="article_id")
    known = known.assign(unit=known["unit"].replace(same), figure=printed(known)).dropna(subset=["event", "outlet"])
    found = [_exclusive(group, shared) for _, group in known.groupby(["event", "unit"])]
    table = pd.concat(found)[_PAIR] if found else pd.DataFrame(columns=_PAIR)
    order = ["shared", "event", "unit", "outlet", "outlet_2", "article_id", "article_id_2", "figure", "figure_2"]
    table = table.sort_values(order, ascending=[False, *[True] * 8], kind="stable").drop_duplicates(_PAIR)
    return table.reset_index(drop=True).astype({"shared": "int64", "gap": "float64"})


def printed(figures: pd.DataFrame) -> pd.Series:
    """Write each figure as its hedge and its number, for a table or the row of a chart.

    Examples
    --------
    >>> printed(pd.DataFrame({"value": [2e6], "low": [1.8e6], "high": [2e6], "hedge": ["nearly"]})).tolist()
    ['nearly 2 million']
    """
    vague = grammar().book["vague"]
    written = [
        hedge if hedge in vague else f"{rounded(low)} to {rounded(high)}" if hedge == "range"
        else f"{rounded(value)} {hedge}" if hedge in grammar().later else f"{hedge} {rounded(value)}".strip()
        for value, low, high, hedge in figures[["value", "low", "high", "hedge"]].itertuples(index=False)
    ]  # fmt: skip
    return pd.Series(written, figures.index, dtype="str")


def _exclusive(group: pd.DataFrame, shared: int) -> pd.DataFrame:
    """Pair the mentions of one event and unit that exclude each other and share enough words."""
    stop = grammar().stop | grammar().determiners | set(grammar().book["numbers"])
    words = [{w for w in re.findall(r"[^\W\d_]{3,}", text.lower())} - stop for text in group["sentence"]]
    terms = {term: place for place, term in enumerate(sorted(set().union(*words) - set(group["unit"])))}
    cells = [(row, terms[word]) for row, found in enumerate(words) for word in found if word in terms]
    rows, columns = np.array(cells, int).reshape(-1, 2).T
    held = sparse.csr_matrix((np.ones(len(cells), int), (rows, columns)), shape=(len(group), len(terms) + 1))
    alike = sparse.triu(held @ held.T, k=1).tocoo()
    low, high, outlet = (group[name].to_numpy() for name in ("low", "high", "outlet"))
    said = pd.factorize(group["article_id"] + "\n" + group["sentence"])[0]
    a, b = alike.row, alike.col
    apart = (high[a] < low[b]) | (high[b] < low[a])
    agreed = np.concatenate([(x * len(group) + said[y])[~apart] for x, y in ((a, b), (b, a))])
    free = ~np.isin(a * len(group) + said[b], agreed) & ~np.isin(b * len(group) + said[a], agreed)
    keep = apart & free & (outlet[a] != outlet[b]) & (alike.data >= shared)
    a, b = a[keep], b[keep]
    gap = np.maximum(low[a], low[b]) / np.maximum(np.minimum(high[a], high[b]), np.finfo(float).tiny)
    left, right = (group.iloc[side].reset_index(drop=True) for side in (a, b))
    return left.assign(shared=alike.data[keep], gap=gap).join(right.add_suffix("_2"))


def _figures(text: str) -> Iterator[dict[str, Any]]:
    """Yield the figures of one text in order."""
    earlier, last = "", ""
    for top, bottom, _ in paragraphs(text):
        for a, b in sentences(text[top:bottom]):
            sentence, since = text[top + a : top + b], 0
            for number in hedged(sentence):
                if row := _counted(sentence, number, (earlier, last, since)):
                    last, since = (row["unit"], number.end) if row["kind"] == "count" else (last, since)
                    around = sentence[max(0, number.start - _REACH) : number.end + _REACH]
                    yield row | {"start": top + a + row["start"], "end": top + a + number.end, "sentence": around}
            earlier = sentence[-_REACH:]


def _counted(sentence: str, number: Number, trail: Trail) -> dict[str, Any] | None:
    """Say what a number counts; None for a year and for what counts nothing."""
    g, after, units = grammar(), sentence[number.end : number.end + 90], grammar().book["continuous"]["units"]
    spelt, timed = g.spelling.match(after), g.duration.match(after)
    noun = number.currency or (g.book["spellings"][spelt["unit"].lower()] if spelt else "share" if number.part else "")
    kind = "share" if noun in ("share", "percent") else "money" if number.currency else "duration" if timed else "count"
    if timed and kind == "duration":
        if number.year or g.moment.match(after, timed.end()):
            return None
        noun = g.book["time"]["plurals"].get(timed["unit"].lower(), timed["unit"].lower().rstrip("s") + "s")
    noun = noun or _noun_after(g.shared.sub("", after, count=1) if g.shared.match(after) else after)
    if number.year and noun not in units and (not noun or (number.value >= 1900 and noun not in g.counted)):
        return None
    noun = noun or _noun_before(sentence, after, number, trail)
    kind = kind if kind != "count" or noun not in units else "money" if noun in g.book["money_units"] else "measure"
    if number.hedge in g.book["prepositions"]["words"] and number.value < 10 and kind == "count":  # over two villages
        start = number.start + len(number.hedge) + 1
        number = number._replace(start=start, low=number.value, high=number.value, hedge="")
    high = number.high - 1 if number.bound == "fewer" and kind == "count" else number.high
    row = {"start": number.start, "value": number.value, "low": number.low, "high": high, "hedge": number.hedge}
    return row | {"approximate": number.hedge != "", "unit": noun, "kind": kind} if noun else None


@lru_cache(maxsize=1 << 15)
def _is_plural(word: str) -> bool:
    """Tell whether a word in lower case looks like a plural noun."""
    g = grammar()
    regular = len(word) > 3 and word[-1] == "s" and word[-2:] not in ("ss", "us", "is", "'s", "’s")
    return word in g.plural | g.demonyms or (regular and word not in g.singular) or bool(re.match(r"\w+s-in-", word))


def _noun_after(after: str) -> str:
    """Return the plural noun that follows a number, "" if the phrase ends without one."""
    g, found, words = grammar(), "", [word.lower() for word in _TOKEN.findall(after)][:9]
    if words[:1] == ["of"]:
        words = list(dropwhile(lambda word: word in g.determiners or word.endswith(("'s", "’s")), words[1:]))
    for place, word in enumerate(words):
        if word in g.stop or not (word[0].isalnum() or word in "“\"'"):
            break
        if word in g.partitives and words[place + 1 : place + 2] == ["of"]:
            return _noun_after(" ".join(words[place + 1 :])) or word
        if _is_plural(word):
            found = word if not found or found in g.status else found
            if found not in g.status and not _is_plural(([*words, ""])[place + 1]):
                break
    return g.people if found in g.demonyms else found


def _noun_before(sentence: str, after: str, number: Number, trail: Trail) -> str:
    """Guess what a number without a noun counts: a noun before it, what was counted last, or people."""
    g, (earlier, last, at) = grammar(), trail
    cut = max(0, number.start - _REACH)
    before, since = sentence[cut : number.start], max(0, at - cut)
    words = [word.lower() for word in _TOKEN.findall(before)]
    if words[-1:] == ["of"] and words[-2:][0] in g.of:
        return str(g.of[words[-2]])
    led = [match.end() for match in g.counting.finditer(before, since)]
    near = _plurals(before[led[-1] :])[:1] if led else []
    near = near or [word for word in _plurals(before[since:]) if word in g.counted][-1:] or [last] * bool(since)
    near = near or [g.collectives[word] for word in words if word in g.collectives][-1:]
    if near or (number.value >= 1000 and not after.startswith(" of them")):
        return str((near or [g.people])[0])
    rest = _plurals(before)[-1:] or _plurals(earlier)[:1] or [last] * bool(last)
    return str((rest or [g.people if number.value > 12 else ""])[0])


def _plurals(text: str) -> list[str]:
    """List the words of a text that look like plural nouns, not like verbs."""
    g, words = grammar(), ["", *(word.lower() for word in _TOKEN.findall(text)), ""]
    adjective = ("ed", "an", "al", "ic", "en")
    return [
        word for was, word, comes in zip(words, words[1:], words[2:], strict=False)
        if _is_plural(word) and word not in g.stop and was not in g.subjects
        and not (word in g.status and _is_plural(comes))
        and (word in g.counted or not was.isalpha() or was in g.stop | g.determiners or was.endswith(adjective))
    ]  # fmt: skip


def _source(row: dict[str, Any], held: list[Any]) -> dict[str, Any]:
    """Name the speaker of the innermost quotation around a figure, else the source named in its sentence."""
    opened = held[: bisect_right(held, row["start"], key=lambda quote: quote.start)][-20:]
    around = [quote for quote in opened if row["end"] <= quote.end]
    if around:
        best = min(around, key=lambda quote: quote.end - quote.start)
        return {"source": best.speaker, "via": best.via}
    named = (match["name"].strip() for pattern in grammar().sources for match in pattern.finditer(row["sentence"]))
    source = next((name for name in named if name not in grammar().book["attribution"]["not_names"]), np.nan)
    return {"source": source, "via": np.nan}
