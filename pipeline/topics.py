"""A topic model's result as the snapshot's tables: topics, and what each paper has to do with them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.assignment import Floats, Labels, nearest_topics, representative_rows, unit_rows
from pipeline.labels import label_topics
from pipeline.model import TopicFit
from pipeline.quality import coherences
from pipeline.schema import OUTLIER_TOPIC_ID, empty_table
from pipeline.settings import TopicSettings

_TREND_COLUMNS = ["trend_class", "trend_slope", "trend_q"]


def describe_topics(
    fit: TopicFit,
    papers: pd.DataFrame,
    texts: Sequence[str],
    embeddings: Floats,
    settings: TopicSettings,
    corpus: str,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The model's columns of ``papers`` and the table of topics, without trends.

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
        Number of representative papers.
    corpus
        Name of the corpus, part of every topic id.

    Returns
    -------
    paper_columns : DataFrame
        ``topic_id``, ``strength``, ``nearest_topic_id``, ``nearest_similarity``, ``second_topic_id``, ``margin``,
        ``x``, ``y``; one row a paper.
    topics : DataFrame
        The columns of `pipeline.schema.TOPICS`, largest first; stability and trends are null. A topic's ``x``,
        ``y`` is the place of its most central paper on the map.

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
    topic_ids = _topic_ids(fit.labels, paper_ids, corpus)
    return _paper_columns(fit, vectors, topic_ids), _topics(fit, vectors, paper_ids, topic_ids, settings)


def topic_id_of(corpus: str, founding_paper_ids: Sequence[str]) -> str:
    """``t-`` and eight hexadecimal digits of the sha256 of the corpus and the sorted ids of the first papers."""
    founders = "\n".join([corpus, *sorted(founding_paper_ids)])
    return f"t-{hashlib.sha256(founders.encode()).hexdigest()[:8]}"


def _topic_ids(labels: Labels, paper_ids: NDArray[np.object_], corpus: str) -> list[str]:
    """Ids by label. Should two digests begin alike, the smaller topic's is taken over its papers' ids twice."""
    found: list[str] = []
    for topic in range(labels.max(initial=-1) + 1):
        founders = list(paper_ids[labels == topic])
        topic_id = topic_id_of(corpus, founders)
        while topic_id in found:
            founders += founders[:1]
            topic_id = topic_id_of(corpus, founders)
        found.append(topic_id)
    return found


def _paper_columns(fit: TopicFit, vectors: Floats, topic_ids: list[str]) -> pd.DataFrame:
    names = np.array([*topic_ids, None], dtype=object)  # the last one, at −1, is "none"
    nearest = nearest_topics(vectors, fit.labels)
    topic_id = names[fit.labels]
    topic_id[fit.labels < 0] = OUTLIER_TOPIC_ID
    return pd.DataFrame(
        {
            "topic_id": topic_id,
            "strength": np.where(fit.labels < 0, np.float32(0), fit.strength),
            "nearest_topic_id": names[nearest.first],
            "nearest_similarity": nearest.first_similarity,
            "second_topic_id": names[nearest.second],
            "margin": nearest.first_similarity - nearest.second_similarity,
            "x": fit.projection[:, 0],
            "y": fit.projection[:, 1],
        }
    )


def _topics(
    fit: TopicFit, vectors: Floats, paper_ids: NDArray[np.object_], topic_ids: list[str], settings: TopicSettings
) -> pd.DataFrame:
    if not topic_ids:
        return empty_table("topics")
    keywords = [*fit.keywords, *([[]] * (len(topic_ids) - len(fit.keywords)))]
    words = [[word for word, _ in found] for found in keywords]
    places = np.array([_central_place(fit.projection[fit.labels == topic]) for topic in range(len(topic_ids))])
    best = representative_rows(vectors, fit.labels, settings.n_representative)
    topics = pd.DataFrame(
        {
            "topic_id": topic_ids,
            "number": np.arange(1, len(topic_ids) + 1, dtype=np.int32),
            "level": np.int8(0),
            "parent": None,
            "label": label_topics(fit.terms, fit.labels, keywords),
            "keywords": words,
            "keyword_weights": [[np.float32(weight) for _, weight in found] for found in keywords],
            "size": np.bincount(fit.labels[fit.labels >= 0], minlength=len(topic_ids)).astype(np.int32),
            "x": places[:, 0].astype(np.float32),
            "y": places[:, 1].astype(np.float32),
            "representative_papers": [list(paper_ids[rows]) for rows in best],
            "coherence": coherences(fit.terms.counts, fit.terms.terms, words),
            "stability": np.full(len(topic_ids), np.nan, dtype=np.float32),
        }
    )
    return topics.assign(**dict.fromkeys(_TREND_COLUMNS))


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
