"""What the browser is sent of a snapshot: everything the map needs, and none of the papers' text."""

import base64
import json
import struct

import numpy as np
import pandas as pd
import pytest

from dashboard.components.map_points import map_points, pack_mask, pack_rows
from dashboard.figures.palette import topic_colours
from pipeline.snapshot import Snapshot


def unpacked(payload: bytes) -> tuple[dict, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The payload read by its description, as the browser reads it."""
    assert payload[:4] == b"TEM1"
    (length,) = struct.unpack("<I", payload[4:8])
    header = json.loads(payload[8 : 8 + length])
    n, at = header["n"], 8 + length
    assert at % 4 == 0
    assert len(payload) == at + 12 * n
    x = np.frombuffer(payload, "<f4", n, at)
    y = np.frombuffer(payload, "<f4", n, at + 4 * n)
    topic = np.frombuffer(payload, "<i2", n, at + 8 * n)
    year = np.frombuffer(payload, "<i2", n, at + 10 * n)
    return header, x, y, topic, year


def test_every_paper_keeps_its_place_topic_and_year(tiny_snapshot: Snapshot) -> None:
    papers, topics = tiny_snapshot.papers, tiny_snapshot.topics
    points = map_points(papers, topics, "tiny/1")
    header, x, y, topic, year = unpacked(points.payload)
    np.testing.assert_array_equal(x, papers["x"].to_numpy(dtype=np.float32))
    np.testing.assert_array_equal(y, papers["y"].to_numpy(dtype=np.float32))
    named = ["outlier" if code < 0 else header["topics"]["id"][code] for code in topic]
    assert named == papers["topic_id"].tolist()
    assert year.tolist() == [0 if pd.isna(value) else int(value) for value in papers["year"]]
    assert (header["token"], points.token, points.n_papers) == ("tiny/1", "tiny/1", len(papers))
    assert points.topic_ids == tuple(header["topics"]["id"])


def test_topics_have_the_colours_of_the_other_pictures(tiny_snapshot: Snapshot) -> None:
    topics = tiny_snapshot.topics.sort_values("number")
    header = unpacked(map_points(tiny_snapshot.papers, topics[::-1], "t").payload)[0]
    assert header["topics"]["dot"]["dark"] == topic_colours(topics["x"], topics["y"], "dark")
    assert header["topics"]["number"] == sorted(header["topics"]["number"])


def test_no_title_author_or_id_of_a_paper_travels_along(tiny_snapshot: Snapshot) -> None:
    payload = map_points(tiny_snapshot.papers, tiny_snapshot.topics, "t").payload
    for title, paper_id in zip(tiny_snapshot.papers["title"], tiny_snapshot.papers["paper_id"], strict=True):
        assert title.encode() not in payload
        assert paper_id.encode() not in payload


def test_hostile_labels_arrive_short_and_without_tricks(hostile_snapshot: Snapshot) -> None:
    header = unpacked(map_points(hostile_snapshot.papers, hostile_snapshot.topics, "t").payload)[0]
    for label in header["topics"]["label"]:
        assert len(label) <= 80
        assert not set(label) & set("\x00\n\r\u202e\u2066")


@pytest.mark.parametrize("kind", ["no papers", "one paper", "no topics", "no dates", "many topics", "fifty years"])
def test_odd_snapshots_can_be_packed(variants_store, kind: str) -> None:
    from pipeline.snapshot import open_snapshot

    snapshot = open_snapshot(variants_store, kind.replace(" ", "-"))
    header, x, *_ = unpacked(map_points(snapshot.papers, snapshot.topics, "t").payload)
    assert header["n"] == len(x) == len(snapshot.papers)
    assert 0 <= header["years"]["low"] <= header["years"]["high"]


@pytest.mark.parametrize("n", [1, 7, 8, 9, 1000])
def test_a_mask_is_a_bit_a_paper_first_paper_highest(n: int) -> None:
    shown = np.random.default_rng(n).random(n) < 0.5
    shown[0] = False
    packed = pack_mask(shown)
    assert len(packed) == -(-n // 8)
    assert [bool(packed[i >> 3] >> (7 - (i & 7)) & 1) for i in range(n)] == shown.tolist()


def test_nothing_is_sent_where_every_paper_is_shown() -> None:
    assert pack_mask(None) == pack_mask(np.ones(9, dtype=bool)) == b""


def test_rows_are_little_endian_integers() -> None:
    assert np.frombuffer(base64.b64decode(pack_rows([0, 5, 82_612])), "<u4").tolist() == [0, 5, 82_612]


def test_coarser_topics_travel_with_the_points_and_say_which_of_the_finest_they_hold(variants_store) -> None:
    from pipeline.snapshot import open_snapshot

    snapshot = open_snapshot(variants_store, "three-levels")
    points = map_points(snapshot.papers, snapshot.topics, "t")
    header, _, _, topic, _ = unpacked(points.payload)
    assert len(header["levels"]) == 2
    for level, own in enumerate(header["levels"], start=1):
        named = ["outlier" if code < 0 else own["id"][own["of"][code]] for code in topic]
        assert named == snapshot.papers[f"topic_level_{level}"].tolist()
    assert points.names == (*header["topics"]["id"], *(i for own in header["levels"] for i in own["id"]))
    for topic_id, positions in points.finest.items():
        size = int(snapshot.topics.set_index("topic_id")["size"][topic_id])
        assert np.isin(topic, positions).sum() == size
