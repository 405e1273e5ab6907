"""Papers in, one published snapshot out.

::

    files ─readers→ papers ─documents→ documents ─embedding→ embeddings
        ─model→ topics, assignments, 2-D map
        ─labels, trends, quality, neighbours, search index→ snapshot tables
        ─snapshot.publish→ store/<corpus>/snapshots/<snapshot_id>/

`pipeline.run` is that line in code; `pipeline.schema` is the contract of what
comes out; the dashboard reads nothing else. For a notebook,
``pipeline.open_snapshot("mylab")`` gives what came out as pandas frames.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.notebook import open_snapshot

__all__ = ["open_snapshot"]


def __getattr__(name: str) -> Any:
    """Import what notebooks use when it is asked for: importing the package itself costs nothing."""
    if name == "open_snapshot":
        from pipeline.notebook import open_snapshot

        return open_snapshot
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
