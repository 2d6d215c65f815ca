"""Hold the constructed panel to its known answers: what was planted is found, and nothing where nothing was planted.

Run `python -m tools.benchmarks.panel`. Measures, pairs and error rate of the one family that holds the null pair and
the naming-only pairs were written down before its results were looked at; a failure is reported as one.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.compare import contrast, finding, keyness
from analysis.corpus import load
from analysis.framing import frame_shares
from analysis.naming import label_shares, mentions
from analysis.quotes import quotations
from analysis.sentiment import valence
from analysis.text import count, units

COMMAND = "OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m tools.benchmarks.panel"
TARGET = Path(__file__).parent / "results" / "panel.md"
SEEDS = Path(__file__).parents[2] / "seeds"
REFERENTS = ("isis", "city-taking", "pmf", "strike")
CODEBOOKS = ("generic-frames", "narrative-frames", "war-peace")
NULL = ("Pellworth Tribune", "Quillhaven Post")
NAMING_ONLY = ("Norvane Standard", "Quillhaven Post")


@cache
def policies() -> dict[str, Any]:
    """Read what was planted, keyed by the printed name of each outlet."""
    planted = tomllib.loads((SEEDS / "gold" / "panel.toml").read_text("utf-8"))
    return {"labels": {name: planted["referents"][name]["labels"] for name in REFERENTS}} | {
        "naming": {outlet["name"]: outlet["naming"] for outlet in planted["outlets"].values()}
    }


@cache
def panel() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Load the constructed articles and cut them into units."""
    articles = load(SEEDS / "articles").articles
    articles = articles[articles["origin"] == "constructed"].reset_index(drop=True)
    return articles, units(articles, quotations(articles))


def naming_contrasts(referent: str) -> pd.DataFrame:
    """Test one referent: every pair of the eight outlets on every label's share, one max-T family.

    `planted` is the sign that the policies demand: outlets with different house labels differ in the shares of both.
    """
    articles, parts = panel()
    table = contrast(articles, label_shares(mentions(parts), referent), comparisons=["pair"])
    naming = policies()["naming"]
    own, other = ([naming[name][referent] for name in table[side]] for side in ("outlet", "versus"))
    table["planted"] = (table["measure"] == own).astype(int) - (table["measure"] == other).astype(int)
    return table.assign(right=table["confirmed"] & (np.sign(table["estimate"]) == table["planted"]))


def planted_words(family: str) -> pd.DataFrame:
    """Say for each outlet and referent whether a word of its house label is listed for it, with the highest rank."""
    articles, parts = panel()
    words = keyness(articles, counts=count(parts), family=family)
    words["rank"] = words.groupby("outlet").cumcount() + 1
    listed = words[words["confirmed"] & (words["log_odds"] > 0)]
    rows = []
    for outlet, labels in policies()["naming"].items():
        for referent, label in labels.items():
            own = listed[listed["outlet"] == outlet]
            hits = own[[_of_label(term, referent, label) for term in own["term"]]]
            rows.append((outlet, referent, label, " ".join(hits["term"]), hits["rank"].min()))
    return pd.DataFrame(rows, columns=["outlet", "referent", "label", "listed", "rank"])


def _of_label(term: str, referent: str, label: str) -> bool:
    """Tell whether a counted word is a form of a label, or one of its words that is not any army's."""
    forms = policies()["labels"][referent][label]["forms"]
    words = set(label.lower().split()) - {"forces", "air"}
    return term in words or any(re.fullmatch(form, term, flags=re.IGNORECASE) for form in forms)


def measures() -> pd.DataFrame:
    """Measure every article in every way there is: the one declared family for the two pairs."""
    articles, parts = panel()
    named = mentions(parts)
    shares = {f"naming: {name}: ": label_shares(named, name) for name in REFERENTS}
    shares |= {f"frame: {book}: ": frame_shares(parts, book) for book in CODEBOOKS}
    felt = valence(parts).query("voice == 'own'").pivot(index="article_id", columns="actor", values="valence")
    shares |= {"valence: ": felt, "voices: ": voices(articles)}
    table = pd.concat([frame.add_prefix(prefix) for prefix, frame in shares.items()], axis=1)
    table["length: words"] = articles.set_index("article_id")["n_words"]
    return table.reindex(articles["article_id"]).astype(float)


def voices(articles: pd.DataFrame) -> pd.DataFrame:
    """Measure how each article quotes: quotations per 1,000 words by kind, and shares of stance and of the unnamed."""
    said = quotations(articles)
    length = articles.set_index("article_id")["n_words"]
    kinds = said.groupby(["article_id", "kind"]).size().unstack(fill_value=0).reindex(length.index, fill_value=0)
    stance = said.groupby(["article_id", "stance"]).size().unstack(fill_value=0)
    shares = stance.div(stance.sum(axis=1), axis=0).add_prefix("stance ")
    unnamed = said["speaker"].isna().groupby(said["article_id"]).mean().rename("speaker unknown")
    return pd.concat([kinds.mul(1000 / length, axis=0), shares, unnamed], axis=1)


def pairs() -> pd.DataFrame:
    """Compare the three outlets of the null and the naming-only pair on all measures under one error budget."""
    articles, _ = panel()
    outlets = sorted({*NULL, *NAMING_ONLY})
    table = contrast(articles, measures(), comparisons=["pair"], outlets=outlets)
    pair = pd.Series(list(zip(table["outlet"], table["versus"], strict=True)), index=table.index).map(sorted).map(tuple)
    known = {tuple(sorted(NULL)): "null", tuple(sorted(NAMING_ONLY)): "naming only"}
    return table.assign(pair=pair.map(known).fillna("also naming only"), kind=table["measure"].str.split(": ").str[0])


def report() -> list[str]:
    """Write the table."""
    lines = ["# What was planted in the constructed panel, and what is found", "", f"`{COMMAND}`", ""]
    lines += ["64 constructed articles of 8 invented outlets on 8 events; not a finding about any real outlet.", ""]
    lines += ["## Naming contrasts: pairs of outlets with different house labels, label shares in the own voice", ""]
    lines += ["One max-T family per referent: 28 pairs × its labels. A contrast with fewer than six shared events is"]
    lines += ["descriptive: many articles do not name the thing at all.", ""]
    lines += ["| referent | planted contrasts | testable | confirmed, right sign | wrongly confirmed | events |"]
    lines += ["| --- | --- | --- | --- | --- | --- |"]
    for referent in REFERENTS:
        table = naming_contrasts(referent)
        planted, tested = table["planted"] != 0, table["status"] == "tested"
        wrong = table["confirmed"] & ~table["right"]
        spread = f"{table['n_events'].min()}–{table['n_events'].max()}"
        numbers = planted.sum(), (planted & tested).sum(), (planted & table["right"]).sum(), wrong.sum(), spread
        lines.append(f"| {referent} | " + " | ".join(map(str, numbers)) + " |")
    lines += ["", "## Words: is a word of each planted house label on its outlet's list?", ""]
    lines += ["All words of at least five articles, each outlet against the rest, quotations counted too.", ""]
    lines += ["| family | " + " | ".join(REFERENTS) + " | all |", "| --- |" + " --- |" * (len(REFERENTS) + 1)]
    for family in ("confirmatory", "exploratory"):
        found = planted_words(family)
        hit = found["listed"].ne("").groupby(found["referent"]).sum()
        lines.append(
            f"| {family} | " + " | ".join(f"{hit[name]} of 8" for name in REFERENTS) + f" | {hit.sum()} of 32 |"
        )
    missed = found[found["listed"].eq("")]
    lines += [
        "",
        "Not on the exploratory list: " + "; ".join(missed["label"] + " (" + missed["outlet"] + ")") + ".",
        "",
    ]
    return lines + _pairs_told()


def _pairs_told() -> list[str]:
    """Write the part on the null pair and the naming-only pair."""
    table = pairs()
    lines = ["## The null pair and the naming-only pairs: one error budget over all measures", ""]
    lines += [f"{table['measure'].nunique()} measures × 3 pairs in one max-T family at 5 %, declared beforehand.", ""]
    kinds = list(dict.fromkeys(table["kind"]))
    lines += ["| pair | " + " | ".join(f"{kind}: confirmed / tested" for kind in kinds) + " |"]
    lines += ["| --- |" + " --- |" * len(kinds)]
    for name, rows in table.groupby("pair", sort=False):
        cells = [rows[rows["kind"] == kind] for kind in kinds]
        told = (f"{cell['confirmed'].sum()} / {(cell['status'] == 'tested').sum()}" for cell in cells)
        lines.append(f"| {name} ({' and '.join(rows[['outlet', 'versus']].iloc[0])}) | " + " | ".join(told) + " |")
    lines += ["", "Confirmed:", ""]
    confirmed = table[table["confirmed"]]
    lines += [f"- {row['pair']}: {finding(row, unit='')}" for _, row in confirmed.iterrows()] or ["- nothing"]
    if leaks := sorted({measure for measure in confirmed["measure"] if not measure.startswith("naming")}):
        lines += ["", f"**Not specific**: {', '.join(leaks)} differs where only names were planted."]
    least = table[table["pair"] == "null"].sort_values("p_adjusted", kind="stable").head(3)
    lines += ["", "Smallest adjusted p of the null pair:", ""]
    return lines + [f"- {finding(row, unit='')}" for _, row in least.iterrows()]


def main() -> None:
    """Print the table and write it down."""
    text = "\n".join(report()) + "\n"
    print(text)
    TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
