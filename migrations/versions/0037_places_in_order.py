"""Who was brought in is listed in the order of a place, whatever became of them: with the state before the id all of a district were sorted.

PostgreSQL is told what belongs together. It took a district and one of its subdistricts for so few rows together that it sorted all of
them, and stars in 公示 whose last day has not passed likewise, though that is all of them.
"""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

PLACES = "district_code", "subdistrict_code", "community_code"
PLACED = "volunteer", "application", "invitation", "activity", "help_request", "report"  # lists of a post over a region
TOGETHER = {f"{table}_places": ("dependencies", PLACES, table) for table in PLACED}
TOGETHER["honour_shown"] = "mcv", ("status", "last_day"), "honour"


def upgrade() -> None:
    _make("id", "status")
    if op.get_bind().dialect.name == "postgresql":
        for name, (kind, columns, table) in TOGETHER.items():
            op.execute(f"CREATE STATISTICS {name} ({kind}) ON {', '.join(columns)} FROM {table}")
            op.execute(f"ANALYZE {table}")


def downgrade() -> None:
    _make("status", "id")
    if op.get_bind().dialect.name == "postgresql":
        for name in TOGETHER:
            op.execute(f"DROP STATISTICS {name}")


def _make(*columns: str) -> None:
    for place in PLACES:
        op.drop_index(f"ix_invitation_{place}", table_name="invitation")
        op.create_index(f"ix_invitation_{place}", "invitation", [place, *columns])
