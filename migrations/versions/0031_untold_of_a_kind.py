"""What lacks feedback, and what has one, of one kind: found inside indexes, not by looking at ten thousand activities."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

UNTOLD, TOLD = sa.text("told_at IS NULL"), sa.text("told_at IS NOT NULL")
PLACES = ["district_code", "subdistrict_code", "community_code"]
INDEXES = {
    "ix_activity_untold": ["ends_at", "id", "status", *PLACES, "told_at"],
    "ix_activity_district_untold": ["district_code", "status", "ends_at", *PLACES[1:], "told_at"],
}


def upgrade() -> None:
    columns = ["category_id", *PLACES, "hidden_at", "told_at"]
    op.create_index("ix_activity_told", "activity", columns, sqlite_where=TOLD, postgresql_where=TOLD)
    _make("category_id")


def downgrade() -> None:
    op.drop_index("ix_activity_told", table_name="activity")
    _make()


def _make(*more: str) -> None:
    for name, columns in INDEXES.items():
        op.drop_index(name, table_name="activity")
        op.create_index(name, "activity", [*columns, *more], sqlite_where=UNTOLD, postgresql_where=UNTOLD)
