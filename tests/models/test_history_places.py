"""To which places a line of history belongs is kept with every write, and is what the row of its thing says."""

import pytest
from psycopg.errors import LockNotAvailable
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import OperationalError

from app.db import db
from app.models import Activity, History, Post, SignUp, Volunteer, WorkUnit
from app.models.histories.scope import KEPT, lies_in, unit_key
from app.models.history import record
from app.models.recount import CHECKS, repair
from app.models.region import Region, children, within
from tests import cast

pytestmark = pytest.mark.both
FAR = "320303"


def in_place(place):
    """(kind of thing, its number) of the lines that are kept for a place."""
    lines = select(History.noun, History.noun_id).join(KEPT, KEPT.c.line_id == History.id).where(KEPT.c.place == place)
    return {tuple(row) for row in db.session.execute(lines)}


def told(*things):
    """A line about each."""
    for thing in things:
        record(thing, "edit", by=cast.who("city"))
    db.session.flush()


def agrees():
    """Whether what is kept is what the rows say."""
    return CHECKS["历史区域"]() == []


@pytest.fixture(autouse=True)
def back(app):
    """Nothing is committed."""
    yield
    db.session.rollback()


def test_a_line_lies_where_its_thing_does_at_every_level_and_at_its_unit(app):
    volunteer, unit = cast.volunteer_of("volunteer"), cast.who("unit").post.unit_id
    db.session.execute(update(Volunteer).where(Volunteer.id == volunteer.id).values(unit_id=unit))
    activity = cast.make_activity()
    told(volunteer, cast.who("volunteer"), activity, cast.who("wantong").post, cast.who("unit").post)
    mine, person = ("volunteer", volunteer.id), ("user", volunteer.user_id)
    for place in (cast.GULOU, cast.HUANGLOU, cast.WANTONG):
        assert {mine, person, ("activity", activity.id)} <= in_place(place), place
    assert mine in in_place(unit_key(unit)) and person not in in_place(unit_key(unit))
    post, theirs = ("post", cast.who("wantong").post.id), ("post", cast.who("unit").post.id)
    assert post in in_place(cast.HUANGLOU) & in_place(cast.GULOU) and post not in in_place(cast.WANTONG)
    assert theirs in in_place(unit_key(unit)) & in_place(db.session.get(WorkUnit, unit).district_code)
    assert agrees()


def test_lines_move_with_their_thing_and_with_what_hangs_on_it(app):
    volunteer, activity = cast.volunteer_of("volunteer"), cast.make_activity()
    signup = SignUp.join(volunteer, activity, by=cast.who("volunteer"))
    told(volunteer, cast.who("volunteer"), activity, signup)
    far = cast.far_code()
    for model, one in ((Volunteer, volunteer), (Activity, activity)):
        moved = {"district_code": far[:6], "subdistrict_code": far[:9], "community_code": far}
        db.session.execute(update(model).where(model.id == one.id).values(moved))  # past every verb
    lines = {(one.__tablename__, one.id) for one in (volunteer, cast.who("volunteer"), activity, signup)}
    assert lines <= in_place(far) & in_place(far[:9]) & in_place(far[:6])
    assert not lines & (in_place(cast.WANTONG) | in_place(cast.HUANGLOU) | in_place(cast.GULOU)) and agrees()


def test_lines_follow_a_sign_up_to_another_unit_and_a_unit_to_another_district(app):
    unit = cast.who("unit").post.unit_id
    signup = SignUp.join(cast.volunteer_of("volunteer"), cast.make_activity(), by=cast.who("volunteer"))
    told(signup, cast.who("unit").post)
    db.session.execute(update(SignUp).where(SignUp.id == signup.id).values(unit_id=None))
    assert ("sign_up", signup.id) not in in_place(unit_key(unit)) and agrees()
    db.session.execute(update(SignUp).where(SignUp.id == signup.id).values(unit_id=unit))
    assert ("sign_up", signup.id) in in_place(unit_key(unit))
    post, other = ("post", cast.who("unit").post.id), cast.far_code()[:6]
    db.session.execute(update(WorkUnit).where(WorkUnit.id == unit).values(district_code=other))
    assert post in in_place(other) and agrees()


def test_a_person_gets_a_place_with_the_volunteer_and_loses_it_with_that(app):
    person = cast.make_user("fresh", name="慕容清")
    told(person)
    line = ("user", person.id)
    assert line not in in_place(cast.GULOU)
    volunteer = cast.make_volunteer(person)
    db.session.flush()
    told(volunteer)
    assert {line, ("volunteer", volunteer.id)} <= in_place(cast.GULOU) and agrees()
    db.session.execute(delete(Volunteer).where(Volunteer.id == volunteer.id))
    assert not {line, ("volunteer", volunteer.id)} & in_place(cast.GULOU) and agrees()


def test_a_post_that_is_given_another_place_is_read_by_who_is_above_it_then(app):
    post, far = cast.who("wantong").post, cast.far_code()
    told(post)
    db.session.execute(update(Post).where(Post.id == post.id).values(region_code=far))
    assert ("post", post.id) in in_place(far[:9]) and ("post", post.id) not in in_place(cast.HUANGLOU) and agrees()


def test_a_region_has_the_lines_of_the_rows_that_lie_in_it_whoever_was_merged_into_whom(app):
    other = next(place.code for place in children()[cast.GULOU] if place.code != cast.HUANGLOU)
    into, far = children()[other][0].code, cast.far_code()
    activities = [cast.make_activity(code) for code in (cast.WANTONG, cast.baiyun_code(), into, far)]
    told(*activities)
    db.session.get_one(Region, cast.WANTONG).merge(into, by=cast.who("city"))
    db.session.commit()
    mine = Activity.id.in_([one.id for one in activities])
    for code in (cast.WANTONG, cast.HUANGLOU, cast.GULOU, into, other, far, far[:9], far[:6]):
        lines = select(KEPT.c.line_id).where(lies_in(KEPT, code), KEPT.c.noun == "activity", KEPT.c.action == "edit")
        found = db.session.scalars(select(History.noun_id).where(History.id.in_(lines)))
        rows = db.session.scalars(select(Activity.id).where(within(Activity, code), mine))
        assert sorted(found) == sorted(rows), code


def test_a_lost_line_and_one_too_many_are_told_and_mended(app):
    told(cast.make_activity())
    db.session.execute(text("DELETE FROM history_place WHERE place = :code"), {"code": cast.WANTONG})
    db.session.execute(text("INSERT INTO history_place VALUES ('320303', 0, 'activity', 'edit')"))
    wrong = CHECKS["历史区域"]()
    assert {one.key["place"] for one in wrong} == {cast.WANTONG, FAR}
    assert next(one for one in wrong if one.key["place"] == FAR).kept == {"lines": 1}
    repair(wrong)
    assert agrees() and in_place(cast.WANTONG)


@pytest.mark.postgresql_only
def test_who_moves_a_volunteer_waits_for_who_is_writing_of_it(app):
    """Or the line would stay where the volunteer was: neither sees what the other has not committed."""
    volunteer = cast.volunteer_of("volunteer")
    moved = update(Volunteer).where(Volunteer.id == volunteer.id).values(district_code=FAR)
    for thing in (volunteer, cast.who("volunteer")):
        told(thing)
        with db.engine.begin() as other:
            other.execute(text("SET LOCAL lock_timeout = 50"))
            with pytest.raises(OperationalError) as refused:
                other.execute(moved)
            assert isinstance(refused.value.orig, LockNotAvailable)
            other.rollback()
        db.session.rollback()
