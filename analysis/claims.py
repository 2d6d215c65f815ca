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
    "via": "str", "unit_given": "bool",
}  # fmt: skip
_PAIR = ["event", "unit", "outlet", "figure", "outlet_2", "figure_2", "shared", "gap"]
_PAIR += ["sentence", "sentence_2", "article_id", "article_id_2"]
_REACH = 500  # characters around a figure that are read and shown, however long its sentence
_TOKEN = re.compile(r"(?:[A-Z]\.){2,}|[^\W_][\w'’-]*|\S")
_PLURAL = re.compile(r"[\w-]+[^sui'’]s(?<![^aeiou]ys)$|\w+s-in-|\w{2,}(?:men|people)$")
Trail = tuple[str, str, int]  # the sentence before; the last unit counted; where in this sentence, -1: in that before


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
        "range", a vague word, or ""); `unit` (the counted noun in the words of the text, plural, lower case; "share",
        "percent", a currency, a measure); `approximate` (bool, not exact); `source` (the speaker of the quotation that
        holds it, else who is named in the sentence, else missing); `sentence` (its text); `kind` (count, money,
        measure, share, duration); `via` (the medium that carried the quotation, or missing); `unit_given` (bool, False
        where no noun follows the number and `unit` is a guess from what stands around it).

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
    known = figures[figures["kind"].ne("duration")].merge(articles[["article_id", "outlet", "event"]], on="article_id")
    known = known.assign(unit=known["unit"].replace(grammar().same), figure=printed(known))
    known = known.dropna(subset=["event", "outlet"])
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
    vague, later = grammar().book["vague"], grammar().later.keys() - grammar().kinds
    written = [
        hedge if hedge in vague else f"{rounded(low)} to {rounded(high)}" if hedge == "range"
        else f"{rounded(value)} {hedge}" if hedge in later else f"{hedge} {rounded(value)}".strip()
        for value, low, high, hedge in figures[["value", "low", "high", "hedge"]].itertuples(index=False)
    ]  # fmt: skip
    return pd.Series(written, figures.index, dtype="str")


def _exclusive(group: pd.DataFrame, shared: int) -> pd.DataFrame:
    """Pair the mentions of one event and unit that exclude each other and share enough words."""
    stop = grammar().stop | grammar().determiners | grammar().numbers.keys()
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
    earlier, last, since = "", "", 0
    for top, bottom, _ in paragraphs(text):
        for a, b in sentences(text[top:bottom]):
            sentence, since = text[top + a : top + b], -1 if since > 0 else 0
            for number in hedged(sentence):
                if row := _counted(sentence, number, (earlier, last, since)):
                    cut = max(0, number.start - _REACH)
                    carried = row["kind"] == "count" or (row["kind"] == "money" and not number.currency)
                    if carried and not grammar().among.search(sentence, cut, number.start):
                        last, since = row["unit"], number.end
                    shown = {"sentence": sentence[cut : number.end + _REACH], "place": row["start"] - cut}
                    yield row | shown | {"start": top + a + row["start"], "end": top + a + number.end}
            earlier = sentence[-_REACH:]


def _counted(sentence: str, number: Number, trail: Trail) -> dict[str, Any] | None:
    """Say what a number counts; None for a year and for what counts nothing."""
    g, after, units = grammar(), sentence[number.end : number.end + 120], grammar().book["continuous"]["units"]
    spelt, timed = g.spelling.match(after), g.duration.match(after)
    noun = number.currency or (g.spellings[spelt["unit"].lower()] if spelt else "share" if number.part else "")
    kind = "share" if noun in ("share", "percent") else "money" if number.currency else "duration" if timed else "count"
    if timed and kind == "duration":
        if number.year or g.moment.match(after, timed.end()):
            return None
        noun = g.book["time"]["plurals"].get(timed["unit"].lower(), timed["unit"].lower().rstrip("s") + "s")
    noun = noun or _noun_after(g.shared.sub("", after, count=1) if g.shared.match(after) else after)
    if number.year and noun not in units and (not noun or (number.value >= 1900 and noun not in g.counted)):
        return None
    doubt = g.suffered if noun in g.status else g.hurting if g.sources_follow.match(after) else None
    given = bool(noun) and not (doubt and doubt.search(sentence, max(0, number.start - _REACH), number.start))
    noun = noun if given else _noun_near(sentence, after, number, trail, noun)
    kind = kind if kind != "count" or noun not in units else "money" if noun in g.book["money_units"] else "measure"
    if number.hedge in g.book["prepositions"]["words"] and number.value < 10 and kind == "count":  # over two villages
        start = number.start + len(number.hedge) + 1
        number = number._replace(start=start, low=number.value, high=number.value, hedge="")
    high = number.high - 1 if number.bound == "fewer" and kind == "count" else number.high
    row = {"start": number.start, "value": number.value, "low": number.low, "high": high, "hedge": number.hedge}
    row |= {"approximate": number.hedge != "", "unit": noun, "kind": kind, "unit_given": given}
    return row if noun and not (number.value == 1 and kind == "count" and not number.hedge) else None


@lru_cache(maxsize=1 << 15)
def _is_plural(word: str) -> bool:
    """Tell whether a word in lower case looks like a plural noun."""
    g = grammar()
    return word in g.plural | g.demonyms or (word not in g.singular and bool(_PLURAL.match(word)))


def _noun_after(after: str) -> str:
    """Return the plural noun that follows a number, "" if the phrase ends without one."""
    g, found = grammar(), ""
    tokens = [w for w in _TOKEN.findall(g.aside.sub("", after))[:10] if not (w.isupper() and w.lower() in g.stop)]  # IS
    words = [word.lower().rstrip("'’") or word for word in tokens]
    words = words[words[:2] == ["more", "of"] :]
    if words[:1] == ["of"]:
        words = list(dropwhile(lambda word: word in g.determiners or word.endswith(("'s", "’s")), words[1:]))
    for place, word in enumerate(words):
        joined = words[place + 1 : place + 2] if word in ("and", "or") else []
        if joined and place and (g.status.issuperset({found, *joined}) if found else words[place - 1] not in g.adverbs):
            continue  # two rebel and army positions, 40 dead and wounded people
        if word in g.stop or not (word[0].isalnum() or word in "“”\"'"):
            break
        if word in g.partitives and words[place + 1 : place + 2] == ["of"]:
            whole = _noun_after(" ".join(words[place + 1 :]))
            return whole if whole and (word != "members" or whole in g.counted) else word
        if _is_plural(word):
            pair = " ".join(words[max(0, place - 1) : place + 1])
            weak = found in g.attributive or (found in g.status and word not in g.status)  # six arms depots
            found = pair if pair in g.compounds else word if weak or not found else found
            if found not in g.status and not _is_plural(([*words, ""])[place + 1]):
                break
    return found


def _noun_near(sentence: str, after: str, number: Number, trail: Trail, status: str) -> str:
    """Guess what a number counts that no noun follows, or only a word for what became of them."""
    g, (earlier, last, at) = grammar(), trail
    cut = max(0, number.start - _REACH)
    before, since = sentence[cut : number.start], max(0, at - cut)
    words = [word.lower() for word in _TOKEN.findall(before)]
    if words[-1:] == ["of"] and words[-2:][0] in g.of:  # a father of four
        return str(g.of[words[-2]])
    if (named := g.predicate.match(after)) and named["unit"].lower() in g.persons:  # six of whom were children
        return named["unit"].lower()
    if later := g.numbered.match(after):  # it brought to 49 the number of rebels killed
        noun = _noun_after(after[later.end() :])
        return g.people if not noun or noun in g.status else noun
    plurals, fresh = _plurals(before), [last] * bool(last and at)
    near, here = [word for word in plurals if word in g.counted][-1:], fresh * (at > 0)
    fate = g.hurt.match(after) is not None  # 12 were killed
    if status or fate or g.hurting.search(before):
        alive = [word for word in here + (near + fresh) * fate if word in g.persons and number.value < 1e5]
        return (alive or [(at and last in g.status and status) or g.people])[0]
    if g.paying.search(before) or g.paid.match(after):
        return "money"
    subject = list(dropwhile(g.bridges.__contains__, reversed(words[len(_TOKEN.findall(before[:since])) :])))[:1]
    subject = [word for word in subject if word in plurals and word != words[-1]]
    ends = [match.end() for match in g.counting.finditer(before, since)]
    led = [noun for end in reversed(ends) if (noun := _noun_after(f"of {before[end:]}"))][:1]
    summed = [g.collectives[word] for word in words if word in g.collectives][-1:]  # a toll of 40
    near = led or summed * (not here) or subject or here or near
    them = g.them.match(after) is not None
    if near or (number.value >= 1000 and not them):
        return (near or fresh or [g.people])[0]
    rest = plurals[-1:] * them or fresh or plurals[-1:] or _plurals(earlier)[:1] or [last] * bool(last)
    return (rest or [g.people * (number.value > 12)])[0]


def _plurals(text: str) -> list[str]:
    """List the words of a text that look like plural nouns, not like verbs, names or those who tell of the figure."""
    g, words = grammar(), ["", *_TOKEN.findall(text), ""]
    adjective = ("ed", "an", "al", "ic", "en")
    return [
        word for was, shown, comes in zip(words, words[1:], words[2:], strict=False)
        if _is_plural(word := shown.lower()) and word not in g.stop | g.periods and was.lower() not in g.subjects
        and not (word in g.status and _is_plural(comes.lower())) and (comes not in g.telling or word not in g.counted)
        and (word in g.demonyms or not shown[0].isupper() or not (was.isalpha() or comes[:1].isupper()))
        and (word in g.counted or not was.isalpha() or was.lower() in g.stop | g.determiners or was.endswith(adjective))
    ]  # fmt: skip


def _source(row: dict[str, Any], held: list[Any]) -> dict[str, Any]:
    """Name the speaker of the innermost quotation around a figure, else the source named in its sentence."""
    g, told, place = grammar(), row["sentence"], row["place"]
    opened = held[: bisect_right(held, row["start"], key=lambda quote: quote.start)][-20:]
    best = min((q for q in opened if row["end"] <= q.end), key=lambda quote: quote.end - quote.start, default=None)
    others = g.others.search(told, 0, place)  # the ministry says at least 40, the mayor up to 60
    if others and others["name"].split()[-1] not in g.status and g.told.search(told, 0, others.start()):
        return {"source": _inside(others["name"]), "via": np.nan}
    if best:
        return {"source": best.speaker, "via": best.via}
    named = [match for pattern in g.sources for match in pattern.finditer(told) if match["name"] not in g.nobody]
    named = [match for match in named if place > match.start() or not g.clause.search(told, 0, match.start())]
    found = [(max(place - match.end(), match.start() - place), match["name"]) for match in named]
    source = _inside(re.sub(r"[’']s?$", "", min(found)[1])) if found else np.nan
    if source is np.nan and opened and row["start"] - opened[-1].end < _REACH and g.again.search(told, 0, place):
        source = opened[-1].speaker  # he put it at 60
    return {"source": source, "via": np.nan}


def _inside(name: str) -> str:
    """Write a source as `quotations` does: no article before a name, no capital owed to the start of a sentence."""
    bare = re.sub("^[Tt]he (?=[A-Z])", "", name)
    return re.sub("^(?:The|An?|Some) (?=[a-z])", lambda article: article[0].lower(), bare)
