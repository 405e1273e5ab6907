"""From what is on screen to a comparison: what one looks at becomes side A."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.components.links import view_button
from dashboard.context import PageContext
from dashboard.queries import rows_of_side, year_that_halves
from dashboard.state import NO_FILTERS, Side, View


def side_of(view: View) -> Side:
    """What ``view`` shows as a side: its topic, filters, region and search by words."""
    searched = view.search if view.mode == "words" and view.page == "search" and not view.similar else ""
    filters = replace(view.filters, words=view.filters.words or searched)
    return Side(view.topic, filters, view.selection)


def compare_ways(context: PageContext) -> None:
    """A menu that compares what is on screen with the rest, or with what was there before.

    Nothing where all papers are on screen, two sides already, or a list that no side can ask for.
    """
    view, index = context.view, context.index
    side = side_of(view)
    if view.page in ("compare", "reading-list", "place-my-papers") or not side:
        return
    whole = view.to("compare", filters=NO_FILTERS, search="", mode="words", selection=None, viewport=None)
    with st.popover("Compare", icon=":material/compare_arrows:", help="Set these papers beside others"):
        rest = replace(whole, side_a=side)
        view_button("With the rest of the corpus", rest, key="compare-rest", icon=":material/contrast:")
        if index.year_range is None:
            return
        first, last = index.year_range
        if side.filters.years is None:
            start = year_that_halves(index, rows_of_side(index, side, context.mask))
        else:
            start, last = side.filters.years
        if start is not None and start > first:
            since, before = (_of_years(side, years) for years in ((start, last), (first, start - 1)))
            alone = f"Those since {start} with those before {start}"
            label = alone if side.filters.years is None else f"With the same before {start}"
            earlier = replace(whole, side_a=since, side_b=before)
            view_button(label, earlier, key="compare-before", icon=":material/history:")


def _of_years(side: Side, years: tuple[int, int]) -> Side:
    return replace(side, filters=replace(side.filters, years=years, include_undated=False))
