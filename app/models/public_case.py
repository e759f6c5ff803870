"""What the public reads of a closed request: `PublicCase`, written for it, apart from everything sealed.

Public pages and lists read this table alone. A title or summary that holds the asker's name, number or
address, or looks like somebody's number or door, is refused at its field.
"""

import re
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Model, Row, db
from app.freshness import touch
from app.models.help.states import Rating
from app.models.help_request import HelpRequest
from app.models.history import record
from app.models.message import tell
from app.models.post import keepers
from app.models.region import Placed, place_name
from app.models.stateful import given
from app.refusal import Invalid, Refused

if TYPE_CHECKING:
    from app.models.user import User

TITLE, SUMMARY = (4, 40), (10, 300)
LONG_NUMBER = re.compile(r"\d(?:[\s.·,，—–-]{0,3}\d){6,}")
DOOR = re.compile(
    r"[\d十百]+\s*(?:号楼|号院|幢|栋|单元|室|号|弄|楼)"
    r"|(?<!\d)\d{1,3}\s*[—–-]\s*\d{3,4}(?![\d人名户岁元分米次件个天])"  # 3-501, as doors are written
)
REACHED = re.compile(  # a name by which somebody is reached: 微信 zhang_123, qq：…, mail
    r"(?:微信|威信|vx|wx|qq|钉钉)(?:号码?)?(?:是|为)?[\s:：,，(（]{0,3}[a-z0-9][a-z0-9_-]{4,}|[\w.+-]+@[\w-]+\.\w+",
    re.IGNORECASE,
)
DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")  # 一三八… is a telephone number too


SHOWN = text("hidden_at IS NULL")


class PublicCase(Placed, Row, Model):
    """A closed case on the portal; hidden while the request is open again, or after it was taken down."""

    DOORS = {"manage": ""}
    __table_args__ = (
        Index(None, "closed_at", "id", "category_id", sqlite_where=SHOWN, postgresql_where=SHOWN),
        Index(None, "district_code", "closed_at", "id", "category_id", "hidden_at"),
        Index(None, "subdistrict_code", "closed_at", "id", "category_id", "hidden_at"),
        Index(None, "community_code", "closed_at", "id", "category_id", "hidden_at"),
    )

    request_id: Mapped[int] = mapped_column(ForeignKey("help_request.id"), unique=True)
    title: Mapped[str] = mapped_column(String(40))
    summary: Mapped[str] = mapped_column(String(300))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    asked_at: Mapped[datetime]
    closed_at: Mapped[datetime]
    rating: Mapped[Rating | None]
    hidden_at: Mapped[datetime | None]


def case_of(request: HelpRequest) -> PublicCase | None:
    """What was written for the public about this request, shown or not."""
    return db.session.scalar(select(PublicCase).where(PublicCase.request_id == request.id))


def publish(request: HelpRequest, title: str, summary: str) -> None:
    """Put the case on the portal. Invalid at `public_title` or `public_summary`."""
    title, summary = " ".join(title.split()), summary.strip()
    check(request, "public_title", "公开标题", title, TITLE)
    check(request, "public_summary", "公开摘要", summary, SUMMARY)
    case = case_of(request) or PublicCase(request_id=request.id, asked_at=request.created_at)
    case.title, case.summary, case.category_id = title, summary, request.category_id
    case.closed_at, case.rating, case.hidden_at = request.closed_at or clock.now(), None, None
    case.locate(request.community_code)
    db.session.add(case)
    touch("help")


def hide(request: HelpRequest) -> None:
    """Take the case off the portal at once."""
    case = case_of(request)
    if case is not None:
        case.hidden_at = clock.now()
        touch("help")


def take_down(request: HelpRequest, *, by: "User", reason: str) -> None:
    """撤下, by the community or any level above it, for a reason; the community's staff are told. Refused when it is not shown."""
    reason = given(reason)
    request.hold()
    case = case_of(request)
    if case is None or case.hidden_at is not None:
        raise Refused("公开的摘要已经不在网上了。", request)
    record(request, "take-down", by=by, reason=reason)
    hide(request)
    path, about = f"/office/help/{request.id}", f"help:{request.id}"
    for user_id in keepers(request.community_code):
        if user_id != by.id:
            tell(user_id, f"公开的求助摘要已撤下：{request.number}", f"原因：{reason}", path=path, about=about)


def keep_rating(request: HelpRequest) -> None:
    """Show how the asker rated it."""
    case = case_of(request)
    if case is not None:
        case.rating = request.rating
        touch("help")


def check(request: HelpRequest, field: str, word: str, text: str, size: tuple[int, int]) -> None:
    """Invalid where the text has no fitting length or says who or where somebody is."""
    if not size[0] <= len(text) <= size[1]:
        raise Invalid(field, f"{word}请写 {size[0]} 到 {size[1]} 个字，现在是 {len(text)} 个。")
    plain = "".join(text.split())
    for what, private in (("姓名", request.name), ("电话", request.phone or ""), ("地址", request.address)):
        if private and "".join(private.split()) in plain and private not in place_name(request.community_code):
            raise Invalid(field, f"{word}里有求助人的{what}，请去掉。")
    if any("".join(name.split()) in plain for name in _helpers(request)):
        raise Invalid(field, f"{word}里有志愿者的姓名，请写成“志愿者”。")
    even = unicodedata.normalize("NFKC", text)
    if REACHED.search(even):
        raise Invalid(field, f"{word}里有微信号、QQ 号或邮箱，请去掉。")
    digits = even.translate(DIGITS)
    if LONG_NUMBER.search(digits):
        raise Invalid(field, f"{word}里有长的号码，请去掉（日期请写成 11月2日）。")
    if DOOR.search(digits):
        raise Invalid(field, f"{word}里有门牌号，请去掉。")


def _helpers(request: HelpRequest) -> list[str]:
    """The names of the volunteers who were asked."""
    from app.models.assignment import Assignment
    from app.models.user import User

    names = select(User.name).join(Assignment, Assignment.user_id == User.id)
    return list(db.session.scalars(names.where(Assignment.request_id == request.id)))
