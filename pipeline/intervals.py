"""Confidence intervals both sides draw. Light: numpy only."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray


def wilson_interval(
    n_hits: ArrayLike, n_total: ArrayLike, confidence: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower and upper ends of the Wilson score interval of ``n_hits / n_total``.

    Arrays broadcast; where ``n_total`` is 0 nothing is known and the interval
    is (0, 1). Formula: E. B. Wilson, JASA 22 (1927) 209-212.
    """
    hits = np.asarray(n_hits, dtype=np.float64)
    total = np.asarray(n_total, dtype=np.float64)
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    safe = np.where(total > 0, total, 1.0)
    share = hits / safe
    spread = 1 + z * z / safe
    centre = (share + z * z / (2 * safe)) / spread
    half = z * np.sqrt(share * (1 - share) / safe + z * z / (4 * safe * safe)) / spread
    low = np.where(total > 0, np.clip(centre - half, 0.0, 1.0), 0.0)
    high = np.where(total > 0, np.clip(centre + half, 0.0, 1.0), 1.0)
    # At the ends the interval touches 0 and 1 exactly; rounding must not move it.
    return np.where(hits == 0, 0.0, low), np.where((hits == total) & (total > 0), 1.0, high)


def newcombe_interval(
    n_hits: ArrayLike, n_total: ArrayLike, other_hits: ArrayLike, other_total: ArrayLike, confidence: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower and upper ends of an interval of ``n_hits / n_total − other_hits / other_total``; a share of none is 0.

    R. G. Newcombe's hybrid score interval (Statistics in Medicine 17 (1998) 873-890, method 10), which takes the two
    for independent. Arrays broadcast.
    """
    share = np.asarray(n_hits) / np.maximum(n_total, 1)
    other = np.asarray(other_hits) / np.maximum(other_total, 1)
    low, high = wilson_interval(n_hits, n_total, confidence)
    other_low, other_high = wilson_interval(other_hits, other_total, confidence)
    difference = share - other
    return (
        difference - np.hypot(share - low, other_high - other),
        difference + np.hypot(high - share, other - other_low),
    )
