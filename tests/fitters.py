"""What other processes do in the tests of fits: fit, at the same time as others, killed, or with no room to write."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import pipeline.model  # noqa: F401 - what takes long to import is there before a process starts
from pipeline.progress import StepCounter
from pipeline.run import fit
from pipeline.settings import RunSettings, TopicSettings
from pipeline.snapshot import SnapshotError


class Notes:
    """A progress that writes down each stage's name, and kills its process where that is asked for."""

    def __init__(self, kill_at: str | None = None) -> None:
        self.stages: list[str] = []
        self._kill_at = kill_at

    def say(self, message: str) -> None:
        """Nobody listens."""

    def advance(self, n: int = 1) -> None:
        """Nobody counts."""

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[StepCounter]:
        """Note ``name``; in the middle of the stage that is asked for, die."""
        self.stages.append(name)
        if name == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        yield self


def fit_small(papers: Path, store: Path, cache: Path, seed: int, notes: Notes | None = None) -> list[str]:
    """Fit ``papers`` as the corpus ``small``; the names of its stages."""
    notes = notes or Notes()
    settings = RunSettings(embedder="lsa", topics=TopicSettings(seed=seed))
    fit([papers], "small", store, cache, settings, notes)
    return notes.stages


def fit_and_tell(papers: Path, store: Path, cache: Path, seed: int, answer: Connection) -> None:
    """Fit; answers with the stages."""
    answer.send(fit_small(papers, store, cache, seed))


def fit_and_die(papers: Path, store: Path, cache: Path, seed: int, stage: str) -> None:
    """Fit, but be killed in the stage called ``stage``."""
    fit_small(papers, store, cache, seed, Notes(stage))


def fit_with_file_limit(papers: Path, store: Path, cache: Path, most_bytes: int, answer: Connection) -> None:
    """Fit where no file can grow beyond ``most_bytes``; answers with the error in words."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    try:
        fit_small(papers, store, cache, 1)
    except SnapshotError as error:
        answer.send(str(error))
    else:
        answer.send("published")
