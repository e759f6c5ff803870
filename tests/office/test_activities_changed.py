"""An activity is edited, copied and called off in the back office: what the forms refuse, keep and ask first."""

import re

import pytest

from app.db import db
from app.models import Message, SignUp
from app.models.activity import ActivityStatus
from app.models.signup import SignUpStatus
from tests.activities import all_activities, day, drafted, form_of, published, typed
from tests.cast import baiyun_code, make_activity, volunteer_of
from tests.signups import put

S = ActivityStatus


# --- edit ------------------------------------------------------------------------------------------------


def test_an_edit_is_saved_and_told(app, clients):
    activity = published()
    put(activity, volunteer_of("volunteer"), SignUpStatus.ADMITTED)
    db.session.commit()
    office, url = clients("wantong"), f"/office/activities/{activity.id}/edit"
    page = office.get(url).text
    assert "发布以后不能更换" in page and "保存并发布" not in page
    answer = office.post(url, data=form_of(activity, place="西门"))
    assert answer.status_code == 303
    db.session.refresh(activity)
    assert activity.place == "西门"
    assert "地点：东岸游客中心 → 西门" in office.get(answer.location).text
    assert "活动有变动" in db.session.scalars(db.select(Message.title).order_by(Message.id)).all()[-1]


def test_defaults_follow_the_times_until_they_are_typed(app, clients):
    activity = drafted()
    db.session.commit()
    office, url = clients("wantong"), f"/office/activities/{activity.id}/edit"
    assert re.search(r'name="signup_closes_at"[^>]*value=""', office.get(url).text)
    office.post(url, data=form_of(activity, signup_closes_at="", minutes="", ends_at=typed(day(2, 14))))
    db.session.refresh(activity)
    assert activity.signup_closes_at == day(2, 14) and activity.minutes == 300


def test_a_stale_form_meets_409_with_what_others_saved_and_keeps_what_was_typed(app, clients):
    activity = drafted()
    db.session.commit()
    url, opened = f"/office/activities/{activity.id}/edit", form_of(activity)
    assert clients("wantong2").post(url, data=opened | {"place": "西门", "capacity": "20"}).status_code == 303
    answer = clients("wantong").post(url, data=opened | {"place": "东门", "title": "我的名称"})
    assert answer.status_code == 409 and "别人已经改过" in answer.text
    assert "地点：西门" in answer.text and "招募人数：20 人" in answer.text and 'value="我的名称"' in answer.text
    db.session.refresh(activity)
    assert activity.place == "西门"
    version = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)[1]
    assert int(version) == activity.version
    assert clients("wantong").post(url, data=opened | {"place": "东门", "version": version}).status_code == 303
    db.session.refresh(activity)
    assert activity.place == "东门" and activity.capacity == 10


def test_capacity_below_those_in_is_refused_with_the_number(app, clients):
    activity = published()
    for username in ("volunteer", "second"):
        put(activity, volunteer_of(username), SignUpStatus.ADMITTED)
    db.session.commit()
    answer = clients("wantong").post(f"/office/activities/{activity.id}/edit", data=form_of(activity, capacity="1"))
    assert answer.status_code == 422 and "已有 2 人录用，招募人数不能少于 2 人" in answer.text


def test_a_new_time_that_overlaps_is_asked_about_by_number_first(app, clients):
    activity = published()
    other = make_activity(baiyun_code(), starts_at=day(4), ends_at=day(4, 11))
    for one in (activity, other):
        put(one, volunteer_of("volunteer"), SignUpStatus.ADMITTED)
    db.session.commit()
    url = f"/office/activities/{activity.id}/edit"
    new = form_of(activity, starts_at=typed(day(4)), ends_at=typed(day(4, 11)), signup_closes_at="")
    assert 'name="confirmed"' not in clients("wantong").get(url).text
    asked = clients("wantong").post(url, data=new)
    assert asked.status_code == 422 and "有 1 人与自己已录用的其他活动时间重叠" in asked.text
    assert re.search(r'name="confirmed" value="1"', asked.text)
    assert clients("wantong").post(url, data=new | {"confirmed": "1"}).status_code == 303
    rows = db.session.scalars(db.select(SignUp.status).where(SignUp.activity_id == activity.id)).all()
    assert rows == [SignUpStatus.DECLINED]


def test_another_community_is_refused_after_publishing(app, clients):
    activity = published()
    db.session.commit()
    answer = clients("huanglou").post(
        f"/office/activities/{activity.id}/edit", data=form_of(activity, community=baiyun_code())
    )
    assert answer.status_code == 422 and "发布以后不能更换社区" in answer.text


@pytest.mark.parametrize("status", [S.COMPLETED, S.CANCELLED])
def test_what_is_over_has_no_form(app, clients, status):
    activity = make_activity(status=status)
    db.session.commit()
    url = f"/office/activities/{activity.id}/edit"
    assert clients("wantong").get(url).status_code == 409
    answer = clients("wantong").post(url, data=form_of(activity, title="偷改"))
    assert answer.status_code == 409 and {"completed": "已结项", "cancelled": "已取消"}[status.value] in answer.text


# --- copy, cancel ----------------------------------------------------------------------------------------


def test_a_copy_opens_as_a_draft_and_is_made_once(app, clients):
    activity = published()
    db.session.commit()
    office = clients("wantong")
    key = re.search(r'name="key" value="(\w+)"', office.get(f"/office/activities/{activity.id}").text)[1]
    answers = [office.post(f"/office/activities/{activity.id}/copy", data={"key": key}) for _ in range(2)]
    assert {answer.location for answer in answers} == {f"/office/activities/{activity.id + 1}/edit"}
    assert [one.status for one in all_activities()] == [S.PUBLISHED, S.DRAFT]
    assert "复制自" in office.get(f"/office/activities/{activity.id + 1}").text


def test_calling_off_asks_for_a_reason_on_its_own_page(app, clients):
    activity = published()
    put(activity, volunteer_of("volunteer"), SignUpStatus.ADMITTED)
    db.session.commit()
    office, url = clients("wantong"), f"/office/activities/{activity.id}/cancellation"
    show = office.get(f"/office/activities/{activity.id}").text
    assert f'href="{url}" data-dialog="cancel"' in show and "<dialog" in show
    assert "会通知已报名的 1 人" in office.get(url).text
    missing = office.post(url, data={"reason": "  "})
    assert missing.status_code == 422 and "请写明原因" in missing.text
    assert office.post(url, data={"reason": "长" * 501}).status_code == 422
    done = office.post(url, data={"reason": "大风降温"})
    assert done.status_code == 303 and "大风降温" in office.get(done.location).text
    titles = db.session.scalars(db.select(Message.title).order_by(Message.id)).all()
    assert titles[-1].startswith("活动已取消") and sum("取消" in title for title in titles) == 1
    assert office.post(url, data={"reason": "再来一次"}).status_code == 409
    assert "已取消" in office.get(done.location).text
