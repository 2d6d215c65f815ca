"""Word lists and rules as data, and the one place that reads them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

SEED = 0
"""The seed every resampling starts from unless the caller names another."""


@cache
def read(name: str) -> dict[str, Any]:
    """Read a bundled data file.

    Parameters
    ----------
    name : str
        File name without its ending, for example ``"hedges"``.

    Returns
    -------
    dict
        The parsed TOML. It is cached: treat it as read-only.

    Raises
    ------
    FileNotFoundError
        If no such file is bundled; the message lists those that are.

    Examples
    --------
    >>> sorted(read("cleaning"))  # doctest: +SKIP
    """
    source = files(__name__) / f"{name}.toml"
    if not source.is_file():
        known = sorted(path.name[:-5] for path in files(__name__).iterdir() if path.name.endswith(".toml"))
        raise FileNotFoundError(f"no codebook named {name!r}; bundled: {', '.join(known)}")
    return tomllib.loads(source.read_text(encoding="utf-8"))
