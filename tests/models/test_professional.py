"""专业志愿者: checked by the city, shown only while the person agrees and the association stands."""

import pytest

from app.db import db
from app.models import Message, Professional, ProfessionalGroup
from app.models.displays.consent import CONSENT_WORDS
from app.models.displays.professionals import counted, first_of_each, for_home
from app.models.history import history_of
from app.models.professional import GroupStatus, ProfessionalStatus
from app.models.stateful import Stale, TransitionError
from app.refusal import Invalid, Refused
from tests import cast

S = ProfessionalStatus
FACTS = ("劳动争议", "示例律师事务所", "执业证，2026 年 3 月核验")


def group(name="市律师协会", position=1):
    return ProfessionalGroup.found(name, "律师党员志愿者。", "周二下午", position, by=cast.who("city"))


def member(of=None, username="volunteer", status=S.SHOWN):
    """A professional in that state."""
    made = Professional.add(of or group(), cast.volunteer_of(username), *FACTS, by=cast.who("city"))
    if status is S.SHOWN:
        made.agree(by=cast.who(username))
    elif status is S.DECLINED:
        made.decline(by=cast.who(username))
    elif status is S.REMOVED:
        made.remove(by=cast.who("city"), reason="执业证到期")
    return made


def test_only_who_agreed_is_shown(app):
    law, mind = group(), group("市心理学会", 0)
    shown = member(law)
    member(law, "second", S.ASKED)
    member(law, "third", S.DECLINED)
    first = member(mind, "guest")
    assert [(row.id, row.name) for row in for_home(9)] == [(first.id, "赵敏"), (shown.id, "李静")]
    assert [row.id for row in for_home(1)] == [first.id] and counted([law, mind]) == {law.id: 1, mind.id: 1}
    assert {one: [row.id for row in rows] for one, rows in first_of_each([law, mind], 5).items()} == {
        law.id: [shown.id], mind.id: [first.id],
    }  # fmt: skip
    shown.decline(by=cast.who("volunteer"))
    cast.volunteer_of("guest").leave(by=cast.who("guest"))
    assert for_home(9) == [] and shown.agreed_at is None


def test_the_first_of_an_association_and_their_number_leave_out_who_left(app):
    law, mind = group(), group("市心理学会", 2)
    first, then, last = (member(law, name) for name in ("volunteer", "second", "third"))
    other = member(mind, "guest")

    def shown(count):
        found = first_of_each([law, mind], count)
        return [row.id for row in for_home(count)], [row.id for row in found.get(law.id, [])], counted([law, mind])

    assert shown(2) == ([first.id, then.id], [first.id, then.id], {law.id: 3, mind.id: 1})
    cast.volunteer_of("volunteer").leave(by=cast.who("volunteer"))
    db.session.commit()
    assert shown(1) == ([then.id], [then.id], {law.id: 2, mind.id: 1})
    then.decline(by=cast.who("second"))
    db.session.commit()
    assert shown(2) == ([last.id, other.id], [last.id], {law.id: 1, mind.id: 1})
    law.close(by=cast.who("city"), reason="换届")
    db.session.commit()
    assert shown(2) == ([other.id], [], {mind.id: 1})


def test_nobody_agrees_for_another(app):
    asked = member(status=S.ASKED)
    for stranger in ("city", "second"):
        for verb in (asked.agree, asked.decline):
            with pytest.raises(Refused, match="本人"):
                verb(by=cast.who(stranger))
    assert asked.status is S.ASKED and asked.user_id == cast.who("volunteer").id


VERBS = {
    "agree": lambda one: one.agree(by=cast.who("volunteer")),
    "decline": lambda one: one.decline(by=cast.who("volunteer")),
    "remove": lambda one: one.remove(by=None, reason="执业证到期"),
    "edit": lambda one: one.edit("婚姻家庭", *FACTS[1:], one.version, by=None),
    "add": lambda one: Professional.add(
        db.session.get(ProfessionalGroup, one.group_id), cast.volunteer_of("volunteer"), *FACTS, by=None
    ),
}
POSSIBLE = {
    (S.ASKED, "agree"): S.SHOWN,
    (S.ASKED, "decline"): S.DECLINED,
    (S.ASKED, "remove"): S.REMOVED,
    (S.ASKED, "edit"): S.ASKED,
    (S.SHOWN, "decline"): S.DECLINED,
    (S.SHOWN, "remove"): S.REMOVED,
    (S.SHOWN, "edit"): S.SHOWN,
    (S.DECLINED, "add"): S.ASKED,
    (S.REMOVED, "add"): S.ASKED,
}


@pytest.mark.parametrize("status", list(S))
def test_every_verb_from_every_state(app, status):
    for number, (name, verb) in enumerate(VERBS.items()):
        one = member(group(f"协会{number}"), status=status)
        lines = len(history_of(one))
        if (status, name) in POSSIBLE:
            verb(one)
            assert one.status is POSSIBLE[status, name] and len(history_of(one)) == lines + 1
        else:
            with pytest.raises((TransitionError, Refused)):
                verb(one)
            assert one.status is status and len(history_of(one)) == lines


def test_the_person_is_told_of_every_step_that_others_take(app):
    one = member(status=S.ASKED)
    one.edit("婚姻家庭", *FACTS[1:], one.version, by=None)
    one.edit("婚姻家庭", FACTS[1], "律师执业证", one.version, by=None)
    one.agree(by=cast.who("volunteer"))
    db.session.get(ProfessionalGroup, one.group_id).close(by=None, reason="换届")
    one.remove(by=None, reason="执业证到期")
    told = db.session.scalars(db.select(Message).order_by(Message.id)).all()
    assert [message.path for message in told] == ["/member/consents"] * 4
    assert "专长：劳动争议，示例律师事务所" in told[0].body and "专长：婚姻家庭" in told[1].body
    assert "换届" in told[2].body and "执业证到期" in told[3].body


def test_a_closed_association_shows_nobody_and_takes_nobody(app):
    law = group()
    member(law)
    with pytest.raises(Invalid):
        law.close(by=None, reason="")
    law.close(by=None, reason="换届")
    assert for_home(9) == [] and law.status is GroupStatus.CLOSED
    with pytest.raises(Refused, match="停用"):
        member(law, "second")
    law.reopen(by=None)
    assert len(for_home(9)) == 1


def test_names_are_unique_and_an_older_form_is_refused(app):
    law, mind = group(), group("市心理学会")
    with pytest.raises(Invalid, match="已经有"):
        group()
    with pytest.raises(Invalid, match="已经有"):
        mind.edit("市律师协会", "", "", 2, mind.version, by=None)
    seen = law.version
    law.edit("徐州市律师协会", "", "", 1, seen, by=None)
    with pytest.raises(Stale):
        law.edit("律师协会", "", "", 1, seen, by=None)
    cast.volunteer_of("second").leave(by=cast.who("second"))
    with pytest.raises(Refused, match="注销"):
        member(law, "second")


def test_a_yes_keeps_the_words_it_was_given_to_when_better_ones_follow(app, monkeypatch):
    one = member(status=S.ASKED)
    assert one.agreed_words is None
    first = one.consent_words
    one.agree(by=cast.who("volunteer"))
    later = {"professional": {**CONSENT_WORDS["professional"], 2: "新的说明"}}
    monkeypatch.setattr("app.models.displays.consent.CONSENT_WORDS", later)
    assert one.agreed_words == 1 and one.consent_words == first
    one.decline(by=cast.who("volunteer"))
    assert one.agreed_words is None and one.consent_words == "新的说明"
