"""Frames from indicators: shares of sentences, and what stands behind them."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis.coding.indicators import Hits, Source, in_voice


def frame_shares(
    parts: pd.DataFrame, codebook: Source, *, voice: str | None = None, shrink: float = 0.0
) -> pd.DataFrame:
    """Measure each frame as the share of an article's sentences that hold at least one of its indicators.

    Parameters
    ----------
    parts : DataFrame
        Units: `article_id`, `sentence`, `voice`, `text`.
    codebook : str, Path, Codebook or mapping
        Whatever `analysis.codebooks.load` takes.
    voice : {"own", "quoted"}, optional
        Only the stretches in this voice; the denominator is then the sentences with such a stretch.
    shrink : float
        Sentences without the frame that every article is given besides its own (25 is about an article's worth), so
        that one sentence of a short article weighs less. Coders who are asked whether a frame is there at all are
        better met so; 0 is the plain share.

    Returns
    -------
    DataFrame
        Index `article_id` in order of appearance, one float column per frame, 0 to 1; missing where an article has
        no sentence in that voice.

    Raises
    ------
    ValueError
        If `voice` is neither "own" nor "quoted", or the codebook is faulty.

    Notes
    -----
    Semetko & Valkenburg 2000, Journal of Communication 50(2), for frames as sets of indicators.

    Examples
    --------
    >>> parts = pd.DataFrame({"article_id": "a", "sentence": [0, 1], "voice": "own", "text": ["A duty.", "It rained."]})
    >>> frame_shares(parts, {"moral": ["dut*"]})["moral"].tolist()
    [0.5]
    """
    return Hits(parts, codebook, voice).shares(shrink)


def frame_sentences(parts: pd.DataFrame, codebook: Source, *, voice: str | None = None) -> pd.DataFrame:
    """List the sentences behind every share, with the indicators that were found in them.

    Parameters
    ----------
    parts, codebook, voice
        As for `frame_shares`.

    Returns
    -------
    DataFrame
        One row per sentence and frame: `article_id`, `outlet`, `sentence` (int), `frame`, `indicators` (str, parted by
        commas), `n_indicators` (int), `text` (its stretches in that voice).

    Examples
    --------
    >>> parts = pd.DataFrame({"article_id": "a", "sentence": [0], "voice": "own", "text": ["A duty, a sin."]})
    >>> frame_sentences(parts, {"moral": ["dut*", "sin"]})["indicators"].tolist()
    ['dut*, sin']
    """
    hits = Hits(parts, codebook, voice)
    row, column = hits.matrix.nonzero()
    found = pd.DataFrame({"row": row, "frame": hits.frame_of[column], "indicator": hits.names[column]})
    listed = found.groupby(["row", "frame"], sort=False)["indicator"].agg([", ".join, "size"]).reset_index()
    whole = parts[in_voice(parts, voice)].groupby(["article_id", "sentence"], sort=False)["text"].agg(" ".join)
    table = hits.sentences.assign(text=whole.to_numpy()).loc[listed["row"]].reset_index(drop=True)
    table = table.assign(frame=listed["frame"], indicators=listed["join"], n_indicators=listed["size"])
    return table.reindex(columns=["article_id", "outlet", "sentence", "frame", "indicators", "n_indicators", "text"])


def audit(parts: pd.DataFrame, codebook: Source, *, voice: str | None = None, by: str = "outlet") -> pd.DataFrame:
    """Show what each indicator contributes, and what every outlet's share would be without it.

    Parameters
    ----------
    parts, codebook, voice
        As for `frame_shares`.
    by : str
        The column whose values are compared.

    Returns
    -------
    DataFrame
        One row per indicator and value of `by`: `frame`, `indicator`, `by`'s column, `articles`, `sentences` (int, with
        the indicator), `alone` (int, sentences of the frame that nothing else would find), `share` (mean share of
        sentences over the articles), `without` (the same with the indicator left out), `fires_in` (in how many values
        of `by` it is found at all; 1 marks a house word rather than a frame). The least and greatest `without` of a
        frame and outlet are its leave-one-indicator-out range.

    Examples
    --------
    >>> parts = pd.DataFrame({"article_id": "a", "outlet": "x", "sentence": [0, 1], "voice": "own",
    ...                       "text": ["A duty, a sin.", "A sin."]})
    >>> audit(parts, {"moral": ["dut*", "sin"]})[["indicator", "alone", "share", "without"]].values.tolist()
    [['dut*', 0, 1.0, 1.0], ['sin', 1, 1.0, 0.5]]
    """
    hits = Hits(parts, codebook, voice)
    n, places = hits.n_sentences(), hits.columns_of
    lonely = hits.matrix.multiply((hits.per_frame() == 1)[:, places]).tocsr()
    found, alone = hits.per_article(hits.matrix), hits.per_article(lonely)
    share = hits.shares().iloc[:, places].set_axis(found.columns, axis=1)
    groups = parts.drop_duplicates("article_id").set_index("article_id")[by].reindex(found.index)
    sums = {"articles": found > 0, "sentences": found, "alone": alone}
    means = {"share": share, "without": share - alone.div(n, axis=0)}
    long = {name: frame.groupby(groups).sum().T.stack() for name, frame in sums.items()}
    long |= {name: frame.groupby(groups).mean().T.stack(future_stack=True) for name, frame in means.items()}
    table = pd.DataFrame(long).rename_axis(["place", by]).reset_index().astype(dict.fromkeys(sums, "int64"))
    table["fires_in"] = (table["articles"] > 0).groupby(table["place"]).transform("sum").astype("int64")
    place = table.pop("place").to_numpy(int)
    table.insert(0, "indicator", hits.names[place])
    table.insert(0, "frame", hits.frame_of[place])
    return table


def hangs_on(audited: pd.DataFrame, *, by: str = "outlet", of: Iterable[tuple[str, str]] | None = None) -> pd.DataFrame:
    """Tell whether a difference hangs on one indicator.

    Parameters
    ----------
    audited : DataFrame
        What `audit` returned, or the rows of some values of `by`.
    by : str
    of : iterable of (frame, value of `by`), optional
        The differences to look at, each from the mean of the others; without it, each frame's largest.

    Returns
    -------
    DataFrame
        One row per difference: `frame`, `by`'s column, `difference` (share of sentences), `least`, `most` (its range
        when any one indicator is left out), `hangs_on` (the indicator whose absence shrinks it most), `holds` (bool:
        it keeps its sign without any one). No rows for fewer than two values, nor where there is no difference.

    Examples
    --------
    >>> parts = pd.DataFrame({"article_id": ["a", "b"], "outlet": ["x", "y"], "sentence": 0, "voice": "own",
    ...                       "text": ["A sin.", "It rained."]})
    >>> hangs_on(audit(parts, {"moral": ["dut*", "sin"]}))[["hangs_on", "holds"]].values.tolist()
    [['sin', False]]
    """
    asked = None if of is None else set(of)
    rows = []
    for frame, table in audited.groupby("frame", sort=False) if audited[by].nunique() > 1 else []:
        known = table.dropna(subset=["share"])
        wide = [known.pivot(index="indicator", columns=by, values=name) for name in ("share", "without")]
        if wide[0].shape[1] < 2:
            continue
        whole, left = (t - t.rsub(t.sum(axis=1), axis=0) / (t.shape[1] - 1) for t in wide)
        first = whole.iloc[0]
        furthest = [str(first.abs().idxmax())]
        for who in furthest if asked is None else [str(w) for w in whole if (frame, w) in asked]:
            full, less = float(first[who]), left[who]
            least, most = float(less.min()), float(less.max())
            if full:
                needed = (less if full > 0 else -less).idxmin()
                rows.append((frame, who, full, least, most, needed, (least if full > 0 else -most) > 1e-12))
    return pd.DataFrame(rows, columns=["frame", by, "difference", "least", "most", "hangs_on", "holds"])
