"""Whose something is: what reading lists, tags, notes, views and followed topics have in common."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from dashboard.curation.database import Database
from dashboard.curation.errors import CurationError, NotAllowed
from dashboard.curation.tables import FollowRow, NoteRow, PersonRow, ReadingListRow, TagRow, ViewRow
from dashboard.curation.wording import NAME_CHARACTERS
from dashboard.people import Person
from dashboard.safe_text import one_line

Named = TypeVar("Named", ReadingListRow, ViewRow)
Shared = type[ReadingListRow] | type[TagRow] | type[NoteRow] | type[ViewRow]
Owned = Shared | type[FollowRow]


class Owner:
    """One person in front of one database.

    Raises
    ------
    NotAllowed
        They have no identity that something could be kept under.
    """

    def __init__(self, database: Database, person: Person) -> None:
        if not person.is_known:
            raise NotAllowed("Nothing can be kept here without signing in; the reading list of this browser works.")
        self._database = database
        self._me = person.person_id
        self._name = one_line(person.name, NAME_CHARACTERS) or "Somebody"

    def _visible(self, table: Shared) -> ColumnElement[bool]:
        return or_(table.owner == self._me, table.is_shared)

    def _queue(self, session: Session) -> None:
        """Wait for whatever else this person is writing just now, and keep it waiting: limits then hold."""
        new = self._database.insert(PersonRow).values(person_id=self._me, name=self._name)
        session.execute(new.on_conflict_do_update(index_elements=["person_id"], set_={"name": self._name}))

    def _own(self, session: Session, table: type[Named], row_id: int, what: str) -> Named:
        """The row when it is this person's; somebody else's private one is as good as absent."""
        row = session.get(table, row_id)
        if row is None or (row.owner != self._me and not row.is_shared):
            raise CurationError(f"This {what} is no longer there.")
        if row.owner != self._me:
            raise NotAllowed(f"This {what} is shared with you: only its owner can change it.")
        return row

    def _refuse_twice(self, session: Session, table: type[Named], corpus: str, name: str) -> None:
        wanted = (table.owner == self._me, table.corpus == corpus, table.name == name)
        if session.scalar(select(table.id).where(*wanted)) is not None:
            raise CurationError(f"You already have one called “{name}”.")

    def _refuse_more(self, session: Session, table: Owned, corpus: str, limit: int, what: str) -> None:
        """Whether what was just written is within ``limit``; the error takes it back."""
        wanted: Any = (table.owner == self._me, table.corpus == corpus)
        if (session.scalar(select(func.count()).select_from(table).where(*wanted)) or 0) > limit:
            raise CurationError(f"You can keep {limit:,} {what} in one corpus: delete some first.")
