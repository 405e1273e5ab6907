"""Embeddings that somebody else made, one row for each record of the input."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.embedding.embedder import EmbeddingError, QueryKind, Vectors, record_of
from pipeline.progress import SILENT, Progress
from pipeline.schema import EmbedderRecord

_BLOCK = 10_000  # rows converted at a time: float64 copies of the whole file would not fit


class PrecomputedEmbedder:
    """Rows of a NumPy file, scaled to unit length.

    Parameters
    ----------
    path
        A two-dimensional ``.npy`` array of float16, float32 or float64, rows in the order of the input's records.
    rows
        The record number (from 0) of each text.
    n_records
        How many records the input has, dropped ones included.

    Raises
    ------
    EmbeddingError
        The file is missing, not such an array, or has another number of rows.
    """

    query_encoder: QueryKind = "none"

    def __init__(self, path: Path, rows: Sequence[int], n_records: int) -> None:
        self._path = path
        self._rows = np.asarray(rows, dtype=np.int64)
        self._array = open_array(path)
        if len(self._array) != n_records:
            raise EmbeddingError(
                f"{path} has {len(self._array):,} rows, but the input has {n_records:,} records: "
                "it must hold one row for each record, in the same order."
            )
        self.name = f"precomputed:{path.name}"
        self.dimensions = int(self._array.shape[1])
        self.fingerprint = f"precomputed-{_sha256(path)[:32]}"
        self.notices: list[str] = []
        self.detail: dict[str, Any] = {"chosen": "by name", "file": path.name, "dtype": str(self._array.dtype)}
        self.announcement = f"Embedder (by name): {path.name}, {self.dimensions} dimensions."

    @property
    def record(self) -> EmbedderRecord:
        """The manifest's entry."""
        return record_of(self)

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """The rows of ``texts``' records as unit vectors, float32 ``(len(texts), dimensions)``.

        Raises
        ------
        EmbeddingError
            A row that is needed is not finite or all zeros; names the first.
        """
        if len(texts) != len(self._rows):
            raise ValueError(f"{len(texts)} texts, but {len(self._rows)} rows were announced")
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        with (progress or SILENT).stage("embedding", len(texts)) as counter:
            for start in range(0, len(texts), _BLOCK):
                rows = self._rows[start : start + _BLOCK]
                vectors[start : start + len(rows)] = self._unit_block(rows)
                counter.advance(len(rows))
        return vectors

    def _unit_block(self, rows: NDArray[np.int64]) -> Vectors:
        block = self._array[rows].astype(np.float64)
        largest = np.abs(block).max(axis=1, initial=0.0)
        bad = ~(np.isfinite(largest) & (largest > 0))
        if bad.any():
            first = int(np.flatnonzero(bad)[0])
            row, values = int(rows[first]), block[first]
            fault = "is all zeros" if not np.any(values) else f"holds {values[~np.isfinite(values)][0]}"
            raise EmbeddingError(
                f"{self._path}: row {row} (the first is 0) {fault}, so it has no direction to compare."
            )
        block /= largest[:, np.newaxis]  # first, so that squares neither overflow nor vanish
        unit: Vectors = (block / np.linalg.norm(block, axis=1, keepdims=True)).astype(np.float32)
        return unit

    def save_query_encoder(self, folder: Path) -> None:
        """Write that there is no query encoder, and why."""
        folder.mkdir(parents=True, exist_ok=True)
        recipe = {
            "kind": "none",
            "reason": f"the embeddings of this snapshot were read from a file ({self._path.name})",
        }
        (folder / "encoder.json").write_text(json.dumps(recipe, indent=2) + "\n", encoding="utf-8")


def open_array(path: Path) -> NDArray[Any]:
    """The file as a memory-mapped array, checked for shape and type; nothing in it is unpickled.

    Raises
    ------
    EmbeddingError
        The file is missing or not such an array.
    """
    try:
        if path.exists() and not path.is_dir() and not path.is_file():  # opening a pipe would wait for its writer
            raise EmbeddingError(f"{path} is no ordinary file: save the array to one first.")
        with path.open("rb") as stream:
            is_npy = stream.read(6) == b"\x93NUMPY"
        if not is_npy:
            raise EmbeddingError(f"{path} is not a NumPy .npy file: write one with numpy.save(path, array).")
        array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        raise EmbeddingError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, EOFError) as error:
        raise EmbeddingError(f"{path} holds Python objects or is damaged, and is refused: {error}.") from error
    if array.ndim != 2 or array.shape[1] == 0:
        raise EmbeddingError(
            f"{path} has the shape {array.shape}: a two-dimensional array, one row for each record, is needed."
        )
    if array.dtype.kind != "f" or array.dtype.itemsize not in (2, 4, 8):
        raise EmbeddingError(f"{path} holds {array.dtype}: float16, float32 or float64 is needed.")
    return array


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
