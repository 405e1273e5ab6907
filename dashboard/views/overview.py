"""Overview: what this corpus is, what is worth knowing about it, its topics at a glance, where to start."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.components.corpus_map import corpus_map
from dashboard.components.downloads import csv_button, figure_button
from dashboard.components.findings_panel import findings_panel
from dashboard.components.link_list import link_list
from dashboard.components.links import view_button
from dashboard.components.map_event import MapEvent
from dashboard.components.paper_rows import paper_links
from dashboard.components.period_bars import period_bars
from dashboard.components.topic_rows import topic_rows
from dashboard.context import PageContext
from dashboard.navigation import go
from dashboard.queries import UNDATED, topic_overview, topic_sizes
from dashboard.safe_text import for_markdown

_N_TOPICS = 24
_N_CITED = 6
_MAP_HEIGHT = 440


def render(context: PageContext) -> None:
    """Draw the page."""
    topics = topic_overview(context.index, context.mask)
    st.title(for_markdown(context.index.corpus), anchor=False)
    st.markdown(_summary(context))
    _start(context)
    if context.n_matching:
        left, right = st.columns([1.75, 1], gap="large")
        with left:
            _map(context)
            _over_time(context)
            _most_cited(context)
        with right:
            findings_panel(context, key="overview-findings")
    _topics(context, topics)


# --- what this is ------------------------------------------------------------------


def _summary(context: PageContext) -> str:
    """A few sentences about the papers on screen: markdown."""
    if not context.n_matching:
        return "No paper passes the filters." if context.index.n_papers else "This snapshot holds no papers."
    sizes, n_outliers = topic_sizes(context.index, context.mask)
    n_topics = int((sizes > 0).sum())
    said = [f"{_counted(context.n_matching, '**', 'paper')}{_span(context)}"]
    if n_topics:
        said[0] += f", grouped by what their abstracts say into {_counted(n_topics, '**', 'topic')}."
        if n_outliers:
            share = f"{n_outliers / context.n_matching:.0%}"
            part = "under 1%" if share == "0%" else share
            said.append(f"{n_outliers:,} ({part}) {'fits' if n_outliers == 1 else 'fit'} none of them.")
    else:
        said[0] += ". They are too few, or too unlike each other, to be grouped into topics."
    if undated := int((context.index.years[context.mask] == UNDATED).sum()):
        said.append(f"{undated:,} have no date." if undated < context.n_matching else "None has a date.")
    manifest = context.index.snapshot.manifest
    if n_dropped := manifest.papers_read - manifest.papers_kept:
        said.append(f"{n_dropped:,} of the {manifest.papers_read:,} records read were left out; *Data* says why.")
    return " ".join(said)


def _counted(n: int, mark: str, noun: str) -> str:
    return f"{mark}{n:,} {noun}{'' if n == 1 else 's'}{mark}"


def _span(context: PageContext) -> str:
    years = context.index.years[context.mask]
    dated = years[years != UNDATED]
    if not len(dated):
        return ""
    first, last = int(dated.min()), int(dated.max())
    return f" from {first}" if first == last else f" from {first} to {last}"


def _start(context: PageContext) -> None:
    """Where one can go from here."""
    view = context.view
    ways = [
        ("Walk the map", view.to("map"), "map", "Every paper a point: hover, click, draw around a region"),
        ("Read topic by topic", view.to("topics"), "list", "Keywords, trend and the complete list of papers of each"),
        ("See what changes", view.to("trends"), "trending_up", "Which topics rise and fade, and how sure that is"),
        ("Search", view.to("search"), "search", "By words, or by meaning"),
    ]
    with st.container(horizontal=True, gap="small"):
        for place, (label, leads_to, icon, help_text) in enumerate(ways):
            view_button(
                label,
                leads_to,
                key=f"start-{leads_to.page}",
                icon=f":material/{icon}:",
                help=help_text,
                type="secondary" if place else "primary",
            )


# --- at a glance ---------------------------------------------------------------------


def _map(context: PageContext) -> None:
    """The map, to look at and to enter by: moving about in it is for its own page."""
    corpus_map(
        context,
        key="overview-map",
        height=_MAP_HEIGHT,
        level=context.view.level,
        still=True,
        on_event=lambda event: _enter(context, event),
    )


def _enter(context: PageContext, event: MapEvent) -> None:
    """A label leads to its topic, a point to its paper on the map."""
    view, papers = context.view, context.index.papers
    if event.picked_topic is not None:
        go(view.to("topics", topic=event.picked_topic), view)
    elif event.picked_row is not None:
        go(view.to("map", paper=str(papers["paper_id"].iloc[event.picked_row])), view)


def _topics(context: PageContext, topics: pd.DataFrame) -> None:
    """The largest topics: colour, size, course."""
    present = topics[topics["n_papers"] > 0]
    if not len(present):
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.subheader("Topics by size", anchor=False, width="stretch")
        csv_button(context, context.view.to(table="topics"), len(topics), key="overview-csv")
    shown = present.head(_N_TOPICS)
    sizes = dict(zip(shown["topic_id"], shown["n_papers"].astype(int), strict=True))
    link_list(
        topic_rows(
            context,
            list(sizes),
            lambda topic_id: context.view.to("topics", topic=topic_id),
            notes={topic_id: f"{size:,}" for topic_id, size in sizes.items()},
            hints={
                topic_id: ", ".join(list(words)[:8])
                for topic_id, words in zip(shown["topic_id"], shown["keywords"], strict=True)
            },
            sizes=sizes,
            lines=True,
        ),
        key="overview-topics",
        name="Topics by size",
        look="columns",
    )
    rest = len(present) - len(shown)
    said = ["Bars and numbers are papers."]
    if len(context.index.periods) > 1:
        said.append("Lines are the share of all papers over time.")
    if rest:
        said.append(f"{rest:,} smaller {'topic is' if rest == 1 else 'topics are'} on the *Topics* page.")
    st.caption(" ".join(said))


def _over_time(context: PageContext) -> None:
    index = context.index
    if not index.periods:
        st.subheader("Papers over time", anchor=False)
        st.caption("No paper of this corpus has a date. *Trends* says how to add them.")
        return
    codes = index.period_codes[context.mask]
    counts = np.bincount(codes[codes != UNDATED], minlength=len(index.periods))
    record = index.snapshot.manifest.trends
    partial = record.last if record.last_is_partial else None

    def draw() -> Any:
        # Only here: plotly comes when the picture is taken away, the page does without it.
        from dashboard.figures.overview import papers_by_period_figure

        return papers_by_period_figure(index.periods, counts.tolist(), context.theme, partial_period=partial)

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.subheader("Papers over time", anchor=False, width="stretch")
        figure_button(draw, f"Papers over time, {context.view.corpus}", context, key="overview-years-html")
    period_bars(context, counts.tolist(), key="overview-years", name="Papers over time", partial=partial)


def _most_cited(context: PageContext) -> None:
    citations = context.index.papers["citations"].fillna(-1).to_numpy(dtype=np.int64)
    rows = np.flatnonzero(context.mask & (citations > 0))
    if not len(rows):
        return
    rows = rows[np.argsort(-citations[rows], kind="stable")][:_N_CITED]
    st.subheader("Most cited", anchor=False)
    paper_links(context, rows, "citations", key="overview-cited", name="Most cited papers")
