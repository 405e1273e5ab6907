"""One side of a comparison: what it is, how many papers, and a menu to change it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import streamlit as st

from dashboard.components.links import view_button
from dashboard.components.topic_rows import numbered_label
from dashboard.context import PageContext
from dashboard.navigation import hold, on_change
from dashboard.queries import SnapshotIndex
from dashboard.safe_text import for_markdown, for_text
from dashboard.settings import SETTINGS
from dashboard.state import NO_FILTERS, Side, View
from pipeline.schema import OUTLIER_TOPIC_ID

Which = Literal["a", "b"]
_COLOUR = {"a": "blue", "b": "orange"}
_CHARACTERS = 160


def side_in_words(context: PageContext, side: Side | None) -> str:
    """What a side holds, for people. Not escaped."""
    if side is None:
        return "Everything else"
    filters = side.filters
    parts = [] if side.topic is None else [numbered_label(context, side.topic)]
    if filters.years:
        low, high = filters.years
        parts.append(f"{low}" if low == high else f"{low} to {high}")
    if not filters.include_undated and not filters.years:
        parts.append("dated")
    parts += [_some(values) for values in (filters.venues, *(values for _, values in filters.facets)) if values]
    if filters.words:
        parts.append(f"“{filters.words}”")
    if side.selection:
        parts.append("a region of the map")
    return ", ".join(parts)


def _some(values: tuple[str, ...]) -> str:
    return values[0] if len(values) == 1 else f"{values[0]} or {len(values) - 1} more"


def side_card(context: PageContext, which: Which, n_papers: int | None) -> None:
    """Draw the side. ``n_papers``: how many it holds, ``None`` while nothing is chosen."""
    view = context.view
    side = view.side_a if which == "a" else view.side_b
    with st.container(border=True, gap="xsmall", key=f"side-{which}"):
        chosen = side is not None or n_papers is not None
        said = for_markdown(side_in_words(context, side), limit=_CHARACTERS) if chosen else "Choose what to compare"
        st.markdown(f"#### :{_COLOUR[which]}-badge[{which.upper()}] {said}")
        if n_papers is not None:
            share = f"{n_papers / context.n_matching:.1%}" if context.n_matching else "0%"
            st.markdown(f"**{n_papers:,}** papers, {share} of {context.n_matching:,}")
        with st.container(horizontal=True, gap="small"):
            with st.popover("Change" if side else "Choose", icon=":material/tune:"):
                _editor(context, which, side or Side())
            if n_papers and (papers := papers_of_side(view, side)) is not None:
                view_button("Its papers", papers, key=f"side-{which}-papers", icon=":material/article:")
            if side is not None:
                gone = _with(view, which, Side())
                label = "Everything else" if which == "b" else "Start over"
                view_button(label, gone, key=f"side-{which}-clear", icon=":material/close:")


def papers_of_side(view: View, side: Side | None) -> View | None:
    """Where the papers of a side are listed; ``None`` where no page can say it in its filters."""
    if side is None or (side.filters != NO_FILTERS and view.filters != NO_FILTERS):
        return None
    filters = view.filters if side.filters == NO_FILTERS else side.filters
    page = "topics" if side.topic is not None and side.selection is None else "map"
    return view.to(page, topic=side.topic, filters=filters, selection=side.selection)


def _with(view: View, which: Which, side: Side) -> View:
    return view.to(side_a=side) if which == "a" else view.to(side_b=side)


# --- the menu -----------------------------------------------------------------------------


def _editor(context: PageContext, which: Which, side: Side) -> None:
    view, index = context.view, context.index
    st.caption("All that is chosen here must hold of a paper.")
    if len(index.topics):
        options = ["", *index.topic_ids, OUTLIER_TOPIC_ID]
        if side.topic and side.topic not in options:  # of another level
            options.insert(1, side.topic)
        _choice(
            context,
            which,
            "topic",
            side.topic or "",
            lambda key, follow: st.selectbox(
                "Topic",
                options,
                key=key,
                format_func=lambda topic: for_text(numbered_label(context, topic)) if topic else "Any topic",
                on_change=follow,
            ),
            lambda topic: replace(side, topic=topic or None),
        )
    if index.year_range is not None and index.year_range[0] < index.year_range[1]:
        _years(context, which, side)
    if index.venues.names:
        _values(context, which, side, "venue", "Venue", side.filters.venues)
    for name, values in index.facets.items():
        if values.names:
            _values(context, which, side, name, name.replace("_", " ").capitalize(), side.filters.facet(name))
    _choice(
        context,
        which,
        "words",
        side.filters.words,
        lambda key, follow: st.text_input(
            "Words", key=key, type="search", placeholder="Words, “a phrase”, prefix*, -without", on_change=follow
        ),
        lambda words: _filtered(side, words=words or ""),
    )
    if side.selection is not None:
        anywhere = _with(view, which, replace(side, selection=None))
        view_button("Leave out the region of the map", anywhere, key=f"side-{which}-region", icon=":material/close:")


def _choice(
    context: PageContext,
    which: Which,
    name: str,
    value: Any,
    draw: Callable[[str, Callable[[], None]], Any],
    changed: Callable[[Any], Side],
) -> None:
    """One widget of the menu: ``draw(key, callback)``, and the side that its new value makes."""
    view = context.view
    key = hold(f"side-{which}-{name}-{view.corpus}-{view.snapshot_id}", value)
    draw(key, on_change(key, lambda new: _with(view, which, changed(new))))


def _filtered(side: Side, **changes: Any) -> Side:
    return replace(side, filters=replace(side.filters, **changes))


def _years(context: PageContext, which: Which, side: Side) -> None:
    assert context.index.year_range is not None
    first, last = context.index.year_range
    low, high = side.filters.years or (first, last)

    def chosen(years: Any) -> Side:
        whole = (int(years[0]), int(years[1])) == (first, last)
        # A period is of dated papers: those without a date belong to none.
        return _filtered(side, years=None if whole else (int(years[0]), int(years[1])), include_undated=whole)

    _choice(
        context,
        which,
        "years",
        (min(max(low, first), last), max(min(high, last), first)),
        lambda key, follow: st.slider("Years", first, last, key=key, on_change=follow),
        chosen,
    )


def _values(context: PageContext, which: Which, side: Side, kind: str, name: str, values: tuple[str, ...]) -> None:
    offered = _offered(context.index, kind)
    options = offered + [value for value in values if value not in set(offered)]

    def chosen(new: Any) -> Side:
        if kind == "venue":
            return _filtered(side, venues=tuple(new))
        return replace(side, filters=side.filters.with_facet(kind, tuple(new)))

    _choice(
        context,
        which,
        f"values-{kind}",
        list(values),
        lambda key, follow: st.multiselect(
            for_markdown(name), options, key=key, format_func=for_text, placeholder="Any", on_change=follow
        ),
        chosen,
    )


def _offered(index: SnapshotIndex, kind: str) -> list[str]:
    values = index.values(kind)
    order = sorted(range(len(values.names)), key=lambda code: (-int(values.counts[code]), values.names[code]))
    return [values.names[code] for code in order[: SETTINGS.max_options]]
