"""两步验证: a code of one's phone beside the password (RFC 6238: six digits, thirty seconds, SHA-1).

A code is good in its own half minute and in the ones before and after, and once: `totp_step` is the newest
half minute whose code was used. Ten recovery codes (recovery_code.py) stand in for a lost phone. Setting up begins
with a secret that waits in the session's row until a code proves that the phone has it.
"""

import hmac
from datetime import datetime
from typing import TYPE_CHECKING

import pyotp
from sqlalchemy import delete, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import clock
from app.db import Sealed, db
from app.models.accounts import recovery_code
from app.models.accounts.credentials import plain_code
from app.models.accounts.recovery_code import RecoveryCode
from app.models.history import record
from app.models.stateful import given
from app.refusal import Invalid, Refused

if TYPE_CHECKING:
    from app.models.user import User

STEP = 30  # seconds
AROUND = (-1, 0, 1)  # half minutes by which a phone's clock may be off
DIGITS = 6
WRONG = "验证码不对，请填写手机上现在显示的 6 位数字。每个验证码只能用一次。"


class SecondStep:
    """Columns and verbs of the second step; part of `User`."""

    if TYPE_CHECKING:
        id: Mapped[int]

    totp_secret: Mapped[str | None] = mapped_column(Sealed)
    totp_step: Mapped[int] = mapped_column(default=0, server_default="0")

    @property
    def has_second_step(self) -> bool:
        """Whether signing in asks for a code."""
        return self.totp_secret is not None

    def set_second_step(self, secret: str, typed: str, *, by: "User") -> list[str]:
        """Begin with this secret, which the typed code proves to be on the phone; the recovery codes, shown once."""
        if self.has_second_step:
            raise Refused("两步验证已经开启。")
        step = fitting_step(secret, typed)
        if step is None:
            raise Invalid("code", WRONG)
        codes = self.new_recovery_codes()
        self.totp_secret, self.totp_step = secret, step
        record(self, "second-step", by=by)
        return codes

    def new_recovery_codes(self) -> list[str]:
        """Ten fresh codes, shown once; all earlier ones are void. Slow: call it before anything is written."""
        return recovery_code.renew(self.id)

    def drop_second_step(self, *, by: "User | None", action: str = "second-step-off", reason: str = "") -> None:
        """From now on the password alone signs in."""
        if not self.has_second_step:
            raise Refused("这个账号没有开启两步验证。")
        record(self, action, by=by, reason=reason)
        self.totp_secret = None
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == self.id))
        db.session.flush()

    def reset_second_step(self, *, by: "User | None", reason: str) -> None:
        """Somebody above helps who lost phone and recovery codes, for a reason."""
        self.drop_second_step(by=by, action="second-step-reset", reason=given(reason))


def fitting_step(secret: str, typed: str, now: datetime | None = None) -> int | None:
    """The half minute whose code this is, among those that are near now; all are compared, whichever fits."""
    code, here = plain_code(typed), int((now or clock.now()).timestamp()) // STEP
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=STEP)
    fits = [
        step for step in (here + off for off in AROUND) if hmac.compare_digest(totp.generate_otp(step), _safe(code))
    ]
    return max(fits, default=None)


def _safe(code: str) -> str:
    """What can be compared in constant time: six ASCII digits, or something that fits nothing."""
    return code if code.isascii() and code.isdigit() and len(code) == DIGITS else "x" * DIGITS


def accept(session: Session, user_id: int, secret: str, typed: str, recovery: list[str]) -> str:
    """Use up a code: 'totp', 'recovery', or '' where it is wrong or was used before. Of two at once one is right.

    `recovery` is what `recovery_code.kept_as` said of it before anything was locked.
    """
    step = fitting_step(secret, typed)
    if step is not None:
        return "totp" if _use_step(session, user_id, step) else ""
    return "recovery" if recovery_code.use_up(session, user_id, recovery) else ""


def _use_step(session: Session, user_id: int, step: int) -> bool:
    from app.models.user import User

    newer = update(User).where(User.id == user_id, User.totp_step < step).values(totp_step=step)
    return session.execute(newer.returning(User.id)).first() is not None


def new_secret() -> str:
    """160 random bits, as phones want them."""
    return pyotp.random_base32()
