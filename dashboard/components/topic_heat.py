"""All topics over time at once: a row for each, so that waves can be seen."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.components.downloads import csv_button
from dashboard.components.heat_map import READING, HeatRow, heat_map
from dashboard.components.links import view_button
from dashboard.components.picture import NO_PERIOD
from dashboard.components.topic_rows import numbered_label
from dashboard.components.topic_trend import papers_of_topic_in
from dashboard.components.trend_frame import dated_help, has_periods, partial_period, say_where_the_papers_are
from dashboard.context import PageContext
from dashboard.navigation import hold, on_change
from dashboard.queries import counts_by_period, topic_overview
from dashboard.trend_words import trend_in_words

MOST_AT_FIRST = 40
MOST_AT_ALL = 150
"""Rows beyond which a browser draws too slowly; the smaller topics are in the CSV."""

_ORDERS = {"peak": "By peak in time", "size": "Largest first", "rising": "Rising first", "label": "By name"}


def topic_heat(context: PageContext, *, key: str) -> None:
    """The largest topics of the level, or all of them, in the order that the view says."""
    if not has_periods(context):
        return
    view, index = context.view, context.index
    order = view.topic_sort if view.topic_sort in _ORDERS else "size"
    topics = topic_overview(index, context.mask, order)
    present = topics[topics["n_papers"] > 0]
    if not len(present):
        st.caption("No topic has a paper that passes the filters.")
        return
    n_shown = min(len(present), MOST_AT_ALL if view.rows else MOST_AT_FIRST)
    largest = set(present.sort_values(["n_papers", "number"], ascending=[False, True])["topic_id"].head(n_shown))
    shown = present[present["topic_id"].isin(largest)]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        chosen = hold(f"{key}-order", order)
        st.selectbox(
            "Order",
            list(_ORDERS),
            key=chosen,
            format_func=_ORDERS.__getitem__,
            label_visibility="collapsed",
            width=190,
            on_change=on_change(chosen, lambda sort: replace(view, topic_sort=sort)),
        )
        _how_many(context, len(shown), len(present), f"{key}-rows")
        st.space("stretch")
        whole = replace(view, table="trends", topics=(), group="", topic=None, period=None, paper=None)
        n_rows = (len(index.topics) + 1) * len(index.periods)
        csv_button(context, whole, n_rows, key=f"{key}-csv")
    counts, totals = counts_by_period(index, context.mask, shown["topic_id"].tolist())
    rows = [
        HeatRow(
            numbered_label(context, topic["topic_id"]),
            _note(topic["n_papers"], trend_in_words(topic["trend_class"])),
            view.to("topics", topic=topic["topic_id"]),
            papers_of_topic_in(view, topic["topic_id"], NO_PERIOD),
            current=topic["topic_id"] == view.topic,
        )
        for topic in shown.to_dict("records")
    ]
    heat_map(
        context,
        rows,
        counts,
        totals,
        key=f"{key}-map",
        name="Topics over time",
        file="topics-by-period",
        partial=partial_period(context),
        on_follow_too=say_where_the_papers_are,
    )
    st.caption(f"{READING} {dated_help(context)}")


def _note(n_papers: int, trend: str) -> str:
    """Papers of a topic, and its trend where one is clear."""
    return f"{n_papers:,}" + (f" · {trend}" if trend in ("new", "rising", "burst", "fading") else "")


def _how_many(context: PageContext, n_shown: int, n_topics: int, key: str) -> None:
    view = context.view
    if n_topics <= MOST_AT_FIRST:
        st.caption(f"All {n_topics:,} topics", width="content")
        return
    st.caption(f"The {n_shown:,} largest of {n_topics:,} topics", width="content")
    if view.rows:
        view_button(f"Show {MOST_AT_FIRST}", replace(view, rows=""), key=key, icon=":material/unfold_less:")
    else:
        most = min(n_topics, MOST_AT_ALL)
        view_button(f"Show {most:,}", replace(view, rows="all"), key=key, icon=":material/unfold_more:")
