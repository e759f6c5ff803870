"""Published cases stand in an index of their own, in the order of their list, whichever few are hidden.

'Not hidden' as the first column of one was no order to PostgreSQL, which sorted all of them for the newest ones (30 ms at
155,000), and to SQLite a value that few rows have: it went through all of them beside the few that words had found.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

SHOWN = sa.text("hidden_at IS NULL")
COLUMNS = ["closed_at", "id", "category_id"]


def upgrade() -> None:
    op.create_index("ix_public_case_closed_at", "public_case", COLUMNS, sqlite_where=SHOWN, postgresql_where=SHOWN)
    op.drop_index("ix_public_case_hidden_at", table_name="public_case")


def downgrade() -> None:
    op.create_index("ix_public_case_hidden_at", "public_case", ["hidden_at", *COLUMNS])
    op.drop_index("ix_public_case_closed_at", table_name="public_case")
