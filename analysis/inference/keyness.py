"""Which words set an outlet apart: ranked by log-odds, tested on the rates of whole documents."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from analysis import text
from analysis.codebooks import SEED
from analysis.inference import resampling
from analysis.inference.resampling import ALPHA, Design, Family, Noise, Panel

_CHUNK = 128
_COLUMNS = ["outlet", "term", "log_odds", "z", "rate", "rate_rest", "n_articles", "p", "p_adjusted", "confirmed"]
_COLUMNS += ["n_articles_versus", "n_events", "gate", "status", "family", "log_odds_nowire", "p_nowire"]


def keyness(
    articles: pd.DataFrame,
    *,
    by: str = "outlet",
    event: str | None = "event",
    family: str = "confirmatory",
    reps: int = 2000,
    seed: int = SEED,
    min_articles: int = 5,
    counts: text.Counts | None = None,
) -> pd.DataFrame:
    """Find the words that one outlet uses more, or less, than the others do on the same events.

    Log-odds with an informative Dirichlet prior rank; their z is never turned into a p, because words of one article
    are not independent. The test is on rates per article (their square roots, which steadies the variance of counts),
    permuted as in `contrast`, with max-T over all words and outlets.

    Parameters
    ----------
    articles : DataFrame
        `article_id`, the column `by`, `text` (unless `counts` is given), and if there are any `event`, `wire_of`.
    by, event, family, reps, seed
        As for `contrast`.
    min_articles : int
        Words in fewer articles are left out of the family.
    counts : Counts, optional
        What `text.count` returned, say for one voice; else every unit of the articles is counted.

    Returns
    -------
    DataFrame
        One row per outlet and word, highest `z` first: `outlet`, `term` (str); `log_odds`, `z` (natural logarithm,
        against the rest); `rate`, `rate_rest` (uses per 1,000 words, mean over articles, then events); `n_articles`
        (the outlet's compared articles with the word), `n_articles_versus` (the others'); `p`, `p_adjusted`,
        `confirmed` (exploratory: listed); `n_events`, `gate`, `status`, `family` as in `contrast`;
        `log_odds_nowire`, `p_nowire` without wire copy.

    Notes
    -----
    Monroe, Colaresi & Quinn 2008, Fightin' Words, Political Analysis; the prior is the corpus, worth one article of
    average length. Lijffijt et al. 2016, Significance testing of word frequencies in corpora, DSH. Anscombe 1948,
    The transformation of Poisson, binomial and negative-binomial data, Biometrika.

    Examples
    --------
    >>> articles = pd.DataFrame({"article_id": ["a", "b"], "outlet": ["X", "Y"], "text": ["war war", "peace war"]})
    >>> keyness(articles, min_articles=1)[["outlet", "term", "status"]].iloc[0].tolist()
    ['X', 'war', 'descriptive']
    """
    if counts is None:
        counts = text.count(text.units(articles))
    options: dict[str, Any] = {"family": family, "reps": reps, "seed": seed}
    panel = resampling.panel_of(articles, by=by, event=event)
    matrix = _matrix(counts, panel)
    used = np.asarray((matrix > 0).sum(axis=0)).ravel() >= min_articles
    terms = np.asarray(counts.terms)
    table = again = _table(panel, matrix, used, terms, **options)
    if "wire_of" in articles and articles["wire_of"].notna().any():
        bare = resampling.panel_of(articles[articles["wire_of"].isna()], by=by, event=event)
        again = _table(bare, _matrix(counts, bare), used, terms, **options)
    key = ["outlet", "term"]
    again = again.set_index(key)[["log_odds", "p"]].add_suffix("_nowire")
    table = table.join(again, on=key)
    place = pd.Categorical(table["outlet"], categories=panel.names)
    order = np.lexsort((table["term"], -table["z"], place.codes))
    return table.iloc[order].reset_index(drop=True)[_COLUMNS]


def _matrix(counts: text.Counts, panel: Panel) -> sparse.csr_array:
    """Return articles × terms in the order of the panel; an article without a unit has no words."""
    row = panel.ids.get_indexer(pd.Index(counts.article_id))
    keep = np.flatnonzero(row >= 0)
    gather = sparse.csr_array((np.ones(len(keep)), (row[keep], keep)), (len(panel.ids), len(row)))
    return sparse.csr_array(gather @ counts.matrix)


def _table(
    panel: Panel, matrix: Any, used: np.ndarray, terms: np.ndarray, *, family: str, reps: int, seed: int
) -> pd.DataFrame:
    """Score and test every word of every outlet."""
    pool, noise, parts = Family(family), Noise.of(panel, reps, seed), []
    length = np.asarray(matrix.sum(axis=1)).ravel()
    rates = sparse.csr_array(sparse.diags_array(1 / np.maximum(length, 1)) @ matrix[:, used])
    rows = length > 0
    prior = np.asarray(matrix.sum(axis=0)).ravel() / max(np.count_nonzero(rows), 1)
    for kind, a, others in resampling.comparisons(panel, ("rest",)):
        design = resampling.design_of(panel, rows, a, others)
        tested: dict[str, Any] = {"gate": resampling.gate_of(design, reps), "p": np.nan, "seen": np.nan}
        if design is not None and tested["gate"] <= ALPHA and used.any():
            tested |= _tested(design, rates, noise, reps, kind, pool)
        for level in (a, *others) if kind == "pair" else (a,):
            scored = _scored(panel, design, matrix, prior, used, level) | _rates(panel, design, rates, level, a)
            parts.append(pd.DataFrame({"outlet": panel.names[level], "term": terms[used], **scored, **tested}))
    columns = [*_COLUMNS[:-2], "seen"]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return _adjusted(table.reindex(columns=columns), pool)


def _tested(design: Design, rates: Any, noise: Noise, reps: int, kind: str, pool: Family) -> dict[str, np.ndarray]:
    """Return p and the statistic of every word; give the shared assignments to the family."""
    words, shared = design.read(np.sqrt(rates)).astype(np.float32), _laid(noise.assign(design))
    few = resampling.every_assignment(design, reps)
    every = None if few is None else _laid(few)
    p, seen = np.empty(words.shape[0]), np.empty(words.shape[0])
    for start in range(0, len(p), _CHUNK):
        here = slice(start, start + _CHUNK)
        x = words[here]
        seen[here] = design.statistic(design.mine[None].astype(np.float32), x)[:, 0]
        null = design.statistic(shared, x)
        pool.add(kind, null)
        p[here] = resampling.share_beyond(null if every is None else design.statistic(every, x), seen[here])
    return {"p": p, "seen": seen}


def _laid(assignments: np.ndarray) -> np.ndarray:
    """Lay assignments out as sparse products read them."""
    return np.asfortranarray(assignments, dtype=np.float32)


def _scored(
    panel: Panel, design: Design | None, matrix: Any, prior: np.ndarray, used: np.ndarray, level: int
) -> dict[str, Any]:
    """Return log-odds of the compared articles of a level against the others', and z, under the prior."""
    if design is None:
        return {"log_odds": np.nan, "z": np.nan, "n_events": 0}
    here = np.flatnonzero(abs(design.lift).sum(axis=0) > 0)
    own = panel.level[here] == level
    odds, variance = [], 0.0
    for side in (here[own], here[~own]):
        total = np.asarray(matrix[side].sum(axis=0)).ravel() + prior
        odds.append(np.log(total[used] / (total.sum() - total[used])))
        variance = variance + 1 / total[used]
    return {
        "log_odds": odds[0] - odds[1],
        "z": (odds[0] - odds[1]) / np.sqrt(variance),
        "n_events": design.counts["n_events"],
    }


def _rates(panel: Panel, design: Design | None, rates: Any, level: int, tested: int) -> dict[str, Any]:
    """Return mean rates per 1,000 words as the test weighs them, the level's and the others', and who uses a word."""
    if design is None:
        return {"rate": np.nan, "rate_rest": np.nan, "n_articles": 0, "n_articles_versus": 0}
    weight = design.gain * ((design.mine - (0 if design.matched else design.mine.mean())) @ design.lift)
    own = panel.level == level
    sign = 1000 if level == tested else -1000
    return {
        "rate": sign * ((weight * own) @ rates) + 0.0,
        "rate_rest": -sign * ((weight * ~own) @ rates) + 0.0,
        "n_articles": np.asarray((rates[own & (weight != 0)] > 0).sum(axis=0)).ravel(),
        "n_articles_versus": np.asarray((rates[~own & (weight != 0)] > 0).sum(axis=0)).ravel(),
    }


def _adjusted(table: pd.DataFrame, pool: Family) -> pd.DataFrame:
    """Add p adjusted for all words and outlets, and what the row may be called."""
    tested = table["p"].notna()
    table["p_adjusted"] = np.nan
    if tested.any():
        some = table[tested]
        kind = pd.Series(next(iter(pool.largest)), index=some.index)
        table.loc[tested, "p_adjusted"] = pool.adjust(kind, some["seen"].to_numpy(float), some["p"].to_numpy(float))
    table["status"] = np.where(tested, "tested", "descriptive")
    table["confirmed"] = table["p_adjusted"] <= resampling.FAMILIES[pool.name]
    return table.assign(family=pool.name)


def joint(table: pd.DataFrame) -> pd.DataFrame:
    """View all outlets at once: each word once, with every outlet's log-odds side by side.

    Parameters
    ----------
    table : DataFrame
        What `keyness` returned.

    Returns
    -------
    DataFrame
        One row per `term`, the most uneven first: `outlet` (whose `z` is farthest from zero), `z`, `spread` (highest
        minus lowest log-odds), `p_adjusted` (the smallest; max-T has paid for all outlets), `confirmed`, then
        `log_odds X` for every outlet X.

    Examples
    --------
    >>> rows = pd.DataFrame({"outlet": ["X", "Y"], "term": "war", "log_odds": [1.0, -1.0], "z": [2.0, -2.5],
    ...                      "p_adjusted": 0.5, "confirmed": False})
    >>> joint(rows)[["term", "outlet", "spread"]].iloc[0].tolist()
    ['war', 'Y', np.float64(2.0)]
    """
    strongest = table.assign(size=table["z"].abs()).sort_values(
        ["size", "outlet"], ascending=[False, True], kind="stable"
    )
    best = strongest.drop_duplicates("term").set_index("term")[["outlet", "z"]]
    odds = table.pivot(index="term", columns="outlet", values="log_odds")
    whole = table.groupby("term").agg(p_adjusted=("p_adjusted", "min"), confirmed=("confirmed", "any"))
    best["spread"] = odds.max(axis=1) - odds.min(axis=1)
    return best.join(whole).join(odds.rename_axis(columns=None).add_prefix("log_odds ")).reset_index()
