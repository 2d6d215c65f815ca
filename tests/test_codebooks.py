"""Codebooks load from four formats, and a faulty one is refused with file, line and remedy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis import codebooks
from analysis.text import count, units

BUNDLED = ["generic-frames", "narrative-frames", "war-peace"]
TOML = '[frames.moral]\nindicators = [\n  "dut*",\n  "right and wrong",\n]\n[frames.money]\nindicators = ["$"]\n'
YAML = "moral:\n  - dut*\n  - right and wrong\nmoney:\n  cost:\n    - price*\n"
DIC = "%\n1\tmoral\n2\tmoney\n%\ndut*\t1\nprice*\t2\nbill\t1\t2\n"
CSV = "frame,indicator\nmoral,dut*\nmoral,right and wrong\nmoney,price*\n"


def written(folder: Path, name: str, text: str | bytes) -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("name", "text", "frames"),
    [
        ("my.toml", TOML, {"moral": ("dut*", "right and wrong"), "money": ("$",)}),
        ("my.yml", YAML, {"moral": ("dut*", "right and wrong"), "money.cost": ("price*",)}),
        ("my.dic", DIC, {"moral": ("dut*", "bill"), "money": ("price*", "bill")}),
        ("my.csv", CSV, {"moral": ("dut*", "right and wrong"), "money": ("price*",)}),
        ("my.yml", "doubt:\n  - no\n  - yes\n", {"doubt": ("no", "yes")}),
        ("my.dic", "%\n1 moral\n%\nduty   1\nkind of 1\n", {"moral": ("duty", "kind of")}),
        ("bom.csv", b"\xef\xbb\xbf" + CSV.encode(), {"moral": ("dut*", "right and wrong"), "money": ("price*",)}),
    ],
)
def test_each_format_gives_its_frames(tmp_path: Path, name: str, text: str, frames: dict) -> None:
    assert dict(codebooks.load(written(tmp_path, name, text)).frames) == frames


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("my.toml", "[frames.moral]\nindicators = []\n", r"my.toml, line 1: the frame 'moral' has an empty indicator"),
        (
            "my.toml",
            '[frames.moral]\nindicators = [\n  "duty",\n  "Duty",\n]\n',
            r"my.toml, line 4: 'Duty' stands twice",
        ),
        (
            "my.toml",
            '[frames.moral]\nindicators = [\n  "(duty"]\n',
            r"my.toml, line 3: '\(duty' in 'moral' is no indicator",
        ),
        ("my.toml", '[frames.moral]\nindicators = ["2014"]\n', r"my.toml, line 2: '2014'.*numbers"),
        ("my.toml", 'indicators = ["duty"]\n', r"my.toml: there is no \[frames.NAME\] table"),
        ("my.toml", "[frames.moral\n", r"my.toml: .*line 1.*mend the file"),
        ("my.toml", '[frames.moral]\nindicators = "duty"\n', r"my.toml: the frame 'moral' has no list of indicators"),
        ("my.yml", "moral:\n  - duty\nmoney:\n", r"my.yml, line 3: the frame 'money'"),
        ("my.yml", "moral: [duty\n", r"my.yml: .*line"),
        ("my.yml", "- duty\n", r"my.yml: it has no names"),
        ("my.dic", "%\n1\tmoral\n%\nduty\t7\n", r"my.dic: line 4: no category is numbered '7'"),
        ("my.dic", "%\n1\tmoral\n2\tmoney\n%\nduty\t1\n", r"my.dic, line 3: the frame 'money'"),
        ("my.dic", "duty\t1\n", r"two lines of %"),
        ("my.dic", "%\n1\tmoral\n%\nduty\n", r"my.dic: line 4: 'duty' names no category"),
        ("my.dic", "%\n1\tmoral\n1\tmoney\n%\nduty\t1\n", r"my.dic: line 3: the number 1 stands for two"),
        ("my.yml", "moral:\n  - duty\nmoral:\n  - right\n", r"my.yml: .*the name 'moral' stands twice"),
        ("my.txt", "duty\n", r"my.txt: codebooks end in .toml"),
        ("my.csv", "word,class\nduty,moral\n", r"my.csv: line 1: the columns are .*frame and indicator"),
        (
            "my.csv",
            "frame,indicator\nmoral,duty\nmoral,\n",
            r"my.csv, line 3: the frame 'moral' has an empty indicator",
        ),
        ("my.csv", "frame,indicator\n,duty\n", r"my.csv, line 2: 'duty' belongs to no frame"),
        ("my.csv", "frame,indicator\n", r"my.csv: there is no frame"),
        (
            "my.csv",
            b"frame,indicator\nmoral,duty\nmoral,gen\xe9reux\n",
            r"my.csv, line 3: the byte 0xe9 is not UTF-8; save",
        ),
        ("my.csv", "frame,indicator\nmoral,duty\n".encode("utf-16"), r"my.csv, line 1: .*not UTF-8"),
    ],
)
def test_a_faulty_file_is_refused_with_its_line(tmp_path: Path, name: str, text: str | bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        codebooks.load(written(tmp_path, name, text))


def test_a_mapping_takes_one_word_for_a_list_and_anything_else_is_refused() -> None:
    assert codebooks.load({"moral": "duty"}).frames == {"moral": ("duty",)}
    with pytest.raises(TypeError, match="a mapping of frames to indicators, not a list"):
        codebooks.load(["duty"])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'hedges' is a list of rules"):
        codebooks.load("hedges")


def test_an_unknown_name_lists_what_is_bundled() -> None:
    with pytest.raises(FileNotFoundError, match="generic-frames"):
        codebooks.load("no-such-book")


def lists(book: object) -> Iterator[list[str]]:
    """Yield the lists of words of a codebook."""
    below = book.values() if isinstance(book, dict) else book if isinstance(book, list) else []
    if isinstance(book, list) and all(isinstance(entry, str) for entry in book):
        yield book
    for entry in below:
        yield from lists(entry)


@pytest.mark.parametrize("name", ["hedges", "reporting-verbs", "sentences", "stoplist"])
def test_no_word_stands_twice_in_a_list(name: str) -> None:
    for words in lists(codebooks.read(name)):
        assert len(words) == len(set(words)), sorted(word for word in set(words) if words.count(word) > 1)


def test_what_is_told_of_a_reporting_verb_is_told_of_one_that_is_listed() -> None:
    book = codebooks.read("reporting-verbs")
    verbs = {verb for stance in book["stance"].values() for verb in stance} | set(book["use"]["participle"])
    for use, some in book["use"].items():
        assert set(some) <= verbs, (use, set(some) - verbs)


@pytest.mark.parametrize("name", BUNDLED)
def test_every_bundled_frame_has_construct_source_and_an_example_it_recognises(name: str) -> None:
    import pandas as pd

    from analysis.framing import frame_shares

    book = codebooks.load(name)
    for frame, indicators in book.frames.items():
        note = codebooks.read(name)["frames"][frame]
        assert note["construct"] and note["source"] and len(indicators) > 30
        parts = units(pd.DataFrame({"article_id": ["a"], "text": [note["example"]]}))
        shares = frame_shares(parts, book).loc["a"]
        assert shares[frame] == 1.0, (name, frame)


@pytest.mark.parametrize("name", BUNDLED)
def test_no_bundled_indicator_is_counted_under_another_in_the_same_form(name: str) -> None:
    import pandas as pd

    parts = pd.DataFrame({"article_id": ["a"], "text": [""]})
    for frame, indicators in codebooks.load(name).frames.items():
        stems = {word[:-1] for word in indicators if word.endswith("*") and " " not in word}
        doubled = [w for w in indicators if " " not in w for s in stems if w.strip("*").startswith(s) and w != s + "*"]
        assert not doubled, (name, frame, doubled)
        count(parts, phrases=[indicator for indicator in indicators if " " in indicator])
