"""One topic over time: its share with the interval as a band, or its papers; each period leads to its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.components.picture import NO_PERIOD, period_data, picture_component
from dashboard.components.topic_rows import colours_of_topics
from dashboard.components.trend_frame import (
    above_trend,
    has_periods,
    partial_period,
    reading_help,
    say_where_the_papers_are,
)
from dashboard.context import PageContext
from dashboard.navigation import follow_link
from dashboard.queries import topic_trends
from dashboard.safe_text import one_line
from dashboard.state import View

_TREND = picture_component("topic_trend", "trend_front")
_NAME_CHARACTERS = 120


def papers_of_topic_in(view: View, topic_id: str, period: str) -> View:
    """Where a mark leads: to the papers of the topic in ``period``, on the same page."""
    return replace(view, topic=topic_id, period=period, paper=None, list_page=1)


def topic_trend(context: PageContext, topic: pd.Series, *, key: str) -> None:
    """The chart of one topic, with its files and how to read it.

    Parameters
    ----------
    topic
        Its row of ``context.index.topics``.
    """
    if not has_periods(context):
        return
    topic_id, label = str(topic["topic_id"]), str(topic["label"])
    trends = topic_trends(context.index, context.mask, [topic_id])
    colour, partial = colours_of_topics(context)[topic_id], partial_period(context)

    def draw() -> Any:
        # Only here: plotly comes when the picture is taken away, the page does without it.
        from dashboard.figures.trends import trend_figure

        return trend_figure(
            trends.assign(series=topic_id),
            {topic_id: label},
            context.theme,
            measure=context.view.measure,
            partial_period=partial,
            colours={topic_id: colour},
            height=360,
        )

    def follow() -> None:
        step = st.session_state[key].get("follow")
        follow_link(step)
        if step:
            say_where_the_papers_are()

    above_trend(context, draw, topics=[topic_id], n_rows=len(trends), key=key, title=f"{label} over time")
    name = f"{one_line(label)[:_NAME_CHARACTERS]} over time"
    leads_to = papers_of_topic_in(context.view, topic_id, NO_PERIOD)
    data = period_data(context, leads_to, name=name, file=f"topic-{topic['number']}-over-time")
    data |= {
        "measure": context.view.measure,
        "counts": trends["n_papers"].tolist(),
        "totals": trends["n_period"].tolist(),
        "low": trends["share_low"].tolist(),
        "high": trends["share_high"].tolist(),
        "partial": partial,
        "current": context.view.period,
        "colour": colour,
        "note": "",
    }
    _TREND(key=key, data=data, on_follow_change=follow)
    st.caption(reading_help(context, "The band is a 95 % interval (Wilson)."))
