"""The page of one topic: what it is, how it stands to the rest, and the complete list of its papers."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.components.link_list import link_list
from dashboard.components.links import Link, link_bar, view_button
from dashboard.components.paper_list import LIST_ANCHOR, paper_list
from dashboard.components.paper_rows import paper_links
from dashboard.components.topic_groups import groups_title, topic_groups_panel
from dashboard.components.topic_rows import topic_rows
from dashboard.components.topic_siblings import topic_siblings
from dashboard.components.topic_trend import topic_trend
from dashboard.components.topic_trust import topic_trust
from dashboard.components.topic_words import topic_words_panel
from dashboard.components.word_heat import word_heat
from dashboard.context import PageContext
from dashboard.queries import (
    borderline_rows,
    coarser_topics,
    neighbouring_topics,
    representative_rows,
    rivals,
    topic_name,
)
from dashboard.safe_text import for_markdown, one_line
from dashboard.state import Side
from dashboard.trend_words import trend_explained, trend_in_words

_N_REPRESENTATIVE = 4
_N_BORDERLINE = 3
_N_NEAR = 4
_NOTE_CHARACTERS = 24
_BORDERLINE_HELP = (
    "First those that are nearer to two other topics than to their own, then those nearer to one, then those whose own "
    "topic is hardly nearer than the next; by the cosine to the topics' centres."
)


def topic_page(context: PageContext, topic_id: str) -> None:
    """Draw the page of a topic, or of the papers outside every one."""
    view, index = context.view, context.index
    topic = index.topic(topic_id)
    everything = view.to("topics", topic=None, paper=None, period=None, sort="")
    view_button("All topics", everything, key="topic-back", icon=":material/arrow_back:")
    if topic is None:
        st.title("Outside every topic", anchor=False)
        st.markdown(
            "These papers are too unlike the rest, or lie between topics. "
            "The details of each name the topic that is nearest."
        )
    else:
        _heading(context, topic)
        left, right = st.columns([1.6, 1], gap="large")
        with left:
            _part(context, topic)
        with right:
            _representative(context, topic_id)
            _borderline(context, topic_id)
            _neighbours(context, topic_id)
    if view.period is None:
        paper_list(context, key="topic-papers", heading="All papers of the topic" if topic is not None else "Papers")
    else:
        view_button("All periods", view.to(period=None), key="topic-periods", icon=":material/close:")
        paper_list(context, key="topic-papers", heading=f"Papers of {view.period}")


def _part(context: PageContext, topic: pd.Series) -> None:
    """The part of the page that is chosen: one at a time, so that the papers below stay near."""
    above = coarser_topics(context.index, str(topic["topic_id"]))
    titles = {"time": "Over time", "words": "Words", "word-trends": "Words over time", "groups": groups_title(context)}
    titles["siblings"] = "Siblings" if len(above) else ""
    parts = [part for part, title in titles.items() if title]
    chosen = context.view.part if context.view.part in parts else "time"
    links = [Link(titles[part], replace(context.view, part=part)) for part in parts]
    link_bar(links, key="topic-parts", name="About this topic", current=parts.index(chosen))
    if chosen == "words":
        topic_words_panel(context, str(topic["topic_id"]), key="topic-words")
    elif chosen == "word-trends":
        word_heat(context, str(topic["topic_id"]), key="topic-word-trends")
    elif chosen == "siblings":
        topic_siblings(context, str(topic["topic_id"]), above, key="topic-siblings")
    elif chosen == "groups":
        topic_groups_panel(context, str(topic["topic_id"]), key="topic-groups")
    else:
        topic_trend(context, topic, key="topic-trend")


def _heading(context: PageContext, topic: pd.Series) -> None:
    view, index = context.view, context.index
    within = int((index.topic_codes[context.mask] == index.topic_code_of[topic["topic_id"]]).sum())
    st.title(for_markdown(topic["label"], limit=120), anchor=False)
    badges = " ".join(f":gray-badge[{for_markdown(word, limit=50)}]" for word in list(topic["keywords"])[:12])
    place = _belongs_to(context, topic)
    gap = "  \n" if place else "\u2003"
    st.markdown(f"Topic {topic['number']} of {len(index.topics):,}{place}{gap}{badges}")
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        # Words and no st.metric, whose code brings a charting library to the first click of a visit.
        of_all = f"Of {int(topic['size']):,} in the topic without filters."
        noun = "paper" if within == 1 else "papers"
        share = f"{within / max(context.n_matching, 1):.1%} of those that pass the filters"
        st.markdown(f"**{within:,} {noun}**, {share}", help=of_all, width="content")
        if word := trend_in_words(topic["trend_class"], topic["burst_from"], topic["burst_to"]):
            st.markdown(f"**{word[0].upper()}{word[1:]}**", help=trend_explained(topic), width="content")
        on_map = view.to("map", topic=topic["topic_id"])
        view_button("On the map", on_map, key="topic-map", icon=":material/location_on:")
        compared = view.to("compare", side_a=Side(str(topic["topic_id"])))
        view_button("Compare with…", compared, key="topic-compare", icon=":material/compare_arrows:")
        st.markdown(f"[↓ Its papers](#{LIST_ANCHOR})", width="content")
    topic_trust(index, topic)


def _belongs_to(context: PageContext, topic: pd.Series) -> str:
    """The coarser topics that hold it, coarsest first: markdown."""
    labels = coarser_topics(context.index, str(topic["topic_id"]))["label"]
    names = [f"**{for_markdown(label, limit=60)}**" for label in reversed(labels.tolist())]
    return f", in {' › '.join(names)}" if names else ""


def _representative(context: PageContext, topic_id: str) -> None:
    rows = representative_rows(context.index, topic_id)[:_N_REPRESENTATIVE]
    if not len(rows):
        return
    st.subheader("Representative papers", anchor=False)
    paper_links(context, rows, "year", key="topic-representative", name="Representative papers")


def _borderline(context: PageContext, topic_id: str) -> None:
    """Papers that could as well be elsewhere, each with where; the list below takes the same order."""
    rows = borderline_rows(context.index, context.mask, topic_id, _N_BORDERLINE)
    if not len(rows):
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.subheader("Borderline papers", anchor=False, help=_BORDERLINE_HELP, width="stretch")
        whole = context.view.to(sort="borderline")
        view_button("List all so", whole, key="topic-borderline-all", icon=":material/sort:")
    others = rivals(context.index, rows)
    paper_links(
        context,
        rows,
        [_or(context, other) for other, _ in others],
        key="topic-borderline",
        name="Borderline papers",
        hints=[_rival(context, other, lead) for other, lead in others],
    )


def _rival(context: PageContext, topic_id: str, lead: float | None) -> str:
    """How a paper stands between its own topic and another. Plain text."""
    if not topic_id:
        return ""
    other = topic_name(context.index, topic_id)
    if lead is None:
        return f"Two other topics are nearer than its own, {other} most"
    return f"{other} is nearer by {-lead:.2f}" if lead < 0 else f"Its own topic is nearer than {other} by {lead:.2f}"


def _or(context: PageContext, topic_id: str) -> str:
    """The other topic, in few letters. Plain text."""
    return one_line(f"or {topic_name(context.index, topic_id)}", _NOTE_CHARACTERS) if topic_id else ""


def _neighbours(context: PageContext, topic_id: str) -> None:
    near = dict(neighbouring_topics(context.index, topic_id, _N_NEAR))
    if not near:
        return
    st.subheader("Neighbouring topics", anchor=False, help="By the cosine of their mean embeddings.")
    rows = topic_rows(
        context,
        list(near),
        lambda other: context.view.to("topics", topic=other, paper=None, period=None, sort=""),
        notes={other: f"{similarity:.2f}" for other, similarity in near.items()},
        lines=True,
    )
    link_list(rows, key="topic-near", name="Neighbouring topics")
