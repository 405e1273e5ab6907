"""Questions put to a snapshot: pure functions of a `SnapshotIndex` and small frozen values.

No Streamlit, no caches, nothing changed in place. Masks are bool arrays over all
papers, rows are positions in the snapshot's own order.
"""

from dashboard.queries.filters import FilterError, matching_rows, rows_in_polygon, rows_with_words, value_counts
from dashboard.queries.index import UNDATED, Mask, Rows, SnapshotIndex, Values, index_snapshot
from dashboard.queries.papers import listed_papers, paper_rows, papers_at
from dashboard.queries.search import MAX_NEAREST, Hits, search_meaning, search_words, similar_papers
from dashboard.queries.sides import (
    MAX_CENTRE_PAPERS,
    MIN_PAPERS,
    Sides,
    bridging_papers,
    periods_of_sides,
    rows_of_side,
    sides_of,
    topic_mix,
    year_that_halves,
)
from dashboard.queries.ties import papers_between_topics, tied_topics
from dashboard.queries.topics import neighbouring_topics, representative_rows, topic_name, topic_overview, topic_sizes
from dashboard.queries.trends import complete_shares, n_dated, period_start, topic_trends
from dashboard.queries.words import (
    FALSE_DISCOVERIES,
    MAX_COUNTED,
    MAX_SAMPLED,
    MIN_HOLDING,
    WordTable,
    counted_rows,
    distinctive_words,
    word_table,
)

__all__ = [
    "FALSE_DISCOVERIES",
    "MAX_CENTRE_PAPERS",
    "MAX_COUNTED",
    "MAX_NEAREST",
    "MAX_SAMPLED",
    "MIN_HOLDING",
    "MIN_PAPERS",
    "UNDATED",
    "FilterError",
    "Hits",
    "Mask",
    "Rows",
    "Sides",
    "SnapshotIndex",
    "Values",
    "WordTable",
    "bridging_papers",
    "complete_shares",
    "counted_rows",
    "distinctive_words",
    "index_snapshot",
    "listed_papers",
    "matching_rows",
    "n_dated",
    "neighbouring_topics",
    "paper_rows",
    "papers_at",
    "papers_between_topics",
    "period_start",
    "periods_of_sides",
    "representative_rows",
    "rows_in_polygon",
    "rows_of_side",
    "rows_with_words",
    "search_meaning",
    "search_words",
    "sides_of",
    "similar_papers",
    "tied_topics",
    "topic_mix",
    "topic_name",
    "topic_overview",
    "topic_sizes",
    "topic_trends",
    "value_counts",
    "word_table",
    "year_that_halves",
]
