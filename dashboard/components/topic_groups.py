"""Venues and facets of one topic against the corpus: where its papers stand more often than others do."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.components.downloads import csv_button
from dashboard.components.link_list import Row, link_list
from dashboard.components.topic_rows import colours_of_topics
from dashboard.context import PageContext
from dashboard.queries import group_kinds, topic_groups
from dashboard.safe_text import for_markdown
from dashboard.state import View

_N_SHOWN = 8
_N_COLUMNS = 2
_ORDER_HELP = (
    "By how much the odds here exceed those in the corpus at least: the lower end of a 90 % interval of the "
    "log-odds, drawn towards none where there are few papers."
)


def groups_title(context: PageContext) -> str:
    """What there is to compare, as a heading; empty where there is nothing. Plain text."""
    kinds = group_kinds(context.index)
    if not kinds:
        return ""
    if kinds == ["venue"]:
        return "Venues"
    return "Venues and facets" if "venue" in kinds else "Facets"


def topic_groups_panel(context: PageContext, topic_id: str, *, key: str) -> None:
    """For each facet the values that are most typical of the topic, with its share here and in the corpus."""
    groups = {kind: topic_groups(context.index, kind, context.mask, topic_id) for kind in group_kinds(context.index)}
    n_rows = sum(len(table) for table in groups.values())
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Most typical of the topic first", width="stretch", help=_ORDER_HELP)
        csv_button(context, replace(context.view, table="groups", group="", period=None), n_rows, key=f"{key}-csv")
    columns = st.columns(min(_N_COLUMNS, max(len(groups), 1)), gap="medium")
    cut = False
    for place, (kind, table) in enumerate(groups.items()):
        with columns[place % len(columns)]:
            cut |= _kind(context, topic_id, kind, table, f"{key}-{place}")
    said = [
        "Beside each: papers of the topic, their share here, and the share in the whole corpus, which the tick marks.",
        "Shares are of the papers for which it is known. Click one to filter by it.",
    ]
    if cut:
        said.append(f"At most {_N_SHOWN} of each are shown; the CSV has all, those the topic lacks last.")
    st.caption(" ".join(said))


def _kind(context: PageContext, topic_id: str, kind: str, table: pd.DataFrame, key: str) -> bool:
    """One facet; whether it has more values than are shown."""
    name = " ".join(kind.replace("_", " ").split()).capitalize()
    st.markdown(f"**{for_markdown(name, limit=40)}**")
    here = table[table["n_papers"] > 0]
    if not len(here):
        st.caption("Known of no paper of the topic.")
        return len(table) > 0
    shown = here.head(_N_SHOWN)
    most = float(max(shown["share"].max(), shown["share_all"].max()))
    colour = colours_of_topics(context)[topic_id]
    rows = [
        Row(
            str(group["group"]),
            _filtered(context.view, kind, str(group["group"])),
            note=f"{group['n_papers']:,} · {in_percent(group['share'])} vs {in_percent(group['share_all'])}",
            hint=(
                f"{group['n_papers']:,} of {group['n_with']:,} papers here, "
                f"{group['n_all']:,} of {group['n_all_with']:,} in the corpus; log-odds {group['log_odds']:+.2f}"
            ),
            colour=colour,
            bar=float(group["share"]) / most,
            tick=float(group["share_all"]) / most,
        )
        for group in shown.to_dict("records")
    ]
    link_list(rows, key=key, name=f"{name}, most typical first")
    return len(table) > len(shown)


def _filtered(view: View, kind: str, value: str) -> View:
    if kind == "venue":
        return view.with_filters(venues=(value,))
    return view.with_filters(facets=view.filters.with_facet(kind, (value,)).facets)


def in_percent(share: float) -> str:
    """A share with a decimal where that says something."""
    if 0 < share < 0.001:
        return "<0.1%"
    return f"{share:.0%}" if share >= 0.1 or share == 0 else f"{share:.1%}"
