"""Only invitations that have the number of an ID card stand in its index: where hardly any file had one, SQLite took each number for the
one that all invitations share, and went through all of them for a member's."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

NAME, TABLE, COLUMNS = "ix_invitation_id_card_hash", "invitation", ["id_card_hash"]
GIVEN = sa.text("id_card_hash IS NOT NULL")


def upgrade() -> None:
    op.drop_index(NAME, table_name=TABLE)
    op.create_index(NAME, TABLE, COLUMNS, sqlite_where=GIVEN, postgresql_where=GIVEN)


def downgrade() -> None:
    op.drop_index(NAME, table_name=TABLE)
    op.create_index(NAME, TABLE, COLUMNS)
