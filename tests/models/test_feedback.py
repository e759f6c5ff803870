"""活动反馈: when it may be written, its states, its versions, its pictures."""

from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import Feedback, Picture
from app.models.activity import ActivityStatus
from app.models.feedback import FeedbackStatus, why_not
from app.models.history import history_of
from app.models.recount import told
from app.models.stateful import Stale, TransitionError
from app.refusal import Invalid, Refused
from tests import cast
from tests.support import photos
from tests.support.together import together

WORDS = ("为老人理发", "大家都来了，忙了一上午。")
EARLY = timedelta(minutes=60)


def held(**facts):
    """An activity whose attendance is open."""
    facts.setdefault("starts_at", clock.now() + timedelta(minutes=30))
    return cast.make_activity(**facts)


def written(status=FeedbackStatus.DRAFT, **facts):
    """A feedback in that state."""
    by = cast.who("wantong")
    feedback = Feedback.draft(held(**facts), *WORDS, [], by=by)
    if status is not FeedbackStatus.DRAFT:
        feedback.publish(by=by)
    if status is FeedbackStatus.WITHDRAWN:
        feedback.withdraw(by=by, reason="照片里有居民的脸")
    return feedback


def test_it_opens_with_attendance(app):
    activity = cast.make_activity()
    start = activity.starts_at
    clock.move(start - EARLY - clock.now() - timedelta(seconds=5))
    assert "活动开始前 60 分钟起才能写反馈" in why_not(activity)
    with pytest.raises(Refused, match="60 分钟"):
        Feedback.draft(activity, *WORDS, [], by=cast.who("wantong"))
    clock.move(timedelta(0))
    clock.move(start - EARLY - clock.now() + timedelta(seconds=5))
    assert why_not(activity) == ""
    assert Feedback.draft(activity, *WORDS, [], by=cast.who("wantong")).community_code == cast.WANTONG


@pytest.mark.parametrize("status", list(ActivityStatus))
def test_only_a_published_or_completed_activity_has_feedback(app, status):
    activity = held(status=status)
    if status in (ActivityStatus.PUBLISHED, ActivityStatus.COMPLETED):
        assert Feedback.draft(activity, *WORDS, [], by=None).status is FeedbackStatus.DRAFT
    else:
        with pytest.raises(Refused, match="不能写反馈"):
            Feedback.draft(activity, *WORDS, [], by=None)


def test_an_activity_has_one_that_is_not_withdrawn(app):
    first = written(FeedbackStatus.PUBLISHED)
    activity = db.session.get(cast.Activity, first.activity_id)
    with pytest.raises(Refused, match="已经有一篇"):
        Feedback.draft(activity, *WORDS, [], by=None)
    first.withdraw(by=cast.who("gulou"), reason="数字有误")
    assert Feedback.current(activity) is None and Feedback.latest(activity) is first
    second = Feedback.draft(activity, *WORDS, [], by=None)
    assert Feedback.current(activity) is second


@pytest.mark.both
@pytest.mark.parametrize("status", list(FeedbackStatus))
def test_the_activity_knows_what_is_public_of_it(app, status):
    feedback = written(status)
    activity = db.session.get(cast.Activity, feedback.activity_id)
    version = activity.version
    db.session.expire_all()
    public = feedback.published_at if status is FeedbackStatus.PUBLISHED else None
    assert activity.told_at == public and activity.version == version and not told()
    if public:
        feedback.withdraw(by=None, reason="有误")
        again = Feedback.draft(activity, *WORDS, [], by=None)
        again.publish(by=None)
        db.session.expire_all()
        assert activity.told_at == again.published_at > public and not told()


def test_two_who_begin_at_once_do_not_make_two(app):
    id = held().id

    def begin():
        return Feedback.draft(db.session.get(cast.Activity, id), *WORDS, [], by=None).id

    results = together(app, [begin, begin, begin])
    assert sorted(isinstance(result, int) for result in results) == [False, False, True]
    assert all(isinstance(result, (int, Refused)) for result in results)


VERBS = {
    "publish": lambda feedback: feedback.publish(by=None),
    "withdraw": lambda feedback: feedback.withdraw(by=None, reason="有误"),
    "edit": lambda feedback: feedback.edit("新的标题", "新的内容，写得更清楚。", [], feedback.version, by=None),
}
POSSIBLE = {
    (FeedbackStatus.DRAFT, "publish"): FeedbackStatus.PUBLISHED,
    (FeedbackStatus.DRAFT, "edit"): FeedbackStatus.DRAFT,
    (FeedbackStatus.PUBLISHED, "withdraw"): FeedbackStatus.WITHDRAWN,
    (FeedbackStatus.PUBLISHED, "edit"): FeedbackStatus.PUBLISHED,
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", list(FeedbackStatus))
def test_every_verb_from_every_state(app, status, verb):
    feedback = written(status)
    lines = len(history_of(feedback))
    if (status, verb) in POSSIBLE:
        VERBS[verb](feedback)
        assert feedback.status is POSSIBLE[status, verb] and len(history_of(feedback)) == lines + 1
    else:
        with pytest.raises(TransitionError):
            VERBS[verb](feedback)
        assert feedback.status is status and len(history_of(feedback)) == lines


@pytest.mark.parametrize("came", list(FeedbackStatus))
@pytest.mark.parametrize("to", list(FeedbackStatus))
def test_every_pair_of_states(app, came, to):
    feedback = written(came)
    if to in Feedback.MOVES[came]:
        feedback.move(to, by=None, reason="有误")
        assert feedback.status is to
    else:
        with pytest.raises(TransitionError):
            feedback.move(to, by=None, reason="有误")


@pytest.mark.parametrize("reason", ["", "   ", "长" * 501])
def test_withdrawing_demands_a_reason(app, reason):
    feedback = written(FeedbackStatus.PUBLISHED)
    with pytest.raises(Invalid) as wrong:
        feedback.withdraw(by=cast.who("wantong"), reason=reason)
    assert wrong.value.field == "reason" and feedback.status is FeedbackStatus.PUBLISHED


def test_the_history_says_who_withdrew_it_and_why(app):
    feedback = written(FeedbackStatus.PUBLISHED)
    feedback.withdraw(by=cast.who("gulou"), reason="照片里有门牌号")
    last = history_of(feedback)[-1]
    assert (last.actor.name, last.actor_role, last.actor_place) == ("顾楠", "district", cast.GULOU)
    assert last.note.text == "照片里有门牌号"


def test_the_second_edit_of_two_is_refused(app):
    feedback = written()
    seen = feedback.version
    feedback.edit("第一位改的", "第一位写的内容在这里。", [], seen, by=cast.who("wantong"))
    with pytest.raises(Stale):
        feedback.edit("第二位改的", "第二位写的内容在这里。", [], seen, by=cast.who("wantong2"))
    assert feedback.title == "第一位改的"


def test_a_change_of_pictures_alone_makes_older_forms_stale(app):
    feedback = written()
    seen, picture = feedback.version, Picture.keep(photos.photo(), by=cast.who("wantong"))
    feedback.edit(*WORDS, [(picture, "理发的现场")], seen, by=cast.who("wantong"))
    assert feedback.version > seen
    with pytest.raises(Stale):
        feedback.edit(*WORDS, [], seen, by=cast.who("wantong2"))
    assert Picture.of(feedback) == [picture]


def test_saving_what_did_not_change_leaves_no_line(app):
    feedback = written()
    lines, seen = len(history_of(feedback)), feedback.version
    feedback.edit(*WORDS, [], seen, by=None)
    assert len(history_of(feedback)) == lines and feedback.version == seen


def test_the_text_is_paragraphs(app):
    feedback = written()
    feedback.body = "第一段。\r\n\r\n  第二段，有𠮷字和😀。\n"
    assert feedback.paragraphs == ["第一段。", "第二段，有𠮷字和😀。"]
