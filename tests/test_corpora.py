"""Named corpora: verified where they are found, downloaded whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from tools import corpora, run

PUBLISHED = b"article_id,text\n1,The bridge opened on Monday.\n"


class Server(BaseHTTPRequestHandler):
    """Answers with the published file, another one, half of it, or an error."""

    def do_GET(self) -> None:
        """Send what the path asks for."""
        body = b"something else" if self.path == "/other" else PUBLISHED
        self.send_response(503 if self.path == "/error" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:10] if self.path == "/half" else body)

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Name an empty cache folder, and no folder of corpora."""
    monkeypatch.setenv("VANTAGE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("VANTAGE_CORPORA", raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "cache"


@pytest.fixture
def address(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Serve a small published corpus called `tiny` from this machine; yields its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    serve(monkeypatch, address + "/good")
    yield address
    server.shutdown()
    server.server_close()


def serve(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Let `tiny` be a corpus at an address."""
    tiny = corpora.Named("tiny.csv", url, hashlib.md5(PUBLISHED).hexdigest(), "Tiny: invented for a test.")
    monkeypatch.setitem(corpora.NAMED, "tiny", tiny)


def nothing_left(cache: Path) -> bool:
    """Say whether the cache holds no file, not even part of one."""
    return not cache.exists() or list(cache.iterdir()) == []


def test_downloads_once_then_needs_no_network(
    cache: Path, address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert corpora.locate("tiny").read_bytes() == PUBLISHED
    told = capsys.readouterr().err
    assert "downloading once" in told and "Tiny: invented for a test." in told
    serve(monkeypatch, "http://127.0.0.1:9/nowhere")
    assert corpora.locate("tiny") == cache / "tiny.csv"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/other", "checksum differs"),
        ("/half", "could not be downloaded"),
        ("/error", "the server answered 503"),
    ],
)
def test_a_bad_answer_leaves_nothing(
    cache: Path, address: str, monkeypatch: pytest.MonkeyPatch, path: str, message: str
) -> None:
    serve(monkeypatch, address + path)
    with pytest.raises(corpora.CorpusError, match=message) as told:
        corpora.locate("tiny")
    assert "VANTAGE_CACHE" in str(told.value)
    assert nothing_left(cache)


def test_no_network_says_how_to_do_without(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, "http://127.0.0.1:9/nowhere")
    with pytest.raises(corpora.CorpusError, match=r"no connection.*put tiny\.csv .* into .*cache"):
        corpora.locate("tiny")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (KeyboardInterrupt(), "interrupted"),
    ],
)
def test_a_full_disk_and_an_interruption_leave_nothing(
    cache: Path, address: str, monkeypatch: pytest.MonkeyPatch, error: BaseException, message: str
) -> None:
    def broken(*_: object, **__: object) -> Iterator[bytes]:
        yield PUBLISHED[:7]
        raise error

    monkeypatch.setattr(requests.Response, "iter_content", broken)
    with pytest.raises(corpora.CorpusError, match=message):
        corpora.locate("tiny")
    assert nothing_left(cache)


def test_a_cache_that_cannot_be_written(
    cache: Path, address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("VANTAGE_CACHE", str(tmp_path / "file"))
    with pytest.raises(corpora.CorpusError, match="cannot write there"):
        corpora.locate("tiny")
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_file_that_differs_is_refused_and_left_alone(cache: Path, address: str) -> None:
    cache.mkdir()
    (cache / "tiny.csv").write_text("edited by hand")
    with pytest.raises(corpora.CorpusError, match="is not the published tiny"):
        corpora.locate("tiny")
    assert (cache / "tiny.csv").read_text() == "edited by hand"


def test_a_folder_of_corpora_is_searched(cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    serve(monkeypatch, "http://127.0.0.1:9/nowhere")
    (tmp_path / "mine" / "tiny").mkdir(parents=True)
    (tmp_path / "mine" / "tiny" / "tiny.csv").write_bytes(PUBLISHED)
    monkeypatch.setenv("VANTAGE_CORPORA", str(tmp_path / "mine"))
    assert corpora.locate("tiny") == tmp_path / "mine" / "tiny" / "tiny.csv"
    assert corpora.main(["tiny"]) == 0


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(corpora.CorpusError, match="there are: fa-kes"):
        corpora.locate("unheard-of")


def test_the_runner_gives_a_named_corpus_its_own_figures(
    cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    serve(monkeypatch, "http://127.0.0.1:9/nowhere")
    monkeypatch.setattr(run, "ROOT", tmp_path)
    with pytest.raises(SystemExit, match="The figures are as they were before"):
        run.place_for("tiny", None)
    cache.mkdir(exist_ok=True)
    (cache / "tiny.csv").write_bytes(PUBLISHED)
    place = run.place_for("tiny", None)
    assert (place.corpus, place.figures) == (cache / "tiny.csv", tmp_path / "figures" / "tiny")
    assert place.notebooks == tmp_path / "out" / "tiny" / "notebooks"
    assert run.place_for("tiny", str(tmp_path / "there")).figures == tmp_path / "there" / "figures"
    with pytest.raises(SystemExit, match="would overwrite"):
        run.place_for("tiny", str(tmp_path / "figures"))


def test_the_published_fa_kes_is_recognised(corpora: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from tools.corpora import locate

    monkeypatch.setenv("VANTAGE_CACHE", str(tmp_path))
    assert locate("fa-kes") == corpora / "fa-kes" / "FA-KES-Dataset.csv"
