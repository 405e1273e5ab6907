"""What is typed on the command line, checked before anything is done with it."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import typer

from pipeline.failures import fail
from pipeline.snapshot import default_store, list_corpora


def folder(text: str) -> Path:
    """A folder as typed: ``~`` is the home folder, and nothing is no folder (an unset variable in a script)."""
    if not text.strip():
        raise typer.BadParameter("it is empty; name a folder.")
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise typer.BadParameter(f"{text}: there is no such home folder.") from error


def columns_of(pairs: list[str] | None) -> dict[str, str]:
    """Our column → the file's, from ``--column OURS=THEIRS``."""
    columns = {}
    for pair in pairs or []:
        ours, equals, theirs = pair.partition("=")
        if not (equals and ours.strip() and theirs.strip()):
            fail(f"--column {pair}: write it as OURS=THEIRS, for example --column abstract=summary.")
        if ours.strip() in columns:
            fail(f"--column {pair}: {ours.strip()} is given twice; keep one of the two.")
        columns[ours.strip()] = theirs.strip()
    return columns


def readable_store(store: Path | None) -> Path:
    """The store to read from: the one given, else the default.

    It need not exist; but what is there must be a folder that can be listed.
    """
    store = store or default_store()
    try:
        next(store.iterdir(), None)
    except FileNotFoundError:
        pass
    except OSError as error:
        fail(f"{store}: this store cannot be read ({error.strerror}); choose another with --store.")
    return store


def corpora_of(store: Path, corpus: str | None) -> list[str]:
    """The corpora a command is about: all of a store, or the one given, which must have a snapshot."""
    known = list_corpora(store)
    if corpus is None:
        return known
    if corpus not in known:
        fail(f"There is no corpus {corpus!r} in {store}; it has {', '.join(known) or 'none'}.")
    return [corpus]


def say_version(asked: bool) -> None:
    """Print the version and end, where it was asked for."""
    if asked:
        typer.echo(f"topic-explorer {version('topic-explorer')}")
        raise typer.Exit
