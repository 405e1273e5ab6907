"""What ``topic-explorer export`` writes: the bytes that the dashboard's buttons give, without their caps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
from numpy.typing import NDArray

from dashboard.exports import ExportError, export, needs_query_vector, papers_csv, table_of
from dashboard.permalinks import place_from_query, view_from_query
from dashboard.queries import SnapshotIndex, at_dial, index_snapshot
from dashboard.settings import cache_folder
from dashboard.state import View
from pipeline import snapshot as snapshots

Notify = Callable[[str], None]


def export_view(store: Path, query: str, corpus: str | None = None) -> bytes:
    """The bytes that the dashboard's button gives for the permalink with query string ``query``.

    ``corpus`` stands in for a query without one. The caps of a download do not hold here.

    Raises
    ------
    ExportError
        The query names something that is not there: nothing is exported rather
        than something else.
    SnapshotError
        The snapshot cannot be opened.
    """
    params = parse_qs(query.rpartition("?")[2], keep_blank_values=False)
    if corpus is not None and params.setdefault("corpus", [corpus]) != [corpus]:
        raise ExportError(f"The view is one of corpus {params['corpus'][-1]!r}, not of {corpus!r}.")
    listed = {}
    for name in snapshots.list_corpora(store):
        infos = snapshots.list_snapshots(store, name)
        listed[name] = [i.snapshot_id for i in sorted(infos, key=lambda info: not info.is_latest)]
    place, notices = place_from_query(params, listed)
    if notices or place.corpus is None or place.snapshot_id is None:
        raise ExportError(" ".join(notices) or "The store holds no snapshot: topic-explorer fit makes one.")
    if place.missing_snapshot is not None:
        raise ExportError(
            f"Snapshot {place.missing_snapshot} of corpus {place.corpus} is not in this store any more; "
            f"the newest is {place.snapshot_id}."
        )
    index = index_snapshot(snapshots.open_snapshot(store, place.corpus, place.snapshot_id))
    view, notices = view_from_query(params, index.facts)
    index = at_dial(index, view.dial)
    if view.page == "place-my-papers" and not view.table:
        raise ExportError("What is placed stays in its visitor's session: take it with the buttons of that page.")
    if notices:
        raise ExportError(" ".join(notices).replace("; it was left out", ""))
    if table_of(view) != "papers":
        return export(index, view)
    return papers_csv(index, view, _query_vector(index, view), limited=False)


def _ignore(_: str) -> None:
    pass


def _latest(store: Path, corpus: str, notify: Notify) -> SnapshotIndex:
    snapshot = snapshots.open_snapshot(store, corpus)
    if snapshot.notice:
        notify(snapshot.notice)
    return index_snapshot(snapshot)


def corpus_export(store: Path, corpus: str, notify: Notify = _ignore) -> bytes:
    """Every paper of the latest snapshot of ``corpus``.

    ``notify`` is told when another snapshot than the latest had to be taken.

    Raises
    ------
    SnapshotError
        There is no such corpus, or it cannot be opened.
    """
    index = _latest(store, corpus, notify)
    return papers_csv(index, View(index.corpus, index.snapshot_id, table="papers"), limited=False)


def topic_export(store: Path, corpus: str, topic: str, notify: Notify = _ignore) -> bytes:
    """The complete paper list of one topic of the latest snapshot, as on the topic's page.

    ``topic`` is a topic id, ``outlier``, or a topic's number; ``notify`` is told
    when another snapshot than the latest had to be taken.

    Raises
    ------
    ExportError
        There is no such topic.
    SnapshotError
        There is no such corpus, or it cannot be opened.
    """
    index = _latest(store, corpus, notify)
    by_number = {str(n): topic_id for n, topic_id in zip(index.topics["number"], index.topic_ids, strict=True)}
    topic_id = by_number.get(topic, topic)
    if topic_id not in index.topic_code_of:
        raise ExportError(
            f"Corpus {corpus} has no topic {topic!r}: it has {len(by_number)} topics, numbered from 1. "
            "The Topics page shows their ids."
        )
    return papers_csv(index, View(index.corpus, index.snapshot_id, page="topics", topic=topic_id), limited=False)


def _query_vector(index: SnapshotIndex, view: View) -> NDArray[np.float32] | None:
    if not needs_query_vector(view):
        return None
    # Only here: a search by meaning needs a model, everything else starts faster without.
    from pipeline.embedding.query import QueryUnavailable, load_query_encoder

    try:
        return load_query_encoder(index.snapshot.query_encoder_path, cache_folder()).encode(view.search)
    except QueryUnavailable as error:
        raise ExportError(str(error)) from error
