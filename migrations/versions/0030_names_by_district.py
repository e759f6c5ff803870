"""Who is called so in a district stands together: the pieces of names, each with its district before it (ADR 0023).

A surname had 10,000 hits in the city, and a district of 26,000 was walked along among them to find its 265. Both databases
keep this beside the volunteers, by triggers on them and on the accounts that have the names.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

AT_ONCE = 5000
BEGINNINGS = 3  # letters of initials: what is longer is rare in the whole city
COLUMNS = "district_code", "name", "initials"

# PostgreSQL: what the pieces are made of, one narrow row a person, and an index over the pieces
TABLE = """
CREATE TABLE pairs_placed (
  id integer PRIMARY KEY REFERENCES volunteer ON DELETE CASCADE,
  district_code varchar(6) NOT NULL, name varchar(40) NOT NULL, initials varchar(60) NOT NULL
)
"""
FUNCTION = f"""
CREATE FUNCTION pairs_placed(district text, name text, initials text)
RETURNS text[] IMMUTABLE STRICT PARALLEL SAFE COST 2000 LANGUAGE plpgsql AS $$
DECLARE
  found text[] := '{{}}';
  piece text;
BEGIN
  FOREACH piece IN ARRAY pairs(name) LOOP
    found := found || (district || piece);
  END LOOP;
  FOR size IN 1 .. least({BEGINNINGS}, length(initials)) LOOP
    found := found || (district || '^' || left(initials, size));
  END LOOP;
  RETURN found;
END $$
"""
# who is renamed meanwhile waits, and then finds the row
JOINED = """
CREATE FUNCTION pairs_placed_joined() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO pairs_placed
    SELECT NEW.id, NEW.district_code, person.name, person.initials FROM "user" AS person WHERE person.id = NEW.user_id FOR SHARE
  ON CONFLICT (id) DO UPDATE
    SET district_code = excluded.district_code, name = excluded.name, initials = excluded.initials;
  RETURN NULL;
END $$
"""
RENAMED = """
CREATE FUNCTION pairs_placed_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE pairs_placed SET name = NEW.name, initials = NEW.initials
  FROM volunteer WHERE volunteer.user_id = NEW.id AND pairs_placed.id = volunteer.id;
  RETURN NULL;
END $$
"""
POSTGRESQL = (
    TABLE,
    """INSERT INTO pairs_placed SELECT volunteer.id, district_code, name, initials FROM volunteer JOIN "user" ON "user".id = user_id""",
    FUNCTION,
    f"CREATE INDEX pairs_placed_words ON pairs_placed USING gin (pairs_placed({', '.join(COLUMNS)})) WITH (fastupdate = off)",
    JOINED,
    RENAMED,
    "CREATE TRIGGER pairs_placed_insert AFTER INSERT ON volunteer FOR EACH ROW EXECUTE FUNCTION pairs_placed_joined()",
    "CREATE TRIGGER pairs_placed_update AFTER UPDATE OF district_code, user_id ON volunteer FOR EACH ROW "
    "WHEN ((old.district_code, old.user_id) IS DISTINCT FROM (new.district_code, new.user_id)) "
    "EXECUTE FUNCTION pairs_placed_joined()",
    'CREATE TRIGGER pairs_placed_renamed AFTER UPDATE OF name, initials ON "user" FOR EACH ROW '
    "WHEN ((old.name, old.initials) IS DISTINCT FROM (new.name, new.initials)) EXECUTE FUNCTION pairs_placed_renamed()",
    "ANALYZE pairs_placed",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in POSTGRESQL:
            op.execute(statement)
        return
    # without the sizes of its rows, which only ranking would ask for: half of it
    op.execute(
        "CREATE VIRTUAL TABLE pairs_placed USING fts5(words, content='', detail=none, columnsize=0, tokenize='ascii')"
    )
    last = op.get_bind().scalar(sa.text("SELECT coalesce(max(id), 0) FROM volunteer"))
    for first in range(0, last + 1, AT_ONCE):
        here = f"one.id BETWEEN {first} AND {first + AT_ONCE - 1}"
        op.execute(
            _put("one", "person", f'volunteer AS one JOIN "user" AS person ON person.id = one.user_id WHERE {here}')
        )
    _watch()


def downgrade() -> None:
    for event, table in (
        ("insert", "volunteer"),
        ("update", "volunteer"),
        ("delete", "volunteer"),
        ("renamed", '"user"'),
    ):
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER pairs_placed_{event}")
        elif event != "delete":
            op.execute(f"DROP TRIGGER pairs_placed_{event} ON {table}")
    op.execute("DROP TABLE pairs_placed")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION pairs_placed_joined, pairs_placed_renamed, pairs_placed(text, text, text)")


def pieces(district: str, name: str, initials: str) -> str:
    """SQLite: the pieces of a name and the beginnings of its initials, as words: the district, then hexadecimal digits."""
    places = "json_each('[0' || replace(hex(zeroblob(length(text) - size.value)), '00', ',0') || ']')"
    once = f"(SELECT lower({name}) AS text LIMIT 1)"  # LIMIT: or it is made anew for each place
    piece = f"{district} || hex(substr(text, place.key + 1, size.value)) AS piece"
    named = f"SELECT {piece} FROM {once}, json_each('[1, 2]') AS size, {places} AS place"  # noqa: S608
    beginning = f"{district} || 'i' || hex(substr({initials}, 1, value))"
    sizes = list(range(1, BEGINNINGS + 1))
    begun = f"SELECT {beginning} FROM json_each('{sizes}') WHERE value <= length({initials})"  # noqa: S608
    return f"(SELECT group_concat(piece) FROM ({named} UNION {begun}))"  # noqa: S608


def _put(row: str, person: str, found: str) -> str:
    words = pieces(f"{row}.district_code", f"{person}.name", f"{person}.initials")
    return f"INSERT INTO pairs_placed(rowid, words) SELECT {row}.id, {words} FROM {found}"  # noqa: S608


def _take(row: str, person: str, found: str) -> str:
    words = pieces(f"{row}.district_code", f"{person}.name", f"{person}.initials")
    return f"INSERT INTO pairs_placed(pairs_placed, rowid, words) SELECT 'delete', {row}.id, {words} FROM {found}"  # noqa: S608


def _watch() -> None:
    """SQLite: the triggers. Whoever rebuilds one of the two tables by a batch operation makes them anew."""

    def of(row: str) -> tuple[str, str, str]:
        return row, "person", f'"user" AS person WHERE person.id = {row}.user_id'

    def called(person: str) -> tuple[str, str, str]:
        return "one", person, f"volunteer AS one WHERE one.user_id = {person}.id"

    name, changed = "CREATE TRIGGER pairs_placed", "old.{0} IS NOT new.{0}".format
    moved = " OR ".join(map(changed, ("id", "district_code", "user_id")))
    op.execute(f"{name}_insert AFTER INSERT ON volunteer BEGIN {_put(*of('new'))}; END")
    op.execute(f"{name}_delete AFTER DELETE ON volunteer BEGIN {_take(*of('old'))}; END")
    op.execute(
        f"{name}_update AFTER UPDATE OF id, district_code, user_id ON volunteer WHEN {moved} "
        f"BEGIN {_take(*of('old'))}; {_put(*of('new'))}; END"
    )
    op.execute(
        f'{name}_renamed AFTER UPDATE OF name, initials ON "user" WHEN {changed("name")} OR {changed("initials")} '
        f"BEGIN {_take(*called('old'))}; {_put(*called('new'))}; END"
    )
