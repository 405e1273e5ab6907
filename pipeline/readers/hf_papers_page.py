"""The text of a Hugging Face Papers page as a person pastes it, and other text laid out like it.

Such a text is titles and abstracts in turn among the page's own lines: menu,
dates, who submitted, upvotes, numbers of authors. There is no mark-up to go
by, so every line is judged by what it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from pipeline.readers.encodings import TextFile
from pipeline.readers.records import Record
from pipeline.readers.report import Problem

LineKind = Literal["furniture", "name follows", "prose", "authors", "heading"]

_LONG = 250
"""Characters from which a line is an abstract whatever it looks like; the longest titles have about 200."""

_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|january|february|march|april|august|september|october|november|december)\.?"
_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+"
_FURNITURE = re.compile(
    rf"""^(?:
      new | trending | trending\ papers | daily\ papers | papers | hugging\ face(?:\ papers)? | daily | weekly | monthly
      | all | today | yesterday | previous | next | login | log\ in | sign\ up | models | datasets | spaces | docs
      | pricing | search | buckets | community | enterprise | view\ (?:all|pdf|paper|arxiv\ page|on\ arxiv) | arxiv | pdf
      | github | project\ page | upvotes? | comments? | abstract | authors? | bookmark | add\ to\ collection
      | read\ more | show\ more | load\ more
      | subscribe | get\ trending\ papers\ in\ your\ email\ inbox[!.]?
      | by\s*@?ak\b.{{0,60}} | by\s+@?ak(?:haliq)?
      | (?:{_DAY})?{_MONTH}\s*\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})? | (?:{_DAY})?\d{{1,2}}\s+{_MONTH}(?:,?\s+\d{{4}})?
      | {_MONTH}\s+\d{{4}} | \d{{4}}-\d{{2}}(?:-\d{{2}})? | \d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}} | week\s+\d+.{{0,30}}
      | {_DAY.rstrip("s+").rstrip(chr(92)).removesuffix(",?")}
      | published\ (?:on\ )?{_MONTH}\s.{{0,20}} | (?:about\s)?(?:an?|\d+)\ (?:minute|hour|day|week|month|year)s?\ ago
      | (?:▲|△|↑|👍|❤️|upvotes?|\#)?\s*[+\-–—•·]?\s*\d[\d.,]*\s*[km]?\s*(?:▲|↑|👍|upvotes?|likes?|comments?|replies|stars?)?
      | [+\-–—•·]?\s*\d+\s+authors? | (?:⭐|★)\s*[\d.,]+\s*k? | github\s*[\d.,]+\s*k?
      | (?:arxiv:?\s*)?\d{{4}}\.\d{{4,5}}(?:v\d+)? | paper\s*[•·|].{{0,60}} | https?://\S+
      | [\W_]+
    )$""",
    re.IGNORECASE | re.VERBOSE,
)
_SUBMITTED = re.compile(r"^submitted\s+by:?\s*(.*)$", re.IGNORECASE)
_AUTHORED = re.compile(r"^(?:authors?:|by:?)\s+(?=[A-Z])")
_NAME = re.compile(
    r"^(?:[A-Z][\w.'’-]*|de|da|di|van|von|der|den|la|le|el|al|bin|ibn|dos|du)(?:[\s-]+(?:[A-Z][\w.'’-]*|de|da|di|van|von|der|den|la|le|el|al|bin|ibn|dos|du)){0,4}$"
)
_WORDS_NO_NAME_HAS = frozenset(
    "for of in on with via to from the a an as by is are using towards toward learning models model networks network "
    "language neural deep data reasoning inference survey".split()
)
_MARKS = re.compile(r"get trending papers in your email inbox|^by\s*@?ak and the research community", re.I | re.M)


class HuggingFacePage:
    """Titles and abstracts of a pasted page; nothing else of it is certain enough to keep."""

    columns: tuple[str, ...] = ("title", "abstract", "authors")

    def __init__(self, text: TextFile) -> None:
        self._text = text
        head = "".join(line for number, line in text.lines() if line and number <= 40)
        kind = "Hugging Face Papers page" if _MARKS.search(head) else "titles and abstracts in turn"
        self.words = f"text ({kind}), {text.encoding.words}"

    def records(self) -> Iterator[Record | Problem]:
        """Every title with its abstract; an abstract without a title is a record without one.

        A record's position is the line of its title. Lines between two
        papers that are neither page furniture nor part of a paper are
        reported as "line not understood".
        """
        name = self._text.name
        headings: list[tuple[int, str]] = []
        record: Record | None = None
        authors = ""
        for number, line, kind in _judged(_paragraphs(self._text)):
            if kind == "prose":
                if record is not None and not headings:
                    record = Record(record.position, {**record.values, "abstract": _joined(record, line)})
                    continue
                is_first = record is None
                if record is not None:
                    yield record
                title_at, title = _title(headings) if headings else (number, "")
                for stray_at, stray in () if is_first else headings:
                    if stray_at != title_at:
                        yield Problem(name, stray_at, "line not understood", f"{stray[:80]!r} was passed over")
                record = Record(title_at, {"title": title, "abstract": line, "authors": authors})
                headings, authors = [], ""
            elif kind == "authors":
                authors = _AUTHORED.sub("", line) if headings else ""
            elif kind == "heading":
                headings.append((number, line))
                authors = ""
        if record is not None:
            yield record


def looks_like_page(text: str) -> bool:
    """Whether ``text``, the beginning of a file, is titles and abstracts in turn."""
    if _MARKS.search(text):
        return True
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1)]
    n_titled = n_prose = n_characters = n_in_prose = 0
    previous = "furniture"
    for _, line, kind in _judged(_unwrapped(lines)):
        n_characters += len(line)
        if kind == "prose":
            n_prose += 1
            n_in_prose += len(line)
            n_titled += previous in ("heading", "authors")
        if kind != "furniture":
            previous = kind
    return n_titled > 0 and 2 * n_titled >= n_prose and n_in_prose >= 0.6 * n_characters


def _paragraphs(text: TextFile) -> Iterator[tuple[int, str]]:
    lines = [(number, line) for number, line in text.lines() if line is not None]  # a page is small
    return _unwrapped(lines)


def _unwrapped(lines: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Lines with something on them; hard-wrapped paragraphs (no line is long anywhere) are put together."""
    lines = [(number, re.sub(r"[\s\u200b\ufeff\0]+", " ", line).strip()) for number, line in lines]
    if any(len(line) >= _LONG for _, line in lines):
        yield from ((number, line) for number, line in lines if line)
        return
    start, parts = 0, list[str]()
    for number, line in [*lines, (0, "")]:
        if line:
            start = start if parts else number
            parts.append(line)
        elif parts:
            yield start, " ".join(parts)
            parts = []


def _judged(paragraphs: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str, LineKind]]:
    name_follows = False
    for number, line in paragraphs:
        kind = _kind(line)
        if name_follows and kind in ("heading", "authors") and len(line) <= 40:
            kind = "furniture"
        name_follows = kind == "name follows"
        yield number, line, "furniture" if name_follows else kind


def _kind(line: str) -> LineKind:
    if len(line) >= _LONG and not _are_authors(line):
        return "prose"
    if submitted := _SUBMITTED.match(line):
        return "furniture" if submitted.group(1) else "name follows"
    if len(line) <= 120 and _FURNITURE.match(line):
        return "furniture"
    if _AUTHORED.match(line) or _are_authors(line):
        return "authors"
    if len(line.split()) >= 15 and line[-1] in '.!?…"”)':
        return "prose"
    return "heading"


def _are_authors(line: str) -> bool:
    """Whether a line lists at least three names, or two joined by "and"."""
    names = [name.strip() for name in re.split(r",|;|·|\band\b|&", line) if name.strip()]
    if len(names) < 2 or (len(names) == 2 and not re.search(r"\band\b|&", line)):
        return False
    words = {word.casefold() for word in line.split()}
    whole = [name for name in names if _NAME.match(name) and 2 <= len(name.split()) <= 5]
    return len(whole) >= max(2, 0.8 * len(names)) and not words & _WORDS_NO_NAME_HAS


def _title(headings: list[tuple[int, str]]) -> tuple[int, str]:
    """The heading with the most words, the last of equals: names and menu entries are short."""
    return max(enumerate(headings), key=lambda item: (min(len(item[1][1].split()), 4), item[0]))[1]


def _joined(record: Record, line: str) -> str:
    return f"{record.values['abstract']}\n{line}"
