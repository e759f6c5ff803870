"""The phases of activities are counted in one index, and what is over or waits for an answer is found at once."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

PHASE = "ix_activity_status"
BEFORE = ["status", "starts_at", "id"]
COUNTED = [*BEFORE, "ends_at", "signup_closes_at", "taken", "capacity"]
MORE = {"ix_activity_ends": ["status", "ends_at"], "ix_activity_asking": ["status", "asking"]}


def upgrade() -> None:
    _replace(COUNTED)
    for name, columns in MORE.items():
        op.create_index(name, "activity", columns)


def downgrade() -> None:
    for name in MORE:
        op.drop_index(name, table_name="activity")
    _replace(BEFORE)


def _replace(columns: list[str]) -> None:
    op.drop_index(PHASE, table_name="activity")
    op.create_index(PHASE, "activity", columns)
