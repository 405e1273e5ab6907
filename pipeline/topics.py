"""A topic model's result as the snapshot's tables: topics, and what each paper has to do with them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.assignment import OUTLIER, Floats, Labels, centred, nearest_topics, representative_rows, unit_rows
from pipeline.hierarchy import coarser_levels
from pipeline.keywords import keywords_by_topic
from pipeline.labels import label_levels
from pipeline.model import TopicFit
from pipeline.quality import coherences
from pipeline.schema import OUTLIER_TOPIC_ID, TOPIC_LEVEL_PREFIX, empty_table
from pipeline.settings import TopicSettings
from pipeline.stability import TopicStability
from pipeline.trend_classes import TREND_COLUMNS


def describe_topics(
    fit: TopicFit,
    papers: pd.DataFrame,
    texts: Sequence[str],
    embeddings: Floats,
    settings: TopicSettings,
    corpus: str,
    given: Mapping[int, str] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The model's columns of ``papers`` and the table of topics of every level, without trends.

    Parameters
    ----------
    fit
        What the model found; row i is paper i.
    papers
        Its ``paper_id`` column is used.
    texts
        The documents; unused but for their number, which must be that of the papers.
    embeddings
        float32 (n, d), unit rows.
    settings
        Numbers of keywords, of representative papers and of levels.
    corpus
        Name of the corpus, part of every topic id.
    given
        Labels that a person chose, by topic of ``fit``.

    Returns
    -------
    paper_columns : DataFrame
        ``topic_id``, ``strength``, ``nearest_topic_id``, ``nearest_similarity``, ``second_topic_id``, ``margin``,
        ``x``, ``y``, and ``topic_level_1``, ``topic_level_2``… as far as there are levels; one row a paper.
    topics : DataFrame
        The columns of `pipeline.schema.TOPICS`: the finest level first, in each level the largest first; stability
        and trends are null. A topic's ``x``, ``y`` is where its papers are densest on the map.

    Raises
    ------
    ValueError
        Fit, papers, texts and embeddings are not of the same papers.
    """
    if not len(fit.labels) == len(papers) == len(texts) == len(embeddings):
        raise ValueError(
            f"{len(fit.labels)} fitted papers, {len(papers)} papers, {len(texts)} texts, {len(embeddings)} embeddings"
        )
    vectors = unit_rows(embeddings.astype(np.float32))
    paper_ids = papers["paper_id"].to_numpy(dtype=object)
    space = centred(vectors) if settings.centre else vectors
    levels = [fit.labels, *coarser_levels(space, fit.labels, settings.n_levels)]
    topic_ids = _topic_ids(levels, paper_ids, corpus)
    topics = _topics(fit, vectors, paper_ids, levels, topic_ids, settings, given)
    return _paper_columns(fit, vectors, levels, topic_ids), topics


def topic_id_of(corpus: str, founding_paper_ids: Sequence[str], level: int = 0) -> str:
    """``t-`` and eight hexadecimal digits of the sha256 of the corpus, the level and the sorted ids of its papers."""
    founders = "\n".join([corpus, *([f"level {level}"] if level else []), *sorted(founding_paper_ids)])
    return f"t-{hashlib.sha256(founders.encode()).hexdigest()[:8]}"


def _topic_ids(levels: list[Labels], paper_ids: NDArray[np.object_], corpus: str) -> list[list[str]]:
    """Ids by level and label. Should two digests begin alike, the later topic's is taken over a paper's id twice."""
    found: set[str] = set()
    ids: list[list[str]] = []
    for level, labels in enumerate(levels):
        ids.append([])
        for topic in range(labels.max(initial=OUTLIER) + 1):
            founders = list(paper_ids[labels == topic])
            while (topic_id := topic_id_of(corpus, founders, level)) in found:
                founders += founders[:1]
            found.add(topic_id)
            ids[-1].append(topic_id)
    return ids


def _paper_columns(fit: TopicFit, vectors: Floats, levels: list[Labels], topic_ids: list[list[str]]) -> pd.DataFrame:
    names = np.array([*topic_ids[0], None], dtype=object)  # the last one, at −1, is "none"
    nearest = nearest_topics(vectors, fit.labels)
    places = [
        np.array([*ids, OUTLIER_TOPIC_ID], dtype=object)[labels] for ids, labels in zip(topic_ids, levels, strict=True)
    ]
    return pd.DataFrame(
        {
            "topic_id": places[0],
            "strength": np.where(fit.labels < 0, np.float32(0), fit.strength),
            "nearest_topic_id": names[nearest.first],
            "nearest_similarity": nearest.first_similarity,
            "second_topic_id": names[nearest.second],
            "margin": nearest.first_similarity - nearest.second_similarity,
            "x": fit.projection[:, 0],
            "y": fit.projection[:, 1],
            **{f"{TOPIC_LEVEL_PREFIX}{level}": places[level] for level in range(1, len(levels))},
        }
    )


def _topics(
    fit: TopicFit,
    vectors: Floats,
    paper_ids: NDArray[np.object_],
    levels: list[Labels],
    topic_ids: list[list[str]],
    settings: TopicSettings,
    given: Mapping[int, str] | None = None,
) -> pd.DataFrame:
    if not topic_ids[0]:
        return empty_table("topics")
    finest = [*fit.keywords, *([[]] * (len(topic_ids[0]) - len(fit.keywords)))]
    names = label_levels(fit.terms, levels, finest, given)
    tables = []
    for level, labels in enumerate(levels):
        keywords = keywords_by_topic(fit.terms, labels, settings.n_keywords) if level else finest
        words = [[word for word, _ in found] for found in keywords]
        topics = range(len(topic_ids[level]))
        places = np.array([_central_place(fit.projection[labels == topic]) for topic in topics])
        best = representative_rows(vectors, labels, settings.n_representative)
        parents: list[str | None] = [None] * len(topics)
        if level + 1 < len(levels):
            parents = [topic_ids[level + 1][levels[level + 1][(labels == topic).argmax()]] for topic in topics]
        tables.append(
            pd.DataFrame(
                {
                    "topic_id": topic_ids[level],
                    "number": np.arange(1, len(topics) + 1, dtype=np.int32),
                    "level": np.int8(level),
                    "parent": pd.Series(parents, dtype=object),
                    "label": names[level],
                    "keywords": words,
                    "keyword_weights": [[np.float32(weight) for _, weight in found] for found in keywords],
                    "size": np.bincount(labels[labels >= 0], minlength=len(topics)).astype(np.int32),
                    "x": places[:, 0].astype(np.float32),
                    "y": places[:, 1].astype(np.float32),
                    "representative_papers": [list(paper_ids[rows]) for rows in best],
                    "coherence": coherences(fit.terms.counts, fit.terms.terms, words),
                    **_stability(fit.stability if level == 0 else None, len(topics)),
                }
            )
        )
    return pd.concat(tables, ignore_index=True).assign(**dict.fromkeys(TREND_COLUMNS))


def _stability(measured: TopicStability | None, n_topics: int) -> dict[str, object]:
    """The columns on stability; null where it was not measured."""
    if measured is None:
        nothing = pd.array([pd.NA] * n_topics, dtype="Int32")
        unknown = np.full(n_topics, np.nan, dtype=np.float32)
        return {"stability": unknown, "stability_runs": nothing, "stability_found": nothing}
    return {
        "stability": measured.stability.astype(np.float32),
        "stability_runs": pd.array(measured.n_runs, dtype="Int32"),
        "stability_found": pd.array(measured.n_found, dtype="Int32"),
    }


def _central_place(points: Floats) -> NDArray[np.float64]:
    """The point of ``points`` that stands where they are densest: a label there is on its topic, whatever its shape.

    The point whose nearest tenth (at least two) of the others is closest, by mean distance; of very large topics a
    spread of 2,000 points is looked at.
    """
    some = points[:: max(1, len(points) // 2000)].astype(np.float64)
    if len(some) < 3:
        return some.mean(axis=0)
    distances = np.sqrt(((some[:, None, :] - some[None, :, :]) ** 2).sum(axis=2))
    n_near = max(2, len(some) // 3)
    return some[np.partition(distances, n_near, axis=1)[:, : n_near + 1].mean(axis=1).argmin()]
