"""Ctrl-C that is never lost.

Python raises `KeyboardInterrupt` wherever the main thread happens to be. Inside
a callback from compiled code, of which numba's compiler makes many, it is
printed as ignored and swallowed, and the fit would go on and publish. So the
request is remembered too, and asked for whenever a stage begins or advances.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_asked = threading.Event()


def stop_if_asked() -> None:
    """Raise the interrupt that `remembered` saw, in case nobody else did.

    Raises
    ------
    KeyboardInterrupt
        Ctrl-C came since `remembered` was entered.
    """
    if _asked.is_set():
        raise KeyboardInterrupt


@contextmanager
def remembered() -> Iterator[None]:
    """Remember Ctrl-C for `stop_if_asked`, and print nothing about one that was swallowed.

    Leaves Ctrl-C alone where somebody else decided about it already, as a
    shell does for jobs in the background.
    """
    _asked.clear()
    is_ours = threading.current_thread() is threading.main_thread()
    if not is_ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    report = sys.unraisablehook

    def remember(number: int, frame: FrameType | None) -> None:
        _asked.set()
        signal.default_int_handler(number, frame)

    def report_others(event: Any) -> None:
        if not (_asked.is_set() and issubclass(event.exc_type, KeyboardInterrupt)):
            report(event)

    signal.signal(signal.SIGINT, remember)
    sys.unraisablehook = report_others
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.unraisablehook = report
        _asked.clear()
