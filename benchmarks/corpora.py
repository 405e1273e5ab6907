"""The corpora that are measured: parts of the conference papers, planted ones, the same rows in another order."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.processes import apart, topic_explorer

CONFERENCES = "ai_conferences.parquet"
N_AREAS = 24
PART_SEED = 0
N_PLANTED = 10_000
"""Papers of the planted corpus that stands in where the conference papers lack."""


def some_papers(corpora: Path, n_papers: int | None, folder: Path) -> tuple[Path, str]:
    """A file of conference papers, all or a random part of them, and what to call it; planted ones where they lack."""
    conferences = corpora / CONFERENCES
    if not conferences.exists():
        file = folder / "papers.jsonl"
        planted(n_papers or N_PLANTED, file)
        return file, "planted papers (the conference papers were not there)"
    if n_papers is None:
        return conferences, CONFERENCES
    file = folder / "papers.parquet"
    apart(part_of, conferences, n_papers, file)
    return file, f"papers of {CONFERENCES}"


def part_of(file: Path, n_rows: int, output: Path) -> int:
    """Write ``n_rows`` random rows of a Parquet file in their old order; how many there were to take.

    The same rows for the same number; all of them if there are not so many.
    """
    rows = pq.read_table(file)
    n = min(n_rows, rows.num_rows)
    chosen = np.sort(np.random.default_rng(PART_SEED).choice(rows.num_rows, n, replace=False))
    _write(rows.take(chosen), file, output)
    return n


def planted(n_papers: int, output: Path, seed: int = 1) -> str:
    """Write a planted corpus as JSON Lines; the command that does so."""
    drawn = ("--papers", str(n_papers), "--topics", str(N_AREAS), "--seed", str(seed))
    topic_explorer("sample", *drawn, "--output", str(output))
    return f"topic-explorer sample {' '.join(drawn)}"


def in_another_order(file: Path, seed: int, output: Path) -> None:
    """Write the rows of a Parquet or JSON Lines file in a random order, with the file's own time of change.

    The time counts: without full dates in it, a corpus is known up to the day its file was changed.
    """
    if file.suffix == ".parquet":
        rows = pq.read_table(file)
        _write(rows.take(np.random.default_rng(seed).permutation(rows.num_rows)), file, output)
        return
    lines = file.read_bytes().splitlines(keepends=True)
    order = np.random.default_rng(seed).permutation(len(lines))
    output.write_bytes(b"".join(lines[row] for row in order))
    _same_time(file, output)


def write_documents(file: Path, output: Path) -> int:
    """Write the documents of ``file`` as our fit sees them: ``paper_id``, ``text``, ``year``; how many they are."""
    from pipeline.intake import read_documents
    from pipeline.settings import RunSettings

    documents, _ = read_documents([file], RunSettings())
    papers = documents.papers[["paper_id", "year"]].assign(text=documents.texts)
    papers.to_parquet(output)
    return len(papers)


def texts_of(documents: Path) -> Sequence[str]:
    """The texts of a file that `write_documents` wrote."""
    return pd.read_parquet(documents, columns=["text"])["text"].tolist()


def write_vectors(documents: Path, output: Path, cache: Path) -> None:
    """Write the float32 MiniLM vectors of ``documents``, taken from ``cache`` where they are there already."""
    from pipeline.embedding import make_embedder

    texts = texts_of(documents)
    np.save(output, make_embedder("minilm:fp32", cache, len(texts), 42).embed(texts))


def _write(rows: pa.Table, file: Path, output: Path) -> None:
    pq.write_table(rows, output)
    _same_time(file, output)


def _same_time(file: Path, output: Path) -> None:
    times = file.stat()
    os.utime(output, ns=(times.st_atime_ns, times.st_mtime_ns))
