"""What is worth knowing about the corpus: a few sentences with their numbers, each a link to its evidence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from dashboard import data
from dashboard.components.downloads import csv_button
from dashboard.components.link_list import Row, link_list
from dashboard.components.topic_rows import colours_of_topics
from dashboard.context import PageContext
from dashboard.queries import KINDS, Finding, complete_shares
from dashboard.state import NO_FILTERS, View

_FEW = 5
_HELP = (
    "Made from the numbers alone. Ranked by how strong each is at least (the end of its interval that is nearer to no "
    "difference, all candidates of its kind taken together), times the square root of the papers it is about; not more "
    "than two of a kind. Click one for its evidence."
)


def findings_panel(context: PageContext, *, key: str) -> None:
    """Draw what `queries.findings` chose, but for the corpus in one line, which the page says itself."""
    view = context.view
    found = data.findings(view.corpus, view.snapshot_id)
    shown = [finding for finding in found if finding.kind != "corpus"]
    whole = View(view.corpus, view.snapshot_id, table="findings")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.subheader("Worth knowing", anchor=False, width="stretch", help=_HELP)
        # The file is of the corpus as it was fitted, wherever the dial stands.
        at_fit = replace(context, index=data.open_snapshot(view.corpus, view.snapshot_id))
        csv_button(at_fit, whole, len(found), key=f"{key}-csv")
    if view.filters != NO_FILTERS or view.dial:
        st.caption("Of the whole corpus as it was fitted: filters and outlier dial do not change these.")
    if shown:
        link_list(_rows(at_fit, shown), key=f"{key}-list", name="Findings", look="findings")
    if len(shown) < _FEW:
        said = "The numbers of this corpus carry no more than that." if shown else "Its numbers carry no statement yet."
        st.caption(said)


def _rows(context: PageContext, shown: list[Finding]) -> list[Row]:
    index, finest = context.index, context.at_level(0)
    colours = colours_of_topics(finest)
    everything = np.ones(index.n_papers, dtype=bool)
    drawn = [finding.topic_id for finding in shown if finding.topic_id in colours and finding.q_value is not None]
    shares = complete_shares(finest.index, everything, drawn)
    lines = {topic_id: tuple(line.tolist()) for topic_id, line in zip(drawn, shares, strict=True)}
    return [
        Row(
            finding.text,
            finding.leads_to,
            kicker=KINDS[finding.kind],
            caveat=finding.caveat,
            colour=colours.get(finding.topic_id, ""),
            line=lines.get(finding.topic_id, ()) if finding.q_value is not None else (),
        )
        for finding in shown
    ]
