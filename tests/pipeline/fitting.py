"""A small corpus with known topics, and one fit of it for all tests of a process."""

from __future__ import annotations

from functools import cache

import numpy as np

from pipeline.embedding.lsa import LsaEmbedder
from pipeline.model import TopicFit, fit_topics
from pipeline.planted import planted_papers
from pipeline.settings import TopicSettings

N_PAPERS, N_AREAS = 240, 6


def vectors_of(texts):
    """What the product's own ``lsa`` embedder makes of them."""
    return LsaEmbedder(len(texts), seed=0).embed(texts)


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
    return fit_topics(texts, vectors, TopicSettings(n_runs=6))
