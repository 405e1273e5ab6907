"""Opened snapshots, kept between runs: the only caches of the dashboard.

Everything cached is a published snapshot's content, the same for every visitor
and never changed. Keys are ids and the store's path; what a visitor does is
never cached here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard.components.map_points import MapPoints
from dashboard.components.map_points import map_points as build_map_points
from dashboard.queries import SnapshotIndex, index_snapshot
from dashboard.settings import SETTINGS, cache_folder, store_folder
from pipeline import snapshot as snapshots
from pipeline.embedding.query import QueryEncoder, load_query_encoder
from pipeline.snapshot import SnapshotInfo


@dataclass(frozen=True)
class Listing:
    """What is in the store: corpora by name, snapshots newest first."""

    corpora: Mapping[str, tuple[SnapshotInfo, ...]]

    def ids(self) -> dict[str, list[str]]:
        """Corpus → its snapshot ids: the one to serve first, then from new to old."""
        ordered: dict[str, list[str]] = {}
        for corpus, infos in self.corpora.items():
            first = [info.snapshot_id for info in infos if info.is_latest]
            ordered[corpus] = first + [info.snapshot_id for info in infos if info.snapshot_id not in first]
        return ordered


def listing() -> Listing:
    """What the store holds, at most `Settings.listing_seconds` old."""
    return _listing(str(store_folder()))


def open_snapshot(corpus: str, snapshot_id: str) -> SnapshotIndex:
    """The verified snapshot with its codes; the same frozen object for everybody.

    Raises
    ------
    SnapshotError
        It is not there, damaged, or of another schema version.
    """
    return _open(str(store_folder()), corpus, snapshot_id)


def map_points(corpus: str, snapshot_id: str) -> MapPoints:
    """The points of the map, packed once for the browser."""
    return _map_points(str(store_folder()), corpus, snapshot_id)


def query_encoder(corpus: str, snapshot_id: str) -> QueryEncoder | None:
    """What embeds a search text like this snapshot's papers; ``None`` when it has nothing for that.

    Raises
    ------
    EmbeddingError
        The snapshot has one, but its weights are not on this machine.
    """
    return _query_encoder(str(store_folder()), corpus, snapshot_id)


@st.cache_resource(ttl=SETTINGS.listing_seconds, max_entries=8, show_spinner=False)
def _listing(store: str) -> Listing:
    folder = Path(store)
    corpora = snapshots.list_corpora(folder)
    return Listing({corpus: tuple(snapshots.list_snapshots(folder, corpus)) for corpus in corpora})


@st.cache_resource(max_entries=SETTINGS.open_snapshots, show_spinner="Opening the snapshot…")
def _open(store: str, corpus: str, snapshot_id: str) -> SnapshotIndex:
    return index_snapshot(snapshots.open_snapshot(Path(store), corpus, snapshot_id))


@st.cache_resource(max_entries=SETTINGS.open_snapshots, show_spinner=False)
def _map_points(store: str, corpus: str, snapshot_id: str) -> MapPoints:
    index = _open(store, corpus, snapshot_id)
    return build_map_points(index.papers, index.snapshot.topics, f"{corpus}/{snapshot_id}")


@st.cache_resource(max_entries=SETTINGS.open_snapshots, show_spinner="Loading the search model…")
def _query_encoder(store: str, corpus: str, snapshot_id: str) -> QueryEncoder | None:
    snapshot = _open(store, corpus, snapshot_id).snapshot
    if snapshot.manifest.query_encoder == "none":
        return None
    return load_query_encoder(snapshot.path / "query_encoder", cache_folder())
