"""The words of one topic over time: which it came to use more, which less, and when."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import data
from dashboard.components.downloads import csv_button
from dashboard.components.heat_map import READING, HeatRow, heat_map
from dashboard.components.picture import NO_PERIOD
from dashboard.components.topic_words import with_word
from dashboard.components.trend_frame import dated_help, has_periods, partial_period, say_where_the_papers_are
from dashboard.context import PageContext
from dashboard.numbers import percent
from dashboard.queries import word_trends
from dashboard.state import View

_N_SHOWN = 12


def papers_with_word(view: View, term: str, period: str | None = None) -> View:
    """Where a word leads: to the topic's papers that hold it, of ``period`` or of all periods, by a filter."""
    return replace(with_word(view, term), period=period, part="time", paper=None, list_page=1)


def word_heat(context: PageContext, topic_id: str, *, key: str) -> None:
    """The topic's best keywords, a row for each."""
    if not has_periods(context):
        return
    view, index = context.view, context.index
    found = data.papers_with_terms(view.corpus, view.snapshot_id, topic_id)
    trends = word_trends(index, found, context.mask, topic_id)
    if not len(trends.words):
        st.caption("None of its keywords stands in a dated paper that passes the filters.")
        return
    shown = trends.words.head(_N_SHOWN)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(_what(shown, len(trends.words)), width="stretch")
        table = replace(view, table="word-trends", period=None)
        csv_button(context, table, len(trends.words) * len(index.periods), key=f"{key}-csv")
    rows = [
        HeatRow(
            word["term"],
            _note(word),
            papers_with_word(view, word["term"]),
            papers_with_word(view, word["term"], NO_PERIOD),
        )
        for word in shown.to_dict("records")
    ]
    name = "Words of the topic over time"
    heat_map(
        context,
        rows,
        trends.counts[:_N_SHOWN],
        trends.totals,
        key=f"{key}-map",
        name=name,
        file="words-by-period",
        partial=partial_period(context),
        on_follow_too=say_where_the_papers_are,
    )
    st.caption(f"{READING} {_reading(shown, len(trends.words))} {dated_help(context)}")


def _what(shown: pd.DataFrame, n_words: int) -> str:
    words = f"Its {len(shown)} best of {n_words:,} keywords" if n_words > len(shown) else f"Its {n_words:,} keywords"
    n_clear = int((shown["change"] != "").sum())
    return f"{words}; {n_clear:,} of them changed clearly" if n_clear else f"{words}; none of them changed clearly"


def _reading(shown: pd.DataFrame, n_words: int) -> str:
    """How the numbers at the right are to be read."""
    since = shown["since"].iloc[0]
    said = "A share is of the topic's papers of the period that hold the word."
    if pd.isna(since):
        return said
    return (
        f"{said} At the right stands the share before {since} and since, with ▲ or ▼ where the difference is clear "
        f"even among {n_words:,} words."
    )


def _note(word: dict[Any, Any]) -> str:
    """The share before and since, and whether the difference is clear."""
    if not word["n_before"]:
        return percent(word["held_since"] / max(word["n_since"], 1)) if word["n_since"] else ""
    shares = [percent(word[f"held_{when}"] / max(word[f"n_{when}"], 1)) for when in ("before", "since")]
    mark = {"more": " ▲", "less": " ▼"}.get(word["change"], "")
    return f"{' → '.join(shares)}{mark}"
