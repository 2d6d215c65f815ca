"""What a reporting verb reports outside quotation marks: where it begins and where the outlet goes on."""

from __future__ import annotations

import re
from bisect import bisect_left

from analysis.codebooks import any_of
from analysis.speech.phrases import clause, finite, phrase_behind
from analysis.speech.sentences import Span
from analysis.speech.speakers import BOOK, WORDS
from analysis.speech.tagging import DAY, Token

USE = {name: frozenset(verbs) for name, verbs in BOOK["use"].items()}
OF = ("according to", "in the words of")
_LONGEST = 900  # no report is longer, in characters
_FAR = 30  # no more words stand between a verb and its "that"

_LATE = re.compile(  # where the outlet goes on behind a report
    r",\s(?:while|although|(?:after )?[^,“”]{0,40}?(?:days|weeks|months|years|hours) (?:after|before|since|of)|"
    r"(?:which|who|where)\b(?=[^,]*$)|(?:as|when) (?!(?:well|if|though|long|soon|\w+ed)\b)(?=[^,]{12,}$)|"
    r"but (?:he|she|it|they|the|[A-Z]\w+)|in an? [\w-]+ where)\b"
)
_EDGE = re.compile(r"[\s,.—–-]*(?:(?:But|And|Yet|So|Or|Still|Then|Now|and|but)\s+)?")
_END = re.compile(r"(?:[\s,.?!;:—–-]|\b(?:and|as|but|while)$)+$")
_CAPTION = re.compile(  # what stands before a sentence that a newspaper prints behind a caption, tags or a dateline
    r"(?s:.*)(?:\((?i:[^()]*(?:photo|file|image|agenc|reuters|sputnik|afp|press)[^()]*)\)\s[—–-]*\s*|"
    r"\w\s(?=An?\s[\w-]+ )|\w\s(?=At least|(?:The|One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|[A-Z][a-z]+teen)"
    r" [a-z]))"
)
_FINITE = re.compile(r"\b(?:\w{2,}ed|is|was|were|are|has|had|have|would|will|can|could|may)\b")
_GOES_ON = re.compile(r"[\s,]*(?:but|so)\b")
_INFINITIVE = re.compile(r"(?: [\w’'-]+){0,10}? ((?:not )?to \w)")
_AFTER_NOUN = re.compile(
    rf",\s(?:which|where|when|who|whose|while|as|although|an?|\w+ing|and|it|[A-Z]\w+ (?=\w+ed\b))\b|"
    rf"\sand (?:\w+ed|{any_of(WORDS['finite'])})\b"
)
_THUS = re.compile(rf"(?: {DAY})?(?: (it|him|her|them))?(?: as)?\s")
_WHAT = re.compile(r"\bwhat (?:[\w.’'-]+ ){1,8}\w+$")
_AS = re.compile(r"()[^,;:“]{3,60}? as ")
_DAY_LAST = re.compile(rf"\s{DAY}[\s.,]*$")
_CLOSES = re.compile(rf"(?: {DAY}| in an? \w+)*[\s.]*$")
_ASIDES = ("as", "while", "when", "although", "though", "which", "who", "where", "whose", "amid")


def reports(
    masked: str, span: Span, place: Span, words: list[Token], verb: str, *, ordered: bool, inside: bool
) -> tuple[Span | None, Span | None]:
    """Return what a verb reports before and behind it.

    Parameters
    ----------
    masked : str
        A text in which quoted words are blanked out.
    span, place : (int, int)
        The clause; the verb (in lower case) with its subject, if that stands before it (`ordered`), and its listeners.
    words : list of Token
        Of the clause.
    inside : bool
        Whether the verb stands in what another verb reports.

    Examples
    --------
    >>> from analysis.speech.tagging import tokens
    >>> text = "The mayor said that it rained"
    >>> reports(text, (0, 29), (0, 14), tokens(text, 0, 29), "said", ordered=True, inside=False)
    (None, (20, 29))
    """
    start, end = place
    leading = verb in OF and (not masked[span[0] : start].strip() or masked[start] in "AI")
    firm, behind = _behind(masked, (end, span[1]), words, verb, ordered=leading or ordered)
    first = re.compile(r"\s*([\w’'-]+)").match(masked, end, span[1])
    heard = not first or first[1].lower() in WORDS["unreported"] | USE["participle"] or first[1].endswith("ing")
    closing = verb in USE["final"] and not behind and _CLOSES.match(masked, end, span[1])
    if firm or verb in USE["participle"] or (inside and not closing) or (ordered and start < end and not heard):
        return None, behind
    before = _before(masked, span, place, verb, ordered=ordered, halved=bool(behind))
    if before and behind and (_GOES_ON.match(masked, end) or masked[slice(*behind)].split()[0] in _ASIDES):
        return before, None
    return before, behind


def _before(masked: str, span: Span, place: Span, verb: str, *, ordered: bool, halved: bool) -> Span | None:
    """Return the report that stands before its attribution, parted from it by a comma if the newspaper prints any."""
    start, end = place
    before = tidy(masked, max(span[0], start - _LONGEST), start, whole=True)
    if before and (caption := _CAPTION.match(masked, *before)):
        before = caption.end(), before[1]
    dated = halved and before and re.search(DAY, masked[slice(*before)]) and not _FINITE.search(masked, *before)
    if not before or dated or (not halved and _led(masked, before)) or re.match(r":\s*“", masked[end : end + 5]):
        return None
    joint, content = masked[before[1] : start].strip()[:1], masked[slice(*before)]
    if joint in (",", "—", "–") or verb in OF:
        spoken = verb not in USE["marked"] or verb in ("continued", "read", "reads")
        return before if spoken or verb in OF else None
    run_on = (ordered and verb not in USE["marked"]) or verb in USE["final"]
    return before if run_on and "," not in content and content.split()[-1] not in WORDS["turns"] else None


def _led(masked: str, span: Span) -> bool:
    """Tell whether a stretch is nothing but an adverbial that leads what stands behind the verb."""
    start, end = span
    first, long = masked[start:end].split()[0].lower(), masked.count(" ", start, end) > 12
    if re.match("(?:That|This) (?:is|was|will|would|has)", masked[start:end]):
        return False
    if first not in WORDS["leads"] | WORDS["turns"] | {"earlier", "later", "speaking"} or ", " in masked[start:end]:
        return False
    return not ((long or first in WORDS["leads"]) and _FINITE.search(masked, start, end))


def _behind(masked: str, span: Span, words: list[Token], verb: str, *, ordered: bool) -> tuple[bool, Span | None]:
    """Return whether a report must stand behind a verb, and where."""
    start, end = span
    if named := _named(masked, span, verb):
        return True, named
    if verb in USE["marked"] or verb.startswith("identif"):
        return False, None
    at = bisect_left([word.start for word in words], start)
    if verb not in OF and (that := thats(words, at, verb)):
        return True, tidy(masked, words[that].start, end, 1)
    if verb in USE["clausal"]:
        return True, tidy(masked, start, end) if verb in USE["thought"] and clause(words, at) else None
    asked = verb in USE["addressed"] or verb.endswith((" on", " upon"))
    if asked and (to := _INFINITIVE.match(masked, start, end)):
        return True, tidy(masked, to.start(1), end, 2)
    if verb in USE["named"] and (aside := _AFTER_NOUN.search(masked, start, end)):
        end = aside.start()
    if verb.startswith(("announc", "declar")) and (day := _DAY_LAST.search(masked, start, end)):
        end = day.start()
    if (ordered or verb in USE["participle"]) and verb not in OF and (place := _bare(words, at, verb)) is not None:
        begin = words[place].start - 4 * verb.endswith(" for")  # "for a truce" is what was called for
        return True, tidy(masked, begin, end, 2)
    parted = masked[start - 1] == "," or (at < len(words) and words[at].word == ",")
    first = next((word.word for word in words[at : at + 2] if word.word != ","), "")
    loose = parted and first.lower() not in WORDS["leads"] and not re.search("(?:ing|ed)$", first)
    return False, tidy(masked, start, end) if loose or (ordered and verb in OF) else None


def _named(masked: str, span: Span, verb: str) -> Span | None:
    """Return what somebody or something is called: "described it as a hospital", "what he called a long war"."""
    start, end = span
    identified = verb.startswith("identif")
    thus = _AS.match(masked, start, end) if identified else _THUS.match(masked, start, end)
    if not (identified or verb in USE["naming"]) or not thus:
        return None
    if not (thus[1] or identified or _WHAT.search(masked, max(0, start - 90), start)):
        return None
    content = re.split(r"[,;:—]|\bthat\b", masked[thus.end() : end])[0]
    return tidy(masked, thus.end(), thus.end() + len(content), 2)


def thats(words: list[Token], at: int, verb: str) -> int | None:
    """Return where a report begins that "that" or a question word opens, listeners and adverbials passed over."""
    asking = verb.startswith(("ask", "wonder", "question"))
    if at < len(words) and words[at].kind in "DNKP#O" and words[at].word != "that" and verb not in USE["addressed"]:
        return None
    n = at
    while n < min(len(words), at + _FAR):
        word = words[n]
        if word.word == "that":
            return n + 1 if n + 1 < len(words) else None
        if (asking and word.word in WORDS["asking"]) or (n == at and word.word in ("whether", "why", "how")):
            return n
        if word.kind == ",":  # an aside: "told Ada Vale, a nurse, that it rained"
            n = next((m for m in range(n + 1, min(len(words), n + 20)) if words[m].kind == ","), len(words))
        elif word.kind in "Q;:" or finite(words, n, n + 1) or word.word in WORDS["barring"] | USE["participle"]:
            return None
        n += 1
    return None


def _bare(words: list[Token], at: int, verb: str) -> int | None:
    """Return where a report begins that follows a verb without "that"."""
    while at < len(words) and (passed := _passed(words, at)):
        at += passed
    if at >= len(words):
        return None
    word, lower = words[at], words[at].word.lower()
    if lower in WORDS["won"] or (verb in USE["promise"] and lower == "to"):
        return at
    if verb in USE["object"]:
        return at if _object(words, at, verb) else None
    if verb in USE["addressed"] and words[at - 1].word in verb:
        return _listened(words, at)
    if word.word in USE["participle"] or word.kind == "Q":
        return None
    told = words[at - 1].kind not in ",;:" and (word.kind == "A" or word.tag == "VBD")  # "what he said was bread"
    if clause(words, at) or told or (lower == "if" and verb in USE["plain"]):
        return at
    least = lower == "at" and [w.word for w in words[at + 1 : at + 2]] in (["least"], ["most"])
    if (lower in WORDS["unreported"] and not least) or word.kind == "V":
        return None
    counted = verb in ("reported", "reports", "report") and (word.kind == "#" or lower in WORDS["many"])
    claim = verb in USE["plain"] and not verb.startswith(("claim", "maintain")) and word.kind in "DNKP#"
    return at if claim or counted or (least and verb in USE["plain"]) else None


def _passed(words: list[Token], at: int) -> int:
    """Return how many words at a place may stand between a verb and what was said: "later", "in a statement"."""
    if words[at].kind == "T" or words[at].word in WORDS["passed"]:
        return 1
    run = [word.word for word in words[at : at + 3]]
    return 3 if run[:1] in (["in"], ["on"]) and run[1:2] in (["a"], ["an"]) and run[-1] in WORDS["occasions"] else 0


def _object(words: list[Token], at: int, verb: str) -> bool:
    """Tell whether a noun phrase is what was said: "denied any part", "put the dead at nine"."""
    if verb in ("put", "puts", "placed", "places"):
        numbers = [n for n in range(at + 1, min(len(words), at + 25)) if words[n].kind == "#"]
        return any("at" in (word.word for word in words[max(at, n - 5) : n]) for n in numbers)
    if verb.startswith("accus") and "of" not in (word.word for word in words[at : at + 25]):
        return False
    return verb.startswith("den") or words[at].word.lower() not in WORDS["unreported"]


def _listened(words: list[Token], at: int) -> int | None:
    """Return where a clause begins behind the one who is told."""
    alone = words[at].kind in "OP" or words[at].word in WORDS["listeners"]
    listener = at + 1 if alone else phrase_behind(words, at)
    told = listener > at and clause(words, listener) and words[listener].kind != "Q"
    return listener if told else None


def tidy(masked: str, start: int, end: int, least: int = 3, *, whole: bool = False) -> Span | None:
    """Trim a report of stops, conjunctions and, unless `whole`, afterthoughts; None for fewer than `least` words."""
    start = _EDGE.match(masked, start, end).end()  # type: ignore[union-attr]  # it matches nothing at worst
    end = start + len(_END.sub("", masked[start : min(end, start + _LONGEST + 1)]))
    late = None if whole else _LATE.search(masked, start + 10, end)
    end = start + len(_END.sub("", masked[start : late.start()])) if late else end
    end -= masked[end - 1] == ")" and "(" not in masked[start:end]
    own = re.findall(r"“|\w+", re.sub("“[^”]*”?", " “ ", masked[start:end]))
    quoted = own.count("“")
    enough = len(own) - quoted >= (1 if quoted else least) and len(own) + quoted >= least
    return (start, end) if enough and end - start < _LONGEST else None
