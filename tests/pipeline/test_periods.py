"""How time is cut into periods."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.periods import (
    choose_unit,
    days_of,
    period_name,
    period_number,
    period_numbers,
    period_start,
    periods_between,
)


def unit_of(dates, precision="day"):
    precisions = [precision] * len(dates) if isinstance(precision, str) else precision
    return choose_unit(days_of(pd.Series(dates, dtype=object)), np.array(precisions, dtype=object))


@pytest.mark.parametrize(
    ("first", "last", "precision", "unit"),
    [
        (date(2023, 1, 5), date(2024, 6, 30), "day", "month"),  # 18 months
        (date(2023, 1, 5), date(2024, 7, 1), "day", "quarter"),  # 19
        (date(2020, 1, 5), date(2023, 12, 1), "month", "quarter"),  # 48
        (date(2020, 1, 5), date(2024, 1, 1), "month", "year"),  # 49
        (date(2023, 1, 1), date(2023, 1, 1), "year", "year"),
        (date(1500, 1, 1), date(2023, 1, 1), "day", "year"),
    ],
)
def test_the_unit_follows_the_span_and_the_precision(first, last, precision, unit):
    assert unit_of([first, last, None], [precision, precision, None]) == unit


def test_one_date_known_only_to_the_year_decides_for_years():
    assert unit_of([date(2023, 1, 5), date(2023, 1, 1)], ["day", "year"]) == "year"


def test_no_dates_no_unit():
    assert unit_of([]) is None
    assert unit_of([None, None], [None, None]) is None


@pytest.mark.parametrize(
    ("day", "unit", "name", "start"),
    [
        (date(2024, 8, 31), "year", "2024", date(2024, 1, 1)),
        (date(2024, 8, 31), "quarter", "2024-Q3", date(2024, 7, 1)),
        (date(2024, 12, 31), "quarter", "2024-Q4", date(2024, 10, 1)),
        (date(2024, 8, 31), "month", "2024-08", date(2024, 8, 1)),
        (date(987, 1, 1), "year", "0987", date(987, 1, 1)),
        (date(1969, 12, 31), "month", "1969-12", date(1969, 12, 1)),
    ],
)
def test_a_day_falls_in_its_period(day, unit, name, start):
    number = period_numbers(days_of(pd.Series([day], dtype=object)), unit)[0]
    assert period_name(number, unit) == name
    assert period_start(number, unit) == start


@given(st.dates(), st.sampled_from(["year", "quarter", "month"]))
def test_a_period_holds_its_days_and_its_name_finds_it_back(day, unit):
    (number,) = period_numbers(days_of(pd.Series([day], dtype=object)), unit).tolist()
    assert period_number(period_name(number, unit), unit) == number
    assert period_start(number, unit) <= day
    if day.year < 9999:
        assert day < period_start(number + 1, unit)


@pytest.mark.parametrize(
    ("first", "last", "unit", "names"),
    [
        ("2022", "2024", "year", ["2022", "2023", "2024"]),
        ("2023-Q4", "2024-Q2", "quarter", ["2023-Q4", "2024-Q1", "2024-Q2"]),
        ("2023-11", "2024-02", "month", ["2023-11", "2023-12", "2024-01", "2024-02"]),
        ("2024", "2024", "year", ["2024"]),
    ],
)
def test_periods_leave_no_gap(first, last, unit, names):
    assert periods_between(first, last, unit) == names


def test_dates_are_read_from_objects_and_from_timestamps_alike():
    dates = pd.Series([date(2024, 8, 31), None], dtype=object)
    stamps = pd.Series(pd.to_datetime(["2024-08-31", None])).astype("datetime64[ms]")
    for days in (days_of(dates), days_of(stamps)):
        assert days.dtype == "datetime64[D]"
        assert days[0] == np.datetime64("2024-08-31")
        assert np.isnat(days[1])
