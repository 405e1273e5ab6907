"""Figures for a monitor: what is counted, who may see it, and that no visitor can make it grow."""

import subprocess
import sys

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from starlette.requests import Request

from dashboard import metrics as module
from dashboard.metrics import NO_PAGE, OUTCOMES, Metrics, asked_from_nearby
from dashboard.script_run import script_run
from dashboard.state import PAGES
from tests.processes import awaited
from tests.servers import ROOT


def samples(figures: Metrics) -> dict[tuple[str, str], float]:
    """Value by name and page, as a monitor reads them."""
    families = text_string_to_metric_families(figures.text().decode())
    return {
        (sample.name, sample.labels.get("page", "")): sample.value
        for family in families
        for sample in family.samples
        if "le" not in sample.labels
    }


def request(client: str | None, **headers: str) -> Request:
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "client": client and (client, 1234), "headers": given, "method": "GET"})


def test_runs_are_counted_by_page_with_their_times() -> None:
    figures = Metrics()
    figures.watch(lambda: 3, lambda: 2)
    figures.note_run("map", "shown", 0.2)
    figures.note_run("map", "shown", 0.4)
    found = samples(figures)
    assert found["topic_explorer_runs_total", "map"] == 2
    assert found["topic_explorer_run_seconds_count", "map"] == 2
    assert found["topic_explorer_run_seconds_sum", "map"] == pytest.approx(0.6)
    assert found["topic_explorer_visits_open", ""] == 3
    assert found["topic_explorer_snapshots_open", ""] == 2
    assert found["process_resident_memory_bytes", ""] > 1e6


def test_labels_come_from_short_lists_whatever_is_asked_for() -> None:
    figures = Metrics()
    for page in (*PAGES, *(f"made-up-{i}" for i in range(500))):
        figures.note_run(page, f"odd {page}", 0.1)
    families = {family.name: family for family in text_string_to_metric_families(figures.text().decode())}
    labels = [sample.labels for sample in families["topic_explorer_runs"].samples]
    assert {label["page"] for label in labels} == {*PAGES, NO_PAGE}
    assert {label["outcome"] for label in labels} <= set(OUTCOMES)
    assert "made-up" not in figures.text().decode()


@pytest.mark.parametrize(
    ("ends", "outcome"),
    [(None, "shown"), (ValueError("x"), "failed"), (KeyError("x"), "refused"), (SystemExit(), "stopped")],
)
def test_a_run_is_counted_however_it_ends(
    ends: BaseException | None, outcome: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[tuple[str, str]] = []
    monkeypatch.setattr("dashboard.script_run.note_run", lambda page, outcome, _: counted.append((page, outcome)))

    def one_run() -> None:
        with script_run() as run:
            run.page = "map"
            if isinstance(ends, ValueError):
                run.failed(ends)
            elif isinstance(ends, KeyError):
                run.refused(ends)
            elif ends is not None:
                raise ends

    if isinstance(ends, SystemExit):
        with pytest.raises(SystemExit):
            one_run()
    else:
        one_run()
    assert counted == [("map", outcome)]


@pytest.mark.parametrize(
    ("client", "headers", "nearby"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("172.18.0.4", {}, True),
        ("93.184.216.34", {}, False),
        ("127.0.0.1", {"x_forwarded_for": "127.0.0.1"}, False),
        ("127.0.0.1", {"forwarded": "for=127.0.0.1"}, False),
        ("not an address", {}, False),
        (None, {}, False),
    ],
)
def test_figures_are_for_a_monitor_nearby(client: str | None, headers: dict[str, str], nearby: bool) -> None:
    asked = request(client, **headers)
    assert asked_from_nearby(asked) is nearby
    assert awaited(module.metrics(asked)).status_code == (200 if nearby else 404)


def test_without_the_extra_nothing_is_counted_and_the_monitor_is_told_what_to_install() -> None:
    program = (
        "import sys; sys.modules['prometheus_client'] = None\n"
        "import asyncio\n"
        "from starlette.requests import Request\n"
        "from dashboard.metrics import metrics, note_run\n"
        "note_run('map', 'shown', 0.1)\n"
        "answer = asyncio.run(metrics(Request({'type': 'http', 'client': ('127.0.0.1', 1), 'headers': []})))\n"
        "print(answer.status_code, answer.body.decode())"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("404 ")
    assert "topic-explorer[hosting]" in done.stdout
