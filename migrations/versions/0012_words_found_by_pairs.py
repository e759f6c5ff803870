"""Words are found by pairs of neighbouring characters, and people by the beginnings of their initials (ADR 0023).

PostgreSQL keeps an index over an expression. SQLite has none over several values of a row: a contentless FTS5 table
beside each searched one, kept by triggers, so that whatever writes a row (verbs, bulk loads, a restore) keeps it too.
Batch operations rebuild a table and lose its triggers: whoever rebuilds one of these makes them anew with `watch`
(tests/test_migrations.py tells when they are missing).
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# table → its searched columns, in clear in the table itself; a row without any of them is left out
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
PAIRS = """
CREATE FUNCTION pairs(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 2000 AS $$
  SELECT coalesce(array_agg(DISTINCT one || next), '{}') FROM (
    SELECT one, lead(one) OVER (ORDER BY place) AS next
    FROM unnest(string_to_array(lower(words), NULL)) WITH ORDINALITY AS letters(one, place)
  ) AS following WHERE next IS NOT NULL
$$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(PAIRS)
        for table, columns in SEARCHED.items():
            some = f" WHERE {columns[0]} <> ''" if columns == ["unit_other"] else ""
            op.execute(
                f'CREATE INDEX pairs_{table} ON "{table}" USING gin (pairs({together(columns)}))'
                f" WITH (fastupdate = off){some}"
            )
            op.execute(f'ANALYZE "{table}"')
    else:
        for table, columns in SEARCHED.items():
            op.execute(
                f"CREATE VIRTUAL TABLE pairs_{table} USING fts5(words, content='', detail=none, tokenize='ascii')"
            )
            fill(table, columns)
            watch(table, columns)
    op.create_index("ix_user_initials", "user", ["initials"], postgresql_ops={"initials": "text_pattern_ops"})
    op.create_index("ix_user_phone_tail", "user", ["phone_tail"])
    op.create_index("ix_invitation_phone_tail", "invitation", ["phone_tail"])
    for table in ("volunteer", "application"):
        op.create_index(f"ix_{table}_id_card_tail", table, ["id_card_tail"])


def downgrade() -> None:
    for table in ("application", "volunteer"):
        op.drop_index(f"ix_{table}_id_card_tail", table_name=table)
    op.drop_index("ix_invitation_phone_tail", table_name="invitation")
    op.drop_index("ix_user_phone_tail", table_name="user")
    op.drop_index("ix_user_initials", table_name="user")
    for table in SEARCHED:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP INDEX pairs_{table}")
            continue
        for event in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER pairs_{table}_{event}")
        op.execute(f"DROP TABLE pairs_{table}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION pairs(text)")


def together(columns: list[str], row: str = "") -> str:
    """The columns as one text."""
    return " || ' ' || ".join(f"{row}{column}" for column in columns)


def pairs(columns: list[str], row: str = "") -> str:
    """SQLite: the pairs of a row's text as words of hexadecimal digits, each once."""
    places = "json_each('[0' || replace(hex(zeroblob(length(text) - 2)), '00', ',0') || ']')"
    once = f"(SELECT lower({together(columns, row)}) AS text LIMIT 1)"  # LIMIT: or it is made anew for each place
    return f"(SELECT group_concat(DISTINCT hex(substr(text, key + 1, 2))) FROM {once}, {places})"  # noqa: S608


def fill(table: str, columns: list[str]) -> None:
    """SQLite: the rows that are there, some at a time."""
    last = op.get_bind().scalar(sa.text(f'SELECT coalesce(max(id), 0) FROM "{table}"'))  # noqa: S608
    rows = f"SELECT id, {pairs(columns)} FROM \"{table}\" WHERE {together(columns)} <> ''"  # noqa: S608
    for first in range(0, last + 1, AT_ONCE):
        op.execute(f"INSERT INTO pairs_{table}(rowid, words) {rows} AND id BETWEEN {first} AND {first + AT_ONCE - 1}")


def watch(table: str, columns: list[str]) -> None:
    """SQLite: the triggers that keep a table's pairs in the transaction of the change."""
    put = f"INSERT INTO pairs_{table}(rowid, words) SELECT new.id, {pairs(columns, 'new.')}"
    put += f" WHERE {together(columns, 'new.')} <> '';"
    take = f"INSERT INTO pairs_{table}(pairs_{table}, rowid, words) SELECT 'delete', old.id, {pairs(columns, 'old.')}"
    take += f" WHERE {together(columns, 'old.')} <> '';"
    changed = " OR ".join(f"old.{column} IS NOT new.{column}" for column in ["id", *columns])
    name, what = f"CREATE TRIGGER pairs_{table}", f'ON "{table}"'
    op.execute(f"{name}_insert AFTER INSERT {what} BEGIN {put} END")
    op.execute(f"{name}_update AFTER UPDATE OF {', '.join(columns)} {what} WHEN {changed} BEGIN {take} {put} END")
    op.execute(f"{name}_delete AFTER DELETE {what} BEGIN {take} END")
