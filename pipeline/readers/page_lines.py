"""What a line of a pasted Papers page is: page furniture, a title, an abstract, a list of authors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

LineKind = Literal["furniture", "abstract", "authors", "heading"]

LONG_LINE = 250
"""Characters from which a line is an abstract whatever else it looks like; the longest titles have about 200."""

_SENTENCE_WORDS = 15
_MENU_ENTRIES = """
new, trending, trending papers, daily papers, papers, hugging face, hugging face papers, daily, weekly, monthly, all,
today, yesterday, previous, next, login, log in, sign up, models, datasets, spaces, docs, pricing, search, buckets,
community, enterprise, view all, view pdf, view paper, view arxiv page, view on arxiv, arxiv, arxiv page, pdf, github,
project page, upvote, upvotes, comment, comments, abstract, author, authors, bookmark, add to collection, read more,
show more, load more, subscribe, get trending papers in your email inbox
"""
_MENU = frozenset(" ".join(entry.split()) for entry in _MENU_ENTRIES.split(","))
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:mon|tue(?:s)?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?"
_FURNITURE = [
    re.compile(rf"(?:{pattern})$", re.IGNORECASE)
    for pattern in (
        r"by\s*@?ak\b.{0,60}|by\s+@?akhaliq",  # "byAK and the research community"
        rf"(?:{_WEEKDAY}\s*)?{_MONTH}\s*\d{{1,2}}(?:st|nd|rd|th)?(?:\s*[-–]\s*(?:{_MONTH}\s*)?\d{{1,2}})?(?:,?\s*\d{{4}})?",
        rf"(?:{_WEEKDAY}\s*)?\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}(?:,?\s*\d{{4}})?",
        rf"{_WEEKDAY}|{_MONTH}(?:\s+\d{{4}})?|week\s+\d+.{{0,30}}",
        r"\d{4}-\d{2}(?:-\d{2})?|\d{1,2}[./]\d{1,2}[./]\d{2,4}",
        rf"published\s+(?:on\s+)?{_MONTH}\s.{{0,20}}",
        r"(?:about\s)?(?:an?|\d+)\s(?:minute|hour|day|week|month|year)s?\sago",
        r"(?:upvotes?|github|\W{1,3})?\s*\d[\d.,]*\s*[km]?\s*(?:upvotes?|likes?|comments?|replies|stars?|\W{1,3})?",
        r"[+\-–—•·]?\s*\d+\s+authors?",
        r"(?:arxiv:?\s*)?\d{4}\.\d{4,5}(?:v\d+)?|paper\s*[•·|].{0,60}|https?://\S+",
        r"[\W_]+",
    )
]
_SUBMITTED = re.compile(r"submitted\s+by:?\s*(.*)$", re.IGNORECASE)
_AUTHORED = re.compile(r"(?:authors?:|by:?)\s+(?=[A-Z])")
_PARTICLE = r"(?:de|da|di|van|von|der|den|la|le|el|al|bin|ibn|dos|du)"
_NAME = re.compile(rf"(?:[^\W\d_a-z][\w.'’-]*|{_PARTICLE})(?:\s+(?:[^\W\d_a-z][\w.'’-]*|{_PARTICLE})){{1,4}}$")
_IN_NO_NAME = frozenset(
    (
        *("for", "of", "in", "on", "with", "via", "to", "from", "the", "a", "an", "as", "by", "is", "are", "using"),
        *("toward", "towards", "learning", "model", "models", "network", "networks", "language", "neural", "deep"),
        *("data", "reasoning", "inference", "survey", "planning", "generation", "detection", "recognition"),
    )
)


def judged(lines: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str, LineKind]]:
    """The non-blank ``lines`` (number and text), each with its kind.

    The line after "Submitted by" is a name. A sentence too short to be an
    abstract for sure is one where it follows a heading or an abstract, unless
    a long abstract follows it at once: then it is that one's title.
    """
    name_follows = False
    before: LineKind = "furniture"
    for index, (number, line) in enumerate(lines):
        submitted = _SUBMITTED.match(line)
        kind: LineKind = "furniture" if submitted else _kind(line)
        if name_follows and len(line) <= 40:
            kind = "furniture"
        name_follows = submitted is not None and not submitted.group(1)
        if kind == "abstract" and len(line) < LONG_LINE and before in ("furniture", "abstract"):
            follower = next((_kind(text) for _, text in lines[index + 1 :] if _kind(text) != "furniture"), "furniture")
            if follower == "abstract":
                kind = "heading"
        if kind != "furniture":
            before = kind
        yield number, line, kind


def authors_of(line: str) -> str:
    """A list of authors without the "Authors:" or "by" in front."""
    return _AUTHORED.sub("", line)


def _kind(line: str) -> LineKind:
    if len(line) >= LONG_LINE and not _are_authors(line):
        return "abstract"
    is_menu_entry = line.casefold().rstrip("!.:") in _MENU
    if is_menu_entry or (len(line) <= 120 and any(pattern.match(line) for pattern in _FURNITURE)):
        return "furniture"
    if _AUTHORED.match(line) or _are_authors(line):
        return "authors"
    if len(line.split()) >= _SENTENCE_WORDS and line.rstrip("\"”’')").endswith((".", "…")):
        return "abstract"
    return "heading"


def _are_authors(line: str) -> bool:
    """Whether a line lists at least three names, or two joined by "and"."""
    names = [name.strip() for name in re.split(r",|;|·|\band\b|&", line) if name.strip()]
    if len(names) < 2 or (len(names) == 2 and not re.search(r"\band\b|&", line)):
        return False
    if {word.casefold() for word in re.split(r"\W+", line)} & _IN_NO_NAME:
        return False
    return sum(_NAME.match(name) is not None for name in names) >= max(2, 0.8 * len(names))
