"""Statements of whole objects in words: the session's own objects, and what SQLAlchemy keeps compiled has an end."""

import pytest
from sqlalchemy import Integer, bindparam, literal, select, update
from sqlalchemy.orm import aliased, joinedload

from app.db import COMPILED, db
from app.models import Import
from app.models.activity import Activity
from app.models.volunteer import Volunteer
from app.statements import Objects, kept, objects_of
from tests import cast

NAMES = [column.key for column in Activity.__table__.c]
TOPICAL = select(Activity).where(Activity.capacity > bindparam("least", type_=Integer)).order_by(Activity.id.desc())


@pytest.fixture(autouse=True)
def rows(app):
    for _ in range(3):
        cast.make_activity()
    db.session.commit()


def test_they_are_what_the_session_loads(app):
    wanted = kept("those of a test", lambda: TOPICAL)
    assert isinstance(wanted, Objects)
    found = objects_of(wanted, {"least": 0})
    values = [{name: getattr(one, name) for name in NAMES} for one in found]
    db.session.expunge_all()
    loaded = list(db.session.scalars(TOPICAL, {"least": 0}))
    assert [{name: getattr(one, name) for name in NAMES} for one in loaded] == values
    assert len(found) == 3 and all(one in db.session for one in loaded) and not objects_of(wanted, {"least": 10**6})


def test_what_is_held_already_stays_as_it_is(app):
    wanted = kept("those of a test", lambda: TOPICAL)
    one = db.session.scalars(TOPICAL, {"least": 0}).first()
    before, other = one.title, {"title": "别人改过的"}
    db.session.connection().execute(update(Activity.__table__), other)
    assert objects_of(wanted, {"least": 0})[0] is one and one.title == before
    db.session.expire_all()
    assert objects_of(wanted, {"least": 0})[0].title == "别人改过的"
    one.title = "自己改过的"
    assert objects_of(wanted, {"least": 0})[0].title == "自己改过的"


def test_a_changed_object_is_written_as_ever(app):
    one = objects_of(kept("those of a test", lambda: TOPICAL), {"least": 0})[0]
    one.title, id = "改过的", one.id
    db.session.commit()
    db.session.expunge_all()
    assert db.session.get(Activity, id).title == "改过的"


def test_each_comes_once(app):
    other = aliased(Activity)
    often = select(Activity).join(other, literal(1) == 1).order_by(Activity.id)
    assert len(objects_of(kept("those of a test, joined", lambda: often))) == 3


@pytest.mark.parametrize(
    "other",
    [
        select(Volunteer).options(joinedload(Volunteer.user)),
        select(aliased(Activity)),
        select(Activity, Activity.id),
        select(Activity).with_for_update(),
        select(Import),
        select(Activity).execution_options(populate_existing=True),
        select(Activity).where(Activity.id.in_(bindparam("some", expanding=True))),
    ],
)
def test_what_says_more_is_left_to_the_session(app, other):
    assert not isinstance(kept(str(other), lambda: other), Objects)


def test_a_list_of_objects_leaves_nothing_compiled(app, clients):
    client = clients("city")
    client.get("/office/notices")
    before = len(db.engine._compiled_cache)
    assert client.get("/office/notices?phase=draft").status_code == 200
    assert len(db.engine._compiled_cache) == before


def test_what_is_compiled_makes_room(app):
    for number in range(2 * COMPILED):
        db.session.execute(select(literal(1).label(f"of{number}")))
    assert len(db.engine._compiled_cache) <= 1.5 * COMPILED
