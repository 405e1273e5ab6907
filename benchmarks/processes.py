"""Real processes with what they cost, and the machine they ran on."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[1]
CORPORA = ROOT.parent / "shared" / "corpora"
"""Where the two real corpora lie unless another folder is named."""

_LOOK_EVERY = 0.5  # seconds

Result = TypeVar("Result")


@dataclass(frozen=True)
class Run:
    """A process that ended well: wall seconds, peak resident memory in MB (10⁶ bytes), standard output."""

    seconds: float
    peak_mb: float
    output: str


class BenchmarkError(Exception):
    """A measured command failed; the message holds its last words."""


def topic_explorer(*arguments: str, environment: Mapping[str, str] | None = None) -> Run:
    """Run ``topic-explorer`` with these arguments; see `run_process`."""
    command = [sys.executable, "-m", "pipeline.cli", *arguments]
    return run_process(command, f"topic-explorer {arguments[0]}", environment)


def run_process(command: Sequence[str], name: str, environment: Mapping[str, str] | None = None) -> Run:
    """Run ``command`` in a process of its own and wait for it.

    Memory is the most that the process (``ru_maxrss``) or, looked at twice a
    second, the process and its descendants together held, files they mapped
    included and counted once for each. Linux counts what the starting process
    holds too, so whatever needs memory here is done `apart`.

    Raises
    ------
    BenchmarkError
        It ended with another status than 0; ``name`` says which.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **(environment or {})}, stdout=output, stderr=errors
        )
        with _family_watched(process.pid) as most:
            _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            said = errors.read().decode("utf-8", "replace")[-800:]
            raise BenchmarkError(f"{name} ended with status {process.returncode}: {said}")
        peak = usage.ru_maxrss if sys.platform == "darwin" else usage.ru_maxrss * 1024
        return Run(seconds, max(peak / 1e6, most[0]), output.read().decode("utf-8"))


@contextmanager
def _family_watched(pid: int) -> Iterator[list[float]]:
    """One number that follows the most memory in MB that a process and its descendants hold together."""
    most, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(_LOOK_EVERY):
            most[0] = max(most[0], family_mb(pid))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()


def family_mb(pid: int) -> float:
    """Resident memory in MB of a process and all its descendants, each with the files it mapped; 0 when it is gone."""
    said = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=True).stdout
    resident: dict[int, int] = {}
    children: dict[int, list[int]] = {}
    for line in said.splitlines():
        own, parent, size = map(int, line.split())
        resident[own] = size
        children.setdefault(parent, []).append(own)
    family, waiting = 0, [pid]
    while waiting:
        member = waiting.pop()
        family += resident.get(member, 0)
        waiting += children.get(member, [])
    return family * 1024 / 1e6


def apart(function: Callable[..., Result], *arguments: object) -> Result:
    """``function(*arguments)`` in a new process, so that its memory is gone afterwards."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def resident_mb(pid: int) -> float:
    """Resident memory of a running process in MB, files it mapped included."""
    said = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(said.stdout) * 1024 / 1e6


def machine() -> str:
    """CPU model, cores this process may use, memory, operating system, Python. No names, no paths."""
    n_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return f"{_cpu()}, {n_cores} cores, {memory:.0f} GB, {_system()}, Python {platform.python_version()}"


def load() -> str:
    """How busy the machine is: the load average of the last minute for each core."""
    return f"{os.getloadavg()[0] / (os.cpu_count() or 1):.1f} for each core"


def _cpu() -> str:
    if sys.platform == "darwin":
        said = subprocess.run(["sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, text=True, check=False)
        return said.stdout.strip() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _system() -> str:
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]}"
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()


def spread(seconds: Sequence[float]) -> str:
    """Median and maximum of some times: "0.42 s, at most 0.61 s (10 times)"."""
    ordered = sorted(seconds)
    middle = len(ordered) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return f"median {median:.2f} s, at most {ordered[-1]:.2f} s ({len(ordered)} times)"
