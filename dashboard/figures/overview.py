"""A corpus at a glance: how large its topics are, and when its papers appeared."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.figures.layout import blank_figure, say_nothing_to_show
from dashboard.figures.palette import THEMES, ThemeName, topic_colours
from dashboard.safe_text import for_plotly

_BAR = 27  # pixels a bar
_LABEL_CHARACTERS = 44


def topic_sizes_figure(topics: pd.DataFrame, theme: ThemeName, *, n_shown: int = 15) -> go.Figure:
    """Bars of the largest topics under the current filters, largest on top, coloured as on the map.

    Parameters
    ----------
    topics
        `queries.topic_overview`, all topics: their places decide the colours.

    Returns
    -------
    Figure
        Every bar carries ``[topic_id]`` as customdata.
    """
    by_number = topics.sort_values("number", kind="stable")
    colours = dict(zip(by_number["topic_id"], topic_colours(by_number["x"], by_number["y"], theme), strict=True))
    shown = topics.sort_values(["n_papers", "number"], ascending=[False, True]).head(n_shown)
    figure = blank_figure(theme, max(90, _BAR * len(shown) + 24), r=52)
    if not len(shown):
        return say_nothing_to_show(figure, "No topics to draw")
    labels = [for_plotly(label, _LABEL_CHARACTERS) for label in shown["label"]]
    places = list(range(len(shown)))
    sizes = [int(size) for size in shown["n_papers"]]
    figure.add_bar(
        x=sizes,
        y=places,
        orientation="h",
        marker={"color": [colours[topic_id] for topic_id in shown["topic_id"]], "cornerradius": 2},
        text=[f"{size:,}" for size in sizes],
        textposition="outside",
        textfont={"size": 12, "color": THEMES[theme].muted},
        cliponaxis=False,
        customdata=[[topic_id] for topic_id in shown["topic_id"]],
        hovertext=[
            f"<b>{for_plotly(label)}</b><br>{size:,} papers, {share:.1%}"
            for label, size, share in zip(shown["label"], sizes, shown["share"], strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    tick = {"size": 13, "color": THEMES[theme].ink}
    figure.update_yaxes(tickvals=places, ticktext=labels, tickfont=tick, autorange="reversed", showgrid=False)
    figure.update_yaxes(ticklabelstandoff=6)
    figure.update_xaxes(visible=False)
    figure.update_layout(bargap=0.34, clickmode="event+select")
    return figure


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
