"""How a command fails: one sentence on standard error, a status, no traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.text import Text

from pipeline.interruption import remembered
from pipeline.snapshot import SnapshotError
from pipeline.terminal import SafeConsole
from pipeline.whole_file import WriteError

errors = SafeConsole(stderr=True, highlight=False)
"""Where everything goes that is not a command's result."""


def fail(message: str) -> NoReturn:
    """Print one sentence on standard error, on one line however narrow the screen, and exit with status 1."""
    errors.print(Text.assemble(("Error:", "bold red"), " ", " ".join(message.split("\n"))), soft_wrap=True)
    raise typer.Exit(1)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn whatever goes wrong inside into `fail`, and Ctrl-C into status 130."""
    try:
        with remembered():
            yield
    except KeyboardInterrupt:
        errors.print("Stopped. The store is as it was; finished embeddings are kept for the next run.", soft_wrap=True)
        raise typer.Exit(130) from None
    except BrokenPipeError:
        # Whoever read our output has had enough; the interpreter would complain when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from None
    except MemoryError:
        fail("There is not enough memory for this. Try fewer papers or --embedder lsa.")
    except Exception as error:
        if isinstance(error, typer.Exit | typer.BadParameter):
            raise
        if isinstance(error, _expected()):
            fail(str(error))
        if isinstance(error, OSError):
            fail(f"{error.filename or 'Reading or writing failed'}: {error.strerror or error}.")
        if os.environ.get("TOPIC_EXPLORER_DEBUG"):
            raise
        fail(
            f"Something unexpected went wrong ({type(error).__name__}: {error}). The store is as it was. "
            "Run again with TOPIC_EXPLORER_DEBUG=1 in the environment to see where, and please report it."
        )


def _expected() -> tuple[type[Exception], ...]:
    """The exceptions that carry a sentence for the user; those of modules not imported cannot have been raised."""
    known: list[type[Exception]] = [SnapshotError, WriteError]
    modules = {
        "pipeline.run": "RunError",
        "pipeline.readers": "ReadError",
        "pipeline.guide": "GuideError",
        "pipeline.embedding": "EmbeddingError",
        "pipeline.planted": "SampleError",
        "pipeline.serving": "ServeError",
        "dashboard.exports": "ExportError",
        "dashboard.instance": "InstanceError",
    }
    known += [getattr(sys.modules[module], name) for module, name in modules.items() if module in sys.modules]
    return tuple(known)


def open_standard_streams() -> None:
    """Give a process started with a standard stream closed (``>&-``) one that goes nowhere.

    Otherwise the next file opened, perhaps one of the store, would take the
    stream's place and whatever is printed would end up in it. Characters a
    stream's encoding does not have are written as escapes.
    """
    for descriptor, name in ((0, "stdin"), (1, "stdout"), (2, "stderr")):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number, which is this one
            setattr(sys, name, os.fdopen(descriptor, "r" if name == "stdin" else "w", encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
