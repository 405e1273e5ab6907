"""The text of a Hugging Face Papers page as a person pastes it, and other text laid out like it.

Such a text is titles and abstracts in turn among the page's own lines: menu,
dates, who submitted, upvotes, numbers of authors. There is no mark-up to go
by, so every line is judged by what it looks like (`page_lines`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.readers.encodings import TextFile
from pipeline.readers.page_lines import LONG_LINE, authors_of, judged
from pipeline.readers.records import Record
from pipeline.readers.report import Problem, ReadError

_MARKS = re.compile(r"get trending papers in your email inbox|^by\s*@?ak and the research community", re.I | re.M)
_MAX_CHARACTERS = 50_000_000
_BLANKS = re.compile(r"[\s\u200b\ufeff\0]+")


class HuggingFacePage:
    """Titles, abstracts and authors of a pasted page; nothing else of it is certain enough to keep.

    The dates on such a page tell when it was shown, not when a paper was
    published: its papers are undated.
    """

    columns: tuple[str, ...] = ("title", "abstract", "authors")

    def __init__(self, text: TextFile) -> None:
        self._text = text
        head = "".join(line for number, line in text.lines() if line and number <= 40)
        kind = "Hugging Face Papers page" if _MARKS.search(head) else "titles and abstracts in turn"
        self.words = f"{kind}, {text.encoding.words}"

    def records(self) -> Iterator[Record | Problem]:
        """Every title with its abstract; an abstract without a title is a record without one.

        A record's position is the line of its title. Lines between two
        papers that are neither page furniture nor part of a paper are
        reported as "line not understood".
        """
        numbered = self._numbered_lines()
        headings: list[tuple[int, str]] = []
        record: Record | None = None
        authors = ""
        for number, line, kind in judged(paragraphs(numbered)):
            if kind == "heading":
                headings.append((number, line))
                authors = ""
            elif kind == "authors" and headings:
                authors = authors_of(line)
            elif kind == "abstract" and record is not None and not headings:
                abstract = f"{record.values['abstract']}\n{line}"
                record = Record(record.position, {**record.values, "abstract": abstract})
            elif kind == "abstract":
                if record is not None:
                    yield record
                    yield from self._passed_over(headings)
                position, title = _title(headings) if headings else (number, "")
                record = Record(position, {"title": title, "abstract": line, "authors": authors})
                headings, authors = [], ""
        if record is not None:
            yield record
            yield from self._passed_over([*headings, (0, "")])

    def _numbered_lines(self) -> list[tuple[int, str]]:
        """All lines at once: what a line is depends on those around it, and a page is small."""
        numbered, n_characters = [], 0
        for number, line in self._text.lines():
            numbered.append((number, line or ""))
            n_characters += len(line or "")
            if n_characters > _MAX_CHARACTERS:
                raise ReadError(
                    f"{self._text.name}, line {number:,}: the text is longer than the {_MAX_CHARACTERS:,} characters "
                    "that are read as one page; split it, or store its records as JSON Lines."
                )
        return numbered

    def _passed_over(self, headings: list[tuple[int, str]]) -> Iterator[Problem]:
        title_at, _ = _title(headings)
        for number, line in headings:
            if number not in (0, title_at):
                yield Problem(self._text.name, number, "line not understood", f"{line[:80]!r} was passed over")


def looks_like_page(text: str) -> bool:
    """Whether ``text``, the beginning of a file, is titles and abstracts in turn."""
    if _MARKS.search(text):
        return True
    n_titled = n_abstracts = n_characters = n_in_abstracts = 0
    previous = "furniture"
    for _, line, kind in judged(paragraphs(list(enumerate(text.splitlines(), start=1)))):
        n_characters += len(line)
        if kind == "abstract":
            n_abstracts += 1
            n_in_abstracts += len(line)
            n_titled += previous in ("heading", "authors")
        if kind != "furniture":
            previous = kind
    return n_titled > 0 and 2 * n_titled >= n_abstracts and n_in_abstracts >= 0.6 * n_characters


def paragraphs(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Numbered lines with something on them; hard-wrapped text (no line is long anywhere) put together again."""
    lines = [(number, _BLANKS.sub(" ", line).strip()) for number, line in lines]
    if any(len(line) >= LONG_LINE for _, line in lines):
        return [(number, line) for number, line in lines if line]
    joined: list[tuple[int, str]] = []
    start, parts = 0, list[str]()
    for number, line in [*lines, (0, "")]:
        if line:
            start = start if parts else number
            parts.append(line)
        elif parts:
            joined.append((start, " ".join(parts)))
            parts = []
    return joined


def _title(headings: list[tuple[int, str]]) -> tuple[int, str]:
    """The last heading of four words or more, else the longest: names and menu entries are short."""
    _, heading = max(enumerate(headings), key=lambda item: (min(len(item[1][1].split()), 4), item[0]))
    return heading
