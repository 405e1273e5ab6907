"""Who is next to whom: the nearest papers of every paper, and UMAP's weighted graph of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from umap.umap_ import fuzzy_simplicial_set

from pipeline.assignment import Floats
from pipeline.neighbours import nearest_papers
from pipeline.partitions import NeighbourGraph
from pipeline.progress import SILENT, Progress


@dataclass(frozen=True)
class Neighbours:
    """The nearest rows of every row, itself first, as UMAP wants them.

    Attributes
    ----------
    rows
        int32 (n, k + 1): row numbers, nearest first.
    distances
        float32 (n, k + 1): cosine distances, in [0, 2].
    """

    rows: NDArray[np.int32]
    distances: Floats

    def first(self, k: int) -> Neighbours:
        """The nearest ``k`` of them, or all where there are fewer."""
        width = min(k + 1, self.rows.shape[1])
        return Neighbours(self.rows[:, :width].copy(), self.distances[:, :width].copy())


def find_neighbours(vectors: Floats, k: int, progress: Progress = SILENT) -> Neighbours:
    """The ``k`` nearest rows of each of ``vectors`` (unit rows, distinct) by cosine, or all others."""
    others = nearest_papers(vectors, min(k, len(vectors) - 1), progress)
    distances = np.zeros((len(vectors), others.shape[1] + 1), dtype=np.float32)
    for place, column in enumerate(others.T, start=1):
        distances[:, place] = 1.0 - np.einsum("ij,ij->i", vectors, vectors[column])
    rows = np.column_stack([np.arange(len(vectors), dtype=np.int32), others])
    return Neighbours(rows, np.maximum(distances, 0.0))


def weighted_graph(vectors: Floats, neighbours: Neighbours) -> NeighbourGraph:
    """UMAP's fuzzy graph of ``neighbours``: every paper is tied to its own nearest firmly, however far they are.

    McInnes, Healy and Melville, arXiv:1802.03426, §3.1.
    """
    width = neighbours.rows.shape[1]
    weights, _, _ = fuzzy_simplicial_set(
        vectors,
        width,
        np.random.RandomState(0),  # not used where neighbours are given
        "cosine",
        knn_indices=neighbours.rows,
        knn_dists=neighbours.distances,
    )
    upper = weights.tocoo()
    once = upper.row < upper.col
    ends = np.column_stack([upper.row[once], upper.col[once]]).astype(np.int32)
    order = np.lexsort((ends[:, 1], ends[:, 0]))
    return NeighbourGraph(len(vectors), ends[order], upper.data[once][order].astype(np.float64))
