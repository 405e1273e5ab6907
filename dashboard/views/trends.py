"""Trends: several topics over time, what rises and what fades, and the papers behind any mark."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.components.links import view_button
from dashboard.components.paper_list import paper_list
from dashboard.components.trend_chart import trend_chart
from dashboard.context import PageContext
from dashboard.navigation import hold, on_change
from dashboard.queries import topic_name, topic_overview, topic_trends, value_counts
from dashboard.safe_text import for_markdown
from dashboard.state import View
from dashboard.views.topics import TREND_WORDS
from pipeline.schema import OUTLIER_TOPIC_ID

_N_DEFAULT = 5
_MAX_SERIES = 8
_N_RANKED = 10


def render(context: PageContext) -> None:
    """Draw the chooser, the chart, the ranking and the papers of the clicked mark."""
    view = context.view
    if context.index.periods:
        _choosers(context)
    chosen = compared_topics(context)
    if view.group:
        _by_group(context, chosen)
    else:
        trends = topic_trends(context.index, context.mask, chosen)
        names = {topic_id: _label(context, topic_id) for topic_id in chosen}
        trend_chart(context, trends.assign(series=trends["topic_id"]), names, key="trends")
    if view.period or view.topic:
        _behind_the_mark(context)
    elif context.index.periods:
        _ranking(context)


def compared_topics(context: PageContext) -> list[str]:
    """The topics on the chart: those chosen, else those that change most clearly, else the largest."""
    view, index = context.view, context.index
    if view.topics:
        return list(view.topics)[:_MAX_SERIES]
    topics = topic_overview(index, context.mask)
    tested = topics[topics["trend_class"].isin(["new", "rising", "fading"]) & (topics["n_papers"] > 0)]
    moving = tested.sort_values(["trend_q", "number"])["topic_id"].tolist()
    largest = topics[topics["n_papers"] > 0]["topic_id"].tolist()
    return list(dict.fromkeys([*moving, *largest]))[:_N_DEFAULT]


def _choosers(context: PageContext) -> None:
    view, index = context.view, context.index
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        topics = hold("trends-topics", list(view.topics))
        st.multiselect(
            "Topics",
            [*index.topic_ids, OUTLIER_TOPIC_ID],
            key=topics,
            format_func=lambda topic_id: _label(context, topic_id),
            max_selections=_MAX_SERIES,
            placeholder="the clearest changes; choose up to eight",
            width="stretch",
            on_change=on_change(topics, lambda chosen: _mark_closed(replace(view, topics=tuple(chosen)))),
        )
        kinds = ["", *(kind for kind in ("venue", *index.facets) if kind == "venue" or kind in index.facets)]
        kinds = [kind for kind in dict.fromkeys(kinds) if not kind or len(index.values(kind).names) > 1]
        if len(kinds) > 1:
            group = hold("trends-group", view.group if view.group in kinds else "")
            st.selectbox(
                "Split by",
                kinds,
                key=group,
                format_func=lambda kind: kind.capitalize() if kind else "nothing",
                width=170,
                on_change=on_change(group, lambda kind: _mark_closed(replace(view, group=kind or ""))),
            )


def _mark_closed(view: View) -> View:
    return replace(view, period=None, topic=None, list_page=1)


def _by_group(context: PageContext, chosen: list[str]) -> None:
    """One topic, a line for each of its largest groups."""
    view, index = context.view, context.index
    topic_id = chosen[0] if chosen else OUTLIER_TOPIC_ID
    in_topic = context.mask & (index.topic_codes == index.topic_code_of[topic_id])
    groups = value_counts(index, view.group, in_topic)[:_MAX_SERIES]
    names = [str(name) for name in groups["value"]]
    trends = topic_trends(index, context.mask, [topic_id], view.group, names)
    st.markdown(f"**{for_markdown(_label(context, topic_id))}**, by {for_markdown(view.group)}")
    if view.topics[1:]:
        st.caption("Only the first topic chosen is split.")
    trend_chart(context, trends.assign(series=trends["group"]), {name: name for name in names}, key="trends-groups")
    if view.group != "venue":
        st.caption("A paper with several values counts once in each, so the lines can add up to more than the topic.")


def _behind_the_mark(context: PageContext) -> None:
    view = context.view
    parts = [topic_name(context.index, view.topic)] if view.topic else []
    if view.period:
        parts.append(view.period)
    view_button("Close the list", _mark_closed(view), key="trends-close", icon=":material/close:")
    paper_list(context, key="trends-papers", heading=", ".join(parts))


def _ranking(context: PageContext) -> None:
    """What rises and what fades over the whole corpus, with the evidence."""
    topics = context.index.topics
    tested = topics[topics["trend_q"].notna()]
    if not len(tested):
        st.caption("No topic has enough dated papers over enough periods for a trend test.")
        return
    left, right = st.columns(2, gap="large")
    with left:
        _ranked(context, tested[tested["trend_class"].isin(["new", "rising"])], "Rising", rising=True)
    with right:
        _ranked(context, tested[tested["trend_class"] == "fading"], "Fading", rising=False)
    n_steady = int((topics["trend_class"] == "steady").sum())
    n_few = int((topics["trend_class"] == "too few").sum())
    st.caption(
        f"Tested over the whole corpus, filters aside: a logistic trend of each topic's share that allows for "
        f"overdispersion, with the false discovery rate held at 5 %. {n_steady:,} topics are steady; "
        f"{n_few:,} have too few papers to say."
    )


def _ranked(context: PageContext, topics: pd.DataFrame, heading: str, *, rising: bool) -> None:
    st.subheader(heading, anchor=False)
    if not len(topics):
        st.caption("No topic changes clearly enough to say so.")
        return
    for topic in topics.sort_values("trend_slope", ascending=not rising).head(_N_RANKED).itertuples(index=False):
        factor = float(np.exp(topic.trend_slope))
        word = "" if topic.trend_class in ("rising", "fading") else f", {TREND_WORDS[topic.trend_class]}"
        label = (
            f"{for_markdown(f'{topic.number} {topic.label}', limit=60)} "
            f":gray[×{factor:.2f} a year, p {_p(topic.trend_q)}{word}]"
        )
        shown = replace(context.view, topics=(topic.topic_id,), list_page=1)
        view_button(label, shown, key=f"trends-{topic.topic_id}", help="Show it on the chart")


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"


def _label(context: PageContext, topic_id: str) -> str:
    topic = context.index.topic(topic_id)
    return topic_name(context.index, topic_id) if topic is None else f"{topic['number']} {topic['label']}"
