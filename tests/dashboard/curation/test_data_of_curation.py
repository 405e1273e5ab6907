"""What pages get of curation: at once, the same for everybody, and never an error."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard import data
from dashboard.curation.changes import TopicChange
from dashboard.curation.errors import CurationUnavailable
from dashboard.curation.overlay import Curation
from dashboard.curation.store import CurationStore
from dashboard.settings import SETTINGS
from tests.dashboard.curation.people import ADA
from tests.servers import free_port


@pytest.fixture(params=["sqlite", "postgresql"])
def served(request, tmp_path, monkeypatch):
    """The address of the database that pages read: a new one each time, since it is what they know it by."""
    url = f"sqlite:///{tmp_path / 'curation.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("cluster").new_database()
    monkeypatch.setenv("TOPIC_EXPLORER_DATABASE", url)
    yield url
    data.curation_store().close()


def rename(store, name, seen):
    store.change_topic(ADA, "lab", "t-1", seen_version=seen, papers=["p1"], changes=TopicChange(name=name))


def test_a_change_is_seen_at_once_whoever_made_it(served):
    assert data.curation("lab") == Curation("lab")
    rename(data.curation_store(), "Folding", 0)
    assert data.curation("lab").topics["t-1"].name == "Folding"
    other = CurationStore(served)  # as another replica has it
    rename(other, "Protein folding", 1)
    assert data.curation("lab").topics["t-1"].name == "Protein folding"
    other.close()


def test_everybody_gets_the_same_object_until_something_changes(served):
    rename(data.curation_store(), "Folding", 0)
    first = data.curation("lab")
    assert data.curation("lab") is first
    assert data.curation_store() is data.curation_store()
    rename(data.curation_store(), "Binding", 1)
    assert data.curation("lab") is not first
    assert data.curation("other") == Curation("other")


def test_curation_is_kept_in_the_store_unless_said_otherwise(tmp_path, monkeypatch):
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(tmp_path))
    monkeypatch.delenv("TOPIC_EXPLORER_DATABASE", raising=False)
    rename(data.curation_store(), "Folding", 0)
    assert (tmp_path / "curation.sqlite").is_file()
    assert data.listing().corpora == {}  # it is no corpus


def test_pages_do_without_a_database_that_does_not_answer(monkeypatch):
    monkeypatch.setenv("TOPIC_EXPLORER_DATABASE", f"postgresql://somebody:secret@127.0.0.1:{free_port()}/curation")
    assert data.why_no_curation() is None
    assert data.curation("lab") == Curation("lab")
    assert data.why_no_curation() == (
        "The curation database (PostgreSQL at 127.0.0.1) does not answer just now; nothing was changed."
    )
    with pytest.raises(CurationUnavailable, match="does not answer"):
        data.curation_store()


def test_a_database_that_did_not_answer_is_left_alone_for_a_moment(monkeypatch, tmp_path):
    folder = tmp_path / "later"
    monkeypatch.setenv("TOPIC_EXPLORER_DATABASE", f"sqlite:///{folder / 'curation.sqlite'}")
    assert data.curation("lab") == Curation("lab")
    folder.mkdir()
    assert "cannot be written" in data.why_no_curation()
    with pytest.raises(CurationUnavailable):
        data.curation_store()
    data._unavailable.clear()  # the moment is over
    assert data.curation("lab") == Curation("lab")
    assert data.why_no_curation() is None


def test_what_was_read_last_stands_while_the_database_is_away(cluster, monkeypatch):
    monkeypatch.setenv("TOPIC_EXPLORER_DATABASE", cluster.new_database())
    monkeypatch.setattr(data, "SETTINGS", replace(SETTINGS, database_retry_seconds=0.0))
    rename(data.curation_store(), "Folding", 0)
    before = data.curation("lab")
    cluster.kill()
    assert data.curation("lab") == before
    assert "does not answer" in data.why_no_curation()
    cluster.start()
    assert data.curation("lab") == before
    assert data.why_no_curation() is None
    rename(data.curation_store(), "Binding", 1)
    assert data.curation("lab").topics["t-1"].name == "Binding"
    data.curation_store().close()
