"""Which records are papers: the reasons to leave one out.

Strict where a record would make a topic of its own out of nothing (front
matter, withdrawn papers, empty or garbled abstracts), lenient otherwise.
"""

from __future__ import annotations

import re
import string

NO_TITLE = "no title"
NO_ABSTRACT = "no abstract"
TOO_SHORT = "too short"
NOT_TEXT = "not text"
NOT_A_PAPER = "not a paper"

_PLACEHOLDERS = frozenset(
    [
        "", "na", "n a", "nan", "none", "null", "nil", "tba", "tbd", "todo", "abstract", "empty", "unknown", "summary",
        "no abstract", "no abstract available", "not available", "abstract not available", "abstract unavailable",
        "no abstract is available", "no abstract is available for this article", "abstract is missing",
        "abstract missing", "no abstract provided", "no summary available", "see pdf", "see full text",
        "not applicable", "there is no abstract", "there is no abstract available", "no data",
        "abstract is not available",
        "no abstract is available for this paper", "this article has no abstract", "coming soon", "to appear",
    ]
)  # fmt: skip

_WHOLE_TITLE = re.compile(
    r"""(?:
        (?:guest\s+)?editorials?(?:\s+(?:board|note|introduction))?
      | preface | foreword | (?:table\s+of\s+)?contents | (?:front|back)\s*(?:matter|cover|-?matter)
      | (?:inside\s+)?(?:front\s+|back\s+)?cover | title\s+pages? | copyright(?:\s+(?:page|notice|information))?
      | (?:author|subject|keyword|title)\s+index | index(?:\s+of\s+authors)? | masthead | colophon | imprint
      | (?:list\s+of\s+)?(?:reviewers|referees|contributors|participants|sponsors|organi[sz]ers)
      | (?:technical\s+|conference\s+|organi[sz]ing\s+)?(?:program(?:me)?|organi[sz]ing|steering|technical)?
        \s*committees?(?:\s+members)?
      | (?:conference|technical|final|advance)\s+program(?:me)? | program(?:me)?(?:\s+at\s+a\s+glance)?
      | call\s+for\s+(?:papers|participation|contributions|submissions|proposals|nominations)\b.*
      | errat(?:um|a) | corrigend(?:um|a) | addend(?:um|a) | retraction(?:\s+note)? | withdrawn | withdrawal | retracted
      | in\s+this\s+issue | issue\s+information | news | announcements? | obituary | in\s+memoriam | book\s+reviews?
      | letters?\s+to\s+the\s+editor | acknowledge?ments? | awards? | sponsors | welcome(?:\s+(?:message|address))?
      | (?:plenary|keynote|invited)(?:\s+and\s+(?:plenary|keynote|invited))?
        \s+(?:talks?|speakers?|presentations?|speech(?:es)?)
      | (?:tutorials|workshops)(?:\s+and\s+(?:tutorials|workshops))?
      | author\s+guidelines | instructions?\s+(?:to|for)\s+authors
      | information\s+for\s+authors | no\s+title | untitled | test(?:\s+paper)?
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_TITLE_START = re.compile(
    r"""(?:
        (?:author(?:'s|’s)?\s+|publisher(?:'s|’s)?\s+|editorial\s+)?
        (?:errat(?:um|a)|corrigend(?:um|a)|corrections?|retraction(?:\s+note)?)\s*(?:to\s*)?[:\[(“"‘'—–]
      | (?:errat(?:um|a)|corrigend(?:um|a))\s+(?:to|for|of|in)\b
      | retraction\s+(?:note|notice)\b | \[?retracted\]?\s*(?:article|paper)?\s*[:\]] | \[?withdrawn\]?\s*[:\]]
      | notice\s+of\s+(?:violation|retraction|removal|withdrawal|redundant)
      | expression\s+of\s+concern | (?:guest\s+)?editorial\s*[:—–] | editor(?:'s|’s|s’)?\s+(?:note|introduction)\b
      | message\s+from\s+the\s+(?:general|program|conference|editor|president|chair|organi)
      | welcome\s+(?:message|address|to\s+the\s+(?:proceedings|conference|workshop))
      | (?:proceedings\s+of\s+the\s+\d+|front\s+matter\b|table\s+of\s+contents\b|call\s+for\s+papers\b)
      | (?:preface|foreword)\s+(?:to|by|of)\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_WITHDRAWN = re.compile(
    r"\W*(?:this|the|our)\s+(?:paper|article|submission|manuscript|preprint|work|version|abstract)\s+"
    r"(?:(?:has|have)\s+been|is|was|had\s+to\s+be)\s+(?:temporarily\s+|formally\s+)?(?:withdrawn|retracted|removed)\b"
    r"|\W*(?:withdrawn|retracted)\s*(?:by\s+(?:the\s+)?authors?|due\s+to|because|[.:])"
    r"|\W*(?:the\s+)?authors?\s+(?:have|has|wish(?:es)?\s+to)\s+(?:withdrawn|retracted|withdraw|retract)\s+(?:this|the)",
    re.IGNORECASE,
)
_NO_CONTENT = re.compile(
    r"notice of violation of ieee publication principles"
    r"|(?:presentations?|papers?) (?:was|were) not made available for publication as part of the conference",
    re.IGNORECASE,
)
SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""A character of a script written without spaces: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""


def refusal(title: str, abstract: str, min_words: int) -> tuple[str, str] | None:
    """Why the record with this (cleaned) title and abstract is left out; ``None`` for a paper.

    Parameters
    ----------
    title, abstract
        As displayed.
    min_words
        Fewest words of an abstract. Scripts without spaces count two
        characters as a word.

    Returns
    -------
    tuple of str or None
        A short stable reason and what gave it away.
    """
    if not any(c.isalnum() for c in title):
        return NO_TITLE, title[:80]
    if _WHOLE_TITLE.fullmatch(title.strip(" .:!")) or _TITLE_START.match(title):
        return NOT_A_PAPER, f"title: {title}"
    if _says_nothing(title, abstract):
        return NO_ABSTRACT, abstract[:80]
    if match := _WITHDRAWN.match(abstract) or ("ublication" in abstract and _NO_CONTENT.search(abstract)):
        return NOT_A_PAPER, f"abstract: {match[0].strip()}"
    if detail := _garbled(abstract):
        return NOT_TEXT, detail
    n_words = count_words(abstract)
    if n_words < min_words:
        return TOO_SHORT, f"{n_words} words: {abstract}"
    return None


def _says_nothing(title: str, abstract: str) -> bool:
    """Whether the abstract is a placeholder or the title once more."""
    if len(abstract) > 300:
        return False
    bare = " ".join("".join(c if c.isalnum() else " " for c in abstract).lower().split())
    return bare in _PLACEHOLDERS or abstract.strip(" .").lower() == title.strip(" .").lower()


def count_words(text: str) -> int:
    """Words of ``text``; in scripts written without spaces, two characters are a word."""
    if text.isascii() or not (n_spaceless := len(SPACELESS.findall(text))):
        return len(text.split())
    return len(SPACELESS.sub(" ", text).split()) + n_spaceless // 2


def _garbled(text: str) -> str:
    """What shows that ``text`` is no prose; empty for prose."""
    n_solid = len(text) - text.count(" ")
    if n_solid < 20:
        return ""
    n_letters = _n_letters(text)
    if n_letters < 0.5 * n_solid:
        return f"{100 * n_letters // n_solid} % letters: {text[:120]}"
    words = text.split()
    if not text.isascii() and SPACELESS.search(text):
        return ""
    if n_solid / len(words) > 25:
        return f"{n_solid // len(words)} characters a word: {text[:120]}"
    if len(words) >= 30 and len(set(words)) < 0.15 * min(len(words), 200):
        return f"{len(set(words))} different words of {len(words)}: {text[:120]}"
    return ""


_ASCII_LETTERS = string.ascii_letters.encode()


def _n_letters(text: str) -> int:
    if text.isascii():
        return len(text) - len(text.encode().translate(None, delete=_ASCII_LETTERS))
    return sum(map(str.isalpha, text))
