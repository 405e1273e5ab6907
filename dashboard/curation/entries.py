"""What one curator writes in one transaction: what stands, and the change that led to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from dashboard.curation.changes import Change, as_written, check_no_circle
from dashboard.curation.database import Database
from dashboard.curation.errors import Conflict
from dashboard.curation.ledger import merges, moves_of, revision_of, topic_since, what_came_first
from dashboard.curation.overlay import TopicCuration
from dashboard.curation.paper_sets import PaperSet, packed
from dashboard.curation.records import change_of, column_values
from dashboard.curation.tables import ChangeRow, CorpusRow, MovedPaperRow, PaperSetRow, TopicRow
from dashboard.curation.wording import NAME_CHARACTERS, checked_id
from dashboard.people import Person
from dashboard.safe_text import one_line


class Entry:
    """One curator changing one corpus; whoever else wants to waits until the transaction ends.

    Raises
    ------
    CurationError
        ``corpus`` can be no name of one.
    """

    def __init__(self, database: Database, session: Session, person: Person, corpus: str) -> None:
        checked_id(corpus, "corpus")
        session.execute(database.insert(CorpusRow).values(corpus=corpus, revision=0).on_conflict_do_nothing())
        session.execute(select(CorpusRow.revision).where(CorpusRow.corpus == corpus).with_for_update())
        self._database, self._session = database, session
        self._person_id, self._name = person.person_id, one_line(person.name, NAME_CHARACTERS) or "Somebody"
        self._corpus, self._now = corpus, datetime.now(UTC)

    def write_topic(self, topic: TopicCuration, said_of: PaperSet) -> TopicCuration:
        """Write ``topic`` over its version before; whoever came first, by whatever way, keeps theirs.

        Raises
        ------
        Conflict
            Another version stands.
        CurationError
            Merging would go round in a circle.
        """
        if topic.merged_into is not None:
            check_no_circle(topic.topic_id, topic.merged_into, merges(self._session, self._corpus))
        topic = replace(topic, changed_by=self._name, changed_at=self._now)
        values = {**column_values(topic), "papers": self._keep(said_of)}
        before = topic.version - 1
        there = (
            TopicRow.corpus == self._corpus,
            TopicRow.topic_id == topic.topic_id,
            TopicRow.version == before,
        )
        new = self._database.insert(TopicRow).values(corpus=self._corpus, topic_id=topic.topic_id, **values)
        statement = update(TopicRow).where(*there).values(**values) if before else new.on_conflict_do_nothing()
        if self._session.execute(statement.returning(TopicRow.topic_id)).first() is None:
            raise Conflict(what_came_first(self._session, *topic_since(self._corpus, topic.topic_id, before)))
        return topic

    def write_move(self, paper_id: str, seen: str | None, topic_id: str | None, said_of: PaperSet) -> None:
        """Write where a paper is over where it was; whoever came first keeps theirs.

        Raises
        ------
        Conflict
            It is somewhere else.
        """
        there = (
            MovedPaperRow.corpus == self._corpus,
            MovedPaperRow.paper_id == paper_id,
            MovedPaperRow.topic_id == seen,
        )
        values = {"topic_id": topic_id, "papers": self._keep(said_of)}
        new = self._database.insert(MovedPaperRow).values(corpus=self._corpus, paper_id=paper_id, **values)
        over = update(MovedPaperRow).where(*there).values(**values)
        elsewhere = over if topic_id is not None else delete(MovedPaperRow).where(*there)
        statement = new.on_conflict_do_nothing() if seen is None else elsewhere
        if self._session.execute(statement.returning(MovedPaperRow.paper_id)).first() is None:
            raise Conflict(what_came_first(self._session, *moves_of(self._corpus, paper_id), limit=1))

    def record(
        self,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        said_of: PaperSet,
        *,
        topic: TopicCuration | None = None,
        paper_id: str | None = None,
        undoes: int | None = None,
    ) -> Change:
        """Add a change, of ``topic`` or of a paper, to the history and count the corpus's revision on."""
        counted = update(CorpusRow).where(CorpusRow.corpus == self._corpus)
        self._session.execute(counted.values(revision=CorpusRow.revision + 1))
        row = ChangeRow(
            corpus=self._corpus,
            revision=revision_of(self._session, self._corpus),
            topic_id=topic.topic_id if topic else after["topic_id"],
            version=topic.version if topic else None,
            paper_id=paper_id,
            person_id=self._person_id,
            person_name=self._name,
            at=self._now,
            before=as_written(before),
            after=as_written(after),
            papers=self._keep(said_of),
            undoes=undoes,
        )
        self._session.add(row)
        self._session.flush()
        return change_of(row, n_papers=len(said_of.paper_ids))

    def _keep(self, papers: PaperSet) -> str | None:
        """The digest under which ``papers`` are kept; ``None`` for none."""
        if not papers.paper_ids:
            return None
        new = self._database.insert(PaperSetRow).values(
            digest=papers.digest, n_papers=len(papers.paper_ids), paper_ids=packed(papers)
        )
        self._session.execute(new.on_conflict_do_nothing())
        return papers.digest
