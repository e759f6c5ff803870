"""A level above takes an activity that is over off the portal: everything public loses it, whoever was in it keeps it."""

import pytest

from app import clock
from app.db import db
from app.models import Feedback, Message, SignUp, User
from app.models.activities.counts import public_counts
from app.models.activities.taking_down import put_back, take_down
from app.models.attendance import complete, mark
from app.models.history import history_of
from app.refusal import Invalid, Refused
from tests import cast
from tests.rollcall import admitted, running

TITLE = "不该公开的活动"


@pytest.fixture
def over(app):
    """A completed activity of 万通 with its feedback; 李静 was in it."""
    activity = running(-3, 2, title=TITLE)
    admitted(activity, cast.volunteer_of("volunteer"))
    feedback = Feedback.draft(activity, "活动圆满结束", "大家都来了，街面干净了。", [], by=cast.who("wantong"))
    feedback.publish(by=cast.who("wantong"))
    db.session.commit()
    return activity, feedback


def public_pages(activity, feedback):
    words = f"/search?q={TITLE}"
    lists = [
        "/",
        "/activities",
        "/activities?status=ended",
        f"/activities?region={cast.WANTONG}",
        f"/activities?q={TITLE}",
    ]
    return (
        [*lists, words, "/feedback", f"/feedback?region={cast.WANTONG}"],
        f"/activities/{activity.id}",
        f"/feedback/{feedback.id}",
    )


def test_everything_public_loses_it_and_gets_it_back(over, clients, client):
    activity, feedback = over
    lists, page, own = public_pages(activity, feedback)
    seen = {path: TITLE in client.get(path).text or "活动圆满结束" in client.get(path).text for path in lists}
    assert seen["/activities"] and seen["/feedback"] and seen[f"/search?q={TITLE}"]
    counted = public_counts(cast.CITY, "", None, "").status["ended"]
    gulou = clients("gulou")
    answer = gulou.post(f"/office/activities/{activity.id}/removal", data={"reason": ""})
    assert answer.status_code == 422 and "请写明撤下的原因" in answer.text
    assert (
        gulou.post(f"/office/activities/{activity.id}/removal", data={"reason": "含有不宜公开的内容"}).status_code
        == 303
    )
    for path in lists:
        text = client.get(path).text.replace(f'value="{TITLE}"', "").replace(f"“{TITLE}”", "")
        assert f'/activities/{activity.id}"' not in text and "活动圆满结束" not in text, path
    assert client.get(page).status_code == client.get(own).status_code == 404
    assert public_counts(cast.CITY, "", None, "").status.get("ended", 0) == counted - 1
    person = clients("volunteer")
    assert "只有参加的人能看到" in person.get(page).text and clients("second").get(page).status_code == 404
    assert TITLE in person.get("/member/services?tab=ended").text or TITLE in person.get("/member/services").text
    office = clients("wantong").get(f"/office/activities/{activity.id}").text
    assert "含有不宜公开的内容" in office and "区县管理员撤下" in office and "从门户撤下</summary>" not in office
    assert clients("wantong").post(f"/office/activities/{activity.id}/restoration").status_code == 409
    assert clients("huanglou").post(f"/office/activities/{activity.id}/restoration").status_code == 409
    assert clients("city").post(f"/office/activities/{activity.id}/restoration").status_code == 303
    assert client.get(page).status_code == client.get(own).status_code == 200


def test_only_from_above_once_it_is_over_and_with_a_reason(over, clients):
    activity, _ = over
    with pytest.raises(Refused, match="由上级撤下"):
        take_down(activity, by=cast.who("wantong"), reason="不要了")
    with pytest.raises(Invalid):
        take_down(activity, by=cast.who("huanglou"), reason=" ")
    coming = cast.make_activity()
    with pytest.raises(Refused, match="请取消活动"):
        take_down(coming, by=cast.who("huanglou"), reason="不合适")
    take_down(activity, by=cast.who("huanglou"), reason="照片里有孩子的脸")
    with pytest.raises(Refused, match="已经撤下"):
        take_down(activity, by=cast.who("city"), reason="再来一次")
    put_back(activity, by=cast.who("huanglou"))
    with pytest.raises(Refused, match="没有撤下"):
        put_back(activity, by=cast.who("city"))
    assert [line.action for line in history_of(activity)][-2:] == ["take-down", "put-back"]
    wanted = db.select(Message.title).join(User, User.id == Message.user_id).where(User.username_key == "wantong")
    assert list(db.session.scalars(wanted))[-2:] == ["上级从门户撤下了一次活动", "上级恢复公开了一次活动"]
    for name, code in (("yunlong", 404), ("baiyun", 404), ("unit", 403), ("member", 403)):
        answer = clients(name).post(f"/office/activities/{activity.id}/removal", data={"reason": "不行"})
        assert answer.status_code == code, name


def test_its_state_and_its_records_stay_and_no_feedback_is_begun(over, clients):
    activity, feedback = over
    complete(activity, by=cast.who("wantong"))
    take_down(activity, by=cast.who("city"), reason="不宜公开")
    assert activity.status == "completed" and clock.now() >= activity.hidden_at
    feedback.withdraw(by=cast.who("wantong"), reason="重写")
    with pytest.raises(Refused, match="从门户撤下"):
        Feedback.draft(activity, "再写一篇", "内容", [], by=cast.who("wantong"))


def test_the_records_behind_a_figure_lead_only_where_there_is_a_page(over, clients):
    activity, _ = over
    mark(
        db.session.scalars(db.select(SignUp).where(SignUp.activity_id == activity.id)).one(),
        "1",
        by=cast.who("wantong"),
    )
    complete(activity, by=cast.who("wantong"))
    month = f"{clock.day(activity.starts_at):%Y-%m}"
    records = f"/office/statistics/records?from={month}&to={month}"
    inside, outside = f'href="/office/activities/{activity.id}"', f'href="/activities/{activity.id}"'

    def led(who):
        page = clients(who).get(records).text
        assert TITLE in page, who
        return inside in page, outside in page

    assert (led("wantong"), led("city"), led("unit")) == ((True, False), (True, False), (False, True))
    take_down(activity, by=cast.who("city"), reason="不宜公开")
    assert (led("wantong"), led("city"), led("unit")) == ((True, False), (True, False), (False, False))
