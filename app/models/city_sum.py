"""The whole city's services by month: kept sums that cost a city page the same at 30,000 records and at 3,000,000.

A row of the city's sums would be wanted by everybody who ticks attendance at that moment, and all would wait for each
other. So the transaction of a record only adds a `CityChange`; the clock folds changes into `CitySum` every minute.
What stands is always the sum of both, read in one statement: a late clock changes no answer (docs/adr/0010).

Changes are counted too, before and after they are folded: where their number is still the same, nobody has changed a record.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import String, delete, func, literal, select, union_all
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, add_to, db
from app.statements import kept as built
from app.statements import rows_of
from app.straight import write

KINDS = ("category", "unit", "district", "volunteer_district")  # a unit is 0 where there is none
AT_ONCE = 2000  # changes folded in one transaction
Key = tuple[str, int, int, int, int]  # month, then one for each of KINDS


class CitySum(Model):
    """Services and minutes of one month by one thing: `kind` is one of KINDS, `key` the id or the code of it."""

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[int] = mapped_column(primary_key=True)
    services: Mapped[int] = mapped_column(default=0)
    minutes: Mapped[int] = mapped_column(default=0)
    changes: Mapped[int] = mapped_column(default=0, server_default="0")  # how many were folded in


class CityChange(Model):
    """What a transaction added to (or took from) the sums, until it is folded in."""

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(String(7))
    category: Mapped[int]
    unit: Mapped[int]
    district: Mapped[int]
    volunteer_district: Mapped[int]
    services: Mapped[int]
    minutes: Mapped[int]


def key_of(month: str, community: str, home: str, unit_id: int | None, category_id: int) -> Key:
    """What a record of these places counts for."""
    return month, category_id, unit_id or 0, int(community[:6]), int(home[:6])


def note(changes: Iterable[tuple[Key, int, int]]) -> None:
    """Keep (key, services, minutes) for the next fold, in this transaction."""
    names = ("month", *KINDS, "services", "minutes")
    rows = [dict(zip(names, (*key, services, minutes), strict=True)) for key, services, minutes in changes]
    if rows:
        write(NOTED, rows)


_changes: Any = CityChange.__table__
NOTED = _changes.insert().inline()


def sums(kind: str, months: Sequence[str]) -> Sequence[Any]:
    """Rows (month, key, services, minutes) of these months: what is folded and what is not yet, one statement."""

    def asked() -> Any:
        s, c = CitySum, CityChange
        folded = select(s.month, s.key, s.services, s.minutes).where(s.month.in_(months), s.kind == kind)
        pending = select(c.month, getattr(c, kind), c.services, c.minutes).where(c.month.in_(months))
        both = union_all(folded, pending).subquery()
        columns = both.c.month, both.c.key
        totals = func.sum(both.c.services).label("services"), func.sum(both.c.minutes).label("minutes")
        return select(*columns, *totals).group_by(*columns)

    return rows_of(built(("sums", kind, tuple(months)), asked))


def changed(kind: str, key: int | None, months: tuple[str, ...]) -> int:
    """How many changes there were to these months by one thing (None: by anything), folded or not; the number never falls."""

    def asked() -> Any:
        s, c = CitySum, CityChange
        folded = select(s.changes).where(s.month.in_(months), s.kind == kind)
        pending = select(func.count()).where(c.month.in_(months))
        if key is not None:
            folded, pending = folded.where(s.key == key), pending.where(getattr(c, kind) == key)
        return select(func.sum(union_all(folded, pending).subquery().c.changes))

    return int(rows_of(built(("changes", kind, key, months), asked))[0][0])


def everything() -> Any:
    """A select of (kind, month, key, services, minutes): all that is kept, folded or not (`flask recount`)."""
    kept = select(CitySum.kind, CitySum.month, CitySum.key, CitySum.services, CitySum.minutes)
    c = CityChange
    pending = [select(literal(kind), c.month, getattr(c, kind), c.services, c.minutes) for kind in KINDS]
    return union_all(kept, *pending)


def fold() -> int:
    """For the clock: put the next changes into the sums; how many they were. Two at once take different ones."""
    some = (
        select(*CityChange.__table__.columns).order_by(CityChange.id).limit(AT_ONCE).with_for_update(skip_locked=True)
    )
    changes = db.session.execute(some).all()
    totals: dict[tuple[str, str, int], list[int]] = {}
    for one in changes:
        for kind in KINDS:
            total = totals.setdefault((one.month, kind, getattr(one, kind)), [0, 0, 0])
            total[0] += one.services
            total[1] += one.minutes
            total[2] += 1
    for key in sorted(totals):
        add(key, *totals[key])
    gone = delete(CityChange).where(CityChange.id.in_([one.id for one in changes]))
    db.session.execute(gone, execution_options={"synchronize_session": False})
    return len(changes)


def add(key: tuple[str, str, int], services: int, minutes: int, changes: int) -> None:
    """Add to one sum; `key` is month, kind and key."""
    amounts = {"services": services, "minutes": minutes, "changes": changes}
    add_to(CitySum, dict(zip(("month", "kind", "key"), key, strict=True)), amounts)
