"""Finest topics → levels of coarser ones, up to a handful of fields.

Each level groups the topics of the one below by Ward's method: of all pairs, those two groups are joined whose
union spreads least around its centre, every finest topic counting once (Ward, 1963; the update of Lance and Williams,
1967). A group of one topic would say the same twice, so there is none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.assignment import OUTLIER, Floats, Labels, number_by_size, topic_centroids

RATIO = 3.6
"""Topics of one level for each topic of the next."""

HANDFUL = 15
"""So few topics of a coarser level need no further level above them."""

FEWEST_TO_GROUP = 9
"""Fewer finest topics than this are a handful already."""


def coarser_levels(vectors: Floats, labels: Labels, n_levels: int | None = None) -> list[Labels]:
    """The topic of every paper at each level above the finest.

    Parameters
    ----------
    vectors
        float32 (n, d), the embeddings in which topics are near each other or far.
    labels
        int32 (n,): finest topic of each paper, −1 none.
    n_levels
        At most so many levels; ``None``: as many as `group_counts` finds sensible.

    Returns
    -------
    list of int32 (n,)
        Finer levels first; empty for a handful of topics or where all make one group. Topics are numbered by size
        within their level, −1 stays −1, papers that share a topic share all coarser ones, and each topic holds at
        least two of the level below.
    """
    centres = topic_centroids(vectors, labels).astype(np.float64)
    weights = np.ones(len(centres))
    group_of_topic = np.arange(len(centres))
    levels = []
    for n_groups in group_counts(len(centres), n_levels):
        groups = group_topics(centres, weights, n_groups)
        if not groups.any():  # everything is one group: no level
            break
        group_of_topic = groups[group_of_topic]
        levels.append(number_by_size(np.append(group_of_topic, OUTLIER)[labels]))  # the last one, at −1, is "none"
        centres, weights = _merged(centres, weights, groups)
    return levels


def group_counts(n_topics: int, n_levels: int | None = None) -> list[int]:
    """How many topics each coarser level is to have: 162 give 45 and 13, 24 give 7, fewer than 9 give none.

    With a number of levels, so many, as far as there are two groups to tell apart.
    """
    counts: list[int] = []
    n_below = n_topics
    while n_levels is None or len(counts) < n_levels:
        enough = HANDFUL if counts else FEWEST_TO_GROUP - 1
        n_groups = int(n_below / RATIO + 0.5)
        if n_groups < 2 or (n_below <= enough and n_levels is None):
            break
        counts.append(n_groups)
        n_below = n_groups
    return counts


def group_topics(centres: NDArray[np.float64], weights: NDArray[np.float64], n_groups: int) -> NDArray[np.int64]:
    """The group, from 0, of each of n topics: ``n_groups`` of them where possible, none of a single topic.

    The tree is cut where it first has so many groups of two or more; topics alone at that cut join the group that
    they add least spread to. Deterministic; of equal pairs the first is joined.
    """
    n_joins = _best_cut(centres, weights, n_groups)
    groups, costs, sizes = np.arange(len(centres)), _ward_costs(centres, weights), weights.copy()
    for _ in range(n_joins):
        _join(groups, costs, sizes, *divmod(int(costs.argmin()), len(costs)))
    members = np.bincount(groups, minlength=len(groups))
    while len(alone := np.flatnonzero(members == 1)):
        grouped = np.flatnonzero(members > 1)
        cheapest, nearest = np.divmod(int(costs[np.ix_(alone, grouped)].argmin()), len(grouped))
        _join(groups, costs, sizes, int(alone[cheapest]), int(grouped[nearest]))
        members = np.bincount(groups, minlength=len(groups))
    return np.unique(groups, return_inverse=True)[1].astype(np.int64)


def _best_cut(centres: NDArray[np.float64], weights: NDArray[np.float64], n_groups: int) -> int:
    """After how many joins, as many as can be, there are ``n_groups`` groups of two or more, or most nearly so."""
    groups, costs, sizes = np.arange(len(centres)), _ward_costs(centres, weights), weights.copy()
    found = []
    for _ in range(len(centres) - 1):
        _join(groups, costs, sizes, *divmod(int(costs.argmin()), len(costs)))
        found.append(int((np.bincount(groups) > 1).sum()))
    misses = np.abs(np.array(found) - n_groups)
    return int(np.flatnonzero(misses == misses.min())[-1]) + 1


def _ward_costs(centres: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, n): growth of the sum of squares when two topics become one; infinite on the diagonal."""
    squares = (centres**2).sum(axis=1)
    distances = np.maximum(squares[:, None] + squares[None, :] - 2 * centres @ centres.T, 0.0)
    costs: NDArray[np.float64] = distances / (1 / weights[:, None] + 1 / weights[None, :])
    np.fill_diagonal(costs, np.inf)
    return costs


def _join(groups: NDArray[np.int64], costs: NDArray[np.float64], sizes: NDArray[np.float64], i: int, j: int) -> None:
    """Make groups ``i`` and ``j`` one, named by the smaller number, in place."""
    keep, drop = min(i, j), max(i, j)
    others = np.isfinite(costs[keep]) & np.isfinite(costs[drop])
    total = sizes[keep] + sizes[drop] + sizes[others]
    joined = (
        (sizes[keep] + sizes[others]) * costs[keep, others]
        + (sizes[drop] + sizes[others]) * costs[drop, others]
        - sizes[others] * costs[keep, drop]
    ) / total
    costs[keep, others] = costs[others, keep] = joined
    costs[drop] = costs[:, drop] = np.inf
    sizes[keep] += sizes[drop]
    groups[groups == drop] = keep


def _merged(
    centres: NDArray[np.float64], weights: NDArray[np.float64], groups: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Centre of gravity and weight of each group."""
    member = (groups == np.arange(groups.max() + 1)[:, None]).astype(np.float64) * weights
    total = member.sum(axis=1)
    return member @ centres / total[:, None], total
