"""Which version of the words a person agreed to before being named in public."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("honour", "professional"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("agreed_words", sa.Integer(), nullable=True))
        rows = sa.table(table, sa.column("agreed_words"), sa.column("agreed_at"))
        op.execute(sa.update(rows).where(rows.c.agreed_at.is_not(None)).values(agreed_words=1))


def downgrade() -> None:
    for table in ("professional", "honour"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("agreed_words")
