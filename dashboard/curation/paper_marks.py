"""Tags and notes that people put on papers: private or shared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, select

from dashboard.curation.ownership import Owner
from dashboard.curation.tables import NoteRow, PersonRow, TagRow
from dashboard.curation.wording import checked_id, checked_papers, cleaned_note, cleaned_tag

MAX_TAGGED = 20_000
"""Most tags of one person on the papers of one corpus."""

MAX_NOTES = 5_000
"""Most notes of one person on the papers of one corpus."""


@dataclass(frozen=True)
class Tag:
    """A tag on a paper."""

    paper_id: str
    tag: str
    owner: str
    is_own: bool
    is_shared: bool


@dataclass(frozen=True)
class Note:
    """A note on a paper: plain text."""

    paper_id: str
    text: str
    owner: str
    is_own: bool
    is_shared: bool
    changed_at: datetime


class PaperMarks(Owner):
    """One's own tags and notes, and those that others share."""

    # --- tags -------------------------------------------------------------------------------------

    def tags(self, corpus: str, paper_id: str | None = None) -> tuple[Tag, ...]:
        """One's own tags and those others share, of one paper or of all, by tag."""
        wanted = [TagRow.corpus == corpus, self._visible(TagRow)]
        if paper_id is not None:
            wanted.append(TagRow.paper_id == paper_id)
        with self._database.read() as session:
            rows = session.execute(
                select(TagRow, PersonRow.name).join(PersonRow, PersonRow.person_id == TagRow.owner).where(*wanted)
            ).all()
        found = [Tag(row.paper_id, row.tag, owner, row.owner == self._me, row.is_shared) for row, owner in rows]
        return tuple(sorted(found, key=lambda one: (one.tag, not one.is_own, one.owner, one.paper_id)))

    def tag(self, corpus: str, papers: Iterable[str], tag: str, *, is_shared: bool = False) -> None:
        """Put a tag on papers; where it already is, it is shared or not as now said.

        Raises
        ------
        CurationError
            The tag or a paper cannot be, or there would be too many.
        """
        checked_id(corpus, "corpus")
        tag, paper_ids = cleaned_tag(tag), checked_papers(papers, MAX_TAGGED)
        with self._database.write() as session:
            self._queue(session)
            for paper_id in paper_ids:
                new = self._database.insert(TagRow).values(
                    owner=self._me, corpus=corpus, paper_id=paper_id, tag=tag, is_shared=is_shared
                )
                session.execute(
                    new.on_conflict_do_update(
                        index_elements=["owner", "corpus", "paper_id", "tag"], set_={"is_shared": is_shared}
                    )
                )
            self._refuse_more(session, TagRow, corpus, MAX_TAGGED, "tags on papers")

    def untag(self, corpus: str, papers: Iterable[str], tag: str) -> None:
        """Take a tag of one's own off papers; where it is not, nothing happens."""
        tag, paper_ids = cleaned_tag(tag), checked_papers(papers, MAX_TAGGED)
        with self._database.write() as session:
            session.execute(
                delete(TagRow).where(
                    TagRow.owner == self._me,
                    TagRow.corpus == corpus,
                    TagRow.tag == tag,
                    TagRow.paper_id.in_(paper_ids),
                )
            )

    # --- notes ------------------------------------------------------------------------------------

    def notes(self, corpus: str, paper_id: str | None = None) -> tuple[Note, ...]:
        """One's own notes first, then those others share, of one paper or of all."""
        wanted = [NoteRow.corpus == corpus, self._visible(NoteRow)]
        if paper_id is not None:
            wanted.append(NoteRow.paper_id == paper_id)
        with self._database.read() as session:
            rows = session.execute(
                select(NoteRow, PersonRow.name).join(PersonRow, PersonRow.person_id == NoteRow.owner).where(*wanted)
            ).all()
        found = [
            Note(row.paper_id, row.text, owner, row.owner == self._me, row.is_shared, row.changed_at)
            for row, owner in rows
        ]
        return tuple(sorted(found, key=lambda one: (not one.is_own, one.owner, one.paper_id)))

    def write_note(self, corpus: str, paper_id: str, text: str, *, is_shared: bool = False) -> None:
        """Write one's note on a paper over the one before; an empty one takes it away.

        Raises
        ------
        CurationError
            It is too long, or there are too many.
        """
        checked_id(corpus, "corpus")
        checked_id(paper_id, "paper")
        text = cleaned_note(text)
        with self._database.write() as session:
            self._queue(session)
            there = (NoteRow.owner == self._me, NoteRow.corpus == corpus, NoteRow.paper_id == paper_id)
            session.execute(delete(NoteRow).where(*there))
            if text:
                session.add(
                    NoteRow(
                        owner=self._me,
                        corpus=corpus,
                        paper_id=paper_id,
                        text=text,
                        is_shared=is_shared,
                        changed_at=datetime.now(UTC),
                    )
                )
                session.flush()
                self._refuse_more(session, NoteRow, corpus, MAX_NOTES, "notes on papers")
