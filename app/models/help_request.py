"""公众求助 `HelpRequest`: somebody asks for help, with or without an account; the community sees to it.

What may be stated and where deadlines run is here; staff's verbs are in help/desk.py and help/service.py, the
asker's in help/asker.py, the volunteers' in assignment.py, what the public reads in public_case.py.
Each verb locks the request first (`hold`), then its assignments, then volunteers by id.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, bindparam, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.crypto import keyed_hash
from app.db import Model, Row, Sealed, db, locking
from app.models.category import open_category
from app.models.help.asker import AskersVerbs
from app.models.help.desk import DeskVerbs
from app.models.help.messages import tell_new
from app.models.help.numbers import new_number, random_tail
from app.models.help.service import ServiceVerbs
from app.models.help.states import ASKER as ASKER
from app.models.help.states import CONTACT_AFTER, REQUEST_MOVES, WAITING, HelpStatus, Rating
from app.models.history import record
from app.models.region import Placed, community
from app.models.user import User
from app.refusal import Invalid
from app.text import is_phone, plain_phone

LIMITS = {"name": (2, 40), "address": (2, 100), "content": (5, 500)}
WORDS = {"name": "姓名", "address": "详细地址", "content": "具体情况"}
S = HelpStatus
PLACES = ("district_code", "subdistrict_code", "community_code")
IS_WAITING = text(f"status IN ({', '.join(repr(status.value) for status in WAITING)})")
OF_WAITING = ("status", *PLACES, "offers_end_at", "accept_due", "arrange_due", "close_due", "handed_up_at", "id")
RELATED = (S.ACCEPTED, S.ARRANGED, S.SERVING, S.DONE)  # contact may be looked at


@dataclass(frozen=True)
class Asking:
    """What the asker states; `phone` '' only where staff file it for somebody without one."""

    name: str
    phone: str
    community: str
    address: str
    category: str
    content: str
    wanted_on: date | None = None
    on_behalf: bool = False

    def check(self, *, by_staff: bool) -> None:
        """Invalid at the first field that is wrong."""
        for field, (least, most) in LIMITS.items():
            size = len(getattr(self, field))
            if not least <= size <= most:
                raise Invalid(field, f"{WORDS[field]}请写 {least} 到 {most} 个字，现在是 {size} 个。")
        if not is_phone(plain_phone(self.phone)) and not (by_staff and not self.phone):
            raise Invalid("phone", "请填写 11 位手机号，或带区号的固定电话。")
        if self.wanted_on is not None and not 0 <= (self.wanted_on - clock.today()).days <= 365:
            raise Invalid("wanted_on", "希望的日期请选今天到一年以内。")


class HelpRequest(DeskVerbs, ServiceVerbs, AskersVerbs, Placed, Row, Model):
    """One request. Name, phone, address and text lie encrypted; public pages read `PublicCase` instead."""

    DOORS = {"manage": ""}
    MOVES = REQUEST_MOVES
    __table_args__ = (
        # the city's list; behind its order what filters and statistics ask, so that they look up no row
        Index(
            None,
            "created_at",
            "id",
            "status",
            "category_id",
            "accepted_at",
            "close_due",
            "closed_at",
            "rating",
            "offers_end_at",
        ),
        Index(None, "status", "created_at", "id", "category_id"),
        Index(None, "district_code", "status", "created_at", "id", "category_id"),
        Index(None, "subdistrict_code", "status", "created_at", "id", "category_id"),
        Index(None, "community_code", "status", "created_at", "id", "category_id"),
        Index(None, "lapses_at"),
        Index(None, "offers_end_at"),
        Index(None, "handed_up_at"),
        # the few that are on a desk, with all that 待办 asks: where they are, whose turn it is, what is late
        Index("ix_help_request_waiting", *OF_WAITING, sqlite_where=IS_WAITING, postgresql_where=IS_WAITING),
    )

    number: Mapped[str] = mapped_column(String(40), unique=True)
    status: Mapped[HelpStatus] = mapped_column(default=HelpStatus.PENDING)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    name: Mapped[str] = mapped_column(Sealed)
    phone: Mapped[str | None] = mapped_column(Sealed)
    phone_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    phone_tail: Mapped[str] = mapped_column(String(4), index=True)
    address: Mapped[str] = mapped_column(Sealed)
    content: Mapped[str] = mapped_column(Sealed)
    wanted_on: Mapped[date | None]
    on_behalf: Mapped[bool] = mapped_column(default=False)
    consent_at: Mapped[datetime]
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    running_since: Mapped[datetime]  # submission, or the last resubmission, transfer or reopening
    accept_due: Mapped[datetime]
    arrange_due: Mapped[datetime]
    close_due: Mapped[datetime]
    lapses_at: Mapped[datetime | None]  # in 待补充: when silence ends it
    offers_end_at: Mapped[datetime | None]  # set while all rests on offers nobody has answered
    accepted_at: Mapped[datetime | None]
    transfers: Mapped[int] = mapped_column(default=0)
    reopened: Mapped[int] = mapped_column(default=0)
    handed_up_at: Mapped[datetime | None]  # set while the district decides (app/models/help/desk.py)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("help_request.id"))
    result: Mapped[str | None] = mapped_column(Sealed)
    private_reason: Mapped[str] = mapped_column(String(500), default="")  # why nothing is published
    closed_at: Mapped[datetime | None]
    rating: Mapped[Rating | None]
    rated_at: Mapped[datetime | None]

    filed_by: Mapped[User | None] = relationship(foreign_keys=[filed_by_id], lazy="raise")

    @classmethod
    def ask(cls, told: Asking, *, by: User = ASKER) -> "HelpRequest":
        """Hand in a request; `by` is staff who file it for somebody. Invalid at the wrong field."""
        told.check(by_staff=by is not ASKER)
        place, kind = community(told.community), open_category(told.category)
        phone, now = plain_phone(told.phone), clock.now()
        stated = {name: getattr(told, name) for name in ("name", "address", "content", "wanted_on", "on_behalf")}
        request = cls(
            **stated,
            created_at=now,  # on the day that its number tells
            number=new_number(now),
            category_id=kind.id,
            phone=phone or None,
            consent_at=now,
            phone_hash=keyed_hash(phone, "phone") if phone else None,
            phone_tail=phone[-4:] or random_tail(),
            filed_by_id=by.id,
            status=S.PENDING,
        )
        request.locate(place.code)
        request.run()
        db.session.add(request)
        db.session.flush()
        record(request, "ask", by=by, to=S.PENDING)
        tell_new(request)
        return request

    @property
    def standing(self) -> HelpStatus:
        """The state with every change that is due by now, also one that `flask tick` has not stored yet."""
        if self.status is S.RETURNED and self.lapses_at and self.lapses_at <= clock.now():
            return S.LAPSED
        waits = self.status in (S.ARRANGED, S.SERVING) and self.offers_end_at is not None
        if waits and self.offers_end_at and self.offers_end_at <= clock.now():
            return S.ACCEPTED
        return self.status

    @property
    def due_at(self) -> datetime | None:
        """The midnight that ends the last day for the next step; None where nobody's clock runs."""
        last = {S.PENDING: self.accept_due, S.ACCEPTED: self.arrange_due}
        last |= dict.fromkeys((S.ARRANGED, S.SERVING, S.DONE), self.close_due)
        return last.get(self.standing)

    @property
    def last_day(self) -> datetime | None:
        """A moment of the last day for the next step."""
        return self.due_at - timedelta(seconds=1) if self.due_at else None

    @property
    def last_days(self) -> dict[str, datetime]:
        """A moment of the last day to accept, arrange and close (the dues are the midnights that end them)."""
        dues = {"accept": self.accept_due, "arrange": self.arrange_due, "close": self.close_due}
        return {name: due - timedelta(seconds=1) for name, due in dues.items()}

    @property
    def overdue(self) -> bool:
        """Whether the next step should have been taken by now."""
        return self.due_at is not None and self.due_at <= clock.now()

    @property
    def shows_contact(self) -> bool:
        """Whether name, phone and address may be looked at: from 受理 until seven days after 办结."""
        if self.standing is S.CLOSED:
            return self.closed_at is not None and clock.now() < self.closed_at + CONTACT_AFTER
        return self.standing in RELATED


def by_number(number: str, tail: str) -> HelpRequest | None:
    """The request that this pair opens, or None; the same statement whichever of the two is wrong."""
    return db.session.scalar(select(HelpRequest).where(HelpRequest.number == number, HelpRequest.phone_tail == tail))


def hold_requests(*ids: int) -> list[HelpRequest]:
    """Lock these requests, by id, and return them fresh."""
    return list(db.session.scalars(HELD, {"ids": ids}))


# Built once: every verb of a request asks it.
HELD = locking(select(HelpRequest).where(HelpRequest.id.in_(bindparam("ids", expanding=True))).order_by(HelpRequest.id))
