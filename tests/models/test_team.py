"""志愿者团队: who may be in, who leads, what closing and leaving bring about, the number of members."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app import clock
from app.db import db
from app.models import Team, TeamMember, Volunteer
from app.models.activities.phase import ActivityStatus
from app.models.application import Application
from app.models.displays.teams import for_home
from app.models.history import history_of
from app.models.recount import CHECKS, repair
from app.models.stateful import Stale, TransitionError
from app.models.team import MemberStatus, TeamStatus
from app.models.volunteer import VolunteerStatus
from app.refusal import Invalid, Refused
from tests import cast
from tests.activities import drafted
from tests.applicants import apply
from tests.cast import told
from tests.showcases import TEAM, make_base, make_member, make_team
from tests.signups import crowd
from tests.support.together import together

M = MemberStatus


def test_a_volunteer_asks_and_is_admitted_leads_and_leaves(app):
    team, by, volunteer = make_team(), cast.who("wantong"), cast.volunteer_of("volunteer")
    row = team.ask(volunteer, by=cast.who("volunteer"))
    assert (row.status, team.members) == (M.ASKING, 0)
    row.admit(by=by)
    assert (row.status, team.members, row.joined_at is not None) == (M.MEMBER, 1, True)
    team.lead(row, by=by)
    assert team.leader_id == volunteer.id and for_home(3)[0].leader == "李静"
    row.leave(by=cast.who("volunteer"))
    assert (row.status, team.members, team.leader_id) == (M.LEFT, 0, None)
    assert told("volunteer") == ["您已加入团队“夕阳红助老服务队”", "您现在是团队“夕阳红助老服务队”的队长"]
    again = team.ask(volunteer, by=cast.who("volunteer"))
    assert again is row and row.status is M.ASKING and row.left_at is None
    assert [line.to_state for line in history_of(row)] == ["asking", "member", "left", "asking"]


VERBS = {
    "ask": lambda row, team: team.ask(db.session.get(Volunteer, row.volunteer_id), by=cast.who("volunteer")),
    "add": lambda row, team: team.add(db.session.get(Volunteer, row.volunteer_id), by=None),
    "admit": lambda row, team: row.admit(by=None),
    "decline": lambda row, team: row.decline(by=None, reason="人数已满"),
    "leave": lambda row, team: row.leave(by=None),
    "remove": lambda row, team: row.remove(by=None, reason="长期没有参加"),
    "lead": lambda row, team: team.lead(row, by=None),
}
POSSIBLE = {
    (M.ASKING, "add"): M.MEMBER,
    (M.ASKING, "admit"): M.MEMBER,
    (M.ASKING, "decline"): M.DECLINED,
    (M.ASKING, "leave"): M.LEFT,
    (M.MEMBER, "leave"): M.LEFT,
    (M.MEMBER, "remove"): M.LEFT,
    (M.MEMBER, "lead"): M.MEMBER,
    (M.DECLINED, "ask"): M.ASKING,
    (M.DECLINED, "add"): M.MEMBER,
    (M.LEFT, "ask"): M.ASKING,
    (M.LEFT, "add"): M.MEMBER,
}


@pytest.mark.sqlite_only
def test_every_verb_from_every_state(app):
    for number, status in enumerate(M):
        for place, verb in enumerate(VERBS):
            team = make_team(name=f"第{number}{place}队")
            row = make_member(team, "volunteer", status)
            if to := POSSIBLE.get((status, verb)):
                VERBS[verb](row, team)
                assert row.status is to, (status, verb)
            else:
                with pytest.raises(Refused):
                    VERBS[verb](row, team)
                assert row.status is status, (status, verb)
            assert team.members == (row.status is M.MEMBER), (status, verb)
    assert CHECKS["团队"]() == []


@pytest.mark.sqlite_only
def test_only_who_serves_may_be_in(app):
    team, person = make_team(), cast.volunteer_of("volunteer")
    row = make_member(team, person, M.ASKING)
    person.pause(by=cast.who("volunteer"), reason="出差一个月")
    for verb in (lambda: row.admit(by=None), lambda: make_team(name="另一队").ask(person, by=cast.who("volunteer"))):
        with pytest.raises(Refused, match="服务中"):
            verb()
    for verb in (row.decline, row.remove):
        with pytest.raises((Invalid, TransitionError)):
            verb(by=cast.who("wantong"), reason="  ")
    assert row.status is M.ASKING and team.members == 0


def test_who_leaves_the_volunteers_leaves_the_teams(app):
    person = cast.volunteer_of("volunteer")
    first, second, third = (make_team(name=name) for name in ("一队", "二队", "三队"))
    rows = [make_member(first, person), make_member(second, person, M.ASKING), make_member(third, person, M.DECLINED)]
    make_member(first, "second")
    first.lead(rows[0], by=None)
    person.leave(by=cast.who("volunteer"))
    assert person.status is VolunteerStatus.LEFT
    assert [row.status for row in rows] == [M.LEFT, M.LEFT, M.DECLINED]
    assert (first.members, first.leader_id, second.members) == (1, None, 0) and CHECKS["团队"]() == []


@pytest.mark.sqlite_only
def test_an_approval_cannot_be_undone_once_a_team_was_asked(app):
    application = db.session.get(Application, apply(cast.who("member")).id)
    application.approve(by=cast.who("wantong"))
    make_member(make_team(), "member", M.LEFT)
    with pytest.raises(Refused, match="团队"):
        application.undo(by=cast.who("wantong"))


def test_a_dissolved_team_takes_nothing_and_may_be_opened_again(app):
    team, by = make_team(), cast.who("wantong")
    inside, asking, declined = (
        make_member(team, name, status)
        for name, status in (("volunteer", M.MEMBER), ("second", M.ASKING), ("third", M.DECLINED))
    )
    before = len(told("third"))
    with pytest.raises(Invalid):
        team.close(by=by, reason=" ")
    team.close(by=by, reason="队员大多搬走了")
    assert (team.status, inside.status, asking.status) == (TeamStatus.CLOSED, M.MEMBER, M.DECLINED)
    assert told("volunteer")[-1] == told("second")[-1] == "团队“夕阳红助老服务队”已解散"
    assert len(told("third")) == before and for_home(5) == []
    for verb in (
        lambda: team.add(cast.volunteer_of("third"), by=by),
        lambda: asking.admit(by=by),
        lambda: team.lead(inside, by=by),
        lambda: team.close(by=by, reason="再关一次"),
    ):
        with pytest.raises(Refused):
            verb()
    inside.leave(by=cast.who("volunteer"))
    make_team()
    with pytest.raises(Invalid, match="同名"):
        team.reopen(by=by)
    team.status = TeamStatus.CLOSED
    team.edit({**TEAM, "name": "新的名字"}, [], team.version, by=by)
    team.reopen(by=by)
    assert team.status is TeamStatus.ACTIVE and team.members == 0 and declined.status is M.DECLINED


@pytest.mark.sqlite_only
def test_the_community_hears_of_it_when_a_leader_leaves_by_themselves(app):
    team, by = make_team(), cast.who("wantong")
    for went, heard in (
        (lambda row: row.leave(by=cast.who("volunteer")), 1),
        (lambda row: row.remove(by=by, reason="调走了"), 1),
        (lambda row: cast.volunteer_of("volunteer").leave(by=cast.who("volunteer")), 2),
    ):
        row = make_member(team)
        team.lead(row, by=by)
        went(row)
        assert team.leader_id is None
        assert told("wantong").count("团队“夕阳红助老服务队”的队长退出了") == heard


def test_a_draft_of_a_dissolved_team_is_published_only_without_it(app):
    by = cast.who("wantong")
    for kind, host in (("team", make_team()), ("base", make_base())):
        activity = drafted(**{f"{kind}_id": host.id})
        host.close(by=by, reason="队员大多搬走了")
        with pytest.raises(Invalid, match="已经停止活动") as refused:
            activity.publish(by)
        assert refused.value.field == kind and activity.status is ActivityStatus.DRAFT
        activity.edit(replace(activity.facts, **{f"{kind}_id": None}), activity.version, by)
        activity.publish(by)
        assert activity.status is ActivityStatus.PUBLISHED


def test_what_is_stated_is_kept_with_its_history(app):
    team, by = make_team(), cast.who("wantong")
    seen = team.version
    team.edit({**TEAM, "founded_on": date(2019, 3, 5), "contact": ""}, [], seen, by=by)
    assert history_of(team)[-1].note.text == "修改了成立日期、联系方式" and team.contact == ""
    with pytest.raises(Stale):
        team.edit(TEAM, [], seen, by=cast.who("wantong2"))
    lines = len(history_of(team))
    team.edit({**TEAM, "founded_on": date(2019, 3, 5), "contact": ""}, [], team.version, by=by)
    assert len(history_of(team)) == lines
    with pytest.raises(Invalid, match="同名"):
        make_team()
    assert make_team(cast.far_code()).community_code == cast.far_code()
    before = team.version
    make_member(team)
    assert team.version == before, "who joins must not make the form of the team stale"


def test_a_crowd_that_comes_and_goes_is_counted_right(app):
    team, people = make_team(), crowd(8)
    inside = [make_member(team, person) for person in people[:4]]

    def act(verb, model, id):
        return lambda: verb(db.session.get_one(Team, team_id), db.session.get_one(model, id))

    team_id = team.id
    acts = [act(lambda team, person: team.add(person, by=None).status, Volunteer, one.id) for one in people[4:]]
    acts += [act(lambda team, row: row.leave(by=None), TeamMember, row.id) for row in inside[:3]]
    acts += [act(lambda team, person: team.add(person, by=None).status, Volunteer, people[4].id)]
    acts += [act(lambda team, person: person.leave(by=cast.who("wantong"), reason="本人要求"), Volunteer, people[3].id)]
    results = together(app, acts)
    assert Counter(type(one) for one in results if isinstance(one, Exception)) == {TransitionError: 1}
    assert db.session.get_one(Team, team_id).members == 4 and CHECKS["团队"]() == []


@pytest.mark.sqlite_only
def test_a_wrong_number_is_found_and_mended(app):
    team = make_team()
    make_member(team)
    team.members = 7
    db.session.flush()
    wrong = CHECKS["团队"]()
    assert [(one.key, one.kept, one.true) for one in wrong] == [({"id": team.id}, {"members": 7}, {"members": 1})]
    repair(wrong)
    assert CHECKS["团队"]() == []


@pytest.mark.sqlite_only
def test_the_home_page_gets_the_largest_active_teams(app):
    small, large, gone = (make_team(name=name) for name in ("小队", "大队", "没有了"))
    make_member(small)
    for name in ("volunteer", "second"):
        make_member(large, name)
    gone.close(by=None, reason="合并")
    clock.move(timedelta(days=1))
    assert [(row.name, row.members) for row in for_home(2)] == [("大队", 2), ("小队", 1)]
