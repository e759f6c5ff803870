"""What the city does to its list of work units: add, rename, close, merge (docs/adr/0008 says what a merger moves)."""

from datetime import date
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from app import clock
from app.db import db
from app.freshness import touch
from app.models.history import record
from app.models.stateful import must_be_as_seen
from app.refusal import Invalid, Refused
from app.text import initials, squeeze

if TYPE_CHECKING:
    from app.models.user import User
    from app.models.work_unit import WorkUnit

LONGEST = 80  # characters of a name


class UnitVerbs:
    """The verbs of `WorkUnit`."""

    if TYPE_CHECKING:
        id: Mapped[int]
        name: Mapped[str]
        initials: Mapped[str]
        district_code: Mapped[str | None]
        valid_to: Mapped[date | None]
        merged_into_id: Mapped[int | None]

    @staticmethod
    def add(name: str, district: str = "", *, by: "User | None") -> "WorkUnit":
        """A new unit; Invalid at `name`, where there is one of that name, or at `district`."""
        from app.models.work_unit import WorkUnit

        name = _good_name(name)
        unit = WorkUnit(name=name, initials=initials(name), district_code=_good_district(district))
        db.session.add(unit)
        db.session.flush()
        record(unit, "add", by=by, reason=name)
        touch("units")
        return unit

    def change(self, name: str, district: str, *, by: "User | None", seen: int | None = None) -> None:
        """Another name, or another district ('': none); Invalid at the field; Stale."""
        hold_units(self.id)
        must_be_as_seen(self, seen, "这个单位")
        self.must_be_open()
        name, place = _good_name(name, but=self.id), _good_district(district)
        if name != self.name:
            record(self, "rename", by=by, reason=f"{self.name} → {name}")
        if place != self.district_code:
            record(self, "place", by=by)
        self.name, self.initials, self.district_code = name, initials(name), place
        touch("units")
        db.session.flush()

    def close(self, *, by: "User | None") -> None:
        """停用: nobody new may choose it; its people keep it."""
        hold_units(self.id)
        self.must_be_open()
        self.valid_to = clock.today()
        record(self, "close", by=by)
        touch("units")
        db.session.flush()

    def reopen(self, *, by: "User | None") -> None:
        """恢复使用 of a closed one; Refused for one that is open or was merged."""
        hold_units(self.id)
        if self.valid_to is None or self.merged_into_id is not None:
            raise Refused("已合并的单位不能恢复，使用中的不用恢复。", self)
        self.valid_to = None
        record(self, "reopen", by=by)
        touch("units")
        db.session.flush()

    def merge(self, into: int | None, *, by: "User | None", keep_posts: bool = False) -> int:
        """Join it to another open unit: its people belong there from now on; returns how many volunteers.

        Past records keep the old unit. Posts over it end, or with `keep_posts` go on over the heir. Invalid at `into`.
        """
        from app.models.units.merging import hand_over

        held = {unit.id: unit for unit in hold_units(self.id, into or 0)}
        self.must_be_open()
        other = held.get(into or 0)
        if other is None or other.id == self.id or other.valid_to is not None:
            raise Invalid("into", "请选择另一个使用中的单位。")
        self.valid_to, self.merged_into_id = clock.today(), other.id
        record(self, "merge", by=by, reason=f"并入{other.name}")
        record(other, "take-in", by=by, reason=self.name)
        moved = hand_over(cast("WorkUnit", self), other, by=by, keep_posts=keep_posts)
        touch("units", "volunteers")
        db.session.flush()
        return moved

    def adopt(self, typed: str, *, by: "User | None") -> int:
        """Whoever wrote `typed` as 其他 belongs to this unit from now on; returns how many volunteers."""
        from app.models.units.merging import take_in

        hold_units(self.id)
        self.must_be_open()
        moved = take_in(typed, cast("WorkUnit", self), by=by)
        record(self, "adopt", by=by, reason=f"{typed}（{moved} 名志愿者）")
        touch("volunteers")
        return moved

    def must_be_open(self) -> None:
        """Refused when it is closed or was merged."""
        if self.valid_to is not None:
            raise Refused(f"{self.name}已停用或已合并，不能再改。", self)


def hold_units(*ids: int) -> list[Any]:
    """These units, read afresh and held until the transaction ends, by id; rows that only point to them are not held up."""
    from app.models.work_unit import WorkUnit

    held = select(WorkUnit).where(WorkUnit.id.in_(ids)).order_by(WorkUnit.id).with_for_update(key_share=True)
    return list(db.session.scalars(held.execution_options(populate_existing=True)))


def _good_name(name: str, but: int = 0) -> str:
    """The name, trimmed; Invalid when it is empty, too long, or another unit's."""
    from app.models.work_unit import NO_UNIT, WorkUnit

    name = squeeze(name).replace("\n", "")
    if not name or len(name) > LONGEST:
        raise Invalid("name", f"请填写单位名称，最多 {LONGEST} 个字。")
    if name == NO_UNIT:
        raise Invalid("name", f"“{NO_UNIT}”不能用作单位名称。")
    taken = db.session.scalar(select(WorkUnit).where(WorkUnit.name == name, WorkUnit.id != but))
    if taken is not None:
        raise Invalid(
            "name", "名单里已有这个单位。" if taken.valid_to is None else "这个名称属于已停用或已合并的单位。"
        )
    return name


def _good_district(code: str) -> str | None:
    """The code of a district, None for ''; Invalid for anything else."""
    from app.models.region import Level, regions

    place = regions().get(code)
    if code and (place is None or place.level is not Level.DISTRICT or not place.open):
        raise Invalid("district", "请从区县中选择。")
    return code or None
