"""The list of work units as the city keeps it, and what people typed instead of choosing from it."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, Subquery, func, literal, literal_column, select, union_all

from app.db import db
from app.freshness import Remembered, numbers, remembered
from app.models.application import OPEN, Application
from app.models.post import Post, not_over
from app.models.region import regions
from app.models.unit_dispute import IS_OPEN, UnitDispute
from app.models.volunteer import Volunteer, VolunteerStatus
from app.models.work_unit import WorkUnit, units
from app.statements import common, written

MOST = 3  # suggestions
ALIKE = 0.5  # so much of both names' pairs of characters must be the same
ROSTER = "roster"  # the topic of volunteers (app/models/topics.py)
_people = Remembered(12_000)  # all of a large city, for a file of them


def people_of(units: Iterable[WorkUnit]) -> dict[int, int]:
    """How many volunteers of each unit are there (服务中 and 暂停); counted again after anybody joined, left or changed unit."""
    seen = numbers(ROSTER)
    known: dict[int, int | None] = {unit.id: _people.get(unit.id, ROSTER) for unit in units}
    missing = [id for id, number in known.items() if number is None]
    if missing:
        theirs = Volunteer.unit_id.in_(written(missing)), Volunteer.status != VolunteerStatus.LEFT
        counted = select(Volunteer.unit_id, func.count()).where(*theirs).group_by(Volunteer.unit_id)
        known |= dict.fromkeys(missing, 0) | dict(map(tuple, db.session.execute(counted)))
        for id in missing:
            _people.keep(id, known[id], seen, ROSTER)
    return {id: number or 0 for id, number in known.items()}


def typed_names() -> Subquery:
    """`name` and `people` of everything that volunteers and open applications wrote as 其他."""
    there = (
        common(Volunteer.unit_id).is_(None),
        Volunteer.unit_other != literal_column("''"),
        Volunteer.status != VolunteerStatus.LEFT,
    )
    coming = Application.unit_id.is_(None), Application.unit_other != "", Application.status.in_(OPEN)
    both = union_all(
        select(Volunteer.unit_other.label("name"), literal(1).label("one")).where(*there),
        select(Application.unit_other, literal(1)).where(*coming),
    ).subquery()
    return select(both.c.name, func.count().label("people")).group_by(both.c.name).subquery()


def alike(name: str) -> list[WorkUnit]:
    """Open units whose names resemble this one, the most alike first."""
    wanted, (holders, sizes) = _pairs(name), _open_units_by_pair()
    shared = Counter(id for pair in wanted for id in holders.get(pair, ()))
    found = [(2 * number / (len(wanted) + sizes[id]), units()[id]) for id, number in shared.items()]
    best = sorted((hit for hit in found if hit[0] >= ALIKE), key=lambda hit: (-hit[0], hit[1].name))
    return [unit for _, unit in best[:MOST]]


@remembered("units")
def _open_units_by_pair() -> tuple[dict[str, list[int]], dict[int, int]]:
    """Pair of characters → the open units whose names hold it; unit → how many pairs its name has."""
    holders: dict[str, list[int]] = {}
    sizes: dict[int, int] = {}
    for unit in units().values():
        if unit.valid_to is None:
            pairs = _pairs(unit.name)
            sizes[unit.id] = len(pairs)
            for pair in pairs:
                holders.setdefault(pair, []).append(unit.id)
    return holders, sizes


def _pairs(name: str) -> set[str]:
    return {name[at : at + 2] for at in range(len(name) - 1)}


def merged_into(unit_id: int) -> list[WorkUnit]:
    """The units that were merged into this one."""
    return [unit for unit in units().values() if unit.merged_into_id == unit_id]


def district_choices(kept: str | None = None) -> list[tuple[str, str]]:
    """(code, name) of the open districts, and of the one that stands in the row, for a select."""
    from app.models.region import CITY, Level

    places: Iterable[Any] = regions().values()
    here = [one for one in places if one.parent == CITY and one.level is Level.DISTRICT]
    return [("", "不限区县"), *((one.code, one.short) for one in here if one.open or one.code == kept)]


def all_of(names: Subquery) -> Select[tuple[str, int]]:
    """Every row of `typed_names`."""
    return select(names.c.name, names.c.people)


def affected(unit_id: int) -> list[tuple[str, str, int]]:
    """(what, unit of counting, how many) of everything alive that belongs to the work unit; one statement."""
    wanted: tuple[tuple[str, str, Any, list[Any]], ...] = (
        ("在册志愿者", "名", Volunteer, [Volunteer.unit_id == unit_id, Volunteer.status != VolunteerStatus.LEFT]),
        ("未办结的志愿者申请", "份", Application, [Application.unit_id == unit_id, Application.status.in_(OPEN)]),
        ("单位管理员", "名", Post, [Post.unit_id == unit_id, *not_over()]),
        ("待核实的归属异议", "件", UnitDispute, [UnitDispute.unit_id == unit_id, IS_OPEN]),
    )
    counted = [select(func.count()).select_from(model).where(*narrow).scalar_subquery() for *_, model, narrow in wanted]
    found = db.session.execute(select(*counted)).one()
    return [(word, unit, int(number)) for (word, unit, *_), number in zip(wanted, found, strict=True)]
