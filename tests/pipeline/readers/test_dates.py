from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.readers.dates import read_date, read_month

LAST_YEAR = 2027


@pytest.mark.parametrize(
    ("value", "expected", "precision"),
    [
        (2021, date(2021, 1, 1), "year"),
        (2021.0, date(2021, 1, 1), "year"),
        ("2021", date(2021, 1, 1), "year"),
        ("2021.0", date(2021, 1, 1), "year"),
        (" 2021 ", date(2021, 1, 1), "year"),
        ("c2021", date(2021, 1, 1), "year"),
        ("Spring 2021", date(2021, 1, 1), "year"),
        ("2019-2021", date(2019, 1, 1), "year"),
        ("2021-00-00", date(2021, 1, 1), "year"),
        ("03/04/2021", date(2021, 1, 1), "year"),  # March or April: nobody can know
        ("2021-05", date(2021, 5, 1), "month"),
        ("2021/5", date(2021, 5, 1), "month"),
        (202105, date(2021, 5, 1), "month"),
        ("Mar 2021", date(2021, 3, 1), "month"),
        ("Mar. 2021", date(2021, 3, 1), "month"),
        ("March, 2021", date(2021, 3, 1), "month"),
        ("2021 Mar", date(2021, 3, 1), "month"),
        ("2021 Jan-Feb", date(2021, 1, 1), "month"),
        ("2021-02-31", date(2021, 2, 1), "month"),
        ("2021-03-12", date(2021, 3, 12), "day"),
        ("2021-3-2", date(2021, 3, 2), "day"),
        ("2021/03/12", date(2021, 3, 12), "day"),
        ("2021-03-12T23:59:59+05:00", date(2021, 3, 12), "day"),
        ("2021-03-12 10:00", date(2021, 3, 12), "day"),
        ("20210312", date(2021, 3, 12), "day"),
        (20210312, date(2021, 3, 12), "day"),
        ("12 March 2021", date(2021, 3, 12), "day"),
        ("March 12, 2021", date(2021, 3, 12), "day"),
        ("March 12th, 2021", date(2021, 3, 12), "day"),
        ("12-Mar-2021", date(2021, 3, 12), "day"),
        ("2021 Mar 12", date(2021, 3, 12), "day"),
        ("Fri, 12 Mar 2021 19:18:42 GMT", date(2021, 3, 12), "day"),
        ("25/03/2021", date(2021, 3, 25), "day"),
        ("03/25/2021", date(2021, 3, 25), "day"),
        (1615507200, date(2021, 3, 12), "day"),
        (1615507200000, date(2021, 3, 12), "day"),
        ("1615507200000", date(2021, 3, 12), "day"),
        (1615507200000000000, date(2021, 3, 12), "day"),
        (date(2021, 3, 12), date(2021, 3, 12), "day"),
        (datetime(2021, 3, 12, 23), date(2021, 3, 12), "day"),
        ([2021, 3], date(2021, 3, 1), "month"),
        ({"date-parts": [[2021, 3, 12]]}, date(2021, 3, 12), "day"),
        ({"year": "2021", "month": 3}, date(2021, 3, 1), "month"),
        (LAST_YEAR, date(LAST_YEAR, 1, 1), "year"),
        (1500, date(1500, 1, 1), "year"),
    ],
)
def test_dates_as_sources_write_them(value, expected, precision):
    assert read_date(value, LAST_YEAR) == (expected, precision, None)


@pytest.mark.parametrize("value", [None, "", "  ", "NaN", "null", float("nan"), [], [None], {"date-parts": [[None]]}])
def test_nothing_is_no_problem(value):
    assert read_date(value, LAST_YEAR) == (None, None, None)


@pytest.mark.parametrize(
    "value",
    [0, -1, 1499, LAST_YEAR + 1, "1066", "2999-01-01", "Mar 9999", 99999, 10**25, float("inf"), [3000, 1], "1/13/1200"],
)
def test_years_nobody_believes(value):
    assert read_date(value, LAST_YEAR) == (None, None, "implausible date")


@pytest.mark.parametrize("value", ["in press", "forthcoming", "Mar 12", "v2", "x" * 5000, True, b"2021", ["May"]])
def test_what_is_no_date(value):
    assert read_date(value, LAST_YEAR) == (None, None, "unreadable date")


@pytest.mark.parametrize(
    ("value", "month"), [(3, 3), ("03", 3), ("mar", 3), ("March.", 3), ("3.0", 3), (13, None), ("", None), (None, None)]
)
def test_months(value, month):
    assert read_month(value) == month


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.dates() | st.datetimes()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner))


@given(VALUES)
def test_any_value_gives_a_believable_date_or_none(value):
    published, precision, problem = read_date(value, LAST_YEAR)
    assert (published is None) == (precision is None)
    assert published is None or (1500 <= published.year <= LAST_YEAR and problem is None)


@given(st.from_regex(r"[0-9]{1,8}[-/. ][0-9A-Za-z]{1,9}[-/. ,]+[0-9]{1,8}", fullmatch=True))
def test_anything_like_a_date_is_read_or_refused(text):
    published, _, problem = read_date(text, LAST_YEAR)
    assert (published is None) == (problem is not None)
