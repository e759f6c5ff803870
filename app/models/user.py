"""账号 `User`: a member, with the posts (app/models/post.py) held now or once."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.crypto import keyed_hash
from app.db import Model, Row, db
from app.models.accounts.credentials import Credentials, good_username, username_key
from app.models.accounts.profile import Profile, good_name
from app.models.accounts.second_step import SecondStep
from app.models.accounts.sign_in import SignIn, end_all
from app.models.history import record
from app.models.post import Post as Post
from app.models.post import Role as Role
from app.models.stateful import given
from app.refusal import Invalid, Refused
from app.text import plain_phone

TAKEN = "用户名“{}”已被注册，请换一个。"


class Gender(StrEnum):
    FEMALE = "female"
    MALE = "male"


class User(Credentials, SecondStep, Profile, Row, Model):
    """A member. Registration asks for name and phone only; identity belongs to the application."""

    __table_args__ = (Index("ix_user_initials", "initials", postgresql_ops={"initials": "text_pattern_ops"}),)

    gender: Mapped[Gender | None]
    consent_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    posts: Mapped[list["Post"]] = relationship(foreign_keys="Post.user_id", back_populates="user", order_by="Post.id")
    __mapper_args__ = {"version_id_col": version}

    __allow_unmapped__ = True  # the two below are of the request, not columns
    post: "Post | None" = None  # the post as which this person acts in this request
    sign_in: "SignIn | None" = None  # the session of this request

    @classmethod
    def register(cls, *, username: str, kept: str, name: str, phone: str) -> "User":
        """A new account; `kept` is the password's hash. Invalid where the user name is taken or breaks the rule."""
        username = good_username(username)
        user = cls(username=username, username_key=username_key(username), password_hash=kept, consent_at=clock.now())
        user.call(good_name(name))
        user.reachable_at(phone)
        try:
            with db.session.begin_nested():
                db.session.add(user)
        except IntegrityError as taken:
            raise Invalid("username", TAKEN.format(username)) from taken
        record(user, "register", by=user)
        return user

    def living_posts(self, on: date | None = None) -> list["Post"]:
        """The posts held on this day (default today), in the order they were granted."""
        on = on or clock.today()
        return [post for post in self.posts if post.lives(on)]

    @property
    def rank(self) -> int:
        """The highest rank among the posts held now or later; 0 without one."""
        return max((post.rank for post in self.posts if not post.is_over(clock.today())), default=0)

    def disable(self, *, by: "User", reason: str) -> None:
        """停用: whoever uses the account is out at once, and nobody signs in with it until it is enabled again."""
        reason = given(reason)
        if self.disabled_at is not None:
            raise Refused("这个账号已经停用。")
        record(self, "disable", by=by, reason=reason)
        self.disabled_at = clock.now()
        end_all(self.id)

    def enable(self, *, by: "User", reason: str) -> None:
        """恢复: the account is as it was before it was disabled. A closed one never comes back."""
        reason = given(reason)
        if self.disabled_at is None or self.is_closed:
            raise Refused("这个账号没有停用。")
        record(self, "enable", by=by, reason=reason)
        self.disabled_at = None

    @property
    def is_closed(self) -> bool:
        """Whether the person has closed it for good (app/models/accounts/erasure.py)."""
        return self.phone_hash == ""

    # what Flask-Login asks
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    def get_id(self) -> str:
        """The token of this session, not the user's id: ending the row ends the session."""
        return self.sign_in.raw if self.sign_in else ""


def user_named(username: str) -> User | None:
    """The account with this user name; case and surrounding space do not matter."""
    return db.session.scalar(select(User).where(User.username_key == username_key(username)))


def hold_user(user_id: int) -> None:
    """Let one transaction at a time act for this person; rows that only point to them are not held up."""
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))


def people_with_phone(phone: str, *, but: int = 0) -> list[User]:
    """Accounts with exactly this phone number, except the account `but` (families share numbers)."""
    found = select(User).where(User.phone_hash == keyed_hash(plain_phone(phone), "phone"), User.id != but)
    return list(db.session.scalars(found.order_by(User.id)))
