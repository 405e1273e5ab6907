"""Everything that leaves the dashboard as a file: the only writer of CSV and of pictures.

The last columns of every CSV, the same in each row, say where it comes from: corpus,
snapshot_id and view, the permalink's query string. Giving that string to
`export_view` gives the same bytes again.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.csv_cells import column_cells, csv_file, csv_line, number_cell, text_cell
from dashboard.permalinks import place_from_query, view_from_query
from dashboard.queries import (
    SnapshotIndex,
    WordTable,
    bridging_papers,
    counted_rows,
    distinctive_words,
    index_snapshot,
    listed_papers,
    matching_rows,
    papers_at,
    papers_between_topics,
    periods_of_sides,
    sides_of,
    tied_topics,
    topic_mix,
    topic_name,
    topic_overview,
    topic_trends,
    word_table,
)
from dashboard.settings import SETTINGS, cache_folder
from dashboard.state import View, query_of
from pipeline import snapshot as snapshots
from pipeline.schema import FACET_PREFIX

Notify = Callable[[str], None]

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
_TREND_COLUMNS = (
    "period", "period_start", "topic_id", "topic_label", "group_kind", "group", "n_papers", "n_period", "share",
    "share_low", "share_high",
)  # fmt: skip
_SHARE_COLUMNS = (
    "n_a", "n_b", "share_a", "share_a_low", "share_a_high", "share_b", "share_b_low", "share_b_high",
)  # fmt: skip
_COMPARISON_COLUMNS = {
    "words": (
        "word", "side", "n_a", "n_b", "papers_a", "papers_b", "share_a", "share_b", "odds_ratio", "odds_low",
        "odds_high", "z", "q",
    ),
    "mix": ("topic_id", "topic_label", *_SHARE_COLUMNS, "difference", "difference_low", "difference_high"),
    "periods": ("period", *_SHARE_COLUMNS),
    "bridging": (
        "side", "paper_id", "title", "year", "topic_id", "topic_label", "similarity_other", "similarity_own",
    ),
}  # fmt: skip
_PAIR_COLUMNS = (
    "topic_a", "topic_b", "n_papers", "n_tied", "share", "share_low", "share_high", "since", "n_before", "tied_before",
    "share_before", "n_since", "tied_since", "share_since", "difference", "difference_low", "difference_high", "change",
)  # fmt: skip
_BETWEEN_COLUMNS = ("paper_id", "title", "year", "topic_id", "nearest_topic_id", "second_topic_id", "margin")


class ExportError(Exception):
    """It cannot be exported; the message says why and what to do."""


# --- which list ---------------------------------------------------------------------


def table_of(view: View) -> str:
    """Which list an export of ``view`` takes: ``papers``, ``topics``, ``trends``, or one of a comparison."""
    if view.table and (view.side_a is not None or view.table not in _COMPARISON_COLUMNS):
        return view.table
    if view.side_a is not None:
        return "words"
    if view.page == "trends":
        return "papers" if view.period or view.topic else "trends"
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
        case "papers":
            return papers_csv(index, view, query_vector)
        case "pairs":
            return _frame_csv(tied_topics(index, matching_rows(index, view.filters)), _PAIR_COLUMNS, view)
        case "between":
            rows = papers_between_topics(index, matching_rows(index, view.filters))
            return _frame_csv(papers_at(index, rows), _BETWEEN_COLUMNS, view)
    return comparison_csv(index, view, words)


def needs_query_vector(view: View) -> bool:
    """Whether the export of ``view`` needs its search text embedded."""
    return bool(view.search) and view.mode == "meaning" and view.similar is None and table_of(view) == "papers"


def file_name(view: View) -> str:
    """A name for the file: corpus, what it lists, snapshot. Letters, digits, dots and dashes only."""
    what = view.topic if view.topic and table_of(view) == "papers" else ""
    return "-".join(part for part in (view.corpus, what, table_of(view), view.snapshot_id) if part) + ".csv"


def too_large(index: SnapshotIndex, view: View, n_rows: int) -> str | None:
    """Why a CSV of ``n_rows`` papers would be refused; ``None`` when it would not."""
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


def topics_csv(index: SnapshotIndex, view: View) -> bytes:
    """The table of topics under ``view``'s filters, in its order."""
    topics = topic_overview(index, matching_rows(index, view.filters), view.topic_sort)
    return _frame_csv(topics, _TOPIC_COLUMNS, view)


def trends_csv(index: SnapshotIndex, view: View) -> bytes:
    """Counts and shares per period under ``view``'s filters: its topics, or all of them; by group if it groups."""
    mask = matching_rows(index, view.filters)
    chosen = view.topics or ((view.topic,) if view.topic else None)
    groups = _groups(view, index)
    trends = topic_trends(index, mask, chosen, view.group, groups)
    labels = dict(zip(index.topics["topic_id"], index.topics["label"], strict=True))
    names = [labels.get(topic_id, "Outliers") for topic_id in trends["topic_id"]]
    named = trends.assign(topic_label=names)
    return _frame_csv(named, _TREND_COLUMNS, view)


def comparison_csv(index: SnapshotIndex, view: View, words: WordTable | None = None) -> bytes:
    """What `table_of` ``view`` says of its two sides: words, mix of topics, periods, or bridging papers."""
    assert view.side_a is not None
    sides = sides_of(index, view.side_a, view.side_b, matching_rows(index, view.filters))
    table = table_of(view)
    match table:
        case "words":
            rows = counted_rows(index, sides)
            if rows is not None or words is None:
                words = word_table(index, np.arange(index.n_papers) if rows is None else rows)
            frame = distinctive_words(words, sides)
        case "mix":
            mix = topic_mix(index, sides)
            frame = mix.assign(topic_label=[topic_name(index, topic_id) for topic_id in mix["topic_id"]])
        case "periods":
            frame = periods_of_sides(index, sides)
        case _:
            bridging = bridging_papers(index, sides)
            papers = papers_at(index, bridging["row"].to_numpy())
            frame = pd.concat([bridging.drop(columns="row"), papers], axis=1)
    return _frame_csv(frame, _COMPARISON_COLUMNS[table], view)


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
    # What does not change the list is left out, so that equal lists are equal files.
    written = replace(view, list_page=1, viewport=None)
    if table_of(replace(view, table="")) == table_of(view):
        written = replace(written, table="")
    return "," + csv_line([view.corpus, view.snapshot_id, query_of(written)])


# --- from the command line -------------------------------------------------------------


def export_view(store: Path, query: str, corpus: str | None = None) -> bytes:
    """The bytes that the dashboard's button gives for the permalink with query string ``query``.

    ``corpus`` stands in for a query without one. The caps of a download do not hold here.

    Raises
    ------
    ExportError
        The query names something that is not there: nothing is exported rather
        than something else.
    SnapshotError
        The snapshot cannot be opened.
    """
    params = parse_qs(query.rpartition("?")[2], keep_blank_values=False)
    if corpus is not None and params.setdefault("corpus", [corpus]) != [corpus]:
        raise ExportError(f"The view is one of corpus {params['corpus'][-1]!r}, not of {corpus!r}.")
    listed = {}
    for name in snapshots.list_corpora(store):
        infos = snapshots.list_snapshots(store, name)
        listed[name] = [i.snapshot_id for i in sorted(infos, key=lambda info: not info.is_latest)]
    place, notices = place_from_query(params, listed)
    if notices or place.corpus is None or place.snapshot_id is None:
        raise ExportError(" ".join(notices) or "The store holds no snapshot: topic-explorer fit makes one.")
    if place.missing_snapshot is not None:
        raise ExportError(
            f"Snapshot {place.missing_snapshot} of corpus {place.corpus} is not in this store any more; "
            f"the newest is {place.snapshot_id}."
        )
    index = index_snapshot(snapshots.open_snapshot(store, place.corpus, place.snapshot_id))
    view, notices = view_from_query(params, index.facts)
    if notices:
        raise ExportError(" ".join(notices).replace("; it was left out", ""))
    if table_of(view) != "papers":
        return export(index, view)
    return papers_csv(index, view, _query_vector(index, view), limited=False)


def _ignore(_: str) -> None:
    pass


def _latest(store: Path, corpus: str, notify: Notify) -> SnapshotIndex:
    snapshot = snapshots.open_snapshot(store, corpus)
    if snapshot.notice:
        notify(snapshot.notice)
    return index_snapshot(snapshot)


def corpus_export(store: Path, corpus: str, notify: Notify = _ignore) -> bytes:
    """Every paper of the latest snapshot of ``corpus``.

    ``notify`` is told when another snapshot than the latest had to be taken.

    Raises
    ------
    SnapshotError
        There is no such corpus, or it cannot be opened.
    """
    index = _latest(store, corpus, notify)
    return papers_csv(index, View(index.corpus, index.snapshot_id, table="papers"), limited=False)


def topic_export(store: Path, corpus: str, topic: str, notify: Notify = _ignore) -> bytes:
    """The complete paper list of one topic of the latest snapshot, as on the topic's page.

    ``topic`` is a topic id, ``outlier``, or a topic's number; ``notify`` is told
    when another snapshot than the latest had to be taken.

    Raises
    ------
    ExportError
        There is no such topic.
    SnapshotError
        There is no such corpus, or it cannot be opened.
    """
    index = _latest(store, corpus, notify)
    by_number = {str(n): topic_id for n, topic_id in zip(index.topics["number"], index.topic_ids, strict=True)}
    topic_id = by_number.get(topic, topic)
    if topic_id not in index.topic_code_of:
        raise ExportError(
            f"Corpus {corpus} has no topic {topic!r}: it has {len(by_number)} topics, numbered from 1. "
            "The Topics page shows their ids."
        )
    return papers_csv(index, View(index.corpus, index.snapshot_id, page="topics", topic=topic_id), limited=False)


def _query_vector(index: SnapshotIndex, view: View) -> NDArray[np.float32] | None:
    if not needs_query_vector(view):
        return None
    # Only here: a search by meaning needs a model, everything else starts faster without.
    from pipeline.embedding.query import QueryUnavailable, load_query_encoder

    try:
        return load_query_encoder(index.snapshot.query_encoder_path, cache_folder()).encode(view.search)
    except QueryUnavailable as error:
        raise ExportError(str(error)) from error


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
