"""Topics, or the words of one, by period: a cell for each, its colour the share against the row's usual one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.components.picture import picture_component, picture_data
from dashboard.context import PageContext
from dashboard.figures.palette import heat_colours
from dashboard.navigation import on_follow
from dashboard.queries import STEPS, against_usual, heat_steps
from dashboard.safe_text import one_line
from dashboard.state import View, query_of
from pipeline.intervals import wilson_interval

_HEAT = picture_component("heat_map", "heat_front")
_CHARACTERS = 120
_DECIMALS = 4

READING = (
    "Colour is the share against the row's own share over all periods; where few papers are expected it stays near the "
    "usual. Point at a cell for its numbers, click it for its papers."
)
"""How to read the picture: markdown."""


@dataclass(frozen=True)
class HeatRow:
    """One row.

    Attributes
    ----------
    label, note
        What it is called, and what stands at its end. Plain text.
    view
        Where its name leads.
    cells
        Where a cell leads, with `picture.NO_PERIOD` for the period.
    current
        Whether its cells are what is listed.
    """

    label: str
    note: str
    view: View
    cells: View
    current: bool = False


def heat_map(
    context: PageContext,
    rows: Sequence[HeatRow],
    counts: NDArray[np.int64],
    totals: NDArray[np.int64],
    *,
    key: str,
    name: str,
    file: str,
    partial: str | None,
    on_follow_too: Callable[[], None] | None = None,
) -> None:
    """Draw ``rows`` over the corpus's periods.

    Parameters
    ----------
    counts : int (rows, periods)
        Papers of each row in each period.
    totals : int (periods,)
        Papers that a share is of.
    name, file
        As for `picture_data`.
    partial
        The period that may be incomplete: it is outlined, and the foot says so.
    on_follow_too
        Called after a link was followed.
    """
    low, high = wilson_interval(counts, totals)
    steps = heat_steps(against_usual(counts, totals))
    data = picture_data(context, name=name, file=file) | {
        "periods": list(context.index.periods),
        "totals": totals.tolist(),
        "steps": list(STEPS),
        "colours": heat_colours(context.theme, len(STEPS) + 1),
        "partial": partial,
        "current": context.view.period,
        "note": f"{partial} may be incomplete (outlined)." if partial else "",
        "rows": [
            {
                "label": one_line(row.label, _CHARACTERS),
                "note": one_line(row.note, _CHARACTERS),
                "query": query_of(row.view),
                "cells": query_of(row.cells),
                "current": row.current,
                "counts": counts[i].tolist(),
                "steps": steps[i].tolist(),
                "low": np.round(low[i], _DECIMALS).tolist(),
                "high": np.round(high[i], _DECIMALS).tolist(),
            }
            for i, row in enumerate(rows)
        ],
    }
    follow = on_follow(key)

    def followed() -> None:
        follow()
        if on_follow_too is not None:
            on_follow_too()

    _HEAT(key=key, data=data, on_follow_change=followed)
