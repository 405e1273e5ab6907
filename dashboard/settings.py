"""The dashboard's own numbers: what it shows at once, and where it stops."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.snapshot import default_cache, default_store


@dataclass(frozen=True)
class Settings:
    """Limits of one dashboard process.

    Attributes
    ----------
    papers_per_page
        Papers in a list before it is paged.
    max_options
        Most values a chooser offers; of more, those with most papers.
    export_max_rows, export_max_bytes
        A larger CSV is refused with a sentence that says how to get it.
    open_snapshots
        Snapshots kept open; one of 82,613 papers takes about 200 MB.
    listing_seconds
        How long the list of corpora and snapshots may be out of date.
    database_retry_seconds
        How long a curation database that did not answer is left alone, so that pages need not wait for it.
    notice_seconds
        How often an open page looks whether its corpus has a newer snapshot.
    """

    papers_per_page: int = 20
    max_options: int = 1_000
    export_max_rows: int = 200_000
    export_max_bytes: int = 150_000_000
    open_snapshots: int = 4
    listing_seconds: float = 5.0
    database_retry_seconds: float = 5.0
    notice_seconds: float = 10.0


SETTINGS = Settings()


def store_folder() -> Path:
    """The store served: ``TOPIC_EXPLORER_STORE``, else the per-user one."""
    return default_store()


def cache_folder() -> Path:
    """Where the query encoder finds its weights: ``TOPIC_EXPLORER_CACHE``, else the per-user one."""
    return default_cache()
