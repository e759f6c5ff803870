"""What lacks feedback, of one kind: found inside its indexes, not by looking at ten thousand activities."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

UNTOLD = sa.text("told_at IS NULL")
PLACES = ["district_code", "subdistrict_code", "community_code"]
INDEXES = {
    "ix_activity_untold": ["ends_at", "id", "status", *PLACES, "told_at"],
    "ix_activity_district_untold": ["district_code", "status", "ends_at", *PLACES[1:], "told_at"],
}


def upgrade() -> None:
    _make("category_id")


def downgrade() -> None:
    _make()


def _make(*more: str) -> None:
    for name, columns in INDEXES.items():
        op.drop_index(name, table_name="activity")
        op.create_index(name, "activity", [*columns, *more], sqlite_where=UNTOLD, postgresql_where=UNTOLD)
    if op.get_bind().dialect.name == "sqlite":
        op.execute("PRAGMA analysis_limit=100000")  # as `flask tick` does at night
    op.execute("ANALYZE activity")  # SQLite would choose them where they do not help
