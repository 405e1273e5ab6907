"""Counts and shares over time, several lines together, with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.figures.layout import blank_figure, faded, say_nothing_to_show
from dashboard.figures.palette import THEMES, Theme, ThemeName, series_colours, text_colour
from dashboard.safe_text import for_plotly

_LABEL_CHARACTERS = 30
_LABEL_GAP = 21  # pixels from one label to the next
_TICKS = 8
_PADDING = 58  # pixels of the height that are not plot


@dataclass(frozen=True)
class _Line:
    series: str
    name: str
    colour: str
    points: pd.DataFrame
    values: np.ndarray


def trend_figure(
    trends: pd.DataFrame,
    names: Mapping[str, str],
    theme: ThemeName,
    *,
    measure: str = "share",
    partial_period: str | None = None,
    show_intervals: bool = True,
    colours: Mapping[str, str] | None = None,
    title: str = "",
    height: int = 430,
    name_lines: bool = True,
) -> go.Figure:
    """Lines over periods, each named at its end.

    Parameters
    ----------
    trends
        Rows of ``schema.TRENDS``; the column ``series`` tells the lines apart.
    names
        Series → what to call it; plain text, escaped here.
    measure
        ``"share"`` of a period's papers, or ``"count"``. A period without papers has no shares.
    partial_period
        The last period, when papers of it may still be missing: the way to it is dotted, its point hollow.
    show_intervals
        Draw the 95 % interval of each share: as a band, or as a thin bar beside each mark where
        bands would cover each other. Counts have none.
    colours
        Series → ``#rrggbb``; by default colours that are told apart well.
    name_lines
        Write each line's name at its end, where there are several; that takes room.

    Returns
    -------
    Figure
        Every marker carries ``[series, period]`` as customdata.
    """
    figure = blank_figure(theme, height, title, l=12)
    lines = _lines(trends, names, theme, measure, colours or {})
    if not lines:
        return say_nothing_to_show(figure, "No dated papers to draw")
    banded = show_intervals and measure == "share"
    top = _top(lines, banded)
    if banded:
        for interval in _intervals(lines, top):
            figure.add_trace(interval)
    for line in lines:
        for trace in _strokes(line, partial_period):
            figure.add_trace(trace)
        figure.add_trace(_marks(line, partial_period, THEMES[theme]))
    figure.update_yaxes(range=[0, top], nticks=6, tickformat=",.1~%" if measure == "share" else ",~d")
    figure.update_yaxes(title_text="Share of the period's papers" if measure == "share" else "Papers")
    _tick_periods(figure, trends)
    _mark_partial(figure, trends, partial_period, THEMES[theme])
    if name_lines and len(lines) > 1:
        _name_lines(figure, lines, top, height, theme)
    figure.update_layout(hovermode="closest", clickmode="event+select")
    return figure


def _lines(
    trends: pd.DataFrame, names: Mapping[str, str], theme: ThemeName, measure: str, colours: Mapping[str, str]
) -> list[_Line]:
    present = list(dict.fromkeys(trends["series"]))
    usual = dict(zip(present, series_colours(len(present), theme), strict=True))
    lines = []
    for series in present:
        points = trends[trends["series"] == series].sort_values("period_start")
        if measure == "share":
            points = points[points["n_period"] > 0]
        values = points["share" if measure == "share" else "n_papers"].to_numpy(dtype=np.float64)
        if len(points):
            colour = colours.get(series, usual[series])
            lines.append(_Line(series, for_plotly(names[series], 60), colour, points, values))
    return lines


def _top(lines: Sequence[_Line], banded: bool) -> float:
    """The upper end of the axis. A period of few papers has a wide interval; it must not flatten the rest."""
    most = max(float(line.values.max()) for line in lines)
    if banded and most > 0:
        ends = max(float(line.points["share_high"].max()) for line in lines)
        most = max(most, min(ends, 1.6 * most))
    return 1.08 * most if most > 0 else 1.0


def _intervals(lines: Sequence[_Line], top: float) -> list[go.Scatter]:
    """Bands while they leave each other room, that is cover the plot less than once; else bars side by side."""
    covered = sum(float((line.points["share_high"] - line.points["share_low"]).mean()) / top for line in lines)
    if len(lines) == 1 or covered < 1:
        return [_band(line, 0.13 if len(lines) <= 3 else 0.08) for line in lines]
    starts = pd.to_datetime(pd.concat([line.points["period_start"] for line in lines])).drop_duplicates().sort_values()
    apart = starts.diff().min() if len(starts) > 1 else pd.Timedelta(days=1)
    step = 0.5 * apart / len(lines)
    return [_bars(line, (place - (len(lines) - 1) / 2) * step) for place, line in enumerate(lines)]


def _bars(line: _Line, aside: pd.Timedelta) -> go.Scatter:
    """A thin upright bar from the lower to the upper end of each interval, ``aside`` of its mark."""
    low, high = (line.points[name].to_numpy(dtype=np.float64) for name in ("share_low", "share_high"))
    ends = {"array": (high - line.values).tolist(), "arrayminus": (line.values - low).tolist(), "width": 0}
    return go.Scatter(
        x=list(pd.to_datetime(line.points["period_start"]) + aside),
        y=line.values.tolist(),
        mode="lines",
        line={"width": 0},
        error_y={
            "type": "data",
            "symmetric": False,
            **ends,
            "color": faded(line.colour, 0.5),
            "thickness": 2,
            "width": 0,
        },
        hoverinfo="skip",
    )


def _band(line: _Line, opacity: float) -> go.Scatter:
    start = list(line.points["period_start"])
    high, low = list(line.points["share_high"]), list(line.points["share_low"])
    return go.Scatter(
        x=start + start[::-1],
        y=high + low[::-1],
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=faded(line.colour, opacity),
        hoverinfo="skip",
    )


def _strokes(line: _Line, partial_period: str | None) -> list[go.Scatter]:
    """The line itself, its last stretch dotted where it leads to a partial period."""
    start = list(line.points["period_start"])
    partial = line.points["period"].iloc[-1] == partial_period
    whole = len(start) - 1 if partial else len(start)
    style: dict[str, Any] = {"color": line.colour, "width": 2.25}
    pieces = [(slice(0, whole), style)]
    if partial and whole:
        pieces.append((slice(-2, None), {**style, "dash": "dot"}))
    return [
        go.Scatter(x=start[part], y=line.values[part].tolist(), mode="lines", line=look, hoverinfo="skip")
        for part, look in pieces
    ]


def _marks(line: _Line, partial_period: str | None, theme: Theme) -> go.Scatter:
    periods = [str(period) for period in line.points["period"]]
    hollow = [period == partial_period for period in periods]
    return go.Scatter(
        x=list(line.points["period_start"]),
        y=line.values.tolist(),
        mode="markers",
        cliponaxis=False,
        marker={
            "size": 7.5,
            "color": [theme.background if is_hollow else line.colour for is_hollow in hollow],
            "line": {"color": line.colour, "width": 1.75},
        },
        customdata=[[line.series, period] for period in periods],
        hovertext=[_hover(line.name, row, partial_period) for row in line.points.to_dict("records")],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _hover(name: str, row: Mapping[Any, Any], partial_period: str | None) -> str:
    said = [
        f"<b>{name}</b>",
        f"{row['period']}: {row['n_papers']:,} of {row['n_period']:,} papers",
        f"{row['share']:.1%}, 95 % interval {row['share_low']:.1%} to {row['share_high']:.1%}",
    ]
    if row["period"] == partial_period:
        said.append("This period may still be incomplete")
    return "<br>".join(said)


def _tick_periods(figure: go.Figure, trends: pd.DataFrame) -> None:
    """Ticks at periods, by their own names, at most `_TICKS` of them and the same number apart."""
    periods = trends[["period_start", "period"]].drop_duplicates().sort_values("period_start")
    shown = periods.iloc[:: -(-len(periods) // _TICKS)]
    figure.update_xaxes(tickvals=list(shown["period_start"]), ticktext=list(shown["period"]))


def _mark_partial(figure: go.Figure, trends: pd.DataFrame, partial_period: str | None, theme: Theme) -> None:
    """A veil over a period that may be incomplete, and a word that says so."""
    starts = pd.to_datetime(trends["period_start"].drop_duplicates()).sort_values()
    of_period = trends.loc[trends["period"] == partial_period, "period_start"]
    if len(starts) < 2 or of_period.empty:
        return
    start = pd.Timestamp(of_period.iloc[0])
    half = (starts.iloc[-1] - starts.iloc[-2]) / 2
    figure.add_vrect(x0=start - half, x1=start + half, fillcolor=faded(theme.muted, 0.1), line_width=0, layer="below")
    figure.add_annotation(
        x=start + half, xanchor="right", y=1, yref="paper", yanchor="top", showarrow=False,
        text="incomplete", font={"size": 11, "color": theme.muted},
    )  # fmt: skip
    figure.update_xaxes(range=[starts.iloc[0] - half / 2, start + half])


def _name_lines(figure: go.Figure, lines: Sequence[_Line], top: float, height: int, theme: ThemeName) -> None:
    """Each line's name at its end, moved apart where lines end together."""
    ends = [float(line.values[-1]) / top for line in lines]
    order = np.argsort(ends, kind="stable")
    places = spread_apart([ends[i] for i in order], _LABEL_GAP / max(height - _PADDING, 100))
    longest = 0
    for place, i in zip(places, order, strict=True):
        text = _cut(lines[i].name)
        longest = max(longest, len(text))
        figure.add_annotation(
            x=1, xref="paper", xanchor="left", xshift=8, y=place, yref="paper", yanchor="middle",
            text=text, showarrow=False, font={"color": text_colour(lines[i].colour, theme), "size": 13},
        )  # fmt: skip
    figure.update_layout(margin={"r": 20 + round(6.6 * longest)})


def _cut(label: str) -> str:
    """An escaped label, shortened; an escaped character is never cut in two."""
    if len(label) <= _LABEL_CHARACTERS:
        return label
    cut = label[: _LABEL_CHARACTERS - 1]
    ampersand = cut.rfind("&")
    if ampersand >= 0 and ";" not in cut[ampersand:]:
        cut = cut[:ampersand]
    return cut.rstrip() + "…"


def spread_apart(places: Sequence[float], gap: float) -> list[float]:
    """Ascending ``places`` moved as little as needed to be ``gap`` apart, and inside [0, 1] where they fit.

    Least squares: neighbours that would collide become a block around the
    mean of what its members want (pool adjacent violators; Barlow and others,
    "Statistical Inference under Order Restrictions", 1972).
    """
    n = len(places)
    if n and (n - 1) * gap > 1:
        gap = 1 / (n - 1)
    blocks: list[tuple[float, int]] = []  # wanted place of the first member, members
    for place in places:
        start, count = float(place), 1
        while blocks and blocks[-1][0] + blocks[-1][1] * gap > start:
            before, n_before = blocks.pop()
            start = (before * n_before + (start - n_before * gap) * count) / (n_before + count)
            count += n_before
        blocks.append((start, count))
    spread = [start + i * gap for start, count in blocks for i in range(count)]
    # The ends of the axis push what lies beyond them back, from the top and then from the bottom.
    for i in reversed(range(n)):
        spread[i] = min(spread[i], 1 - (n - 1 - i) * gap)
    return [max(place, i * gap) for i, place in enumerate(spread)]
