"""The papers a visitor gives to be placed: the form, and what of it the session holds.

What is given stays in this visitor's session, in memory. It is never written
to disk, never put into a link or a log, and shared with nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.context import PageContext
from dashboard.queries.placing import Placement, known_rows, place
from dashboard.safe_text import for_markdown
from pipeline.embedding.query import QueryEncoder
from pipeline.placing import MAX_NEW_PAPERS, MAX_PASTED_CHARACTERS, NewPapers, read_bibliography, read_pasted
from pipeline.readers.report import ReadError

_GIVEN = "papers given to be placed"
_VECTORS = "vectors of the papers given"
_PLACEMENT = "where the papers given lie"
_FORM = "how often the form was cleared"
_FILES = ["bib", "ris", "csv", "tsv", "jsonl", "json", "gz"]


@dataclass(frozen=True)
class Placed:
    """The papers given, and where they lie in the snapshot on screen."""

    given: NewPapers
    placement: Placement


def new_papers_form() -> None:
    """The form. What is sent with it replaces what was placed before; a file nobody can read replaces nothing."""
    # A browser keeps what was typed in a box of the same key, so a cleared form is another one.
    n_cleared = st.session_state.get(_FORM, 0)
    suffix = f"~{n_cleared}" if n_cleared else ""
    with st.form(f"place-form{suffix}", border=False):
        left, right = st.columns([1.6, 1], gap="large")
        with left:
            text = st.text_area(
                "Abstracts, one a paragraph",
                key=f"place-text{suffix}",
                height=190,
                max_chars=MAX_PASTED_CHARACTERS,
                placeholder="Paste one or more abstracts, with an empty line between them.\n\n"
                "A title may stand on a line of its own before its abstract.",
            )
        with right:
            file = st.file_uploader(
                "Or the file of a bibliography",
                key=f"place-file{suffix}",
                type=_FILES,
                help="BibTeX, RIS, CSV, TSV, JSON Lines or JSON, gzipped or not, up to 2 MB. "
                f"The first {MAX_NEW_PAPERS} papers are placed.",
            )
        sent = st.form_submit_button("Place them", type="primary", icon=":material/add_location:")
    if sent:
        _take(text, None if file is None else (file.name, file.getvalue()))


def forget() -> None:
    """In a callback: nothing was given."""
    for key in (_GIVEN, _VECTORS, _PLACEMENT):
        st.session_state.pop(key, None)
    st.session_state[_FORM] = st.session_state.get(_FORM, 0) + 1


def placed_papers(context: PageContext, encoder: QueryEncoder) -> Placed | None:
    """What was given, placed in the snapshot on screen under its filters; None when nothing was."""
    given = st.session_state.get(_GIVEN)
    if not isinstance(given, NewPapers):
        return None
    view = context.view
    snapshot = (view.corpus, view.snapshot_id)
    held = st.session_state.get(_VECTORS)
    if held is None or held[0] != snapshot:
        dois, titles = [paper.doi for paper in given.papers], [paper.title_key for paper in given.papers]
        held = (snapshot, _embedded(given, encoder), known_rows(context.index, dois, titles))
        st.session_state[_VECTORS] = held
        st.session_state.pop(_PLACEMENT, None)
    filtered = (*snapshot, view.filters)
    lying = st.session_state.get(_PLACEMENT)
    if lying is None or lying[0] != filtered:
        lying = (filtered, place(context.index, held[1], held[2], context.mask))
        st.session_state[_PLACEMENT] = lying
    return Placed(given, lying[1])


def _take(text: str, file: tuple[str, bytes] | None) -> None:
    try:
        parts = [read_bibliography(*file)] if file is not None else []
    except ReadError as error:
        st.warning(for_markdown(str(error)), icon=":material/error:")
        return
    parts += [read_pasted(text)] if text.strip() else []
    papers = tuple(paper for part in parts for paper in part.papers)
    notes = tuple(note for part in parts for note in part.notes)
    if not papers:
        st.warning(
            for_markdown(" ".join(notes)) or "Paste an abstract or choose a file first.", icon=":material/edit_note:"
        )
        return
    for key in (_VECTORS, _PLACEMENT):
        st.session_state.pop(key, None)
    st.session_state[_GIVEN] = NewPapers(papers[:MAX_NEW_PAPERS], notes)


def _embedded(given: NewPapers, encoder: QueryEncoder) -> NDArray[np.float32]:
    n_papers = len(given.papers)
    vectors = np.zeros((n_papers, encoder.dimensions), dtype=np.float32)
    with st.spinner(f"Placing {n_papers:,} {'paper' if n_papers == 1 else 'papers'}…"):
        for row, paper in enumerate(given.papers):
            vectors[row] = encoder.encode(paper.text)
    return vectors
