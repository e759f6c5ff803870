"""The whole city's services by month: what is folded, and what waits for the clock."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEYS = {
    "category": "category_id",
    "unit": "unit_id",
    "district": "CAST(substr(community_code, 1, 6) AS INTEGER)",
    "volunteer_district": "CAST(substr(volunteer_community_code, 1, 6) AS INTEGER)",
}


def upgrade() -> None:
    op.create_table(
        "city_sum",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("services", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "kind", "key", name=op.f("pk_city_sum")),
    )
    op.create_table(
        "city_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("category", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Integer(), nullable=False),
        sa.Column("district", sa.Integer(), nullable=False),
        sa.Column("volunteer_district", sa.Integer(), nullable=False),
        sa.Column("services", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_change")),
        sqlite_autoincrement=True,
    )
    for kind, key in KEYS.items():
        op.execute(
            "INSERT INTO city_sum (month, kind, key, services, minutes) "  # noqa: S608  (our own names)
            f"SELECT month, '{kind}', {key}, sum(services), sum(minutes) FROM service_month GROUP BY month, {key}"
        )


def downgrade() -> None:
    op.drop_table("city_change")
    op.drop_table("city_sum")
