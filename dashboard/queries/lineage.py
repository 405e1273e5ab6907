"""A topic's place among the levels: what it belongs to, and what else belongs there."""

from __future__ import annotations

import pandas as pd

from dashboard.queries.hierarchy import topics_above
from dashboard.queries.index import SnapshotIndex


def coarser_topics(index: SnapshotIndex, topic_id: str) -> pd.DataFrame:
    """The topics that hold a topic, from the next coarser level to the coarsest: rows of ``schema.TOPICS``.

    Empty for outliers, for unknown ids, and in a snapshot of one level.
    """
    above = topics_above(index, topic_id)[::-1]
    return index.snapshot.topics.set_index("topic_id", drop=False).loc[above].reset_index(drop=True)


def finest_within(index: SnapshotIndex, coarse_id: str) -> list[str]:
    """Ids of the finest topics that a coarser one holds, in order of number."""
    return [topic_id for topic_id in index.levels[0].topic_ids if coarse_id in topics_above(index, topic_id)]
