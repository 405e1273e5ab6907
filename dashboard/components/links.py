"""Ways from one view to another: real links, and buttons that look like links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from dashboard.components.front import front
from dashboard.navigation import go, here, on_follow
from dashboard.safe_text import for_text
from dashboard.state import View, query_of

_LINK_BAR = st.components.v2.component(
    "link_bar", js=front("link_front", "link_bar.js"), css=front("link_front", "link_bar.css")
)


@dataclass(frozen=True)
class Link:
    """Where a link leads. ``label`` is plain text; ``brand`` sets it as the wordmark."""

    label: str
    view: View
    brand: bool = False


def link_bar(
    links: Sequence[Link],
    *,
    key: str,
    name: str,
    current: int | None = None,
    look: Literal["bar", "inline"] = "bar",
) -> None:
    """A row of links with real addresses, followed without loading the page anew.

    Parameters
    ----------
    name
        What the row is, for people who listen to the page.
    current
        Which link leads to where one is.
    """
    data = {
        "name": name,
        "look": look,
        "current": current,
        "here": query_of(here()),
        "links": [{"label": for_text(link.label), "query": query_of(link.view), "brand": link.brand} for link in links],
    }
    _LINK_BAR(key=key, data=data, on_follow_change=on_follow(key), width="content")


def view_button(
    label: str,
    view: View,
    *,
    key: str,
    icon: str | None = None,
    help: str | None = None,
    type: Literal["primary", "secondary", "tertiary"] = "tertiary",
    width: Literal["content", "stretch"] = "content",
    in_dialog: bool = False,
) -> None:
    """A button that leads to ``view``. ``label`` is markdown: `safe_text.for_markdown` first.

    ``in_dialog``: it stands in a dialog or fragment, which alone would run again.
    """
    drawn = here()

    def follow() -> None:
        go(view, drawn)
        if in_dialog:
            st.rerun()

    st.button(label, key=key, icon=icon, help=help, type=type, width=width, on_click=follow, wrap=True)
