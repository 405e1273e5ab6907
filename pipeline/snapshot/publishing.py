"""Putting a snapshot into the store, whole or not at all.

Everything is written to a staging folder and forced to disk; one ``rename``
brings the folder into view, and replacing the file ``latest`` makes it the
one being served. Before that replacement nothing has happened for readers,
after it nothing can fail any more.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.schema import OUTLIER_TOPIC_ID, SCHEMA_VERSION, Manifest
from pipeline.snapshot import disk
from pipeline.snapshot.contents import CheckedContents, SnapshotContents, check_contents
from pipeline.snapshot.integrity import (
    ALLOWED_SUFFIXES,
    MANIFEST,
    MANIFEST_SUM,
    file_records,
    find_damage,
    manifest_bytes,
    manifest_sum,
    read_manifest,
)
from pipeline.snapshot.layout import (
    SnapshotError,
    corpus_folder,
    created_of,
    id_of,
    plain_disk_errors,
    read_latest,
    snapshot_ids,
)
from pipeline.snapshot.locks import corpus_lock
from pipeline.snapshot.tables import refuse_active_content

_WAIT_SECONDS = 60.0
_LIBRARIES = (
    "bertopic", "hdbscan", "numba", "numpy", "onnxruntime", "pandas", "pyarrow",
    "pynndescent", "scikit-learn", "scipy", "statsmodels", "tokenizers", "umap-learn",
)  # fmt: skip


def publish(
    store: Path,
    corpus: str,
    contents: SnapshotContents,
    describe: Callable[[], Mapping[str, Any]],
    *,
    wait_seconds: float = _WAIT_SECONDS,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Path:
    """Publish ``contents`` as the newest snapshot of ``corpus`` and serve it; its folder.

    ``describe`` is asked last, when everything else is on disk, for the
    manifest's fields that only the fit knows; version, id, hashes, topic and
    outlier counts, platform and library versions are filled in here. Another
    process publishing to the same corpus is waited for.

    Raises
    ------
    SnapshotError
        The contents break the contract, another publisher does not finish
        within ``wait_seconds``, or the disk refuses. The store then serves
        what it served before.
    """
    folder = corpus_folder(store, corpus)
    checked = check_contents(contents)
    with plain_disk_errors(corpus):
        if folder.is_symlink():
            raise SnapshotError(f"The folder of corpus {corpus} is a symbolic link; snapshots are not published there.")
        disk.make_folder(folder / "snapshots")
        disk.make_folder(folder / "staging")
        for path in (folder, folder.parent):
            disk.sync(path)
        with corpus_lock(folder, wait_seconds):
            _clear(folder)
            staging = folder / "staging" / f"{os.getpid()}-{secrets.token_hex(4)}"
            try:
                return _publish_locked(folder, staging, checked, describe, now)
            except BaseException:
                _clear(folder)
                raise


def check_writable(store: Path, corpus: str) -> None:
    """Refuse a store that cannot be written, before hours go into what was to be published there.

    Changes nothing, so it cannot know everything: `publish` may still be refused.

    Raises
    ------
    SnapshotError
        The folder of ``corpus``, or the nearest above it that exists, is no
        folder or may not be written.
    """
    staging = corpus_folder(store, corpus) / "staging"
    there = next(path for path in (staging, *staging.parents) if os.path.lexists(path))
    if not os.access(there, os.W_OK | os.X_OK) or not there.is_dir():
        reason = "its rights or its disk allow no writing" if there.is_dir() else "it is no folder"
        raise SnapshotError(f"{there}: nothing can be published there, {reason}; choose another --store.")


def clear_staging(store: Path, corpus: str) -> None:
    """Delete what publishers that died left behind; never what one is working on."""
    folder = corpus_folder(store, corpus)
    if not (folder / "staging").is_dir() or folder.is_symlink():
        return
    # Whoever holds the lock is alive and clears staging itself.
    with suppress(SnapshotError), corpus_lock(folder, wait_seconds=0):
        _clear(folder)


def point_latest(folder: Path, snapshot_id: str) -> None:
    """Serve ``snapshot_id`` of corpus ``folder`` from now on. Call it with the corpus locked."""
    pointer = folder / "staging" / f"latest-{secrets.token_hex(4)}"
    disk.make_folder(pointer.parent)
    disk.write(pointer, lambda path: path.write_text(f"{snapshot_id}\n", encoding="ascii"))
    disk.sync(pointer)
    disk.replace(pointer, folder / "latest")
    # Readers follow it already. Should this fail, a power cut could at worst
    # bring the old pointer back, and the old snapshot is whole too.
    with suppress(OSError):
        disk.sync(folder)


def _publish_locked(
    folder: Path,
    staging: Path,
    checked: CheckedContents,
    describe: Callable[[], Mapping[str, Any]],
    now: Callable[[], datetime],
) -> Path:
    disk.make_folder(staging)
    for name, writer in checked.writers().items():
        if "." not in name:
            disk.make_folder(staging / name)
        disk.write(staging / name, writer)
    _refuse_unfit(staging)
    created = _publishing_time(folder, now())
    snapshot_id = id_of(created, checked.content_sha256)
    manifest = _manifest(folder.name, snapshot_id, created, checked, staging, describe)
    if twin := _twin(folder, manifest, now()):
        _clear(folder)
        point_latest(folder, twin)
        return folder / "snapshots" / twin
    content = manifest_bytes(manifest)
    disk.write(staging / MANIFEST, lambda path: path.write_bytes(content))
    disk.write(staging / MANIFEST_SUM, lambda path: path.write_bytes(manifest_sum(content)))
    _settle(staging)
    target = folder / "snapshots" / snapshot_id
    disk.rename(staging, target)
    try:
        disk.sync(target.parent)
        point_latest(folder, snapshot_id)
    except BaseException:
        if read_latest(folder) != snapshot_id:
            with suppress(OSError):
                disk.rename(target, staging)
        raise
    return target


def _refuse_unfit(staging: Path) -> None:
    """Refuse files no snapshot may hold: pickles, databases half closed, extension types."""
    for path in sorted(staging.rglob("*")):
        name = path.relative_to(staging).as_posix()
        if path.is_file() and path.suffix not in ALLOWED_SUFFIXES:
            raise SnapshotError(f"{name} is in a format that snapshots do not hold, so nothing was published.")
        refuse_active_content(path)


def _publishing_time(folder: Path, now: datetime) -> datetime:
    """The second to publish in, after every snapshot there is: a clock set back must not reorder them."""
    created = now.astimezone(UTC).replace(microsecond=0)
    newest = next(iter(snapshot_ids(folder)), None)
    try:
        return max(created, created_of(newest) + timedelta(seconds=1)) if newest else created
    except OverflowError:
        raise SnapshotError(
            f"Snapshot {newest} of corpus {folder.name} says it is from the end of time, and none can follow it; "
            "delete its folder, then try again."
        ) from None


def _twin(folder: Path, manifest: Manifest, now: datetime) -> str | None:
    """A whole snapshot of the same content, published within this second."""
    twin = id_of(now.astimezone(UTC), manifest.content_sha256)
    if twin not in snapshot_ids(folder):
        return None
    path = folder / "snapshots" / twin
    with suppress(SnapshotError):
        published = read_manifest(path)
        if published.content_sha256 == manifest.content_sha256 and not find_damage(path, published):
            return twin
    return None


def _manifest(
    corpus: str,
    snapshot_id: str,
    created: datetime,
    checked: CheckedContents,
    staging: Path,
    describe: Callable[[], Mapping[str, Any]],
) -> Manifest:
    papers, topics = checked.contents.papers, checked.contents.topics
    ours = {
        "schema_version": SCHEMA_VERSION,
        "snapshot_id": snapshot_id,
        "corpus": corpus,
        "created": created,
        "content_sha256": checked.content_sha256,
        "code_version": _version_of("topic-explorer") or "unknown",
        "library_versions": {name: version for name in _LIBRARIES if (version := _version_of(name))},
        "platform": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "n_topics": int((topics["level"] == 0).sum()),
        "n_outliers": int((papers["topic_id"] == OUTLIER_TOPIC_ID).sum()),
        "files": file_records(staging),
    }
    try:
        manifest = Manifest.model_validate({**describe(), **ours})
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise SnapshotError(
            f"The manifest has a wrong or missing field ({where}), so nothing was published."
        ) from error
    if manifest.papers_kept != len(papers):
        raise SnapshotError(f"The manifest counts {manifest.papers_kept} papers, the tables {len(papers)}.")
    return manifest


def _settle(staging: Path) -> None:
    """Take the right to write from every file below ``staging`` and force all of it to disk."""
    paths = sorted(staging.rglob("*"))
    for path in paths:
        if path.is_file():
            disk.protect(path)
            disk.sync(path)
    for path in [*(p for p in paths if p.is_dir()), staging]:
        disk.sync(path)


def _clear(folder: Path) -> None:
    with suppress(OSError):
        for path in sorted((folder / "staging").iterdir()):
            disk.remove(path)


@cache
def _version_of(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None
