"""Which papers the current list shows, in which order, and what to say of each."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.queries.borderline import borderline_order
from dashboard.queries.filters import FilterError, matching_rows, rows_in_polygon
from dashboard.queries.index import Mask, Rows, SnapshotIndex
from dashboard.queries.reading_list import papers_of_codes
from dashboard.queries.search import Hits, search_meaning, search_words, similar_papers
from dashboard.state import View


def listed_papers(
    index: SnapshotIndex,
    view: View,
    mask: Mask | None = None,
    query_vector: NDArray[np.float32] | None = None,
) -> Hits:
    """The papers of ``view``'s list: filters ∧ topic ∧ period ∧ region ∧ search, in its order.

    On the page of reading lists: the papers that ``view.listed`` names and no other, as far as they pass.

    Parameters
    ----------
    mask
        ``matching_rows(index, view.filters)`` where it is at hand.
    query_vector
        The embedded search text; needed when ``view`` searches by meaning.

    Raises
    ------
    FilterError
        A search by meaning without ``query_vector``.
    """
    mask = matching_rows(index, view.filters) if mask is None else mask.copy()
    if view.page == "reading-list":
        return in_order(index, Hits(papers_of_codes(index, view.listed).rows).within(mask), view)
    if view.topic is not None:
        mask &= index.in_topic(view.topic)
    if view.period is not None:
        mask &= index.period_codes == index.periods.index(view.period)
    if view.selection is not None:
        mask &= rows_in_polygon(index, view.selection)
    hits = _ranked(index, view, mask, query_vector)
    if hits is None:
        rows = np.flatnonzero(mask)
        return Hits(rows[_order(index, rows, view)])
    return in_order(index, hits, view)


def in_order(index: SnapshotIndex, hits: Hits, view: View) -> Hits:
    """``hits`` in the order that ``view`` asks for; in their own when it asks for none."""
    if not view.sort:
        return hits
    order = _order(index, hits.rows, view)
    return Hits(hits.rows[order], None if hits.scores is None else hits.scores[order])


def _ranked(index: SnapshotIndex, view: View, mask: Mask, query_vector: NDArray[np.float32] | None) -> Hits | None:
    if view.similar is not None:
        return similar_papers(index, index.rows_by_id[view.similar]).within(mask)
    if not view.search:
        return None
    if view.mode == "words":
        return search_words(index, view.search, mask)
    if query_vector is None:
        raise FilterError("This snapshot cannot search by meaning: it has nothing to embed the search text with.")
    return search_meaning(index, query_vector, mask)


def paper_rows(
    index: SnapshotIndex,
    view: View,
    mask: Mask | None = None,
    query_vector: NDArray[np.float32] | None = None,
) -> Rows:
    """Just the rows of `listed_papers`."""
    return listed_papers(index, view, mask, query_vector).rows


def _order(index: SnapshotIndex, rows: Rows, view: View) -> NDArray[np.intp]:
    """Positions that sort ``rows`` (ascending) by ``view.sort``; ties keep the order of paper ids."""
    papers = index.papers
    sort = view.sort or ("strength" if view.topic is not None else "newest")
    if sort == "borderline":
        return borderline_order(index, rows)
    if sort == "title":
        titles = papers["title"].iloc[rows].str.casefold().to_numpy(dtype=object)
        return np.argsort(titles, kind="stable")
    if sort == "citations":
        return np.argsort(-papers["citations"].iloc[rows].fillna(-1).to_numpy(dtype=np.int64), kind="stable")
    if sort == "strength":
        strength = papers["strength"].to_numpy()[rows]
        nearest = papers["nearest_similarity"].fillna(-1).to_numpy(dtype=np.float32)[rows]
        return np.lexsort((-nearest, -strength))
    days = papers["published"].to_numpy(dtype="datetime64[D]")[rows]
    undated = np.isnat(days)
    age = np.where(undated, 0, days.astype(np.int64))
    return np.lexsort((age if sort == "oldest" else -age, undated))


def papers_at(index: SnapshotIndex, rows: Rows) -> pd.DataFrame:
    """The papers at ``rows``, in that order, with the number and label of their finest topic.

    Returns
    -------
    DataFrame
        ``row``, the columns of ``schema.PAPERS`` (facets included), ``topic_number``
        (Int32, null for outliers) and ``topic_label`` (``Outliers`` for them).
    """
    papers = index.papers.iloc[rows].reset_index(drop=True)
    index = index.at_level(0)
    codes = index.topic_codes[rows]
    labels = np.array([*index.topics["label"], "Outliers"], dtype=object)
    numbers = pd.array([*index.topics["number"], None], dtype="Int32")
    return papers.assign(
        row=np.asarray(rows, dtype=np.int64),
        topic_number=numbers[codes],
        topic_label=pd.array(labels[codes], dtype="str"),
    )
