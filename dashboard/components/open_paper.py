"""The paper that is open: a drawer over the page, or a panel beside the map."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from dashboard.components.links import view_button
from dashboard.components.paper_words import byline, items, paper_title, records, standing, topic_label
from dashboard.components.reading_list import keep_button
from dashboard.context import PageContext
from dashboard.navigation import go
from dashboard.queries import papers_at, similar_papers
from dashboard.safe_text import for_markdown, for_text
from dashboard.state import View
from pipeline.schema import OUTLIER_TOPIC_ID

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
    st.text(for_text(index.snapshot.abstract(paper.row)) or "This paper has no abstract.")
    if keywords := items(paper.keywords):
        st.caption("Keywords: " + for_markdown(", ".join(keywords), limit=400))
    _placed(context, paper, in_dialog)
    similar = similar_papers(index, paper.row)
    if similar.scores is None or not len(similar.rows):
        return
    st.markdown("**Most similar papers**")
    with st.container(gap=None):
        for place, near in enumerate(records(papers_at(index, similar.rows[:_N_SIMILAR]))):
            _near(view, near, float(similar.scores[place]), place, in_dialog)
    view_button(
        "List all similar papers",
        View(view.corpus, view.snapshot_id, "search", similar=paper.paper_id, filters=view.filters),
        key="open-paper-similar",
        icon=":material/join_inner:",
        in_dialog=in_dialog,
    )


def _near(view: View, near: Any, similarity: float, place: int, in_dialog: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        title = for_markdown(near.title, limit=160)
        view_button(title, replace(view, paper=near.paper_id), key=f"open-paper-near-{place}", in_dialog=in_dialog)
        st.caption(f"similarity {similarity:.2f}", width="content")


def _placed(context: PageContext, paper: Any, in_dialog: bool) -> None:
    """Which topic the paper is in, how surely, and where else it could be."""
    view = context.view
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        view_button(
            for_markdown(topic_label(paper), limit=80),
            view.to("topics", topic=paper.topic_id),
            key="open-paper-topic",
            icon=":material/label:",
            in_dialog=in_dialog,
        )
        if view.page != "map":
            view_button(
                "On the map",
                view.to("map", paper=paper.paper_id),
                key="open-paper-map",
                icon=":material/location_on:",
                in_dialog=in_dialog,
            )
        keep_button(view, paper.paper_id, key="open-paper-keep", in_dialog=in_dialog)
        said = [standing(paper, None)]
        if paper.topic_id == OUTLIER_TOPIC_ID and (name := _topic_of(context, paper.nearest_topic_id)):
            said.append(f"nearest topic {name}")
        if name := _topic_of(context, paper.second_topic_id):
            said.append(f"next nearest {name}, by a margin of {paper.margin:.2f}")
        st.caption(" · ".join(part for part in said if part), width="content")


def _topic_of(context: PageContext, topic_id: Any) -> str:
    topic = context.index.topic(topic_id) if isinstance(topic_id, str) else None
    return "" if topic is None else for_markdown(topic["label"], limit=60)
