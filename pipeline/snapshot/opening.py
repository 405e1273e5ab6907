"""A published snapshot, opened to be read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.dial_tables import Dial
from pipeline.schema import TABLES, Manifest
from pipeline.snapshot import tables
from pipeline.snapshot.integrity import LARGE_BYTES, find_damage, read_manifest
from pipeline.snapshot.layout import (
    SnapshotDamaged,
    SnapshotError,
    SnapshotMissing,
    SnapshotTooNew,
    existing_corpus,
    read_latest,
    snapshot_folder,
    snapshot_ids,
)
from pipeline.snapshot.locks import ReadLease

MAPPED = ("abstracts.arrow", "embeddings.npy", "neighbours.npy")
"""Files that are read from disk when asked for, without being loaded."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A snapshot as published: shared by all who read it, changed by nobody.

    Attributes
    ----------
    path, manifest
        Its folder and what it says of itself.
    papers, topics, trends, term_trends
        The tables of `pipeline.schema`, typed as `pipeline.snapshot.tables.read_table` says.
        Row i of ``papers`` is row i of every array and abstract.
    embeddings
        float16, shape (n, d), unit rows or zeros; memory-mapped, read-only.
    neighbours
        int32, shape (n, k): rows of the nearest papers, −1 where there are
        none; memory-mapped, read-only.
    data_quality
        The data-quality report.
    dial
        What other cut-offs for outliers would cost, and what decides for each paper
        (`pipeline.dial_tables`); ``None`` in a snapshot without.
    notice
        Why this is not the snapshot one would expect, for people; else ``None``.
    """

    path: Path
    manifest: Manifest
    papers: pd.DataFrame
    topics: pd.DataFrame
    trends: pd.DataFrame
    term_trends: pd.DataFrame
    embeddings: NDArray[np.float16]
    neighbours: NDArray[np.int32]
    data_quality: dict[str, Any]
    dial: Dial | None
    notice: str | None
    _abstracts: pa.ChunkedArray = field(repr=False)
    _lease: ReadLease = field(repr=False)

    @property
    def corpus(self) -> str:
        """The corpus by name."""
        return self.manifest.corpus

    @property
    def snapshot_id(self) -> str:
        """The snapshot's id."""
        return self.manifest.snapshot_id

    @property
    def search_path(self) -> Path:
        """The FTS5 index; open it read-only and immutable."""
        return self.path / "search.sqlite"

    @property
    def query_encoder_path(self) -> Path:
        """The folder `pipeline.embedding.query` loads."""
        return self.path / "query_encoder"

    @property
    def lease(self) -> ReadLease:
        """What keeps prune away, without the snapshot itself: whoever holds it need not hold the tables."""
        return self._lease

    def cut_short(self) -> str | None:
        """Which file that is read in place has been cut on disk, in a sentence; ``None`` as long as all is well.

        The system kills a process that reads a mapped file beyond its new end, so ask before you read.
        """
        for name in MAPPED:
            with suppress(OSError):  # deleted or replaced: what is mapped is the old file, whole
                if (self.path / name).stat().st_size < self.manifest.files[name].bytes:
                    return f"{name} has been cut short"
        return None

    def abstract(self, row: int) -> str:
        """The abstract of the paper in ``row``, read from disk when asked for."""
        return self._abstracts[int(row)].as_py()

    def abstracts(self, rows: Iterable[int]) -> list[str]:
        """The abstracts of the papers in ``rows``, in that order."""
        return [self._abstracts[int(row)].as_py() for row in rows]

    def abstracts_as_arrow(self, rows: NDArray[np.int64]) -> pa.LargeStringArray:
        """The abstracts of the papers in ``rows``, in that order, for counting over many of them."""
        taken = self._abstracts.take(pa.array(rows)).cast(pa.large_string())
        return taken.combine_chunks() if isinstance(taken, pa.ChunkedArray) else taken

    def close(self) -> None:
        """Let prune delete this snapshot; also done when the last reference to it goes."""
        self._lease.release()

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_snapshot(store: Path, corpus: str, snapshot_id: str | None = None, verify: bool = True) -> Snapshot:
    """Open a snapshot of ``corpus``: the one named, else the latest, else the newest good one.

    Checks the manifest, the names and sizes of all files, and with ``verify``
    the sha256 of every file up to 32 MB; `verify_in_background` does the
    larger ones. A reader that follows ``latest`` is given the newest good
    older snapshot when the latest is damaged, with a ``notice`` that says so.

    Raises
    ------
    SnapshotMissing
        There is no such corpus or snapshot.
    SnapshotDamaged
        The named snapshot, or every one, is not what was published.
    SnapshotTooNew
        The named snapshot needs a newer version of this program.
    """
    folder = existing_corpus(store, corpus)
    if snapshot_id is None:
        return _open_latest(folder, verify)
    path = snapshot_folder(folder, snapshot_id)
    try:
        return _open(path, verify)
    except SnapshotDamaged as error:
        last_good = _last_good(folder, snapshot_id)
        hint = f"The last good snapshot is {last_good}." if last_good else "No other snapshot of it is good."
        raise SnapshotDamaged(
            f"Snapshot {snapshot_id} of corpus {corpus} is damaged and not used: {error}. {hint}",
            problems=error.problems,
            last_good=last_good,
        ) from error


def large_files(manifest: Manifest) -> list[str]:
    """The files whose sha256 is not checked on opening."""
    return [name for name, record in manifest.files.items() if record.bytes > LARGE_BYTES]


_checked_in_background: set[Path] = set()
_checking = threading.Lock()


def verify_in_background(snapshot: Snapshot, on_damage: Callable[[list[str]], None]) -> threading.Thread | None:
    """Check every byte of ``snapshot`` in a thread, once in the life of this process.

    ``on_damage`` is called from that thread with what is wrong, if anything
    is. ``None``: there is nothing large to check, or it was checked before.
    """
    with _checking:
        if snapshot.path in _checked_in_background or not large_files(snapshot.manifest):
            return None
        _checked_in_background.add(snapshot.path)

    def check() -> None:
        if problems := find_damage(snapshot.path, snapshot.manifest):
            on_damage(problems)

    thread = threading.Thread(target=check, name=f"verify {snapshot.snapshot_id}", daemon=True)
    thread.start()
    return thread


def check_in_background(path: Path, on_result: Callable[[list[str]], None]) -> threading.Thread:
    """Check every byte of the snapshot in folder ``path`` in a thread.

    ``on_result`` is called from that thread with what is wrong; with nothing when it is good.
    """

    def check() -> None:
        try:
            problems = find_damage(path, read_manifest(path))
        except SnapshotError as error:
            problems = [str(error)]
        on_result(problems)

    thread = threading.Thread(target=check, name=f"verify {path.name} again", daemon=True)
    thread.start()
    return thread


def _open_latest(folder: Path, verify: bool) -> Snapshot:
    latest = read_latest(folder)
    reason = "The record of which snapshot is current is missing or unreadable."
    if latest is not None:
        try:
            return _open(snapshot_folder(folder, latest), verify)
        except SnapshotTooNew as error:
            reason = str(error)
        except SnapshotMissing:
            # Published and pruned while we looked: the pointer has moved on.
            if (moved := read_latest(folder)) != latest and moved is not None:
                return _open_latest(folder, verify)
            reason = f"The current snapshot {latest} is gone."
        except SnapshotDamaged as error:
            reason = f"The current snapshot {latest} is damaged and not used: {error}."
    found = next(_good_ones(folder, latest, verify), None)
    if found is not None:
        return replace(found, notice=f"{reason} Shown instead: {found.snapshot_id}, the last good one.")
    if latest is None and not snapshot_ids(folder):
        raise SnapshotMissing(f"Corpus {folder.name} has no snapshot yet: topic-explorer fit makes one.")
    raise SnapshotDamaged(f"{reason} No other snapshot of corpus {folder.name} is good: fit it again.")


def _last_good(folder: Path, bad: str) -> str | None:
    for snapshot in _good_ones(folder, bad):
        snapshot.close()
        return snapshot.snapshot_id
    return None


def _good_ones(folder: Path, bad: str | None, verify: bool = True) -> Iterator[Snapshot]:
    """The snapshots that can be opened besides ``bad``: those before it first, newest first."""
    others = [snapshot_id for snapshot_id in snapshot_ids(folder) if snapshot_id != bad]
    if bad is not None:
        others.sort(key=lambda snapshot_id: snapshot_id > bad)
    for snapshot_id in others:
        with suppress(SnapshotError):
            yield _open(folder / "snapshots" / snapshot_id, verify)


def _open(path: Path, verify: bool) -> Snapshot:
    try:
        lease = ReadLease(path)
        try:
            return _open_leased(path, verify, lease)
        except BaseException:
            lease.release()
            raise
    except OSError as error:
        raise SnapshotDamaged(f"it cannot be read ({error.strerror or type(error).__name__})") from error


def _open_leased(path: Path, verify: bool, lease: ReadLease) -> Snapshot:
    manifest = read_manifest(path)
    if problems := find_damage(path, manifest, LARGE_BYTES if verify else -1):
        more = f" (and {len(problems) - 1} more problems)" if len(problems) > 1 else ""
        raise SnapshotDamaged(problems[0] + more, problems)
    if manifest.corpus != path.parent.parent.name:
        raise SnapshotDamaged("it belongs to another corpus")
    return _load(path, manifest, lease)


def _load(path: Path, manifest: Manifest, lease: ReadLease) -> Snapshot:
    snapshot = Snapshot(
        path=path,
        manifest=manifest,
        **{name: tables.read_table(path, name) for name in TABLES},
        embeddings=tables.open_array(path / "embeddings.npy", np.float16, dimensions=2),
        neighbours=tables.open_array(path / "neighbours.npy", np.int32, dimensions=2),
        data_quality=tables.read_json(path / "data_quality.json"),
        dial=tables.read_dial(path),
        notice=None,
        _abstracts=tables.open_abstracts(path / "abstracts.arrow"),
        _lease=lease,
    )
    n = manifest.papers_kept
    rows = {
        "papers.parquet": len(snapshot.papers),
        "abstracts.arrow": len(snapshot._abstracts),
        "embeddings.npy": len(snapshot.embeddings),
        "neighbours.npy": len(snapshot.neighbours),
    }
    if snapshot.dial is not None:
        rows["dial_papers.parquet"] = len(snapshot.dial.papers)
    if wrong := [f"{name} holds {found:,} papers instead of {n:,}" for name, found in rows.items() if found != n]:
        raise SnapshotDamaged(wrong[0], wrong)
    return snapshot
