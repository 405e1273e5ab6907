"""What a browser says about the map is believed only where it makes sense."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.components.map_event import MAX_CORNERS, NOTHING, MapEvent, read_event, read_polygon
from dashboard.state import clean_polygon

TOPICS = ("t-1", "t-2")
TRIANGLE = [[0, 0], [1, 0], [0, 1.000049]]


@pytest.mark.parametrize(
    ("value", "event"),
    [
        ({"kind": "picked", "row": 4}, MapEvent(picked_row=4)),
        ({"kind": "topic", "topic": "t-2"}, MapEvent(picked_topic="t-2")),
        ({"kind": "region", "polygon": TRIANGLE}, MapEvent(polygon=((0, 0), (1, 0), (0, 1.0)))),
        ({"kind": "cleared"}, MapEvent(cleared=True)),
        ({"kind": "window", "viewport": [0, 1, 2, 3]}, MapEvent(moved=True, viewport=(0, 1, 2, 3))),
        ({"kind": "window", "viewport": None}, MapEvent(moved=True)),
        ({"kind": "cleared", "viewport": [0, 1, 2, 3]}, MapEvent(cleared=True, viewport=(0, 1, 2, 3))),
        ({"kind": "cleared", "viewport": [0, 1, "2", 3]}, MapEvent(cleared=True)),
    ],
)
def test_gestures_are_understood(value: Any, event: MapEvent) -> None:
    assert read_event(value, 5, TOPICS) == event
    assert event.happened


@pytest.mark.parametrize(
    "value",
    [
        None,
        "picked",
        [],
        {},
        {"kind": "picked"},
        {"kind": "picked", "row": 5},
        {"kind": "picked", "row": -1},
        {"kind": "picked", "row": True},
        {"kind": "picked", "row": 1.0},
        {"kind": "topic", "topic": "../t-1"},
        {"kind": "topic", "topic": ["t-1"]},
        {"kind": "region", "polygon": TRIANGLE[:2]},
        {"kind": "region", "polygon": "0,0 1,0 1,1"},
        {"kind": "region", "polygon": [[0, 0], [1, 0], [0, float("nan")]]},
        {"kind": "region", "polygon": [[0, 0], [1, 0], [0, 1e300]]},
        {"kind": "region", "polygon": [[0, 0], [1, 0], [0]]},
        {"kind": "region", "polygon": [[0, 0], [1, 0], ["0", "1"]]},
        {"kind": "region", "polygon": [[i, i * i] for i in range(MAX_CORNERS + 1)]},
        {"kind": "eval", "row": 1},
    ],
)
def test_nonsense_is_no_event(value: Any) -> None:
    assert read_event(value, 5, TOPICS) == NOTHING
    assert not NOTHING.happened


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_anything_may_be_sent_without_harm(value: Any) -> None:
    read_event({"kind": "region", "polygon": value, "viewport": value}, 5, TOPICS)
    read_event(value, 5, TOPICS)


@given(st.lists(st.tuples(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5)), min_size=3, max_size=MAX_CORNERS))
def test_a_region_survives_being_put_into_a_link(corners: list[tuple[float, float]]) -> None:
    polygon = read_polygon(corners)
    assert polygon is not None
    cleaned = clean_polygon(polygon)
    assert cleaned is None or cleaned == polygon
