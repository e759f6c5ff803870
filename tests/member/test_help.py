"""公众求助 for a volunteer: content before the yes, contact after it, 'I cannot go', the result."""

import pytest

from app.db import db
from app.models import ContactView
from app.models.help.states import AssignmentStatus
from tests.cast import who
from tests.helps import ADDRESS, NAME, PHONE, TEXT, A, S, assignment, bring, of, until


@pytest.fixture
def volunteer(clients):
    return clients("volunteer")


def test_nobody_is_asked_for_anything_yet(volunteer, clients):
    assert "还没有请您帮忙" in volunteer.get("/member/help").text
    assert clients("member").get("/member/help").status_code == 200
    assert clients("").get("/member/help").status_code == 303


@pytest.mark.parametrize("status", AssignmentStatus, ids=lambda s: s.value)
def test_the_page_of_every_state_shows_content_and_no_contact(volunteer, status):
    one = assignment(status)
    page = volunteer.get(f"/member/help/{one.id}")
    assert page.status_code == 200 and TEXT[:6] in page.text
    assert not any(private in page.text for private in (NAME, PHONE, ADDRESS))
    assert "水" not in volunteer.get("/member/help").text


def test_contact_comes_after_the_yes_and_is_noted(volunteer):
    one = assignment(A.OFFERED)
    assert volunteer.post(f"/member/help/{one.id}/contact").status_code == 409
    assert volunteer.post(f"/member/help/{one.id}/acceptance").status_code == 303
    page = volunteer.post(f"/member/help/{one.id}/contact").text
    assert PHONE in page and ADDRESS in page
    assert db.session.scalars(db.select(ContactView)).one().role == "volunteer"
    assert volunteer.post(f"/member/help/{one.id}/acceptance").status_code == 409


def test_declining_costs_nothing(volunteer):
    one = assignment(A.OFFERED)
    assert volunteer.post(f"/member/help/{one.id}/refusal").status_code == 303
    assert one.status is A.DECLINED
    assert volunteer.post(f"/member/help/{one.id}/refusal").status_code == 409


def test_i_cannot_go_says_why(volunteer):
    one = assignment(A.ACCEPTED)
    assert volunteer.post(f"/member/help/{one.id}/exit", data={"reason": " "}).status_code == 422
    assert volunteer.post(f"/member/help/{one.id}/exit", data={"reason": "孩子病了"}).status_code == 303
    assert one.status is A.GAVE_UP


@pytest.mark.parametrize(
    "result, minutes", [("", "60"), ("好", "60"), ("做好了", ""), ("做好了", "0"), ("做好了", "1441"), ("做好了", "x")]
)
def test_a_wrong_result_is_422(volunteer, result, minutes):
    one = assignment(A.ACCEPTED)
    answer = volunteer.post(f"/member/help/{one.id}/result", data={"result": result, "minutes": minutes})
    assert answer.status_code == 422 and one.status is A.ACCEPTED


def test_an_offer_that_ran_out_is_shown_so_and_cannot_be_taken(clients):
    one = of(bring(S.ARRANGED))[0]
    until(one.expires_at)
    volunteer = clients("volunteer")
    assert "已失效" in volunteer.get(f"/member/help/{one.id}").text
    assert volunteer.post(f"/member/help/{one.id}/acceptance").status_code == 409


def test_others_meet_a_404(clients):
    one = assignment(A.ACCEPTED)
    for username in ("second", "wantong", "member"):
        client = clients(username)
        assert client.get(f"/member/help/{one.id}").status_code == 404
        for verb in ("acceptance", "refusal", "contact", "exit", "result"):
            assert client.post(f"/member/help/{one.id}/{verb}").status_code == 404
    assert who("volunteer").id == one.user_id
