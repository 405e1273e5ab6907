"""Splitting delimited text into rows, and finding out how it is divided and where its header is."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pipeline.readers.columns import find_column, recognise

Quoting = Literal["doubled", "backslash", "none"]

DELIMITERS = {",": "','", ";": "';'", "\t": "tab", "|": "'|'"}
KNOWN_HEADER = 100
_HEADER_ROWS = 20
_SAMPLE_ROWS = 400
_BACKSLASHED_QUOTE = re.compile(r'(?<!\\)((?:\\\\)*)\\"')
_HUGE = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Dialect:
    """How rows are divided: ``delimiter`` and how quotes inside quoted fields are written."""

    delimiter: str
    quoting: Quoting = "doubled"
    skips_space: bool = False


class Row(NamedTuple):
    """Fields of one record that begins at line ``number``; ``fields`` is None where it is ``broken``."""

    number: int
    fields: list[str] | None
    broken: str = ""


class Layout(NamedTuple):
    """What the beginning of a file shows.

    ``header`` (unique column names) stands at line ``header_line``;
    ``consistency`` is the share of the ``n_rows`` sampled after it with as many
    fields; ``n_known`` the known names in it, `KNOWN_HEADER` more when title and
    abstract are among them;
    ``has_row_names`` when rows have one field more than the header, as R
    writes them.
    """

    dialect: Dialect
    header: list[str]
    header_line: int
    consistency: float
    n_rows: int
    n_known: int
    has_row_names: bool = False


class _TooLongError(Exception):
    """The quoted field that is being read runs over too many characters."""


class _Pulled:
    """Lines for csv.reader that remembers those of the record being read, and can take them back."""

    def __init__(self, lines: Iterable[tuple[int, str | None]], cap: int) -> None:
        self._lines, self._cap = iter(lines), cap
        self._returned: deque[tuple[int, str | None]] = deque()
        self.record: list[tuple[int, str | None]] = []
        self.n_characters = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        number, line = self._returned.popleft() if self._returned else next(self._lines)
        self.record.append((number, line))
        if line is None or (len(self.record) > 1 and self.n_characters + len(line) > self._cap):
            raise _TooLongError
        self.n_characters += len(line)
        return _readable(line)

    def start_record(self) -> None:
        self.record.clear()
        self.n_characters = 0

    def give_back(self, record: list[tuple[int, str | None]]) -> None:
        """Put lines in front of those still to come."""
        self._returned.extendleft(reversed(record))


def split_rows(
    lines: Iterable[tuple[int, str | None]], dialect: Dialect, max_record_characters: int, n_fields: int | None = None
) -> Iterator[Row]:
    """Rows of delimited text, however broken some of them are.

    A quote that is never closed, or is closed far below, would swallow the
    good records after it. So when a record of several lines does not come
    out right (bad quoting, a number of fields other than ``n_fields``, longer
    than ``max_record_characters``), only its first line is given up, and
    reading goes on with the second.

    Parameters
    ----------
    lines : iterable of (number, line or None)
        As `TextFile.lines` gives them.
    dialect : Dialect
        How to split.
    max_record_characters : int
        Most characters of one record of several lines.
    n_fields : int, optional
        Fields of a sound row, once the header is known.

    Yields
    ------
    Row
        Rows of blanks alone are left out.
    """
    csv.field_size_limit(_HUGE)  # process-wide in csv; our own caps are on lines and records
    pulled = _Pulled(lines, max_record_characters)
    reader = _reader(pulled, dialect, strict=True)
    while True:
        pulled.start_record()
        try:
            fields, broken = next(reader), ""
        except StopIteration:
            return
        except _TooLongError:
            fields, broken = [], "the line or a quoted field is too long, perhaps a quote is not closed"
        except csv.Error as error:
            fields, broken = [], f"quotes do not match ({error})"
        number, first = pulled.record[0]
        is_odd = n_fields is not None and len(pulled.record) > 1 and not fits(fields, n_fields)
        if broken or is_odd:
            pulled.give_back(pulled.record[1:])
            reader = _reader(pulled, dialect, strict=True)
            fields = _leniently(first, dialect)
            if n_fields is None or not fits(fields, n_fields):
                yield Row(number, None, broken or "quotes do not match")
                continue
        if any(map(str.strip, fields)):
            yield Row(number, fields)


def _readable(line: str) -> str:
    """``line`` as csv takes it: without NULs, and with blanks for carriage returns inside it."""
    if "\0" in line:
        line = line.replace("\0", "")
    if "\r" in line[:-2]:
        content = line.rstrip("\r\n")
        line = content.replace("\r", " ") + line[len(content) :]
    return line


def fits(fields: list[str], n_fields: int) -> bool:
    """Whether a row has ``n_fields`` fields; empty ones too many at the end are no harm."""
    return len(fields) == n_fields or (len(fields) > n_fields and not any(map(str.strip, fields[n_fields:])))


def _reader(lines: Iterable[str], dialect: Dialect, strict: bool) -> Iterator[list[str]]:
    if dialect.quoting == "backslash":  # not csv's escapechar, which would eat the backslashes of LaTeX
        lines = (_BACKSLASHED_QUOTE.sub(r'\1""', line) for line in lines)
    return csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quoting=csv.QUOTE_NONE if dialect.quoting == "none" else csv.QUOTE_MINIMAL,
        skipinitialspace=dialect.skips_space,
        strict=strict,
    )


def _leniently(line: str | None, dialect: Dialect) -> list[str]:
    if line is None:
        return []
    try:
        fields = next(_reader([_readable(line)], dialect, strict=False), [])
    except csv.Error:
        return []
    return [field.rstrip("\r\n") for field in fields]


def detect_layout(
    lines: list[tuple[int, str | None]], max_record_characters: int, mapping: Mapping[str, str]
) -> Layout:
    """The dialect and header under which the beginning of a file makes most sense.

    Every delimiter and way of quoting is tried. What counts, in this order:
    a header with known names of a title and an abstract (mapped names too),
    the number of known names, rows as long as the header, plain quoting.
    """
    text = "".join(line for _, line in lines if line)
    skips_space = len(re.findall(r'[,;|] "', text)) > len(re.findall(r'[,;|]"', text))
    best: tuple[tuple[float, ...], Layout] | None = None
    for delimiter in DELIMITERS:
        if delimiter not in text and best:
            continue
        quotings: list[Quoting] = ["doubled"]
        if '"' in text:
            quotings.extend(["backslash"] if '\\"' in text else [])
            quotings.extend(["none"] if delimiter in "\t|" else [])
        for quoting in quotings:
            dialect = Dialect(delimiter, quoting, skips_space)
            layout = _try_dialect(dialect, lines, max_record_characters, mapping)
            plain = {"doubled": 0.02, "backslash": 0.01, "none": 0.0}[quoting]  # wins ties only
            score = (layout.n_known, round(layout.consistency + plain, 3), layout.n_rows, len(layout.header))
            if best is None or score > best[0]:
                best = score, layout
    assert best is not None  # the first delimiter is always tried
    return best[1]


def _try_dialect(dialect: Dialect, lines: list[tuple[int, str | None]], cap: int, mapping: Mapping[str, str]) -> Layout:
    rows = []
    for row in split_rows(lines, dialect, cap):
        rows.append(row)
        if len(rows) == _SAMPLE_ROWS:
            break
    scored = [(_known_names(row.fields or [], mapping), -index) for index, row in enumerate(rows[:_HEADER_ROWS])]
    n_known, index = max(scored, default=(0, 0))
    if n_known == 0 or not rows:
        index = next((-i for i, row in enumerate(rows) if row.fields), 0)
    header_row = rows[-index] if rows else Row(1, [""])
    header = _unique(header_row.fields or [""])
    body = rows[-index + 1 :]
    n_like_header = sum(_is_sound(row, len(header), dialect) for row in body)
    n_longer = sum(len(row.fields or ()) == len(header) + 1 for row in body)
    is_longer = n_longer > 20 * n_like_header and n_longer >= 0.8 * len(body)
    has_row_names = is_longer and _are_row_names(body, len(header))
    n_sound = n_longer if has_row_names else n_like_header
    consistency = n_sound / len(body) if body else 1.0
    if has_row_names:
        header = _unique(["row name", *header])
    return Layout(dialect, header, header_row.number, consistency, len(body), n_known, has_row_names)


def _is_sound(row: Row, n_columns: int, dialect: Dialect) -> bool:
    if row.fields is None or not fits(row.fields, n_columns):
        return False
    if dialect.quoting != "none":
        return True  # quotes around whole fields are no letters of theirs: such a file is quoted
    return not any(len(field) > 1 and field[0] == '"' == field[-1] for field in row.fields)


def _are_row_names(body: list[Row], n_columns: int) -> bool:
    """Whether the field too many is R's row name in front, not a delimiter too many at the end."""
    longer = [row.fields for row in body if row.fields is not None and len(row.fields) == n_columns + 1]
    return all(fields[0].strip() for fields in longer) and any(fields[-1].strip() for fields in longer)


def _known_names(cells: list[str], mapping: Mapping[str, str]) -> int:
    """How much ``cells`` look like a header: known names, `KNOWN_HEADER` more with both a title and an abstract."""
    if not cells or len(cells) > 5000:
        return 0
    names = [cell.strip().lstrip("\ufeff") for cell in cells]
    known = set(recognise(names)) | {ours for ours, theirs in mapping.items() if find_column(theirs, names)}
    return len(known) + (KNOWN_HEADER if {"title", "abstract"} <= known else 0)


def _unique(cells: list[str]) -> list[str]:
    """Column names from the header's cells: nameless ones get a number, the second "title" is "title (2)"."""
    names: list[str] = []
    taken: set[str] = set()
    for position, cell in enumerate(cells, start=1):
        base = name = cell.strip().lstrip("\ufeff").strip('"') or f"column {position}"
        n = 2
        while name in taken:
            name, n = f"{base} ({n})", n + 1
        taken.add(name)
        names.append(name)
    return names
