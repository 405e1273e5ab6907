"""Fixtures for all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.snapshot import Snapshot, open_snapshot
from tests.snapshots import VARIANTS, publish_tiny, publish_variant


@pytest.fixture(scope="session", autouse=True)
def _nobodys_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test can touch the store or cache of the person who runs it."""
    before = {name: os.environ.get(name) for name in ("TOPIC_EXPLORER_STORE", "TOPIC_EXPLORER_CACHE")}
    for name in before:
        os.environ[name] = str(tmp_path_factory.mktemp(name.lower().replace("_", "-")))
    yield
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@pytest.fixture
def tiny_store(tmp_path: Path) -> Path:
    """A store of one's own with one snapshot of the corpus ``tiny``."""
    store = tmp_path / "store"
    publish_tiny(store)
    return store


@pytest.fixture(scope="session")
def variants_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store shared by all tests, to be read only: one corpus for each of ``tests.snapshots.VARIANTS``."""
    store = tmp_path_factory.mktemp("variants") / "store"
    for name in VARIANTS:
        publish_variant(store, name)
    return store


@pytest.fixture(scope="session")
def tiny_snapshot(variants_store: Path) -> Snapshot:
    """The tiny snapshot, opened, shared by all tests."""
    return open_snapshot(variants_store, "tiny")


@pytest.fixture(scope="session")
def hostile_snapshot(variants_store: Path) -> Snapshot:
    """The hostile snapshot, opened, shared by all tests."""
    return open_snapshot(variants_store, "hostile")
