"""How different news outlets tell the same story: articles in, estimates with their uncertainty out.

Data flows one way: :func:`load` → :func:`units` → :func:`count` → measures → :func:`contrast` → ``charts``.
Each function takes a frame and returns a new one; ``design`` and limits are told in the README.
"""

from analysis import charts
from analysis.claims import claims, conflicts
from analysis.coding.coder import FrameCoder
from analysis.compare import agreement, contrast, finding, levels, null_split, sides
from analysis.corpus import Corpus, load
from analysis.framing import audit, frame_shares
from analysis.inference.keyness import keyness
from analysis.loading.matching import match_events, near_duplicates
from analysis.naming import label_shares, mentions, naming
from analysis.quotes import quotations
from analysis.sentiment import valence
from analysis.stance.target import TargetSentiment
from analysis.text import count, kwic, units, unmarked
from analysis.topics import TopicModel, choose_k

__all__ = [
    "Corpus",
    "FrameCoder",
    "TargetSentiment",
    "TopicModel",
    "agreement",
    "audit",
    "charts",
    "choose_k",
    "claims",
    "conflicts",
    "contrast",
    "count",
    "finding",
    "frame_shares",
    "keyness",
    "kwic",
    "label_shares",
    "levels",
    "load",
    "match_events",
    "mentions",
    "naming",
    "near_duplicates",
    "null_split",
    "quotations",
    "sides",
    "units",
    "unmarked",
    "valence",
]
