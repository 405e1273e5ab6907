"""Files in, papers out: one file a format, each streaming.

    path ─sniffing→ format ─delimited | json_records | bibtex | ris | parquet | hf_papers_page→ records
         ─columns→ which column is what ─records→ papers

`read_papers` is the way in, `read_held` for a file that is in memory. A bad record becomes a `Problem` in the
`ReadReport` and never ends a run; a file that cannot be used as a whole
raises `ReadError` with one clear sentence.
"""

from __future__ import annotations

from pipeline.readers.reading import read_held, read_papers
from pipeline.readers.report import NOTICES, Problem, ReadError, ReadReport

__all__ = ["NOTICES", "Problem", "ReadError", "ReadReport", "read_held", "read_papers"]
