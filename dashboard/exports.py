"""Everything that leaves the dashboard as a file: the only writer of CSV, bibliographies and pictures.

The last columns of every CSV, the same in each row, say where it comes from: corpus,
snapshot_id and view, the permalink's query string. Giving that string to
`export_command.export_view` gives the same bytes again.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard import comparison
from dashboard.bibliography import bibtex_entries, bibtex_remark, ris_records
from dashboard.csv_cells import column_cells, csv_file, csv_line, number_cell, text_cell
from dashboard.findings_table import COLUMNS as FINDING_COLUMNS
from dashboard.findings_table import findings_table
from dashboard.queries import (
    SnapshotIndex,
    WordTable,
    group_kinds,
    levelled,
    listed_papers,
    matching_rows,
    papers_at,
    papers_with_terms,
    topic_groups,
    topic_name,
    topic_overview,
    topic_tree,
    topic_trends,
    topic_words,
    word_trends,
    word_trends_table,
)
from dashboard.settings import SETTINGS
from dashboard.state import View, query_of
from pipeline.schema import FACET_PREFIX

Bibliography = Literal["bib", "ris"]
"""BibTeX or RIS, by the end of the file's name."""

_BLOCK = 5_000  # papers whose text is held at once
_PAPER_COLUMNS = (
    "paper_id", "title", "authors", "venue", "source", "published", "published_precision", "year", "url", "doi",
    "citations", "keywords", "language", "topic_id", "topic_number", "topic_label", "strength", "nearest_topic_id",
    "nearest_similarity", "second_topic_id", "margin", "x", "y",
)  # fmt: skip
_TOPIC_COLUMNS = (
    "topic_id", "number", "label", "keywords", "n_papers", "share", "size", "trend_class", "trend_slope", "trend_q",
    "burst_from", "burst_to", "coherence", "stability", "stability_runs", "stability_found", "x", "y",
    "representative_papers",
)  # fmt: skip
_TREE_COLUMNS = (
    "level", "topic_id", "number", "parent", "path", "label", "keywords", "n_papers", "share", "size", "n_topics",
)  # fmt: skip
_TREND_COLUMNS = (
    "period", "period_start", "topic_id", "topic_label", "group_kind", "group", "n_papers", "n_period", "share",
    "share_low", "share_high",
)  # fmt: skip
_GROUP_COLUMNS = (
    "topic_id", "topic_label", "group_kind", "group", "n_papers", "n_with", "share", "n_all", "n_all_with",
    "share_all", "log_odds", "log_odds_low",
)  # fmt: skip
_WORD_TREND_COLUMNS = (
    "topic_id", "topic_label", "term", "period", "period_start", "n_papers", "n_period", "share", "share_low",
    "share_high", "since", "n_before", "held_before", "n_since", "held_since", "difference", "difference_low",
    "difference_high", "change",
)  # fmt: skip
_WORD_COLUMNS = ("topic_id", "topic_label", "term", "n_papers", "share", "n_all", "share_all", "relevance")


class ExportError(Exception):
    """It cannot be exported; the message says why and what to do."""


# --- which list ---------------------------------------------------------------------


def table_of(view: View) -> str:
    """Which list an export of ``view`` takes: one of `state.TABLES`; without a side A none that is about two."""
    if view.table and (view.side_a is not None or view.table not in comparison.OF_SIDES):
        return view.table
    if view.side_a is not None:
        return "side-words"
    if view.page == "trends":
        return "papers" if view.period or view.topic else "trends"
    if view.page == "hierarchy":
        return "papers" if view.topic else "hierarchy"
    whole = view.topic is None and view.selection is None and not view.search and view.similar is None
    return "topics" if view.page in ("overview", "topics") and whole else "papers"


def export(
    index: SnapshotIndex,
    view: View,
    query_vector: NDArray[np.float32] | None = None,
    words: WordTable | None = None,
) -> bytes:
    """The CSV of ``view``'s list.

    Parameters
    ----------
    query_vector
        The embedded search text, where the view searches by meaning.
    words
        All words of the snapshot, where they are at hand.

    Raises
    ------
    ExportError
        It would be larger than `Settings` allows.
    FilterError
        A search by meaning without ``query_vector``.
    """
    match table_of(view):
        case "topics":
            return topics_csv(index, view)
        case "trends":
            return trends_csv(index, view)
        case "hierarchy":
            return hierarchy_csv(index, view)
        case "groups":
            return groups_csv(index, view)
        case "words":
            return words_csv(index, view)
        case "word-trends":
            return word_trends_csv(index, view)
        case "findings":
            return findings_csv(index, view)
        case "papers":
            return papers_csv(index, view, query_vector)
    return comparison_csv(index, view, words)


def needs_query_vector(view: View) -> bool:
    """Whether the export of ``view`` needs its search text embedded."""
    by_meaning = bool(view.search) and view.mode == "meaning" and view.similar is None
    return by_meaning and view.page != "reading-list" and table_of(view) == "papers"


def file_name(view: View, ending: str = "csv") -> str:
    """A name for the file: corpus, what it lists, snapshot. Letters, digits, dots and dashes only."""
    what = view.topic if view.topic and table_of(view) in ("papers", "groups", "words", "word-trends") else ""
    return "-".join(part for part in (view.corpus, what, table_of(view), view.snapshot_id) if part) + f".{ending}"


def too_large(index: SnapshotIndex, view: View, n_rows: int) -> str | None:
    """Why a file of ``n_rows`` papers would be refused; ``None`` when it would not."""
    if n_rows > SETTINGS.export_max_rows:
        return (
            f"This list has {n_rows:,} papers; a download stops at {SETTINGS.export_max_rows:,}. "
            "Narrow it with the filters, or use topic-explorer export on the machine that holds the store."
        )
    if view.abstracts and index.n_papers:
        stored = index.snapshot.manifest.files["abstracts.arrow"].bytes
        if stored / index.n_papers * n_rows > SETTINGS.export_max_bytes:
            return (
                f"With abstracts this list would be larger than {SETTINGS.export_max_bytes // 1_000_000} MB. "
                "Leave the abstracts out, or narrow the list with the filters."
            )
    return None


# --- tables ----------------------------------------------------------------------------


def papers_csv(
    index: SnapshotIndex, view: View, query_vector: NDArray[np.float32] | None = None, *, limited: bool = True
) -> bytes:
    """Every paper of ``view``'s list, all pages of it, in its order.

    ``limited`` keeps to the caps of `Settings`; see `export` for what is raised.
    """
    hits = listed_papers(index, view, query_vector=query_vector)
    if limited and (reason := too_large(index, view, len(hits.rows))):
        raise ExportError(reason)
    facets = [column for column in index.papers.columns if column.startswith(FACET_PREFIX)]
    header = [*_PAPER_COLUMNS, *facets]
    header += ["similarity"] if hits.scores is not None else []
    header += ["abstract"] if view.abstracts else []
    lines = [csv_line([*header, "corpus", "snapshot_id", "view"])]
    tail = _provenance(view)
    for start in range(0, len(hits.rows), _BLOCK):
        rows = hits.rows[start : start + _BLOCK]
        papers = papers_at(index, rows)
        columns = [column_cells(papers[name]) for name in (*_PAPER_COLUMNS, *facets)]
        if hits.scores is not None:
            columns.append([number_cell(score) for score in hits.scores[start : start + _BLOCK]])
        if view.abstracts:
            columns.append([text_cell(abstract) for abstract in index.snapshot.abstracts(rows)])
        lines += [",".join(cells) + tail for cells in zip(*columns, strict=True)]
    return csv_file(lines)


def papers_bibliography(
    index: SnapshotIndex, view: View, form: Bibliography, query_vector: NDArray[np.float32] | None = None
) -> bytes:
    """Every paper of ``view``'s list for a reference manager, in its order; with abstracts if the view has them.

    Where it comes from stands before the entries of BibTeX, and as a note (``N1``) in every
    record of RIS. In UTF-8. See `export` for what is raised.
    """
    hits = listed_papers(index, view, query_vector=query_vector)
    if reason := too_large(index, view, len(hits.rows)):
        raise ExportError(reason)
    source = f"Topic Explorer, corpus {view.corpus}, snapshot {view.snapshot_id}"
    link = f"view {query_of(_written(view))}"
    parts = [bibtex_remark([source, link])] if form == "bib" else []
    for start in range(0, len(hits.rows), _BLOCK):
        rows = hits.rows[start : start + _BLOCK]
        papers = papers_at(index, rows)
        abstracts = index.snapshot.abstracts(rows) if view.abstracts else None
        if form == "bib":
            parts += bibtex_entries(papers, abstracts)
        else:
            parts += ris_records(papers, f"{source}, {link}", abstracts)
    return "".join(parts).encode("utf-8", "replace")


def topics_csv(index: SnapshotIndex, view: View) -> bytes:
    """The table of topics of ``view``'s level under its filters, in its order."""
    topics = topic_overview(levelled(index, view), matching_rows(index, view.filters), view.topic_sort)
    return _frame_csv(topics, _TOPIC_COLUMNS, view)


def hierarchy_csv(index: SnapshotIndex, view: View) -> bytes:
    """The topics of all levels under ``view``'s filters, each followed by those in it: all, or those in its topic."""
    return _frame_csv(topic_tree(index, matching_rows(index, view.filters), view.topic), _TREE_COLUMNS, view)


def trends_csv(index: SnapshotIndex, view: View) -> bytes:
    """Counts and shares per period under ``view``'s filters: its topics, or all of them; by group if it groups."""
    mask = matching_rows(index, view.filters)
    index = levelled(index, view)
    opened = (view.topic,) if view.topic is not None and view.topic in index.topic_code_of else None
    chosen = view.topics or opened
    groups = _groups(view, index)
    trends = topic_trends(index, mask, chosen, view.group, groups)
    labels = dict(zip(index.topics["topic_id"], index.topics["label"], strict=True))
    names = [labels.get(topic_id, "Outliers") for topic_id in trends["topic_id"]]
    named = trends.assign(topic_label=names)
    return _frame_csv(named, _TREND_COLUMNS, view)


def groups_csv(index: SnapshotIndex, view: View) -> bytes:
    """Venues and facets against the corpus under ``view``'s filters: of its topic, or of each."""
    mask = matching_rows(index, view.filters)
    kinds = [view.group] if view.group else group_kinds(index)
    chosen = [view.topic] if view.topic else index.topic_ids
    parts = [
        topic_groups(index, kind, mask, topic_id).assign(topic_id=topic_id, topic_label=topic_name(index, topic_id))
        for topic_id in chosen
        for kind in kinds
    ]
    return _frame_csv(pd.concat(parts) if parts else pd.DataFrame(columns=list(_GROUP_COLUMNS)), _GROUP_COLUMNS, view)


def words_csv(index: SnapshotIndex, view: View) -> bytes:
    """The words of ``view``'s topic under its filters, by its relevance.

    Raises
    ------
    ExportError
        No topic is named.
    """
    topic_id = _named_topic(view)
    found = papers_with_terms(index, topic_id)
    words = topic_words(index, found, matching_rows(index, view.filters), topic_id, view.relevance)
    named = words.assign(topic_id=topic_id, topic_label=topic_name(index, topic_id))
    return _frame_csv(named, _WORD_COLUMNS, view)


def word_trends_csv(index: SnapshotIndex, view: View) -> bytes:
    """The keywords of ``view``'s topic by period under its filters, as `words_csv`."""
    topic_id = _named_topic(view)
    trends = word_trends(index, papers_with_terms(index, topic_id), matching_rows(index, view.filters), topic_id)
    table = word_trends_table(index, trends).assign(topic_id=topic_id, topic_label=topic_name(index, topic_id))
    return _frame_csv(table, _WORD_TREND_COLUMNS, view)


def _named_topic(view: View) -> str:
    if view.topic is None:
        raise ExportError("Words are those of one topic: name it in the view, as topic=ID.")
    return view.topic


def findings_csv(index: SnapshotIndex, view: View) -> bytes:
    """What is worth knowing about the corpus, whatever ``view`` filters; see `queries.findings`.

    Raises
    ------
    ExportError
        ``view`` sets the outlier dial: findings are of the corpus as it was fitted.
    """
    if view.dial:
        raise ExportError("Findings are of the corpus as it was fitted: leave dial out of the view.")
    return _frame_csv(findings_table(index), FINDING_COLUMNS, view)


def comparison_csv(index: SnapshotIndex, view: View, words: WordTable | None = None) -> bytes:
    """What `table_of` ``view`` says of its two sides, or of topics near each other: one of `comparison.COLUMNS`."""
    table = table_of(view)
    return _frame_csv(comparison.comparison(index, view, table, words), comparison.COLUMNS[table], view)


def _groups(view: View, index: SnapshotIndex) -> Sequence[str]:
    if not view.group:
        return ()
    chosen = view.filters.venues if view.group == "venue" else view.filters.facet(view.group)
    return chosen or index.values(view.group).names


def _frame_csv(frame: pd.DataFrame, columns: Sequence[str], view: View) -> bytes:
    cells = [column_cells(frame[name]) for name in columns]
    tail = _provenance(view)
    lines = [csv_line([*columns, "corpus", "snapshot_id", "view"])]
    return csv_file([*lines, *(",".join(row) + tail for row in zip(*cells, strict=True))])


def _provenance(view: View) -> str:
    return "," + csv_line([view.corpus, view.snapshot_id, query_of(_written(view))])


def _written(view: View) -> View:
    """``view`` without what does not change its list, so that equal lists are equal files."""
    written = replace(view, list_page=1, viewport=None)
    if table_of(replace(view, table="")) == table_of(view):
        written = replace(written, table="")
    return written


# --- pictures ---------------------------------------------------------------------------


def figure_html(figure: Any, title: str, source: str = "") -> bytes:
    """A plotly figure as one HTML file that needs nothing else: plotly.js is inside, no MathJax.

    Parameters
    ----------
    figure
        A ``plotly.graph_objects.Figure`` whose texts went through `safe_text.for_plotly`.
    title
        The page's title. Plain text.
    source
        A line below the picture that says where it comes from. Plain text.
    """
    picture = figure.to_html(full_html=False, include_plotlyjs=True, include_mathjax=False)
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{html.escape(title)}</title></head>\n'
        '<body style="margin:1rem;font-family:sans-serif">\n'
        f"{picture}\n<p><small>{html.escape(source)}</small></p>\n</body></html>\n"
    )
    return page.encode()
