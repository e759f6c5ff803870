"""工作台: what waits for a post, each number equal to the list it leads to, for every kind of work and every level."""

import re
from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import Feedback
from app.models.attendance.together import complete
from app.models.pages.desk import CAP
from app.models.pages.duties import Part
from app.models.pages.duty_kinds import KINDS
from app.models.team import MemberStatus
from app.models.workday import Workday
from tests import cast
from tests.applicants import apply, card
from tests.helps import S, ask, bring
from tests.models.test_duties import one_of_each
from tests.showcases import make_member, make_team
from tests.signups import join, until
from tests.support.statements import statements

POSTS = ("wantong", "huanglou", "gulou", "city")
LINK = re.compile(r'href="(/office/[a-z]+\?todo=([a-z-]+))">([0-9]+)')


def numbers(client) -> dict[str, tuple[str, int]]:
    """What the page links to: todo → (address, number)."""
    page = client.get("/office/")
    assert page.status_code == 200
    return {todo: (address, int(number)) for address, todo, number in LINK.findall(page.text)}


def listed(client, address: str) -> int:
    """How many rows the list says it has found."""
    page = client.get(address)
    assert page.status_code == 200, address
    found = re.search(r'找到 <b class="num">([0-9]+)\+?</b>', page.text)
    return int(found[1]) if found else 0


def test_each_number_is_what_its_list_finds_at_every_level_and_as_time_goes_by(clients):
    rows = one_of_each()
    ask().handed_up_at = clock.now()
    ask(next_community())
    apply(cast.who("wantong2"), id_card=card(3))
    db.session.commit()
    here = {kind.key for kind in KINDS} - {"raised"}
    expected = {  # days later → post → kinds of work in parts
        0: {"wantong": here, "huanglou": {"help", "applications"}, "gulou": {"raised"}, "city": set()},
        40: {
            "wantong": here - {"signups"} | {"feedback"},
            "huanglou": {"help", "applications"},
            "gulou": {"raised"}, "city": set(),
        },
    }  # fmt: skip
    for days, own in expected.items():
        until(clock.now() + timedelta(days=days))
        for username in POSTS:
            client = clients(username)
            shown = numbers(client)
            assert {todo for todo in shown if "-" not in todo} == own[username], (days, username)
            assert bool([todo for todo in shown if todo.endswith("-risen")]) == (username != "wantong" and days > 0)
            for todo, (address, number) in shown.items():
                assert listed(client, address) == number > 0, (days, username, todo)
    assert rows["feedback"].title in clients("wantong").get("/office/activities?todo=feedback").text


def next_community() -> str:
    """A community of 黄楼街道 where nobody holds a post."""
    from app.models.posts.rising import held_places
    from app.models.region import regions

    return next(
        one for one in regions() if one.startswith(cast.HUANGLOU) and len(one) == 12 and one not in held_places()
    )


def test_a_list_of_what_waits_follows_the_calendar_and_whoever_holds_the_posts(clients):
    cast.make_activity(cast.baiyun_code(), starts_at=clock.now() - timedelta(days=14))
    client = clients("huanglou")
    own, risen = (f"/office/activities?todo=confirm{part}" for part in ("", "-risen"))
    for works in (True, False, True):
        for ago in range(1, 10):
            Workday.put(clock.today() - timedelta(days=ago), works, by=None)
        db.session.commit()
        assert (listed(client, own), listed(client, risen)) == (0, works)
    cast.who("baiyun").post.revoke(by=cast.who("gulou"), reason="调离")
    db.session.commit()
    assert (listed(client, own), listed(client, risen)) == (1, 0)


def test_whose_feedback_is_missing_longest_stands_first_as_on_the_workbench(clients):
    ended = clock.now() - timedelta(days=40)
    for title, lasted in (("两天的活动", 48), ("一小时的活动", 1), ("三小时的活动", 3)):
        ended += timedelta(hours=1)
        cast.make_activity(title=title, starts_at=ended - timedelta(hours=lasted), ends_at=ended)
    db.session.commit()
    titles = ["两天的活动", "一小时的活动", "三小时的活动"]
    page = clients("wantong").get("/office/activities?todo=feedback").text
    assert sorted(titles, key=page.index) == titles
    waits = clients("wantong").get("/office/activities?todo=confirm").text
    assert sorted(titles, key=waits.index) == [
        "两天的活动",
        "三小时的活动",
        "一小时的活动",
    ]  # the list's own order: by their beginning


@pytest.mark.sqlite_only
def test_in_the_demonstration_every_number_of_every_level_is_its_lists(demo_app):
    for username in POSTS:
        client = demo_app.test_client().sign_in(username)
        shown = numbers(client)
        assert len(shown) >= 7, username
        for todo, (address, number) in shown.items():
            assert listed(client, address) == number, (username, todo)
        menu = client.get("/office/").text.split('aria-label="后台导航"')[1]
        waits = sum(number for todo, (_, number) in shown.items() if not todo.endswith("-all"))
        assert sum(map(int, re.findall(r'<span class="cnt hot">([0-9]+)<', menu.split("<main")[0]))) == waits


def test_above_999_it_says_so(clients, monkeypatch):
    monkeypatch.setattr("app.models.pages.desk.CAP", 3)
    monkeypatch.setattr("app.reads.capped.__defaults__", (3,))
    monkeypatch.setattr("app.labels.capped.__defaults__", (2,))
    for _ in range(4):
        ask()
    page = clients("wantong").get("/office/").text
    assert 'todo=help">2+</a>' in page and CAP == 1000
    assert '<b class="num">2+</b>' in clients("wantong").get("/office/help?todo=help").text


def test_what_is_overdue_is_marked_and_stands_first(clients):
    late = bring(S.ACCEPTED)
    until(late.arrange_due)
    apply()
    page = clients("wantong").get("/office/").text
    lines = page.split("最早、最急的")[1]
    assert lines.index(late.number) < lines.index("已超期") < lines.index("孙丽")
    assert "1 件已超期" in page
    risen = clients("huanglou").get("/office/").text
    assert "没有下级超期上升的事" in risen and "本级没有待办" in risen
    assert "其中 1 件已超期" in risen.split("辖区内全部待办")[1]


@pytest.mark.both
def test_the_kept_numbers_follow_whatever_is_done_at_once(clients):
    now, client = clock.now(), clients("wantong")
    asked = cast.make_activity(title="要审核的活动", needs_approval=True)
    over = cast.make_activity(title="没写反馈的活动", starts_at=now - timedelta(days=9))
    feedback = Feedback.draft(over, "反馈", "大家都来了，忙了一上午。", [], by=None)
    team = make_team()
    db.session.commit()

    def shown():
        db.session.commit()
        return {todo: number for todo, (_, number) in numbers(client).items() if "-" not in todo}

    before = {"confirm": 1, "feedback": 1}
    assert shown() == before
    signup = join("volunteer", asked)
    assert shown() == before | {"signups": 1} and "要审核的活动" in client.get("/office/").text
    signup.decline(by=cast.who("wantong"), reason="人已够")
    assert shown() == before
    member = make_member(team, "third", MemberStatus.ASKING)
    assert shown() == before | {"teams": 1}
    member.admit(by=None)
    assert shown() == before
    feedback.publish(by=None)
    assert shown() == {"confirm": 1}
    feedback.withdraw(by=None, reason="写错了")
    assert shown() == before
    complete(over, by=cast.who("wantong"))
    assert shown() == {"feedback": 1}
    join("second", asked)
    asked.cancel(cast.who("wantong"), "下雨")
    assert shown() == {"feedback": 1}


def test_with_nothing_to_do_it_says_so(clients):
    assert "待办都办完了" in clients("wantong").get("/office/").text
    assert "本单位的志愿者" in clients("unit").get("/office/").text


def test_a_todo_that_the_list_does_not_know_is_422_and_keeps_the_rest(clients):
    wantong = clients("wantong")
    for path in ("applications", "help", "activities", "reports", "teams", "disputes"):
        for todo in ("nonsense", "help-all-risen", "teams" if path != "teams" else "help"):
            assert wantong.get(f"/office/{path}?todo={todo}").status_code == 422, (path, todo)
    assert clients("unit").get("/office/disputes?todo=disputes").status_code == 422
    kept = wantong.get("/office/help?todo=help").text
    assert '<input type="hidden" name="todo" value="help">' in kept and "待办：公众求助" in kept


@pytest.mark.sqlite_only
def test_no_post_needs_more_than_twelve_statements_however_much_waits(clients):
    held = {username: clients(username) for username in (*POSTS, "unit")}
    sent = []
    for round in range(2):
        one_of_each() if not round else [bring(S.PENDING) for _ in range(15)]
        until(clock.now() + timedelta(days=20 * round))
        for username, client in held.items():
            client.get("/office/")
            with statements() as seen:
                client.get("/office/")
            sent.append((username, len(seen)))
    assert max(number for _, number in sent) <= 12, sent
    assert sent[:5] == sent[5:] or all(b <= a for (_, a), (_, b) in zip(sent[:5], sent[5:], strict=True)), sent


@pytest.mark.sqlite_only
def test_the_parts_of_an_activity_belong_to_the_menus_activities(clients):
    activity = cast.make_activity(starts_at=clock.now() - timedelta(hours=3))
    for part in ("", "/signups", "/attendance", "/feedback", "/edit"):
        page = clients("wantong").get(f"/office/activities/{activity.id}{part}").text
        current = re.findall(r'<a href="(/office/[a-z-]*)" aria-current="page">', page)
        assert set(current) == {"/office/activities"}, part
    assert [part.value for part in Part] == ["own", "risen", "all"]
