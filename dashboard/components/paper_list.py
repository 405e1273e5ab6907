"""A list of papers: counted, sorted, paged, downloadable; each paper with what one needs to judge it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.components.downloads import bibliography_buttons, csv_button
from dashboard.components.links import view_button
from dashboard.components.open_paper import open_paper
from dashboard.components.paper_words import byline, marked_piece, paper_title, records, standing, topic_label
from dashboard.components.reading_list import keep_button
from dashboard.context import PageContext
from dashboard.fts_query import hit_spans, snippet
from dashboard.navigation import hold, on_change
from dashboard.queries import Hits, listed_papers, papers_at
from dashboard.safe_text import for_markdown, for_text
from dashboard.settings import SETTINGS
from dashboard.state import PAPER_SORTS, View

__all__ = ["LIST_ANCHOR", "open_paper", "paper_list"]

LIST_ANCHOR = "papers"
"""Where a link within a page leads that goes to its list of papers."""

_SORT_LABELS = {
    "strength": "Strength in topic",
    "borderline": "Most borderline",
    "newest": "Newest first",
    "oldest": "Oldest first",
    "citations": "Most cited",
    "title": "Title",
}
_SNIPPET_CHARACTERS = 260


def paper_list(
    context: PageContext, *, key: str, view: View | None = None, hits: Hits | None = None, heading: str = "Papers"
) -> None:
    """The papers of ``view``, a page of them at a time.

    Parameters
    ----------
    view
        What the list holds and what its CSV is; by default ``context.view``. It may
        differ from it in ``table`` and ``listed`` only, since sorting and paging change the latter.
    hits
        ``listed_papers(context.index, view, …)`` where it is at hand.
    heading
        Plain text.
    """
    view = replace(view or context.view, table="papers")
    hits = listed_papers(context.index, view, context.mask) if hits is None else hits
    n_listed = len(hits.rows)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.subheader(for_markdown(heading), anchor=LIST_ANCHOR, width="stretch")
        _sort_chooser(context, view, n_listed, key)
        _export_menu(context, view, n_listed, key)
    st.caption(f"{n_listed:,} of {context.index.n_papers:,} papers")
    if n_listed == 0:
        st.info("No paper fits. Widen the filters, or look for other words.", icon=":material/search_off:")
        return
    n_pages = -(-n_listed // SETTINGS.papers_per_page)
    page = min(view.list_page, n_pages)
    start = (page - 1) * SETTINGS.papers_per_page
    shown = slice(start, start + SETTINGS.papers_per_page)
    rows = hits.rows[shown]
    papers = papers_at(context.index, rows)
    abstracts = context.index.snapshot.abstracts(rows)
    marked = _marked_snippets(view, abstracts)
    for place, paper in enumerate(records(papers)):
        score = None if hits.scores is None else float(hits.scores[shown][place])
        _paper(context, paper, abstracts[place], marked[place], score, f"{key}-{place}")
    if n_pages > 1:
        with st.container(horizontal_alignment="center"):
            # A widget of its own for each page: this one takes no value from the session's state.
            pager = f"{key}-page-{page}-of-{n_pages}"
            turn = on_change(pager, lambda chosen: context.view.to(list_page=int(chosen)))
            st.pagination(n_pages, default=page, key=pager, on_change=turn)


def _sort_chooser(context: PageContext, view: View, n_listed: int, key: str) -> None:
    if n_listed < 2:
        return
    natural = _natural_order(view)
    orders = ["", *(sort for sort in PAPER_SORTS if sort != natural)]
    if context.index.year_range is None:
        orders = [sort for sort in orders if sort not in ("newest", "oldest")]
    if not context.index.papers["citations"].notna().any():
        orders = [sort for sort in orders if sort != "citations"]
    if len(context.index.topics) < 2:
        orders = [sort for sort in orders if sort != "borderline"]
    chosen = hold(f"{key}-sort", view.sort if view.sort in orders else "")
    st.selectbox(
        "Order",
        orders,
        format_func=lambda sort: _SORT_LABELS.get(sort) or _SORT_LABELS.get(natural) or natural,
        key=chosen,
        label_visibility="collapsed",
        width=170,
        on_change=on_change(chosen, lambda sort: context.view.to(sort=sort or "")),
    )


def _natural_order(view: View) -> str:
    if view.page == "reading-list":
        return "As put on the list"
    if view.similar:
        return "Most similar"
    if view.search:
        return "Best match" if view.mode == "words" else "Closest in meaning"
    return "strength" if view.topic else "newest"


def _export_menu(context: PageContext, view: View, n_listed: int, key: str) -> None:
    if not n_listed:
        return
    with st.popover("Export", icon=":material/download:", help="Take this list away"):
        with_abstracts = hold(f"{key}-abstracts", view.abstracts)
        st.checkbox(
            "With abstracts",
            key=with_abstracts,
            on_change=on_change(
                with_abstracts,
                lambda chosen: replace(context.view, abstracts=bool(chosen)),
            ),
        )
        csv_button(context, view, n_listed, key=f"{key}-csv", label=f"{n_listed:,} papers as CSV")
        bibliography_buttons(context, view, n_listed, key=key)


# --- one paper --------------------------------------------------------------------------


def _paper(context: PageContext, paper: Any, abstract: str, snippet_text: str, score: float | None, key: str) -> None:
    view = context.view
    with st.container(border=True, gap="xsmall", key=key):
        st.markdown(f"**{paper_title(paper)}**")
        st.caption(byline(paper))
        if snippet_text:
            st.markdown(snippet_text)
        with st.expander("Abstract", key=f"{key}-abstract", type="compact"):
            st.text(for_text(abstract) or "This paper has no abstract.")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if view.topic != paper.topic_id:
                label = for_markdown(topic_label(paper), limit=60)
                view_button(label, view.to("topics", topic=paper.topic_id), key=f"{key}-topic", icon=":material/label:")
            view_button("Details", replace(view, paper=paper.paper_id), key=f"{key}-open", icon=":material/article:")
            view_button(
                "Similar",
                View(
                    view.corpus,
                    view.snapshot_id,
                    "search",
                    similar=paper.paper_id,
                    filters=view.filters,
                    level=view.level,
                ),
                key=f"{key}-similar",
                icon=":material/join_inner:",
            )
            view_button(
                "On the map", view.to("map", paper=paper.paper_id), key=f"{key}-map", icon=":material/location_on:"
            )
            keep_button(view, paper.paper_id, key=f"{key}-keep")
            st.caption(standing(paper, score), width="content")


def _marked_snippets(view: View, abstracts: Sequence[str]) -> list[str]:
    """Where the words searched for stand in each abstract, as markdown; empty without a search by words."""
    if view.page == "reading-list" or not view.search or view.mode != "words" or view.similar:
        return [""] * len(abstracts)
    spans = hit_spans(abstracts, view.search)
    return [
        "".join(
            marked_piece(piece, "primary" if hit else "")
            for piece, hit in snippet(abstract, found, _SNIPPET_CHARACTERS)
        )
        if found
        else ""
        for abstract, found in zip(abstracts, spans, strict=True)
    ]
