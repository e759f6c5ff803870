"""What the city does to its tree: add, rename, merge (SPEC section 2; docs/adr/0007 says what a merger moves)."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from app import clock
from app.db import db, lock
from app.freshness import touch
from app.models.history import record
from app.models.stateful import must_be_as_seen
from app.refusal import Invalid, Refused
from app.text import initials, squeeze

if TYPE_CHECKING:
    from app.models.region import Level, Region
    from app.models.user import User

LONGEST = 60  # characters of a name


class RegionVerbs:
    """The verbs of `Region`."""

    if TYPE_CHECKING:
        code: Mapped[str]
        name: Mapped[str]
        level: Mapped["Level"]
        initials: Mapped[str]
        valid_from: Mapped[date | None]
        valid_to: Mapped[date | None]
        successor: Mapped[str | None]

        @property
        def id(self) -> int: ...

    @staticmethod
    def add(code: str, name: str, *, by: "User | None") -> "Region":
        """A new subdistrict or community below an open region; Invalid at `code` or `name`."""
        from app.models.region import LEVELS, Region, short_name

        parent = _parent_for(code)
        name = _good_name(name, parent)
        region = Region(code=code, name=name, level=LEVELS[len(code)], initials=initials(short_name(name)))
        region.valid_from = clock.today()
        db.session.add(region)
        db.session.flush()
        record(region, "add", by=by, reason=name)
        touch("regions")
        return region

    def rename(self, name: str, *, by: "User | None", seen: int | None = None) -> None:
        """Call it by another name from today on; Invalid at `name`, Refused when it was merged; Stale."""
        hold(self.code)
        must_be_as_seen(self, seen, "这个区域")
        self.must_be_open()
        if squeeze(name) == self.name:
            raise Invalid("name", "和现在的名称一样，没有要改的。")
        name = _good_name(name, self.code[: _above(self.code)], but=self.code)
        record(self, "rename", by=by, reason=f"{self.name} → {name}")
        self.call(name)
        touch("regions", "activities", "feedback", "help")

    def call(self, name: str) -> None:
        """Put the name on, keeping the one it had until yesterday."""
        from app.models.region import short_name
        from app.models.regions.former_names import RegionName

        last_day = clock.today() - timedelta(days=1)
        db.session.add(RegionName(region_code=self.code, name=self.name, last_day=last_day))
        self.name, self.initials = name, initials(short_name(name))
        db.session.flush()

    def merge(self, into: str, *, by: "User | None", keep_posts: bool = False) -> None:
        """Join it to `into`, an open region of its level in the same district: closed from tomorrow, never undone.

        Its rows keep their code and are read through `lineage`; its open work is the heir's. Posts over it end,
        or with `keep_posts` go on over the heir. Invalid at `into`; Refused when it was merged already.
        """
        from app.models.regions.merging import hand_over

        held = {region.code: region for region in hold(self.code, into)}
        self.must_be_open()
        other = held.get(into)
        if other is None or not may_join(self, other):
            raise Invalid("into", "请选择同一区县内、同一级别、没有撤并的另一个区域。")
        self.valid_to, self.successor = clock.today(), other.code
        record(self, "merge", by=by, reason=f"并入{other.name}")
        record(other, "take-in", by=by, reason=self.name)
        hand_over(cast("Region", self), other, by=by, keep_posts=keep_posts)
        touch("regions", "activities", "feedback", "help")
        db.session.flush()

    def must_be_open(self) -> None:
        """Refused when it was merged."""
        if self.valid_to is not None:
            raise Refused(f"{self.name}已经撤并，不能再改。", self)


def hold(*codes: str) -> list[Any]:
    """These regions, read afresh and held until the transaction ends, in the order of their codes."""
    from app.models.region import Region

    return lock(select(Region).where(Region.code.in_(codes)).order_by(Region.code))


def may_join(one: Any, other: Any) -> bool:
    """Whether `one` may be merged into `other`: open, another, of the same level in the same district.

    Takes rows and `Place` alike. Districts themselves may be joined; the city never.
    """
    from app.models.region import Level, heir

    near = one.level is Level.DISTRICT or heir(one.code[:6]) == heir(other.code[:6])
    alike = one.level == other.level and one.level is not Level.CITY
    return near and alike and one.code != other.code and other.valid_to is None


def _above(code: str) -> int:
    from app.models.region import ABOVE

    return ABOVE[len(code)]


def _parent_for(code: str) -> str:
    """The code of the open region above a new code; Invalid at `code` where it cannot be given."""
    from app.models.region import Level, Region, level_of, regions

    level = level_of(code) if code.isascii() else None
    if level not in (Level.SUBDISTRICT, Level.COMMUNITY):
        raise Invalid("code", f"街道（镇）的代码是 9 位数字，社区（村）是 12 位，以 3203 开头；现在是 {len(code)} 位。")
    parent = regions().get(code[: _above(code)])
    if parent is None:
        raise Invalid("code", f"没有代码为 {code[: _above(code)]} 的上级区域，请核对前 {_above(code)} 位。")
    if not parent.open:
        raise Invalid("code", f"上级{parent.short}已撤并，不能在它下面新增。")
    if db.session.get(Region, code) is not None:
        raise Invalid("code", "这个代码已经用过了。撤并的区域保留自己的代码，请换一个。")
    return parent.code


def _good_name(name: str, parent: str, but: str = "") -> str:
    """The name, trimmed; Invalid when it is empty, too long, or that of an open neighbour."""
    from app.models.region import children, heir

    name = squeeze(name).replace("\n", "")
    if not name or len(name) > LONGEST:
        raise Invalid("name", f"请填写名称，最多 {LONGEST} 个字。")
    if any(place.name == name and place.code != but for place in children().get(heir(parent), [])):
        raise Invalid("name", "同一上级下面已经有这个名称，请换一个。")
    return name
