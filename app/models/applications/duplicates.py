"""What the reviewer should look at before approving: a phone or an ID-card number that somebody else uses too.

Families share phones, so this warns and forbids nothing; only the ID-card number of a living volunteer does.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CompoundSelect, Row, Select, literal, select, union_all

from app.db import db
from app.models.application import OPEN, Application
from app.models.applications.approval import ApplicationStatus
from app.models.user import User
from app.models.volunteer import Volunteer
from app.text import public_name

MOST = 5  # sentences about one application
CARD_OF_VOLUNTEER = "同一身份证号码已有志愿者，请先核实是谁的号码"
CARD_IN_QUEUE = "同一身份证号码另有一份申请在办理，请先核实"


def warnings(applications: Sequence[Application]) -> dict[int, list[str]]:
    """By application id: sentences about phone and ID-card number, for pending ones; `user` must be loaded.

    One statement, whatever the number of applications. Who is outside the reviewer's scope stays unnamed
    but for what the same name and phone already tell.
    """
    pending = [one for one in applications if one.status is ApplicationStatus.PENDING]
    if not pending:
        return {}
    found = db.session.execute(_lookup(pending)).all()
    return {one.id: said for one in pending if (said := _about(one, found))}


def _lookup(pending: list[Application]) -> CompoundSelect[Any]:
    phones = {one.user.phone_hash for one in pending}
    cards = {one.id_card_hash for one in pending if one.id_card_hash}
    nothing = literal("")
    people = select(literal("phone"), User.phone_hash, User.id, User.name, User.username)
    volunteers = select(literal("volunteer"), Volunteer.id_card_hash, Volunteer.user_id, nothing, nothing)
    queue = select(literal("queue"), Application.id_card_hash, Application.user_id, nothing, nothing)
    same: list[Select[Any]] = [people.where(User.phone_hash.in_(phones))]
    if cards:  # SQLite goes through all volunteers to find nobody in an empty list
        same.append(volunteers.where(Volunteer.id_card_hash.in_(cards)))
        same.append(queue.where(Application.id_card_hash.in_(cards), Application.status.in_(OPEN)))
    return union_all(*same)


def _about(application: Application, found: Sequence[Row[Any]]) -> list[str]:
    said = []
    for kind, value, user_id, name, username in found:
        if user_id == application.user_id:
            continue
        if kind == "volunteer" and value == application.id_card_hash:
            said.append(CARD_OF_VOLUNTEER)
        elif kind == "queue" and value == application.id_card_hash:
            said.append(CARD_IN_QUEUE)
        elif kind == "phone" and value == application.user.phone_hash:
            said.append(_same_phone(application.user.name, name, username))
    different = list(dict.fromkeys(said))
    more = len(different) - MOST
    return [*different[:MOST], f"还有 {more} 个会员使用这个手机号，请核对"] if more > 0 else different


def _same_phone(mine: str, name: str, username: str) -> str:
    if mine == name:
        return f"同名同手机号已有会员账号 {username}，请先核对是否重复"
    return f"手机号与另一会员（{public_name(name)}）相同，可能是家人，请核对"
