"""Records that nobody ticked on the spot, and people who are not members: found without walking along everybody."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
UNUSUAL = sa.text("revoked_at IS NULL AND evidence <> 'onsite'")


def upgrade() -> None:
    columns = ["evidence", "day", "id"]
    op.create_index(
        "ix_service_record_unusual", "service_record", columns, sqlite_where=UNUSUAL, postgresql_where=UNUSUAL
    )
    op.create_index("ix_volunteer_political", "volunteer", ["political", "id"])


def downgrade() -> None:
    op.drop_index("ix_volunteer_political", table_name="volunteer")
    op.drop_index("ix_service_record_unusual", table_name="service_record")
