"""Files of a snapshot are damaged while it is shown, and mended: visitors see the last good state, then it returns."""

from __future__ import annotations

import os
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import data
from dashboard.out_of_service import OutOfService
from pipeline import snapshot as snapshots
from pipeline.snapshot import SnapshotDamaged
from tests.processes import processes
from tests.snapshots import publish_contents, publish_tiny, tiny_contents

APP = str(Path(__file__).parents[2] / "dashboard" / "app.py")
MAPPED = ("abstracts.arrow", "embeddings.npy", "neighbours.npy")


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A store with an older snapshot of 60 papers and the current one, of 40."""
    folder = tmp_path / "store"
    publish_tiny(folder)
    publish_contents(folder, tiny_contents(n_papers=40), created=datetime(2025, 8, 1, tzinfo=UTC))
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(folder))
    return folder


@pytest.fixture
def current(store):
    """The folder of the current snapshot."""
    return snapshots.open_snapshot(store, "tiny").path


def wait_for_checks():
    for thread in threading.enumerate():
        if thread.name.startswith("verify "):
            thread.join()


def cut(path, keep=0.5):
    path.chmod(0o644)
    os.truncate(path, int(path.stat().st_size * keep))


# --- cut, deleted, overwritten under a server ------------------------------------------------


@pytest.mark.parametrize("name", MAPPED)
def test_a_file_cut_under_the_server_takes_its_snapshot_out_of_service_and_mended_it_returns(
    store, current, tmp_path, name
):
    copy = shutil.copytree(current, tmp_path / "back-up")
    assert data.open_snapshot("tiny", current.name).n_papers == 40
    cut(current / name)
    with pytest.raises(SnapshotDamaged, match=f"{name} has been cut short") as refused:
        data.open_snapshot("tiny", current.name)
    assert data.served_snapshot("tiny").n_papers == 60
    assert refused.value.last_good == data.served_snapshot("tiny").snapshot_id
    assert "cut short" in data.why_not_latest("tiny", refused.value.last_good)
    cut(current / name, keep=0.1)  # still not right: it is looked at again, and stays away
    with pytest.raises(SnapshotDamaged):
        data.open_snapshot("tiny", current.name)
    wait_for_checks()
    with pytest.raises(SnapshotDamaged, match=name):
        data.open_snapshot("tiny", current.name)
    (current / name).write_bytes((copy / name).read_bytes())  # into the same file, as cp does
    with pytest.raises(SnapshotDamaged):  # not before it has been checked
        data.open_snapshot("tiny", current.name)
    wait_for_checks()
    back = data.open_snapshot("tiny", current.name)
    assert back.snapshot.abstract(39) == snapshots.open_snapshot(store, "tiny").abstract(39)
    assert data.served_snapshot("tiny") is back
    assert data.why_not_latest("tiny", refused.value.last_good) is None


def visit_while_damaged(store, snapshot_id, damage, said):
    """In a process of its own, which a read beyond the end of a file would kill: open, damage, use every part."""
    os.environ["TOPIC_EXPLORER_STORE"] = str(store)
    folder = store / "tiny" / "snapshots" / snapshot_id
    pages = [
        {"page": "search", "q": "birdsong"},
        {"page": "search", "q": "solar cells", "mode": "meaning"},
        {"page": "search", "similar": "p-0003"},
        {"page": "data", "paper": "p-0001"},
        {"page": "compare"},
        {"page": "map"},
    ]
    first = AppTest.from_file(APP, default_timeout=60).run()
    assert not first.exception
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            damage(path)
    for page in pages:
        app = AppTest.from_file(APP, default_timeout=60)
        for name, value in page.items():
            app.query_params[name] = value
        app.run()
        text = [e.value for e in (*app.markdown, *app.warning, *app.error, *app.caption, *app.info)]
        said.send((page, [str(e.value) for e in app.exception], text))
    said.send(None)


def cut_in_half(path):
    cut(path)


def delete(path):
    path.unlink()


def scramble(path):
    """Put another file of the same size in its place, as a failing disk or a wrong restore does."""
    content = bytes(255 - byte for byte in path.read_bytes())
    path.unlink()
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [cut_in_half, delete, scramble])
def test_every_file_damaged_under_a_running_server_kills_nothing_and_shows_no_error_of_ours(store, current, damage):
    here, there = processes().Pipe(duplex=False)
    process = processes().Process(target=visit_while_damaged, args=(store, current.name, damage, there))
    process.start()
    there.close()
    while (report := here.recv()) is not None:
        page, exceptions, text = report
        assert exceptions == [], page
        assert not any("Something went wrong" in line or str(store) in line for line in text), (page, text)
        # The last good state: what was read before, or the snapshot before.
        counts = [line for line in text if line.startswith(("**40** of 40", "**60** of 60"))]
        assert counts, (page, text)
    process.join()
    assert process.exitcode == 0


def test_a_store_that_is_away_for_a_while_leaves_what_is_open_open(store):
    here = AppTest.from_file(APP, default_timeout=30).run()
    store.rename(store.with_name("away"))
    data.look_again()
    here.run()
    assert not here.exception
    assert any(m.value == "**40** of 40 papers" for m in here.markdown)
    data._open.clear()
    here.run()
    assert not here.exception
    assert here.error
    store.with_name("away").rename(store)
    data.look_again()
    here.run()
    assert any(m.value == "**40** of 40 papers" for m in here.markdown)


# --- the register itself -----------------------------------------------------------------------


def test_nothing_is_checked_again_while_the_files_are_as_they_were(current):
    returned = []
    register = OutOfService(returned.append)
    register.withdraw(current, "papers.parquet is missing", snapshots.fingerprint(current))
    before = threading.active_count()
    assert register.why(current) == register.why(current) == "papers.parquet is missing"
    assert threading.active_count() == before
    (current / "papers.parquet").touch()
    assert register.why(current) == "papers.parquet is missing"
    wait_for_checks()
    assert returned == [current]
    assert register.why(current) is None


def test_a_snapshot_deleted_does_not_return(store, current):
    register = OutOfService(lambda path: None)
    register.withdraw(current, "papers.parquet is missing", snapshots.fingerprint(current))
    shutil.rmtree(current)
    assert register.why(current) == "papers.parquet is missing"
