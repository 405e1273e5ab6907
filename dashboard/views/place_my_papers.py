"""Place my papers: where papers from outside lie in this corpus, and what a list of them covers and misses."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import data
from dashboard.components.corpus_map import corpus_map
from dashboard.components.downloads import bytes_button
from dashboard.components.link_list import Row, link_list
from dashboard.components.links import view_button
from dashboard.components.map_event import MapEvent
from dashboard.components.new_papers import Placed, forget, new_papers_form, placed_papers
from dashboard.components.topic_rows import numbered_label, topic_rows
from dashboard.context import PageContext
from dashboard.navigation import go, on_change
from dashboard.placed_csv import coverage_csv, placed_csv
from dashboard.queries.placing import BETWEEN_BELOW, FAR_BELOW, agreement, coverage, verdict
from dashboard.safe_text import for_markdown
from dashboard.settings import SETTINGS
from pipeline.embedding.query import QueryUnavailable

_VERDICTS = ("in a topic", "between topics", "outside every topic", "far from everything")
_MAP_HEIGHT = 420
_N_COVERED = 15
_N_MISSED = 10
_BADGES = {
    "between topics": ":orange-badge[between topics]",
    "outside every topic": ":gray-badge[outside every topic]",
    "far from everything": ":gray-badge[far from everything]",
}
_HELP = (
    "Measured by this corpus. *Between topics*: nearer to a tie between two topics than "
    f"{1 - BETWEEN_BELOW:.0%} of its papers in topics. *Outside every topic*: further from the nearest topic than "
    f"{1 - FAR_BELOW:.0%} of them are from theirs. *Far from everything*: also further from the nearest paper than "
    f"{1 - FAR_BELOW:.0%} of its papers are from theirs."
)


def render(context: PageContext) -> None:
    """Draw the page."""
    view = context.view
    st.title("Place my papers", anchor=False)
    st.markdown(
        "Where do your papers lie in this corpus: a draft, a bibliography, the list of a review? Each is placed by its "
        "title and abstract, and the whole list is held against the corpus's topics."
    )
    try:
        encoder = data.query_encoder(view.corpus, view.snapshot_id)
    except QueryUnavailable as error:
        st.info(f"New papers cannot be placed in this corpus: {for_markdown(error.reason)}", icon=":material/info:")
        return
    new_papers_form()
    st.caption(
        "What you give stays in this session: it is held in memory, never written to disk and never put into a link. "
        "Reloading or closing the page forgets it."
    )
    placed = placed_papers(context, encoder)
    if placed is None:
        return
    covered = coverage(context.index, placed.placement, context.mask)
    _summary(context, placed, covered)
    left, right = st.columns([1.5, 1], gap="large")
    with left:
        _map(context, placed)
    with right:
        _covered(context, covered)
    _missed(context, covered, len(placed.placement))
    _papers(context, placed)


# --- the whole list -----------------------------------------------------------------


def _summary(context: PageContext, placed: Placed, covered: pd.DataFrame) -> None:
    placement, n = placed.placement, len(placed.placement)
    counts = Counter(verdict(placement, at) for at in range(n))
    n_known = int((placement.known_rows >= 0).sum())
    said = [f"**{n:,} {'paper' if n == 1 else 'papers'}** placed"]
    if len(covered):
        said[0] += ": " + ", ".join(f"{counts[word]:,} {word}" for word in _VERDICTS if counts[word]) + "."
    else:
        said[0] += ". This corpus has no topics, so only the nearest papers are shown."
    said.append(f"{n_known:,} {'is' if n_known == 1 else 'are'} in this corpus already.")
    if context.n_matching < context.index.n_papers:
        said.append(f"Nearest papers and shares are of the {context.n_matching:,} papers that pass the filters.")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(" ".join(said), width="stretch", help=_HELP)
        titles = [paper.title for paper in placed.given.papers]
        view, index = context.view, context.index
        name = f"{view.corpus}-placed"
        bytes_button(
            "Papers as CSV",
            lambda: placed_csv(index, view, titles, placement),
            f"{name}-papers",
            view,
            n,
            key="place-csv",
        )
        if len(covered):
            bytes_button(
                "Topics as CSV",
                lambda: coverage_csv(view, covered),
                f"{name}-topics",
                view,
                len(covered),
                key="place-topics",
            )
        st.button("Forget them", key="place-forget", type="tertiary", icon=":material/close:", on_click=forget)
    if (agreed := agreement(context.index)) < 1:
        st.caption(
            "This corpus was embedded by a map learned from a sample, new papers by the model itself. The two agree at "
            f"a cosine of {agreed:.2f}, which is allowed for; the nearest topic can still differ from a fit's."
        )
    for note in placed.given.notes:
        st.caption(for_markdown(note))


def _map(context: PageContext, placed: Placed) -> None:
    """The map, the paper nearest to each one marked."""
    st.subheader("Where they lie", anchor=False)
    rows = placed.placement.nearest_rows
    nearest = np.where(placed.placement.known_rows >= 0, placed.placement.known_rows, _first(rows))
    marked = np.unique(nearest[(nearest >= 0) & ((placed.placement.known_rows >= 0) | ~placed.placement.far)])
    corpus_map(
        context,
        key="place-map",
        height=_MAP_HEIGHT,
        still=True,
        highlighted=marked if len(marked) else (),
        on_event=lambda event: _enter(context, event),
    )
    if len(marked):
        st.caption("Marked is the paper of the corpus that is nearest to each of yours, or is the same paper.")


def _first(rows: np.ndarray) -> np.ndarray:
    return rows[:, 0] if rows.shape[1] else np.full(len(rows), -1, dtype=np.int64)


def _enter(context: PageContext, event: MapEvent) -> None:
    """A label leads to its topic, a point to its paper."""
    view = context.view
    if event.picked_topic is not None:
        go(view.to("topics", topic=event.picked_topic), view)
    elif event.picked_row is not None:
        go(replace(view, paper=str(context.index.papers["paper_id"].iloc[event.picked_row])), view)


def _covered(context: PageContext, covered: pd.DataFrame) -> None:
    present = covered[covered["n_placed"] > 0].sort_values(["n_placed", "number"], ascending=[False, True])
    if not len(present):
        return
    st.subheader("Topics covered", anchor=False)
    st.caption("Papers of your list, its share, and the topic's share of the corpus")
    shown = present.head(_N_COVERED)
    notes = {
        str(topic["topic_id"]): f"{topic['n_placed']:,} · {topic['share_placed']:.0%} / {topic['share']:.0%}"
        for topic in shown.to_dict("records")
    }
    sizes = dict(zip(shown["topic_id"], shown["n_placed"].astype(int), strict=True))
    link_list(
        topic_rows(
            context, list(sizes), lambda topic: context.view.to("topics", topic=topic), notes=notes, sizes=sizes
        ),
        key="place-covered",
        name="Topics covered",
    )
    if rest := len(present) - len(shown):
        st.caption(f"and {rest:,} more with {int(present['n_placed'].iloc[_N_COVERED:].sum()):,} papers, in the CSV")


def _missed(context: PageContext, covered: pd.DataFrame, n_placed: int) -> None:
    """Topics without a paper of the list where some would be expected of a list of its length."""
    if not len(covered):
        return
    st.subheader("Topics missed", anchor=False)
    missed = covered[covered["missed"]].sort_values(["n_papers", "number"], ascending=[False, True])
    if not len(missed):
        if float(covered["share"].max()) * n_placed >= 1:
            st.caption("None of those that a list this long would reach if it were spread as the corpus is.")
        else:
            st.caption(
                "The list is too short to say: even of the largest topic, a list this long would hold less than one "
                "paper if it were spread as the corpus is."
            )
        return
    shown = missed.head(_N_MISSED)
    st.caption(
        "No paper of your list lies there; in brackets, how many would if it were spread over the topics as the "
        "corpus is."
    )
    notes = {
        str(topic["topic_id"]): f"{topic['n_papers']:,} ({topic['expected']:.1f})" for topic in shown.to_dict("records")
    }
    sizes = dict(zip(shown["topic_id"], shown["n_papers"].astype(int), strict=True))
    link_list(
        topic_rows(
            context, list(sizes), lambda topic: context.view.to("topics", topic=topic), notes=notes, sizes=sizes
        ),
        key="place-missed",
        name="Topics missed",
        look="columns",
    )
    if rest := len(missed) - len(shown):
        st.caption(f"and {rest:,} more, in the CSV of topics")


# --- paper by paper -------------------------------------------------------------------


def _papers(context: PageContext, placed: Placed) -> None:
    st.subheader("Paper by paper", anchor=False)
    n, size = len(placed.placement), SETTINGS.papers_per_page
    n_pages = -(-n // size)
    page = min(context.view.list_page, n_pages)
    for at in range((page - 1) * size, min(page * size, n)):
        with st.container(border=True, gap="xsmall", key=f"placed-{at}"):
            _paper(context, placed, at)
    if n_pages > 1:
        with st.container(horizontal_alignment="center"):
            pager = f"placed-page-{page}-of-{n_pages}"
            turn = on_change(pager, lambda chosen: context.view.to(list_page=int(chosen)))
            st.pagination(n_pages, default=page, key=pager, on_change=turn)


def _paper(context: PageContext, placed: Placed, at: int) -> None:
    view, index, placement = context.view, context.index, placed.placement
    paper = placed.given.papers[at]
    known = int(placement.known_rows[at])
    badges = [_BADGES.get(verdict(placement, at), "") if len(index.topics) else ""]
    badges += [":green-badge[in this corpus]"] if known >= 0 else []
    badges += [] if paper.has_abstract else [":gray-badge[by its title alone]"]
    st.markdown(" ".join([f"**{for_markdown(paper.title, limit=300)}**", *filter(None, badges)]))
    code, second = int(placement.topic_codes[at]), int(placement.second_codes[at])
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if code >= 0:
            topic_id = index.topic_ids[code]
            label = for_markdown(numbered_label(context, topic_id), limit=80)
            view_button(label, view.to("topics", topic=topic_id), key=f"placed-{at}-topic", icon=":material/label:")
            said = f"similarity {placement.similarities[at]:.2f}"
            if second >= 0:
                other = for_markdown(numbered_label(context, index.topic_ids[second]), limit=80)
                said += f"; next {other}, {placement.second_similarities[at]:.2f}"
            st.caption(said, width="content")
        elif placement.far[at] and len(index.topics):
            st.caption("This corpus knows none of its words, so it has no place among its papers.", width="content")
        if known >= 0:
            paper_id = str(index.papers["paper_id"].iloc[known])
            view_button("Open it", replace(view, paper=paper_id), key=f"placed-{at}-known", icon=":material/article:")
    rows = placement.nearest_rows[at]
    rows = rows[rows >= 0]
    if not len(rows):
        return
    titles, ids = index.papers["title"].iloc[rows], index.papers["paper_id"].iloc[rows]
    near = zip(titles, ids, placement.nearest_similarities[at], strict=False)
    link_list(
        [
            Row(str(title), replace(view, paper=str(paper_id)), note=f"{score:.2f}", current=paper_id == view.paper)
            for title, paper_id, score in near
        ],
        key=f"placed-{at}-nearest",
        name="Nearest papers",
    )
