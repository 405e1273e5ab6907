"""Questions put to a snapshot: pure functions of a `SnapshotIndex` and small frozen values.

No Streamlit, no caches, nothing changed in place. Masks are bool arrays over all
papers, rows are positions in the snapshot's own order.
"""

from dashboard.queries.filters import FilterError, matching_rows, rows_in_polygon, rows_with_words, value_counts
from dashboard.queries.index import UNDATED, Mask, Rows, SnapshotIndex, Values, index_snapshot
from dashboard.queries.map_grid import PlaceOnGrid, place_on_grid
from dashboard.queries.papers import in_order, listed_papers, paper_rows, papers_at
from dashboard.queries.placement import DecidingWords, Placement, deciding_words, placement
from dashboard.queries.reading_list import FoundPapers, papers_of_codes, papers_of_ids
from dashboard.queries.search import MAX_NEAREST, Hits, search_meaning, search_words, similar_papers
from dashboard.queries.topics import neighbouring_topics, representative_rows, topic_name, topic_overview, topic_sizes
from dashboard.queries.trends import complete_shares, n_dated, period_start, topic_trends

__all__ = [
    "MAX_NEAREST",
    "UNDATED",
    "DecidingWords",
    "FilterError",
    "FoundPapers",
    "Hits",
    "Mask",
    "PlaceOnGrid",
    "Placement",
    "Rows",
    "SnapshotIndex",
    "Values",
    "complete_shares",
    "deciding_words",
    "in_order",
    "index_snapshot",
    "listed_papers",
    "matching_rows",
    "n_dated",
    "neighbouring_topics",
    "paper_rows",
    "papers_at",
    "papers_of_codes",
    "papers_of_ids",
    "period_start",
    "place_on_grid",
    "placement",
    "representative_rows",
    "rows_in_polygon",
    "rows_with_words",
    "search_meaning",
    "search_words",
    "similar_papers",
    "topic_name",
    "topic_overview",
    "topic_sizes",
    "topic_trends",
    "value_counts",
]
