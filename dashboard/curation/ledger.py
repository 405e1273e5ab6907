"""What the tables say just now, read inside somebody's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from dashboard.curation.changes import Change, in_words, root_of, undone_among, when_in_words
from dashboard.curation.overlay import TopicCuration
from dashboard.curation.paper_sets import PaperSet, paper_set, unpacked
from dashboard.curation.records import change_of, topic_of
from dashboard.curation.tables import ChangeRow, CorpusRow, MovedPaperRow, PaperSetRow, TopicRow

_TOLD_CHANGES = 3  # of those that came first, in the sentence of a conflict


def revision_of(session: Session, corpus: str) -> int:
    """How often ``corpus`` was changed."""
    return session.scalar(select(CorpusRow.revision).where(CorpusRow.corpus == corpus)) or 0


def topic_standing(session: Session, corpus: str, topic_id: str) -> TopicCuration:
    """What stands of a topic, version 0 where nothing was ever said; ``merged_into`` not followed."""
    row = session.scalar(
        select(TopicRow).where(TopicRow.corpus == corpus, TopicRow.topic_id == topic_id),
        execution_options={"populate_existing": True},
    )
    return topic_of(row) if row is not None else TopicCuration(topic_id, 0)


def paper_standing(session: Session, corpus: str, paper_id: str) -> str | None:
    """Where curators put a paper; ``None``: nowhere."""
    return session.scalar(
        select(MovedPaperRow.topic_id).where(MovedPaperRow.corpus == corpus, MovedPaperRow.paper_id == paper_id)
    )


def merges(session: Session, corpus: str) -> dict[str, str]:
    """Topic id → the topic it was merged into, as it was said."""
    rows = session.execute(
        select(TopicRow.topic_id, TopicRow.merged_into).where(
            TopicRow.corpus == corpus, TopicRow.merged_into.is_not(None)
        )
    )
    return {topic_id: into for topic_id, into in rows if into is not None}


def followed(topic: TopicCuration, merged: Mapping[str, str]) -> TopicCuration:
    """``topic`` with `TopicCuration.merged_into` followed to where it ends."""
    return topic if topic.merged_into is None else replace(topic, merged_into=root_of(topic.topic_id, merged))


def changes_where(session: Session, *wanted: ColumnElement[bool], limit: int | None = None) -> tuple[Change, ...]:
    """Changes that fit all of ``wanted``, newest first."""
    rows = session.execute(
        select(ChangeRow, PaperSetRow.n_papers)
        .outerjoin(PaperSetRow, ChangeRow.papers == PaperSetRow.digest)
        .where(*wanted)
        .order_by(ChangeRow.id.desc())
        .limit(limit)
    ).all()
    undone = undone_among([row.id for row, _ in rows], _undos_of(session, [row.id for row, _ in rows]))
    return tuple(change_of(row, is_undone=row.id in undone, n_papers=n_papers or 0) for row, n_papers in rows)


def _undos_of(session: Session, change_ids: Sequence[int]) -> dict[int, int]:
    """Undo → what it takes back, for all that lead to one of ``change_ids``, over however many steps."""
    found: dict[int, int] = {}
    while change_ids:
        rows = session.execute(select(ChangeRow.id, ChangeRow.undoes).where(ChangeRow.undoes.in_(change_ids))).all()
        steps = {change_id: undoes for change_id, undoes in rows if undoes is not None and change_id not in found}
        found.update(steps)
        change_ids = list(steps)
    return found


def same_subject(row: ChangeRow) -> tuple[ColumnElement[bool], ...]:
    """What finds the changes of the topic, or of the paper, that ``row`` changed."""
    if row.paper_id is not None:
        return ChangeRow.corpus == row.corpus, ChangeRow.paper_id == row.paper_id
    return ChangeRow.corpus == row.corpus, ChangeRow.topic_id == row.topic_id, ChangeRow.paper_id.is_(None)


def papers_said_of(session: Session, digest: str | None) -> PaperSet:
    """The papers kept under ``digest``; none where nobody told."""
    content = session.scalar(select(PaperSetRow.paper_ids).where(PaperSetRow.digest == digest))
    return paper_set(unpacked(content) if content is not None else ())


def topic_since(corpus: str, topic_id: str, version: int) -> tuple[ColumnElement[bool], ...]:
    """What finds the changes of a topic after ``version``."""
    return ChangeRow.corpus == corpus, ChangeRow.topic_id == topic_id, ChangeRow.version > version


def moves_of(corpus: str, paper_id: str) -> tuple[ColumnElement[bool], ...]:
    """What finds the moves of a paper."""
    return ChangeRow.corpus == corpus, ChangeRow.paper_id == paper_id


def what_came_first(session: Session, *wanted: ColumnElement[bool], limit: int = _TOLD_CHANGES) -> str:
    """The sentence of a conflict: who did what, and when, while somebody else was still looking."""
    told = [
        f"{change.who} {in_words(change)} ({when_in_words(change.at)})"
        for change in changes_where(session, *wanted, limit=limit)
    ]
    first = "; ".join(told) or "Somebody has changed this"
    return f"{first}. That came first, so yours was not kept: look at what stands now, and change it again if need be."
