"""The paper that is open: a drawer over the page, or a panel beside the map."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from dashboard.components.links import view_button
from dashboard.components.paper_place import paper_place
from dashboard.components.paper_rows import paper_links
from dashboard.components.paper_words import byline, items, paper_title, records, standing
from dashboard.components.placement import abstract_and_place
from dashboard.components.reading_list import keep_button
from dashboard.context import PageContext
from dashboard.navigation import go
from dashboard.queries import papers_at, similar_papers
from dashboard.safe_text import for_markdown
from dashboard.state import View

_DRAWER_PIXELS = 620
_N_SIMILAR = 5


def open_paper(context: PageContext) -> None:
    """A panel with the paper that ``context.view`` opens, in full; nothing when none is open."""
    view = context.view
    if view.paper is None:
        return
    paper = _paper(context, view.paper)
    with st.container(border=True, key="open-paper"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(paper_title(paper), anchor=False, width="stretch")
            view_button("Close", replace(view, paper=None), key="open-paper-close", icon=":material/close:")
        _details(context, paper, in_dialog=False)


def paper_drawer(context: PageContext) -> None:
    """The same as a drawer at the right of the window, wherever in a list one stood.

    Dismissing it is one more step in the browser's history: Back opens it again.
    """
    view = context.view
    if view.paper is None:
        return
    paper = _paper(context, view.paper)

    def close() -> None:
        go(replace(view, paper=None), view)

    @st.dialog("Paper", position="right", width=_DRAWER_PIXELS, on_dismiss=close)
    def drawer() -> None:
        st.subheader(paper_title(paper), anchor=False)
        _details(context, paper, in_dialog=True)

    drawer()


def _paper(context: PageContext, paper_id: str) -> Any:
    return next(records(papers_at(context.index, np.array([context.index.rows_by_id[paper_id]]))))


def _details(context: PageContext, paper: Any, in_dialog: bool) -> None:
    view, index = context.view, context.index
    st.caption(byline(paper))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        keep_button(view, paper.paper_id, key="open-paper-keep", in_dialog=in_dialog)
        if view.page != "map":
            view_button(
                "On the map",
                view.to("map", paper=paper.paper_id),
                key="open-paper-map",
                icon=":material/location_on:",
                in_dialog=in_dialog,
            )
        st.caption(standing(paper, None) or "Outside every topic", width="content")
    abstract_and_place(context, paper, in_dialog=in_dialog)
    if keywords := items(paper.keywords):
        st.caption("Keywords: " + for_markdown(", ".join(keywords), limit=400))
    if view.page != "map":
        st.markdown("**Its place on the map**")
        paper_place(context, paper, key="open-paper-place")
        st.caption("All papers in grey, those of its topic in colour: the more, the stronger.")
    similar = similar_papers(index, paper.row)
    if similar.scores is None or not len(similar.rows):
        return
    st.markdown("**Most similar papers**")
    similarities = [f"{similarity:.2f}" for similarity in similar.scores[:_N_SIMILAR]]
    paper_links(
        context,
        similar.rows[:_N_SIMILAR],
        similarities,
        key="open-paper-near",
        name="Most similar papers",
        in_dialog=in_dialog,
    )
    view_button(
        "List all similar papers",
        View(view.corpus, view.snapshot_id, "search", similar=paper.paper_id, filters=view.filters, level=view.level),
        key="open-paper-similar",
        icon=":material/join_inner:",
        in_dialog=in_dialog,
    )
