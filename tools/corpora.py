"""Find the corpora that have a name: in a folder of the user's, or downloaded once and verified.

python -m tools.corpora fa-kes        # prints where the verified file is
"""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pooch


class CorpusError(Exception):
    """A named corpus cannot be had; the message says why and what to do."""


@dataclass(frozen=True)
class Named:
    """A published corpus: where it is, how it is recognised, and whom to credit."""

    file: str
    url: str
    md5: str
    attribution: str


NAMED = {
    "fa-kes": Named(
        file="FA-KES-Dataset.csv",
        url="https://zenodo.org/records/2607278/files/FA-KES-Dataset.csv?download=1",
        md5="55d0ec452440a4ed46aac1e330b40e83",
        attribution=(
            "FA-KES: Abu Salem, Al Feel, Elbassuoni, Jaber and Farah (2019), “FA-KES: A Fake News Dataset around the "
            "Syrian War”, ICWSM; Zenodo, doi.org/10.5281/zenodo.2607278, CC BY 4.0. "
            "Figures are aggregates computed from it; changes: cleaning, counting."
        ),
    )
}


def cache() -> Path:
    """Return the folder that downloads are kept in: ``$VANTAGE_CACHE``, or the user's cache folder."""
    return Path(os.environ.get("VANTAGE_CACHE") or pooch.os_cache("vantage")).expanduser()


def candidates(name: str) -> list[Path]:
    """List where the file of a named corpus may already be, the cache first."""
    folders = [cache(), cache() / name]
    if given := os.environ.get("VANTAGE_CORPORA"):
        folders.append(Path(given).expanduser() / name)
    return [folder / NAMED[name].file for folder in folders]


def locate(name: str) -> Path:
    """Return the verified file of a named corpus, downloading it on first use.

    Parameters
    ----------
    name : str
        One of `NAMED`, for example ``"fa-kes"``.

    Returns
    -------
    Path
        A file whose checksum is that of the published one.

    Raises
    ------
    CorpusError
        If there is no such corpus, a file that is there differs from the published one, or it cannot be
        downloaded. Whatever was there before is left as it was.

    Examples
    --------
    >>> locate("fa-kes").name  # doctest: +SKIP
    'FA-KES-Dataset.csv'
    """
    if name not in NAMED:
        raise CorpusError(f"no corpus is named {name!r}; there are: {', '.join(NAMED)}")
    found = next((path for path in candidates(name) if path.is_file()), None)
    if found is None:
        return download(name)
    if (differs := pooch.file_hash(str(found), alg="md5")) != NAMED[name].md5:
        raise CorpusError(
            f"{found} is not the published {name} (its md5 is {differs}, not {NAMED[name].md5}): "
            "it may be incomplete or edited; move it away, then try again"
        )
    return found


def download(name: str) -> Path:
    """Fetch a named corpus into the cache with a progress bar; it appears there whole or not at all."""
    import requests

    corpus, target = NAMED[name], candidates(name)[0]
    remedy = f"On a machine without network, put {corpus.file} (from {corpus.url}) into {target.parent} or a folder "
    remedy += "that VANTAGE_CACHE names."
    bar = pooch.HTTPDownloader(progressbar=sys.stderr.isatty(), timeout=30)
    pooch.get_logger().setLevel("WARNING")
    print(f"{name}: downloading once into {target.parent}\n{corpus.attribution}", file=sys.stderr)
    try:
        return Path(pooch.retrieve(corpus.url, f"md5:{corpus.md5}", corpus.file, target.parent, downloader=bar))
    except requests.RequestException as error:
        status = getattr(error.response, "status_code", None)
        why = f"the server answered {status}" if status else f"no connection: {type(error).__name__}"
        raise CorpusError(f"{name} could not be downloaded ({why}). {remedy}") from None
    except ValueError:
        why = "what was downloaded is not the published file (its checksum differs), so it was thrown away"
        raise CorpusError(f"{name}: {why}. Try again later. {remedy}") from None
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        why = "the disk is full" if full else f"cannot write there: {error.strerror or error}"
        raise CorpusError(
            f"{name}: {target.parent}: {why}. Make room, or let VANTAGE_CACHE name another folder."
        ) from None
    except KeyboardInterrupt:
        raise CorpusError(f"{name}: download interrupted; nothing was kept, so try again") from None


def main(arguments: list[str] | None = None) -> int:
    """Print where a named corpus is."""
    given = sys.argv[1:] if arguments is None else arguments
    if len(given) != 1:
        print(f"usage: python -m tools.corpora NAME   (one of: {', '.join(NAMED)})", file=sys.stderr)
        return 2
    try:
        print(locate(given[0]))
    except CorpusError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
