"""Snapshots that were found damaged after they had been opened, and how they come back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline import snapshot as snapshots

Fingerprint = tuple[tuple[str, int, int, int], ...]


@dataclass
class _Case:
    """What is wrong with a snapshot, and how its files looked when that was found."""

    problem: str
    files: Fingerprint
    under_check: bool = False


class OutOfService:
    """Which snapshots are not shown, and why; for all threads of a process.

    Nothing is forgotten for good: once the files of one have changed on disk, every
    byte is checked again, in the background, and it returns when all are right.

    Parameters
    ----------
    on_return
        Called with the folder of a snapshot that is good again, before it is shown; from a thread of its own.
    """

    def __init__(self, on_return: Callable[[Path], None]) -> None:
        self._on_return = on_return
        self._cases: dict[Path, _Case] = {}
        self._deciding = threading.Lock()

    def withdraw(self, path: Path, problem: str, files: Fingerprint) -> None:
        """Show the snapshot in folder ``path`` no more; ``files`` is its fingerprint from before it was looked at."""
        with self._deciding:
            self._cases[path] = _Case(problem, files)

    def why(self, path: Path) -> str | None:
        """What is wrong with the snapshot in folder ``path``; ``None`` when it may be shown."""
        case = self._cases.get(path)
        if case is None:
            return None
        files = snapshots.fingerprint(path)
        with self._deciding:
            if files and files != case.files and not case.under_check:
                case.files, case.under_check = files, True
                snapshots.check_in_background(path, lambda problems: self._conclude(path, case, problems))
        return case.problem

    def _conclude(self, path: Path, case: _Case, problems: list[str]) -> None:
        if not problems:
            self._on_return(path)
        with self._deciding:
            if problems:
                case.problem, case.under_check = problems[0], False
            elif self._cases.get(path) is case:
                del self._cases[path]
