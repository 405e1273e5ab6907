"""Venues and facets of a topic against the corpus."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from dashboard.queries.index import Mask, SnapshotIndex

_PRIOR_VARIANCE = 1.0  # of the log-odds before anything is counted: a factor of e either way is usual
_LOWER_END = 1.645  # standard deviations; one log-odds in twenty lies below
_DECIMALS = 6  # beyond them is the noise of adding up


def group_kinds(index: SnapshotIndex) -> list[str]:
    """``"venue"`` and the facets by which this corpus can be told apart: those with two values or more."""
    return [kind for kind in ("venue", *index.facets) if len(index.values(kind).names) > 1]


def topic_groups(index: SnapshotIndex, kind: str, mask: Mask, topic_id: str) -> pd.DataFrame:
    """How the papers of a topic are spread over venues or the values of a facet, and how all papers are.

    Parameters
    ----------
    kind
        ``"venue"`` or a facet's name.
    mask
        Which papers count, in the topic and in the corpus.

    Returns
    -------
    DataFrame
        A row for each value that a paper in ``mask`` carries: ``group_kind``, ``group``, ``n_papers`` (of the
        topic), ``n_with`` (papers of the topic that carry any value), ``share`` of these, ``n_all``, ``n_all_with``
        and ``share_all`` (the same of the whole corpus), ``log_odds``, ``log_odds_low``. Shares of a facet may add
        up to more than one. Ordered by ``log_odds_low``, highest first, then by ``n_papers`` and by name.

    Notes
    -----
    ``log_odds`` is the natural logarithm of the odds here over those in the corpus, 0 is as in the corpus. Half a
    paper is added to every count, and it is drawn towards 0 by how uncertain it is: the mean of the posterior under
    a normal prior around 0 of variance 1, with the variance of counts (Woolf, Annals of Human Genetics 19, 1955;
    shrinkage after Monroe, Colaresi & Quinn, "Fightin' Words", Political Analysis 16, 2008). ``log_odds_low`` is
    the lower end of its 90 % interval: few papers prove little, so they do not come first.
    """
    values = index.values(kind)
    within = mask & (index.topic_codes == index.topic_code_of[topic_id])
    carrying = np.zeros(index.n_papers, dtype=bool)
    carrying[values.entry_rows] = True
    n_papers, n_all = values.counts_within(within), values.counts_within(mask)
    n_with, n_all_with = int((within & carrying).sum()), int((mask & carrying).sum())
    log_odds, deviation = log_odds_against(n_papers, n_with, n_all, n_all_with)
    groups = pd.DataFrame(
        {
            "group_kind": kind,
            "group": pd.array(np.array(values.names, dtype=object), dtype="str"),
            "n_papers": n_papers,
            "n_with": n_with,
            "share": n_papers / max(n_with, 1),
            "n_all": n_all,
            "n_all_with": n_all_with,
            "share_all": n_all / max(n_all_with, 1),
            "log_odds": log_odds.round(_DECIMALS) + 0.0,
            "log_odds_low": (log_odds - _LOWER_END * deviation).round(_DECIMALS) + 0.0,
        }
    )
    present = groups[groups["n_all"] > 0]
    return present.sort_values(
        ["log_odds_low", "n_papers", "group"], ascending=[False, False, True], kind="stable", ignore_index=True
    )


def log_odds_against(
    n_papers: ArrayLike, n_with: ArrayLike, n_all: ArrayLike, n_all_with: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation of the log-odds of one count against another, as `topic_groups` describes them.

    Of ``n_papers`` in ``n_with`` against ``n_all`` in ``n_all_with``; arrays broadcast.
    """
    n_papers, n_with, n_all, n_all_with = map(np.asarray, (n_papers, n_with, n_all, n_all_with))
    cells = [n + 0.5 for n in (n_papers, n_with - n_papers, n_all, n_all_with - n_all)]
    here, elsewhere, of_all, of_none = cells
    counted = np.log(here / elsewhere) - np.log(of_all / of_none)
    variance = np.asarray(sum(1 / cell for cell in cells))
    kept = _PRIOR_VARIANCE / (_PRIOR_VARIANCE + variance)
    return np.asarray(counted * kept), np.asarray(np.sqrt(variance * kept))
