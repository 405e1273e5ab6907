"""When the dashboard is called ready, and what it says otherwise."""

import json
from pathlib import Path

from dashboard.health import check_health
from tests.snapshots import publish_tiny


def test_a_store_without_a_corpus_is_unavailable(tmp_path: Path) -> None:
    status, body = check_health(tmp_path)
    assert (status, body["status"]) == (503, "unavailable")


def test_a_damaged_snapshot_is_noticed_and_its_corpus_not_named(tmp_path: Path) -> None:
    publish_tiny(tmp_path, "secret-project")
    damaged = publish_tiny(tmp_path, "broken-project")
    papers = damaged / "papers.parquet"
    papers.chmod(0o644)
    papers.write_bytes(papers.read_bytes()[:-1] + b"\0")
    status, body = check_health(tmp_path)
    assert (status, body["status"]) == (503, "degraded")
    assert "1 cannot be opened" in body["reason"]
    assert "project" not in json.dumps(body)


def test_what_a_check_finds_is_said(tmp_path: Path) -> None:
    publish_tiny(tmp_path)
    assert check_health(tmp_path, [lambda: None]) == (200, {"status": "ok"})
    found = check_health(tmp_path, [lambda: None, lambda: "the database does not answer"])
    assert found == (503, {"status": "degraded", "reason": "the database does not answer"})


def test_a_check_is_made_where_there_is_nothing_to_show_too(tmp_path: Path) -> None:
    status, body = check_health(tmp_path, [lambda: "the database does not answer"])
    assert (status, body["status"]) == (503, "unavailable")
    assert "no corpus" in body["reason"]
    assert "database" in body["reason"]
