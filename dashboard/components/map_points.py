"""The papers and topics of a snapshot as the map in the browser wants them: packed bytes, no text of papers.

Layout, little-endian: ``TEM1``, the header's length (uint32), the header (JSON,
padded with spaces to a multiple of four bytes), then for all papers in row
order x (float32), y (float32), topic (int16, −1 outside every topic, else a
position in the header's topics) and year (int16, 0 unknown): 12 bytes a paper. The header's
levels are the coarser topics; ``of`` says in which each of the finest is.
"""

from __future__ import annotations

import base64
import itertools
import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.figures import palette
from dashboard.safe_text import one_line

_LABEL_CHARACTERS = 80
_MAGIC = b"TEM1"


@dataclass(frozen=True)
class MapPoints:
    """What the browser holds of a snapshot: sent once, then only referred to by ``token``.

    ``topic_ids`` are the finest topics, ``names`` the topics of all levels, the
    finest first; ``finest`` says of each which positions in ``topic_ids`` are in it.
    """

    token: str
    n_papers: int
    topic_ids: tuple[str, ...]
    names: tuple[str, ...]
    finest: Mapping[str, tuple[int, ...]]
    payload: bytes


def map_points(papers: pd.DataFrame, topics: pd.DataFrame, token: str) -> MapPoints:
    """Pack a snapshot for the map.

    Parameters
    ----------
    papers
        With columns x, y, topic_id and year, one row a paper.
    topics
        With columns topic_id, number, level, label, x and y and, with several levels, parent.
    token
        Names these points in the browser: different for every snapshot.
    """
    levels = [own.sort_values("number", kind="stable") for _, own in topics.groupby("level", sort=True)]
    finest = levels[0] if levels else topics
    above = _above(levels)
    topic_ids = tuple(finest["topic_id"].astype(str))
    codes = pd.Index(topic_ids, dtype="str").get_indexer(pd.Index(papers["topic_id"])).astype("<i2")
    year = papers["year"].fillna(0).to_numpy(dtype="<i2")
    header = {
        "token": token,
        "n": len(papers),
        "topics": _topics_header(finest),
        "levels": [{**_topics_header(own), "of": places} for own, places in zip(levels[1:], above[1:], strict=True)],
        "years": _years_header(year),
        "outlier": {theme: palette.THEMES[theme].outlier for theme in palette.THEMES},
    }
    encoded = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    encoded += b" " * (-len(encoded) % 4)
    payload = b"".join(
        [
            _MAGIC,
            struct.pack("<I", len(encoded)),
            encoded,
            papers["x"].to_numpy(dtype="<f4").tobytes(),
            papers["y"].to_numpy(dtype="<f4").tobytes(),
            codes.tobytes(),
            year.tobytes(),
        ]
    )
    within: dict[str, list[int]] = {}
    for own, places in zip(levels, above, strict=True):
        ids = own["topic_id"].astype(str).tolist()
        for position, place in enumerate(places):
            within.setdefault(ids[place], []).append(position)
    names = tuple(str(topic_id) for own in levels for topic_id in own["topic_id"])
    return MapPoints(
        token=token,
        n_papers=len(papers),
        topic_ids=topic_ids,
        names=names,
        finest={topic_id: tuple(within.get(topic_id, ())) for topic_id in names},
        payload=payload,
    )


def _above(levels: Sequence[pd.DataFrame]) -> list[list[int]]:
    """For each level, where in it each of the finest topics is."""
    above = [list(range(len(levels[0])))] if levels else []
    for below, own in itertools.pairwise(levels):
        parents = pd.Index(own["topic_id"].astype(str)).get_indexer(pd.Index(below["parent"].astype(str)))
        above.append([int(parents[place]) for place in above[-1]])
    return above


def _topics_header(finest: pd.DataFrame) -> dict[str, Any]:
    x, y = finest["x"].to_numpy(dtype=np.float64), finest["y"].to_numpy(dtype=np.float64)
    return {
        "id": list(finest["topic_id"].astype(str)),
        "number": [int(number) for number in finest["number"]],
        "label": [one_line(label)[:_LABEL_CHARACTERS] for label in finest["label"]],
        "x": [round(float(value), 4) for value in x],
        "y": [round(float(value), 4) for value in y],
        "dot": {theme: palette.topic_colours(x, y, theme) for theme in palette.THEMES},
        "text": {theme: palette.label_colours(x, y, theme) for theme in palette.THEMES},
    }


def _years_header(year: NDArray[np.int16]) -> dict[str, Any]:
    """First and last year and their colours; papers far older than the rest do not stretch the scale."""
    known = year[year > 0]
    low, high = (int(known.min()), int(known.max())) if len(known) else (0, 0)
    if len(known):
        low = max(low, int(np.quantile(known, 0.01, method="lower")))
    return {
        "low": low,
        "high": high,
        "colours": {theme: palette.year_colours(theme) for theme in palette.THEMES},
    }


def pack_mask(shown: NDArray[np.bool_] | None) -> bytes:
    """The rows to draw as bits, first row in the highest bit; empty when all are drawn."""
    if shown is None or bool(shown.all()):
        return b""
    return np.packbits(shown).tobytes()


def pack_rows(rows: Sequence[int] | NDArray[np.integer]) -> str:
    """Row numbers as base64 of little-endian uint32: short enough to travel with every change."""
    return base64.b64encode(np.asarray(rows, dtype="<u4").tobytes()).decode()
