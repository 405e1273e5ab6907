"""What other processes do in the tests of snapshots: publish, be killed, fill the disk, hold on to one."""

from __future__ import annotations

import errno
import os
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from pipeline.snapshot import SnapshotContents, SnapshotError, disk, open_snapshot, publish
from tests.snapshot_assembly import description_of
from tests.snapshots import NOON, publish_contents, tiny_contents

ERRNOS = (errno.ENOSPC, errno.EPERM, errno.EIO)


def small_contents(seed: int = 7) -> SnapshotContents:
    """A dozen papers in two topics: little to write, every file there."""
    return tiny_contents(n_papers=12, n_topics=2, seed=seed)


@cache
def _ready(seed: int) -> tuple[SnapshotContents, dict[str, Any]]:
    contents = small_contents(seed)
    return contents, description_of(contents)


def publish_small(store: Path, seed: int) -> Path:
    """Publish `small_contents`, built once a process, as the corpus ``tiny``; the snapshot's folder."""
    contents, description = _ready(seed)
    return publish(store, "tiny", contents, lambda: description, now=lambda: NOON)


@contextmanager
def at_each_step(act: Callable[[int, str], None]) -> Iterator[list[str]]:
    """Call ``act`` with number and name before every change on disk; yields the steps made so far."""
    steps: list[str] = []
    original = disk.before

    def before(operation: str, path: Path) -> None:
        steps.append(f"{operation} {path.name}")
        act(len(steps) - 1, steps[-1])

    disk.before = before
    try:
        yield steps
    finally:
        disk.before = original


def failing(step: int, error_number: int, for_ever: bool) -> Callable[[int, str], None]:
    """Fail change number ``step``, or that and all later ones."""

    def act(n: int, name: str) -> None:
        if n == step or (for_ever and n > step):
            raise OSError(error_number, os.strerror(error_number), name)

    return act


def publish_and_die(store: Path, seed: int, step: int) -> None:
    """Publish, but be killed before change number ``step``."""

    def act(n: int, name: str) -> None:
        if n == step:
            os.kill(os.getpid(), signal.SIGKILL)

    with at_each_step(act):
        publish_small(store, seed)


def publish_with_file_limit(store: Path, seed: int, most_bytes: int, answer: Connection) -> None:
    """Publish where no file can grow beyond ``most_bytes``; answers with the error in words."""
    _ready(seed)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    try:
        publish_small(store, seed)
    except SnapshotError as error:
        answer.send(str(error))
    else:
        answer.send("published")


def publish_editions(store: Path, first: int, n_editions: int) -> None:
    """Publish ``n_editions`` snapshots in a row, each with its number in every text and count."""
    for edition in range(first, first + n_editions):
        publish_contents(store, edition_contents(edition), seconds=float(edition))


def edition_contents(edition: int) -> SnapshotContents:
    """`small_contents` that says in every title, abstract and warning which edition it is."""
    contents = small_contents()
    contents.papers["title"] = [f"Edition {edition}, paper {i}" for i in range(len(contents.papers))]
    contents.abstracts[:] = [f"Edition {edition}"] * len(contents.abstracts)
    contents.data_quality["warnings"] = [f"Edition {edition}"]
    return contents


def hold_open(store: Path, corpus: str, snapshot_id: str, connection: Connection) -> None:
    """Open a snapshot, say so, and keep it until told to stop."""
    with open_snapshot(store, corpus, snapshot_id):
        connection.send("open")
        connection.recv()
    connection.send("closed")
    connection.recv()
