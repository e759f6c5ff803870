"""What people wrote as their unit (其他) is found in an index of its own, not among all who have none."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

WROTE = sa.text("unit_other <> ''")


def upgrade() -> None:
    columns = ["unit_other", "status", "unit_id"]
    op.create_index("ix_volunteer_unit_other", "volunteer", columns, sqlite_where=WROTE, postgresql_where=WROTE)


def downgrade() -> None:
    op.drop_index("ix_volunteer_unit_other", table_name="volunteer")
