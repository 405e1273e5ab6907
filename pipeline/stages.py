"""The stages of a fit: how long each took, and its result where an earlier fit left it.

Results are kept by what they were made from: same input, settings and code, no second run.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.schema import StageTiming

Arrays = dict[str, NDArray[Any]]

_MOST_KEPT = 12
"""Results kept of each stage; the oldest go."""


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


def texts_key(texts: Sequence[str]) -> str:
    """Sha256 over ``texts`` in their order; where one ends and the next begins counts."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
    return digest.hexdigest()


class Stages:
    """The stages of one fit.

    Parameters
    ----------
    folder
        Where results are kept between fits, one file each; ``None`` keeps nothing. A folder that cannot be written
        turns the cache off rather than ending a fit; a damaged file counts as absent and is written anew.

    Attributes
    ----------
    timings
        Seconds by stage, in the order the stages ended.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self.timings: list[StageTiming] = []
        self._started = time.perf_counter()

    @contextmanager
    def stage(self, name: str) -> Iterator[dict[str, bool]]:
        """A context whose duration is noted; set ``["cached"]`` of what it gives where a result was reused."""
        note = {"cached": False}
        started = time.perf_counter()
        yield note
        seconds = round(time.perf_counter() - started, 3)
        self.timings.append(StageTiming(name=name, seconds=seconds, cached=note["cached"]))

    @property
    def seconds(self) -> float:
        """Seconds since the first stage could have begun."""
        return round(time.perf_counter() - self._started, 3)

    def arrays(self, stage: str, key: str, compute: Callable[[], Arrays]) -> tuple[Arrays, bool]:
        """The arrays of ``stage`` under ``key`` and whether they were cached.

        ``key`` comes from `content_key`; the code's fingerprint is added here.
        """
        if self._folder is None:
            return compute(), False
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
            newest_first = sorted(path.parent.glob("*.npz"), key=lambda kept: kept.stat().st_mtime, reverse=True)
            for old in newest_first[_MOST_KEPT:]:
                old.unlink(missing_ok=True)
        except OSError:
            if temporary is not None:
                Path(temporary).unlink(missing_ok=True)
