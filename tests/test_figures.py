"""The committed figures are what the notebooks draw: a full regeneration elsewhere gives the same ones."""

from __future__ import annotations

from pathlib import Path

import matplotlib.image
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.artist import Artist
from matplotlib.text import Text

from analysis import charts
from tools import run

ROOT = Path(__file__).resolve().parents[1]
NAMES = sorted(path.stem for path in (ROOT / "figures").glob("*.csv"))


@pytest.fixture(scope="module")
def redrawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run every notebook on the seeds, everything going to another folder."""
    out = tmp_path_factory.mktemp("redrawn")
    assert run.main(["--corpus", str(ROOT / "seeds" / "articles"), "--out", str(out), "--jobs", "2"]) == 0
    return out / "figures"


def test_every_figure_has_its_three_files() -> None:
    assert NAMES
    for kind in run.KINDS:
        assert sorted(path.stem for path in (ROOT / "figures").glob(f"*{kind}")) == NAMES, kind


def test_regeneration_draws_the_committed_figures(redrawn: Path) -> None:
    assert sorted(path.stem for path in redrawn.glob("*.csv")) == NAMES
    for name in NAMES:
        old, new = (pd.read_csv(folder / f"{name}.csv") for folder in (ROOT / "figures", redrawn))
        pd.testing.assert_frame_equal(old, new, rtol=1e-4, atol=1e-9, obj=name)


@pytest.mark.parametrize("name", NAMES)
def test_regeneration_paints_the_committed_picture(redrawn: Path, name: str) -> None:
    old, new = (matplotlib.image.imread(folder / f"{name}.png") for folder in (ROOT / "figures", redrawn))
    assert old.shape == new.shape
    assert np.mean(np.abs(old - new)) < 0.01, "another picture: make figures"


def test_a_title_beside_long_labels_stays_in_the_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VANTAGE_FIGURES", str(tmp_path))
    charts.use()
    fig, ax = charts.canvas(7.5, 3)
    charts.bars(pd.DataFrame({"label": ["m" * 60, "b"], "n": [1, 2]}), ax, label="label", value="n")
    ax.set(title="Who gives a topic more or less room than all of the others?")
    charts.save_figure(fig, "00-long", pd.DataFrame({"n": [1]}), caption="c", alt="a")
    assert "\n" in ax.get_title(loc="left")
    assert all(text.get_window_extent().x1 <= fig.bbox.width for text in ax.findobj(_is_title))


def _is_title(artist: Artist) -> bool:
    """Tell the title among the parts of a chart."""
    return isinstance(artist, Text) and artist.get_text().startswith("Who gives")


def test_one_very_long_article_does_not_press_the_others_into_one_dot() -> None:
    frame = pd.DataFrame({"outlet": "A", "n_words": [100, 200, 300]})
    for longest, scale in ((5_000, "linear"), (50_000, "log")):
        _, ax = charts.canvas()
        charts.strip(pd.concat([frame, pd.DataFrame({"outlet": ["A"], "n_words": [longest]})]), ax)
        assert ax.get_xscale() == scale
        plt.close("all")


def test_open_ends_reach_the_edge_beyond_every_bound() -> None:
    _, ax = charts.canvas()
    rows = [("at least", 10, 10, np.inf), ("about", 400, 380, 420), ("up to", 30, 0, 30)]
    charts.ranges(pd.DataFrame(rows, columns=["outlet", "value", "low", "high"]), ax)
    ends = [line.get_xdata() for line in ax.get_lines() if len(line.get_xdata()) == 2]
    assert max(ends[0]) > 420 and min(ends[2]) < 10
    plt.close("all")


def test_a_short_timeline_has_a_tick_a_month_and_whole_numbers() -> None:
    months = pd.DataFrame({"date": pd.to_datetime(["2022-01-01", "2022-02-01", "2022-03-01"]), "n": [6, 6, 4]})
    fig, ax = charts.canvas(7.5, 3)
    charts.timeline(months, ax)
    fig.canvas.draw()
    assert [label.get_text()[:7] for label in ax.get_xticklabels()] == ["2022-01", "2022-02", "2022-03"]
    assert all(tick == round(tick) for tick in ax.get_yticks())
    plt.close(fig)
