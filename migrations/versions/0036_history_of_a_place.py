"""Which lines of history belong to a place or a unit stands beside them, in the order of the lines (ADR 0029).

A line names its thing, and where that lies says the thing's own row: a page of a district's history looked up the thing of
every line of the city, one of a community gathered the lines of all its things. Triggers keep this table, whoever writes.
"""

from collections.abc import Iterator

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

KEPT = "history_place"
OFTEN = "'attendance', 'join'"
CODES = "district_code", "subdistrict_code", "community_code"
TABLE = f"""
CREATE TABLE {KEPT} (
  place varchar(20) NOT NULL, line_id integer NOT NULL, noun varchar(40) NOT NULL, action varchar(40) NOT NULL,
  PRIMARY KEY (place, line_id)
)"""
INDEXES = (
    f"CREATE INDEX {KEPT}_deed ON {KEPT} (place, action, line_id) WHERE action NOT IN ({OFTEN})",
    f"CREATE INDEX {KEPT}_kind ON {KEPT} (place, noun, line_id) WHERE noun <> 'sign_up'",
)


def own(row: str, prefix: str = "") -> tuple[str, ...]:
    return tuple(f"{row}.{prefix}{one}" for one in CODES)


UNIT = "'unit:' || one.unit_id"
NONE = "NULL"
# who reads of a post is above it: a community's lies in a subdistrict and a district, a unit's in the unit's district
ABOVE = (
    "coalesce(CASE WHEN length(one.region_code) > 6 THEN substr(one.region_code, 1, 6) END, up.district_code)",
    "CASE WHEN length(one.region_code) > 9 THEN substr(one.region_code, 1, 9) END",
    NONE,
)
# kind of thing: the rows that say where one is (`one`, its place by `up`), its number there, its district, subdistrict, community and unit
THINGS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    **{
        table: (f"{table} AS one", "one.id", (*own("one"), NONE))
        for table in ("activity", "feedback", "application", "help_request", "report", "team", "service_base", "invitation", "honour")
    },
    "volunteer": ("volunteer AS one", "one.id", (*own("one"), UNIT)),
    "user": ("volunteer AS one", "one.user_id", (*own("one"), NONE)),
    "professional": ("professional AS one JOIN volunteer AS up ON up.id = one.volunteer_id", "one.id", (*own("up"), NONE)),
    "sign_up": ("sign_up AS one JOIN activity AS up ON up.id = one.activity_id", "one.id", (*own("up"), UNIT)),
    "assignment": ("assignment AS one JOIN help_request AS up ON up.id = one.request_id", "one.id", (*own("up"), NONE)),
    "team_member": ("team_member AS one JOIN team AS up ON up.id = one.team_id", "one.id", (*own("up"), NONE)),
    "unit_dispute": ("unit_dispute AS one", "one.id", (*own("one", "volunteer_"), UNIT)),
    "post": ("post AS one LEFT JOIN work_unit AS up ON up.id = one.unit_id", "one.id", (*ABOVE, UNIT)),
    "work_unit": ("work_unit AS one", "one.id", (NONE, NONE, NONE, "'unit:' || one.id")),
}  # fmt: skip
# table: columns that move things, and the things that move with a row of it
ITSELF = "one.id = {row}.id"
MOVERS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "activity": (CODES, {"activity": ITSELF, "sign_up": "one.activity_id = {row}.id"}),
    "sign_up": (("activity_id", "unit_id"), {"sign_up": ITSELF}),
    "volunteer": (
        (*CODES, "unit_id", "user_id"),
        {"volunteer": ITSELF, "user": ITSELF, "professional": "one.volunteer_id = {row}.id"},
    ),
    "help_request": (CODES, {"help_request": ITSELF, "assignment": "one.request_id = {row}.id"}),
    "team": (CODES, {"team": ITSELF, "team_member": "one.team_id = {row}.id"}),
    "unit_dispute": ((*(f"volunteer_{one}" for one in CODES), "unit_id"), {"unit_dispute": ITSELF}),
    "post": (("region_code", "unit_id"), {"post": ITSELF}),
    "work_unit": (("district_code",), {"post": "one.unit_id = {row}.id"}),
    **{
        table: (CODES, {table: ITSELF})
        for table in ("feedback", "application", "report", "service_base", "invitation", "honour")
    },
}
# A volunteer's account, and what stands on it, had lines before there was a volunteer
JOINS = {"user": ITSELF}
# PostgreSQL: whoever moves a volunteer waits for who is writing of it, and finds the line; on SQLite one writes at a time
BY_VOLUNTEER = {
    "volunteer": "id = NEW.noun_id",
    "user": "user_id = NEW.noun_id",
    "professional": "id = (SELECT volunteer_id FROM professional WHERE id = NEW.noun_id)",
}


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(TABLE + (" WITHOUT ROWID" if is_sqlite else ""))
    for noun in THINGS:
        op.execute(_put(noun, "1 = 1") + " ORDER BY place, line_id")
    for statement in INDEXES:
        op.execute(statement)
    if not is_sqlite:  # which looks at all tables after a migration
        op.execute(f"ANALYZE {KEPT}")
    for statement in _sqlite() if is_sqlite else _postgresql():
        op.execute(statement)


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table in _names():
        op.execute(f"DROP TRIGGER {name}" + ("" if is_sqlite else f" ON {table}"))
        if not is_sqlite:
            op.execute(f"DROP FUNCTION {name}")
    op.execute(f"DROP TABLE {KEPT}")


def _found(noun: str, where: str) -> str:
    """The lines about things of this kind, each with the places to which it belongs."""
    source, number, (district, subdistrict, community, unit) = THINGS[noun]
    which = f"CASE level.n WHEN 1 THEN {district} WHEN 2 THEN {subdistrict} WHEN 3 THEN {community} ELSE {unit} END"
    levels = "(SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) AS level"
    return (
        f"SELECT {which} AS place, line.id AS line_id, line.noun AS noun, line.action AS action "  # noqa: S608  (our own names)
        f"FROM {source} JOIN history AS line ON line.noun = '{noun}' AND line.noun_id = {number} CROSS JOIN {levels} WHERE {where}"
    )


def _put(noun: str, where: str) -> str:
    found = _found(noun, where)
    return f"INSERT INTO {KEPT} (place, line_id, noun, action) SELECT place, line_id, noun, action FROM ({found}) AS found WHERE place IS NOT NULL"  # noqa: S608  (our own names)


def _take(noun: str, where: str) -> str:
    found = _found(noun, where)
    return f"DELETE FROM {KEPT} WHERE (place, line_id) IN (SELECT place, line_id FROM ({found}) AS found)"  # noqa: S608  (our own names)


def _names() -> Iterator[tuple[str, str]]:
    """Every trigger, and the table on which it is."""
    if op.get_bind().dialect.name == "sqlite":
        yield from ((f"{KEPT}_{noun}_line", "history") for noun in THINGS)
    else:
        yield f"{KEPT}_line", "history"
    yield f"{KEPT}_joined", "volunteer"
    for table in MOVERS:
        yield from ((f"{KEPT}_{table}_{what}", table) for what in ("leaves", "goes", "comes"))


def _changed(table: str) -> str:
    return " OR ".join(f"OLD.{one} IS DISTINCT FROM NEW.{one}" for one in MOVERS[table][0])


def _sqlite() -> Iterator[str]:
    for noun in THINGS:
        yield (
            f"CREATE TRIGGER {KEPT}_{noun}_line AFTER INSERT ON history WHEN NEW.noun = '{noun}' "
            f"BEGIN {_put(noun, 'line.id = NEW.id')}; END"
        )
    joined = "; ".join(_put(noun, where.format(row="NEW")) for noun, where in JOINS.items())
    yield f"CREATE TRIGGER {KEPT}_joined AFTER INSERT ON volunteer BEGIN {joined}; END"
    for table, (columns, things) in MOVERS.items():
        taken = "; ".join(_take(noun, where.format(row="OLD")) for noun, where in things.items())
        put = "; ".join(_put(noun, where.format(row="NEW")) for noun, where in things.items())
        changed = _changed(table).replace("IS DISTINCT FROM", "IS NOT")
        moved = f"UPDATE OF {', '.join(columns)} ON {table} WHEN {changed}"
        yield f"CREATE TRIGGER {KEPT}_{table}_leaves BEFORE {moved} BEGIN {taken}; END"
        yield f"CREATE TRIGGER {KEPT}_{table}_comes AFTER {moved} BEGIN {put}; END"
        yield f"CREATE TRIGGER {KEPT}_{table}_goes BEFORE DELETE ON {table} BEGIN {taken}; END"


def _postgresql() -> Iterator[str]:
    waits = "".join(
        f"WHEN '{noun}' THEN PERFORM 1 FROM volunteer WHERE {theirs} FOR SHARE; "
        for noun, theirs in BY_VOLUNTEER.items()
    )
    puts = "".join(f"WHEN '{noun}' THEN {_put(noun, 'line.id = NEW.id')}; " for noun in THINGS)
    yield from _made(
        "line",
        f"CASE NEW.noun {waits}ELSE NULL; END CASE; CASE NEW.noun {puts}ELSE NULL; END CASE; RETURN NULL;",
        "AFTER INSERT ON history",
    )
    joined = "".join(f"{_put(noun, where.format(row='NEW'))}; " for noun, where in JOINS.items())
    yield from _made("joined", f"{joined}RETURN NULL;", "AFTER INSERT ON volunteer")
    for table, (columns, things) in MOVERS.items():
        taken = "".join(f"{_take(noun, where.format(row='OLD'))}; " for noun, where in things.items())
        put = "".join(f"{_put(noun, where.format(row='NEW'))}; " for noun, where in things.items())
        moved = f"UPDATE OF {', '.join(columns)} ON {table}"
        when = f"WHEN ({_changed(table)})"
        yield from _made(f"{table}_leaves", f"{taken}RETURN NEW;", f"BEFORE {moved}", when)
        yield from _made(f"{table}_comes", f"{put}RETURN NULL;", f"AFTER {moved}", when)
        yield from _made(f"{table}_goes", f"{taken}RETURN OLD;", f"BEFORE DELETE ON {table}")


def _made(name: str, body: str, event: str, when: str = "") -> Iterator[str]:
    yield f"CREATE FUNCTION {KEPT}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
    yield f"CREATE TRIGGER {KEPT}_{name} {event} FOR EACH ROW {when} EXECUTE FUNCTION {KEPT}_{name}()"
