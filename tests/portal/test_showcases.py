"""志愿者团队 and 服务基地 for everybody, and for the volunteer who joins and leaves."""

import re
from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import TeamMember
from app.models.activity import ActivityStatus
from app.models.category import category_by_slug
from app.models.displays.bases import for_home
from app.models.picture import Picture
from app.models.team import MemberStatus
from tests import cast
from tests.fixtures import forget_pages
from tests.portal_feedback import SAFE
from tests.showcases import make_base, make_member, make_team
from tests.support.statements import statements


def titles(answer):
    """The titles of the cards, in order."""
    return re.findall(r'class="stretch"[^>]*>([^<]+)<', answer.text)


def test_with_nothing_to_show_the_lists_say_what_comes(client):
    assert "还没有志愿者团队" in client.get("/teams").text and "还没有服务基地" in client.get("/bases").text
    for address in ("/teams/1", "/bases/1", f"/teams/{2**70}", f"/bases/{2**40}"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize(("noun", "make"), [("teams", make_team), ("bases", make_base)])
def test_the_filters_narrow(client, noun, make):
    elder = category_by_slug("elder").id
    make(name="万通的", category_id=elder, introduction="理发和%量血压")
    make(cast.far_code(), name="云龙的")
    make(name="停了的").close(by=None, reason="合并")
    both = {"万通的", "云龙的"}
    for query, wanted in {
        "": both,
        "region=3203": both,
        "region=320302": {"万通的"},
        f"region={cast.WANTONG}": {"万通的"},
        "region=320311": set(),
        "category=elder": {"万通的"},
        "category=law": set(),
        "q=理发": {"万通的"},
        "q=万通": {"万通的"},
        "q=云龙": {"云龙的"},
        "q=%25": {"万通的"},
        "q=停了": set(),
    }.items():
        answer = client.get(f"/{noun}?{query}")
        assert answer.status_code == 200 and set(titles(answer)) == wanted, query
    for query, message in (
        ("category=nothing", "没有这个类型"),
        ("region=999999", "没有这个区域"),
        ("q=" + "长" * 51, "最多 50 个字"),
    ):
        answer = client.get(f"/{noun}?{query}")
        assert answer.status_code == 422 and message in answer.text and titles(answer) == [], query
    part = client.get(f"/{noun}?category=elder", htmx=True)
    assert "<html" not in part.text and titles(part) == ["万通的"]


@pytest.mark.sqlite_only
def test_pages_follow_each_other(client):
    for number in range(15):
        make_team(name=f"第{number:02}队")
    first = client.get("/teams?region=320302")
    assert len(titles(first)) == 12 and titles(first)[0] == "第14队"
    rest = re.search(r'rel="next" href="([^"]+)"', first.text)[1].replace("&amp;", "&")
    assert titles(client.get(rest)) == ["第02队", "第01队", "第00队"]


def test_a_team_shows_what_it_did_and_will_do_and_names_nobody(client):
    team, base = make_team(), make_base()
    row = make_member(team)
    team.lead(row, by=None)
    held = {"team_id": team.id, "base_id": base.id}
    late = clock.now() + timedelta(days=5)
    cast.make_activity(title="更晚的事", starts_at=late, ends_at=late + timedelta(hours=2), **held)
    cast.make_activity(title="后天的事", **held)
    ended = clock.now() - timedelta(days=9)
    cast.make_activity(title="做过的事", starts_at=ended, ends_at=ended + timedelta(hours=2), **held)
    cast.make_activity(title="还没发布", status=ActivityStatus.DRAFT, **held)
    cast.make_activity(title="别队的事")
    for address in (f"/teams/{team.id}", f"/bases/{base.id}"):
        page = client.get(address).text
        coming, past = page.index('id="h-coming"'), page.index('id="h-past"')
        assert coming < page.index("后天的事") < page.index("更晚的事") < past < page.index("做过的事")
        assert "还没发布" not in page and "别队的事" not in page
        assert not any(name in page for _, name, *_ in cast.PEOPLE)
    page = client.get(f"/teams/{team.id}").text
    assert "李同志" in page and 'id="team-count">1<' in page and "<p>有空的邻居都欢迎。</p>" in page
    assert "李同志" in client.get("/teams").text and "登录并申请" in page


@pytest.mark.parametrize("htmx", [False, True])
def test_a_volunteer_asks_takes_it_back_and_leaves(clients, htmx):
    volunteer, wantong = clients("volunteer"), clients("wantong")
    team = make_team()
    here = f"/teams/{team.id}"
    done = 200 if htmx else 303

    def standing():
        return db.session.scalars(db.select(TeamMember)).one().status

    assert "申请加入" in volunteer.get(here).text
    answer = volunteer.post(f"{here}/membership", htmx=htmx)
    assert answer.status_code == done and standing() is MemberStatus.ASKING
    again = volunteer.post(f"{here}/membership", htmx=htmx)
    assert again.status_code == 409 and "待同意" in again.text and 'id="team-box"' in again.text
    assert volunteer.post(f"{here}/departure", htmx=htmx).status_code == done and standing() is MemberStatus.LEFT
    assert volunteer.post(f"{here}/departure", htmx=htmx).status_code == 409
    volunteer.post(f"{here}/membership", htmx=htmx)
    row = db.session.scalars(db.select(TeamMember)).one().id
    wantong.post(f"/office/teams/{team.id}/members/{row}/admission")
    mine = volunteer.get("/member/teams").text
    assert "夕阳红助老服务队" in mine and "退出团队" in mine and "待同意 → 队员" in mine
    assert "您已加入团队" in volunteer.get("/member/messages").text
    assert volunteer.post(f"/member/teams/{row}/departure", htmx=htmx).status_code == (204 if htmx else 303)
    assert (
        standing() is MemberStatus.LEFT and clients("second").post(f"/member/teams/{row}/departure").status_code == 404
    )


@pytest.mark.sqlite_only
def test_everybody_is_told_what_they_can_do(clients):
    team, gone = make_team(), make_team(name="散了的队")
    make_member(gone, "third")
    gone.close(by=None, reason="合并")
    cast.volunteer_of("second").pause(by=cast.who("second"), reason="出差")
    for who, words in (
        ("", "登录并申请"),
        ("member", "申请成为志愿者"),
        ("second", "去恢复服务"),
        ("third", "申请加入"),
    ):
        assert words in clients(who).get(f"/teams/{team.id}").text, who
        closed = clients(who).get(f"/teams/{gone.id}").text
        assert "团队已解散" in closed and ("退出团队" if who == "third" else "看看别的团队") in closed, who
    assert clients("").post(f"/teams/{team.id}/membership").headers["Location"].startswith("/login")
    for who in ("member", "second"):
        assert clients(who).post(f"/teams/{team.id}/membership").status_code == 409, who
    assert clients("volunteer").post(f"/teams/{gone.id}/membership").status_code == 409
    assert clients("third").post(f"/teams/{gone.id}/departure").status_code == 303
    assert "还没有加入团队" in clients("member").get("/member/teams").text


@pytest.mark.sqlite_only
def test_the_home_page_gets_bases_with_pictures(app):
    plain, shown = make_base(), make_base(name="有照片的")
    Picture.keep(SAFE, row=shown, by=None, alt="门前")
    assert [(row.name, row.alt) for row in for_home(3)] == [("有照片的", "门前")] and plain.is_open


@pytest.mark.sqlite_only
def test_pages_cost_the_same_at_one_and_at_many(clients):
    volunteer, visitor = clients("volunteer"), clients("")
    team, base = make_team(), make_base()
    make_member(team)

    def cost():
        found = []
        for client, most in ((visitor, 4), (volunteer, 6)):
            for address in ("/teams", f"/teams/{team.id}", "/bases", f"/bases/{base.id}", "/member/teams")[
                : 4 + (most > 4)
            ]:
                client.get(address)
                forget_pages()  # or a minute that ends meanwhile decides whether a page is built anew
                with statements() as seen:
                    assert client.get(address).status_code == 200
                found.append(len([one for one in seen if "UPDATE sign_in" not in one and "FROM generation" not in one]))
                assert found[-1] <= most, (address, most, seen)
        return found

    one = cost()
    for number in range(12):
        make_member(make_team(name=f"第{number}队"))
        Picture.keep(SAFE, row=make_base(name=f"第{number}屋"), by=None)
        start = clock.now() + timedelta(days=number + 1)
        cast.make_activity(title=f"第{number}次", starts_at=start, team_id=team.id, base_id=base.id)
    assert cost() == one
