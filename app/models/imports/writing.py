"""Writing a piece of a checked file: invitations with their earlier services, in a few statements for a thousand people."""

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from app import clock
from app.db import db
from app.models.history import record_all
from app.models.imports.before import members_among, phone_hash
from app.models.imports.file import Person, count
from app.models.message import tell
from app.models.units.making import units_named
from app.models.user import User
from app.models.volunteers.id_card import card_hash

if TYPE_CHECKING:
    from app.models.invitation import Import


def write(whole: "Import", people: list[Person], by: User | None) -> None:
    """Make the invitations of these people with their earlier services, and tell those who are members."""
    from app.models.invitation import EarlierService, Invitation, InvitationStatus

    known = units_named({person["new_unit"] for person in people} - {""})
    rows = [_invitation(whole, person, known) for person in people]
    made = insert(Invitation).returning(Invitation.id, sort_by_parameter_order=True)
    ids = list(db.session.scalars(made, rows))
    services = [
        {"invitation_id": id, "day": date.fromisoformat(day), "minutes": minutes, "category_id": category,
         "number": number, "source": f"{whole.name} 第 {line} 行"[-200:], "created_at": clock.now()}
        for id, person in zip(ids, people, strict=True)
        for day, minutes, category, number, line in person["services"]
    ]  # fmt: skip
    if services:
        db.session.execute(insert(EarlierService), services)
    record_all([(Invitation(id=id), "") for id in ids], "create", by=by, to=InvitationStatus.OPEN)
    for user_id in sorted(members_among(people)):
        title = "原平台的服务记录等您确认"
        tell(user_id, title, "核对以后点“接受”，以前的服务次数就记到您名下。", path="/member/invitations")


def _invitation(whole: "Import", person: Person, known: dict[str, int]) -> dict[str, Any]:
    """The columns of one invitation."""
    code, card, unit = person["community"], person["card"], known.get(person["new_unit"])
    return {
        "import_id": whole.id,
        "line": person["line"],
        "name": person["name"],
        "phone": person["phone"],
        "phone_hash": phone_hash(person),
        "phone_tail": person["phone"][-4:],
        "id_card": card,
        "id_card_hash": card_hash(card) if card else None,
        "id_card_tail": card[-4:] if card else "",
        "gender": person["gender"],
        "political": person["political"],
        "employment": person["employment"],
        "unit_id": unit or person["unit"],
        "unit_other": "" if unit else person["unit_other"],
        "services": count(person),
        "district_code": code[:6],
        "subdistrict_code": code[:9],
        "community_code": code,
        "created_at": clock.now(),
    }
