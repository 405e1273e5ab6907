"""How the words of a topic changed: the share of its papers that hold each, period by period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.queries.index import UNDATED, Mask, SnapshotIndex, Values
from dashboard.queries.sides import year_that_halves
from dashboard.queries.trends import period_start
from pipeline.intervals import newcombe_interval, wilson_interval

LEVEL = 0.05
"""Chance that any of a topic's words is wrongly said to change."""


@dataclass(frozen=True)
class WordTrends:
    """The keywords of one topic over time.

    Attributes
    ----------
    words
        A row for each of the topic's own keywords that a dated paper of it holds, best first: ``term``; ``since``, the
        year that halves the topic's dated papers (null without one); ``n_before`` and ``n_since``, its papers, of which
        ``held_before`` and ``held_since`` hold the word; the ``difference`` of the shares (since − before) with
        Newcombe's 95 % interval ``difference_low``, ``difference_high``; ``change``: ``more`` or ``less`` where the
        interval leaves out 0 even at a level divided by the number of words (Bonferroni), else empty.
    counts : int64 (words, periods)
        Papers of the topic that hold the word.
    totals : int64 (periods,)
        Papers of the topic.
    """

    words: pd.DataFrame
    counts: NDArray[np.int64]
    totals: NDArray[np.int64]


def word_trends(index: SnapshotIndex, found: Values, mask: Mask, topic_id: str) -> WordTrends:
    """Count a topic's own keywords by period, in the papers of ``mask``.

    Parameters
    ----------
    found
        `papers_with_terms` of the topic: counted is what the search by words finds, so that every count is a list of
        papers. (The snapshot's ``term_trends`` count before any filter, and words as the model saw them.)
    """
    topic = index.topic(topic_id)
    own = {str(term) for term in topic["keywords"]} if topic is not None else set()
    within = mask & index.in_topic(topic_id) & (index.period_codes != UNDATED)
    n_words, n_periods = len(found.names), len(index.periods)
    kept = within[found.entry_rows]
    rows, values = found.entry_rows[kept], found.entry_values[kept]
    cells = values.astype(np.int64) * n_periods + index.period_codes[rows]
    counts = np.bincount(cells, minlength=n_words * n_periods).reshape(n_words, n_periods)
    totals = np.bincount(index.period_codes[within], minlength=n_periods)
    here = np.array([name in own for name in found.names], dtype=bool) & (counts.sum(axis=1) > 0)
    since = year_that_halves(index, within)
    late = within & (index.years >= (since or 0)) & (since is not None)
    early = within & ~late & (since is not None)
    held_since, held_before = (found.counts_within(part)[here] for part in (late, early))
    n_since, n_before = int(late.sum()), int(early.sum())
    low, high = newcombe_interval(held_since, n_since, held_before, n_before)
    sure = 1 - LEVEL / max(int(here.sum()), 1)
    sure_low, sure_high = newcombe_interval(held_since, n_since, held_before, n_before, sure)
    words = pd.DataFrame(
        {
            "term": pd.array(np.array(found.names, dtype=object)[here], dtype="str"),
            "since": pd.array([since] * int(here.sum()), dtype="Int16"),
            "n_before": n_before,
            "held_before": held_before,
            "n_since": n_since,
            "held_since": held_since,
            "difference": held_since / max(n_since, 1) - held_before / max(n_before, 1),
            "difference_low": low,
            "difference_high": high,
            "change": pd.array(np.where(sure_low > 0, "more", np.where(sure_high < 0, "less", "")), dtype="str"),
        }
    )
    return WordTrends(words, counts[here], totals)


def word_trends_table(index: SnapshotIndex, trends: WordTrends) -> pd.DataFrame:
    """A row for each word and period: ``term``, ``period``, ``period_start``, ``n_papers`` that hold it of the topic's
    ``n_period``, their ``share`` with its 95 % Wilson interval (``share_low``, ``share_high``), and what
    `WordTrends.words` says of the word.
    """
    n_words, n_periods = trends.counts.shape
    hits, totals = trends.counts.ravel(), np.tile(trends.totals, n_words)
    low, high = wilson_interval(hits, totals)
    starts = pd.to_datetime([period_start(period) for period in index.periods]).to_numpy()
    table = trends.words.loc[np.repeat(np.arange(n_words), n_periods)].reset_index(drop=True)
    return table.assign(
        period=pd.array(np.tile(np.array(index.periods, dtype=object), n_words), dtype="str"),
        period_start=np.tile(starts, n_words),
        n_papers=hits,
        n_period=totals,
        share=hits / np.maximum(totals, 1),
        share_low=low,
        share_high=high,
    )
