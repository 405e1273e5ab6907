from datetime import UTC, datetime

import pytest

from dashboard import data
from pipeline.snapshot import SnapshotDamaged, SnapshotMissing
from tests.snapshots import publish_contents, publish_tiny, tiny_contents


@pytest.fixture
def two_snapshots(tmp_path, monkeypatch):
    """A store with an old and a new snapshot of ``tiny``; their ids."""
    store = tmp_path / "store"
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(store))
    old = publish_tiny(store)
    new = publish_contents(store, tiny_contents(n_papers=40), created=datetime(2025, 8, 1, tzinfo=UTC))
    return old.name, new.name


def test_everybody_gets_the_same_opened_snapshot(two_snapshots):
    old, new = two_snapshots
    assert data.open_snapshot("tiny", old) is data.open_snapshot("tiny", old)
    assert data.open_snapshot("tiny", new).n_papers == 40
    assert data.map_points("tiny", new) is data.map_points("tiny", new)


def test_another_store_is_another_snapshot(two_snapshots, variants_store, monkeypatch):
    here = data.served_snapshot("tiny")
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(variants_store))
    assert data.served_snapshot("tiny") is not here


def test_the_latest_is_listed_and_served_first(two_snapshots):
    old, new = two_snapshots
    assert data.listing().ids() == {"tiny": [new, old]}
    assert data.served_snapshot("tiny").snapshot_id == new
    assert data.why_not_latest("tiny", old) is None


def test_a_snapshot_found_damaged_later_is_taken_out_of_service(two_snapshots, monkeypatch):
    old, new = two_snapshots
    reports = []
    monkeypatch.setattr("pipeline.snapshot.verify_in_background", lambda snapshot, report: reports.append(report))
    data.open_snapshot("tiny", new)
    reports[-1](["embeddings.npy does not match its checksum"])
    with pytest.raises(SnapshotDamaged, match=r"embeddings\.npy does not match"):
        data.open_snapshot("tiny", new)
    assert data.served_snapshot("tiny").snapshot_id == old
    assert "does not match" in data.why_not_latest("tiny", old)


def test_an_unknown_corpus_is_said_plainly(two_snapshots):
    with pytest.raises(SnapshotMissing, match="nowhere"):
        data.served_snapshot("nowhere")
