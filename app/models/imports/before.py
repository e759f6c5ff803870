"""Who of a file was brought in before, and which members wait for it: looked up by keyed hashes, many at once."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import or_, select

from app.crypto import keyed_hash
from app.db import db
from app.models.imports.columns import Wrong
from app.models.imports.file import Checked, Person
from app.models.imports.places import Units, community_of
from app.models.user import User
from app.models.volunteer import Volunteer
from app.models.volunteers.id_card import card_hash

AT_ONCE = 500  # hashes in one statement


def phone_hash(person: Person) -> str:
    """The look-up value of the person's phone."""
    return keyed_hash(person["phone"], "phone")


def pieces(items: Iterable[Any], size: int = AT_ONCE) -> Iterator[list[Any]]:
    """The items in lists of at most `size`."""
    rest = iter(items)
    while piece := list(islice(rest, size)):
        yield piece


def find_earlier(people: Sequence[Person], done: Checked) -> None:
    """Note an error for everybody who has an invitation already (withdrawn ones do not count)."""
    from app.models.invitation import Invitation, InvitationStatus

    columns = Invitation.name, Invitation.phone_hash, Invitation.id_card_hash
    living = select(*columns).where(Invitation.status != InvitationStatus.WITHDRAWN)
    for some in pieces(people):
        phones = {(phone_hash(person), person["name"]): person for person in some}  # families share a number
        cards = {card_hash(person["card"]): person for person in some if person["card"]}
        known = or_(Invitation.phone_hash.in_({phone for phone, _ in phones}), Invitation.id_card_hash.in_(cards))
        for name, phone, card in db.session.execute(living.where(known)):
            if card in cards:
                done.wrong(cards[card]["line"], "身份证号", "这个人以前导入过，不能再导入一次。请删去这个人的行。")
            elif (phone, name) in phones:
                done.wrong(phones[phone, name]["line"], "姓名", "这个人以前导入过，不能再导入一次。请删去这个人的行。")
    done.errors.sort(key=lambda error: error[0])


def find_overlap(people: Sequence[Person], others: Sequence[Person], done: Checked) -> None:
    """Note an error for everybody who also stands among `others`, a list that is being written just now."""
    names = {(person["name"], person["phone"]) for person in others}
    cards = {person["card"] for person in others if person["card"]}
    for person in people:
        if (person["name"], person["phone"]) in names or person["card"] in cards:
            done.wrong(person["line"], "姓名", "这个人在另一份正在导入的名单里，不能再导入一次。请删去这个人的行。")


def find_changed(people: Sequence[Person], within: str, done: Checked) -> None:
    """Note an error for whatever was right when the file was checked and is not any more: places, units."""
    from app.models.work_unit import units

    known = Units()
    for person in people:
        try:
            community_of(person["community"], within)
        except Wrong as wrong:
            done.wrong(person["line"], "服务社区", str(wrong))
        unit = units().get(person["unit"]) if person["unit"] else None
        try:
            if unit is not None:
                known.of(unit.name)
        except Wrong as wrong:
            done.wrong(person["line"], "工作单位", str(wrong))
    done.errors.sort(key=lambda error: error[0])


def members_among(people: Sequence[Person]) -> set[int]:
    """Ids of registered members for whom these people's invitations are: same name, and phone or ID number."""
    phones = {(phone_hash(person), person["name"]) for person in people}
    cards = {(card_hash(person["card"]), person["name"]) for person in people if person["card"]}
    by_phone = select(User.id, User.phone_hash, User.name).where(User.phone_hash.in_({one for one, _ in phones}))
    by_card = select(User.id, Volunteer.id_card_hash, User.name).join(Volunteer, Volunteer.user_id == User.id)
    by_card = by_card.where(Volunteer.id_card_hash.in_({one for one, _ in cards}))
    found = {id for id, hash, name in db.session.execute(by_phone) if (hash, name) in phones}
    return found | {id for id, hash, name in db.session.execute(by_card) if (hash, name) in cards}
