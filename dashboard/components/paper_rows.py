"""Papers as rows of a list: a title, and one thing to know of it; each opens its paper and can be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import pandas as pd

from dashboard.components.link_list import Row, link_list
from dashboard.components.reading_list import papers_on_list, toggled
from dashboard.context import PageContext
from dashboard.queries import Rows, papers_at


def paper_links(
    context: PageContext,
    rows: Rows,
    note: Literal["year", "citations"] | Sequence[str],
    *,
    key: str,
    name: str,
    hints: Sequence[str] = (),
    in_dialog: bool = False,
) -> None:
    """A list of links to the papers at ``rows``, in that order, each with a button for the reading list.

    Parameters
    ----------
    note
        What stands at the right: a field, or a plain text for each.
    hints
        What is said of each when it is pointed at; nothing by default. Plain texts.
    name, in_dialog
        As for `link_list`.
    """
    corpus = context.view.corpus
    found = paper_rows(context, rows, note)
    link_list(
        [replace(row, hint=hint) for row, hint in zip(found, hints, strict=True)] if hints else found,
        key=key,
        name=name,
        on_keep=lambda paper, kept: toggled(corpus, paper, kept),
        in_dialog=in_dialog,
    )


def paper_rows(context: PageContext, rows: Rows, note: Literal["year", "citations"] | Sequence[str]) -> list[Row]:
    """A row for each of the papers at ``rows``, in that order; see `paper_links`."""
    view = context.view
    kept = set(papers_on_list(view.corpus))
    papers = papers_at(context.index, rows)
    notes = [_said(value, note) for value in papers[note]] if isinstance(note, str) else note
    return [
        Row(
            title,
            replace(view, paper=paper_id),
            note=said,
            current=paper_id == view.paper,
            paper=paper_id,
            kept=paper_id in kept,
        )
        for title, paper_id, said in zip(papers["title"], papers["paper_id"], notes, strict=True)
    ]


def _said(value: object, note: str) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    return str(value) if note == "year" else f"{value:,} cited"
