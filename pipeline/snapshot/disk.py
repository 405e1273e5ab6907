"""The only place that changes a store on disk.

Each function announces itself through `before`, so that a test can fail, or
kill the process, at any step of publishing.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def before(operation: str, path: Path) -> None:
    """Called before every change; does nothing. Tests put something else here."""


def make_folder(path: Path) -> None:
    """Make ``path`` and what is missing above it; fine if it is there."""
    before("mkdir", path)
    path.mkdir(parents=True, exist_ok=True)


def write(path: Path, writer: Callable[[Path], object]) -> None:
    """Let ``writer`` make the file or folder ``path``."""
    before("write", path)
    writer(path)


def sync(path: Path) -> None:
    """Wait until the file or folder ``path`` is on the disk itself."""
    before("fsync", path)
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def protect(path: Path) -> None:
    """Take everybody's right to write file ``path``, and let those read it who may read its folder.

    Some libraries write files that only their maker can read, and a dashboard
    may run as somebody else. Folders keep their rights: whoever owns a store
    may delete it with ``rm -r``. Does nothing where the file system knows no
    such rights.
    """
    with suppress(OSError):
        before("chmod", path)
        path.chmod(stat.S_IMODE(path.parent.stat().st_mode) & 0o444)


def rename(source: Path, target: Path) -> None:
    """Give folder ``source`` its new name at once."""
    before("rename", target)
    source.rename(target)


def replace(source: Path, target: Path) -> None:
    """Put file ``source`` in the place of ``target`` at once."""
    before("replace", target)
    source.replace(target)


def remove(path: Path) -> None:
    """Delete ``path`` and all below it; what cannot be deleted stays for the next time."""
    with suppress(OSError):
        before("remove", path)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
