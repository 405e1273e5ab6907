"""Topics: the table of all, and the page of one with its complete paper list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.components.downloads import csv_button
from dashboard.components.link_list import link_list
from dashboard.components.links import view_button
from dashboard.components.paper_list import paper_list
from dashboard.components.paper_rows import paper_rows
from dashboard.components.topic_rows import colours_of_topics, topic_rows, trend_in_words
from dashboard.components.trend_chart import trend_chart
from dashboard.context import PageContext
from dashboard.navigation import go, hold, on_change
from dashboard.queries import (
    complete_shares,
    neighbouring_topics,
    representative_rows,
    topic_overview,
    topic_trends,
)
from dashboard.safe_text import for_markdown, for_text
from dashboard.state import TOPIC_SORTS, Side
from pipeline.schema import OUTLIER_TOPIC_ID
from pipeline.stability import FOUND_ABOVE, SUBSET_SHARE, stability_in_words

_SORTS = {"size": "Largest first", "label": "By name", "rising": "Rising first", "coherence": "Most coherent first"}
_N_REPRESENTATIVE = 5
_COHERENCE_HELP = "How often the topic's top keywords stand in the same papers (NPMI, −1 to 1)."
_STABILITY_HELP = (
    f"The corpus is fitted again, each time with another seed and on another {SUBSET_SHARE:.0%} of its papers. "
    f"The topic is found in a run if its best match there shares more than {FOUND_ABOVE:.0%} of the papers that are "
    'in either of the two; "same papers" is that share, averaged over all runs.'
)
_ROW_PIXELS = 36
_TABLE_PIXELS = 760


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
    st.title("Topics", anchor=False)
    if not len(topics):
        st.info(
            "No topic was found in this corpus: its papers are too few, or too unlike each other. "
            "All of them are on the map and in the search.",
            icon=":material/category:",
        )
    else:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            n_topics = f"{len(topics):,} {'topic' if len(topics) == 1 else 'topics'}"
            said = f"**{n_topics}.** Click a row to open the topic's page."
            if context.n_matching < index.n_papers:
                said += " Counted are the papers that pass the filters."
            st.markdown(said, width="stretch")
            chosen = hold("topics-sort", view.topic_sort)
            st.selectbox(
                "Order",
                TOPIC_SORTS,
                key=chosen,
                format_func=_SORTS.__getitem__,
                label_visibility="collapsed",
                width=190,
                on_change=on_change(chosen, lambda sort: replace(view, topic_sort=sort)),
            )
            csv_button(context, replace(view, table="topics"), len(topics), key="topics-csv")
        _grid(context, topics)
    if n_outliers := int((index.topic_codes[context.mask] < 0).sum()):
        view_button(
            f"{n_outliers:,} {'paper' if n_outliers == 1 else 'papers'} outside every topic",
            view.to("topics", topic=OUTLIER_TOPIC_ID),
            key="topics-outliers",
            icon=":material/scatter_plot:",
        )


def _grid(context: PageContext, topics: pd.DataFrame) -> None:
    columns, configuration = _grid_columns(context, topics)
    key = f"topics-grid-{context.view.topic_sort}"
    event = st.dataframe(
        columns,
        column_config=configuration,
        hide_index=True,
        height=min(_ROW_PIXELS * (len(topics) + 1) + 3, _TABLE_PIXELS),
        on_select="rerun",
        selection_mode="single-cell",
        key=key,
        row_height=_ROW_PIXELS,
    )
    cells = event.selection.cells
    row = int(cells[0][0]) if cells else -1
    if 0 <= row < len(topics):
        # Coming back, the table is as it was, with no cell chosen.
        st.session_state.pop(key, None)
        go(context.view.to("topics", topic=str(topics["topic_id"].iloc[row])), context.view)
        st.rerun()


def _grid_columns(context: PageContext, topics: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The table and how each column of it is shown."""
    columns: dict[str, Any] = {
        "number": topics["number"],
        "label": [for_text(label) for label in topics["label"]],
        "keywords": [for_text(", ".join(list(keywords)[:8])) for keywords in topics["keywords"]],
        "n_papers": topics["n_papers"],
        "share": 100 * topics["share"],
    }
    most = float(max(100 * topics["share"].max(), 1e-9))
    configuration: dict[str, Any] = {
        "number": st.column_config.NumberColumn("No.", width=50, help="1 is the largest topic of the whole corpus."),
        "label": st.column_config.TextColumn("Topic", width="medium"),
        "keywords": st.column_config.TextColumn("Keywords", width="large"),
        "n_papers": st.column_config.NumberColumn("Papers", format="localized", width=80),
        "share": st.column_config.ProgressColumn(
            "Share", format="%.1f %%", min_value=0.0, max_value=most, width=110, help="Of the papers that are counted."
        ),
    }
    shares = complete_shares(context.index, context.mask, topics["topic_id"].tolist())
    if shares.shape[1] > 1:
        periods = context.index.periods
        columns["over time"] = [[float(share) for share in line] for line in shares]
        configuration["over time"] = st.column_config.LineChartColumn(
            "Share over time", width=130, help=f"{periods[0]} to {periods[shares.shape[1] - 1]}"
        )
    if context.index.periods:
        told = zip(topics["trend_class"], topics["burst_from"], topics["burst_to"], strict=True)
        columns["trend"] = [trend_in_words(*trend) for trend in told]
        configuration["trend"] = st.column_config.TextColumn("Trend", help="Tested over the whole corpus.")
    columns["coherence"] = topics["coherence"]
    configuration["coherence"] = st.column_config.NumberColumn(
        "Coherence", format="%.2f", help=_COHERENCE_HELP, width=90
    )
    return pd.DataFrame(columns), configuration


# --- one topic -----------------------------------------------------------------------


def _topic(context: PageContext, topic_id: str) -> None:
    view, index = context.view, context.index
    topic = index.topic(topic_id)
    everything = view.to("topics", topic=None, paper=None, period=None, sort="")
    view_button("All topics", everything, key="topic-back", icon=":material/arrow_back:")
    if topic is None:
        st.title("Outside every topic", anchor=False)
        st.markdown(
            "These papers are too unlike the rest, or lie between topics. "
            "The details of each name the topic that is nearest."
        )
    else:
        _heading(context, topic)
        left, right = st.columns([1.6, 1], gap="large")
        with left:
            _over_time(context, topic)
        with right:
            _representative(context, topic_id)
            _neighbours(context, topic_id)
    if view.period is None:
        paper_list(context, key="topic-papers", heading="All papers of the topic" if topic is not None else "Papers")
    else:
        view_button("All periods", view.to(period=None), key="topic-periods", icon=":material/close:")
        paper_list(context, key="topic-papers", heading=f"Papers of {view.period}")


def _heading(context: PageContext, topic: pd.Series) -> None:
    view, index = context.view, context.index
    within = int((index.topic_codes[context.mask] == index.topic_code_of[topic["topic_id"]]).sum())
    st.title(for_markdown(topic["label"], limit=120), anchor=False)
    badges = " ".join(f":gray-badge[{for_markdown(word, limit=50)}]" for word in list(topic["keywords"])[:12])
    st.markdown(f"Topic {topic['number']} of {len(index.topics):,}\u2003{badges}")
    with st.container(horizontal=True, gap="large", vertical_alignment="bottom"):
        of_all = f"of {int(topic['size']):,} in the topic without filters"
        st.metric("Papers", f"{within:,}", help=of_all, width="content")
        share = f"{within / max(context.n_matching, 1):.1%}"
        st.metric("Share", share, help="of the papers that pass the filters", width="content")
        if word := trend_in_words(topic["trend_class"], topic["burst_from"], topic["burst_to"]):
            st.metric("Trend", word, help=_trend_help(topic), width="content")
        if not pd.isna(topic["coherence"]):
            st.metric("Coherence", f"{topic['coherence']:.2f}", help=_COHERENCE_HELP, width="content")
        on_map = view.to("map", topic=topic["topic_id"])
        view_button("On the map", on_map, key="topic-map", icon=":material/location_on:")
        compared = view.to("compare", side_a=Side(topic=str(topic["topic_id"])))
        view_button("Compare with…", compared, key="topic-compare", icon=":material/compare_arrows:")
    st.caption(_stability(topic), help=_STABILITY_HELP)


def _stability(topic: pd.Series) -> str:
    said = stability_in_words(topic["stability"], topic["stability_runs"], topic["stability_found"])
    how = "" if pd.notna(topic["stability"]) else ". Fitting with --stability 10 measures it"
    return f"Stability: {said}{how}."


def _trend_help(topic: pd.Series) -> str:
    if pd.isna(topic["trend_slope"]) or pd.isna(topic["trend_q"]):
        return "Too few dated papers or periods for a test."
    if topic["trend_class"] == "burst":
        return (
            f"For a short time the share was higher than before and after (p = {topic['trend_q']:.2g}, adjusted for "
            "the number of topics tested). Tested over the whole corpus."
        )
    factor = float(np.exp(topic["trend_slope"]))
    return (
        f"Over the whole corpus the odds of a paper being in this topic change by a factor of {factor:.2f} a year "
        f"(p = {topic['trend_q']:.2g}, adjusted for the number of topics tested)."
    )


def _over_time(context: PageContext, topic: pd.Series) -> None:
    topic_id = str(topic["topic_id"])
    trends = topic_trends(context.index, context.mask, [topic_id]).assign(series=topic_id)
    colours = {topic_id: colours_of_topics(context)[topic_id]}
    label = str(topic["label"])
    trend_chart(
        context,
        trends,
        {topic_id: label},
        topics=[topic_id],
        key="topic-trend",
        title=f"{label} over time",
        colours=colours,
        height=360,
    )


def _representative(context: PageContext, topic_id: str) -> None:
    rows = representative_rows(context.index, topic_id)[:_N_REPRESENTATIVE]
    if not len(rows):
        return
    st.subheader("Representative papers", anchor=False)
    link_list(paper_rows(context, rows, "year"), key="topic-representative", name="Representative papers")


def _neighbours(context: PageContext, topic_id: str) -> None:
    near = dict(neighbouring_topics(context.index, topic_id))
    if not near:
        return
    st.subheader("Neighbouring topics", anchor=False, help="By the cosine of their mean embeddings.")
    rows = topic_rows(
        context,
        list(near),
        lambda other: context.view.to("topics", topic=other, paper=None, period=None, sort=""),
        notes={other: f"{similarity:.2f}" for other, similarity in near.items()},
        lines=True,
    )
    link_list(rows, key="topic-near", name="Neighbouring topics")
