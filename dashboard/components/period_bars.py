"""Bars of the papers in each period, each a link to them."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.components.picture import NO_PERIOD, period_data, picture_component
from dashboard.context import PageContext
from dashboard.navigation import on_follow
from dashboard.state import View

_BARS = picture_component("period_bars", "bars_front")


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
    data = period_data(context, papers_of_period(context.view, NO_PERIOD), name=name, file="papers-over-time")
    data |= {
        "counts": [int(count) for count in counts],
        "partial": partial,
        "note": f"{partial} may be incomplete (hatched)." if partial else "",
    }
    _BARS(key=key, data=data, on_follow_change=on_follow(key))
