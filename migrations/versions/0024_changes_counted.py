"""How many changes were folded into a sum: as long as it is the same number, figures of the present month need no second look."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("city_sum", sa.Column("changes", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("city_sum") as table:
        table.drop_column("changes")
