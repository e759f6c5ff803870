"""The filled city (bench/fill.py) as those see it who write its ten years: how many rows, when, where, of whom."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from app.crypto import seal
from app.db import db
from bench.fill import FIRST, NOW, City, place
from bench.sizes import SIZES, Size
from tests.cast import WANTONG

Rows = Iterator[dict[str, Any]]
YEARS = timedelta(days=3650)
IN_WANTONG = 40  # rows of each table, at every size: what a community has at the full size


class Past(City):
    """The city with its past. Rows of a table are in the order of time."""

    def __init__(self, size: Size) -> None:
        super().__init__(size)
        self.dice = Random(7)
        self.sealed = seal("家里的水管坏了，老人一个人在家，请帮忙看一看。")
        self.people = dict[str, int](
            db.session.execute(sa.text('SELECT username_key, id FROM "user" WHERE id < :first'), {"first": FIRST}).all()  # type: ignore[arg-type]
        )

    def amount(self, full: int, least: int = 1) -> int:
        """How many rows this size has of what the full one has so many of."""
        return max(least, full * self.size.volunteers // SIZES["full"].volunteers)

    def when(self, number: int, whole: int) -> datetime:
        """The moment of this row of so many: evenly over ten years, the last a few minutes ago."""
        return NOW - (whole - number) * (YEARS / whole) - timedelta(minutes=5)

    def is_in_wantong(self, number: int, whole: int) -> bool:
        """Whether this row is one of the few in 万通社区, which has as many at every size."""
        return number % max(2, whole // IN_WANTONG) == 0

    def there(self, number: int, whole: int, prefix: str = "") -> dict[str, str]:
        """The columns of the place of this row of so many."""
        return place(WANTONG if self.is_in_wantong(number, whole) else self.home(number), prefix)

    def person(self, number: int) -> int:
        """The number of some volunteer: FIRST + number is the id of the person and of the volunteer."""
        return number % self.size.volunteers

    def kind(self, number: int) -> int:
        """The category of this row."""
        return self.kinds[number % len(self.kinds)]

    def draw(self, **weights: int) -> str:
        """One of these words, as often as its weight says."""
        return self.dice.choices(list(weights), list(weights.values()))[0]


def day_of(moment: datetime, later: int = 0) -> date:
    """The day so many days later."""
    return (moment + timedelta(days=later)).date()
