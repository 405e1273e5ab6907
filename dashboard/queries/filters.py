"""Filters and map regions → which papers. Everything composes by *and*."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import numpy as np
import pandas as pd

from dashboard.fts_query import fts_query
from dashboard.queries.index import UNDATED, Mask, Rows, SnapshotIndex, Values
from dashboard.state import Filters, Polygon


class FilterError(ValueError):
    """A question this snapshot cannot answer; the message is for the reader of the page."""


def matching_rows(index: SnapshotIndex, filters: Filters) -> Mask:
    """Which papers pass ``filters``: bool (n_papers,), a new array."""
    mask = np.ones(index.n_papers, dtype=bool)
    if filters.years is not None:
        low, high = filters.years
        mask &= ((index.years >= low) & (index.years <= high)) | (index.years == UNDATED)
    if not filters.include_undated:
        mask &= index.years != UNDATED
    if filters.venues:
        mask &= _carrying(index.venues, filters.venues, index.n_papers)
    for name, values in filters.facets:
        mask &= _carrying(index.facets[name], values, index.n_papers)
    if filters.words:
        found = np.zeros(index.n_papers, dtype=bool)
        found[rows_with_words(index, filters.words)] = True
        mask &= found
    return mask


def _carrying(values: Values, chosen: tuple[str, ...], n_papers: int) -> Mask:
    mask = np.zeros(n_papers, dtype=bool)
    for name in chosen:
        mask[values.rows_of(name)] = True
    return mask


def rows_with_words(index: SnapshotIndex, text: str, *, ranked: bool = False) -> Rows:
    """Rows whose title, abstract, authors, venue or keywords match what was typed.

    ``text`` is read by `dashboard.fts_query` (quoted tokens only). By bm25, best
    first, when ``ranked``, else in the snapshot's order. A text without a word
    to look for matches nothing.

    Raises
    ------
    FilterError
        The snapshot's search index cannot be read.
    """
    query = fts_query(text)
    if query is None or index.n_papers == 0:
        return np.empty(0, dtype=np.int64)
    statement = "SELECT rowid FROM papers WHERE papers MATCH ?"
    if ranked:
        statement += " ORDER BY rank, rowid"
    uri = f"{index.snapshot.search_path.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            rows = np.fromiter((rowid for (rowid,) in connection.execute(statement, (query,))), dtype=np.int64)
    except sqlite3.Error as error:
        raise FilterError("The search index of this snapshot cannot be read; verify the snapshot.") from error
    return rows - 1


def rows_in_polygon(index: SnapshotIndex, polygon: Polygon) -> Mask:
    """Which papers lie inside ``polygon`` on the map: bool (n_papers,).

    Even-odd rule by ray casting (W. R. Franklin's PNPOLY); a point on a left or
    lower edge is inside. Only points in the bounding box are tested.
    """
    corners = np.asarray(polygon, dtype=np.float64)
    x = index.papers["x"].to_numpy(dtype=np.float64)
    y = index.papers["y"].to_numpy(dtype=np.float64)
    (x_low, y_low), (x_high, y_high) = corners.min(axis=0), corners.max(axis=0)
    near = np.flatnonzero((x >= x_low) & (x <= x_high) & (y >= y_low) & (y <= y_high))
    inside = np.zeros(len(near), dtype=bool)
    px, py = x[near], y[near]
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, 1, axis=0), strict=True):
        if y1 == y2:
            continue
        crosses = (y1 > py) != (y2 > py)
        inside ^= crosses & (px < (x2 - x1) * (py - y1) / (y2 - y1) + x1)
    mask = np.zeros(index.n_papers, dtype=bool)
    mask[near[inside]] = True
    return mask


def value_counts(index: SnapshotIndex, kind: str, mask: Mask) -> pd.DataFrame:
    """Papers per venue (``kind="venue"``) or facet value, of those in ``mask``.

    Returns
    -------
    DataFrame
        ``value``, ``n_papers`` (under the mask), ``n_all``; most papers of all first.
    """
    values = index.values(kind)
    counts = pd.DataFrame(
        {"value": values.names, "n_papers": values.counts_within(mask), "n_all": values.counts}
    ).astype({"value": object})
    return counts.sort_values(["n_all", "value"], ascending=[False, True], ignore_index=True)
