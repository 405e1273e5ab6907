"""Listing, going back and deleting: never what is served, never what is read."""

from __future__ import annotations

import gc
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline import snapshot as snapshots
from pipeline.schema import SCHEMA_VERSION
from pipeline.snapshot import SnapshotDamaged, SnapshotError, SnapshotMissing
from tests.processes import processes
from tests.publishers import at_each_step, failing, hold_open, small_contents
from tests.snapshots import change_manifest, publish_contents


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with five snapshots of one corpus."""
    store = tmp_path_factory.mktemp("template")
    for seed in range(5):
        publish_contents(store, small_contents(seed))
    return store


@pytest.fixture
def store(template: Path, tmp_path: Path) -> Path:
    return shutil.copytree(template, tmp_path / "store")


@pytest.fixture
def ids(store: Path) -> list[str]:
    """The five ids, newest first."""
    return [info.snapshot_id for info in snapshots.list_snapshots(store, "tiny")]


def folder_of(store: Path, snapshot_id: str) -> Path:
    return store / "tiny" / "snapshots" / snapshot_id


def left(store: Path) -> list[str]:
    return [info.snapshot_id for info in snapshots.list_snapshots(store, "tiny")]


# --- list -----------------------------------------------------------------------------


def test_the_list_is_newest_first_and_tells_what_each_holds_and_weighs(store: Path, ids: list[str]) -> None:
    infos = snapshots.list_snapshots(store, "tiny")
    assert ids == sorted(ids, reverse=True)
    assert [info.is_latest for info in infos] == [True, False, False, False, False]
    for info in infos:
        assert (info.n_papers, info.n_topics, info.n_outliers, info.problem) == (12, 2, 1, None)
        files = [path for path in folder_of(store, info.snapshot_id).rglob("*") if path.is_file()]
        assert info.bytes == sum(path.stat().st_size for path in files)
        assert info.bytes == snapshots.snapshot_bytes(store, "tiny", info.snapshot_id)
        assert f"{info.created:%Y%m%dT%H%M%SZ}" == info.snapshot_id[:16]


def test_the_list_names_problems_and_leaves_strangers_out(store: Path, ids: list[str]) -> None:
    (folder_of(store, ids[0]) / "papers.parquet").unlink()
    (folder_of(store, ids[1]) / "manifest.json").unlink()
    change_manifest(folder_of(store, ids[2]), schema_version=SCHEMA_VERSION + 1)
    (store / "tiny" / "snapshots" / "notes").mkdir()
    (store / "tiny" / "snapshots" / "20250101T000000Z-abcdef").write_text("a file")
    (store / "Not A Corpus" / "snapshots" / ids[0]).mkdir(parents=True)
    infos = snapshots.list_snapshots(store, "tiny")
    assert [info.snapshot_id for info in infos] == ids
    assert infos[0].problem == "papers.parquet is missing"
    assert infos[1].problem == "manifest.json is missing"
    assert "Upgrade" in str(infos[2].problem)
    assert infos[3].problem is None
    assert snapshots.list_corpora(store) == ["tiny"]


# --- rollback -------------------------------------------------------------------------


def test_a_rollback_serves_the_one_before_and_deletes_nothing(store: Path, ids: list[str]) -> None:
    assert snapshots.rollback(store, "tiny") == ids[1]
    served = snapshots.open_snapshot(store, "tiny")
    assert (served.snapshot_id, served.notice) == (ids[1], None)
    assert snapshots.rollback(store, "tiny") == ids[2]
    assert snapshots.rollback(store, "tiny", to=ids[0]) == ids[0]
    assert snapshots.open_snapshot(store, "tiny").snapshot_id == ids[0]
    assert left(store) == ids


def test_a_rollback_passes_over_damage_and_stops_at_the_oldest(store: Path, ids: list[str]) -> None:
    for snapshot_id in ids[1:3]:
        (folder_of(store, snapshot_id) / "topics.parquet").unlink()
    assert snapshots.rollback(store, "tiny") == ids[3]
    assert snapshots.rollback(store, "tiny") == ids[4]
    with pytest.raises(SnapshotError, match=f"no good snapshot before {ids[4]}"):
        snapshots.rollback(store, "tiny")
    assert snapshots.open_snapshot(store, "tiny").snapshot_id == ids[4]


def test_a_rollback_to_what_is_damaged_or_unknown_is_refused(store: Path, ids: list[str]) -> None:
    (folder_of(store, ids[3]) / "topics.parquet").unlink()
    with pytest.raises(SnapshotDamaged, match=r"is not served: topics\.parquet is missing"):
        snapshots.rollback(store, "tiny", to=ids[3])
    with pytest.raises(SnapshotMissing):
        snapshots.rollback(store, "tiny", to="20990101T000000Z-abcdef")
    assert snapshots.open_snapshot(store, "tiny").snapshot_id == ids[0]


def test_a_rollback_from_a_pointer_to_nowhere_serves_the_newest(store: Path, ids: list[str]) -> None:
    (store / "tiny" / "latest").unlink()
    assert snapshots.rollback(store, "tiny") == ids[0]
    assert snapshots.open_snapshot(store, "tiny").notice is None


@pytest.mark.parametrize("n", range(5))
def test_a_rollback_that_fails_at_any_step_serves_what_was_served(store: Path, ids: list[str], n: int) -> None:
    """Making the pointer: mkdir, write, fsync, replace, and the folder's fsync, which comes too late to matter."""
    with at_each_step(failing(n, 28, for_ever=False)):
        if n < 4:
            with pytest.raises(SnapshotError, match="No space left"):
                snapshots.rollback(store, "tiny")
        else:
            snapshots.rollback(store, "tiny")
    assert snapshots.open_snapshot(store, "tiny").snapshot_id == (ids[0] if n < 4 else ids[1])


# --- prune ----------------------------------------------------------------------------


def test_prune_keeps_the_newest_and_frees_the_disk(store: Path, ids: list[str]) -> None:
    assert snapshots.prune(store, "tiny", keep=2).deleted == ids[2:]
    assert left(store) == ids[:2]
    assert sorted(path.name for path in (store / "tiny" / "snapshots").iterdir()) == sorted(ids[:2])
    assert list((store / "tiny" / "staging").iterdir()) == []
    assert snapshots.prune(store, "tiny", keep=2).deleted == []


def test_prune_never_deletes_what_is_served(store: Path, ids: list[str]) -> None:
    snapshots.rollback(store, "tiny", to=ids[4])
    assert snapshots.prune(store, "tiny", keep=1).deleted == ids[1:4]
    assert left(store) == [ids[0], ids[4]]
    assert snapshots.open_snapshot(store, "tiny").snapshot_id == ids[4]


def test_prune_always_leaves_a_good_one(store: Path, ids: list[str]) -> None:
    for snapshot_id in ids[:3]:
        path = folder_of(store, snapshot_id) / "papers.parquet"
        content = bytearray(path.read_bytes())
        content[50] ^= 1
        path.chmod(0o644)
        path.write_bytes(content)
    assert snapshots.prune(store, "tiny", keep=1).deleted == [ids[1], ids[2], ids[4]]
    assert snapshots.open_snapshot(store, "tiny").snapshot_id == ids[3]


def test_prune_leaves_what_a_newer_version_made(store: Path, ids: list[str]) -> None:
    change_manifest(folder_of(store, ids[4]), schema_version=SCHEMA_VERSION + 1)
    assert snapshots.prune(store, "tiny", keep=1).deleted == ids[1:4]
    assert left(store) == [ids[0], ids[4]]


def test_prune_leaves_what_is_being_read_until_it_is_closed(store: Path, ids: list[str]) -> None:
    opened = snapshots.open_snapshot(store, "tiny", ids[3])
    again = snapshots.open_snapshot(store, "tiny", ids[3])
    pruned = snapshots.prune(store, "tiny", keep=1)
    assert pruned == snapshots.Pruned(deleted=[ids[1], ids[2], ids[4]], in_use=[ids[3]])
    opened.close()
    assert snapshots.prune(store, "tiny", keep=1).deleted == []
    again.close()
    assert snapshots.prune(store, "tiny", keep=1).deleted == [ids[3]]
    assert opened.abstract(0), "what was opened stays readable"


def test_a_snapshot_nobody_refers_to_any_more_can_be_pruned(store: Path, ids: list[str]) -> None:
    opened = snapshots.open_snapshot(store, "tiny", ids[1])
    assert ids[1] not in snapshots.prune(store, "tiny", keep=1).deleted
    del opened
    gc.collect()
    assert snapshots.prune(store, "tiny", keep=1).deleted == [ids[1]]


def test_a_snapshot_that_failed_to_open_can_be_pruned(store: Path, ids: list[str]) -> None:
    (folder_of(store, ids[1]) / "topics.parquet").unlink()
    with pytest.raises(SnapshotDamaged) as kept_alive:
        snapshots.open_snapshot(store, "tiny", ids[1])
    assert ids[1] in snapshots.prune(store, "tiny", keep=1).deleted
    assert kept_alive.value.problems == ["topics.parquet is missing"]


def test_prune_leaves_what_another_process_reads(store: Path, ids: list[str]) -> None:
    here, there = processes().Pipe()
    reader = processes().Process(target=hold_open, args=(store, "tiny", ids[2], there))
    reader.start()
    assert here.recv() == "open"
    assert ids[2] not in snapshots.prune(store, "tiny", keep=1).deleted
    here.send("close")
    assert here.recv() == "closed"
    assert snapshots.prune(store, "tiny", keep=1).deleted == [ids[2]]
    here.send("end")
    reader.join()
    assert reader.exitcode == 0


def test_a_reader_killed_holds_on_to_nothing(store: Path, ids: list[str]) -> None:
    here, there = processes().Pipe()
    reader = processes().Process(target=hold_open, args=(store, "tiny", ids[2], there))
    reader.start()
    assert here.recv() == "open"
    reader.kill()
    reader.join()
    assert snapshots.prune(store, "tiny", keep=1).deleted == ids[1:]


def test_a_prune_that_fails_halfway_shows_no_half_snapshot(store: Path, ids: list[str]) -> None:
    with at_each_step(lambda n, step: None) as steps:
        snapshots.prune(shutil.copytree(store, store.parent / "count"), "tiny", keep=1)
    for n in range(len(steps)):
        copy = shutil.copytree(store, store.parent / f"copy-{n}")
        with at_each_step(failing(n, 5, for_ever=True)), suppress(SnapshotError):
            snapshots.prune(copy, "tiny", keep=1)
        assert snapshots.open_snapshot(copy, "tiny").snapshot_id == ids[0]
        assert all(info.problem is None for info in snapshots.list_snapshots(copy, "tiny"))
        snapshots.prune(copy, "tiny", keep=1)
        assert left(copy) == ids[:1]
        assert list((copy / "tiny" / "staging").iterdir()) == []


def test_prune_says_no_to_keeping_nothing_and_to_an_unknown_corpus(store: Path, ids: list[str]) -> None:
    with pytest.raises(SnapshotError, match="at least one"):
        snapshots.prune(store, "tiny", keep=0)
    with pytest.raises(SnapshotMissing):
        snapshots.prune(store, "mylab", keep=1)
    assert left(store) == ids
    assert not (store / "mylab").exists()
