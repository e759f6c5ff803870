"""Applications at the same moment: one wins, the other sees the present state, and nothing is made twice."""

import pytest

from app.db import db
from app.models import Activity, Application, SignUp, Volunteer
from app.models.application import ApplicationStatus
from app.models.volunteer import VolunteerStatus
from app.refusal import Refused
from tests import cast
from tests.applicants import S, apply, card, crowd, form, in_state, told
from tests.support.together import together


def all_of(model):
    return db.session.scalars(db.select(model).order_by(model.id)).all()


def test_ten_applications_of_one_person_at_once_leave_one(app):
    results = together(app, [lambda: Application.submit(told(), by=cast.who("member")).id for _ in range(10)])
    assert len(all_of(Application)) == 1
    assert sum(isinstance(one, Refused) for one in results) == 9


@pytest.mark.parametrize("second", ["approval", "return", "rejection"])
def test_two_administrators_at_once_one_wins_and_the_other_is_told_the_present_state(app, clients, second):
    application = apply()
    db.session.commit()
    path = f"/office/applications/{application.id}"
    people = [(clients("wantong"), "approval"), (clients("wantong2"), second)]

    def press(client, what):
        return lambda: client.post(f"{path}/{what}", data={"reason": "请补充"}, htmx=True)

    answers = together(app, [press(*one) for one in people])
    assert sorted(one.status_code for one in answers) == [200, 409]
    lost = next(one for one in answers if one.status_code == 409).text
    db.session.refresh(application)
    words = {S.APPROVED: "已通过", S.RETURNED: "退回补正", S.REJECTED: "不予通过"}[application.status]
    assert f'id="ap-{application.id}"' in lost and f"这一项现在是“{words}”" in lost
    made = len(db.session.scalars(db.select(Volunteer).where(Volunteer.user_id == application.user_id)).all())
    assert made == (application.status is S.APPROVED)


def test_twenty_equal_presses_approve_once(app, clients):
    application = apply()
    db.session.commit()
    presses = [clients("wantong") for _ in range(20)]
    url = f"/office/applications/{application.id}/approval"
    answers = together(app, [lambda client=client: client.post(url, htmx=True).status_code for client in presses])
    assert sorted(answers) == [200] + [409] * 19
    assert db.session.scalars(db.select(Volunteer).where(Volunteer.user_id == application.user_id)).one()


def test_two_people_with_one_number_approved_at_once_make_one_volunteer(app, clients):
    ids = [apply().id, apply(cast.make_user("newcomer", "新人")).id]
    db.session.commit()
    posts = zip(ids, (clients("wantong"), clients("wantong2")), strict=True)
    acts = [
        lambda id=id, client=client: client.post(f"/office/applications/{id}/approval").status_code
        for id, client in posts
    ]
    assert sorted(together(app, acts)) == [303, 409]
    states = [one.status for one in all_of(Application)]
    assert sorted(states) == sorted([ApplicationStatus.APPROVED, ApplicationStatus.PENDING])


def test_two_overlapping_bulks_approve_everybody_once(app, clients):
    ids = [one.id for one in crowd(12)]
    db.session.commit()
    data = {"decision": "approve", "ids": ids}
    posts = [
        lambda client=client: client.post("/office/applications/bulk", data=data).status_code
        for client in (clients("wantong"), clients("wantong2"))
    ]
    assert together(app, posts) == [303, 303]
    assert all(one.status is S.APPROVED for one in all_of(Application))
    assert len(all_of(Volunteer)) == len(cast.VOLUNTEERS) + 12


def test_an_undo_and_a_sign_up_at_once_never_leave_a_place_without_its_volunteer(app, clients):
    url = f"/office/applications/{in_state(S.APPROVED).id}/undo"
    number = cast.make_activity().id
    staff, person = clients("wantong"), cast.who("member").id

    def sign_up():
        found = db.session.scalar(db.select(Volunteer).where(Volunteer.user_id == person))
        return SignUp.join(found, db.session.get_one(Activity, number), by=cast.who("member")).id if found else None

    undo = lambda: staff.post(url, htmx=True).status_code  # noqa: E731
    undone, joined = together(app, [undo, sign_up])
    volunteer = db.session.scalar(db.select(Volunteer).where(Volunteer.user_id == person))
    places = all_of(SignUp)
    assert (volunteer is None) == (undone == 200) and bool(places) == (
        volunteer is not None and isinstance(joined, int)
    )


def test_a_form_sent_twice_at_once_makes_one_application_and_both_see_it(app, clients):
    key = "0123456789abcdef" * 2
    people = [clients("member"), clients("member")]
    sends = [lambda client=client: client.post("/member/volunteer", data=form(key=key)) for client in people]
    answers = together(app, sends)
    assert [one.status_code for one in answers] == [303, 303]
    assert len(all_of(Application)) == 1 and all_of(Application)[0].id_card == card()


def test_leaving_while_a_change_is_approved_stops_nobody_and_leaves_one_truth(app, clients):
    in_state(S.APPROVED)
    url = f"/office/applications/{apply(community=cast.baiyun_code()).id}/approval"
    db.session.commit()
    person, staff = clients("member"), clients("baiyun")
    acts = [
        lambda: person.post("/member/volunteer/departure").status_code,
        lambda: staff.post(url).status_code,
    ]
    left, approved = together(app, acts)
    volunteer, change = cast.volunteer_of("member"), all_of(Application)[-1]
    assert left in (303, 409) and approved in (303, 409) and 303 in (left, approved)
    if left == 303:
        assert volunteer.status is VolunteerStatus.LEFT and volunteer.id_card_hash is None
    assert change.status is (S.APPROVED if approved == 303 else S.WITHDRAWN)
