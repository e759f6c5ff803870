"""The sign-up box: a reason for every 'no', one thing to do, the same with and without scripts."""

from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import Application
from app.models.activities.phase import ActivityStatus
from app.models.application import ApplicationStatus
from app.models.signup import Attendance
from app.models.volunteer import VolunteerStatus
from tests.cast import make_activity, volunteer_of, who
from tests.signups import S, assert_counters, join, put, rows, start, states, until
from tests.support.statements import statements, writes


def address(activity, rest=""):
    return f"/activities/{activity.id}{rest}"


def box(client, activity):
    """The box alone, as the page shows it."""
    page = client.get(address(activity)).text
    page = page[page.index('id="signup-box"') :]
    return page[: page.index("</section>")]


def apply(username, status, **facts):
    """An application of this member."""
    from app.models.user import Gender
    from app.models.volunteer import Employment, Political

    application = Application(
        user_id=who(username).id,
        status=status,
        political=Political.PARTY,
        employment=Employment.EMPLOYED,
        gender=Gender.FEMALE,
        born_year=1985,
        consent_at=clock.now(),
        submitted_at=clock.now(),
        due_at=clock.now(),
        **facts,
    )
    application.locate("320302001002")
    db.session.add(application)
    db.session.commit()


# --- every 'no' has a reason


def test_a_visitor_is_led_to_sign_in_and_comes_back(app, clients):
    shown = box(clients(""), make_activity())
    assert "登录并报名" in shown
    assert "/login?next=/activities/" in shown
    assert "csrf_token" not in shown, "pages of visitors are kept in memory"


def test_a_member_is_led_to_apply_and_sees_how_far_it_is(app, clients):
    activity = make_activity()
    assert "申请成为志愿者" in box(clients("member"), activity)
    apply("member", ApplicationStatus.PENDING)
    assert "您的申请正在社区审核" in box(clients("member"), activity)
    db.session.delete(db.session.scalars(db.select(Application)).one())
    apply("member", ApplicationStatus.RETURNED, decision_reason="请补充单位全称")
    assert "请补充单位全称" in box(clients("member"), activity)


def test_who_paused_is_told_to_resume(app, clients):
    activity = make_activity()
    volunteer_of("volunteer").status = VolunteerStatus.PAUSED
    assert "您的志愿服务已暂停" in box(clients("volunteer"), activity)


def test_the_deadline_the_end_and_a_cancelled_activity_are_named(app, clients):
    closed = make_activity(signup_closes_at=clock.now() + timedelta(minutes=1))
    ended = make_activity()
    off = make_activity(status=ActivityStatus.CANCELLED, cancel_reason="连日暴雨")
    until(closed.signup_closes_at)
    client = clients("volunteer")
    assert "报名已截止" in box(client, closed)
    assert "连日暴雨" in box(client, off)
    for username in ("volunteer", ""):
        assert "action" not in box(clients(username), closed)
    until(ended.ends_at)
    assert "活动已结束" in box(clients("volunteer"), ended)


def test_when_full_waiting_is_offered_with_how_many_are_ahead(app, clients):
    activity = make_activity(capacity=1)
    join("second", activity)
    assert "您是第一位候补" in box(clients("volunteer"), activity)
    join("third", activity)
    shown = box(clients("volunteer"), activity)
    assert "前面还有 1 人候补" in shown
    assert "登记候补" in shown
    start(activity)
    shown = box(clients("volunteer"), activity)
    assert "名额已满" in shown
    assert "登记候补" not in shown


def test_a_conflict_names_and_links_the_other(app, clients):
    other, activity = make_activity(title="文明交通值守"), make_activity()
    join("volunteer", other)
    shown = box(clients("volunteer"), activity)
    assert "时间冲突" in shown
    assert f'href="{address(other)}"' in shown
    full = make_activity(capacity=1)
    join("second", full)
    shown = box(clients("volunteer"), full)
    assert "登记候补" in shown, "who conflicts may wait"
    assert f'href="{address(other)}"' in shown, "and is warned"


def test_who_is_in_sees_the_state_and_the_way_out(app, clients):
    activity = make_activity(capacity=1)
    join("volunteer", activity)
    for username in ("second", "third"):
        join(username, activity)
    assert "已录用" in box(clients("volunteer"), activity)
    shown = box(clients("third"), activity)
    assert "候补第 2 位" in shown
    assert "放弃候补" in shown
    asked = make_activity(needs_approval=True)
    put(asked, volunteer_of("guest"), S.ASKING)
    assert "撤回报名" in box(clients("guest"), asked)
    start(activity)
    shown = box(clients("volunteer"), activity)
    assert "取消报名" not in shown
    assert "请到现场" in shown
    assert "候补没有轮到" in box(clients("third"), activity), "whether tick came or not"


@pytest.mark.parametrize(
    ("attendance", "said"),
    [
        (Attendance.PRESENT, "已确认到场"),
        (Attendance.ABSENT, "记为缺席"),
        (Attendance.EXCUSED, "已请假"),
        (Attendance.UNKNOWN, "等待社区确认到场"),
    ],
)
def test_afterwards_the_box_says_what_became_of_it(app, clients, attendance, said):
    activity = make_activity()
    put(activity, volunteer_of("volunteer"), S.ADMITTED, attendance=attendance)
    until(activity.ends_at)
    assert said in box(clients("volunteer"), activity)


def test_who_was_declined_reads_why(app, clients):
    activity = make_activity()
    put(activity, volunteer_of("volunteer"), S.DECLINED, decline_reason="需要急救证")
    shown = box(clients("volunteer"), activity)
    assert "需要急救证" in shown
    assert "<form" not in shown


# --- signing up


def test_signing_up_without_scripts_comes_back_to_the_page(app, clients):
    activity, client = make_activity(capacity=7), clients("volunteer")
    response = client.post(address(activity, "/signup"))
    assert (response.status_code, response.location) == (303, address(activity) + "#signup-box")
    assert "报名成功，还剩 6 个名额" in client.get(address(activity)).text
    assert states(activity) == {S.ADMITTED: 1}


def test_signing_up_with_htmx_swaps_box_bar_and_counter(app, clients):
    activity = make_activity(capacity=7)
    response = clients("volunteer").post(address(activity, "/signup"), htmx=True)
    assert response.status_code == 200
    assert response.text.lstrip().startswith('<section class="panel" id="signup-box"')
    for part in ("还剩 6 个名额", 'hx-target="#signup-bar"', 'hx-target="#signup-count"', "已报名 1 人", "data-focus"):
        assert part in response.text
    assert "<html" not in response.text


def test_waiting_and_asking_say_what_comes_next(app, clients):
    full, asked = make_activity(capacity=1), make_activity(needs_approval=True)
    join("second", full)
    assert "已登记候补，您是第 1 位" in clients("volunteer").post(address(full, "/signup"), htmx=True).text
    assert "请等社区审核" in clients("volunteer").post(address(asked, "/signup"), htmx=True).text


def test_a_form_sent_twice_answers_with_the_first_result(app, clients):
    activity, client = make_activity(), clients("volunteer")
    key = "0123456789abcdef" * 2
    first = client.post(address(activity, "/signup"), data={"key": key})
    again = client.post(address(activity, "/signup"), data={"key": key})
    assert (first.status_code, again.status_code) == (303, 303)
    other = make_activity(starts_at=activity.starts_at + timedelta(days=1))
    key = "f" * 32
    assert client.post(address(other, "/signup"), data={"key": key}, htmx=True).status_code == 200
    again = client.post(address(other, "/signup"), data={"key": key}, htmx=True)
    assert (again.status_code, again.headers["HX-Redirect"]) == (204, address(other))
    assert states(activity) == states(other) == {S.ADMITTED: 1}


@pytest.mark.parametrize("htmx", [False, True])
def test_what_is_not_possible_any_more_answers_409_with_the_present_state(app, clients, htmx):
    activity, client = make_activity(), clients("volunteer")
    client.post(address(activity, "/signup"))
    response = client.post(address(activity, "/signup"), htmx=htmx)
    assert response.status_code == 409
    assert "您已录用" in response.text
    assert states(activity) == {S.ADMITTED: 1}
    other = make_activity(title="文明交通值守")
    response = client.post(address(other, "/signup"), htmx=htmx)
    assert response.status_code == 409
    assert f'href="{address(activity)}"' in response.text
    assert states(other) == {}


@pytest.mark.parametrize("username", ["member", "city"])
def test_who_is_no_volunteer_is_refused_with_the_way_to_become_one(app, clients, username):
    activity = make_activity()
    response = clients(username).post(address(activity, "/signup"))
    assert response.status_code == 409
    assert "申请成为志愿者" in response.text


def test_a_visitor_is_sent_to_sign_in(app, clients):
    activity = make_activity()
    for rest in ("/signup", "/cancellation"):
        assert clients("").post(address(activity, rest)).location.startswith("/login")
    assert states(activity) == {}


def test_a_draft_and_what_does_not_exist_are_not_found(app, clients):
    draft = make_activity(status=ActivityStatus.DRAFT)
    for path in (address(draft), "/activities/999999", f"/activities/{10**18}"):
        for rest in ("/signup", "/cancellation"):
            assert clients("volunteer").post(path + rest).status_code == 404
            assert clients("volunteer").get(path + rest).status_code in (404, 405)


# --- cancelling


@pytest.mark.parametrize("htmx", [False, True])
def test_cancelling_frees_the_seat_for_the_next(app, clients, htmx):
    activity = make_activity(capacity=1)
    join("volunteer", activity)
    join("second", activity)
    response = clients("volunteer").post(address(activity, "/cancellation"), htmx=htmx)
    assert response.status_code == (200 if htmx else 303)
    assert [one.status for one in rows(activity)] == [S.CANCELLED, S.ADMITTED]
    shown = box(clients("volunteer"), activity)
    assert "您取消过这次报名，再次报名排在最后" in shown
    assert_counters(activity)


def test_one_cancels_ones_own_sign_up_only(app, clients):
    activity = make_activity()
    join("volunteer", activity)
    for username in ("second", "member", "wantong"):
        response = clients(username).post(address(activity, "/cancellation"))
        assert response.status_code == 409
        assert "您没有报名这次活动" in response.text
    assert states(activity) == {S.ADMITTED: 1}


@pytest.mark.parametrize("htmx", [False, True])
def test_after_the_start_nobody_cancels(app, clients, htmx):
    activity = make_activity()
    join("volunteer", activity)
    start(activity)
    response = clients("volunteer").post(address(activity, "/cancellation"), htmx=htmx)
    assert response.status_code == 409
    assert "活动已经开始" in response.text
    assert states(activity) == {S.ADMITTED: 1}


# --- the bar and the cost


def test_the_bar_of_a_phone_says_places_or_ones_own_state(app, clients):
    activity = make_activity(capacity=2)
    bar = 'id="signup-bar"'
    assert "还剩 2 个名额" in clients("").get(address(activity)).text.partition(bar)[2]
    join("volunteer", activity)
    shown = clients("volunteer").get(address(activity)).text.partition(bar)[2]
    assert "已录用" in shown
    until(activity.ends_at)
    assert bar not in clients("volunteer").get(address(activity)).text


@pytest.mark.parametrize(("username", "most"), [("", 3), ("member", 7), ("volunteer", 8), ("third", 9)])
def test_the_page_costs_few_statements_and_writes_nothing(app, clients, username, most):
    activity = make_activity(capacity=1)
    join("second", activity)
    join("third", activity)
    client, path = clients(username), address(activity)
    client.get(path)
    with statements() as seen:
        assert client.get(path).status_code == 200
    assert len(seen) <= most, seen
    assert writes(seen) == []
