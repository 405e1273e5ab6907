"""What stands around a picture of trends: the measure and the files above it, how to read it below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.components.downloads import csv_button, figure_button
from dashboard.context import PageContext
from dashboard.navigation import hold, on_change
from dashboard.queries import n_dated
from dashboard.safe_text import for_markdown
from dashboard.state import MEASURES

_MEASURES = {"share": "Share of papers", "count": "Number of papers"}


def has_periods(context: PageContext) -> bool:
    """Whether there is time to draw over; else the page now says how to add dates."""
    if not context.index.periods:
        st.info(
            "No paper of this corpus has a date, so there are no trends. Add a column such as `year` or "
            "`published` to the input, or name it with `--column year=…`, and fit again.",
            icon=":material/calendar_month:",
        )
    return bool(context.index.periods)


def partial_period(context: PageContext) -> str | None:
    """The last period, where papers of it may still be missing."""
    record = context.index.snapshot.manifest.trends
    return record.last if record.last_is_partial else None


def above_trend(
    context: PageContext, draw: Callable[[], Any], *, topics: Sequence[str], n_rows: int, key: str, title: str
) -> None:
    """The choice between shares and counts, and the files of the numbers and of the picture.

    Parameters
    ----------
    draw
        Makes the plotly figure that the HTML file holds, when it is asked for.
    topics
        Which topics are drawn; the CSV has these, ``n_rows`` rows of it.
    title
        What the picture is called in its file. Plain text.
    """
    view = context.view
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        measure = hold(f"{key}-measure", view.measure)
        st.segmented_control(
            "Measure",
            MEASURES,
            key=measure,
            format_func=_MEASURES.__getitem__,
            required=True,
            label_visibility="collapsed",
            on_change=on_change(measure, lambda chosen: replace(view, measure=chosen or "share")),
        )
        st.space("stretch")
        whole = replace(view, table="trends", topics=tuple(topics), topic=None, period=None, paper=None)
        csv_button(context, whole, n_rows, key=f"{key}-csv")
        figure_button(draw, title, context, key=f"{key}-html")


def reading_help(context: PageContext, intervals: str) -> str:
    """What is counted, what is not, and, where shares are drawn, the sentence on ``intervals``: markdown."""
    said = ["Click a mark for its papers."]
    if context.view.measure == "share":
        said.append(intervals)
    if partial := partial_period(context):
        said.append(f"{for_markdown(partial)} may be incomplete (hollow mark).")
    return " ".join([*said, dated_help(context)])


def dated_help(context: PageContext) -> str:
    """How many papers have a date, and so are counted."""
    dated = n_dated(context.index, context.mask)
    if undated := context.n_matching - dated:
        return f"{dated:,} of {context.n_matching:,} papers have a date; the other {undated:,} are left out."
    return f"All {dated:,} papers have a date."


def say_where_the_papers_are() -> None:
    """After a click on a mark: its list may lie below the edge of the screen."""
    st.toast("The papers of this period are listed below the chart.", icon=":material/arrow_downward:")
