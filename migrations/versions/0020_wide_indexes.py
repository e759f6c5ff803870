"""Services are summed up, and the people of a large place walked along, inside indexes: without looking up their rows."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None
LIVE = sa.text("revoked_at IS NULL")
SUMMED = ["volunteer_id", "minutes", "unit_id", "category_id", "evidence", "revoked_at"]
NARROWED = ["political", "employment", "unit_id", "user_id"]
PLACES = ("", "district", "subdistrict", "volunteer_district", "volunteer_subdistrict")


def upgrade() -> None:
    _make(SUMMED, NARROWED)
    op.create_index("ix_volunteer_employment", "volunteer", ["employment", "political", "id"])


def downgrade() -> None:
    op.drop_index("ix_volunteer_employment", table_name="volunteer")
    _make([], [])


def _make(summed: list[str], narrowed: list[str]) -> None:
    for place in PLACES:
        name = f"ix_service_record_{place or 'all'}_live"
        columns = [*([f"{place}_code"] if place else []), "day", "id", *summed]
        op.drop_index(name, table_name="service_record")
        op.create_index(name, "service_record", columns, sqlite_where=LIVE, postgresql_where=LIVE)
    for place in ("district_code", "subdistrict_code"):
        name = f"ix_volunteer_{place}"
        op.drop_index(name, table_name="volunteer")
        op.create_index(name, "volunteer", [place, "id", "status", *narrowed])
