"""Where snapshots live, how they are named, and what can be wrong with them.

``store/<corpus>/snapshots/<snapshot_id>/`` holds the snapshots,
``store/<corpus>/latest`` names the one being served, and
``store/<corpus>/staging/`` is where publishing works. A name that comes from
outside becomes a path only after it matched its pattern, and a snapshot id
only if a folder of that name was listed.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import platformdirs

from pipeline.schema import CORPUS_PATTERN, SNAPSHOT_ID_PATTERN

_APPLICATION = "topic-explorer"
_SHOWN_CHARACTERS = 60


class SnapshotError(Exception):
    """A snapshot cannot be published, opened or changed; the message says what and what to do."""


class SnapshotMissing(SnapshotError):  # noqa: N818 - reads as what it says
    """There is no such corpus or snapshot."""


class SnapshotTooNew(SnapshotError):  # noqa: N818 - reads as what it says
    """The snapshot was made by a newer version of the program."""


class SnapshotDamaged(SnapshotError):  # noqa: N818 - reads as what it says
    """The snapshot on disk is not what was published.

    Attributes
    ----------
    problems
        What is wrong, one sentence each, naming files by their place in the
        snapshot and never by a path of this machine.
    last_good
        The snapshot to look at instead, where one was looked for and found.
    """

    def __init__(self, message: str, problems: list[str] | None = None, last_good: str | None = None) -> None:
        super().__init__(message)
        self.problems = problems if problems is not None else [message]
        self.last_good = last_good


@contextmanager
def plain_disk_errors(corpus: str) -> Iterator[None]:
    """Turn the system's refusal to change ``corpus`` into a sentence, as a `SnapshotError`."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SnapshotError(
            f"Corpus {corpus} could not be changed: {reason}{_where(error)}. "
            "What it serves is as it was; free some space or choose another --store, then try again."
        ) from error


def _where(error: Exception) -> str:
    """The name of the file or folder ``error`` is about, in brackets; nothing where it does not say."""
    name = getattr(error, "filename", None)
    return f" ({Path(name).name})" if isinstance(name, str) else ""


def default_store() -> Path:
    """The folder snapshots live in: ``TOPIC_EXPLORER_STORE``, else a per-user data folder."""
    chosen = os.environ.get("TOPIC_EXPLORER_STORE")
    return Path(chosen).expanduser() if chosen else platformdirs.user_data_path(_APPLICATION) / "store"


def default_cache() -> Path:
    """The folder for what can be computed again: ``TOPIC_EXPLORER_CACHE``, else a per-user cache folder."""
    chosen = os.environ.get("TOPIC_EXPLORER_CACHE")
    return Path(chosen).expanduser() if chosen else platformdirs.user_cache_path(_APPLICATION)


def shown(name: str) -> str:
    """``name`` quoted for a message: no control characters, no more than a line of it."""
    short = name if len(name) <= _SHOWN_CHARACTERS else name[: _SHOWN_CHARACTERS - 1] + "…"
    return ascii(short) if not short.isprintable() else f"'{short}'"


def corpus_folder(store: Path, corpus: str) -> Path:
    """The absolute folder of ``corpus``, whether or not it exists.

    Raises
    ------
    SnapshotMissing
        ``corpus`` is no corpus name, so there can be no such folder.
    """
    if not CORPUS_PATTERN.fullmatch(corpus):
        raise SnapshotMissing(
            f"{shown(corpus)} is no corpus name: lower-case letters, digits, - and _ make one, such as my-lab."
        )
    return store.absolute() / corpus


def existing_corpus(store: Path, corpus: str) -> Path:
    """The folder of ``corpus``.

    Raises
    ------
    SnapshotMissing
        The store has no such corpus. A symbolic link is none.
    """
    folder = corpus_folder(store, corpus)
    if folder.is_symlink() or not folder.is_dir():
        known = corpora(store)
        hint = f"There is {_listed(known)}." if known else "There is none yet: topic-explorer fit makes one."
        raise SnapshotMissing(f"There is no corpus {shown(corpus)} in this store. {hint}")
    return folder


def corpora(store: Path) -> list[str]:
    """The corpora in ``store`` that hold at least one snapshot, by name."""
    try:
        with os.scandir(store) as entries:
            names = [e.name for e in entries if CORPUS_PATTERN.fullmatch(e.name) and e.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return sorted(name for name in names if snapshot_ids(store / name))


def snapshot_ids(folder: Path) -> list[str]:
    """The ids of the snapshots below corpus ``folder``, newest first; links and strangers are left out."""
    snapshots = folder / "snapshots"
    if snapshots.is_symlink():
        return []
    try:
        with os.scandir(snapshots) as entries:
            names = [
                e.name for e in entries if SNAPSHOT_ID_PATTERN.fullmatch(e.name) and e.is_dir(follow_symlinks=False)
            ]
    except OSError:
        return []
    return sorted(names, reverse=True)


def snapshot_folder(folder: Path, snapshot_id: str) -> Path:
    """The folder of a snapshot below corpus ``folder``.

    Raises
    ------
    SnapshotMissing
        No such snapshot is there.
    """
    known = snapshot_ids(folder)
    if snapshot_id not in known:
        hint = f"The newest is {known[0]}." if known else "It has none yet."
        raise SnapshotMissing(f"Corpus {folder.name} has no snapshot {shown(snapshot_id)}. {hint}")
    return folder / "snapshots" / snapshot_id


def read_latest(folder: Path) -> str | None:
    """The id in ``latest`` below corpus ``folder``; ``None`` where there is none or it is no id."""
    try:
        descriptor = os.open(folder / "latest", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        name = os.read(descriptor, 200).decode("ascii", "replace").removesuffix("\n")
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return name if SNAPSHOT_ID_PATTERN.fullmatch(name) else None


def id_of(created: datetime, content_sha256: str) -> str:
    """The snapshot id of content published at ``created`` (UTC)."""
    return f"{created:%Y%m%dT%H%M%SZ}-{content_sha256[:6]}"


def created_of(snapshot_id: str) -> datetime:
    """When the snapshot of this id was published, in UTC; the epoch if no calendar has that time."""
    try:
        return datetime.strptime(snapshot_id[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
