"""Questions put to a snapshot: pure functions of a `SnapshotIndex` and small frozen values.

No Streamlit, no caches, nothing changed in place. Masks are bool arrays over all
papers, rows are positions in the snapshot's own order.
"""

from dashboard.queries.borderline import borderline_rows, rivals
from dashboard.queries.dial import DialSetting, at_dial, dial_settings
from dashboard.queries.filters import FilterError, matching_rows, rows_in_polygon, rows_with_words, value_counts
from dashboard.queries.finding import Contrast, Finding
from dashboard.queries.findings import KINDS, findings
from dashboard.queries.groups import group_kinds, topic_groups
from dashboard.queries.heat import NO_PAPERS, STEPS, against_usual, heat_steps
from dashboard.queries.hierarchy import levelled, topic_tree, topics_above
from dashboard.queries.index import UNDATED, Mask, Rows, SnapshotIndex, Values, index_snapshot
from dashboard.queries.lineage import coarser_topics, finest_within
from dashboard.queries.map_grid import PlaceOnGrid, place_on_grid
from dashboard.queries.papers import in_order, listed_papers, paper_rows, papers_at
from dashboard.queries.placement import DecidingWords, Placement, deciding_words, placement
from dashboard.queries.reading_list import FoundPapers, papers_of_codes, papers_of_ids
from dashboard.queries.search import MAX_NEAREST, Hits, search_meaning, search_words, similar_papers
from dashboard.queries.side_words import (
    FALSE_DISCOVERIES,
    MAX_COUNTED,
    MAX_SAMPLED,
    MIN_HOLDING,
    WordTable,
    counted_rows,
    distinctive_words,
    word_table,
)
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
from dashboard.queries.trends import (
    complete_shares,
    counts_by_period,
    n_dated,
    peak_periods,
    period_start,
    topic_trends,
)
from dashboard.queries.word_trends import WordTrends, word_trends, word_trends_table
from dashboard.queries.words import papers_with_terms, phrase, topic_words

__all__ = [
    "FALSE_DISCOVERIES",
    "KINDS",
    "MAX_CENTRE_PAPERS",
    "MAX_COUNTED",
    "MAX_NEAREST",
    "MAX_SAMPLED",
    "MIN_HOLDING",
    "MIN_PAPERS",
    "NO_PAPERS",
    "STEPS",
    "UNDATED",
    "Contrast",
    "DecidingWords",
    "DialSetting",
    "FilterError",
    "Finding",
    "FoundPapers",
    "Hits",
    "Mask",
    "PlaceOnGrid",
    "Placement",
    "Rows",
    "Sides",
    "SnapshotIndex",
    "Values",
    "WordTable",
    "WordTrends",
    "against_usual",
    "at_dial",
    "borderline_rows",
    "bridging_papers",
    "coarser_topics",
    "complete_shares",
    "counted_rows",
    "counts_by_period",
    "deciding_words",
    "dial_settings",
    "distinctive_words",
    "findings",
    "finest_within",
    "group_kinds",
    "heat_steps",
    "in_order",
    "index_snapshot",
    "levelled",
    "listed_papers",
    "matching_rows",
    "n_dated",
    "neighbouring_topics",
    "paper_rows",
    "papers_at",
    "papers_between_topics",
    "papers_of_codes",
    "papers_of_ids",
    "papers_with_terms",
    "peak_periods",
    "period_start",
    "periods_of_sides",
    "phrase",
    "place_on_grid",
    "placement",
    "representative_rows",
    "rivals",
    "rows_in_polygon",
    "rows_of_side",
    "rows_with_words",
    "search_meaning",
    "search_words",
    "sides_of",
    "similar_papers",
    "tied_topics",
    "topic_groups",
    "topic_mix",
    "topic_name",
    "topic_overview",
    "topic_sizes",
    "topic_tree",
    "topic_trends",
    "topic_words",
    "topics_above",
    "value_counts",
    "word_table",
    "word_trends",
    "word_trends_table",
    "year_that_halves",
]
