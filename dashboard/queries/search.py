"""Search by words, by meaning, and papers similar to one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.queries.filters import rows_with_words
from dashboard.queries.index import Mask, Rows, SnapshotIndex

MAX_NEAREST = 200
"""How many papers a search by meaning lists: beyond, nearness says little."""

_BLOCK = 16_384  # rows turned to float32 at a time: 24 MB at 384 dimensions


@dataclass(frozen=True)
class Hits:
    """Papers found, best first, with the score they were ranked by.

    ``scores`` are cosines (float32) for meaning and similar papers, ``None`` for
    words, where only the order matters.
    """

    rows: Rows
    scores: NDArray[np.float32] | None = None

    def within(self, mask: Mask) -> Hits:
        """Only the papers in ``mask``, order kept."""
        kept = mask[self.rows]
        return Hits(self.rows[kept], None if self.scores is None else self.scores[kept])


def search_words(index: SnapshotIndex, text: str, mask: Mask) -> Hits:
    """Papers of ``mask`` that match ``text``, by bm25, best first."""
    return Hits(rows_with_words(index, text, ranked=True)).within(mask)


def search_meaning(index: SnapshotIndex, vector: NDArray[np.float32], mask: Mask) -> Hits:
    """The `MAX_NEAREST` papers of ``mask`` whose embeddings are nearest to ``vector``.

    Cosine over the float16 embeddings, block by block; ties go to the earlier row.
    ``vector`` is float32 (d,); a zero vector finds nothing.
    """
    norm = float(np.linalg.norm(vector))
    rows = np.flatnonzero(mask)
    if norm == 0 or not len(rows):
        return Hits(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))
    unit = (vector / norm).astype(np.float32)
    embeddings = index.snapshot.embeddings
    whole = len(rows) == index.n_papers
    scores = np.empty(len(rows), dtype=np.float32)
    for start in range(0, len(rows), _BLOCK):
        part = slice(start, start + _BLOCK)
        block = embeddings[part] if whole else embeddings[rows[part]]
        scores[part] = np.asarray(block, dtype=np.float32) @ unit
    order = np.argsort(-scores, kind="stable")[:MAX_NEAREST]
    return Hits(rows[order], scores[order])


def similar_papers(index: SnapshotIndex, row: int) -> Hits:
    """The stored nearest papers of the paper at ``row``, nearest first."""
    rows = np.asarray(index.snapshot.neighbours[row], dtype=np.int64)
    rows = rows[rows >= 0]
    if not len(rows):
        return Hits(rows, np.empty(0, dtype=np.float32))
    embeddings = index.snapshot.embeddings
    scores = np.asarray(embeddings[rows], np.float32) @ np.asarray(embeddings[row], np.float32)
    return Hits(rows, scores.astype(np.float32))
