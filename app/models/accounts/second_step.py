"""两步验证: a code of one's phone beside the password (RFC 6238: six digits, thirty seconds, SHA-1).

A code is good in its own half minute and in the ones before and after, and once: `totp_step` is the newest
half minute whose code was used. Ten recovery codes (恢复码) stand in for a lost phone, each once; the database
keeps their keyed hashes. Setting up begins with a secret that waits in the session's row until a code proves
that the phone has it.
"""

import hmac
import secrets
from datetime import datetime
from typing import TYPE_CHECKING

import pyotp
from sqlalchemy import ForeignKey, String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import clock
from app.crypto import keyed_hash
from app.db import Model, Row, Sealed, db
from app.models.accounts.credentials import CODE_LENGTH, CODE_LETTERS, plain_code
from app.models.history import record
from app.models.stateful import given
from app.refusal import Invalid, Refused

if TYPE_CHECKING:
    from app.models.user import User

STEP = 30  # seconds
AROUND = (-1, 0, 1)  # half minutes by which a phone's clock may be off
DIGITS = 6
RECOVERY_CODES = 10
WRONG = "验证码不对，请填写手机上现在显示的 6 位数字。每个验证码只能用一次。"


class RecoveryCode(Row, Model):
    """One of the ten codes that stand in for a lost phone."""

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


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
        self.totp_secret, self.totp_step = secret, step
        record(self, "second-step", by=by)
        return self.new_recovery_codes()

    def new_recovery_codes(self) -> list[str]:
        """Ten fresh codes; all earlier ones are void."""
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == self.id))
        codes = ["".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)) for _ in range(RECOVERY_CODES)]
        db.session.add_all([RecoveryCode(user_id=self.id, code_hash=code_hash(self.id, code)) for code in codes])
        db.session.flush()
        return [f"{code[:5]}-{code[5:]}" for code in codes]

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


def accept(session: Session, user_id: int, secret: str, typed: str) -> str:
    """Use up a code: 'totp', 'recovery', or '' where it is wrong or was used before. Of two at once one is right."""
    step = fitting_step(secret, typed)
    if step is not None:
        return "totp" if _use_step(session, user_id, step) else ""
    return "recovery" if _use_recovery_code(session, user_id, plain_code(typed)) else ""


def _use_step(session: Session, user_id: int, step: int) -> bool:
    from app.models.user import User

    newer = update(User).where(User.id == user_id, User.totp_step < step).values(totp_step=step)
    return session.execute(newer.returning(User.id)).first() is not None


def _use_recovery_code(session: Session, user_id: int, code: str) -> bool:
    mine = RecoveryCode.user_id == user_id, RecoveryCode.code_hash == code_hash(user_id, code)
    used = update(RecoveryCode).where(*mine, RecoveryCode.used_at.is_(None)).values(used_at=clock.now())
    return session.execute(used.returning(RecoveryCode.id)).first() is not None


def recovery_codes_left(user_id: int) -> int:
    """How many recovery codes are unused."""
    unused = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(unused) or 0


def code_hash(user_id: int, code: str) -> str:
    """What the database keeps of a recovery code."""
    return keyed_hash(f"{user_id}:{code}", "recovery-code")


def new_secret() -> str:
    """160 random bits, as phones want them."""
    return pyotp.random_base32()
