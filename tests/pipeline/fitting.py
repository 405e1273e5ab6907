"""A small corpus with known topics, and one fit of it for all tests of a process."""

from __future__ import annotations

from functools import cache

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline.model import TopicFit, fit_topics
from pipeline.planted import planted_papers
from pipeline.settings import TopicSettings

N_PAPERS, N_AREAS = 240, 6


def vectors_of(texts, n=24):
    """Unit rows from word counts: enough to tell the planted areas apart."""
    counts = TfidfVectorizer(stop_words="english").fit_transform(texts)
    scores = TruncatedSVD(n, random_state=0).fit_transform(counts)
    return (scores / np.linalg.norm(scores, axis=1, keepdims=True)).astype(np.float32)


@cache
def corpus() -> tuple[list[str], np.ndarray, np.ndarray, list[str]]:
    """Texts, vectors, the planted area of each, and ids."""
    papers = list(planted_papers(N_PAPERS, N_AREAS, seed=3))
    texts = [f"{paper['title']}. {paper['abstract']}" for paper in papers]
    areas = np.array([paper["planted_topic"] for paper in papers])
    return texts, vectors_of(texts), areas, [paper["id"] for paper in papers]


@cache
def fitted() -> TopicFit:
    texts, vectors, _, _ = corpus()
    return fit_topics(texts, vectors, TopicSettings(n_starts=3))
