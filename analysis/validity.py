"""Does a measure see what people see? Hand codes beside what a measure says, and when it is not to be used."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.codebooks.formats import decoded
from analysis.coding.handcoding import corrected, draw_sample
from analysis.coding.thresholds import alpha, best_threshold
from analysis.compare import agreement

PANEL = Path(__file__).resolve().parents[1] / "seeds" / "gold" / "codes.csv"
MAJORITY = "(majority)"
RELIABLE, TENTATIVE = 0.667, 0.4
_LEAST = 10


def read_codes(articles: pd.DataFrame, path: str | Path | None = None) -> pd.DataFrame:
    """Read hand codes of this corpus, by any number of coders.

    Parameters
    ----------
    articles : DataFrame
        `article_id` of the corpus; codes of other articles are left out.
    path : str or Path, optional
        A CSV with the columns `article`, `coder` and one per thing coded. Left out: `$CODES`, or else the codes of the
        constructed panel, which fit no other corpus.

    Returns
    -------
    DataFrame
        `article_id`, `coder`, then the file's other columns; an empty cell is missing. No rows where nothing fits.

    Raises
    ------
    ValueError
        If `article` or `coder` is missing, or a coder coded one article twice; the message names the line.
    """
    path = Path(path or os.environ.get("CODES") or PANEL)
    if path == PANEL and not path.is_file():
        return pd.DataFrame({"article_id": [], "coder": []})
    text = decoded(path)
    table, written = pd.read_csv(StringIO(text)), pd.read_csv(StringIO(text), dtype="str", keep_default_na=False)
    if missing := [name for name in ("article", "coder") if name not in table]:
        raise ValueError(f"{path.name}, line 1: no column {missing[0]!r} in {list(table)}; add it")
    table[["article", "coder"]] = written[["article", "coder"]].replace("", np.nan)  # a coder may be called NA
    if (twice := table.duplicated(["article", "coder"])).any():
        line, row = int(np.argmax(twice)) + 2, table[twice].iloc[0]
        raise ValueError(f"{path.name}, line {line}: {row['coder']!r} coded {row['article']!r} twice; keep one row")
    known = table["article"].isin(articles["article_id"].astype(str))
    table = table[["article", "coder", *table.columns.drop(["article", "coder"])]]
    return table[known].rename(columns={"article": "article_id"}).reset_index(drop=True)


def consensus(codes: pd.DataFrame) -> pd.DataFrame:
    """Return what most coders said of each article; missing where they are evenly divided.

    Parameters
    ----------
    codes : DataFrame
        What `read_codes` returned; columns that hold other than 0 and 1 are left out.

    Returns
    -------
    DataFrame
        Index `article_id`, one float column per frame: 0, 1 or missing.

    Examples
    --------
    >>> consensus(pd.DataFrame({"article_id": list("aab"), "coder": list("xyx"), "moral": [0, 1, 1]}))["moral"].tolist()
    [nan, 1.0]
    """
    share = codes.groupby("article_id", sort=False)[_yes_or_no(codes)].mean()
    return share.gt(0.5).astype(float).where(share.ne(0.5) & share.notna())


def _yes_or_no(codes: pd.DataFrame) -> list[str]:
    """List the columns that hold nothing but 0 and 1."""
    return [name for name in codes.columns[2:] if codes[name].dropna().isin([0, 1]).all()]


def beside_codes(measured: pd.DataFrame, codes: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """Lay what a measure says of each coded article beside what each coder said.

    A share becomes yes or no at the threshold with the best Krippendorff's alpha on the articles of the *other* events
    (without events: the other articles, in ten parts), so that no article has a say in its own threshold. It is the
    median of the best thresholds of bootstrap samples. The best F1 would not do: where nearly every article has the
    frame, it calls the frame present everywhere, which is no agreement beyond chance.

    Parameters
    ----------
    measured : DataFrame
        Index `article_id`, one column of numbers per frame, such as `frame_shares` returns.
    codes : DataFrame
        What `read_codes` returned.
    articles : DataFrame
        `article_id`, and `event` where known.

    Returns
    -------
    DataFrame
        One row per frame, coder and article coded: `frame`, `coder`, `article_id`, `measured` (float), `present` (int,
        what the measure says), `coded` (int, what the coder says). Frames that nobody coded have no row.

    Examples
    --------
    >>> articles = pd.DataFrame({"article_id": list("abcd"), "event": list("eeff")})
    >>> codes = pd.DataFrame({"article_id": list("abcd"), "coder": "ann", "moral": [0, 1, 0, 1]})
    >>> beside_codes(pd.DataFrame({"moral": [0, 0.5, 0, 0.4]}, list("abcd")), codes, articles)["present"].tolist()
    [0, 1, 0, 1]
    """
    event = articles.drop_duplicates("article_id").set_index("article_id").get("event", pd.Series(dtype=object))
    rows = []
    for frame in [name for name in measured if name in codes]:
        for coder, told in codes.dropna(subset=[frame]).groupby("coder", sort=True):
            value = measured[frame].reindex(told["article_id"]).fillna(0.0).to_numpy()
            coded = told[frame].to_numpy(int)
            present = _held_out(value, coded, _groups(event, told["article_id"]))
            row = {"frame": frame, "coder": coder, "article_id": told["article_id"].to_numpy(), "measured": value}
            rows.append(pd.DataFrame(row | {"present": present, "coded": coded}))
    names = ["frame", "coder", "article_id", "measured", "present", "coded"]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=names)


def validated(measured: pd.DataFrame, codes: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """Say how far a measure agrees with each coder, and whether it may be used.

    Parameters
    ----------
    measured, codes, articles
        As for `beside_codes`.

    Returns
    -------
    DataFrame
        One row per frame and coder: `frame`, `coder`, `alpha`, `low`, `high`, `n` (of `compare.agreement`), `positive`
        (share of articles in which the coder saw the frame), `verdict` (of `verdicts`). Where several coded the same
        articles, a further coder "(majority)" is what most said of each of these. No rows without codes.
    """
    names = ["frame", "coder", "alpha", "low", "high", "n", "positive"]
    if len(several := codes[codes["article_id"].duplicated(keep=False)]):
        codes = pd.concat([consensus(several).reset_index().assign(coder=MAJORITY), codes])
    rows = [
        agreement(pair[["present", "coded"]]).assign(frame=str(frame), coder=str(coder), positive=pair["coded"].mean())
        for (frame, coder), pair in beside_codes(measured, codes, articles).groupby(["frame", "coder"], sort=False)
    ]
    table = pd.concat(rows, ignore_index=True)[names] if rows else pd.DataFrame(columns=names)
    order = np.lexsort((table["coder"].ne(MAJORITY), table["frame"].map(list(measured).index)))
    table = table.iloc[order].reset_index(drop=True)
    return table.assign(verdict=table["frame"].map(verdicts(table)))


def among_coders(codes: pd.DataFrame) -> pd.DataFrame:
    """Say how far the coders agree among themselves; no rows where fewer than two of them coded.

    Parameters
    ----------
    codes : DataFrame
        What `read_codes` returned.

    Returns
    -------
    DataFrame
        Index `frame`: `alpha`, `low`, `high`, `n` (articles coded at least twice).
    """
    found = {f: agreement(codes.pivot(index="article_id", columns="coder", values=f)) for f in _yes_or_no(codes)}
    table = pd.concat(found, names=["frame"]).droplevel(1) if found else pd.DataFrame({"n": []})
    return table[table["n"] > 0]


def tried_correction(measured: pd.DataFrame, codes: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """Correct differences with half of the codes and hold them to all: naive, corrected and by hand, side by side.

    Parameters
    ----------
    measured, codes, articles
        As for `beside_codes`; `articles` with `outlet`. Half of the coded articles, drawn evenly from outlets, teach
        `handcoding.corrected`; the majority of the coders is the truth.

    Returns
    -------
    DataFrame
        What `corrected` returns for each frame and pair of outlets, with `frame`, `by_hand` (the difference that all
        codes give), `naive_off` and `corrected_off` (distance from it), `naive_holds` and `corrected_holds` (bool,
        whether the interval covers it). No rows where there are too few codes.
    """
    majority, beside = consensus(codes), beside_codes(measured, codes, articles)
    coded = articles[articles["article_id"].isin(majority.index) & articles["outlet"].notna()]
    half = draw_sample(coded, max(len(coded) // 2, 1))["article_id"] if len(coded) else coded["article_id"]
    tables = []
    for frame in [str(name) for name in measured if name in majority and coded["outlet"].nunique() > 1]:
        taught = majority[frame].reindex(half).dropna()
        said = beside[beside["frame"].eq(frame)].groupby("article_id")["present"].max()
        if taught.nunique() > 1:
            pairs = corrected(said, taught, coded[coded["article_id"].isin(said.index)], reps=500)
            truth = majority[frame].groupby(coded.set_index("article_id")["outlet"]).mean()
            tables.append(pairs.assign(frame=frame, by_hand=pairs["one"].map(truth) - pairs["other"].map(truth)))
    if not tables:
        return pd.DataFrame()
    table = pd.concat(tables, ignore_index=True)
    table["naive_off"], table["corrected_off"] = ((table[n] - table["by_hand"]).abs() for n in ("naive", "corrected"))
    table["naive_holds"] = table["by_hand"].between(table["naive_low"], table["naive_high"])
    return table.assign(corrected_holds=table["by_hand"].between(table["low"], table["high"]))


def verdicts(agreed: pd.DataFrame) -> pd.Series:
    """Say which frames may be used, and by what.

    The worst alpha with any coder decides, and the interval of the coder with the most articles: a coder of few
    articles cannot condemn a frame by a wide interval alone. "use" from an alpha of .667 with an interval above .4;
    "with care" from .4 with an interval above 0; else "do not use"; "not known" where alpha cannot be computed or fewer
    than ten articles are coded.

    Parameters
    ----------
    agreed : DataFrame
        `frame`, and `alpha`, `low`, `n` as `compare.agreement` gives them; a row per frame and coder.

    Returns
    -------
    Series of str
        Index `frame`, in order of appearance.

    Notes
    -----
    Krippendorff 2018, Content Analysis, 4th edition, chapter 12: tentative conclusions from .667. The step at
    .4 is ours.

    Examples
    --------
    >>> verdicts(pd.DataFrame({"frame": ["moral"], "alpha": 0.8, "low": 0.6, "n": 40})).tolist()
    ['use']
    """
    known = agreed.dropna(subset=["alpha", "low"])
    widest = known.sort_values("n", ascending=False, kind="stable").drop_duplicates("frame").set_index("frame")
    worst, low = known.groupby("frame")["alpha"].min().reindex(widest.index), widest["low"]
    good, fair = (worst >= RELIABLE) & (low >= TENTATIVE), (worst >= TENTATIVE) & (low > 0)
    said = np.select([widest["n"] < _LEAST, good, fair], ["not known", "use", "with care"], "do not use")
    told = pd.Series(said, widest.index, dtype="str", name="verdict")
    return told.reindex(pd.Index(agreed["frame"].unique(), name="frame")).fillna("not known")


def _groups(event: pd.Series, ids: pd.Series) -> np.ndarray:
    """Return what must not be split: events, and ten parts of the articles that have none."""
    known = event.reindex(ids)
    alone = pd.Series(np.arange(len(ids)) % 10, known.index).map("part {}".format)
    return pd.factorize(("event " + known.astype("str")).where(known.notna(), alone))[0]


def _held_out(value: np.ndarray, coded: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Turn values into 0 or 1, each group at the threshold of the others."""
    present = np.zeros(len(value), dtype=np.int64)
    for here in (group == g for g in np.unique(group)):
        rest = ~here if (~here).any() else here
        present[here] = value[here] >= best_threshold(value[rest], coded[rest], alpha)
    return present
