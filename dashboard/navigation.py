"""From one `View` to the next through the address bar, which is the only memory.

A widget's value is set from the view before the widget is drawn, and its
callback writes the next view's query string; the run that follows reads it
back. So back, forward, reload and a pasted link all take the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import streamlit as st

from dashboard.state import View, params_of, query_of

_SENT = "sent by widgets"


def current_params() -> dict[str, list[str]]:
    """The query string as the browser sent it, every value of every key."""
    return {key: st.query_params.get_all(key) for key in st.query_params}


def go(view: View) -> None:
    """Make ``view`` what the address bar says. In a callback, the run that follows shows it;
    elsewhere, call ``st.rerun()`` after it.
    """
    st.query_params.from_dict(params_of(view))


def go_query(query: str) -> None:
    """`go` for a query string from the browser; it is checked when it is read back."""
    st.query_params.from_dict(parse_qs(query.removeprefix("?")[:20_000], max_num_fields=1_000))


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
    # In every run: a widget that is drawn later than it was sent starts from this.
    st.session_state[key] = value
    return key


def on_change(key: str, next_view: Callable[[Any], View]) -> Callable[[], None]:
    """A callback for the widget with the ``key`` from `hold`: go to ``next_view(its new value)``."""

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
        go(next_view(value))

    return follow


def permalink(view: View) -> str:
    """The whole address of ``view``, for sending to somebody."""
    try:
        parts = urlsplit(st.context.url or "")
    except (AttributeError, ValueError):
        return f"?{query_of(view)}"
    base = f"{parts.scheme}://{parts.netloc}{parts.path or '/'}" if parts.netloc else ""
    return f"{base}?{query_of(view)}"
