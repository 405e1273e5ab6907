"""Counts → rectangles whose areas are as the counts: a squarified treemap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]
"""Left, top, width and height."""


def squarified(sizes: Sequence[float] | NDArray[np.floating], box: Box) -> NDArray[np.float64]:
    """A rectangle in ``box`` for each of ``sizes``, as near to squares as laying row after row gives.

    The method of Bruls, Huizing and van Wijk (2000): along the shorter side of what is left, a row takes
    further rectangles as long as that makes its longest one less long. Best given the largest sizes first.

    Parameters
    ----------
    sizes
        Not negative.

    Returns
    -------
    float64 (n, 4)
        Left, top, width and height of each. Their areas are as ``sizes``; together, without overlap, they
        fill ``box``. Sizes of 0 get no area; where all are 0, all are empty.
    """
    left, top, width, height = (float(value) for value in box)
    given = np.asarray(sizes, dtype=np.float64)
    boxes = np.zeros((len(given), 4))
    boxes[:, 0], boxes[:, 1] = left, top
    total = given.sum()
    if total <= 0 or width <= 0 or height <= 0:
        return boxes
    areas = given * (width * height / total)
    start = 0
    while start < len(areas):
        side = min(width, height)
        end = _end_of_row(areas, start, side)
        row = areas[start:end]
        is_last = not areas[end:].any()
        # What rounding would leave over belongs to the last row.
        thick = max(width, height) if is_last else row.sum() / side
        lengths = row * (side / max(row.sum(), np.finfo(np.float64).tiny))
        begins = np.concatenate([[0.0], np.cumsum(lengths)[:-1]])
        if width >= height:
            boxes[start:end] = np.column_stack(
                [np.full(len(row), left), top + begins, np.full(len(row), thick), lengths]
            )
            left, width = left + thick, width - thick
        else:
            boxes[start:end] = np.column_stack(
                [left + begins, np.full(len(row), top), lengths, np.full(len(row), thick)]
            )
            top, height = top + thick, height - thick
        if is_last:
            boxes[end:, 0], boxes[end:, 1] = boxes[end - 1, 0], boxes[end - 1, 1]
            break
        start = end
    return boxes


def _end_of_row(areas: NDArray[np.float64], start: int, side: float) -> int:
    """Where the row that begins at ``start`` ends: before the first that would make it worse."""
    worst = np.inf
    total, least, most = 0.0, np.inf, 0.0
    for end in range(start, len(areas)):
        area = float(areas[end])
        total, least, most = total + area, min(least, area), max(most, area)
        if total <= 0:
            continue
        longest = max(side**2 * most / total**2, total**2 / (side**2 * least)) if least > 0 else np.inf
        if longest > worst:
            return end
        worst = longest
    return len(areas)
