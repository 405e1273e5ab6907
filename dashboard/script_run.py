"""One run of the Streamlit script: how long it took and how it ended, for the log and the figures."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dashboard.log import log_event, log_failure
from dashboard.metrics import NO_PAGE, note_run


@dataclass
class ScriptRun:
    """What is known of a run so far.

    Attributes
    ----------
    page, snapshot_id
        What it shows; ``page`` is `metrics.NO_PAGE` as long as it shows none.
    outcome
        One of `metrics.OUTCOMES`.
    """

    page: str = NO_PAGE
    snapshot_id: str | None = None
    outcome: str = "shown"

    def refused(self, error: Exception) -> None:
        """The page says what could not be done, as foreseen."""
        self.outcome = "refused"
        log_event("page_refused", page=self.page, snapshot_id=self.snapshot_id, error=type(error).__name__)

    def failed(self, error: Exception) -> None:
        """Something went wrong that nobody foresaw."""
        self.outcome = "failed"
        log_failure("page_failed", error, page=self.page, snapshot_id=self.snapshot_id)


@contextmanager
def script_run() -> Iterator[ScriptRun]:
    """A run, noted at its end however it ends: a visitor's next click stops one half-way."""
    run, started = ScriptRun(), time.perf_counter()
    try:
        yield run
    except BaseException:
        run.outcome = "stopped"
        raise
    finally:
        seconds = time.perf_counter() - started
        note_run(run.page, run.outcome, seconds)
        log_event("run", page=run.page, snapshot_id=run.snapshot_id, milliseconds=round(seconds * 1_000))
