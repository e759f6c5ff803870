"""What is published of a place is found in the order in which it was published, not sorted whenever somebody asks."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

PLACES = "district", "subdistrict", "community"
SOME = sa.text("published_at IS NOT NULL")


def upgrade() -> None:
    for place in PLACES:
        columns = [f"{place}_code", "published_at", "id", "kind", "status"]
        op.create_index(f"ix_report_published_{place}", "report", columns, sqlite_where=SOME, postgresql_where=SOME)


def downgrade() -> None:
    for place in PLACES:
        op.drop_index(f"ix_report_published_{place}", table_name="report")
