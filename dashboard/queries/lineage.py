"""A topic's place among the levels: what it belongs to, and what else belongs there."""

from __future__ import annotations

import pandas as pd

from dashboard.queries.index import SnapshotIndex


def coarser_topics(index: SnapshotIndex, topic_id: str) -> pd.DataFrame:
    """The topics that hold a topic, from the next coarser level to the coarsest: rows of ``schema.TOPICS``.

    Empty for outliers, for unknown ids, and in a snapshot of one level.
    """
    topics = index.snapshot.topics
    parents = dict(zip(topics["topic_id"], topics["parent"], strict=True))
    above: list[str] = []
    parent = parents.get(topic_id)
    while isinstance(parent, str):
        above.append(parent)
        parent = parents.get(parent)
    rows = topics.set_index("topic_id", drop=False).loc[above]
    return rows.reset_index(drop=True)
