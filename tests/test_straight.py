"""What goes past the session (app/straight.py) leaves rows and objects as the session would."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm.exc import StaleDataError

from app.db import db
from app.models import Activity, SignUp, Volunteer
from app.models.signup import Attendance, SignUpStatus
from app.straight import add, fresh, plain, read, save
from tests import cast
from tests.signups import put
from tests.support.statements import statements


def a_signup():
    signup = put(cast.make_activity(), cast.volunteer_of("volunteer"), SignUpStatus.ADMITTED)
    db.session.commit()
    return signup


def test_a_saved_row_is_written_at_once_with_its_version(app):
    signup = a_signup()
    before = signup.version
    signup.attendance, signup.minutes = Attendance.PRESENT, 90
    with statements() as seen:
        save(signup)
        db.session.flush()  # nothing is left for it
    assert len(seen) == 1 and signup.version == before + 1
    db.session.expire(signup)
    assert (signup.attendance, signup.minutes, signup.version) == (Attendance.PRESENT, 90, before + 1)


def test_an_unchanged_row_is_not_written(app):
    signup = a_signup()
    signup.attendance = signup.attendance
    with statements() as seen:
        save(signup)
    assert seen == []


def test_who_saves_over_another_is_stale(app):
    signup = a_signup()
    signup.minutes = 90
    with db.session.no_autoflush:
        other = update(SignUp).where(SignUp.id == signup.id).values(version=SignUp.version + 1)
        db.session.execute(other.execution_options(synchronize_session=False))
    with pytest.raises(StaleDataError):
        save(signup)


def test_a_new_row_is_the_sessions_and_carries_what_the_model_says(app):
    activity, person = cast.make_activity(), cast.volunteer_of("volunteer")
    signup = SignUp(activity_id=activity.id, volunteer_id=person.id, status=SignUpStatus.ADMITTED, turn=1)
    signup.of_that_day(activity, person)
    add(signup)
    assert db.session.get(SignUp, signup.id) is signup and signup.activity is activity and not db.session.dirty
    made = signup.created_at
    db.session.expire(signup)
    assert (signup.version, signup.walk_in, signup.decline_reason, signup.minutes) == (1, False, "", None)
    assert signup.created_at == made and signup.attendance is Attendance.UNKNOWN


def test_a_row_read_anew_forgets_what_the_object_held(app):
    activity = cast.make_activity(title="以前")
    db.session.commit()
    assert activity.title == "以前"
    table = Activity.__table__
    db.session.connection().execute(update(table).where(table.c.id == activity.id).values(title="现在"))
    found = read(select(*plain(Activity)).where(Activity.id == activity.id)).first()
    assert fresh(Activity, found) is activity and activity.title == "现在" and not db.session.dirty


def test_what_lies_encrypted_is_read_when_somebody_asks(app):
    person = cast.volunteer_of("volunteer")
    number, id = person.id_card, person.id
    db.session.commit()
    db.session.expunge_all()
    again = fresh(Volunteer, read(select(*plain(Volunteer)).where(Volunteer.id == id)).first())
    with statements() as seen:
        assert again.id_card == number
    assert len(seen) == 1


def test_rows_whose_table_is_watched_are_the_sessions(app):
    activity = cast.make_activity()
    db.session.commit()
    assert activity.title != "别的"  # loaded
    activity.title = "别的"
    with pytest.raises(TypeError, match="topics"):
        save(activity)
