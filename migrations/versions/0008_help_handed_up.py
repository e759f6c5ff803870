"""A request for help may be handed up to the district.

`handed_up_at` is set while the district decides who sees to a request that was transferred twice.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("help_request") as table:
        table.add_column(sa.Column("handed_up_at", sa.DateTime(), nullable=True))
        table.create_index(op.f("ix_help_request_handed_up_at"), ["handed_up_at"])


def downgrade() -> None:
    with op.batch_alter_table("help_request") as table:
        table.drop_index(op.f("ix_help_request_handed_up_at"))
        table.drop_column("handed_up_at")
