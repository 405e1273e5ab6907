"""Trends: several topics over time, what rises and what fades, and the papers behind any mark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.components.link_list import link_list
from dashboard.components.links import Link, link_bar, view_button
from dashboard.components.paper_list import paper_list
from dashboard.components.topic_heat import topic_heat
from dashboard.components.topic_rows import numbered_label, topic_rows
from dashboard.components.trend_chart import trend_chart
from dashboard.context import PageContext
from dashboard.figures.palette import series_colours
from dashboard.navigation import hold, on_change
from dashboard.queries import topic_name, topic_overview, topic_trends, value_counts
from dashboard.safe_text import for_markdown
from dashboard.state import View
from dashboard.trend_words import MOVING, trend_evidence
from pipeline.schema import OUTLIER_TOPIC_ID

_N_DEFAULT = 5
_MAX_SERIES = 8
_N_RANKED = 8
_TEST = (
    "Tested over the whole corpus, whatever the filters: a logistic trend and a scan for bursts, both allowing for "
    "overdispersion, with the false discovery rate held at 5 %."
)


def render(context: PageContext) -> None:
    """Draw lines of a few topics with their ranking, or a heat map of all, and the papers of the clicked mark."""
    view = context.view
    st.title("Trends", anchor=False)
    as_heat = _choose_part(context) == "heat"
    chosen = compared_topics(context)
    if as_heat:
        topic_heat(context, key="trends-heat")
        if view.period or view.topic:
            _behind_the_mark(context)
        return
    if context.index.periods:
        _choosers(context)
    if view.group and chosen:
        _by_group(context, chosen[0])
    else:
        trends = topic_trends(context.index, context.mask, chosen)
        names = {topic_id: numbered_label(context, topic_id) for topic_id in chosen}
        trend_chart(
            context,
            trends.assign(series=trends["topic_id"]),
            names,
            topics=chosen,
            key="trends",
            title=f"Topics over time, {view.corpus}",
        )
    if view.period or view.topic:
        _behind_the_mark(context)
    elif context.index.periods:
        _ranking(context, [] if view.group else chosen)


def _choose_part(context: PageContext) -> str:
    """Lines of a few topics, or all topics as a heat map; the part that is shown."""
    view = context.view
    parts = {"time": "Lines of a few topics", "heat": "All topics"}
    chosen = view.part if view.part in parts else "time"
    if context.index.periods and len(context.index.topics):
        links = [Link(title, replace(_list_closed(view), part=part)) for part, title in parts.items()]
        link_bar(links, key="trends-parts", name="Ways to see trends", current=list(parts).index(chosen))
    return chosen


def compared_topics(context: PageContext) -> list[str]:
    """The topics on the chart: those chosen, else those that change most clearly, else the largest."""
    view, index = context.view, context.index
    if view.topics:
        return list(view.topics)[:_MAX_SERIES]
    topics = topic_overview(index, context.mask)
    tested = topics[topics["trend_class"].isin(MOVING) & (topics["n_papers"] > 0)]
    moving = tested.sort_values(["trend_q", "number"])["topic_id"].tolist()
    largest = topics[topics["n_papers"] > 0]["topic_id"].tolist()
    return list(dict.fromkeys([*moving, *largest]))[:_N_DEFAULT] or [OUTLIER_TOPIC_ID]


def _choosers(context: PageContext) -> None:
    view, index = context.view, context.index
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        topics = hold("trends-topics", list(view.topics))
        st.multiselect(
            "Topics",
            [*index.topic_ids, OUTLIER_TOPIC_ID],
            key=topics,
            format_func=lambda topic_id: numbered_label(context, topic_id),
            max_selections=_MAX_SERIES,
            placeholder=f"{_shown_at_first(view)}; choose up to eight others",
            width="stretch",
            on_change=on_change(topics, lambda chosen: _list_closed(replace(view, topics=tuple(chosen)))),
        )
        kinds = [kind for kind in ("venue", *index.facets) if len(index.values(kind).names) > 1]
        if kinds:
            group = hold("trends-group", view.group if view.group in kinds else "")
            st.selectbox(
                "Split by",
                ["", *kinds],
                key=group,
                format_func=lambda kind: for_markdown(kind.replace("_", " ").capitalize(), limit=30) or "Nothing",
                width=160,
                on_change=on_change(group, lambda kind: _list_closed(replace(view, group=kind or ""))),
            )


def _shown_at_first(view: View) -> str:
    return "The largest" if view.level else "Those that change most clearly"


def _list_closed(view: View) -> View:
    return replace(view, period=None, topic=None, paper=None, list_page=1)


def _by_group(context: PageContext, topic_id: str) -> None:
    """One topic, a line for each of the groups that have most of its papers."""
    view, index = context.view, context.index
    kind = for_markdown(view.group.replace("_", " "), limit=30)
    in_topic = context.mask & (index.topic_codes == index.topic_code_of[topic_id])
    groups = value_counts(index, view.group, in_topic)
    groups = groups[groups["n_papers"] > 0].sort_values("n_papers", ascending=False, kind="stable")
    drawn = [str(value) for value in groups["value"][:_MAX_SERIES]]
    said = [f"**{for_markdown(numbered_label(context, topic_id), limit=100)}**, split by {kind}."]
    if view.topics[1:]:
        said.append("Only the first topic chosen is split.")
    if len(groups) > len(drawn):
        said.append(f"Drawn are the {len(drawn)} with most papers of {len(groups):,}; the CSV has them all.")
    st.markdown(" ".join(said))
    trends = topic_trends(index, context.mask, [topic_id], view.group, drawn)
    trend_chart(
        context,
        trends.assign(series=trends["group"]),
        {name: name for name in drawn},
        topics=[topic_id],
        key="trends-groups",
        title=f"{topic_name(index, topic_id)} by {view.group}",
    )
    said = ["A share is of the papers of the same group."]
    if view.group != "venue":
        said.append("A paper with several values counts once in each, so the lines can add up to more than the topic.")
    st.caption(" ".join(said))


def _behind_the_mark(context: PageContext) -> None:
    view = context.view
    parts = [topic_name(context.index, view.topic)] if view.topic else []
    if view.period:
        parts.append(view.period)
    view_button("Close the list", _list_closed(view), key="trends-close", icon=":material/close:")
    paper_list(context, key="trends-papers", heading=", ".join(parts))


def _ranking(context: PageContext, drawn: Sequence[str]) -> None:
    """What rises and what fades over the whole corpus, with the evidence; those ``drawn`` wear the chart's colours."""
    if context.view.level:
        _not_tested(context)
        return
    topics = context.index.topics
    if not topics["trend_q"].notna().any():
        st.caption("No topic has enough dated papers over enough periods for a trend test.")
        return
    others = _not_moving(topics)
    if not topics["trend_class"].isin(MOVING).any():
        st.markdown(f"No topic rises, fades or had a burst clearly enough to say so: {others}.")
        st.caption(_TEST)
        return
    colours = dict(zip(drawn, series_colours(len(drawn), context.theme), strict=True))
    left, right = st.columns(2, gap="large")
    with left:
        rising = topics[topics["trend_class"].isin(["new", "rising"])].sort_values("trend_slope", ascending=False)
        _ranked(context, rising, "Rising", colours)
    with right:
        fading = topics[topics["trend_class"] == "fading"].sort_values("trend_slope")
        _ranked(context, fading, "Fading", colours)
        bursts = topics[topics["trend_class"] == "burst"].sort_values("trend_q")
        if len(bursts):
            _ranked(context, bursts, "Burst", colours)
    odds = "The factor is how the odds of a paper being in the topic change from year to year."
    st.caption(f"{odds} {others}. {_TEST}")


def _not_tested(context: PageContext) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("What rises and fades is tested for the finest topics alone.", width="content")
        view_button("Show them", context.view.at_level(0), key="trends-finest", icon=":material/account_tree:")


def _not_moving(topics: pd.DataFrame) -> str:
    """What is said of the topics that neither rise nor fade."""
    n_steady, n_few = (int((topics["trend_class"] == word).sum()) for word in ("steady", "too few"))
    said = f"{n_steady:,} {'topic shows' if n_steady == 1 else 'topics show'} no clear trend"
    return said + (f" and {n_few:,} {'has' if n_few == 1 else 'have'} too few papers to say" if n_few else "")


def _ranked(context: PageContext, topics: pd.DataFrame, heading: str, colours: Mapping[str, str]) -> None:
    st.subheader(heading, anchor=False)
    if not len(topics):
        st.caption("No topic changes clearly enough to say so.")
        return
    shown = topics.head(_N_RANKED)
    notes = {row["topic_id"]: trend_evidence(row) for row in shown.to_dict("records")}
    rows = topic_rows(
        context,
        list(notes),
        lambda topic_id: replace(context.view, topics=(topic_id,), list_page=1),
        notes=notes,
        lines=True,
        colours=colours,
    )
    link_list(rows, key=f"trends-{heading.lower()}", name=f"{heading} topics")
    if len(topics) > len(shown):
        more = context.view.to("topics", topic_sort="rising")
        view_button(f"{len(topics) - len(shown):,} more", more, key=f"trends-{heading.lower()}-more")
