"""Reading list: the papers a visitor put aside, to go through, take away or send."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard.components.link_list import link_list
from dashboard.components.links import view_button
from dashboard.components.paper_list import paper_list
from dashboard.components.reading_list import add, as_sent, papers_on_list, remove, undo, undo_of
from dashboard.components.topic_rows import topic_rows
from dashboard.context import PageContext
from dashboard.queries import FoundPapers, Hits, in_order, papers_of_codes, papers_of_ids, topic_sizes
from dashboard.safe_text import for_markdown
from dashboard.state import MAX_LISTED
from pipeline.schema import OUTLIER_TOPIC_ID

_N_NAMED = 5  # papers that are gone, by id


def render(context: PageContext) -> None:
    """Draw the list that the link holds, or the visitor's own."""
    if context.view.listed:
        _sent(context)
    else:
        _own(context)


def _own(context: PageContext) -> None:
    corpus = context.view.corpus
    papers = papers_on_list(corpus)
    st.title("Reading list", anchor=False)
    _undo(corpus)
    if not papers:
        st.markdown("Nothing is on your reading list of this corpus.")
        st.markdown(
            "**Add to list** stands at every paper, the bookmark at every short list. "
            "The list stays in this browser, for this corpus, until you take papers off it; nobody else sees it. "
            "It can be sent as a link and taken away as CSV, BibTeX or RIS."
        )
        return
    found = papers_of_ids(context.index, papers)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f"**{_papers(len(papers))}**, kept in this browser. *Link*, above, gives an address that holds the list.",
            width="content",
        )
        st.button(
            "Take all off",
            key="reading-list-clear",
            icon=":material/delete_sweep:",
            type="tertiary",
            on_click=remove,
            args=(corpus, papers, f"{_were(len(papers))} taken off the list."),
        )
    if found.gone:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            named = ", ".join(for_markdown(paper, limit=60) for paper in found.gone[:_N_NAMED])
            more = f" and {len(found.gone) - _N_NAMED} more" if len(found.gone) > _N_NAMED else ""
            st.caption(f"{_not_here(len(found.gone))}: {named}{more}.", width="content")
            st.button(
                "Take these off",
                key="reading-list-gone",
                type="tertiary",
                on_click=remove,
                args=(corpus, found.gone, f"{_were(len(found.gone))} taken off the list."),
            )
    _papers_of(context, found)


def _sent(context: PageContext) -> None:
    view = context.view
    found = papers_of_codes(context.index, view.listed)
    own = papers_on_list(view.corpus)
    paper_ids = context.index.papers["paper_id"].iloc[found.rows].tolist()
    st.title("A reading list from a link", anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{_papers(len(view.listed))}**", width="content")
        if set(paper_ids) - set(own):
            st.button(
                "Add all to my list",
                key="reading-list-take",
                icon=":material/bookmark_add:",
                type="tertiary",
                on_click=add,
                args=(view.corpus, paper_ids),
            )
        elif paper_ids:
            st.caption("All of them are on your own list.", width="content")
        label = f"Open my own list ({len(own)})" if own else "Open my own list"
        view_button(label, view.to(listed=(), sort=""), key="reading-list-own", icon=":material/bookmarks:")
    if found.gone:
        st.caption(f"{_not_here(len(found.gone))}.")
    _papers_of(context, found)


def _undo(corpus: str) -> None:
    last = undo_of(corpus)
    if last is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(last.said, width="content")
        st.button("Undo", key="reading-list-undo", icon=":material/undo:", on_click=undo, args=(corpus,))


def _papers_of(context: PageContext, found: FoundPapers) -> None:
    """The papers that are there, under the filters, with the topics they belong to."""
    if not len(found.rows):
        return
    view, index = context.view, context.index
    hits = Hits(found.rows).within(context.mask)
    if len(hits.rows) < len(found.rows):
        st.caption(f"{len(hits.rows):,} of these {len(found.rows):,} papers pass the filters.")
    if len(hits.rows):
        _topics(context, hits)
    paper_list(context, key="reading", view=as_sent(view), hits=in_order(index, hits, view), heading="Papers")
    if len(found.rows) >= MAX_LISTED:
        st.caption(f"A reading list holds at most {MAX_LISTED} papers.")


def _topics(context: PageContext, hits: Hits) -> None:
    within = np.zeros(context.index.n_papers, dtype=bool)
    within[hits.rows] = True
    sizes, n_outliers = topic_sizes(context.index, within)
    order = [int(code) for code in np.argsort(-sizes, kind="stable") if sizes[code]]
    counts = {context.index.topic_ids[code]: int(sizes[code]) for code in order}
    if n_outliers:
        counts[OUTLIER_TOPIC_ID] = n_outliers
    st.subheader("Topics they belong to", anchor=False)
    link_list(
        topic_rows(
            context,
            list(counts),
            lambda topic_id: context.view.to("topics", topic=topic_id),
            notes={topic_id: f"{count:,}" for topic_id, count in counts.items()},
        ),
        key="reading-topics",
        name="Topics of the papers on the list",
        look="columns",
    )


def _papers(n: int) -> str:
    return f"{n:,} paper{'' if n == 1 else 's'}"


def _were(n: int) -> str:
    return f"{_papers(n)} {'was' if n == 1 else 'were'}"


def _not_here(n: int) -> str:
    return f"{_papers(n)} of the list {'is' if n == 1 else 'are'} not in this snapshot"
