"""The line that says that the corpus has moved on; it comes by itself, and nothing else is drawn anew."""

from __future__ import annotations

import streamlit as st

from dashboard import data
from dashboard.components.links import view_button
from dashboard.safe_text import for_markdown
from dashboard.settings import SETTINGS
from dashboard.state import View
from pipeline.snapshot import SnapshotInfo

_KNOWN = "snapshot that was current when the visitor came"


@st.fragment(run_every=SETTINGS.notice_seconds)
def newer_snapshot(view: View) -> None:
    """Say when the snapshot of ``view`` is not the current one of its corpus, and lead there.

    Looks again every `Settings.notice_seconds` while the page stays open. The visitor stays
    on the snapshot they see until they choose to leave it.
    """
    infos = data.listing().corpora.get(view.corpus, ())
    latest = next((info for info in infos if info.is_latest), None)
    if latest is None:
        return
    known = st.session_state.setdefault(_KNOWN, {}).setdefault(view.corpus, latest.snapshot_id)
    if latest.snapshot_id == view.snapshot_id:
        return
    if reason := data.why_not_latest(view.corpus, view.snapshot_id):
        st.warning(
            f"The current snapshot of this corpus cannot be shown; you see another one. {for_markdown(reason)}",
            icon=":material/history:",
        )
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(_said(latest, view, came_meanwhile=latest.snapshot_id != known), width="content")
        view_button(
            "Open it",
            view.to(snapshot_id=latest.snapshot_id),
            key="open-current",
            icon=":material/update:",
            in_dialog=True,
        )


def _said(latest: SnapshotInfo, view: View, *, came_meanwhile: bool) -> str:
    day = f"{latest.created.day} {latest.created:%b %Y}"
    if latest.snapshot_id < view.snapshot_id:
        return f"You see a snapshot that is not current. The current one is an earlier one, of {day}."
    if came_meanwhile:
        return f"A newer snapshot is there, of {day}, {latest.created:%H:%M} UTC. You still see the one you came to."
    return f"You see an older snapshot. The current one is of {day}."
