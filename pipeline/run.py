"""The straight line: files in, one published snapshot out."""

from __future__ import annotations

import re
import resource
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline import snapshot
from pipeline.dial import coherence_of, cut_off_of, make_dial
from pipeline.dial_tables import Dial
from pipeline.embedding import Embedder, check_choice, make_embedder
from pipeline.forecast import announcements
from pipeline.free_memory import free_memory_mb
from pipeline.guidance import check_guidance, find_guidance, told_of
from pipeline.kept_documents import Intake, input_key, take_in
from pipeline.kept_embeddings import embed_once
from pipeline.model import TopicFit, fit_topics, save_model
from pipeline.processors import n_processors
from pipeline.progress import SILENT, Progress
from pipeline.quality import diversity
from pipeline.schema import CORPUS_PATTERN, FacetRecord, Manifest, TrendsRecord
from pipeline.search_index import write_search_index
from pipeline.settings import RunSettings, TopicSettings
from pipeline.stages import Stages, code_fingerprint, content_key
from pipeline.topics import describe_topics
from pipeline.trend_classes import TREND_COLUMNS
from pipeline.trends import classify_trends, count_terms, count_trends


class RunError(Exception):
    """A fit that cannot go on; the message says what, where and what to do."""


@dataclass(frozen=True)
class FitResult:
    """What a fit published; ``unchanged`` where the snapshot of an earlier fit is already just that."""

    manifest: Manifest
    path: Path
    unchanged: bool = False


def peak_memory_mb() -> float:
    """The most memory this process has held so far, in MB (10⁶ bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6, 1)


def corpus_name(path: Path) -> str:
    """A corpus name from a file's: ``My Papers.csv.gz`` gives ``my-papers``."""
    name = re.sub(r"[^a-z0-9]+", "-", path.name.split(".")[0].lower()).strip("-")
    return name[:63].rstrip("-") or "papers"


def fit(
    paths: Sequence[Path],
    corpus: str,
    store: Path,
    cache: Path,
    settings: RunSettings,
    progress: Progress = SILENT,
) -> FitResult:
    """Fit the papers in ``paths`` and publish the result as a snapshot of ``corpus``.

    Where the snapshot being served was made from the same files with the same settings by the same code, it is what
    comes out, and nothing is done.

    Raises
    ------
    RunError, ReadError, GuideError, EmbeddingError, SnapshotError
        Each with one sentence for the user. The store is then as it was.
    """
    if not CORPUS_PATTERN.match(corpus):
        raise RunError(
            f"{corpus!r} is no corpus name: use lower-case letters, digits, - and _, for example --corpus my-lab"
        )
    check_choice(settings.embedder)
    check_guidance(settings)
    stages = Stages(cache / "stages")
    snapshot.check_writable(store, corpus)
    snapshot.clear_staging(store, corpus)
    made_from = _made_from(paths, settings)
    if made_from is not None and (served := _served(store, corpus)) and served.manifest.made_from == made_from:
        return FitResult(served.manifest, served.path, unchanged=True)
    with stages.stage("read and clean") as note:
        intake = take_in(paths, settings, stages, progress)
        documents, note["cached"] = intake.documents, intake.cached
    _refuse_nothing(documents.quality)
    with stages.stage("embed") as note:
        embedder = _embedder_of(intake, settings, cache)
        _announce(embedder, len(documents.texts), settings.topics, progress)
        embeddings, note["cached"] = embed_once(embedder, documents.texts, stages, progress)
    guidance = find_guidance(settings, documents.papers, documents.texts, embeddings, embedder, cache)
    bonds = None if guidance is None else guidance.bonds
    topic_fit = fit_topics(documents.texts, embeddings, settings.topics, progress, stages, bonds)
    with stages.stage("labels"), progress.stage("naming topics"):
        given = None if guidance is None else guidance.names_of(topic_fit.labels)
        columns, topics = describe_topics(
            topic_fit, documents.papers, documents.texts, embeddings, settings.topics, corpus, given
        )
        papers = documents.papers.assign(**{str(name): columns[name].to_numpy() for name in columns})
    with stages.stage("dial"), progress.stage("outlier dial"):
        dial = _dial(topic_fit, papers, topics, settings.topics)
    with stages.stage("trends"), progress.stage("counting over time"):
        over_time = _over_time(papers, topics, documents.texts, settings, _newest_change(paths))

    outcome = None if guidance is None else guidance.record(settings, topic_fit.labels, list(topics["topic_id"]))
    contents = snapshot.SnapshotContents(
        papers=papers,
        topics=over_time.topics,
        trends=over_time.trends,
        term_trends=over_time.term_trends,
        abstracts=documents.abstracts,
        embeddings=embeddings.astype(np.float16),
        neighbours=topic_fit.neighbours,
        data_quality=documents.quality,
        dial=dial,
        writers={
            "search.sqlite": lambda path: write_search_index(path, papers, documents.abstracts),
            "query_encoder": embedder.save_query_encoder,
            "bertopic": lambda folder: save_model(topic_fit, folder),
        },
    )
    facts = {
        "settings": settings.model_dump(mode="json"),
        "made_from": made_from,
        "inputs": intake.files,
        "papers_read": documents.quality["read"],
        "papers_kept": documents.quality["kept"],
        "dropped": documents.quality["dropped"],
        "languages": documents.quality["languages"],
        "warnings": [*documents.quality["warnings"], *embedder.notices, *told_of(guidance, outcome)],
        "guidance": outcome,
        "embedder": embedder.record,
        "query_encoder": embedder.query_encoder,
        "trends": over_time.record,
        "facets": [FacetRecord(name=name, n_values=_n_values(papers, name)) for name in settings.facets],
        "quality": _quality(over_time.topics),
    }
    with progress.stage("publishing"):
        path = snapshot.publish(store, corpus, contents, lambda: {**facts, **_took(stages)})
    return FitResult(snapshot.read_manifest(path), path)


def _embedder_of(intake: Intake, settings: RunSettings, cache: Path) -> Embedder:
    rows, seed = intake.documents.rows.tolist(), settings.topics.seed
    return make_embedder(settings.embedder, cache, len(rows), seed, rows=rows, n_records=intake.n_records)


def _made_from(paths: Sequence[Path], settings: RunSettings) -> str | None:
    """One hash of everything a snapshot depends on; ``None`` where that cannot be said: models and vectors in files."""
    if ":" in settings.embedder and not settings.embedder.startswith("minilm:"):
        return None
    with suppress(OSError):  # the reader says in a sentence what is wrong with which file
        chosen = {"settings": settings.model_dump(mode="json"), "as_of": str(_newest_change(paths))}
        return content_key(settings={"input": input_key(paths, settings), "code": code_fingerprint(), **chosen})
    return None


def _served(store: Path, corpus: str) -> snapshot.Snapshot | None:
    """The snapshot being served, if there is a sound one."""
    try:
        return snapshot.open_snapshot(store, corpus)
    except snapshot.SnapshotError:
        return None


def _refuse_nothing(quality: dict[str, Any]) -> None:
    """Raise `RunError` where no paper was kept."""
    if not quality["kept"]:
        reasons = ", ".join(f"{count} {reason}" for reason, count in quality["dropped"].items())
        raise RunError(f"No paper is left to fit: {reasons or 'the files hold no records'}.")


def _announce(embedder: Embedder, n_papers: int, settings: TopicSettings, progress: Progress) -> None:
    """Say how the papers are embedded and, of many, what their fit will take."""
    progress.say(embedder.announcement)
    for sentence in announcements(
        n_papers, embedder.name, settings, n_processors(), free_memory_mb(), peak_memory_mb()
    ):
        progress.say(sentence)


def _dial(fit: TopicFit, papers: pd.DataFrame, topics: pd.DataFrame, settings: TopicSettings) -> Dial | None:
    coherence = coherence_of(fit.terms, settings.n_keywords)
    return make_dial(papers, topics, fit.neighbours, fit.homes, fit.stays_up_to, cut_off_of(settings), coherence)


@dataclass(frozen=True)
class _OverTime:
    """What trends add: two tables, their record, and topics with their class."""

    topics: pd.DataFrame
    trends: pd.DataFrame
    term_trends: pd.DataFrame
    record: TrendsRecord


def _over_time(
    papers: pd.DataFrame, topics: pd.DataFrame, texts: Sequence[str], settings: RunSettings, as_of: date
) -> _OverTime:
    finest = topics[topics["level"] == 0]
    trends, record = count_trends(papers, list(finest["topic_id"]), settings.trends, settings.facets, as_of)
    classes = classify_trends(trends, record, settings.trends).set_index("topic_id")
    topics = topics.assign(**{name: topics["topic_id"].map(classes[name]) for name in TREND_COLUMNS})
    return _OverTime(topics, trends, count_terms(papers, texts, finest, record), record)


def _took(stages: Stages) -> dict[str, Any]:
    """What the manifest says of time and memory, up to now."""
    return {"stages": stages.timings, "seconds": stages.seconds, "peak_memory_mb": peak_memory_mb()}


def _quality(topics: pd.DataFrame) -> dict[str, float | None]:
    """Mean coherence of the topics and diversity of their keywords; null where there is nothing to measure."""
    finest = topics[topics["level"] == 0]
    coherence = finest["coherence"].dropna()
    return {
        "coherence": round(float(coherence.mean()), 4) if len(coherence) else None,
        "diversity": diversity([list(keywords) for keywords in finest["keywords"]]),
    }


def _n_values(papers: pd.DataFrame, facet: str) -> int:
    return len({value for values in papers[f"facet_{facet}"] for value in values})


def _newest_change(paths: Sequence[Path]) -> date:
    """The day the newest input file was last changed: up to when it can know papers."""
    return datetime.fromtimestamp(max(path.stat().st_mtime for path in paths)).date()
