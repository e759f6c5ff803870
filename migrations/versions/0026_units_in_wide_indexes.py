"""A unit's services are summed up, and its volunteers of a place counted, inside its indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None
LIVE = sa.text("revoked_at IS NULL")
SUMMED = [
    "volunteer_id",
    "minutes",
    "category_id",
    "evidence",
    "revoked_at",
    "district_code",
    "volunteer_district_code",
]
PLACE = ["district_code", "subdistrict_code", "community_code"]


def upgrade() -> None:
    _make(SUMMED, PLACE)


def downgrade() -> None:
    _make([], [])


def _make(summed: list[str], place: list[str]) -> None:
    records, volunteers = "ix_service_record_unit_live", "ix_volunteer_unit_id"
    op.drop_index(records, table_name="service_record")
    op.create_index(
        records, "service_record", ["unit_id", "day", "id", *summed], sqlite_where=LIVE, postgresql_where=LIVE
    )
    op.drop_index(volunteers, table_name="volunteer")
    op.create_index(volunteers, "volunteer", ["unit_id", "id", "status", *place])
