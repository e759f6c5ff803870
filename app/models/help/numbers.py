"""A request's number: date, serial of the day, 40 random bits; and the pair of number and tail that opens it.

The random part uses Crockford's 32 letters and digits (no I L O U), so that nobody confuses any of them.
"""

import re
import secrets
import unicodedata
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Model, add_to, db

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM = 8  # letters of 5 bits
ALIKE = str.maketrans("OIL", "011")
BEGINNING = re.compile(r"QZ([0-9]{4})([0-9]{2})?([0-9]{2})?", re.IGNORECASE)
SLACK = timedelta(days=1)  # the number is given a moment before its request is written, perhaps before midnight


class HelpSerial(Model):
    """The last serial given on a day."""

    day: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=0)


def new_number() -> str:
    """QZ20261122-0007-8F3K2M9T; two that ask at once get their serials one after the other."""
    today = clock.today()
    add_to(HelpSerial, {"day": today}, {"number": 1})
    serial = db.session.scalar(select(HelpSerial.number).where(HelpSerial.day == today))
    return f"QZ{today:%Y%m%d}-{serial:04d}-" + "".join(secrets.choice(LETTERS) for _ in range(RANDOM))


def as_typed(number: str) -> str:
    """A number as somebody copied it from paper: case, spaces, dashes and letters that look alike do not matter."""
    kept = "".join(c for c in unicodedata.normalize("NFKC", number).upper() if c.isascii() and c.isalnum())
    kept = kept.removeprefix("QZ").translate(ALIKE)
    if len(kept) < 8 + 4 + RANDOM:
        return ""
    return f"QZ{kept[:8]}-{kept[8:-RANDOM]}-{kept[-RANDOM:]}"[:40]


def days_of(beginning: str) -> tuple[datetime, datetime] | None:
    """Between which moments requests were made whose number begins like this; None where it tells no year."""
    told = BEGINNING.match(beginning)
    if told is None:
        return None
    year, month, day = told.groups()
    try:
        first = date(int(year), int(month or 1), int(day or 1))
        last = first if day else date(first.year, first.month if month else 12, 28) + timedelta(days=3)
        return clock.start_of(first) - SLACK, clock.start_of(last) + 2 * SLACK
    except (ValueError, OverflowError):
        return None


def random_tail() -> str:
    """Four digits for somebody without a phone, printed on the slip."""
    return f"{secrets.randbelow(10_000):04d}"
