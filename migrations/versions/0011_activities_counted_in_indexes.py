"""The counts on the portal's chips are read from indexes alone."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SHOWN = ["status", "ends_at", "hidden_at"]
WITH = {
    "ix_activity_starts_at": (["starts_at", "id"], []),
    "ix_activity_district_time": (["district_code", "starts_at", "id"], ["category_id"]),
    "ix_activity_subdistrict_time": (["subdistrict_code", "starts_at", "id"], ["category_id"]),
    "ix_activity_community_time": (["community_code", "starts_at", "id"], ["category_id"]),
    "ix_activity_category_time": (["category_id", "starts_at", "id"], ["district_code"]),
}


def upgrade() -> None:
    for name, (order, besides) in WITH.items():
        op.drop_index(name, table_name="activity")
        op.create_index(name, "activity", [*order, *SHOWN, *besides])


def downgrade() -> None:
    for name, (order, _) in WITH.items():
        op.drop_index(name, table_name="activity")
        op.create_index(name, "activity", order)
