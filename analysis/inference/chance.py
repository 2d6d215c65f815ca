"""What an analysis finds where there is nothing to find."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.codebooks import SEED
from analysis.inference.design import Panel, panel_of


def null_split(
    articles: pd.DataFrame,
    analysis: Callable[[pd.DataFrame], pd.DataFrame],
    *,
    splits: int = 200,
    seed: int = SEED,
    by: str = "outlet",
    event: str = "event",
) -> pd.DataFrame:
    """Count the findings of an analysis where there is nothing to find.

    One outlet: its articles (whole near-duplicate clusters) are split into random halves. Several: their labels are
    permuted within events, or among clusters where no events are known.

    Parameters
    ----------
    articles : DataFrame
    analysis : callable
        From articles to a frame with the column `confirmed`, such as `lambda a: keyness(a, counts=counts)`.
    splits, seed : int
    by, event : str
        The columns that the analysis compares and matches by.

    Returns
    -------
    DataFrame
        `split`, `findings` (confirmed or listed rows), `tested` (rows) as int; of two halves the first is counted,
        since the second mirrors it.

    Examples
    --------
    >>> articles = pd.DataFrame({"article_id": ["a", "b", "c", "d"], "outlet": "X"})
    >>> null_split(articles, lambda a: pd.DataFrame({"confirmed": [False]}), splits=1)["findings"].tolist()
    [0]
    """
    panel = panel_of(articles, by=by, event=event)
    frame = articles.set_index("article_id").loc[panel.ids].reset_index()
    rng, rows, alone = np.random.default_rng(seed), [], len(panel.names) == 1
    for split in range(splits):
        shuffled = frame.assign(**{by: _shuffled(panel, rng)})
        table = analysis(shuffled.assign(**{event: np.nan}) if alone else shuffled)
        table = table[table["outlet"] == "half 1"] if alone and "outlet" in table else table
        rows.append((split, int(table["confirmed"].sum()), len(table)))
    return pd.DataFrame(rows, columns=["split", "findings", "tested"])


def _shuffled(panel: Panel, rng: np.random.Generator) -> np.ndarray:
    """Return labels that mean nothing: random halves of one outlet, or labels permuted."""
    if len(panel.names) == 1:
        half = rng.permutation(panel.unit.max() + 1) % 2
        return np.array(["half 1", "half 2"])[half[panel.unit]]
    names, labels = np.array(panel.names, dtype=object), panel.level.copy()
    if not panel.matched:
        first = np.unique(panel.unit, return_index=True)[1]
        return names[panel.level[first][rng.permutation(len(first))][panel.unit]]
    for unit in range(panel.unit.max() + 1):
        here = panel.unit == unit
        present = np.unique(panel.level[here])
        labels[here] = rng.permutation(present)[np.searchsorted(present, panel.level[here])]
    return names[labels]
