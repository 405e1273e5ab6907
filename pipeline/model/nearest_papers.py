"""The neighbours of distinct rows → the nearest papers of each paper, copies among them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.assignment import Floats
from pipeline.model.neighbour_graph import Neighbours


def nearest_papers(
    embeddings: Floats, neighbours: Neighbours, copies: NDArray[np.intp], n_nearest: int
) -> NDArray[np.int32]:
    """The nearest papers of each paper, int32 (n, n_nearest), −1 where there are fewer; copies are nearest of all.

    Which they are is decided among the centred embeddings, their order by the embeddings themselves.
    """
    n_papers, n_rows = len(copies), len(neighbours.rows)
    nearest = np.full((n_papers, n_nearest), -1, dtype=np.int32)
    if n_papers < 2:
        return nearest
    distinct = n_rows == n_papers
    candidates = neighbours.rows[:, 1:] if distinct else _with_copies(neighbours.rows, copies, n_nearest)
    known = candidates >= 0
    similarities = np.full(candidates.shape, -np.inf, dtype=np.float32)
    for place, column in enumerate(candidates.T):
        similarities[:, place] = np.einsum("ij,ij->i", embeddings, embeddings[column])
    similarities[~known] = -np.inf
    width = min(n_nearest, candidates.shape[1])
    order = np.lexsort((candidates, -similarities), axis=1)[:, :width]
    nearest[:, :width] = np.take_along_axis(candidates, order, axis=1)
    return nearest


def _with_copies(rows: NDArray[np.int32], copies: NDArray[np.intp], n_nearest: int) -> NDArray[np.int32]:
    """Neighbours of distinct rows → of papers, each distinct row standing for its copies, itself left out."""
    members: list[list[int]] = [[] for _ in range(len(rows))]
    for paper, row in enumerate(copies.tolist()):
        members[row].append(paper)
    width = rows.shape[1] - 1 + n_nearest
    candidates = np.full((len(copies), width), -1, dtype=np.int32)
    for paper, row in enumerate(copies.tolist()):
        line = [other for near in rows[row].tolist() for other in members[near] if other != paper][:width]
        candidates[paper, : len(line)] = line
    return candidates
