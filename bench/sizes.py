"""How large the city is in a run; `small` is a hundredth of `full` (docs/performance.md)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """How many rows there are; each activity that is over has `PER_ACTIVITY` sign-ups and as many records."""

    name: str
    volunteers: int
    activities: int


PER_ACTIVITY = 30
SIZES = {
    "tiny": Size("tiny", 600, 60),
    "small": Size("small", 10_000, 1_000),
    "mid": Size("mid", 100_000, 10_000),
    "full": Size("full", 1_000_000, 100_000),
}
