"""活动管理 through HTTP: who may, what the forms refuse and keep, and that the neighbour meets a 404."""

import io
import re
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook

from app import clock
from app.db import db
from app.models import Activity, History, Message, SignUp
from app.models.activities.phase import Phase
from app.models.activity import ActivityStatus
from app.models.signup import SignUpStatus
from tests.activities import KEY, day, drafted, form, form_of, published, resolved, typed
from tests.cast import GULOU, HUANGLOU, WANTONG, baiyun_code, far_code, make_activity, volunteer_of, who
from tests.signups import put
from tests.support.photos import photo
from tests.support.statements import statements, writes

S = ActivityStatus
ADDRESSES = ("", "/edit", "/publication", "/copy", "/cancellation")


def all_activities():
    return list(db.session.scalars(db.select(Activity).order_by(Activity.id)))


def errors(answer):
    """The messages at the fields."""
    return re.findall(r'<span class="sr">错误：</span>([^<]*)', answer.text)


# --- who may ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("username", ["baiyun", "far", "yunlong"])
def test_the_neighbour_meets_a_404_everywhere_and_changes_nothing(app, clients, username, htmx):
    activities = [published(title="万通的活动"), drafted(title="万通的草稿")]
    db.session.commit()
    neighbour = clients(username)
    for activity in activities:
        for address in ADDRESSES:
            url = f"/office/activities/{activity.id}{address}"
            with statements() as seen:
                got = neighbour.get(url, htmx=htmx)
                sent = neighbour.post(url, data=form(reason="大风", key=KEY), htmx=htmx)
            assert got.status_code in (404, 405) and sent.status_code in (404, 405), url
            assert "万通的" not in got.text + sent.text and not writes(seen), url
    for url in (
        "/office/activities",
        "/office/activities?q=万通的",
        "/office/activities?format=csv",
        f"/office/activities?region={WANTONG}",
    ):
        assert "万通的活动" not in neighbour.get(url, htmx=htmx).text
    assert "没有活动" in neighbour.get("/office/activities").text
    assert neighbour.get(f"/activities/{activities[0].id}").status_code == 200  # in public they are everybody


@pytest.mark.parametrize("username", ["unit", "volunteer", "member"])
def test_who_holds_no_such_permission_gets_403(app, clients, username):
    activity = published()
    db.session.commit()
    for url in ("/office/activities", "/office/activities/new", f"/office/activities/{activity.id}"):
        assert clients(username).get(url).status_code == 403


def test_a_visitor_is_sent_to_sign_in(app, client):
    for url in ("/office/activities", "/office/activities/new"):
        assert client.get(url).status_code == 303
    assert client.post("/office/activities/new", data=form()).status_code == 303 and not all_activities()


@pytest.mark.parametrize("username", ["huanglou", "gulou", "city"])
def test_an_upper_level_acts_for_a_community_below(app, clients, username):
    answer = clients(username).post("/office/activities/new", data=form(publish="1"))
    (activity,) = all_activities()
    assert answer.status_code == 303 and activity.status is S.PUBLISHED and activity.community_code == WANTONG
    roles = set(db.session.scalars(db.select(History.actor_role)))
    assert roles == {{"huanglou": "subdistrict", "gulou": "district", "city": "city"}[username]}
    assert clients(username).get(f"/office/activities/{activity.id}/edit").status_code == 200


# --- new -------------------------------------------------------------------------------------------------


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


def test_htmx_is_sent_on_by_a_header(app, clients):
    answer = clients("wantong").post("/office/activities/new", data=form(), htmx=True)
    assert answer.status_code == 204 and answer.headers["HX-Redirect"].endswith("/office/activities/1")


# --- list ------------------------------------------------------------------------------------------------


def a_year():
    """One activity in each phase, in two communities; returns {phase: title of 万通's}."""
    now = clock.now()
    made = {
        Phase.DRAFT: {"status": S.DRAFT},
        Phase.RECRUITING: {},
        Phase.FULL: {"capacity": 1, "taken": 1},
        Phase.CLOSED: {"signup_closes_at": now - timedelta(hours=1)},
        Phase.ONGOING: {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=1)},
        Phase.ENDED: {"starts_at": day(-2), "ends_at": day(-2, 11)},
        Phase.COMPLETED: {"starts_at": day(-3), "ends_at": day(-3, 11), "status": S.COMPLETED},
        Phase.CANCELLED: {"status": S.CANCELLED},
    }
    for phase, facts in made.items():
        make_activity(title=f"万通-{phase.value}", category="law", **facts)
        make_activity(baiyun_code(), title=f"白云-{phase.value}", **facts)
    db.session.commit()
    return {phase: f"万通-{phase.value}" for phase in made}


def listed(answer):
    return re.findall(r'<a href="/office/activities/\d+">([^<]+)</a>', answer.text)


def test_the_list_and_its_counts_stay_inside_the_scope(app, clients):
    titles = a_year()
    office = clients("wantong")
    assert set(listed(office.get("/office/activities"))) == set(titles.values())
    for phase, title in titles.items():
        answer = office.get(f"/office/activities?phase={phase.value}")
        assert listed(answer) == [title]
        for other in titles:
            count = re.search(rf'phase={other.value}"[^>]*>[^<]+ <span class="cnt[^"]*">(\d+)</span>', answer.text)
            assert count[1] == "1"
        assert phase is not Phase.ENDED or "待确认" in answer.text
    assert len(listed(clients("huanglou").get("/office/activities"))) == 16
    assert clients("far").get("/office/activities").text.count("白云-") == 0


@pytest.mark.usefixtures("one_minute")
def test_its_counts_are_kept_until_an_activity_changes_or_begins(app, clients):
    a_year()
    coming = make_activity(title="万通-明早", starts_at=day(1), ends_at=day(1, 11))
    db.session.commit()
    office = clients("wantong")

    def count(phase: Phase, query: str = "") -> int:
        page = office.get(f"/office/activities?{query}").text
        return int(re.search(rf'phase={phase.value}"[^>]*>[^<]+ <span class="cnt[^"]*">(\d+)</span>', page)[1])

    for query in ("", "q=万通"):
        assert count(Phase.RECRUITING, query) == 2
        with statements() as seen:
            assert count(Phase.RECRUITING, query) == 2 and count(Phase.FULL, f"{query}&phase=full") == 1
        assert not [one for one in seen if "count(" in one], "whichever phase is chosen"
    coming.cancel(who("wantong"), "下雨")
    db.session.commit()
    assert count(Phase.RECRUITING) == 1 and count(Phase.CANCELLED, "q=万通") == 2
    make_activity(starts_at=clock.now() + timedelta(minutes=2), ends_at=clock.now() + timedelta(hours=1))
    db.session.commit()
    assert count(Phase.ONGOING) == 1
    clock.move(timedelta(minutes=3))
    assert count(Phase.ONGOING) == 2


def test_the_list_is_narrowed_by_region_category_words_and_days(app, clients):
    a_year()
    office = clients("gulou")
    narrowed = {
        f"region={WANTONG}": 8,
        f"region={HUANGLOU}": 16,
        "category=law": 8,
        "q=白云-full": 1,
        "q=白云": 8,
        f"since={clock.day(day(-2))}&until={clock.day(day(-2))}": 2,
        f"until={clock.day(day(-3))}": 2,
        f"region={HUANGLOU}&region={baiyun_code()}": 8,
    }
    for query, n in narrowed.items():
        answer = office.get(f"/office/activities?{query}")
        assert answer.status_code == 200 and len(listed(answer)) == n, query
    for query in (
        "region=320303",
        "region=x",
        "phase=x",
        "since=2026-02-30",
        "since=2026-05-02&until=2026-05-01",
        "q=" + "长" * 51,
    ):
        answer = office.get(f"/office/activities?{query}")
        assert answer.status_code == 422 and not listed(answer), query
        assert office.get(f"/office/activities?{query}&format=csv").status_code in (404, 422)


def test_exports_hold_what_the_filters_hold(app, clients):
    a_year()
    office = clients("wantong")
    csv = office.get("/office/activities?phase=full&format=csv").get_data(as_text=True).splitlines()
    assert len(csv) == 2 and "万通-full" in csv[1] and "名额已满" in csv[1]
    with office.get("/office/activities?format=xlsx", buffered=True) as answer:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert len(rows) == 9 and not [row for row in rows if "白云-" in str(row)]


def test_htmx_gets_the_rows_alone_and_history_the_whole_page(app, clients):
    a_year()
    office = clients("wantong")
    part = office.get("/office/activities?phase=full", htmx=True)
    assert "<html" not in part.text and listed(part) == ["万通-full"] and 'id="results"' in part.text
    restored = office.get("/office/activities", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in restored.text


def test_no_page_costs_more_at_a_hundred_rows(app, clients):
    office = clients("huanglou")
    first = make_activity()
    db.session.commit()
    costs = []
    for number in (9, 90):
        for n in range(number):
            make_activity(title=f"{n}", starts_at=day(n % 30 - 15), ends_at=day(n % 30 - 15, 11))
        db.session.commit()
        cost = []
        for url in (
            "/office/activities",
            "/office/activities?format=csv",
            f"/office/activities/{first.id}",
            f"/office/activities/{first.id}/edit",
        ):
            office.get(url)
            with statements() as seen:
                assert office.get(url).status_code == 200
            assert not writes(seen)
            cost.append(len(seen))
        costs.append(cost)
    assert costs[0] == costs[1] and max(costs[1]) <= 6
