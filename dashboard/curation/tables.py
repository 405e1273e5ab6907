"""The tables of the curation database.

What stands is in tables of its own (``topics``, ``moved_papers``), and every
change that led there in ``changes``: the first is what pages read, the second
what people ask afterwards. Personal things have their owner in every row.

Which papers something was said of is kept whole, in ``paper_sets`` under the
digest of their sorted ids: a topic of one snapshot is the same set however
often it is changed, so it takes its room once (a corpus of 82,613 papers of
which every topic was curated: 82,613 ids), and a later fit can be compared
with all of them, not with a sample.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of constraints, the same on every database, so that a migration can name them."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; SQLite, which knows no time zones, keeps it bare."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """In UTC, bare where the database keeps no zone."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: String(300),
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(),
        list[str]: JSON(),
    }


# --- what curators say -------------------------------------------------------------------


class CorpusRow(Base):
    """One corpus and how often it was changed. Every change updates this row first, so they queue here."""

    __tablename__ = "corpora"

    corpus: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int]


class PaperSetRow(Base):
    """A set of papers: zlib over a JSON list of the sorted ids."""

    __tablename__ = "paper_sets"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    n_papers: Mapped[int]
    paper_ids: Mapped[bytes] = mapped_column(LargeBinary)


class TopicRow(Base):
    """What stands of one topic. ``merged_into`` is what was said, not yet followed to its end."""

    __tablename__ = "topics"

    corpus: Mapped[str] = mapped_column(ForeignKey("corpora.corpus"), primary_key=True)
    topic_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str | None]
    note: Mapped[str] = mapped_column(Text)
    is_important: Mapped[bool]
    is_hidden: Mapped[bool]
    pinned: Mapped[list[str]]
    merged_into: Mapped[str | None]
    papers: Mapped[str | None] = mapped_column(String(64), ForeignKey("paper_sets.digest"))
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class MovedPaperRow(Base):
    """A paper that a curator put somewhere else; papers put back have no row."""

    __tablename__ = "moved_papers"

    corpus: Mapped[str] = mapped_column(ForeignKey("corpora.corpus"), primary_key=True)
    paper_id: Mapped[str] = mapped_column(primary_key=True)
    topic_id: Mapped[str]
    papers: Mapped[str | None] = mapped_column(String(64), ForeignKey("paper_sets.digest"))


class ChangeRow(Base):
    """One change, never altered: who, when, before, after, and of which papers it was said."""

    __tablename__ = "changes"
    __table_args__ = (
        UniqueConstraint("corpus", "revision"),
        UniqueConstraint("corpus", "topic_id", "version"),
        Index(None, "corpus", "topic_id", "id"),
        Index(None, "corpus", "paper_id", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    corpus: Mapped[str] = mapped_column(ForeignKey("corpora.corpus"))
    revision: Mapped[int]
    topic_id: Mapped[str | None]
    version: Mapped[int | None]
    paper_id: Mapped[str | None]
    person_id: Mapped[str]
    person_name: Mapped[str]
    at: Mapped[datetime]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    papers: Mapped[str | None] = mapped_column(String(64), ForeignKey("paper_sets.digest"))
    undoes: Mapped[int | None] = mapped_column(ForeignKey("changes.id"), index=True)


# --- what is somebody's own ------------------------------------------------------------------


class PersonRow(Base):
    """Somebody who keeps something here, and the name others see. What they write queues at this row."""

    __tablename__ = "people"

    person_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class ReadingListRow(Base):
    """A named list of papers."""

    __tablename__ = "reading_lists"
    __table_args__ = (UniqueConstraint("owner", "corpus", "name"), Index(None, "corpus", "is_shared"))

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("people.person_id"))
    corpus: Mapped[str]
    name: Mapped[str]
    is_shared: Mapped[bool]
    changed_at: Mapped[datetime]


class ListedPaperRow(Base):
    """A paper on a reading list; ``position`` grows as papers are added."""

    __tablename__ = "listed_papers"

    list_id: Mapped[int] = mapped_column(ForeignKey("reading_lists.id", ondelete="CASCADE"), primary_key=True)
    paper_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]


class TagRow(Base):
    """A tag somebody put on a paper."""

    __tablename__ = "paper_tags"
    __table_args__ = (Index(None, "corpus", "paper_id"),)

    owner: Mapped[str] = mapped_column(ForeignKey("people.person_id"), primary_key=True)
    corpus: Mapped[str] = mapped_column(primary_key=True)
    paper_id: Mapped[str] = mapped_column(primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)
    is_shared: Mapped[bool]


class NoteRow(Base):
    """A note somebody wrote on a paper; one a person and paper."""

    __tablename__ = "paper_notes"
    __table_args__ = (Index(None, "corpus", "paper_id"),)

    owner: Mapped[str] = mapped_column(ForeignKey("people.person_id"), primary_key=True)
    corpus: Mapped[str] = mapped_column(primary_key=True)
    paper_id: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    is_shared: Mapped[bool]
    changed_at: Mapped[datetime]


class ViewRow(Base):
    """A view somebody keeps: a name and the query string of its permalink."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("owner", "corpus", "name"), Index(None, "corpus", "is_shared"))

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("people.person_id"))
    corpus: Mapped[str]
    name: Mapped[str]
    query: Mapped[str] = mapped_column(Text)
    is_shared: Mapped[bool]
    changed_at: Mapped[datetime]


class FollowRow(Base):
    """A topic somebody follows, and the newest change of it they have seen."""

    __tablename__ = "follows"

    owner: Mapped[str] = mapped_column(ForeignKey("people.person_id"), primary_key=True)
    corpus: Mapped[str] = mapped_column(primary_key=True)
    topic_id: Mapped[str] = mapped_column(primary_key=True)
    seen_change: Mapped[int]
