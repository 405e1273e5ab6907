"""The log: one line an event on standard error, without anything that somebody typed, searched for or is called.

Our own events carry the fields of `FIELDS` and no others. Of what libraries say
only the fixed part is written, never what they put into it, nor the text of an
error: an address with a query string, a search, a path may be in there.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

LogKind = Literal["plain", "json"]

FIELDS = ("snapshot_id", "page", "milliseconds", "error", "where")
"""What an event may tell besides its name. None of it is chosen freely by a visitor."""

_OURS = "topic_explorer"
_MARK = "topic_explorer_fields"
_LOG = logging.getLogger(_OURS)
_QUIET = ("uvicorn", "uvicorn.error", "uvicorn.access", "websockets")


def log_event(event: str, level: int = logging.INFO, **fields: str | int | None) -> None:
    """Write one event; fields that are ``None`` are left out.

    Raises
    ------
    ValueError
        A field is none of `FIELDS`: whoever adds one thinks about what can be in it.
    """
    if unknown := sorted(set(fields) - set(FIELDS)):
        raise ValueError(f"not a field of the log: {', '.join(unknown)}")
    known = {name: fields[name] for name in FIELDS if fields.get(name) is not None}
    said = " ".join([event, *(f"{name}={value}" for name, value in known.items())])
    _LOG.log(level, "%s", said, extra={_MARK: {"event": event, **known}})


def log_failure(event: str, error: BaseException, **fields: str | int | None) -> None:
    """Write that something failed: the kind of error and where in the code, never its text."""
    log_event(event, logging.ERROR, error=type(error).__name__, where=place_of(error), **fields)


def place_of(error: BaseException) -> str:
    """The innermost four functions of an error's traceback, with lines, the place it was raised at first."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-4:]))


def start_log(kind: LogKind) -> None:
    """From now on everything this process logs goes through one handler, as ``kind`` says.

    ``json`` also writes events that are no trouble, such as every run of a page.
    Servers' lines about single requests are not written in either.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if kind == "json" else PlainLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Streamlit gives every logger of its own a handler; theirs would write around ours.
    for logger in [found for found in logging.root.manager.loggerDict.values() if isinstance(found, logging.Logger)]:
        if logger.handlers:
            logger.handlers.clear()
            logger.propagate = True
    for name in _QUIET:  # "WebSocket /path?query [accepted]" and the like
        logging.getLogger(name).setLevel(logging.WARNING)
    _LOG.setLevel(logging.INFO if kind == "json" else logging.WARNING)


def told(record: logging.LogRecord) -> dict[str, str | int]:
    """What may be written of a record, by name, in order."""
    time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    first: dict[str, str | int] = {"time": time.replace("+00:00", "Z"), "level": record.levelname.lower()}
    fields: Mapping[str, str | int] | None = getattr(record, _MARK, None)
    if fields is not None:
        return {**first, **fields}
    # A template is written as it stands in the library's source; what was put into it is not.
    template = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
    said: dict[str, str | int] = {
        **first,
        "event": "library",
        "logger": record.name,
        "says": " ".join(template.split()),
    }
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        said |= {"error": type(error).__name__, "where": place_of(error)}
    return said


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """``record`` as an object with ``time``, ``level``, ``event`` and what the event tells."""
        return json.dumps(told(record), ensure_ascii=False)


class PlainLines(logging.Formatter):
    """A record as one line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """``record`` as time, level, event and ``name=value`` pairs."""
        fields = told(record)
        first = [str(fields.pop(name)) for name in ("time", "level", "event")]
        return " ".join([*first, *(f"{name}={value}" for name, value in fields.items())])
