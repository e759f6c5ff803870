"""Two who need the same rows meet in one order (docs/adr/0002): on PostgreSQL the second waits, and nobody is stopped.

Each test lets one act hold what it takes first, starts the other, waits until that one waits, and goes on.
"""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from app.db import db, lock
from app.models import Application, Invitation, Volunteer, WorkUnit
from app.models.invitation import InvitationStatus
from app.models.signups.following import hold_with_coming
from app.models.user import hold_user
from tests import cast
from tests.applicants import S, apply, card, in_state
from tests.people_files import invite, line
from tests.signups import join

pytestmark = pytest.mark.postgresql_only


def meanwhile(app: Any, first: Callable[[], Any], other: Callable[[], Any], rest: Callable[[], Any]) -> Any:
    """Do `first`, start `other` elsewhere, and once it waits for us do `rest` and commit; what `other` came to."""
    db.session.commit()
    came: list[Any] = []

    def run() -> None:
        with app.app_context():
            try:
                came.append(other())
                db.session.commit()
            except Exception as error:  # handed to the test, which judges it
                db.session.rollback()
                came.append(error)
            finally:
                db.session.remove()

    first()
    thread = threading.Thread(target=run)
    thread.start()
    _until_it_waits(thread)
    rest()
    db.session.commit()
    thread.join(timeout=20)
    db.session.expire_all()
    return came[0]


def _until_it_waits(thread: threading.Thread) -> None:
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    engine = create_engine(db.engine.url)
    with engine.connect() as watcher:
        while thread.is_alive() and not watcher.execute(waits).scalar():
            watcher.rollback()
    engine.dispose()


def merge():
    """Merge the cast's first unit into its second, as the city."""
    one, other = (cast.who(name).post.unit_id for name in ("unit", "unit2"))
    db.session.get_one(WorkUnit, one).merge(other, by=cast.who("city"))


def unit():
    return cast.who("unit").post.unit_id


def test_a_merger_of_units_waits_for_a_decision_on_an_application(app):
    id = apply("volunteer", unit_id=unit(), unit_other="", community=cast.baiyun_code()).id

    def held():
        lock(db.select(Application).where(Application.id == id))

    result = meanwhile(app, held, merge, lambda: db.session.get_one(Application, id).approve(by=cast.who("baiyun")))
    assert result is None
    assert db.session.get_one(Application, id).status is S.APPROVED
    assert cast.volunteer_of("volunteer").unit_id == cast.who("unit2").post.unit_id


def test_a_merger_of_units_waits_for_the_answer_to_an_invitation(app):
    id = invite(line(姓名="李静", 手机号="13800000001", 工作单位="徐州市第一测试中学")).id

    def held():
        hold_user(cast.who("volunteer").id)
        lock(db.select(Invitation).where(Invitation.id == id))

    answer = lambda: db.session.get_one(Invitation, id).accept(by=cast.who("volunteer"))  # noqa: E731
    assert meanwhile(app, held, merge, answer) is None
    assert db.session.get_one(Invitation, id).status is InvitationStatus.ACCEPTED
    assert cast.volunteer_of("volunteer").unit_id == cast.who("unit2").post.unit_id


def test_a_merger_that_keeps_posts_waits_for_an_administrator_who_answers_an_invitation(app):
    cast.make_volunteer(cast.who("unit"), unit_id=unit())
    id = invite(line(姓名="单薇", 手机号="13900000010", 服务次数=1), closes_on=date(2025, 1, 1)).id

    def keeping():
        one, other = unit(), cast.who("unit2").post.unit_id
        db.session.get_one(WorkUnit, one).merge(other, by=cast.who("city"), keep_posts=True)

    answer = lambda: db.session.get_one(Invitation, id).accept(by=cast.who("unit"))  # noqa: E731
    assert meanwhile(app, lambda: hold_user(cast.who("unit").id), keeping, answer) is None
    assert db.session.get_one(Invitation, id).status is InvitationStatus.ACCEPTED


def test_an_undo_and_the_acceptance_of_an_invitation_hold_applications_before_the_account(app):
    application = in_state(S.APPROVED)
    invitation = invite(line(服务次数=1), closes_on=date(2025, 1, 1)).id
    number = application.id

    def held():
        lock(db.select(Application).where(Application.id == number))

    undo = lambda: db.session.get_one(Application, number).undo(by=cast.who("wantong"))  # noqa: E731
    accept = lambda: db.session.get_one(Invitation, invitation).accept(by=cast.who("member"), id_card=card()).id  # noqa: E731
    came = meanwhile(app, held, accept, undo)
    assert isinstance(came, int), came
    assert (
        db.session.scalar(db.select(db.func.count(Volunteer.id)).where(Volunteer.user_id == cast.who("member").id)) == 1
    )


def test_many_decided_at_once_hold_every_activity_before_the_first_person(app):
    first, second = cast.make_activity(capacity=1), cast.make_activity(capacity=1)
    later = cast.make_activity(starts_at=first.ends_at)
    join("volunteer", first), join("second", later)
    db.session.commit()
    hold_with_coming(Volunteer.id.in_([cast.volunteer_of(name).id for name in ("volunteer", "second")]))
    engine = create_engine(db.engine.url)
    with engine.connect() as other:
        free = [
            other.execute(text("SELECT id FROM activity WHERE id = :id FOR UPDATE SKIP LOCKED"), {"id": one}).first()
            for one in (first.id, second.id, later.id)
        ]
    engine.dispose()
    assert [row is None for row in free] == [True, False, True]
