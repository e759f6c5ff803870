"""Teams and bases are found by words and by category inside their indexes, 季度之星 in the order of their list, applications by what
narrows their queue and by their unit, notices in the order of the office's list, and what waits of help in an index of its own.

Each was looked at row by row: 5,000 teams for a word, a quarter's stars to put the first ones in order, every application for a unit.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

SEARCHED = {"team": ["name", "introduction"], "service_base": ["name", "address", "introduction"]}
SIZES = [1, 2]  # single characters, and pairs
PLACES = ["district_code", "subdistrict_code", "community_code"]
QUEUE = ["political", "employment", "due_at"]
ANNOUNCED = sa.text("status = 'announced'")
WAITING = sa.text("status IN ('pending', 'accepted', 'arranged', 'serving', 'done')")
OF_WAITING = ["status", *PLACES, "offers_end_at", "accept_due", "arrange_due", "close_due", "handed_up_at", "id"]
IN_ORDER = [sa.text("quarter DESC"), sa.text("kind DESC"), "community_code", "id"]
CHANGED: list[tuple[str, str, list[str], list[str]]] = [  # table, name, columns before, columns now
    *((table, "status", ["status", "id"], ["status", "id", "category_id"]) for table in SEARCHED),
    *((table, one, [one, "status", "id"], [one, "id", "status", "category_id"]) for table in SEARCHED for one in PLACES),
    ("application", "status", ["status", "submitted_at", "id"], ["status", "submitted_at", "id", *QUEUE]),
    *(("application", one, [one, "status", "submitted_at", "id"], [one, "status", "submitted_at", "id", *QUEUE]) for one in PLACES),
]  # fmt: skip


def upgrade() -> None:
    for table, name, _, columns in CHANGED:
        _make(table, name, columns)
    op.create_index("ix_application_unit_id", "application", ["unit_id", "status"])
    op.create_index("ix_notice_visible_at", "notice", ["visible_at", "id", "status"])
    op.create_index("ix_honour_listed", "honour", [*IN_ORDER, "status", "last_day"])
    announced = [*IN_ORDER, "first_day", "last_day"]
    op.create_index("ix_honour_announced", "honour", announced, sqlite_where=ANNOUNCED, postgresql_where=ANNOUNCED)
    op.create_index(
        "ix_help_request_waiting", "help_request", OF_WAITING, sqlite_where=WAITING, postgresql_where=WAITING
    )
    for table, columns in SEARCHED.items():
        _find(table, columns)


def _find(table: str, columns: list[str]) -> None:
    kept = _as_kept()
    if op.get_bind().dialect.name == "postgresql":
        words = kept.together(columns)
        op.execute(f"CREATE INDEX pairs_{table} ON {table} USING gin (pairs({words})) WITH (fastupdate = off)")
        op.execute(f"ANALYZE {table}")
        return
    op.execute(f"CREATE VIRTUAL TABLE pairs_{table} USING fts5(words, content='', detail=none, tokenize='ascii')")
    kept.fill(table, columns, SIZES)
    kept.watch(table, columns, SIZES)


def downgrade() -> None:
    for table in SEARCHED:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP INDEX pairs_{table}")
            continue
        for event in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER pairs_{table}_{event}")
        op.execute(f"DROP TABLE pairs_{table}")
    op.drop_index("ix_help_request_waiting", table_name="help_request")
    op.drop_index("ix_notice_visible_at", table_name="notice")
    op.drop_index("ix_honour_announced", table_name="honour")
    op.drop_index("ix_honour_listed", table_name="honour")
    op.drop_index("ix_application_unit_id", table_name="application")
    for table, name, columns, _ in CHANGED:
        _make(table, name, columns)


def _make(table: str, name: str, columns: list[str]) -> None:
    """The index of this name again, with these columns."""
    op.drop_index(f"ix_{table}_{name}", table_name=table)
    op.create_index(f"ix_{table}_{name}", table, columns)


def _as_kept() -> Any:
    """Revision 0018, which says how SQLite keeps the pieces of a text."""
    return op.get_context().environment_context.script.get_revision("0018").module
