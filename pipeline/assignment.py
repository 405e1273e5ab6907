"""Which topic is nearest to which paper: centroids, similarities, and outliers that belong after all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Labels = NDArray[np.int32]

OUTLIER = -1
"""The label of papers outside every topic."""

_ROWS_AT_ONCE = 16_384


@dataclass(frozen=True)
class NearestTopics:
    """For each paper the two topics whose centroids are nearest, by cosine.

    ``first`` and ``second`` are labels, `OUTLIER` where there is no such topic; the similarities are float32 in
    [−1, 1], NaN there.
    """

    first: Labels
    first_similarity: Floats
    second: Labels
    second_similarity: Floats


def centred(embeddings: Floats) -> Floats:
    """Unit rows of ``embeddings`` minus their mean; a row equal to the mean becomes zeros.

    What all papers share says nothing about their topics. On a narrow corpus it dominates: a reader's labels of
    71 papers agree better with topics found after centring (adjusted mutual information 0.80 against 0.62).
    """
    if len(embeddings) < 2:
        return embeddings.astype(np.float32, copy=True)
    return unit_rows(embeddings - embeddings.mean(axis=0, dtype=np.float64).astype(np.float32))


def unit_rows(vectors: Floats) -> Floats:
    """``vectors`` scaled to length one, rows of (almost) no length to zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 1e-6)


def number_by_size(labels: NDArray[np.integer]) -> Labels:
    """``labels`` renumbered: 0 is the largest topic, of equals the one whose first paper comes first."""
    found = np.full(len(labels), OUTLIER, dtype=np.int32)
    old, first_row, sizes = np.unique(labels, return_index=True, return_counts=True)
    order = [i for i in np.lexsort((first_row, -sizes)) if old[i] != OUTLIER]
    for new, index in enumerate(order):
        found[labels == old[index]] = new
    return found


def topic_centroids(vectors: Floats, labels: Labels) -> Floats:
    """Unit centroid (n_topics, d) of each topic's ``vectors``."""
    n_topics = int(labels.max(initial=OUTLIER)) + 1
    sums = np.zeros((n_topics, vectors.shape[1]), dtype=np.float32)
    for topic in range(n_topics):
        sums[topic] = vectors[labels == topic].sum(axis=0, dtype=np.float64)
    return unit_rows(sums)


def nearest_topics(vectors: Floats, labels: Labels) -> NearestTopics:
    """The nearest and second nearest topic of every paper, outliers too."""
    centroids = topic_centroids(vectors, labels)
    n = len(vectors)
    first, second = np.full(n, OUTLIER, np.int32), np.full(n, OUTLIER, np.int32)
    best, runner_up = np.full(n, np.nan, np.float32), np.full(n, np.nan, np.float32)
    if not len(centroids):
        return NearestTopics(first, best, second, runner_up)
    for start in range(0, n, _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        similarities = np.clip(vectors[rows] @ centroids.T, -1.0, 1.0)
        each = np.arange(len(similarities))
        first[rows] = similarities.argmax(axis=1)
        best[rows] = similarities[each, first[rows]]
        if len(centroids) > 1:
            similarities[each, first[rows]] = -np.inf
            second[rows] = similarities.argmax(axis=1)
            runner_up[rows] = similarities[each, second[rows]]
    return NearestTopics(first, best, second, runner_up)


def rescue_outliers(vectors: Floats, labels: Labels, strength: Floats, quantile: float) -> tuple[Labels, Floats]:
    """Outliers that are as close to a topic as its own members are join it.

    An outlier joins the topic with the nearest centroid when its cosine to it is at least the ``quantile`` of the
    cosines of the topic's members (each measured against the centroid of the others, so that small topics do not
    flatter themselves). Its strength is half the share of members it is at least as close as: in (0, 0.5], so a
    paper that joined later stands behind the members HDBSCAN is sure of.

    On 10,000 conference abstracts this takes outliers from 23 % to 13 % at the default quantile of 0.2 (8 % at 0.1,
    19 % at 0.5). Of HDBSCAN's own members that pass the test, 89 % have their own topic as the nearest.

    Returns
    -------
    tuple
        New labels and strengths; papers already in a topic are untouched.
    """
    labels, strength = labels.copy(), strength.copy()
    outliers = np.flatnonzero(labels == OUTLIER)
    n_topics = int(labels.max(initial=OUTLIER)) + 1
    if not len(outliers) or not n_topics:
        return labels, strength
    centroids = topic_centroids(vectors, labels)
    similarities = vectors[outliers] @ centroids.T
    nearest_label = similarities.argmax(axis=1)
    similarity = similarities[np.arange(len(outliers)), nearest_label]
    for topic in range(n_topics):
        own = np.sort(similarity_to_the_others(vectors[labels == topic]))
        candidates = np.flatnonzero(nearest_label == topic)
        closer_than = np.searchsorted(own, similarity[candidates], side="right") / len(own)
        joins = similarity[candidates] >= np.quantile(own, quantile)
        rows = outliers[candidates[joins]]
        strength[rows] = 0.5 * np.maximum(closer_than[joins], 1 / len(own))
        labels[rows] = -2 - topic  # not yet a member: the next topic's members must not change
    joined = labels < OUTLIER
    labels[joined] = -2 - labels[joined]
    return labels, strength


def similarity_to_the_others(members: Floats) -> Floats:
    """Cosine of each row of ``members`` to the centroid of all other rows; 1 for a single row."""
    if len(members) < 2:
        return np.ones(len(members), dtype=np.float32)
    others = members.sum(axis=0) - members
    return (members * unit_rows(others)).sum(axis=1)


def representative_rows(vectors: Floats, labels: Labels, n: int) -> list[NDArray[np.int64]]:
    """For each topic the rows of the ``n`` members nearest to its centroid, nearest first."""
    centroids = topic_centroids(vectors, labels)
    chosen = []
    for topic, centroid in enumerate(centroids):
        rows = np.flatnonzero(labels == topic)
        order = np.argsort(-(vectors[rows] @ centroid), kind="stable")
        chosen.append(rows[order[:n]])
    return chosen
