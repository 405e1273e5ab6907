"""What a reader did on the map, checked: it comes from a browser."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.state import Polygon

MAX_CORNERS = 60
"""The map simplifies a lasso to at most so many corners before sending it."""

_DECIMALS = 4
_COORDINATE_LIMIT = 1e6


@dataclass(frozen=True)
class MapEvent:
    """One gesture. All fields but ``viewport`` are empty when nothing new happened.

    ``picked_row`` is the row of a paper that was clicked, ``picked_topic`` the
    topic whose label was; ``polygon`` a region drawn by box or lasso;
    ``cleared`` says that the reader dropped the region, ``moved`` that the map
    was zoomed or panned. ``viewport`` is what the map showed then: left,
    bottom, right, top; ``None`` for the whole map.
    """

    picked_row: int | None = None
    picked_topic: str | None = None
    polygon: Polygon | None = None
    cleared: bool = False
    moved: bool = False
    viewport: tuple[float, float, float, float] | None = None

    @property
    def happened(self) -> bool:
        """Whether there is anything to act on."""
        gestures = (self.picked_row, self.picked_topic, self.polygon)
        return self.cleared or self.moved or any(gesture is not None for gesture in gestures)


NOTHING = MapEvent()


def read_event(value: Any, n_papers: int, topic_ids: tuple[str, ...]) -> MapEvent:
    """The event in what the browser sent, or `NOTHING` when it makes no sense.

    Parameters
    ----------
    value
        A mapping with ``kind`` (picked, topic, region, cleared or window) and that kind's value.
    n_papers, topic_ids
        What the map shows: rows and topics outside it are refused.
    """
    if not isinstance(value, Mapping):
        return NOTHING
    viewport = _viewport(value.get("viewport"))
    match value.get("kind"):
        case "picked":
            row = value.get("row")
            if isinstance(row, int) and not isinstance(row, bool) and 0 <= row < n_papers:
                return MapEvent(picked_row=row, viewport=viewport)
        case "topic":
            topic = value.get("topic")
            if isinstance(topic, str) and topic in topic_ids:
                return MapEvent(picked_topic=topic, viewport=viewport)
        case "region":
            polygon = read_polygon(value.get("polygon"))
            if polygon is not None:
                return MapEvent(polygon=polygon, viewport=viewport)
        case "cleared":
            return MapEvent(cleared=True, viewport=viewport)
        case "window":
            return MapEvent(moved=True, viewport=viewport)
    return NOTHING


def read_polygon(value: Any) -> Polygon | None:
    """Corners with four decimals, or ``None`` unless ``value`` is 3 to `MAX_CORNERS` pairs of numbers."""
    if not isinstance(value, list | tuple) or not 3 <= len(value) <= MAX_CORNERS:
        return None
    corners = []
    for corner in value:
        if not isinstance(corner, list | tuple) or len(corner) != 2:
            return None
        if not all(_is_coordinate(number) for number in corner):
            return None
        corners.append((round(float(corner[0]), _DECIMALS), round(float(corner[1]), _DECIMALS)))
    return tuple(corners)


def _viewport(value: Any) -> tuple[float, float, float, float] | None:
    if not isinstance(value, list | tuple) or len(value) != 4 or not all(map(_is_coordinate, value)):
        return None
    left, bottom, right, top = (round(float(number), _DECIMALS) for number in value)
    return left, bottom, right, top


def _is_coordinate(number: Any) -> bool:
    return (
        isinstance(number, int | float)
        and not isinstance(number, bool)
        and math.isfinite(number)
        and abs(number) < _COORDINATE_LIMIT
    )
