"""What a change does to what stands of a topic, and what it reads like. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import Enum
from typing import Any

from dashboard.curation.errors import CurationError
from dashboard.curation.overlay import TopicCuration
from dashboard.curation.wording import (
    MAX_PINNED,
    checked_papers,
    checked_topic,
    cleaned_name,
    cleaned_note,
)
from pipeline.schema import OUTLIER_TOPIC_ID


class Keep(Enum):
    """The one value that leaves a field as it is, where ``None`` already says something."""

    KEEP = "keep"


KEEP = Keep.KEEP


@dataclass(frozen=True)
class TopicChange:
    """What is to change of a topic; what is not named stays.

    Attributes
    ----------
    name
        A name of its own; ``None`` or nothing but spaces gives the snapshot's label back.
    note
        Plain text; empty: no note.
    is_important, is_hidden
        Marks.
    pinned
        Ids of the papers that represent it, in their order.
    merged_into
        The topic to merge it into; ``None``: it stands alone again.
    """

    name: str | Keep | None = KEEP
    note: str | Keep = KEEP
    is_important: bool | Keep = KEEP
    is_hidden: bool | Keep = KEEP
    pinned: tuple[str, ...] | Keep = KEEP
    merged_into: str | Keep | None = KEEP

    def values(self, topic_id: str) -> dict[str, Any]:
        """Field → value to be, cleaned and checked.

        Raises
        ------
        CurationError
            A value may not be, or nothing is to change.
        """
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        told = {name: value for name, value in told.items() if value is not KEEP}
        if not told:
            raise CurationError("Nothing was to be changed.")
        if "name" in told:
            told["name"] = cleaned_name(told["name"] or "") or None
        if "note" in told:
            told["note"] = cleaned_note(told["note"])
        if "pinned" in told:
            told["pinned"] = checked_papers(told["pinned"], MAX_PINNED)
        if told.get("merged_into") is not None and checked_topic(told["merged_into"]) == topic_id:
            raise CurationError("A topic cannot be merged into itself.")
        return told


FIELDS = tuple(field.name for field in fields(TopicChange))
"""What can be said of a topic."""


@dataclass(frozen=True)
class Change:
    """One thing somebody changed, as the history keeps it.

    Attributes
    ----------
    change_id
        Grows with time.
    corpus
        Of which corpus.
    topic_id
        The topic changed; of a moved paper the topic it was put in (or ``outlier``), ``None``: back to its own.
    paper_id
        The paper moved; ``None``: a topic was changed.
    who, at
        The name they had then, and when (UTC).
    before, after
        Field → value, of the fields that changed: those of `TopicChange`, or ``topic_id`` of a moved paper.
    undoes
        The change this one took back.
    is_undone
        Whether it has been taken back, and that still stands.
    n_papers
        How many papers the topic had when this was said; 0 where nobody told.
    """

    change_id: int
    corpus: str
    topic_id: str | None
    paper_id: str | None
    who: str
    at: datetime
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    undoes: int | None = None
    is_undone: bool = False
    n_papers: int = 0


def changed(standing: TopicCuration, values: Mapping[str, Any]) -> tuple[TopicCuration, dict[str, Any], dict[str, Any]]:
    """``standing`` with ``values``, one version on, and what differs, before and after.

    Where nothing differs, ``standing`` itself and two empty dictionaries.
    """
    after = {name: value for name, value in values.items() if getattr(standing, name) != value}
    if not after:
        return standing, {}, {}
    before = {name: getattr(standing, name) for name in after}
    return replace(standing, version=standing.version + 1, **after), before, after


def as_written(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of fields as JSON holds them."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def as_read(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of fields as `as_written` had them."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def root_of(topic_id: str, merged: Mapping[str, str]) -> str:
    """Where merging leads from ``topic_id``: a topic that is itself not merged.

    ``merged`` is topic id → the topic it was merged into, as it was said. It is
    kept so, and followed when read: whoever separates B from C again finds A,
    which was once merged into B, in B.
    """
    seen = {topic_id}
    while (after := merged.get(topic_id)) is not None and after not in seen:
        seen.add(after)
        topic_id = after
    return topic_id


def check_no_circle(topic_id: str, into: str, merged: Mapping[str, str]) -> None:
    """Whether ``topic_id`` may be merged into ``into``.

    Raises
    ------
    CurationError
        ``into`` is itself, directly or by others, merged into ``topic_id``.
    """
    others = {child: parent for child, parent in merged.items() if child != topic_id}
    if root_of(into, others) == topic_id:
        raise CurationError("That topic is itself merged into this one: separate it first.")


# --- undo ---------------------------------------------------------------------------------


def standing_changes(changes: Iterable[Change]) -> list[Change]:
    """Those of ``changes``, all of one topic or paper, that nobody has taken back, newest first.

    A change and the one that took it back leave nothing behind, so neither is
    among them; an undo that was itself undone gives its change back.
    """
    undone: set[int] = set()
    kept: list[Change] = []
    ordered = sorted(changes, key=lambda change: change.change_id, reverse=True)
    known = {change.change_id for change in ordered}
    for change in ordered:
        if change.change_id in undone:
            continue
        if change.undoes is not None:
            undone.add(change.undoes)
            if change.undoes in known:
                continue
        kept.append(change)
    return kept


def undone_among(change_ids: Iterable[int], undos: Mapping[int, int]) -> set[int]:
    """Which of ``change_ids`` are taken back; ``undos`` is undo → what it takes back, of all that matter."""
    undone: set[int] = set()
    for undo in sorted(undos, reverse=True):
        if undo not in undone:
            undone.add(undos[undo])
    return undone & set(change_ids)


def in_the_way(change: Change, later: Iterable[Change]) -> Change | None:
    """The newest change after ``change`` whose state would be lost if ``change`` were undone."""
    for other in standing_changes(later):
        if set(other.after) & set(change.after):
            return other
    return None


# --- in words ----------------------------------------------------------------------------

_SHOWN_CHARACTERS = 60


def in_words(change: Change) -> str:
    """What was changed, in a few words: ``the name from "a" to "b"``. Plain text, not escaped."""
    if change.paper_id is not None:
        put = change.after.get("topic_id")
        if put is None:
            return "moved the paper back to its own topic"
        return "moved the paper out of every topic" if put == OUTLIER_TOPIC_ID else f"moved the paper to {put}"
    return ", ".join(_field_in_words(name, change.before.get(name), change.after[name]) for name in change.after)


def _field_in_words(name: str, before: Any, after: Any) -> str:
    if name == "name":
        if after is None:
            return "gave the topic its own name back"
        return f"named the topic {_quoted(after)}" + (f" instead of {_quoted(before)}" if before else "")
    if name == "note":
        return f"wrote the note {_quoted(after)}" if after else "took the note away"
    if name == "is_important":
        return "marked the topic important" if after else "no longer marks the topic important"
    if name == "is_hidden":
        return "hid the topic" if after else "showed the topic again"
    if name == "pinned":
        return f"pinned {len(after)} papers" if len(after) != 1 else "pinned 1 paper"
    return f"merged the topic into {after}" if after else "separated the topic again"


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line if len(line) <= _SHOWN_CHARACTERS else line[: _SHOWN_CHARACTERS - 1] + '…'}”"


def when_in_words(at: datetime) -> str:
    """``25 November 2026, 14:05 UTC``."""
    return f"{at.day} {at:%B %Y, %H:%M} UTC"
