"""服务记录 `ServiceRecord`: one confirmed service of one person, and its roll-up by month.

`make`, `revoke` and `change_minutes` are the only ways to a record. Each keeps, in the same transaction,
the person's count, minutes and last day (`Volunteer`) and the roll-up (`ServiceMonth`); `flask recount
--check` proves both (SPEC section 4). Their callers hold the volunteers' rows, locked in the order of ids.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    bindparam,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from app import clock
from app.db import Model, Row, add_to, db
from app.freshness import touch
from app.models import city_sum
from app.models.activity import Activity
from app.models.region import Placed
from app.models.user import User
from app.models.volunteer import Volunteer
from app.straight import fresh, plain, read, write


class Evidence(StrEnum):
    ONSITE = "onsite"
    LATE = "late"
    HELP = "help"
    MIGRATED = "migrated"


UNUSUAL = tuple(one for one in Evidence if one is not Evidence.ONSITE)

# Lists of records at each level of both views, and of a unit, newest first: index → what it begins with
LISTED: dict[str, tuple[str, ...]] = {
    "all": (),
    "district": ("district_code",),
    "subdistrict": ("subdistrict_code",),
    "community": ("community_code",),
    "volunteer_district": ("volunteer_district_code",),
    "volunteer_subdistrict": ("volunteer_subdistrict_code",),
    "volunteer_community": ("volunteer_community_code",),
    "unit": ("unit_id",),
}
# Where many services are summed up: what sums read and filters ask stands in the index itself, so that no row is looked up;
# `revoked_at` too, though it is NULL there: without it SQLite does not see that nothing is missing, and takes another index
SUMMED = ("volunteer_id", "minutes", "unit_id", "category_id", "evidence", "revoked_at")
OF_A_UNIT = tuple(one for one in SUMMED if one != "unit_id")
WIDE = {
    **dict.fromkeys(("all", "district", "subdistrict", "volunteer_district", "volunteer_subdistrict"), SUMMED),
    "unit": (*OF_A_UNIT, "district_code", "volunteer_district_code"),  # districts look at a unit, too
}


class ServiceRecord(Placed, Row, Model):
    """A service on a day; revoked ones keep their row. Belongs to community, unit, category of its day.

    Place columns are the activity's (or the request's) community; `volunteer_…` the person's.
    """

    DOORS = {"manage": "", "people": "volunteer_", "unit": "unit_id", "heir": "unit_id"}
    __table_args__ = (
        CheckConstraint("minutes >= 0", name="minutes"),
        Index(
            "uq_service_record_live",
            "activity_id",
            "volunteer_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
        Index(
            None, "volunteer_id", "revoked_at", "day", "id"
        ),  # whoever is ticked to and fro leaves many that were taken back
        Index(None, "month", "community_code"),
        # nearly all are ticked on the spot: the others would be looked for along everything
        Index(
            "ix_service_record_unusual",
            *("evidence", "day", "id"),
            sqlite_where=text("revoked_at IS NULL AND evidence <> 'onsite'"),
            postgresql_where=text("revoked_at IS NULL AND evidence <> 'onsite'"),
        ),
        *(
            Index(
                f"ix_service_record_{name}_live",
                *(*columns, "day", "id"),
                *WIDE.get(name, ()),
                sqlite_where=text("revoked_at IS NULL"),
                postgresql_where=text("revoked_at IS NULL"),
            )
            for name, columns in LISTED.items()
        ),
    )

    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"))
    day: Mapped[date]
    month: Mapped[str] = mapped_column(String(7))  # 2026-11, of `day`
    minutes: Mapped[int]
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    volunteer_district_code: Mapped[str] = mapped_column(String(6))
    volunteer_subdistrict_code: Mapped[str] = mapped_column(String(9))
    volunteer_community_code: Mapped[str] = mapped_column(String(12))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("work_unit.id"))
    evidence: Mapped[Evidence]
    source: Mapped[str] = mapped_column(String(200), default="")
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    activity: Mapped[Activity | None] = relationship(lazy="raise")

    def happened(self, on: date) -> None:
        """Set the Shanghai day to which the record belongs, with its month."""
        self.day, self.month = on, f"{on:%Y-%m}"

    @classmethod
    def is_unusual(cls) -> "ColumnElement[bool]":
        """That it was not ticked on the spot, as the index of these says it: a parameter would hide it."""
        return cls.evidence != literal_column(f"'{Evidence.ONSITE.value}'")

    @classmethod
    def of_volunteer(cls, volunteer_id: int) -> "Select[tuple[ServiceRecord]]":
        """A person's live records, newest day first, each with its activity (None for help, imports)."""
        mine = select(cls).where(cls.volunteer_id == volunteer_id, cls.revoked_at.is_(None))
        return mine.options(joinedload(cls.activity)).order_by(cls.day.desc(), cls.id.desc())

    @classmethod
    def live_of(cls, activity_id: int, volunteer_ids: Iterable[int]) -> "list[ServiceRecord]":
        """The live records of these people for this activity: at most one each."""
        asked = {"activity": activity_id, "volunteers": list(volunteer_ids)}
        return [fresh(cls, found) for found in read(LIVE, asked)]

    @classmethod
    def make(cls, records: "Sequence[ServiceRecord]") -> None:
        """Save these new records, not yet in the session, and count them; as many statements as for one."""
        if not records:
            return
        names = [column.key for column in cls.__mapper__.column_attrs if column.key not in ("id", "created_at")]
        rows = [
            {name: getattr(record, name) for name in names} | {"source": record.source or "", "created_at": clock.now()}
            for record in records
        ]
        write(MADE, rows)
        _count([(record, 1, record.minutes) for record in records])

    @classmethod
    def revoke(cls, records: "Sequence[ServiceRecord]", *, by: User | None) -> None:
        """Take back live records: their rows stay, they count no more."""
        now, who = clock.now(), by.id if by else None
        write(REVOKED, {"ids": [record.id for record in records], "at": now, "by": who})
        for record in records:
            set_committed_value(record, "revoked_at", now)
            set_committed_value(record, "revoked_by_id", who)
        _count([(record, -1, -record.minutes) for record in records])

    def change_minutes(self, minutes: int) -> None:
        """Correct the length of a live record."""
        difference, self.minutes = minutes - self.minutes, minutes
        _count([(self, 0, difference)])


class ServiceMonth(Model):
    """The roll-up: services and minutes by month × both communities × unit × category × evidence.

    Kept in the transaction of each record; `flask recount --check` proves it. `unit_id` 0 is 无单位.
    """

    __table_args__ = (
        Index(None, "month", "volunteer_community_code"),
        Index(None, "unit_id", "month"),
    )

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    community_code: Mapped[str] = mapped_column(String(12), primary_key=True)
    volunteer_community_code: Mapped[str] = mapped_column(String(12), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(primary_key=True)
    evidence: Mapped[Evidence] = mapped_column(primary_key=True)
    services: Mapped[int] = mapped_column(default=0)
    minutes: Mapped[int] = mapped_column(default=0)


def _count(changes: "Sequence[tuple[ServiceRecord, int, int]]") -> None:
    """Add (services, minutes) of each record to its person and to the roll-up.

    People first, then the roll-up in the order of its keys: two transactions meet in one order.
    """
    db.session.flush()
    people: Counter[tuple[int, str]] = Counter()
    months: Counter[tuple[ServiceKey, str]] = Counter()
    for record, services, minutes in changes:
        for name, amount in (("services", services), ("minutes", minutes)):
            people[record.volunteer_id, name] += amount
            months[_key(record), name] += amount
    _count_people(people)
    touch_months({key[0] for key, _ in months})
    for key in sorted({key for key, _ in months}):
        amounts = {"services": months[key, "services"], "minutes": months[key, "minutes"]}
        add_to(ServiceMonth, dict(zip(KEYS, key, strict=True)), amounts)
    note_for_city((key, months[key, "services"], months[key, "minutes"]) for key in {key for key, _ in months})


def note_for_city(changes: "Iterable[tuple[ServiceKey, int, int]]") -> None:
    """The same changes (key, services, minutes) for the whole city's sums."""
    whole: dict[city_sum.Key, list[int]] = defaultdict(lambda: [0, 0])
    for key, services, minutes in changes:
        total = whole[city_sum.key_of(*key[:5])]
        total[0] += services
        total[1] += minutes
    city_sum.note((key, *total) for key, total in whole.items())  # type: ignore[misc]


def month_topic(month: str) -> str:
    """The topic that is touched when the roll-up of a month that is over changes."""
    return f"services:{month}"


def touch_months(months: Iterable[str]) -> None:
    """Say that these months' sums change. Not the present one: all who tick would wait for one row."""
    touch(*(month_topic(month) for month in months if month < f"{clock.today():%Y-%m}"))


ServiceKey = tuple[str, str, str, int, int, Evidence]
KEYS = ("month", "community_code", "volunteer_community_code", "unit_id", "category_id", "evidence")


def _key(record: ServiceRecord) -> ServiceKey:
    """The row of the roll-up to which the record belongs."""
    places = record.month, record.community_code, record.volunteer_community_code
    return (*places, record.unit_id or 0, record.category_id, record.evidence)


def _count_people(amounts: "Counter[tuple[int, str]]") -> None:
    """One UPDATE for all whose figures change alike; the last day is looked up, it can also go back."""
    alike: dict[tuple[int, int], list[int]] = defaultdict(list)
    for volunteer_id in sorted({volunteer_id for volunteer_id, _ in amounts}):
        alike[amounts[volunteer_id, "services"], amounts[volunteer_id, "minutes"]].append(volunteer_id)
    for (services, minutes), ids in alike.items():
        write(MORE, {"ids": ids, "more_services": services, "more_minutes": minutes})
        for volunteer_id in ids:
            held = db.session.identity_map.get(identity_key(Volunteer, volunteer_id))
            if held is not None:
                db.session.expire(held, ["services", "minutes", "last_served_on"])


# Built once: these run with every tick. Past the ORM, so that no open form of the person becomes stale.
_records, _people = (db.metadata.tables[model.__tablename__] for model in (ServiceRecord, Volunteer))
MADE = _records.insert().inline()
MORE = (
    _people.update()
    .where(_people.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        services=_people.c.services + bindparam("more_services"),
        minutes=_people.c.minutes + bindparam("more_minutes"),
        last_served_on=select(func.max(ServiceRecord.day))
        .where(ServiceRecord.volunteer_id == _people.c.id, ServiceRecord.revoked_at.is_(None))
        .scalar_subquery(),
    )
)
LIVE = select(*plain(ServiceRecord)).where(
    _records.c.activity_id == bindparam("activity"),
    _records.c.volunteer_id.in_(bindparam("volunteers", expanding=True)),
    _records.c.revoked_at.is_(None),
)
REVOKED = (
    _records.update()
    .where(_records.c.id.in_(bindparam("ids", expanding=True)))
    .values(revoked_at=bindparam("at"), revoked_by_id=bindparam("by"))
)
