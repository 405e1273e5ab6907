"""Map: every paper a point; what is under the pointer, and what is in the region."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from dashboard.components.corpus_map import corpus_map
from dashboard.components.downloads import figure_button
from dashboard.components.link_list import link_list
from dashboard.components.links import view_button
from dashboard.components.map_event import MapEvent
from dashboard.components.open_paper import open_paper
from dashboard.components.paper_list import paper_list
from dashboard.components.topic_rows import numbered_label, topic_rows
from dashboard.context import PageContext
from dashboard.figures.topic_map import topic_map_figure
from dashboard.navigation import go, hold, on_change
from dashboard.queries import UNDATED, Mask, Rows, listed_papers, topic_sizes
from dashboard.safe_text import for_markdown
from dashboard.state import COLOURS, View
from pipeline.schema import OUTLIER_TOPIC_ID

_HEIGHT = 600
_FOOT = 36  # pixels under the map that belong to it
_PANEL_TOPICS = 60


def render(context: PageContext) -> None:
    """Draw the map, the panel beside it and the list of what is selected."""
    view = context.view
    left, right = st.columns([2.5, 1], gap="medium")
    with left:
        _map(context)
    with right, st.container(height=_HEIGHT + _FOOT, border=False, key="map-panel"):
        if view.paper:
            open_paper(context)
        elif view.selection or view.topic:
            _selected(context)
        else:
            _legend(context)
    paper_list(context, key="map-papers", heading=_list_heading(context))


# --- the map -----------------------------------------------------------------------


def _map(context: PageContext) -> None:
    view, index = context.view, context.index
    corpus_map(
        context,
        key="map",
        height=_HEIGHT,
        colour_by="year" if view.colour_by == "year" else "topic",
        level=view.level,
        topics=view.topics or ((view.topic,) if view.topic else ()),
        highlighted=np.flatnonzero(context.mask & (index.topic_codes < 0)) if view.topic == OUTLIER_TOPIC_ID else (),
        paper=index.rows_by_id[view.paper] if view.paper else None,
        selection=view.selection,
        window=view.viewport,
        on_event=lambda event: _act(context, event),
    )


def _act(context: PageContext, event: MapEvent) -> None:
    """What a gesture on the map leads to; the part in view goes into the link with it."""
    index = context.index
    view = replace(context.view, viewport=event.viewport)
    if event.cleared:
        view = replace(view, selection=None, paper=None, list_page=1)
    elif event.polygon is not None:
        view = replace(view, selection=event.polygon, paper=None, list_page=1)
    elif event.picked_row is not None:
        view = replace(view, paper=str(index.papers["paper_id"].iloc[event.picked_row]))
    elif event.picked_topic is not None:
        view = _toggled(view, event.picked_topic)
    go(view, context.view)


def _toggled(view: View, topic_id: str) -> View:
    """The topic's papers; all of them again when it was the one."""
    return replace(view, topic=None if view.topic == topic_id else topic_id, paper=None, list_page=1)


# --- the panel -----------------------------------------------------------------------


def _legend(context: PageContext) -> None:
    """How the map is coloured, and the topics by size, each a way to its papers."""
    view = context.view
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if context.index.year_range:
            colour = hold("map-colour", view.colour_by)
            st.segmented_control(
                "Colour by",
                COLOURS,
                key=colour,
                format_func=lambda name: f"By {name}",
                required=True,
                label_visibility="collapsed",
                on_change=on_change(colour, lambda chosen: replace(view, colour_by=chosen or "topic")),
            )
        st.space("stretch")
        figure_button(lambda: _figure(context), f"Map of {view.corpus}", context, key="map-html")
    if not len(context.index.topics):
        st.markdown("No topic was found in this corpus: its papers are too few, or too unlike each other.")
        return
    _bring_forward(context)
    _topic_counts(context, context.mask, key="map-legend")


def _bring_forward(context: PageContext) -> None:
    view = context.view
    highlight = hold("map-topics", list(view.topics))
    st.multiselect(
        "Bring topics forward",
        list(context.index.topic_ids),
        key=highlight,
        format_func=lambda topic_id: numbered_label(context, topic_id),
        placeholder="Bring topics forward",
        label_visibility="collapsed",
        on_change=on_change(highlight, lambda chosen: replace(view, topics=tuple(chosen), list_page=1)),
    )


def _figure(context: PageContext) -> Any:
    """The map as a picture to take away, made when it is asked for."""
    index = context.index
    named = np.array([*index.topic_ids, OUTLIER_TOPIC_ID], dtype=object)
    return topic_map_figure(
        index.papers.assign(topic_id=named[index.topic_codes]),
        index.topics.assign(level=0),
        theme=context.theme,
        shown=None if context.n_matching == index.n_papers else context.mask,
        title=f"{index.corpus}: {context.n_matching:,} papers",
    )


def _selected(context: PageContext) -> None:
    """What the region or topic holds: how much, of which topics, of which years."""
    view, index = context.view, context.index
    rows = listed_papers(index, view, context.mask).rows
    st.subheader(for_markdown(_list_heading(context), limit=90), anchor=False)
    st.markdown(f"**{len(rows):,}** of {index.n_papers:,} papers{_years(context, rows)}")
    with st.container(horizontal=True, gap="small"):
        if view.topic:
            page = view.to("topics", topic=view.topic)
            view_button("Open the topic's page", page, key="map-open-topic", icon=":material/label:")
        cleared = replace(view, selection=None, topic=None, list_page=1)
        view_button("Show all papers", cleared, key="map-clear", icon=":material/close:")
    if view.selection:
        within = np.zeros(index.n_papers, dtype=bool)
        within[rows] = True
        _topic_counts(context, within, key="map-region")
    elif view.topic != OUTLIER_TOPIC_ID and (topic := index.topic(view.topic or "")) is not None:
        words = [for_markdown(word, limit=50) for word in list(topic["keywords"])[:10]]
        st.markdown(" ".join(f":gray-badge[{word}]" for word in words))
        if level := index.level_of[view.topic or ""]:
            _topic_counts(
                context.at_level(level - 1), context.mask & index.in_topic(view.topic or ""), key="map-within"
            )


def _topic_counts(context: PageContext, mask: Mask, *, key: str) -> None:
    """Topics within ``mask``, largest first, each leading to itself on the map."""
    view, index = context.view, context.index
    sizes, n_outliers = topic_sizes(index, mask)
    order = [int(code) for code in np.argsort(-sizes, kind="stable") if sizes[code]]
    shown = {index.topic_ids[code]: int(sizes[code]) for code in order[:_PANEL_TOPICS]}
    if n_outliers:
        shown[OUTLIER_TOPIC_ID] = n_outliers
    link_list(
        topic_rows(
            context,
            list(shown),
            lambda topic_id: _toggled(view, topic_id),
            notes={topic_id: f"{size:,}" for topic_id, size in shown.items()},
            current=view.topic,
        ),
        key=key,
        name="Topics",
    )
    if rest := order[_PANEL_TOPICS:]:
        st.caption(f"and {len(rest):,} smaller topics with {sum(int(sizes[code]) for code in rest):,} papers")


def _years(context: PageContext, rows: Rows) -> str:
    years = context.index.years[rows]
    dated = years[years != UNDATED]
    if not len(dated):
        return ""
    first, last = int(dated.min()), int(dated.max())
    return f", {first}" if first == last else f", {first} to {last}"


def _list_heading(context: PageContext) -> str:
    view = context.view
    if view.topic:
        label = numbered_label(context, view.topic)
        return f"{label}, in this region" if view.selection else label
    return "Papers in this region" if view.selection else "All papers on the map"
