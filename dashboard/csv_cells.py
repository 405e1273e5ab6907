"""Cells, lines and files of CSV: RFC 4180 with CRLF, in UTF-8 with a byte order mark.

Text is always quoted and never a formula (`safe_text.for_csv`), numbers are bare,
dates ISO, what is unknown is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard.safe_text import for_csv

_BOM = "\ufeff"


def csv_file(lines: Iterable[str]) -> bytes:
    """The bytes of a file made of ``lines``, the header first."""
    # Lone surrogates cannot be written as UTF-8.
    return (_BOM + "".join(f"{line}\r\n" for line in lines)).encode("utf-8", "replace")


def csv_line(texts: Sequence[str]) -> str:
    """``texts`` as one line, or part of one."""
    return ",".join(map(text_cell, texts))


def text_cell(value: str) -> str:
    """``value`` quoted, and marked where a spreadsheet would calculate with it."""
    return '"' + for_csv(value).replace('"', '""') + '"'


def number_cell(value: Any) -> str:
    """``value`` in digits, without exponent; empty when unknown."""
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, int | np.integer):
        return str(int(value))
    # The shortest digits that give the same float back, of its own width.
    return np.format_float_positional(value, trim="-")


def column_cells(column: pd.Series) -> list[str]:
    """One column as cells, by its type: numbers, dates, lists of text, text."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return ["" if day is pd.NaT else day.date().isoformat() for day in column]
    if pd.api.types.is_float_dtype(column) and isinstance(column.dtype, np.dtype):
        return [number_cell(value) for value in column.to_numpy()]  # keeps float32, whose digits are fewer
    if pd.api.types.is_numeric_dtype(column):
        return [number_cell(value) for value in column]
    return [_any_cell(value) for value in column]


def _any_cell(value: Any) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, str):
        return text_cell(value)
    return text_cell("; ".join(str(part) for part in value))
