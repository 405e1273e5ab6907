"""Pictures drawn as SVG or HTML by ourselves: plotly takes longer to arrive than the page it stands on."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.components.front import front
from dashboard.context import PageContext
from dashboard.navigation import here
from dashboard.safe_text import for_text
from dashboard.state import View, query_of

NO_PERIOD = "\0"
"""Stands for the period in the query string of a link in the picture; no text in a query holds one."""


def picture_component(name: str, folder: str, *, is_svg: bool = True) -> Any:
    """The component ``name``, whose own code and style in ``folder`` stand behind those that pictures share.

    ``is_svg``: it is an SVG in the frame of `picture_front`, else only drawn, followed and saved as they all are.
    """
    shared = ("component", "picture") if is_svg else ("component",)
    js, css = (
        "\n".join([*(front("picture_front", f"{part}.{kind}") for part in shared), front(folder, f"{name}.{kind}")])
        for kind in ("js", "css")
    )
    return st.components.v2.component(name, js=js, css=css)


def picture_data(context: PageContext, *, name: str, file: str) -> dict[str, Any]:
    """What every picture is told, besides what it draws.

    Parameters
    ----------
    name
        What is drawn, for people who listen to the page. Plain text.
    file
        What the picture's file is called, between the names of corpus and snapshot.
    """
    view = context.view
    return {
        "name": name,
        "here": query_of(here()),
        "source": f"{for_text(name)}. Topic Explorer, corpus {view.corpus}, snapshot {view.snapshot_id}",
        "file": f"{view.corpus}-{file}-{view.snapshot_id}",
    }


def period_data(context: PageContext, leads_to: View, *, name: str, file: str) -> dict[str, Any]:
    """`picture_data` of a picture over the corpus's periods, each a link to ``leads_to``, with `NO_PERIOD` in it."""
    links = {"template": query_of(leads_to), "periods": list(context.index.periods)}
    return picture_data(context, name=name, file=file) | links
