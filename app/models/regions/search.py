"""Finding a region among 3,010 by part of its name or by pinyin initials."""

from dataclasses import dataclass

from app.freshness import remembered
from app.models.region import CITY, Level, Place, heir, prefixes, regions
from app.models.regions.former_names import known_names

MOST = 12  # matches shown at once


@dataclass(frozen=True, slots=True)
class Entry:
    """What a search looks at: a region's own names, and the names of everything above it."""

    place: Place
    names: tuple[str, ...]  # short and official, then those of former days and of what was merged into it, lower case
    around: str  # the names above, and all pinyin initials of the path


@dataclass(frozen=True, slots=True)
class Found:
    """The best matches, and how many there are in all."""

    places: list[Place]
    total: int

    @property
    def hidden(self) -> int:
        """How many are not shown."""
        return self.total - len(self.places)


@remembered("regions")
def entries() -> list[Entry]:
    """Every open region, ready to be searched."""
    return [_entry(place) for place in regions().values() if place.open]


def _entry(place: Place) -> Entry:
    above = [regions()[heir(place.code[:width])] for width in (6, 9) if width < len(place.code)]
    around = [region.name for region in above] + [region.initials for region in [*above, place]]
    earlier = [name for code in prefixes(place.code) for name in known_names()[code]]
    names = dict.fromkeys(name.lower() for name in (place.short, place.name, *earlier))
    return Entry(place, tuple(names), " ".join(around).lower())


def search_regions(
    words: str, *, within: str = CITY, levels: tuple[Level, ...] = (Level.COMMUNITY,), limit: int = MOST
) -> Found:
    """Open regions of these levels inside `within` that match every word, best first.

    A name that starts with the words comes before one that contains them, then pinyin initials; a word may
    also name the district or street above (铜山 李庄), which settles names that repeat.
    """
    wanted, inside = words.lower().split(), prefixes(within)
    ranked = [
        (rank, len(entry.names[0]), entry.place.code, entry.place)
        for entry in entries()
        if wanted
        and entry.place.level in levels
        and entry.place.code.startswith(inside)
        and (rank := _rank(entry, wanted)) is not None
    ]
    ranked.sort(key=lambda hit: hit[:3])
    return Found([hit[3] for hit in ranked[:limit]], len(ranked))


def _rank(entry: Entry, wanted: list[str]) -> int | None:
    """0 own name starts with a word, 1 contains one, 2 initials start, 3 contain, 4 names above; None: no match."""
    if not all(word in entry.around or any(word in name for name in entry.names) for word in wanted):
        return None
    tests = (
        any(name.startswith(word) for word in wanted for name in entry.names),
        any(word in name for word in wanted for name in entry.names),
        any(entry.place.initials.startswith(word) for word in wanted),
        any(word in entry.place.initials for word in wanted),
    )
    return next((rank for rank, good in enumerate(tests) if good), len(tests))
