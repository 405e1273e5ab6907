"""What reading found out: the files, their formats and columns, and every bad record."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from pipeline.schema import InputFile

MAX_PROBLEMS_KEPT = 1000
"""Problems kept with their details; all are counted."""

NOTICES = frozenset(
    {
        "implausible date",
        "unreadable date",
        "missing facet column",
        "no records",
        "file cut off",
        "mixed encodings",
        "line not understood",
        "record not closed",
    }
)
"""Reasons of problems that cost no paper. Every other reason dropped exactly one record."""


class ReadError(Exception):
    """A file that cannot be used as a whole.

    The message is one or two sentences for the user: which file, where in
    it, why, and what to do.
    """


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the input.

    Attributes
    ----------
    source : str
        The file's name, as in `Paper.source`.
    position : int or None
        1-based line (text formats) or record number (JSON documents,
        Parquet); None when it concerns the whole file.
    reason : str
        Short and stable, to count by: "malformed record", "no title", …
    detail : str
        What exactly, in words.
    """

    source: str
    position: int | None
    reason: str
    detail: str


@dataclass
class ReadReport:
    """Filled while `read_papers` runs; complete once its iterator is exhausted.

    ``n_records`` counts every record seen, bad ones too, and is raised just
    before a paper is yielded: at that moment ``n_records - 1`` is the paper's
    0-based row among all records of all files. At the end
    ``n_records == papers yielded + sum(n_dropped.values())``.

    Attributes
    ----------
    files : list of InputFile
        Name, size and sha256 of each raw file (still compressed where gzipped).
    formats : dict
        File name → its format in words, "CSV, ';', windows-1252".
    columns : dict
        File name → our field → their column (several joined by " or ", the
        first that is filled in counts).
    unused_columns : dict
        File name → columns nothing was taken from.
    n_records : int
        Records seen in all files.
    n_records_by_file : dict
        File name → records seen in it.
    problems : list of Problem
        The first `MAX_PROBLEMS_KEPT`.
    n_problems : Counter
        Reason → how many, all of them.
    """

    files: list[InputFile] = field(default_factory=list)
    formats: dict[str, str] = field(default_factory=dict)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    unused_columns: dict[str, list[str]] = field(default_factory=dict)
    n_records: int = 0
    n_records_by_file: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    n_problems: Counter[str] = field(default_factory=Counter)

    def add(self, problem: Problem) -> None:
        """Count ``problem`` and, up to `MAX_PROBLEMS_KEPT`, keep it."""
        self.n_problems[problem.reason] += 1
        if len(self.problems) < MAX_PROBLEMS_KEPT:
            self.problems.append(problem)

    @property
    def n_dropped(self) -> dict[str, int]:
        """Reason → number of records that gave no paper because of it."""
        return {reason: count for reason, count in self.n_problems.items() if reason not in NOTICES}
