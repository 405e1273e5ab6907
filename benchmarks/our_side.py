"""Fits of this project, as processes, and what their snapshots hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.processes import Run, topic_explorer
from pipeline.schema import OUTLIER_TOPIC_ID
from pipeline.snapshot import open_snapshot


@dataclass(frozen=True)
class Fit:
    """A fit that ended: the process, what its JSON said, where its snapshot is."""

    run: Run
    facts: Mapping[str, Any]
    store: Path
    corpus: str

    @property
    def stages(self) -> dict[str, float]:
        """Seconds by stage; ``other`` is what no stage holds: start, imports, publishing."""
        timed = {stage["name"]: float(stage["seconds"]) for stage in self.facts["stages"]}
        return {**timed, "other": max(self.run.seconds - sum(timed.values()), 0.0)}


def fit(file: Path, corpus: str, folder: Path, *options: str, cache: Path | None = None) -> Fit:
    """Fit ``file`` into a store below ``folder``, with an empty cache unless one is given."""
    store = folder / "store"
    places = ("--store", str(store), "--cache", str(cache or folder / f"cache-{corpus}"))
    run = topic_explorer("fit", str(file), "--corpus", corpus, *options, *places, "--json")
    return Fit(run, json.loads(run.output), store, corpus)


def keywords_of(store: Path, corpus: str) -> list[list[str]]:
    """The keywords of the topics that papers are in, largest first."""
    topics = open_snapshot(store, corpus, verify=False).topics
    own = topics[topics["level"] == 0].sort_values("number")
    return [list(words) for words in own["keywords"]]


def topics_by_paper(store: Path, corpus: str) -> pd.Series:
    """The topic of each paper, null for outliers, by paper id."""
    papers = open_snapshot(store, corpus, verify=False).papers
    topics = papers["topic_id"].astype(object).where(papers["topic_id"] != OUTLIER_TOPIC_ID)
    return pd.Series(topics.to_numpy(), index=papers["paper_id"].to_numpy())


def planted_agreement(store: Path, corpus: str) -> tuple[float, float]:
    """Adjusted Rand index of the topics to the planted areas: all papers (outliers as one group); those in a topic."""
    from sklearn.metrics import adjusted_rand_score

    papers = open_snapshot(store, corpus, verify=False).papers
    truth = pd.Series([values[0] for values in papers["facet_planted_topic"]])
    topics = papers["topic_id"].reset_index(drop=True)
    inside = topics != OUTLIER_TOPIC_ID
    within = float(adjusted_rand_score(truth[inside], topics[inside])) if inside.any() else float("nan")
    return float(adjusted_rand_score(truth, topics)), within
