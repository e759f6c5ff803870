"""志愿者: pausing, resuming, leaving, freeing an ID-card number, looking at one."""

from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import Application, Message, SignUp, Volunteer
from app.models.history import history_of
from app.models.signup import SignUpStatus
from app.models.stateful import TransitionError
from app.models.volunteer import VolunteerStatus
from app.refusal import Invalid, Refused
from tests import cast
from tests.applicants import S, apply, card, in_state

V = VolunteerStatus
VERBS = {
    "pause": lambda v: v.pause(by=cast.who("volunteer"), reason="出差"),
    "resume": lambda v: v.resume(by=cast.who("volunteer")),
    "leave": lambda v: v.leave(by=cast.who("volunteer")),
}
LEADS = {
    ("pause", V.SERVING): V.PAUSED,
    ("resume", V.PAUSED): V.SERVING,
    ("leave", V.SERVING): V.LEFT,
    ("leave", V.PAUSED): V.LEFT,
}


def volunteer_in(status: VolunteerStatus) -> Volunteer:
    volunteer = cast.volunteer_of("volunteer")
    if status is not V.SERVING:
        VERBS["pause" if status is V.PAUSED else "leave"](volunteer)
    return volunteer


def test_the_verbs_and_a_new_approval_cover_exactly_the_moves_of_the_table():
    moves = {(came, to) for came in V for to in Volunteer.MOVES[came]}
    assert moves == {(came, to) for (_, came), to in LEADS.items()} | {(V.LEFT, V.SERVING)}


@pytest.mark.parametrize("status", V)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_from_every_state(app, verb, status):
    volunteer = volunteer_in(status)
    lines = len(history_of(volunteer))
    if (verb, status) in LEADS:
        VERBS[verb](volunteer)
        assert volunteer.status is LEADS[verb, status] and len(history_of(volunteer)) == lines + 1
    else:
        with pytest.raises(TransitionError):
            VERBS[verb](volunteer)
        assert volunteer.status is status and len(history_of(volunteer)) == lines


@pytest.mark.parametrize("verb", ["pause", "leave"])
def test_pausing_and_leaving_free_every_future_place_for_those_who_wait(app, verb):
    coming = cast.make_activity(capacity=1)
    gone = cast.make_activity(starts_at=clock.now() - timedelta(hours=1), ends_at=clock.now() + timedelta(hours=1))
    mine = [SignUp.join(cast.volunteer_of("volunteer"), one, by=cast.who("volunteer")) for one in (coming, gone)]
    waiting = SignUp.join(cast.volunteer_of("second"), coming, by=cast.who("second"))
    VERBS[verb](cast.volunteer_of("volunteer"))
    db.session.expire_all()
    assert [one.status for one in mine] == [SignUpStatus.CANCELLED, SignUpStatus.ADMITTED]
    assert waiting.status is SignUpStatus.ADMITTED


@pytest.mark.parametrize("verb", ["pause", "leave", "release_card"])
def test_staff_give_a_reason_which_the_volunteer_reads(app, verb):
    in_state(S.APPROVED)
    volunteer, staff = cast.volunteer_of("member"), cast.who("huanglou")
    with pytest.raises(Invalid):
        getattr(volunteer, verb)(by=staff, reason=" ")
    getattr(volunteer, verb)(by=staff, reason="本人电话要求")
    told = db.session.scalars(Message.inbox(volunteer.user_id)).all()
    assert [message.body for message in told] == ["本人电话要求"]
    assert history_of(volunteer)[-1].note.text == "本人电话要求"


def test_what_one_does_oneself_one_is_not_told(app):
    for verb in ("pause", "resume", "leave"):
        VERBS[verb](cast.volunteer_of("volunteer"))
    assert db.session.scalar(db.select(Message).where(Message.user_id == cast.who("volunteer").id)) is None


def test_leaving_deletes_the_number_everywhere_and_keeps_the_count(app):
    in_state(S.APPROVED)
    change = apply(community=cast.baiyun_code())
    volunteer = cast.volunteer_of("member")
    volunteer.services, volunteer.minutes = 4, 300
    volunteer.leave(by=cast.who("member"))
    assert (volunteer.services, volunteer.minutes, volunteer.left_at is None) == (4, 300, False)
    assert volunteer.id_card is None and volunteer.id_card_hash is None
    assert change.status is S.WITHDRAWN
    assert all(one.id_card is None and one.id_card_hash is None for one in db.session.scalars(db.select(Application)))
    cast.make_user("newcomer", "新人")
    assert apply("newcomer").id_card == card()


def test_a_look_at_the_number_needs_a_reason_and_stands_in_the_history_the_person_reads(app):
    application = in_state(S.APPROVED)
    for row in (application, cast.volunteer_of("member")):
        with pytest.raises(Invalid):
            row.reveal(by=cast.who("wantong"), reason="")
        assert row.reveal(by=cast.who("wantong"), reason="核对身份") == card()
        line = history_of(row)[-1]
        assert (line.action, line.actor.username, line.note.text) == ("reveal", "wantong", "核对身份")
    with pytest.raises(Refused):
        cast.volunteer_of("second").reveal(by=cast.who("wantong"), reason="核对身份")
