"""恢复码: ten codes on paper that stand in for a lost phone, each once.

A code has 50 bits, few enough to be tried out by who holds the database and HASH_KEY. So its keyed hash is hashed
once more, slowly and with a salt, as passwords are (argon2id). The ten codes of a person share one salt: one slow
hash then tells which of them was typed. All slow hashes are made before anything is written or locked.
"""

import base64
import os
import secrets
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ForeignKey, String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import clock
from app.accounts.passwords import stretched
from app.crypto import keyed_hash
from app.db import Model, Row, db
from app.models.accounts.credentials import CODE_LENGTH, CODE_LETTERS, plain_code

CODES = 10
SALT = 16  # bytes
SLOW = "a"  # first letter of what is kept: a.<salt>.<hash>; without it the keyed hash alone, as it was kept once


class RecoveryCode(Row, Model):
    """One of the ten codes that stand in for a lost phone."""

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


def renew(user_id: int) -> list[str]:
    """Ten fresh codes, as they are shown; all earlier ones are void."""
    codes, salt = ["".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)) for _ in range(CODES)], _salt()
    kept = [_slow(_keyed(user_id, code), salt) for code in codes]
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    db.session.add_all([RecoveryCode(user_id=user_id, code_hash=one) for one in kept])
    db.session.flush()
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def kept_as(session: Session, user_id: int, typed: str) -> list[str]:
    """How the database may keep this code of this person; [] for what is no code. Ask before locking anything."""
    code = plain_code(typed)
    if len(code) != CODE_LENGTH or not set(code) <= set(CODE_LETTERS):
        return []
    mine = session.scalars(select(RecoveryCode.code_hash).where(RecoveryCode.user_id == user_id)).all()
    return [_keyed(user_id, code), *(_slow(_keyed(user_id, code), salt) for salt in sorted(_salts(mine)))]


def use_up(session: Session, user_id: int, kept: list[str]) -> bool:
    """Use the code that is kept in one of these ways; False where there is none or it was used before."""
    mine = RecoveryCode.user_id == user_id, RecoveryCode.code_hash.in_(kept), RecoveryCode.used_at.is_(None)
    used = update(RecoveryCode).where(*mine).values(used_at=clock.now())
    return session.execute(used.returning(RecoveryCode.id)).first() is not None


def codes_left(user_id: int) -> int:
    """How many recovery codes are unused."""
    unused = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(unused) or 0


def quick_ones(limit: int = 5) -> list[int]:
    """Ids of codes that are still kept by their keyed hash alone."""
    quick = select(RecoveryCode.id).where(RecoveryCode.code_hash.not_like(f"{SLOW}.%"))
    return list(db.session.scalars(quick.order_by(RecoveryCode.id).limit(limit)))


def slow_down(ids: Iterable[int]) -> int:
    """Keep these slowly hashed; how many. A code that was used meanwhile stays used."""
    where = RecoveryCode.id.in_(list(ids))
    before = dict(db.session.execute(select(RecoveryCode.id, RecoveryCode.code_hash).where(where)).tuples().all())
    salt = _salt()
    after = {id: _slow(kept, salt) for id, kept in before.items() if not kept.startswith(f"{SLOW}.")}
    for id, kept in after.items():
        same = RecoveryCode.id == id, RecoveryCode.code_hash == before[id]
        db.session.execute(update(RecoveryCode).where(*same).values(code_hash=kept))
    return len(after)


def _keyed(user_id: int, code: str) -> str:
    return keyed_hash(f"{user_id}:{code}", "recovery-code")


def _salt() -> bytes:
    return os.urandom(SALT)


def _slow(keyed: str, salt: bytes) -> str:
    return (
        f"{SLOW}.{base64.urlsafe_b64encode(salt).decode()}.{base64.urlsafe_b64encode(stretched(keyed, salt)).decode()}"
    )


def _salts(kept: Iterable[str]) -> set[bytes]:
    return {base64.urlsafe_b64decode(one.split(".")[1]) for one in kept if one.startswith(f"{SLOW}.")}
