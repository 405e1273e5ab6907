"""What every page is given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from dashboard.figures.palette import ThemeName
from dashboard.people import ANONYMOUS, Person
from dashboard.queries import Mask, SnapshotIndex
from dashboard.state import View


@dataclass(frozen=True)
class PageContext:
    """One run of one page for one visitor.

    Attributes
    ----------
    index
        The snapshot and its codes, at the level of topics that the view shows; shared, never changed.
    view
        What the address bar says, checked.
    mask : bool (n_papers,)
        Papers that pass ``view.filters``, worked out once a run. Read only.
    theme
        What the visitor's browser shows.
    person
        Who the visitor is, and what they may do; where nothing is said, as little as anybody.
    """

    index: SnapshotIndex
    view: View
    mask: Mask
    theme: ThemeName
    person: Person = ANONYMOUS

    def at_level(self, level: int) -> PageContext:
        """The same with the topics of another level."""
        return replace(self, index=self.index.at_level(level))

    @cached_property
    def n_matching(self) -> int:
        """Papers that pass the filters."""
        return int(self.mask.sum())
