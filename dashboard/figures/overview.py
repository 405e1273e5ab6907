"""A corpus at a glance: when its papers appeared."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.figures.layout import blank_figure, say_nothing_to_show
from dashboard.figures.palette import THEMES, ThemeName


def papers_by_period_figure(
    periods: Sequence[str], counts: Sequence[int], theme: ThemeName, *, partial_period: str | None = None
) -> go.Figure:
    """Bars of the papers in each period; one that may be incomplete is hatched.

    Parameters
    ----------
    periods
        ``"2024"``, ``"2024-Q3"`` or ``"2024-07"``, every period from the first to the last.
    counts
        Papers of each.
    """
    figure = blank_figure(theme, 210)
    if not len(periods):
        return say_nothing_to_show(figure, "No dated papers to draw")
    colours = THEMES[theme]
    hatch = {
        "shape": ["/" if period == partial_period else "" for period in periods],
        "fgcolor": colours.background,
        "size": 6,
        "solidity": 0.4,
        "fillmode": "overlay",
    }
    figure.add_bar(
        x=list(periods),
        y=[int(count) for count in counts],
        marker={"color": colours.accent, "pattern": hatch, "cornerradius": 2},
        customdata=[[period] for period in periods],
        hovertemplate="<b>%{x}</b>: %{y:,} papers<extra></extra>",
    )
    figure.update_layout(bargap=0.2)
    figure.update_xaxes(type="category", nticks=10, tickangle=0)
    figure.update_yaxes(tickformat=",~d", nticks=4)
    return figure
