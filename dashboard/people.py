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
