"""Back-up and restore: what comes back is what was there, though somebody wrote meanwhile."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from pipeline.snapshot import list_snapshots, open_snapshot, rollback
from tests.servers import ROOT
from tests.snapshots import publish_tiny


def back_up(*arguments: str | Path, database: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TOPIC_EXPLORER_DATABASE": database}
    command = [sys.executable, "-I", str(ROOT / "deploy" / "back_up.py"), *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published") / "store"
    publish_tiny(folder)
    publish_tiny(folder, n_papers=40)
    rollback(folder, "tiny", None)
    publish_tiny(folder, "other")
    return folder


@pytest.fixture
def store(published: Path, tmp_path: Path) -> Path:
    """A store of one's own: two corpora, one of them with two snapshots and rolled back to the first."""
    return shutil.copytree(published, tmp_path / "store")


def content(store: Path) -> dict[str, list[tuple[str, bool, pd.DataFrame]]]:
    return {
        corpus: [
            (info.snapshot_id, info.is_latest, open_snapshot(store, corpus, info.snapshot_id).papers)
            for info in list_snapshots(store, corpus)
        ]
        for corpus in ("tiny", "other")
    }


def test_a_restored_store_shows_the_same_pages(store: Path, tmp_path: Path) -> None:
    assert back_up("keep", store, tmp_path / "kept").returncode == 0
    before = content(store)
    assert back_up("restore", tmp_path / "kept", tmp_path / "again").returncode == 0
    after = content(tmp_path / "again")
    assert list(before) == list(after)
    for corpus, snapshots in before.items():
        assert [kept[:2] for kept in after[corpus]] == [kept[:2] for kept in snapshots]
        for one, other in zip(snapshots, after[corpus], strict=True):
            pd.testing.assert_frame_equal(one[2], other[2])
    command = [sys.executable, "-m", "pipeline.cli", "verify", "--store", str(tmp_path / "again")]
    verified = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_what_is_kept_already_is_not_copied_again_and_what_is_new_is(store: Path, tmp_path: Path) -> None:
    back_up("keep", store, tmp_path / "kept")
    folders = {path.name: path.stat().st_ino for path in (tmp_path / "kept/store/tiny/snapshots").iterdir()}
    newest = publish_tiny(store, n_papers=50)
    assert back_up("keep", store, tmp_path / "kept").returncode == 0
    after = {path.name: path.stat().st_ino for path in (tmp_path / "kept/store/tiny/snapshots").iterdir()}
    assert set(after) - set(folders) == {newest.name}
    assert folders.items() <= after.items()
    assert (tmp_path / "kept/store/tiny/latest").read_text().strip() == newest.name


@pytest.mark.parametrize("placed", ["in the store", "by its address"])
def test_a_database_in_use_comes_back_whole(store: Path, tmp_path: Path, placed: str) -> None:
    file = (store if placed == "in the store" else tmp_path) / "curation.sqlite"
    address = "" if placed == "in the store" else f"sqlite:///{file}"
    writer = sqlite3.connect(file)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("CREATE TABLE changes (topic_id TEXT, label TEXT)")
    writer.execute("INSERT INTO changes VALUES ('t-1', 'Bird song')")
    writer.commit()  # still in the write-ahead log: a copy of the file alone would miss it
    writer.execute("INSERT INTO changes VALUES ('t-2', 'half said')")
    assert back_up("keep", store, tmp_path / "kept", database=address).returncode == 0
    writer.close()
    restored = tmp_path / "again" / "curation.sqlite"
    there = "" if placed == "in the store" else f"sqlite:///{restored}"
    assert back_up("restore", tmp_path / "kept", tmp_path / "again", database=there).returncode == 0
    reader = sqlite3.connect(restored)
    assert reader.execute("SELECT * FROM changes").fetchall() == [("t-1", "Bird song")]
    reader.close()


def test_a_restore_overwrites_nothing(store: Path, tmp_path: Path) -> None:
    back_up("keep", store, tmp_path / "kept")
    refused = back_up("restore", tmp_path / "kept", store)
    assert (refused.returncode, "never overwrites" in refused.stderr) == (1, True)
    assert refused.stderr.count("\n") == 1


def test_half_a_copy_is_never_taken_for_a_snapshot(store: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    back_up("keep", store, kept)
    (snapshot,) = (kept / "store/other/snapshots").iterdir()
    shutil.copytree(snapshot, kept / "store/other/incoming")  # as a back-up that was killed leaves it
    (kept / "store/other/incoming/papers.parquet").unlink()
    shutil.rmtree(snapshot)
    assert back_up("keep", store, kept).returncode == 0
    assert back_up("restore", kept, tmp_path / "again").returncode == 0
    assert len(open_snapshot(tmp_path / "again", "other").papers) == 60


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("keep", "nowhere", "kept"), "no store"),
        (("restore", "nowhere", "again"), "holds no back-up"),
        (("x",), "keep STORE"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    refused = back_up(arguments[0], *(tmp_path / name for name in arguments[1:]))
    assert refused.returncode != 0
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr
