"""The kept characters and pairs of characters against the texts they are of, and made anew (`flask recount`, app/models/pages/pairs.py)."""

from typing import Any

from sqlalchemy import text

from app.db import db
from app.models.pages.pairs import SEARCHED

UNSOUND = (
    "SELECT wanted FROM unnest(CAST(:names AS text[])) AS wanted WHERE NOT EXISTS ("
    "SELECT FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relname = wanted AND indisvalid)"
)


def differing() -> list[tuple[str, str, int, int]]:
    """(table, pair, rows that are kept under it, rows that hold it) wherever these are not the same rows.

    PostgreSQL keeps its indexes right by itself: there only one that is missing or was left unfinished is named.
    """
    if db.engine.dialect.name == "postgresql":
        unsound = db.session.scalars(text(UNSOUND), {"names": [f"pairs_{table}" for table in SEARCHED]})
        return [(name.removeprefix("pairs_"), "", 0, 1) for name in unsound]
    return [(table, *row) for table in SEARCHED for row in _compared(table)]


def rebuild(table: str) -> None:
    """Make the pairs of this table anew."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text(f"REINDEX INDEX pairs_{table}"))
        return
    kept = f"pairs_{table}"
    db.session.execute(text(f"INSERT INTO {kept}({kept}) VALUES ('delete-all')"))  # noqa: S608
    db.session.execute(
        text(f"INSERT INTO {kept}(rowid, words) SELECT id, group_concat(pair) FROM ({_true(table)}) GROUP BY id")  # noqa: S608
    )


def merge() -> None:
    """SQLite: write each table's pairs into one piece, so that those of deleted rows are nowhere left in the file."""
    if db.engine.dialect.name == "sqlite":
        for table in SEARCHED:
            db.session.execute(text(f"INSERT INTO pairs_{table}(pairs_{table}) VALUES ('optimize')"))  # noqa: S608


def _compared(table: str) -> list[Any]:
    """Where number or sum of the rows' ids differ, by pair: one statement, so that it sees one moment."""
    db.session.execute(text(f"CREATE VIRTUAL TABLE temp.kept USING fts5vocab('main', 'pairs_{table}', 'instance')"))
    try:
        both = f"SELECT term AS pair, 1 AS here, doc AS row, 0 AS there, 0 AS wanted FROM temp.kept UNION ALL SELECT pair, 0, 0, 1, id FROM ({_true(table)})"  # noqa: S608
        sums = "SELECT pair, sum(here), sum(there), sum(row), sum(wanted)"
        wrong = f"{sums} FROM ({both}) GROUP BY pair HAVING sum(here) <> sum(there) OR sum(row) <> sum(wanted)"
        rows = db.session.execute(text(wrong)).all()
    finally:
        db.session.execute(text("DROP TABLE temp.kept"))
    return [(bytes.fromhex(pair).decode(errors="replace"), here, there) for pair, here, there, *_ in rows]


def _true(table: str) -> str:
    """SQLite: (id, pair) of everything that stands in the texts, characters and pairs, as migration 0018 writes it."""
    places = "json_each('[0' || replace(hex(zeroblob(length(words) - size.value)), '00', ',0') || ']') AS place"
    texts = f"""SELECT id, lower({" || ' ' || ".join(SEARCHED[table])}) AS words FROM "{table}" """  # noqa: S608
    pair = "lower(hex(substr(words, place.key + 1, size.value))) AS pair"
    each = f"({texts}) AS texts, json_each('[1, 2]') AS size, {places}"
    return f"SELECT DISTINCT texts.id, {pair} FROM {each} WHERE pair <> ''"  # noqa: S608
