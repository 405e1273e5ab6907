"""Counts over time add up, whatever the papers."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.intervals import wilson_interval
from pipeline.schema import OUTLIER_TOPIC_ID, to_arrow
from pipeline.settings import TrendSettings
from pipeline.trends import count_papers, count_trends, merge_counts

A, B, C = "t-0000000a", "t-0000000b", "t-0000000c"
SETTINGS = TrendSettings()
FILE_DATE = date(2026, 3, 1)


def frame(*rows):
    """Papers from (published, precision, topic_id, venue, countries)."""
    columns = ["published", "published_precision", "topic_id", "venue", "facet_countries"]
    return pd.DataFrame([list(row) for row in rows], columns=columns, dtype=object)


PAPERS = frame(
    (date(2020, 1, 1), "year", A, "V", ["France", "Peru"]),
    (date(2020, 1, 1), "year", A, "W", ["France", "France"]),
    (date(2020, 1, 1), "year", B, None, []),
    (date(2022, 1, 1), "year", B, "V", ["Peru"]),
    (date(2022, 1, 1), "year", OUTLIER_TOPIC_ID, "V", []),
    (None, None, A, "V", ["France"]),
)


def cell(trends, period, topic_id, kind="", group=""):
    (row,) = trends[
        (trends["period"] == period)
        & (trends["topic_id"] == topic_id)
        & (trends["group_kind"] == kind)
        & (trends["group"] == group)
    ].itertuples()
    return row


def test_counts_shares_and_intervals():
    trends, record = count_trends(PAPERS, [A, B, C], SETTINGS, ["countries"], FILE_DATE)
    row = cell(trends, "2020", A)
    assert (row.n_papers, row.n_period, row.share) == (2, 3, 2 / 3)
    low, high = wilson_interval(2, 3)
    assert (row.share_low, row.share_high) == (low, high)
    assert row.period_start == date(2020, 1, 1)
    assert cell(trends, "2022", OUTLIER_TOPIC_ID).n_papers == 1
    assert cell(trends, "2022", C).n_papers == 0
    assert record.model_dump() == {
        "unit": "year",
        "first": "2020",
        "last": "2022",
        "last_is_partial": False,
        "as_of": FILE_DATE,
        "n_dated": 5,
        "n_undated": 1,
    }


def test_a_year_without_papers_is_there_and_says_that_nothing_is_known():
    trends, _ = count_trends(PAPERS, [A, B, C], SETTINGS, [], FILE_DATE)
    row = cell(trends, "2021", A)
    assert (row.n_papers, row.n_period, row.share, row.share_low, row.share_high) == (0, 0, 0, 0, 1)


def test_a_paper_with_two_countries_counts_once_in_each():
    trends, _ = count_trends(PAPERS, [A, B], SETTINGS, ["countries"], FILE_DATE)
    france = cell(trends, "2020", A, "countries", "France")
    assert (france.n_papers, france.n_period, france.share) == (2, 2, 1.0)
    peru = cell(trends, "2020", A, "countries", "Peru")
    assert (peru.n_papers, peru.n_period) == (1, 1)
    assert cell(trends, "2022", B, "venue", "V").n_period == 2


def test_only_the_largest_groups_get_trends_of_their_own():
    trends, _ = count_trends(PAPERS, [A, B], TrendSettings(max_groups=1), ["countries"], FILE_DATE)
    groups = trends[["group_kind", "group"]].drop_duplicates().itertuples(index=False, name=None)
    assert list(groups) == [("", ""), ("countries", "France"), ("venue", "V")]


def test_rows_stand_in_one_order_without_gaps():
    trends, _ = count_trends(PAPERS, [B, A], SETTINGS, ["countries"], FILE_DATE)
    ungrouped = trends[trends["group_kind"] == ""]
    assert list(zip(ungrouped["period"], ungrouped["topic_id"], strict=True)) == [
        (period, topic) for period in ("2020", "2021", "2022") for topic in (B, A, OUTLIER_TOPIC_ID)
    ]
    assert not trends.duplicated(["period", "topic_id", "group_kind", "group"]).any()
    to_arrow("trends", trends)


@pytest.mark.parametrize("papers", [PAPERS.iloc[5:], PAPERS.iloc[:0]])
def test_without_dates_there_are_no_trends_and_it_says_so(papers):
    trends, record = count_trends(papers, [A], SETTINGS, ["countries"], FILE_DATE)
    assert to_arrow("trends", trends).num_rows == 0
    assert record.unit is None
    assert record.n_undated == len(papers)


def test_papers_of_an_unknown_topic_are_refused():
    with pytest.raises(ValueError, match=A):
        count_trends(PAPERS, [B], SETTINGS, [], FILE_DATE)


@pytest.mark.parametrize(
    ("dates", "file_date", "partial", "as_of"),
    [
        # the newest date known to the day decides, whatever the file's date …
        ([("2018-05-05", "day"), ("2024-06-30", "day")], date(2026, 1, 1), True, date(2024, 6, 30)),
        ([("2018-05-05", "day"), ("2024-12-31", "day")], date(2024, 1, 1), False, date(2024, 12, 31)),
        # … but not when only older papers have one
        ([("2018-05-05", "day"), ("2024-01-01", "year")], date(2026, 1, 1), False, date(2026, 1, 1)),
        # years only: a file written during the last year cannot know all of it
        ([("2018-01-01", "year"), ("2024-01-01", "year")], date(2024, 11, 2), True, date(2024, 11, 2)),
        ([("2018-01-01", "year"), ("2024-01-01", "year")], date(2024, 12, 31), False, date(2024, 12, 31)),
        ([("2018-01-01", "year"), ("2024-01-01", "year")], date(2023, 12, 1), True, date(2023, 12, 1)),
        # months
        ([("2024-01-01", "month"), ("2024-06-01", "month")], date(2024, 6, 15), True, date(2024, 6, 15)),
        ([("2024-01-01", "month"), ("2024-06-01", "month")], date(2024, 7, 1), False, date(2024, 7, 1)),
    ],
)
def test_a_partial_last_period_is_marked(dates, file_date, partial, as_of):
    papers = frame(*[(date.fromisoformat(day), precision, A, None, []) for day, precision in dates])
    _, record = count_trends(papers, [A], SETTINGS, [], file_date)
    assert (record.last_is_partial, record.as_of) == (partial, as_of)


paper_rows = st.lists(
    st.tuples(
        st.one_of(st.none(), st.dates(date(2015, 1, 1), date(2024, 12, 31))),
        st.sampled_from([A, B, OUTLIER_TOPIC_ID]),
        st.sampled_from([None, "", "V", "W"]),
        st.lists(st.sampled_from(["France", "Peru", "Chad", ""]), max_size=4),
    ),
    max_size=40,
)


def papers_of(rows):
    return frame(*[(day, None if day is None else "day", topic, venue, places) for day, topic, venue, places in rows])


@settings(max_examples=60, deadline=None)
@given(paper_rows)
def test_conservation(rows):
    papers = papers_of(rows)
    trends, record = count_trends(papers, [A, B, C], SETTINGS, ["countries"], FILE_DATE)
    dated = papers[papers["published"].notna()]
    assert record.n_dated == len(dated)
    assert record.n_dated + record.n_undated == len(papers)
    if dated.empty:
        assert trends.empty
        return
    ungrouped = trends[trends["group_kind"] == ""]
    sizes = ungrouped.groupby("topic_id")["n_papers"].sum()
    for topic_id in (A, B, C, OUTLIER_TOPIC_ID):
        assert sizes[topic_id] == (dated["topic_id"] == topic_id).sum()
    shares = trends.groupby(["group_kind", "group", "period"])["share"].sum()
    totals = trends.groupby(["group_kind", "group", "period"])["n_period"].first()
    assert np.allclose(shares, (totals > 0).astype(float))
    assert ((trends["share_low"] <= trends["share"]) & (trends["share"] <= trends["share_high"])).all()
    for place in ("France", "Peru", "Chad"):
        of_place = trends[(trends["group_kind"] == "countries") & (trends["group"] == place)]
        assert of_place["n_papers"].sum() == sum(place in places for places in dated["facet_countries"])
    assert "" not in set(trends.loc[trends["group_kind"] != "", "group"])


@settings(max_examples=40, deadline=None)
@given(paper_rows, st.randoms(use_true_random=False))
def test_parts_counted_apart_add_up_in_any_order(rows, random):
    whole = count_papers(papers_of(rows), "quarter", ["countries"])
    random.shuffle(rows)
    cut = random.randint(0, len(rows))
    parts = [count_papers(papers_of(part), "quarter", ["countries"]) for part in (rows[:cut], rows[cut:])]
    pd.testing.assert_frame_equal(merge_counts(parts), whole, check_dtype=False)
