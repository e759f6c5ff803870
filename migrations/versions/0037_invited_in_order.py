"""Who was brought in is listed in the order of a place, whatever became of them: with the state before the id all of a district were sorted."""

from alembic import op

revision = "0037"
down_revision = "0035"
branch_labels = None
depends_on = None

PLACES = "district_code", "subdistrict_code", "community_code"


def upgrade() -> None:
    _make("id", "status")


def downgrade() -> None:
    _make("status", "id")


def _make(*columns: str) -> None:
    for place in PLACES:
        op.drop_index(f"ix_invitation_{place}", table_name="invitation")
        op.create_index(f"ix_invitation_{place}", "invitation", [place, *columns])
