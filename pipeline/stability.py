"""How well each topic comes back when other fits see most of the papers. Light: numpy only.

For ``--stability N`` the corpus is fitted N times more, each time with another
seed on another 80 % of the papers (`draw_subsets`). `topic_stability` matches
each topic with the refit's topics by the papers they share, and
`stability_in_words` says what came out. Papers outside a refit's subset play
no part in it: they are taken out of the topic before it is compared.

The measure is Hennig's (Cluster-wise assessment of cluster stability,
Computational Statistics & Data Analysis 52, 2007, 258-271): the Jaccard
coefficient with the best match, averaged over the runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.integer]
"""One label a paper, topics counted from 0; negative for outliers."""

SUBSET_SHARE = 0.8
"""Share of the papers that each further fit sees."""

FOUND_ABOVE = 0.5
"""A topic is found where its best match shares more than this (Jaccard).

More than half, and not just half: then no second topic of the refit can match
it as well, and the refit's topic matches no other. Hennig calls a cluster that
stays at or below a half *dissolved*, and one at 0.75 or more stable.
"""

PART_SHARE = 0.2
"""A piece of a topic counts as one of its parts if it holds at least this share of its papers."""


@dataclass(frozen=True)
class Refit:
    """One further fit: ``rows`` of the papers it saw, and a label for each of them."""

    rows: NDArray[np.int64]
    labels: Labels


@dataclass(frozen=True)
class TopicStability:
    """How the topics of a fit fared in further fits; entry i is topic i.

    Attributes
    ----------
    stability : float64
        Mean Jaccard with the best match, in [0, 1]; NaN for a topic that no
        run had papers of.
    overlap : float64
        Mean share of its papers that the best match holds, in [0, 1].
    n_runs : int32
        Runs that had papers of it: all of them, but for tiny topics.
    n_found : int32
        Runs that found it again (`FOUND_ABOVE`).
    n_split : int32
        Runs in which it fell apart: two or more of their topics hold a part
        of it (`PART_SHARE`) and little else. The largest part may still be
        the topic found again.
    n_merged : int32
        Runs in which most of it is the smaller half of another topic.
    """

    stability: NDArray[np.float64]
    overlap: NDArray[np.float64]
    n_runs: NDArray[np.int32]
    n_found: NDArray[np.int32]
    n_split: NDArray[np.int32]
    n_merged: NDArray[np.int32]


def draw_subsets(n_papers: int, n_runs: int, seed: int) -> list[NDArray[np.int64]]:
    """The rows that each further fit sees: `SUBSET_SHARE` of the papers, ascending, the same for the same ``seed``.

    Run i draws the same rows however many runs there are.
    """
    n_drawn = round(SUBSET_SHARE * n_papers)
    return [
        np.sort(np.random.default_rng([seed, run]).permutation(n_papers)[:n_drawn]).astype(np.int64)
        for run in range(n_runs)
    ]


def topic_stability(labels: Labels, refits: Sequence[Refit]) -> TopicStability:
    """How well the topics in ``labels`` come back in ``refits``.

    Parameters
    ----------
    labels : int (n,)
        The fit in question.
    refits
        Further fits of some of its papers.

    Raises
    ------
    ValueError
        A refit has not one label a row, names a row twice, or one there is not.
    """
    n_topics = int(labels.max(initial=-1)) + 1
    jaccards, overlaps = np.full((2, len(refits), n_topics), np.nan)
    split, merged = np.zeros((2, len(refits), n_topics), dtype=bool)
    for run, refit in enumerate(refits):
        _check(refit, len(labels))
        shared, sizes, refit_sizes = _shared_papers(labels[refit.rows], refit.labels, n_topics)
        there = sizes > 0
        jaccard = _jaccard(shared, sizes, refit_sizes)
        best = jaccard.argmax(axis=1)
        of_topic = shared / np.maximum(sizes, 1)[:, None]
        of_refit = shared / np.maximum(refit_sizes, 1)
        jaccards[run, there] = jaccard.max(axis=1)[there]
        overlaps[run, there] = of_topic[np.arange(n_topics), best][there]
        split[run] = ((of_refit > 0.5) & (of_topic >= PART_SHARE)).sum(axis=1) > 1
        merged[run] = ((of_topic > 0.5) & (of_refit < 0.5)).any(axis=1)
    n_runs = (~np.isnan(jaccards)).sum(axis=0)
    some = np.where(n_runs > 0, n_runs, np.nan)
    return TopicStability(
        stability=np.nansum(jaccards, axis=0) / some,
        overlap=np.nansum(overlaps, axis=0) / some,
        n_runs=n_runs.astype(np.int32),
        n_found=(jaccards > FOUND_ABOVE).sum(axis=0).astype(np.int32),
        n_split=split.sum(axis=0).astype(np.int32),
        n_merged=merged.sum(axis=0).astype(np.int32),
    )


def mean_best_match(first: Labels, second: Labels) -> float:
    """Mean over the topics of ``first`` of the Jaccard with their best match in ``second``; 0 without topics.

    Both label the same papers, row by row. Every topic counts the same,
    whatever its size; the order of the two matters.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} and {len(second)} labels are not of the same papers")
    n_topics = int(first.max(initial=-1)) + 1
    shared, sizes, refit_sizes = _shared_papers(first, second, n_topics)
    best = _jaccard(shared, sizes, refit_sizes).max(axis=1)[sizes > 0]
    return float(best.mean()) if len(best) else 0.0


def mean_agreement(clusterings: Sequence[Labels]) -> float:
    """`mean_best_match` over all pairs of clusterings of the same papers, both ways; NaN for fewer than two."""
    matches = [mean_best_match(first, second) for first, second in permutations(clusterings, 2)]
    return float(np.mean(matches)) if matches else float("nan")


def stability_in_words(stability: float | None, n_runs: float | None, n_found: float | None) -> str:
    """``found in 9 of 10 runs, 84 % same papers``; ``not measured`` where something is unknown (``None`` or NaN)."""
    known = [value for value in (stability, n_runs, n_found) if value is not None and not np.isnan(value)]
    if len(known) < 3:
        return "not measured"
    runs = "run" if known[1] == 1 else "runs"
    return f"found in {known[2]:.0f} of {known[1]:.0f} {runs}, {100 * known[0]:.0f} % same papers"


def _check(refit: Refit, n_papers: int) -> None:
    if len(refit.rows) != len(refit.labels):
        raise ValueError(f"a refit of {len(refit.rows)} papers has {len(refit.labels)} labels")
    if len(np.unique(refit.rows)) != len(refit.rows):
        raise ValueError("a refit holds a paper twice")
    if len(refit.rows) and not (refit.rows.min() >= 0 and refit.rows.max() < n_papers):
        raise ValueError(f"a refit holds a paper that is not one of the {n_papers}")


def _shared_papers(
    first: Labels, second: Labels, n_topics: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Papers by topic of ``first`` and topic of ``second``, and the sizes of both; at least one column."""
    n_second = max(int(second.max(initial=-1)) + 1, 1)
    inside = (first >= 0) & (second >= 0)
    cells = first[inside].astype(np.int64) * n_second + second[inside]
    shared = np.bincount(cells, minlength=n_topics * n_second).reshape(n_topics, n_second)
    return (
        shared,
        np.bincount(first[first >= 0], minlength=n_topics),
        np.bincount(second[second >= 0], minlength=n_second),
    )


def _jaccard(
    shared: NDArray[np.int64], sizes: NDArray[np.int64], refit_sizes: NDArray[np.int64]
) -> NDArray[np.float64]:
    return np.asarray(shared / np.maximum(sizes[:, None] + refit_sizes - shared, 1))
