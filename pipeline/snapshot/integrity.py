"""Whether a snapshot on disk is what was published.

The manifest names every file with its size and sha256; ``manifest.sha256``
does the same for the manifest, in the format of ``sha256sum``.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.schema import SCHEMA_VERSION, SNAPSHOT_ID_PATTERN, FileRecord, Manifest
from pipeline.snapshot.layout import SnapshotDamaged, SnapshotTooNew

MANIFEST = "manifest.json"
MANIFEST_SUM = "manifest.sha256"

LARGE_BYTES = 32_000_000
"""Files above this are not read when a snapshot is opened, only checked for size."""

ALLOWED_SUFFIXES = frozenset({".arrow", ".json", ".npy", ".parquet", ".safetensors", ".sqlite"})
"""Formats that hold data and nothing a reader would execute."""

_MOST_MANIFEST_BYTES = 16_000_000
_LEFT_BY_DESKTOPS = frozenset({".DS_Store"})


def sha256_of(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sizes_below(folder: Path) -> dict[str, int]:
    """Every file below ``folder`` with its size: ``{"query_encoder/encoder.json": 20}``.

    Raises
    ------
    SnapshotDamaged
        Something there is neither a plain file nor a folder, such as a symbolic link.
    """
    sizes: dict[str, int] = {}
    pending = [folder]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                name = Path(entry.path).relative_to(folder).as_posix()
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(status.st_mode):
                    pending.append(Path(entry.path))
                elif stat.S_ISREG(status.st_mode):
                    sizes[name] = status.st_size
                else:
                    kind = "a symbolic link" if stat.S_ISLNK(status.st_mode) else "no plain file"
                    raise SnapshotDamaged(f"{ascii(name)[1:-1]} is {kind}")
    return {name: size for name, size in sizes.items() if Path(name).name not in _LEFT_BY_DESKTOPS}


def fingerprint(folder: Path) -> tuple[tuple[str, int, int, int], ...]:
    """Name, size, inode and time of last change of every file below ``folder``: equal while nobody touched one.

    Reads no contents. Empty where the folder cannot be listed.
    """
    found = []
    try:
        for name in sorted(sizes_below(folder)):
            status = os.stat(folder / name, follow_symlinks=False)
            found.append((name, status.st_size, status.st_ino, status.st_ctime_ns))
    except (OSError, SnapshotDamaged):
        return ()
    return tuple(found)


def file_records(folder: Path) -> dict[str, FileRecord]:
    """Size and sha256 of every file below ``folder``, in the order of their names."""
    return {
        name: FileRecord(bytes=size, sha256=sha256_of(folder / name))
        for name, size in sorted(sizes_below(folder).items())
    }


def manifest_bytes(manifest: Manifest) -> bytes:
    """The manifest as it is written: indented JSON in UTF-8."""
    fields = manifest.model_dump(mode="json")
    return (json.dumps(fields, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def manifest_sum(content: bytes) -> bytes:
    """The one line of ``manifest.sha256``, which ``sha256sum --check`` understands too."""
    return f"{hashlib.sha256(content).hexdigest()}  {MANIFEST}\n".encode()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the snapshot in ``folder``, checked against its sum and its folder's name.

    Raises
    ------
    SnapshotDamaged
        It is missing, changed, malformed, or belongs to another snapshot.
    SnapshotTooNew
        A newer version of the program wrote it.
    """
    content = _read_plain(folder / MANIFEST)
    if _read_plain(folder / MANIFEST_SUM) != manifest_sum(content):
        raise SnapshotDamaged(f"{MANIFEST} does not match its checksum")
    fields = _parse(content)
    version = fields.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise SnapshotDamaged(f"{MANIFEST} names no format version")
    if version > SCHEMA_VERSION:
        raise SnapshotTooNew(
            f"Snapshot {folder.name} was made by a newer Topic Explorer (format {version}; "
            f"this one reads up to {SCHEMA_VERSION}). Upgrade topic-explorer to open it."
        )
    try:
        manifest = Manifest.model_validate(fields)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise SnapshotDamaged(f"{MANIFEST} has a wrong or missing field: {where}") from error
    if manifest.snapshot_id != folder.name or not SNAPSHOT_ID_PATTERN.fullmatch(manifest.snapshot_id):
        raise SnapshotDamaged(f"{MANIFEST} belongs to another snapshot than its folder")
    return manifest


def find_damage(folder: Path, manifest: Manifest, largest: int | None = None) -> list[str]:
    """What differs between the files in ``folder`` and ``manifest``; empty when nothing does.

    Names and sizes are always checked, the sha256 only of files up to
    ``largest`` bytes (``None``: of all).
    """
    try:
        sizes = sizes_below(folder)
    except SnapshotDamaged as error:
        return error.problems
    except OSError as error:
        return [f"the folder cannot be read ({error.strerror})"]
    expected = manifest.files
    problems = [f"{name} is missing" for name in expected if name not in sizes]
    strangers = sizes.keys() - expected.keys() - {MANIFEST, MANIFEST_SUM}
    problems += [f"{ascii(name)[1:-1]} does not belong to the snapshot" for name in sorted(strangers)]
    for name, record in expected.items():
        if name not in sizes:
            continue
        if Path(name).suffix not in ALLOWED_SUFFIXES:
            problems.append(f"{name} is in a format that snapshots do not hold")
        elif sizes[name] != record.bytes:
            problems.append(f"{name} has {sizes[name]:,} bytes instead of {record.bytes:,}")
        elif largest is None or record.bytes <= largest:
            problems += _hash_problem(folder / name, name, record)
    return problems


def _hash_problem(path: Path, name: str, record: FileRecord) -> list[str]:
    try:
        return [] if sha256_of(path) == record.sha256 else [f"{name} does not match its checksum"]
    except OSError as error:
        return [f"{name} cannot be read ({error.strerror})"]


def _read_plain(path: Path) -> bytes:
    """The bytes of a plain file of modest size."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise SnapshotDamaged(f"{path.name} is no plain file")
            content = file.read(_MOST_MANIFEST_BYTES + 1)
    except FileNotFoundError:
        raise SnapshotDamaged(f"{path.name} is missing") from None
    except OSError as error:
        raise SnapshotDamaged(f"{path.name} cannot be read ({error.strerror})") from error
    if len(content) > _MOST_MANIFEST_BYTES:
        raise SnapshotDamaged(f"{path.name} is far too large")
    return content


def _parse(content: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise SnapshotDamaged(f"{MANIFEST} is not JSON") from error
    if not isinstance(fields, dict):
        raise SnapshotDamaged(f"{MANIFEST} is no JSON object")
    return fields
