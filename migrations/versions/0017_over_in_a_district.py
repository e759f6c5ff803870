"""What is over in some of the districts, for the 待办 of those above whose part of the city these are: counted without walking
along everything that ended in the city within a year."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    columns = ["district_code", "status", "ends_at", "subdistrict_code", "community_code"]
    op.create_index("ix_activity_district_ends", "activity", columns)


def downgrade() -> None:
    op.drop_index("ix_activity_district_ends", table_name="activity")
