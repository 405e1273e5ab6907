"""`read`: write a file, read it, hand back its papers and the report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.readers import ReadReport, read_papers
from pipeline.schema import Paper
from pipeline.settings import ReaderSettings


class Reading(NamedTuple):
    papers: list[Paper]
    report: ReadReport

    @property
    def titles(self):
        return [paper.title for paper in self.papers]

    @property
    def abstracts(self):
        return [paper.abstract for paper in self.papers]

    @property
    def problems(self):
        return [(problem.position, problem.reason) for problem in self.report.problems]


def read_file(path, columns=None, facets=(), **settings) -> Reading:
    paths = [path] if isinstance(path, Path) else list(path)
    report = ReadReport()
    papers = list(read_papers(paths, ReaderSettings(**settings), columns or {}, facets, report))
    # what every reading must satisfy: nothing seen is unaccounted for
    assert report.n_records == len(papers) + sum(report.n_dropped.values())
    assert report.n_records == sum(report.n_records_by_file.values())
    return Reading(papers, report)


@pytest.fixture
def read(tmp_path) -> Callable[..., Reading]:
    def write_and_read(name, content, columns=None, facets=(), **settings):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_file(path, columns, facets, **settings)

    return write_and_read


@pytest.fixture
def read_paths() -> Callable[..., Reading]:
    return read_file
