"""Exports of many rows are made by a process of their own; what they asked for and their files live a day."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "export_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("purpose", sa.String(100), nullable=False),
        sa.Column("format", sa.String(8), nullable=False),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("beat_at", sa.DateTime(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(), nullable=True),
        sa.Column("problem", sa.String(120), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("disclosure_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_export_job_user_id_user"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_export_job_post_id_post"),
        sa.ForeignKeyConstraint(
            ["disclosure_id"], ["disclosure.id"], name="fk_export_job_disclosure_id_disclosure", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_export_job"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_export_job_user_id", "export_job", ["user_id", "id"])
    op.create_table(
        "export_piece",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["export_job.id"], name="fk_export_piece_job_id_export_job"),
        sa.PrimaryKeyConstraint("id", name="pk_export_piece"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_export_piece_job_id", "export_piece", ["job_id"])


def downgrade() -> None:
    op.drop_table("export_piece")
    op.drop_table("export_job")
