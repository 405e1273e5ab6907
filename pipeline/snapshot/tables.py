"""The files of a snapshot that hold tables and arrays: how they are written and read.

Nothing here can execute what it reads: ``.npy`` files with Python objects and
Arrow extension types (whose reader runs code of whoever registered the type)
are refused before they are opened.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline.dial_tables import DIAL_TABLES, Dial
from pipeline.schema import ABSTRACTS, FACET_PREFIX, SINCE_FORMAT_2, TABLES
from pipeline.snapshot.layout import SnapshotDamaged

_TEXTS = pa.list_(pa.string())
_EXTENSION_KEY = b"ARROW:extension:name"
_BASE64_RUN = re.compile(rb"[A-Za-z0-9+/]{24,}")
_MOST_FOOTER_BYTES = 64_000_000

_ABSTRACTS_PER_BATCH = 65_536
"""Keeps a batch far below the 2 GiB that Arrow's ``string`` can address."""

_PAPERS_TYPES: dict[pa.DataType, Any] = {
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    _TEXTS: pd.ArrowDtype(_TEXTS),
}
_OTHER_TYPES: dict[pa.DataType, Any] = {
    _TEXTS: pd.ArrowDtype(_TEXTS),
    pa.list_(pa.float32()): pd.ArrowDtype(pa.list_(pa.float32())),
}


# --- writing --------------------------------------------------------------------


def write_table(table: pa.Table, path: Path) -> None:
    """Write ``table`` as Parquet. No embedded Arrow schema: the contract has it."""
    pq.write_table(table, path, compression="zstd", store_schema=False)


def write_abstracts(abstracts: Sequence[str], path: Path) -> None:
    """Write the abstracts as an uncompressed Arrow file, fit to be memory-mapped."""
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, ABSTRACTS) as writer:
        for start in range(0, len(abstracts), _ABSTRACTS_PER_BATCH):
            column = pa.array(abstracts[start : start + _ABSTRACTS_PER_BATCH], pa.string())
            writer.write_batch(pa.record_batch([column], schema=ABSTRACTS))


def write_array(array: NDArray[Any], path: Path) -> None:
    """Write ``array`` as ``.npy``."""
    np.save(path, array, allow_pickle=False)


def write_json(content: Any, path: Path) -> None:
    """Write ``content`` as indented JSON in UTF-8."""
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


# --- reading --------------------------------------------------------------------


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """The table ``name`` of the snapshot in ``folder`` as a frame.

    Text is pandas' ``str``; dates are ``datetime64[ms]``, ``NaT`` where
    unknown; lists are Arrow lists (``frame["authors"].list``, a plain Python
    list a row); numbers that may be unknown are ``Int16``/``Int32`` for
    papers' ``year`` and ``citations`` and floats with ``NaN`` elsewhere; all
    other columns are NumPy's of the type in `pipeline.schema`. Columns that
    only later formats have (`SINCE_FORMAT_2`) are empty in an older snapshot.

    Raises
    ------
    SnapshotDamaged
        The file is not that table.
    """
    file = f"{name}.parquet"
    try:
        table = _read_parquet(folder / file)
        for column in SINCE_FORMAT_2.get(name, ()):
            if column not in table.schema.names:
                kind = TABLES[name].field(column).type
                table = table.append_column(column, pa.nulls(len(table), kind))
        table = table.cast(_schema_of(name, table.schema.names))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise SnapshotDamaged(f"{file} is not the table it should be") from error
    types = _PAPERS_TYPES if name == "papers" else _OTHER_TYPES
    return table.to_pandas(types_mapper=types.get, ignore_metadata=True, date_as_object=False)


def read_dial(folder: Path) -> Dial | None:
    """The outlier dial of the snapshot in ``folder``; ``None`` where it has none.

    Types are as for `read_table`.

    Raises
    ------
    SnapshotDamaged
        A file is not the table it should be, or only one of the two is there.
    """
    there = [name for name in DIAL_TABLES if (folder / f"{name}.parquet").exists()]
    if not there:
        return None
    frames = []
    for name, schema in DIAL_TABLES.items():
        try:
            table = _read_parquet(folder / f"{name}.parquet").cast(schema)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise SnapshotDamaged(f"{name}.parquet is not the table it should be") from error
        frames.append(table.to_pandas(ignore_metadata=True))
    return Dial(*frames)


def _read_parquet(path: Path) -> pa.Table:
    refuse_active_content(path)
    # Not `read_table`, which takes a folder called `a=b` on the way for a column.
    with pq.ParquetFile(path, memory_map=True) as source:
        return source.read()


def _schema_of(name: str, columns: Sequence[str]) -> pa.Schema:
    schema = TABLES[name]
    for column in columns[len(schema) :]:
        if name != "papers" or not column.startswith((FACET_PREFIX, "topic_level_")):
            raise ValueError(f"unexpected column {column}")
        is_facet = column.startswith(FACET_PREFIX)
        schema = schema.append(pa.field(column, _TEXTS if is_facet else pa.string(), nullable=not is_facet))
    return schema


def open_abstracts(path: Path) -> pa.ChunkedArray:
    """The abstracts, memory-mapped: only those asked for are read from disk.

    Raises
    ------
    SnapshotDamaged
        The file is not a column of abstracts.
    """
    refuse_active_content(path)
    try:
        with pa.memory_map(str(path)) as source:
            table = pa.ipc.open_file(source).read_all()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise SnapshotDamaged(f"{path.name} is not an Arrow file") from error
    if not table.schema.equals(ABSTRACTS):
        raise SnapshotDamaged(f"{path.name} does not hold abstracts")
    column = table.column(0)
    if not all(_offsets_are_sound(chunk) for chunk in column.chunks):
        raise SnapshotDamaged(f"{path.name} points outside itself")
    return column


def _offsets_are_sound(chunk: pa.StringArray) -> bool:
    """Whether each text lies inside the data; a stray offset would read foreign memory."""
    if len(chunk) == 0:
        return True
    _, offset_buffer, data = chunk.buffers()
    offsets = np.frombuffer(offset_buffer, np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
    if len(offsets) != len(chunk) + 1 or offsets[0] < 0 or chunk.null_count:
        return False
    return bool((np.diff(offsets) >= 0).all()) and int(offsets[-1]) <= (data.size if data is not None else 0)


def open_array(path: Path, dtype: type[np.generic], dimensions: int) -> NDArray[Any]:
    """The array in ``path``, memory-mapped and read-only.

    Raises
    ------
    SnapshotDamaged
        It is no array of that ``dtype`` with that many ``dimensions``.
    """
    try:
        array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError, SyntaxError, OverflowError) as error:
        raise SnapshotDamaged(f"{path.name} is not a plain array") from error
    if not isinstance(array, np.ndarray) or array.dtype != dtype or array.ndim != dimensions:
        raise SnapshotDamaged(f"{path.name} is not the array it should be")
    return array


def read_json(path: Path) -> Any:
    """The content of a JSON file.

    Raises
    ------
    SnapshotDamaged
        It is not JSON.
    """
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError, OSError) as error:
        raise SnapshotDamaged(f"{path.name} is not JSON") from error


# --- what must never be read ----------------------------------------------------


def refuse_active_content(path: Path) -> None:
    """Refuse a Parquet, Arrow or ``.npy`` file that would run code in some reader.

    Looks at the bytes of the file's own header or footer, before any library
    interprets them: merely opening a Parquet file makes Arrow rebuild the
    extension types its schema names.

    Raises
    ------
    SnapshotDamaged
        It does, or it is not of the format its name says.
    """
    try:
        if path.suffix == ".npy":
            _refuse_objects(path)
        elif path.suffix == ".parquet":
            _refuse_extension_types(path, magic=b"PAR1")
        elif path.suffix == ".arrow":
            _refuse_extension_types(path, magic=b"ARROW1")
    except (OSError, ValueError, EOFError, SyntaxError) as error:
        raise SnapshotDamaged(f"{path.name} is not a {path.suffix} file") from error


def _refuse_objects(path: Path) -> None:
    if np.load(path, mmap_mode="r", allow_pickle=False).dtype.hasobject:
        raise SnapshotDamaged(f"{path.name} holds Python objects")


def _refuse_extension_types(path: Path, magic: bytes) -> None:
    # Both formats end in: footer, its length in four bytes, the magic word.
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        tail = len(magic) + 4
        if size < 2 * tail:
            raise ValueError("too short")
        file.seek(size - tail)
        length, word = int.from_bytes(file.read(4), "little"), file.read()
        if word != magic or not 0 < length <= min(size - tail, _MOST_FOOTER_BYTES):
            raise ValueError("no footer")
        file.seek(size - tail - length)
        footer = file.read(length)
        file.seek(0)
        head = file.read(_MOST_FOOTER_BYTES if size <= _MOST_FOOTER_BYTES else 1_000_000) if magic != b"PAR1" else b""
    if _EXTENSION_KEY in footer or _EXTENSION_KEY in head or _hidden_extension(footer):
        raise SnapshotDamaged(f"{path.name} holds an extension type, which could run code")


def _hidden_extension(footer: bytes) -> bool:
    """Whether an Arrow schema, which Parquet keeps as base64, names an extension type.

    Where the text starts is not marked byte by byte, so all four alignments are tried.
    """
    for run in _BASE64_RUN.findall(footer):
        for start in range(4):
            part = run[start:]
            try:
                decoded = base64.b64decode(part[: len(part) // 4 * 4])
            except binascii.Error:
                continue
            if _EXTENSION_KEY in decoded:
                return True
    return False
