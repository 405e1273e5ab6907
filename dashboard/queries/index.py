"""A snapshot with what every query needs worked out once: codes instead of strings."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from dashboard.paper_codes import numbers_of
from dashboard.state import Facts
from pipeline.schema import FACET_PREFIX, OUTLIER_TOPIC_ID
from pipeline.snapshot import Snapshot

Rows = NDArray[np.int64]
"""Positions of papers in the snapshot's own order."""
Mask = NDArray[np.bool_]
"""One truth a paper."""

UNDATED = -1
"""Period code and year of papers without a date."""


@dataclass(frozen=True)
class Values:
    """Which papers carry which value of one facet; a paper may carry several.

    ``entry_rows[i]`` carries ``names[entry_values[i]]``; entries are sorted by
    value and no paper carries a value twice. ``counts`` are papers a value.
    """

    names: tuple[str, ...]
    entry_rows: NDArray[np.int32]
    entry_values: NDArray[np.int32]
    starts: NDArray[np.int64]

    @property
    def counts(self) -> NDArray[np.int64]:
        """Papers carrying each value."""
        return np.diff(self.starts)

    @cached_property
    def code_of(self) -> Mapping[str, int]:
        """Value → its position in ``names``."""
        return MappingProxyType({name: code for code, name in enumerate(self.names)})

    def rows_of(self, name: str) -> NDArray[np.int32]:
        """Rows of the papers carrying ``name``; none for an unknown value."""
        code = self.code_of.get(name)
        return self.entry_rows[:0] if code is None else self.entry_rows[self.starts[code] : self.starts[code + 1]]

    def counts_within(self, mask: Mask) -> NDArray[np.int64]:
        """Papers carrying each value, of those in ``mask``."""
        return np.bincount(self.entry_values[mask[self.entry_rows]], minlength=len(self.names))


@dataclass(frozen=True)
class SnapshotIndex:
    """One opened snapshot and its codes, at one level; shared by every visitor, never changed.

    Attributes
    ----------
    snapshot
        The snapshot itself (tables, embeddings, abstracts, manifest).
    years : int16 (n,)
        `UNDATED` where unknown.
    facets
        Facet name → its `Values`; ``"venue"`` is one too.
    topics
        The topics of the level in order of number, index 0…k−1.
    topic_codes : int32 (n,)
        Position in ``topics``; −1 for outliers.
    periods
        Every period of the trends, oldest first, without gaps.
    period_codes : int32 (n,)
        Position in ``periods``; `UNDATED` for undated papers.
    level
        Of the hierarchy, which ``topics`` and ``topic_codes`` are of: 0 is the finest.
    finest
        The index at level 0 that this one was made from; ``None`` where this is it.
    """

    snapshot: Snapshot
    years: NDArray[np.int16]
    venues: Values
    facets: Mapping[str, Values]
    topics: pd.DataFrame
    topic_codes: NDArray[np.int32]
    periods: tuple[str, ...]
    period_codes: NDArray[np.int32]
    rows_by_id: Mapping[str, int]
    level: int = 0
    finest: SnapshotIndex | None = field(default=None, repr=False)

    def at_level(self, level: int) -> SnapshotIndex:
        """The same snapshot with the topics of another level. The same object every time."""
        return self.levels[level]

    @cached_property
    def levels(self) -> tuple[SnapshotIndex, ...]:
        """The same snapshot at each level, the finest first; a paper's coarser topic is the parent of its finer one."""
        if self.finest is not None:
            return self.finest.levels
        topics = self.snapshot.topics
        found = [self]
        for level in range(1, 1 + (int(topics["level"].max()) if len(topics) else 0)):
            own = topics[topics["level"] == level].sort_values("number").reset_index(drop=True)
            below = found[-1]
            parents = pd.Index(own["topic_id"], dtype="str").get_indexer(pd.Index(below.topics["parent"]))
            codes = np.append(parents, -1)[below.topic_codes].astype(np.int32)  # the last one, at −1, is "none"
            codes.setflags(write=False)
            found.append(replace(self, topics=own, topic_codes=codes, level=level, finest=self))
        return tuple(found)

    @property
    def papers(self) -> pd.DataFrame:
        """The snapshot's papers. Never change it: it is shared."""
        return self.snapshot.papers

    @property
    def n_papers(self) -> int:
        """Papers in the snapshot."""
        return len(self.years)

    @property
    def n_undated(self) -> int:
        """Papers without a year."""
        return int((self.years == UNDATED).sum())

    @property
    def corpus(self) -> str:
        """The corpus's name."""
        return self.snapshot.manifest.corpus

    @property
    def snapshot_id(self) -> str:
        """The snapshot's id."""
        return self.snapshot.manifest.snapshot_id

    @cached_property
    def topic_ids(self) -> tuple[str, ...]:
        """Ids of the level's topics, in order of number."""
        return tuple(self.topics["topic_id"])

    @cached_property
    def topic_records(self) -> tuple[Mapping[str, Any], ...]:
        """What a list says of each of the level's topics, in order of number."""
        columns = ["topic_id", "number", "parent", "label", "keywords", "size"]
        return tuple(
            {str(name): value for name, value in row.items()} for row in self.topics[columns].to_dict("records")
        )

    @cached_property
    def level_of(self) -> Mapping[str, int]:
        """Topic id, of whatever level → its level; outliers are 0."""
        known = [(str(t), level) for level, own in enumerate(self.levels) for t in own.topics["topic_id"]]
        return MappingProxyType({OUTLIER_TOPIC_ID: 0} | dict(known))

    @cached_property
    def topic_code_of(self) -> Mapping[str, int]:
        """Topic id → its code; outliers are −1."""
        return MappingProxyType({OUTLIER_TOPIC_ID: -1} | {t: code for code, t in enumerate(self.topic_ids)})

    def prepare(self) -> None:
        """Work out what the first visitor of a topic's page would wait for."""
        _ = self.levels, self.topic_centroids, self.nearest_codes, self.second_codes

    @cached_property
    def nearest_codes(self) -> NDArray[np.int32]:
        """The topic whose centre each paper is nearest to, as its code; −1 where none is known."""
        return self._codes_in("nearest_topic_id")

    @cached_property
    def second_codes(self) -> NDArray[np.int32]:
        """The runner-up of `nearest_codes`."""
        return self._codes_in("second_topic_id")

    def _codes_in(self, column: str) -> NDArray[np.int32]:
        codes = np.asarray(self.papers[column].map(self.topic_code_of).fillna(-1), dtype=np.int32)
        codes.setflags(write=False)
        return codes

    @cached_property
    def year_range(self) -> tuple[int, int] | None:
        """First and last year; ``None`` for a corpus without dates."""
        dated = self.years[self.years != UNDATED]
        return (int(dated.min()), int(dated.max())) if len(dated) else None

    @cached_property
    def facts(self) -> Facts:
        """What a query string is checked against."""
        return Facts(
            corpus=self.corpus,
            snapshot_id=self.snapshot_id,
            years=self.year_range,
            venues=self.venues.code_of,
            facets={name: values.code_of for name, values in self.facets.items()},
            topic_ids=self.level_of,
            levels=tuple(frozenset(own.topics["topic_id"]) for own in self.levels),
            paper_ids=self.rows_by_id,
            periods=self.periods,
            dial=self.dial_names,
        )

    @cached_property
    def dial_names(self) -> Mapping[str, str]:
        """Settings of the outlier dial as links write them → as a `View` holds them; the snapshot's own is ``""``."""
        dial = self.snapshot.dial
        if dial is None:
            return MappingProxyType({})
        names = map(cut_off_name, dial.settings["cut_off"])
        own = dial.settings["is_default"]
        return MappingProxyType({name: "" if default else name for name, default in zip(names, own, strict=True)})

    @cached_property
    def borderline(self) -> Mask:
        """Which papers in a topic lie between it and another one; none where the snapshot has no dial."""
        dial = self.snapshot.dial
        if dial is None:
            return np.zeros(self.n_papers, dtype=bool)
        return dial.papers["borderline"].to_numpy(dtype=bool) & (self.topic_codes >= 0)

    @cached_property
    def topic_centroids(self) -> NDArray[np.float32]:
        """The mean direction of each topic's papers: unit rows (n_topics, d), in order of number."""
        embeddings = self.snapshot.embeddings
        centroids = np.zeros((len(self.topics), embeddings.shape[1]), dtype=np.float32)
        by_topic = np.argsort(self.topic_codes, kind="stable")
        ends = np.searchsorted(self.topic_codes[by_topic], np.arange(len(self.topics) + 1))
        for code, (start, end) in enumerate(itertools.pairwise(ends)):
            # Sorted rows read the memory-mapped file from front to back.
            rows = by_topic[start:end]
            if len(rows):
                centroids[code] = np.asarray(embeddings[rows]).mean(axis=0, dtype=np.float32)
        return centroids / np.maximum(np.linalg.norm(centroids, axis=1, keepdims=True), 1e-12)

    @cached_property
    def rows_by_code(self) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
        """The papers' codes as numbers (`dashboard.paper_codes`), ascending, and the row of each."""
        numbers = numbers_of(self.papers["paper_id"])
        order = np.argsort(numbers, kind="stable").astype(np.int32)
        return numbers[order], order

    def values(self, kind: str) -> Values:
        """The `Values` of ``"venue"`` or of a facet."""
        return self.venues if kind == "venue" else self.facets[kind]

    def topic(self, topic_id: str) -> pd.Series | None:
        """The row of one topic, of whatever level; ``None`` for outliers and unknown ids."""
        own = self.at_level(self.level_of.get(topic_id, 0))
        code = own.topic_code_of.get(topic_id, -1)
        return own.topics.iloc[code] if code >= 0 else None

    def in_topic(self, topic_id: str) -> Mask:
        """Which papers are in a topic, of whatever level, or in none: bool (n_papers,), a new array."""
        own = self.at_level(self.level_of[topic_id])
        mask: Mask = own.topic_codes == own.topic_code_of[topic_id]
        return mask


def cut_off_name(cut_off: float) -> str:
    """A setting of the outlier dial as links write it: its cut-off with no more digits than it needs."""
    return f"{cut_off:.4g}"


def index_snapshot(snapshot: Snapshot) -> SnapshotIndex:
    """Work out the codes of ``snapshot``: once per snapshot and process."""
    papers = snapshot.papers
    topics = snapshot.topics[snapshot.topics["level"] == 0].sort_values("number").reset_index(drop=True)
    code_of_topic = {topic_id: code for code, topic_id in enumerate(topics["topic_id"])}
    topic_codes = papers["topic_id"].map(code_of_topic).fillna(-1).to_numpy(dtype=np.int32)
    years = papers["year"].fillna(UNDATED).to_numpy(dtype=np.int16)
    periods, period_codes = _periods(snapshot)
    facets = {
        column.removeprefix(FACET_PREFIX): _list_values(papers[column])
        for column in papers.columns
        if column.startswith(FACET_PREFIX)
    }
    index = SnapshotIndex(
        snapshot=snapshot,
        years=years,
        venues=_scalar_values(papers["venue"]),
        facets=MappingProxyType(facets),
        topics=topics,
        topic_codes=topic_codes,
        periods=periods,
        period_codes=period_codes,
        rows_by_id=MappingProxyType({paper_id: row for row, paper_id in enumerate(papers["paper_id"])}),
    )
    for array in (years, topic_codes, period_codes):
        array.setflags(write=False)
    return index


def _periods(snapshot: Snapshot) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    periods = tuple(sorted(set(snapshot.trends["period"])))
    dates = pd.to_datetime(snapshot.papers["published"])
    unit = snapshot.manifest.trends.unit
    if unit is None or not periods:
        return (), np.full(len(dates), UNDATED, dtype=np.int32)
    # Numbers, not strings: a label for every paper would cost more than the whole query.
    months = {"year": 12, "quarter": 3, "month": 1}[unit]
    known = dates.notna().to_numpy()
    since_epoch = dates[known].to_numpy().astype("datetime64[M]").astype(np.int64)
    position = (since_epoch + 1970 * 12) // months
    codes = np.full(len(dates), UNDATED, dtype=np.int32)
    # Periods have no gaps, so a code is a distance from the first.
    codes[known] = position - _position(periods[0], 12 // months)
    return periods, codes


def _position(period: str, n_parts: int) -> int:
    """Periods since year 0, of ``n_parts`` a year."""
    year, _, rest = period.partition("-")
    return int(year) * n_parts + (int(rest.removeprefix("Q")) - 1 if rest else 0)


def _scalar_values(column: pd.Series) -> Values:
    known = column.notna().to_numpy()
    rows = np.flatnonzero(known)
    return _values(rows, column[known].to_numpy(dtype=object))


def _list_values(column: pd.Series) -> Values:
    lists = pa.array(column, type=pa.list_(pa.string()), from_pandas=True)
    if isinstance(lists, pa.ChunkedArray):
        lists = lists.combine_chunks()
    lists = lists.fill_null([]) if lists.null_count else lists
    rows = np.repeat(np.arange(len(lists)), np.asarray(lists.value_lengths()))
    return _values(rows, lists.flatten().to_numpy(zero_copy_only=False))


def _values(rows: NDArray[Any], values: NDArray[Any]) -> Values:
    known = np.array([isinstance(value, str) and bool(value.strip()) for value in values], dtype=bool)
    codes, names = pd.factorize(values[known], sort=True)
    entries = np.unique(codes.astype(np.int64) * (2**32) + rows[known]) if len(codes) else np.empty(0, np.int64)
    entry_values = (entries >> 32).astype(np.int32)
    entry_rows = (entries & 0xFFFFFFFF).astype(np.int32)
    starts = np.searchsorted(entry_values, np.arange(len(names) + 1)).astype(np.int64)
    return Values(_names(names), entry_rows, entry_values, starts)


def _names(names: Sequence[Any]) -> tuple[str, ...]:
    return tuple(str(name) for name in names)
