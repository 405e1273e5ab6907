"""The snapshots a store holds: listing, checking, going back, deleting old ones."""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline import schema
from pipeline.dial_tables import check_dial
from pipeline.snapshot import disk, tables
from pipeline.snapshot.contents import check_arrays
from pipeline.snapshot.integrity import find_damage, read_manifest, sizes_below
from pipeline.snapshot.layout import (
    SnapshotDamaged,
    SnapshotError,
    SnapshotMissing,
    SnapshotTooNew,
    corpora,
    created_of,
    existing_corpus,
    plain_disk_errors,
    read_latest,
    snapshot_folder,
    snapshot_ids,
)
from pipeline.snapshot.locks import corpus_lock, unread
from pipeline.snapshot.opening import open_snapshot
from pipeline.snapshot.publishing import clear_staging, point_latest

_WAIT_SECONDS = 10.0


@dataclass(frozen=True)
class SnapshotInfo:
    """One line of a list of snapshots.

    Counts are 0 where the manifest cannot be read; ``bytes`` is disk use;
    ``problem`` says what is wrong with it, as far as names and sizes of files
    tell, and is ``None`` when nothing is.
    """

    snapshot_id: str
    created: datetime
    n_papers: int
    n_topics: int
    n_outliers: int
    bytes: int
    is_latest: bool
    problem: str | None


@dataclass(frozen=True)
class Pruned:
    """What `prune` did: ids, newest first. ``in_use`` are those it would have deleted, had nobody had them open."""

    deleted: list[str]
    in_use: list[str]


def list_corpora(store: Path) -> list[str]:
    """The corpora of ``store`` that hold a snapshot, by name; empty for a store that is not there."""
    return corpora(store)


def list_snapshots(store: Path, corpus: str) -> list[SnapshotInfo]:
    """The snapshots of ``corpus``, newest first; empty where there is no such corpus."""
    try:
        folder = existing_corpus(store, corpus)
    except SnapshotMissing:
        return []
    latest = read_latest(folder)
    return [_info(folder / "snapshots" / snapshot_id, latest) for snapshot_id in snapshot_ids(folder)]


def snapshot_bytes(store: Path, corpus: str, snapshot_id: str) -> int:
    """The disk use of one snapshot, in bytes.

    Raises
    ------
    SnapshotMissing
        There is no such snapshot.
    """
    return _bytes_below(snapshot_folder(existing_corpus(store, corpus), snapshot_id))


def verify(store: Path, corpus: str, snapshot_id: str) -> list[str]:
    """Everything that is wrong with a snapshot, one sentence each; empty when it is good.

    Reads every byte, opens it as the dashboard does, and checks the contract
    of `pipeline.schema` over its tables.

    Raises
    ------
    SnapshotMissing
        There is no such snapshot.
    """
    path = snapshot_folder(existing_corpus(store, corpus), snapshot_id)
    try:
        if problems := find_damage(path, read_manifest(path)):
            return problems
        with closing(open_snapshot(store, corpus, snapshot_id)) as snapshot:
            schema.check_tables(snapshot.papers, snapshot.topics, snapshot.trends, snapshot.term_trends)
            if snapshot.dial is not None:
                check_dial(snapshot.dial, snapshot.papers, snapshot.topics)
            n = len(snapshot.papers)
            abstracts = snapshot.abstracts(range(n))
            check_arrays(snapshot.papers, abstracts, snapshot.embeddings, snapshot.neighbours)
        for name in snapshot.manifest.files:
            tables.refuse_active_content(path / name)
    except SnapshotDamaged as error:
        return error.problems
    except (SnapshotTooNew, schema.SchemaError) as error:
        return [str(error)]
    except UnicodeDecodeError:
        return ["abstracts.arrow holds text that is not UTF-8"]
    return []


def rollback(store: Path, corpus: str, to: str | None = None) -> str:
    """Serve an earlier snapshot of ``corpus``: ``to``, else the last good one before the current; its id.

    Nothing is deleted, so a rollback can be undone with ``to``.

    Raises
    ------
    SnapshotError
        There is no such snapshot, none that is good, or the store cannot be written.
    """
    folder = existing_corpus(store, corpus)
    with plain_disk_errors(corpus), corpus_lock(folder, _WAIT_SECONDS):
        if to is not None:
            path = snapshot_folder(folder, to)
            if problems := _damage(path):
                raise SnapshotDamaged(f"Snapshot {to} is not served: {problems[0]}.", problems)
            point_latest(folder, to)
            return to
        current = read_latest(folder)
        for snapshot_id in snapshot_ids(folder):
            earlier = current is None or snapshot_id < current
            if earlier and not _damage(folder / "snapshots" / snapshot_id):
                point_latest(folder, snapshot_id)
                return snapshot_id
    raise SnapshotError(f"Corpus {corpus} has no good snapshot before {current} to go back to.")


def prune(store: Path, corpus: str, keep: int) -> Pruned:
    """Delete all but the newest ``keep`` good snapshots of ``corpus``.

    The one being served stays, and so do those being read (``docs/snapshot-format.md`` says
    by whom that can be told), those made by a newer version of this program, and always one
    good snapshot.

    Raises
    ------
    SnapshotError
        There is no such corpus, or the store cannot be written.
    """
    if keep < 1:
        raise SnapshotError("Keep at least one snapshot.")
    folder = existing_corpus(store, corpus)
    done = Pruned([], [])
    with plain_disk_errors(corpus), corpus_lock(folder, _WAIT_SECONDS):
        kept = _worth_keeping(folder, keep)
        for snapshot_id in snapshot_ids(folder):
            if snapshot_id not in kept:
                (done.deleted if _delete(folder, snapshot_id) else done.in_use).append(snapshot_id)
    clear_staging(store, corpus)
    return done


def _worth_keeping(folder: Path, keep: int) -> set[str]:
    kept = {latest} if (latest := read_latest(folder)) else set()
    n_good = 0
    for snapshot_id in snapshot_ids(folder):
        path = folder / "snapshots" / snapshot_id
        if _is_too_new(path):
            kept.add(snapshot_id)
        elif n_good < keep and not _damage(path):
            kept.add(snapshot_id)
            n_good += 1
    return kept


def _delete(folder: Path, snapshot_id: str) -> bool:
    """Delete a snapshot unless somebody reads it. It leaves the list at once, whatever happens later."""
    path = folder / "snapshots" / snapshot_id
    with unread(path) as is_unread:
        if not is_unread:
            return False
        hidden = folder / "staging" / f"deleted-{snapshot_id}"
        disk.make_folder(hidden.parent)
        disk.rename(path, hidden)
        disk.sync(path.parent)
        disk.remove(hidden)
    return True


def _damage(path: Path) -> list[str]:
    try:
        return find_damage(path, read_manifest(path))
    except SnapshotError as error:
        return [str(error)]


def _is_too_new(path: Path) -> bool:
    try:
        read_manifest(path)
    except SnapshotTooNew:
        return True
    except SnapshotError:
        pass
    return False


def _info(path: Path, latest: str | None) -> SnapshotInfo:
    created, counts, problem = created_of(path.name), (0, 0, 0), None
    try:
        manifest = read_manifest(path)
        created = manifest.created
        counts = (manifest.papers_kept, manifest.n_topics, manifest.n_outliers)
        problem = next(iter(find_damage(path, manifest, largest=-1)), None)
    except SnapshotError as error:
        problem = str(error)
    return SnapshotInfo(path.name, created, *counts, _bytes_below(path), path.name == latest, problem)


def _bytes_below(path: Path) -> int:
    with suppress(OSError, SnapshotDamaged):
        return sum(sizes_below(path).values())
    return 0
