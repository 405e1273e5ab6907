"""`read_papers`: several files of any format → one stream of papers and a report."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipeline.readers.bibtex import BibtexFile
from pipeline.readers.columns import (
    ColumnPlan,
    canonical_mapping,
    check_plan,
    find_column,
    listed,
    plan_columns,
)
from pipeline.readers.compression import HeldFile, fingerprint
from pipeline.readers.delimited import DelimitedFile
from pipeline.readers.encodings import Encoding
from pipeline.readers.hf_papers_page import HuggingFacePage
from pipeline.readers.json_records import JsonFile
from pipeline.readers.records import Record, paper_from
from pipeline.readers.report import Problem, ReadError, ReadReport
from pipeline.readers.ris import RisFile
from pipeline.readers.sniffing import AnyFile, open_file
from pipeline.schema import Paper
from pipeline.settings import ReaderSettings

_RECORDS_BEFORE_JUDGING = 2_000
_MAX_COLUMNS = 1_000


def read_papers(
    paths: Sequence[Path],
    settings: ReaderSettings,
    columns: Mapping[str, str],
    facets: Sequence[str],
    report: ReadReport,
) -> Iterator[Paper]:
    """Papers of all files, one after another, nothing cleaned yet.

    The files are looked at before the first paper comes, so most of what
    makes a file unusable is said at once. A file named twice is read once.

    Parameters
    ----------
    paths : sequence of Path
        Files of any of the formats, gzipped or not.
    settings : ReaderSettings
        Limits on what is accepted.
    columns : mapping
        Our column → the file's, ``{"abstract": "summary"}``; wins over usual
        names. A page of text has no columns and is not concerned.
    facets : sequence of str
        Further columns to keep in `Paper.facets`.
    report : ReadReport
        Filled as papers come; see there.

    Returns
    -------
    iterator of Paper
        Records with an empty abstract are among them, those without a title
        are not.

    Raises
    ------
    ReadError
        At once, or while iterating for what shows only then (columns of JSON,
        BibTeX and RIS files, damage deep in a file): a file cannot be used as a whole, a
        mapped column does not exist, a facet exists in no file.
    """
    mapping = canonical_mapping(columns)
    opened = []
    for path, name in _named(paths):
        file, encoding = _opened(path, name, settings, mapping)
        if encoding is not None and encoding.is_mixed:
            detail = "the bytes that are not valid UTF-8 were read as windows-1252"
            report.add(Problem(name, None, "mixed encodings", detail))
        report.files.append(fingerprint(path, name))
        report.formats[name] = file.words
        report.n_records_by_file[name] = 0
        opened.append(_Reading(file, name, settings, mapping, facets, report))
    if all(reading.knows_columns for reading in opened):
        _check_facets(opened, facets)
    return _stream(opened, facets, report)


def read_held(name: str, content: bytes, settings: ReaderSettings, report: ReadReport) -> Iterator[Paper]:
    """Papers of one file that is in memory, of any format but Parquet; its abstracts may be missing.

    See `read_papers` for what is raised.
    """
    file, _ = open_file(HeldFile(content), name, settings, {})
    report.formats[name] = file.words
    report.n_records_by_file[name] = 0
    return _stream([_Reading(file, name, settings, {}, (), report, needed=("title",))], (), report)


class _Reading:
    """One file on its way through: its columns' plan, and its records counted into the report."""

    def __init__(
        self,
        file: AnyFile,
        name: str,
        settings: ReaderSettings,
        mapping: Mapping[str, str],
        facets: Sequence[str],
        report: ReadReport,
        needed: Sequence[str] = ("title", "abstract"),
    ) -> None:
        self.file, self.name, self._needed = file, name, needed
        self._settings, self._mapping, self._facets, self._report = settings, mapping, facets, report
        self._last_year = datetime.now(UTC).year + 1
        self.knows_columns = file.columns is not None  # of some formats they show while it is read
        self.columns: list[str] = []
        self.plan: ColumnPlan
        self._set_columns(file.columns or [], {} if isinstance(file, HuggingFacePage) else mapping)
        if self.knows_columns:
            self._check()

    @property
    def missing_facets(self) -> list[str]:
        """Facets this file has no column for, as far as is known."""
        return [facet for facet in self._facets if not self.plan.facets.get(facet)]

    def papers(self) -> Iterator[Paper]:
        """The file's papers; everything else goes into the report."""
        for item in self._items():
            self._report.n_records += isinstance(item, Record)
            if isinstance(item, Record):
                self._report.n_records_by_file[self.name] += 1
                yield from self._paper(item)
            else:
                self._add(item)
        if not self._report.n_records_by_file[self.name]:
            self._report.add(Problem(self.name, None, "no records", "the file holds no records"))
        elif not self.knows_columns:
            self._refuse_unreadable()
            self._check()

    def _items(self) -> Iterator[Record | Problem]:
        file = self.file
        if isinstance(file, JsonFile):
            yield from self._grown(file.records(self._is_record))
        elif isinstance(file, BibtexFile | RisFile):
            yield from self._grown(file.records())
        elif isinstance(file, HuggingFacePage):
            yield from file.records()
        else:
            yield from file.records(self.plan.wanted)

    def _grown(self, items: Iterator[Record | Problem]) -> Iterator[Record | Problem]:
        """Records of a file without a header, the plan following the keys that turn up."""
        known: dict[str, None] = {}
        n_seen = 0
        for item in items:
            if isinstance(item, Record):
                n_seen += 1
                if not item.values.keys() <= known.keys() and len(known) < _MAX_COLUMNS:
                    known.update(dict.fromkeys(item.values))
                    self._set_columns(list(known), self._mapping)
                if n_seen == _RECORDS_BEFORE_JUDGING:
                    self._check()
            yield item

    def _paper(self, record: Record) -> Iterator[Paper]:
        limit = self._settings.max_field_characters
        for found in paper_from(record, self.plan, self.name, limit, self._last_year):
            if isinstance(found, Paper):
                yield found
            else:
                self._report.add(found)

    def _is_record(self, values: dict[str, object]) -> bool:
        fields = plan_columns(list(values), self._mapping, ()).fields
        return "title" in fields or "abstract" in fields

    def _add(self, problem: Problem) -> None:
        if problem.reason == "malformed record":
            self._report.n_records += 1
            self._report.n_records_by_file[self.name] += 1
        self._report.add(problem)

    def _refuse_unreadable(self) -> None:
        """Say what is wrong with the first record where no record at all gave a column."""
        mine = [problem for problem in self._report.problems if problem.source == self.name]
        if not self.columns and mine:
            is_json = isinstance(self.file, JsonFile)
            where = "record" if is_json else "line"
            check = "it is complete" + (" and holds one JSON object for each paper" if is_json else "")
            raise ReadError(
                f"{self.name}: none of its records can be read; the first one, {where} {mine[0].position}: "
                f"{mine[0].detail}. Check that {check}."
            )

    def _set_columns(self, columns: Sequence[str], mapping: Mapping[str, str]) -> None:
        self.columns = list(columns)
        self.plan = plan_columns(self.columns, mapping, self._facets)
        self._report.columns[self.name] = self.plan.described
        self._report.unused_columns[self.name] = self.plan.unused

    def _check(self) -> None:
        line = f", line {self.file.layout.header_line}" if isinstance(self.file, DelimitedFile) else ""
        check_plan(self.plan, self.columns, self.name + line, self._needed)


def _stream(opened: list[_Reading], facets: Sequence[str], report: ReadReport) -> Iterator[Paper]:
    for reading in opened:
        try:
            yield from reading.papers()
        except OSError as error:
            raise ReadError(f"{reading.name}: it cannot be read any further ({error.strerror}).") from error
    _check_facets(opened, facets)
    for reading in opened:
        for facet in reading.missing_facets:
            detail = f"the file has no column {facet!r}; its papers have no such values"
            report.add(Problem(reading.name, None, "missing facet column", detail))


def _check_facets(opened: list[_Reading], facets: Sequence[str]) -> None:
    for facet in facets:
        if opened and all(find_column(facet, reading.columns) is None for reading in opened):
            there = dict.fromkeys(column for reading in opened for column in reading.columns)
            names = ", ".join(reading.name for reading in opened)
            raise ReadError(f"--facet {facet}: {names} has no such column; the columns are {listed(there)}.")


def _opened(
    path: Path, name: str, settings: ReaderSettings, mapping: Mapping[str, str]
) -> tuple[AnyFile, Encoding | None]:
    if path.is_dir():
        raise ReadError(f"{path}: this is a folder; name the files in it.")
    if not path.exists():
        raise ReadError(f"{path}: there is no such file; check the name and the folder.")
    if not path.is_file():
        raise ReadError(f"{path}: this is no ordinary file; save it to one first.")
    try:
        return open_file(path, name, settings, mapping)
    except OSError as error:
        raise ReadError(f"{path}: it cannot be read ({error.strerror}); check its permissions.") from error


def _named(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """Each file once with a name of its own: the folder is put before names that occur twice."""
    distinct = list({os.path.realpath(path): path for path in map(Path, paths)}.values())
    names = [_storable(path.name) for path in distinct]
    for depth in range(2, 20):
        if len(set(names)) == len(names):
            break
        names = [
            _storable("/".join(Path(os.path.realpath(path)).parts[-depth:])) if names.count(name) > 1 else name
            for path, name in zip(distinct, names, strict=True)
        ]
    return list(zip(distinct, names, strict=True))


def _storable(name: str) -> str:
    """``name`` without the bytes that are not UTF-8, which no table or manifest could hold."""
    return name.encode("utf-8", "replace").decode("utf-8")
