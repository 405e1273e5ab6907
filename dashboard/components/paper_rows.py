"""Papers as rows of a list: a title, and one thing to know of it; each opens its paper."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pandas as pd

from dashboard.components.link_list import Row
from dashboard.context import PageContext
from dashboard.queries import Rows, papers_at


def paper_rows(context: PageContext, rows: Rows, note: Literal["year", "citations"]) -> list[Row]:
    """A row for each of the papers at ``rows``, in that order."""
    view = context.view
    return [
        Row(
            paper["title"],
            replace(view, paper=paper["paper_id"]),
            note=_said(paper[note], note),
            current=paper["paper_id"] == view.paper,
        )
        for paper in papers_at(context.index, rows).to_dict("records")
    ]


def _said(value: object, note: str) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    return str(value) if note == "year" else f"{value:,} cited"
