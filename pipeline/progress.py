"""What a stage reports while it works. The command line draws it; tests and programs ignore it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class StepCounter(Protocol):
    """Counts the steps of one stage."""

    def advance(self, n: int = 1) -> None:
        """Report ``n`` more steps done."""


class Progress(Protocol):
    """Where stages report to."""

    def stage(self, name: str, total: int | None = None) -> AbstractContextManager[StepCounter]:
        """A context in which the stage ``name`` runs; ``total`` steps if known."""

    def say(self, message: str) -> None:
        """Tell the user one sentence, such as how long a stage will take."""


class _Silent:
    def say(self, message: str) -> None:
        pass

    def advance(self, n: int = 1) -> None:
        pass

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[StepCounter]:
        yield self


SILENT: Progress = _Silent()
"""Reports nowhere."""
