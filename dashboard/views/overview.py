"""Overview: what this corpus is, its topics at a glance, what rises, where to start."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.components.links import view_button
from dashboard.context import PageContext
from dashboard.figures.layout import CONFIG
from dashboard.figures.overview import papers_by_period_figure, topic_sizes_figure
from dashboard.navigation import go
from dashboard.queries import UNDATED, papers_at, topic_overview, topic_sizes
from dashboard.safe_text import for_markdown
from dashboard.views.topics import TREND_WORDS

_N_TOPICS = 15
_N_RISING = 6


def render(context: PageContext) -> None:
    """Draw the page."""
    topics = topic_overview(context.index, context.mask)
    st.markdown(_summary(context))
    _start(context)
    left, right = st.columns([1.5, 1], gap="large")
    with left:
        _topics(context, topics)
    with right:
        _over_time(context)
        _moving(context, topics)
        _most_cited(context)


def _summary(context: PageContext) -> str:
    """One paragraph about the papers on screen: markdown."""
    index, manifest = context.index, context.index.snapshot.manifest
    sizes, n_outliers = topic_sizes(index, context.mask)
    years = index.years[context.mask]
    dated = years[years != UNDATED]
    said = [f"**{context.n_matching:,} papers**"]
    if len(dated):
        first, last = int(dated.min()), int(dated.max())
        said.append(f"from {first}" if first == last else f"from {first} to {last}")
    n_topics = int((sizes > 0).sum())
    said.append(f"in **{n_topics:,} topics**." if n_topics != 1 else "in **one topic**.")
    if n_outliers:
        share = n_outliers / max(context.n_matching, 1)
        said.append(f"{n_outliers:,} ({share:.0%}) lie outside every topic.")
    undated = context.n_matching - len(dated)
    if undated:
        said.append(f"{undated:,} have no date.")
    n_dropped = manifest.papers_read - manifest.papers_kept
    if n_dropped:
        said.append(f"Of {manifest.papers_read:,} records read, {n_dropped:,} were left out (see Data).")
    return " ".join(said)


def _start(context: PageContext) -> None:
    view = context.view
    with st.container(horizontal=True, gap="small"):
        view_button("Walk the map", view.to("map"), key="start-map", icon=":material/map:", type="primary")
        view_button(
            "Read topic by topic", view.to("topics"), key="start-topics", icon=":material/list:", type="secondary"
        )
        if context.index.periods:
            view_button(
                "See what changes",
                view.to("trends"),
                key="start-trends",
                icon=":material/trending_up:",
                type="secondary",
            )
        view_button("Search", view.to("search"), key="start-search", icon=":material/search:", type="secondary")


def _topics(context: PageContext, topics: pd.DataFrame) -> None:
    st.subheader("Topics by size", anchor=False)
    present = topics[topics["n_papers"] > 0]
    if not len(present):
        st.info("No topic has papers that pass the filters.", icon=":material/category:")
        return
    st.plotly_chart(
        topic_sizes_figure(
            topics.assign(n_papers=topics["n_papers"]), context.theme, n_shown=min(_N_TOPICS, len(present))
        ),
        theme=None,
        config={**CONFIG, "displayModeBar": False},
        key="overview-topics",
        on_select=lambda: _open_topic(context),
        selection_mode="points",
        alt="The largest topics by number of papers; the Topics page has them all as a table.",
    )
    rest = len(present) - _N_TOPICS
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Click a bar to open the topic." + (f" {rest:,} smaller topics are not drawn." if rest > 0 else ""))
        view_button("All topics", context.view.to("topics"), key="overview-all", icon=":material/arrow_forward:")


def _open_topic(context: PageContext) -> None:
    points = st.session_state["overview-topics"]["selection"]["points"]
    mark = points[0].get("customdata") if points else None
    if isinstance(mark, list) and mark and mark[0] in context.index.topic_code_of:
        go(context.view.to("topics", topic=mark[0]))


def _over_time(context: PageContext) -> None:
    index = context.index
    if not index.periods:
        return
    record = index.snapshot.manifest.trends
    codes = index.period_codes[context.mask]
    counts = np.bincount(codes[codes != UNDATED], minlength=len(index.periods))
    st.subheader("Papers over time", anchor=False)
    partial = record.last if record.last_is_partial else None
    st.plotly_chart(
        papers_by_period_figure(index.periods, counts.tolist(), context.theme, partial_period=partial),
        theme=None,
        config={**CONFIG, "displayModeBar": False},
        key="overview-years",
        alt="Papers in each period.",
    )
    if partial:
        st.caption(f"{for_markdown(partial)} may be incomplete.")


def _moving(context: PageContext, topics: pd.DataFrame) -> None:
    """The topics whose share rises or falls beyond doubt."""
    moving = topics[topics["trend_class"].isin(["new", "rising", "fading"]) & (topics["n_papers"] > 0)]
    if not context.index.periods:
        return
    st.subheader("What changes", anchor=False)
    if not len(moving):
        st.caption("No topic's share changes clearly enough over time to say so.")
        return
    strongest = moving.reindex(moving["trend_slope"].abs().sort_values(ascending=False, kind="stable").index)
    icons = {"new": ":material/fiber_new:", "rising": ":material/trending_up:", "fading": ":material/trending_down:"}
    for topic in strongest.head(_N_RISING).itertuples(index=False):
        factor = float(np.exp(topic.trend_slope))
        label = f"{for_markdown(topic.label, limit=60)} :gray[{TREND_WORDS[topic.trend_class]}, ×{factor:.2f} a year]"
        view_button(
            label,
            context.view.to("topics", topic=topic.topic_id),
            key=f"moving-{topic.topic_id}",
            icon=icons[topic.trend_class],
        )


def _most_cited(context: PageContext) -> None:
    citations = context.index.papers["citations"].fillna(-1).to_numpy(dtype=np.int64)
    rows = np.flatnonzero(context.mask & (citations > 0))
    if not len(rows):
        return
    rows = rows[np.argsort(-citations[rows], kind="stable")][:5]
    st.subheader("Most cited", anchor=False)
    for place, paper in enumerate(papers_at(context.index, rows).itertuples(index=False)):
        view_button(
            f"{for_markdown(paper.title, limit=100)} :gray[{int(paper.citations):,}]",
            context.view.to(paper=paper.paper_id),
            key=f"cited-{place}",
        )
