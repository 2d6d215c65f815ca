"""Sentiment towards whom: valence of the words that a clause spends on an actor, own voice and quoted voice apart."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import codebooks
from analysis.codebooks.formats import decoded
from analysis.stance.context import context
from analysis.stance.lexicon import Lexicon, lexicon, log_ratio
from analysis.stance.target import TargetSentiment
from analysis.text import demand

__all__ = ["Lexicon", "TargetSentiment", "actors", "lexicon", "mentions", "valence"]

Actors = str | Path | Mapping[str, Any]
Actor = tuple[str, str, str, tuple[str, ...], tuple[str, ...]]
Scorer = str | Path | Mapping[str, float] | Lexicon | TargetSentiment | Callable[[str], float]

_REACH = 1500
"""How many characters on either side of a mention are read of a sentence that runs on longer."""
_MENTIONS = {
    "article_id": "str", "actor": "str", "voice": "str", "sentence": "int64", "start": "int64", "end": "int64",
    "mention": "str", "sentence_start": "int64", "text": "str", "positive": "float64", "negative": "float64",
    "score": "float64",
}  # fmt: skip


def valence(parts: pd.DataFrame, actors: Actors = "actors", *, scorer: Scorer | None = None) -> pd.DataFrame:
    """Measure how each article speaks of each actor, in its own voice and in the voices it quotes.

    Parameters
    ----------
    parts : DataFrame
        Units: `article_id`, `sentence`, `voice`, `start`, `text`.
    actors : str, Path or mapping
        Whatever `actors()` takes; the bundled codebook by default.
    scorer : str, Path, mapping, Lexicon, TargetSentiment or callable, optional
        A lexicon by name ("valence", the default, or "vader"), file or entries; a fitted `TargetSentiment` (or anything
        with its `predict_proba(sentences, spans)`); or any function from text to a number.

    Returns
    -------
    DataFrame
        One row per article, actor and voice ("own", "quoted") in which the actor is mentioned: `article_id`, `actor`,
        `voice` (str), `valence` (float), `mentions` (int). With a lexicon `valence` is the log-ratio of positive to
        negative evaluation over all mentions; otherwise the mean score of the mentions that have one. It is missing
        where no mention was evaluated; an actor who is not mentioned has no row.

    Raises
    ------
    KeyError
        If `parts` lacks a column.
    ValueError
        If the actors or the lexicon are faulty.

    Notes
    -----
    Lowe, Benoit, Mikhaylov & Laver 2011, Scaling policy preferences, Legislative Studies Quarterly 36(1), for the
    log-ratio; van Atteveldt, van der Velden & Boukes 2021, Communication Methods and Measures 15(2), for how little a
    lexicon sees. A transformer plugs in as a function from text to a score, or, so that it knows its target, as an
    object whose `predict_proba(sentences, spans)` gives negative, neutral and positive in that order.

    Examples
    --------
    >>> parts = pd.DataFrame(
    ...     {"article_id": ["a"], "sentence": [0], "voice": ["own"], "start": [0], "text": ["Brave Arvo rescued us."]}
    ... )
    >>> valence(parts, {"arvo": ["Arvo"]}).round(1).values.tolist()
    [['a', 'arvo', 'own', 1.5, 1]]
    """
    rows = mentions(parts, actors, scorer=scorer)
    keys = ["article_id", "actor", "voice"]
    groups = rows.groupby(keys, sort=False)
    table = groups.agg(
        valence=("score", "mean"), mentions=("start", "size"), p=("positive", "sum"), n=("negative", "sum")
    )
    if not rows["positive"].isna().all():
        ratios = [log_ratio(p, n) if p + n > 0 else np.nan for p, n in zip(table["p"], table["n"], strict=True)]
        table["valence"] = ratios
    return table.drop(columns=["p", "n"]).reset_index().astype({"valence": "float64", "mentions": "int64"})


def mentions(parts: pd.DataFrame, actors: Actors = "actors", *, scorer: Scorer | None = None) -> pd.DataFrame:
    """List every mention of an actor with the sentence around it and its score.

    Parameters
    ----------
    parts, actors, scorer
        As for `valence`.

    Returns
    -------
    DataFrame
        One row per mention, in reading order: `article_id`, `actor`, `voice` (str), `sentence` (int), `start`, `end`
        (int, offsets into the article's text), `mention` (str), `sentence_start` (int, where `text` begins in the
        article), `text` (str: the stretch in one voice that holds the mention, all that its score is made of),
        `positive`, `negative` (float, weighted evaluation found by a lexicon; missing for other scorers), `score`
        (float, missing where nothing evaluates).

    Examples
    --------
    >>> parts = pd.DataFrame(
    ...     {"article_id": ["a"], "sentence": [0], "voice": ["own"], "start": [0], "text": ["Arvo met Brann."]}
    ... )
    >>> mentions(parts, {"arvo": ["Arvo"]})[["mention", "start", "score"]].values.tolist()
    [['Arvo', 0, nan]]
    """
    columns = ["article_id", "sentence", "voice", "start", "text"]
    demand(parts, columns)
    pattern, owners = _pattern(_aliases(actors))
    found = [
        (key, owners[m.lastgroup or ""], voice, sentence, start + m.start(), start + m.end(), m[0], start, text)
        for key, sentence, voice, start, text in parts[columns].itertuples(index=False)
        for m in pattern.finditer(text)
        if owners[m.lastgroup or ""]
    ]
    rows = pd.DataFrame(found, columns=list(_MENTIONS)[:9])
    scored = pd.DataFrame(_scores(rows, scorer), columns=["positive", "negative", "score"], index=rows.index)
    return pd.concat([rows, scored], axis=1).astype(_MENTIONS)


def actors(source: Actors = "actors") -> pd.DataFrame:
    """Return a codebook of actors as a frame, checked.

    Parameters
    ----------
    source : str, Path or mapping
        The name of a bundled codebook, a TOML file with `[actors.NAME]` tables (`aliases`; `label`, `description` if
        wished; `unless`, names of others that hold an alias and are passed over; `extends` names another codebook
        whose actors are kept), or a mapping of names to aliases.

    Returns
    -------
    DataFrame
        `actor`, `label`, `description` (str), `aliases`, `unless` (tuples of str).

    Raises
    ------
    FileNotFoundError
        If there is no such file or codebook.
    ValueError
        If an actor has no alias, an alias is empty or belongs to two actors, or the file has no actors.

    Examples
    --------
    >>> actors({"army": ["the army", "troops"]}).values.tolist()
    [['army', 'army', '', ('the army', 'troops'), ()]]
    """
    if isinstance(source, Mapping):
        book, name, extends = dict(source), "actors", None
    else:
        path = Path(source)
        name = path.name
        try:
            read = tomllib.loads(decoded(path)) if path.is_file() else codebooks.read(str(source))
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"{name}: not valid TOML ({error}); write [actors.NAME] and aliases = [...]") from None
        book, extends = read.get("actors", {}), read.get("extends")
    if not book:
        raise ValueError(f"{name}: it names no actor; write [actors.NAME] and aliases = [...] for each")
    entries = {
        actor: dict(entry) if isinstance(entry, Mapping) else {"aliases": entry} for actor, entry in book.items()
    }
    rows = [
        (
            actor,
            entry.get("label", actor),
            entry.get("description", ""),
            _checked(actor, entry.get("aliases"), name),
            _checked(actor, entry["unless"], name) if entry.get("unless") else (),
        )
        for actor, entry in entries.items()
    ]
    if extends is not None:
        rows = _extended(actors(extends), rows)
    _unshared(rows, name)
    return pd.DataFrame(rows, columns=["actor", "label", "description", "aliases", "unless"])


def _extended(base: pd.DataFrame, rows: list[Actor]) -> list[Actor]:
    """Return the actors of another codebook with the aliases, and the names to pass over, that these rows add."""
    added, nothing = {row[0]: row for row in rows}, ("", "", "", (), ())
    kept = [
        (actor, label, text, *(tuple(dict.fromkeys(a + b)) for a, b in zip(lists, more[3:], strict=True)))
        for actor, label, text, *lists in base.itertuples(index=False)
        for more in [added.pop(actor, nothing)]
    ]
    return [*kept, *added.values()]


def _checked(actor: str, aliases: object, name: str) -> tuple[str, ...]:
    """Return an actor's aliases, or say what is wrong with them."""
    listed = (aliases,) if isinstance(aliases, str) else tuple(aliases) if isinstance(aliases, Iterable) else ()
    plain = tuple(" ".join(str(alias).split()) for alias in listed)
    if not plain or not all(re.search(r"\w", alias) for alias in plain):
        raise ValueError(
            f"{name}: the actor {actor!r} has no alias, or an empty one; give at least one name to look for"
        )
    return tuple(dict.fromkeys(plain))


def _unshared(rows: list[Actor], name: str) -> None:
    """Refuse an alias that stands for two actors."""
    owner: dict[str, str] = {}
    for actor, _, _, aliases, _ in rows:
        for alias in aliases:
            if owner.setdefault(alias, actor) != actor:
                raise ValueError(
                    f"{name}: {alias!r} stands for {owner[alias]!r} and {actor!r}; leave it to one of them"
                )


def _aliases(source: Actors) -> list[tuple[str, str]]:
    """Return (alias, actor), the longest alias first; a name to pass over belongs to nobody ("")."""
    book = actors(source)
    pairs = [(alias, actor) for actor, aliases in zip(book["actor"], book["aliases"], strict=True) for alias in aliases]
    pairs += [(name, "") for names in book["unless"] for name in names]
    return sorted(pairs, key=lambda pair: (-len(pair[0]), pair))


def _pattern(aliases: list[tuple[str, str]]) -> tuple[re.Pattern[str], dict[str, str]]:
    """Return one pattern whose groups tell the actor."""
    options, owners = [], {}
    for place, (alias, actor) in enumerate(aliases):
        body = re.escape(alias.rstrip("*")).replace(r"\ ", r"\s+").replace("'", "['’]").replace(r"\-", "[-‐‑–]")
        body += r"\w*" if alias.endswith("*") else r"(?!\w)"
        options.append(f"(?P<a{place}>{body if alias != alias.lower() else f'(?i:{body})'})")
        owners[f"a{place}"] = actor
    return re.compile(rf"(?<!\w)(?:{'|'.join(options)})"), owners


def _scores(rows: pd.DataFrame, scorer: Scorer | None) -> Iterator[tuple[float, float, float]]:
    """Yield positive and negative evaluation and the score of each mention."""
    begins = np.maximum(rows["start"] - _REACH, rows["sentence_start"])
    ends = rows["end"] + _REACH - rows["sentence_start"]
    skipped = begins - rows["sentence_start"]
    texts = [text[a:b] for text, a, b in zip(rows["text"], skipped, ends, strict=True)]
    spans = list(zip(rows["start"] - begins, rows["end"] - begins, strict=True))
    if (probabilities := getattr(scorer, "predict_proba", None)) is not None:
        proba = np.asarray(probabilities(texts, spans))
        yield from ((np.nan, np.nan, float(row[2] - row[0])) for row in proba)
    elif callable(scorer):
        for text in texts:
            value = scorer(text)
            yield np.nan, np.nan, np.nan if value is None else float(value)
    else:
        book = lexicon(scorer)
        for text, (start, end) in zip(texts, spans, strict=True):
            positive, negative = book.evidence(context(text, int(start), int(end)))
            yield positive, negative, log_ratio(positive, negative) if positive + negative > 0 else np.nan
