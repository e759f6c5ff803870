"""志愿者团队 and 服务基地 in the back office: found, mended, closed; members; activities that name them."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import Activity, History, Picture, ServiceBase, Team, TeamMember
from app.models.activity import ActivityStatus
from app.models.service_base import BaseStatus
from app.models.team import MemberStatus, TeamStatus
from app.refusal import Invalid
from tests import cast
from tests.office.test_feedback import hidden
from tests.portal_feedback import SAFE
from tests.showcases import make_base, make_member, make_team
from tests.support.statements import statements

TEAM = {
    "name": "夕阳红助老服务队",
    "category": "",
    "founded_on": "2019-03-05",
    "contact": "二楼",
    "introduction": "上门。",
}
BASE = {"name": "红色书屋", "address": "三楼", "opening_hours": "周末 9:00–17:00", "introduction": "三千册书。"}


def the(model):
    """The only row of this noun."""
    return db.session.scalars(db.select(model)).one()


def test_a_community_founds_mends_dissolves_and_reopens_a_team(clients):
    wantong, visitor = clients("wantong"), clients("")
    page = wantong.get("/office/teams/new").text
    assert "万通社区" in page and 'name="community" value="320302001002"' in page
    sent = {**hidden(page), **TEAM}
    assert [wantong.post("/office/teams/new", data=sent).status_code for _ in range(2)] == [303, 303]
    team = the(Team)
    assert (team.community_code, team.category_id, team.founded_on.year) == (cast.WANTONG, None, 2019)
    kind = next(iter(re.findall(r'<option value="(\d+)"', wantong.get(f"/office/teams/{team.id}/edit").text)))
    edit = hidden(wantong.get(f"/office/teams/{team.id}/edit").text)
    mended = {**edit, **TEAM, "category": kind, "name": "夕阳红"}
    assert wantong.post(f"/office/teams/{team.id}/edit", data=mended).status_code == 303
    stale = wantong.post(f"/office/teams/{team.id}/edit", data={**mended, "name": "后来的名字"})
    assert stale.status_code == 409 and "别人已经改过这个团队" in stale.text and "后来的名字" in stale.text
    assert wantong.post(f"/office/teams/{team.id}/edit", data={**hidden(stale.text), **mended, **hidden(stale.text), "name": "后来的名字"}).status_code == 303  # fmt: skip
    shown = wantong.get(f"/office/teams/{team.id}").text
    assert "后来的名字" in shown and "修改了名称、类型" in shown
    closure = f"/office/teams/{team.id}/closure"
    empty = wantong.post(closure, data={"reason": " "})
    assert empty.status_code == 422 and "请写明原因" in empty.text
    assert wantong.post(closure, data={"reason": "人员不足"}).status_code == 303
    assert the(Team).status is TeamStatus.CLOSED and wantong.post(closure, data={"reason": "再"}).status_code == 409
    assert "团队已解散" in visitor.get(f"/teams/{team.id}").text and "后来的名字" not in visitor.get("/teams").text
    assert wantong.post(f"/office/teams/{team.id}/reopening").status_code == 303
    assert "后来的名字" in visitor.get("/teams").text


def test_a_base_is_kept_with_its_pictures(clients):
    wantong, visitor = clients("wantong"), clients("")
    page = wantong.get("/office/bases/new").text
    loose = [Picture.keep(SAFE, by=cast.who("wantong")) for _ in range(2)]
    names = [picture.name for picture in loose]
    alts = {f"pictures_alt_{names[0]}": "书架前的孩子"}
    done = wantong.post("/office/bases/new", data={**hidden(page), **BASE, "pictures_kept": names, **alts})
    base = the(ServiceBase)
    assert done.status_code == 303 and [one.noun for one in Picture.of(base)] == ["service_base"] * 2
    shown = visitor.get(f"/bases/{base.id}").text
    assert "书架前的孩子" in shown and "周末 9:00–17:00" in shown and names[1] in shown
    assert visitor.get(f"/pictures/{names[0]}.jpg").status_code == 200
    edit = wantong.get(f"/office/bases/{base.id}/edit").text
    wantong.post(f"/office/bases/{base.id}/edit", data={**hidden(edit), **BASE, "pictures_kept": names[1:]})
    assert [one.name for one in Picture.of(the(ServiceBase))] == names[1:]
    assert visitor.get(f"/pictures/{names[0]}.jpg").status_code == 404
    wantong.post(f"/office/bases/{base.id}/closure", data={"reason": "房屋翻修"})
    assert the(ServiceBase).status is BaseStatus.CLOSED and "基地已关闭" in visitor.get(f"/bases/{base.id}").text
    assert "红色书屋" not in visitor.get("/bases").text


@pytest.mark.sqlite_only
def test_bad_input_is_named_and_what_was_typed_stays(clients):
    wantong, city = clients("wantong"), clients("city")
    make_team(name="有了")
    for address, good, wrong in (
        ("/office/teams/new", TEAM, {"name": "", "founded_on": "3000-01-01", "contact": "长" * 101}),
        ("/office/teams/new", TEAM, {"founded_on": "昨天", "category": "999999", "introduction": "长" * 2001}),
        ("/office/teams/new", TEAM, {"founded_on": (clock.today() + timedelta(days=1)).isoformat()}),
        ("/office/teams/new", TEAM, {"name": "有了"}),
        ("/office/bases/new", BASE, {"address": "", "opening_hours": "长" * 201}),
        ("/office/bases/new", BASE, {"category": "x"}),
    ):
        answer = wantong.post(address, data={**hidden(wantong.get(address).text), **good, **wrong})
        assert answer.status_code == 422, wrong
        for name in wrong:
            assert f'id="{name}-e"' in answer.text, (name, wrong)
        assert all(value in answer.text for name, value in good.items() if name not in wrong), wrong
    elsewhere = wantong.post("/office/teams/new", data={**TEAM, "community": cast.baiyun_code()})
    assert elsewhere.status_code == 422 and "不在可选的范围内" in elsewhere.text
    nowhere = city.post("/office/teams/new", data=TEAM)
    assert nowhere.status_code == 422 and "请选择所在社区" in nowhere.text
    assert city.post("/office/teams/new", data={**TEAM, "community": cast.WANTONG}).status_code == 303


def test_members_are_admitted_declined_removed_and_chosen_to_lead(clients):
    wantong = clients("wantong")
    team = make_team()
    rows = {name: make_member(team, name, MemberStatus.ASKING).id for name in ("volunteer", "second", "third")}
    here = f"/office/teams/{team.id}"
    assert "<b>3</b>" in wantong.get("/office/teams?asking=1").text
    assert wantong.post(f"{here}/members/{rows['volunteer']}/admission").status_code == 303
    assert wantong.post(f"{here}/members/{rows['volunteer']}/admission").status_code == 409
    assert wantong.post(f"{here}/members/{rows['volunteer']}/leadership").status_code == 303
    assert wantong.post(f"{here}/members/{rows['second']}/leadership").status_code == 409
    silent = wantong.post(f"{here}/members/{rows['second']}/refusal", data={"reason": ""})
    assert silent.status_code == 422 and f'id="no-{rows["second"]}" open' in silent.text
    assert wantong.post(f"{here}/members/{rows['second']}/refusal", data={"reason": "人数已满"}).status_code == 303
    assert wantong.post(f"{here}/members/{rows['third']}/removal", data={"reason": "试"}).status_code == 409
    page = wantong.get(here).text
    assert "队长：李静" in page and "李静" in page and "陈晨" in page and "王建国" not in page
    assert "王建国" in wantong.get(f"{here}?status=declined").text and "陈晨" not in wantong.get(f"{here}?q=李静").text
    assert wantong.get(f"{here}?status=nothing").status_code == 422
    other = make_team(name="另一队")
    assert wantong.post(f"/office/teams/{other.id}/members/{rows['volunteer']}/admission").status_code == 404
    assert wantong.post(f"{here}/members/{rows['volunteer']}/leadership", data={"leads": "0"}).status_code == 303
    assert db.session.get_one(Team, team.id).leader_id is None
    assert wantong.post(f"{here}/members/{rows['volunteer']}/removal", data={"reason": "搬走了"}).status_code == 303
    assert db.session.get_one(Team, team.id).members == 0


def test_only_ones_own_people_can_be_added(clients):
    wantong, team = clients("wantong"), make_team()
    here = f"/office/teams/{team.id}/members"
    page = wantong.get(f"{here}/new?q=王建国").text
    assert "王建国" in page and "赵敏" not in wantong.get(f"{here}/new").text
    ids = {name: cast.volunteer_of(name).id for name in ("second", "guest")}
    assert wantong.post(here, data={"volunteer": ids["second"]}).status_code == 303
    assert wantong.post(here, data={"volunteer": ids["guest"]}).status_code == 404
    assert wantong.post(here, data={"volunteer": "nobody"}).status_code == 303
    assert the(TeamMember).volunteer_id == ids["second"] and the(TeamMember).status is MemberStatus.MEMBER
    assert "加入团队" not in wantong.get(f"{here}/new?q=王建国").text


@pytest.mark.sqlite_only
def test_lists_narrow_and_leave_as_files_with_a_purpose(clients):
    wantong, gulou, city = clients("wantong"), clients("gulou"), clients("city")
    team, base = make_team(), make_base()
    make_team(cast.baiyun_code(), name="白云队")
    make_base(cast.far_code(), name="云龙书屋")
    make_member(team)
    assert "白云队" not in wantong.get("/office/teams").text and "白云队" in gulou.get("/office/teams").text
    assert "云龙书屋" in city.get("/office/bases?region=320303").text
    assert "红色书屋" not in city.get("/office/bases?region=320303").text
    assert "没有找到" in city.get("/office/teams?status=closed").text
    for address in ("/office/teams?status=x", "/office/bases?category=x", "/office/teams?region=1"):
        assert city.get(address).status_code == 422
    for address, words in (
        ("/office/teams/export?q=夕阳", "夕阳红助老服务队"),
        ("/office/bases/export", base.name),
        (f"/office/teams/{team.id}/members/export", "李静"),
    ):
        assert wantong.get(address).status_code == 200
        assert wantong.post(address, data={"purpose": "", "format": "csv"}).status_code == 422
        file = wantong.post(address, data={"purpose": "年底核对", "format": "csv"})
        assert words in file.get_data().decode("utf-8-sig") and "白云队" not in file.text
    said = db.session.scalars(db.select(History).where(History.action == "export")).all()
    assert len(said) == 3


def activity_form(page, **changes):
    """A good activity of 万通社区."""
    day = (clock.today() + timedelta(days=3)).isoformat()
    good = {
        "title": "上门理发", "category": "elder", "place": "社区广场", "starts_at": f"{day}T09:00",
        "ends_at": f"{day}T11:00", "capacity": "10",
    }  # fmt: skip
    return {**hidden(page), **good, **changes}


def test_an_activity_names_its_team_and_base(clients):
    wantong, visitor = clients("wantong"), clients("")
    team, base, other = make_team(), make_base(), make_team(cast.baiyun_code(), name="白云队")
    new = wantong.get("/office/activities/new").text
    assert "夕阳红助老服务队" in new and "红色书屋" in new and "白云队" not in new
    wrong = wantong.post("/office/activities/new", data=activity_form(new, team=other.id, base="x"))
    assert wrong.status_code == 422 and 'id="team-e"' in wrong.text and 'id="base-e"' in wrong.text
    foreign = replace(cast.make_activity().facts, team_id=other.id)
    with pytest.raises(Invalid, match="本社区的团队"):
        Activity.draft(foreign, None)
    db.session.rollback()
    sent = activity_form(new, team=team.id, base=base.id, publish="1")
    assert wantong.post("/office/activities/new", data=sent).status_code == 303
    activity = the(Activity)
    assert (activity.team_id, activity.base_id, activity.status) == (team.id, base.id, ActivityStatus.PUBLISHED)
    page = visitor.get(f"/activities/{activity.id}").text
    assert f'href="/teams/{team.id}"' in page and f'href="/bases/{base.id}"' in page
    assert "上门理发" in visitor.get(f"/teams/{team.id}").text and "上门理发" in visitor.get(f"/bases/{base.id}").text
    db.session.get_one(Team, team.id).close(by=None, reason="合并")
    edit = f"/office/activities/{activity.id}/edit"
    kept = activity_form(wantong.get(edit).text, team=team.id, base="")
    assert wantong.post(edit, data=kept).status_code == 303
    activity = the(Activity)
    assert (activity.team_id, activity.base_id) == (team.id, None)
    assert "基地：红色书屋 → （空）" in wantong.get(f"/office/activities/{activity.id}").text
    copy = hidden(wantong.get(f"/office/activities/{activity.id}").text)
    assert wantong.post(f"/office/activities/{activity.id}/copy", data={"key": copy["key"]}).status_code == 303
    twin = db.session.scalars(db.select(Activity).order_by(Activity.id.desc())).first()
    assert twin is not None and twin.id != activity.id and twin.team_id is None


@pytest.mark.sqlite_only
def test_pages_cost_the_same_at_one_and_at_many(clients):
    wantong = clients("wantong")
    team = make_team()
    make_base()
    make_member(team, "volunteer")

    def cost():
        found = []
        for address in ("/office/teams", f"/office/teams/{team.id}", "/office/bases", "/office/activities/new"):
            wantong.get(address)
            with statements() as seen:
                assert wantong.get(address).status_code == 200
            found.append(len([one for one in seen if "UPDATE sign_in" not in one]))
        return found

    one = cost()
    for number in range(12):
        more = make_team(name=f"第{number}队")
        make_base(name=f"第{number}屋")
        make_member(more, "volunteer", MemberStatus.ASKING)
        user = cast.make_user(f"extra{number}", "钱多多", f"1390000{number:04d}")
        make_member(team, cast.make_volunteer(user))
    assert cost() == one and max(one) <= 6, one
