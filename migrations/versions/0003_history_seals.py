"""History is sealed in a chain; what guards its lines also refuses REPLACE, TRUNCATE and changed words."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SEAL_REFUSALS = ("history_seal", "UPDATE"), ("history_seal", "DELETE"), ("history_note", "UPDATE")


def protect_on_sqlite() -> None:
    """REPLACE would delete without asking the trigger for DELETE: a number that was given is refused."""
    for table, event in SEAL_REFUSALS:
        op.execute(
            f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'history is never changed'); END"
        )
    for table, key in (("history", "id"), ("history_seal", "id"), ("history_note", "history_id")):
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608  (our own names)
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) "
            "BEGIN SELECT RAISE(ABORT, 'history is never changed'); END"
        )


def protect_on_postgresql() -> None:
    for table, event in SEAL_REFUSALS:
        op.execute(
            f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_history_change()"
        )
    for table in ("history", "history_seal"):
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_history_change()"
        )


def upgrade() -> None:
    op.create_table(
        "history_seal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("tags", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_seal")),
        sa.UniqueConstraint("number", name=op.f("uq_history_seal_number")),
        sa.UniqueConstraint("previous", name=op.f("uq_history_seal_previous")),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        protect_on_sqlite()
    else:
        protect_on_postgresql()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in ("history", "history_note"):
            op.execute(f"DROP TRIGGER {table}_no_replace")
        op.execute("DROP TRIGGER history_note_no_update")
    else:
        op.execute("DROP TRIGGER history_no_truncate ON history")
        op.execute("DROP TRIGGER history_note_no_update ON history_note")
    op.drop_table("history_seal")
