"""Exports of personal data, and who was in them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.String(length=100), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_disclosure_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "disclosed",
        sa.Column("disclosure_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["disclosure_id"], ["disclosure.id"], name=op.f("fk_disclosed_disclosure_id_disclosure")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_disclosed_user_id_user")),
        sa.PrimaryKeyConstraint("disclosure_id", "user_id", name=op.f("pk_disclosed")),
    )
    op.create_index(op.f("ix_disclosed_user_id"), "disclosed", ["user_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_disclosed_user_id"), "disclosed")
    op.drop_table("disclosed")
    op.drop_table("disclosure")
