"""Every test of the database runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.curation.store import CurationStore
from tests.postgres import Cluster, running


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One PostgreSQL for all tests of a worker."""
    with running() as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'curation.sqlite'}"
    return request.getfixturevalue("cluster").emptied()


@pytest.fixture
def store(database_url: str) -> Iterator[CurationStore]:
    """A curation store with nothing in it."""
    store = CurationStore(database_url)
    yield store
    store.close()
