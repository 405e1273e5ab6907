"""The gate: the first thing every run of the page does, before anything is read from the store."""

from __future__ import annotations

import logging
import time

import streamlit as st

from dashboard.admission import Refusal, Why, admit_claims, admit_visitor, log_name, unknown_visitor
from dashboard.components.front import front
from dashboard.http_gate import RETURN_COOKIE
from dashboard.instance import Instance, instance
from dashboard.people import Person
from dashboard.proxy_visitor import VISITOR_KEY, unseal
from dashboard.safe_text import for_markdown

_LOG = logging.getLogger("topic_explorer.sign_in")
_TOLD = "what the log was told of this visitor"

_KEEP_RETURN = st.components.v2.component("keep_return", js=front("sign_in_front", "keep_return.js"))


def current_person() -> Person | None:
    """Who is looking; ``None`` when they may not: the page says why, and nothing else may be drawn.

    Raises
    ------
    InstanceError
        The instance is not set up as it must be.
    """
    setup = instance()
    admission = _admission(setup)
    _tell(admission, setup)
    if isinstance(admission, Person):
        return admission
    _turn_away(admission, setup)
    return None


def _admission(setup: Instance) -> Person | Refusal:
    if setup.sign_in == "oidc":
        return admit_claims(st.user.to_dict(), setup, time.time())
    if setup.sign_in == "proxy":
        return admit_visitor(unseal(st.user.get(VISITOR_KEY)), setup)
    return unknown_visitor(st.get_option("server.address"), st.context.headers, setup)


def _tell(admission: Person | Refusal, setup: Instance) -> None:
    """One line in the log for each sign-in and each refusal, of which nobody can be told by it."""
    if setup.sign_in == "off":
        return
    if isinstance(admission, Person):
        level, said = logging.INFO, f"signed in: {log_name(admission.person_id, setup)} as {admission.role}"
    elif admission.why is Why.NOT_SIGNED_IN:
        return
    else:
        level, said = logging.WARNING, f"not let in: {admission.why}"
    if st.session_state.get(_TOLD) != said:
        st.session_state[_TOLD] = said
        _LOG.log(level, said)


# --- the pages of who is not let in ---------------------------------------------------------


def _turn_away(refusal: Refusal, setup: Instance) -> None:
    with st.container(key="gate", horizontal_alignment="center"), st.container(width=440, gap="medium"):
        st.title("Topic Explorer", anchor=False)
        if refusal.why is Why.NOT_SIGNED_IN and setup.sign_in == "proxy":
            st.markdown("You are not signed in. Sign in where you came from, and open this page again.")
        elif refusal.why is Why.NOT_SIGNED_IN:
            st.markdown("Sign in with your organisation’s account to see its corpora.")
            _sign_in_button("Sign in")
        elif refusal.why is Why.EXPIRED:
            st.markdown("Your sign-in has expired. Sign in again, and you are back at the page you left.")
            _sign_in_button("Sign in again")
        else:
            st.markdown(_refusal_text(refusal, setup))
            if setup.sign_in == "oidc" and st.button("Sign out", key="sign-out"):
                st.logout()


def _sign_in_button(label: str) -> None:
    if st.button(label, key="sign-in", type="primary", icon=":material/login:"):
        st.login()
    _KEEP_RETURN(key="keep-return", data={"cookie": RETURN_COOKIE})  # last: it takes a line, of nothing


def _refusal_text(refusal: Refusal, setup: Instance) -> str:
    account = f"**{for_markdown(refusal.account)}**" if refusal.account else "An account without an e-mail address"
    ask = for_markdown(setup.contact) if setup.contact else "whoever runs this instance"
    match refusal.why:
        case Why.UNVERIFIED:
            why = "the provider does not say that this address is verified"
        case Why.NOT_LISTED:
            why = "this account is not among those who may come in"
        case _:
            why = "what the provider says of this account is not enough to let it in"
    return f"You are signed in as {account}, but {why}. Ask {ask}, or sign in with another account."
