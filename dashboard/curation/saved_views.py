"""Views that people keep, and topics they follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.orm import Session

from dashboard.curation.changes import Change
from dashboard.curation.ledger import changes_where
from dashboard.curation.ownership import Owner
from dashboard.curation.tables import ChangeRow, FollowRow, PersonRow, ViewRow
from dashboard.curation.wording import checked_id, checked_topic, cleaned_query, needed_name

MAX_VIEWS = 200
"""Most views one person keeps of one corpus."""

MAX_FOLLOWED = 500
"""Most topics one person follows in one corpus."""

_MAX_NEWS = 200


@dataclass(frozen=True)
class SavedView:
    """A view by name; ``query`` is its permalink's query string, without the question mark."""

    view_id: int
    name: str
    query: str
    owner: str
    is_own: bool
    is_shared: bool
    changed_at: datetime


class Views(Owner):
    """One's own saved views and those that others share; the topics one follows, which nobody else sees."""

    # --- views ------------------------------------------------------------------------------------

    def views(self, corpus: str) -> tuple[SavedView, ...]:
        """One's own saved views, by name, then those others share."""
        with self._database.read() as session:
            rows = session.execute(
                select(ViewRow, PersonRow.name)
                .join(PersonRow, PersonRow.person_id == ViewRow.owner)
                .where(ViewRow.corpus == corpus, self._visible(ViewRow))
            ).all()
        found = [
            SavedView(row.id, row.name, row.query, owner, row.owner == self._me, row.is_shared, row.changed_at)
            for row, owner in rows
        ]
        return tuple(sorted(found, key=lambda one: (not one.is_own, one.name.casefold(), one.owner, one.view_id)))

    def save_view(self, corpus: str, name: str, query: str, *, is_shared: bool = False) -> int:
        """Keep a view under a name; its id.

        Raises
        ------
        CurationError
            There is one of this name, there are too many, or the name or link cannot be.
        """
        checked_id(corpus, "corpus")
        name, query = needed_name(name, "A view's name"), cleaned_query(query)
        with self._database.write() as session:
            self._queue(session)
            self._refuse_twice(session, ViewRow, corpus, name)
            row = ViewRow(
                owner=self._me, corpus=corpus, name=name, query=query, is_shared=is_shared, changed_at=datetime.now(UTC)
            )
            session.add(row)
            session.flush()
            self._refuse_more(session, ViewRow, corpus, MAX_VIEWS, "saved views")
            return row.id

    def share_view(self, view_id: int, is_shared: bool) -> None:
        """Share a view of one's own, or take it back.

        Raises
        ------
        NotAllowed
            It is shared, and somebody else's.
        CurationError
            It is not there.
        """
        with self._database.write() as session:
            row = self._own(session, ViewRow, view_id, "view")
            row.is_shared, row.changed_at = is_shared, datetime.now(UTC)

    def delete_view(self, view_id: int) -> None:
        """Delete a view of one's own, for good.

        Raises
        ------
        NotAllowed, CurationError
            As `share_view`.
        """
        with self._database.write() as session:
            session.delete(self._own(session, ViewRow, view_id, "view"))

    # --- topics followed ----------------------------------------------------------------------------

    def followed(self, corpus: str) -> frozenset[str]:
        """The topics one follows."""
        with self._database.read() as session:
            topics = select(FollowRow.topic_id).where(FollowRow.owner == self._me, FollowRow.corpus == corpus)
            return frozenset(session.scalars(topics))

    def follow(self, corpus: str, topic_id: str) -> None:
        """Follow a topic from now on; following it twice is following it.

        Raises
        ------
        CurationError
            There are too many.
        """
        checked_id(corpus, "corpus")
        checked_topic(topic_id)
        with self._database.write() as session:
            self._queue(session)
            new = self._database.insert(FollowRow).values(
                owner=self._me, corpus=corpus, topic_id=topic_id, seen_change=_newest_change(session, corpus)
            )
            session.execute(new.on_conflict_do_nothing())
            self._refuse_more(session, FollowRow, corpus, MAX_FOLLOWED, "topics to follow")

    def unfollow(self, corpus: str, topic_id: str) -> None:
        """Follow a topic no longer."""
        with self._database.write() as session:
            session.execute(
                delete(FollowRow).where(
                    FollowRow.owner == self._me, FollowRow.corpus == corpus, FollowRow.topic_id == topic_id
                )
            )

    def news(self, corpus: str) -> tuple[Change, ...]:
        """What others changed of the topics one follows, since `mark_seen`, newest first; at most 200."""
        unseen = and_(
            FollowRow.owner == self._me,
            FollowRow.corpus == ChangeRow.corpus,
            FollowRow.topic_id == ChangeRow.topic_id,
            FollowRow.seen_change < ChangeRow.id,
        )
        with self._database.read() as session:
            return changes_where(
                session,
                ChangeRow.corpus == corpus,
                ChangeRow.person_id != self._me,
                select(FollowRow.topic_id).where(unseen).exists(),
                limit=_MAX_NEWS,
            )

    def mark_seen(self, corpus: str) -> None:
        """`news` begins anew from here."""
        with self._database.write() as session:
            session.execute(
                update(FollowRow)
                .where(FollowRow.owner == self._me, FollowRow.corpus == corpus)
                .values(seen_change=_newest_change(session, corpus))
            )


def _newest_change(session: Session, corpus: str) -> int:
    return session.scalar(select(func.max(ChangeRow.id)).where(ChangeRow.corpus == corpus)) or 0
