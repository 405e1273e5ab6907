"""Where papers lie on the map, counted in the cells of a grid: a small map without a point for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.queries.index import SnapshotIndex

COLUMNS, MOST_ROWS = 64, 64


@dataclass(frozen=True)
class PlaceOnGrid:
    """One paper among all, from the map's top left.

    Attributes
    ----------
    n_all, n_topic : int64 (rows, columns)
        All papers of each cell, and those of the paper's topic, or of the outliers. Cells are square.
    x, y
        The paper's place, in cells from the left and from the top.
    """

    n_all: NDArray[np.int64]
    n_topic: NDArray[np.int64]
    x: float
    y: float


def place_on_grid(index: SnapshotIndex, row: int) -> PlaceOnGrid:
    """The grid of the whole map with the paper at ``row`` on it."""
    x = index.papers["x"].to_numpy(dtype=np.float64)
    y = index.papers["y"].to_numpy(dtype=np.float64)
    wide, high = np.ptp(x), np.ptp(y)
    cell = max(wide / COLUMNS, high / MOST_ROWS) or 1.0
    n_columns, n_rows = max(1, int(np.ceil(wide / cell))), max(1, int(np.ceil(high / cell)))
    across, down = (x - x.min()) / cell, (y.max() - y) / cell
    cells = np.minimum(down.astype(np.int64), n_rows - 1) * n_columns
    cells += np.minimum(across.astype(np.int64), n_columns - 1)
    of_topic = index.topic_codes == index.topic_codes[row]
    n_all, n_topic = (
        np.bincount(each, minlength=n_rows * n_columns).reshape(n_rows, n_columns) for each in (cells, cells[of_topic])
    )
    return PlaceOnGrid(n_all, n_topic, float(across[row]), float(down[row]))
