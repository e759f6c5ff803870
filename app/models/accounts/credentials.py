"""What an account signs in with: user name, password, and the one-time code that staff issue for a lost one."""

import hmac
import re
import secrets
import unicodedata
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.accounts import passwords
from app.crypto import keyed_hash
from app.models.history import record
from app.models.stateful import given
from app.refusal import Invalid
from app.text import squeeze

if TYPE_CHECKING:
    from app.models.user import User

USERNAME = re.compile(r"[A-Za-z0-9_.\-\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]{2,32}")
CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that are mistaken for another when read aloud
CODE_LENGTH = 10  # 50 bits
CODE_LIFE = timedelta(hours=24)


def username_key(username: str) -> str:
    """What makes user names equal: case, full-width letters and surrounding space do not count."""
    return squeeze(unicodedata.normalize("NFKC", username)).lower()


def good_username(username: str) -> str:
    """The user name as it is kept; Invalid where it breaks the rule."""
    name = squeeze(unicodedata.normalize("NFKC", username))
    if not USERNAME.fullmatch(name):
        raise Invalid("username", "用户名为 2–32 个汉字、字母、数字，或 _ - . 这三种符号。")
    return name


def good_password(password: str, personal: list[str], field: str = "password") -> str:
    """The password, if nothing speaks against it; Invalid at `field` otherwise."""
    if wrong := passwords.objection(password, personal):
        raise Invalid(field, wrong)
    return password


def plain_code(typed: str) -> str:
    """A code as it was issued, from what a person typed: spaces, hyphens and case do not count."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", typed)).upper()


class Credentials:
    """Columns and verbs of an account's way in; part of `User`."""

    if TYPE_CHECKING:
        id: Mapped[int]

    username: Mapped[str] = mapped_column(String(32))
    username_key: Mapped[str] = mapped_column(String(32), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    password_changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    code_hash: Mapped[str | None] = mapped_column(String(200))
    code_expires_at: Mapped[datetime | None]

    def take_password(self, kept: str) -> None:
        """Let this hash be the password; an open code and the duty to change it are over."""
        self.password_hash, self.password_changed_at = kept, clock.now()
        self.must_change_password, self.code_hash, self.code_expires_at = False, None, None

    def change_password(self, kept: str, *, by: "User") -> None:
        """The person sets a new password; who calls this ends the other sessions."""
        self.take_password(kept)
        record(self, "password", by=by)

    def issue_code(self, *, by: "User", reason: str) -> str:
        """A code for 24 hours and one sign-in, instead of the password, which is void from now on."""
        reason = given(reason)
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        self.code_hash, self.code_expires_at = self._code_hash(code), clock.now() + CODE_LIFE
        self.password_hash = passwords.UNUSABLE
        record(self, "password-code", by=by, reason=reason)
        return f"{code[:5]}-{code[5:]}"

    def opens_with(self, typed: str) -> bool:
        """Whether this is the code that was issued and is still good."""
        expected = self.code_hash or "0" * 64
        same = hmac.compare_digest(expected, self._code_hash(plain_code(typed)))
        return same and self.code_expires_at is not None and clock.now() < self.code_expires_at

    def use_code(self) -> None:
        """The code was used: it opens nothing any more, and a new password must be set."""
        self.code_hash = self.code_expires_at = None
        self.must_change_password = True

    def _code_hash(self, code: str) -> str:
        return keyed_hash(f"{self.id}:{code}", "password-code")
