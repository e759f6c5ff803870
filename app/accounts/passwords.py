"""Passwords: how they are kept (argon2id), compared without telling anything, and which ones are refused.

Parameters: 19 MiB, two passes, one lane (OWASP's second choice; about 33 ms). At most two are computed at
once in a process, so that a storm of sign-ins leaves the machine to everybody else.
"""

import threading
import unicodedata
from collections.abc import Iterable
from contextlib import AbstractContextManager
from functools import cache
from itertools import pairwise
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type, hash_secret_raw

from app import turns
from app.accounts.breached import is_breached
from app.refusal import Busy

LEAST, MOST = 10, 128  # characters
AT_ONCE, PATIENCE = 2, 5  # hashes at the same time; seconds to wait for a turn
UNUSABLE = "!"  # kept in place of a hash: no password fits
# What every attacker tries here first: names of the place, the product and its offices (docs/security/rules.md).
CONTEXT = (
    *("xuzhou", "jiangsu", "dangyuan", "zhiyuanzhe", "zhiyuan", "shequ", "volunteer", "admin", "password"),
    *("徐州", "江苏", "党员", "志愿者", "志愿", "社区", "街道", "服务", "平台", "管理员", "密码"),
)
COMMON = Path(__file__).parents[1] / "data" / "common_passwords.txt"

PASSES, MEMORY, LANES = 2, 19 * 1024, 1
STRETCHED = 24  # bytes

_hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY, parallelism=LANES)
_turns = threading.BoundedSemaphore(AT_ONCE)


def _turn() -> AbstractContextManager[None]:
    return turns.elsewhere(_turns, PATIENCE, Busy(f"no turn to hash within {PATIENCE} s"))


def _bytes(password: str) -> bytes:
    """The same characters typed on different keyboards are the same bytes."""
    return unicodedata.normalize("NFC", password).encode()


def hashed(password: str) -> str:
    """What the database keeps of a password."""
    with _turn():
        return _hasher.hash(_bytes(password))


def stretched(secret: str, salt: bytes) -> bytes:
    """A slow hash of a short secret of ours (a recovery code) under this salt, so that it can be looked up."""
    with _turn():
        return hash_secret_raw(secret.encode(), salt, PASSES, MEMORY, LANES, STRETCHED, Type.ID)


@cache
def _nobodys() -> str:
    """The hash against which a password for an unknown name is compared, so that it costs the same time."""
    return hashed("nobody's password")


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password; always one comparison, also for nobody's (`kept` None or UNUSABLE)."""
    nobodys = _nobodys()
    usable = kept is not None and kept != UNUSABLE
    with _turn():
        try:
            good = _hasher.verify(kept if usable and kept else nobodys, _bytes(password[: MOST * 2]))
        except (VerificationError, InvalidHashError):
            return False
    return good and usable


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


@cache
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text(encoding="utf-8").split())


def objection(password: str, personal: Iterable[str] = ()) -> str:
    """Why this password is refused, in Chinese; '' for a good one. `personal` = user name, phone, … of its owner."""
    if len(password) < LEAST:
        return f"密码至少 {LEAST} 个字符，现在是 {len(password)} 个。"
    if len(password) > MOST:
        return f"密码最多 {MOST} 个字符，现在是 {len(password)} 个。"
    plain = unicodedata.normalize("NFKC", password).casefold()
    if any(len(word) > 1 and word.casefold() in plain for word in personal):
        return "密码里不要包含用户名或手机号，请换一个。"
    if plain in _common() or _is_pattern(plain) or _is_only_context(plain):
        return "这个密码太常见，容易被猜到，请换一个。"
    if is_breached(_bytes(password)):
        return "这个密码曾在别的网站泄露过，请换一个。"
    return ""


def _is_only_context(plain: str) -> bool:
    """Names of this place and product, with digits and signs around them: fewer than four letters are anybody's own."""
    own = plain
    for word in CONTEXT:
        own = own.replace(word, "")
    return own != plain and sum(letter.isalpha() for letter in own) < 4


def _is_pattern(plain: str) -> bool:
    """One short piece again and again, or a run like 12345678901 or abcdefghij."""
    again = any(plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, 5))
    steps = {ord(after) - ord(before) for before, after in pairwise(plain)}
    return again or steps in ({1}, {-1}) or plain in "01234567890123456789" or plain in "98765432109876543210"
