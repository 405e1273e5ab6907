"""Putting snapshots for tests together: papers and their topics in, contents that keep the contract out."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline.dial import make_dial
from pipeline.dial_tables import Dial
from pipeline.embedding.lexical_terms import lexical_terms
from pipeline.schema import (
    FACET_PREFIX,
    OUTLIER_TOPIC_ID,
    EmbedderRecord,
    FacetRecord,
    InputFile,
    StageTiming,
    empty_table,
)
from pipeline.search_index import write_search_index
from pipeline.settings import RunSettings, TrendSettings
from pipeline.snapshot import SnapshotContents
from pipeline.trend_classes import TREND_COLUMNS
from pipeline.trends import classify_trends, count_terms, count_trends

AS_OF = date(2025, 6, 30)
DIMENSIONS = 16
N_NEIGHBOURS = 12
TOP_KEYWORDS = 6
_STOP_TEXT = "a and about are between by can for from in is long of one than that the this to we what with"
STOP_WORDS = frozenset(_STOP_TEXT.split())


def assemble(
    papers: pd.DataFrame,
    abstracts: Sequence[str],
    labels: NDArray[np.int64],
    names: Sequence[str],
    keywords: Sequence[Sequence[str]],
    seed: int = 0,
    by_words: bool = False,
) -> SnapshotContents:
    """Contents for ``papers`` (bibliographic columns only are read) that belong to topic ``labels`` (−1: none).

    Topics are renumbered by size; one nobody belongs to is left out.
    Embeddings lie around a random centre for each topic, or ``by_words``
    where the texts' words put them; the map lies around points on a circle.
    """
    papers = _bibliography(papers)
    order = np.argsort(papers["paper_id"].to_numpy(dtype=object).astype(str), kind="stable")
    papers, labels = papers.iloc[order].reset_index(drop=True), labels[order]
    abstracts = [abstracts[i] for i in order]
    sizes = np.bincount(labels[labels >= 0], minlength=len(names))
    by_size = [int(t) for t in np.argsort(-sizes, kind="stable") if sizes[t]]
    number_of = {old: new for new, old in enumerate(by_size)}
    labels = np.array([number_of.get(int(label), -1) for label in labels], dtype=np.int64)
    names, keywords = [names[t] for t in by_size], [list(keywords[t]) for t in by_size]
    texts = [f"{title}. {abstract}" for title, abstract in zip(papers["title"], abstracts, strict=True)]
    write_query_encoder: Callable[[Path], None] = _write_no_query_encoder
    if by_words:
        embeddings, write_query_encoder = _word_space(texts)
    else:
        embeddings = _random_space(labels, len(names), seed)
    centres = _centroids(embeddings, labels, len(names))
    ids = [_topic_id(papers["paper_id"][labels == t]) for t in range(len(names))]
    papers = _place(papers, labels, ids, embeddings, centres, seed)
    topics = _topics(papers, labels, ids, names, keywords, embeddings, centres)
    facets = facet_names(papers)
    trends, record = count_trends(papers, ids, TrendSettings(), facets, AS_OF)
    classes = classify_trends(trends, record, TrendSettings()).set_index("topic_id")
    for column in TREND_COLUMNS:
        topics[column] = topics["topic_id"].map(classes[column]) if len(topics) else []
    neighbours = _neighbours(embeddings)
    return SnapshotContents(
        papers=papers,
        topics=topics,
        trends=trends,
        term_trends=count_terms(papers, texts, topics, record),
        abstracts=abstracts,
        embeddings=embeddings.astype(np.float16),
        neighbours=neighbours,
        data_quality=_data_quality(papers),
        dial=_dial(papers, topics, neighbours, labels),
        writers={
            "search.sqlite": lambda path: write_search_index(path, papers, abstracts),
            "query_encoder": write_query_encoder,
        },
    )


def facet_names(papers: pd.DataFrame) -> list[str]:
    """The facets of ``papers``, without their prefix."""
    return sorted(c.removeprefix(FACET_PREFIX) for c in papers.columns if c.startswith(FACET_PREFIX))


def topic_numbers(contents: SnapshotContents) -> NDArray[np.int64]:
    """Each paper's topic counted from 0, −1 for outliers."""
    places = {topic_id: place for place, topic_id in enumerate(contents.topics["topic_id"])}
    return np.array([places.get(topic_id, -1) for topic_id in contents.papers["topic_id"]], dtype=np.int64)


_MODEL_COLUMNS = (
    "x", "y", "topic_id", "strength", "nearest_topic_id", "nearest_similarity", "second_topic_id", "margin",
)  # fmt: skip


def _bibliography(papers: pd.DataFrame) -> pd.DataFrame:
    if papers.empty:
        return empty_table("papers").drop(columns=list(_MODEL_COLUMNS)).assign(facet_countries=pd.Series(dtype=object))
    papers = papers.drop(columns=[c for c in _MODEL_COLUMNS if c in papers.columns])
    years = [day.year if isinstance(day, date) and not pd.isna(day) else None for day in papers["published"]]
    dates = pd.Series(
        [day if year else None for day, year in zip(papers["published"], years, strict=True)], dtype=object
    )
    return papers.assign(
        published=dates.to_numpy(),
        year=pd.array(years, dtype="Int16"),
        citations=pd.array(papers["citations"], dtype="Int32"),
    )


def _topic_id(founders: pd.Series) -> str:
    return "t-" + hashlib.sha256("\n".join(["tests", *sorted(founders)]).encode()).hexdigest()[:8]


def _random_space(labels: NDArray[np.int64], n_topics: int, seed: int) -> NDArray[np.float32]:
    random = np.random.default_rng(seed)
    centres = random.normal(size=(n_topics + 1, DIMENSIONS))  # the last is the outliers'
    spread = np.where(labels >= 0, 0.35, 1.5)[:, None]
    return _unit(centres[labels] + spread * random.normal(size=(len(labels), DIMENSIONS))).astype(np.float32)


def _word_space(texts: Sequence[str]) -> tuple[NDArray[np.float32], Callable[[Path], None]]:
    """Latent semantic analysis of ``texts`` by plain NumPy, and what writes its query encoder."""
    counts = [Counter(lexical_terms(text, STOP_WORDS)) for text in texts]
    n_texts_with = Counter(term for text in counts for term in text)
    terms = sorted(term for term, n in n_texts_with.items() if n >= min(2, len(texts)))
    idf = np.array([1 + np.log((1 + len(texts)) / (1 + n_texts_with[term])) for term in terms])
    weights = np.array([[(1 + np.log(text[term])) if term in text else 0.0 for term in terms] for text in counts]) * idf
    _, _, right = np.linalg.svd(_unit(weights), full_matrices=False)
    components = np.ascontiguousarray(right[:DIMENSIONS].T, dtype=np.float32)

    def write(folder: Path) -> None:
        recipe = {"kind": "lsa", "dimensions": components.shape[1], "stop_words": sorted(STOP_WORDS)}
        (folder / "encoder.json").write_text(json.dumps(recipe) + "\n", encoding="utf-8")
        vocabulary = pa.table({"term": pa.array(terms, pa.string()), "idf": pa.array(idf, pa.float32())})
        pq.write_table(vocabulary, folder / "vocabulary.parquet")
        np.save(folder / "components.npy", components, allow_pickle=False)

    return _unit(weights @ components).astype(np.float32), write


def _centroids(embeddings: NDArray[np.float32], labels: NDArray[np.int64], n_topics: int) -> NDArray[np.float32]:
    means = np.array([embeddings[labels == t].mean(axis=0) for t in range(n_topics)])
    return _unit(means.reshape(n_topics, embeddings.shape[1])).astype(np.float32)


def _unit(rows: NDArray[Any]) -> NDArray[Any]:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _place(
    papers: pd.DataFrame,
    labels: NDArray[np.int64],
    ids: Sequence[str],
    embeddings: NDArray[np.float32],
    centres: NDArray[np.float32],
    seed: int,
) -> pd.DataFrame:
    random = np.random.default_rng(seed + 1)
    n, k = len(papers), len(ids)
    angle = 2 * np.pi * labels / max(k, 1)
    inside = labels >= 0
    spread = np.where(inside, 0.8, 4.0)
    similarity = embeddings @ centres.T
    order = np.argsort(-similarity, axis=1, kind="stable")
    rows = np.arange(n)
    names = np.array(ids, dtype=object)
    nearest = similarity[rows, order[:, 0]] if k else np.full(n, np.nan)
    second = similarity[rows, order[:, 1]] if k > 1 else np.full(n, np.nan)
    return papers.assign(
        x=(np.where(inside, 5 * np.cos(angle), 0) + spread * random.normal(size=n)).astype(np.float32),
        y=(np.where(inside, 5 * np.sin(angle), 0) + spread * random.normal(size=n)).astype(np.float32),
        topic_id=pd.Series([ids[t] if t >= 0 else OUTLIER_TOPIC_ID for t in labels], dtype="str"),
        strength=np.where(inside, random.uniform(0.4, 1.0, size=n), 0).astype(np.float32),
        nearest_topic_id=pd.Series(names[order[:, 0]] if k else [None] * n, dtype="str"),
        nearest_similarity=nearest.astype(np.float32),
        second_topic_id=pd.Series(names[order[:, 1]] if k > 1 else [None] * n, dtype="str"),
        margin=(nearest - second).astype(np.float32),
    )


def _topics(
    papers: pd.DataFrame,
    labels: NDArray[np.int64],
    ids: Sequence[str],
    names: Sequence[str],
    keywords: Sequence[Sequence[str]],
    embeddings: NDArray[np.float32],
    centres: NDArray[np.float32],
) -> pd.DataFrame:
    if not ids:
        return empty_table("topics")
    members = [np.flatnonzero(labels == t) for t in range(len(ids))]
    closest = [rows[np.argsort(-(embeddings[rows] @ centres[t]), kind="stable")] for t, rows in enumerate(members)]
    return pd.DataFrame(
        {
            "topic_id": ids,
            "number": np.arange(1, len(ids) + 1, dtype=np.int32),
            "level": np.zeros(len(ids), dtype=np.int8),
            "parent": pd.Series([None] * len(ids), dtype="str"),
            "label": names,
            "keywords": [list(words[:TOP_KEYWORDS]) for words in keywords],
            "keyword_weights": [[round(0.9 - 0.1 * i, 2) for i in range(len(w[:TOP_KEYWORDS]))] for w in keywords],
            "size": np.array([len(rows) for rows in members], dtype=np.int32),
            "x": np.array([papers["x"].to_numpy()[rows].mean() for rows in members], dtype=np.float32),
            "y": np.array([papers["y"].to_numpy()[rows].mean() for rows in members], dtype=np.float32),
            "representative_papers": [papers["paper_id"].iloc[rows[:5]].tolist() for rows in closest],
            "coherence": np.linspace(0.3, 0.1, len(ids), dtype=np.float32),
            "stability": np.linspace(0.92, 0.42, len(ids), dtype=np.float32),
            "stability_runs": np.full(len(ids), 10, dtype=np.int32),
            "stability_found": np.linspace(10, 3, len(ids)).astype(np.int32),
        }
    )


def _dial(
    papers: pd.DataFrame, topics: pd.DataFrame, neighbours: NDArray[np.int32], labels: NDArray[np.int64]
) -> Dial | None:
    """Members stay up to their strength, two outliers in three up to something less than the cut-off of 0.4."""
    outliers = labels < 0
    place = np.arange(len(papers))
    stays = np.where(outliers, 0.05 + 0.1 * (place % 4), papers["strength"]).astype(np.float32)
    nearest = pd.Index(topics["topic_id"]).get_indexer(papers["nearest_topic_id"].to_numpy(dtype=object))
    homes = np.where(outliers & (place % 3 == 0), -1, np.where(outliers, nearest, labels)).astype(np.int32)

    def coherence(found: NDArray[np.int32]) -> float:
        return float(0.2 + 0.2 * (found < 0).mean())

    return make_dial(papers, topics, neighbours, homes, stays, 0.4, coherence)


def _neighbours(embeddings: NDArray[np.float32]) -> NDArray[np.int32]:
    n = len(embeddings)
    found = np.full((n, N_NEIGHBOURS), -1, dtype=np.int32)
    similarity = embeddings @ embeddings.T
    np.fill_diagonal(similarity, -np.inf)
    n_found = max(min(N_NEIGHBOURS, n - 1), 0)
    found[:, :n_found] = np.argsort(-similarity, axis=1, kind="stable")[:, :n_found]
    return found


def _write_no_query_encoder(folder: Path) -> None:
    recipe = {"kind": "none", "reason": "the embeddings of this snapshot were made up for tests"}
    (folder / "encoder.json").write_text(json.dumps(recipe) + "\n", encoding="utf-8")


def _data_quality(papers: pd.DataFrame) -> dict[str, Any]:
    n_undated = int(papers["published"].isna().sum())
    return {
        "read": len(papers) + 3,
        "kept": len(papers),
        "dropped": {"no abstract": 2, "duplicate title": 1},
        "changed": {"LaTeX made plain": 1},
        "examples": {
            "no abstract": [
                {"source": "tiny.jsonl", "position": 61, "title": "A title without its abstract", "detail": ""}
            ],
        },
        "languages": {code: int(count) for code, count in papers["language"].value_counts().items()},
        "undated": n_undated,
        "missing": {"venue": int(papers["venue"].isna().sum()), "published": n_undated},
        "warnings": ["3 of the papers read were dropped."],
        "files": [
            {
                "name": "tiny.jsonl",
                "format": "JSON Lines",
                "records": len(papers) + 3,
                "columns": {"title": "title", "abstract": "abstract"},
                "unused_columns": ["note"],
            }
        ],
        "problems": {},
    }


def description_of(contents: SnapshotContents) -> dict[str, Any]:
    """The manifest's fields that a fit would know, for ``contents``."""
    quality, papers = contents.data_quality, contents.papers
    _, record = count_trends(papers, list(contents.topics["topic_id"]), TrendSettings(), [], AS_OF)
    facets = facet_names(papers)
    by_words = contents.writers["query_encoder"] is not _write_no_query_encoder
    embedder = "lsa" if by_words else "precomputed:made-up.npy"
    return {
        "settings": RunSettings(facets=tuple(facets)).model_dump(mode="json"),
        "inputs": [InputFile(name="tiny.jsonl", bytes=48_211, sha256="5" * 64)],
        "papers_read": quality["read"],
        "papers_kept": quality["kept"],
        "dropped": quality["dropped"],
        "embedder": EmbedderRecord(name=embedder, fingerprint="tests-1", dimensions=contents.embeddings.shape[1]),
        "query_encoder": "lsa" if by_words else "none",
        "trends": record,
        "facets": [
            FacetRecord(name=name, n_values=len({v for values in papers[FACET_PREFIX + name] for v in values}))
            for name in facets
        ],
        "languages": quality["languages"],
        "stages": [StageTiming(name="embed", seconds=1.5), StageTiming(name="topics", seconds=2.25, cached=True)],
        "seconds": 4.5,
        "peak_memory_mb": 812.0,
        "quality": {"coherence": 0.21, "diversity": 0.8},
        "warnings": quality["warnings"],
    }
