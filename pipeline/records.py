"""One paper on its way to a document: cleaned, admitted or refused, merged with its duplicates."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pipeline.admission import refusal
from pipeline.boilerplate import strip_boilerplate
from pipeline.duplicates import name_words, normalised
from pipeline.identities import usable_doi, usable_id, usable_url
from pipeline.schema import Paper
from pipeline.text_cleaning import Cleaned, clean_line, clean_text, for_display

HYPHENS = "words cut at line ends joined"
BAD_DOI = "DOI not understood, removed"
BAD_URL = "address not usable, removed"
BAD_ID = "id not usable, replaced"
TITLE_CUT = "title cut"

_MAX_TITLE_CHARACTERS = 500
_MAX_CITATIONS = 2**31 - 1
_WINDOW = 90


class Refusal(NamedTuple):
    """Why a record is no paper."""

    reason: str
    title: str
    detail: str


@dataclass(slots=True)
class Record:
    """A paper cleaned.

    Attributes
    ----------
    paper : Paper
        Every field fit to display; ``abstract`` is empty, see below.
    title, abstract : str
        With formulas marked (`pipeline.text_cleaning`).
    row : int
        Which of all records read this was, from 0.
    changes : dict
        What was changed → an example of it.
    """

    paper: Paper
    title: str
    abstract: str
    row: int
    changes: dict[str, str] = field(default_factory=dict)

    def note(self, reason: str, before: str, after: str) -> None:
        """Remember that ``reason`` turned ``before`` into ``after``."""
        self.changes[reason] = _difference(before, for_display(after))

    def content(self) -> tuple[Any, ...]:
        """A sort key made of what the record says, so that order of input cannot matter."""
        paper = self.paper
        return (
            normalised(paper.title),
            paper.title,
            self.abstract,
            paper.paper_id or "",
            paper.doi or "",
            str(paper.published),
            paper.venue or "",
            paper.authors,
            paper.url or "",
            paper.keywords,
            -1 if paper.citations is None else paper.citations,
            sorted(paper.facets.items()),
            paper.source,
            paper.position,
        )

    def completeness(self) -> tuple[Any, ...]:
        """A sort key that puts the most complete of several records first."""
        paper = self.paper
        lacking = [paper.published is None, not paper.doi, not paper.paper_id, not paper.authors, not paper.venue]
        return (-len(self.abstract.split()), *lacking, paper.paper_id or "")


def admit(paper: Paper, row: int, min_abstract_words: int) -> Record | Refusal:
    """``paper`` cleaned, or why it is none."""
    title = clean_text(paper.title, title=True)
    shown_title = for_display(title.marked)
    cleaned = clean_text(paper.abstract)
    stripped = strip_boilerplate(cleaned.marked)
    refused = refusal(shown_title, for_display(stripped.text), min_abstract_words)
    if refused:
        return Refusal(refused[0], shown_title, refused[1])
    changes = _repairs(paper.abstract, cleaned) | _repairs(paper.title, title) | stripped.removed
    marked_title = title.marked
    if len(shown_title) > _MAX_TITLE_CHARACTERS:
        changes[TITLE_CUT] = f"{len(shown_title):,} characters"
        shown_title = marked_title = shown_title[: _MAX_TITLE_CHARACTERS - 1] + "…"
    return Record(_cleaned_fields(paper, shown_title, changes), marked_title, stripped.text, row, changes)


def _cleaned_fields(paper: Paper, title: str, changes: dict[str, str]) -> Paper:
    paper_id, doi, url = usable_id(paper.paper_id), usable_doi(paper.doi), usable_url(paper.url)
    for raw, usable, reason in (
        (paper.paper_id, paper_id, BAD_ID),
        (paper.doi, doi, BAD_DOI),
        (paper.url, url, BAD_URL),
    ):
        if raw and raw.strip() and not usable:
            changes[reason] = raw
    citations = paper.citations
    if citations is not None and not 0 <= citations <= _MAX_CITATIONS:
        citations = None
    return dataclasses.replace(
        paper,
        title=title,
        abstract="",
        source=clean_line(paper.source),
        paper_id=paper_id,
        doi=doi,
        url=url,
        authors=_lines(paper.authors),
        venue=clean_line(paper.venue) or None if paper.venue else None,
        published_precision=(paper.published_precision or "day") if paper.published else None,
        citations=citations,
        keywords=_lines(paper.keywords),
        facets={name: _lines(values) for name, values in paper.facets.items()},
    )


def _lines(values: Sequence[str]) -> tuple[str, ...]:
    """Cleaned values, each once, empty ones left out."""
    return tuple(dict.fromkeys(filter(None, map(clean_line, values))))


def merged(survivor: Record, others: Sequence[Record]) -> list[str]:
    """Complete ``survivor`` from its duplicates, the most complete first; returns the fields it gained.

    It takes what it lacks, and the largest number of citations: counts only
    grow. Nothing comes from a record of other authors and another title, whose
    abstract is the same only by somebody's mistake.
    """
    paper = survivor.paper
    gained: dict[str, Any] = {}
    ranked = sorted(others, key=lambda record: (record.completeness(), record.content()))
    donors = [other.paper for other in ranked if _agree(paper, other.paper)]
    for name in ("paper_id", "authors", "venue", "published", "url", "doi", "keywords"):
        if getattr(paper, name):
            continue
        donor = next((donor for donor in donors if getattr(donor, name)), None)
        if donor is not None:
            gained[name] = getattr(donor, name)
            if name == "published":
                gained["published_precision"] = donor.published_precision
    counts = [p.citations for p in (paper, *donors) if p.citations is not None]
    if counts and max(counts) != paper.citations:
        gained["citations"] = max(counts)
    facets = dict(paper.facets)
    for donor in donors:
        for name, values in donor.facets.items():
            if values and not facets.get(name):
                gained["facets"] = facets
                facets[name] = values
    if gained:
        survivor.paper = dataclasses.replace(paper, **gained)
    return [name for name in gained if name != "published_precision"]


def _agree(a: Paper, b: Paper) -> bool:
    strangers = a.authors and b.authors and not name_words(a.authors) & name_words(b.authors)
    return not strangers or normalised(a.title) == normalised(b.title)


def _repairs(raw: str, cleaned: Cleaned) -> dict[str, str]:
    if not cleaned.changes:
        return {}
    detail = _difference(raw, for_display(cleaned.marked))
    return dict.fromkeys(sorted(cleaned.changes), detail)


def _difference(before: str, after: str) -> str:
    """Where two texts part, shown side by side."""
    before, after = " ".join(before.split()), " ".join(after.split())
    low, high = 0, min(len(before), len(after))
    while low < high:  # longest common beginning, by bisection
        middle = (low + high + 1) // 2
        low, high = (middle, high) if before[:middle] == after[:middle] else (low, middle - 1)
    start = max(0, low - 20)
    return f"{before[start : start + _WINDOW]} → {after[start : start + _WINDOW]}"
