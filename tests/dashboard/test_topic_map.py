"""The map as a Streamlit script sees it. What it does in a browser: tests/browser/test_topic_map.py."""

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.map_event import NOTHING, MapEvent

PICK = {"id": "1", "kind": "picked", "row": 2}


def script() -> None:
    """One map; arguments come, and what it returns goes, through the session's state."""
    import numpy as np
    import pandas as pd
    import streamlit as st

    from dashboard.components.map_points import map_points
    from dashboard.components.topic_map import topic_map

    papers = pd.DataFrame(
        {"x": [0.0, 1.0, 2.0], "y": [0.0, 1.0, 4.0], "topic_id": ["t-1", "outlier", "t-1"], "year": [2020, 2021, 2022]}
    )
    topics = pd.DataFrame({"topic_id": ["t-1"], "number": [1], "level": [0], "label": ["One"], "x": [0.5], "y": [0.5]})
    arguments = dict(st.session_state.get("arguments", {}))
    if arguments.pop("callback", False):
        arguments["on_event"] = lambda event: st.session_state.setdefault("heard", []).append(event)
    if "shown" in arguments:
        arguments["shown"] = np.array(arguments["shown"])
    event = topic_map(
        map_points(papers, topics, "token"),
        key="map",
        titles=lambda rows: [f"Title {row}\u202e" for row in rows],
        **arguments,
    )
    st.session_state["returned"] = event


def started(**arguments: Any) -> AppTest:
    at = AppTest.from_function(script)
    at.session_state["arguments"] = arguments
    return at


def sent(at: AppTest) -> dict[str, Any]:
    """What each of the map's components was given, by the component's name."""
    found = {}

    def walk(block: Any) -> None:
        for child in block.children.values():
            proto = getattr(child, "proto", None)
            if type(proto).__name__ == "BidiComponent":
                kind = proto.WhichOneof("data")
                found[proto.component_name] = json.loads(proto.json) if kind == "json" else proto.bytes
            if hasattr(child, "children"):
                walk(child)

    walk(at._tree)
    return found


def test_nothing_happened_at_first() -> None:
    at = started().run()
    assert not at.exception
    assert at.session_state["returned"] == NOTHING


def test_a_click_is_told_once_and_not_on_the_next_run() -> None:
    at = started()
    at.session_state["map"] = {"event": PICK}
    assert at.run().session_state["returned"] == MapEvent(picked_row=2)
    assert at.run().session_state["returned"] == NOTHING


def test_the_same_paper_clicked_again_is_a_new_event() -> None:
    at = started()
    at.session_state["map"] = {"event": PICK}
    at.run()
    at.session_state["map"] = {"event": {**PICK, "id": "2"}}
    assert at.run().session_state["returned"] == MapEvent(picked_row=2)


def test_a_row_that_is_not_on_the_map_is_not_told() -> None:
    at = started()
    at.session_state["map"] = {"event": {**PICK, "row": 3}}
    assert at.run().session_state["returned"] == NOTHING


def test_everything_small_travels_with_the_map_and_nothing_large() -> None:
    at = started(
        topics=["t-1", "t-unknown"],
        highlighted=[np.int64(1)],
        paper=np.int64(2),
        selection=((0, 0), (1, 0), (1, 1)),
        colour_by="year",
        caption="corpus · snapshot",
    ).run()
    assert not at.exception
    spec = sent(at)["topic_map"]
    assert spec["topics"] == [0]
    assert spec["paper"] == 2
    assert spec["selection"] == [[0, 0], [1, 0], [1, 1]]
    assert (spec["colourBy"], spec["caption"], spec["mask"]) == ("year", "corpus · snapshot", None)
    assert len(json.dumps(spec)) < 500


def test_points_do_not_change_when_what_is_marked_does() -> None:
    before, after = sent(started().run()), sent(started(paper=1, topics=["t-1"]).run())
    assert before["topic_map_points"] == after["topic_map_points"]
    assert before["topic_map_mask"] == after["topic_map_mask"]
    assert before["topic_map"] != after["topic_map"]


def test_filters_send_a_mask_that_the_map_names() -> None:
    given = sent(started(shown=[True, False, True]).run())
    line, _, bits = given["topic_map_mask"].partition(b"\n")
    assert json.loads(line) == ["map", given["topic_map"]["mask"]]
    assert bits == bytes([0b10100000])


@pytest.mark.parametrize("highlighted", [[], np.array([], dtype=np.int64)])
def test_no_marks_are_no_marks(highlighted: Any) -> None:
    assert sent(started(highlighted=highlighted).run())["topic_map"]["highlighted"] is None
