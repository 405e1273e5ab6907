"""Papers that a reader put on a list: found again in whatever snapshot is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.paper_codes import number_of_code
from dashboard.queries.index import Rows, SnapshotIndex


@dataclass(frozen=True)
class FoundPapers:
    """What a snapshot has of a list.

    Attributes
    ----------
    rows
        The papers that are there, in the order of the list.
    gone
        The ids, or codes, of those that are not, in that order.
    """

    rows: Rows
    gone: tuple[str, ...]


def papers_of_ids(index: SnapshotIndex, paper_ids: Sequence[str]) -> FoundPapers:
    """The papers with these ids."""
    rows = [index.rows_by_id.get(paper_id, -1) for paper_id in paper_ids]
    return _found(np.array(rows, dtype=np.int64), paper_ids)


def papers_of_codes(index: SnapshotIndex, codes: Sequence[str]) -> FoundPapers:
    """The papers with these codes (`dashboard.paper_codes`)."""
    numbers, rows = index.rows_by_code
    wanted = np.array([number_of_code(code) for code in codes], dtype=np.uint64)
    places = np.minimum(np.searchsorted(numbers, wanted), max(len(numbers) - 1, 0))
    if not len(numbers):
        return _found(np.full(len(codes), -1, dtype=np.int64), codes)
    return _found(np.where(numbers[places] == wanted, rows[places], -1).astype(np.int64), codes)


def _found(rows: NDArray[np.int64], names: Sequence[str]) -> FoundPapers:
    gone = tuple(name for name, row in zip(names, rows, strict=True) if row < 0)
    return FoundPapers(rows[rows >= 0], gone)
