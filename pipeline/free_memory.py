"""How much memory this process may still take."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

_MACHINE = Path("/proc/meminfo")
_LIMIT, _USED = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")


def free_memory_mb(machine: Path = _MACHINE, limit: Path = _LIMIT, used: Path = _USED) -> float | None:
    """What Linux says is available, in MB (10⁶ bytes), and no more than a container's limit leaves.

    ``None`` where the system does not say. The paths are those of the system's own files.
    """
    free = None
    with suppress(OSError):
        if found := re.search(r"^MemAvailable:\s+(\d+) kB", machine.read_text(encoding="ascii"), re.MULTILINE):
            free = int(found[1]) * 1024 / 1e6
    with suppress(OSError, ValueError):  # "max": no limit
        left = (int(limit.read_text(encoding="ascii")) - int(used.read_text(encoding="ascii"))) / 1e6
        free = max(0.0, left if free is None else min(free, left))
    return free
