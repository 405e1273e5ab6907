"""Content-addressed cache of stage results: same input, settings and code, no second run."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]


@cache
def code_fingerprint() -> str:
    """Sha256 over the pipeline's own source files: a change of code is a change of key."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(source.name.encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()


def content_key(*arrays: NDArray[Any], settings: Mapping[str, Any]) -> str:
    """Sha256 of the arrays' content and the (JSON-able) settings.

    Shapes and dtypes count, so a reshaped or recast array is another key.
    """
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    digest.update(json.dumps(settings, sort_keys=True, default=str).encode())
    return digest.hexdigest()


class StageCache:
    """Named arrays on disk, one file per result, below ``folder``.

    A folder that cannot be written turns the cache off rather than ending a
    fit; a damaged file counts as absent and is written anew.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def arrays(self, stage: str, key: str, compute: Callable[[], Arrays]) -> tuple[Arrays, bool]:
        """The arrays of ``stage`` under ``key`` and whether they were cached.

        ``key`` comes from `content_key`; the code's fingerprint is added here.
        """
        name = hashlib.sha256(f"{stage} {key} {code_fingerprint()}".encode()).hexdigest()
        path = self._folder / stage / f"{name}.npz"
        try:
            with np.load(path, allow_pickle=False) as stored:
                return {field: stored[field] for field in stored.files}, True
        except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error):
            pass  # absent or damaged: compute it
        computed = compute()
        self._write(path, computed)
        return computed, False

    def _write(self, path: Path, arrays: Arrays) -> None:
        temporary = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
            with os.fdopen(handle, "wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
            os.replace(temporary, path)
        except OSError:
            if temporary is not None:
                Path(temporary).unlink(missing_ok=True)
