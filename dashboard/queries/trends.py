"""Counts and shares over time, recomputed under the current filters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.queries.index import UNDATED, Mask, Rows, SnapshotIndex
from pipeline.intervals import wilson_interval


def topic_trends(
    index: SnapshotIndex,
    mask: Mask,
    topic_ids: Sequence[str] | None = None,
    group_kind: str = "",
    groups: Sequence[str] = (),
) -> pd.DataFrame:
    """Papers of each topic in each period, of those in ``mask``.

    Parameters
    ----------
    topic_ids
        Which topics of the index's level, outliers allowed; ``None``: every one, then outliers.
    group_kind, groups
        ``"venue"`` or a facet's name, and the values to tell apart. A paper with
        two values counts once in each.

    Returns
    -------
    DataFrame
        The columns of ``schema.TRENDS``, zero-filled, ordered by topic, group and
        period. ``n_period`` counts all papers in the mask of that period (and
        group); where it is 0 the share is 0 and its interval (0, 1).
    """
    wanted = (*index.topic_ids, "outlier") if topic_ids is None else tuple(topic_ids)
    parts: list[tuple[str, NDArray[Any]]] = [("", np.flatnonzero(mask))]
    if group_kind:
        values = index.values(group_kind)
        parts = [(name, values.rows_of(name)[mask[values.rows_of(name)]]) for name in groups]
    n_periods, n_codes = len(index.periods), len(index.topics) + 1
    codes = np.array([index.topic_code_of[topic_id] for topic_id in wanted], dtype=np.int64) + 1
    counts = [_count(index, rows, n_periods, n_codes) for _, rows in parts]
    hits = np.concatenate([count[codes].ravel() for count in counts] or [np.empty(0, np.int64)])
    totals = np.concatenate([np.tile(count.sum(axis=0), len(wanted)) for count in counts] or [np.empty(0, np.int64)])
    low, high = wilson_interval(hits, totals)
    starts = pd.to_datetime([period_start(period) for period in index.periods]).to_numpy()
    return pd.DataFrame(
        {
            "period": pd.array(np.tile(np.array(index.periods, dtype=object), len(parts) * len(wanted)), dtype="str"),
            "period_start": np.tile(starts, len(parts) * len(wanted)),
            "topic_id": pd.array(
                np.tile(np.repeat(np.array(wanted, dtype=object), n_periods), len(parts)), dtype="str"
            ),
            "group_kind": group_kind,
            "group": pd.array(
                np.repeat(np.array([name for name, _ in parts], dtype=object), n_periods * len(wanted)), dtype="str"
            ),
            "n_papers": hits.astype(np.int32),
            "n_period": totals.astype(np.int32),
            "share": hits / np.maximum(totals, 1),
            "share_low": low,
            "share_high": high,
        }
    )


def _count(index: SnapshotIndex, rows: Rows, n_periods: int, n_codes: int) -> np.ndarray:
    """Papers by topic code + 1 (rows) and period (columns)."""
    dated = rows[index.period_codes[rows] != UNDATED]
    cells = (index.topic_codes[dated].astype(np.int64) + 1) * n_periods + index.period_codes[dated]
    return np.bincount(cells, minlength=n_codes * n_periods).reshape(n_codes, n_periods)


def period_start(period: str) -> str:
    """The first day of ``"2024"``, ``"2024-Q3"`` or ``"2024-07"``, as ISO date."""
    year, _, rest = period.partition("-")
    month = (int(rest[1:]) - 1) * 3 + 1 if rest.startswith("Q") else int(rest or 1)
    return f"{int(year):04d}-{month:02d}-01"


def n_dated(index: SnapshotIndex, mask: Mask) -> int:
    """Papers in ``mask`` that stand in some period: what trends count."""
    return int((index.period_codes[mask] != UNDATED).sum())


def counts_by_period(
    index: SnapshotIndex, mask: Mask, topic_ids: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Papers of each topic in each period, of those in ``mask``: (topics, periods), and all of each: (periods,)."""
    counts = _count(index, np.flatnonzero(mask), len(index.periods), len(index.topics) + 1)
    return counts[[index.topic_code_of[topic_id] + 1 for topic_id in topic_ids]], counts.sum(axis=0)


def peak_periods(index: SnapshotIndex, mask: Mask, topic_ids: Sequence[str]) -> NDArray[np.int64]:
    """Each topic's period in which its share was surely highest, by position: that of the highest lower end.

    The lower end of the 95 % Wilson interval decides, so that a period of few papers is no peak. A last
    period that the manifest calls partial is left out; −1 where no paper of the topic is dated.
    """
    n_periods = len(index.periods) - int(bool(index.periods) and index.snapshot.manifest.trends.last_is_partial)
    counts, totals = counts_by_period(index, mask, topic_ids)
    counts, totals = counts[:, :n_periods], totals[:n_periods]
    if not n_periods:
        return np.full(len(topic_ids), -1)
    low = wilson_interval(counts, totals)[0]
    return np.where(counts.sum(axis=1) > 0, low.argmax(axis=1), -1)


def complete_shares(index: SnapshotIndex, mask: Mask, topic_ids: Sequence[str]) -> NDArray[np.float64]:
    """Each topic's share of the papers in ``mask``, in every period that is complete: (n_topics, n_periods).

    A last period that the manifest calls partial is left out; one without papers has share 0.
    """
    record = index.snapshot.manifest.trends
    n_periods = len(index.periods) - int(bool(index.periods) and record.last_is_partial)
    counts, totals = counts_by_period(index, mask, topic_ids)
    return (counts / np.maximum(totals, 1))[:, :n_periods]
