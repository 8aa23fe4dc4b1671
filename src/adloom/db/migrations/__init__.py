"""The schema's history as Alembic revisions of plain SQL; `adloom.db.migrate` runs them."""
