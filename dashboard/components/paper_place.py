"""A small still picture of where a paper lies on the map."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.components.front import front
from dashboard.components.topic_rows import colours_of_topics, numbered_label
from dashboard.context import PageContext
from dashboard.queries import place_on_grid
from dashboard.safe_text import one_line

_PLACE = st.components.v2.component(
    "paper_place", js=front("place_front", "place.js"), css=front("place_front", "place.css")
)


def paper_place(context: PageContext, paper: Any, *, key: str) -> None:
    """Draw where ``paper`` (a record of `papers_at`) lies, among all papers and those of its topic."""
    grid = place_on_grid(context.index, paper.row)
    label = numbered_label(context, paper.topic_id)
    data = {
        "name": f"The paper's place on the map, among the papers of {one_line(label)}",
        "rows": grid.n_all.shape[0],
        "columns": grid.n_all.shape[1],
        "all": _shades(grid.n_all, 0.06, 0.3),
        "topic": _shades(grid.n_topic, 0.35, 1.0),
        "colour": colours_of_topics(context)[paper.topic_id],
        "paper": [round(grid.x, 2), round(grid.y, 2)],
    }
    _PLACE(key=key, data=data)


def _shades(counts: NDArray[np.int64], least: float, most: float) -> list[float]:
    """Opacity of each cell, row by row: 0 where it is empty, then by the logarithm of its papers."""
    filled = np.log1p(counts) / max(np.log1p(counts.max(initial=0)), 1e-9)
    shades = np.where(counts > 0, least + (most - least) * filled, 0.0)
    return [round(float(shade), 2) for shade in shades.ravel()]
