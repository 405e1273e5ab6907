"""Who is looking, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody may do; each may all that those before it may."""

    VIEWER = "viewer"
    CURATOR = "curator"
    ADMIN = "admin"

    def may(self, needed: Role) -> bool:
        """Whether this role covers ``needed``."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True)
class Person:
    """One visitor, as far as we know them.

    Attributes
    ----------
    person_id
        What everything they write is kept under: never shown, never changed. Empty for a
        visitor without an identity, who can keep nothing here.
    name
        What others see beside what they changed.
    role
        What they may do.
    """

    person_id: str
    name: str
    role: Role

    @property
    def is_known(self) -> bool:
        """Whether they have an identity that something can be kept under."""
        return bool(self.person_id)


LOCAL = Person("local", "You", Role.ADMIN)
"""The person at a dashboard of their own: no sign-in, and only this machine can reach it."""

ANONYMOUS = Person("", "Visitor", Role.VIEWER)
"""Anybody who reaches an open dashboard without sign-in over a network."""


class NotAllowed(Exception):  # noqa: N818 - what happened, as a person would say it
    """Somebody tried what their role does not cover; the message is for them."""


def require(person: Person, needed: Role) -> None:
    """Go on only if ``person`` may what ``needed`` may. Every change begins with this, on the server.

    Raises
    ------
    NotAllowed
        They may not.
    """
    if not person.role.may(needed):
        raise NotAllowed(f"This takes the role of {needed}, and yours is {person.role}.")


def require_known(person: Person) -> None:
    """Go on only if what ``person`` does can be kept under their name.

    Raises
    ------
    NotAllowed
        Nobody knows who they are.
    """
    if not person.is_known:
        raise NotAllowed("Only somebody who is signed in can keep something here.")
