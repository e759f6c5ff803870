"""The phases of activities are counted in one index; what is over or waits for an answer is found at once, and so are a
unit's sign-ups (for its history). The roster of a place is read in its order along one index."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

PHASE = "ix_activity_status"
BEFORE = ["status", "starts_at", "id"]
COUNTED = [*BEFORE, "ends_at", "signup_closes_at", "taken", "capacity"]
MORE = {"ix_activity_ends": ["status", "ends_at"], "ix_activity_asking": ["status", "asking"]}
ROSTERS = ["district_code", "subdistrict_code", "community_code", "home_community_code", "unit_id"]


def upgrade() -> None:
    _replace(COUNTED)
    _rosters("id", "status")
    for name, columns in MORE.items():
        op.create_index(name, "activity", columns)
    op.create_index("ix_sign_up_unit_id", "sign_up", ["unit_id"])


def downgrade() -> None:
    op.drop_index("ix_sign_up_unit_id", table_name="sign_up")
    for name in MORE:
        op.drop_index(name, table_name="activity")
    _replace(BEFORE)
    _rosters("status", "id")


def _replace(columns: list[str]) -> None:
    op.drop_index(PHASE, table_name="activity")
    op.create_index(PHASE, "activity", columns)


def _rosters(*rest: str) -> None:
    for name in ROSTERS:
        op.drop_index(f"ix_volunteer_{name}", table_name="volunteer")
        op.create_index(f"ix_volunteer_{name}", "volunteer", [name, *rest])
