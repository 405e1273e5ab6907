"""The switch between levels of topics: it holds on every page that shows topics."""

from __future__ import annotations

import streamlit as st

from dashboard.context import PageContext
from dashboard.navigation import hold, on_change

SHOWN_ON = ("overview", "map", "topics", "trends")
"""Pages whose topics are of one level; the Hierarchy shows all levels, other pages the finest."""


def level_switch(context: PageContext) -> None:
    """A choice of how many topics; nothing where there is one level, or where the page has its own."""
    view, levels = context.view, context.index.levels
    if len(levels) < 2 or view.page not in SHOWN_ON or (view.page == "topics" and view.topic is not None):
        return
    sizes = [len(own.topics) for own in levels]
    key = hold("level", view.level)
    st.segmented_control(
        "Topics",
        list(reversed(range(len(levels)))),
        key=key,
        format_func=lambda level: f"{sizes[level]:,}" + ("" if level else " topics"),
        required=True,
        label_visibility="collapsed",
        help="How finely the papers are told apart",
        on_change=on_change(key, lambda level: view.at_level(int(level or 0))),
    )
