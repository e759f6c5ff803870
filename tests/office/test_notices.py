"""Writing notices in the back office, and what everybody reads of them."""

import re
from datetime import timedelta

from app import clock
from app.db import db
from app.models import Notice
from app.models.notice import NoticeStatus
from tests import cast
from tests.support.statements import statements

FIELDS = {"title": "关于推荐的通知", "source": "市委组织部", "body": "请在**月底前**推荐。<script>x</script>"}


def hidden(page):
    """The hidden fields of the main form."""
    return dict(re.findall(r'<input[^>]*name="(key|version)"[^>]*type="hidden"[^>]*value="([^"]*)"', page))


def the_one():
    return db.session.scalars(db.select(Notice)).one()


def write(client, address="/office/notices/new", action="publish", **fields):
    """Fill the form in and press a button."""
    return client.post(address, data={**hidden(client.get(address).text), **FIELDS, "action": action, **fields})


def test_the_city_writes_previews_and_publishes_and_everybody_reads(clients):
    city, visitor = clients("city"), clients("")
    assert "还没有通知" in visitor.get("/notices").text and "还没有通知" in city.get("/office/notices").text
    shown = write(city, action="preview")
    assert (
        shown.status_code == 200
        and "<strong>月底前</strong>" in shown.text
        and not db.session.scalar(db.select(Notice.id))
    )
    page = city.get("/office/notices/new").text
    sent = {**hidden(page), **FIELDS, "action": "draft"}
    first, second = (city.post("/office/notices/new", data=sent) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303) and first.location == second.location
    address = f"/office/notices/{the_one().id}"
    assert visitor.get(f"/notices/{the_one().id}").status_code == 404
    assert write(city, address).status_code == 303 and the_one().status is NoticeStatus.PUBLISHED
    read = visitor.get(f"/notices/{the_one().id}").text
    assert "<strong>月底前</strong>" in read and "<script>x" not in read and "市委组织部" in read
    for words, found in (("推荐", True), ("组织部", True), ("没有的", False), ("%", False)):
        assert (FIELDS["title"] in visitor.get("/notices", query_string={"q": words}).text) is found
    assert visitor.get("/notices?q=" + "长" * 51).status_code == 422


def test_bad_input_is_named_and_kept(clients):
    city = clients("city")
    past = f"{clock.local(clock.now() - timedelta(days=1)):%Y-%m-%dT%H:%M}"
    for field, value, message in (
        ("title", " ", "请写一个标题。"),
        ("title", "长" * 61, "标题最多 60 个字，现在是 61 个。"),
        ("body", "", "请写通知的内容。"),
        ("source", "长" * 61, "发布单位最多 60 个字"),
        ("visible_at", "明天", "请填写日期和时间"),
        ("visible_at", past, "公开时间已经过去"),
    ):
        answer = write(city, **{field: value})
        assert answer.status_code == 422 and message in answer.text and "错误：" in answer.text, field
        assert f'id="{field}-e"' in answer.text and (field == "source" or FIELDS["source"] in answer.text)
    assert not db.session.scalar(db.select(Notice.id))
    assert city.get("/office/notices?phase=none").status_code == 422


def test_a_scheduled_one_waits_and_a_withdrawn_one_is_gone(clients):
    city, visitor = clients("city"), clients("")
    write(city, visible_at=f"{clock.local(clock.now() + timedelta(days=2)):%Y-%m-%dT%H:%M}")
    address = f"/office/notices/{the_one().id}"
    assert "定时发布" in city.get(address).text and "定时发布" in city.get("/office/notices?phase=scheduled").text
    assert FIELDS["title"] not in visitor.get("/notices").text
    assert visitor.get(f"/notices/{the_one().id}").status_code == 404
    clock.move(timedelta(days=2, minutes=1))
    assert FIELDS["title"] in visitor.get("/notices").text
    city = clients("city")
    wrong = city.post(f"{address}/withdrawal", data={"reason": ""})
    assert wrong.status_code == 422 and "请写明撤下的原因" in wrong.text
    assert city.post(f"{address}/withdrawal", data={"reason": "时间有误"}).status_code == 303
    assert visitor.get(f"/notices/{the_one().id}").status_code == 404 and "时间有误" in city.get(address).text
    assert city.post(f"{address}/withdrawal", data={"reason": "再撤"}).status_code == 409
    assert write(city, address).status_code == 409


def test_an_older_form_overwrites_nothing_and_keeps_what_was_typed(clients):
    one, other = clients("city"), clients("city2")
    write(one)
    address = f"/office/notices/{the_one().id}"
    seen = hidden(other.get(address).text)
    write(one, address, "save", title="第一位改的")
    answer = other.post(address, data={**seen, **FIELDS, "title": "第二位改的", "action": "save"})
    assert answer.status_code == 409 and "别人已经改过" in answer.text
    assert "第二位改的" in answer.text and "第一位改的" in answer.text and the_one().title == "第一位改的"
    again = other.post(address, data={**hidden(answer.text), **FIELDS, "title": "第二位改的", "action": "save"})
    assert again.status_code == 303 and the_one().title == "第二位改的"


def test_lists_page_on_and_cost_the_same_when_full(client):
    def cost():
        client.get("/notices")
        with statements() as seen:
            assert client.get("/notices").status_code == 200
        return len(seen)

    by = cast.who("city")
    Notice.draft("第0条", "内容", "", None, by=by).publish(by=by)
    few = cost()
    for number in range(1, 25):
        clock.move(timedelta(minutes=number))
        Notice.draft(f"第{number}条", "内容", "", None, by=by).publish(by=by)
    assert cost() == few <= 4
    first = client.get("/notices").text
    after = re.search(r'rel="next" href="([^"]+)"', first)[1]
    assert "第24条" in first and "第4条" not in first and "第4条" in client.get(after).text
