"""Writes the SQL that takes one revision back by itself, in `psql`, and refuses to do so out of order."""

from __future__ import annotations

from alembic.script import Script

#: The name under which migrations and rollbacks exclude each other.
LOCK = "adloom.migrations"

_TEMPLATE = """\
-- Takes {version} back, from BEGIN to COMMIT. Refuses unless it is the newest version applied.
BEGIN;
SET LOCAL lock_timeout = '5s';
DO $guard$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('{lock}', 0));
    IF NOT EXISTS (SELECT FROM alembic_version WHERE version_num = '{version}') THEN
        RAISE EXCEPTION 'cannot roll back {version}: it is not the newest version applied';
    END IF;
END
$guard$;
{down}
{previous}
DELETE FROM schema_migrations WHERE version = '{version}';
COMMIT;
"""


def rollback_sql(revision: Script) -> str:
    """The complete rollback of a revision: guard, its DOWN, and both version tables, in one transaction."""
    version, previous = revision.revision, revision.down_revision
    if previous is None:
        step = f"DELETE FROM alembic_version WHERE version_num = '{version}';"  # noqa: S608 our own file names
    else:
        step = f"UPDATE alembic_version SET version_num = '{previous}' WHERE version_num = '{version}';"  # noqa: S608
    return _TEMPLATE.format(version=version, lock=LOCK, down=revision.module.DOWN.strip(), previous=step)
