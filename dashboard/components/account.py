"""Who one is signed in as, and the way out."""

from __future__ import annotations

import streamlit as st

from dashboard.instance import instance
from dashboard.people import Person
from dashboard.safe_text import for_markdown

_INITIALS = 2


def account_menu(person: Person) -> None:
    """A small button with the person's initials; behind it name, role and the way out. Nothing without sign-in."""
    setup = instance()
    if setup.sign_in == "off":
        return
    label, name = for_markdown(_initials(person.name)), for_markdown(person.name)
    with st.popover(label, help=name, type="tertiary", key="account"):
        st.markdown(f"**{name}**  \n{person.role.capitalize()}")
        if setup.sign_in == "oidc":
            st.button("Sign out", key="sign-out", on_click=st.logout)


def _initials(name: str) -> str:
    words = [word for word in name.replace(".", " ").split() if word[0].isalnum()]
    letters = [word[0] for word in (words if len(words) <= _INITIALS else (words[0], words[-1]))]
    return "".join(letters).upper() or "?"
