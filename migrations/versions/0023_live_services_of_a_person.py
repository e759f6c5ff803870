"""The live services of a person are found without passing those that were taken back."""

from alembic import op

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None
NAME, TABLE = "ix_service_record_volunteer_id", "service_record"


def upgrade() -> None:
    op.drop_index(NAME, table_name=TABLE)
    op.create_index(NAME, TABLE, ["volunteer_id", "revoked_at", "day", "id"])


def downgrade() -> None:
    op.drop_index(NAME, table_name=TABLE)
    op.create_index(NAME, TABLE, ["volunteer_id", "day", "id"])
