"""Which column of a file is which field of a paper: usual names, explicit mapping, facets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.readers.report import ReadError

FIELD_NAMES: dict[str, str] = {
    "title": "title, paper title, article title, document title, primary title, display name",
    "abstract": "abstract, summary, abstract text, abstract note, paper abstract, abstracts",
    "authors": "authors, author, author names, author list, author full names, authors full names, creators, creator, "
    "authorships",
    "published": "published, publication date, published date, date published, published at, publish date, pub date, "
    "date, published on, issued, published online, online date, cover date, date of publication, "
    "submission date, submitted date, submitted, created date",
    "year": "year, publication year, pub year, published year, year published",
    "month": "month, publication month, pub month",
    "updated": "update date, updated, updated at, last updated, date updated",
    "venue": "venue, journal, conference, booktitle, source title, publication title, journal title, journal name, "
    "container title, conference name, publication name, journal book, publication venue, journal ref, proceedings",
    "doi": "doi, doi link, doi url, article doi, paper doi",
    "url": "url, link, paper url, page url, article url, web url, landing page url, html url, abs url, pdf url, "
    "pdf link, pdf",
    "paper_id": "id, paper id, article id, record id, identifier, uid, eid, corpus id, pmid, key, cite key, bibtex key",
    "arxiv_id": "arxiv id, arxiv, arxiv number, arxiv identifier, eprint",
    "keywords": "keywords, keyword, author keywords, index keywords, tags, subjects, mesh terms",
    "citations": "citations, cited by, citation count, cited by count, gs citation, gs citations, n citations, "
    "num citations, n citation, number of citations, times cited, article citation count, cites, num cited by",
}
"""Our field → the usual names of its column, the best first. Case, spaces,
underscores and other punctuation do not count."""

_WEB_OF_SCIENCE = {
    "ti": "title",
    "ab": "abstract",
    "af": "authors",
    "au": "authors",
    "so": "venue",
    "py": "year",
    "di": "doi",
    "ut": "paper_id",
    "de": "keywords",
    "id": "keywords",
    "tc": "citations",
}
"""Its two-letter tags, believed only beside "TI" and "AB": "id" and "so" mean other things elsewhere."""


def normalised(name: str) -> str:
    """``name`` by its letters and digits alone, in lower case: "Source title" and "source_title" are one."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


_RANKS: dict[str, tuple[str, int]] = {
    normalised(name): (field_, rank)
    for field_, names in FIELD_NAMES.items()
    for rank, name in enumerate(names.split(","))
}


def recognise(columns: Sequence[str]) -> dict[str, list[str]]:
    """Our field → the columns of that meaning, the best first; columns of no known meaning are left out."""
    names = {column: normalised(column) for column in columns}
    is_web_of_science = {"ti", "ab"} <= set(names.values())
    found: dict[str, list[tuple[int, int, str]]] = {}
    for position, (column, name) in enumerate(names.items()):
        if is_web_of_science and name in _WEB_OF_SCIENCE:
            ranked = (_WEB_OF_SCIENCE[name], list(_WEB_OF_SCIENCE).index(name))
        elif name in _RANKS:
            ranked = _RANKS[name]
        else:
            continue
        found.setdefault(ranked[0], []).append((ranked[1], position, column))
    return {field_: [column for _, _, column in sorted(candidates)] for field_, candidates in found.items()}


def canonical_mapping(columns: Mapping[str, str]) -> dict[str, str]:
    """The user's mapping with our field names: ``{"summary": "text"}`` means the abstract.

    Raises
    ------
    ReadError
        A name on our side is none of ours, or two mean the same field.
    """
    mapping: dict[str, str] = {}
    for ours, theirs in columns.items():
        name = normalised(ours)
        field_ = next((known for known in FIELD_NAMES if normalised(known) == name), None)
        field_ = field_ or (_RANKS[name][0] if name in _RANKS else None)
        if field_ is None:
            raise ReadError(f"--column {ours}={theirs}: {ours!r} is no field of a paper; use {listed(FIELD_NAMES)}.")
        if field_ in mapping:
            raise ReadError(
                f"--column {ours}={theirs}: the {field_} is {mapping[field_]!r} already; keep one of the two."
            )
        mapping[field_] = theirs
    return mapping


def find_column(wanted: str, columns: Iterable[str]) -> str | None:
    """The column called ``wanted``: exactly so, else but for case and punctuation; None if there is none."""
    columns = list(columns)
    if wanted in columns:
        return wanted
    name = normalised(wanted)
    return next((column for column in columns if name and normalised(column) == name), None)


def listed(names: Iterable[str], most: int = 40) -> str:
    """Names in one line for a message, the rest of a long list counted."""
    names = [name if len(name) <= 60 else name[:59] + "…" for name in names]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return (", ".join(names[:most]) or "none") + more


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """Where each field of a paper is found in one file.

    Attributes
    ----------
    fields : dict
        Our field → their columns; the first one filled in counts.
    facets : dict
        Facet's name → their column, None where the file has no such column.
    missing : list of str
        Mapped columns (theirs) the file lacks.
    unused : list of str
        Columns nothing is taken from.
    """

    fields: dict[str, list[str]]
    facets: dict[str, str | None]
    missing: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)

    @property
    def wanted(self) -> list[str]:
        """Every column something is taken from, once."""
        taken = [column for columns in self.fields.values() for column in columns]
        return list(dict.fromkeys([*taken, *filter(None, self.facets.values())]))

    @property
    def described(self) -> dict[str, str]:
        """Our field → their column or columns, for people."""
        return {ours: " or ".join(self.fields[ours]) for ours in FIELD_NAMES if self.fields.get(ours)}


def plan_columns(columns: Sequence[str], mapping: Mapping[str, str], facets: Sequence[str]) -> ColumnPlan:
    """Decide which of ``columns`` is what; ``mapping`` (see `canonical_mapping`) wins over usual names."""
    fields = recognise(columns)
    missing = []
    for ours, theirs in mapping.items():
        column = find_column(theirs, columns)
        if column is None:
            missing.append(theirs)
            fields.pop(ours, None)
        else:
            fields[ours] = [column]
    plan = ColumnPlan(fields, {facet: find_column(facet, columns) for facet in facets}, missing)
    used = set(plan.wanted)
    plan.unused.extend(column for column in columns if column not in used)
    return plan


def check_plan(
    plan: ColumnPlan, columns: Sequence[str], where: str, needed: Sequence[str] = ("title", "abstract")
) -> None:
    """Refuse a file that lacks a mapped column or one of those ``needed``.

    Raises
    ------
    ReadError
        Naming the columns there are and the option that helps.
    """
    if plan.missing:
        raise ReadError(f"{where}: there is no column {plan.missing[0]!r}; its columns are {listed(columns)}.")
    for ours in needed:
        if not plan.fields.get(ours):
            raise ReadError(
                f"{where}: no column looks like the {ours}; its columns are {listed(columns)}. "
                f"Say which one with --column {ours}=NAME."
            )
