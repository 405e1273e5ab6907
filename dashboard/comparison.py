"""The tables of a comparison, for its files: two sides of it, or all pairs of topics near each other."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashboard.queries import (
    SnapshotIndex,
    WordTable,
    bridging_papers,
    counted_rows,
    distinctive_words,
    levelled,
    matching_rows,
    papers_at,
    papers_between_topics,
    periods_of_sides,
    sides_of,
    tied_topics,
    topic_mix,
    topic_name,
    word_table,
)
from dashboard.state import View

_SHARES = ("n_a", "n_b", "share_a", "share_a_low", "share_a_high", "share_b", "share_b_low", "share_b_high")
COLUMNS = {
    "side-words": (
        "word", "side", "n_a", "n_b", "papers_a", "papers_b", "share_a", "share_b", "odds_ratio", "odds_low",
        "odds_high", "z", "q",
    ),
    "mix": ("topic_id", "topic_label", *_SHARES, "difference", "difference_low", "difference_high"),
    "periods": ("period", *_SHARES),
    "bridging": (
        "side", "paper_id", "title", "year", "topic_id", "topic_label", "similarity_other", "similarity_own",
    ),
    "pairs": (
        "topic_a", "topic_b", "n_papers", "n_tied", "share", "share_low", "share_high", "since", "n_before",
        "tied_before", "share_before", "n_since", "tied_since", "share_since", "difference", "difference_low",
        "difference_high", "change",
    ),
    "between": ("paper_id", "title", "year", "topic_id", "nearest_topic_id", "second_topic_id", "margin"),
}  # fmt: skip
"""Table → its columns."""
OF_SIDES = ("side-words", "mix", "periods", "bridging")
"""Those of the tables that need a side A."""


def comparison(index: SnapshotIndex, view: View, table: str, words: WordTable | None = None) -> pd.DataFrame:
    """One of the tables in `COLUMNS`, under ``view``'s filters and with topics of its level.

    Parameters
    ----------
    words
        All words of the snapshot, where they are at hand.

    Returns
    -------
    DataFrame
        The columns of the table, and perhaps others.
    """
    mask = matching_rows(index, view.filters)
    if table == "pairs":
        return tied_topics(levelled(index, view), mask)
    if table == "between":
        return papers_at(index, papers_between_topics(index, mask))
    assert view.side_a is not None
    sides = sides_of(index, view.side_a, view.side_b, mask)
    match table:
        case "side-words":
            rows = counted_rows(index, sides)
            if rows is not None or words is None:
                words = word_table(index, np.arange(index.n_papers) if rows is None else rows)
            return distinctive_words(words, sides)
        case "mix":
            mix = topic_mix(levelled(index, view), sides)
            return mix.assign(topic_label=[topic_name(index, topic_id) for topic_id in mix["topic_id"]])
        case "periods":
            return periods_of_sides(index, sides)
    bridging = bridging_papers(index, sides)
    papers = papers_at(index, bridging["row"].to_numpy())
    return pd.concat([bridging.drop(columns="row"), papers], axis=1)
