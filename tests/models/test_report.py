"""志愿者上报: who may write, its states, the author's words beside those of staff, pinning, a plan that becomes a draft."""

from contextlib import nullcontext
from datetime import timedelta

import pytest

from app import clock, reads
from app.db import db
from app.freshness import forget
from app.models import Activity, Message, Picture, Report
from app.models.activity import ActivityStatus
from app.models.history import history_of
from app.models.pages import quickest, state_counts
from app.models.report import ReportKind, ReportStatus, Words, took_part
from app.models.reports.lists import counts, newest, says
from app.models.signup import Attendance, SignUp
from app.models.stateful import Stale
from app.refusal import Invalid, Refused
from tests import cast
from tests.reports import BODY, TITLE, reported, words
from tests.support import photos
from tests.support.together import together

S = ReportStatus


def titles_told(username="volunteer"):
    """The titles of the messages this person has, oldest first."""
    mine = db.select(Message.title).where(Message.user_id == cast.who(username).id).order_by(Message.id)
    return list(db.session.scalars(mine))


def test_only_a_living_volunteer_writes(app):
    for username in ("member", "wantong"):
        with pytest.raises(Refused, match="成为志愿者以后"):
            Report.draft(words(), [], by=cast.who(username))
    report = reported(S.DRAFT)
    volunteer = cast.volunteer_of("volunteer")
    volunteer.leave(by=cast.who("volunteer"))
    with pytest.raises(Refused, match="成为志愿者以后"):
        report.submit(by=cast.who("volunteer"))
    assert report.status is S.DRAFT


def test_a_draft_may_be_incomplete_but_is_not_handed_in_so(app):
    report = Report.draft(words(title="", body=""), [], by=cast.who("volunteer"))
    for field, changes in {"title": {"title": " "}, "body": {"body": "太短"}}.items():
        report.save(words(**changes), [], report.version, by=cast.who("volunteer"))
        with pytest.raises(Invalid) as wrong:
            report.submit(by=cast.who("volunteer"))
        assert wrong.value.field == field and report.status is S.DRAFT and report.submitted_at is None


def test_it_belongs_to_the_community_that_the_author_serves_when_it_is_sent(app):
    report = reported(S.DRAFT)
    volunteer = cast.volunteer_of("volunteer")
    volunteer.locate(cast.baiyun_code())
    report.submit(by=cast.who("volunteer"))
    assert report.community_code == cast.baiyun_code() and report.submitted_at is not None
    report.send_back(by=cast.who("baiyun"), reason="写具体些")
    volunteer.locate(cast.WANTONG)
    report.submit(by=cast.who("volunteer"))
    assert report.community_code == cast.WANTONG


def verbs(report):
    """Every verb, by name."""
    staff, author = cast.who("gulou"), cast.who("volunteer")
    return {
        "save": lambda: report.save(words(title="换一个标题"), [], report.version, by=author),
        "submit": lambda: report.submit(by=author),
        "publish": lambda: report.publish(by=staff),
        "send_back": lambda: report.send_back(by=staff, reason="写具体些"),
        "not_use": lambda: report.not_use(by=staff, reason="与志愿服务无关"),
        "withdraw": lambda: report.withdraw(by=staff, reason="照片里有门牌"),
        "edit_by_staff": lambda: report.edit_by_staff("社区改的标题", BODY, report.version, by=staff),
        "pin": lambda: report.pin(by=staff),
        "plan": lambda: report.plan_to_activity(by=staff),
    }


POSSIBLE = {
    S.DRAFT: {"save": S.DRAFT, "submit": S.PENDING},
    S.RETURNED: {"save": S.RETURNED, "submit": S.PENDING},
    S.PENDING: {
        "publish": S.PUBLISHED,
        "send_back": S.RETURNED,
        "not_use": S.UNUSED,
        "edit_by_staff": S.PENDING,
        "plan": S.PENDING,
    },
    S.PUBLISHED: {"withdraw": S.WITHDRAWN, "edit_by_staff": S.PUBLISHED, "pin": S.PUBLISHED, "plan": S.PUBLISHED},
    S.UNUSED: {},
    S.WITHDRAWN: {},
}


@pytest.mark.sqlite_only
@pytest.mark.parametrize("status", list(S))
def test_every_verb_from_every_state(app, status):
    for name in verbs(None):
        report = reported(status, kind=ReportKind.PLAN)
        lines = len(history_of(report))
        if name in POSSIBLE[status]:
            verbs(report)[name]()
            assert report.status is POSSIBLE[status][name], name
            assert len(history_of(report)) == lines + 1, name
        else:
            with pytest.raises(Refused):
                verbs(report)[name]()
            assert report.status is status and len(history_of(report)) == lines, name


def test_the_author_hears_of_each_decision_and_reads_why(app):
    reported(S.PUBLISHED)
    reported(S.RETURNED)
    reported(S.UNUSED)
    withdrawn = reported(S.WITHDRAWN)
    told = titles_told()
    assert told == ["您的上报已发布", "您的上报需要修改", "您的上报这次没有采用", "您的上报已发布", "您的上报已撤下"]
    newest = db.select(Message).where(Message.user_id == withdrawn.user_id).order_by(Message.id.desc()).limit(1)
    last = db.session.scalars(newest).one()
    assert "照片里有门牌" in last.body and last.path == f"/member/reports/{withdrawn.id}"
    line = history_of(withdrawn)[-1]
    assert (line.actor.name, line.actor_role, line.note.text) == ("顾楠", "district", "照片里有门牌")


def test_reasons_are_demanded_and_nothing_is_told_without_one(app):
    for status, verb in ((S.PENDING, "send_back"), (S.PENDING, "not_use"), (S.PUBLISHED, "withdraw")):
        report = reported(status)
        told = titles_told()
        for reason in ("", "  ", "长" * 501):
            with pytest.raises(Invalid) as wrong:
                getattr(report, verb)(by=cast.who("wantong"), reason=reason)
            assert wrong.value.field == "reason" and report.status is status
        assert titles_told() == told


def test_nobody_decides_on_their_own_report_nor_on_a_colleagues(app):
    cast.make_volunteer(cast.who("wantong"))
    report = reported(S.PENDING, by="wantong")
    for username, said in (("wantong", "您本人"), ("wantong2", "同一岗位同事")):
        staff = cast.who(username)
        for verb in (
            lambda: report.publish(by=staff),  # noqa: B023  (called at once)
            lambda: report.not_use(by=staff, reason="不用"),  # noqa: B023
            lambda: report.edit_by_staff("改过的", BODY, report.version, by=staff),  # noqa: B023
        ):
            with pytest.raises(Refused, match=said):
                verb()
    report.publish(by=cast.who("huanglou"))
    report.withdraw(by=cast.who("wantong"), reason="我想再改改")
    assert report.status is S.WITHDRAWN


def test_the_authors_words_are_kept_beside_those_of_staff(app):
    report = reported(S.PENDING)
    report.edit_by_staff("第一次改", BODY, report.version, by=cast.who("wantong"))
    report.edit_by_staff("第二次改", BODY + "好。", report.version, by=cast.who("gulou"))
    assert (report.title, report.own_title, report.own_body) == ("第二次改", TITLE, BODY)
    with pytest.raises(Stale):
        report.edit_by_staff("晚了一步", BODY, report.version - 1, by=cast.who("wantong"))
    report.send_back(by=cast.who("wantong"), reason="请看看改得对不对")
    report.save(words(title="我自己再改"), [], report.version, by=cast.who("volunteer"))
    assert (report.title, report.own_title, report.own_body) == ("我自己再改", None, None)
    saved = reported(S.PENDING)
    saved.edit_by_staff(TITLE, BODY, saved.version, by=cast.who("wantong"))
    assert saved.own_body is None, "nothing was changed"


def test_the_second_save_of_two_is_refused_and_pictures_count_as_a_change(app):
    report, author = reported(S.DRAFT), cast.who("volunteer")
    seen, picture = report.version, Picture.keep(photos.photo(), by=author)
    report.save(words(), [(picture, "理发的现场")], seen, by=author)
    with pytest.raises(Stale):
        report.save(words(title="另一个窗口"), [], seen, by=author)
    assert Picture.of(report) == [picture] and report.title == TITLE


def test_district_and_city_pin_what_is_published(app):
    report = reported(S.PUBLISHED)
    for username in ("wantong", "huanglou"):
        with pytest.raises(Refused, match="只有区县和市级"):
            report.pin(by=cast.who(username))
    report.pin(by=cast.who("gulou"))
    report.pin(by=cast.who("city"))
    assert [line.action for line in history_of(report)].count("pin") == 1
    report.unpin(by=cast.who("city"))
    assert report.pinned_at is None
    report.pin(by=cast.who("city"))
    report.withdraw(by=cast.who("wantong"), reason="有误")
    assert report.pinned_at is None and newest(4) == []


def test_the_column_shows_two_that_are_pinned_and_then_the_newest(app):
    made = []
    for number in range(6):
        clock.move(timedelta(minutes=number))
        made.append(reported(S.PUBLISHED, title=f"第{number}篇"))
    for report in made[:3]:
        clock.move(clock.now() - clock.now() + timedelta(hours=1, minutes=made.index(report)))
        report.pin(by=cast.who("city"))
    reported(S.PENDING)
    assert [row.title for row in newest(4)] == ["第2篇", "第1篇", "第5篇", "第4篇"]
    assert {row.author for row in newest(9)} == {"李静"} and len(newest(9)) == 6


def test_a_plan_becomes_one_draft_however_often_it_is_asked(app):
    plan = reported(S.PENDING, kind=ReportKind.PLAN)
    draft = plan.plan_to_activity(by=cast.who("wantong"))
    assert draft.status is ActivityStatus.DRAFT and (draft.title, draft.description) == (TITLE, BODY)
    assert draft.community_code == cast.WANTONG and draft.starts_at > clock.now()
    assert plan.planned_id == draft.id and TITLE in history_of(draft)[-1].note.text
    plan.publish(by=cast.who("wantong"))
    plan.withdraw(by=cast.who("wantong"), reason="有误")
    assert plan.plan_to_activity(by=cast.who("gulou")) is draft
    with pytest.raises(Refused, match="只有“活动计划”"):
        reported(S.PENDING).plan_to_activity(by=cast.who("wantong"))


def test_two_who_take_a_plan_at_once_get_the_same_draft(app):
    id = reported(S.PENDING, kind=ReportKind.PLAN).id

    def take():
        return db.session.get(Report, id).plan_to_activity(by=cast.who("wantong")).id

    assert len(set(together(app, [take, take, take]))) == 1
    assert db.session.scalar(db.select(db.func.count()).select_from(Activity)) == 1


def test_it_is_linked_to_an_activity_that_the_author_was_at(app):
    author, volunteer = cast.who("volunteer"), cast.volunteer_of("volunteer")
    over = {"starts_at": clock.now() - timedelta(hours=3), "ends_at": clock.now() - timedelta(hours=1)}
    was, missed, coming, foreign = (
        cast.make_activity(**over),
        cast.make_activity(**over),
        cast.make_activity(),
        cast.make_activity(**over),
    )
    from tests.demonstration import signed_up

    for activity in (was, missed, coming):
        db.session.add(signed_up(activity, volunteer))
    db.session.flush()
    db.session.scalars(db.select(SignUp).where(SignUp.activity_id == missed.id)).one().attendance = Attendance.ABSENT
    db.session.flush()
    assert db.session.scalars(took_part(author.id)).all() == [was]
    report = Report.draft(words(activity_id=was.id), [], by=author)
    for other in (missed, coming, foreign):
        with pytest.raises(Invalid) as wrong:
            report.save(words(activity_id=other.id), [], report.version, by=author)
        assert wrong.value.field == "activity"
    db.session.scalars(db.select(SignUp).where(SignUp.activity_id == was.id)).one().attendance = Attendance.ABSENT
    report.save(words(activity_id=was.id, title="关联还在"), [], report.version, by=author)
    assert report.title == "关联还在" and isinstance(words(), Words)


@pytest.mark.both
@pytest.mark.parametrize("way", ["looked up", "gathered in a short list", "walked along"])
def test_states_are_counted_alike_whether_each_hit_is_looked_up_or_gathered_or_each_state_walked_along(
    app, monkeypatch, way
):
    for status, times in ((S.PENDING, 2), (S.PUBLISHED, 3), (S.UNUSED, 1)):
        for _ in range(times):
            reported(status)
            reported(status, title="文艺演出的一天", body="河边的演出，来了很多人。")
    db.session.commit()
    for typed in ("", "理发", "手", "万通", "理发 社区", "李", "龘"):
        with monkeypatch.context() as patch:
            found, every = counted_by(way, typed, patch)
        assert found == {status: every.count(status) for status in S}, typed
        assert sum(found.values()) == {"": 12, "理发": 6, "手": 6, "龘": 0}.get(typed, sum(found.values()))


def counted_by(way, typed, patch):
    """How many reports of each state have these words, counted in this way; and the states of them all, read one by one."""
    forget()
    none = {"sqlite": -1, "postgresql": -1}
    if way == "walked along":
        patch.setattr(quickest, "MOST", -1)
        patch.setattr(quickest, "COUNTED", none)
    with reads.along(lambda: 1) if way == "gathered in a short list" else nullcontext():
        patch.setattr(quickest, "EASY", 0)
        found = counts(lambda: db.select(Report).where(*says(typed, author=True)))
    patch.setattr(quickest, "MOST", -1)
    patch.setattr(quickest, "COUNTED", none)
    return found, list(db.session.scalars(db.select(Report.status).where(*says(typed, author=True))))


@pytest.mark.both
def test_no_state_counts_above_the_cap_however_its_hits_are_found(app, monkeypatch):
    for _ in range(3):
        reported(S.PENDING)
    monkeypatch.setattr(state_counts, "CAP", 2)
    assert counts(lambda: db.select(Report).where(*says("理发", author=True)))[S.PENDING] == 2
