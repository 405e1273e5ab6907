"""The visitor's reading list: kept in their browser, one a corpus, changed from wherever papers are listed.

The list is a visitor's own and no view: it is not in the address, so that a link to
a page does not carry it about and Back does not undo it. The browser keeps paper ids;
the session holds a copy for the run, and the two are reconciled by `keeper`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.components.front import front
from dashboard.paper_codes import code_of
from dashboard.state import MAX_LISTED, View

_LISTS = "reading lists"
_UNDO = "reading lists before the last change"
_SESSION = "name of the session for reading lists"
_LONGEST_ID = 1_000  # characters
_FULL = f"A reading list holds at most {MAX_LISTED} papers. Export it, or remove some, before you add others."


_KEEPER = st.components.v2.component("reading_list_keeper", js=front("list_keeper_front", "keeper.js"))


@dataclass(frozen=True)
class Undo:
    """What the last change took off the list, in words, and the list before it."""

    said: str
    papers: tuple[str, ...]


# --- the list ----------------------------------------------------------------------


def papers_on_list(corpus: str) -> tuple[str, ...]:
    """Ids of the papers on the visitor's list of ``corpus``, in the order in which they came."""
    return _lists().get(corpus, ())


def as_sent(view: View) -> View:
    """``view`` as one sends it: the page of a reading list holds its papers, and nothing that does not change it."""
    if view.page != "reading-list":
        return view
    listed = view.listed or tuple(map(code_of, papers_on_list(view.corpus)))
    return View(
        view.corpus,
        view.snapshot_id,
        view.page,
        paper=view.paper,
        filters=view.filters,
        sort=view.sort,
        list_page=view.list_page,
        abstracts=view.abstracts,
        listed=listed,
    )


def add(corpus: str, paper_ids: Sequence[str]) -> None:
    """In a callback: put papers at the end of the list; what is on it already stays where it is."""
    papers = tuple(dict.fromkeys((*papers_on_list(corpus), *paper_ids)))
    if len(papers) > MAX_LISTED:
        st.toast(_FULL, icon=":material/bookmark_remove:")
    _set(corpus, papers[:MAX_LISTED])


def remove(corpus: str, paper_ids: Sequence[str], said: str) -> None:
    """In a callback: take papers off the list. ``said`` tells of it beside the way back: markdown."""
    before = papers_on_list(corpus)
    leaving = set(paper_ids)
    _set(corpus, tuple(paper for paper in before if paper not in leaving))
    st.session_state[_UNDO] = {corpus: Undo(said, before)}


def undo_of(corpus: str) -> Undo | None:
    """What there is to undo."""
    undo = st.session_state.get(_UNDO, {}).get(corpus)
    return undo if isinstance(undo, Undo) else None


def undo(corpus: str) -> None:
    """In a callback: the list as it was before something was taken off it, at its place in it."""
    if last := undo_of(corpus):
        _set(corpus, last.papers)


def _set(corpus: str, papers: tuple[str, ...]) -> None:
    st.session_state[_LISTS] = {**_lists(), corpus: papers}
    st.session_state.pop(_UNDO, None)


def _lists() -> Mapping[str, tuple[str, ...]]:
    lists: Mapping[str, tuple[str, ...]] = st.session_state.get(_LISTS, {})
    return lists


# --- on the page -------------------------------------------------------------------


def keep_button(view: View, paper_id: str, *, key: str, in_dialog: bool = False) -> None:
    """A button that puts a paper on the list, or takes it off when it is on it.

    ``in_dialog``: it stands in a dialog or fragment, which alone would run again.
    """
    corpus = view.corpus
    kept = paper_id in papers_on_list(corpus)
    on_own_page = view.page == "reading-list" and not view.listed

    def toggle() -> None:
        toggled(corpus, paper_id, kept)
        if in_dialog:
            st.rerun()

    st.button(
        "Add to list" if not kept else "Take off" if on_own_page else ":primary[On my list]",
        key=key,
        icon=":material/bookmark_added:" if kept else ":material/bookmark_add:",
        type="tertiary",
        help="Take it off the reading list" if kept else "Put it on the reading list",
        on_click=toggle,
    )


def toggled(corpus: str, paper_id: str, kept: bool) -> None:
    """In a callback: what a click on a paper's button means that showed whether it is ``kept``."""
    if kept:
        remove(corpus, [paper_id], "1 paper was taken off the list.")
    else:
        add(corpus, [paper_id])


def keeper(corpus: str) -> None:
    """Let the browser keep the list, and hear from it what it has kept. Draws nothing; once a run."""

    def hear() -> None:
        state = st.session_state.get("reading-list-keeper")
        told = state.get("kept") if isinstance(state, Mapping) else None
        if isinstance(told, Mapping) and told.get("corpus") == corpus:
            papers = merged(papers_on_list(corpus), told.get("papers"), told.get("agreed"))
            st.session_state[_LISTS] = {**_lists(), corpus: papers}

    session = st.session_state.setdefault(_SESSION, secrets.token_hex(8))
    data = {"session": session, "corpus": corpus, "papers": list(papers_on_list(corpus))}
    _KEEPER(key="reading-list-keeper", data=data, on_kept_change=hear)


def merged(here: Sequence[str], kept: Any, agreed: Any) -> tuple[str, ...]:
    """What the browser has ``kept``, with what was done ``here`` since both ``agreed``; the last two are from it."""
    before = set(_ids(agreed))
    added = [paper for paper in here if paper not in before]
    removed = before.difference(here)
    return tuple(dict.fromkeys((*(paper for paper in _ids(kept) if paper not in removed), *added)))[:MAX_LISTED]


def _ids(value: Any) -> list[str]:
    """The paper ids in what a browser sent: strings, not too long, not too many."""
    papers = value if isinstance(value, list) else []
    return [paper for paper in papers if isinstance(paper, str) and 0 < len(paper) <= _LONGEST_ID][:MAX_LISTED]
