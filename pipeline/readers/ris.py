"""RIS, record by record, taken apart by rispy.

The lines of one record are handed over at a time, so the file streams. A
record without its last line (``ER  -``) ends where the next one begins, and
one whose first line (``TY  -``) is missing is still told from no record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

import rispy
from rispy.config import LIST_TYPE_TAGS, TAG_KEY_MAPPING

from pipeline.readers.encodings import TextFile
from pipeline.readers.records import Record
from pipeline.readers.report import Problem

_STRICT = re.compile(r"([A-Z][A-Z0-9])  - ?(.*)", re.DOTALL)
_LOOSE = re.compile(r"([A-Z][A-Z0-9]) {0,3}-(?: (.*)|$)", re.DOTALL)
_FIRST = re.compile(r"\s*TY {1,3}- ?[A-Z]")
_ANYWHERE = re.compile(r"(?m)^\s*TY {1,3}- ?[A-Z]")
_DATE = re.compile(r"(\d{4})/(\d{0,2})/(\d{0,2})(?:/.*)?$", re.ASCII | re.DOTALL)

COLUMNS = TAG_KEY_MAPPING | {
    "TY": "reference type",
    "T1": "primary title",
    "N2": "abstract note",
    "A1": "author",
    "PY": "year",
    "Y1": "publication year",
    "Y2": "access date",
    "DA": "date",
    "T2": "publication title",
    "JO": "journal",
    "JF": "journal title",
    "JA": "journal abbreviation",
    "J2": "second journal abbreviation",
    "BT": "book title",
    "UR": "url",
    "AN": "record id",
    "CP": "issue",
}
"""RIS tag → the name of its column, one of the usual names where it is a field of a paper."""

_LISTS = [*LIST_TYPE_TAGS, "AB", "N2"]  # lines of an abstract, and abstracts in several parts
_MAX_LINES = 20_000


class RisFile:
    """A RIS file. Its columns show only while it is read.

    Parameters
    ----------
    text : TextFile
        The file.
    head : str
        Its beginning, which tells how its tags are spaced.
    """

    columns: list[str] | None = None

    def __init__(self, text: TextFile, head: str) -> None:
        self._text = text
        self._line = _STRICT if re.search(r"(?m)^\s*TY  -", head) else _LOOSE
        self._parser = rispy.RisParser(
            mapping=COLUMNS, list_tags=_LISTS, delimiter_tags_mapping={}, skip_unknown_tags=True
        )
        self.words = f"RIS, {text.encoding.words}"

    def records(self) -> Iterator[Record | Problem]:
        """Every record, its position the line it begins on; whatever is none as a malformed one.

        Lines before the first record and between two are passed over, unless
        they have tags: then they are a record that has lost its first line.
        """
        name, first_line, lines = self._text.name, 0, list[str]()
        is_lost = is_too_long = False
        for number, line in self._text.lines():
            tag, content = self._taken_apart(line)
            if tag == "TY":
                yield from self._record(first_line, lines, is_too_long, "the next one begins before its ER line")
                first_line, lines, is_lost, is_too_long = number, [], False, False
            if tag == "ER":
                yield from self._record(first_line, lines, is_too_long, "")
                lines, is_lost, is_too_long = [], False, False
            elif tag == "TY" or lines:
                is_too_long |= line is None or len(lines) >= _MAX_LINES
                if not is_too_long:
                    lines.append(f"{tag}  - {content}" if tag else content)
            elif tag and not is_lost:
                is_lost = True
                detail = f"not valid RIS: {tag} stands outside a record, whose first line (TY) is missing"
                yield Problem(name, number, "malformed record", detail)
        yield from self._record(first_line, lines, is_too_long, "the file ends before its ER line")

    def _taken_apart(self, line: str | None) -> tuple[str, str]:
        """A line's tag (``""`` for one that goes on where the line before ended) and what follows it."""
        stripped = (line or "").strip().lstrip("\ufeff")
        match = self._line.match(stripped)
        return (match[1], match[2] or "") if match else ("", stripped)

    def _record(
        self, first_line: int, lines: list[str], is_too_long: bool, unclosed: str
    ) -> Iterator[Record | Problem]:
        if not lines:
            return
        if is_too_long:
            detail = f"a line is longer than {self._text.max_line_characters:,} characters, or it has too many lines"
            yield Problem(self._text.name, first_line, "malformed record", detail)
            return
        if unclosed:
            yield Problem(self._text.name, first_line, "record not closed", f"{unclosed}; it is read as it stands")
        kept = [line for line in lines if line]
        for values in self._parser.parse_lines(iter([*kept, "ER  - "])):
            yield Record(first_line, {name: _plain(name, value) for name, value in values.items()})


def looks_like_ris(head: str, says_so: bool) -> bool:
    """Whether ``head``, the beginning of a file, is RIS; ``says_so``: its name ends in .ris."""
    return bool(_FIRST.match(head) or (says_so and _ANYWHERE.search(head)))


def _plain(name: str, value: Any) -> Any:
    """Dates without the empty parts that RIS writes (``2014/03//``)."""
    if name in ("year", "publication year", "date") and isinstance(value, str) and (date := _DATE.match(value)):
        return "-".join(takewhile(bool, date.groups()))
    return value
