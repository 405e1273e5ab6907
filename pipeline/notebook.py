"""A snapshot for notebooks and scripts: ``pipeline.open_snapshot("mylab")``. Loads nothing that fits a model."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline import snapshot
from pipeline.schema import OUTLIER_TOPIC_ID, Manifest


@dataclass(frozen=True, eq=False)
class NotebookSnapshot:
    """An opened snapshot as pandas frames, which are yours to change: the snapshot on disk never does.

    Attributes
    ----------
    papers : DataFrame
        A row a paper, sorted by ``paper_id``: `pipeline.schema.PAPERS` and
        ``topic_label``, which is "Outliers" outside every topic; where the
        snapshot has a dial also `pipeline.dial_tables.DIAL_PAPERS`, so that
        ``papers[papers["borderline"]]`` are those between two topics.
        Abstracts come from `with_abstracts`.
    topics : DataFrame
        A row a topic: `pipeline.schema.TOPICS`, finest level first, largest first.
    trends : DataFrame
        `pipeline.schema.TRENDS`: every topic in every period, by group. The
        rows of all papers together have ``group_kind`` "".
    term_trends : DataFrame
        `pipeline.schema.TERM_TRENDS`: keywords by topic and period.
    dial : DataFrame or None
        `pipeline.dial_tables.DIAL`: what other cut-offs for outliers cost.
    embeddings : float16 (n, d)
        Unit rows, or zeros; row i is row i of ``papers``. Read-only, and read from
        disk where it is looked at.
    manifest
        What the snapshot is and how it was made: counts, settings, versions.
    """

    papers: pd.DataFrame
    topics: pd.DataFrame
    trends: pd.DataFrame
    term_trends: pd.DataFrame
    dial: pd.DataFrame | None
    embeddings: NDArray[np.float16]
    manifest: Manifest
    _snapshot: snapshot.Snapshot

    @property
    def path(self) -> Path:
        """The snapshot's folder; ``BERTopic.load(path / "bertopic")`` opens its model."""
        return self._snapshot.path

    def __repr__(self) -> str:
        told = self.manifest
        return (
            f"<snapshot {told.snapshot_id} of {told.corpus}: {told.papers_kept:,} papers, "
            f"{told.n_topics:,} topics, {told.n_outliers:,} outliers>"
        )

    def with_abstracts(self, papers: pd.DataFrame | None = None) -> pd.DataFrame:
        """``papers`` with a column ``abstract``, read now; all of them by default.

        Parameters
        ----------
        papers
            Rows of the snapshot's ``papers``, filtered and sorted as you like;
            only ``paper_id`` is looked at.

        Raises
        ------
        KeyError
            A paper is not of this snapshot.
        """
        chosen = self.papers if papers is None else papers
        rows = pd.Index(self._snapshot.papers["paper_id"]).get_indexer(chosen["paper_id"])
        if (rows < 0).any():
            raise KeyError(f"no paper of this snapshot: {chosen['paper_id'].iloc[int(np.argmin(rows))]!r}")
        return chosen.assign(abstract=self._snapshot.abstracts(rows))

    def papers_of(self, topic: str | int) -> pd.DataFrame:
        """The papers of one topic of the finest level, the strongest first.

        Parameters
        ----------
        topic
            Its ``topic_id`` or its ``number``; "outlier" for papers outside every topic.

        Raises
        ------
        KeyError
            There is no such topic.
        """
        finest = self.topics[self.topics["level"] == 0]
        known: dict[str | int, str] = {OUTLIER_TOPIC_ID: OUTLIER_TOPIC_ID}
        known |= {key: topic_id for name in ("topic_id", "number") for key, topic_id in _pairs(finest, name)}
        if topic not in known:
            raise KeyError(f"no topic {topic!r} in {self!r}")
        papers = self.papers[self.papers["topic_id"] == known[topic]]
        return papers.sort_values(["strength", "paper_id"], ascending=[False, True])


def open_snapshot(corpus: str, store: str | Path | None = None, snapshot_id: str | None = None) -> NotebookSnapshot:
    """Open a fitted corpus as pandas frames, for a notebook or a script.

    >>> import pipeline
    >>> mylab = pipeline.open_snapshot("mylab")  # doctest: +SKIP
    >>> mylab.topics[["number", "label", "size", "trend_class"]]  # doctest: +SKIP

    Parameters
    ----------
    corpus
        The name it was fitted under.
    store
        Where snapshots are; by default where ``topic-explorer`` keeps them
        (``TOPIC_EXPLORER_STORE``, else a folder of yours).
    snapshot_id
        Which snapshot; by default the one being served. Should that be
        damaged, the last good one is opened, with a warning that says so.

    Raises
    ------
    pipeline.snapshot.SnapshotError
        There is no such corpus or snapshot, or it is damaged; the message says what to do.
    """
    opened = snapshot.open_snapshot(Path(store) if store is not None else snapshot.default_store(), corpus, snapshot_id)
    if opened.notice is not None:
        warnings.warn(opened.notice, stacklevel=2)
    labels = {OUTLIER_TOPIC_ID: "Outliers"} | dict(_pairs(opened.topics, "topic_id", "label"))
    papers = opened.papers.assign(topic_label=opened.papers["topic_id"].map(labels).astype("str"))
    return NotebookSnapshot(
        papers=papers if opened.dial is None else pd.concat([papers, opened.dial.papers], axis=1),
        topics=opened.topics.sort_values(["level", "number"], ignore_index=True),
        trends=opened.trends,
        term_trends=opened.term_trends,
        dial=None if opened.dial is None else opened.dial.settings,
        embeddings=opened.embeddings,
        manifest=opened.manifest,
        _snapshot=opened,
    )


def _pairs(topics: pd.DataFrame, key: str, value: str = "topic_id") -> list[tuple[str | int, str]]:
    return list(zip(topics[key].tolist(), topics[value].tolist(), strict=True))
