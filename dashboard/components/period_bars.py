"""Bars of the papers in each period, each a link to them; drawn without plotly, which takes longer than the page."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

import streamlit as st

from dashboard.context import PageContext
from dashboard.navigation import follow_link, here
from dashboard.state import View, query_of

_NO_PERIOD = "\0"
"""Stands for the period in the query string of a bar's link; no text in a query holds one."""


def _front(name: str) -> str:
    return (resources.files("dashboard.components") / "bars_front" / name).read_text(encoding="utf-8")


_BARS = st.components.v2.component("period_bars", js=_front("period_bars.js"), css=_front("period_bars.css"))


def papers_of_period(view: View, period: str) -> View:
    """Where a bar leads: to the papers of ``period`` that pass the filters, as a click on Trends does."""
    return view.to("trends", topic=None, paper=None, period=period)


def period_bars(context: PageContext, counts: Sequence[int], *, key: str, name: str, partial: str | None) -> None:
    """A bar for each period of the corpus.

    Parameters
    ----------
    counts
        Papers of each of ``context.index.periods``, of which there is at least one.
    name
        What is counted, for people who listen to the page. Plain text.
    partial
        The period that may be incomplete: it is hatched, and the foot says so.
    """
    view = context.view

    def follow() -> None:
        follow_link(st.session_state[key].get("follow"))

    data = {
        "name": name,
        "here": query_of(here()),
        "template": query_of(papers_of_period(view, _NO_PERIOD)),
        "periods": list(context.index.periods),
        "counts": [int(count) for count in counts],
        "partial": partial,
        "note": f"{partial} may be incomplete (hatched)." if partial else "",
        "source": f"{name}. Topic Explorer, corpus {view.corpus}, snapshot {view.snapshot_id}",
        "file": f"{view.corpus}-papers-over-time-{view.snapshot_id}",
    }
    _BARS(key=key, data=data, on_follow_change=follow)
