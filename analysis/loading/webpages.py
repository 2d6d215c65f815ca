"""Reading saved web pages: what the extraction of the main text leaves out is told."""

from __future__ import annotations

import re
from typing import Any

from analysis import codebooks
from analysis.loading.cleaning import plain

ELEMENTS = codebooks.read("cleaning")["webpage"]
RUN = 4


def left_out(tree: Any, kept: list[str]) -> list[str]:
    """List the lines of a page that a reader sees and that are not among those kept.

    Parameters
    ----------
    tree : lxml element
        The page; it is taken apart.
    kept : list of str
        The lines of the article, its headline among them.

    Returns
    -------
    list of str
        Each line once, in the order of the page. One whose runs of four words are mostly kept counts as kept: the
        extraction may cut and join lines in its own way.

    Examples
    --------
    >>> from lxml import html
    >>> page = html.fromstring("<body><p>The <b>bridge</b> opened.</p><aside>Most read</aside></body>")
    >>> left_out(page, ["The bridge opened."])
    ['Most read']
    """
    whole = {plain(line) for line in kept}
    runs = {run for line in whole for run in _runs(line)}
    lines = dict[str, str]()
    for line in _lines(tree):
        lines.setdefault(plain(line), line)
    gone = (form for form in lines if form not in whole and 2 * len(_runs(form) & runs) <= len(_runs(form)))
    return [lines[form] for form in gone if form]


def _lines(tree: Any) -> list[str]:
    """Take a page apart into the lines that a browser would show."""
    from lxml import etree

    etree.strip_elements(tree, *ELEMENTS["unseen"], etree.Comment, etree.ProcessingInstruction, with_tail=False)
    for element in tree.iter("*"):
        gap = "" if element.tag in ELEMENTS["within"] else " " if element.tag in ELEMENTS["beside"] else "\n"
        element.text, element.tail = (gap + re.sub(r"\s+", " ", part or "") for part in (element.text, element.tail))
    return [line.strip() for line in "".join(tree.itertext()).split("\n")]


def _runs(form: str) -> set[tuple[str, ...]]:
    """Return the runs of four words in a line."""
    words = form.split()
    return {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}
