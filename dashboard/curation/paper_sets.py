"""The papers something was said of: kept whole, once, under a digest. Pure."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from dashboard.curation.wording import checked_papers


@dataclass(frozen=True)
class PaperSet:
    """A set of papers.

    Attributes
    ----------
    digest
        sha256 of the sorted ids, in hexadecimal.
    paper_ids
        Sorted, each once.
    """

    digest: str
    paper_ids: tuple[str, ...]


def paper_set(paper_ids: Iterable[str]) -> PaperSet:
    """The set of ``paper_ids``, in whatever order and however often they are named.

    Raises
    ------
    CurationError
        One of them is no id.
    """
    ordered = tuple(sorted(checked_papers(paper_ids)))
    return PaperSet(hashlib.sha256(_as_json(ordered)).hexdigest(), ordered)


def packed(papers: PaperSet) -> bytes:
    """The ids as the database keeps them."""
    return zlib.compress(_as_json(papers.paper_ids))


def unpacked(content: bytes) -> tuple[str, ...]:
    """The ids that `packed` took."""
    return tuple(json.loads(zlib.decompress(content)))


def _as_json(ordered: tuple[str, ...]) -> bytes:
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
