"""`next` leads within this site, wherever it is taken; sixteen ways out are tried at each."""

import re
from pathlib import Path

import pytest

from app.db import db
from app.models import Message
from app.models.user import user_named
from tests.applicants import apply
from tests.cast import PASSWORD, make_activity

ELSEWHERE = [
    "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "http:evil.example",
    "evil.example", "javascript:alert(1)", "data:text/html,x", "/\t/evil.example", "/\n/evil.example",
    "///evil.example", "https:/evil.example", " //evil.example", "/\x00/evil.example", "@evil.example",
    "http://localhost@evil.example/",
]  # fmt: skip
ROOT = Path(__file__).parents[2] / "app" / "blueprints"
TAKES = {  # every module that takes `next`, tried below
    "auth/register.py", "auth/sign_in.py", "member/messages.py", "office/admissions.py", "office/applications.py",
    "office/decisions.py", "portal/home.py",
}  # fmt: skip


def test_no_module_that_takes_next_is_forgotten():
    found = {str(file.relative_to(ROOT)) for file in ROOT.rglob("*.py") if '"next"' in file.read_text()}
    assert found == TAKES


def inside(answer) -> bool:
    """Whether the answer, and every link and form of its page, stays within this site."""
    there = [answer.headers.get("Location", "/"), answer.headers.get("HX-Redirect", "/")]
    there += re.findall(r'(?:href|action|formaction|hx-get|hx-post)="([^"]*)"', answer.text)
    return all(re.match(r"(/(?![/\\])|#|\?|data:|https://beian\.|tel:|$)", one) for one in there)


def leads(clients, application: int, message: int, activity: int, elsewhere: str) -> dict[str, bool]:
    """Each place that takes `next`, and whether it stays inside."""
    sent, asked = {"next": elsewhere}, {"query_string": {"next": elsewhere}}
    visitor, member, city = clients(""), clients("member"), clients("wantong")
    one = f"/office/applications/{application}"
    return {
        "sign-in page": inside(visitor.get("/login", **asked)),
        "register page": inside(visitor.get("/register", **asked)),
        "mode": inside(visitor.post("/mode", data={**sent, "mode": "elder"})),
        "sign in": inside(visitor.post("/login", data={"username": "second", "password": PASSWORD, **sent})),
        "message": inside(member.post(f"/member/messages/{message}/reading", data=sent)),
        "post": inside(city.post("/post", data=sent)),
        "application": inside(city.get(one, **asked)),
        "return": inside(city.get(f"{one}/return", **asked)),
        "approval": inside(city.post("/office/applications/bulk", data={**sent, "decision": "approve"})),
        "refusal": inside(city.post(f"/office/activities/{activity}/signups/bulk", data=sent)),
    }


@pytest.fixture
def rows(clients):
    """An application and a message."""
    message = Message(user_id=user_named("member").id, title="测试")
    db.session.add(message)
    application, activity = apply("member"), make_activity()
    db.session.commit()
    return application.id, message.id, activity.id


def test_sixteen_ways_out_lead_nowhere(clients, rows):
    for elsewhere in ELSEWHERE:
        assert all(leads(clients, *rows, elsewhere).values()), elsewhere


def test_a_registration_leads_nowhere_else_either(clients):
    for number, elsewhere in enumerate(ELSEWHERE[:4]):
        data = {
            "username": f"new{number}", "password": "一句很长又好记的话啊", "password_confirm": "一句很长又好记的话啊",
            "name": "新人", "phone": "13812345678", "consent": "y", "next": elsewhere,
        }  # fmt: skip
        answer = clients("").post("/register", data=data)
        assert answer.status_code == 303 and answer.location == "/member/", elsewhere


def test_the_check_notices_when_next_is_believed(clients, rows, monkeypatch):
    for module in ("auth.sign_in", "member.messages", "portal.home"):
        monkeypatch.setattr(f"app.blueprints.{module}.safe_next", lambda wanted, otherwise="": wanted or "/")
    found = leads(clients, *rows, "https://evil.example/")
    assert not (found["mode"] or found["sign in"] or found["message"] or found["post"])
