"""What is written to the log, and what never is."""

import json
import logging
import subprocess
import sys

import pytest

from dashboard.log import FIELDS, log_event, log_failure
from tests.servers import ROOT

PROGRAM = """
import logging, sys
library = logging.getLogger("streamlit.made.before")
library.addHandler(logging.StreamHandler())
library.propagate = False
from dashboard.log import log_event, log_failure, start_log
start_log(sys.argv[1])
log_event("run", page="map", snapshot_id="20260101-aaaa", milliseconds=12, error=None)
logging.getLogger("uvicorn.error").info('%s - "WebSocket %s" [accepted]', "10.0.0.1", "/_stcore/stream?q=secret")
library.warning("cannot read %s", "secret")
def failing(text):
    raise KeyError(text)
for log in (lambda e: log_failure("page_failed", e, page="map"), lambda e: library.error("it broke", exc_info=e)):
    try:
        failing("secret")
    except KeyError as error:
        log(error)
"""


def written(kind: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, kind], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_every_line_is_json_and_says_nothing_that_came_from_outside() -> None:
    lines = written("json")
    assert "secret" not in "".join(lines)
    assert "10.0.0.1" not in "".join(lines)
    run, warning, failure, broken = [json.loads(line) for line in lines]
    assert run.pop("time").endswith("Z")
    assert run == {
        "level": "info",
        "event": "run",
        "snapshot_id": "20260101-aaaa",
        "page": "map",
        "milliseconds": 12,
    }
    assert (warning["event"], warning["logger"], warning["says"]) == (
        "library",
        "streamlit.made.before",
        "cannot read %s",
    )
    assert (failure["event"], failure["error"], failure["page"]) == ("page_failed", "KeyError", "map")
    assert failure["where"].startswith("failing:")
    assert (broken["says"], broken["error"]) == ("it broke", "KeyError")


def test_plain_lines_are_of_trouble_only_and_as_discreet() -> None:
    lines = written("plain")
    assert [line.split()[1:3] for line in lines] == [
        ["warning", "library"],
        ["error", "page_failed"],
        ["error", "library"],
    ]
    assert "secret" not in "".join(lines)


def test_nothing_can_be_told_that_nobody_thought_about() -> None:
    with pytest.raises(ValueError, match="not a field of the log: search"):
        log_event("run", search="somebody's question")
    assert set(FIELDS) == {"snapshot_id", "page", "milliseconds", "error", "where"}


def test_a_failure_tells_its_kind_and_place_and_not_its_text(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    try:
        raise OSError("/srv/secret is full")
    except OSError as error:
        log_failure("export_failed", error)
    assert "export_failed error=OSError where=test_a_failure" in caplog.text
    assert "secret" not in caplog.text
