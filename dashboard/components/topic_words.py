"""The words of one topic, with a slider from those that set it apart to those it uses most."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard import data
from dashboard.components.downloads import csv_button
from dashboard.components.link_list import Row, link_list
from dashboard.components.topic_groups import in_percent
from dashboard.components.topic_rows import colours_of_topics
from dashboard.context import PageContext
from dashboard.navigation import hold, on_change
from dashboard.queries import phrase, topic_words
from dashboard.state import MAX_TEXT, RELEVANCES, View

_N_SHOWN = 16
_ENDS = {0.0: "Distinctive", 1.0: "Frequent"}
_HELP = (
    "λ weighs how frequent a word is in the topic against how much more frequent it is here than in the corpus: "
    "relevance = λ·log p(w|t) + (1 − λ)·log(p(w|t)/p(w)), with p the share of papers that hold the word "
    "(Sievert & Shirley 2014)."
)


def topic_words_panel(context: PageContext, topic_id: str, *, key: str) -> None:
    """The most relevant words, with the share of papers that hold them here and in the corpus."""
    view = context.view
    found = data.papers_with_terms(view.corpus, view.snapshot_id, topic_id)
    words = topic_words(context.index, found, context.mask, topic_id, view.relevance)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        weight = hold(f"{key}-weight", view.relevance)
        st.select_slider(
            "Distinctive ↔ frequent (λ)",
            RELEVANCES,
            key=weight,
            format_func=lambda value: _ENDS.get(value, f"{value:.1f}"),
            help=_HELP,
            on_change=on_change(weight, lambda chosen: replace(view, relevance=chosen)),
        )
        csv_button(context, replace(view, table="words", period=None), len(words), key=f"{key}-csv")
    if not len(words):
        st.caption("None of its words stands in a paper that passes the filters.")
        return
    shown = words.head(_N_SHOWN)
    most = float(max(shown["share"].max(), shown["share_all"].max()))
    colour = colours_of_topics(context)[topic_id]
    rows = [
        Row(
            word["term"],
            with_word(view, word["term"]),
            note=f"{word['n_papers']:,} · {in_percent(word['share'])} vs {in_percent(word['share_all'])}",
            hint=f"{word['n_papers']:,} papers here, {word['n_all']:,} in the corpus; {word['relevance']:+.2f}",
            colour=colour,
            bar=word["share"] / most,
            tick=word["share_all"] / most,
        )
        for word in shown.to_dict("records")
    ]
    link_list(rows, key=f"{key}-list", name="Words, most relevant first", look="columns")
    st.caption(
        "Beside each: papers of the topic that hold it, their share here, and the share in the whole corpus, which the "
        "tick marks. Looked for are the keywords of this topic, of those that hold it, and of its neighbours. "
        "Click one to filter by it."
    )


def with_word(view: View, term: str) -> View:
    """The view with the papers that hold ``term``, of those it has, where a filter can say so."""
    both = f"{view.filters.words} {phrase(term)}".strip()
    return view.with_filters(words=both if len(both) <= MAX_TEXT else phrase(term))
