"""One database, SQLite or PostgreSQL: how it is opened, read and written.

Reading sees one moment; writing is one transaction that is kept whole or not
at all. SQLite takes a writer at a time (``BEGIN IMMEDIATE``), others wait;
PostgreSQL takes many, which queue at the row they change first.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session

from dashboard.curation import migrations
from dashboard.curation.errors import CurationUnavailable

_WAIT_SECONDS = 10.0  # for a writer before us
_CONNECT_SECONDS = 3
_POSTGRES_ADVICE = "install topic-explorer with its hosting extra"


class Database:
    """An open database with today's tables.

    Parameters
    ----------
    url
        ``sqlite:///FILE`` or ``postgresql://USER:PASSWORD@HOST/NAME``.

    Raises
    ------
    CurationUnavailable
        It cannot be reached or written, or is of a newer version.
    """

    def __init__(self, url: str) -> None:
        parsed = _checked(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.name = _name_of(parsed)
        self._engine = _sqlite_engine(parsed) if self.is_sqlite else _postgres_engine(parsed)
        isolation: dict[str, Any] = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._reading = self._engine.execution_options(**isolation)
        self._writing = self._engine.execution_options(writes=True)
        with self._in_plain_words():
            if self.is_sqlite:
                _write_ahead(self._engine)
            with self._writing.begin() as connection:
                migrations.bring_up_to_date(connection)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one moment and changes nothing.

        Raises
        ------
        CurationUnavailable
            The database does not answer.
        """
        with self._in_plain_words(), Session(self._reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose work is kept when the block ends well, and not at all when it does not.

        Raises
        ------
        CurationUnavailable
            The database does not answer; nothing was kept.
        """
        with self._in_plain_words(), Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    def insert(self, table: type[DeclarativeBase]) -> Any:
        """An INSERT that knows ``on_conflict_do_nothing``, which the two databases spell alike."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def close(self) -> None:
        """Let all connections go."""
        self._engine.dispose()

    @contextmanager
    def _in_plain_words(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise  # a constraint spoke, not the machine
        except PoolTimeout:
            raise CurationUnavailable(
                f"The curation database ({self.name}) is too busy just now; try again in a moment."
            ) from None
        except DBAPIError as error:
            raise CurationUnavailable(_why(error.orig, self.name)) from error
        except sqlite3.Error as error:  # before SQLAlchemy has a connection
            raise CurationUnavailable(_why(error, self.name)) from error


def _why(error: BaseException | None, name: str) -> str:
    said = str(error).lower()
    if isinstance(error, sqlite3.Error):
        if "readonly" in said or "unable to open" in said:
            return (
                f"The curation database ({name}) cannot be written: give the dashboard write access to its folder, "
                "or name another database in TOPIC_EXPLORER_DATABASE."
            )
        if "not a database" in said or "malformed" in said:
            return f"The curation database ({name}) is damaged: put the last back-up in its place."
        if "full" in said:
            return f"The curation database ({name}) cannot be written: the disk is full."
        if "locked" in said or "busy" in said:
            return f"The curation database ({name}) is too busy just now; try again in a moment."
    if "authentication" in said or "does not exist" in said:
        return f"The curation database ({name}) refuses us: check TOPIC_EXPLORER_DATABASE."
    return f"The curation database ({name}) does not answer just now; nothing was changed."


def _checked(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise CurationUnavailable(
            "TOPIC_EXPLORER_DATABASE is no database address; write sqlite:///FILE or "
            "postgresql://USER:PASSWORD@HOST/NAME."
        ) from None
    backend = parsed.drivername.partition("+")[0]
    if backend in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if backend == "sqlite" and parsed.database and parsed.database != ":memory:":
        return parsed.set(drivername="sqlite")
    raise CurationUnavailable("Curation is kept in SQLite (sqlite:///FILE) or PostgreSQL (postgresql://…), no other.")


def _name_of(url: URL) -> str:
    """What may be shown of an address: never a user, a password or a folder."""
    if url.get_backend_name() == "sqlite":
        return Path(url.database or "").name
    return f"PostgreSQL at {url.host or 'this machine'}"


# --- SQLite -------------------------------------------------------------------------------


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": _WAIT_SECONDS})

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours to say, not the driver's
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA synchronous = FULL")  # a committed change outlives a power cut
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        if connection.get_execution_options().get("writes"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _write_ahead(engine: Engine) -> None:
    """Readers and one writer at once, from the first start on.

    Changing the mode does not wait for others as everything else does, so two
    first starts at one moment try again.
    """
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        finally:
            connection.close()


# --- PostgreSQL -----------------------------------------------------------------------------


def _postgres_engine(url: URL) -> Engine:
    """Connections that are asked before they are used, so that a restarted server is no error."""
    try:
        return create_engine(
            url,
            pool_pre_ping=True,
            pool_size=5,
            max_overflow=10,
            pool_timeout=_WAIT_SECONDS,
            pool_recycle=1800,
            connect_args={
                "connect_timeout": _CONNECT_SECONDS,
                "application_name": "topic-explorer",
                "options": "-c statement_timeout=10s -c lock_timeout=10s -c idle_in_transaction_session_timeout=30s",
            },
        )
    except ModuleNotFoundError:
        raise CurationUnavailable(f"PostgreSQL needs the driver psycopg: {_POSTGRES_ADVICE}.") from None
