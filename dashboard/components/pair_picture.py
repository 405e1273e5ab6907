"""Shares of two sides with their intervals, by topic or over time; drawn without plotly, as `period_bars` is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from dashboard.components.picture import picture_component, picture_data
from dashboard.context import PageContext
from dashboard.figures.palette import series_colours
from dashboard.navigation import on_follow
from dashboard.numbers import percent
from dashboard.safe_text import one_line
from dashboard.state import View, query_of

_CHARACTERS = 120


_PICTURE = picture_component("pair_picture", "pair_front")


def mix_picture(
    context: PageContext,
    mix: pd.DataFrame,
    labels: Sequence[str],
    leads_to: Callable[[str], View],
    sides: tuple[str, str],
    *,
    key: str,
) -> None:
    """A row for each topic of ``mix`` (`queries.topic_mix`): its share of side A and of side B.

    Parameters
    ----------
    labels
        What each row is called. Plain text.
    leads_to
        Topic id → the view its row opens.
    sides
        What the sides are, for the file. Plain text.
    """
    rows = []
    for label, row in zip(labels, mix.to_dict("records"), strict=True):
        told = f"{percent(row['share_a'])} : {percent(row['share_b'])}"
        rows.append(_row(label, row) | {"figures": told, "query": query_of(leads_to(str(row["topic_id"])))})
    _draw(context, rows, sides, look="mix", name="Topics of both sides", note="", key=key)


def period_picture(context: PageContext, periods: pd.DataFrame, sides: tuple[str, str], *, key: str, note: str) -> None:
    """Two lines over time: how each side's dated papers spread (`queries.periods_of_sides`).

    Parameters
    ----------
    note
        What stands under the picture. Plain text.
    """
    rows = [_row(row["period"], row) for row in periods.to_dict("records")]
    _draw(context, rows, sides, look="periods", name="Both sides over time", note=note, key=key)


def side_colours(context: PageContext) -> tuple[str, str]:
    """``#rrggbb`` of side A and of side B."""
    first, second = series_colours(2, context.theme)
    return first, second


def _row(label: str, row: dict[Any, Any]) -> dict[str, Any]:
    """What both pictures draw, and the same in words."""
    said = ", ".join(
        f"{percent(row[f'share_{side}'])} of {side.upper()} ({percent(row[f'share_{side}_low'])} to "
        f"{percent(row[f'share_{side}_high'])}; {row[f'n_{side}']:,})"
        for side in "ab"
    )
    label = one_line(label)[:_CHARACTERS]
    shares = {
        side: [round(float(row[f"share_{side}{end}"]), 6) for end in ("", "_low", "_high")] for side in ("a", "b")
    }
    return {"label": label, "words": f"{label}: {said}"} | shares


def _draw(
    context: PageContext,
    rows: list[dict[str, Any]],
    sides: tuple[str, str],
    *,
    look: str,
    name: str,
    note: str,
    key: str,
) -> None:
    data = picture_data(context, name=name, file=look) | {
        "look": look,
        "words": f"{len(rows)} rows, with 95 % intervals; the CSV holds the same numbers.",
        "names": [f"{side}: {one_line(said)[:_CHARACTERS]}" for side, said in zip("AB", sides, strict=True)],
        "colours": list(side_colours(context)),
        "rows": rows,
        "note": note,
    }
    _PICTURE(key=key, data=data, on_follow_change=on_follow(key))
