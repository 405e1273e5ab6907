"""Papers → documents: cleaned, de-duplicated, each with a trustworthy id; everything done is counted.

    papers ─clean→ records ─admission→ ─hyphens→ ─duplicates→ groups ─merge→ one record a paper
       ─identities→ ids ─languages→ DocumentSet, sorted by id

The result depends on what the papers say, never on the order they come in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline import hyphens
from pipeline.document_quality import Tally, quality_report
from pipeline.duplicates import Entry, find_duplicates
from pipeline.identities import Claim, assign_ids
from pipeline.languages import detect_language
from pipeline.model_text import model_text
from pipeline.progress import SILENT, Progress
from pipeline.records import HYPHENS, Record, admit, merged
from pipeline.schema import FACET_PREFIX, Paper
from pipeline.settings import DocumentSettings
from pipeline.text_cleaning import for_display

if TYPE_CHECKING:
    from pipeline.readers import ReadReport

SHARED_ID = "shared id"
SHARED_DOI = "shared DOI"
FILLED = "fields taken from a duplicate"
CUT = "abstract cut for the model"

_STEP = 256
_TELLING = 100  # characters of an abstract that tell its language; titles are often translated


@dataclass(frozen=True)
class DocumentSet:
    """Documents ready for a fit, rows in the order of ``papers``.

    Attributes
    ----------
    papers : DataFrame
        One row a paper, sorted by ``paper_id``: the columns of `schema.PAPERS`
        known before the model, then ``facet_*``. Text columns are pandas
        ``str``; ``published`` holds ``datetime.date`` or None; ``year`` is Int16
        and ``citations`` Int32, nullable; authors, keywords and facets are lists.
    abstracts : list of str
        As displayed.
    texts : list of str
        For the model: title and abstract without boilerplate, formulas, addresses.
    quality : dict
        The contents of ``data_quality.json``; ``read`` = ``kept`` + the sum of ``dropped``.
    rows : ndarray
        int64, shape (n,): which of all records read, counted from 0, each paper was.
    """

    papers: pd.DataFrame
    abstracts: list[str]
    texts: list[str]
    quality: dict[str, Any]
    rows: NDArray[np.int64]


def prepare_documents(
    papers: Iterable[Paper],
    settings: DocumentSettings,
    read_report: ReadReport,
    progress: Progress | None = None,
) -> DocumentSet:
    """The documents of ``papers``.

    Parameters
    ----------
    papers
        From a reader, in any order; consumed one at a time.
    settings
        What counts as a paper, and when two are one.
    read_report
        Of that reader. Complete once ``papers`` is exhausted; its bad records
        count as read and dropped.
    progress
        Where to report to; silent by default.
    """
    progress = progress or SILENT
    dropped, changed = Tally(), Tally()
    records, facets = _admitted(papers, settings, read_report, dropped, progress)
    _join_words(records)
    records.sort(key=Record.content)
    records = _distinct(records, settings, dropped, progress)
    abstracts = [for_display(record.abstract) for record in records]
    ids = _identified(records, abstracts)
    order = sorted(range(len(records)), key=ids.__getitem__)
    records, ids = [records[i] for i in order], [ids[i] for i in order]
    abstracts = [abstracts[i] for i in order]
    texts, languages = _texts(records, abstracts, settings, progress)
    for record in records:
        paper, rank = record.paper, len(record.changes)
        for reason, detail in record.changes.items():
            changed.add(reason, paper.source, paper.position, paper.title, detail, rank)
    table = _table(records, ids, languages, sorted(facets))
    kept = {
        "n": len(records),
        "languages": dict(sorted(Counter(languages).items(), key=lambda item: (-item[1], item[0]))),
        "undated": sum(record.paper.published is None for record in records),
        "missing": _missing(records),
    }
    quality = quality_report(dropped, changed, kept, read_report, settings.language_warning_share)
    return DocumentSet(table, abstracts, texts, quality, np.array([record.row for record in records], dtype=np.int64))


def _admitted(
    papers: Iterable[Paper],
    settings: DocumentSettings,
    read_report: ReadReport,
    dropped: Tally,
    progress: Progress,
) -> tuple[list[Record], set[str]]:
    """The records that are papers, cleaned, and the facets any of them has."""
    records: list[Record] = []
    facets: set[str] = set()
    n_before = read_report.n_records
    with progress.stage("read and clean") as steps:
        for counted, paper in enumerate(papers):
            # a reader that streams says which record this is; a plain list is its own count
            streamed = read_report.n_records - n_before
            facets.update(paper.facets)
            record = admit(paper, streamed - 1 if streamed else counted, settings.min_abstract_words)
            if isinstance(record, Record):
                records.append(record)
            else:
                dropped.add(record.reason, paper.source, paper.position, record.title, record.detail)
            if counted % _STEP == _STEP - 1:
                steps.advance(_STEP)
    return records, facets


def _join_words(records: Sequence[Record]) -> None:
    """Put words together that line ends cut in two, as the other papers write them."""
    broken = [record for record in records if hyphens.may_be_broken(record.abstract)]
    counts = hyphens.word_counts((record.abstract for record in broken), (record.abstract for record in records))
    for record in broken:
        joined = hyphens.join_broken(record.abstract, counts)
        if joined != record.abstract:
            record.note(HYPHENS, record.abstract, joined)
            record.abstract = joined


def _distinct(
    records: Sequence[Record], settings: DocumentSettings, dropped: Tally, progress: Progress
) -> list[Record]:
    """One record for each paper, completed from its duplicates."""
    with progress.stage("find duplicates", len(records)) as steps:
        entries = [
            Entry(paper.title, for_display(record.abstract), paper.paper_id, paper.doi, paper.authors)
            for record in records
            for paper in [record.paper]
        ]
        found = find_duplicates(entries, settings.near_duplicate_threshold, settings.seed)
        steps.advance(len(records))
    gone: set[int] = set()
    for group in found.groups:
        best, *others = sorted(group, key=lambda i: (records[i].completeness(), i))
        survivor = records[best]
        filled = merged(survivor, [records[i] for i in others])
        if filled:
            survivor.changes[FILLED] = ", ".join(filled)
        for i in others:
            twin = records[i].paper
            detail = f"same as “{survivor.paper.title}” ({survivor.paper.source}, {survivor.paper.position})"
            dropped.add(found.reasons[i], twin.source, twin.position, twin.title, detail)
        gone.update(others)
    return [record for i, record in enumerate(records) if i not in gone]


def _identified(records: Sequence[Record], abstracts: Sequence[str]) -> list[str]:
    """A unique id for each record; ids and DOIs that several share are noted."""
    claims = [
        Claim(record.paper.paper_id, record.paper.doi, record.paper.title, abstract)
        for record, abstract in zip(records, abstracts, strict=True)
    ]
    ids, shared = assign_ids(claims)
    n_dois = Counter(record.paper.doi for record in records)
    for position, record in enumerate(records):
        if position in shared:
            record.changes[SHARED_ID] = f"{record.paper.paper_id} → {ids[position]}"
        if record.paper.doi and n_dois[record.paper.doi] > 1:
            record.changes[SHARED_DOI] = record.paper.doi
    return ids


def _texts(
    records: Sequence[Record], abstracts: Sequence[str], settings: DocumentSettings, progress: Progress
) -> tuple[list[str], list[str]]:
    """The model's text and the language of each record."""
    texts, languages = [], []
    with progress.stage("tell languages", len(records)) as steps:
        for record, abstract in zip(records, abstracts, strict=True):
            texts.append(_model_text(record, settings.max_abstract_characters))
            languages.append(
                detect_language(abstract if len(abstract) >= _TELLING else f"{record.paper.title}. {abstract}")
            )
            steps.advance()
    return texts, languages


def _model_text(record: Record, max_characters: int) -> str:
    text, removed, n_before_cut = model_text(record.title, record.abstract, max_characters)
    record.changes.update(removed)
    if n_before_cut:
        record.changes[CUT] = f"{n_before_cut:,} characters"
    return text


def _missing(records: Sequence[Record]) -> dict[str, int]:
    """Field → how many papers lack it."""
    fields: dict[str, Callable[[Paper], object]] = {
        "authors": lambda paper: paper.authors,
        "venue": lambda paper: paper.venue,
        "date": lambda paper: paper.published,
        "url": lambda paper: paper.url,
        "doi": lambda paper: paper.doi,
        "citations": lambda paper: paper.citations is not None,
        "keywords": lambda paper: paper.keywords,
    }
    return {name: sum(not filled(record.paper) for record in records) for name, filled in fields.items()}


def _table(
    records: Sequence[Record], ids: Sequence[str], languages: Sequence[str], facets: Sequence[str]
) -> pd.DataFrame:
    papers = [record.paper for record in records]

    def text(values: Iterable[str | None]) -> pd.Series:
        return pd.Series(list(values), dtype="str")

    columns = {
        "paper_id": text(ids),
        "title": text(paper.title for paper in papers),
        "authors": _lists([paper.authors for paper in papers]),
        "venue": text(paper.venue for paper in papers),
        "source": text(paper.source for paper in papers),
        "published": pd.Series([paper.published for paper in papers], dtype=object),
        "published_precision": text(paper.published_precision for paper in papers),
        "year": pd.Series([paper.published.year if paper.published else None for paper in papers], dtype="Int16"),
        "url": text(paper.url for paper in papers),
        "doi": text(paper.doi for paper in papers),
        "citations": pd.Series([paper.citations for paper in papers], dtype="Int32"),
        "keywords": _lists([paper.keywords for paper in papers]),
        "language": text(languages),
    }
    for facet in facets:
        columns[FACET_PREFIX + facet] = _lists([paper.facets.get(facet, ()) for paper in papers])
    return pd.DataFrame(columns)


def _lists(values: Sequence[tuple[str, ...]]) -> pd.Series:
    column = np.empty(len(values), dtype=object)
    for i, members in enumerate(values):
        column[i] = list(members)
    return pd.Series(column, dtype=object)
