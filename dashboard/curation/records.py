"""Rows of the tables as what the rest of the program knows, and back. Pure."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from dashboard.curation.changes import Change, as_read
from dashboard.curation.overlay import TopicCuration
from dashboard.curation.tables import ChangeRow, TopicRow


def topic_of(row: TopicRow) -> TopicCuration:
    """What stands of a topic, merged into what was said."""
    return TopicCuration(
        row.topic_id,
        row.version,
        row.name,
        row.note,
        row.is_important,
        row.is_hidden,
        tuple(row.pinned),
        row.merged_into,
        row.changed_by,
        row.changed_at,
    )


def column_values(topic: TopicCuration) -> dict[str, Any]:
    """The columns of ``topics`` for ``topic``, keys aside."""
    return {
        "version": topic.version,
        "name": topic.name,
        "note": topic.note,
        "is_important": topic.is_important,
        "is_hidden": topic.is_hidden,
        "pinned": list(topic.pinned),
        "merged_into": topic.merged_into,
        "changed_by": topic.changed_by,
        "changed_at": topic.changed_at,
    }


def change_of(row: ChangeRow, *, is_undone: bool = False, n_papers: int = 0) -> Change:
    """One change of the history; what a row does not know itself is named."""
    return Change(
        row.id,
        row.corpus,
        row.topic_id,
        row.paper_id,
        row.person_name,
        row.at,
        MappingProxyType(as_read(row.before)),
        MappingProxyType(as_read(row.after)),
        row.undoes,
        is_undone,
        n_papers,
    )
