"""Who may change a corpus, and which snapshots are being read.

Both are advisory ``flock`` locks: the system lets go of them when a process
ends, however it ends, so a crash never leaves one behind.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.snapshot.layout import SnapshotError, SnapshotMissing

_POLL_SECONDS = 0.05
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def corpus_lock(folder: Path, wait_seconds: float) -> Iterator[None]:
    """Be the only one that changes corpus ``folder``.

    Raises
    ------
    SnapshotError
        Another process still held it after ``wait_seconds``, or the store
        cannot be written or locked.
    """
    descriptor = _open_lock(folder)
    try:
        _take(descriptor, folder, wait_seconds)
        yield
    finally:
        os.close(descriptor)


def _open_lock(folder: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(folder / ".lock", flags, 0o666)
    except OSError as error:
        raise SnapshotError(
            f"Corpus {folder.name} cannot be changed: its folder is not writable ({error.strerror})."
        ) from error


def _take(descriptor: int, folder: Path, wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise SnapshotError(
                    f"Another process is publishing or pruning corpus {folder.name}. Wait for it, then try again."
                ) from None
            time.sleep(_POLL_SECONDS)
        except OSError as error:
            raise SnapshotError(
                f"Corpus {folder.name} cannot be locked: its file system knows no locks "
                f"({error.strerror}). Keep the store on a local disk."
            ) from error


class ReadLease:
    """Keeps a snapshot's folder from being pruned for as long as this object lives.

    On a file system without locks, it protects nothing and says nothing:
    reading must work there too.

    Raises
    ------
    SnapshotMissing
        The folder is gone or being deleted.
    """

    def __init__(self, folder: Path) -> None:
        gone = SnapshotMissing(f"Snapshot {folder.name} has just been deleted.")
        try:
            descriptor = os.open(folder, _FOLDER)
        except OSError as error:
            if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}:
                raise gone from error
            raise
        self.release = weakref.finalize(self, os.close, descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            raise gone from None
        except OSError:
            return
        # Between opening and locking, prune may have moved the folder away.
        try:
            same = os.path.samestat(os.fstat(descriptor), os.stat(folder, follow_symlinks=False))
        except FileNotFoundError:
            same = False
        if not same:
            self.release()
            raise gone


@contextmanager
def unread(folder: Path) -> Iterator[bool]:
    """Whether nobody reads snapshot ``folder``; while true, nobody can start to.

    Where locks do not work we cannot know, and say that somebody does.
    """
    descriptor = os.open(folder, _FOLDER)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
