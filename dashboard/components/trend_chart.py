"""A chart of trends whose marks lead to their papers, with what one must know to read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.components.downloads import csv_button, figure_button
from dashboard.context import PageContext
from dashboard.figures.layout import CONFIG
from dashboard.figures.trends import trend_figure
from dashboard.navigation import go, hold, on_change
from dashboard.queries import n_dated
from dashboard.safe_text import for_markdown
from dashboard.state import MEASURES


def trend_chart(context: PageContext, trends: pd.DataFrame, names: Mapping[str, str], *, key: str) -> None:
    """Shares or counts over time; a click on a mark lists its papers.

    Parameters
    ----------
    trends
        `queries.topic_trends` with a column ``series``; where a series is a topic's
        id, a click opens that topic too.
    names
        Series → its name, plain text.
    """
    view, index = context.view, context.index
    if not index.periods:
        st.info(
            "No paper of this corpus has a date, so there are no trends. Add a column such as `year` or "
            "`published` to the input, or name it with `--column year=…`, and fit again.",
            icon=":material/calendar_month:",
        )
        return
    record = index.snapshot.manifest.trends
    partial = record.last if record.last_is_partial else None
    figure = trend_figure(trends, names, context.theme, measure=view.measure, partial_period=partial)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        measure = hold(f"{key}-measure", view.measure)
        st.segmented_control(
            "Measure",
            MEASURES,
            key=measure,
            format_func={"share": "Share of papers", "count": "Number of papers"}.__getitem__,
            label_visibility="collapsed",
            on_change=on_change(measure, lambda chosen: replace(view, measure=chosen or "share")),
        )
        st.space("stretch")
        csv_button(context, replace(view, table="trends"), len(trends), key=f"{key}-csv")
        figure_button(figure, "Trends", context, key=f"{key}-html")
    st.plotly_chart(
        figure,
        theme=None,
        config=CONFIG,
        key=f"{key}-chart",
        on_select=lambda: _open_mark(context, f"{key}-chart"),
        selection_mode="points",
        alt="Lines of topics over time; the same numbers are in the CSV.",
    )
    st.caption(_reading_help(context, partial))


def _open_mark(context: PageContext, key: str) -> None:
    """Go to the papers of the mark that was clicked."""
    view, index = context.view, context.index
    points = st.session_state[key]["selection"]["points"]
    mark = points[0].get("customdata") if points else None
    if not isinstance(mark, list) or len(mark) != 2 or mark[1] not in index.periods:
        return
    topic = mark[0] if mark[0] in index.topic_code_of else view.topic
    go(replace(view, topic=topic, period=mark[1], list_page=1))


def _reading_help(context: PageContext, partial: str | None) -> str:
    """What is counted, what is not, and what the bands are: markdown."""
    index = context.index
    dated = n_dated(index, context.mask)
    undated = context.n_matching - dated
    said = [f"{dated:,} of {context.n_matching:,} papers have a date."]
    if undated:
        said.append(f"{undated:,} without one are left out.")
    if context.view.measure == "share":
        said.append("Bands are 95 % Wilson intervals.")
    if partial:
        said.append(f"{for_markdown(partial)} may be incomplete (hollow mark).")
    said.append("Click a mark for its papers.")
    return " ".join(said)
