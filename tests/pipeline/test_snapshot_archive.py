"""A snapshot of every format there ever was opens for ever."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from pipeline import snapshot as snapshots
from pipeline.schema import SCHEMA_VERSION, SINCE_FORMAT_2, TABLES
from tests.archive_snapshot import ARCHIVES

VERSIONS = range(1, SCHEMA_VERSION + 1)


def test_there_is_an_archive_of_every_format_and_no_other() -> None:
    stores = sorted(path.name for path in ARCHIVES.iterdir() if path.is_dir())
    assert stores == sorted(f"schema-{version}" for version in VERSIONS)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_archived_snapshot_opens(version: int) -> None:
    store = ARCHIVES / f"schema-{version}"
    assert snapshots.list_corpora(store) == ["tiny"]
    opened = snapshots.open_snapshot(store, "tiny")
    assert opened.notice is None
    assert opened.manifest.schema_version == version
    assert snapshots.verify(store, "tiny", opened.snapshot_id) == []
    assert len(opened.papers) == opened.manifest.papers_kept == 40
    assert opened.manifest.n_topics == len(opened.topics) == 4
    assert opened.papers["title"].iloc[0] == "Birdsong and dialect in valleys: a survey, part 1"
    assert opened.abstract(39).startswith("What ")
    for name, schema in TABLES.items():
        assert set(schema.names) <= set(getattr(opened, name).columns)


def test_what_an_older_format_did_not_have_is_empty() -> None:
    first = snapshots.open_snapshot(ARCHIVES / "schema-1", "tiny")
    assert first.topics[list(SINCE_FORMAT_2["topics"])].isna().all(axis=None)
    second = snapshots.open_snapshot(ARCHIVES / "schema-2", "tiny")
    assert second.topics["stability_runs"].tolist() == [10] * 4


@pytest.mark.parametrize("version", VERSIONS)
def test_the_archived_snapshot_can_be_searched(version: int) -> None:
    opened = snapshots.open_snapshot(ARCHIVES / f"schema-{version}", "tiny")
    with closing(
        sqlite3.connect(opened.search_path.resolve().as_uri() + "?mode=ro&immutable=1", uri=True)
    ) as connection:
        found = connection.execute("SELECT rowid - 1 FROM papers WHERE papers MATCH 'birdsong'").fetchall()
    assert {row for (row,) in found} == {
        row
        for row, title in enumerate(opened.papers["title"])
        if "birdsong" in f"{title} {opened.abstract(row)} {' '.join(opened.papers['keywords'].iloc[row])}".lower()
    }


def test_the_archives_stay_small() -> None:
    for version in VERSIONS:
        store = ARCHIVES / f"schema-{version}"
        assert sum(path.stat().st_size for path in store.rglob("*") if path.is_file()) < 150_000
