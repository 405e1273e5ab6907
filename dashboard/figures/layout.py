"""The empty sheet every picture starts from: type, colours, hover and margins of the theme."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from dashboard.figures.palette import HEADING_FONT, TEXT_FONT, THEMES, ThemeName
from dashboard.safe_text import for_plotly

CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "displayModeBar": "hover",
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d", "zoom2d", "pan2d", "zoomIn2d", "zoomOut2d"],
    "toImageButtonOptions": {"format": "svg", "filename": "topic-explorer"},
    "scrollZoom": False,
}
"""How ``st.plotly_chart`` shows our pictures: no logo, a quiet mode bar whose camera saves SVG."""


def blank_figure(theme: ThemeName, height: int, title: str = "", **margins: int) -> go.Figure:
    """A figure without data.

    Parameters
    ----------
    theme
        The surface it will lie on.
    height
        Pixels.
    title
        A heading over the picture; it is escaped here.
    margins
        ``l``, ``r``, ``t``, ``b`` in pixels, where they differ from the usual.
    """
    colours = THEMES[theme]
    figure = go.Figure()
    axis: dict[str, Any] = {
        "gridcolor": colours.grid,
        "linecolor": colours.grid,
        "tickcolor": colours.grid,
        "zeroline": False,
        "automargin": True,
        "fixedrange": True,
        "title": {"font": {"size": 13, "color": colours.muted}},
        "tickfont": {"size": 12, "color": colours.muted},
    }
    figure.update_layout(
        template="none",
        height=height,
        paper_bgcolor=colours.background,
        plot_bgcolor=colours.background,
        font={"family": TEXT_FONT, "size": 13, "color": colours.ink},
        title={
            "text": for_plotly(title),
            "font": {"family": HEADING_FONT, "size": 18, "color": colours.ink},
            "x": 0,
            "xref": "container",
            "pad": {"l": 10},
        },
        margin={"l": 8, "r": 8, "t": 44 if title else 12, "b": 8, **margins},
        hoverlabel={
            "bgcolor": colours.panel,
            "bordercolor": colours.grid,
            "font": {"family": TEXT_FONT, "size": 13, "color": colours.ink},
            "align": "left",
        },
        showlegend=False,
        dragmode=False,
        xaxis={**axis, "showgrid": False},
        yaxis=axis,
        colorway=list(colours.categorical),
    )
    return figure


def say_nothing_to_show(figure: go.Figure, reason: str) -> go.Figure:
    """``figure`` with a sentence in its middle instead of axes; returns it."""
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure.add_annotation(
        text=for_plotly(reason), x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False, font={"size": 14}
    )


def faded(colour: str, alpha: float) -> str:
    """``#rrggbb`` as an ``rgba(…)`` of that opacity, 0 to 1."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:g})"
