"""The kept characters and pairs of characters against the texts they are of, and made anew (`flask recount`, app/models/pages/pairs.py)."""

from typing import Any

from sqlalchemy import text

from app.db import db
from app.models.pages.pairs import SEARCHED

PLACED = "placed"  # the names of volunteers by district (app/models/volunteers/placed.py)
INDEXES = {table: f"pairs_{table}" for table in SEARCHED} | {PLACED: "pairs_placed_words"}  # PostgreSQL's
NAMES = 'volunteer JOIN "user" AS person ON person.id = volunteer.user_id'
UNSOUND = (
    "SELECT wanted FROM unnest(CAST(:names AS text[])) AS wanted WHERE NOT EXISTS ("
    "SELECT FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relname = wanted AND indisvalid)"
)


# PostgreSQL: what triggers keep of volunteers, against what they are called and where they are
MISPLACED = f"""
SELECT count(kept.id), count(one.id) FROM pairs_placed AS kept
FULL JOIN (SELECT volunteer.id, district_code, name, initials FROM {NAMES}) AS one ON one.id = kept.id
WHERE (kept.district_code, kept.name, kept.initials) IS DISTINCT FROM (one.district_code, one.name, one.initials)
"""  # noqa: S608


def differing() -> list[tuple[str, str, int, int]]:
    """(table, pair, rows that are kept under it, rows that hold it) wherever these are not the same rows.

    PostgreSQL keeps its indexes right by itself: there only one that is missing or was left unfinished is named.
    """
    if db.engine.dialect.name == "postgresql":
        unsound = set(db.session.scalars(text(UNSOUND), {"names": list(INDEXES.values())}))
        kept, true = db.session.execute(text(MISPLACED)).one()
        wrong = [(PLACED, "", kept, true)] if kept or true else []
        return [(table, "", 0, 1) for table, index in INDEXES.items() if index in unsound] + wrong
    return [(table, *row) for table in (*SEARCHED, PLACED) for row in _compared(table)]


def rebuild(table: str) -> None:
    """Make the pairs of this table anew."""
    if db.engine.dialect.name == "postgresql":
        if table == PLACED:
            db.session.execute(text("DELETE FROM pairs_placed"))
            db.session.execute(
                text(f"INSERT INTO pairs_placed SELECT volunteer.id, district_code, name, initials FROM {NAMES}")  # noqa: S608
            )
        db.session.execute(text(f"REINDEX INDEX {INDEXES[table]}"))
        return
    kept = f"pairs_{table}"
    db.session.execute(text(f"INSERT INTO {kept}({kept}) VALUES ('delete-all')"))  # noqa: S608
    db.session.execute(
        text(f"INSERT INTO {kept}(rowid, words) SELECT id, group_concat(pair) FROM ({_true(table)}) GROUP BY id")  # noqa: S608
    )


def merge() -> None:
    """SQLite: write each table's pairs into one piece, so that those of deleted rows are nowhere left in the file."""
    if db.engine.dialect.name == "sqlite":
        for table in (*SEARCHED, PLACED):
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
    return [(_read(table, pair), here, there) for pair, here, there, *_ in rows]


def _read(table: str, pair: str) -> str:
    """A kept piece as it stands in the text, with the district of a volunteer's name."""
    place, written = (pair[:6], pair[6:].removeprefix("i")) if table == PLACED else ("", pair)
    return place + bytes.fromhex(written).decode(errors="replace")


def _true(table: str) -> str:
    """SQLite: (id, pair) of everything that stands in the texts, characters and pairs, as migrations 0018 and 0030 write it."""
    if table == PLACED:
        named = _pieces(f"SELECT volunteer.id, district_code AS place, lower(name) AS words FROM {NAMES}")  # noqa: S608
        begun = "volunteer.id, district_code || 'i' || lower(hex(substr(initials, 1, size.value)))"
        return f"{named} UNION SELECT {begun} FROM {NAMES}, json_each('[1, 2, 3]') AS size WHERE size.value <= length(initials)"  # noqa: S608
    words = " || ' ' || ".join(SEARCHED[table])
    return _pieces(f"""SELECT id, '' AS place, lower({words}) AS words FROM "{table}" """)  # noqa: S608


def _pieces(texts: str) -> str:
    places = "json_each('[0' || replace(hex(zeroblob(length(words) - size.value)), '00', ',0') || ']') AS at"
    pair = "place || lower(hex(substr(words, at.key + 1, size.value)))"
    each = f"({texts}) AS texts, json_each('[1, 2]') AS size, {places}"
    return f"SELECT DISTINCT texts.id, {pair} AS pair FROM {each} WHERE substr(words, at.key + 1, size.value) <> ''"  # noqa: S608
