"""The whole guide: reports, teams, bases, professionals, stars, notices, invitations, what units keep."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

REBUILT = {"sqlite_autoincrement": True}  # SQLite rebuilds the table, and reflection does not see this


RECORD_LISTS = {  # lists of live service records, newest first: index → what it begins with
    "ix_service_record_all_live": [],
    "ix_service_record_district_live": ["district_code"],
    "ix_service_record_subdistrict_live": ["subdistrict_code"],
    "ix_service_record_community_live": ["community_code"],
    "ix_service_record_volunteer_district_live": ["volunteer_district_code"],
    "ix_service_record_volunteer_subdistrict_live": ["volunteer_subdistrict_code"],
    "ix_service_record_volunteer_community_live": ["volunteer_community_code"],
    "ix_service_record_unit_live": ["unit_id"],
}


def upgrade() -> None:
    op.create_table(
        "professional_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "status", sa.Enum("shown", "closed", name="groupstatus", native_enum=False, length=32), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_professional_group")),
        sa.UniqueConstraint("name", name=op.f("uq_professional_group_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "headcount",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("number >= 0", name=op.f("ck_headcount_number")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["user.id"], name=op.f("fk_headcount_entered_by_id_user")),
        sa.ForeignKeyConstraint(["unit_id"], ["work_unit.id"], name=op.f("fk_headcount_unit_id_work_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_headcount")),
        sa.UniqueConstraint("unit_id", "day", name=op.f("uq_headcount_unit_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("services", sa.Integer(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column(
            "status",
            sa.Enum("checked", "failed", "done", name="importstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("errors", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("carried", sa.Integer(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_import_created_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_created_by_id"), ["created_by_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_import_digest"), ["digest"], unique=False)
        batch_op.create_index(batch_op.f("ix_import_district_code"), ["district_code", "id"], unique=False)

    op.create_table(
        "muted",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_muted_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_muted")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("visible_at", sa.DateTime(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("draft", "published", "withdrawn", name="noticestatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_notice_created_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_status"), ["status", "visible_at", "id"], unique=False)

    op.create_table(
        "region_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_region_name_region_code_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("region_name", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_region_name_region_code"), ["region_code"], unique=False)

    op.create_table(
        "service_base",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=100), nullable=False),
        sa.Column("opening_hours", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=100), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.Enum("open", "closed", name="basestatus", native_enum=False, length=32), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("subdistrict_code", sa.String(length=9), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_service_base_category_id_category")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_base")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("service_base", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_service_base_community_code"), ["community_code", "status", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_service_base_district_code"), ["district_code", "status", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_service_base_status"), ["status", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_service_base_subdistrict_code"), ["subdistrict_code", "status", "id"], unique=False
        )

    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("phone_hash", sa.String(length=64), nullable=True),
        sa.Column("phone_tail", sa.String(length=4), nullable=False),
        sa.Column("id_card", sa.Text(), nullable=True),
        sa.Column("id_card_hash", sa.String(length=64), nullable=True),
        sa.Column("id_card_tail", sa.String(length=4), nullable=False),
        sa.Column("gender", sa.Enum("female", "male", name="gender", native_enum=False, length=32), nullable=True),
        sa.Column(
            "political",
            sa.Enum(
                "party",
                "probationary",
                "league",
                "democratic",
                "masses",
                name="political",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "employment",
            sa.Enum("employed", "retired", "student", "other", name="employment", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("unit_other", sa.String(length=80), nullable=False),
        sa.Column("services", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("open", "accepted", "declined", "withdrawn", name="invitationstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("subdistrict_code", sa.String(length=9), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["user.id"], name=op.f("fk_invitation_accepted_by_id_user")),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_invitation_import_id_import")),
        sa.ForeignKeyConstraint(["unit_id"], ["work_unit.id"], name=op.f("fk_invitation_unit_id_work_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invitation_community_code"), ["community_code", "status", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_invitation_district_code"), ["district_code", "status", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_invitation_id_card_hash"), ["id_card_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_import_id"), ["import_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_phone_hash"), ["phone_hash"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_invitation_subdistrict_code"), ["subdistrict_code", "status", "id"], unique=False
        )

    op.create_table(
        "professional",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("speciality", sa.String(length=60), nullable=False),
        sa.Column("organisation", sa.String(length=60), nullable=False),
        sa.Column("checked", sa.String(length=200), nullable=False),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(), nullable=True),
        sa.Column(
            "status",
            sa.Enum("asked", "shown", "declined", "removed", name="professionalstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["checked_by_id"], ["user.id"], name=op.f("fk_professional_checked_by_id_user")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["professional_group.id"], name=op.f("fk_professional_group_id_professional_group")
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_professional_volunteer_id_volunteer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_professional")),
        sa.UniqueConstraint("group_id", "volunteer_id", name=op.f("uq_professional_group_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("professional", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_professional_group_id"), ["group_id", "status", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_professional_volunteer_id"), ["volunteer_id"], unique=False)

    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=100), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("leader_id", sa.Integer(), nullable=True),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column(
            "status", sa.Enum("active", "closed", name="teamstatus", native_enum=False, length=32), nullable=False
        ),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("subdistrict_code", sa.String(length=9), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_team_category_id_category")),
        sa.ForeignKeyConstraint(["leader_id"], ["volunteer.id"], name=op.f("fk_team_leader_id_volunteer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_community_code"), ["community_code", "status", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_team_district_code"), ["district_code", "status", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_team_status"), ["status", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_team_subdistrict_code"), ["subdistrict_code", "status", "id"], unique=False
        )

    op.create_table(
        "unit_dispute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_district_code", sa.String(length=6), nullable=False),
        sa.Column("volunteer_subdistrict_code", sa.String(length=9), nullable=False),
        sa.Column("volunteer_community_code", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column(
            "status",
            sa.Enum("open", "upheld", "rejected", "withdrawn", name="disputestatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["raised_by_id"], ["user.id"], name=op.f("fk_unit_dispute_raised_by_id_user")),
        sa.ForeignKeyConstraint(["unit_id"], ["work_unit.id"], name=op.f("fk_unit_dispute_unit_id_work_unit")),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_unit_dispute_volunteer_id_volunteer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_dispute")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("unit_dispute", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_dispute_unit_id"), ["unit_id", "status", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_unit_dispute_volunteer_community_code"),
            ["volunteer_community_code", "status", "id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_unit_dispute_open",
            ["volunteer_id", "unit_id"],
            unique=True,
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        )

    op.create_table(
        "earlier_service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_earlier_service_category_id_category")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_earlier_service_invitation_id_invitation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_service")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("earlier_service", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_earlier_service_invitation_id"), ["invitation_id"], unique=False)

    op.create_table(
        "honour",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.Enum("team", "person", name="honourkind", native_enum=False, length=32), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("volunteer_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("services", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("activities", sa.Integer(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "candidate", "announced", "published", "revoked", name="honourstatus", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(), nullable=True),
        sa.Column("declined_at", sa.DateTime(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("subdistrict_code", sa.String(length=9), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(team_id IS NULL) <> (volunteer_id IS NULL)", name=op.f("ck_honour_one")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user.id"], name=op.f("fk_honour_proposed_by_id_user")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_honour_team_id_team")),
        sa.ForeignKeyConstraint(["volunteer_id"], ["volunteer.id"], name=op.f("fk_honour_volunteer_id_volunteer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_honour")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("honour", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_honour_quarter"), ["quarter", "kind", "status"], unique=False)
        batch_op.create_index(
            "uq_honour_team",
            ["quarter", "team_id"],
            unique=True,
            sqlite_where=sa.text("status <> 'revoked' AND team_id IS NOT NULL"),
            postgresql_where=sa.text("status <> 'revoked' AND team_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_honour_volunteer",
            ["quarter", "volunteer_id"],
            unique=True,
            sqlite_where=sa.text("status <> 'revoked' AND volunteer_id IS NOT NULL"),
            postgresql_where=sa.text("status <> 'revoked' AND volunteer_id IS NOT NULL"),
        )

    op.create_table(
        "team_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("asking", "member", "declined", "left", name="memberstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("joined_at", sa.DateTime(), nullable=True),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_member_team_id_team")),
        sa.ForeignKeyConstraint(["volunteer_id"], ["volunteer.id"], name=op.f("fk_team_member_volunteer_id_volunteer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_member")),
        sa.UniqueConstraint("team_id", "volunteer_id", name=op.f("uq_team_member_team_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_member_team_id"), ["team_id", "status", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_team_member_volunteer_id"), ["volunteer_id", "status"], unique=False)

    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("reflection", "plan", "account", name="reportkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("own_title", sa.String(length=60), nullable=True),
        sa.Column("own_body", sa.Text(), nullable=True),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("planned_id", sa.Integer(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "pending",
                "published",
                "returned",
                "unused",
                "withdrawn",
                name="reportstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("pinned_at", sa.DateTime(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("subdistrict_code", sa.String(length=9), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_report_activity_id_activity")),
        sa.ForeignKeyConstraint(["planned_id"], ["activity.id"], name=op.f("fk_report_planned_id_activity")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_report_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_report_community_code"), ["community_code", "status", "submitted_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_report_district_code"), ["district_code", "status", "submitted_at", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_report_status"), ["status", "published_at", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_report_subdistrict_code"), ["subdistrict_code", "status", "submitted_at", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_report_user_id"), ["user_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_planned_id"), ["planned_id"], unique=False)
        batch_op.create_index(
            "ix_report_pinned",
            ["pinned_at"],
            unique=False,
            sqlite_where=sa.text("pinned_at IS NOT NULL"),
            postgresql_where=sa.text("pinned_at IS NOT NULL"),
        )

    with op.batch_alter_table("activity", table_kwargs=REBUILT) as batch_op:
        batch_op.add_column(sa.Column("team_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("base_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_activity_base_id"), ["base_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_activity_team_id"), ["team_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_activity_base_id_service_base"), "service_base", ["base_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_activity_team_id_team"), "team", ["team_id"], ["id"])

    with op.batch_alter_table("sign_up", table_kwargs=REBUILT) as batch_op:
        batch_op.add_column(sa.Column("reminded_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("called_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("called_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_sign_up_called_by_id_user"), "user", ["called_by_id"], ["id"])

    live = sa.text("revoked_at IS NULL")
    for name, columns in RECORD_LISTS.items():
        op.create_index(
            name, "service_record", [*columns, "day", "id"], unique=False, sqlite_where=live, postgresql_where=live
        )


def downgrade() -> None:
    for name in RECORD_LISTS:
        op.drop_index(name, table_name="service_record")

    with op.batch_alter_table("sign_up", table_kwargs=REBUILT) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_sign_up_called_by_id_user"), type_="foreignkey")
        batch_op.drop_column("called_by_id")
        batch_op.drop_column("called_at")
        batch_op.drop_column("reminded_at")

    with op.batch_alter_table("activity", table_kwargs=REBUILT) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_activity_team_id_team"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_activity_base_id_service_base"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_activity_team_id"))
        batch_op.drop_index(batch_op.f("ix_activity_base_id"))
        batch_op.drop_column("base_id")
        batch_op.drop_column("team_id")

    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_report_pinned",
            sqlite_where=sa.text("pinned_at IS NOT NULL"),
            postgresql_where=sa.text("pinned_at IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_report_planned_id"))
        batch_op.drop_index(batch_op.f("ix_report_user_id"))
        batch_op.drop_index(batch_op.f("ix_report_subdistrict_code"))
        batch_op.drop_index(batch_op.f("ix_report_status"))
        batch_op.drop_index(batch_op.f("ix_report_district_code"))
        batch_op.drop_index(batch_op.f("ix_report_community_code"))

    op.drop_table("report")
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_member_volunteer_id"))
        batch_op.drop_index(batch_op.f("ix_team_member_team_id"))

    op.drop_table("team_member")
    with op.batch_alter_table("honour", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_honour_volunteer",
            sqlite_where=sa.text("status <> 'revoked' AND volunteer_id IS NOT NULL"),
            postgresql_where=sa.text("status <> 'revoked' AND volunteer_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_honour_team",
            sqlite_where=sa.text("status <> 'revoked' AND team_id IS NOT NULL"),
            postgresql_where=sa.text("status <> 'revoked' AND team_id IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_honour_quarter"))

    op.drop_table("honour")
    with op.batch_alter_table("earlier_service", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_earlier_service_invitation_id"))

    op.drop_table("earlier_service")
    with op.batch_alter_table("unit_dispute", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_unit_dispute_open", sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'")
        )
        batch_op.drop_index(batch_op.f("ix_unit_dispute_volunteer_community_code"))
        batch_op.drop_index(batch_op.f("ix_unit_dispute_unit_id"))

    op.drop_table("unit_dispute")
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_subdistrict_code"))
        batch_op.drop_index(batch_op.f("ix_team_status"))
        batch_op.drop_index(batch_op.f("ix_team_district_code"))
        batch_op.drop_index(batch_op.f("ix_team_community_code"))

    op.drop_table("team")
    with op.batch_alter_table("professional", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_professional_volunteer_id"))
        batch_op.drop_index(batch_op.f("ix_professional_group_id"))

    op.drop_table("professional")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_subdistrict_code"))
        batch_op.drop_index(batch_op.f("ix_invitation_phone_hash"))
        batch_op.drop_index(batch_op.f("ix_invitation_import_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_id_card_hash"))
        batch_op.drop_index(batch_op.f("ix_invitation_district_code"))
        batch_op.drop_index(batch_op.f("ix_invitation_community_code"))

    op.drop_table("invitation")
    with op.batch_alter_table("service_base", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_base_subdistrict_code"))
        batch_op.drop_index(batch_op.f("ix_service_base_status"))
        batch_op.drop_index(batch_op.f("ix_service_base_district_code"))
        batch_op.drop_index(batch_op.f("ix_service_base_community_code"))

    op.drop_table("service_base")
    with op.batch_alter_table("region_name", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_region_name_region_code"))

    op.drop_table("region_name")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_status"))

    op.drop_table("notice")
    op.drop_table("muted")
    with op.batch_alter_table("import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_district_code"))
        batch_op.drop_index(batch_op.f("ix_import_digest"))
        batch_op.drop_index(batch_op.f("ix_import_created_by_id"))

    op.drop_table("import")
    op.drop_table("headcount")
    op.drop_table("professional_group")
