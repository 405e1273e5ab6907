"""The topic map as a plotly figure, to take away: every paper a point, topics named in place.

The map on the page is ``dashboard.components.topic_map``; this one lives in a
file of its own, without a server to ask.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.figures.layout import blank_figure, say_nothing_to_show
from dashboard.figures.palette import HEADING_FONT, THEMES, Theme, ThemeName, label_colours, topic_colours
from dashboard.safe_text import for_plotly
from pipeline.schema import OUTLIER_TOPIC_ID

MAX_TITLES = 20_000
"""With more papers than this the file carries no titles: it would grow past ten megabytes."""

_WIDTH = 1100  # pixels that labels are laid out for
_LETTER = 0.6  # mean width of a letter, in font sizes


def topic_map_figure(
    papers: pd.DataFrame,
    topics: pd.DataFrame,
    *,
    theme: ThemeName,
    shown: NDArray[np.bool_] | None = None,
    title: str = "",
    height: int = 760,
) -> go.Figure:
    """The map of the papers ``shown``, coloured by topic.

    Parameters
    ----------
    papers
        With columns title, x, y, topic_id and year.
    topics
        With columns topic_id, number, level, label, x and y; the finest level is drawn.
    shown : bool (n_papers,)
        Rows to draw; ``None`` for all. The figure says how many of how many.
    """
    figure = blank_figure(theme, height, title, l=12, r=12, b=30)
    drawn = papers if shown is None else papers[shown]
    if not len(drawn):
        return say_nothing_to_show(figure, "No papers to draw")
    finest = topics[topics["level"] == 0].sort_values("number", kind="stable")
    size = float(np.clip(190 / np.sqrt(len(drawn)), 2.4, 11.0))
    with_titles = len(drawn) <= MAX_TITLES
    outliers = drawn[drawn["topic_id"] == OUTLIER_TOPIC_ID]
    if len(outliers):
        figure.add_trace(_cloud(outliers, "Outside every topic", THEMES[theme].outlier, 0.8 * size, 0.5, with_titles))
    colours = topic_colours(finest["x"], finest["y"], theme)
    groups = dict(iter(drawn.groupby("topic_id", observed=True)))
    for topic_id, label, colour in zip(finest["topic_id"], finest["label"], colours, strict=True):
        if topic_id in groups:
            figure.add_trace(_cloud(groups[topic_id], str(label), colour, size, 0.8, with_titles))
    # A name for every topic that has papers here, the largest first.
    counts = finest["topic_id"].map(drawn["topic_id"].value_counts()).fillna(0).to_numpy(dtype=np.int64)
    named = finest.assign(count=counts, colour=label_colours(finest["x"], finest["y"], theme))
    named = named[named["count"] > 0].sort_values(["count", "number"], ascending=[False, True])
    _name_topics(figure, named, drawn, THEMES[theme], height)
    figure.update_xaxes(visible=False, fixedrange=False)
    figure.update_yaxes(visible=False, fixedrange=False, scaleanchor="x", scaleratio=1)
    count = f"{len(drawn):,} of {len(papers):,} papers"
    figure.add_annotation(
        text=count, x=0, y=0, xref="paper", yref="paper", yshift=-26, showarrow=False,
        font={"size": 12, "color": THEMES[theme].muted},
    )  # fmt: skip
    figure.update_layout(dragmode="pan", hovermode="closest")
    return figure


def _cloud(
    papers: pd.DataFrame, label: str, colour: str, size: float, opacity: float, with_titles: bool
) -> go.Scattergl:
    years = [str(int(year)) if pd.notna(year) else "undated" for year in papers["year"]]
    hover = f"<b>{for_plotly(label)}</b> · %{{customdata}}<extra></extra>"
    titles = None
    if with_titles:
        titles = [for_plotly(title) for title in papers["title"]]
        hover = f"%{{text}}<br>{hover}"
    return go.Scattergl(
        x=papers["x"].to_numpy(dtype=np.float32),
        y=papers["y"].to_numpy(dtype=np.float32),
        mode="markers",
        marker={"size": size, "color": colour, "opacity": opacity, "line": {"width": 0}},
        name=for_plotly(label),
        customdata=years,
        text=titles,
        hovertemplate=hover,
    )


def _name_topics(figure: go.Figure, topics: pd.DataFrame, papers: pd.DataFrame, theme: Theme, height: int) -> None:
    """Names over a halo of the background, the largest topics first, none over another."""
    reach = max(float(np.ptp(papers["x"])) / _WIDTH, float(np.ptp(papers["y"])) / height, 1e-9)
    most = float(topics["count"].max()) if len(topics) else 1.0
    placed: list[tuple[float, float, float, float]] = []
    halo = ", ".join(f"{x}px {y}px 2px {theme.background}" for x in (-1, 0, 1) for y in (-1, 0, 1))
    for topic in topics.itertuples():
        font = 12 + 6 * float(np.sqrt(float(topic.count) / most))  # type: ignore[arg-type]
        lines = wrap_label(str(topic.label))
        wide, high = max(map(len, lines)) * font * _LETTER, len(lines) * font * 1.2
        x, y = float(topic.x) / reach, float(topic.y) / reach  # type: ignore[arg-type]
        if any(abs(x - a) < (wide + w) / 2 + 4 and abs(y - b) < (high + h) / 2 + 3 for a, b, w, h in placed):
            continue
        placed.append((x, y, wide, high))
        face = {"family": HEADING_FONT, "size": font, "color": topic.colour, "weight": 600, "shadow": halo}
        text = "<br>".join(for_plotly(line) for line in lines)
        figure.add_annotation(x=topic.x, y=topic.y, text=text, showarrow=False, font=face, captureevents=False)


def wrap_label(label: str, width: int = 18, most: int = 3) -> Sequence[str]:
    """Words of ``label`` in at most ``most`` lines of about ``width`` characters; what does not fit becomes "…"."""
    lines = [""]
    for word in label.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    short = [line if len(line) <= width + 8 else line[: width + 7] + "…" for line in lines[:most]]
    if len(lines) > most:
        short[-1] += "…"
    return short
