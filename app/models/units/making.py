"""Work units that an import brings with it; the city may let a file add to its list."""

from collections.abc import Iterable

from sqlalchemy import select

from app.db import db
from app.models.user import User
from app.models.work_unit import WorkUnit


def make_units(names: Iterable[str], *, by: User | None) -> None:
    """Add these units to the list; one that stands there by now stays as it is."""
    names = set(names)
    for name in sorted(names - units_named(names).keys()):
        WorkUnit.add(name, by=by)


def units_named(names: Iterable[str]) -> dict[str, int]:
    """The ids of the open units with exactly these names, read afresh."""
    wanted = select(WorkUnit.name, WorkUnit.id).where(WorkUnit.name.in_(list(names)), WorkUnit.valid_to.is_(None))
    return {row.name: row.id for row in db.session.execute(wanted)} if names else {}
