"""Topics under the current filters."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashboard.queries.index import Mask, Rows, SnapshotIndex
from dashboard.queries.trends import peak_periods
from pipeline.schema import OUTLIER_TOPIC_ID

_TREND_ORDER = {"new": 0, "rising": 1, "burst": 2, "steady": 3, "too few": 4, "fading": 5}


def topic_sizes(index: SnapshotIndex, mask: Mask) -> tuple[np.ndarray, int]:
    """Papers of each topic under ``mask`` (in order of number), and outliers."""
    counts = np.bincount(index.topic_codes[mask] + 1, minlength=len(index.topics) + 1)
    return counts[1:], int(counts[0])


def topic_overview(index: SnapshotIndex, mask: Mask, sort: str = "size") -> pd.DataFrame:
    """Every topic of the index's level with its papers under ``mask``.

    Parameters
    ----------
    sort
        One of `state.TOPIC_SORTS`: ``size`` (papers under the mask), ``label``,
        ``rising`` (new, rising, steady, …, by slope), ``coherence``, ``peak`` (`peak_periods`, the earliest first).

    Returns
    -------
    DataFrame
        The columns of ``schema.TOPICS`` and ``n_papers`` (under the mask),
        ``share`` (of the papers under the mask; 0 when there are none). Sizes
        plus `topic_sizes`' outliers are all papers under the mask.
    """
    counts, _ = topic_sizes(index, mask)
    n_matching = int(mask.sum())
    topics = index.topics.assign(n_papers=counts, share=counts / max(n_matching, 1))
    if sort == "label":
        order = topics["label"].str.casefold().argsort(kind="stable")
        return topics.iloc[order].reset_index(drop=True)
    if sort == "rising":
        keys = topics.assign(_class=topics["trend_class"].map(_TREND_ORDER).fillna(9))
        ordered = keys.sort_values(["_class", "trend_slope", "number"], ascending=[True, False, True])
        return ordered.drop(columns="_class").reset_index(drop=True)
    if sort == "peak":
        peaks = peak_periods(index, mask, index.topic_ids)
        earliest = np.lexsort((topics["number"], np.where(peaks < 0, len(index.periods), peaks)))
        return topics.iloc[earliest].reset_index(drop=True)
    column = "coherence" if sort == "coherence" else "n_papers"
    return topics.sort_values([column, "number"], ascending=[False, True], ignore_index=True)


def topic_name(index: SnapshotIndex, topic_id: str | None) -> str:
    """The label of a topic, ``Outliers`` for papers outside every topic. Not escaped."""
    if topic_id is None or topic_id == OUTLIER_TOPIC_ID:
        return "Outliers"
    topic = index.topic(topic_id)
    return topic_id if topic is None else str(topic["label"])


def representative_rows(index: SnapshotIndex, topic_id: str) -> Rows:
    """Rows of a topic's representative papers, most representative first."""
    topic = index.topic(topic_id)
    ids = [] if topic is None else list(topic["representative_papers"])
    rows = np.array([index.rows_by_id[i] for i in ids if i in index.rows_by_id], dtype=np.int64)
    return rows[index.topic_codes[rows] == index.topic_code_of.get(topic_id, -1)]  # the dial may have taken some out


def neighbouring_topics(index: SnapshotIndex, topic_id: str, n_most: int = 5) -> list[tuple[str, float]]:
    """The topics nearest to one in meaning, nearest first: their ids and cosines of centroids.

    Empty for outliers and for a corpus with fewer than two topics.
    """
    code = index.topic_code_of.get(topic_id, -1)
    if code < 0:
        return []
    cosines = index.topic_centroids @ index.topic_centroids[code]
    order = [int(other) for other in np.argsort(-cosines, kind="stable") if other != code][:n_most]
    return [(index.topic_ids[other], float(cosines[other])) for other in order]
