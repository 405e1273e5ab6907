"""What people may write: names, notes, tags, links and ids, cleaned or refused with a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from dashboard.curation.errors import CurationError
from dashboard.safe_text import for_text, one_line
from pipeline.schema import OUTLIER_TOPIC_ID

NAME_CHARACTERS = 120
"""Longest name of a topic, a reading list or a view."""

NOTE_CHARACTERS = 5_000
"""Longest note."""

TAG_CHARACTERS = 50
"""Longest tag."""

QUERY_CHARACTERS = 4_000
"""Longest link of a saved view."""

ID_CHARACTERS = 300
"""Longest id of a paper, topic or corpus."""

MAX_PAPERS = 1_000_000
"""Most papers one change can be said of."""

MAX_PINNED = 20
"""Most papers pinned to a topic."""

_QUERY = re.compile(r"[A-Za-z0-9\-._~!$'()*+,;:@/?%&=]*")


def cleaned_name(text: str, what: str = "A name") -> str:
    """``text`` on one line, without control and reordering characters; may be empty.

    Raises
    ------
    CurationError
        It is longer than `NAME_CHARACTERS`; ``what`` begins the sentence.
    """
    return _short_enough(one_line(unicodedata.normalize("NFC", text)), NAME_CHARACTERS, what)


def needed_name(text: str, what: str) -> str:
    """`cleaned_name` of something that cannot be without one.

    Raises
    ------
    CurationError
        It is empty or too long.
    """
    if name := cleaned_name(text, what):
        return name
    raise CurationError(f"{what} needs at least one character.")


def cleaned_note(text: str) -> str:
    """``text`` without control and reordering characters, line breaks kept; may be empty.

    Raises
    ------
    CurationError
        It is longer than `NOTE_CHARACTERS`.
    """
    return _short_enough(for_text(unicodedata.normalize("NFC", text)).strip(), NOTE_CHARACTERS, "A note")


def cleaned_tag(text: str) -> str:
    """A tag on one line, in small letters, so that it is found again.

    Raises
    ------
    CurationError
        It is empty, or longer than `TAG_CHARACTERS`.
    """
    tag = _short_enough(one_line(unicodedata.normalize("NFC", text)).casefold(), TAG_CHARACTERS, "A tag")
    if not tag:
        raise CurationError("A tag needs at least one character.")
    return tag


def cleaned_query(query: str) -> str:
    """The query string of a permalink, without the question mark: never a whole address.

    Raises
    ------
    CurationError
        It is too long, or holds what no query string holds.
    """
    query = _short_enough(query.removeprefix("?"), QUERY_CHARACTERS, "The link of a view")
    if not _QUERY.fullmatch(query):
        raise CurationError("This view cannot be kept: its link has characters that no link has.")
    return query


def checked_id(text: str, what: str) -> str:
    """``text`` when it can be an id, of a paper, topic or corpus as ``what`` says.

    Raises
    ------
    CurationError
        It is empty, too long, or holds characters that cannot be shown.
    """
    if not text or len(text) > ID_CHARACTERS or any(unicodedata.category(c) in ("Cc", "Cs") for c in text):
        raise CurationError(f"{one_line(text, 40) or 'Nothing'} is no id of a {what}.")
    return text


def checked_topic(topic_id: str) -> str:
    """``topic_id`` when something can be said of it.

    Raises
    ------
    CurationError
        It is no id, or that of the papers outside every topic.
    """
    if topic_id == OUTLIER_TOPIC_ID:
        raise CurationError("The papers outside every topic are no topic: nothing can be said of them together.")
    return checked_id(topic_id, "topic")


def checked_papers(paper_ids: Iterable[str], limit: int = MAX_PAPERS) -> tuple[str, ...]:
    """Ids of papers in their order, each once.

    Raises
    ------
    CurationError
        One is no id, or there are more than ``limit``.
    """
    papers = tuple(dict.fromkeys(checked_id(paper_id, "paper") for paper_id in paper_ids))
    if len(papers) > limit:
        raise CurationError(f"These are {len(papers):,} papers; at most {limit:,} can be taken.")
    return papers


def _short_enough(text: str, limit: int, what: str) -> str:
    if len(text) > limit:
        raise CurationError(f"{what} may have {limit:,} characters; this has {len(text):,}.")
    return text
