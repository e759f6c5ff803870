"""An activity that a level above took off the portal: since when, why, and which level."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ROLE = sa.Enum("city", "district", "subdistrict", "community", "unit", name="role", native_enum=False, length=32)


def upgrade() -> None:
    with op.batch_alter_table("activity") as table:
        table.add_column(sa.Column("hidden_at", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("hidden_reason", sa.String(length=500), nullable=False, server_default=""))
        table.add_column(sa.Column("hidden_role", ROLE, nullable=True))
    with op.batch_alter_table("activity") as table:
        table.alter_column("hidden_reason", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("activity") as table:
        for name in ("hidden_role", "hidden_reason", "hidden_at"):
            table.drop_column(name)
