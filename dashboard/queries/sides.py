"""Two sets of papers side by side: who is on which, how their topics and years differ, who stands between."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.queries.filters import matching_rows, rows_in_polygon
from dashboard.queries.index import UNDATED, Mask, Rows, SnapshotIndex
from dashboard.state import Side
from pipeline.intervals import newcombe_interval, wilson_interval

MIN_PAPERS = 5
"""Fewer papers on a side, and nothing is said of its words and topics."""
MAX_CENTRE_PAPERS = 2_000
"""The centre of a larger side is that of a random sample of so many: it moves by less than its third decimal."""
N_BRIDGING = 100
"""Papers of each side that are told as nearest to the other."""

_BLOCK = 1_024  # rows turned to float32 at a time: they stay in the processor's cache


@dataclass(frozen=True)
class Sides:
    """Which papers are on side A and which on side B; a paper may be on both.

    Attributes
    ----------
    a, b : bool (n_papers,)
        Read only.
    """

    a: Mask
    b: Mask

    @cached_property
    def both(self) -> Mask:
        """Papers on both sides."""
        return np.asarray(self.a & self.b)

    @cached_property
    def n(self) -> tuple[int, int]:
        """Papers on side A and on side B."""
        return int(self.a.sum()), int(self.b.sum())

    @cached_property
    def n_both(self) -> int:
        """Papers on both sides."""
        return int(self.both.sum())

    @property
    def are_the_same(self) -> bool:
        """Whether both sides hold exactly the same papers."""
        return self.n[0] == self.n[1] == self.n_both

    @cached_property
    def apart(self) -> tuple[Mask, Mask]:
        """What can be told apart: each side without the papers of both.

        A side that lies within the other keeps its papers, and the other loses them.
        """
        if self.n_both == self.n[0]:
            return self.a, self.b & ~self.a
        if self.n_both == self.n[1]:
            return self.a & ~self.b, self.b
        return self.a & ~self.both, self.b & ~self.both


def rows_of_side(index: SnapshotIndex, side: Side, within: Mask) -> Mask:
    """The papers of ``within`` that ``side`` asks for: a new bool array (n_papers,)."""
    mask = matching_rows(index, side.filters) & within
    if side.topic is not None:
        mask &= index.in_topic(side.topic)
    if side.selection is not None:
        mask &= rows_in_polygon(index, side.selection)
    return mask


def sides_of(index: SnapshotIndex, a: Side, b: Side | None, within: Mask) -> Sides:
    """Both sides, of the papers in ``within``; ``b`` as ``None`` is everything there that is not on side A."""
    rows_a = rows_of_side(index, a, within)
    rows_b = within & ~rows_a if b is None else rows_of_side(index, b, within)
    for mask in (rows_a, rows_b):
        mask.setflags(write=False)
    return Sides(rows_a, rows_b)


def year_that_halves(index: SnapshotIndex, mask: Mask) -> int | None:
    """The year that leaves about as many of the dated papers in ``mask`` before it as from it on.

    ``None`` where all are of one year, or none is dated.
    """
    years = index.years[mask]
    years = years[years != UNDATED]
    found, counts = np.unique(years, return_counts=True)
    if len(found) < 2:
        return None
    before = np.cumsum(counts)[:-1]
    return int(found[1 + int(np.argmin(np.abs(2 * before - len(years))))])


# --- topics and years -----------------------------------------------------------------


def topic_mix(index: SnapshotIndex, sides: Sides) -> pd.DataFrame:
    """The share of every topic of the index's level, and of outliers, on each side.

    Returns
    -------
    DataFrame
        ``topic_id``, ``n_a``, ``n_b``, ``share_a``, ``share_a_low``, ``share_a_high``
        (95 % Wilson), the same of B, ``difference`` (A − B) and its 95 % interval
        ``difference_low``, ``difference_high``. Topics that differ most come first;
        those on neither side are left out.

    Notes
    -----
    The interval of the difference (`newcombe_interval`) takes the two sides for independent. Papers
    on both make the two shares more alike than it knows: then it is too wide, never too narrow.
    """
    n_codes = len(index.topics) + 1
    frame: dict[str, NDArray[np.generic] | pd.api.extensions.ExtensionArray] = {
        "topic_id": pd.array(["outlier", *index.topic_ids], dtype="str")
    }
    counts = [np.bincount(index.topic_codes[mask] + 1, minlength=n_codes) for mask in (sides.a, sides.b)]
    frame |= {"n_a": counts[0], "n_b": counts[1]}
    for name, count, total in zip("ab", counts, sides.n, strict=True):
        low, high = wilson_interval(count, total)
        frame |= {f"share_{name}": count / max(total, 1), f"share_{name}_low": low, f"share_{name}_high": high}
    low, high = newcombe_interval(counts[0], sides.n[0], counts[1], sides.n[1])
    difference = counts[0] / max(sides.n[0], 1) - counts[1] / max(sides.n[1], 1)
    frame |= {"difference": difference, "difference_low": low, "difference_high": high}
    mix = pd.DataFrame(frame).assign(_apart=np.abs(difference))
    present = mix[(mix["n_a"] > 0) | (mix["n_b"] > 0)]
    return present.sort_values("_apart", ascending=False, kind="stable", ignore_index=True).drop(columns="_apart")


def periods_of_sides(index: SnapshotIndex, sides: Sides) -> pd.DataFrame:
    """How each side's dated papers spread over the periods.

    Returns
    -------
    DataFrame
        ``period``, ``n_a``, ``n_b``, ``share_a`` (of A's dated papers) with ``share_a_low``
        and ``share_a_high`` (95 % Wilson), the same of B: every period, oldest first.
        Without dated papers on a side its shares are 0 and their intervals (0, 1).
    """
    frame: dict[str, object] = {"period": pd.array(list(index.periods), dtype="str")}
    counts = []
    for mask in (sides.a, sides.b):
        codes = index.period_codes[mask]
        counts.append(np.bincount(codes[codes != UNDATED], minlength=len(index.periods))[: len(index.periods)])
    frame |= {"n_a": counts[0], "n_b": counts[1]}
    for name, count in zip("ab", counts, strict=True):
        total = int(count.sum())
        low, high = wilson_interval(count, total)
        frame |= {f"share_{name}": count / max(total, 1), f"share_{name}_low": low, f"share_{name}_high": high}
    return pd.DataFrame(frame)


# --- between the sides ------------------------------------------------------------------


def bridging_papers(index: SnapshotIndex, sides: Sides, n_most: int = N_BRIDGING) -> pd.DataFrame:
    """Papers of each side that lie nearest to the centre of the other.

    The centre of a side is the mean direction of the embeddings of its papers, those of
    both sides left out (`Sides.apart`), at most `MAX_CENTRE_PAPERS` of them.

    Returns
    -------
    DataFrame
        ``side`` (``"A"`` or ``"B"``), ``row``, ``similarity_other`` and ``similarity_own``
        (cosines to the two centres): up to ``n_most`` of A, then of B, nearest first.
    """
    own = [np.flatnonzero(mask) for mask in sides.apart]
    centres = np.stack([_centre(index, rows) for rows in own], axis=1)
    cosines = _cosines(index, sides.apart[0] | sides.apart[1], centres)
    parts = []
    for mine, (name, rows) in enumerate(zip("AB", own, strict=True)):
        if not centres[:, 1 - mine].any():
            continue  # a side without papers, or of which nothing is known, has no centre
        nearest = rows[np.argsort(-cosines[rows, 1 - mine], kind="stable")[:n_most]]
        part = pd.DataFrame({"side": name, "row": nearest})
        parts.append(part.assign(similarity_other=cosines[nearest, 1 - mine], similarity_own=cosines[nearest, mine]))
    if not parts:
        return pd.DataFrame({"side": [], "row": [], "similarity_other": [], "similarity_own": []}).astype(
            {"side": "str", "row": np.int64}
        )
    return pd.concat(parts, ignore_index=True)


def _centre(index: SnapshotIndex, rows: Rows) -> NDArray[np.float32]:
    embeddings = index.snapshot.embeddings
    if len(rows) > MAX_CENTRE_PAPERS:
        rows = np.sort(np.random.default_rng(0).choice(rows, MAX_CENTRE_PAPERS, replace=False))
    total = np.zeros(embeddings.shape[1], dtype=np.float32)
    for start in range(0, len(rows), _BLOCK):
        total += np.asarray(embeddings[rows[start : start + _BLOCK]], dtype=np.float32).sum(axis=0)
    return total / max(float(np.linalg.norm(total)), 1e-12)


def _cosines(index: SnapshotIndex, mask: Mask, directions: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cosines of the papers in ``mask`` to ``directions`` (d, k): (n, k), zeros for other papers."""
    embeddings = index.snapshot.embeddings
    cosines = np.zeros((index.n_papers, directions.shape[1]), dtype=np.float32)
    block = np.empty((_BLOCK, embeddings.shape[1]), dtype=np.float32)
    for start in range(0, index.n_papers, _BLOCK):
        wanted = np.flatnonzero(mask[start : start + _BLOCK])
        if 4 * len(wanted) > _BLOCK:  # most of the block: as it lies on disk
            part = embeddings[start : start + _BLOCK]
            np.copyto(block[: len(part)], part)
            cosines[start : start + len(part)] = block[: len(part)] @ directions
        elif len(wanted):
            cosines[start + wanted] = np.asarray(embeddings[start + wanted], dtype=np.float32) @ directions
    return cosines
