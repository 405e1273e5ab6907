"""What can be wrong with something said of a topic or paper: one sentence each, for people."""

from __future__ import annotations

from dashboard import people


class CurationError(Exception):
    """What was asked cannot be done; the message is one sentence or two for people."""


class NotAllowed(CurationError, people.NotAllowed):  # noqa: N818  # said as it is
    """Their role, or who owns the thing, does not allow it."""


class Conflict(CurationError):  # noqa: N818
    """Somebody else changed it meanwhile: nothing was saved, and what they did stands."""


class CurationUnavailable(CurationError):  # noqa: N818
    """The database cannot be used just now; pages do without curation."""
