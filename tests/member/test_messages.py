"""消息: newest first, unread ones counted everywhere, read by a POST, never anybody else's."""

from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import Message
from app.models.message import tell, unread_count
from app.models.user import user_named
from tests.support.statements import statements

PAGE = "/member/messages"


def send(username: str = "member", times: int = 1, **more) -> list[int]:
    user = user_named(username)
    for number in range(times):
        tell(user.id, f"消息标题{number}", f"正文{number}", **more)
    db.session.commit()
    return list(db.session.scalars(db.select(Message.id).where(Message.user_id == user.id).order_by(Message.id)))


def unread(username: str = "member") -> int:
    return unread_count(user_named(username).id)


def test_messages_stand_newest_first_in_pages(clients):
    send(times=25)
    client = clients("member")
    first = client.get(PAGE).text
    assert first.index("消息标题24") < first.index("消息标题5") and "消息标题4<" not in first
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(following).text
    assert "消息标题4<" in second and "消息标题5<" not in second


def test_the_unread_are_counted_in_the_menus_and_in_the_tab(clients):
    send(times=3)
    page = clients("member").get(PAGE).text
    assert page.count('<span class="cnt hot">3<span class="sr">') >= 3 and "条未读" in page


def test_looking_reads_nothing(clients):
    send(times=2)
    client = clients("member")
    client.get(PAGE)
    assert unread() == 2


def test_one_message_is_marked_and_one_stays_where_one_was(clients):
    ids = send(times=2)
    client = clients("member")
    answer = client.post(f"{PAGE}/{ids[0]}/reading", data={"next": f"{PAGE}?unread=y"})
    assert answer.location == f"{PAGE}?unread=y" and unread() == 1
    page = client.get(f"{PAGE}?unread=y").text
    assert "消息标题1" in page and "消息标题0" not in page


def test_opening_marks_it_and_leads_to_what_it_is_about(clients):
    [id] = send(path="/member/security")
    answer = clients("member").post(f"{PAGE}/{id}/reading", data={"open": "1"})
    assert answer.location == "/member/security" and unread() == 0


def test_all_are_marked_at_once(clients):
    send(times=3)
    send("volunteer", times=2)
    assert clients("member").post(f"{PAGE}/reading").location == PAGE
    assert (unread(), unread("volunteer")) == (0, 2)


def test_marking_twice_is_harmless(clients):
    [id] = send()
    client = clients("member")
    assert [client.post(f"{PAGE}/{id}/reading").status_code for _ in range(2)] == [303, 303]


@pytest.mark.parametrize("htmx", [False, True])
def test_nobody_touches_another_persons_message(clients, htmx):
    [id] = send("volunteer")
    client = clients("member")
    assert client.post(f"{PAGE}/{id}/reading", htmx=htmx).status_code == 404
    assert client.post(f"{PAGE}/99999999/reading", htmx=htmx).status_code == 404
    assert unread("volunteer") == 1 and "消息标题0" not in client.get(PAGE, htmx=htmx).text


def test_a_message_is_invisible_before_its_moment(clients):
    [id] = send(at=clock.now() + timedelta(minutes=10))
    client = clients("member")
    assert "消息标题0" not in client.get(PAGE).text and unread() == 0
    assert client.post(f"{PAGE}/{id}/reading").status_code == 404
    clock.move(timedelta(minutes=10, seconds=1))
    assert "消息标题0" in client.get(PAGE).text


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil"])
def test_next_leads_nowhere_else(clients, elsewhere):
    [id] = send()
    assert clients("member").post(f"{PAGE}/{id}/reading", data={"next": elsewhere}).location == PAGE


def test_markup_in_a_message_is_only_text(clients):
    tell(user_named("member").id, "<b>x</b>", "<script>alert(1)</script>")
    page = clients("member").get(PAGE).text
    assert "<script>alert" not in page and "&lt;b&gt;x" in page


def test_nothing_yet_says_so(clients):
    page = clients("member").get(PAGE).text
    assert "还没有消息" in page and "全部标为已读" not in page


def test_a_hundred_messages_cost_what_ten_do(clients):
    client = clients("member")
    counts = []
    for times in (10, 90):
        send(times=times)
        with statements() as seen:
            client.get(PAGE)
        counts.append(len(seen))
    assert counts[0] == counts[1]
