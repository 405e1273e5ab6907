"""The database itself: its tables, what it says when it cannot be used, and that it is not asked in vain."""

from __future__ import annotations

import sqlite3

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text

from dashboard.curation import migrations
from dashboard.curation.changes import TopicChange
from dashboard.curation.database import Database
from dashboard.curation.errors import CurationUnavailable
from dashboard.curation.store import CurationStore
from dashboard.curation.tables import Base
from tests.dashboard.curation.people import ADA
from tests.servers import free_port


def engine_of(url):
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"))


def test_the_migrations_lead_to_the_tables_of_the_code(database_url):
    Database(database_url).close()
    engine = engine_of(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": migrations.VERSION_TABLE})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_a_database_is_opened_again_as_it_was(database_url):
    store = CurationStore(database_url)
    store.change_topic(ADA, "lab", "t-1", seen_version=0, papers=["p1"], changes=TopicChange(name="Folding"))
    before = store.curation("lab")
    store.close()
    store = CurationStore(database_url)
    assert store.curation("lab") == before
    store.close()


def test_a_database_of_a_newer_version_is_left_alone(database_url):
    Database(database_url).close()
    engine = engine_of(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE curation_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(CurationUnavailable, match=r"made by a newer version of Topic Explorer \(9999\): install that"):
        Database(database_url)


def test_a_migration_that_fails_leaves_nothing_behind(database_url, monkeypatch):
    from dashboard.curation.versions import v0001_first_tables

    step = migrations.MigrationStep.upgrade_from_script

    def failing(revision_map, script):
        monkeypatch.setattr(script.module, "_what_is_somebodys_own", lambda: 1 / 0)
        return step(revision_map, script)

    assert hasattr(v0001_first_tables, "_what_is_somebodys_own")
    with monkeypatch.context() as patch:
        patch.setattr(migrations.MigrationStep, "upgrade_from_script", staticmethod(failing))
        with pytest.raises(ZeroDivisionError):
            Database(database_url)
    CurationStore(database_url).close()


def test_sqlite_is_read_while_it_is_written(tmp_path):
    url = f"sqlite:///{tmp_path / 'curation.sqlite'}"
    database = Database(url)
    store = CurationStore(url)
    with database.write() as session:
        session.execute(text("INSERT INTO corpora VALUES ('lab', 7)"))
        assert store.revision("lab") == 0
    assert store.revision("lab") == 7
    database.close()
    store.close()


# --- what it says -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "TOPIC_EXPLORER_DATABASE is no database address; write sqlite:///FILE or"),
        ("mysql://root@localhost/x", r"Curation is kept in SQLite \(sqlite:///FILE\) or PostgreSQL"),
        ("sqlite://", "Curation is kept in SQLite"),
        (
            "sqlite:////proc/nowhere/curation.sqlite",
            r"\(curation.sqlite\) cannot be written: give",
        ),
    ],
)
def test_an_address_that_cannot_be_is_refused_in_a_sentence(url, sentence):
    with pytest.raises(CurationUnavailable, match=sentence):
        Database(url)


def test_a_server_that_is_not_there_is_said_without_the_password():
    with pytest.raises(CurationUnavailable) as told:
        Database(f"postgresql://somebody:secret@127.0.0.1:{free_port()}/curation")
    assert str(told.value) == (
        "The curation database (PostgreSQL at 127.0.0.1) does not answer just now; nothing was changed."
    )


def test_a_database_that_is_not_there_is_said(cluster):
    with pytest.raises(CurationUnavailable, match="refuses us: check TOPIC_EXPLORER_DATABASE"):
        Database(cluster.url_of("nowhere"))


def test_a_file_that_is_no_database_is_said(tmp_path):
    path = tmp_path / "curation.sqlite"
    path.write_bytes(b"not a database at all " * 100)
    with pytest.raises(CurationUnavailable, match=r"\(curation.sqlite\) is damaged: put the last back-up in its place"):
        Database(f"sqlite:///{path}")


def test_a_file_that_cannot_be_written_is_said(tmp_path):
    path = tmp_path / "curation.sqlite"
    sqlite3.connect(path).execute("PRAGMA user_version = 1")
    with pytest.raises(CurationUnavailable, match="cannot be written: give the dashboard write access to its folder"):
        Database(f"sqlite:///file:{path}?mode=ro&uri=true")


def test_a_full_disk_is_said_and_nothing_half_written_stands(tmp_path):
    store = CurationStore(f"sqlite:///{tmp_path / 'curation.sqlite'}")
    store.change_topic(ADA, "lab", "t-1", seen_version=0, papers=(), changes=TopicChange(name="Folding"))
    before = store.curation("lab")
    with store._database.read() as session:
        n_pages = session.scalar(text("PRAGMA page_count"))
        session.execute(text(f"PRAGMA max_page_count = {n_pages}"))
    papers = [f"a long id of a paper {n * 7919}" for n in range(20_000)]
    with pytest.raises(CurationUnavailable, match="the disk is full"):
        store.change_topic(ADA, "lab", "t-1", seen_version=1, papers=papers, changes=TopicChange(name="x"))
    assert store.curation("lab") == before
    assert len(store.history("lab")) == 1
    store.close()
