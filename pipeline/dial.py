"""The outlier dial: what another cut-off than the fit's own would make outliers, and what it would cost.

Every paper has a home: its topic, or the one that an outlier was left out of for belonging to it too loosely
(`pipeline.communities.Homes`), or the nearest by cosine where there was none. At a cut-off those papers are outliers
that do not stay up to it. So each setting leaves the topics that a fit with that ``outlier_strength`` would leave,
with the same ids, names and numbers; the loosest also takes in the papers that never had a topic.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.assignment import OUTLIER, Floats, Labels
from pipeline.dial_tables import DIAL, DIAL_PAPERS, Dial
from pipeline.keywords import eligible_terms, keywords_among
from pipeline.quality import coherences
from pipeline.settings import TopicSettings
from pipeline.terms import TermCounts

CUT_OFFS = (0.0, 0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""The settings, from every paper in a topic to the firm core; the fit's own is put among them."""

_LEAST_DEFAULT = 0.01
"""The fit's own setting is never below, so that there is always the looser one that takes in every paper."""
_APART = 0.02
"""Settings nearer to the fit's own than this are left out: they would say the same."""


def cut_off_of(settings: TopicSettings) -> float:
    """The cut-off that a fit with ``settings`` uses: density leaves out what HDBSCAN does, at no cut-off."""
    return settings.outlier_strength if settings.clusters == "consensus" else 0.0


def cut_offs_around(default: float) -> list[float]:
    """The settings of the dial of a fit with cut-off ``default``, itself among them, ascending from 0."""
    others = [cut_off for cut_off in CUT_OFFS if cut_off == 0 or abs(cut_off - default) >= _APART]
    return sorted({*others, default})


def make_dial(
    papers: pd.DataFrame,
    topics: pd.DataFrame,
    neighbours: NDArray[np.int32],
    homes: Labels,
    stays_up_to: Floats,
    cut_off: float,
    coherence: Callable[[Labels], float | None],
) -> Dial | None:
    """The dial of a fit; ``None`` without topics.

    Parameters
    ----------
    papers
        ``topic_id`` and ``nearest_topic_id`` are used; outliers without a home go to the latter, at cut-off 0 only.
    topics
        Those of level 0 are used, in order of ``number``.
    neighbours
        int32 (n, k): rows of each paper's nearest papers, −1 where there are fewer.
    homes, stays_up_to
        Of `pipeline.model.TopicFit`, int32 and float32 (n,).
    cut_off
        The fit's own.
    coherence
        Mean coherence of the topics that the labels it is given make; see `coherence_of`.
    """
    finest = topics[topics["level"] == 0].sort_values("number")
    if not len(finest):
        return None
    ids = finest["topic_id"].to_numpy(dtype=object)
    own = pd.Index(ids).get_indexer(pd.Index(papers["topic_id"].to_numpy(dtype=object))).astype(np.int32)
    nearest = pd.Index(ids).get_indexer(pd.Index(papers["nearest_topic_id"].to_numpy(dtype=object))).astype(np.int32)
    at_home = np.where(own >= 0, own, np.where(homes >= 0, homes, nearest)).astype(np.int32)
    default = np.float32(max(cut_off, _LEAST_DEFAULT))
    # Whatever put a paper in its topic or left it out, at the fit's own setting that is where it is.
    just_out = np.nextafter(default, np.float32(0))
    stays = np.where(own >= 0, np.maximum(stays_up_to, default), np.minimum(stays_up_to, just_out))
    stays = np.where((own < 0) & (homes < 0), 0, stays).astype(np.float32)
    other = rival_topics(at_home, neighbours)
    borderline = other >= 0
    rows = []
    for setting in map(np.float32, cut_offs_around(float(default))):
        inside = stays >= setting
        rows.append(
            (
                setting,
                setting == default,
                int((~inside).sum()),
                float((~inside).mean()),
                coherence(np.where(inside, at_home, OUTLIER).astype(np.int32)),
                int((inside & borderline).sum()),
                float(inside.sum() / len(ids)),
            )
        )
    settings = pd.DataFrame(rows, columns=DIAL.names)
    places = {
        "home_topic_id": ids[at_home],
        "stays_up_to": stays,
        "borderline": borderline,
        "other_topic_id": np.array([*ids, None], dtype=object)[other],
    }
    return Dial(settings.astype({"coherence": "float64"}), pd.DataFrame(places, columns=DIAL_PAPERS.names))


def rival_topics(homes: Labels, neighbours: NDArray[np.int32]) -> Labels:
    """For papers between two topics the other one, int32 (n,); −1 for all others.

    A paper is between two topics, or borderline, when at least as many of its nearest papers are at home in one other
    topic as in its own. Of several other topics the one with most is named, of equals the larger (lower) one.

    Parameters
    ----------
    homes
        int32 (n,): the topic of each paper.
    neighbours
        int32 (n, k): rows of the nearest papers, −1 where there are fewer.
    """
    near = np.where(neighbours >= 0, homes[neighbours], -1) if neighbours.size else neighbours
    n_own = ((near == homes[:, None]) & (near >= 0)).sum(axis=1)
    others = np.sort(np.where(near == homes[:, None], -1, near), axis=1)
    most, rival = np.zeros(len(homes), dtype=np.int64), np.full(len(homes), -1, dtype=np.int32)
    length, before = np.zeros(len(homes), dtype=np.int64), np.full(len(homes), -1, dtype=np.int32)
    for column in others.T:  # equal topics stand side by side: the longest run is the most frequent
        length = np.where(column < 0, 0, np.where(column == before, length + 1, 1))
        longer = length > most
        most, rival, before = np.where(longer, length, most), np.where(longer, column, rival), column
    return np.where((most > 0) & (most >= n_own), rival, -1).astype(np.int32)


def coherence_of(terms: TermCounts, n_keywords: int) -> Callable[[Labels], float | None]:
    """What measures the mean coherence of topics, their keywords chosen from the papers that are in them.

    The measure is that of `pipeline.quality.coherences` in the whole corpus, so that settings can be compared with
    each other and with the manifest.
    """
    eligible = terms.take(eligible_terms(terms))

    def mean_coherence(labels: Labels) -> float | None:
        keywords = [[word for word, _ in found] for found in keywords_among(eligible, labels, n_keywords)]
        measured = coherences(eligible.counts, eligible.terms, keywords)
        return float(np.nanmean(measured)) if np.isfinite(measured).any() else None

    return mean_coherence
