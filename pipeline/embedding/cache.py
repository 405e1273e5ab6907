"""Vectors kept between fits, one SQLite file for each way of embedding."""

from __future__ import annotations

import fcntl
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

_LOOKUP = 500  # keys in one query; SQLite's oldest limit on parameters is 999
_WAIT = 30.0  # seconds to wait for another fit's write
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class VectorCache:
    """Vectors by key on disk; never a reason for a fit to fail.

    Every batch is one transaction of a database in write-ahead mode, so a killed process leaves all of its
    finished batches and several processes may work at once. Each vector carries a checksum, and one that fails
    it counts as absent. A damaged file is moved aside and begun anew; where nothing can be read or written the
    cache goes quiet. Both are said in ``notices``.

    Parameters
    ----------
    path
        The database; its folder is made when needed.
    dimensions
        Length of every vector.
    """

    def __init__(self, path: Path, dimensions: int) -> None:
        self.notices: list[str] = []
        self._path = path
        self._dimensions = dimensions
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> VectorCache:
        try:
            self._connect()
        except (sqlite3.Error, OSError) as error:
            self._recover(error)
        return self

    def __exit__(self, *exception: object) -> None:
        self._close()

    def find(self, keys: Iterable[bytes]) -> Iterator[tuple[bytes, Vector | None]]:
        """Every key with its vector, float32 ``(dimensions,)``, or ``None`` where there is none."""
        wanted = list(keys)
        for start in range(0, len(wanted), _LOOKUP):
            part = wanted[start : start + _LOOKUP]
            found = self._look_up(part)
            for key in part:
                yield key, found.get(key)

    def keep(self, vectors: Mapping[bytes, Vector]) -> None:
        """Store ``vectors`` in one transaction."""
        if self._connection is None:
            return
        stored = [(key, zlib.crc32(data), data) for key, data in ((k, v.tobytes()) for k, v in vectors.items())]
        try:
            with self._connection:
                self._connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", stored)
        except sqlite3.Error as error:
            self._recover(error)

    def _look_up(self, keys: list[bytes]) -> dict[bytes, Vector]:
        if self._connection is None:
            return {}
        question = f"SELECT key, checksum, vector FROM vectors WHERE key IN ({','.join('?' * len(keys))})"  # noqa: S608
        try:
            rows = self._connection.execute(question, keys).fetchall()
        except sqlite3.Error as error:
            self._recover(error)
            return {}
        return {
            key: np.frombuffer(data, dtype=np.float32)
            for key, checksum, data in rows
            if isinstance(data, bytes) and len(data) == 4 * self._dimensions and zlib.crc32(data) == checksum
        }

    def _connect(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=_WAIT)
        self._connection = connection
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        with connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, checksum INTEGER, vector BLOB)"
            )
        connection.execute("SELECT key, checksum, vector FROM vectors LIMIT 1").fetchall()

    def _close(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            try:
                connection.close()
            except sqlite3.Error:
                return  # nothing left to do for it: what was committed is on disk

    def _recover(self, error: sqlite3.Error | OSError) -> None:
        """Begin a damaged file anew; for any other trouble go on without a cache."""
        self._close()
        if not _is_damage(error):
            self._go_quiet(error)
            return
        try:
            if moved := self._move_aside():
                self.notices.append(
                    f"The cache of embeddings was damaged; it was set aside as {moved.name} and begun anew."
                )
            self._connect()
        except (sqlite3.Error, OSError) as second:
            self._close()
            self._go_quiet(second)

    def _go_quiet(self, error: sqlite3.Error | OSError) -> None:
        self.notices.append(
            f"Embeddings could not be kept in the cache folder ({_words(error)}): the next fit makes them again."
        )

    def _move_aside(self) -> Path | None:
        """Rename the damaged file; ``None`` when another process has just done so."""
        with open(f"{self._path}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if _is_sound(self._path):
                return None
            aside = self._path.with_name(f"{self._path.stem}.damaged-{time.strftime('%Y%m%dT%H%M%S')}.sqlite")
            self._path.replace(aside)
            for suffix in ("-wal", "-shm"):
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)
        return aside


def _is_damage(error: Exception) -> bool:
    """Whether ``error`` says that the file's content is wrong, not that it cannot be reached or written."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


def _words(error: sqlite3.Error | OSError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _is_sound(path: Path) -> bool:
    try:
        connection = sqlite3.connect(path, timeout=_WAIT)
        try:
            connection.execute("SELECT key, checksum, vector FROM vectors LIMIT 1").fetchall()
            return connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
        finally:
            connection.close()
    except sqlite3.Error:
        return False
