"""A chart of trends whose marks lead to their papers, with what one must know to read it."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.components.link_list import Row, link_list
from dashboard.components.trend_frame import (
    above_trend,
    has_periods,
    partial_period,
    reading_help,
    say_where_the_papers_are,
)
from dashboard.context import PageContext
from dashboard.figures.layout import CONFIG
from dashboard.figures.palette import series_colours
from dashboard.figures.trends import trend_figure
from dashboard.navigation import go
from dashboard.state import View


def trend_chart(
    context: PageContext,
    trends: pd.DataFrame,
    names: Mapping[str, str],
    *,
    topics: Sequence[str],
    key: str,
    title: str,
    colours: Mapping[str, str] | None = None,
    height: int = 430,
) -> None:
    """Shares or counts over time; a click on a mark lists its papers.

    Parameters
    ----------
    trends
        `queries.topic_trends` with a column ``series``: a topic's id, or where
        ``context.view`` splits one topic into groups, the group.
    names
        Series → its name, plain text.
    topics
        Which topics are drawn; the CSV has these.
    title
        What the picture is called in its file. Plain text.
    colours
        Series → ``#rrggbb``; by default colours that are told apart well.
    height
        Pixels.
    """
    view = context.view
    if not has_periods(context):
        return
    # On a phone the names at the lines' ends would leave no room for the lines.
    named_below = _on_a_phone() and len(names) > 1
    draw = functools.partial(
        trend_figure,
        trends,
        names,
        context.theme,
        measure=view.measure,
        partial_period=partial_period(context),
        colours=colours,
        height=height,
    )
    above_trend(context, draw, topics=topics, n_rows=len(trends), key=key, title=title)
    # A chart of its own for each mark, since a second click on a chosen one would only let go of it; and for
    # each measure, since one redrawn while it is being drawn keeps the old axis beside the new.
    chart = f"{key}-chart-{view.measure}-{view.topic}-{view.period}"
    st.plotly_chart(
        draw(name_lines=not named_below),
        theme=None,
        config=CONFIG,
        key=chart,
        on_select=lambda: _open_mark(context, chart, topics),
        selection_mode="points",
        alt="Lines over time; the same numbers are in the CSV.",
    )
    if named_below:
        drawn = list(dict.fromkeys(trends["series"]))
        usual = dict(zip(drawn, series_colours(len(drawn), context.theme), strict=True))
        worn = {**usual, **(colours or {})}
        rows = [Row(names[series], _named_line(context, series), colour=worn[series]) for series in drawn]
        link_list(rows, key=f"{key}-names", name="Lines of the chart", look="chips")
    bands = "Bands, or thin bars where bands would cover each other, are 95 % intervals (Wilson)."
    st.caption(reading_help(context, bands))


def _on_a_phone() -> bool:
    """Whether the browser says that it is a phone's (what it says has "Mobi" in it)."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def _open_mark(context: PageContext, chart: str, topics: Sequence[str]) -> None:
    """Go to the papers of the mark that was clicked."""
    points = st.session_state[chart]["selection"]["points"]
    mark = points[0].get("customdata") if points else None
    if isinstance(mark, list) and len(mark) == 2 and mark[1] in context.index.periods:
        go(papers_of_mark(context, str(mark[0]), mark[1], topics), context.view)
        say_where_the_papers_are()


def papers_of_mark(context: PageContext, series: str, period: str, topics: Sequence[str]) -> View:
    """Where a mark leads: to the papers of its topic in its period; of a group, with the filter set to it."""
    view, index = context.view, context.index
    if view.page != "trends" or not view.group:
        topic = series if series in index.topic_code_of else view.topic
        return replace(view, topic=topic, period=period, paper=None, list_page=1)
    topic = topics[0] if topics else None
    return replace(_of_group(context, series), topic=topic, period=period, paper=None, list_page=1)


def _of_group(context: PageContext, series: str) -> View:
    """The view with the filter set to one of the groups that split the trend."""
    view, index = context.view, context.index
    if view.group == "venue" and series in index.venues.code_of:
        return view.with_filters(venues=(series,))
    if view.group in index.facets and series in index.facets[view.group].code_of:
        return view.with_filters(facets=view.filters.with_facet(view.group, (series,)).facets)
    return view


def _named_line(context: PageContext, series: str) -> View:
    """Where the name of a line leads: to its topic's page, or to this page with only its group."""
    if series in context.index.topic_code_of:
        return context.view.to("topics", topic=series)
    return _of_group(context, series)
