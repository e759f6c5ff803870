"""Finding people: by name, initials, exact phone, last four digits or unit; and by what they are.

Conditions on a `model` with `user_id`, `unit_id`, `unit_other`, `id_card_tail`, `political`, `employment`:
applications and volunteers alike.
"""

import re
from collections.abc import Hashable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import and_, inspect, or_, select, union_all

from app.crypto import keyed_hash
from app.db import db
from app.freshness import Remembered
from app.models.accounts.called import by_initials, ids_of, offers, one_by_one
from app.models.pages.pairs import caseless, first, joined, offered
from app.models.pages.quickest import among, beside, gathered, learn, looked_up, one_of, weights
from app.models.regions.homes import code_within
from app.models.user import User
from app.models.volunteer import Employment, Political, Skill, Volunteer, VolunteerSkill, VolunteerStatus
from app.models.volunteers import placed
from app.models.work_unit import units
from app.reads import in_order, now
from app.statements import common
from app.text import is_phone, plain_phone
from app.typed import contains, places_of

FEWEST = 2  # ways to a row: its person, and what the person wrote as a unit
# So many hits of a city are looked up one by one (SQLite 3 µs each, PostgreSQL 9) sooner than a large place is walked along among them
SOONER = 2_000
MEMBERS = (Political.PARTY, Political.PROBATIONARY)
# what labels.identity calls a person → (political status, employment), None for any
IDENTITIES: dict[str, tuple[tuple[Political, ...], tuple[Employment, ...] | None]] = {
    "employed-party": (MEMBERS, (Employment.EMPLOYED,)),
    "retired-party": (MEMBERS, (Employment.RETIRED,)),
    "other-party": (MEMBERS, (Employment.STUDENT, Employment.OTHER)),
    "league": ((Political.LEAGUE,), None),
    "democratic": ((Political.DEMOCRATIC,), None),
    "masses": ((Political.MASSES,), None),
}
_named = Remembered(100)
ENDING = re.compile(r"[0-9]{3}[0-9Xx]")
RARE = "other-party"  # the rare ones of two columns; those of one column the planner finds by itself where nothing else is asked


def known_as(model: Any, words: str, *, everywhere: bool = True, districts: Sequence[str] = ()) -> list[Any]:
    """Conditions that `words` name the person of a row; none for no words.

    A whole phone number is looked up by its keyed hash, four digits among the tails of phone and ID card. `everywhere`: in
    the whole city, where the first people who are called so may do to count a thousand. `districts`: in which all the list's
    rows stand; who is called so there is looked for among them alone.
    """
    words = words.strip()
    if not words:
        return []
    if numbered := _numbered(model, words):
        reading = now()[0]
        reading.at_once, reading.looks = True, 0  # few people: no list is read part after part for them
        return numbered
    places = _kept_in(model, districts)
    weighed, in_place = lambda: _offered(beside(model), words, places), not everywhere
    kind, here, most = ",".join(places), bool(places), SOONER if in_place and not places else None
    if not (places and _of_many(model, words)):
        find = partial(_found, model, words, places)
        found = looked_up(model, words, find, weighed, everywhere, most, kind, here=here)
        if found is not None:
            return [found]
    person = one_by_one(model.user_id, words, by_initials(words))
    other, *listed = _of_unit(model, words)
    everybody = in_place and gathered(model, words, weighed, kind, here=here)
    if everybody:
        person = among(*_people(model, words, places))
    if everybody or (in_place and _few_others(model, words)):
        # no index of a place holds it, and so no row needs to be read for it
        other = among(model.id, _with_other(model, words))
    return [or_(person, other, *listed)]


def _numbered(model: Any, words: str) -> list[Any]:
    phone = plain_phone(words)
    if is_phone(phone):
        return [model.user_id.in_(select(User.id).where(User.phone_hash == keyed_hash(phone, "phone")))]
    return [one_of(model.id, _ending(beside(model), words))] if ENDING.fullmatch(words) else []


def shape_of(model: Any, words: str, districts: Sequence[str]) -> Hashable:
    """All that a statement with `known_as` hangs on besides the words themselves: how they are written, which units they name,
    and about how common they are. None for numbers, which are looked up in a word."""
    words = words.strip()
    if is_phone(plain_phone(words)) or ENDING.fullmatch(words):
        return None
    places = _kept_in(model, districts)
    asked = {
        (model, words, ",".join(places)): lambda: _offered(beside(model), words, places),
        (model, words, "others"): lambda: _others(model, words),
        (model, words, "units"): lambda: _in_units(model, words),
    }
    written = places_of(words), len(words), words.isascii(), caseless(words)
    return *written, *_units_named(words), weights(asked)


def _kept_in(model: Any, districts: Sequence[str]) -> Sequence[str]:
    """The districts where they are of use: names are kept by them for volunteers only."""
    return districts if model is Volunteer else ()


def _with_other(model: Any, words: str) -> Any:
    """Ids of the rows whose person wrote such a unit."""
    row = beside(model)
    return select(row.id).where(one_of(row.id, _others(row, words)), _of_unit(row, words)[0])


def _others(row: Any, words: str) -> Any:
    """About as many, not looked at with LIKE."""
    return offered(inspect(row).mapper.class_, words)


def _few_others(model: Any, words: str) -> bool:
    key = model, words, "others"
    known = learn({key: partial(_others, model, words)})
    return key in known and known[key][0] <= SOONER


def _of_many(model: Any, words: str) -> bool:
    """Whether so many people are in the units which the words name that they are soon met in a place, but long looked for among them all."""
    key = model, words, "units"
    known = learn({key: partial(_in_units, model, words)})
    return key in known and known[key][0] > SOONER


def _in_units(model: Any, words: str) -> Any:
    """Ids of all rows of the units whose name holds the words, None where there is no such unit."""
    row, ids = beside(model), _units_named(words)
    return select(row.id).where(row.unit_id.in_(ids)) if ids else None


def _ending(row: Any, digits: str) -> Any:
    """Ids of the rows whose phone or ID-card number ends like this."""
    by_phone = select(User.id).where(User.phone_tail == digits)
    ways = one_of(row.user_id, by_phone), row.id_card_tail == digits.upper()
    return union_all(*(select(row.id).where(way) for way in ways))


def _found(model: Any, words: str, districts: Sequence[str]) -> Any:
    """The condition that a row's person or unit is called like this, where each of them is looked up.

    Where they are counted, a row is read as soon as it is found, until there are enough. The first ones of a list are found by
    their ids, in its order; so they are on PostgreSQL where the words name units too, which it may think common enough to look
    through the lists of ids for each row of the table.
    """
    ways = _ways(model, words, districts)
    if not in_order() and (db.engine.dialect.name == "sqlite" or (len(ways) == FEWEST and not districts)):
        return or_(*ways)
    row = beside(model)
    ids = [first(select(row.id).where(way)) for way in _ways(row, words, districts)]
    if districts:
        ids[0] = placed.ids_of(words, districts)  # rows already
    return one_of(model.id, joined(*ids))


def _ways(row: Any, words: str, districts: Sequence[str]) -> list[Any]:
    """Conditions, one of which is true: each names rows that an index finds."""
    other, *listed = _of_unit(row, words, districts)
    person = one_of(*_people(row, words, districts))
    return [person, and_(one_of(row.id, _others(row, words)), other), *listed]


def _people(row: Any, words: str, districts: Sequence[str]) -> tuple[Any, Any]:
    """By what of a row its person is known, and all of whom are called like this: accounts, within districts rows of the table."""
    if districts:
        return row.id, placed.ids_of(words, districts)
    return row.user_id, ids_of(words, by_initials(words))


def _offered(row: Any, words: str, districts: Sequence[str]) -> Any:
    """About as many ids, not looked at with LIKE: of people instead of their rows."""
    _, *listed = _of_unit(row, words, districts)
    people = placed.offers(words, districts) if districts else offers(words, by_initials(words))
    return joined(people, _others(row, words), *(select(row.id).where(way) for way in listed))


def _of_unit(model: Any, words: str, districts: Sequence[str] = ()) -> list[Any]:
    """What the person wrote as a unit contains the words, or the unit's name does: of its people those of these districts, if any are named."""
    ids = _units_named(words)
    found = [contains(model.unit_other, words)]
    here = [model.district_code.in_(districts)] if districts else []
    return [*found, and_(model.unit_id.in_(ids), *here)] if ids else found


def _units_named(words: str) -> list[int]:
    """Ids of the units whose name holds the words: a search asks it four times."""
    return _named.of(words, lambda: [unit.id for unit in units().values() if words in unit.name], "units")


def skilled(skill: Skill) -> Any:
    """The condition that a volunteer has this skill: who has a rare one is looked up."""
    some = _looked_up(skill, select(VolunteerSkill.volunteer_id).where(VolunteerSkill.skill == skill))
    return Volunteer.skills.any(VolunteerSkill.skill == skill) if some is None else some


def being(model: Any, identity: str, *, everywhere: bool = True) -> list[Any]:
    """Conditions that a row's person is this (a key of IDENTITIES); none for ''. Who is a rare one is looked up, unless that is
    `everywhere` and an index has them in order."""
    if not identity:
        return []
    political, employment = IDENTITIES[identity]
    meant = [_any_of(model.political, political), *([model.employment.in_(employment)] if employment else [])]
    if model is Volunteer and (identity == RARE or not everywhere):
        some = _looked_up(identity, select(model.id).where(*meant), None if everywhere else SOONER)
        if some is not None:
            return [some]
    return [meant[0], common(model.employment).in_(employment)] if employment else meant


def standing(states: Sequence[VolunteerStatus], *, everywhere: bool = True) -> list[Any]:
    """The condition that a volunteer is in one of these states. Nearly all serve; a place or a unit is not walked along for a few
    of the others."""
    found = _any_of(Volunteer.status, states)
    if everywhere or VolunteerStatus.SERVING in states:
        return [found]
    some = _looked_up("".join(states), select(Volunteer.id).where(found), SOONER)
    return [found if some is None else some]


def _any_of(column: Any, values: Sequence[Any]) -> Any:
    """The condition that a column has one of these values. A single one stands in the statement's text: as a list PostgreSQL would in time plan
    it for any value, and walk along everybody for one that hardly anybody has."""
    return column == values[0] if len(values) == 1 else column.in_(values)


def living_in(code: str) -> Any:
    """The condition that a volunteer lives in this region: in the list of a place each row would be looked at for it."""
    found = code_within(Volunteer.home_community_code, code)
    some = _looked_up(code, select(Volunteer.id).where(found))
    return found if some is None else some


def _looked_up(name: str, who: Any, most: int | None = None) -> Any:
    """The condition that a volunteer is one of these (at most so many), where that is quicker; `name` tells who is meant."""
    # no word begins with a NUL
    ids = looked_up(Volunteer, f"\0{name}", lambda: first(who), lambda: who, most is None, most)
    return None if ids is None else one_of(Volunteer.id, ids)
