"""通知公告: its states, its moment, its versions."""

from datetime import timedelta

import pytest

from app import clock
from app.models.history import history_of
from app.models.notice import Notice, NoticePhase, NoticeStatus, latest
from app.models.stateful import Stale, TransitionError
from app.refusal import Invalid
from tests import cast

WORDS = ("关于推荐季度之星的通知", "请各社区在**月底前**推荐。", "市委组织部")
PH = NoticePhase


def notice(status=NoticeStatus.PUBLISHED, at=None, title=WORDS[0]):
    """A notice in that state."""
    made = Notice.draft(title, *WORDS[1:], at, by=cast.who("city"))
    if status is not NoticeStatus.DRAFT:
        made.publish(by=cast.who("city"))
    if status is NoticeStatus.WITHDRAWN:
        made.withdraw(by=cast.who("city"), reason="时间有误")
    return made


def test_a_scheduled_one_shows_nowhere_before_its_moment(app):
    moment = clock.now() + timedelta(hours=3)
    scheduled, shown = notice(at=moment), notice()
    notice(NoticeStatus.DRAFT)
    notice(NoticeStatus.WITHDRAWN)
    assert scheduled.phase is PH.SCHEDULED and [row.id for row in latest(9)] == [shown.id]
    clock.move(timedelta(hours=3, seconds=1))
    assert scheduled.phase is PH.SHOWN and [row.id for row in latest(9)] == [scheduled.id, shown.id]
    assert [row.id for row in latest(9, but=shown.id)] == [scheduled.id]


def test_a_draft_lies_until_it_is_published(app):
    draft = notice(NoticeStatus.DRAFT, at=clock.now() + timedelta(hours=1))
    clock.move(timedelta(hours=5))
    assert latest(9) == []
    draft.publish(by=None)
    assert draft.visible_at >= clock.now() - timedelta(seconds=9), "its date is that of its publishing"
    with pytest.raises(Invalid) as wrong:
        Notice.draft(*WORDS, clock.now() - timedelta(minutes=1), by=None)
    assert wrong.value.field == "visible_at"


VERBS = {
    "publish": lambda one: one.publish(by=None),
    "withdraw": lambda one: one.withdraw(by=None, reason="有误"),
    "edit": lambda one: one.edit("新的标题", "新的内容", "", None, one.version, by=None),
}
S = NoticeStatus
POSSIBLE = {
    (S.DRAFT, "publish"): S.PUBLISHED,
    (S.DRAFT, "edit"): S.DRAFT,
    (S.PUBLISHED, "withdraw"): S.WITHDRAWN,
    (S.PUBLISHED, "edit"): S.PUBLISHED,
}


def test_every_verb_from_every_state(app):
    for status in S:
        for name, verb in VERBS.items():
            one = notice(status)
            lines = len(history_of(one))
            if (status, name) in POSSIBLE:
                verb(one)
                assert one.status is POSSIBLE[status, name] and len(history_of(one)) == lines + 1
            else:
                with pytest.raises(TransitionError):
                    verb(one)
                assert one.status is status and len(history_of(one)) == lines
    for reason in ("", "  ", "长" * 501):
        with pytest.raises(Invalid):
            notice().withdraw(by=None, reason=reason)


def test_editing_keeps_the_moment_of_what_everybody_sees_and_refuses_an_older_form(app):
    shown, later = notice(), clock.now() + timedelta(days=1)
    seen, moment = shown.version, shown.visible_at
    shown.edit("改过的标题", *WORDS[1:], later, seen, by=cast.who("city"))
    assert shown.visible_at == moment and history_of(shown)[-1].note.text == "修改了内容"
    with pytest.raises(Stale):
        shown.edit("第二位改的", *WORDS[1:], None, seen, by=cast.who("city2"))
    scheduled = notice(at=later)
    scheduled.edit(*WORDS, None, scheduled.version, by=None)
    assert scheduled.phase is PH.SHOWN and history_of(scheduled)[-1].note.text == "修改了公开时间"
