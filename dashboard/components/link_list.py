"""A list of links that say something of where they lead: a colour, a bar, a line over time, a note."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from dashboard.components.front import front
from dashboard.navigation import follow_link, here
from dashboard.safe_text import one_line
from dashboard.state import View, query_of

_CHARACTERS = 200
_SENTENCE_CHARACTERS = 600


_LINK_LIST = st.components.v2.component(
    "link_list", js=front("list_front", "link_list.js"), css=front("list_front", "link_list.css")
)


@dataclass(frozen=True)
class Row:
    """One link.

    Attributes
    ----------
    label, note, hint
        What it is called, what stands at the right, what the pointer is told. Plain text.
    kicker, caveat
        What stands in small letters over and under a label that is a sentence. Plain text.
    view
        Where it leads.
    colour
        ``#rrggbb`` of its dot, bar and line; ``""`` for the text's own.
    bar
        Length of a bar under the label, 0 to 1 of the list's longest.
    tick
        Where a tick stands over the bar, on the same scale: what it is compared with. The bar is as wide as the list.
    line
        Values over time, drawn from zero to the largest of them.
    current
        Whether it leads to where one is.
    depth
        How far below the first rows it stands, in a list that is a tree.
    paper, kept
        Id of the paper that it stands for, and whether that is on the reading list: it gets a button for it.
    """

    label: str
    view: View
    note: str = ""
    hint: str = ""
    kicker: str = ""
    caveat: str = ""
    colour: str = ""
    bar: float | None = None
    tick: float | None = None
    line: tuple[float, ...] = ()
    current: bool = False
    depth: int = 0
    paper: str = ""
    kept: bool = False


def link_list(
    rows: Sequence[Row],
    *,
    key: str,
    name: str,
    look: Literal["rows", "columns", "chips", "tree", "findings"] = "rows",
    on_keep: Callable[[str, bool], None] | None = None,
    in_dialog: bool = False,
) -> None:
    """Links under each other, in as many columns as fit, side by side, or a tree by their depth.

    Parameters
    ----------
    name
        What the list is, for people who listen to the page.
    on_keep
        Told of a click on a paper's button: the paper, and whether it was on the reading list.
    in_dialog
        It stands in a dialog or fragment, which alone would run again.
    """

    def follow() -> None:
        follow_link(st.session_state[key].get("follow"))
        if in_dialog:
            st.rerun()

    def keep() -> None:
        asked = st.session_state[key].get("keep")
        row = next((row for row in rows if row.paper and [row.paper, row.kept] == asked), None)
        if row is not None and on_keep is not None:
            on_keep(row.paper, row.kept)
        if in_dialog:
            st.rerun()

    data = {"name": name, "look": look, "here": query_of(here()), "rows": [_for_browser(row) for row in rows]}
    _LINK_LIST(key=key, data=data, on_follow_change=follow, on_keep_change=keep)


def _for_browser(row: Row) -> dict[str, object]:
    """The row as the front end draws it."""
    return {
        "label": one_line(row.label, _SENTENCE_CHARACTERS if row.kicker else _CHARACTERS),
        "kicker": one_line(row.kicker, _CHARACTERS),
        "caveat": one_line(row.caveat, _SENTENCE_CHARACTERS),
        "note": one_line(row.note, _CHARACTERS),
        "hint": one_line(row.hint, _CHARACTERS),
        "query": query_of(row.view),
        "colour": row.colour,
        "bar": row.bar,
        "tick": row.tick,
        "line": [round(float(value), 5) for value in row.line],
        "current": row.current,
        "depth": row.depth,
        "paper": row.paper,
        "kept": row.kept,
    }
