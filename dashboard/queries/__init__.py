"""Questions put to a snapshot: pure functions of a `SnapshotIndex` and small frozen values.

No Streamlit, no caches, nothing changed in place. Masks are bool arrays over all
papers, rows are positions in the snapshot's own order.
"""

from dashboard.queries.borderline import borderline_rows, rivals
from dashboard.queries.dial import DialSetting, at_dial, dial_settings
from dashboard.queries.filters import FilterError, matching_rows, rows_in_polygon, rows_with_words, value_counts
from dashboard.queries.groups import group_kinds, topic_groups
from dashboard.queries.hierarchy import levelled, topic_tree, topics_above
from dashboard.queries.index import UNDATED, Mask, Rows, SnapshotIndex, Values, index_snapshot
from dashboard.queries.lineage import coarser_topics, finest_within
from dashboard.queries.map_grid import PlaceOnGrid, place_on_grid
from dashboard.queries.papers import in_order, listed_papers, paper_rows, papers_at
from dashboard.queries.placement import DecidingWords, Placement, deciding_words, placement
from dashboard.queries.reading_list import FoundPapers, papers_of_codes, papers_of_ids
from dashboard.queries.search import MAX_NEAREST, Hits, search_meaning, search_words, similar_papers
from dashboard.queries.topics import neighbouring_topics, representative_rows, topic_name, topic_overview, topic_sizes
from dashboard.queries.trends import complete_shares, n_dated, period_start, topic_trends
from dashboard.queries.words import papers_with_terms, phrase, topic_words

__all__ = [
    "MAX_NEAREST",
    "UNDATED",
    "DialSetting",
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
    "at_dial",
    "complete_shares",
    "dial_settings",
    "borderline_rows",
    "coarser_topics",
    "finest_within",
    "group_kinds",
    "deciding_words",
    "in_order",
    "index_snapshot",
    "levelled",
    "listed_papers",
    "matching_rows",
    "n_dated",
    "neighbouring_topics",
    "paper_rows",
    "papers_at",
    "papers_with_terms",
    "period_start",
    "phrase",
    "papers_of_codes",
    "papers_of_ids",
    "place_on_grid",
    "placement",
    "representative_rows",
    "rivals",
    "rows_in_polygon",
    "rows_with_words",
    "search_meaning",
    "search_words",
    "similar_papers",
    "topic_groups",
    "topic_name",
    "topic_overview",
    "topic_sizes",
    "topic_tree",
    "topic_trends",
    "topics_above",
    "topic_words",
    "value_counts",
]
