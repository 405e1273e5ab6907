"""The only download buttons. Files are made when the button is clicked, not before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard import data, exports
from dashboard.context import PageContext
from dashboard.queries import MAX_COUNTED, SnapshotIndex
from dashboard.state import View, query_of


def csv_button(context: PageContext, view: View, n_rows: int, *, key: str, label: str = "CSV") -> None:
    """A button for the CSV of ``view``'s list, or a sentence why there is none.

    Parameters
    ----------
    n_rows
        Rows the list has; a list without rows has no button.
    """
    if n_rows == 0:
        return
    if exports.table_of(view) == "papers" and (reason := exports.too_large(context.index, view, n_rows)):
        st.caption(reason)
        return
    st.download_button(
        label,
        data=csv_of(context.index, view),
        file_name=exports.file_name(view),
        mime="text/csv",
        key=key,
        icon=":material/download:",
        on_click="ignore",
        help=f"{n_rows:,} rows, all pages of the list, with where they come from in the last columns.",
    )


def csv_of(index: SnapshotIndex, view: View) -> Callable[[], bytes]:
    """What makes the file when it is asked for: the same bytes as ``topic-explorer export --view``."""

    def make() -> bytes:
        if exports.table_of(view) == "words" and index.n_papers <= MAX_COUNTED:
            return exports.export(index, view, words=data.word_table(view.corpus, view.snapshot_id))
        if not exports.needs_query_vector(view):
            return exports.export(index, view)
        return exports.export(index, view, data.query_encoder(view.corpus, view.snapshot_id).encode(view.search))

    return make


def figure_button(figure: Any, title: str, context: PageContext, *, key: str, label: str = "HTML") -> None:
    """A button for a plotly figure as one HTML file that works without a network.

    Parameters
    ----------
    figure
        The figure, or a function without arguments that makes it when the button is clicked.
    title
        The file's title. Plain text.
    """
    view = context.view
    source = f"Topic Explorer, corpus {view.corpus}, snapshot {view.snapshot_id}, view {query_of(view)}"

    def make() -> bytes:
        return exports.figure_html(figure() if callable(figure) else figure, title, source)

    st.download_button(
        label,
        data=make,
        file_name=f"{view.corpus}-{view.page}-{view.snapshot_id}.html",
        mime="text/html",
        key=key,
        icon=":material/download:",
        on_click="ignore",
        help="The picture as one file that opens in any browser, without a network.",
    )
