"""Pictures over time drawn as SVG by ourselves: plotly takes longer to arrive than the page it stands on."""

from __future__ import annotations

from importlib import resources
from typing import Any

import streamlit as st

from dashboard.context import PageContext
from dashboard.navigation import here
from dashboard.state import View, query_of

NO_PERIOD = "\0"
"""Stands for the period in the query string of a link in the picture; no text in a query holds one."""


def picture_component(name: str, folder: str) -> Any:
    """The component ``name``, whose own code and style in ``folder`` stand behind those all pictures share."""
    js, css = (_front("picture_front", f"picture.{kind}") + _front(folder, f"{name}.{kind}") for kind in ("js", "css"))
    return st.components.v2.component(name, js=js, css=css)


def _front(folder: str, name: str) -> str:
    return (resources.files("dashboard.components") / folder / name).read_text(encoding="utf-8")


def picture_data(context: PageContext, leads_to: View, *, name: str, file: str) -> dict[str, Any]:
    """What every picture is told, besides its numbers.

    Parameters
    ----------
    leads_to
        Where a link in it leads, with `NO_PERIOD` as its period.
    name
        What is drawn, for people who listen to the page. Plain text.
    file
        What the picture's file is called, between the names of corpus and snapshot.
    """
    view = context.view
    return {
        "name": name,
        "here": query_of(here()),
        "template": query_of(leads_to),
        "periods": list(context.index.periods),
        "source": f"{name}. Topic Explorer, corpus {view.corpus}, snapshot {view.snapshot_id}",
        "file": f"{view.corpus}-{file}-{view.snapshot_id}",
    }
