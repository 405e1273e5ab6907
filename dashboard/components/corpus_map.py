"""The map of the papers on screen: what `topic_map` draws, for a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dashboard import data
from dashboard.components.map_event import MapEvent
from dashboard.components.topic_map import topic_map
from dashboard.context import PageContext
from dashboard.safe_text import for_text


def corpus_map(
    context: PageContext, *, key: str, height: int, on_event: Callable[[MapEvent], None], **look: Any
) -> None:
    """Draw the map of ``context``'s corpus; papers that do not pass the filters fade.

    Parameters
    ----------
    key, height, on_event
        As for `topic_map`.
    look
        What else `topic_map` is told: ``colour_by``, ``topics``, ``selection`` and so on.
    """
    view, index = context.view, context.index

    def titles(rows: Sequence[int]) -> list[str]:
        return [for_text(title) for title in index.papers["title"].iloc[list(rows)]]

    topic_map(
        data.map_points(view.corpus, view.snapshot_id, view.dial),
        key=key,
        titles=titles,
        shown=None if context.n_matching == index.n_papers else context.mask,
        caption=f"Topic Explorer, {view.corpus}, snapshot {view.snapshot_id}",
        height=height,
        on_event=on_event,
        **look,
    )
