"""The contract between the pipeline and the dashboard.

Every table a snapshot holds, column by column, the invariants that tie the
tables together, and the manifest that describes them. Light to import: numpy,
pandas, pyarrow and pydantic, nothing that fits a model.

``docs/snapshot-format.md`` is the same contract in prose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from pipeline.guidance_record import GuidanceRecord

SCHEMA_VERSION = 2
"""Raised when a reader of the old version could misread a snapshot of the new one."""

OUTLIER_TOPIC_ID = "outlier"
"""The ``topic_id`` of papers outside every topic (BERTopic's −1)."""

FACET_PREFIX = "facet_"
"""Extra columns kept with ``--facet NAME`` are stored as ``facet_NAME``."""

TOPIC_LEVEL_PREFIX = "topic_level_"
"""A paper's topic at level N of the hierarchy, N ≥ 1, is stored as ``topic_level_N``."""

SNAPSHOT_ID_PATTERN = re.compile(r"^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}$")
"""UTC time of publishing, then six hexadecimal digits of the content hash."""

CORPUS_PATTERN = re.compile(r"^[a-z0-9][a-z0-9_-]{0,62}$")
"""A corpus name is a folder name: lower-case letters, digits, ``-`` and ``_``."""

TOPIC_ID_PATTERN = re.compile(r"^(t-[0-9a-f]{8}|outlier)$")

Precision = Literal["day", "month", "year"]
PeriodUnit = Literal["year", "quarter", "month"]
TrendClass = Literal["new", "rising", "burst", "steady", "fading", "too few"]


class SchemaError(ValueError):
    """A table or manifest breaks the contract; the message names what and where."""


# --- what readers give -------------------------------------------------------


@dataclass(slots=True)
class Paper:
    """One bibliographic record as a reader found it, nothing cleaned yet.

    ``paper_id`` is the identifier the source gave (``None`` when it gave
    none). ``source`` is the file's name, ``position`` the 1-based line or
    record number in it. ``facets`` maps a facet's name to its values.
    """

    title: str
    abstract: str
    source: str
    position: int
    paper_id: str | None = None
    authors: tuple[str, ...] = ()
    venue: str | None = None
    published: date | None = None
    published_precision: Precision | None = None
    url: str | None = None
    doi: str | None = None
    citations: int | None = None
    keywords: tuple[str, ...] = ()
    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)


# --- tables -------------------------------------------------------------------

_TEXT = pa.string()
_TEXTS = pa.list_(pa.string())


def _columns(*columns: tuple[str, pa.DataType, bool]) -> pa.Schema:
    return pa.schema([pa.field(name, kind, nullable=nullable) for name, kind, nullable in columns])


PAPERS = _columns(
    ("paper_id", _TEXT, False),  # unique; rows are sorted by it
    ("title", _TEXT, False),
    ("authors", _TEXTS, False),
    ("venue", _TEXT, True),
    ("source", _TEXT, False),  # the input file's name
    ("published", pa.date32(), True),  # first day of the month or year where that is all we know
    ("published_precision", _TEXT, True),  # day | month | year; null exactly where published is
    ("year", pa.int16(), True),
    ("url", _TEXT, True),
    ("doi", _TEXT, True),  # bare and lower-case: 10.1000/xyz
    ("citations", pa.int32(), True),
    ("keywords", _TEXTS, False),
    ("language", _TEXT, False),  # ISO 639-1, "und" when undetermined
    ("x", pa.float32(), False),  # 2-D projection
    ("y", pa.float32(), False),
    ("topic_id", _TEXT, False),  # OUTLIER_TOPIC_ID outside every topic
    ("strength", pa.float32(), False),  # membership strength in [0, 1]; 0 for outliers
    ("nearest_topic_id", _TEXT, True),  # by cosine to topic centroids, outliers too; null: no topics
    ("nearest_similarity", pa.float32(), True),  # that cosine
    ("second_topic_id", _TEXT, True),  # runner-up; null with fewer than two topics
    ("margin", pa.float32(), True),  # nearest_similarity − the runner-up's
)
"""Columns of ``papers.parquet``, followed by any number of ``facet_NAME``
(list of strings) and ``topic_level_N`` (string; the topic of that paper at
hierarchy level N ≥ 1, coarser as N grows; OUTLIER_TOPIC_ID for outliers)
columns."""

TOPICS = _columns(
    ("topic_id", _TEXT, False),
    ("number", pa.int32(), False),  # 1 = largest of its level; for people to say "topic 7"
    ("level", pa.int8(), False),  # 0 = finest
    ("parent", _TEXT, True),  # topic_id one level coarser
    ("label", _TEXT, False),
    ("keywords", _TEXTS, False),  # c-TF-IDF terms, best first
    ("keyword_weights", pa.list_(pa.float32()), False),
    ("size", pa.int32(), False),
    ("x", pa.float32(), False),  # where its label stands on the map
    ("y", pa.float32(), False),
    ("representative_papers", _TEXTS, False),  # paper_ids, most representative first
    ("coherence", pa.float32(), True),  # NPMI of the top keywords in this corpus; null: not measured
    ("stability", pa.float32(), True),  # mean best-match Jaccard over further fits; null: not measured
    ("trend_class", _TEXT, True),  # TrendClass; null: no dates
    ("trend_slope", pa.float32(), True),  # log-odds of the share per year
    ("trend_q", pa.float32(), True),  # false-discovery-adjusted p-value of what the class says
    ("burst_from", _TEXT, True),  # first and last period of a burst; null: the class is another
    ("burst_to", _TEXT, True),
    ("stability_runs", pa.int32(), True),  # further fits that stability was measured on; null: not measured
    ("stability_found", pa.int32(), True),  # in how many of them the topic was found again
)
"""Columns of ``topics.parquet``. Outliers are no topic and have no row."""

TRENDS = _columns(
    ("period", _TEXT, False),  # "2024", "2024-Q3" or "2024-07"; sorts by time
    ("period_start", pa.date32(), False),
    ("topic_id", _TEXT, False),  # outliers too
    ("group_kind", _TEXT, False),  # "" = all papers, else "venue" or a facet's name
    ("group", _TEXT, False),  # "" = all papers, else the value
    ("n_papers", pa.int32(), False),  # zero-filled
    ("n_period", pa.int32(), False),  # papers of the period (and group)
    ("share", pa.float64(), False),  # n_papers / n_period
    ("share_low", pa.float64(), False),  # 95 % Wilson interval
    ("share_high", pa.float64(), False),
)
"""Columns of ``trends.parquet``: every topic in every period, no gaps."""

TERM_TRENDS = _columns(
    ("topic_id", _TEXT, False),
    ("period", _TEXT, False),
    ("term", _TEXT, False),  # one of the topic's keywords
    ("n_papers", pa.int32(), False),  # papers of topic and period that contain it
)

ABSTRACTS = _columns(("abstract", _TEXT, False))
"""``abstracts.arrow``: one column, in papers' order, memory-mapped by readers."""

TABLES: dict[str, pa.Schema] = {
    "papers": PAPERS,
    "topics": TOPICS,
    "trends": TRENDS,
    "term_trends": TERM_TRENDS,
}

SINCE_FORMAT_2: dict[str, tuple[str, ...]] = {
    "topics": ("burst_from", "burst_to", "stability_runs", "stability_found"),
}
"""Columns that a table may come without, from a snapshot of format 1 or where nothing was measured: all null then."""


# --- manifest -----------------------------------------------------------------


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class InputFile(_Record):
    """A file that was read: its name, size and sha256."""

    name: str
    bytes: int
    sha256: str


class FileRecord(_Record):
    """A file of the snapshot, as published."""

    bytes: int
    sha256: str


class StageTiming(_Record):
    """What one stage took; ``cached`` when its result was reused."""

    name: str
    seconds: float
    cached: bool = False


class EmbedderRecord(_Record):
    """The embedder used and why: ``name`` as on the command line, what decided it."""

    name: str
    fingerprint: str
    dimensions: int
    detail: dict[str, Any] = Field(default_factory=dict)


class TrendsRecord(_Record):
    """How time was cut. ``unit`` is null for a corpus without dates."""

    unit: PeriodUnit | None
    first: str | None
    last: str | None
    last_is_partial: bool
    as_of: date | None
    n_dated: int
    n_undated: int


class FacetRecord(_Record):
    """A facet kept from the input: its ``name`` and how many distinct values."""

    name: str
    n_values: int


class Manifest(_Record):
    """``manifest.json``: what a snapshot is, how it was made, what it weighs."""

    schema_version: int
    snapshot_id: str
    corpus: str
    created: datetime
    content_sha256: str
    code_version: str
    library_versions: dict[str, str]
    platform: str
    settings: dict[str, Any]
    made_from: str | None = None
    guidance: GuidanceRecord | None = None
    inputs: list[InputFile]
    papers_read: int
    papers_kept: int
    dropped: dict[str, int]
    n_topics: int
    n_outliers: int
    embedder: EmbedderRecord
    query_encoder: Literal["minilm", "lsa", "model2vec", "none"]
    trends: TrendsRecord
    facets: list[FacetRecord]
    languages: dict[str, int]
    stages: list[StageTiming]
    seconds: float
    peak_memory_mb: float
    quality: dict[str, float | None]
    warnings: list[str]
    files: dict[str, FileRecord]


# --- checks ---------------------------------------------------------------------


def empty_table(name: str) -> pd.DataFrame:
    """An empty frame with the columns of table ``name``."""
    return TABLES[name].empty_table().to_pandas()


def to_arrow(name: str, frame: pd.DataFrame) -> pa.Table:
    """``frame`` as an Arrow table in exactly the columns and types of table ``name``.

    Extra ``facet_*`` and ``topic_level_*`` columns of papers are kept behind
    the fixed ones, in alphabetical order.

    Raises
    ------
    SchemaError
        A column is missing, has another type, or holds nulls where none may be.
    """
    schema = TABLES[name]
    frame = frame.assign(**{column: None for column in SINCE_FORMAT_2.get(name, ()) if column not in frame.columns})
    if name == "papers":
        for column in sorted(c for c in frame.columns if c.startswith((FACET_PREFIX, TOPIC_LEVEL_PREFIX))):
            kind = _TEXTS if column.startswith(FACET_PREFIX) else _TEXT
            schema = schema.append(pa.field(column, kind, nullable=False))
    missing = [column for column in schema.names if column not in frame.columns]
    extra = [column for column in frame.columns if column not in schema.names]
    if missing or extra:
        raise SchemaError(f"table {name}: missing columns {missing}, unexpected columns {extra}")
    arrays = []
    for column in schema:
        try:
            array = pa.array(frame[column.name], type=column.type, from_pandas=True)
        except (pa.ArrowException, OverflowError, TypeError, UnicodeEncodeError) as error:
            raise SchemaError(f"table {name}, column {column.name}: {error}") from error
        if isinstance(array, pa.ChunkedArray):
            array = array.combine_chunks()
        if array.null_count and not column.nullable:
            raise SchemaError(f"table {name}, column {column.name}: {array.null_count} empty values")
        arrays.append(array)
    return pa.Table.from_arrays(arrays, schema=schema)


def check_tables(
    papers: pd.DataFrame,
    topics: pd.DataFrame,
    trends: pd.DataFrame,
    term_trends: pd.DataFrame,
) -> None:
    """Raise `SchemaError` unless the tables agree with each other.

    The conservation laws: ids unique and papers sorted by them; every
    ``topic_id`` known; topic sizes plus outliers are all papers; levels are
    nested: a paper's topic at each level is the parent of its topic one level
    finer, and a parent is as large as its children together; ungrouped
    trends, of the finest topics, add up, per topic, to its dated papers, and
    the shares of every period to one; coordinates are finite.
    """
    ids = papers["paper_id"].to_numpy(dtype=object)
    if len(ids) and (len(set(ids)) != len(ids) or any(a > b for a, b in pairwise(ids))):
        raise SchemaError("papers: ids must be unique and in ascending order")
    for column in ("x", "y", "strength"):
        if not np.isfinite(papers[column].to_numpy(dtype=np.float64)).all():
            raise SchemaError(f"papers: column {column} holds a value that is not finite")
    known = set(topics["topic_id"])
    if len(known) != len(topics):
        raise SchemaError("topics: topic ids must be unique")
    if bad := sorted(t for t in known if not TOPIC_ID_PATTERN.match(t) or t == OUTLIER_TOPIC_ID):
        raise SchemaError(f"topics: {bad[0]!r} is no topic id")
    if strangers := set(papers["topic_id"]) - known - {OUTLIER_TOPIC_ID}:
        raise SchemaError(f"papers: unknown topic ids {sorted(strangers)[:3]}")
    if strangers := set(topics["parent"].dropna()) - known:
        raise SchemaError(f"topics: unknown parents {sorted(strangers)[:3]}")
    finest = topics[topics["level"] == 0]
    sizes = papers["topic_id"].value_counts()
    for topic_id, size in zip(finest["topic_id"], finest["size"], strict=True):
        if sizes.get(topic_id, 0) != size:
            raise SchemaError(f"topics: {topic_id} says {size} papers, papers say {sizes.get(topic_id, 0)}")
    if topics["label"].str.strip().eq("").any():
        raise SchemaError("topics: every topic needs a label")
    _check_levels(papers, topics)
    _check_trends(papers, finest, trends)
    if strangers := set(term_trends["topic_id"]) - known:
        raise SchemaError(f"term_trends: unknown topic ids {sorted(strangers)[:3]}")


def _check_levels(papers: pd.DataFrame, topics: pd.DataFrame) -> None:
    n_above = int(topics["level"].max()) if len(topics) else 0
    columns = ["topic_id", *(f"{TOPIC_LEVEL_PREFIX}{level}" for level in range(1, n_above + 1))]
    stored = {column for column in papers.columns if column.startswith(TOPIC_LEVEL_PREFIX)}
    if stored != set(columns[1:]):
        raise SchemaError(
            f"papers: the topics have {n_above + 1} levels, but the columns for them are {sorted(stored)}"
        )
    for level, column in enumerate(columns):
        known = set(topics.loc[topics["level"] == level, "topic_id"])
        if strangers := set(papers[column]) - known - {OUTLIER_TOPIC_ID}:
            raise SchemaError(f"papers: {column} holds {min(map(str, strangers))}, which is no topic of level {level}")
    if topics.loc[topics["level"] == n_above, "parent"].notna().any():
        raise SchemaError(f"topics: level {n_above} is the coarsest, but has parents")
    for level, column in enumerate(columns[:-1]):
        mine, above = topics[topics["level"] == level], topics[topics["level"] == level + 1]
        expected = dict(zip(mine["topic_id"], mine["parent"], strict=True)) | {OUTLIER_TOPIC_ID: OUTLIER_TOPIC_ID}
        if (papers[column].map(expected) != papers[columns[level + 1]]).any():
            raise SchemaError(f"papers: {columns[level + 1]} is not the parent of {column} everywhere")
        together = mine.groupby("parent")["size"].sum()
        for topic_id, size in zip(above["topic_id"], above["size"], strict=True):
            n_papers = together.get(topic_id, 0)
            if n_papers != size:
                raise SchemaError(f"topics: {topic_id} says {size} papers, those of level {level} in it {n_papers}")


def _check_trends(papers: pd.DataFrame, finest: pd.DataFrame, trends: pd.DataFrame) -> None:
    ungrouped = trends[trends["group_kind"] == ""]
    if strangers := set(ungrouped["topic_id"]) - set(finest["topic_id"]) - {OUTLIER_TOPIC_ID}:
        raise SchemaError(f"trends: {sorted(strangers)[0]} is no topic of level 0")
    dated = papers[papers["published"].notna()]
    expected = dated["topic_id"].value_counts()
    counted = ungrouped.groupby("topic_id")["n_papers"].sum()
    for topic_id in set(expected.index) | set(counted.index):
        if counted.get(topic_id, 0) != expected.get(topic_id, 0):
            raise SchemaError(
                f"trends: {topic_id} has {counted.get(topic_id, 0)} papers over time, "
                f"{expected.get(topic_id, 0)} dated papers"
            )
    shares = ungrouped.groupby("period")["share"].sum()
    totals = ungrouped.groupby("period")["n_period"].first()
    if not np.allclose(shares[totals > 0], 1.0, atol=1e-9):
        raise SchemaError("trends: the shares of a period do not add up to one")
