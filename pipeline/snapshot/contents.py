"""What a fit hands over to be published, and whether it keeps the contract."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from pipeline import schema
from pipeline.dial_tables import Dial, check_dial, dial_to_arrow
from pipeline.snapshot import tables
from pipeline.snapshot.layout import SnapshotError

_WRITER_NAME = re.compile(r"[a-z][a-z_]*(\.sqlite|\.json)?")
_NEEDED_WRITERS = ("search.sqlite", "query_encoder")
_UNIT_TOLERANCE = 0.01
"""Half precision keeps the length of a unit vector to about a thousandth."""


@dataclass(frozen=True)
class SnapshotContents:
    """Everything of a snapshot but its manifest, for ``n`` papers.

    Attributes
    ----------
    papers, topics, trends, term_trends
        The tables of `pipeline.schema`.
    abstracts
        Shown texts, in the order of ``papers``.
    embeddings
        float16, shape (n, d), unit rows; zeros for a text of which the
        embedder knows nothing.
    neighbours
        int32, shape (n, k): rows of the nearest papers, nearest first, −1
        where there are none.
    data_quality
        The data-quality report; JSON can hold it.
    dial
        The outlier dial (`pipeline.dial_tables`); ``None`` for a snapshot without.
    writers
        What writes the remaining files and folders, by name: ``search.sqlite``
        and ``query_encoder`` must be there, ``bertopic`` may be. A writer of
        a folder is given the folder, already made.
    """

    papers: pd.DataFrame
    topics: pd.DataFrame
    trends: pd.DataFrame
    term_trends: pd.DataFrame
    abstracts: list[str]
    embeddings: NDArray[np.float16]
    neighbours: NDArray[np.int32]
    data_quality: dict[str, Any]
    dial: Dial | None = None
    writers: Mapping[str, Callable[[Path], object]] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckedContents:
    """Contents that keep the contract: their Arrow tables and what they are as one hash."""

    contents: SnapshotContents
    tables: dict[str, pa.Table]
    content_sha256: str

    def writers(self) -> dict[str, Callable[[Path], object]]:
        """What writes each file and folder of the snapshot, by name."""
        contents = self.contents
        files: dict[str, Callable[[Path], object]] = {
            f"{name}.parquet": lambda path, table=table: tables.write_table(table, path)  # type: ignore[misc]
            for name, table in self.tables.items()
        }
        files["abstracts.arrow"] = lambda path: tables.write_abstracts(contents.abstracts, path)
        files["embeddings.npy"] = lambda path: tables.write_array(contents.embeddings, path)
        files["neighbours.npy"] = lambda path: tables.write_array(contents.neighbours, path)
        files["data_quality.json"] = lambda path: tables.write_json(contents.data_quality, path)
        return {**files, **contents.writers}


def check_contents(contents: SnapshotContents) -> CheckedContents:
    """``contents`` as Arrow tables, known to keep the contract.

    Raises
    ------
    SnapshotError
        They break it; the message says where.
    """
    frames = {name: getattr(contents, name) for name in schema.TABLES}
    try:
        arrow = {name: schema.to_arrow(name, frame) for name, frame in frames.items()}
        schema.check_tables(**frames)
        if contents.dial is not None:
            arrow |= dial_to_arrow(contents.dial)
            check_dial(contents.dial, contents.papers, contents.topics)
        check_arrays(contents.papers, contents.abstracts, contents.embeddings, contents.neighbours)
        _check_writers(contents.writers)
        digest = _content_sha256(arrow, contents)
    except (schema.SchemaError, UnicodeEncodeError, pa.ArrowException) as error:
        raise SnapshotError(f"This fit breaks the snapshot contract and is not published: {error}") from error
    return CheckedContents(contents, arrow, digest)


def check_arrays(papers: pd.DataFrame, abstracts: Any, embeddings: NDArray[Any], neighbours: NDArray[Any]) -> None:
    """Raise `SchemaError` unless the arrays describe these papers, row for row."""
    n = len(papers)
    if len(abstracts) != n:
        raise schema.SchemaError(f"abstracts: {len(abstracts)} for {n} papers")
    for name, array, dtype in (("embeddings", embeddings, np.float16), ("neighbours", neighbours, np.int32)):
        if array.dtype != dtype or array.ndim != 2 or len(array) != n:
            raise schema.SchemaError(
                f"{name}: {array.dtype} of shape {array.shape}, not {np.dtype(dtype)} with {n} rows"
            )
    if n == 0:
        return
    lengths = np.linalg.norm(embeddings.astype(np.float32), axis=1)
    if not ((np.abs(lengths - 1) <= _UNIT_TOLERANCE) | (lengths == 0)).all():
        raise schema.SchemaError("embeddings: every row must be a unit vector, or zeros where nothing is known")
    if neighbours.size and (neighbours.min() < -1 or neighbours.max() >= n):
        raise schema.SchemaError("neighbours: a row number that no paper has")
    if (neighbours == np.arange(n, dtype=np.int32)[:, None]).any():
        raise schema.SchemaError("neighbours: a paper cannot be its own neighbour")


def _check_writers(writers: Mapping[str, object]) -> None:
    if missing := [name for name in _NEEDED_WRITERS if name not in writers]:
        raise schema.SchemaError(f"nothing writes {missing[0]}")
    if bad := [name for name in writers if not _WRITER_NAME.fullmatch(name)]:
        raise schema.SchemaError(f"{bad[0]!r} cannot be a file or folder of a snapshot")


def _content_sha256(arrow: Mapping[str, pa.Table], contents: SnapshotContents) -> str:
    """Sha256 over the values of all tables and arrays, whatever their layout in memory or on disk."""
    digest = hashlib.sha256(f"format {schema.SCHEMA_VERSION}".encode())
    columns = [
        (f"{name}.{column}", table.column(column).combine_chunks())
        for name, table in sorted(arrow.items())
        for column in table.schema.names
    ]
    for name, column in columns:
        digest.update(f"\n{name} {column.type} {len(column)}\n".encode())
        _feed(digest, column)
    for abstract in contents.abstracts:
        text = abstract.encode()
        digest.update(len(text).to_bytes(8, "little") + text)
    for array in (contents.embeddings, contents.neighbours):
        digest.update(f"\n{array.dtype.str} {array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _feed(digest: hashlib._Hash, column: pa.Array) -> None:
    """Add the values of ``column``: which are null, how long the lists and texts are, then the values."""
    digest.update(np.packbits(column.is_valid().to_numpy(zero_copy_only=False)).tobytes())
    if pa.types.is_list(column.type):
        digest.update(column.value_lengths().fill_null(0).to_numpy(zero_copy_only=False).tobytes())
        _feed(digest, column.flatten())
    elif pa.types.is_string(column.type):
        texts = [text.encode() for text in column.fill_null("").to_pylist()]
        digest.update(np.array([len(text) for text in texts], np.int64).tobytes())
        digest.update(b"".join(texts))
    else:
        if pa.types.is_date32(column.type):
            column = column.cast(pa.int32())
        elif pa.types.is_boolean(column.type):
            column = column.cast(pa.uint8())
        digest.update(column.fill_null(0).to_numpy(zero_copy_only=False).tobytes())
