"""How large the city is in a run; each size has a partner of a hundredth (docs/performance.md)."""

from dataclasses import dataclass

PER_ACTIVITY = 30


@dataclass(frozen=True)
class Size:
    """How many rows there are; each activity has `PER_ACTIVITY` sign-ups and, if it is over, as many records."""

    name: str
    volunteers: int
    activities: int
    partner: str

    def __str__(self) -> str:
        signups = self.activities * PER_ACTIVITY
        return f"{self.volunteers:,} volunteers, {self.activities:,} activities, {signups:,} sign-ups and records"


SIZES = {
    size.name: size
    for size in (
        Size("tiny", 1_000, 100, "tiny"),
        Size("small", 10_000, 1_000, "tiny"),  # a tenth: to try the bench
        Size("mid", 100_000, 10_000, "tiny"),
        Size("full", 1_000_000, 100_000, "small"),
    )
}
