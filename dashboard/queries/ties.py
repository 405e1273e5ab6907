"""Between topics: papers that could stand in either of two, and pairs of topics whose papers are neighbours."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.queries.index import UNDATED, Mask, Rows, SnapshotIndex
from dashboard.queries.sides import year_that_halves
from pipeline.intervals import newcombe_interval, wilson_interval

MIN_TIED = 10
"""Papers of a pair of topics that must be tied to the other before anything is said of the pair."""


def papers_between_topics(index: SnapshotIndex, mask: Mask, n_most: int = 100) -> Rows:
    """Rows of the papers of ``mask`` that are about as near to a second topic as to the nearest, those first."""
    margins = index.papers["margin"].to_numpy(dtype=np.float32, na_value=np.nan)
    rows = np.flatnonzero(mask & ~np.isnan(margins))
    return rows[np.argsort(margins[rows], kind="stable")[:n_most]]


def tied_topics(index: SnapshotIndex, mask: Mask) -> pd.DataFrame:
    """Pairs of topics of the index's level; how many of their papers are tied to the other topic, earlier and later.

    A paper is tied to a topic when one of its stored nearest papers is of it. Papers are
    counted, not ties, since those of one paper are not independent.

    Returns
    -------
    DataFrame
        ``topic_a``, ``topic_b`` (ids), ``n_papers`` (of both topics), ``n_tied``, ``share`` with
        ``share_low``, ``share_high`` (95 % Wilson); ``since``, the year that halves the dated
        papers (null without one), and for the papers before it ``n_before``, ``tied_before``,
        ``share_before``, the same ``_since`` it; their ``difference`` (since − before) with
        Newcombe's 95 % interval ``difference_low``, ``difference_high`` (see `topic_mix`), and
        ``change``: ``closer`` or ``further`` where the interval leaves out 0 even at a level
        divided by the number of pairs (Bonferroni), else empty. Most tied papers first; pairs
        with fewer than `MIN_TIED` are left out.
    """
    since = year_that_halves(index, mask)
    papers, pairs = _tied(index, mask)
    n_topics = len(index.topics)
    found, n_tied = np.unique(pairs, return_counts=True)
    often = n_tied >= MIN_TIED
    found, n_tied = found[often], n_tied[often]
    first, second = found // max(n_topics, 1), found % max(n_topics, 1)
    n_papers = _of_pairs(index, mask, first, second)
    low, high = wilson_interval(n_tied, n_papers)
    ids = np.array([*index.topic_ids, ""], dtype=object)
    frame = pd.DataFrame(
        {
            "topic_a": pd.array(ids[first], dtype="str"),
            "topic_b": pd.array(ids[second], dtype="str"),
            "n_papers": n_papers,
            "n_tied": n_tied,
            "share": n_tied / np.maximum(n_papers, 1),
            "share_low": low,
            "share_high": high,
            "since": pd.array([since] * len(found), dtype="Int16"),
        }
    )
    parts = []
    dated = index.years != UNDATED
    for name, when in (("before", index.years < (since or 0)), ("since", index.years >= (since or 0))):
        within = mask & dated & when & (since is not None)
        n = _of_pairs(index, within, first, second)
        tied = _counted(pairs[within[papers]], found)
        frame[f"n_{name}"], frame[f"tied_{name}"], frame[f"share_{name}"] = n, tied, tied / np.maximum(n, 1)
        parts.append((tied, n))
    frame["difference"] = frame["share_since"] - frame["share_before"]
    frame["difference_low"], frame["difference_high"] = newcombe_interval(*parts[1], *parts[0], 0.95)
    sure_low, sure_high = newcombe_interval(*parts[1], *parts[0], 1 - 0.05 / max(len(found), 1))
    change = np.where(sure_low > 0, "closer", np.where(sure_high < 0, "further", ""))
    frame["change"] = pd.array(change, dtype="str")
    return frame.sort_values(["n_tied", "topic_a"], ascending=[False, True], ignore_index=True)


def _tied(index: SnapshotIndex, mask: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which papers are tied to which other topic, each once: rows, and the pair of topics as one number."""
    n_topics = max(len(index.topics), 1)
    rows = np.flatnonzero(mask & (index.topic_codes >= 0))
    neighbours = np.asarray(index.snapshot.neighbours)[rows]
    own = np.repeat(index.topic_codes[rows].astype(np.int64), neighbours.shape[1])
    papers = np.repeat(rows, neighbours.shape[1])
    neighbours = neighbours.ravel()
    other = np.where(neighbours >= 0, index.topic_codes[neighbours], -1).astype(np.int64)
    crossing = (other >= 0) & (other != own) & mask[neighbours]
    own, other, papers = own[crossing], other[crossing], papers[crossing]
    pairs = np.minimum(own, other) * n_topics + np.maximum(own, other)
    cells = np.sort(papers * n_topics**2 + pairs)
    cells = cells[np.append(True, cells[1:] != cells[:-1])] if len(cells) else cells
    return cells // n_topics**2, cells % n_topics**2


def _of_pairs(
    index: SnapshotIndex, mask: Mask, first: NDArray[np.int64], second: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Papers of ``mask`` in either topic of each pair."""
    sizes = np.bincount(index.topic_codes[mask] + 1, minlength=len(index.topics) + 1)[1:]
    return sizes[first] + sizes[second]


def _counted(pairs: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """How often each of ``wanted`` (ascending) is among ``pairs``."""
    ordered = np.sort(pairs)
    return np.searchsorted(ordered, wanted, side="right") - np.searchsorted(ordered, wanted, side="left")
