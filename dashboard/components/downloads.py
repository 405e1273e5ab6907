"""The only download buttons. Files are made when the button is clicked, not before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard import data, exports
from dashboard.context import PageContext
from dashboard.queries import SnapshotIndex
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


def bytes_button(label: str, make: Callable[[], bytes], name: str, view: View, n_rows: int, *, key: str) -> None:
    """A button for a CSV that only this session can make, since it is about what its visitor gave."""
    st.download_button(
        label,
        data=make,
        file_name=f"{name}-{view.snapshot_id}.csv",
        mime="text/csv",
        key=key,
        icon=":material/download:",
        on_click="ignore",
        help=f"CSV, {n_rows:,} {'row' if n_rows == 1 else 'rows'}, with where they come from in the last columns.",
    )


_FORMS: dict[exports.Bibliography, tuple[str, str]] = {
    "bib": ("BibTeX", "application/x-bibtex"),
    "ris": ("RIS", "application/x-research-info-systems"),
}


def bibliography_buttons(context: PageContext, view: View, n_rows: int, *, key: str) -> None:
    """Buttons for the papers of ``view``'s list as BibTeX and as RIS; none where the CSV has none."""
    if n_rows == 0 or exports.too_large(context.index, view, n_rows):
        return
    for form, (name, mime) in _FORMS.items():
        st.download_button(
            name,
            data=_bibliography_of(context.index, view, form),
            file_name=exports.file_name(view, form),
            mime=mime,
            key=f"{key}-{form}",
            icon=":material/format_quote:",
            on_click="ignore",
            help=f"{n_rows:,} papers for a reference manager, with where they come from in the file.",
        )


def _bibliography_of(index: SnapshotIndex, view: View, form: exports.Bibliography) -> Callable[[], bytes]:
    return lambda: exports.papers_bibliography(index, view, form, _query_vector(view))


def csv_of(index: SnapshotIndex, view: View) -> Callable[[], bytes]:
    """What makes the file when it is asked for: the same bytes as ``topic-explorer export --view``."""
    return lambda: exports.export(index, view, _query_vector(view))


def _query_vector(view: View) -> NDArray[np.float32] | None:
    """The search text embedded, where the list of ``view`` hangs on it."""
    if not exports.needs_query_vector(view):
        return None
    return data.query_encoder(view.corpus, view.snapshot_id).encode(view.search)


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
