"""Dates → years, quarters or months. Light: numpy and pandas only.

A period is handled as its number (periods since year 0) and named as in
``trends.parquet``: ``2024``, ``2024-Q3`` or ``2024-07``.
"""

from __future__ import annotations

from datetime import date
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.schema import PeriodUnit

MONTHS: dict[PeriodUnit, int] = {"year": 12, "quarter": 3, "month": 1}
"""Months in a period of each unit."""

MAX_MONTHS_BY_MONTH = 18
MAX_MONTHS_BY_QUARTER = 48

_EPOCH_MONTH = 1970 * 12


def days_of(published: pd.Series) -> NDArray[np.datetime64]:
    """``published`` (dates, timestamps or nulls) as datetime64[D], NaT where unknown."""
    return pd.to_datetime(published).to_numpy().astype("datetime64[D]")


def choose_unit(days: NDArray[np.datetime64], precisions: NDArray[np.object_]) -> PeriodUnit | None:
    """The unit time is cut in; None without any date.

    Years, unless every date is known to the month and the dates span at most
    18 months (then months) or four years (then quarters). One date known only
    to the year decides for years: it stands on 1 January, and would make
    every January a peak.
    """
    known = days[~np.isnat(days)]
    if not len(known):
        return None
    numbers = period_numbers(known, "month")
    n_months = int(numbers.max() - numbers.min()) + 1
    if n_months > MAX_MONTHS_BY_QUARTER or (precisions[~np.isnat(days)] == "year").any():
        return "year"
    return "month" if n_months <= MAX_MONTHS_BY_MONTH else "quarter"


def period_numbers(days: NDArray[np.datetime64], unit: PeriodUnit) -> NDArray[np.int64]:
    """The number of the period each day (none of them NaT) falls in."""
    return (days.astype("datetime64[M]").astype(np.int64) + _EPOCH_MONTH) // MONTHS[unit]


def period_name(number: int, unit: PeriodUnit) -> str:
    """``2024``, ``2024-Q3`` or ``2024-07``; names sort by time."""
    year, month = divmod(int(number) * MONTHS[unit], 12)
    if unit == "year":
        return f"{year:04d}"
    return f"{year:04d}-Q{month // 3 + 1}" if unit == "quarter" else f"{year:04d}-{month + 1:02d}"


def period_number(name: str, unit: PeriodUnit) -> int:
    """The number of the period called ``name``; the inverse of `period_name`."""
    year, _, part = name.partition("-")
    n_parts = 12 // MONTHS[unit]
    return int(year) * n_parts + (int(part.lstrip("Q")) - 1 if part else 0)


def period_start(number: int, unit: PeriodUnit) -> date:
    """The first day of a period."""
    month = np.datetime64(int(number) * MONTHS[unit] - _EPOCH_MONTH, "M")
    return cast(date, month.astype("datetime64[D]").item())


def periods_between(first: str, last: str, unit: PeriodUnit) -> list[str]:
    """The names of all periods from ``first`` to ``last``, both included."""
    numbers = range(period_number(first, unit), period_number(last, unit) + 1)
    return [period_name(number, unit) for number in numbers]
