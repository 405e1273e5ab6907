"""The tree of topics: coarse ones, those in them, down to the finest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from dashboard.queries.index import Mask, SnapshotIndex
from dashboard.queries.topics import topic_name, topic_sizes
from dashboard.state import View

_COLUMNS = (
    "level", "depth", "topic_id", "number", "parent", "path", "label", "keywords", "n_papers", "share", "size",
    "n_topics",
)  # fmt: skip


def levelled(index: SnapshotIndex, view: View) -> SnapshotIndex:
    """``index`` at the level that ``view`` shows; the page of a topic is at the topic's own."""
    if view.page == "topics" and view.topic is not None:
        return index.at_level(index.level_of[view.topic])
    return index.at_level(view.level)


def topics_above(index: SnapshotIndex, topic_id: str) -> list[str]:
    """The topics that hold ``topic_id``, the coarsest first; none for one of the coarsest and for outliers."""
    above: list[str] = []
    topic = index.topic(topic_id)
    while topic is not None and index.level_of[topic["topic_id"]] + 1 < len(index.levels):
        above.insert(0, str(topic["parent"]))
        topic = index.topic(above[0])
    return above


def topic_tree(index: SnapshotIndex, mask: Mask, within: str | None = None) -> pd.DataFrame:
    """Every topic of every level, each followed by those in it; of neighbours the one with most papers first.

    Parameters
    ----------
    within
        A topic: only what is in it, not itself. By default the whole tree.

    Returns
    -------
    DataFrame
        ``level`` (0 is the finest), ``depth`` (0 for the first rows), ``topic_id``, ``number``, ``parent`` (a
        topic id; missing at the coarsest level), ``path`` (the names of the topics above, joined by " > "),
        ``label``, ``keywords``, ``n_papers`` (under the mask), ``share`` (of the papers under the mask), ``size``
        (without it) and ``n_topics`` (finest topics in it; 1 for one of them). A topic's ``n_papers`` are those
        of the topics in it together; the coarsest topics and the outliers are all papers under the mask.
    """
    below = _by_parent(index, mask)
    n_matching = max(int(mask.sum()), 1)
    rows: list[dict[str, Any]] = []

    def add(parent: str | None, path: tuple[str, ...], depth: int) -> None:
        for topic in below.get(parent, ()):
            rows.append({**topic, "depth": depth, "path": " > ".join(path), "share": topic["n_papers"] / n_matching})
            add(topic["topic_id"], (*path, topic["label"]), depth + 1)

    above = [] if within is None else [*topics_above(index, within), within]
    add(within, tuple(topic_name(index, topic_id) for topic_id in above), 0)
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _by_parent(index: SnapshotIndex, mask: Mask) -> dict[str | None, list[dict[str, Any]]]:
    """Parent → the topics in it, most papers first; ``None`` has the coarsest topics."""
    below: dict[str | None, list[dict[str, Any]]] = {}
    n_finest: dict[str, int] = {}
    for level in range(len(index.levels)):
        own = index.at_level(level)
        is_coarsest = level + 1 == len(index.levels)
        counts = topic_sizes(own, mask)[0]
        for code in np.argsort(-counts, kind="stable"):
            topic = own.topic_records[code]
            topic_id, parent = str(topic["topic_id"]), None if is_coarsest else str(topic["parent"])
            n_topics = 1 if level == 0 else n_finest.get(topic_id, 0)
            if parent is not None:
                n_finest[parent] = n_finest.get(parent, 0) + n_topics
            measured = {"level": level, "parent": parent, "n_papers": int(counts[code]), "n_topics": n_topics}
            below.setdefault(parent, []).append({**topic, **measured})
    return below
