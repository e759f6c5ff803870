"""任职: who may grant what to whom, the days of a post, revoking, passing on, and who keeps a place."""

from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import Import, Message, Post, Region, User
from app.models.history import history_of
from app.models.post import PostState, Role, keepers, unit_keepers
from app.models.posts.appointment import Person, Term, appoint, hand_over, roles_below
from app.models.posts.lists import counts, in_state, others_there, too_few_city_admins, vacancies, vacant_counts
from app.models.posts.open_work import open_work
from app.models.region import Level
from app.refusal import Invalid, Refused
from tests import cast
from tests.applicants import apply
from tests.cast import CITY, GULOU, HUANGLOU, WANTONG, told
from tests.helps import ask
from tests.people_files import bring, line
from tests.support.together import together

MEMBER = Person("member", "孙丽")


def on(days=0):
    return clock.today() + timedelta(days=days)


def given(role=Role.COMMUNITY, place=WANTONG, by="gulou", person=MEMBER, first=0, last=None):
    """A post that `by` grants."""
    term = Term(on(first), None if last is None else on(last))
    return appoint(person, role, place, term, by=cast.who(by))


def units():
    return cast.who("unit").post.unit_id, cast.who("unit2").post.unit_id


def test_a_post_is_granted_strictly_below_ones_own(app):
    """Every role of the cast × every kind of place: what is allowed, and at which field the rest fails."""
    unit, _ = units()
    places = {
        "city": (Role.CITY, CITY), "district": (Role.DISTRICT, GULOU), "other": (Role.DISTRICT, "320303"),
        "street": (Role.SUBDISTRICT, HUANGLOU), "community": (Role.COMMUNITY, WANTONG), "far": (Role.COMMUNITY, cast.far_code()),
        "unit": (Role.UNIT, unit), "wrong level": (Role.SUBDISTRICT, WANTONG), "nowhere": (Role.COMMUNITY, "320302999999"),
        "no unit": (Role.UNIT, 0),
    }  # fmt: skip
    allowed = {
        "city": {"district", "other", "street", "community", "far", "unit"},
        "gulou": {"street", "community", "unit"},
        "huanglou": {"community"},
        "wantong": set(),
        "unit": set(),
    }
    for by, fine in allowed.items():
        for name, (role, place) in places.items():
            with db.session.begin_nested() as attempt:
                if name in fine:
                    post = given(role, place, by)
                    assert (post.role, post.region_code or post.unit_id) == (role, place)
                    assert post.state is PostState.LIVING and post.granted_by_id == cast.who(by).id
                else:
                    with pytest.raises(Invalid) as wrong:
                        given(role, place, by)
                    assert wrong.value.field in ("role", "place", "unit"), (by, name)
                attempt.rollback()
    assert roles_below(cast.who("huanglou").post) == [Role.COMMUNITY]


def test_the_scope_of_the_list_is_what_one_may_grant(app):
    def seen(by):
        posts = db.session.scalars(db.select(Post).where(Post.scope(cast.who(by).post)))
        return {db.session.get_one(User, post.user_id).username for post in posts}

    assert seen("city") == {
        "city",
        "city2",
        "gulou",
        "huanglou",
        "wantong",
        "wantong2",
        "baiyun",
        "far",
        "yunlong",
        "unit",
        "unit2",
    }
    assert seen("gulou") == {"huanglou", "wantong", "wantong2", "baiyun", "unit", "unit2"}
    assert seen("huanglou") == {"wantong", "wantong2", "baiyun"}
    assert seen("wantong") == seen("unit") == set()
    own, other = (db.session.get_one(cast.WorkUnit, id) for id in units())
    own.district_code, other.district_code = GULOU, "320303"
    from app.freshness import forget, touch

    touch("units")
    db.session.commit()
    forget()
    assert "unit" in seen("gulou") and "unit2" not in seen("gulou") and "unit2" in seen("yunlong")


def test_the_person_is_found_exactly_and_never_oneself(app):
    assert given(person=Person("MEMBER", "孙丽")).user_id == cast.who("member").id
    assert given(Role.SUBDISTRICT, HUANGLOU, person=Person("138 0000 0005", "孙丽")).user_id
    cast.make_user("family", "孙丽", "13800000005")
    gone = cast.make_user("gone", "离开人", "13711110000")
    gone.disabled_at = clock.now()
    wrong = {
        "同名": Person("13800000005", "孙丽"), "相符": Person("member", "孙力"), "没有": Person("nobody", "孙丽"),
        "没有用户": Person("gone", "离开人"), "自己": Person("gulou", "顾楠"),
    }  # fmt: skip
    for said, person in wrong.items():
        with pytest.raises(Invalid) as refused:
            given(place=cast.baiyun_code(), person=person)
        assert refused.value.field == "person" and (said in refused.value.message or "相符" in refused.value.message)


@pytest.mark.sqlite_only
def test_days_are_checked_and_the_same_post_is_not_given_twice(app):
    for first, last, field in (
        (-1, None, "first_day"),
        (4000, None, "first_day"),
        (5, 4, "last_day"),
        (0, 4000, "last_day"),
    ):
        with pytest.raises(Invalid) as wrong:
            given(first=first, last=last)
        assert wrong.value.field == field
    given(first=10, last=20)
    for first, last in ((0, None), (0, 10), (20, 30), (12, 13)):
        with pytest.raises(Invalid, match="已经有这个任职"):
            given(first=first, last=last)
    assert given(first=0, last=9).state is PostState.LIVING
    assert given(first=21).state is PostState.FUTURE


def test_two_who_grant_at_once_grant_once(app):
    def grant():
        return given().id

    results = together(app, [grant, grant, grant])
    assert sorted(isinstance(one, int) for one in results) == [False, False, True], results
    assert all(isinstance(one, (int, Invalid)) for one in results)


def test_the_state_follows_the_calendar_and_the_lists_agree(app):
    made = {
        PostState.LIVING: given(last=3), PostState.FUTURE: given(first=4, last=9), PostState.ENDED: given(Role.SUBDISTRICT, HUANGLOU, last=0),
        PostState.REVOKED: given(place=cast.baiyun_code()),
    }  # fmt: skip
    made[PostState.REVOKED].revoke(by=cast.who("gulou"), reason="调离")
    made[PostState.ENDED].first_day = made[PostState.ENDED].last_day = on(-1)
    db.session.flush()
    for state, post in made.items():
        assert post.state is state
        found = set(db.session.scalars(db.select(Post.id).where(in_state(state))))
        assert post.id in found and not found & {other.id for other in made.values() if other is not post}
    assert counts(db.select(Post).where(Post.user_id == cast.who("member").id)) == dict.fromkeys(PostState, 1)
    assert [post.id for post in cast.who("member").living_posts()] == [made[PostState.LIVING].id]
    assert "wantong" in {db.session.get_one(User, one.user_id).username for one in others_there(made[PostState.LIVING])}


def test_revoking_is_at_once_with_a_reason_and_once(app):
    post, by = given(), cast.who("gulou")
    for reason in ("", "  ", "长" * 501):
        with pytest.raises(Invalid):
            post.revoke(by=by, reason=reason)
    assert cast.who("member").post is not None
    post.revoke(by=by, reason="岗位调整")
    assert cast.who("member").post is None and post.state is PostState.REVOKED
    with pytest.raises(Refused, match="已经结束"):
        post.revoke(by=by, reason="再撤一次")
    lines = history_of(post)
    assert [line.action for line in lines] == ["grant", "revoke"] and lines[-1].note.text == "岗位调整"
    assert lines[-1].actor_role == "district" and told("member") == ["您有新的任职", "您的任职已撤销"]


def test_a_city_post_is_revoked_by_another_and_the_last_one_stays(app):
    mine, other = cast.who("city").post, cast.who("city2").post
    with pytest.raises(Refused, match="另一位市级管理员"):
        mine.revoke(by=cast.who("city"), reason="不干了")
    with pytest.raises(Refused, match="不能移交"):
        hand_over(other, MEMBER, Term(on(1), None), by=cast.who("city"))
    other.revoke(by=cast.who("city"), reason="调离")
    assert cast.who("city2").post is None and told("city2") == ["您的任职已撤销"]
    with pytest.raises(Refused, match="最后一位"):
        mine.revoke(by=None, reason="误操作")
    future = Post.grant(cast.who("member"), Role.CITY, CITY, by=None, first_day=on(2))
    with pytest.raises(Refused, match="最后一位"):
        mine.revoke(by=cast.who("member"), reason="接任的还没有开始")
    future.revoke(by=cast.who("city"), reason="不用了")
    assert mine.state is PostState.LIVING


def test_two_city_administrators_who_revoke_each_other_at_once_leave_one(app):
    ids = {name: cast.who(name).post.id for name in ("city", "city2")}
    pairs = [("city", "city2"), ("city2", "city")]
    acts = [lambda a=a, b=b: db.session.get_one(Post, ids[b]).revoke(by=cast.who(a), reason="换人") for a, b in pairs]
    results = together(app, acts)
    assert sorted(isinstance(one, Refused) for one in results) == [False, True], results
    assert too_few_city_admins() and sum(cast.who(name).post is not None for name in ids) == 1


def test_a_post_is_passed_on_from_a_day_with_the_work_of_the_place(app):
    apply(), ask(), cast.make_activity()
    old, by = cast.who("wantong").post, cast.who("gulou")
    assert {part.word: part.count for part in open_work(old) if part.count} == {
        "志愿者申请": 1, "没有结项的活动": 1, "正在办理的求助": 1,
    }  # fmt: skip
    successor = Person("third", "陈晨")
    new = hand_over(old, successor, Term(on(2)), by=by)
    assert (old.last_day, new.first_day, new.region_code, new.role) == (on(1), on(2), WANTONG, Role.COMMUNITY)
    assert old.state is PostState.LIVING and new.state is PostState.FUTURE
    assert told("wantong")[-1] == "您的任职已移交" and told("third")[-2:] == ["您有新的任职", "请接手这个岗位的工作"]
    said = db.session.scalars(db.select(Message.body).where(Message.title == "请接手这个岗位的工作")).one()
    assert "志愿者申请 1 份、没有结项的活动 1 场、正在办理的求助 1 件" in said
    assert history_of(old)[-1].note.text == "移交给陈晨"
    clock.move(timedelta(days=2))
    assert old.state is PostState.ENDED and new.state is PostState.LIVING
    with pytest.raises(Refused, match="已经结束"):
        hand_over(old, successor, Term(on()), by=by)


def test_a_hand_over_today_leaves_nobody_twice_and_wrong_ones_change_nothing(app):
    old, by = cast.who("wantong").post, cast.who("gulou")
    wrong = [
        (Person("wantong", "周芳"), Term(on()), "person"),  # to oneself
        (Person("wantong2", "万里"), Term(on()), "person"),  # holds it already
        (Person("gulou", "顾楠"), Term(on()), "person"),  # to whoever passes it on
        (Person("third", "陈晨"), Term(on(-1)), "first_day"),
        (Person("third", "陈晨"), Term(on(3), on(2)), "last_day"),
    ]
    for person, term, field in wrong:
        with db.session.begin_nested() as attempt:
            with pytest.raises(Invalid) as refused:
                hand_over(old, person, term, by=by)
            attempt.rollback()
        assert refused.value.field == field
    db.session.expire_all()
    assert old.last_day is None
    future = given(first=5)
    with pytest.raises(Invalid, match="晚于原任职"):
        hand_over(future, Person("third", "陈晨"), Term(on(5)), by=by)
    short = given(place=cast.baiyun_code(), last=5)
    short.first_day = on(-5)
    with pytest.raises(Invalid, match="没有人"):
        hand_over(short, Person("third", "陈晨"), Term(on(7)), by=by)
    new = hand_over(old, Person("third", "陈晨"), Term(on()), by=by)
    assert old.state is PostState.ENDED and new.state is PostState.LIVING
    assert cast.who("third").id in keepers(WANTONG) and cast.who("wantong").id not in keepers(WANTONG)


def test_a_post_that_was_passed_on_is_passed_to_nobody_else(app):
    old, by = cast.who("wantong").post, cast.who("gulou")
    first = hand_over(old, Person("second", "王建国"), Term(on(3)), by=by)
    with pytest.raises(Refused, match="已移交给王建国"):
        hand_over(old, Person("third", "陈晨"), Term(on(1)), by=by)
    assert old.last_day == on(2)
    first.revoke(by=by, reason="换人")
    second = hand_over(old, Person("third", "陈晨"), Term(on(1)), by=by)
    assert old.last_day == on(0) and second.first_day == on(1)


def test_a_place_is_kept_by_the_lowest_level_that_has_somebody(app):
    far = cast.far_code()
    assert keepers(WANTONG) == [cast.who("wantong").id, cast.who("wantong2").id]
    cast.who("far").post.revoke(by=cast.who("city"), reason="调离")
    assert keepers(far) == [cast.who("yunlong").id]  # its subdistrict has nobody either
    cast.who("yunlong").post.revoke(by=cast.who("city"), reason="调离")
    assert keepers(far) == [cast.who("city").id, cast.who("city2").id]
    unit, _ = units()
    assert unit_keepers(unit) == [cast.who("unit").id]


def test_places_where_nobody_holds_a_post_are_known(app):
    empty = {region.code for region in db.session.scalars(vacancies(GULOU))}
    assert HUANGLOU not in empty and WANTONG not in empty and GULOU not in empty
    assert all(code.startswith(GULOU) for code in empty)
    before = vacant_counts(GULOU)
    assert list(before) == [Level.SUBDISTRICT, Level.COMMUNITY] and sum(before.values()) == len(empty)
    cast.who("huanglou").post.revoke(by=cast.who("gulou"), reason="调离")
    given(Role.COMMUNITY, sorted(code for code in empty if len(code) == 12)[0])
    after = vacant_counts(GULOU)
    assert after[Level.SUBDISTRICT] == before[Level.SUBDISTRICT] + 1
    assert after[Level.COMMUNITY] == before[Level.COMMUNITY] - 1


def test_a_district_that_took_another_in_knows_its_vacancies_and_who_sees_to_them(app, clients):
    """Codes of the old district count as the heir's: vacancies, who acts for them, and the old district's files."""
    from app.freshness import forget

    old, whole = GULOU, bring([line()], by="gulou", within=GULOU)
    db.session.get_one(Region, old).merge("320303", by=cast.who("city"))
    db.session.commit()
    forget()
    for post in (cast.who("huanglou").post, cast.who("baiyun").post):
        post.revoke(by=cast.who("city"), reason="调离")
    db.session.commit()
    heir = cast.who("yunlong").post
    assert {HUANGLOU, cast.baiyun_code()} <= set(db.session.scalars(vacancies("320303").with_only_columns(Region.code)))
    assert vacant_counts("320303")[Level.SUBDISTRICT] >= 1
    assert db.session.scalars(db.select(Import.id).where(Import.scope(heir))).all() == [whole.id]
    page = clients("yunlong").get(f"/office/posts/vacancies?region={HUANGLOU}")
    assert page.status_code == 200 and "白云社区" in page.text and "云龙区" in page.text


def test_the_city_is_warned_when_one_administrator_is_left(app):
    assert not too_few_city_admins()
    cast.who("city2").post.revoke(by=None, reason="退休")
    assert too_few_city_admins()
