"""待办: whose it is, from when it is overdue, and when it rises; for every kind of work."""

from datetime import timedelta

import pytest

from app import clock
from app.blueprints.office.activities import WAITS_IN
from app.db import db
from app.models import Application, Feedback, Post, Region, Report, UnitDispute
from app.models.pages.desk import desk
from app.models.pages.duties import Part, stands, todo
from app.models.pages.duty_kinds import BY_KEY, KINDS
from app.models.post import Role
from app.models.posts.rising import held_places
from app.models.region import heir, regions
from app.models.report import ReportKind, ReportStatus
from app.models.signup import SignUpStatus
from app.models.team import MemberStatus
from app.models.workday import add_working_days
from tests import cast
from tests.applicants import apply, card
from tests.cast import CITY, GULOU, HUANGLOU, WANTONG, volunteer_of, who
from tests.helps import S, ask, bring
from tests.showcases import make_member, make_team
from tests.signups import put, until

CHAIN = (WANTONG, HUANGLOU, GULOU, CITY)


def report(submitted_at, username="volunteer"):
    made = Report(user_id=who(username).id, kind=ReportKind.ACCOUNT, title="楼道亮了", body="换了十二盏灯。")
    made.status, made.submitted_at = ReportStatus.PENDING, submitted_at
    made.locate(WANTONG)
    db.session.add(made)
    db.session.flush()
    return made


def dispute(made_at, username="volunteer"):
    person = volunteer_of(username)
    made = UnitDispute(volunteer_id=person.id, unit_id=who("unit").post.unit_id, reason="不是本单位的人")
    made.stand_in(WANTONG)
    made.created_at = made_at
    db.session.add(made)
    db.session.flush()
    return made


def one_of_each():
    """One row of every kind in 万通社区, all begun just now, as (kind, row)."""
    now = clock.now()
    asked, over, silent = (cast.make_activity(starts_at=now + timedelta(hours=hours)) for hours in (90, -3, -400))
    over.ends_at, silent.ends_at = now, now - timedelta(days=7)
    silent.status = "completed"
    put(asked, volunteer_of("second"), SignUpStatus.ASKING)
    team = make_team(WANTONG)
    make_member(team, volunteer_of("third"), MemberStatus.ASKING)
    rows = {
        "applications": apply(), "help": ask(), "signups": asked, "confirm": over, "feedback": silent,
        "reports": report(now), "teams": team, "disputes": dispute(now),
    }  # fmt: skip
    assert set(rows) == set(BY_KEY) - {"raised"}, "that one is the district's: tests/office/test_help_raised.py"
    db.session.flush()
    return rows


def found(kind, part, code):
    """Ids of what stands in this part of the post's 待办."""
    return set(db.session.scalars(db.select(kind.model.id).where(stands(kind, part, code))))


def levels(key, row, part=Part.RISEN):
    """The posts over 万通社区 in whose 待办 the row stands, lowest first."""
    return [code for code in CHAIN if row.id in found(BY_KEY[key], part, code)]


def test_everything_is_its_communitys_from_the_start_and_rises_when_it_has_a_deadline(app):
    rows = one_of_each()
    for key, row in rows.items():
        assert (levels(key, row, Part.OWN), levels(key, row)) == ([WANTONG], []), key
        assert levels(key, row, Part.ALL) == list(CHAIN), key
        assert row.id not in found(BY_KEY[key], Part.OWN, cast.baiyun_code()), key
    dues = {
        key: add_working_days(clock.now(), days) for key, days in (("applications", 3), ("help", 2), ("reports", 3))
    }
    dues |= {key: rows[key].ends_at + timedelta(days=7) for key in ("feedback", "confirm")} | {
        "disputes": dues["reports"]
    }
    for key, due in sorted(dues.items(), key=lambda pair: pair[1]):
        kind, row = BY_KEY[key], rows[key]
        assert kind.late_by is not None
        late = db.select(kind.model.id).where(kind.late_by(due), kind.model.id == row.id)
        assert db.session.scalar(late) == row.id, f"{key} is late at {due}"
        assert db.session.scalar(late.where(kind.late_by(due - timedelta(seconds=1)))) is None, key
    for steps, expected in ((1, [HUANGLOU]), (2, [HUANGLOU, GULOU]), (3, [HUANGLOU, GULOU, CITY])):
        for key, due in sorted(dues.items(), key=lambda pair: pair[1]):
            until(add_working_days(due - timedelta(microseconds=1), 2 * steps))
            assert levels(key, rows[key]) == expected, (key, steps)
            assert levels(key, rows[key], Part.OWN) == [WANTONG], key
    assert (levels("signups", rows["signups"]), levels("teams", rows["teams"])) == ([], [])


def test_what_nobody_below_can_do_is_the_next_levels_own(app):
    empty = next(one for one in regions() if one.startswith(HUANGLOU) and len(one) == 12 and one not in held_places())
    there = ask(empty)
    assert levels("help", there, Part.OWN) == [HUANGLOU]
    who("huanglou").post.revoke(by=who("gulou"), reason="调离")
    db.session.commit()
    assert [code for code in levels("help", there, Part.OWN) if code in held_places()] == [GULOU]
    until(add_working_days(there.accept_due - timedelta(microseconds=1), 2))
    assert levels("help", there) == [CITY]


def test_nobody_has_to_decide_about_oneself_or_a_colleague(app):
    """It is the next level's own work at once, and stands there once."""
    for made in (apply(who("wantong2")), report(clock.now(), "wantong")):
        key = "applications" if isinstance(made, Application) else "reports"
        assert (levels(key, made, Part.OWN), levels(key, made)) == ([HUANGLOU], [])
        made_due = add_working_days(clock.now(), 3)
        clock_now = clock.now()
        until(add_working_days(made_due - timedelta(microseconds=1), 2))
        assert (levels(key, made, Part.OWN), levels(key, made)) == ([HUANGLOU], []), "not twice at one post"
        until(clock_now)
    Post.grant(who("volunteer"), Role.COMMUNITY, WANTONG, by=who("gulou"))
    db.session.flush()
    assert levels("disputes", dispute(clock.now()), Part.OWN) == [HUANGLOU]


def test_requests_of_a_merged_community_are_its_successors(app):
    there, baiyun = ask(cast.baiyun_code()), cast.baiyun_code()
    db.session.get_one(Region, baiyun).merge(WANTONG, by=who("city"))
    db.session.commit()
    assert heir(baiyun) == WANTONG
    assert levels("help", there, Part.OWN) == [WANTONG]
    until(add_working_days(there.accept_due - timedelta(microseconds=1), 2))
    assert levels("help", there) == [HUANGLOU]


def test_feedback_is_asked_for_until_it_is_published_and_not_of_long_ago(app):
    now = clock.now()
    kind = BY_KEY["feedback"]
    old, drafted, done, off = (
        cast.make_activity(starts_at=now - timedelta(days=days), status=status)
        for days, status in ((366, "completed"), (20, "completed"), (20, "published"), (20, "cancelled"))
    )
    told = [Feedback.draft(activity, "活动情况", "大家都来了。", [], by=None) for activity in (drafted, done)]
    told[1].publish(by=None)
    assert found(kind, Part.OWN, WANTONG) == {drafted.id}
    assert {old.id, done.id, off.id}.isdisjoint(found(kind, Part.ALL, CITY))
    told[1].withdraw(by=None, reason="数字有误")
    assert found(kind, Part.OWN, WANTONG) == {drafted.id, done.id}


def test_the_desk_shows_what_is_overdue_first_and_of_no_kind_too_much(app):
    late = [bring(S.ACCEPTED) for _ in range(5)]
    until(late[0].arrange_due)
    fresh = [apply(cast.make_user(f"new{n}"), id_card=card(n)) for n in range(4)]
    scopes = {kind.key: db.select(kind.model) for kind in KINDS}
    mine = desk(lambda: scopes, KINDS, WANTONG, ())
    assert [(line.kind.key, line.overdue) for line in mine.lines[Part.OWN]] == [("help", True)] * 3 + [
        ("applications", False)
    ] * 3
    counts = {duty.kind.key: (duty.count, duty.late) for duty in mine.duties[Part.OWN] if duty.count}
    assert counts == {"help": (5, 5), "applications": (len(fresh), 0)}
    assert mine.count(Part.OWN) == 9
    assert mine.by_list()["office.help"] == 5 and mine.duties[Part.RISEN] == []


@pytest.mark.sqlite_only
def test_each_part_of_each_kind_has_a_word_of_its_own_in_addresses(app):
    words = [todo(kind, part) for kind in KINDS for part in Part]
    assert len(set(words)) == len(words) and "help" in words and "help-risen" in words


def test_as_much_as_is_ones_own_waits_in_all_and_is_not_counted_again(app, monkeypatch):
    """In a quarter without posts of its own whatever waits is the subdistrict's own."""
    monkeypatch.setattr("app.models.pages.desk.CAP", 3)
    db.session.execute(db.delete(Post).where(Post.region_code == WANTONG))
    db.session.commit()

    def counted(day):  # the statements of a day are kept, and so is CAP in them
        scopes = {kind.key: db.select(kind.model) for kind in KINDS}
        duties = desk(lambda: scopes, KINDS, HUANGLOU, ("test", day)).duties
        return {part: next(duty.count for duty in duties[part] if duty.kind.key == "help") for part in Part}

    for asked, own in ((0, 0), (2, 2), (2, 3)):
        for _ in range(asked):
            ask()
        db.session.commit()
        assert counted(own) == {Part.OWN: own, Part.RISEN: 0, Part.ALL: own}
    monkeypatch.setattr("app.models.pages.desk.CAP", 9)
    assert counted("more") == {Part.OWN: 4, Part.RISEN: 0, Part.ALL: 4}


def test_what_waits_of_activities_is_in_the_phases_in_which_the_list_counts_it(app):
    rows = one_of_each()
    over = cast.make_activity(starts_at=clock.now() - timedelta(days=30))
    over.ends_at = clock.now() - timedelta(days=29)
    db.session.commit()
    waiting = {"confirm": [rows["confirm"], over], "feedback": [rows["feedback"], over]}
    for key, some in waiting.items():
        assert {row.id for row in some} <= found(BY_KEY[key], Part.ALL, CITY)
        assert {row.phase() for row in some} == set(WAITS_IN[key])
