"""A file that appears under its name only when it is complete."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


class WriteError(Exception):
    """A file cannot be written; the message says which, why and what to do."""


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A binary stream whose bytes become ``path`` when the block ends without an error.

    Until then they are in a file of another name beside it, which is deleted
    if they do not come to be complete. A link is followed. What is no
    ordinary file (``/dev/stdout``, a named pipe) is written to directly: it
    must not be replaced by a file.

    Raises
    ------
    WriteError
        ``path`` is a folder, or the system refuses.
    """
    try:
        if path.is_dir():
            raise WriteError(f"{path}: this is a folder; name a file in it.")
        if path.exists() and not path.is_file():
            with path.open("wb") as stream:
                yield stream
            return
        target = Path(os.path.realpath(path))
        partial = target.with_name(f".{secrets.token_hex(6)}.part")
        try:
            with partial.open("xb") as stream:
                yield stream
            partial.replace(target)
        except BaseException:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
            raise
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = error.strerror or error
        raise WriteError(
            f"{path}: it cannot be written ({reason}); check that its folder exists and has free space."
        ) from error
