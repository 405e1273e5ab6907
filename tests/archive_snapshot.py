"""Keep one tiny snapshot of the current format for ever: ``python -m tests.archive_snapshot``.

Run it once when `pipeline.schema.SCHEMA_VERSION` is raised; never change an
archive of an older version.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from pipeline.schema import SCHEMA_VERSION
from tests.snapshots import publish_tiny

ARCHIVES = Path(__file__).parent / "data" / "snapshots"


def archive() -> Path:
    """Publish the tiny snapshot as a store of its own below `ARCHIVES`; the store's folder."""
    store = ARCHIVES / f"schema-{SCHEMA_VERSION}"
    if store.exists():
        shutil.rmtree(store)
    publish_tiny(store, n_papers=40)
    (store / "tiny" / ".lock").unlink()
    (store / "tiny" / "staging").rmdir()
    # Line endings of a snapshot's files are part of their checksums.
    (ARCHIVES / ".gitattributes").write_text("* -text\n", encoding="ascii")
    return store


if __name__ == "__main__":
    print(archive())  # noqa: T201
