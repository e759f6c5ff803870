"""What a kept statement always says is written into it; what people write never is."""

from sqlalchemy import bindparam, select

from app.db import db
from app.models import Activity
from app.models.activities.phase import ActivityStatus
from app.statements import each, settled


def said(stmt, **values):
    compiled = stmt.compile()
    return str(compiled), compiled.construct_params(values)


def wanted():
    shown = each([ActivityStatus.PUBLISHED, ActivityStatus.COMPLETED], Activity.status)
    written = Activity.title == "'; DROP TABLE activity", Activity.community_code == "320302001001"
    return select(Activity.id).where(*written, Activity.status.in_(shown))


def test_states_and_limits_are_written_into_it():
    text, asked = said(settled(wanted().where(Activity.status != ActivityStatus.DRAFT).limit(21)))
    assert "IN ('published', 'completed')" in text and "!= 'draft'" in text and "LIMIT 21" in text
    assert len(asked) == 2


def test_what_people_write_stays_a_parameter():
    text, asked = said(settled(wanted()))
    assert "DROP" not in text and "320302001001" not in text
    assert set(asked.values()) == {"'; DROP TABLE activity", "320302001001"}


def test_what_is_given_when_it_runs_stays_a_parameter():
    later = Activity.status == bindparam("status", type_=Activity.status.type)
    assert ":status" in said(settled(select(Activity.id).where(later)), status=ActivityStatus.DRAFT)[0]


def test_it_finds_the_same(app):
    ended = select(Activity.id).where(Activity.status == ActivityStatus.COMPLETED).order_by(Activity.id).limit(3)
    assert db.session.execute(settled(ended)).all() == db.session.execute(ended).all()
