"""Files in, documents out: the first two stages, which ``inspect`` and ``fit`` share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.documents import DocumentSet, prepare_documents
from pipeline.progress import SILENT, Progress
from pipeline.readers import ReadReport, read_papers
from pipeline.settings import RunSettings


def read_documents(
    paths: Sequence[Path], settings: RunSettings, progress: Progress = SILENT
) -> tuple[DocumentSet, ReadReport]:
    """The clean, de-duplicated documents of ``paths`` and what was wrong with the files.

    Raises
    ------
    ReadError
        A file cannot be used as a whole.
    """
    report = ReadReport()
    papers = read_papers(paths, settings.readers, settings.columns, settings.facets, report)
    return prepare_documents(papers, settings.documents, report, progress), report
