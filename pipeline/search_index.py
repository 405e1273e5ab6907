"""Papers → ``search.sqlite``: one FTS5 table over what people search for.

The table is *contentless*: it holds the words and where they stand, not the
texts, which the snapshot has already (``papers.parquet``, ``abstracts.arrow``).
Phrases, prefixes and bm25 ranking work, while FTS5's own ``snippet`` and
``highlight`` do not, so the dashboard marks hits itself, in the few texts that
are on screen. There is no prefix index: at 82,613
papers ``prefix='2 3'`` made the file 139 MB instead of 59 MB and answered
``tr*`` (49,573 papers) in 55 ms instead of 72 ms.

Read it with ``sqlite3.connect("file:…/search.sqlite?mode=ro&immutable=1", uri=True)``::

    SELECT rowid - 1 FROM papers WHERE papers MATCH ? ORDER BY rank, rowid
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pandas as pd

from pipeline.search_text import SEARCH_COLUMNS, TOKENIZER, searchable

RANK_WEIGHTS = {"title": 8.0, "abstract": 1.0, "authors": 4.0, "venue": 2.0, "keywords": 4.0}
"""bm25 weight of a hit by column, stored in the file as the table's ``rank``."""

_CREATE = (
    f"CREATE VIRTUAL TABLE papers USING fts5({', '.join(SEARCH_COLUMNS)}, "
    f"""content='', tokenize="{TOKENIZER}")"""
)
_INSERT = "INSERT INTO papers (rowid, title, abstract, authors, venue, keywords) VALUES (?, ?, ?, ?, ?, ?)"
_CONFIGURE = "INSERT INTO papers (papers, rank) VALUES (?, ?)"
_COMMAND = "INSERT INTO papers (papers) VALUES (?)"
_HASH_BYTES = 64 * 2**20  # words gathered in memory before FTS5 writes a segment; fewer segments to merge


def write_search_index(path: Path, papers: pd.DataFrame, abstracts: Sequence[str]) -> None:
    """Write the full-text index of ``papers`` to the file ``path``, replacing it.

    Parameters
    ----------
    path : Path
        File to write.
    papers : DataFrame
        Columns ``title``, ``authors``, ``venue`` and ``keywords`` of
        ``schema.PAPERS``. The rowid of a paper is its position here + 1.
    abstracts : sequence of str
        Abstracts in the same order.

    Raises
    ------
    ValueError
        ``papers`` and ``abstracts`` differ in length.

    Notes
    -----
    The same input gives the same bytes with the same version of SQLite: one
    connection, one order of insertion, one final segment, no free pages.
    """
    if len(papers) != len(abstracts):
        raise ValueError(f"{len(papers)} papers but {len(abstracts)} abstracts")
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # The snapshot's publisher makes files durable and discards broken ones.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute(_CREATE)
        connection.execute(_CONFIGURE, ("hashsize", _HASH_BYTES))
        weights = ", ".join(str(RANK_WEIGHTS[column]) for column in SEARCH_COLUMNS)
        connection.execute(_CONFIGURE, ("rank", f"bm25({weights})"))
        connection.execute("BEGIN")
        connection.executemany(_INSERT, _records(papers, abstracts))
        connection.execute("COMMIT")
        connection.execute(_COMMAND, ("optimize",))
        connection.execute("VACUUM")


def _records(papers: pd.DataFrame, abstracts: Sequence[str]) -> Iterator[tuple[int, str, str, str, str, str]]:
    columns = zip(papers["title"], abstracts, papers["authors"], papers["venue"], papers["keywords"], strict=True)
    for rowid, (title, abstract, authors, venue, keywords) in enumerate(columns, start=1):
        yield (
            rowid,
            searchable(title),
            searchable(abstract),
            searchable("; ".join(authors)),
            searchable(venue) if isinstance(venue, str) else "",
            searchable("; ".join(keywords)),
        )
