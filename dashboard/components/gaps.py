"""Gaps and bridges: pairs of topics whose papers are neighbours, and papers that could stand in either of two."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.components.downloads import csv_button
from dashboard.components.link_list import Row, link_list
from dashboard.components.paper_rows import paper_links
from dashboard.context import PageContext
from dashboard.numbers import percent
from dashboard.queries import papers_at, papers_between_topics, tied_topics, topic_name
from dashboard.state import Side

_N_PAIRS = 8
_N_PAPERS = 8


def gaps_and_bridges(context: PageContext) -> None:
    """Draw both lists and the pairs that draw closer; nothing where there are fewer than two topics."""
    if len(context.index.topics) < 2:
        return
    st.subheader("Gaps and bridges", anchor=False)
    pairs = tied_topics(context.index, context.mask)
    left, right = st.columns(2, gap="large")
    with left:
        _head(context, "Topics with most papers near each other", "pairs", len(pairs))
        if not len(pairs):
            st.caption("No two topics have enough papers near each other to say so.")
        else:
            link_list(_pair_rows(context, pairs.head(_N_PAIRS)), key="gaps-tied", name="Topics near each other")
            closer = pairs[pairs["change"] == "closer"].sort_values("difference", ascending=False, kind="stable")
            if len(closer):
                st.markdown("**Drawing closer**")
                link_list(_pair_rows(context, closer.head(_N_PAIRS)), key="gaps-closer", name="Topics drawing closer")
            st.caption(_how(pairs))
    with right:
        rows = papers_between_topics(context.index, context.mask)
        _head(context, "Papers between topics", "between", len(rows))
        said = [
            _stands_between(context, paper) for paper in papers_at(context.index, rows[:_N_PAPERS]).to_dict("records")
        ]
        paper_links(
            context,
            rows[:_N_PAPERS],
            [note for note, _ in said],
            key="gaps-papers",
            name="Papers between topics",
            hints=[hint for _, hint in said],
        )
        st.caption(
            "As near to a second topic's centre as to the nearest: by how little their cosines differ. "
            f"Named are the numbers of the two {'finest ' if context.index.level else ''}topics."
        )


def _stands_between(context: PageContext, paper: dict[Any, Any]) -> tuple[str, str]:
    """The numbers of a paper's two nearest topics, and their names with how far it is from a tie. Plain texts."""
    topics = [context.index.topic(paper[of]) for of in ("nearest_topic_id", "second_topic_id")]
    near = [topic for topic in topics if topic is not None]
    names = " or ".join(str(topic["label"]) for topic in near)
    return " | ".join(str(topic["number"]) for topic in near), f"{names}; cosines differ by {paper['margin']:.4f}"


def _head(context: PageContext, heading: str, table: str, n_rows: int) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.markdown(f"**{heading}**", width="stretch")
        csv_button(context, replace(context.view, table=table), n_rows, key=f"compare-{table}-csv")


def _pair_rows(context: PageContext, pairs: pd.DataFrame) -> list[Row]:
    return [
        Row(
            " — ".join(topic_name(context.index, pair[of]) for of in ("topic_a", "topic_b")),
            context.view.to(side_a=Side(pair["topic_a"]), side_b=Side(pair["topic_b"])),
            note=_note(pair),
            hint=f"{pair['n_tied']:,} of {pair['n_papers']:,} papers",
            bar=pair["share"],
        )
        for pair in pairs.to_dict("records")
    ]


def _note(pair: dict[Any, Any]) -> str:
    share = f"{percent(pair['share'])} ({percent(pair['share_low'])} to {percent(pair['share_high'])})"
    if not pair["change"]:
        return share
    points = " to ".join(f"{100 * pair[f'difference_{end}']:+.1f}" for end in ("low", "high")).replace("-", "−")
    return f"{percent(pair['share_before'])} → {percent(pair['share_since'])} ({points})"


def _how(pairs: pd.DataFrame) -> str:
    said = (
        "Share of the two topics' papers that have one of the other topic among their nearest papers, "
        "with its 95 % interval."
    )
    since = pairs["since"].iloc[0]
    if pd.isna(since):
        return said
    return (
        f"{said} With an arrow: of the papers before {since} and of those since, with the interval of the difference "
        f"in points, where the change is clear even among {len(pairs):,} pairs. A topic that grows has more papers "
        "to be near to, which is part of it."
    )
