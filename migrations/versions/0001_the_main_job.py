"""The main job: people, regions, applications, activities, sign-ups, records, feedback, history."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


CATEGORIES = (
    ("elder", "敬老助残"),
    ("env", "环境保护"),
    ("traffic", "文明交通"),
    ("law", "法律服务"),
    ("med", "医疗健康"),
    ("edu", "助学支教"),
    ("culture", "文化宣传"),
    ("community", "社区服务"),
    ("emergency", "应急救援"),
    ("other", "其他"),
)


def protect_history() -> None:
    """The database itself refuses to change or delete a line of history."""
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER history_no_{event.lower()} BEFORE {event} ON history "
                "BEGIN SELECT RAISE(ABORT, 'history is never changed'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'history is never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER history_no_change BEFORE UPDATE OR DELETE ON history "
        "FOR EACH ROW EXECUTE FUNCTION refuse_history_change()"
    )


def first_categories() -> None:
    """The kinds of activity that the city starts with; it may change them afterwards."""
    table = sa.table(
        "category",
        sa.column("created_at", sa.DateTime()),
        sa.column("slug"),
        sa.column("name"),
        sa.column("position"),
        sa.column("closed", sa.Boolean()),
    )
    now = datetime.now(UTC).replace(tzinfo=None)
    op.bulk_insert(
        table,
        [
            {"created_at": now, "slug": slug, "name": name, "position": position, "closed": False}
            for position, (slug, name) in enumerate(CATEGORIES)
        ],
    )


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_kind"), ["kind", "key", "at"], unique=False)

    op.create_table(
        "category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("name", name=op.f("uq_category_name")),
        sa.UniqueConstraint("slug", name=op.f("uq_category_slug")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "creation_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("location", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_creation_key")),
        sa.UniqueConstraint("key", name=op.f("uq_creation_key_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "figure",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_figure")),
    )
    op.create_table(
        "generation",
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("topic", name=op.f("pk_generation")),
    )
    op.create_table(
        "help_serial",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_help_serial")),
    )
    op.create_table(
        "region",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column(
            "level",
            sa.Enum("city", "district", "subdistrict", "community", name="level", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("initials", sa.String(length=60), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor", sa.String(length=12), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    with op.batch_alter_table("region", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_region_level"), ["level", "code"], unique=False)

    op.create_table(
        "service_month",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=False),
        sa.Column("volunteer_community_code", sa.String(length=12), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column(
            "evidence",
            sa.Enum("onsite", "late", "help", "migrated", name="evidence", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("services", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "month",
            "community_code",
            "volunteer_community_code",
            "unit_id",
            "category_id",
            "evidence",
            name=op.f("pk_service_month"),
        ),
    )
    with op.batch_alter_table("service_month", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_month_month"), ["month", "volunteer_community_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_month_unit_id"), ["unit_id", "month"], unique=False)

    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("gender", sa.Enum("female", "male", name="gender", native_enum=False, length=32), nullable=True),
        sa.Column("consent_at", sa.DateTime(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(), nullable=True),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=32), nullable=False),
        sa.Column("username_key", sa.String(length=32), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("code_hash", sa.String(length=200), nullable=True),
        sa.Column("code_expires_at", sa.DateTime(), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("initials", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("phone_hash", sa.String(length=64), nullable=False),
        sa.Column("phone_tail", sa.String(length=4), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("home_community_code", sa.String(length=12), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("username_key", name=op.f("uq_user_username_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_phone_hash"), ["phone_hash"], unique=False)

    op.create_table(
        "work_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("initials", sa.String(length=60), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["work_unit.id"], name=op.f("fk_work_unit_merged_into_id_work_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_unit")),
        sa.UniqueConstraint("name", name=op.f("uq_work_unit_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "workday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_workday")),
    )
    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "approved",
                "returned",
                "rejected",
                "withdrawn",
                name="applicationstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("id_card_hash", sa.String(length=64), nullable=True),
        sa.Column("skills", sa.String(length=200), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("consent_at", sa.DateTime(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decision_reason", sa.String(length=500), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("home_community_code", sa.String(length=12), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("unit_other", sa.String(length=80), nullable=False),
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
        sa.Column("gender", sa.Enum("female", "male", name="gender", native_enum=False, length=32), nullable=False),
        sa.Column("born_year", sa.Integer(), nullable=False),
        sa.Column("id_card", sa.Text(), nullable=True),
        sa.Column("id_card_tail", sa.String(length=4), nullable=False),
        sa.Column("guardian_name", sa.String(length=40), nullable=False),
        sa.Column("guardian_phone", sa.Text(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("subdistrict_code", sa.String(length=9), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_application_decided_by_id_user")),
        sa.ForeignKeyConstraint(["unit_id"], ["work_unit.id"], name=op.f("fk_application_unit_id_work_unit")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_application_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_application_community_code"),
            ["community_code", "status", "submitted_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_application_district_code"), ["district_code", "status", "submitted_at", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_application_id_card_hash"), ["id_card_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_status"), ["status", "submitted_at", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_application_subdistrict_code"),
            ["subdistrict_code", "status", "submitted_at", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_application_user_id"), ["user_id", "id"], unique=False)

    op.create_table(
        "help_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "returned",
                "accepted",
                "arranged",
                "serving",
                "done",
                "closed",
                "refused",
                "merged",
                "withdrawn",
                "lapsed",
                name="helpstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("phone_hash", sa.String(length=64), nullable=True),
        sa.Column("phone_tail", sa.String(length=4), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("wanted_on", sa.Date(), nullable=True),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("consent_at", sa.DateTime(), nullable=False),
        sa.Column("filed_by_id", sa.Integer(), nullable=True),
        sa.Column("running_since", sa.DateTime(), nullable=False),
        sa.Column("accept_due", sa.DateTime(), nullable=False),
        sa.Column("arrange_due", sa.DateTime(), nullable=False),
        sa.Column("close_due", sa.DateTime(), nullable=False),
        sa.Column("lapses_at", sa.DateTime(), nullable=True),
        sa.Column("offers_end_at", sa.DateTime(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(), nullable=True),
        sa.Column("transfers", sa.Integer(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("private_reason", sa.String(length=500), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("rating", sa.Enum("good", "fair", "bad", name="rating", native_enum=False, length=32), nullable=True),
        sa.Column("rated_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("subdistrict_code", sa.String(length=9), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_help_request_category_id_category")),
        sa.ForeignKeyConstraint(["filed_by_id"], ["user.id"], name=op.f("fk_help_request_filed_by_id_user")),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["help_request.id"], name=op.f("fk_help_request_merged_into_id_help_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_request")),
        sa.UniqueConstraint("number", name=op.f("uq_help_request_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("help_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_help_request_community_code"), ["community_code", "status", "created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_help_request_district_code"), ["district_code", "status", "created_at", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_help_request_lapses_at"), ["lapses_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_help_request_offers_end_at"), ["offers_end_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_help_request_phone_hash"), ["phone_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_help_request_phone_tail"), ["phone_tail"], unique=False)
        batch_op.create_index(batch_op.f("ix_help_request_status"), ["status", "created_at", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_help_request_subdistrict_code"),
            ["subdistrict_code", "status", "created_at", "id"],
            unique=False,
        )

    op.create_table(
        "history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("noun", sa.String(length=40), nullable=False),
        sa.Column("noun_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("from_state", sa.String(length=32), nullable=False),
        sa.Column("to_state", sa.String(length=32), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_role", sa.String(length=20), nullable=False),
        sa.Column("actor_place", sa.String(length=20), nullable=False),
        sa.Column("reason_digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_history_actor_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_history_noun"), ["noun", "noun_id", "id"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("about", sa.String(length=60), nullable=False),
        sa.Column("visible_at", sa.DateTime(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_message_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_user_id"), ["user_id", "visible_at", "id"], unique=False)

    op.create_table(
        "picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("noun", sa.String(length=40), nullable=False),
        sa.Column("noun_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=120), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("thumb_width", sa.Integer(), nullable=False),
        sa.Column("thumb_height", sa.Integer(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["user.id"], name=op.f("fk_picture_uploaded_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
        sa.UniqueConstraint("name", name=op.f("uq_picture_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("picture", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_picture_noun"), ["noun", "noun_id", "position"], unique=False)

    op.create_table(
        "post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("city", "district", "subdistrict", "community", "unit", name="role", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("region_code", sa.String(length=12), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["granted_by_id"], ["user.id"], name=op.f("fk_post_granted_by_id_user")),
        sa.ForeignKeyConstraint(["unit_id"], ["work_unit.id"], name=op.f("fk_post_unit_id_work_unit")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_post_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_region_code"), ["region_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_post_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_post_user_id"), ["user_id"], unique=False)

    op.create_table(
        "volunteer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("serving", "paused", "left", name="volunteerstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("id_card_hash", sa.String(length=64), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("services", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("last_served_on", sa.Date(), nullable=True),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.Column("home_community_code", sa.String(length=12), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("unit_other", sa.String(length=80), nullable=False),
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
        sa.Column("gender", sa.Enum("female", "male", name="gender", native_enum=False, length=32), nullable=False),
        sa.Column("born_year", sa.Integer(), nullable=False),
        sa.Column("id_card", sa.Text(), nullable=True),
        sa.Column("id_card_tail", sa.String(length=4), nullable=False),
        sa.Column("guardian_name", sa.String(length=40), nullable=False),
        sa.Column("guardian_phone", sa.Text(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("subdistrict_code", sa.String(length=9), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["work_unit.id"], name=op.f("fk_volunteer_unit_id_work_unit")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_volunteer_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer")),
        sa.UniqueConstraint("id_card_hash", name=op.f("uq_volunteer_id_card_hash")),
        sa.UniqueConstraint("user_id", name=op.f("uq_volunteer_user_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("volunteer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_volunteer_community_code"), ["community_code", "status", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_volunteer_district_code"), ["district_code", "status", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_volunteer_home_community_code"), ["home_community_code", "status", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_volunteer_status"), ["status", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_volunteer_subdistrict_code"), ["subdistrict_code", "status", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_volunteer_unit_id"), ["unit_id", "status", "id"], unique=False)

    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("signup_closes_at", sa.DateTime(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("risks", sa.Text(), nullable=False),
        sa.Column("safeguards", sa.Text(), nullable=False),
        sa.Column("cover_id", sa.Integer(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "draft", "published", "completed", "cancelled", name="activitystatus", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("completed_at", sa.DateTime(), nullable=True),
        sa.Column("cancel_reason", sa.String(length=500), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("asking", sa.Integer(), nullable=False),
        sa.Column("attended", sa.Integer(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("queue_closed_at", sa.DateTime(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("subdistrict_code", sa.String(length=9), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_activity_times")),
        sa.CheckConstraint("taken >= 0 AND taken <= capacity", name=op.f("ck_activity_seats")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_activity_category_id_category")),
        sa.ForeignKeyConstraint(["cover_id"], ["picture.id"], name=op.f("fk_activity_cover_id_picture")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_activity_created_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_activity_category_id"), ["category_id", "status", "starts_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_activity_community_code"), ["community_code", "status", "starts_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_activity_district_code"), ["district_code", "status", "starts_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_activity_queue_open",
            ["starts_at"],
            unique=False,
            sqlite_where=sa.text("queue_closed_at IS NULL"),
            postgresql_where=sa.text("queue_closed_at IS NULL"),
        )
        batch_op.create_index("ix_activity_category_time", ["category_id", "starts_at", "id"], unique=False)
        batch_op.create_index("ix_activity_community_time", ["community_code", "starts_at", "id"], unique=False)
        batch_op.create_index("ix_activity_district_time", ["district_code", "starts_at", "id"], unique=False)
        batch_op.create_index("ix_activity_subdistrict_time", ["subdistrict_code", "starts_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_activity_starts_at"), ["starts_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_activity_status"), ["status", "starts_at", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_activity_subdistrict_code"), ["subdistrict_code", "status", "starts_at", "id"], unique=False
        )

    op.create_table(
        "contact_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["help_request.id"], name=op.f("fk_contact_view_request_id_help_request")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_contact_view_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_view")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("contact_view", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_view_request_id"), ["request_id"], unique=False)

    op.create_table(
        "history_note",
        sa.Column("history_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["history_id"], ["history.id"], name=op.f("fk_history_note_history_id_history")),
        sa.PrimaryKeyConstraint("history_id", name=op.f("pk_history_note")),
    )
    op.create_table(
        "public_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=False),
        sa.Column("rating", sa.Enum("good", "fair", "bad", name="rating", native_enum=False, length=32), nullable=True),
        sa.Column("hidden_at", sa.DateTime(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("subdistrict_code", sa.String(length=9), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_public_case_category_id_category")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["help_request.id"], name=op.f("fk_public_case_request_id_help_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_case")),
        sa.UniqueConstraint("request_id", name=op.f("uq_public_case_request_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("public_case", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_public_case_community_code"), ["community_code", "closed_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_public_case_district_code"), ["district_code", "closed_at", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_public_case_hidden_at"), ["hidden_at", "closed_at", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_public_case_subdistrict_code"), ["subdistrict_code", "closed_at", "id"], unique=False
        )

    op.create_table(
        "sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_sign_in_post_id_post")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_sign_in_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token", name=op.f("uq_sign_in_token")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_user_id"), ["user_id"], unique=False)

    op.create_table(
        "volunteer_skill",
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column(
            "skill",
            sa.Enum(
                "law",
                "medicine",
                "psychology",
                "teaching",
                "hairdressing",
                "repair",
                "computer",
                "arts",
                "calligraphy",
                "photography",
                "driving",
                "languages",
                "sign_language",
                "emergency",
                "mediation",
                "other",
                name="skill",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_volunteer_skill_volunteer_id_volunteer")
        ),
        sa.PrimaryKeyConstraint("volunteer_id", "skill", name=op.f("pk_volunteer_skill")),
    )
    with op.batch_alter_table("volunteer_skill", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_volunteer_skill_skill"), ["skill", "volunteer_id"], unique=False)

    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("draft", "published", "withdrawn", name="feedbackstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("subdistrict_code", sa.String(length=9), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_feedback_activity_id_activity")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_feedback_created_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_feedback_community_code"), ["community_code", "status", "published_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_feedback_district_code"), ["district_code", "status", "published_at", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_feedback_status"), ["status", "published_at", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_feedback_subdistrict_code"),
            ["subdistrict_code", "status", "published_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_feedback_current",
            ["activity_id"],
            unique=True,
            sqlite_where=sa.text("status <> 'withdrawn'"),
            postgresql_where=sa.text("status <> 'withdrawn'"),
        )

    op.create_table(
        "service_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_district_code", sa.String(length=6), nullable=False),
        sa.Column("volunteer_subdistrict_code", sa.String(length=9), nullable=False),
        sa.Column("volunteer_community_code", sa.String(length=12), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column(
            "evidence",
            sa.Enum("onsite", "late", "help", "migrated", name="evidence", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("subdistrict_code", sa.String(length=9), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=False),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_service_record_minutes")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_service_record_activity_id_activity")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_service_record_category_id_category")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["user.id"], name=op.f("fk_service_record_confirmed_by_id_user")),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["user.id"], name=op.f("fk_service_record_revoked_by_id_user")),
        sa.ForeignKeyConstraint(["unit_id"], ["work_unit.id"], name=op.f("fk_service_record_unit_id_work_unit")),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_service_record_volunteer_id_volunteer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_record")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("service_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_record_month"), ["month", "community_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_record_volunteer_id"), ["volunteer_id", "day", "id"], unique=False)
        batch_op.create_index(
            "uq_service_record_live",
            ["activity_id", "volunteer_id"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "sign_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "asking",
                "waiting",
                "admitted",
                "declined",
                "cancelled",
                name="signupstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("volunteer_district_code", sa.String(length=6), nullable=False),
        sa.Column("volunteer_subdistrict_code", sa.String(length=9), nullable=False),
        sa.Column("volunteer_community_code", sa.String(length=12), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("decline_reason", sa.String(length=500), nullable=False),
        sa.Column("walk_in", sa.Boolean(), nullable=False),
        sa.Column(
            "attendance",
            sa.Enum("unknown", "present", "absent", "excused", name="attendance", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("ticked_at", sa.DateTime(), nullable=True),
        sa.Column("ticked_by_id", sa.Integer(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("subdistrict_code", sa.String(length=9), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_sign_up_activity_id_activity")),
        sa.ForeignKeyConstraint(["ticked_by_id"], ["user.id"], name=op.f("fk_sign_up_ticked_by_id_user")),
        sa.ForeignKeyConstraint(["unit_id"], ["work_unit.id"], name=op.f("fk_sign_up_unit_id_work_unit")),
        sa.ForeignKeyConstraint(["volunteer_id"], ["volunteer.id"], name=op.f("fk_sign_up_volunteer_id_volunteer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_up")),
        sa.UniqueConstraint("activity_id", "volunteer_id", name=op.f("uq_sign_up_activity_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sign_up", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_up_activity_id"), ["activity_id", "status", "turn"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_up_volunteer_id"), ["volunteer_id", "activity_id"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "offered",
                "accepted",
                "declined",
                "expired",
                "done",
                "gave-up",
                name="assignmentstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("offered_at", sa.DateTime(), nullable=False),
        sa.Column("offered_by_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("volunteer_community_code", sa.String(length=12), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["offered_by_id"], ["user.id"], name=op.f("fk_assignment_offered_by_id_user")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["service_record.id"], name=op.f("fk_assignment_record_id_service_record")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["help_request.id"], name=op.f("fk_assignment_request_id_help_request")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["work_unit.id"], name=op.f("fk_assignment_unit_id_work_unit")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_assignment_user_id_user")),
        sa.ForeignKeyConstraint(["volunteer_id"], ["volunteer.id"], name=op.f("fk_assignment_volunteer_id_volunteer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_request_id"), ["request_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_status"), ["status", "expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_user_id"), ["user_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_volunteer_id"), ["volunteer_id", "offered_at"], unique=False)
        batch_op.create_index(
            "uq_assignment_live",
            ["request_id", "volunteer_id"],
            unique=True,
            sqlite_where=sa.text("status IN ('offered', 'accepted')"),
            postgresql_where=sa.text("status IN ('offered', 'accepted')"),
        )
    protect_history()
    first_categories()


def downgrade() -> None:
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_assignment_live",
            sqlite_where=sa.text("status IN ('offered', 'accepted')"),
            postgresql_where=sa.text("status IN ('offered', 'accepted')"),
        )
        batch_op.drop_index(batch_op.f("ix_assignment_volunteer_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_user_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_status"))
        batch_op.drop_index(batch_op.f("ix_assignment_request_id"))

    op.drop_table("assignment")
    with op.batch_alter_table("sign_up", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_up_volunteer_id"))
        batch_op.drop_index(batch_op.f("ix_sign_up_activity_id"))

    op.drop_table("sign_up")
    with op.batch_alter_table("service_record", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_service_record_live",
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_service_record_volunteer_id"))
        batch_op.drop_index(batch_op.f("ix_service_record_month"))

    op.drop_table("service_record")
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_feedback_current",
            sqlite_where=sa.text("status <> 'withdrawn'"),
            postgresql_where=sa.text("status <> 'withdrawn'"),
        )
        batch_op.drop_index(batch_op.f("ix_feedback_subdistrict_code"))
        batch_op.drop_index(batch_op.f("ix_feedback_status"))
        batch_op.drop_index(batch_op.f("ix_feedback_district_code"))
        batch_op.drop_index(batch_op.f("ix_feedback_community_code"))

    op.drop_table("feedback")
    with op.batch_alter_table("volunteer_skill", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_skill_skill"))

    op.drop_table("volunteer_skill")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_user_id"))

    op.drop_table("sign_in")
    with op.batch_alter_table("public_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_public_case_subdistrict_code"))
        batch_op.drop_index(batch_op.f("ix_public_case_hidden_at"))
        batch_op.drop_index(batch_op.f("ix_public_case_district_code"))
        batch_op.drop_index(batch_op.f("ix_public_case_community_code"))

    op.drop_table("public_case")
    op.drop_table("history_note")
    with op.batch_alter_table("contact_view", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_view_request_id"))

    op.drop_table("contact_view")
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activity_subdistrict_code"))
        batch_op.drop_index(batch_op.f("ix_activity_status"))
        batch_op.drop_index("ix_activity_subdistrict_time")
        batch_op.drop_index("ix_activity_district_time")
        batch_op.drop_index("ix_activity_community_time")
        batch_op.drop_index("ix_activity_category_time")
        batch_op.drop_index(batch_op.f("ix_activity_starts_at"))
        batch_op.drop_index(
            "ix_activity_queue_open",
            sqlite_where=sa.text("queue_closed_at IS NULL"),
            postgresql_where=sa.text("queue_closed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_activity_district_code"))
        batch_op.drop_index(batch_op.f("ix_activity_community_code"))
        batch_op.drop_index(batch_op.f("ix_activity_category_id"))

    op.drop_table("activity")
    with op.batch_alter_table("volunteer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_unit_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_subdistrict_code"))
        batch_op.drop_index(batch_op.f("ix_volunteer_status"))
        batch_op.drop_index(batch_op.f("ix_volunteer_home_community_code"))
        batch_op.drop_index(batch_op.f("ix_volunteer_district_code"))
        batch_op.drop_index(batch_op.f("ix_volunteer_community_code"))

    op.drop_table("volunteer")
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_user_id"))
        batch_op.drop_index(batch_op.f("ix_post_unit_id"))
        batch_op.drop_index(batch_op.f("ix_post_region_code"))

    op.drop_table("post")
    with op.batch_alter_table("picture", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_picture_noun"))

    op.drop_table("picture")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_user_id"))

    op.drop_table("message")
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_history_noun"))

    op.drop_table("history")
    with op.batch_alter_table("help_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_help_request_subdistrict_code"))
        batch_op.drop_index(batch_op.f("ix_help_request_status"))
        batch_op.drop_index(batch_op.f("ix_help_request_phone_tail"))
        batch_op.drop_index(batch_op.f("ix_help_request_phone_hash"))
        batch_op.drop_index(batch_op.f("ix_help_request_offers_end_at"))
        batch_op.drop_index(batch_op.f("ix_help_request_lapses_at"))
        batch_op.drop_index(batch_op.f("ix_help_request_district_code"))
        batch_op.drop_index(batch_op.f("ix_help_request_community_code"))

    op.drop_table("help_request")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_user_id"))
        batch_op.drop_index(batch_op.f("ix_application_subdistrict_code"))
        batch_op.drop_index(batch_op.f("ix_application_status"))
        batch_op.drop_index(batch_op.f("ix_application_id_card_hash"))
        batch_op.drop_index(batch_op.f("ix_application_district_code"))
        batch_op.drop_index(batch_op.f("ix_application_community_code"))

    op.drop_table("application")
    op.drop_table("workday")
    op.drop_table("work_unit")
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_phone_hash"))

    op.drop_table("user")
    with op.batch_alter_table("service_month", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_month_unit_id"))
        batch_op.drop_index(batch_op.f("ix_service_month_month"))

    op.drop_table("service_month")
    with op.batch_alter_table("region", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_region_level"))

    op.drop_table("region")
    op.drop_table("help_serial")
    op.drop_table("generation")
    op.drop_table("figure")
    op.drop_table("creation_key")
    op.drop_table("category")
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_kind"))

    op.drop_table("attempt")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_history_change")
