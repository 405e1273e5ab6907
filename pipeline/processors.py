"""How many processors this process may use."""

from __future__ import annotations

import os


def n_processors() -> int:
    """Those it is allowed to run on where the system says so, else all there are; at least 1."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
