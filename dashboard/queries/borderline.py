"""Papers that could as well be in another topic."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dashboard.queries.index import Mask, Rows, SnapshotIndex


def borderline_order(index: SnapshotIndex, rows: Rows) -> NDArray[np.intp]:
    """Positions that sort ``rows`` from the most borderline paper to the least; equals keep their order.

    First come papers for which two other topics are nearer than their own, weakest first; then those whose own topic
    is the runner-up, by how far it is behind; then those whose own is the nearest, by how little. Nearness is the
    cosine to the centres of topics. For outliers only the margin between the two nearest counts; papers without a
    runner-up come last.
    """
    own, nearest, second = _codes(index, rows)
    margin = index.papers["margin"].to_numpy(dtype=np.float64, na_value=np.inf)[rows]
    strength = index.papers["strength"].to_numpy(dtype=np.float64)[rows]
    # Cosines differ by two at most, so the three parts never mix.
    lead = np.select([nearest == own, second == own], [margin, -margin], strength - 4)
    lead = np.where((own < 0) | np.isinf(margin), margin, lead)
    return np.argsort(lead, kind="stable")


def borderline_rows(index: SnapshotIndex, mask: Mask, topic_id: str, n_most: int) -> Rows:
    """Rows of the most borderline papers of a topic, of those in ``mask``; none where there is but one topic."""
    rows = np.flatnonzero(mask & (index.topic_codes == index.topic_code_of[topic_id]))
    if len(index.topics) < 2:
        return rows[:0]
    return rows[borderline_order(index, rows)[:n_most]]


def rivals(index: SnapshotIndex, rows: Rows) -> list[tuple[str, float | None]]:
    """For each paper the topic it could as well be in, and how much nearer its own is.

    The number is a difference of cosines, negative where the other is nearer; ``None`` where two others are nearer
    than its own, since how far that is behind is not stored. The topic is ``""`` where none is known.
    """
    own, nearest, second = _codes(index, rows)
    margin = index.papers["margin"].to_numpy(dtype=np.float64, na_value=np.nan)[rows]
    other = np.where(nearest == own, second, nearest)
    found: list[tuple[str, float | None]] = []
    for place, code in enumerate(other):
        if code < 0:
            found.append(("", None))
        elif nearest[place] == own[place]:
            found.append((index.topic_ids[code], float(margin[place])))
        else:
            found.append((index.topic_ids[code], -float(margin[place]) if second[place] == own[place] else None))
    return found


def _codes(index: SnapshotIndex, rows: Rows) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Codes of the topics that papers are in, are nearest to and next nearest to."""
    return index.topic_codes[rows], index.nearest_codes[rows], index.second_codes[rows]
