"""Which words set an outlet apart: ranked by log-odds, tested on the rates of whole documents."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from analysis import text
from analysis.codebooks import SEED
from analysis.inference import resampling
from analysis.inference.design import Design, Panel, design_of, pairings, panel_of
from analysis.inference.resampling import ALPHA, Family

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
    counts = text.count(text.units(articles, voices=False)) if counts is None else counts
    panel = panel_of(articles, by=by, event=event)
    used = (_matrix(counts, panel) > 0).sum(axis=0) >= min_articles

    def analyse(some: pd.DataFrame) -> pd.DataFrame:
        here = panel_of(some, by=by, event=event, names=panel.names)
        return _table(here, _matrix(counts, here), pd.Series(used, counts.terms), Family(family, here, reps, seed))

    table = resampling.beside_no_wire(articles, analyse, ["outlet", "term"], ["log_odds", "p"])
    place = pd.Categorical(table["outlet"], categories=panel.names)
    order = np.lexsort((table["term"], -table["z"], place.codes))
    return table.iloc[order].reset_index(drop=True)[_COLUMNS]


def _matrix(counts: text.Counts, panel: Panel) -> sparse.csr_array:
    """Return articles × terms in the order of the panel; an article without a unit has no words."""
    row = panel.ids.get_indexer(pd.Index(counts.article_id))
    keep = np.flatnonzero(row >= 0)
    gather = sparse.csr_array((np.ones(len(keep)), (row[keep], keep)), (len(panel.ids), len(row)))
    return sparse.csr_array(gather @ counts.matrix)


def _table(panel: Panel, matrix: Any, words: pd.Series, family: Family) -> pd.DataFrame:
    """Score and test every word of every outlet; `words` says of each term whether it is in the family."""
    used, parts = words.to_numpy(), []
    length = matrix.sum(axis=1)
    rates = sparse.csr_array(sparse.diags_array(1 / np.maximum(length, 1)) @ matrix[:, used])
    rows = length > 0
    prior = matrix.sum(axis=0) / max(np.count_nonzero(rows), 1)
    for kind, a, others in pairings(panel, ("rest",)):
        design = design_of(panel, rows, a, others)
        told: dict[str, Any] = {"comparison": kind, "gate": resampling.gate_of(design, family.reps), "n_events": 0}
        told |= {"n_articles": 0, "n_articles_versus": 0}
        if design is not None and told["gate"] <= ALPHA and used.any():
            told |= _tested(design, rates, kind, family)
        for level in (a, *others) if kind == "pair" else (a,):
            told |= {"outlet": panel.names[level], "term": words.index[used]}
            if design is not None:
                own = panel.level == level
                told |= _scored(design, own, matrix, prior, used) | _rates(design, own, rates if level == a else -rates)
            parts.append(pd.DataFrame(told))
    columns = [*_COLUMNS[:-2], "comparison", "seen"]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return family.judged(table.reindex(columns=columns))


def _tested(design: Design, rates: Any, kind: str, family: Family) -> dict[str, np.ndarray]:
    """Return p and the statistic of every word, tested in chunks that fit into memory."""
    words = design.read(np.sqrt(rates)).astype(np.float32)
    shared, every = family.assignments(design)
    shared, every = _laid(shared), None if every is None else _laid(every)
    p, seen = np.empty(words.shape[0]), np.empty(words.shape[0])
    for start in range(0, len(p), _CHUNK):
        here = slice(start, start + _CHUNK)
        p[here], seen[here] = family.test(kind, design, words[here], shared, every)
    return {"p": p, "seen": seen}


def _laid(assignments: np.ndarray) -> np.ndarray:
    """Lay assignments out as sparse products read them."""
    return np.asfortranarray(assignments, dtype=np.float32)


def _scored(design: Design, own: np.ndarray, matrix: Any, prior: np.ndarray, used: np.ndarray) -> dict[str, Any]:
    """Return log-odds of a level's compared articles against the others', and z, under the prior."""
    compared = abs(design.lift).sum(axis=0) > 0
    totals = [matrix[compared & side].sum(axis=0) + prior for side in (own, ~own)]
    totals = [np.where(total > 0, total, np.nan) for total in totals]  # a word that none of these articles holds
    mine, theirs = (np.log(total[used] / (np.nansum(total) - total[used])) for total in totals)
    error = np.sqrt(sum(1 / total[used] for total in totals))
    return {"log_odds": mine - theirs, "z": (mine - theirs) / error, "n_events": design.counts["n_events"]}


def _rates(design: Design, own: np.ndarray, rates: Any) -> dict[str, Any]:
    """Return mean rates per 1,000 words as the test weighs them, the level's and the others', and who uses a word."""
    weight = design.gain / design.reach * ((design.mine - (0 if design.matched else design.mine.mean())) @ design.lift)
    used = [(rates[side & (weight != 0)] != 0).sum(axis=0) for side in (own, ~own)]
    mine, theirs = (1000 * ((weight * side) @ rates) + 0.0 for side in (own, ~own))
    return {"rate": mine, "rate_rest": 0.0 - theirs, "n_articles": used[0], "n_articles_versus": used[1]}
