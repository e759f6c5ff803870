"""Deeds of the history that are seldom: found without walking along every tick of ten years. A tick writes nothing into it."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
SELDOM = sa.text("action NOT IN ('attendance', 'join')")


def upgrade() -> None:
    op.create_index("ix_history_seldom", "history", ["action", "id"], sqlite_where=SELDOM, postgresql_where=SELDOM)


def downgrade() -> None:
    op.drop_index("ix_history_seldom", table_name="history")
