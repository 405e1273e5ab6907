"""The Streamlit script: one page in the address bar, drawn anew on every run.

Every run reads the address bar, checks it against what is in the store, and
draws what it says. What goes wrong is one sentence on the page; the log says
which kind of error and where in the code, never what somebody searched for.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import streamlit as st

from dashboard import data
from dashboard.components.filters import filter_bar, place_chooser
from dashboard.components.links import Link, link_bar
from dashboard.components.newer_snapshot import newer_snapshot
from dashboard.components.open_paper import paper_drawer
from dashboard.components.reading_list import keeper, papers_on_list
from dashboard.context import PageContext
from dashboard.figures.palette import ThemeName
from dashboard.navigation import current_params, show, shown
from dashboard.people import Person
from dashboard.permalinks import Place, place_from_query, view_from_query
from dashboard.queries import FilterError, Mask, SnapshotIndex, levelled, matching_rows
from dashboard.safe_text import for_markdown
from dashboard.script_run import ScriptRun, script_run
from dashboard.sign_in import current_person
from dashboard.state import PAGES, View, page_name
from pipeline.snapshot import SnapshotDamaged, SnapshotError, SnapshotMissing

_ICON = Path(__file__).with_name("icon.svg")
_LEASE = "lease of the snapshot seen"


def main() -> None:
    """One run of the script: the gate, and only then the store."""
    st.set_page_config(page_title="Topic Explorer", page_icon=_ICON, layout="wide")
    with script_run() as run:
        try:
            person = current_person()
            if person is not None:
                _show(run, person)
        except SnapshotMissing as error:
            run.refused(error)
            _gone(error)
        except SnapshotError as error:
            run.refused(error)
            _cannot_open(error)
        except FilterError as error:
            run.refused(error)
            st.error(for_markdown(str(error)), icon=":material/error:")
        except Exception as error:
            run.failed(error)
            st.error(
                "Something went wrong on this page, and it was noted in the log. "
                "Reload it, or go back and try another way.",
                icon=":material/error:",
            )


def _show(run: ScriptRun, person: Person) -> None:
    listing = data.listing()
    if not listing.corpora:
        _empty_store()
        return
    params = current_params()
    place, notices = _place()
    if place.corpus is None or place.snapshot_id is None:
        _empty_store()
        return
    if place.missing_snapshot is not None:
        _offer_nearest(place)
        return
    pinned = bool(params.get("snapshot")) and not notices
    index = data.open_snapshot(place.corpus, place.snapshot_id) if pinned else data.served_snapshot(place.corpus)
    view, more = view_from_query(params, index.facts)
    run.page, run.snapshot_id = view.page, view.snapshot_id
    st.session_state[_LEASE] = index.snapshot.lease  # of what is open in a browser, nothing is pruned
    index = data.at_dial(index, view.dial)
    show(view)  # the address bar always holds the canonical link of what is shown
    st.set_page_config(page_title=f"{page_name(view.page)}, {view.corpus} · Topic Explorer")
    with st.container(gap=None):
        keeper(view.corpus)  # first: who sees the bar count a paper may leave at once, and finds it kept
        _header(view, person)
        newer_snapshot(view)
    _notices([*notices, *more])
    context = PageContext(levelled(index, view), view, _mask(index, view), _theme(), person)
    filter_bar(context)
    _render(view.page)(context)
    if view.page != "map":  # the map has it beside the points
        paper_drawer(context)
    shown()


def _place() -> tuple[Place, list[str]]:
    """Where the address bar leads in the store, and what of it could not be followed."""
    listing = data.listing()
    newest = max(listing.corpora, key=lambda name: max(info.created for info in listing.corpora[name]))
    return place_from_query(current_params(), listing.ids(), newest)


def _render(page: str) -> Callable[[PageContext], None]:
    """The function that draws ``page``, imported when first asked for: a page that is broken breaks no other."""
    assert page in PAGES
    return importlib.import_module(f"dashboard.views.{page.replace('-', '_')}").render


def _mask(index: SnapshotIndex, view: View) -> Mask:
    mask = matching_rows(index, view.filters)
    mask.setflags(write=False)
    return mask


def _theme() -> ThemeName:
    return "dark" if st.context.theme.type == "dark" else "light"


def _header(view: View, person: Person) -> None:
    # The link of the page one is on closes what is open on it: the topic's page leads back to the table.
    here = replace(view, topic=None, paper=None, similar=None, period=None, listed=(), list_page=1)
    pages = [Link(_named(page, view), here if page == view.page else view.to(page)) for page in PAGES]
    # Side by side where there is room, one below the other where not.
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="medium", key="header"
    ):
        link_bar(
            [Link("Topic Explorer", view.to("overview"), brand=True), *pages],
            key="pages",
            name="Pages",
            current=PAGES.index(view.page) + 1,
        )
        place_chooser(data.listing().corpora, view, person)


def _named(page: str, view: View) -> str:
    """A page's name in the bar; the reading list's with how many papers are on it."""
    n_kept = len(papers_on_list(view.corpus)) if page == "reading-list" else 0
    return f"{page_name(page)} ({n_kept:,})" if n_kept else page_name(page)


def _notices(notices: list[str]) -> None:
    for notice in dict.fromkeys(notices):
        st.warning(for_markdown(notice), icon=":material/link_off:")


def _gone(error: SnapshotMissing) -> None:
    """A snapshot that was listed a moment ago has been deleted since."""
    data.look_again()
    if (place := _place()[0]).missing_snapshot is not None:
        _offer_nearest(place)
    else:
        _cannot_open(error)


def _offer_nearest(place: Place) -> None:
    assert place.corpus is not None
    st.title("This snapshot is gone", anchor=False)
    st.markdown(
        f"The link leads to snapshot {for_markdown(place.missing_snapshot)} of corpus "
        f"**{for_markdown(place.corpus)}**, which is no longer in this store. "
        "Another snapshot may hold other papers and other topics."
    )
    if place.snapshot_id is not None:
        _open_button(place.corpus, place.snapshot_id)


def _open_button(corpus: str, snapshot_id: str) -> None:
    params = {**current_params(), "corpus": corpus, "snapshot": snapshot_id}

    def follow() -> None:
        st.query_params.from_dict(params)

    st.button(f"Open the same view in snapshot {snapshot_id}", key="open-nearest", type="primary", on_click=follow)


def _cannot_open(error: SnapshotError) -> None:
    """What is wrong with the snapshot, and the ways out: its corpus' last good one, other corpora."""
    st.error(for_markdown(str(error)), icon=":material/error:")
    corpus = _place()[0].corpus
    if isinstance(error, SnapshotDamaged) and error.last_good is not None and corpus is not None:
        _open_button(corpus, error.last_good)
    for name in sorted(data.listing().corpora):
        if name != corpus:
            label = f"Open the corpus {for_markdown(name)}"
            st.button(label, key=f"open-corpus-{name}", on_click=st.query_params.from_dict, args=({"corpus": name},))


def _empty_store() -> None:
    st.title("Topic Explorer", anchor=False)
    st.markdown("There is no corpus in this store yet. Fit one from a file of papers with titles and abstracts:")
    st.code("topic-explorer fit papers.csv --corpus mylab", language=None)
    st.markdown(
        "CSV, TSV, JSON Lines, JSON, BibTeX, RIS, Parquet and saved Hugging Face Papers pages are read; "
        "this says what is in a file before you fit it:"
    )
    st.code("topic-explorer inspect papers.csv", language=None)
    st.markdown("When the fit is done, reload this page.")


main()
