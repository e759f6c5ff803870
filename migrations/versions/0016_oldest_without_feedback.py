"""Activities in the order in which they ended: whose feedback is missing longest is found at once. What is over is counted
for a post's part of the city within the index."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

PLACE = ["district_code", "subdistrict_code", "community_code"]


def upgrade() -> None:
    op.create_index("ix_activity_ended", "activity", ["ends_at", "id", "status", *PLACE])
    op.drop_index("ix_activity_ends", table_name="activity")
    op.create_index("ix_activity_ends", "activity", ["status", "ends_at", *PLACE])


def downgrade() -> None:
    op.drop_index("ix_activity_ends", table_name="activity")
    op.create_index("ix_activity_ends", "activity", ["status", "ends_at"])
    op.drop_index("ix_activity_ended", table_name="activity")
