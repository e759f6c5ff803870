"""消息: newest first, unread ones counted everywhere, read by a POST, never anybody else's."""

import re
from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import Message
from app.models.accounts import preference
from app.models.accounts.preference import MessageKind
from app.models.attendance import complete, mark
from app.models.message import tell, unread_count
from app.models.signup import SignUpStatus
from app.models.user import user_named
from tests import cast
from tests.activities import published
from tests.cast import volunteer_of, who
from tests.showcases import make_member, make_team
from tests.signups import put, until
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


@pytest.mark.both
def test_the_portal_counts_ones_own_up_to_a_thousand(clients):
    send("volunteer", times=1001)
    send("member", times=2)
    for person, number in (("volunteer", "999+"), ("member", "2")):
        assert f'<span class="cnt hot">{number}<span class="sr">' in clients(person).get("/activities").text
    assert unread("volunteer") == 1000 and unread() == 2


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


SETTINGS = f"{PAGE}/settings"


def test_who_does_not_want_to_hear_of_something_does_not_and_decisions_always_come(app, clients):
    client = clients("volunteer")
    assert client.get(SETTINGS).text.count(" checked") == 3
    assert client.post(SETTINGS, data={"kinds": ["reminder", "nonsense"]}).status_code == 422
    assert client.post(SETTINGS, data={"kinds": ["reminder"]}).location == PAGE
    assert re.findall(r'value="(\w+)"[^>]*checked|checked[^>]*value="(\w+)"', client.get(SETTINGS).text) in (
        [("reminder", "")], [("", "reminder")],
    )  # fmt: skip
    activity = published(capacity=1)
    assert unread("volunteer") == 0 and unread("second") == 1, "of the community's new activity"
    assert unread("guest") == unread("wantong") == 0, "only those of the community"
    put(activity, volunteer_of("volunteer"), SignUpStatus.ADMITTED)
    activity.cancel(who("wantong"), "下雨")
    assert unread("volunteer") == 1, "that it is off"
    assert client.post(SETTINGS, data={"kinds": ["reminder", "nearby", "team"]}).location == PAGE
    published()
    assert unread("volunteer") == 2


def test_what_was_not_asked_stays_as_it_was_chosen(clients):
    keeper = who("wantong")
    preference.choose(keeper.id, [MessageKind.REMINDER])
    keeper.posts[0].last_day = clock.today() - timedelta(days=1)
    db.session.commit()
    assert clients("wantong").post(SETTINGS, data={"kinds": ["reminder", "team"]}).location == PAGE
    assert preference.wanted(keeper.id) == [MessageKind.REMINDER, MessageKind.TEAM]
    assert clients("member").post(SETTINGS, data={"kinds": ["team"]}).location == PAGE
    assert preference.wanted(who("member").id) == [MessageKind.TEAM, MessageKind.INCOMING]


def test_members_of_the_team_hear_of_its_activity_once_whichever_community_is_theirs(app):
    team = make_team()
    for username in ("volunteer", "guest"):
        make_member(team, username)
    db.session.execute(db.delete(Message))
    published(team_id=team.id)
    titles = db.session.execute(db.select(Message.user_id, Message.title)).all()
    assert {(id, title[:5]) for id, title in titles} == {
        (who("volunteer").id, "您的团队有"), (who("guest").id, "您的团队有"),
        (who("second").id, "您的社区有"), (who("third").id, "您的社区有"),
    } and len(titles) == 4  # fmt: skip


def test_a_tick_taken_back_is_told_after_ten_minutes_unless_it_was_a_slip(app):
    activity = cast.make_activity(starts_at=clock.now() - timedelta(minutes=5))
    one = put(activity, volunteer_of("volunteer"), SignUpStatus.ADMITTED)
    for wanted in ("1", "0", "1", "0"):
        mark(one, wanted, by=who("wantong"))
        until(clock.now() + timedelta(minutes=4))
    assert unread("volunteer") == 0
    until(clock.now() + timedelta(minutes=12))
    assert unread("volunteer") == 1
    mark(one, "1", by=who("wantong"))
    until(activity.ends_at)
    complete(activity, by=who("wantong"))
    assert unread("volunteer") == 2, "and that it counts"


def test_those_who_keep_a_community_hear_what_is_done_there_from_above(app):
    team = make_team()
    member = make_member(team, "second")
    team.lead(member, by=who("wantong"))
    db.session.execute(db.delete(Message))
    team.lead(None, by=who("wantong"))
    team.close(by=who("wantong"), reason="都搬走了")
    team.reopen(by=who("wantong"))
    team.close(by=who("huanglou"), reason="重复登记")
    published().cancel(who("gulou"), "场地检修")
    assert unread("wantong") == unread("wantong2") == 2
    assert unread("second") == 4 + 1, "leads no more, dissolved, back, dissolved; and of the new activity"


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
