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
