"""Papers as a bibliography: BibTeX and RIS, for reference managers.

Only what the papers' records say is written. What kind of publication a paper is,
they do not say: it is BibTeX's ``@misc`` and RIS's ``GEN``, with the venue as
``howpublished`` and ``T2``. Names of authors stand as they were given.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd

from dashboard.safe_text import doi_url, one_line

_URL = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]{1,2000}", re.IGNORECASE)
_LATEX = str.maketrans(
    {
        "\\": r"{\textbackslash}",
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
        "<": r"{\textless}",
        ">": r"{\textgreater}",
        "|": r"{\textbar}",
        "$": r"\$",
        "&": r"\&",
        "%": r"\%",
        "#": r"\#",
        "_": r"\_",
    }
)
# Braces of a value must balance even where they are escaped, so none of its own is left.
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def citation_key(paper: Any) -> str:
    """What a paper is cited by: ``testwell2021_3fa9c2d1``.

    First author's family name and year, where known, and eight digits of the paper's id:
    the same paper has the same key in every file, whatever else is in it.
    """
    authors = _items(paper.authors)
    name = _family_name(authors[0]) if authors else ""
    year = "" if pd.isna(paper.year) else str(int(paper.year))
    mark = hashlib.sha256(paper.paper_id.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{name or 'paper'}{year}_{mark}"


def _family_name(author: str) -> str:
    """The last word of a name, or what stands before its comma: in small ASCII letters."""
    before, comma, _ = author.partition(",")
    words = before.split() if comma else author.split()
    family = "".join(words) if comma else (words or [""])[-1]
    plain = unicodedata.normalize("NFKD", family).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z]", "", plain)[:30]


# --- BibTeX ------------------------------------------------------------------------


def bibtex_entries(papers: pd.DataFrame, abstracts: Sequence[str] | None = None) -> Iterator[str]:
    """One entry a paper of ``papers`` (`queries.papers_at`), each ending with an empty line."""
    for place, paper in enumerate(papers.itertuples(index=False)):
        fields = list(_bibtex_fields(paper, abstracts[place] if abstracts is not None else ""))
        yield f"@misc{{{citation_key(paper)},\n" + "".join(f"  {name} = {value},\n" for name, value in fields) + "}\n\n"


def bibtex_remark(lines: Iterable[str]) -> str:
    """What stands before the entries. BibTeX skips text outside of entries as long as no ``@`` is in it."""
    return "".join(f"% {one_line(line).replace('@', ' at ')}\n" for line in lines) + "\n"


def _bibtex_fields(paper: Any, abstract: str) -> Iterator[tuple[str, str]]:
    # The second pair of braces keeps capitals as they are.
    yield "title", f"{{{{{_latex(paper.title)}}}}}"
    if authors := [_bibtex_author(author) for author in _items(paper.authors)]:
        yield "author", f"{{{' and '.join(authors)}}}"
    if venue := _known(paper.venue):
        yield "howpublished", f"{{{_latex(venue)}}}"
    if not pd.isna(paper.year):
        yield "year", f"{{{int(paper.year)}}}"
    if not pd.isna(paper.published) and paper.published_precision in ("month", "day"):
        yield "month", _MONTHS[paper.published.month - 1]
    if doi := _doi(paper):
        yield "doi", f"{{{doi}}}"
    if url := _url(paper):
        yield "url", f"{{{url}}}"
    if keywords := _items(paper.keywords):
        yield "keywords", f"{{{_latex(', '.join(keywords))}}}"
    if abstract:
        yield "abstract", f"{{{_latex(abstract)}}}"


def _bibtex_author(author: str) -> str:
    """A name; in braces where BibTeX would take it for several, or for parts of one that it does not have."""
    name = _latex(author)
    several = re.search(r"\band\b|\bothers\b", author, re.IGNORECASE) or author.count(",") > 1
    return f"{{{name}}}" if several else name


def _latex(text: str) -> str:
    return one_line(text).translate(_LATEX)


# --- RIS ---------------------------------------------------------------------------


def ris_records(papers: pd.DataFrame, note: str, abstracts: Sequence[str] | None = None) -> Iterator[str]:
    """One record a paper of ``papers`` (`queries.papers_at`), lines ended by CRLF; ``note`` stands in each."""
    for place, paper in enumerate(papers.itertuples(index=False)):
        fields = _ris_fields(paper, note, abstracts[place] if abstracts is not None else "")
        yield "".join(f"{tag}  - {one_line(value)}\r\n" for tag, value in fields) + "ER  - \r\n\r\n"


def _ris_fields(paper: Any, note: str, abstract: str) -> Iterator[tuple[str, str]]:
    yield "TY", "GEN"
    yield "ID", citation_key(paper)
    yield "TI", paper.title
    yield from (("AU", author) for author in _items(paper.authors))
    if venue := _known(paper.venue):
        yield "T2", venue
    if not pd.isna(paper.year):
        yield "PY", str(int(paper.year))
    if not pd.isna(paper.published) and paper.published_precision in ("month", "day"):
        day = f"{paper.published.day:02d}" if paper.published_precision == "day" else ""
        yield "DA", f"{paper.published.year:04d}/{paper.published.month:02d}/{day}/"
    if doi := _doi(paper):
        yield "DO", doi
    if url := _url(paper):
        yield "UR", url
    yield from (("KW", keyword) for keyword in _items(paper.keywords))
    if abstract:
        yield "AB", abstract
    yield "N1", note


# --- cells of a record ---------------------------------------------------------------


def _known(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _items(values: Any) -> list[str]:
    given = [] if values is None or values is pd.NA else list(values)
    return [value for value in given if isinstance(value, str) and one_line(value)]


def _doi(paper: Any) -> str:
    doi = _known(paper.doi)
    return doi if doi_url(doi) else ""


def _url(paper: Any) -> str:
    url = _known(paper.url)
    return url if _URL.fullmatch(url) else ""
