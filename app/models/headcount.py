"""单位在职党员人数 `Headcount`: dated entries that a work unit keeps of itself.

History stands with the unit, since a wrong entry is deleted and its lines stay.
"""

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Model, Row, db, lock
from app.models.history import History, history_of, record
from app.models.stateful import given, must_be_as_seen
from app.models.work_unit import WorkUnit, units
from app.refusal import Invalid

if TYPE_CHECKING:
    from app.models.user import User

MOST_PEOPLE = 1_000_000
HEADCOUNT_ACTIONS = ("headcount", "headcount-correct", "headcount-remove")


class Headcount(Row, Model):
    """How many 在职党员 the unit had from this day on."""

    DOORS = {"unit": "unit_id"}
    __table_args__ = (UniqueConstraint("unit_id", "day"), CheckConstraint("number >= 0", name="number"))

    unit_id: Mapped[int] = mapped_column(ForeignKey("work_unit.id"))
    day: Mapped[date]
    number: Mapped[int]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    entered_by: Mapped["User | None"] = relationship(lazy="raise")

    @classmethod
    def enter(cls, unit_id: int, day: date, number: int, *, by: "User | None") -> "Headcount":
        """Say how many there are from this day on. Invalid at `day` or `number`."""
        unit = _held_unit(unit_id)
        _check(unit_id, day, number)
        entry = cls(unit_id=unit_id, day=day, number=number, entered_by_id=by.id if by else None)
        db.session.add(entry)
        record(unit, "headcount", by=by, reason=entry.words)
        db.session.flush()
        return entry

    def correct(self, day: date, number: int, *, by: "User | None", seen: int | None = None) -> None:
        """Put a wrong entry right; both versions stay in the history. Stale when the unit's entries changed since."""
        unit = _held_unit(self.unit_id)
        must_be_as_seen(unit, seen, "单位人数")
        _check(self.unit_id, day, number, but=self.id)
        before = self.words
        self.day, self.number, self.entered_by_id = day, number, by.id if by else None
        if self.words != before:
            record(unit, "headcount-correct", by=by, reason=f"{before} → {self.words}")
        db.session.flush()

    def remove(self, *, by: "User | None", reason: str) -> None:
        """Take a wrong entry out, for a reason; what it said stays in the history."""
        reason = given(reason)
        record(_held_unit(self.unit_id), "headcount-remove", by=by, reason=f"{self.words}。{reason}")
        db.session.delete(self)
        db.session.flush()

    @property
    def keeper(self) -> WorkUnit:
        """The unit, whose history tells of its entries."""
        return db.session.get_one(WorkUnit, self.unit_id)

    @property
    def words(self) -> str:
        """2026-11-01 起 120 人."""
        return f"{self.day.isoformat()} 起 {self.number} 人"


def _held_unit(unit_id: int) -> WorkUnit:
    """The unit, held, so that two entries of one day cannot pass each other."""
    unit: WorkUnit = lock(select(WorkUnit).where(WorkUnit.id == unit_id))[0]
    return unit


def _check(unit_id: int, day: date, number: int, but: int = 0) -> None:
    if day > clock.today():
        raise Invalid("day", "日期不能晚于今天。")
    if not 0 <= number <= MOST_PEOPLE:
        raise Invalid("number", f"人数请填 0 到 {MOST_PEOPLE} 之间的整数。")
    same = select(Headcount.id).where(Headcount.unit_id == unit_id, Headcount.day == day, Headcount.id != but)
    if db.session.scalar(same) is not None:
        raise Invalid("day", "这一天已经有一条记录，请修改那一条。")


def headcount_on(unit_id: int, day: date) -> int | None:
    """How many 在职党员 the unit had on this day: its last entry by then, None before the first."""
    known = select(Headcount.number).where(Headcount.unit_id == unit_id, Headcount.day <= day)
    return db.session.scalar(known.order_by(Headcount.day.desc()).limit(1))


def headcount_story(unit_id: int) -> list[History]:
    """Everything that was entered, corrected and taken out, oldest first."""
    unit = units().get(unit_id)
    return [line for line in history_of(unit) if line.action in HEADCOUNT_ACTIONS] if unit else []
