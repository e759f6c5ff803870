"""The sessions of signed-in people: a row each, so that ending one ends it everywhere."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Model, Row, Sealed, db

OFFICE_IDLE = timedelta(minutes=30)
MEMBER_IDLE = timedelta(hours=2)
LIFETIME = timedelta(hours=12)
PROOF_LIFE = timedelta(minutes=10)


class SignIn(Row, Model):
    """One session of one person: ended at sign-out, password change, disabling or after idling."""

    token: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(45), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")
    proved_at: Mapped[datetime | None]  # when this session last gave the password or a code of the phone
    pending_secret: Mapped[str | None] = mapped_column(Sealed)  # of a second step that is being set up

    raw = ""  # the token itself, known only while signing in

    def has_expired(self, *, office: bool) -> bool:
        """Idle too long for where the person is going, or older than the lifetime."""
        now = clock.now()
        idle = OFFICE_IDLE if office else MEMBER_IDLE
        return now - self.seen_at > idle or now - self.created_at > LIFETIME

    @property
    def is_proved(self) -> bool:
        """Whether the person gave password or code within the last ten minutes."""
        return self.proved_at is not None and clock.now() - self.proved_at <= PROOF_LIFE

    def end(self) -> None:
        """The browser that holds this session is signed out with its next request."""
        self.ended_at = self.ended_at or clock.now()

    @property
    def device(self) -> str:
        """Browser and system in words that a person recognises; the full text stays in the row."""
        return device_in_words(self.agent)


BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge 浏览器"),
    ("OPR", "Opera 浏览器"),
    ("Firefox", "火狐浏览器"),
    ("QQBrowser", "QQ 浏览器"),
    ("360", "360 浏览器"),
    ("Chrome", "Chrome 浏览器"),
    ("Safari", "Safari 浏览器"),
)
SYSTEMS = (
    ("HarmonyOS", "鸿蒙"),
    ("Android", "安卓手机"),
    ("iPhone", "苹果手机"),
    ("iPad", "iPad"),
    ("Windows", "Windows 电脑"),
    ("Mac OS", "苹果电脑"),
    ("Linux", "Linux 电脑"),
)


def device_in_words(agent: str) -> str:
    """安卓手机，微信; 其他设备 where nothing is recognised."""
    found = [next((words for mark, words in table if mark in agent), "") for table in (SYSTEMS, BROWSERS)]
    return "，".join(filter(None, found)) or "其他设备"


def living_sign_ins(user_id: int, most: int = 50) -> list[SignIn]:
    """The sessions in which this person is signed in now, the latest used first."""
    now = clock.now()
    fresh = SignIn.seen_at > now - MEMBER_IDLE, SignIn.created_at > now - LIFETIME
    mine = select(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None), *fresh)
    return list(db.session.scalars(mine.order_by(SignIn.seen_at.desc(), SignIn.id.desc()).limit(most)))


def end_all(user_id: int, *, but: int | None = None) -> None:
    """End every session of this person, except the session row `but`."""
    living = update(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    if but is not None:
        living = living.where(SignIn.id != but)
    db.session.execute(living.values(ended_at=clock.now()))
