"""A record belongs to its day: what a coming sign-up carries follows its person, what began keeps it (SPEC section 4)."""

from datetime import timedelta

from app import clock
from app.db import db
from app.models import ServiceRecord, WorkUnit
from app.models.attendance.rules import Wanted
from app.models.attendance.tick import mark
from app.models.history import history_of
from app.models.unit_dispute import DisputeStatus, UnitDispute
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
