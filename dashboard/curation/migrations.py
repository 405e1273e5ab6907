"""Brings a database's tables up to today's, once, however many start at the same time."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, MigrationStep, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from dashboard.curation.errors import CurationUnavailable

VERSION_TABLE = "curation_version"

_LOCK = text("SELECT pg_advisory_xact_lock(5283016)")


def bring_up_to_date(connection: Connection) -> None:
    """Run what is missing, in the transaction ``connection`` is in.

    On SQLite that transaction has locked out other writers already; on
    PostgreSQL a lock of our own is taken, and given back with its end. Who
    comes second finds nothing left to do. A migration that fails leaves the
    database as it was.

    Raises
    ------
    CurationUnavailable
        A newer version has been here.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)
    scripts = ScriptDirectory(str(Path(__file__).parent), version_locations=[str(Path(__file__).parent / "versions")])
    reached = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_heads()
    known = {script.revision for script in scripts.walk_revisions()}
    if not set(reached) <= known:
        raise CurationUnavailable(
            f"The curation database was made by a newer version of Topic Explorer ({', '.join(reached)}): "
            "install that one."
        )
    if set(reached) == set(scripts.get_heads()):
        return

    def missing(current: tuple[str, ...], context: MigrationContext) -> list[RevisionStep]:
        path = scripts.iterate_revisions("head", current[0] if current else "base")
        return [MigrationStep.upgrade_from_script(scripts.revision_map, script) for script in reversed(list(path))]

    with EnvironmentContext(Config(), scripts, fn=missing) as environment:
        environment.configure(connection=connection, version_table=VERSION_TABLE, transactional_ddl=True)
        environment.run_migrations()
