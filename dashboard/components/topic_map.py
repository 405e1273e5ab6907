"""The map of all papers: a Streamlit component of our own around WebGL.

Four parts, so that each change sends only what changed. The *points* of a
snapshot (12 bytes a paper) travel once, together with the code that draws
them; the *mask* of papers that pass the filters travels when filters change;
the map itself takes a few hundred bytes (colouring, topic, region, open
paper); *titles* are asked for while the pointer moves, in a fragment of their
own, and rerun nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.components.front import front
from dashboard.components.map_event import NOTHING, MapEvent, read_event
from dashboard.components.map_points import MapPoints, pack_mask, pack_rows
from dashboard.safe_text import for_text
from dashboard.state import Polygon

ColourBy = Literal["topic", "year"]

MAX_HIGHLIGHTED = 5_000
"""Papers that can be marked at once; of more, the first are marked."""

_MAX_TITLES = 80
_TITLE_CHARACTERS = 300
_PARTS = (
    "surface.js",
    "points.js",
    "names.js",
    "camera.js",
    "emphasis.js",
    "painter.js",
    "labels.js",
    "region.js",
    "hover.js",
    "gestures.js",
    "pictures.js",
    "toolbar.js",
    "topic_map.js",
    "engine.js",
)


@lru_cache(maxsize=1)
def _engine() -> str:
    """The map's code: its files one after another, its style sheet as a constant, and a version."""
    style = front("map_front", "topic_map.css")
    code = "\n".join(front("map_front", name) for name in _PARTS)
    version = hashlib.sha256((style + code).encode()).hexdigest()[:12]
    return f"const VERSION = {json.dumps(version)}\nconst STYLE = {json.dumps(style)}\n{code}"


_POINTS = st.components.v2.component("topic_map_points", js=_engine())
_MASK = st.components.v2.component("topic_map_mask", js=front("map_front", "mask.js"))
_TITLES = st.components.v2.component("topic_map_titles", js=front("map_front", "titles.js"))
_MAP = st.components.v2.component(
    "topic_map", html=front("map_front", "topic_map.html"), js=front("map_front", "mount.js")
)


def topic_map(
    points: MapPoints,
    *,
    key: str,
    titles: Callable[[Sequence[int]], Sequence[str]],
    shown: NDArray[np.bool_] | None = None,
    colour_by: ColourBy = "topic",
    level: int = 0,
    topics: Sequence[str] = (),
    highlighted: Sequence[int] | NDArray[np.integer] = (),
    paper: int | None = None,
    selection: Polygon | None = None,
    window: tuple[float, float, float, float] | None = None,
    caption: str = "",
    height: int = 640,
    still: bool = False,
    on_event: Callable[[MapEvent], None] | None = None,
) -> MapEvent:
    """Draw the map and say what the reader did on it since the last run.

    Everything on the map follows the arguments: after a gesture the caller
    puts the event into its own state and passes that back in.

    Parameters
    ----------
    points
        `dashboard.components.map_points.map_points` of the snapshot; keep it, do not rebuild it every run.
    key
        Streamlit key, one a map.
    titles
        Titles of the papers in these rows, asked for on hover. Plain text.
    shown
        Rows that pass the filters; ``None`` for all. The others are barely visible and cannot be picked.
    colour_by
        What colours the points.
    level
        Of the topics that colour them. Their names are shown close up, those of coarser ones from afar.
    topics
        Ids of topics, of whatever level, to bring forward; the other papers fade.
    highlighted
        Rows to mark, for instance search results; the other papers fade.
    paper
        Row of the open paper: it gets a ring.
    selection
        The region that is selected; papers outside it fade.
    window
        The part of the map in view: left, bottom, right, top; ``None`` for all of it.
    caption
        Where this comes from (corpus, snapshot), written under saved pictures.
    height
        Pixels; less on a screen that is not so high.
    still
        A picture to point at and click, that neither moves nor keeps the wheel from scrolling the page.
    on_event
        Called with a new event before the script runs again. With it, the
        returned event is always empty.

    Returns
    -------
    MapEvent
        What happened, once; `map_event.NOTHING` when nothing new did.
    """
    mask = pack_mask(shown)
    spec = {
        "map": key,
        "points": points.token,
        "mask": hashlib.sha256(mask).hexdigest()[:16] if mask else None,
        "colourBy": colour_by,
        "level": level,
        "topics": sorted({finest for topic in topics for finest in points.finest.get(topic, ())}),
        "names": [points.names.index(topic) for topic in topics if topic in points.finest],
        "highlighted": pack_rows(highlighted[:MAX_HIGHLIGHTED]) if len(highlighted) else None,
        "paper": None if paper is None else int(paper),
        "selection": [[float(x), float(y)] for x, y in selection] if selection else None,
        "window": list(window) if window else None,
        "caption": caption,
        "height": height,
        "still": still,
    }
    state_key = f"{key}:last"

    def take() -> MapEvent:
        """The event in the component's state, unless it was taken before."""
        state = st.session_state.get(key)
        value = state.get("event") if isinstance(state, Mapping) else None
        if not isinstance(value, Mapping) or value.get("id") == st.session_state.get(state_key):
            return NOTHING
        st.session_state[state_key] = value.get("id")
        return read_event(value, points.n_papers, points.names)

    def report() -> None:
        if on_event is not None and (event := take()).happened:
            on_event(event)

    with st.container(gap=None):
        _POINTS(key=f"{key}:points", data=points.payload)
        _MASK(key=f"{key}:mask", data=_named_mask(key, spec["mask"], mask))
        _titles(f"{key}:titles", titles, points.n_papers)
        _MAP(key=key, data=spec, on_event_change=report)
    return NOTHING if on_event is not None else take()


def _named_mask(key: str, name: Any, mask: bytes) -> bytes:
    """A line naming the map and the mask, then the mask itself."""
    return json.dumps([key, name]).encode() + b"\n" + mask


@st.fragment
def _titles(key: str, titles: Callable[[Sequence[int]], Sequence[str]], n_papers: int) -> None:
    """Answer the map's questions for titles; the only thing that runs when the pointer moves."""
    answer_key = f"{key}:answer"

    def answer() -> None:
        asked = st.session_state[key].get("ask")
        rows = [row for row in asked if _is_row(row, n_papers)][:_MAX_TITLES] if isinstance(asked, list) else []
        found = [for_text(title)[:_TITLE_CHARACTERS] for title in titles(rows)] if rows else []
        st.session_state[answer_key] = {"rows": rows, "titles": found}

    _TITLES(
        key=key,
        data={"map": key.removesuffix(":titles"), **st.session_state.get(answer_key, {"rows": [], "titles": []})},
        on_ask_change=answer,
    )


def _is_row(row: Any, n_papers: int) -> bool:
    return isinstance(row, int) and not isinstance(row, bool) and 0 <= row < n_papers
