"""待办 asks of each activity that is over whether its feedback is published: found by the activity, not by the state."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NAME = "ix_feedback_activity_status"


def upgrade() -> None:
    op.create_index(NAME, "feedback", ["activity_id", "status"])


def downgrade() -> None:
    op.drop_index(NAME, table_name="feedback")
