"""Map: every paper a point; what is under the pointer, and what is in the region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from dashboard import data
from dashboard.components.links import view_button
from dashboard.components.map_event import MapEvent
from dashboard.components.paper_list import open_paper, paper_list
from dashboard.components.topic_map import topic_map
from dashboard.context import PageContext
from dashboard.navigation import go, hold, on_change
from dashboard.queries import Rows, listed_papers, topic_name, topic_sizes
from dashboard.safe_text import for_markdown, for_text
from dashboard.state import COLOURS

_HEIGHT = 640
_PANEL_TOPICS = 40


def render(context: PageContext) -> None:
    """Draw the map, the panel beside it and the list of what is selected."""
    view = context.view
    hits = listed_papers(context.index, view, context.mask) if view.mode == "words" else None
    _controls(context)
    left, right = st.columns([2.4, 1], gap="medium")
    with left:
        _map(context, hits.rows if hits is not None and view.search else None)
    with right, st.container(height=_HEIGHT, border=False, key="map-panel"):
        if view.paper:
            open_paper(context)
        elif view.selection or view.topic:
            _selected(context)
        else:
            _legend(context)
    paper_list(context, key="map-papers", heading=_list_heading(context))


def _controls(context: PageContext) -> None:
    view = context.view
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        highlight = hold("map-topics", list(view.topics))
        st.multiselect(
            "Bring topics forward",
            list(context.index.topic_ids),
            key=highlight,
            format_func=lambda topic_id: _topic_label(context, topic_id),
            placeholder="all topics",
            on_change=on_change(highlight, lambda chosen: replace(view, topics=tuple(chosen), list_page=1)),
            width="stretch",
        )
        colours = [colour for colour in COLOURS if colour != "year" or context.index.year_range]
        colour = hold("map-colour", view.colour_by)
        st.segmented_control(
            "Colour by",
            colours,
            key=colour,
            format_func=str.capitalize,
            on_change=on_change(colour, lambda chosen: replace(view, colour_by=chosen or "topic")),
        )


def _map(context: PageContext, highlighted: Rows | None) -> None:
    view, index = context.view, context.index

    def titles(rows: Sequence[int]) -> list[str]:
        return [for_text(title) for title in index.papers["title"].iloc[list(rows)]]

    n_shown = context.n_matching
    topic_map(
        data.map_points(view.corpus, view.snapshot_id),
        key="map",
        titles=titles,
        shown=None if n_shown == index.n_papers else context.mask,
        colour_by="year" if view.colour_by == "year" else "topic",
        topics=view.topics or ((view.topic,) if view.topic else ()),
        highlighted=() if highlighted is None else highlighted,
        paper=index.rows_by_id[view.paper] if view.paper else None,
        selection=view.selection,
        caption=f"Topic Explorer, {view.corpus}, snapshot {view.snapshot_id}",
        height=_HEIGHT,
        on_event=lambda event: _act(context, event),
    )


def _act(context: PageContext, event: MapEvent) -> None:
    """What a gesture on the map leads to."""
    view, index = context.view, context.index
    if event.cleared:
        go(replace(view, selection=None, paper=None, list_page=1))
    elif event.polygon is not None:
        go(replace(view, selection=event.polygon, paper=None, list_page=1))
    elif event.picked_row is not None:
        go(replace(view, paper=str(index.papers["paper_id"].iloc[event.picked_row])))
    elif event.picked_topic is not None:
        topic = None if view.topic == event.picked_topic else event.picked_topic
        go(replace(view, topic=topic, paper=None, list_page=1))


def _selected(context: PageContext) -> None:
    """What the region or topic holds: counts, topics, years."""
    view, index = context.view, context.index
    rows = listed_papers(index, view, context.mask).rows
    st.subheader(for_markdown(_list_heading(context), limit=90), anchor=False)
    st.markdown(f"**{len(rows):,}** of {index.n_papers:,} papers{_years(context, rows)}")
    with st.container(horizontal=True, gap="small"):
        if view.topic:
            view_button(
                "Open the topic's page",
                view.to("topics", topic=view.topic),
                key="map-open-topic",
                icon=":material/label:",
            )
        view_button(
            "Clear", replace(view, selection=None, topic=None, list_page=1), key="map-clear", icon=":material/close:"
        )
    if view.selection:
        within = np.zeros(index.n_papers, dtype=bool)
        within[rows] = True
        _topic_counts(context, within, key="map-region")


def _legend(context: PageContext) -> None:
    """The topics by size, each a way to its papers on the map."""
    st.subheader("Topics", anchor=False)
    st.caption(
        "Click a point to read the paper, a label or a topic below for its papers; draw around a region for a list."
    )
    _topic_counts(context, context.mask, key="map-legend")


def _topic_counts(context: PageContext, mask: np.ndarray, *, key: str) -> None:
    """Topics within ``mask``, largest first, each leading to itself on the map."""
    view, index = context.view, context.index
    sizes, n_outliers = topic_sizes(index, mask)
    order = [int(code) for code in np.argsort(-sizes, kind="stable") if sizes[code]]
    for code in order[:_PANEL_TOPICS]:
        topic_id = index.topic_ids[code]
        label = f"{for_markdown(_topic_label(context, topic_id), limit=60)} :gray[{sizes[code]:,}]"
        view_button(label, replace(view, topic=topic_id, paper=None, list_page=1), key=f"{key}-{topic_id}")
    if len(order) > _PANEL_TOPICS:
        rest = sum(int(sizes[code]) for code in order[_PANEL_TOPICS:])
        st.caption(f"and {len(order) - _PANEL_TOPICS} smaller topics with {rest:,} papers")
    if n_outliers:
        st.caption(f"{n_outliers:,} papers outside every topic are grey.")


def _years(context: PageContext, rows: Rows) -> str:
    years = context.index.years[rows]
    dated = years[years > 0]
    if not len(dated):
        return ""
    first, last = int(dated.min()), int(dated.max())
    return f", {first}" if first == last else f", {first} to {last}"


def _list_heading(context: PageContext) -> str:
    view = context.view
    parts = []
    if view.topic:
        parts.append(_topic_label(context, view.topic))
    if view.selection:
        parts.append("in this region" if parts else "In this region")
    return " ".join(parts) or "All papers on the map"


def _topic_label(context: PageContext, topic_id: str) -> str:
    topic = context.index.topic(topic_id)
    return topic_name(context.index, topic_id) if topic is None else f"{topic['number']} {topic['label']}"
