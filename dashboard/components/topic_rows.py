"""Topics as rows of a list: in the map's colours, with their share over time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from dashboard.components.link_list import Row
from dashboard.context import PageContext
from dashboard.figures.palette import THEMES, topic_colours
from dashboard.queries import complete_shares, topic_name
from dashboard.state import View
from pipeline.schema import OUTLIER_TOPIC_ID


def colours_of_topics(context: PageContext) -> dict[str, str]:
    """Topic id → its colour on the map; outliers too."""
    topics = context.index.topics
    colours = topic_colours(topics["x"], topics["y"], context.theme)
    return {OUTLIER_TOPIC_ID: THEMES[context.theme].outlier} | dict(zip(context.index.topic_ids, colours, strict=True))


def numbered_label(context: PageContext, topic_id: str) -> str:
    """``"7 Bird migration"``; ``"Outliers"`` for papers outside every topic. Not escaped."""
    topic = context.index.topic(topic_id)
    return topic_name(context.index, topic_id) if topic is None else f"{topic['number']} {topic['label']}"


def topic_rows(
    context: PageContext,
    topic_ids: Sequence[str],
    leads_to: Callable[[str], View],
    *,
    notes: Mapping[str, str] | None = None,
    sizes: Mapping[str, int] | None = None,
    lines: bool = False,
    hints: Mapping[str, str] | None = None,
    current: str | None = None,
    colours: Mapping[str, str] | None = None,
) -> list[Row]:
    """A row for each topic.

    Parameters
    ----------
    leads_to
        Topic id → the view its row opens.
    notes, hints
        Topic id → what stands at the right, and what the pointer is told. Plain text.
    sizes
        Topic id → papers, for bars.
    lines
        Draw the share of each complete period, where there are at least two.
    current
        The topic that is open.
    colours
        Topic id → ``#rrggbb``, for rows that have one; by default those of the map.
    """
    colours = colours_of_topics(context) if colours is None else colours
    shares = complete_shares(context.index, context.mask, topic_ids) if lines else np.empty((len(topic_ids), 0))
    most = max(sizes.values(), default=0) if sizes else 0
    return [
        Row(
            label=numbered_label(context, topic_id),
            view=leads_to(topic_id),
            note=(notes or {}).get(topic_id, ""),
            hint=(hints or {}).get(topic_id, ""),
            colour=colours.get(topic_id, ""),
            bar=sizes[topic_id] / most if sizes and most else None,
            line=tuple(line.tolist()) if len(line) > 1 else (),
            current=topic_id == current,
        )
        for topic_id, line in zip(topic_ids, shares, strict=True)
    ]
