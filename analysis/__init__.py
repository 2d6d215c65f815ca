"""How different news outlets tell the same story: articles in, estimates with their uncertainty out.

Data flows one way: :func:`load` → :func:`units` → :func:`count` → measures → :func:`contrast` → ``charts``.
Each function takes a frame and returns a new one; ``design`` and limits are told in the README.
"""

from analysis import charts
from analysis.compare import agreement, contrast, finding, levels, null_split
from analysis.corpus import Corpus, load
from analysis.framing import audit, frame_shares, indicator_sentences
from analysis.keyness import keyness
from analysis.matching import near_duplicates
from analysis.naming import label_shares, mentions, naming
from analysis.text import count, kwic, units

__all__ = [
    "Corpus",
    "agreement",
    "audit",
    "charts",
    "contrast",
    "count",
    "finding",
    "frame_shares",
    "indicator_sentences",
    "keyness",
    "kwic",
    "label_shares",
    "levels",
    "load",
    "mentions",
    "naming",
    "near_duplicates",
    "null_split",
    "units",
]
