"""A single character is found like a longer word: the databases keep it beside the pairs (ADR 0023).

The rows that are there are indexed anew. Whoever rebuilds a searched table by a batch operation makes SQLite's triggers
anew with `watch` of this revision.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# as in 0012: table → its searched columns
SEARCHED = {
    "user": ["name"],
    "volunteer": ["unit_other"],
    "application": ["unit_other"],
    "invitation": ["name"],
    "activity": ["title", "place", "description"],
    "feedback": ["title", "body"],
    "report": ["title", "body"],
    "public_case": ["title", "summary"],
    "notice": ["title", "body", "source"],
}
AT_ONCE = 5000
FUNCTION = (
    "CREATE OR REPLACE FUNCTION pairs(words text) RETURNS text[] IMMUTABLE STRICT PARALLEL SAFE COST 2000 LANGUAGE "
)
# the characters, then the pairs; a loop, as another statement inside costs a name three times as much
WITH_SINGLES = """plpgsql AS $$
DECLARE
  letters text[] := string_to_array(lower(words), NULL);
  found text[] := letters;
BEGIN
  FOR place IN 2 .. cardinality(letters) LOOP
    found := found || (letters[place - 1] || letters[place]);
  END LOOP;
  RETURN found;
END $$
"""
PAIRS = """sql AS $$
  SELECT coalesce(array_agg(DISTINCT one || next), '{}') FROM (
    SELECT one, lead(one) OVER (ORDER BY place) AS next
    FROM unnest(string_to_array(lower(words), NULL)) WITH ORDINALITY AS letters(one, place)
  ) AS following WHERE next IS NOT NULL
$$
"""  # as in 0012


def upgrade() -> None:
    _make_anew(WITH_SINGLES, [1, 2])


def downgrade() -> None:
    _make_anew(PAIRS, [2])


def _make_anew(body: str, sizes: list[int]) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in SEARCHED:
            op.execute(f"DROP INDEX pairs_{table}")
        op.execute(FUNCTION + body)
        for table, columns in SEARCHED.items():
            some = f" WHERE {columns[0]} <> ''" if columns == ["unit_other"] else ""
            op.execute(
                f'CREATE INDEX pairs_{table} ON "{table}" USING gin (pairs({together(columns)}))'
                f" WITH (fastupdate = off){some}"
            )
            op.execute(f'ANALYZE "{table}"')
        return
    for table, columns in SEARCHED.items():
        for event in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER pairs_{table}_{event}")
        op.execute(f"INSERT INTO pairs_{table}(pairs_{table}) VALUES ('delete-all')")  # noqa: S608
        fill(table, columns, sizes)
        watch(table, columns, sizes)


def together(columns: list[str], row: str = "") -> str:
    """The columns as one text."""
    return " || ' ' || ".join(f"{row}{column}" for column in columns)


def pieces(columns: list[str], sizes: list[int], row: str = "") -> str:
    """SQLite: what stands in a row's text, of each of these lengths, as words of hexadecimal digits, each once."""
    places = "json_each('[0' || replace(hex(zeroblob(length(text) - size.value)), '00', ',0') || ']')"
    once = f"(SELECT lower({together(columns, row)}) AS text LIMIT 1)"  # LIMIT: or it is made anew for each place
    each = f"{once}, json_each('{sizes}') AS size, {places} AS place"
    return f"(SELECT group_concat(DISTINCT hex(substr(text, place.key + 1, size.value))) FROM {each})"  # noqa: S608


def fill(table: str, columns: list[str], sizes: list[int]) -> None:
    """SQLite: the rows that are there, some at a time."""
    last = op.get_bind().scalar(sa.text(f'SELECT coalesce(max(id), 0) FROM "{table}"'))  # noqa: S608
    rows = f"SELECT id, {pieces(columns, sizes)} FROM \"{table}\" WHERE {together(columns)} <> ''"  # noqa: S608
    for first in range(0, last + 1, AT_ONCE):
        op.execute(f"INSERT INTO pairs_{table}(rowid, words) {rows} AND id BETWEEN {first} AND {first + AT_ONCE - 1}")


def watch(table: str, columns: list[str], sizes: list[int]) -> None:
    """SQLite: the triggers that keep a table's pieces in the transaction of the change."""
    put = f"INSERT INTO pairs_{table}(rowid, words) SELECT new.id, {pieces(columns, sizes, 'new.')}"
    put += f" WHERE {together(columns, 'new.')} <> '';"
    take = f"INSERT INTO pairs_{table}(pairs_{table}, rowid, words) SELECT 'delete', old.id, {pieces(columns, sizes, 'old.')}"
    take += f" WHERE {together(columns, 'old.')} <> '';"
    changed = " OR ".join(f"old.{column} IS NOT new.{column}" for column in ["id", *columns])
    name, what = f"CREATE TRIGGER pairs_{table}", f'ON "{table}"'
    op.execute(f"{name}_insert AFTER INSERT {what} BEGIN {put} END")
    op.execute(f"{name}_update AFTER UPDATE OF {', '.join(columns)} {what} WHEN {changed} BEGIN {take} {put} END")
    op.execute(f"{name}_delete AFTER DELETE {what} BEGIN {take} END")
