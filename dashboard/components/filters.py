"""Corpus and snapshot, and the filters that hold on every page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from dashboard.components.account import account_menu
from dashboard.components.compare_ways import compare_ways
from dashboard.components.dial import outlier_dial
from dashboard.components.level_switch import level_switch
from dashboard.components.links import view_button
from dashboard.components.reading_list import as_sent
from dashboard.context import PageContext
from dashboard.navigation import hold, on_change, permalink
from dashboard.people import Person
from dashboard.queries import value_counts
from dashboard.safe_text import for_markdown, for_text
from dashboard.settings import SETTINGS
from dashboard.state import NO_FILTERS, View
from pipeline.snapshot import SnapshotInfo

_LABEL_CHARACTERS = 24


def place_chooser(corpora: Mapping[str, Sequence[SnapshotInfo]], view: View, person: Person) -> None:
    """Choosers for corpus and snapshot, the link to this view, and who one is signed in as."""
    with st.container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="xsmall", wrap=False, width=430
    ):
        names = sorted({*corpora, view.corpus})
        key = hold("corpus", view.corpus)
        st.selectbox(
            "Corpus",
            names,
            key=key,
            on_change=on_change(key, lambda corpus: _first_view(corpora, corpus, view)),
            label_visibility="collapsed",
            width="stretch",
        )
        infos = corpora.get(view.corpus, ())
        with st.popover(_age_label(infos, view.snapshot_id), icon=":material/history:", help="Choose a snapshot"):
            _snapshot_choice(infos, view)
        with st.popover("Link", icon=":material/link:", help="A link to exactly this view"):
            st.caption("Opens exactly this view, on this snapshot.")
            st.code(permalink(as_sent(view)), language=None, wrap_lines=True)
        account_menu(person)


def _first_view(corpora: Mapping[str, Sequence[SnapshotInfo]], corpus: str, view: View) -> View:
    """The same page of another corpus. Topics, papers and filters are the old corpus's own and stay behind."""
    infos = sorted(corpora.get(corpus, ()), key=lambda info: not info.is_latest)
    return View(corpus, infos[0].snapshot_id, page=view.page) if infos else view


def _snapshot_choice(infos: Sequence[SnapshotInfo], view: View) -> None:
    ids = [info.snapshot_id for info in infos]
    if view.snapshot_id not in ids:
        ids.insert(0, view.snapshot_id)
    described = {info.snapshot_id: _describe(info) for info in infos}
    key = hold("snapshot", view.snapshot_id)
    st.radio(
        "Snapshot",
        ids,
        format_func=lambda snapshot_id: described.get(snapshot_id, snapshot_id),
        key=key,
        on_change=on_change(key, lambda chosen: view.to(snapshot_id=chosen)),
    )
    st.caption("A snapshot never changes. The link of a view always leads to the snapshot it was taken from.")


def _describe(info: SnapshotInfo) -> str:
    counts = "cannot be opened" if info.problem else f"{info.n_papers:,} papers, {info.n_topics:,} topics"
    return f"{_day(info.created)}, {counts}" + (" (current)" if info.is_latest else "")


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y}, {moment:%H}.{moment:%M} UTC"


def _age_label(infos: Sequence[SnapshotInfo], snapshot_id: str) -> str:
    found = next((info for info in infos if info.snapshot_id == snapshot_id), None)
    return f"{found.created.day} {found.created:%b %Y}" if found else "Snapshot"


# --- filters ---------------------------------------------------------------------------


def filter_bar(context: PageContext) -> None:
    """Filters by year, venue, facets and words, and "n of N papers". Hidden where a corpus has no such field."""
    index, view = context.index, context.view
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="filter-bar"):
        level_switch(context)
        missing = []
        if index.year_range is not None:
            _years(context)
        else:
            missing.append("dates")
        if index.venues.names:
            _values_filter(context, "venue", "Venue", view.filters.venues)
        else:
            missing.append("venues")
        for name in index.facets:
            if index.facets[name].names:
                _values_filter(context, name, name.replace("_", " ").capitalize(), view.filters.facet(name))
        key = hold("words", view.filters.words)
        st.text_input(
            "Words in title, abstract, authors, venue or keywords",
            key=key,
            type="search",
            placeholder="Words, “a phrase”, prefix*, -without",
            label_visibility="collapsed",
            width=280,
            on_change=on_change(key, lambda words: view.with_filters(words=words or "")),
        )
        st.markdown(f"**{context.n_matching:,}** of {index.n_papers:,} papers", width="content")
        outlier_dial(context)
        if view.filters != NO_FILTERS:
            view_button(
                "Clear filters", View.with_filters(view, **vars(NO_FILTERS)), key="clear", icon=":material/close:"
            )
        compare_ways(context)
        if missing:
            # In the same row: what is not there takes no room from what is.
            absent = " and no ".join(missing)
            st.caption(f"This corpus has no {absent}, so it cannot be filtered by them.", width="content")


def _years(context: PageContext) -> None:
    index, view = context.index, context.view
    assert index.year_range is not None
    first, last = index.year_range
    filters = view.filters
    low, high = filters.years or (first, last)
    label = "Years" if filters.years is None else f"Years {low}–{high}"
    label += "" if filters.include_undated or not index.n_undated else ", dated only"
    with st.popover(_marked(label, filters.years is not None or not filters.include_undated)):
        if first < last:
            key = hold("years", (min(max(low, first), last), max(min(high, last), first)))
            st.slider(
                "Years",
                first,
                last,
                key=key,
                on_change=on_change(key, lambda years: view.with_filters(years=_narrowed(years, first, last))),
            )
        else:
            st.text(f"All dated papers are of {first}.")
        key = hold("undated", filters.include_undated)
        n_undated = index.n_undated
        st.checkbox(
            f"Include the {n_undated:,} papers without a date" if n_undated else "Every paper has a date",
            key=key,
            disabled=n_undated == 0,
            on_change=on_change(key, lambda included: view.with_filters(include_undated=bool(included))),
        )


def _narrowed(years: Any, first: int, last: int) -> tuple[int, int] | None:
    low, high = int(years[0]), int(years[1])
    return None if (low, high) == (first, last) else (low, high)


def _values_filter(context: PageContext, kind: str, name: str, chosen: tuple[str, ...]) -> None:
    view = context.view
    counts = value_counts(context.index, kind, context.mask)
    offered = counts["value"].head(SETTINGS.max_options).tolist()
    options = offered + [value for value in chosen if value not in set(offered)]
    n_papers = dict(zip(counts["value"], counts["n_all"], strict=True))
    if len(chosen) == 1:
        label = for_markdown(f"{name}: {chosen[0]}", limit=_LABEL_CHARACTERS)
    else:
        label = for_markdown(f"{name}: {len(chosen)} chosen" if chosen else name, limit=_LABEL_CHARACTERS)
    with st.popover(_marked(label, bool(chosen))):
        key = hold(f"values-{kind}-{view.corpus}-{view.snapshot_id}", list(chosen))
        st.multiselect(
            for_markdown(name),
            options,
            key=key,
            format_func=lambda value: f"{for_text(value)} ({n_papers.get(value, 0):,})",
            placeholder="Any",
            on_change=on_change(key, lambda values: _with_values(view, kind, tuple(values))),
        )
        if len(counts) > len(offered):
            st.caption(f"The {len(offered):,} most frequent of {len(counts):,} are offered.")


def _marked(label: str, active: bool) -> str:
    return f"**{label}**" if active else label


def _with_values(view: View, kind: str, values: tuple[str, ...]) -> View:
    if kind == "venue":
        return view.with_filters(venues=values)
    return view.with_filters(facets=view.filters.with_facet(kind, values).facets)
