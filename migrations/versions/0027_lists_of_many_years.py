"""Lists of help, reports, stars, disputes and history of many years: found in order, and filtered inside their indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None
PLACES = ["district_code", "subdistrict_code", "community_code"]
UNREAD, ASKING = sa.text("read_at IS NULL"), sa.text("status = 'asking'")
OF_A_STAR = ["quarter", "id", "kind", "status", "last_day"]
OF_HELP = [
    "created_at", "id", "status", "category_id", "accepted_at", "close_due", "closed_at", "rating", "offers_end_at",
]  # fmt: skip
NEW: list[tuple[str, str, list[str]]] = [
    ("help_request", "created_at", OF_HELP),
    ("report", "submitted", ["status", "submitted_at", "id", "kind"]),
    ("honour", "status", ["status", "quarter", "id", "kind", "first_day", "last_day", "community_code"]),
    *(("honour", place, [place, *OF_A_STAR]) for place in PLACES),
    ("honour", "team_id", ["team_id", "quarter"]),
    ("honour", "volunteer_id", ["volunteer_id", "quarter"]),
    ("unit_dispute", "status", ["status", "id"]),
    ("unit_dispute", "volunteer_district_code", ["volunteer_district_code", "status", "id"]),
    ("unit_dispute", "volunteer_subdistrict_code", ["volunteer_subdistrict_code", "status", "id"]),
    ("invitation", "accepted_by_id", ["accepted_by_id"]),
    ("invitation", "status", ["status", "id"]),
    ("history", "actor_id", ["actor_id", "id"]),
]
WIDER: list[tuple[str, str, list[str], list[str]]] = [  # table, name, columns, what is new behind them
    *(("help_request", one, [*([one] if one != "status" else []), "status", "created_at", "id"], ["category_id"]) for one in ("status", *PLACES)),
    ("report", "status", ["status", "published_at", "id"], ["kind"]),
    *(("report", one, [one, "status", "submitted_at", "id"], ["kind"]) for one in PLACES),
    ("public_case", "hidden_at", ["hidden_at", "closed_at", "id"], ["category_id"]),
    *(("public_case", one, [one, "closed_at", "id"], ["category_id", "hidden_at"]) for one in PLACES),
]  # fmt: skip


def upgrade() -> None:
    for table, name, columns in NEW:
        op.create_index(f"ix_{table}_{name}", table, columns)
    for table, name, columns, more in WIDER:
        _make(table, name, [*columns, *more])
    _make("honour", "quarter", [*OF_A_STAR, "community_code"])
    op.create_index("ix_team_member_asking", "team_member", ["team_id"], sqlite_where=ASKING, postgresql_where=ASKING)
    op.create_index(
        "ix_message_unread", "message", ["user_id", "visible_at", "id"], sqlite_where=UNREAD, postgresql_where=UNREAD
    )


def downgrade() -> None:
    op.drop_index("ix_message_unread", table_name="message")
    op.drop_index("ix_team_member_asking", table_name="team_member")
    _make("honour", "quarter", ["quarter", "kind", "status"])
    for table, name, columns, _ in WIDER:
        _make(table, name, columns)
    for table, name, _ in NEW:
        op.drop_index(f"ix_{table}_{name}", table_name=table)


def _make(table: str, name: str, columns: list[str]) -> None:
    op.drop_index(f"ix_{table}_{name}", table_name=table)
    op.create_index(f"ix_{table}_{name}", table, columns)
