"""CSV, TSV and their relatives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.readers.dialects import DELIMITERS, KNOWN_HEADER, Layout, detect_layout, fits, split_rows
from pipeline.readers.encodings import TextFile
from pipeline.readers.records import Record
from pipeline.readers.report import Problem

_SAMPLE_CHARACTERS = 400_000
_LONGEST_NAME = 80


class DelimitedFile:
    """A file of rows under a header.

    Attributes
    ----------
    columns : list of str
        The header's names; a repeated name has its count behind it.
    words : str
        "CSV, ';', windows-1252".
    """

    def __init__(self, text: TextFile, max_field_characters: int, mapping: Mapping[str, str]) -> None:
        self._text = text
        # Room for a few full fields; what runs on longer has lost its closing quote.
        self._max_record_characters = 4 * max_field_characters + 100_000
        self.layout: Layout = detect_layout(self._sample(), self._max_record_characters, mapping)
        self.columns: list[str] = self.layout.header
        delimiter = self.layout.dialect.delimiter
        kind = "TSV" if delimiter == "\t" else "CSV"
        parts = [kind, text.encoding.words] if kind == "TSV" else [kind, DELIMITERS[delimiter], text.encoding.words]
        self.words = ", ".join(parts)

    @property
    def has_known_header(self) -> bool:
        """Whether there is a header that names a title and an abstract."""
        return self.layout.n_known >= KNOWN_HEADER and len(self.columns) > 1

    @property
    def looks_like_table(self) -> bool:
        """Whether rows agree in their number of fields under names, not sentences, whatever the names are."""
        if len(self.columns) < 2 or max(map(len, self.columns)) > _LONGEST_NAME:
            return False
        return self.layout.n_rows > 1 and self.layout.consistency >= 0.8

    def records(self, wanted: list[str]) -> Iterator[Record | Problem]:
        """Every row below the header as a record of the ``wanted`` columns, or as a malformed one.

        A row with a number of fields other than the header's is malformed:
        which of its fields are displaced cannot be known. Empty fields too
        many at the end are no harm.
        """
        n_columns, name = len(self.columns), self._text.name
        positions = {column: self.columns.index(column) for column in wanted}
        lines = (numbered for numbered in self._text.lines() if numbered[0] >= self.layout.header_line)
        is_header = True
        for row in split_rows(lines, self.layout.dialect, self._max_record_characters, n_columns):
            if is_header:
                is_header = False
                continue
            fields = row.fields
            if fields is None:
                yield Problem(name, row.number, "malformed record", row.broken)
            elif not fits(fields, n_columns):
                detail = f"{len(fields)} fields where the header has {n_columns}"
                yield Problem(name, row.number, "malformed record", detail)
            else:
                yield Record(row.number, {column: fields[position] for column, position in positions.items()})

    def _sample(self) -> list[tuple[int, str | None]]:
        sample, n_characters = [], 0
        for number, line in self._text.lines():
            sample.append((number, line))
            n_characters += len(line or "")
            if n_characters > _SAMPLE_CHARACTERS:
                break
        return sample
