"""A record belongs to its day: what a coming sign-up carries follows its person, what began keeps it (SPEC section 4)."""

from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import Application, ServiceRecord, WorkUnit
from app.models.attendance import walk_in
from app.models.attendance.rules import Wanted
from app.models.attendance.tick import mark
from app.models.history import history_of
from app.models.unit_dispute import DisputeStatus, UnitDispute
from app.models.volunteers.membership import belonging_on
from tests import cast
from tests.applicants import apply
from tests.signups import S, join, put, start

BAIYUN = cast.baiyun_code


def carried(signup):
    db.session.refresh(signup)
    codes = signup.volunteer_district_code, signup.volunteer_subdistrict_code, signup.volunteer_community_code
    assert codes == (codes[2][:6], codes[2][:9], codes[2])
    return codes[2], signup.unit_id


def two():
    """A sign-up that began an hour ago, and one to come."""
    begun = cast.make_activity(starts_at=clock.now() - timedelta(hours=1), ends_at=clock.now() + timedelta(hours=1))
    return put(begun, cast.volunteer_of("volunteer"), S.ADMITTED), join("volunteer", cast.make_activity())


def unit():
    return cast.who("unit").post.unit_id


def test_an_approved_change_of_community_goes_with_the_coming_sign_ups_and_its_undo_brings_them_back(app):
    begun, coming = two()
    change = apply("volunteer", community=BAIYUN())
    assert carried(coming) == (cast.WANTONG, unit()), "the old membership holds until it is approved"
    change.approve(by=cast.who("baiyun"))
    assert carried(coming) == (BAIYUN(), None)
    assert carried(begun) == (cast.WANTONG, unit())
    change.undo(by=cast.who("baiyun"))
    assert carried(coming) == (cast.WANTONG, unit())


def over(days=5):
    """An activity of so many days ago, still to be confirmed."""
    began = clock.now() - timedelta(days=days)
    return cast.make_activity(starts_at=began, ends_at=began + timedelta(hours=2))


@pytest.fixture
def joined(app):
    """The volunteer's own first application, long ago: the cast has volunteers without one."""
    old, volunteer = unit(), cast.volunteer_of("volunteer")
    clock.move(-timedelta(days=90))
    apply("volunteer", unit_id=old, unit_other="", statement="第一次").approve(by=cast.who("wantong"))
    db.session.commit()
    clock.move(timedelta(0))
    return volunteer


@pytest.mark.parametrize("way", ["new", "revived"])
def test_a_walk_in_after_the_day_carries_the_community_and_unit_of_the_day(app, joined, way):
    volunteer, old = joined, unit()
    activity = over()
    if way == "revived":
        put(activity, volunteer, S.CANCELLED)
    apply("volunteer", community=BAIYUN()).approve(by=cast.who("baiyun"))
    db.session.execute(db.update(Application).values(before=None))  # as after a day
    signup = walk_in(activity, volunteer, by=cast.who("wantong"))
    db.session.commit()
    record = db.session.scalars(db.select(ServiceRecord)).one()
    assert (record.day, record.volunteer_community_code, record.unit_id) == (
        clock.day(activity.starts_at), cast.WANTONG, old,
    )  # fmt: skip
    assert carried(signup) == (cast.WANTONG, old)
    assert (volunteer.community_code, volunteer.unit_id) == (BAIYUN(), None)


def test_of_several_changes_the_last_one_by_that_day_counts(app, joined):
    apply("volunteer", community=BAIYUN(), unit_id=unit(), unit_other="").approve(by=cast.who("baiyun"))
    clock.move(timedelta(days=3))
    day = clock.today()
    assert belonging_on(joined, day - timedelta(days=1)) == (BAIYUN(), unit()), "nothing was changed since"
    for number, community in enumerate((cast.WANTONG, cast.far_code())):
        clock.move(timedelta(days=4 + number))
        apply("volunteer", community=community).approve(by=cast.who("city"))
    assert belonging_on(joined, day) == (BAIYUN(), unit())
    assert belonging_on(joined, clock.today()) == (cast.far_code(), None)
    assert belonging_on(joined, clock.today() - timedelta(days=1)) == (cast.WANTONG, None)


def test_a_unit_that_was_merged_or_that_denied_the_person_by_that_day_is_not_theirs(app, joined):
    old, heir = unit(), cast.volunteer_of("third").unit_id
    db.session.get_one(WorkUnit, old).merge(heir, by=cast.who("city"), keep_posts=True)
    db.session.commit()
    clock.move(timedelta(days=2))
    UnitDispute.put(joined, "不是", by=cast.who("unit")).uphold(by=cast.who("wantong"))
    db.session.commit()
    clock.move(timedelta(days=4))
    apply("volunteer", community=BAIYUN()).approve(by=cast.who("baiyun"))
    today = clock.today()
    assert [belonging_on(joined, today - timedelta(days=n))[1] for n in (5, 4, 3, 1)] == [old, heir, heir, None]


def test_an_upheld_dispute_and_a_merger_of_units_follow_the_same_rule(app):
    begun, coming = two()
    other = cast.who("unit2").post.unit_id
    dispute = UnitDispute.put(cast.volunteer_of("volunteer"), "名册里没有", by=cast.who("unit"))
    db.session.get_one(WorkUnit, unit()).merge(other, by=cast.who("city"), keep_posts=True)
    assert (carried(begun)[1], carried(coming)[1]) == (dispute_unit(), other)
    db.session.refresh(dispute)
    assert (dispute.unit_id, dispute.status) == (other, DisputeStatus.OPEN)
    line = history_of(dispute)[-1]
    assert (line.action, line.note.text) == ("change", "工作单位：徐州市第一测试中学 → 徐州测试机械有限公司")
    dispute.uphold(by=cast.who("wantong"))
    assert carried(coming)[1] is None and carried(begun)[1] is not None


def dispute_unit():
    """The first unit of the cast, whoever acts over it by now."""
    return db.session.scalars(db.select(WorkUnit.id).where(WorkUnit.name == "徐州市第一测试中学")).one()


def test_the_record_of_a_later_day_counts_for_the_community_of_that_day(app):
    coming = join("volunteer", cast.make_activity())
    apply("volunteer", community=BAIYUN()).approve(by=cast.who("baiyun"))
    start(coming.activity)
    mark(coming, Wanted.PRESENT, None, "", by=cast.who("wantong"))
    record = db.session.scalars(db.select(ServiceRecord)).one()
    assert (record.community_code, record.volunteer_community_code) == (cast.WANTONG, BAIYUN())
    assert record.volunteer_subdistrict_code == BAIYUN()[:9] and record.unit_id is None


def test_who_is_ticked_before_the_start_has_a_record_of_that_day_that_stays(app):
    soon = cast.make_activity(starts_at=clock.now() + timedelta(minutes=30))
    ticked = join("volunteer", soon)
    mark(ticked, Wanted.PRESENT, None, "", by=cast.who("wantong"))
    apply("volunteer", community=BAIYUN()).approve(by=cast.who("baiyun"))
    assert carried(ticked) == (cast.WANTONG, unit())
