"""What units keep: the dated headcount with its history, and disputes over who belongs to them."""

from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import Headcount, HelpRequest, Message, ServiceRecord
from app.models.application import Application
from app.models.headcount import headcount_on, headcount_story
from app.models.history import history_of
from app.models.pages import quickest
from app.models.post import Post, Role
from app.models.stateful import TransitionError
from app.models.unit_dispute import DisputeStatus, UnitDispute, open_dispute
from app.models.units import disputes
from app.models.work_unit import WorkUnit
from app.refusal import Invalid, Refused
from tests import cast
from tests.applicants import apply, card
from tests.cast import told
from tests.helps import A as Assigned
from tests.helps import assignment, close
from tests.support.together import together

D = DisputeStatus


def on(days):
    return clock.today() + timedelta(days=days)


def unit():
    return cast.who("unit").post.unit_id


def entered(days=0, number=100):
    return Headcount.enter(unit(), on(days), number, by=cast.who("unit"))


def put(who="volunteer", reason="名册里没有这个人", by="unit"):
    return UnitDispute.put(cast.volunteer_of(who), reason, by=cast.who(by))


# --- headcount


def test_the_number_of_a_day_is_the_last_one_entered_by_then(app):
    entered(-300, 120), entered(-100, 131), entered(0, 0)
    days = (-301, -300, -101, -100, -1, 0, 5)
    assert [headcount_on(unit(), on(n)) for n in days] == [None, 120, 120, 131, 131, 0, 0]
    other = cast.who("unit2").post.unit_id
    assert headcount_on(other, on(0)) is None and Headcount.enter(other, on(0), 7, by=None)


def test_wrong_entries_are_refused_put_right_and_taken_out_and_history_keeps_them(app):
    by = cast.who("unit")
    first = entered(-10, 120)
    for days, number, field in ((1, 5, "day"), (0, -1, "number"), (0, 10**7, "number"), (-10, 5, "day")):
        with pytest.raises(Invalid) as wrong:
            entered(days, number)
        assert wrong.value.field == field
    second = entered(-5, 130)
    with pytest.raises(Invalid, match="已经有一条"):
        second.correct(on(-10), 130, by=by)
    second.correct(on(-5), 130, by=by)  # nothing new: no line
    second.correct(on(-4), 113, by=by)
    with pytest.raises(Invalid):
        first.remove(by=by, reason=" ")
    first.remove(by=by, reason="登记到别的单位了")
    assert [headcount_on(unit(), on(n)) for n in (-5, -4)] == [None, 113]
    lines = headcount_story(unit())
    assert [line.action for line in lines] == ["headcount", "headcount", "headcount-correct", "headcount-remove"]
    assert "130 人 → " in lines[2].note.text and "120 人。登记到别的单位了" in lines[3].note.text
    assert all((line.actor_role, line.actor_place) == ("unit", f"unit:{unit()}") for line in lines)


# --- disputes


def test_a_unit_disputes_its_own_people_for_a_reason_once(app):
    for reason in ("", " ", "长" * 501):
        with pytest.raises(Invalid):
            put(reason=reason)
    for who, by, said in (
        ("third", "unit", "由志愿者所填的工作单位"),
        ("second", "unit", "由志愿者所填"),
        ("volunteer", "wantong", "由志愿者所填"),
    ):
        with pytest.raises(Refused, match=said):
            put(who, by=by)
    dispute = put()
    assert dispute.status is D.OPEN and open_dispute(cast.volunteer_of("volunteer")) is dispute
    assert dispute.volunteer_community_code == cast.WANTONG
    with pytest.raises(Refused, match="已有一件"):
        put()
    assert told("volunteer") == ["工作单位对您的归属提出异议"] and told("wantong") == ["有单位提出归属异议"]
    assert not told("baiyun") and not told("huanglou")
    cast.volunteer_of("guest").leave(by=cast.who("guest"))
    with pytest.raises(Refused, match="已经注销"):
        put("guest")


def test_two_who_dispute_at_once_make_one(app):
    results = together(app, [lambda: put().id] * 3)
    assert sorted(isinstance(one, int) for one in results) == [False, False, True], results


def test_upheld_the_person_has_no_unit_from_now_on_and_the_past_keeps_it(app):
    done = assignment(Assigned.DONE)
    close(db.session.get_one(HelpRequest, done.request_id))
    record = db.session.scalars(db.select(ServiceRecord)).one()
    assert record.unit_id == unit()
    dispute = put()
    dispute.uphold(by=cast.who("wantong"))
    volunteer = cast.volunteer_of("volunteer")
    assert (dispute.status, volunteer.unit_id, volunteer.unit_other) == (D.UPHELD, None, "")
    assert dispute.decided_at is not None and record.unit_id == unit()
    assert history_of(volunteer)[-1].note.text == "工作单位：徐州市第一测试中学 → 无单位（归属异议成立）"
    assert told("volunteer")[-1] == "单位的异议成立" and told("unit")[-1] == "归属异议成立"
    assert open_dispute(volunteer) is None


def test_rejected_and_withdrawn_leave_the_person_where_they_are(app):
    dispute = put()
    with pytest.raises(Invalid):
        dispute.reject(by=cast.who("wantong"), reason="")
    dispute.reject(by=cast.who("huanglou"), reason="看过工作证")
    again = put()
    again.withdraw(by=cast.who("unit"))
    assert (dispute.status, again.status) == (D.REJECTED, D.WITHDRAWN)
    assert cast.volunteer_of("volunteer").unit_id == unit()
    assert told("unit") == ["归属异议不成立"] and told("wantong")[-1] == "归属异议已撤回"
    assert [line.to_state for line in history_of(dispute)] == ["open", "rejected"]


VERBS = {
    "uphold": lambda one, who: one.uphold(by=cast.who(who)),
    "reject": lambda one, who: one.reject(by=cast.who(who), reason="看过工作证"),
    "withdraw": lambda one, who: one.withdraw(by=cast.who(who)),
}
DECIDES = {"uphold": "wantong", "reject": "wantong", "withdraw": "unit"}


@pytest.mark.sqlite_only
def test_every_verb_from_every_state_and_from_the_wrong_side(app):
    for verb, act in VERBS.items():
        for state in D:
            with db.session.begin_nested() as attempt:
                dispute = put()
                if state is not D.OPEN:
                    other = {D.UPHELD: "uphold", D.REJECTED: "reject", D.WITHDRAWN: "withdraw"}[state]
                    VERBS[other](dispute, DECIDES[other])
                    with pytest.raises(TransitionError):
                        act(dispute, DECIDES[verb])
                else:
                    with pytest.raises(Refused, match=r"社区核实|单位可以撤回"):
                        act(dispute, "unit" if DECIDES[verb] == "wantong" else "wantong")
                    act(dispute, DECIDES[verb])
                attempt.rollback()
            db.session.expire_all()
    assert {(D.OPEN, to) for to in D if to is not D.OPEN} == {(D.OPEN, to) for to in UnitDispute.MOVES[D.OPEN]}


def test_nobody_decides_on_themselves_or_a_colleague(app):
    Post.grant(cast.who("volunteer"), Role.COMMUNITY, cast.WANTONG, by=cast.who("gulou"))
    dispute = put()
    for who in ("volunteer", "wantong"):
        with pytest.raises(Refused, match="上一级"):
            dispute.uphold(by=cast.who(who))
    dispute.uphold(by=cast.who("huanglou"))


def test_what_is_open_ends_when_the_person_leaves(app):
    volunteer, other = cast.volunteer_of("volunteer"), cast.volunteer_of("third")
    gone = UnitDispute.put(volunteer, "已调走", by=cast.who("unit"))
    stays = UnitDispute.put(other, "不是本单位的", by=cast.who("unit2"))
    before = db.session.scalar(db.select(db.func.count()).select_from(Message))
    volunteer.leave(by=cast.who("volunteer"))
    assert (gone.status, stays.status) == (DisputeStatus.WITHDRAWN, DisputeStatus.OPEN)
    told = db.session.scalars(db.select(Message.user_id).where(Message.title == "归属异议不用再核实")).all()
    assert sorted(told) == sorted(cast.who(name).id for name in ("unit", "wantong", "wantong2"))
    assert db.session.scalar(db.select(db.func.count()).select_from(Message)) == before + 3
    with pytest.raises(TransitionError):
        gone.uphold(by=cast.who("wantong"))


def test_what_is_open_follows_the_person_to_the_new_community(app):
    dispute = put()
    application = moved(unit_id=unit(), unit_other="")
    db.session.refresh(dispute)
    assert (dispute.volunteer_community_code, dispute.status) == (cast.baiyun_code(), D.OPEN)
    assert "归属异议不用再核实" not in told("unit") and application.before["settled"] == []


def moved(**unit_of):
    """The volunteer's application to 白云社区, approved there."""
    application: Application = apply("volunteer", id_card=card(7), community=cast.baiyun_code(), **unit_of)
    application.approve(by=cast.who("baiyun"))
    db.session.commit()
    return application


@pytest.mark.parametrize("named", ["another unit of the list", "typed"])
def test_an_application_that_changes_the_unit_settles_the_dispute(app, named):
    dispute = put()
    before = {who: told(who) for who in ("volunteer", "unit", "wantong")}
    other = {"unit_id": cast.who("unit2").post.unit_id, "unit_other": ""} if named != "typed" else {}
    moved(**other)
    db.session.refresh(dispute)
    assert (dispute.status, dispute.volunteer_community_code) == (D.WITHDRAWN, cast.WANTONG)
    line = history_of(dispute)[-1]
    assert (line.action, line.from_state, line.to_state) == ("settle", "open", "withdrawn")
    assert line.note.text == "这位志愿者已变更工作单位。"
    assert told("unit") == [*before["unit"], "归属异议不用再核实"]
    assert told("wantong") == [*before["wantong"], "归属异议不用再核实"]
    assert sorted(told("volunteer")[len(before["volunteer"]) :])[0] == "工作单位的异议不用再核实"
    with pytest.raises(TransitionError):
        dispute.uphold(by=cast.who("wantong"))
    assert open_dispute(cast.volunteer_of("volunteer")) is None


def test_approval_and_uphold_at_once_leave_no_open_dispute(app):
    dispute = put().id
    application = apply("volunteer", id_card=card(7), community=cast.baiyun_code()).id
    db.session.commit()
    ways = [
        lambda: db.session.get_one(Application, application).approve(by=cast.who("baiyun")),
        lambda: db.session.get_one(UnitDispute, dispute).uphold(by=cast.who("wantong")),
    ]
    results = together(app, ways)
    assert all(one is None or isinstance(one, TransitionError) for one in results), results
    assert results[0] is None, "the change of unit comes through"
    assert db.session.get_one(UnitDispute, dispute).status is (D.UPHELD if results[1] is None else D.WITHDRAWN)
    assert cast.volunteer_of("volunteer").unit_other == "徐州某学校"


def test_an_undone_approval_lets_the_dispute_wait_again_and_nobody_saw_its_end(app):
    dispute = put()
    before = {who: told(who) for who in ("volunteer", "unit", "wantong")}
    application = moved()
    seen = db.select(Message.title).where(Message.visible_at <= clock.now(), Message.title.contains("不用再核实"))
    assert not db.session.scalars(seen).all(), "the approval may be undone"
    application.undo(by=cast.who("baiyun"))
    db.session.refresh(dispute)
    assert (dispute.status, dispute.volunteer_community_code) == (D.OPEN, cast.WANTONG)
    assert [line.action for line in history_of(dispute)] == ["put", "settle", "unsettle"]
    assert {who: told(who) for who in before} == before
    dispute.uphold(by=cast.who("wantong"))
    assert cast.volunteer_of("volunteer").unit_id is None


@pytest.mark.both
@pytest.mark.parametrize("most", [20_000, -1])
@pytest.mark.parametrize("words, number", [("李", 1), ("李静", 1), ("测试中学", 1), ("龘", 0), ("", 1)])
def test_disputes_are_counted_alike_whether_people_are_gathered_or_looked_at_one_by_one(
    app, monkeypatch, words, number, most
):
    put().withdraw(by=cast.who("unit"))
    put(reason="还是没有")
    monkeypatch.setattr(quickest, "MOST", most)
    counted = disputes.counts(lambda: db.select(UnitDispute).where(*disputes.about(words)))
    assert counted == {**dict.fromkeys(D, 0), D.OPEN: number, D.WITHDRAWN: number}


def test_of_two_disputes_that_a_merger_brings_together_one_ends_with_a_word(app):
    """Left from before a change of unit settled them: one person, disputed by both units."""
    put()
    heir = cast.who("unit2").post.unit_id
    older = UnitDispute(volunteer_id=cast.volunteer_of("volunteer").id, unit_id=heir, reason="不是本单位的")
    older.stand_in(cast.WANTONG)
    db.session.add(older)
    db.session.commit()
    db.session.get_one(WorkUnit, unit()).merge(heir, by=cast.who("city"), keep_posts=True)
    ended = db.session.scalars(db.select(UnitDispute).where(UnitDispute.status == D.WITHDRAWN)).one()
    assert ended.id != older.id and "异议还在核实" in history_of(ended)[-1].note.text
    assert told("wantong")[-1] == "归属异议不用再核实"
