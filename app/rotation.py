"""Sealing everything anew with the newest data key, a batch at a time, while the site goes on.

`DATA_KEY=new,old` lets every process open both and seal with the new one; then the rows follow. What lies under the
new key already is left alone, so that a run that was broken off simply goes on. A row that the site changes meanwhile
is written by the site with the new key: it is never overwritten here. Pictures are not sealed.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.crypto import resealed
from app.db import Sealed, db
from app.models.volunteers.membership import SECRET

AT_ONCE = 500
WITHIN = {("application", "before"): SECRET}  # JSON columns: which of their entries are sealed


@dataclass
class Progress:
    """How far one table is."""

    table: str
    seen: int = 0
    sealed: int = 0


def sealed_columns() -> dict[str, list[str]]:
    """Every table with something sealed in it, and which columns."""
    found: dict[str, list[str]] = {}
    for table in db.metadata.sorted_tables:
        names = [c.name for c in table.columns if isinstance(c.type, Sealed) or (table.name, c.name) in WITHIN]
        if names:
            found[table.name] = names
    return found


def rotate(*, only_count: bool = False) -> Iterator[Progress]:
    """Seal anew; after each batch, which is a transaction of its own, how far it is. `only_count` changes nothing."""
    for table, names in sealed_columns().items():
        done, last = Progress(table), 0
        while rows := _batch(table, names, last):
            for row in rows:
                done.sealed += _row(table, names, row, only_count=only_count)
            done.seen, last = done.seen + len(rows), rows[-1].id
            db.session.commit()
            yield done


def _plain(table: str, names: list[str]) -> Any:
    return sa.table(table, sa.column("id"), *[sa.column(name, _type(table, name)) for name in names])


def _type(table: str, name: str) -> Any:
    return sa.JSON(none_as_null=True) if (table, name) in WITHIN else sa.Text()


def _batch(table: str, names: list[str], last: int) -> Any:
    plain = _plain(table, names)
    return db.session.execute(sa.select(plain).where(plain.c.id > last).order_by(plain.c.id).limit(AT_ONCE)).all()


def _row(table: str, names: list[str], row: Any, *, only_count: bool) -> int:
    """Seal what of this row lies under an older key; how many columns."""
    plain, moved = _plain(table, names), 0
    for name in names:
        old, column = getattr(row, name), plain.c[name]
        new = _anew(table, name, old)
        if new is None:
            continue
        moved += 1
        if not only_count:
            same = sa.cast(column, sa.Text) == json.dumps(old) if (table, name) in WITHIN else column == old
            db.session.execute(sa.update(plain).where(plain.c.id == row.id, same).values({name: new}))
    return moved


def _anew(table: str, name: str, old: Any) -> Any:
    """The value under the newest key, None where nothing is to be done."""
    if not old:
        return None
    if (table, name) not in WITHIN:
        return resealed(old)
    new = {key: resealed(old[key]) for key in WITHIN[table, name] if old.get(key)}
    return old | {key: value for key, value in new.items() if value} if any(new.values()) else None
