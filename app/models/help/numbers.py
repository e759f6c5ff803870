"""A request's number: date, serial of the day, 40 random bits; and the pair of number and tail that opens it.

The random part uses Crockford's 32 letters and digits (no I L O U), so that nobody confuses any of them.
"""

import re
import secrets
import unicodedata
from calendar import monthrange
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Model, add_to, db

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM = 8  # letters of 5 bits
ALIKE = str.maketrans("OIL", "011")
BEGINNING = re.compile(r"QZ([0-9]{,8})(.*)", re.IGNORECASE)
YEARS = range(2000, 2100)


class HelpSerial(Model):
    """The last serial given on a day."""

    day: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=0)


def new_number(asked_at: datetime) -> str:
    """QZ20261122-0007-8F3K2M9T; two that ask at once get their serials one after the other."""
    today = clock.day(asked_at)
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


def days_of(beginning: str) -> tuple[date, date, bool] | None:
    """The first and the last day on which numbers were given that begin like this, and whether it tells nothing else; None where
    it tells no days."""
    told = BEGINNING.fullmatch(beginning)
    digits = told[1] if told else ""
    years, months, days = (
        [one for one in some if f"{one:02}".startswith(part)]
        for some, part in ((YEARS, digits[:4]), (range(1, 13), digits[4:6]), (range(1, 32), digits[6:8]))
    )
    if told is None or not (years and months and days):
        return None
    most = monthrange(years[-1], months[-1])[1]
    if days[0] > most:
        return None
    return date(years[0], months[0], days[0]), date(years[-1], months[-1], min(days[-1], most)), not told[2]


def random_tail() -> str:
    """Four digits for somebody without a phone, printed on the slip."""
    return f"{secrets.randbelow(10_000):04d}"
