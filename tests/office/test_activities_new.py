"""A new activity in the back office: what the form refuses and keeps."""

import io
import re

import pytest

from app.db import db
from app.models.activity import ActivityStatus
from tests.activities import KEY, all_activities, day, form, form_of, resolved, typed
from tests.cast import GULOU, HUANGLOU, WANTONG, baiyun_code, far_code
from tests.support.photos import photo

S = ActivityStatus


def errors(answer):
    """The messages at the fields."""
    return re.findall(r'<span class="sr">错误：</span>([^<]*)', answer.text)


def test_a_draft_is_kept_and_published_from_its_page(app, clients):
    office = clients("wantong")
    answer = office.submit("/office/activities/new", **form())
    (activity,) = all_activities()
    assert answer.status_code == 303 and answer.location.endswith(f"/office/activities/{activity.id}")
    assert activity.status is S.DRAFT and activity.starts_at == day(2)
    page = office.get(answer.location).text
    assert "已存为草稿" in page and "<strong>白色垃圾</strong>" in page and "新建" in page
    assert office.post(f"/office/activities/{activity.id}/publication").status_code == 303
    db.session.refresh(activity)
    assert activity.status is S.PUBLISHED
    assert "草稿 → 已发布" in office.get(answer.location).text
    assert office.post(f"/office/activities/{activity.id}/publication").status_code == 409


def test_a_form_sent_twice_makes_one(app, clients):
    office = clients("wantong")
    first = office.post("/office/activities/new", data=form(key=KEY, publish="1"))
    second = office.post("/office/activities/new", data=form(key=KEY, publish="1"))
    assert len(all_activities()) == 1 and first.location == second.location


def test_a_preview_and_a_step_judge_nothing_and_leave_the_key_unused(app, clients):
    office = clients("gulou")
    for step in ({"preview": "1"}, {"region_step": "community:steps"}, {"picture_step": "add"}):
        answer = office.post("/office/activities/new", data=form(key=KEY, title="", **step))
        assert answer.status_code == 200 and not errors(answer) and "湖边路滑。" in answer.text
    assert "<strong>白色垃圾</strong>" in office.post("/office/activities/new", data=form(preview="1")).text
    part = office.post("/office/activities/new", data=form(preview="1"), htmx=True).text
    assert "<strong>白色垃圾</strong>" in part and "<form" not in part
    evil = office.post(
        "/office/activities/new", data=form(preview="1", description="<script>x</script>"), htmx=True
    ).text
    assert "<script>" not in evil
    assert not all_activities()
    for _ in range(2):
        assert office.post("/office/activities/new", data=form(key=KEY)).status_code == 303
    assert len(all_activities()) == 1


LONG = "长" * 61
BAD = [
    ({"title": ""}, "请填写活动名称"),
    ({"title": "   "}, "请填写活动名称"),
    ({"title": LONG}, "最多 60 个字，现在是 61 个"),
    ({"category": ""}, "请选择"),
    ({"category": "nonsense"}, "请从给出的选项中选择"),
    ({"place": ""}, "请填写集合地点"),
    ({"place": "长" * 101}, "最多 100 个字"),
    ({"starts_at": ""}, "请填写开始时间"),
    ({"starts_at": "明天"}, "请填写日期和时间"),
    ({"starts_at": "2027-02-29T09:00"}, "请填写日期和时间"),
    ({"starts_at": "1999-12-31T09:00"}, "2000 年到 2100 年"),
    ({"starts_at": "9999-12-31T23:59"}, "2000 年到 2100 年"),
    ({"ends_at": lambda: typed(day(2))}, "结束时间要晚于开始时间"),
    ({"ends_at": lambda: typed(day(1))}, "结束时间要晚于开始时间"),
    ({"ends_at": lambda: typed(day(40))}, "最长 31 天"),
    ({"signup_closes_at": lambda: typed(day(3))}, "报名截止不能晚于"),
    ({"signup_closes_at": "x"}, None),
    ({"capacity": ""}, "请填写招募人数"),
    ({"capacity": "0"}, "1 到 100000"),
    ({"capacity": "-5"}, "1 到 100000"),
    ({"capacity": "100001"}, "1 到 100000"),
    ({"capacity": "9" * 30}, "1 到 100000"),
    ({"capacity": "十"}, "请填写整数"),
    ({"capacity": "1e3"}, "请填写整数"),
    ({"minutes": "0"}, "1 到 180 分钟"),
    ({"minutes": "181"}, "1 到 180 分钟"),
    ({"minutes": "x"}, "请填写整数"),
    ({"description": "长" * 20_001}, "最多 20000 个字"),
    ({"risks": "长" * 2_001}, "最多 2000 个字"),
    ({"community": "320303"}, "不在可选的范围内"),
    ({"community": "999999999999"}, "没有这个地方"),
    ({"community": "<script>"}, "没有这个地方"),
    ({"version": "x"}, "请填写整数"),
]


@pytest.mark.parametrize(
    ("changes", "message"), BAD, ids=lambda value: "-".join(value) if isinstance(value, dict) else value
)
def test_bad_input_is_said_at_its_field_and_keeps_what_was_typed(app, clients, changes, message):
    answer = clients("wantong").post("/office/activities/new", data=form(**resolved(changes), key=KEY))
    assert answer.status_code == 422 and "<title>错误：" in answer.text
    assert message is None or message in answer.text
    assert (
        "现场有急救包。" in answer.text and "<script>" not in answer.text.partition("<main")[2].partition("</main")[0]
    )
    assert not all_activities()


def test_other_peoples_communities_are_refused(app, clients):
    for code in (baiyun_code(), far_code(), HUANGLOU, GULOU):
        answer = clients("wantong").post("/office/activities/new", data=form(community=code))
        assert answer.status_code == 422 and "不在可选的范围内" in answer.text
    for code in (far_code(), HUANGLOU, ""):
        assert clients("gulou").post("/office/activities/new", data=form(community=code)).status_code == 422
    assert not all_activities()


def test_a_community_needs_not_name_itself(app, clients):
    assert clients("wantong").post("/office/activities/new", data=form(community=None)).status_code == 303
    assert all_activities()[0].community_code == WANTONG


def test_past_dates_make_a_draft_but_are_not_published(app, clients):
    past = {"starts_at": typed(day(-2)), "ends_at": typed(day(-2, 11))}
    answer = clients("wantong").post("/office/activities/new", data=form(**past, publish="1"))
    assert answer.status_code == 422 and "开始时间已经过去" in answer.text and not all_activities()
    assert clients("wantong").post("/office/activities/new", data=form(**past)).status_code == 303
    (activity,) = all_activities()
    late = clients("wantong").post(f"/office/activities/{activity.id}/publication")
    assert late.status_code == 422 and "开始时间已经过去" in late.text and "保存并发布" in late.text
    db.session.refresh(activity)
    assert activity.status is S.DRAFT


def test_all_that_is_wrong_is_said_at_once(app, clients):
    answer = clients("wantong").post(
        "/office/activities/new", data=form(capacity="0", minutes="999", signup_closes_at=typed(day(9)))
    )
    assert "有 3 处需要修改" in answer.text


def test_rare_characters_emoji_and_leap_day_are_kept(app, clients):
    title = "𠮷祥如意🌲<b>“义诊”</b>"
    sent = form(title=title, starts_at="2028-02-29T23:00", ends_at="2028-03-01T01:00", place="徐州\u202e市")
    assert clients("wantong").post("/office/activities/new", data=sent).status_code == 303
    (activity,) = all_activities()
    assert activity.title == title and activity.place == "徐州市" and activity.minutes == 120
    assert "&lt;b&gt;“义诊”" in clients("wantong").get(f"/office/activities/{activity.id}").text


def test_a_client_cannot_set_what_the_form_does_not_hold(app, clients):
    extra = {
        "status": "completed",
        "taken": "9",
        "created_by_id": "1",
        "id": "77",
        "attended": "5",
        "published_at": "2026-01-01",
    }
    clients("wantong").post("/office/activities/new", data=form(**extra))
    (activity,) = all_activities()
    assert (
        activity.status is S.DRAFT and (activity.taken, activity.attended) == (0, 0) and activity.published_at is None
    )


def test_a_cover_is_kept_shown_and_taken_away(app, clients):
    office = clients("wantong")
    office.post("/office/activities/new", data={**form(publish="1"), "cover": (io.BytesIO(photo()), "a.jpg")})
    (activity,) = all_activities()
    assert activity.cover_id
    for url in (f"/activities/{activity.id}", f"/office/activities/{activity.id}"):
        (src,) = re.findall(r'src="(/pictures/[^"]+)"', office.get(url).text)
        assert clients("").get(src).status_code == 200
    office.post(f"/office/activities/{activity.id}/edit", data=form_of(activity))  # no picture named: taken away
    db.session.refresh(activity)
    assert activity.cover_id is None and "img/cover/env.svg" in office.get(f"/activities/{activity.id}").text


def test_htmx_is_sent_on_by_a_header(app, clients):
    answer = clients("wantong").post("/office/activities/new", data=form(), htmx=True)
    assert answer.status_code == 204 and answer.headers["HX-Redirect"].endswith("/office/activities/1")
