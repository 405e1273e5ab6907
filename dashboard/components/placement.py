"""Why a paper is here: its place between its topic and the runner-up, in words, and the words that decide."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.components.links import view_button
from dashboard.components.paper_words import marked
from dashboard.components.topic_rows import numbered_label
from dashboard.context import PageContext
from dashboard.queries import DecidingWords, Placement, deciding_words, placement
from dashboard.safe_text import for_markdown, for_text
from pipeline.schema import OUTLIER_TOPIC_ID

_LABEL_CHARACTERS = 80
_N_WORDS = 8


def abstract_and_place(context: PageContext, paper: Any, *, in_dialog: bool) -> None:
    """The abstract of ``paper`` with its deciding words marked, and why it is in its topic."""
    abstract = context.index.snapshot.abstract(paper.row)
    place = placement(context.index, paper.row)
    words = None
    if place is not None:
        words = deciding_words(context.index, paper.title, abstract, place.topic_id, place.runner_up)
    if words is not None and words.in_abstract:
        st.markdown(marked(abstract, words.in_abstract))
    else:
        st.text(for_text(abstract) or "This paper has no abstract.")
    if place is not None and words is not None:
        _why(context, paper, place, words, in_dialog)


def _why(context: PageContext, paper: Any, place: Placement, words: DecidingWords, in_dialog: bool) -> None:
    view = context.view
    st.markdown("**Why it is here**")
    st.markdown(_in_words(context, paper, place))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for role, topic_id, similarity in (
            ("topic", place.topic_id, place.similarity),
            ("runner-up", place.runner_up, place.runner_up_similarity),
        ):
            if topic_id is not None:
                view_button(
                    f"{_name(context, topic_id)} · {similarity:.2f}",
                    view.to("topics", topic=topic_id),
                    key=f"open-paper-{role}",
                    icon=":material/label:",
                    help="The cosine of the paper and the topic's centre",
                    in_dialog=in_dialog,
                )
    for found, topic_id, colour in ((words.own, place.topic_id, "primary"), (words.others, place.runner_up, "gray")):
        if found and topic_id is not None:
            said = " ".join(f":{colour}-background[{for_markdown(word, limit=50)}]" for word in found[:_N_WORDS])
            st.markdown(f"Words of {_name(context, topic_id)}: {said}")


def _in_words(context: PageContext, paper: Any, place: Placement) -> str:
    """The standing and its numbers, in one or two sentences: markdown."""
    own = f"**{_name(context, place.topic_id)}**"
    other = f"**{_name(context, place.runner_up)}**" if place.runner_up is not None else ""
    margin = f"{abs(place.margin):.2f}"
    nearer = f"{place.share_nearer:.0%} of its papers are as near to its centre, or nearer."
    if paper.topic_id == OUTLIER_TOPIC_ID:
        said = f"Outside every topic. {own} is nearest"
        if other:
            said += f", {other} next, by a margin of {margin}"
        return f"{said}. {nearer}"
    if place.runner_up is None:
        return f"It is in {own}, the only topic. {nearer}"
    if place.standing == "inside":
        return f"Well inside {own}: nearer to it than to {other} by {margin}. {nearer}"
    compared = f"half of its topic's papers have a margin of {place.typical:.2f} or more."
    if place.standing == "between":
        return f"Between {own} and {other}: nearer to the first by only {margin}; {compared}"
    return (
        f"Between {own} and {other}: it is counted in the first, but its text is nearer to the centre of the second, "
        f"by {margin}; {compared}"
    )


def _name(context: PageContext, topic_id: str | None) -> str:
    return "" if topic_id is None else for_markdown(numbered_label(context, topic_id), limit=_LABEL_CHARACTERS)
