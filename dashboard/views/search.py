"""Search: by words, by meaning, and papers similar to one."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard import data
from dashboard.components.links import view_button
from dashboard.components.paper_list import paper_list
from dashboard.context import PageContext
from dashboard.fts_query import fts_query
from dashboard.navigation import hold, on_change
from dashboard.queries import MAX_NEAREST, Hits, listed_papers
from dashboard.safe_text import for_markdown
from pipeline.embedding.query import QueryUnavailable

_LABELS = {"words": "Words", "meaning": "Meaning"}


def render(context: PageContext) -> None:
    """Draw the page."""
    view = context.view
    if view.similar is not None:
        _similar(context)
        return
    st.title("Search", anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        key = hold("search", view.search)
        st.text_input(
            "Search",
            key=key,
            type="search",
            placeholder="What are you looking for?",
            label_visibility="collapsed",
            icon=":material/search:",
            on_change=on_change(key, lambda text: view.to(search=text or "", sort="")),
        )
        key = hold("search-mode", view.mode)
        st.segmented_control(
            "Search by",
            list(_LABELS),
            format_func=_LABELS.__getitem__,
            key=key,
            required=True,
            label_visibility="collapsed",
            on_change=on_change(key, lambda mode: view.to(mode=mode if mode in _LABELS else "words", sort="")),
        )
    if not view.search:
        _help(context)
        return
    hits = _by_meaning(context) if view.mode == "meaning" else _by_words(context)
    if hits is not None:
        paper_list(context, key="found", hits=hits, heading="Found")


def _similar(context: PageContext) -> None:
    view, index = context.view, context.index
    assert view.similar is not None
    title = index.papers["title"].iloc[index.rows_by_id[view.similar]]
    st.title("Similar papers", anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"to **{for_markdown(title, limit=200)}**", width="content")
        view_button("Details", replace(view, paper=view.similar), key="similar-open", icon=":material/article:")
        view_button("Search instead", view.to(similar=None), key="similar-close", icon=":material/search:")
    n_nearest = index.snapshot.neighbours.shape[1]
    st.caption(f"Its {n_nearest} nearest papers in meaning, as far as they pass the filters.")
    paper_list(context, key="similar", heading="Nearest papers")


def _by_words(context: PageContext) -> Hits | None:
    if fts_query(context.view.search) is None:
        st.info("There is no word to look for in this: name at least one that papers should hold.")
        return None
    return listed_papers(context.index, context.view, context.mask)


def _by_meaning(context: PageContext) -> Hits | None:
    view = context.view
    try:
        encoder = data.query_encoder(view.corpus, view.snapshot_id)
    except QueryUnavailable as error:
        st.info(for_markdown(str(error)))
        return None
    vector = encoder.encode(view.search)
    if not vector.any():
        st.info(
            "This corpus knows none of these words, so the text has no place among its papers. Try others.",
            icon=":material/search_off:",
        )
        return None
    st.caption(f"Nearest in meaning first, at most {MAX_NEAREST}, of the papers that pass the filters.")
    return listed_papers(context.index, view, context.mask, vector)


def _help(context: PageContext) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**By words** finds papers that hold what you type, best matches first.")
        st.table(
            {
                "Type": ["robot learning", '"graph neural"', "embod*", "robot OR drone", "robot -survey"],
                "to find papers with": [
                    "both words, anywhere",
                    "exactly this phrase",
                    "words that begin so",
                    "either word",
                    "the first word, not the second",
                ],
            },
            hide_index=True,
            alt="How to search by words",
        )
    with right:
        st.markdown("**By meaning** finds papers near to what you describe, whatever words they use.")
        st.caption(
            "Write a sentence or paste an abstract's first lines: it is placed among the papers, "
            "and the nearest are listed. A whole bibliography is placed at once under *Place my papers*."
        )
