"""Work units: a merger moves people from now on and leaves the past; typed names become units; kinds and days."""

from datetime import date

import pytest

from app.db import db
from app.freshness import forget
from app.models import Category, History, Message, Post, ServiceRecord, SignUp, UnitDispute, User, Workday, WorkUnit
from app.models.category import categories
from app.models.units.lists import alike, people_of, typed_names
from app.models.workday import is_working
from app.models.workday_verbs import read_days
from app.refusal import Invalid, Refused
from tests import cast
from tests.applicants import apply, card


def unit(username="unit"):
    return db.session.get_one(WorkUnit, cast.who(username).post.unit_id)


def record_of(volunteer):
    one = ServiceRecord(
        volunteer_id=volunteer.id, minutes=60, category_id=next(iter(categories())), evidence="onsite", unit_id=volunteer.unit_id,
        volunteer_district_code=volunteer.district_code, volunteer_subdistrict_code=volunteer.subdistrict_code,
        volunteer_community_code=volunteer.community_code,
    )  # fmt: skip
    one.locate(volunteer.community_code)
    one.happened(date(2026, 3, 1))
    ServiceRecord.make([one])


def test_a_merger_of_units_moves_the_living_and_leaves_the_past(app):
    old, new, city = unit(), unit("unit2"), cast.who("city")
    volunteer = cast.volunteer_of("volunteer")
    record_of(volunteer)
    ahead = SignUp.join(volunteer, cast.make_activity(), by=cast.who("volunteer"))
    dispute = UnitDispute.put(volunteer, "已调走", by=cast.who("unit"))
    numbers = volunteer.id, ahead.id, dispute.id, old.id, new.id
    assert old.merge(new.id, by=city, keep_posts=True) >= 1
    db.session.commit()
    forget()
    volunteer_id, signup_id, dispute_id, old_id, new_id = numbers
    assert cast.volunteer_of("volunteer").unit_id == new_id
    assert (
        db.session.get_one(SignUp, signup_id).unit_id == db.session.get_one(UnitDispute, dispute_id).unit_id == new_id
    )
    assert db.session.scalars(db.select(ServiceRecord.unit_id)).all() == [old_id], "a record belongs to its day"
    assert [post.unit_id for post in cast.who("unit").living_posts()] == [new_id]
    mine = History.noun == "volunteer", History.noun_id == volunteer_id, History.action == "change"
    assert db.session.scalars(db.select(History.id).where(*mine)).one()
    gone = db.session.get_one(WorkUnit, old_id)
    with pytest.raises(Refused):
        gone.reopen(by=city)


def test_an_application_handed_in_during_the_merger_leads_to_the_heir(app):
    old, new = unit().id, unit("unit2").id
    first, again = (apply(who, id_card=card(n), unit_id=old) for n, who in enumerate(("member", "second")))
    unit().merge(new, by=cast.who("city"))
    for late in (first, again):  # written beside the merger, which did not see it
        db.session.refresh(late)
        late.unit_id = old
    db.session.commit()
    for late in (first, again):
        late.approve(by=cast.who("wantong"))
    assert {cast.volunteer_of(who).unit_id for who in ("member", "second")} == {new} == {first.unit_id, again.unit_id}


def test_an_approval_undone_after_the_merger_leads_back_to_the_heir(app):
    old, new = unit().id, unit("unit2").id
    dispute = UnitDispute.put(cast.volunteer_of("volunteer"), "已调走", by=cast.who("unit"))
    application = apply("volunteer", id_card=card(7))
    application.approve(by=cast.who("wantong"))
    unit().merge(new, by=cast.who("city"), keep_posts=True)
    db.session.commit()
    application.undo(by=cast.who("wantong"))
    db.session.commit()
    assert (dispute.unit_id, dispute.status) == (new, "open") and old != new
    assert cast.volunteer_of("volunteer").unit_id == new


def test_the_number_of_a_units_people_follows_who_joins_leaves_changes_unit_or_is_handed_over(app):
    one, other = unit(), unit("unit2")

    def people():
        db.session.commit()
        found = people_of([one, other])
        assert list(found) == [one.id, other.id]
        return tuple(found.values())

    before = people()
    assert people() == before and before[0] > 0
    joins = apply("member", id_card=card(3), unit_id=one.id)
    joins.approve(by=cast.who("wantong"))
    assert people() == (before[0] + 1, before[1])
    cast.volunteer_of("member").leave(by=cast.who("member"))
    assert people() == before
    cast.volunteer_of("volunteer").unit_id = other.id
    assert people() == (before[0] - 1, before[1] + 1)
    one.merge(other.id, by=cast.who("city"))
    assert people() == (0, sum(before))


def test_a_merger_of_units_is_told_to_its_people_and_to_the_heir_once(app):
    old, new = unit(), unit("unit2")
    old.name, new.name = "甲" * 80, "乙" * 80
    volunteer = cast.volunteer_of("guest")
    volunteer.leave(by=cast.who("guest"))
    db.session.execute(db.delete(Message))
    old.merge(new.id, by=cast.who("city"))
    told = dict(
        db.session.execute(db.select(User.username, Message.title).join(User, User.id == Message.user_id)).all()
    )
    said = f"{old.name}已并入{new.name}。"[:120]
    assert told == {"volunteer": said, "unit2": said, "unit": "您的任职已撤销"}
    assert db.session.scalar(db.select(db.func.count()).select_from(Message)) == 3


def test_posts_of_a_merged_unit_end_unless_they_are_kept(app):
    unit().merge(unit("unit2").id, by=cast.who("city"))
    assert cast.who("unit").living_posts() == []
    assert all(db.session.scalars(db.select(Post.revoked_at).where(Post.unit_id == unit("unit2").id)).all()) is False


@pytest.mark.sqlite_only
def test_what_cannot_be_done_to_a_unit(app):
    city, one, other = cast.who("city"), unit(), unit("unit2")
    for name in ("", "长" * 81, one.name, "无单位"):
        with pytest.raises(Invalid) as told:
            WorkUnit.add(name, by=city)
        assert told.value.field == "name"
    with pytest.raises(Invalid):
        WorkUnit.add("新单位", "320302001", by=city)
    for into in (one.id, None, 10**6):
        with pytest.raises(Invalid):
            one.merge(into, by=city)
    other.close(by=city)
    with pytest.raises(Invalid):
        one.merge(other.id, by=city)
    with pytest.raises(Refused):
        other.close(by=city)
    other.reopen(by=city)
    one.change("徐州市第一中学", cast.GULOU, by=city)
    assert (one.name, one.initials, one.district_code) == ("徐州市第一中学", "xzsdyzx", cast.GULOU)


def test_a_typed_name_becomes_a_unit_or_belongs_to_one(app):
    city, volunteer = cast.who("city"), cast.volunteer_of("volunteer")
    volunteer.unit_id, volunteer.unit_other = None, "徐州第一测试中学"
    db.session.flush()
    names = typed_names()
    assert db.session.execute(db.select(names.c.name, names.c.people)).all() == [("徐州第一测试中学", 1)]
    assert alike("徐州第一测试中学")[0].id == unit().id
    assert unit().adopt("徐州第一测试中学", by=city) == 1
    after = cast.volunteer_of("volunteer")
    assert (after.unit_id, after.unit_other) == (unit().id, "")
    assert db.session.execute(db.select(typed_names())).all() == []


def test_the_kinds_keep_their_slugs_and_their_order(app):
    city = cast.who("city")
    made = Category.add("防汛救灾", by=city)
    assert made.slug == "fang-xun-jiu-zai"
    made.rename("防汛抗旱", by=city)
    assert made.slug == "fang-xun-jiu-zai" and Category.add("防汛救灾", by=city).slug == "fang-xun-jiu-zai-2"
    first = db.session.scalars(db.select(Category).order_by(Category.position, Category.id)).first()
    first.shift("up", by=city)
    first.shift("down", by=city)
    order = db.session.scalars(db.select(Category).order_by(Category.position)).all()
    assert order[1] is first and [one.position for one in order] == list(range(len(order)))
    made.close(by=city)
    for verb in (made.close, db.session.scalars(db.select(Category).where(Category.slug == "other")).one().close):
        with pytest.raises(Refused):
            verb(by=city)
    for name in ("", "长" * 21, "防汛救灾"):
        with pytest.raises(Invalid):
            made.rename(name, by=city)


def test_the_calendar_takes_a_table_whole_or_not_at_all(app):
    city, monday = cast.who("city"), date(2031, 5, 5)
    assert is_working(monday)
    assert Workday.put_all(read_days("日期,上班\n\n2031-05-05,0\n2031/05/10,1\n2031-05-05,0\n"), by=city) == 2
    db.session.commit()
    forget()
    assert not is_working(monday) and is_working(date(2031, 5, 10))
    wrong = {
        "2031-05-05": "第 1 行：要有日期、上班两列",
        "\n2031-13-05,0": "第 2 行：日期“2031-13-05”有误",
        "2031-05-05,也许": "第 1 行：“也许”有误",
        "2031-05-05,0\n2031-05-05,1": "第 2 行：2031-05-05 前面已有",
        "date,works": "没有日期",
        "\0": "CSV",
    }
    for table, said in wrong.items():
        with pytest.raises(Invalid, match=said):
            read_days(table)
    db.session.get_one(Workday, monday).remove(by=city)
    db.session.commit()
    forget()
    assert is_working(monday)
