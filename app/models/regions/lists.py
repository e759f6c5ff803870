"""The tree as the city looks it through: what stands directly below a region, or all of a name."""

from typing import Any

from sqlalchemy import Select, false, or_

from app.db import db
from app.models.region import Place, Region, lineage, place_name, prefixes, regions
from app.models.regions.former_names import former_names, known_names


def only(scope: Select[Any], code: str) -> Region | None:
    """The region of this scope with this code."""
    found: Region | None = db.session.scalar(scope.where(Region.code == code))
    return found


def below(code: str) -> list[Any]:
    """Conditions: directly below the region, merged ones too; for a community the region itself."""
    codes = [place.code for place in regions().values() if place.parent == code]
    return [Region.code.in_(codes or [code])]


def named(code: str, words: str) -> list[Any]:
    """Conditions: anywhere in the region, each word in a name it has or had, or the code beginning with it."""
    inside = or_(false(), *(Region.code.startswith(one) for one in prefixes(code)))
    each = [
        or_(
            Region.name.contains(word, autoescape=True),
            Region.code.startswith(word, autoescape=True),
            Region.code.in_([code for code in former_names() if _was_called(code, word)]),
        )
        for word in words.split()
    ]
    return [inside, *each]


def _was_called(code: str, word: str) -> bool:
    return any(word in name for name in known_names()[code])


def in_state(state: str) -> list[Any]:
    """Conditions: `open`, `closed`, or '' for both."""
    return {"open": [Region.valid_to.is_(None)], "closed": [Region.valid_to.is_not(None)]}.get(state, [])


def taken_in(code: str) -> list[str]:
    """The full names of what was merged into the region."""
    return [place_name(one) for one in lineage().get(code, ()) if one != code]


def chain(code: str) -> list[Place]:
    """The regions from the city down to this one, as they stand now."""
    found: list[Place] = []
    place = regions().get(code)
    while place is not None:
        found.insert(0, place)
        place = regions().get(place.parent)
    return found
