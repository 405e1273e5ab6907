"""A dashboard of one's own: the real server on a free port, stopped at the end."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
_START_SECONDS = 60.0


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A dashboard on a port of its own, which can be killed and started again."""

    store: Path
    folder: Path
    port: int
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it answers, without a slash."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What it wrote, on both outputs."""
        return self.folder / f"server-{self.port}.log"

    def start(self) -> None:
        """``streamlit run dashboard/server.py``, until it answers."""
        command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "dashboard" / "server.py")]
        command += ["--server.port", str(self.port)]
        settings = {"TOPIC_EXPLORER_STORE": str(self.store), "PYTHONPATH": str(ROOT), **self.environment}
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env={**os.environ, **settings}, stdout=output, stderr=subprocess.STDOUT
            )
        _wait_for(f"{self.address}/_stcore/health", self.process, self.log)

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(timeout=20)

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=20)


@contextmanager
def serving(store: Path, folder: Path, *, port: int | None = None, **environment: str) -> Iterator[str]:
    """A dashboard over ``store``, started in ``folder``; its address without a slash.

    ``folder`` is somewhere else than the repository, as it is for those who installed the package.
    """
    server = Server(store, folder, port or free_port(), environment)
    try:
        server.start()
        yield server.address
    finally:
        server.stop()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"the dashboard did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")
