"""A PostgreSQL of the tests' own: a private cluster in a temporary folder, stopped at the end.

Run as a module by ``make test``, it installs PostgreSQL where there is none.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.servers import free_port

_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_USERS = ("postgres", "nobody")  # PostgreSQL refuses to be run by root


def find_postgres() -> Path | None:
    """The folder with ``initdb`` and ``postgres``: that of the PATH, or the newest of Debian's; None without."""
    if path := shutil.which("initdb"):
        return Path(path).resolve().parent
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(found, key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0)
    return newest[-1].parent if newest else None


def ensure_postgres() -> Path:
    """`find_postgres`, installed if need be; exits with the command to run by hand if that fails."""
    attempts: list[list[str]] = []
    if os.geteuid() == 0 and shutil.which("apt-get"):
        attempts.append(["apt-get", "update", "-qq"])
        attempts.append(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "postgresql"])
    for attempt in [None, *attempts]:
        if attempt:
            print("+", " ".join(attempt), flush=True)  # noqa: T201
            subprocess.run(attempt, check=False, stdout=subprocess.DEVNULL)
        if folder := find_postgres():
            return folder
    sys.exit(
        "The tests of curation need PostgreSQL. Install it with\n"
        "  sudo apt-get install postgresql   (Debian, Ubuntu)\n"
        "  brew install postgresql           (macOS)\n"
        "and run make test again."
    )


class Cluster:
    """A running PostgreSQL on a port of loopback, to be killed and started again at will."""

    def __init__(self, folder: Path) -> None:
        self._programs = ensure_postgres()
        self._user = _ordinary_user()
        self._folder = folder
        self._data = folder / "data"
        self.port = free_port()
        if self._user:
            shutil.chown(folder, self._user)
        # Nothing here has to outlive a power cut, only kill -9, which needs no fsync.
        subprocess.run(
            [self._programs / "initdb", "-D", self._data, "-U", "curator", "-A", "trust", "-E", "UTF8", "--locale=C",
             "--no-sync"],
            cwd=folder, user=self._user, check=True, capture_output=True,
        )  # fmt: skip
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers; after a kill, until the old one's last process is gone."""
        deadline = time.monotonic() + _START_SECONDS
        while not self._try_to_start(deadline):
            if time.monotonic() > deadline:
                raise AssertionError(f"PostgreSQL did not start:\n{self._log.read_text(errors='replace')}")
            time.sleep(0.2)

    @property
    def _log(self) -> Path:
        return self._folder / "postgres.log"

    def _try_to_start(self, deadline: float) -> bool:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, "-h", "127.0.0.1", "-p", str(self.port), "-k", "",
                 "-c", "fsync=off", "-c", "max_connections=60"],
                cwd=self._folder, user=self._user, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                psycopg.connect(self.url_of("postgres"), connect_timeout=2).close()
                return True
            except psycopg.OperationalError:
                time.sleep(0.05)
        return False

    def kill(self) -> None:
        """``kill -9``: no time to write anything down."""
        self._process.kill()
        self._process.wait(timeout=_STOP_SECONDS)

    def stop(self) -> None:
        """Stop it, whoever is still connected."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=_STOP_SECONDS)

    def url_of(self, database: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://curator@127.0.0.1:{self.port}/{database}"

    def emptied(self) -> str:
        """The address of the one database that tests use after each other, with nothing left in it."""
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        return self.url_of("postgres")

    def new_database(self) -> str:
        """The address of a database that is empty."""
        name = f"t{uuid.uuid4().hex}"
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url_of(name)


def _ordinary_user() -> str | None:
    """Whom to run it as: ``None`` for ourselves, somebody else where we are root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(user for user in _USERS if user in known)


@contextmanager
def running() -> Iterator[Cluster]:
    """A cluster of one's own, gone without a trace at the end."""
    # Not below pytest's folders, which nobody else may enter.
    folder = Path(tempfile.mkdtemp(prefix="topic-explorer-postgres-"))
    try:
        cluster = Cluster(folder)
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    print(ensure_postgres())  # noqa: T201
