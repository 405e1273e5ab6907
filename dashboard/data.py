"""Opened snapshots, kept between runs: the only caches of the dashboard.

Everything cached is a published snapshot's content, or what curators have said
of a corpus as of one revision: the same for every visitor and never changed.
Keys are ids and the store's path; what a visitor does or keeps is never cached
here.
"""

from __future__ import annotations

import os
import time
import weakref
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from dashboard.components.map_points import MapPoints
from dashboard.components.map_points import map_points as build_map_points
from dashboard.curation.errors import CurationUnavailable
from dashboard.curation.overlay import Curation
from dashboard.curation.store import CurationStore
from dashboard.instance import instance
from dashboard.out_of_service import OutOfService
from dashboard.queries import Finding, SnapshotIndex, Values, WordTable, index_snapshot
from dashboard.queries import at_dial as put_at_dial
from dashboard.queries import findings as find_findings
from dashboard.queries import papers_with_terms as find_terms
from dashboard.queries import word_table as count_words
from dashboard.settings import SETTINGS, cache_folder, store_folder
from pipeline import snapshot as snapshots
from pipeline.embedding.query import QueryEncoder, load_query_encoder
from pipeline.snapshot import SnapshotDamaged, SnapshotError, SnapshotInfo, SnapshotMissing

CURATION_FILE = "curation.sqlite"
"""Where curation is kept in the store, unless ``TOPIC_EXPLORER_DATABASE`` says so."""

_KEPT_TOPICS = 8  # words of a topic take about half a megabyte where there are 80,000 papers


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
    return _listing(_store())


def open_snapshot(corpus: str, snapshot_id: str) -> SnapshotIndex:
    """The verified snapshot with its codes; the same frozen object for everybody.

    Its large files are checked in the background, once in the life of the
    process; from then on a damaged one is out of service until its files are mended.

    Raises
    ------
    SnapshotError
        It is not there, damaged, or made by a newer version.
    """
    path = _folder(corpus, snapshot_id)
    problem = _out_of_service.why(path)
    if problem is None:
        index = _open(_store(), corpus, snapshot_id)
        problem = index.snapshot.cut_short()
        if problem is None:
            return index
        _out_of_service.withdraw(path, problem, snapshots.fingerprint(path))
    raise SnapshotDamaged(
        f"Snapshot {snapshot_id} of corpus {corpus} is damaged and not used: {problem}.",
        last_good=_another(corpus, snapshot_id),
    )


def served_snapshot(corpus: str) -> SnapshotIndex:
    """The snapshot to show when none is named: the latest, else the newest good one.

    Raises
    ------
    SnapshotError
        None of the corpus can be opened.
    """
    failure: SnapshotError | None = None
    for snapshot_id in listing().ids().get(corpus, []):
        try:
            return open_snapshot(corpus, snapshot_id)
        except SnapshotError as error:
            failure = failure or error
    raise failure or SnapshotMissing(f"There is no corpus {corpus} in this store.")


def warm(n_corpora: int) -> None:
    """Open the snapshots a visitor is likely to ask for first: those of the newest corpora."""
    corpora = listing().corpora
    newest = sorted(corpora, key=lambda corpus: max(info.created for info in corpora[corpus]), reverse=True)
    for corpus in newest[:n_corpora]:
        with suppress(SnapshotError):  # the page says what is wrong with it, when somebody asks
            index = served_snapshot(corpus)
            index.prepare()
            map_points(corpus, index.snapshot_id)
            findings(corpus, index.snapshot_id)


def why_not_latest(corpus: str, snapshot_id: str) -> str | None:
    """Why the latest snapshot of ``corpus`` cannot be shown; ``None`` when it can, or is ``snapshot_id``."""
    latest = next(iter(listing().ids().get(corpus, [])), None)
    if latest is None or latest == snapshot_id:
        return None
    return _out_of_service.why(_folder(corpus, latest)) or _refusal(_store(), corpus, latest)


def n_open_snapshots() -> int:
    """How many snapshots are in memory, those included that only an open visit still holds."""
    return len(_opened)


def at_dial(index: SnapshotIndex, dial: str) -> SnapshotIndex:
    """``index`` at a setting of the outlier dial; the same frozen object for everybody. ``""``: as it was fitted."""
    return _at_dial(_store(), index.corpus, index.snapshot_id, dial) if dial else index


def map_points(corpus: str, snapshot_id: str, dial: str = "") -> MapPoints:
    """The points of the map at a setting of the outlier dial, packed once for the browser."""
    return _map_points(_store(), corpus, snapshot_id, dial)


def findings(corpus: str, snapshot_id: str) -> list[Finding]:
    """`queries.findings` of the snapshot as it was fitted, worked out once. Never change the list: it is shared."""
    return _findings(_store(), corpus, snapshot_id)


def papers_with_terms(corpus: str, snapshot_id: str, topic_id: str) -> Values:
    """Which papers hold which words of a topic; `queries.papers_with_terms`, kept for the topics last looked at.

    Raises
    ------
    FilterError
        The search index of the snapshot cannot be read.
    """
    return _papers_with_terms(_store(), corpus, snapshot_id, topic_id)


def query_encoder(corpus: str, snapshot_id: str) -> QueryEncoder:
    """What embeds a search text like this snapshot's papers.

    Raises
    ------
    QueryUnavailable
        The snapshot has none, or its weights are not on this machine; the message says so.
    """
    return _query_encoder(_store(), corpus, snapshot_id)


def word_table(corpus: str, snapshot_id: str) -> WordTable:
    """Which paper holds which words, counted once; for snapshots of up to `queries.MAX_COUNTED` papers."""
    return _word_table(_store(), corpus, snapshot_id)


def look_again() -> None:
    """Forget the listing: what it says has turned out to be out of date."""
    _listing.clear()


def _store() -> str:
    return str(store_folder().absolute())


def _folder(corpus: str, snapshot_id: str) -> Path:
    """Where a snapshot lies that the store listed."""
    return store_folder().absolute() / corpus / "snapshots" / snapshot_id


def _another(corpus: str, snapshot_id: str) -> str | None:
    """The first snapshot to serve besides ``snapshot_id`` of which nothing bad is known."""
    for info in listing().corpora.get(corpus, ()):
        known_bad = info.problem is not None or _out_of_service.why(_folder(corpus, info.snapshot_id)) is not None
        if info.snapshot_id != snapshot_id and not known_bad:
            return info.snapshot_id
    return None


_last_listed: dict[str, Listing] = {}  # one store in the life of a server


def curation_store() -> CurationStore:
    """The database of this process; the same for everybody. Never cache what it says of one person.

    Raises
    ------
    CurationUnavailable
        It cannot be opened: an unreachable server, a folder that cannot be written, a newer version's tables.
        Asked again within `Settings.database_retry_seconds`, the answer is the same without a try.
    """
    url = _curation_url()
    failed = _unavailable.get(url)
    if failed is not None and time.monotonic() < failed[0]:
        raise CurationUnavailable(failed[1])
    try:
        return _curation_store(url)
    except CurationUnavailable as error:
        _leave_alone(url, error)
        raise


def curation(corpus: str) -> Curation:
    """What curators have said of ``corpus``: what this and any other process has kept up to this moment.

    One row is read to know whether anything changed. While the database does
    not answer, what was last read stands, or nothing: `why_no_curation` says so.
    """
    url = _curation_url()
    try:
        store = curation_store()
    except CurationUnavailable:
        return _last_curation.get((url, corpus), Curation(corpus))
    try:
        revision = store.revision(corpus)
        current = _curation(url, corpus, revision) if revision else Curation(corpus)
    except CurationUnavailable as error:
        _leave_alone(url, error)
        return _last_curation.get((url, corpus), Curation(corpus))
    _unavailable.pop(url, None)
    if revision:
        _last_curation[url, corpus] = current
    return current


def why_no_curation() -> str | None:
    """Why curation cannot be changed just now, and may be out of date; ``None`` when the database answers."""
    failed = _unavailable.get(_curation_url())
    return failed[1] if failed is not None else None


def _curation_url() -> str:
    """``TOPIC_EXPLORER_DATABASE``, else a file in the store."""
    return instance().database.get_secret_value() or f"sqlite:///{store_folder().absolute() / CURATION_FILE}"


def _leave_alone(url: str, error: CurationUnavailable) -> None:
    _unavailable[url] = (time.monotonic() + SETTINGS.database_retry_seconds, str(error))


# Until when a database is not asked again, and why; what was last read of each corpus.
# About the database, not about any visitor; read and written one item at a time.
_unavailable: dict[str, tuple[float, str]] = {}
_last_curation: dict[tuple[str, str], Curation] = {}


@st.cache_resource(max_entries=2, show_spinner=False)
def _curation_store(url: str) -> CurationStore:
    return CurationStore(url)


@st.cache_resource(max_entries=16, show_spinner=False)
def _curation(url: str, corpus: str, revision: int) -> Curation:
    # Read after ``revision`` was: as new as that or newer, and the next revision has a key of its own.
    return _curation_store(url).curation(corpus)


@st.cache_resource(ttl=SETTINGS.listing_seconds, max_entries=8, show_spinner=False)
def _listing(store: str) -> Listing:
    folder = Path(store)
    corpora = snapshots.list_corpora(folder)
    if not corpora and store in _last_listed and not os.access(folder, os.R_OK | os.X_OK):
        return _last_listed[store]  # a disk that is away for a while: what is open stays open
    _last_listed[store] = Listing({corpus: tuple(snapshots.list_snapshots(folder, corpus)) for corpus in corpora})
    return _last_listed[store]


def _forget(path: Path) -> None:
    """Let go of what was read from damaged files: they have been mended. Others are opened anew when asked for."""
    _open.clear(str(path.parents[2]), path.parents[1].name, path.name)
    for cached in (_refusal, _at_dial, _map_points, _findings, _papers_with_terms, _query_encoder, _word_table):
        cached.clear()


# About the store, not about any visitor.
_out_of_service = OutOfService(_forget)


_opened: weakref.WeakValueDictionary[int, SnapshotIndex] = weakref.WeakValueDictionary()  # only to count them


@st.cache_resource(max_entries=SETTINGS.open_snapshots, show_spinner="Opening the snapshot…")
def _open(store: str, corpus: str, snapshot_id: str) -> SnapshotIndex:
    files = snapshots.fingerprint(_folder(corpus, snapshot_id))
    snapshot = snapshots.open_snapshot(Path(store), corpus, snapshot_id)
    snapshots.verify_in_background(
        snapshot, lambda problems: _out_of_service.withdraw(snapshot.path, problems[0], files)
    )
    index = index_snapshot(snapshot)
    _opened[id(index)] = index
    return index


@st.cache_resource(ttl=SETTINGS.listing_seconds * 6, max_entries=32, show_spinner=False)
def _refusal(store: str, corpus: str, snapshot_id: str) -> str | None:
    try:
        _open(store, corpus, snapshot_id)
    except SnapshotError as error:
        return str(error)
    return None


@st.cache_resource(max_entries=SETTINGS.open_snapshots, show_spinner=False)
def _at_dial(store: str, corpus: str, snapshot_id: str, dial: str) -> SnapshotIndex:
    return put_at_dial(_open(store, corpus, snapshot_id), dial)


@st.cache_resource(max_entries=SETTINGS.open_snapshots, show_spinner=False)
def _map_points(store: str, corpus: str, snapshot_id: str, dial: str) -> MapPoints:
    index = _at_dial(store, corpus, snapshot_id, dial) if dial else _open(store, corpus, snapshot_id)
    token = "/".join(part for part in (corpus, snapshot_id, dial) if part)
    return build_map_points(index.papers, index.snapshot.topics, token)


@st.cache_resource(max_entries=SETTINGS.open_snapshots, show_spinner=False)
def _findings(store: str, corpus: str, snapshot_id: str) -> list[Finding]:
    return find_findings(_open(store, corpus, snapshot_id))


@st.cache_resource(max_entries=_KEPT_TOPICS, show_spinner=False)
def _papers_with_terms(store: str, corpus: str, snapshot_id: str, topic_id: str) -> Values:
    return find_terms(_open(store, corpus, snapshot_id), topic_id)


@st.cache_resource(max_entries=SETTINGS.open_snapshots, show_spinner="Loading the search model…")
def _query_encoder(store: str, corpus: str, snapshot_id: str) -> QueryEncoder:
    return load_query_encoder(_open(store, corpus, snapshot_id).snapshot.query_encoder_path, cache_folder())


@st.cache_resource(max_entries=SETTINGS.open_snapshots, show_spinner="Counting the words of all papers, once…")
def _word_table(store: str, corpus: str, snapshot_id: str) -> WordTable:
    index = _open(store, corpus, snapshot_id)
    return count_words(index, np.arange(index.n_papers))
