"""Topics: the table of all, and the page of one with its complete paper list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.components.downloads import csv_button
from dashboard.components.links import view_button
from dashboard.components.paper_list import paper_list
from dashboard.components.trend_chart import trend_chart
from dashboard.context import PageContext
from dashboard.navigation import go, hold, on_change
from dashboard.queries import neighbouring_topics, papers_at, representative_rows, topic_overview, topic_trends
from dashboard.safe_text import for_markdown, for_text
from dashboard.state import TOPIC_SORTS
from pipeline.schema import OUTLIER_TOPIC_ID

_SORTS = {"size": "Largest first", "label": "By name", "rising": "Rising first", "coherence": "Most coherent first"}
TREND_WORDS = {
    "new": "new",
    "rising": "rising",
    "steady": "steady",
    "fading": "fading",
    "too few": "too few papers to say",
}
_N_REPRESENTATIVE = 5


def render(context: PageContext) -> None:
    """Draw the table, or the page of the topic that is open."""
    if context.view.topic is None:
        _table(context)
    else:
        _topic(context, context.view.topic)


# --- all topics --------------------------------------------------------------------


def _table(context: PageContext) -> None:
    view, index = context.view, context.index
    topics = topic_overview(index, context.mask, view.topic_sort)
    n_outliers = int((index.topic_codes[context.mask] < 0).sum())
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.subheader("Topics", anchor=False, width="stretch")
        chosen = hold("topics-sort", view.topic_sort)
        st.selectbox(
            "Order",
            TOPIC_SORTS,
            key=chosen,
            format_func=_SORTS.__getitem__,
            label_visibility="collapsed",
            width=200,
            on_change=on_change(chosen, lambda sort: replace(view, topic_sort=sort)),
        )
        csv_button(context, replace(view, table="topics"), len(topics), key="topics-csv")
    if not len(topics):
        st.info(
            "No topic was found in this corpus: its papers are too few or too unlike each other. "
            "All of them are on the map and in the search.",
            icon=":material/category:",
        )
    else:
        st.caption(f"{len(topics):,} topics. Papers are those that pass the filters. Click a row to open its page.")
        _grid(context, topics)
    if n_outliers:
        view_button(
            f"{n_outliers:,} papers outside every topic",
            view.to("topics", topic=OUTLIER_TOPIC_ID),
            key="topics-outliers",
            icon=":material/scatter_plot:",
        )


def _grid(context: PageContext, topics: pd.DataFrame) -> None:
    index = context.index
    columns: dict[str, Any] = {
        "number": topics["number"],
        "label": [for_text(label) for label in topics["label"]],
        "keywords": [for_text(", ".join(list(keywords)[:8])) for keywords in topics["keywords"]],
        "n_papers": topics["n_papers"],
        "share": topics["share"],
    }
    configuration: dict[str, Any] = {
        "number": st.column_config.NumberColumn("No.", width=50, help="1 is the largest topic of the whole corpus."),
        "label": st.column_config.TextColumn("Topic", width="medium"),
        "keywords": st.column_config.TextColumn("Keywords", width="large"),
        "n_papers": st.column_config.NumberColumn("Papers", format="localized", width=80),
        "share": st.column_config.ProgressColumn(
            "Share", format="percent", min_value=0.0, max_value=float(max(topics["share"].max(), 1e-9)), width=110
        ),
    }
    if index.periods:
        trends = topic_trends(index, context.mask, list(topics["topic_id"]))
        shares = trends["share"].to_numpy().reshape(len(topics), len(index.periods))
        columns["over time"] = [[float(share) for share in line] for line in shares]
        columns["trend"] = [
            TREND_WORDS.get(word, "") if isinstance(word, str) else "" for word in topics["trend_class"]
        ]
        configuration["over time"] = st.column_config.LineChartColumn(
            "Share over time", width=130, help=f"{index.periods[0]} to {index.periods[-1]}"
        )
        configuration["trend"] = st.column_config.TextColumn("Trend", help="Tested over the whole corpus.")
    columns["coherence"] = topics["coherence"]
    configuration["coherence"] = st.column_config.NumberColumn(
        "Coherence",
        format="%.2f",
        help="How often the topic's top keywords stand in the same papers (NPMI, −1 to 1).",
        width=90,
    )
    event = st.dataframe(
        pd.DataFrame(columns),
        column_config=configuration,
        hide_index=True,
        height=min(36 * (len(topics) + 1) + 4, 760),
        on_select="rerun",
        selection_mode="single-cell",
        key=f"topics-grid-{context.view.topic_sort}",
        row_height=36,
    )
    if event.selection.cells:
        row = int(event.selection.cells[0][0])
        if 0 <= row < len(topics):
            st.session_state.pop(f"topics-grid-{context.view.topic_sort}", None)
            go(context.view.to("topics", topic=str(topics["topic_id"].iloc[row])))
            st.rerun()


# --- one topic -----------------------------------------------------------------------


def _topic(context: PageContext, topic_id: str) -> None:
    view, index = context.view, context.index
    topic = index.topic(topic_id)
    view_button(
        "All topics",
        view.to("topics", topic=None, paper=None, period=None),
        key="topic-back",
        icon=":material/arrow_back:",
    )
    if topic is None:
        st.subheader("Outside every topic", anchor=False)
        st.caption(
            "These papers are too unlike the rest, or lie between topics. "
            "Each one's nearest topic is named when you open it."
        )
    else:
        _heading(context, topic)
        left, right = st.columns([1.55, 1], gap="large")
        with left:
            _over_time(context, topic_id)
        with right:
            _representative(context, topic_id)
            _neighbours(context, topic_id)
    heading = "Papers" if view.period is None else f"Papers of {view.period}"
    paper_list(context, key="topic-papers", heading=heading)


def _heading(context: PageContext, topic: pd.Series) -> None:
    view, index = context.view, context.index
    within = int((index.topic_codes[context.mask] == index.topic_code_of[topic["topic_id"]]).sum())
    st.header(for_markdown(f"{topic['number']} {topic['label']}"), anchor=False)
    st.markdown(" ".join(f":gray-badge[{for_markdown(word, limit=50)}]" for word in list(topic["keywords"])[:12]))
    with st.container(horizontal=True, gap="large", vertical_alignment="bottom"):
        st.metric(
            "Papers", f"{within:,}", help=f"of {int(topic['size']):,} in the topic without filters", width="content"
        )
        st.metric(
            "Share",
            f"{within / max(context.n_matching, 1):.1%}",
            help="of the papers that pass the filters",
            width="content",
        )
        if isinstance(topic["trend_class"], str):
            st.metric("Trend", TREND_WORDS[topic["trend_class"]], help=_trend_help(topic), width="content")
        coherence = "not measured" if pd.isna(topic["coherence"]) else f"{topic['coherence']:.2f}"
        st.metric(
            "Coherence",
            coherence,
            help="How often its top keywords stand in the same papers (NPMI, −1 to 1).",
            width="content",
        )
        stability = "not measured" if pd.isna(topic["stability"]) else f"{topic['stability']:.0%}"
        st.metric(
            "Stability", stability, help="Whether the topic appears again in fits with other seeds.", width="content"
        )
        view_button(
            "On the map", view.to("map", topic=topic["topic_id"]), key="topic-map", icon=":material/location_on:"
        )


def _trend_help(topic: pd.Series) -> str:
    if pd.isna(topic["trend_slope"]) or pd.isna(topic["trend_q"]):
        return "Too few dated papers or periods for a test."
    factor = float(np.exp(topic["trend_slope"]))
    return (
        f"Over the whole corpus the odds of a paper being in this topic change by a factor of {factor:.2f} a year "
        f"(false-discovery-adjusted p = {topic['trend_q']:.2g})."
    )


def _over_time(context: PageContext, topic_id: str) -> None:
    trends = topic_trends(context.index, context.mask, [topic_id]).assign(series=topic_id)
    trend_chart(context, trends, {topic_id: str(context.index.topic(topic_id)["label"])}, key="topic-trend")  # type: ignore[index]


def _representative(context: PageContext, topic_id: str) -> None:
    rows = representative_rows(context.index, topic_id)[:_N_REPRESENTATIVE]
    st.markdown("**Representative papers**")
    for place, paper in enumerate(papers_at(context.index, rows).itertuples(index=False)):
        view_button(
            for_markdown(paper.title, limit=140),
            replace(context.view, paper=paper.paper_id),
            key=f"topic-representative-{place}",
        )


def _neighbours(context: PageContext, topic_id: str) -> None:
    near = neighbouring_topics(context.index, topic_id)
    if not near:
        return
    st.markdown("**Neighbouring topics**")
    for neighbour, similarity in near:
        topic = context.index.topic(neighbour)
        if topic is not None:
            label = f"{for_markdown(topic['number'])} {for_markdown(topic['label'], limit=70)} :gray[{similarity:.2f}]"
            view_button(
                label,
                context.view.to("topics", topic=neighbour, paper=None, period=None),
                key=f"topic-near-{neighbour}",
            )
