"""Hierarchy: the levels of topics as a picture and as a tree; into a topic and up again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.components.downloads import csv_button
from dashboard.components.link_list import Row, link_list
from dashboard.components.links import Link, link_bar, view_button
from dashboard.components.paper_list import paper_list
from dashboard.components.topic_rows import colours_of_topics
from dashboard.components.topic_treemap import Cell, topic_treemap
from dashboard.context import PageContext
from dashboard.queries import complete_shares, topic_name, topic_tree, topics_above
from dashboard.safe_text import for_markdown, for_text
from dashboard.state import Side, View
from pipeline.schema import OUTLIER_TOPIC_ID

_HINT_WORDS = 8
_BADGES = 12
_TABLE_PIXELS = 620
_ROW_PIXELS = 36


def render(context: PageContext) -> None:
    """Draw the whole tree, or what is in the topic that is open."""
    opened = context.view.topic
    if opened is not None:
        _where(context, opened)
    st.title(for_markdown(topic_name(context.index, opened), limit=120) if opened else "Hierarchy", anchor=False)
    tree = topic_tree(context.index, context.mask, opened)
    if not len(context.index.topics):
        st.info(
            "No topic was found in this corpus: its papers are too few, or too unlike each other. "
            "All of them are on the map and in the search.",
            icon=":material/account_tree:",
        )
        return
    if opened is not None:
        _heading(context, opened, tree)
    else:
        _summary(context, tree)
    colours = _colours(context)
    _picture(context, tree, colours)
    _tree(context, tree, colours)
    if opened is not None:
        paper_list(context, key="hierarchy-papers", heading="All papers of the topic")


def opens(view: View, topic_id: str, level: int) -> View:
    """Where the name of a topic leads: one of the finest to its page, a coarser one to what is in it."""
    return view.to("hierarchy" if level else "topics", topic=topic_id, paper=None, sort="")


# --- where one is --------------------------------------------------------------------


def _where(context: PageContext, opened: str) -> None:
    """The way back up: every topic above this one, a link."""
    index, view = context.index, context.view
    above = [*topics_above(index, opened), opened]
    links = [Link("All topics", view.to("hierarchy", topic=None, paper=None, sort=""))]
    links += [Link(f"› {topic_name(index, topic_id)}", opens(view, topic_id, 1)) for topic_id in above]
    link_bar(links, key="hierarchy-where", name="Where you are", current=len(above), look="inline")


def _summary(context: PageContext, tree: pd.DataFrame) -> None:
    """How many topics at which level, or why there is but one."""
    index = context.index
    sizes = [len(index.at_level(level).topics) for level in reversed(range(len(index.levels)))]
    if len(sizes) > 1:
        counts = ", then ".join(f"**{size:,}**" for size in sizes)
        said = f"From coarse to fine {counts} topics. Areas and bars are papers; click a name to go into it."
    else:
        said = _why_one_level(context)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(said, width="stretch")
        csv_button(context, replace(context.view, table="hierarchy"), len(tree), key="hierarchy-csv")


def _why_one_level(context: PageContext) -> str:
    n_topics = len(context.index.topics)
    counted = f"{n_topics:,} {'topic' if n_topics == 1 else 'topics'}"
    if context.index.snapshot.manifest.schema_version < 2:
        return (
            f"This snapshot has one level, of {counted}: it was made before topics were grouped into coarser ones. "
            "Fitting the corpus again gives them."
        )
    return f"This corpus has one level, of {counted}: they are a handful already, or were fitted without coarser ones."


def _heading(context: PageContext, opened: str, tree: pd.DataFrame) -> None:
    """Keywords and counts of a coarse topic, and the ways to it on other pages."""
    index, view = context.index, context.view
    topic = index.topic(opened)
    assert topic is not None
    own = index.at_level(index.level_of[opened])
    badges = " ".join(f":gray-badge[{for_markdown(word, limit=50)}]" for word in list(topic["keywords"])[:_BADGES])
    st.markdown(f"Topic {topic['number']} of the {len(own.topics):,} at its level\u2003{badges}")
    within = int((index.in_topic(opened) & context.mask).sum())
    with st.container(horizontal=True, gap="large", vertical_alignment="bottom"):
        of_all = f"of {int(topic['size']):,} in the topic without filters"
        st.metric("Papers", f"{within:,}", help=of_all, width="content")
        share = f"{within / max(context.n_matching, 1):.1%}"
        st.metric("Share", share, help="of the papers that pass the filters", width="content")
        st.metric("Finest topics", f"{int((tree['level'] == 0).sum()):,}", width="content")
        view_button("On the map", view.to("map", topic=opened), key="hierarchy-map", icon=":material/location_on:")
        compared = view.to("compare", side_a=Side(opened))
        view_button("Compare with…", compared, key="hierarchy-compare", icon=":material/compare_arrows:")
        csv_button(context, replace(view, table="hierarchy"), len(tree), key="hierarchy-csv", label="Topics as CSV")


# --- pictures --------------------------------------------------------------------------


def _picture(context: PageContext, tree: pd.DataFrame, colours: Mapping[str, str]) -> None:
    """The topics one level down as rectangles; with what is outside every topic, where all are shown."""
    view, index = context.view, context.index
    inner: dict[str, list[tuple[str, int]]] = {}
    for topic in tree[tree["depth"] == 1].to_dict("records"):
        inner.setdefault(topic["parent"], []).append((topic["label"], topic["n_papers"]))
    cells = [
        Cell(
            label=topic["label"],
            n_papers=topic["n_papers"],
            share=topic["share"],
            view=opens(view, topic["topic_id"], topic["level"]),
            colour=colours[topic["topic_id"]],
            hint=_words(topic["keywords"]),
            inner=tuple(inner.get(topic["topic_id"], ())),
        )
        for topic in tree[tree["depth"] == 0].to_dict("records")
    ]
    if view.topic is None:
        n_outliers = int((context.mask & (index.topic_codes < 0)).sum())
        outside = n_outliers / max(context.n_matching, 1)
        leads_to = opens(view, OUTLIER_TOPIC_ID, 0)
        cells.append(Cell("Outside every topic", n_outliers, outside, leads_to, colours[OUTLIER_TOPIC_ID]))
    name = "Topics by papers" if view.topic is None else f"Topics in {topic_name(index, view.topic)}"
    if not any(cell.n_papers for cell in cells):
        st.caption("No paper passes the filters.")
    topic_treemap(context, cells, key="hierarchy-treemap", name=name, file=f"hierarchy-{view.topic or 'all'}")


def _tree(context: PageContext, tree: pd.DataFrame, colours: Mapping[str, str]) -> None:
    """Everything below, level under level, and the same as a table."""
    if not len(tree):
        return
    st.subheader("Every level" if context.view.topic is None else "Topics in it", anchor=False)
    lines = _lines(context)
    most = max(int(tree["n_papers"].max()), 1)
    rows = [
        Row(
            label=topic["label"],
            view=opens(context.view, topic["topic_id"], topic["level"]),
            note=f"{topic['n_papers']:,}",
            hint=_words(topic["keywords"]),
            colour=colours[topic["topic_id"]],
            bar=topic["n_papers"] / most,
            line=lines.get(topic["topic_id"], ()),
            depth=topic["depth"],
        )
        for topic in tree.to_dict("records")
    ]
    link_list(rows, key="hierarchy-tree", name="Topics of every level", look="tree")
    said = "Bars and numbers are papers."
    st.caption(said + (" Lines are the share of all papers over time." if lines else ""))
    with st.expander("The same as a table", key="hierarchy-table", type="compact"):
        _table(tree)


def _table(tree: pd.DataFrame) -> None:
    shown = pd.DataFrame(
        {
            "level": tree["level"],
            "in": [for_text(path) for path in tree["path"]],
            "label": [for_text(label) for label in tree["label"]],
            "keywords": [for_text(_words(keywords)) for keywords in tree["keywords"]],
            "n_papers": tree["n_papers"],
            "share": 100 * tree["share"],
        }
    )
    columns: dict[str, Any] = {
        "level": st.column_config.NumberColumn("Level", width=60, help="0 is the finest."),
        "in": st.column_config.TextColumn("In", width="medium"),
        "label": st.column_config.TextColumn("Topic", width="medium"),
        "keywords": st.column_config.TextColumn("Keywords", width="large"),
        "n_papers": st.column_config.NumberColumn("Papers", format="localized", width=80),
        "share": st.column_config.NumberColumn("Share", format="%.1f %%", width=80, help="Of the papers counted."),
    }
    st.dataframe(
        shown,
        column_config=columns,
        hide_index=True,
        height=min(_ROW_PIXELS * (len(shown) + 1) + 3, _TABLE_PIXELS),
        row_height=_ROW_PIXELS,
        key="hierarchy-grid",
    )


def _colours(context: PageContext) -> dict[str, str]:
    """Topic id → its colour on the map, of topics of every level and of the outliers."""
    found: dict[str, str] = {}
    for level in range(len(context.index.levels)):
        found |= colours_of_topics(context.at_level(level))
    return found


def _lines(context: PageContext) -> dict[str, tuple[float, ...]]:
    """Topic id → its share in each complete period; empty where there are fewer than two."""
    found: dict[str, tuple[float, ...]] = {}
    for level in range(len(context.index.levels)):
        own = context.index.at_level(level)
        shares = complete_shares(own, context.mask, own.topic_ids)
        if shares.shape[1] > 1:
            found |= {topic_id: tuple(map(float, line)) for topic_id, line in zip(own.topic_ids, shares, strict=True)}
    return found


def _words(keywords: Any) -> str:
    return ", ".join(list(keywords)[:_HINT_WORDS])
