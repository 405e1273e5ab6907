"""A failure or a kill at any step of publishing leaves the previous snapshot live, as SQLite is tested.

The steps are the changes on disk (`pipeline.snapshot.disk`); how many there
are is counted, not assumed.
"""

from __future__ import annotations

import os
import shutil
import signal
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from pipeline import snapshot as snapshots
from pipeline.snapshot import SnapshotError
from tests.processes import processes
from tests.publishers import (
    ERRNOS,
    at_each_step,
    failing,
    publish_and_die,
    publish_editions,
    publish_small,
    publish_with_file_limit,
)


@pytest.fixture(autouse=True)
def _no_power_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for the disk guards against power cuts; these tests have none, and hundreds of snapshots."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one snapshot, the previous one."""
    store = tmp_path_factory.mktemp("template")
    publish_small(store, 1)
    return store


@pytest.fixture(scope="module")
def steps(template: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The steps of publishing a second snapshot, by name."""
    store = shutil.copytree(template, tmp_path_factory.mktemp("count") / "store")
    with at_each_step(lambda n, step: None) as made:
        publish_small(store, 2)
    return made


def assert_whole(store: Path, template: Path, published: bool) -> None:
    """Nothing half done is served; the next publisher succeeds and clears up."""
    previous = snapshots.list_snapshots(template, "tiny")[0].snapshot_id
    served = snapshots.open_snapshot(store, "tiny")
    assert served.notice is None
    assert (served.snapshot_id != previous) == published
    for info in snapshots.list_snapshots(store, "tiny"):
        with snapshots.open_snapshot(store, "tiny", info.snapshot_id) as opened:
            assert len(opened.papers) == 12
    after = publish_small(store, 3)
    assert snapshots.open_snapshot(store, "tiny").path == after
    assert list((store / "tiny" / "staging").iterdir()) == []


@pytest.mark.parametrize("for_ever", [False, True], ids=["once", "from then on"])
def test_a_failure_at_any_step_leaves_the_previous_snapshot_live(
    template: Path, steps: list[str], tmp_path: Path, for_ever: bool
) -> None:
    assert len(steps) > 40
    outcomes = []
    for n, step in enumerate(steps):
        store = shutil.copytree(template, tmp_path / f"{n}")
        error_number = ERRNOS[n % len(ERRNOS)]
        try:
            with at_each_step(failing(n, error_number, for_ever)):
                publish_small(store, 2)
        except SnapshotError as refused:
            error = str(refused)
        else:
            error = ""
        if error:
            assert os.strerror(error_number) in error, step
            assert "What it serves is as it was" in error
            if not for_ever:
                assert list((store / "tiny" / "staging").iterdir()) == [], step
                assert len(snapshots.list_snapshots(store, "tiny")) == 1, step
        outcomes.append(not error)
        assert_whole(store, template, published=outcomes[-1])
    # Only what cannot matter any more, or never did, may fail unnoticed.
    unnoticed = {step.split()[0] for step, published in zip(steps, outcomes, strict=True) if published}
    assert unnoticed == ({"chmod", "fsync"} if not for_ever else {"fsync"})
    assert outcomes[steps.index("replace latest")] is False
    assert outcomes[-1] is True


def test_a_failure_at_any_step_of_the_first_publication_leaves_no_corpus(tmp_path: Path) -> None:
    n = 0
    while True:
        store = tmp_path / f"{n}"
        try:
            with at_each_step(failing(n, ERRNOS[n % 3], for_ever=False)) as made:
                publish_small(store, 2)
        except SnapshotError:
            assert snapshots.list_corpora(store) == []
            with pytest.raises(snapshots.SnapshotMissing):
                snapshots.open_snapshot(store, "tiny")
        if n >= len(made):
            break
        n += 1
        publish_small(store, 2)
        assert snapshots.open_snapshot(store, "tiny").notice is None
    assert n > 40


def test_a_kill_at_any_step_leaves_the_previous_snapshot_live(template: Path, steps: list[str], tmp_path: Path) -> None:
    context = processes()
    for n, step in enumerate(steps):
        store = shutil.copytree(template, tmp_path / f"{n}")
        process = context.Process(target=publish_and_die, args=(store, 2, n))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL, step
        assert_whole(store, template, published=n > steps.index("replace latest"))


@pytest.mark.parametrize("most_bytes", [0, 100, 2_000, 4_000, 7_000, 30_000])
def test_a_disk_that_really_refuses_to_write_leaves_the_previous_snapshot_live(
    template: Path, tmp_path: Path, most_bytes: int
) -> None:
    store = shutil.copytree(template, tmp_path / "store")
    context = processes()
    answer: Connection
    answer, question = context.Pipe(duplex=False)
    process = context.Process(target=publish_with_file_limit, args=(store, 2, most_bytes, question))
    process.start()
    question.close()
    assert "Corpus tiny could not be changed: " in answer.recv()
    process.join()
    assert process.exitcode == 0
    assert_whole(store, template, published=False)


def test_a_reader_sees_only_whole_snapshots_while_others_are_published(tmp_path: Path) -> None:
    publish_editions(tmp_path, 0, 1)
    writer = processes().Process(target=publish_editions, args=(tmp_path, 1, 30))
    writer.start()
    seen = []
    while writer.is_alive() or not seen:
        with snapshots.open_snapshot(tmp_path, "tiny") as opened:
            edition = int(opened.manifest.seconds)
            assert opened.notice is None
            assert opened.papers["title"].str.startswith(f"Edition {edition},").all()
            assert set(opened.abstracts(range(len(opened.papers)))) == {f"Edition {edition}"}
            assert opened.data_quality["warnings"] == [f"Edition {edition}"]
        seen.append(edition)
    writer.join()
    assert writer.exitcode == 0
    assert seen == sorted(seen)
    assert int(snapshots.open_snapshot(tmp_path, "tiny").manifest.seconds) == 30
    assert len(snapshots.list_snapshots(tmp_path, "tiny")) == 31


def test_publishers_at_the_same_time_take_turns_and_nothing_mixes(tmp_path: Path) -> None:
    writers = [processes().Process(target=publish_editions, args=(tmp_path, first, 5)) for first in (0, 100, 200)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    editions = []
    for info in snapshots.list_snapshots(tmp_path, "tiny"):
        assert snapshots.verify(tmp_path, "tiny", info.snapshot_id) == []
        with snapshots.open_snapshot(tmp_path, "tiny", info.snapshot_id) as opened:
            editions.append(int(opened.manifest.seconds))
            assert opened.abstract(0) == f"Edition {editions[-1]}"
            assert opened.papers["title"].str.startswith(f"Edition {editions[-1]},").all()
    assert sorted(editions) == [first + i for first in (0, 100, 200) for i in range(5)]
    newest = snapshots.list_snapshots(tmp_path, "tiny")[0]
    assert newest.is_latest
    assert list((tmp_path / "tiny" / "staging").iterdir()) == []
