"""Snapshots: publish, open, list, verify, roll back, prune.

A snapshot is a folder that never changes once it can be seen, plus one line
in the file ``latest`` that says which is served. Everything that writes below
a store goes through `disk`; everything that is read is checked by `integrity`
first. ``docs/snapshot-format.md`` describes every file.

``layout`` (names and paths) ← ``disk``, ``locks``, ``integrity``, ``tables``
← ``contents`` ← ``publishing``, ``opening`` ← ``history``.
"""

from pipeline.snapshot.contents import SnapshotContents
from pipeline.snapshot.history import (
    Pruned,
    SnapshotInfo,
    list_corpora,
    list_snapshots,
    prune,
    rollback,
    snapshot_bytes,
    verify,
)
from pipeline.snapshot.integrity import fingerprint, read_manifest
from pipeline.snapshot.layout import (
    SnapshotDamaged,
    SnapshotError,
    SnapshotMissing,
    SnapshotTooNew,
    default_cache,
    default_store,
)
from pipeline.snapshot.locks import ReadLease
from pipeline.snapshot.opening import Snapshot, check_in_background, open_snapshot, verify_in_background
from pipeline.snapshot.publishing import check_writable, clear_staging, publish

__all__ = [
    "Pruned",
    "ReadLease",
    "Snapshot",
    "SnapshotContents",
    "SnapshotDamaged",
    "SnapshotError",
    "SnapshotInfo",
    "SnapshotMissing",
    "SnapshotTooNew",
    "check_in_background",
    "check_writable",
    "clear_staging",
    "default_cache",
    "default_store",
    "fingerprint",
    "list_corpora",
    "list_snapshots",
    "open_snapshot",
    "prune",
    "publish",
    "read_manifest",
    "rollback",
    "snapshot_bytes",
    "verify",
    "verify_in_background",
]
