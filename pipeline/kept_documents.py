"""Clean documents kept between fits, so that files that have not changed are not read again.

Arrow and JSON as bytes in `pipeline.stages`; what is read back equals what was put away, type by type.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.documents import DocumentSet
from pipeline.intake import read_documents
from pipeline.progress import SILENT, Progress
from pipeline.readers.compression import fingerprint
from pipeline.schema import InputFile
from pipeline.settings import RunSettings
from pipeline.stages import Arrays, Stages, content_key

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Intake:
    """What a fit takes in.

    Attributes
    ----------
    documents
        The clean documents.
    files
        Name, size and sha256 of each file.
    n_records
        Records in all files, dropped ones included.
    cached
        Whether the files were not read again.
    """

    documents: DocumentSet
    files: list[InputFile]
    n_records: int
    cached: bool


def input_key(paths: Sequence[Path], settings: RunSettings) -> str:
    """What the documents of ``paths`` depend on: the files' names and bytes, and the settings of readers and documents.

    Raises
    ------
    OSError
        A file cannot be read.
    """
    files = [fingerprint(path, path.name).model_dump() for path in paths]
    chosen = settings.model_dump(mode="json", include={"readers", "documents", "columns", "facets"})
    return content_key(settings={"files": files, **chosen})


def take_in(paths: Sequence[Path], settings: RunSettings, stages: Stages, progress: Progress = SILENT) -> Intake:
    """The documents of ``paths``, read or as an earlier fit of the same files left them.

    Raises
    ------
    ReadError
        A file cannot be used as a whole.
    """
    fresh: list[Intake] = []

    def compute() -> Arrays:
        documents, report = read_documents(paths, settings, progress)
        fresh.append(Intake(documents, report.files, report.n_records, cached=False))
        return _packed(fresh[0])

    try:
        key = input_key(paths, settings)
    except OSError:  # the reader says in a sentence what is wrong with which file
        compute()
        return fresh[0]
    found, _ = stages.arrays("documents", key, compute)
    return fresh[0] if fresh else _unpacked(found)


def _packed(intake: Intake) -> Arrays:
    documents = intake.documents
    told = {
        "quality": documents.quality,
        "files": [file.model_dump() for file in intake.files],
        "n_records": intake.n_records,
    }
    texts = pa.table({"text": pa.array(documents.texts, pa.string()), "abstract": pa.array(documents.abstracts)})
    return {
        "papers": _bytes_of(pa.Table.from_pandas(documents.papers, preserve_index=False)),
        "texts": _bytes_of(texts),
        "rows": documents.rows,
        "told": np.frombuffer(json.dumps(told).encode(), dtype=np.uint8),
    }


def _unpacked(arrays: Arrays) -> Intake:
    told: dict[str, Any] = json.loads(arrays["told"].tobytes())
    papers = _table(arrays["papers"]).to_pandas()
    for column in papers.columns:
        if papers[column].map(type).eq(np.ndarray).any():
            papers[column] = pd.Series([list(values) for values in papers[column]], dtype=object)
    texts = _table(arrays["texts"])
    documents = DocumentSet(
        papers, texts["abstract"].to_pylist(), texts["text"].to_pylist(), told["quality"], arrays["rows"]
    )
    return Intake(documents, [InputFile(**file) for file in told["files"]], told["n_records"], cached=True)


def _bytes_of(table: pa.Table) -> Bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return np.frombuffer(sink.getvalue(), dtype=np.uint8)


def _table(stored: Bytes) -> pa.Table:
    return pa.ipc.open_file(pa.py_buffer(stored)).read_all()
