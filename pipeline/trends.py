"""Topics over time: counts and shares by period, venue and facet.

`count_papers` counts a part of the papers and parts add up with `merge_counts`;
`count_trends` is the same for a whole corpus, zero-filled, with intervals.
Keywords are counted in `pipeline.term_trends`; which topics rise or fade is
decided in `pipeline.trend_classes`. Both are offered here too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.intervals import wilson_interval
from pipeline.periods import (
    choose_unit,
    days_of,
    period_name,
    period_number,
    period_numbers,
    period_start,
    periods_between,
)
from pipeline.schema import FACET_PREFIX, OUTLIER_TOPIC_ID, PeriodUnit, TrendsRecord, empty_table
from pipeline.settings import TrendSettings
from pipeline.term_trends import count_terms
from pipeline.trend_classes import classify_trends

__all__ = ["classify_trends", "count_papers", "count_terms", "count_trends", "merge_counts"]

GROUP_BY_VENUE = "venue"
"""The ``group_kind`` of trends by venue; those by facet carry the facet's name."""

_KEYS = ["group_kind", "group", "period", "topic_id"]


# --- counting a part ------------------------------------------------------------


def count_papers(papers: pd.DataFrame, unit: PeriodUnit, facets: Sequence[str]) -> pd.DataFrame:
    """Dated papers of ``papers`` by group, period and topic.

    Returns
    -------
    DataFrame
        ``group_kind``, ``group`` ("" and "" for all papers), ``period``
        (number, see `pipeline.periods`), ``topic_id``, ``n_papers``; only
        what occurs. A paper with two values of a facet counts once in each.
    """
    days = days_of(papers["published"])
    dated = ~np.isnat(days)
    cells = pd.DataFrame(
        {
            "period": period_numbers(days[dated], unit),
            "topic_id": papers["topic_id"].to_numpy(dtype=object)[dated],
        }
    )
    parts = [_sizes(cells, "", [("",)] * len(cells))]
    for kind, column in _group_columns(facets).items():
        parts.append(_sizes(cells, kind, [_values(cell) for cell in papers[column].to_numpy(dtype=object)[dated]]))
    return merge_counts(parts)


def merge_counts(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The counts of several parts of a corpus, added up. Associative and order-free."""
    counts = pd.concat(list(parts), ignore_index=True)
    keys = [column for column in counts.columns if column != "n_papers"]
    return counts.groupby(keys, sort=True)["n_papers"].sum().reset_index()


def _group_columns(facets: Sequence[str]) -> dict[str, str]:
    """Kind of group → papers' column. The venue wins over a facet of that name."""
    return {**{facet: FACET_PREFIX + facet for facet in facets}, GROUP_BY_VENUE: "venue"}


def _values(cell: object) -> tuple[str, ...]:
    """The distinct values of one paper's venue or facet."""
    if isinstance(cell, str):
        return (cell,) if cell else ()
    if isinstance(cell, Iterable):
        return tuple(dict.fromkeys(value for value in cell if isinstance(value, str) and value))
    return ()


def _sizes(cells: pd.DataFrame, kind: str, values: Sequence[tuple[str, ...]]) -> pd.DataFrame:
    repeats = np.fromiter(map(len, values), dtype=np.int64, count=len(values))
    long = cells.loc[np.repeat(np.arange(len(cells)), repeats)].reset_index(drop=True)
    long["group_kind"] = kind
    long["group"] = pd.Series([value for row in values for value in row], dtype="str")
    return long.groupby(_KEYS, as_index=False, sort=True).size().rename(columns={"size": "n_papers"})


# --- a whole corpus ---------------------------------------------------------------


def count_trends(
    papers: pd.DataFrame,
    topic_ids: Sequence[str],
    settings: TrendSettings,
    facets: Sequence[str],
    as_of: date,
) -> tuple[pd.DataFrame, TrendsRecord]:
    """Every topic in every period, for all papers and by venue and facet.

    Parameters
    ----------
    papers : DataFrame
        ``published``, ``published_precision``, ``topic_id``, ``venue`` and
        ``facet_NAME`` for each of ``facets``.
    topic_ids : sequence of str
        All topics, in the order rows shall have; outliers follow them.
    settings : TrendSettings
        Confidence of the intervals, and how many values of a kind get trends
        of their own (those with most dated papers, ties by name).
    facets : sequence of str
        Facets to group by, without their prefix.
    as_of : date
        Up to when the input can know papers, for want of better: its files'
        date.

    Returns
    -------
    trends : DataFrame
        ``schema.TRENDS``, zero-filled from the first period to the last;
        empty without dates. A period without papers has share 0 in the
        interval (0, 1).
    record : TrendsRecord
        Unit, first and last period, and whether the last is partial: it is
        when ``record.as_of`` lies before its last day. ``record.as_of`` is
        the newest date known to the day, if that lies in the last period;
        else, as with data that know only years, the argument.

    Raises
    ------
    ValueError
        A paper's topic is not in ``topic_ids``.
    """
    known = [*topic_ids, OUTLIER_TOPIC_ID]
    if strangers := set(papers["topic_id"]) - set(known):
        raise ValueError(f"papers of unknown topics: {sorted(strangers)[:3]}")
    record = _time_record(papers, as_of)
    if record.unit is None or record.first is None or record.last is None:
        return empty_table("trends"), record
    numbers = [period_number(name, record.unit) for name in periods_between(record.first, record.last, record.unit)]
    counts = count_papers(papers, record.unit, facets)
    groups = [("", ""), *_largest_groups(counts, settings.max_groups)]
    dense = _dense(counts, groups, numbers, known)
    return _table(dense, groups, numbers, known, record.unit, settings.confidence), record


def _time_record(papers: pd.DataFrame, as_of: date) -> TrendsRecord:
    days = days_of(papers["published"])
    precisions = papers["published_precision"].to_numpy(dtype=object)
    unit = choose_unit(days, precisions)
    n_dated = int((~np.isnat(days)).sum())
    if unit is None:
        return TrendsRecord(
            unit=None, first=None, last=None, last_is_partial=False, as_of=None, n_dated=0, n_undated=len(days)
        )
    numbers = period_numbers(days[~np.isnat(days)], unit)
    first, last = int(numbers.min()), int(numbers.max())
    full = days[~np.isnat(days) & (precisions == "day")]
    newest = full.max().item() if len(full) else None
    if newest is not None and newest >= period_start(last, unit):
        as_of = newest
    return TrendsRecord(
        unit=unit,
        first=period_name(first, unit),
        last=period_name(last, unit),
        last_is_partial=(period_start(last + 1, unit) - as_of).days > 1,
        as_of=as_of,
        n_dated=n_dated,
        n_undated=len(days) - n_dated,
    )


def _largest_groups(counts: pd.DataFrame, max_groups: int) -> list[tuple[str, str]]:
    grouped = counts[counts["group_kind"] != ""]
    sizes = grouped.groupby(["group_kind", "group"])["n_papers"].sum().reset_index()
    sizes = sizes.sort_values(["group_kind", "n_papers", "group"], ascending=[True, False, True])
    largest = sizes.groupby("group_kind").head(max_groups)
    return list(zip(largest["group_kind"], largest["group"], strict=True))


def _dense(
    counts: pd.DataFrame, groups: Sequence[tuple[str, str]], numbers: Sequence[int], topic_ids: Sequence[str]
) -> NDArray[np.int64]:
    """Counts as (groups, periods, topics), zeros where nothing was counted."""
    group_places = {group: place for place, group in enumerate(groups)}
    topic_places = {topic_id: place for place, topic_id in enumerate(topic_ids)}
    dense = np.zeros((len(groups), len(numbers), len(topic_ids)), dtype=np.int64)
    for kind, group, number, topic_id, n_papers in counts.itertuples(index=False, name=None):
        if (kind, group) in group_places:  # else too small for trends of its own
            dense[group_places[kind, group], number - numbers[0], topic_places[topic_id]] = n_papers
    return dense


def _table(
    dense: NDArray[np.int64],
    groups: Sequence[tuple[str, str]],
    numbers: Sequence[int],
    topic_ids: Sequence[str],
    unit: PeriodUnit,
    confidence: float,
) -> pd.DataFrame:
    n_groups, n_periods, n_topics = dense.shape
    n_papers = dense.reshape(-1)
    n_period = np.repeat(dense.sum(axis=2).reshape(-1), n_topics)
    low, high = wilson_interval(n_papers, n_period, confidence)

    def by_group(values: Iterable[str]) -> NDArray[np.object_]:
        return np.repeat(np.array(list(values), dtype=object), n_periods * n_topics)

    def by_period(values: Iterable[object]) -> NDArray[np.object_]:
        return np.tile(np.repeat(np.array(list(values), dtype=object), n_topics), n_groups)

    return pd.DataFrame(
        {
            "period": by_period(period_name(number, unit) for number in numbers),
            "period_start": by_period(period_start(number, unit) for number in numbers),
            "topic_id": np.tile(np.array(topic_ids, dtype=object), n_groups * n_periods),
            "group_kind": by_group(kind for kind, _ in groups),
            "group": by_group(value for _, value in groups),
            "n_papers": n_papers.astype(np.int32),
            "n_period": n_period.astype(np.int32),
            "share": n_papers / np.maximum(n_period, 1),
            "share_low": low,
            "share_high": high,
        }
    )
