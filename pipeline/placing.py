"""Papers from outside, to be placed among a corpus: a bibliography or pasted abstracts → texts for its embedder.

The dashboard imports this. Nothing is read from disk or written to it, and
every text is cleaned as `pipeline.documents` cleans a corpus, so that what a
snapshot's query encoder makes of it lies where the paper itself would lie.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from pipeline.admission import count_words
from pipeline.boilerplate import strip_boilerplate
from pipeline.duplicates import normalised
from pipeline.identities import usable_doi
from pipeline.model_text import model_text
from pipeline.readers import NOTICES, ReadError, ReadReport, read_held
from pipeline.schema import Paper
from pipeline.settings import DocumentSettings, ReaderSettings
from pipeline.text_cleaning import clean_text, for_display

MAX_NEW_PAPERS = 500
"""Papers placed at once; the rest of a longer list is left out, and said."""
MAX_UPLOAD_BYTES = 2_000_000
MAX_PASTED_CHARACTERS = 200_000

_READERS = ReaderSettings(max_expanded_bytes=10 * MAX_UPLOAD_BYTES, max_field_characters=50_000)
_MAX_TITLE_CHARACTERS = 300
_MIN_TITLE_WORDS = 4  # shorter titles are written more than once
_SHOWN_WORDS = 12
_LONG_LINE = 240
_MIN_WORDS = 3
_SAY_WHICH = re.compile(r"Say which one with --column (\w+)=NAME\.")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_END_OF_SENTENCE = (".", "!", "…", ";")


@dataclass(frozen=True, slots=True)
class NewPaper:
    """A paper to be placed.

    Attributes
    ----------
    title
        As displayed; of an abstract without one its first words.
    text
        For the embedder.
    doi
        Bare, in lower case.
    title_key
        Letters and digits of the title, by which it is known again; ``""`` without one of four words or more.
    has_abstract
        Otherwise it is placed by its title alone.
    """

    title: str
    text: str
    doi: str | None
    title_key: str
    has_abstract: bool


@dataclass(frozen=True, slots=True)
class NewPapers:
    """What can be placed, and plain sentences about what cannot."""

    papers: tuple[NewPaper, ...]
    notes: tuple[str, ...]


def read_bibliography(name: str, content: bytes) -> NewPapers:
    """The papers of an uploaded file of any format that readers know, but Parquet.

    Raises
    ------
    ReadError
        It is too large or cannot be used as a whole.
    """
    name = " ".join(name.replace("\\", "/").rpartition("/")[2].split())[:80] or "The file"
    if len(content) > MAX_UPLOAD_BYTES:
        raise ReadError(f"{name}: it is larger than {MAX_UPLOAD_BYTES // 1_000_000} MB; give it in parts.")
    report = ReadReport()
    try:
        papers = list(islice(read_held(name, content, _READERS, report), 4 * MAX_NEW_PAPERS))
    except ReadError as error:
        raise ReadError(_SAY_WHICH.sub(r"Call the right one \1.", str(error))) from error
    notes = list(_left_out(report))
    found = _distinct((_new_paper(paper.title, paper.abstract, paper) for paper in papers), notes)
    if not found:
        said = f" ({notes[0].rstrip('.')})" if notes else ""
        raise ReadError(f"{name}: no paper with a title was found in it{said}.")
    return NewPapers(found, tuple(notes))


def read_pasted(text: str) -> NewPapers:
    """The papers of pasted text: one a paragraph, a short first line without a full stop being its title."""
    notes: list[str] = []
    if len(text) > MAX_PASTED_CHARACTERS:
        text = text[:MAX_PASTED_CHARACTERS]
        notes.append(f"Only the first {MAX_PASTED_CHARACTERS:,} characters were read.")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    blocks = [block.strip() for part in _BLANK_LINE.split(text) for block in _paragraphs(part) if block.strip()]
    found = _distinct((_new_paper(*_divided(block)) for block in blocks), notes)
    return NewPapers(found, tuple(notes))


def _paragraphs(block: str) -> list[str]:
    """The lines of a block where each is long enough to be an abstract by itself, else the block."""
    lines = [line for line in block.split("\n") if line.strip()]
    return lines if len(lines) > 1 and all(len(line) >= _LONG_LINE for line in lines) else [block]


def _divided(block: str) -> tuple[str, str]:
    """Title and abstract of a paragraph; no title where its first line is none."""
    first, _, rest = block.partition("\n")
    is_title = len(first) <= _MAX_TITLE_CHARACTERS and not first.rstrip().endswith(_END_OF_SENTENCE)
    return (first, rest) if is_title and len(rest) > len(first) else ("", block)


def _new_paper(title: str, abstract: str, paper: Paper | None = None) -> NewPaper | None:
    """The paper cleaned as those of a corpus are; None if hardly a word is left."""
    cleaned = clean_text(title, title=True)
    shown = for_display(cleaned.marked)
    stripped = strip_boilerplate(clean_text(abstract).marked).text
    text = model_text(cleaned.marked, stripped, DocumentSettings().max_abstract_characters).text
    text = text.removeprefix(".").strip()
    words = for_display(stripped).split()
    if len(re.findall(r"[^\W\d_]{2,}", text)) < _MIN_WORDS:
        return None
    key = normalised(shown) if count_words(shown) >= _MIN_TITLE_WORDS else ""
    if not shown:
        shown = " ".join(words[:_SHOWN_WORDS]) + ("…" if len(words) > _SHOWN_WORDS else "")
    return NewPaper(
        title=shown if len(shown) <= _MAX_TITLE_CHARACTERS else shown[: _MAX_TITLE_CHARACTERS - 1] + "…",
        text=text,
        doi=usable_doi(paper.doi) if paper else None,
        title_key=key,
        has_abstract=len(words) >= _MIN_WORDS,
    )


def _distinct(papers: Iterable[NewPaper | None], notes: list[str]) -> tuple[NewPaper, ...]:
    """Each paper once, at most `MAX_NEW_PAPERS`; what is left out goes into ``notes``."""
    found: list[NewPaper] = []
    seen: set[str] = set()
    n_twice = n_empty = n_beyond = 0
    for paper in papers:
        if paper is None:
            n_empty += 1
            continue
        marks = {mark for mark in (paper.doi, paper.title_key or normalised(paper.text)) if mark}
        if marks & seen:
            n_twice += 1
        elif len(found) >= MAX_NEW_PAPERS:
            n_beyond += 1
        else:
            found.append(paper)
        seen |= marks
    if n_beyond:
        notes.append(f"The list is longer than {MAX_NEW_PAPERS} papers: only the first {MAX_NEW_PAPERS} are placed.")
    if n_twice:
        notes.append(f"{_counted(n_twice, 'paper')} stood in the list more than once and counted once.")
    if n_empty:
        notes.append(f"{_counted(n_empty, 'entry', 'entries')} had too few words to be placed.")
    if n_titles := sum(not paper.has_abstract for paper in found):
        notes.append(
            f"{_counted(n_titles, 'paper')} had no abstract and {'is' if n_titles == 1 else 'are'} placed by the title "
            "alone, which is less sure."
        )
    return tuple(found)


def _left_out(report: ReadReport) -> Iterator[str]:
    """A sentence about the records that gave no paper, with the first of them."""
    for reason, count in report.n_dropped.items():
        first = next((problem for problem in report.problems if problem.reason == reason), None)
        where = f"line {first.position}: " if first and first.position is not None else ""
        example = f" (the first, {where}{first.detail[:160]})" if first else ""
        yield f"{_counted(count, 'record')} left out: {reason}{example}."
    for reason in NOTICES & report.n_problems.keys() & {"record not closed", "file cut off", "mixed encodings"}:
        yield f"Noticed in the file: {reason}."


def _counted(n: int, noun: str, plural: str = "") -> str:
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"
