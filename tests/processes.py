"""Starting what runs beside a test, whatever ran before it in the same process."""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.context import ForkServerContext
from types import ModuleType
from typing import Any, TypeVar

Answer = TypeVar("Answer")


def processes() -> ForkServerContext:
    """Where to start processes: fresh ones, forked from a server that has the imports done."""
    # Streamlit's AppTest leaves the script it ran as ``__main__``, and every new process would run that first.
    sys.modules["__main__"] = ModuleType("__main__")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.publishers", "tests.fitters"])
    return context


def awaited(answer: Coroutine[Any, Any, Answer]) -> Answer:
    """What a coroutine comes to. In a thread of its own: Playwright keeps a loop running in that of the tests."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, answer).result()
