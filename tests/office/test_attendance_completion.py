"""结项 on the checklist of attendance, corrections after it with their reason, and why nobody can be ticked."""

from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import SignUp
from app.models.activities.phase import ActivityStatus
from app.models.attendance import complete
from app.models.history import history_of
from app.models.signup import Attendance
from tests import cast
from tests.rollcall import admitted, assert_figures_true, at, crowd, running, tick


@pytest.mark.both  # PostgreSQL takes no NUL
def test_a_reason_is_kept_without_what_no_text_has(clients):
    activity = running(-3)
    [person] = crowd(activity, 1)
    complete(activity, by=cast.who("wantong"))
    assert tick(clients("wantong"), person, reason="\x00").status_code == 422
    assert tick(clients("wantong"), person, reason="签到表\x00有他\u202e ").status_code == 200
    assert last_reason(person) == "签到表有他"


def last_reason(signup):
    return list(history_of(signup))[-1].note.text


def test_completion_names_the_numbers_and_a_changed_number_asks_again(clients):
    activity = running(-3)
    people = crowd(activity, 3)
    client = clients("wantong")
    tick(client, people[0])
    page = client.get(at(activity, "completion")).text
    assert "1 人已到" in page
    assert "2 人未确认，将记为缺席" in page
    assert 'name="absent" value="2"' in page
    tick(client, people[1])
    assert client.post(at(activity, "completion"), data={"absent": "2"}).status_code == 409
    assert client.post(at(activity, "completion"), data={"absent": "两"}).status_code == 422
    assert client.post(at(activity, "completion"), data={"absent": "1"}).status_code == 303
    assert activity.status is ActivityStatus.COMPLETED
    assert people[2].attendance is Attendance.ABSENT
    assert "1 人记为缺席" in client.get(at(activity)).text
    assert client.post(at(activity, "completion"), data={"absent": "1"}).status_code == 409
    assert_figures_true()


def test_a_correction_asks_for_a_reason_and_keeps_what_was_typed(clients):
    activity = running(-3)
    [person] = crowd(activity, 1)
    complete(activity, by=cast.who("wantong"))
    client = clients("wantong")
    card = tick(client, person, minutes="75")
    assert card.status_code == 422
    assert 'value="75"' in card.text
    assert f'id="a-{person.id}"' in card.text
    assert "请写明原因" in card.text
    answer = tick(client, person, minutes="75", reason="签到表有他")
    assert answer.status_code == 200
    assert (person.attendance, person.minutes) == (Attendance.PRESENT, 75)
    page = client.get(at(activity, person.id)).text
    assert "签到表有他" in page
    assert "到场：缺席 → 已到" in page
    assert "万通社区社区管理员 周芳" in page
    db.session.execute(db.update(SignUp).values(ticked_by_id=None))
    clock.move(timedelta(days=31))
    late = clients("wantong")
    assert tick(late, person, "0", reason="太晚").status_code == 409
    assert "30 天" in late.get(at(activity)).text
    assert_figures_true()


def test_pages_of_a_draft_a_cancelled_and_a_coming_activity_say_why_nobody_can_be_ticked(clients):
    cases = {
        "草稿": running(status=ActivityStatus.DRAFT),
        "已取消": running(status=ActivityStatus.CANCELLED),
        "60 分钟": running(hours=30),
    }
    for word, activity in cases.items():
        person = admitted(activity, cast.volunteer_of("volunteer"))
        client = clients("wantong")
        page = client.get(at(activity)).text
        assert word in page
        assert "把其余" not in page
        assert tick(client, person).status_code == 409
        for part in ("rest", "rest/undo", "completion"):
            assert client.post(at(activity, part)).status_code == 409
        assert client.get(at(activity, "completion")).status_code == 200
        assert client.get(at(activity, "walk-ins")).status_code == 200
