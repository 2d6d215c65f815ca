"""Codes by hand: a blind sample, a sheet to fill in, and what a faulty measure does to a comparison."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.codebooks import SEED, any_of
from analysis.codebooks.formats import decoded

_FORMULA = ("=", "+", "-", "@")
_ESTIMATES = (("naive", "naive_low", "naive_high"), ("corrected", "low", "high"))


def draw_sample(articles: pd.DataFrame, n: int, *, by: Sequence[str] = ("outlet",), seed: int = SEED) -> pd.DataFrame:
    """Draw articles to code by hand, as evenly as possible from every stratum.

    Parameters
    ----------
    articles : DataFrame
        `article_id` and the columns named in `by`, whose values (a missing one too) are the strata.
    n : int
        How many; all of them where there are fewer.

    Returns
    -------
    DataFrame
        The rows drawn, in an order that tells nothing about their stratum.

    Raises
    ------
    ValueError
        If `n` is less than 1.

    Examples
    --------
    >>> articles = pd.DataFrame({"article_id": list("abcdef"), "outlet": list("xxxxyy")})
    >>> draw_sample(articles, 4)["outlet"].value_counts().tolist()
    [2, 2]
    """
    if n < 1:
        raise ValueError(f"n={n}; ask for at least one article to code")
    rng = np.random.default_rng(seed)
    mixed = articles.sort_values("article_id").sample(frac=1, random_state=rng)
    turn = mixed.groupby(list(by), dropna=False).cumcount()
    return mixed.iloc[np.argsort(turn.to_numpy(), kind="stable")[:n]].sample(frac=1, random_state=rng)


def write_sheet(sample: pd.DataFrame, frames: Sequence[str], path: str | Path) -> pd.DataFrame:
    """Write a coding sheet: the text and an empty cell per frame, nothing that tells whose article it is.

    Coders enter 1 where the frame is there, else 0. Names of outlets are masked in the texts; `read_sheet` knows
    the items again without a key.

    Parameters
    ----------
    sample : DataFrame
        `article_id`, `outlet`, `text`; what `draw_sample` returned.
    frames : sequence of str
    path : str or Path
        A CSV file, in UTF-8 with the mark that spreadsheets look for.

    Returns
    -------
    DataFrame
        What was written: `item`, `text` and an empty column per frame.

    Raises
    ------
    FileExistsError
        If the file is there already: it may hold somebody's codes.
    """
    if Path(path).exists():
        raise FileExistsError(f"{path} exists and may hold codes; name another file or move it away")
    texts = sample["text"]
    if len(names := sample["outlet"].dropna().unique()):
        texts = texts.str.replace(rf"(?i)(?<!\w){any_of(names)}(?!\w)", "[outlet]", regex=True)
    texts = texts.where(~texts.str.startswith(_FORMULA), "'" + texts)
    sheet = pd.DataFrame({"item": [_item(key) for key in sample["article_id"]], "text": texts.to_numpy()})
    sheet = sheet.assign(**dict.fromkeys(frames, ""))
    sheet.to_csv(path, index=False, encoding="utf-8-sig")
    return sheet


def read_sheet(path: str | Path, articles: pd.DataFrame, frames: Sequence[str]) -> pd.DataFrame:
    """Read a filled-in coding sheet, or say what is wrong with it and on which line.

    Parameters
    ----------
    path, frames
        As for `write_sheet`.
    articles : DataFrame
        `article_id` of the corpus the sample was drawn from.

    Returns
    -------
    DataFrame
        Index `article_id`, one int column (0 or 1) per frame.

    Raises
    ------
    ValueError
        If the file is not UTF-8, its columns differ, an item is unknown or stands twice, or a cell is missing or
        neither 0 nor 1.
    """
    known, codes = {_item(key): key for key in articles["article_id"]}, {}
    for where, cells in _filled_in(Path(path), frames):
        if (item := cells["item"]) not in known:
            raise ValueError(f"{where}: no article has the item {item!r}; read it with the corpus it was drawn from")
        if known[item] in codes:
            raise ValueError(f"{where}: the item {item!r} stands twice; keep one row")
        codes[known[item]] = [_code(cells[frame], f"{where}, column {frame!r}") for frame in frames]
    if not codes:
        raise ValueError(f"{Path(path).name}: no article is coded in it; fill it in and read it again")
    return pd.DataFrame.from_dict(codes, orient="index", columns=list(frames)).rename_axis("article_id")


def _filled_in(path: Path, frames: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the place and the cells of each row of a sheet that is not empty."""
    rows = csv.reader(decoded(path).splitlines(keepends=True))
    columns, where, line = next(rows, []), f"{path.name}, line 1", rows.line_num
    if missing := [name for name in ["item", *frames] if name not in columns]:
        raise ValueError(f"{where}: no column {missing[0]!r} in {columns}; keep the sheet's columns as written")
    if other := [name for name in columns if name not in ["item", "text", *frames] or columns.count(name) > 1]:
        raise ValueError(f"{where}: the column {other[0]!r} is no frame of this codebook or stands twice; delete it")
    for row in rows:
        where, line = f"{path.name}, line {line + 1}", rows.line_num
        if len(row) > len(columns):
            raise ValueError(f"{where}: more cells than columns; put a text with commas in quotation marks")
        if any(map(str.strip, row)):
            yield where, dict.fromkeys(columns, "") | dict(zip(columns, map(str.strip, row), strict=False))


def _code(cell: str, where: str) -> int:
    """Read one cell."""
    if cell not in ("0", "1", "0.0", "1.0"):
        problem = f"{cell!r} is no code" if cell else "the cell is empty"
        raise ValueError(f"{where}: {problem}; enter 1 for present or 0 for absent")
    return int(float(cell))


def _item(article_id: object) -> str:
    """Return the name an article has on a blind sheet."""
    return "i" + hashlib.sha256(str(article_id).encode()).hexdigest()[:10]


def corrected(
    measured: pd.Series,
    coded: pd.Series,
    articles: pd.DataFrame,
    *,
    by: str = "outlet",
    reps: int = 2000,
    seed: int = SEED,
) -> pd.DataFrame:
    """Compare shares of articles with a frame, corrected for the measure's mistakes, beside the naive comparison.

    Maximum likelihood for a measure whose rates of hit and false alarm are the same everywhere: articles coded by hand
    teach the rates, all articles teach the shares. Where the measure errs more for one outlet than for another, this
    does not put it right.

    Parameters
    ----------
    measured : Series
        Index `article_id`, 0 or 1: what the measure says of every article.
    coded : Series
        Index `article_id`, 0 or 1: what people said of some of them.
    articles : DataFrame
        `article_id`, the column named in `by`, and `event` (resampled whole, where known).
    by : str
        Whose shares are compared.
    reps, seed : int
        Bootstrap samples, and where they start.

    Returns
    -------
    DataFrame
        One row per pair of values of `by`: `one`, `other`, `naive`, `naive_low`, `naive_high`, `corrected`, `low`,
        `high` (differences of shares, one minus other, 95 %), `hits`, `false_alarms` (the measure's rates), `n`,
        `n_coded` (int).

    Raises
    ------
    ValueError
        If no article is coded as having the frame, or none as lacking it, or the measure says nothing of a coded one.

    Notes
    -----
    TeBlunthuis, Hase & Chan 2024, Misclassification in automated content analysis causes bias in regression. Can we
    fix it? Yes we can!, Communication Methods and Measures 18(3).

    Examples
    --------
    >>> articles = pd.DataFrame({"article_id": range(8), "outlet": list("xxxxyyyy")})
    >>> said = pd.Series([1, 1, 1, 0, 1, 0, 0, 0])
    >>> corrected(said, said, articles, reps=50)[["naive", "corrected"]].round(2).values.tolist()
    [[0.5, 0.5]]
    """
    if lost := sorted(set(coded.index) - set(measured.index), key=str):
        raise ValueError(f"the measure says nothing of the coded article {lost[0]!r}; measure the same corpus")
    if coded.nunique() < 2:
        raise ValueError("every coded article has the same code; code more until some have the frame and some lack it")
    cells, names = _cells(measured, coded, articles, by)
    draws = np.random.default_rng(seed).multinomial(len(cells), np.full(len(cells), 1 / len(cells)), size=reps)
    whole = cells.sum(axis=0)
    *seen, rates = _likeliest(whole[None])
    *again, _ = _likeliest(np.tensordot(draws, cells, 1))
    a, b = np.triu_indices(len(names), 1)
    table = pd.DataFrame({"one": names[a], "other": names[b]})
    for (name, low, high), one, many in zip(_ESTIMATES, seen, again, strict=True):
        table[name] = one[0, a] - one[0, b]
        table[low], table[high] = np.nanquantile(many[:, a] - many[:, b], [0.025, 0.975], axis=0)
    table["hits"], table["false_alarms"] = rates[0]
    counts = np.stack([whole.sum(axis=1), whole[:, :4].sum(axis=1)])
    table["n"], table["n_coded"] = (counts[:, a] + counts[:, b]).astype(int)
    return table


def _cells(measured: pd.Series, coded: pd.Series, articles: pd.DataFrame, by: str) -> tuple[np.ndarray, pd.Index]:
    """Count articles by cluster, group and what was said of them: clusters × groups × six cells."""
    table = articles[articles["article_id"].isin(measured.index)].reset_index(drop=True)
    groups, names = pd.factorize(table[by], sort=True)
    said, truth = measured.loc[table["article_id"]].to_numpy(int), coded.reindex(table["article_id"]).to_numpy(float)
    kind = np.where(np.isnan(truth), 4 + said, 2 * np.nan_to_num(truth) + said).astype(int)
    alone = pd.Series("article " + table["article_id"].astype(str), table.index, dtype=object)
    event = table["event"].astype(object) if "event" in table else pd.Series(np.nan, table.index, dtype=object)
    cluster = pd.factorize(event.where(event.notna(), alone))[0]
    cells = np.zeros((cluster.max() + 1, len(names), 6))
    np.add.at(cells, (cluster[groups >= 0], groups[groups >= 0], kind[groups >= 0]), 1)
    return cells, names


def _likeliest(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return naive and likeliest shares (samples × groups) and rates (samples × 2), by expectation-maximisation.

    The six cells of a group: coded absent (said no, yes), coded present (said no, yes), not coded (said no, yes).
    """
    absent, present, unknown = cells[..., 0:2], cells[..., 2:4], cells[..., 4:6]
    share, rate = np.full(cells.shape[:2], 0.5), _rates(absent, present)
    with np.errstate(invalid="ignore", divide="ignore"):
        for _ in range(300):
            yes = share[..., None] * rate[:, None, 1]
            likely = unknown * np.nan_to_num(yes / (yes + (1 - share[..., None]) * rate[:, None, 0]))
            share = (present + likely).sum(axis=-1) / cells.sum(axis=-1)
            rate = _rates(absent + unknown - likely, present + likely)
        return cells[..., 1::2].sum(axis=-1) / cells.sum(axis=-1), share, rate[:, ::-1, 1]


def _rates(absent: np.ndarray, present: np.ndarray) -> np.ndarray:
    """Return samples × (absent, present) × (said no, said yes): how often the measure says what, never quite 0 or 1."""
    counts = np.stack([absent.sum(axis=1), present.sum(axis=1)], axis=1) + 0.01
    return counts / counts.sum(axis=-1, keepdims=True)
