"""Where the demonstration plays: staff who act, and a clock that is set back and let run on from verb to verb."""

from datetime import timedelta
from random import Random

from app import clock
from app.demo.people import BAIYUN, GULOU, WANTONG, acting
from app.models import User

NEWEST = timedelta(minutes=15)  # nothing happened later than so long ago

DAY = 8, 21  # hours in Shanghai


class Stage:
    """People acting at moments that lie `ago`; whoever is done puts the clock right: clock.move(timedelta(0))."""

    def __init__(self, random: Random, staff: dict[str, int]) -> None:
        self.random, self.ago = random, timedelta(0)
        self.staff = {name: acting(id) for name, id in staff.items()}

    def keeper(self, community: str) -> User:
        """Whoever acts for this community."""
        names = {WANTONG: "wantong", BAIYUN: "baiyun"}
        return self.staff[names.get(community) or ("gulou" if community.startswith(GULOU) else "city")]

    def start(self, days: float) -> None:
        """Begin so many days ago, a few hours more or less."""
        self.ago = timedelta(days=days, hours=self.random.uniform(1, 9))
        clock.move(-self.ago)

    def later(self, hours: float) -> None:
        """Let about so much time pass, at most until a quarter of an hour ago."""
        self.ago = max(self.ago - timedelta(hours=hours * self.random.uniform(0.6, 1.2)), NEWEST)
        clock.move(-self.ago)

    def by_day(self) -> None:
        """At night nobody writes: go on to about nine the next morning."""
        there = clock.local(clock.now())
        if not DAY[0] <= there.hour < DAY[1]:
            self.ago = max(self.ago - timedelta(hours=(9 - there.hour) % 24), NEWEST)
            clock.move(-self.ago)
