"""Shared fixtures: tests never see the caller's corpus, codes or figures folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

for name in ("CODES", "CORPUS", "VANTAGE_FIGURES", "VANTAGE_NAMES"):
    os.environ.pop(name, None)


@pytest.fixture(scope="session")
def corpora() -> Path:
    """Return the folder of real corpora, or skip where none is at hand."""
    folder = os.environ.get("VANTAGE_CORPORA")
    if not folder:
        pytest.skip("VANTAGE_CORPORA is not set: no folder of real corpora to test on")
    return Path(folder)


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the project's root folder."""
    return Path(__file__).resolve().parents[1]
