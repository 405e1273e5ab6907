#!/usr/bin/env python3
"""Copies the store and the curation database while both are in use, and brings them back.

    back_up.py keep STORE FOLDER       copy what is new since the last time
    back_up.py restore FOLDER STORE    into an empty store and an empty database; stop the application first

The database is the one of ``TOPIC_EXPLORER_DATABASE``, else ``curation.sqlite`` in
the store if there is one. Needs Python alone, and PostgreSQL's ``pg_dump`` and
``pg_restore`` where the database is PostgreSQL.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

_KEPT = re.compile(r"\d{8}T\d{6}Z\.(dump|sqlite)")


class BackUpError(Exception):
    """It cannot be done; the message says why."""


# --- keep ------------------------------------------------------------------------------


def keep(store: Path, folder: Path, database: str) -> None:
    """Copy every snapshot that ``folder`` has not yet, and the database as it is now."""
    if not store.is_dir():
        raise BackUpError(f"There is no store at {store}.")
    (folder / "database").mkdir(parents=True, exist_ok=True)
    for corpus in _corpora(store):
        _keep_corpus(corpus, folder / "store" / corpus.name)
    _keep_database(database, store, folder / "database")


def _corpora(store: Path) -> Iterator[Path]:
    """Folders of ``store`` that serve a snapshot."""
    return (path for path in sorted(store.iterdir()) if (path / "latest").is_file() and not path.is_symlink())


def _keep_corpus(corpus: Path, copy: Path) -> None:
    # Read before the snapshots: what it names is surely among those copied after it.
    latest = (corpus / "latest").read_bytes()
    snapshots, incoming = copy / "snapshots", copy / "incoming"
    snapshots.mkdir(parents=True, exist_ok=True)
    for snapshot in sorted((corpus / "snapshots").iterdir()):
        if (snapshots / snapshot.name).exists() or not snapshot.is_dir() or snapshot.is_symlink():
            continue  # snapshots never change
        shutil.rmtree(incoming, ignore_errors=True)
        try:
            shutil.copytree(snapshot, incoming, symlinks=True)
        except (FileNotFoundError, shutil.Error):
            if snapshot.exists():
                raise
            continue  # pruned meanwhile
        incoming.rename(snapshots / snapshot.name)
    _replace(copy / "latest", latest)


def _replace(path: Path, content: bytes) -> None:
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(content)
    new.replace(path)


def _keep_database(database: str, store: Path, folder: Path) -> None:
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    incoming = folder / "incoming"
    incoming.unlink(missing_ok=True)
    if database.startswith("postgresql"):
        _postgres(database, "pg_dump", "--format=custom", "--no-owner", "--file", str(incoming))
        incoming.rename(folder / f"{now}.dump")
    elif (file := _sqlite_file(database, store)).is_file():
        _copy_sqlite(file, incoming)
        incoming.rename(folder / f"{now}.sqlite")
    elif database:
        raise BackUpError(f"There is no database at {file}.")


def _copy_sqlite(source: Path, target: Path) -> None:
    """A copy as of one moment, whoever writes meanwhile: a copy of the file alone could be torn."""
    address = f"{source.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as there, closing(sqlite3.connect(target)) as here:
        there.backup(here)
        here.execute("PRAGMA journal_mode=DELETE")
        if here.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise BackUpError(f"The copy of {source} is damaged, and the database surely is too.")


# --- restore -----------------------------------------------------------------------------


def restore(folder: Path, store: Path, database: str) -> None:
    """Bring back every snapshot, then what each corpus serves, then the newest database."""
    if not (folder / "store").is_dir():
        raise BackUpError(f"{folder} holds no back-up: there is no folder store in it.")
    if store.exists() and any(store.iterdir()):
        raise BackUpError(f"{store} is not empty: a restore never overwrites anything.")
    kept = sorted(path for path in (folder / "database").glob("*") if _KEPT.fullmatch(path.name))
    file = _sqlite_file(database, store)
    if kept and kept[-1].suffix == ".sqlite" and file.exists():
        raise BackUpError(f"{file} is there already: a restore never overwrites anything.")
    store.mkdir(parents=True, exist_ok=True)
    for corpus in _corpora(folder / "store"):
        shutil.copytree(corpus / "snapshots", store / corpus.name / "snapshots", symlinks=True)
        _replace(store / corpus.name / "latest", (corpus / "latest").read_bytes())
    if not kept:
        return
    if kept[-1].suffix == ".dump":
        if not database.startswith("postgresql"):
            raise BackUpError(
                "The database that was kept is PostgreSQL: TOPIC_EXPLORER_DATABASE must name an empty one."
            )
        options = ("--exit-on-error", "--single-transaction", "--no-owner", "--dbname", _name(database))
        _postgres(database, "pg_restore", *options, str(kept[-1]))
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(kept[-1], file)


# --- databases ------------------------------------------------------------------------------


def _sqlite_file(database: str, store: Path) -> Path:
    """The file of an address like ``sqlite:////srv/curation.sqlite``; without one, that in the store."""
    return Path(database.partition(":///")[2].partition("?")[0]) if database else store / "curation.sqlite"


def _name(database: str) -> str:
    return unquote(urlsplit(database).path.lstrip("/"))


def _postgres(database: str, *command: str) -> None:
    """Run a program of PostgreSQL. Where it connects to is in its environment: arguments can be read by all users."""
    parts = urlsplit(database)
    given = {
        "PGHOST": parts.hostname or dict(_query(parts.query)).get("host"),
        "PGPORT": str(parts.port) if parts.port else None,
        "PGUSER": unquote(parts.username or "") or None,
        "PGPASSWORD": unquote(parts.password or "") or None,
        "PGDATABASE": _name(database) or None,
    }
    environment = {**os.environ, **{name: value for name, value in given.items() if value}}
    environment.pop("TOPIC_EXPLORER_DATABASE", None)
    if shutil.which(command[0]) is None:
        raise BackUpError(f"{command[0]} is missing: install PostgreSQL's client programs.")
    if subprocess.run(command, env=environment, check=False).returncode:
        raise BackUpError(f"{command[0]} failed; it says why above.")


def _query(query: str) -> Iterator[tuple[str, str]]:
    for pair in filter(None, query.split("&")):
        name, _, value = pair.partition("=")
        yield name, unquote(value)


def main(arguments: list[str]) -> int:
    """Run one of the two commands; the exit status."""
    commands = {"keep": keep, "restore": restore}
    if len(arguments) != 3 or arguments[0] not in commands:
        sys.stderr.write("back_up.py keep STORE FOLDER, or back_up.py restore FOLDER STORE\n")
        return 2
    os.umask(0o077 if arguments[0] == "keep" else 0o022)  # the application reads a store; nobody else reads a back-up
    try:
        commands[arguments[0]](Path(arguments[1]), Path(arguments[2]), os.environ.get("TOPIC_EXPLORER_DATABASE", ""))
    except (BackUpError, OSError, shutil.Error, sqlite3.Error) as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
