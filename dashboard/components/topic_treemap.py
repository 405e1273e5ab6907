"""Topics as rectangles whose areas are their papers, each a link into the topic; drawn without plotly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.components.picture import picture_component, picture_data
from dashboard.context import PageContext
from dashboard.figures.treemap import Box, squarified
from dashboard.navigation import on_follow
from dashboard.safe_text import one_line
from dashboard.state import View, query_of

SHAPES = {"wide": 0.42, "tall": 1.5}
"""Height of the picture, in its widths, on a screen and on a phone; areas are true in both."""

_LABEL_CHARACTERS = 120
_DECIMALS = 4


_TREEMAP = picture_component("topic_treemap", "treemap_front", is_svg=False)


@dataclass(frozen=True)
class Cell:
    """One topic.

    Attributes
    ----------
    label, hint
        What it is called, and what the pointer is told. Plain text.
    n_papers
        What its area shows.
    share
        Of the papers on screen, 0 to 1.
    view
        Where it leads.
    colour
        ``#rrggbb``.
    inner
        Name and papers of each of the topics in it, which are hinted at.
    """

    label: str
    n_papers: int
    share: float
    view: View
    colour: str
    hint: str = ""
    inner: tuple[tuple[str, int], ...] = ()


def topic_treemap(context: PageContext, cells: Sequence[Cell], *, key: str, name: str, file: str) -> None:
    """Draw the topics that have papers, the largest first.

    Parameters
    ----------
    name, file
        As for `picture_data`.
    """
    drawn = sorted((cell for cell in cells if cell.n_papers), key=lambda cell: -cell.n_papers)
    if not drawn:
        return

    data = picture_data(context, name=name, file=file) | {
        "shapes": SHAPES,
        "cells": [
            {
                "label": _label(cell.label),
                "note": f"{cell.n_papers:,} {'paper' if cell.n_papers == 1 else 'papers'} · {cell.share:.1%}",
                "hint": _label(cell.hint),
                "inner": [_label(label) for label, _ in _largest(cell)],
                "query": query_of(cell.view),
                "colour": cell.colour,
            }
            for cell in drawn
        ],
        "boxes": {shape: laid_out(drawn, high) for shape, high in SHAPES.items()},
    }
    _TREEMAP(key=key, data=data, on_follow_change=on_follow(key))


def laid_out(cells: Sequence[Cell], high: float) -> list[dict[str, list[float] | list[list[float]]]]:
    """Where each cell lies, and where the borders of what is in it: left, top, width, height in per cent.

    ``high`` is the picture's height in its widths.
    """
    outer = squarified([cell.n_papers for cell in cells], (0.0, 0.0, 1.0, high))
    scale = np.array([100, 100 / high, 100, 100 / high])
    laid: list[dict[str, list[float] | list[list[float]]]] = []
    for cell, (left, top, width, height) in zip(cells, outer, strict=True):
        box: Box = (float(left), float(top), float(width), float(height))
        inner = squarified([n_papers for _, n_papers in _largest(cell)], box)
        within = (inner - [left, top, 0, 0]) / [width, height, width, height] * 100
        laid.append(
            {
                "box": np.round(np.asarray(box) * scale, _DECIMALS).tolist(),
                "inner": np.round(within, 2).tolist(),
            }
        )
    return laid


def _largest(cell: Cell) -> list[tuple[str, int]]:
    """The topics in a cell that have papers, most first; none for a single one, which is the cell itself."""
    found = sorted((topic for topic in cell.inner if topic[1]), key=lambda topic: -topic[1])
    return found if len(found) > 1 else []


def _label(text: str) -> str:
    return one_line(text)[:_LABEL_CHARACTERS]
