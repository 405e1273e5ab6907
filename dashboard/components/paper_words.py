"""What is said of a paper in a line: records of `queries.papers_at` → words, escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from dashboard.fts_query import Span
from dashboard.safe_text import for_markdown, for_text, markdown_link, paper_url
from pipeline.schema import OUTLIER_TOPIC_ID

_MAX_AUTHORS = 6
_TITLE_CHARACTERS = 400


def records(papers: pd.DataFrame) -> Iterator[Any]:
    """One named tuple a paper."""
    return papers.itertuples(index=False)


def paper_title(paper: Any) -> str:
    """The title, a link where there is a safe one: markdown."""
    return markdown_link(paper.title[:_TITLE_CHARACTERS], paper_url(_known(paper.doi), _known(paper.url)))


def byline(paper: Any) -> str:
    """Authors, venue, year, citations: markdown."""
    authors = [for_text(author) for author in items(paper.authors)]
    shown = ", ".join(authors[:_MAX_AUTHORS]) + (
        f" and {len(authors) - _MAX_AUTHORS} more" if len(authors) > _MAX_AUTHORS else ""
    )
    parts = [shown, _known(paper.venue), str(paper.year) if not pd.isna(paper.year) else "no date"]
    if not pd.isna(paper.citations):
        n_citations = int(paper.citations)
        parts.append(f"{n_citations:,} citation{'' if n_citations == 1 else 's'}")
    return " · ".join(for_markdown(part, limit=300) for part in parts if part)


def standing(paper: Any, score: float | None) -> str:
    """How strongly it belongs: markdown."""
    parts = [] if score is None else [f"similarity {score:.2f}"]
    if paper.topic_id != OUTLIER_TOPIC_ID:
        parts.append(f"strength in its topic {paper.strength:.2f}")
    return " · ".join(parts)


def marked(text: str, spans: Sequence[tuple[Span, bool]]) -> str:
    """``text`` with spans of it (in order, not overlapping) marked, in the main colour or in grey: markdown."""
    pieces, place = [], 0
    for (start, end), is_main in spans:
        colour = "primary" if is_main else "gray"
        pieces += [marked_piece(text[place:start]), marked_piece(text[start:end], colour)]
        place = end
    return "".join([*pieces, marked_piece(text[place:])])


def marked_piece(piece: str, colour: str = "") -> str:
    """A piece of a text with the spaces around it, on a ground of ``colour`` if one is named: markdown."""
    inner = for_markdown(piece)
    if not inner:
        return " " if piece else ""
    before = " " if piece[:1].isspace() else ""
    after = " " if piece[-1:].isspace() else ""
    return f"{before}:{colour}-background[{inner}]{after}" if colour else f"{before}{inner}{after}"


def topic_label(paper: Any) -> str:
    """Number and label of its topic. Not escaped."""
    if paper.topic_id == OUTLIER_TOPIC_ID:
        return "Outliers"
    return f"{paper.topic_number} {paper.topic_label}"


def items(values: Any) -> Sequence[str]:
    """A cell that holds a list; an unknown one is empty."""
    return [] if values is None or values is pd.NA else list(values)


def _known(value: Any) -> str | None:
    return value if isinstance(value, str) else None
