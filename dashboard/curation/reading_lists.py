"""Reading lists that are kept here: named, private or shared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from dashboard.curation.changes import KEEP, Keep
from dashboard.curation.database import Database
from dashboard.curation.errors import CurationError
from dashboard.curation.ownership import Owner
from dashboard.curation.tables import ListedPaperRow, PersonRow, ReadingListRow
from dashboard.curation.wording import checked_id, checked_papers, needed_name

MAX_LISTS = 100
"""Most reading lists of one person in one corpus."""

MAX_LISTED = 5_000
"""Most papers on one list."""


@dataclass(frozen=True)
class ReadingList:
    """A named list of papers; ``is_own`` when it is the reader's, else shared with them by ``owner``."""

    list_id: int
    name: str
    owner: str
    is_own: bool
    is_shared: bool
    paper_ids: tuple[str, ...]
    changed_at: datetime


class ReadingLists(Owner):
    """One's own lists, and those that others share."""

    def reading_lists(self, corpus: str) -> tuple[ReadingList, ...]:
        """One's own, by name, then those others share."""
        with self._database.read() as session:
            rows = session.execute(
                select(ReadingListRow, PersonRow.name)
                .join(PersonRow, PersonRow.person_id == ReadingListRow.owner)
                .where(ReadingListRow.corpus == corpus, self._visible(ReadingListRow))
            ).all()
            papers: dict[int, list[str]] = {row.id: [] for row, _ in rows}
            listed = session.execute(
                select(ListedPaperRow.list_id, ListedPaperRow.paper_id)
                .where(ListedPaperRow.list_id.in_(papers))
                .order_by(ListedPaperRow.list_id, ListedPaperRow.position)
            )
            for list_id, paper_id in listed:
                papers[list_id].append(paper_id)
        found = [
            ReadingList(
                row.id, row.name, owner, row.owner == self._me, row.is_shared, tuple(papers[row.id]), row.changed_at
            )
            for row, owner in rows
        ]
        return tuple(sorted(found, key=lambda one: (not one.is_own, one.name.casefold(), one.owner, one.list_id)))

    def make_list(self, corpus: str, name: str, papers: Iterable[str] = (), *, is_shared: bool = False) -> int:
        """A new reading list; its id.

        Raises
        ------
        CurationError
            There is one of this name, there are too many, or the name or a paper cannot be.
        """
        checked_id(corpus, "corpus")
        name, paper_ids = needed_name(name, "A reading list's name"), checked_papers(papers, MAX_LISTED)
        with self._database.write() as session:
            self._queue(session)
            self._refuse_twice(session, ReadingListRow, corpus, name)
            row = ReadingListRow(
                owner=self._me, corpus=corpus, name=name, is_shared=is_shared, changed_at=datetime.now(UTC)
            )
            session.add(row)
            session.flush()
            self._refuse_more(session, ReadingListRow, corpus, MAX_LISTS, "reading lists")
            _add_papers(self._database, session, row.id, paper_ids)
            return row.id

    def change_list(self, list_id: int, *, name: str | Keep = KEEP, is_shared: bool | Keep = KEEP) -> None:
        """Rename a list of one's own, share it or take it back.

        Raises
        ------
        NotAllowed
            It is shared, and somebody else's.
        CurationError
            It is not there, or the name cannot be.
        """
        with self._database.write() as session:
            self._queue(session)
            row = self._own(session, ReadingListRow, list_id, "reading list")
            if not isinstance(name, Keep):
                name = needed_name(name, "A reading list's name")
                if name != row.name:
                    self._refuse_twice(session, ReadingListRow, row.corpus, name)
                row.name = name
            if not isinstance(is_shared, Keep):
                row.is_shared = is_shared
            row.changed_at = datetime.now(UTC)

    def add_to_list(self, list_id: int, papers: Iterable[str]) -> int:
        """Put papers at the end of a list of one's own; how many were new.

        Raises
        ------
        NotAllowed, CurationError
            As `change_list`; or it would be longer than `MAX_LISTED`.
        """
        paper_ids = checked_papers(papers, MAX_LISTED)
        with self._database.write() as session:
            self._queue(session)
            row = self._own(session, ReadingListRow, list_id, "reading list")
            row.changed_at = datetime.now(UTC)
            return _add_papers(self._database, session, list_id, paper_ids)

    def remove_from_list(self, list_id: int, papers: Iterable[str]) -> None:
        """Take papers off a list of one's own; those that are not on it are no error.

        Raises
        ------
        NotAllowed, CurationError
            As `change_list`.
        """
        paper_ids = checked_papers(papers, MAX_LISTED)
        with self._database.write() as session:
            self._queue(session)
            self._own(session, ReadingListRow, list_id, "reading list").changed_at = datetime.now(UTC)
            session.execute(
                delete(ListedPaperRow).where(ListedPaperRow.list_id == list_id, ListedPaperRow.paper_id.in_(paper_ids))
            )

    def delete_list(self, list_id: int) -> None:
        """Delete a list of one's own, for good.

        Raises
        ------
        NotAllowed, CurationError
            As `change_list`.
        """
        with self._database.write() as session:
            self._own(session, ReadingListRow, list_id, "reading list")
            session.execute(delete(ReadingListRow).where(ReadingListRow.id == list_id))


def _add_papers(database: Database, session: Session, list_id: int, paper_ids: tuple[str, ...]) -> int:
    on_list = session.execute(
        select(func.count(), func.max(ListedPaperRow.position)).where(ListedPaperRow.list_id == list_id)
    ).one()
    n_listed, last = int(on_list[0]), int(on_list[1] or 0)
    there = set(session.scalars(select(ListedPaperRow.paper_id).where(ListedPaperRow.list_id == list_id)))
    new = [paper_id for paper_id in paper_ids if paper_id not in there]
    if n_listed + len(new) > MAX_LISTED:
        raise CurationError(f"A reading list holds {MAX_LISTED:,} papers; this would have {n_listed + len(new):,}.")
    rows = [
        {"list_id": list_id, "paper_id": paper_id, "position": last + place} for place, paper_id in enumerate(new, 1)
    ]
    if rows:
        session.execute(database.insert(ListedPaperRow), rows)
    return len(new)
