"""Whether this process lives, and whether it is ready: can really show something."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse

from pipeline import snapshot as snapshots

Check = Callable[[], str | None]
"""Says what is wrong with something the pages need, in words that name nothing private; ``None``: all is well."""

_HEALTH_SECONDS = 10.0
_UNCACHED = {"Cache-Control": "no-store"}


def check_health(store: Path, checks: Sequence[Check] = ()) -> tuple[int, dict[str, str]]:
    """Open the latest snapshot of every corpus and make all ``checks``: an HTTP status and what to say.

    200 when each opens; 503 when there is none, when one cannot be opened, when
    an older one had to stand in, or when a check finds something. The answer
    names no corpus: it is public.
    """
    reasons = [reason for check in checks if (reason := check())]
    corpora = snapshots.list_corpora(store)
    if not corpora:
        return 503, _say("unavailable", ["the store holds no corpus yet", *reasons])
    n_failed = n_replaced = 0
    for corpus in corpora:
        try:
            n_replaced += snapshots.open_snapshot(store, corpus).notice is not None
        except (snapshots.SnapshotError, OSError):
            n_failed += 1
    if n_failed or n_replaced:
        reasons.insert(
            0,
            f"of {len(corpora)} corpora, {n_failed} cannot be opened and {n_replaced} show an older snapshot; "
            "topic-explorer verify says why",
        )
    if reasons:
        return 503, _say("unavailable" if n_failed == len(corpora) else "degraded", reasons)
    return 200, {"status": "ok"}


def _say(status: str, reasons: Sequence[str]) -> dict[str, str]:
    return {"status": status, "reason": "; ".join(reasons)}


class Readiness:
    """The ``/healthz`` endpoint. An answer stands for ten seconds, so asking often costs nothing."""

    def __init__(self, *checks: Check) -> None:
        self._checks = checks
        self._until = 0.0
        self._answer: tuple[int, dict[str, str]] = (503, {})

    async def answer(self, _: Request) -> JSONResponse:
        """Answer with `check_health` of the store."""
        if time.monotonic() >= self._until:
            self._answer = await run_in_threadpool(check_health, snapshots.default_store(), self._checks)
            self._until = time.monotonic() + _HEALTH_SECONDS
        status, body = self._answer
        return JSONResponse(body, status_code=status, headers=_UNCACHED)


async def livez(_: Request) -> PlainTextResponse:
    """Whether the process answers at all. What is wrong with the store is no reason to restart it."""
    return PlainTextResponse("ok", headers=_UNCACHED)
