"""What curators have said of one corpus, as one frozen value: the database in, the pages out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType


@dataclass(frozen=True)
class TopicCuration:
    """What stands of one topic.

    Attributes
    ----------
    topic_id
        The stable id it is said of.
    version
        Counts the changes of this topic; who changes it names the one they saw.
    name
        The name curators gave it; ``None``: the snapshot's label stands.
    note
        Plain text.
    is_important, is_hidden
        Marks. A hidden topic is left out of maps and lists until somebody asks for it; its papers stay counted.
    pinned
        Ids of the papers curators chose to represent it, in their order.
    merged_into
        The topic it was merged into, never one that is itself merged; ``None``: it stands alone.
    changed_by, changed_at
        The last change: a name for people, and when (UTC).
    """

    topic_id: str
    version: int
    name: str | None = None
    note: str = ""
    is_important: bool = False
    is_hidden: bool = False
    pinned: tuple[str, ...] = ()
    merged_into: str | None = None
    changed_by: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Curation:
    """Everything curators have said of one corpus.

    Attributes
    ----------
    corpus
        The corpus's name.
    revision
        Grows with every change of this corpus: two curations of one revision are the same.
    topics
        Topic id → what stands of it; topics nobody has touched are absent.
    moved
        Paper id → the topic a curator put it in (a topic id or ``outlier``).
    """

    corpus: str
    revision: int = 0
    topics: Mapping[str, TopicCuration] = field(default_factory=lambda: MappingProxyType({}))
    moved: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
