"""Dates as sources write them: years, ISO, "Mar 2021", "12 March 2021", epochs, date parts."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

from pipeline.schema import Precision

FIRST_YEAR = 1500
"""Earlier years are taken for mistakes; later than next year too."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_NUMERIC = re.compile(r"^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[T\s].*)?$", re.ASCII | re.DOTALL)
_DAY_FIRST = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:\s.*)?$", re.ASCII | re.DOTALL)
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)", re.ASCII)
_WORD_OR_NUMBER = re.compile(r"[A-Za-z]+|\d+", re.ASCII)
_MAX_LENGTH = 80

_NULLS = frozenset({"", "nan", "nat", "none", "null", "n/a", "<na>"})


class DateReading(NamedTuple):
    """A date with its precision, or both None and, unless nothing was given, the reason why."""

    published: date | None
    precision: Precision | None
    problem: str | None = None


NOTHING = DateReading(None, None)
_UNREADABLE = DateReading(None, None, "unreadable date")
_IMPLAUSIBLE = DateReading(None, None, "implausible date")


def read_date(value: object, last_year: int) -> DateReading:
    """The date ``value`` stands for.

    Parameters
    ----------
    value : object
        A string, a number (a year, YYYYMM, YYYYMMDD, or seconds, milli-,
        micro- or nanoseconds since 1970), a date, a list of date parts
        (``[2021, 3, 12]``, also nested as Crossref does) or a mapping with
        "date-parts" or "year", "month", "day".
    last_year : int
        The latest year that is believed, usually next year.

    Returns
    -------
    DateReading
        The first day of the year or month where no more is known. A day and
        a month that could be either way round ("03/04/2021") give the year.
        Problems: "unreadable date", "implausible date" (before `FIRST_YEAR`
        or after ``last_year``).
    """
    if isinstance(value, datetime | date):
        return _checked(value.year, value.month, value.day, last_year)
    if isinstance(value, bool) or value is None:
        return NOTHING if value is None else _UNREADABLE
    if isinstance(value, int | float):
        return _from_number(value, last_year)
    if isinstance(value, str):
        return _from_text(value, last_year) if len(value) <= _MAX_LENGTH else _UNREADABLE
    if isinstance(value, dict):
        parts = value.get("date-parts") or [value.get(key) for key in ("year", "month", "day")]
        return _from_parts(parts, last_year) if isinstance(parts, list) else _UNREADABLE
    if isinstance(value, list | tuple):
        return _from_parts(value, last_year)
    return _UNREADABLE


def read_month(value: object) -> int | None:
    """A month's number from 3, "03", "Mar" or "March"; None if it is none."""
    text = str(value).strip().casefold().rstrip(".")
    number = _MONTHS.get(text)
    if number is None and re.fullmatch(r"\d{1,2}(\.0)?", text, re.ASCII):
        number = int(float(text))
    return number if number is not None and 1 <= number <= 12 else None


def _checked(year: int, month: int | None, day: int | None, last_year: int) -> DateReading:
    if not FIRST_YEAR <= year <= last_year:
        return _IMPLAUSIBLE
    if not month or not 1 <= month <= 12:  # "2021-00-00" is how some databases write a bare year
        return DateReading(date(year, 1, 1), "year")
    if not day:
        return DateReading(date(year, month, 1), "month")
    try:
        return DateReading(date(year, month, day), "day")
    except ValueError:  # 31 February: the month can still be believed
        return DateReading(date(year, month, 1), "month")


def _from_number(value: float, last_year: int) -> DateReading:
    if value != value:  # NaN
        return NOTHING
    if abs(value) >= 1e20 or value != int(value):
        return _IMPLAUSIBLE
    number = int(value)
    n_digits = len(str(abs(number)))
    if number <= 0 or n_digits <= 5:
        return _checked(number, None, None, last_year)
    if n_digits == 6:
        return _checked(number // 100, number % 100, None, last_year)
    if n_digits == 8:
        return _checked(number // 10_000, number // 100 % 100, number % 100, last_year)
    seconds = number / 10 ** (0 if n_digits <= 10 else 3 if n_digits <= 13 else 6 if n_digits <= 16 else 9)
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return _IMPLAUSIBLE
    return _checked(moment.year, moment.month, moment.day, last_year)


@lru_cache(maxsize=4096)
def _from_text(text: str, last_year: int) -> DateReading:
    text = text.strip()
    if text.casefold() in _NULLS:
        return NOTHING
    if re.fullmatch(r"[-+]?\d+(\.0*)?", text, re.ASCII):
        return _from_number(int(text.split(".")[0]), last_year)
    if match := _NUMERIC.match(text):
        year, month, day = (int(part) if part else None for part in match.groups())
        return _checked(year or 0, month, day, last_year)
    if match := _DAY_FIRST.match(text):
        first, second, year = (int(part) for part in match.groups())
        if first > 12 or second > 12 or first == second:
            day, month = (first, second) if first >= second else (second, first)
            return _checked(year, month, day, last_year)
        return _checked(year, None, None, last_year)
    return _from_words(text, last_year)


def _from_words(text: str, last_year: int) -> DateReading:
    """Such as "12 March 2021", "Mar. 2021", "2021 Mar 12", "Mon, 2 Apr 2007 19:18:42 GMT", "Spring 2021"."""
    years = list(dict.fromkeys(_YEAR.findall(text)))
    if not years:
        return _UNREADABLE
    year = int(years[0])
    if len(years) > 1:  # "2019-2021": the span begins there, more is not known
        return _checked(year, None, None, last_year)
    tokens = _WORD_OR_NUMBER.findall(text)
    months = [index for index, token in enumerate(tokens) if token.casefold() in _MONTHS]
    if not months:
        return _checked(year, None, None, last_year)
    month = _MONTHS[tokens[months[0]].casefold()]
    if len(months) > 1:  # "2021 Jan-Feb"
        return _checked(year, month, None, last_year)
    beside = (tokens[index] for index in (months[0] - 1, months[0] + 1) if 0 <= index < len(tokens))
    days = [int(token) for token in beside if token.isdigit() and len(token) <= 2]
    return _checked(year, month, days[0] if days else None, last_year)


def _from_parts(parts: list[object] | tuple[object, ...], last_year: int) -> DateReading:
    while len(parts) == 1 and isinstance(parts[0], list | tuple):
        parts = parts[0]
    if len(parts) == 1 and isinstance(parts[0], str):
        return read_date(parts[0], last_year)
    numbers: list[int | None] = []
    for part in parts[:3]:
        try:
            numbers.append(int(part))  # type: ignore[call-overload]  # whatever it is, int() says
        except (TypeError, ValueError, OverflowError):
            numbers.append(None)
    year, month, day = (*numbers, None, None, None)[:3]
    if year is None:
        return NOTHING if not any(parts) else _UNREADABLE
    return _checked(year, month, day, last_year)
