"""电话通知: the call list of a cancelled or moved activity, its numbers noted, its ticks in place."""

import re
from dataclasses import replace
from datetime import timedelta

from app.models.history import history_of
from tests.activities import published
from tests.cast import volunteer_of, who
from tests.signups import S, put, until


def list_of(activity):
    return f"/office/activities/{activity.id}/calls"


def cancelled():
    """A cancelled activity with somebody in it, somebody who waits, and somebody who had left."""
    activity = published(capacity=1)
    states = {"volunteer": S.ADMITTED, "guest": S.WAITING, "third": S.CANCELLED}
    rows = [put(activity, volunteer_of(username), state) for username, state in states.items()]
    activity.cancel(who("wantong"), "大风降温")
    return activity, rows


def test_numbers_are_shown_by_a_post_alone_and_every_look_is_noted(clients):
    activity, rows = cancelled()
    office, url = clients("wantong"), list_of(activity)
    page = office.get(url).text
    assert "大风降温" in page and "李静" in page and "赵敏" in page and "陈晨" not in page
    assert "13800000001" not in page and "尾号 0001" in page
    assert not [line for row in rows for line in history_of(row) if line.action == "phone"]
    shown = office.post(f"{url}/phones")
    assert shown.status_code == 200 and "13800000001" in shown.text and "13800000004" in shown.text
    looks = [[line.note.text for line in history_of(row) if line.action == "phone"] for row in rows]
    assert looks == [["活动取消通知"], ["活动取消通知"], []]
    assert "查看了电话号码" in clients("volunteer").get(f"/member/services/{rows[0].id}").text


def test_who_was_reached_is_ticked_in_place_and_pressing_twice_is_harmless(clients):
    activity, rows = cancelled()
    office, url = clients("wantong"), list_of(activity)
    for _ in range(2):
        answer = office.post(f"{url}/{rows[0].id}", data={"called": "1"}, htmx=True)
        assert answer.status_code == 200 and f'id="call-{rows[0].id}"' in answer.text and "已通知" in answer.text
    assert [line.action for line in history_of(rows[0])].count("called") == 1
    assert "李静" not in office.get(f"{url}?open=1").text and "赵敏" in office.get(f"{url}?open=1").text
    plain = office.post(f"{url}/{rows[0].id}", data={"called": "0"})
    assert plain.status_code == 303 and plain.location == url
    assert "李静" in office.get(f"{url}?open=1").text
    for path in (url, f"{url}/phones", f"{url}/{rows[0].id}"):
        send = clients("baiyun").get if path == url else clients("baiyun").post
        assert send(path).status_code == 404, path


def test_after_a_new_time_everybody_is_called_again_and_after_thirty_days_nobody_is(clients):
    activity = published()
    row = put(activity, volunteer_of("volunteer"), S.ADMITTED)
    office, url = clients("wantong"), list_of(activity)
    assert "不用电话通知" in office.get(url).text and "电话通知" not in office.get(url.removesuffix("/calls")).text
    assert office.post(f"{url}/phones").status_code == 409
    assert office.post(f"{url}/{row.id}", data={"called": "1"}).status_code == 409
    for days in (3, 40):
        moved = {
            "starts_at": activity.starts_at + timedelta(days=days),
            "ends_at": activity.ends_at + timedelta(days=days),
        }
        activity.edit(replace(activity.facts, **moved), activity.version, who("wantong"))
        assert "李静" in office.get(f"{url}?open=1").text, days
        assert office.post(f"{url}/{row.id}", data={"called": "1"}).status_code == 303
        assert "李静" not in office.get(f"{url}?open=1").text
        assert re.search(rf'href="{url}"', office.get(url.removesuffix("/calls")).text)
    assert office.post(f"{url}/phones").status_code == 409  # whole numbers only where the activity is off
    until(row.called_at + timedelta(days=31))
    assert "不用电话通知" in clients("wantong").get(url).text
