"""超期提醒 `Alarm`: whoever a thing is overdue with, or has risen to, hears of it once (`flask tick` asks).

A row says that a thing with this deadline was told of at this step: 0 to the level with which it is overdue, n to the
level to which it rose after 2n working days (SPEC section 3). Handed in, transferred or reopened it has a new deadline
and is told of anew. What a tick finds is told as one message a person and kind of work.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, false, literal, null, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Model, db, insert_once
from app.models.message import tell
from app.models.pages.duties import Kind
from app.models.pages.duty_kinds import KINDS
from app.models.post import holders, places_of
from app.models.posts.rising import LEVELS, chain, due_before, held_places
from app.models.region import CITY, WIDTHS

ALARMING = tuple(kind for kind in KINDS if kind.late_by is not None)
AT_ONCE = 200  # things of a kind in one tick
KEYS = ("kind", "thing_id", "moment", "step")


class Alarm(Model):
    """That this was told; `moment` is the deadline, or from when it runs where the row keeps no deadline."""

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    thing_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    moment: Mapped[datetime] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


def alarm(kind: Kind) -> int:
    """Tell of what is newly overdue or risen; how many messages. Safe to repeat, and twice at once."""
    befores = [clock.now(), *map(due_before, range(1, LEVELS))]
    heard: Counter[tuple[int, bool]] = Counter()
    for row in db.session.execute(_untold(kind, befores)):
        due = kind.due(row.since, row.due)
        steps = [step for step, before in enumerate(befores) if due is not None and due <= before]
        told = {"kind": kind.key, "thing_id": row.id, "moment": row.moment, "created_at": clock.now()}
        for step in steps:
            if insert_once(Alarm, told | {"step": step}, KEYS):
                heard.update((user_id, step > 0) for user_id in _concerned(kind, row.code, row.person, step))
    for (user_id, risen), number in sorted(heard.items()):
        _say(kind, user_id, number, risen=risen)
    return len(heard)


def _untold(kind: Kind, befores: list[datetime]) -> Any:
    """What is late by one of these moments and was not told of at that step."""
    late = kind.late_by or (lambda moment: false())
    _, _, since, due = kind.row()
    moment = since if due is None else due
    steps = [and_(late(before), ~_told(kind, moment, step)) for step, before in enumerate(befores)]
    columns = [
        kind.model.id.label("id"),
        getattr(kind.model, f"{kind.prefix}community_code").label("code"),
        since.label("since"),
        (null() if due is None else due).label("due"),
        moment.label("moment"),
        (null() if kind.person is None else kind.person).label("person"),
    ]
    wanted = kind.tables(select(kind.model)).with_only_columns(*columns, maintain_column_froms=True)
    return wanted.where(*kind.waits(), or_(*steps)).order_by(kind.model.id).limit(AT_ONCE)


def _told(kind: Kind, moment: Any, step: int) -> ColumnElement[bool]:
    same = Alarm.kind == literal(kind.key), Alarm.thing_id == kind.model.id, Alarm.moment == moment
    return select(Alarm.step).where(*same, Alarm.step == step).correlate(kind.model).exists()


def _concerned(kind: Kind, code: str, person: int | None, step: int) -> list[int]:
    """Whose 待办 it entered by this step, as app/models/pages/duties.py judges it; never the person it is about."""
    held, most = held_places(), WIDTHS[kind.lowest]
    levels: list[str | None] = [one for one in chain(code) if one in held and len(one) <= most]
    if person is not None and levels and levels[0] != CITY and levels[0] in places_of(person):
        levels = [*levels[1:2], None, *levels[2:]]  # nobody decides about oneself or a colleague: one level up at once
    place = levels[step] if step < len(levels) else None
    return [one for one in holders(place) if one != person] if place else []


def _say(kind: Kind, user_id: int, number: int, *, risen: bool) -> None:
    what = f"{kind.word} {number} {kind.unit}"
    if risen:
        title, body = f"下级超期未办：{what}", "超期 2 个工作日没有办理，已列入您的待办。请督促或代为办理。"
    else:
        title, body = f"已经超期：{what}", "请尽快办理。再过 2 个工作日没有办，会列入上一级的待办。"
    tell(user_id, title, body, path="/office/", about=f"alarm:{kind.key}")
