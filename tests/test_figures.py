"""The committed figures are what the notebooks draw: a full regeneration elsewhere gives the same ones."""

from __future__ import annotations

from pathlib import Path

import matplotlib.image
import numpy as np
import pandas as pd
import pytest

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
