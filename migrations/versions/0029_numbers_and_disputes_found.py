"""Requests for help are found by any part of their number, by its characters and pairs of them (ADR 0023); disputes by their person.

Whoever copied the end of a number from a slip let every number of ten years be read, and whoever looked for a person every dispute.
"""

from typing import Any

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TABLE, COLUMNS = "help_request", ["number"]
SIZES = [1, 2]  # single characters, and pairs
PERSON = "ix_unit_dispute_volunteer_id"


def upgrade() -> None:
    op.create_index(PERSON, "unit_dispute", ["volunteer_id", "status"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE INDEX pairs_{TABLE} ON {TABLE} USING gin (pairs(number)) WITH (fastupdate = off)")
        op.execute(f"ANALYZE {TABLE}")
        return
    op.execute(f"CREATE VIRTUAL TABLE pairs_{TABLE} USING fts5(words, content='', detail=none, tokenize='ascii')")
    kept = _as_kept()
    kept.fill(TABLE, COLUMNS, SIZES)
    kept.watch(TABLE, COLUMNS, SIZES)


def downgrade() -> None:
    op.drop_index(PERSON, table_name="unit_dispute")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP INDEX pairs_{TABLE}")
        return
    for event in ("insert", "update", "delete"):
        op.execute(f"DROP TRIGGER pairs_{TABLE}_{event}")
    op.execute(f"DROP TABLE pairs_{TABLE}")


def _as_kept() -> Any:
    """Revision 0018, which says how SQLite keeps the pieces of a text."""
    return op.get_context().environment_context.script.get_revision("0018").module
