"""One record of any format → a paper, or the problem with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.readers.columns import ColumnPlan
from pipeline.readers.dates import NOTHING, DateReading, read_date, read_month
from pipeline.readers.report import Problem
from pipeline.readers.values import as_arxiv_id, as_authors, as_count, as_doi, as_keywords, as_members, as_text
from pipeline.schema import Paper


@dataclass(frozen=True, slots=True)
class Record:
    """One record as its format gives it: 1-based ``position`` and ``values`` by column."""

    position: int
    values: Mapping[str, Any]


def paper_from(
    record: Record, plan: ColumnPlan, source: str, max_field_characters: int, last_year: int
) -> Iterator[Paper | Problem]:
    """The paper a record stands for, with the problems met on the way.

    Yields
    ------
    Paper or Problem
        Notices (a date that cannot be believed) come first, then exactly one
        paper or one problem that says why there is none: "no title" or
        "field too long".
    """
    values, fields = record.values, plan.fields
    for column in plan.wanted:
        if (n_characters := _length(values.get(column))) > max_field_characters:
            detail = f"column {column!r} has {n_characters:,} characters; {max_field_characters:,} is the limit"
            yield Problem(source, record.position, "field too long", detail)
            return
    title = _text(values, fields.get("title", ()))
    if not title:
        yield Problem(source, record.position, "no title", "the title is empty or missing")
        return
    published = NOTHING
    for reading, column in _dates(values, plan, last_year):
        if reading.published is not None:
            published = reading
            break
        if reading.problem:
            detail = f"{column}: {as_text(values.get(column))[:60]!r}; the paper is kept without it"
            yield Problem(source, record.position, reading.problem, detail)
    paper_id = _text(values, fields.get("paper_id", ())) or None
    arxiv_id = as_arxiv_id(_text(values, fields.get("arxiv_id", ()))) or as_arxiv_id(paper_id)
    yield Paper(
        title=title,
        abstract=_text(values, fields.get("abstract", ())),
        source=source,
        position=record.position,
        paper_id=paper_id or arxiv_id,
        authors=as_authors(_first(values, fields.get("authors", ()))),
        venue=_text(values, fields.get("venue", ())) or None,
        published=published.published,
        published_precision=published.precision,
        url=_url(values, fields.get("url", ()), arxiv_id),
        doi=as_doi(_first(values, fields.get("doi", ()))),
        citations=as_count(_first(values, fields.get("citations", ()))),
        keywords=as_keywords(_first(values, fields.get("keywords", ()))),
        facets={facet: as_members(values.get(column)) if column else () for facet, column in plan.facets.items()},
    )


def _first(values: Mapping[str, Any], columns: list[str] | tuple[()]) -> Any:
    """The first of ``columns`` that is filled in."""
    for column in columns:
        value = values.get(column)
        if value is not None and value != "" and (not isinstance(value, str | float) or as_text(value)):
            return value
    return None


def _text(values: Mapping[str, Any], columns: list[str] | tuple[()]) -> str:
    for column in columns:
        if text := as_text(values.get(column)):
            return text
    return ""


def _url(values: Mapping[str, Any], columns: list[str] | tuple[()], arxiv_id: str | None) -> str | None:
    for column in columns:
        value = values.get(column)
        if isinstance(value, list | tuple):  # several links: the first
            value = next(iter(value), None)
        if text := as_text(value):
            return text
    return f"https://arxiv.org/abs/{arxiv_id}" if arxiv_id else None


def _dates(values: Mapping[str, Any], plan: ColumnPlan, last_year: int) -> Iterator[tuple[DateReading, str]]:
    """Dates in the order they are believed: a date, the year with its month, the last update."""
    for column in plan.fields.get("published", ()):
        yield read_date(values.get(column), last_year), column
    for column in plan.fields.get("year", ()):
        yield _with_month(read_date(values.get(column), last_year), values, plan), column
    for column in plan.fields.get("updated", ()):
        yield read_date(values.get(column), last_year), column


def _with_month(reading: DateReading, values: Mapping[str, Any], plan: ColumnPlan) -> DateReading:
    if reading.published is None or reading.precision != "year":
        return reading
    month = read_month(_first(values, plan.fields.get("month", [])))
    return DateReading(date(reading.published.year, month, 1), "month") if month else reading


def _length(value: object) -> int:
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, list | tuple):
        return sum(len(item) if isinstance(item, str) else 1 for item in value)
    return 0
