"""What one person keeps: reading lists, tags and notes on papers, views, topics they follow.

Everything is private until its owner shares it with the group, and only its
owner changes it. What is somebody else's and private is, for everybody else,
not there. Who it is for is said once, when the shelf is opened, so no method
can be asked for another's.
"""

from __future__ import annotations

from dashboard.curation.paper_marks import PaperMarks
from dashboard.curation.reading_lists import ReadingLists
from dashboard.curation.saved_views import Views


class Shelf(ReadingLists, PaperMarks, Views):
    """One person's own things, and those that others share; opened by `CurationStore.shelf`.

    Raises
    ------
    NotAllowed
        They have no identity that something could be kept under.
    CurationUnavailable
        From every method: the database does not answer, or cannot be written.
    """
