"""What curators say of topics and papers: read, changed, looked up and taken back.

Every change of a corpus queues at that corpus's row, so that each sees what
the one before it left: two curators at the same topic, a merge that would
close a circle, an undo over something newer. Who may do what is asked here,
whatever a page shows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from types import MappingProxyType

from sqlalchemy import select

from dashboard.curation.changes import (
    Change,
    TopicChange,
    changed,
    in_the_way,
    in_words,
    when_in_words,
)
from dashboard.curation.database import Database
from dashboard.curation.entries import Entry
from dashboard.curation.errors import Conflict, CurationError, NotAllowed
from dashboard.curation.ledger import (
    changes_where,
    followed,
    merges,
    moves_of,
    paper_standing,
    papers_said_of,
    revision_of,
    same_subject,
    topic_since,
    topic_standing,
    what_came_first,
)
from dashboard.curation.overlay import Curation, TopicCuration
from dashboard.curation.paper_sets import paper_set, unpacked
from dashboard.curation.records import change_of, topic_of
from dashboard.curation.shelf import Shelf
from dashboard.curation.tables import ChangeRow, MovedPaperRow, PaperSetRow, TopicRow
from dashboard.curation.wording import checked_id, checked_topic
from dashboard.people import Person, Role
from pipeline.schema import OUTLIER_TOPIC_ID

HISTORY_PAGE = 50
"""Changes of the history given at once, unless said otherwise."""

_MAX_HISTORY = 1_000


class CurationStore:
    """The curation of all corpora in one database; one for a process, used by all its threads.

    Parameters
    ----------
    url
        A SQLAlchemy URL of SQLite or PostgreSQL. Its tables are made, or brought up to date.

    Raises
    ------
    CurationUnavailable
        From here and from every method: the database does not answer, or cannot be written.
    """

    def __init__(self, url: str) -> None:
        self._database = Database(url)

    def close(self) -> None:
        """Let the database go."""
        self._database.close()

    def shelf(self, person: Person) -> Shelf:
        """What ``person`` keeps for themselves: reading lists, tags, notes, views, topics they follow.

        Raises
        ------
        NotAllowed
            They have no identity that something could be kept under.
        """
        return Shelf(self._database, person)

    # --- reading ---------------------------------------------------------------------------

    def revision(self, corpus: str) -> int:
        """How often ``corpus`` was changed; 0 for one that nobody has touched. One row is read."""
        with self._database.read() as session:
            return revision_of(session, corpus)

    def curation(self, corpus: str) -> Curation:
        """All that stands of ``corpus``, as of one moment."""
        with self._database.read() as session:
            revision = revision_of(session, corpus)
            topics = session.scalars(select(TopicRow).where(TopicRow.corpus == corpus)).all()
            moved = session.scalars(select(MovedPaperRow).where(MovedPaperRow.corpus == corpus)).all()
        merged = {row.topic_id: row.merged_into for row in topics if row.merged_into is not None}
        return Curation(
            corpus,
            revision,
            MappingProxyType({row.topic_id: followed(topic_of(row), merged) for row in topics}),
            MappingProxyType({row.paper_id: row.topic_id for row in moved}),
        )

    def history(
        self, corpus: str, topic_id: str | None = None, *, before: int | None = None, limit: int = HISTORY_PAGE
    ) -> tuple[Change, ...]:
        """Changes of ``corpus``, newest first.

        Parameters
        ----------
        topic_id
            Only those of this topic, and of papers that were put in it.
        before
            Only those older than the change with this id: the next page.
        limit
            At most so many, and never more than 1,000.
        """
        wanted = [ChangeRow.corpus == corpus]
        if topic_id is not None:
            wanted.append(ChangeRow.topic_id == topic_id)
        if before is not None:
            wanted.append(ChangeRow.id < before)
        with self._database.read() as session:
            return changes_where(session, *wanted, limit=max(1, min(limit, _MAX_HISTORY)))

    def said_of(self, change_id: int) -> tuple[str, ...]:
        """The papers a change was said of, sorted: those its topic had then, in the snapshot on the screen."""
        with self._database.read() as session:
            content = session.scalar(
                select(PaperSetRow.paper_ids)
                .join(ChangeRow, ChangeRow.papers == PaperSetRow.digest)
                .where(ChangeRow.id == change_id)
            )
        return unpacked(content) if content is not None else ()

    def papers_of(self, corpus: str) -> dict[str, tuple[str, ...]]:
        """Topic id → the papers it had when something was last said of it, for all that have been curated."""
        with self._database.read() as session:
            rows = session.execute(
                select(TopicRow.topic_id, PaperSetRow.paper_ids)
                .join(PaperSetRow, TopicRow.papers == PaperSetRow.digest)
                .where(TopicRow.corpus == corpus)
            ).all()
        return {topic_id: unpacked(content) for topic_id, content in rows}

    # --- changing ----------------------------------------------------------------------------

    def change_topic(
        self,
        person: Person,
        corpus: str,
        topic_id: str,
        *,
        seen_version: int,
        papers: Iterable[str],
        changes: TopicChange,
    ) -> TopicCuration:
        """Change what stands of a topic.

        Parameters
        ----------
        seen_version
            `TopicCuration.version` of what was on the screen; 0 where nothing stood yet.
        papers
            Ids of the papers the topic has in the snapshot on the screen, in any order: what the change is said of.
        changes
            What is to be; where it already is, nothing happens.

        Returns
        -------
        TopicCuration
            What stands now.

        Raises
        ------
        NotAllowed
            ``person`` is no curator.
        Conflict
            Somebody changed this topic after ``seen_version``; the sentence says who, what and when.
        CurationError
            A value may not be.
        """
        _ask_for_curator(person)
        checked_topic(topic_id)
        values, said_of = changes.values(topic_id), paper_set(papers)
        with self._database.write() as session:
            entry = Entry(self._database, session, person, corpus)
            standing = topic_standing(session, corpus, topic_id)
            after, was, becomes = changed(standing, values)
            if becomes:
                if standing.version != seen_version:
                    raise Conflict(what_came_first(session, *topic_since(corpus, topic_id, seen_version)))
                after = entry.write_topic(after, said_of)
                entry.record(was, becomes, said_of, topic=after)
            return followed(after, merges(session, corpus))

    def move_paper(
        self,
        person: Person,
        corpus: str,
        paper_id: str,
        topic_id: str | None,
        *,
        seen: str | None,
        papers: Collection[str] = (),
    ) -> None:
        """Put a paper in another topic, outside every topic (``outlier``), or back in its own (``None``).

        Parameters
        ----------
        seen
            Where curators had put it, on the screen: `Curation.moved` of the paper, ``None`` if nowhere.
        papers
            Ids of the papers its new topic has, so that a later fit can be compared.

        Raises
        ------
        NotAllowed
            ``person`` is no curator.
        Conflict
            Somebody has moved it meanwhile.
        CurationError
            An id is none.
        """
        _ask_for_curator(person)
        checked_id(paper_id, "paper")
        if topic_id is not None and topic_id != OUTLIER_TOPIC_ID:
            checked_topic(topic_id)
        said_of = paper_set(papers)
        with self._database.write() as session:
            entry = Entry(self._database, session, person, corpus)
            standing = paper_standing(session, corpus, paper_id)
            if standing == topic_id:
                return
            if standing != seen:
                raise Conflict(what_came_first(session, *moves_of(corpus, paper_id), limit=1))
            entry.write_move(paper_id, standing, topic_id, said_of)
            entry.record({"topic_id": standing}, {"topic_id": topic_id}, said_of, paper_id=paper_id)

    def undo(self, person: Person, change_id: int) -> Change:
        """Take a change back, whoever made it; that is a change too, and can itself be taken back.

        Raises
        ------
        NotAllowed
            ``person`` is no curator.
        Conflict
            Something newer would be lost; the sentence says what.
        CurationError
            There is no such change, or it is taken back already.
        """
        _ask_for_curator(person)
        with self._database.write() as session:
            corpus = session.scalar(select(ChangeRow.corpus).where(ChangeRow.id == change_id))
            if corpus is None:
                raise CurationError("There is no such change.")
            entry = Entry(self._database, session, person, corpus)
            row = session.get_one(ChangeRow, change_id)
            said_of, change = papers_said_of(session, row.papers), change_of(row)
            other = in_the_way(change, changes_where(session, *same_subject(row), ChangeRow.id > change_id))
            if other is not None and other.undoes == change_id:
                raise CurationError(f"{other.who} has taken this back already ({when_in_words(other.at)}).")
            if other is not None:
                raise Conflict(
                    f"{other.who} {in_words(other)} later ({when_in_words(other.at)}): take that back first."
                )
            if row.paper_id is not None:
                entry.write_move(row.paper_id, change.after["topic_id"], change.before["topic_id"], said_of)
                return entry.record(change.after, change.before, said_of, paper_id=row.paper_id, undoes=change_id)
            standing = topic_standing(session, corpus, str(row.topic_id))
            after, was, becomes = changed(standing, change.before)
            after = entry.write_topic(after, said_of)
            return entry.record(was, becomes, said_of, topic=after, undoes=change_id)


def _ask_for_curator(person: Person) -> None:
    if not person.is_known:
        raise NotAllowed("Nothing can be changed here without signing in.")
    if not person.role.may(Role.CURATOR):
        raise NotAllowed("Only curators change topics: whoever runs this dashboard can make you one.")
