"""From one `View` to the next through the address bar, which is the only memory.

A widget's value is set from the view before the widget is drawn, and its
callback writes the next view's query string; the run that follows reads it
back. So back, forward, reload and a pasted link all take the same way.

A reader who acts while a page still answers acts on what an earlier run drew,
and the browser may not yet have heard what the address became. So every way
says what it changes of the view it was drawn with, and `go` makes that change
to the view last gone to: of two filters set at once neither is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import streamlit as st

from dashboard.state import Params, View, params_of, query_of, rebased

_SENT = "sent by widgets"
_HERE = "view of the last run"
_ADDRESS = "address last gone to"
_HELD = "widgets held in this run"
_TOLD = "widgets held in the last whole run"


def current_params() -> dict[str, list[str]]:
    """The query string as the browser sent it, every value of every key."""
    return {key: st.query_params.get_all(key) for key in st.query_params}


def show(view: View) -> None:
    """Say that this run draws ``view``: the address bar holds its canonical link, and ways lead on from it."""
    st.session_state[_HERE] = view
    st.session_state[_HELD] = set()
    _write(params_of(view))


def shown() -> None:
    """Say that this run came to its end. What a run that was stopped on the way told may not have arrived."""
    st.session_state[_TOLD] = st.session_state[_HELD]


def here() -> View:
    """The view that this run draws, for `go` to know later what was on screen."""
    view = st.session_state[_HERE]
    assert isinstance(view, View)
    return view


def go(view: View, drawn: View) -> None:
    """In a callback: make ``view`` what the address bar says, and the run that follows shows it.

    Parameters
    ----------
    drawn
        The view that the widget was drawn with. Where the reader has gone on since, only
        what ``view`` changes of it is changed.
    """
    _write(rebased(params_of(view), params_of(drawn), _address()))


def go_query(query: str, drawn: str) -> None:
    """`go` for query strings from the browser; they are checked when they are read back."""
    _write(rebased(_parsed(query), _parsed(drawn), _address()))


def follow_link(step: Any) -> None:
    """`go_query` for what our links send: where one leads, and the query string it was drawn with."""
    if isinstance(step, list) and len(step) == 2 and all(isinstance(query, str) for query in step):
        go_query(*step)


def on_follow(key: str) -> Callable[[], None]:
    """A callback that follows what the component with this ``key`` sends as ``follow``."""
    return lambda: follow_link(st.session_state[key].get("follow"))


def _parsed(query: str) -> dict[str, list[str]]:
    return parse_qs(query.removeprefix("?")[:20_000], max_num_fields=1_000)


def _address() -> Params:
    """Where the reader is: what was last written, since a message from the browser may be older than that.

    Only Back and Forward change the address without us; they come without a
    callback, and the run that shows them writes it.
    """
    return st.session_state.get(_ADDRESS) or current_params()


def _write(params: Params) -> None:
    # First remembered: writing is a place where Streamlit stops a run for the next one.
    st.session_state[_ADDRESS] = dict(params)
    st.query_params.from_dict(params)


def hold(name: str, value: Any) -> str:
    """Give the widget called ``name`` the value that the view says; returns the key to draw it with.

    Call it right before the widget. The key stays while the value is the one that
    the widget itself sent, and is a new one, so a new widget, when the value comes
    from elsewhere (back, a link, "clear"): a browser keeps what a widget inside a
    closed popover was last set to, and would send it back as if it were news.
    """
    sent: dict[str, tuple[int, Any]] = st.session_state.setdefault(_SENT, {})
    generation, last = sent.get(name, (0, value))
    if last != value:
        generation += 1
    sent[name] = (generation, value)
    key = f"{name}~{generation}" if generation else name
    st.session_state.setdefault(_HELD, set()).add(key)
    # A browser that is told a value takes it, even over what the reader has typed since: so it is told only
    # what the widget did not send, and where the last whole run did not draw the widget.
    if key not in st.session_state.get(_TOLD, ()) or st.session_state.get(key) != value:
        st.session_state[key] = value
    return key


def on_change(key: str, next_view: Callable[[Any], View]) -> Callable[[], None]:
    """A callback for the widget with the ``key`` from `hold`: go to ``next_view(its new value)``."""
    drawn = here()

    def follow() -> None:
        value = st.session_state[key]
        name, _, number = key.partition("~")
        generation = int(number or 0)
        sent: dict[str, tuple[int, Any]] = st.session_state.setdefault(_SENT, {})
        # What the map asks while a run is under way carries the widgets as they were before it. One that
        # this run no longer draws, or drew anew, then looks as if it had been changed; nobody did.
        if name in sent and (sent[name][0] != generation or sent[name][1] == value):
            return
        sent[name] = (generation, value)
        go(next_view(value), drawn)

    return follow


def permalink(view: View) -> str:
    """The whole address of ``view``, for sending to somebody."""
    try:
        parts = urlsplit(st.context.url or "")
    except (AttributeError, ValueError):
        return f"?{query_of(view)}"
    base = f"{parts.scheme}://{parts.netloc}{parts.path or '/'}" if parts.netloc else ""
    return f"{base}?{query_of(view)}"
