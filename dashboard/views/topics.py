"""Topics: the table of all; the page of one is in `dashboard.views.topic`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.components.downloads import csv_button
from dashboard.components.links import view_button
from dashboard.components.topic_trust import COHERENCE_HELP
from dashboard.context import PageContext
from dashboard.navigation import go, hold, on_change
from dashboard.queries import complete_shares, topic_overview
from dashboard.safe_text import for_text
from dashboard.state import TOPIC_SORTS
from dashboard.trend_words import trend_in_words
from dashboard.views.topic import topic_page
from pipeline.schema import OUTLIER_TOPIC_ID

_SORTS = {
    "size": "Largest first", "label": "By name", "rising": "Rising first", "coherence": "Most coherent first",
    "peak": "By peak in time",
}  # fmt: skip
_ROW_PIXELS = 36
_TABLE_PIXELS = 760


def render(context: PageContext) -> None:
    """Draw the table, or the page of the topic that is open."""
    if context.view.topic is None:
        _table(context)
    else:
        topic_page(context, context.view.topic)


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
    if context.index.periods and not context.view.level:  # coarser topics are not tested
        told = zip(topics["trend_class"], topics["burst_from"], topics["burst_to"], strict=True)
        columns["trend"] = [trend_in_words(*trend) for trend in told]
        configuration["trend"] = st.column_config.TextColumn("Trend", help="Tested over the whole corpus.")
    columns["coherence"] = topics["coherence"]
    configuration["coherence"] = st.column_config.NumberColumn(
        "Coherence", format="%.2f", help=COHERENCE_HELP, width=90
    )
    return pd.DataFrame(columns), configuration
