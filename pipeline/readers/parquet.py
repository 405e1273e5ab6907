"""Parquet, batch by batch and only the columns that are needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.readers.records import Record
from pipeline.readers.report import Problem, ReadError

_BATCH_ROWS = 2_000
_UNITS_A_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


class ParquetFile:
    """A Parquet file.

    Attributes
    ----------
    columns : list of str
        Top-level columns, each name once.
    words : str
        "Parquet".
    """

    words = "Parquet"

    def __init__(self, path: Path, name: str, max_expanded_bytes: int) -> None:
        self._path, self._name, self._cap = path, name, max_expanded_bytes
        try:
            with pq.ParquetFile(path) as file:
                self._schema: pa.Schema = file.schema_arrow
        except (pa.ArrowException, OSError, ValueError) as error:
            raise ReadError(
                f"{name}: the Parquet file is damaged or incomplete ({_short(error)}); fetch it again."
            ) from (error)
        self.columns: list[str] = list(dict.fromkeys(self._schema.names))

    def records(self, wanted: list[str]) -> Iterator[Record | Problem]:
        """Every row as a record of the ``wanted`` columns.

        Timestamps and dates come as `datetime.date`, out-of-range ones as a
        year that nobody believes.

        Raises
        ------
        ReadError
            A wanted column has an extension type or expands to more than the
            cap, or the file is damaged.
        """
        for column in wanted:
            self._check_type(column)
        row = 0
        try:
            with pq.ParquetFile(self._path, pre_buffer=False) as file:
                self._check_size(file.metadata, wanted)
                for batch in file.iter_batches(_BATCH_ROWS, columns=wanted, use_threads=False):
                    columns = {name: _values(batch, name) for name in wanted}
                    for index in range(batch.num_rows):
                        row += 1
                        yield Record(row, {name: values[index] for name, values in columns.items()})
        except (pa.ArrowException, OSError) as error:
            raise ReadError(
                f"{self._name}, after record {row:,}: the Parquet file is damaged ({_short(error)}); fetch it again."
            ) from error

    def _check_type(self, column: str) -> None:
        field = self._schema.field(self._schema.get_all_field_indices(column)[0])
        extension = (field.metadata or {}).get(b"ARROW:extension:name")
        if isinstance(field.type, pa.BaseExtensionType) or extension:
            kind = extension.decode("utf-8", "replace") if extension else str(field.type)
            raise ReadError(
                f"{self._name}: column {column!r} has the extension type {kind[:60]!r}, which is not read; "
                "store it as plain text or numbers."
            )

    def _check_size(self, metadata: Any, wanted: list[str]) -> None:
        n_bytes = 0
        for group in map(metadata.row_group, range(metadata.num_row_groups)):
            for chunk in map(group.column, range(group.num_columns)):
                if chunk.path_in_schema in wanted or chunk.path_in_schema.split(".")[0] in wanted:
                    n_bytes += chunk.total_uncompressed_size
        if n_bytes > self._cap:
            raise ReadError(
                f"{self._name}: the columns needed expand to {n_bytes:,} bytes, more than the {self._cap:,} that are "
                "read; split the file, or raise max_expanded_bytes if you trust it."
            )


def _values(batch: pa.RecordBatch, name: str) -> list[Any]:
    column = batch.column(batch.schema.get_all_field_indices(name)[0])
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_timestamp(column.type):
        return [_day(value, _UNITS_A_DAY[column.type.unit]) for value in _integers(column, pa.int64())]
    if pa.types.is_date64(column.type):
        return [_day(value, _UNITS_A_DAY["ms"]) for value in _integers(column, pa.int64())]
    if pa.types.is_date32(column.type):
        return [_day(value, 1) for value in _integers(column, pa.int32())]
    try:
        values: list[Any] = column.to_pylist()
    except UnicodeDecodeError:  # Parquet does not check that its strings are UTF-8
        values = [
            value and value.decode("utf-8", "replace") for value in pc.cast(column, pa.large_binary()).to_pylist()
        ]
    except (ValueError, OverflowError):  # moments no calendar has, inside lists or structures
        values = [None] * len(column)
    return values


def _integers(column: pa.Array, kind: pa.DataType) -> list[int | None]:
    plain: list[int | None] = column.view(kind).to_pylist()  # a view: a cast would look up time zones
    return plain


def _day(value: int | None, units_a_day: int) -> date | int | None:
    """The day in UTC; 0, which no one takes for a year, for days no calendar has."""
    if value is None:
        return None
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=value // units_a_day)).date()
    except OverflowError:
        return 0


def _short(error: Exception) -> str:
    return str(error).split("\n")[0][:120].rstrip(". ")
