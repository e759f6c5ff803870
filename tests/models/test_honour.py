"""季度之星: facts beside a candidate, consent, 公示 of five working days, publishing by the clock, revoking."""

from datetime import date, timedelta

import pytest

from app import clock
from app.commands import tick
from app.db import db
from app.freshness import forget
from app.models import Honour, Message, TeamMember
from app.models.activity import ActivityStatus
from app.models.history import history_of
from app.models.honour import HonourStatus, due_honours, published
from app.models.honours import figures, lists, reached
from app.models.honours.figures import Facts, able_people, able_teams, facts_of
from app.models.honours.lists import for_home, in_announcement
from app.models.honours.proposal import announce, propose, rewrite, why_not
from app.models.honours.quarter import Quarter, quarter_named, quarter_of
from app.models.service_record import ServiceRecord
from app.models.stateful import TransitionError
from app.models.team import MemberStatus, Team
from app.models.volunteer import Political, Volunteer
from app.models.workday import last_of, working_days
from app.reads import counting
from app.refusal import Invalid, Refused
from tests import cast
from tests.honours import REASON, announced, candidate, past_quarter, served, team_of, to_the_end
from tests.support.together import together

S = HonourStatus


def titles(username):
    """What this person was told, oldest first."""
    wanted = db.select(Message.title).where(Message.user_id == cast.who(username).id).order_by(Message.id)
    return list(db.session.scalars(wanted))


def test_quarters_have_names_and_days():
    quarter = Quarter(2026, 3)
    assert (str(quarter), quarter.words, quarter.first_day, quarter.last_day) == (
        "2026Q3", "2026 年第三季度", date(2026, 7, 1), date(2026, 9, 30),
    )  # fmt: skip
    assert quarter.before == quarter_of(date(2026, 6, 30)) and Quarter(2026, 4).after == Quarter(2027, 1)
    assert Quarter(2026, 1).before == Quarter(2025, 4) and quarter_named("2026Q3") == quarter
    assert [quarter_named(wrong) for wrong in ("2026Q5", "2026", "", "2026q3", "2026Q33")] == [None] * 5


def test_the_facts_are_the_live_services_of_that_quarter(app):
    quarter, person, other = past_quarter(), cast.volunteer_of("volunteer"), cast.volunteer_of("second")
    activity = cast.make_activity(status=ActivityStatus.COMPLETED)
    served(person, quarter.first_day, 90, activity)
    served(person, quarter.last_day, 30)
    served(person, quarter.first_day - timedelta(days=1))
    served(person, quarter.last_day + timedelta(days=1))
    ServiceRecord.revoke([served(person, quarter.last_day)], by=None)
    assert facts_of(quarter, person) == Facts(2, 120, 1)
    able = lambda least: db.session.scalars(db.select(Volunteer.id).where(*able_people(quarter, least))).all()  # noqa: E731
    assert able(0) == able(2) == [person.id] and able(3) == []
    served(other, quarter.last_day)
    other.political = Political.MASSES
    db.session.flush()
    assert able(1) == [person.id]


def test_a_teams_facts_are_its_members_services_in_its_own_activities(app):
    quarter, person, other = past_quarter(), cast.volunteer_of("volunteer"), cast.volunteer_of("second")
    team = team_of(person)
    held, elsewhere = cast.make_activity(team_id=team.id), cast.make_activity()
    for who, activity in ((person, held), (other, held), (person, elsewhere)):
        served(who, quarter.last_day, 60, activity)
    assert facts_of(quarter, team) == Facts(1, 60, 1)
    assert db.session.scalars(db.select(Team.id).where(*able_teams(quarter, 1))).all() == [team.id]
    db.session.scalars(db.select(TeamMember)).one().move(MemberStatus.LEFT, by=None)
    assert facts_of(quarter, team) == Facts()


@pytest.mark.parametrize("gathered", [False, True])
def test_candidates_are_the_same_looked_at_one_by_one_or_gathered_from_the_quarter(app, monkeypatch, gathered):
    monkeypatch.setattr(figures, "FEW", dict.fromkeys((Volunteer, Team), 0 if gathered else 1000))
    quarter, person, other = past_quarter(), cast.volunteer_of("volunteer"), cast.volunteer_of("second")
    team, activity = team_of(person), cast.make_activity()
    held = [cast.make_activity(team_id=team.id) for _ in range(2)]
    for who, at in ((person, held[0]), (person, held[1]), (person, None), (other, activity), (other, held[0])):
        served(who, quarter.first_day, 60, at)
    served(other, quarter.first_day - timedelta(days=1))
    ServiceRecord.revoke([served(other, quarter.last_day)], by=None)

    def able(model, of, least):
        conditions = of(quarter, least, many=figures.are_many(model, db.select(model)))
        assert ("EXISTS" not in str(conditions[-1])) is gathered
        return set(db.session.scalars(db.select(model.id).where(*conditions)))

    people = {1: {person.id, other.id}, 2: {person.id, other.id}, 3: {person.id}, 4: set()}
    assert {least: able(Volunteer, able_people, least) for least in people} == people
    assert [able(Team, able_teams, least) for least in (0, 2, 3)] == [{team.id}, {team.id}, set()]


def test_who_is_known_to_have_so_many_follows_records_members_and_whose_activity_it_was(app, monkeypatch):
    monkeypatch.setattr(figures, "FEW", dict.fromkeys((Volunteer, Team), 0))
    quarter, person = past_quarter(), cast.volunteer_of("volunteer")
    team, other = team_of(person), team_of(person, name="红霞助老队")
    held = cast.make_activity(team_id=team.id)
    record = served(person, quarter.first_day, 60, held)

    def able(model, of):
        db.session.commit()
        return list(db.session.scalars(db.select(model.id).where(*of(quarter, 1, many=True))))

    assert (able(Volunteer, able_people), able(Team, able_teams)) == ([person.id], [team.id])
    held.team_id = other.id
    assert able(Team, able_teams) == [other.id]
    db.session.scalars(db.select(TeamMember).where(TeamMember.team_id == other.id)).one().leave(by=None)
    assert able(Team, able_teams) == []
    held.team_id = team.id
    assert able(Team, able_teams) == [team.id]
    ServiceRecord.revoke([record], by=None)
    assert (able(Volunteer, able_people), able(Team, able_teams)) == ([], [])


def test_that_they_are_too_many_to_be_looked_up_changes_nobody_who_is_found(app, monkeypatch):
    for where in (figures, reached):
        monkeypatch.setattr(where, "IDS", 0)
    quarter, person, other = past_quarter(), cast.volunteer_of("volunteer"), cast.volunteer_of("second")

    def able():
        db.session.commit()
        return set(db.session.scalars(db.select(Volunteer.id).where(*able_people(quarter, 1, many=True))))

    record = served(person, quarter.first_day)
    assert able() == {person.id}
    served(other, quarter.last_day)
    assert able() == {person.id, other.id}
    ServiceRecord.revoke([record], by=None)
    assert able() == {other.id}


@pytest.mark.parametrize("least", [1, 2])
def test_a_total_of_candidates_looks_at_those_first_whose_records_are_near(app, monkeypatch, least):
    monkeypatch.setattr(figures, "IDS", 0)  # nobody is looked up who is known
    quarter, person, other = past_quarter(), cast.volunteer_of("volunteer"), cast.volunteer_of("second")
    for who in (person, person, other):
        served(who, quarter.first_day)
    near = db.select(ServiceRecord).where(ServiceRecord.volunteer_id == person.id)

    def able(sample):
        with counting(sample=sample) as reading:
            found = db.select(Volunteer.id).where(*able_people(quarter, least, many=True, near=near))
        return set(db.session.scalars(found)), reading.sampled

    assert able(10) == ({person.id}, True)
    assert able(0) == ({person.id, other.id} if least == 1 else {person.id}, False)


@pytest.mark.parametrize("by_pairs", [False, True])
def test_a_star_is_found_by_reason_name_and_region_looked_up_or_walked_along(app, monkeypatch, by_pairs):
    if not by_pairs:
        monkeypatch.setattr(lists, "ids_about", lambda word: None)
    forget()
    person, team = candidate(), team_of(cast.volunteer_of("second"), name="红霞助老队")
    served(cast.volunteer_of("second"), past_quarter().last_day, 60, cast.make_activity(team_id=team.id))
    together = propose(past_quarter(), team, REASON.replace("理发", "送餐"), by=cast.who("city"))
    name = cast.who("volunteer").name
    db.session.flush()

    def found(words):
        conditions = lists.says(words)
        assert ("honour_1" in str(conditions[0].compile(db.engine))) is by_pairs
        met = {row.id for row in db.session.execute(lists.stars().where(*conditions))}
        with counting():  # who counts gathers whom a name names
            every = lists.stars().where(*lists.says(words))
        assert met == {row.id for row in db.session.execute(every)}
        return met

    one, other = {person.id}, {together.id}
    expected = {
        "理发": one,
        "送": other,
        name: one,
        "红霞": other,
        "徐州": set(),
        "独居 送餐": other,
        "三个月": one | other,
    }
    expected["云龙区"] = {star.id for star in (person, together) if star.district_code == "320303"}
    assert {words: found(words) for words in expected} == expected


def test_who_may_be_proposed(app):
    quarter, person, city = past_quarter(), cast.volunteer_of("volunteer"), cast.who("city")
    assert "没有服务记录" in why_not(quarter, person) and "还没有开始" in why_not(
        quarter_of(clock.today()).after, person
    )
    served(person, quarter.last_day)
    for reason in ("", "太短了", "长" * 1001, " " * 30):
        with pytest.raises(Invalid) as wrong:
            propose(quarter, person, reason, by=city)
        assert wrong.value.field == "reason"
    person.political = Political.LEAGUE
    with pytest.raises(Refused, match="中共党员"):
        propose(quarter, person, REASON, by=city)
    person.political = Political.PROBATIONARY
    honour = propose(quarter, person, REASON, by=city)
    assert honour.status is S.CANDIDATE and honour.community_code == cast.WANTONG and honour.asked_at
    assert titles("volunteer") == [f"您被推荐为{honour.title}，请您决定是否同意"]
    with pytest.raises(Refused, match="不用再推荐"):
        propose(quarter, person, REASON, by=city)


def test_only_the_person_decides_and_who_declines_is_no_candidate(app):
    honour = candidate(agreed=False)
    for stranger in ("city", "second"):
        for verb in (honour.agree, honour.decline):
            with pytest.raises(Refused, match="本人"):
                verb(by=cast.who(stranger))
    honour.decline(by=cast.who("volunteer"))
    assert honour.status is S.REVOKED and history_of(honour)[-1].note.text == "本人不同意公开姓名"
    with pytest.raises(Refused, match="不同意"):
        propose(past_quarter(), cast.volunteer_of("volunteer"), REASON, by=None)


def test_announcing_waits_for_the_agreement_and_for_five_working_days(app):
    honour, today = candidate(agreed=False), clock.today()
    with pytest.raises(Refused, match="还没有同意"):
        announce(honour, today, last_of(today, 5), by=None)
    honour.agree(by=cast.who("volunteer"))
    with pytest.raises(TransitionError):
        honour.agree(by=cast.who("volunteer"))
    fifth = last_of(today, 5)
    for first, last, field in (
        (today - timedelta(days=1), fifth, "first_day"),
        (today, today - timedelta(days=1), "last_day"),
        (today, fifth - timedelta(days=1), "last_day"),
        (today, today + timedelta(days=61), "last_day"),
    ):
        with pytest.raises(Invalid) as wrong:
            announce(honour, first, last, by=None)
        assert wrong.value.field == field and honour.status is S.CANDIDATE
    announce(honour, today, fifth, by=cast.who("city"))
    assert (honour.status, honour.services, honour.minutes) == (S.ANNOUNCED, 1, 120)
    served(cast.volunteer_of("volunteer"), past_quarter().last_day)
    assert db.session.get_one(Honour, honour.id).services == 1, "frozen"


def test_holidays_and_make_up_days_count_as_the_calendar_says(app):
    """国庆 2026: 1 to 7 October are days off, Saturday 10 October is worked."""
    assert working_days(date(2026, 9, 30), date(2026, 10, 10)) == 4
    assert last_of(date(2026, 9, 30), 4) == date(2026, 10, 10) and last_of(date(2026, 10, 1), 1) == date(2026, 10, 8)


def test_a_running_quarter_is_not_announced(app):
    person = cast.volunteer_of("volunteer")
    served(person, clock.today())
    honour = propose(quarter_of(clock.today()), person, REASON, by=None)
    honour.agree(by=cast.who("volunteer"))
    with pytest.raises(Refused, match="还没有结束"):
        announce(honour, clock.today(), last_of(clock.today(), 5), by=None)


def test_another_reason_asks_anew(app):
    honour = candidate()
    rewrite(honour, REASON + "还带出了三名新队员。", honour.version, by=cast.who("city"))
    assert honour.agreed_at is None and len(titles("volunteer")) == 2
    with pytest.raises(Refused, match="还没有同意"):
        announce(honour, clock.today(), last_of(clock.today(), 5), by=None)


def test_the_clock_publishes_and_a_late_tick_changes_no_answer(app):
    honour = announced()
    assert [row.id for row in in_announcement(9)] == [honour.id] and for_home() is None
    with pytest.raises(TransitionError):
        honour.publish(by=None)
    to_the_end(honour)
    db.session.commit()
    assert honour.status is S.ANNOUNCED and honour.standing is S.PUBLISHED and not in_announcement(9)
    assert [row.name for row in for_home().people] == ["李静"] and due_honours() == [honour.id]
    assert together(app, [lambda: tick._run(tick.honours)] * 2) == [0, 0]
    db.session.expire_all()
    assert honour.status is S.PUBLISHED and honour.published_at == clock.start_of(honour.last_day + timedelta(days=1))
    assert [row.name for row in for_home().people] == ["李静"] and not due_honours()
    assert titles("volunteer")[-1] == f"祝贺！{honour.title}已公布"
    assert [line.action for line in history_of(honour)] == ["propose", "agree", "move", "move"]


@pytest.mark.parametrize("stage", ["candidate", "announced", "due", "published"])
def test_the_city_revokes_and_the_person_withdraws_at_any_time(app, stage):
    for username, withdraws in (("volunteer", False), ("third", True)):
        honour = candidate(username) if stage == "candidate" else announced(username)
        if stage in ("due", "published"):
            to_the_end(honour)
        if stage == "published":
            honour.settle()
        with pytest.raises(Invalid):
            honour.revoke(by=None, reason=" ")
        if withdraws:
            honour.decline(by=cast.who(username))
        else:
            honour.revoke(by=cast.who("city"), reason="核实有误")
        assert honour.status is S.REVOKED and not db.session.scalar(db.select(Honour.id).where(published()))
        came = history_of(honour)[-1].from_state
        assert came == (stage if stage != "due" else "published"), "what was due is done first"
        with pytest.raises(TransitionError):
            honour.revoke(by=None, reason="再撤一次")
        clock.move(timedelta(0))


def test_two_who_propose_at_once_make_one(app):
    quarter, person = past_quarter(), cast.volunteer_of("volunteer")
    served(person, quarter.last_day)
    id = person.id
    db.session.commit()
    made = together(app, [lambda: propose(quarter, db.session.get_one(Volunteer, id), REASON, by=None).id] * 3)
    assert sorted(isinstance(one, int) for one in made) == [False, False, True]


def test_who_leaves_becomes_no_star(app):
    honour = announced()
    cast.volunteer_of("volunteer").leave(by=cast.who("volunteer"))
    assert honour.status is S.REVOKED and not in_announcement(9)
