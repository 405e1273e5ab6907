"""Rows over periods, each against its own usual share: what a heat map shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

STEPS = (0.5, 0.8, 1.25, 2.0, 3.0)
"""Where one colour ends and the next begins: multiples of a row's usual share."""

PRIOR = 4.0
"""Papers that the usual share weighs beside those counted."""

NO_PAPERS = -1
"""The step of a period that has no papers at all."""


def against_usual(n_papers: ArrayLike, n_period: ArrayLike) -> NDArray[np.float64]:
    """How each count stands to what the row's share over all periods together lets expect.

    Parameters
    ----------
    n_papers : int (rows, periods)
        Papers of each row in each period.
    n_period : int (periods,)
        All papers of each period.

    Returns
    -------
    float64 (rows, periods)
        (counted + `PRIOR`) / (expected + `PRIOR`): the mean of a Poisson rate under a gamma prior around the usual, so
        that few papers say little. NaN for a period without papers.
    """
    counts, totals = np.asarray(n_papers, dtype=np.float64), np.asarray(n_period, dtype=np.float64)
    usual = counts.sum(axis=1, keepdims=True) / max(float(totals.sum()), 1.0)
    ratio = (counts + PRIOR) / (usual * totals + PRIOR)
    return np.where(totals > 0, ratio, np.nan)


def heat_steps(ratio: NDArray[np.float64]) -> NDArray[np.int64]:
    """The step of each of `against_usual`: 0 is least, ``len(STEPS)`` most, `NO_PAPERS` where it is NaN."""
    steps = np.searchsorted(np.asarray(STEPS), np.nan_to_num(ratio), side="right")
    return np.where(np.isnan(ratio), NO_PAPERS, steps)
