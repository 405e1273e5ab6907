"""A topic's place among the levels: what it belongs to, and what else belongs there."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from dashboard.queries.index import SnapshotIndex


def coarser_topics(index: SnapshotIndex, topic_id: str) -> pd.DataFrame:
    """The topics that hold a topic, from the next coarser level to the coarsest: rows of ``schema.TOPICS``.

    Empty for outliers, for unknown ids, and in a snapshot of one level.
    """
    above = _above(_parents(index), topic_id)
    return index.snapshot.topics.set_index("topic_id", drop=False).loc[above].reset_index(drop=True)


def finest_within(index: SnapshotIndex, coarse_id: str) -> list[str]:
    """Ids of the finest topics that a coarser one holds, in order of number."""
    parents = _parents(index)
    return [topic_id for topic_id in index.topic_ids if coarse_id in _above(parents, topic_id)]


def _parents(index: SnapshotIndex) -> Mapping[str, object]:
    topics = index.snapshot.topics
    return dict(zip(topics["topic_id"], topics["parent"], strict=True))


def _above(parents: Mapping[str, object], topic_id: str) -> list[str]:
    above: list[str] = []
    parent = parents.get(topic_id)
    while isinstance(parent, str):
        above.append(parent)
        parent = parents.get(parent)
    return above
