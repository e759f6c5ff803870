"""Whether an activity's feedback is public stands with the activity, so that those without one are found and counted at once.
So are the few that are full, or take nobody any more, among those ahead."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

PLACE = ["district_code", "subdistrict_code", "community_code"]
SOME = {
    "ix_activity_untold": (["ends_at", "id", "status", *PLACE, "told_at"], "told_at IS NULL"),
    "ix_activity_district_untold": (
        ["district_code", "status", "ends_at", *PLACE[1:], "told_at"],
        "told_at IS NULL",
    ),
    "ix_activity_full": (
        ["status", "starts_at", "signup_closes_at", "taken", "capacity"],
        "status = 'published' AND taken >= capacity",
    ),
    "ix_activity_closed": (
        ["status", "signup_closes_at", "starts_at"],
        "status = 'published' AND signup_closes_at < starts_at",
    ),
}


def upgrade() -> None:
    op.add_column("activity", sa.Column("told_at", sa.DateTime(), nullable=True))
    op.execute(
        "UPDATE activity SET told_at = (SELECT published_at FROM feedback WHERE activity_id = activity.id AND status = 'published')"
        " WHERE id IN (SELECT activity_id FROM feedback WHERE status = 'published')"
    )
    for name, (columns, where) in SOME.items():
        op.create_index(name, "activity", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.drop_index("ix_activity_ended", table_name="activity")


def downgrade() -> None:
    op.create_index("ix_activity_ended", "activity", ["ends_at", "id", "status", *PLACE])
    for name in SOME:
        op.drop_index(name, table_name="activity")
    op.drop_column("activity", "told_at")  # a batch operation would lose the triggers of the table's pairs
