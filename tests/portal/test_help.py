"""公众求助 on the portal: asking without an account, following with number and tail, closed cases for everybody."""

import re
from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import ContactView, HelpRequest, PublicCase
from app.models.contact_view import look, look_as_volunteer
from app.models.help.lists import latest_closed
from app.models.help.states import HelpStatus, Rating
from tests.cast import WANTONG, who
from tests.helps import ADDRESS, NAME, PHONE, TEXT, TITLE, S, ask, bring, close, of, offer, until
from tests.support.statements import statements

GOOD = {
    "name": NAME,
    "phone": PHONE,
    "community": WANTONG,
    "address": ADDRESS,
    "category": "community",
    "content": TEXT,
    "wanted_on": "",
    "on_behalf": "1",
    "consent": "y",
}
CANARIES = (NAME, PHONE, ADDRESS, "幸福里", "502", "漏水，希望")


def asked():
    return db.session.scalars(db.select(HelpRequest).order_by(HelpRequest.id.desc())).first()


def follow(client, request, tail="2222"):
    """Open the case as its asker."""
    return client.post("/help/track", data={"number": request.number, "tail": tail})


# --- asking


def test_a_visitor_asks_and_gets_a_number_at_once(client):
    page = client.get("/help/new").text
    assert page.index("120") < page.index("具体情况") and "<form" in page
    answer = client.submit("/help/new", **GOOD)
    assert answer.status_code == 303
    request = asked()
    shown = client.get(answer.headers["Location"])
    assert request.number in shown.text and "2222" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert (request.on_behalf, request.community_code, request.status) == (True, WANTONG, S.PENDING)


def test_sent_twice_it_is_one_request_with_the_same_number(client, app):
    first = client.submit("/help/new", **GOOD, key="a" * 32)
    other = app.test_client()
    second = other.submit("/help/new", **GOOD, key="a" * 32)
    assert first.headers["Location"] == second.headers["Location"]
    assert db.session.scalar(db.select(db.func.count()).select_from(HelpRequest)) == 1
    assert asked().number in other.get(second.headers["Location"]).text


@pytest.mark.parametrize(
    "field, value",
    [
        ("name", ""),
        ("name", "x" * 41),
        ("phone", ""),
        ("phone", "12345"),
        ("phone", "1371111222a"),
        ("community", ""),
        ("community", "320302"),
        ("community", "999999999999"),
        ("address", ""),
        ("address", "长" * 101),
        ("category", ""),
        ("category", "nothing"),
        ("content", ""),
        ("content", "长" * 501),
        ("wanted_on", "2001-01-01"),
        ("wanted_on", "never"),
        ("wanted_on", "9999-99-99"),
        ("consent", ""),
        ("on_behalf", "x"),
    ],
)
def test_a_wrong_answer_is_422_and_keeps_what_was_typed(client, field, value):
    sent = {key: one for key, one in (GOOD | {field: value}).items() if one != "" or key == field}
    if field == "consent":
        del sent["consent"]
    answer = client.post("/help/new", data=sent)
    assert answer.status_code == 422 and asked() is None
    if field != "content":
        assert TEXT in answer.text
    assert f'id="{field}' in answer.text and "errsum" in answer.text


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "' OR 1=1 --", "{{7*7}}帮忙吧", "😀😀😀😀😀😀"])
def test_hostile_text_is_only_text(client, text):
    client.submit("/help/new", **GOOD | {"content": text})
    request = asked()
    assert request.content == text
    follow(client, request)
    assert "<script>alert" not in client.get("/help/track").text


def test_twenty_requests_an_hour_from_one_address_are_enough(client):
    for _ in range(20):
        assert client.post("/help/new", data=GOOD).status_code == 303
    assert client.post("/help/new", data=GOOD).status_code == 429
    clock.move(timedelta(minutes=61))
    assert client.post("/help/new", data=GOOD).status_code == 303


# --- the pair


def test_a_wrong_pair_and_an_unknown_number_get_the_same_bytes(client):
    request = bring(S.CLOSED)
    token = re.compile(r'name="csrf_token" value="[^"]*"|value="QZ[^"]*"|value="\d{4}"')
    unknown = "QZ20261122-0001-00000000"
    wrong = follow(client, request, "0000")
    missing = client.post("/help/track", data={"number": unknown, "tail": "2222"})
    assert wrong.status_code == missing.status_code == 422
    assert token.sub("", wrong.text) == token.sub("", missing.text)
    assert "help_case" not in (wrong.headers.get("Set-Cookie", "") + missing.headers.get("Set-Cookie", ""))
    number = request.number
    with statements() as first:
        client.post("/help/track", data={"number": number, "tail": "0000"})
    with statements() as second:
        client.post("/help/track", data={"number": unknown, "tail": "2222"})
    assert first == second


def test_guessing_is_limited_by_number_and_by_address(client):
    request = bring(S.PENDING)
    for _ in range(10):
        assert follow(client, request, "0000").status_code == 422
    assert follow(client, request).status_code == 429
    for n in range(20):
        client.post("/help/track", data={"number": f"QZ20261122-0001-0000000{n % 10}", "tail": f"{n:04d}"})
    other = ask()
    assert follow(client, other).status_code == 429
    clock.move(timedelta(minutes=16))
    assert follow(client, request).status_code == 303


@pytest.mark.parametrize(
    "number, tail", [("", ""), ("QZ", "22"), ("x" * 61, "2222"), ("\x00", "2222"), ("求助", "２２２２")]
)
def test_nonsense_is_422_and_opens_nothing(client, number, tail):
    assert client.post("/help/track", data={"number": number, "tail": tail}).status_code == 422


def test_the_right_pair_opens_this_one_case_for_thirty_minutes(client):
    request, other = ask(), ask(content="另一件完全不同的事情")
    answer = follow(client, request)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "Path=/;" in cookie
    page = client.get("/help/track")
    assert request.number in page.text and other.content not in page.text and other.number not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    clock.move(timedelta(minutes=31))
    assert request.number not in client.get("/help/track").text
    assert client.post("/help/track/withdrawal").status_code == 403
    assert request.status is S.PENDING


def test_a_forged_pass_opens_nothing(client):
    request = ask()
    for value in ("", "x", f"[{request.id},9999999999]", f"[{request.id},9999999999].abc"):
        client.set_cookie("help_case", value, path="/help")
        assert request.number not in client.get("/help/track").text


def test_leaving_forgets_the_case(client):
    request = ask()
    follow(client, request)
    client.post("/help/track/leaving")
    assert request.number not in client.get("/help/track").text


# --- following


@pytest.mark.parametrize("status", HelpStatus, ids=lambda s: s.value)
def test_the_page_of_every_state_says_what_comes_next(client, status):
    request = bring(status)
    follow(client, request)
    page = client.get("/help/track")
    assert (page.status_code == 200 and "下一步" in page.text) or status in (
        S.RETURNED,
        S.CLOSED,
        S.REFUSED,
        S.MERGED,
        S.WITHDRAWN,
        S.LAPSED,
    )
    assert not any(private in page.text for private in (PHONE, ADDRESS, NAME, "李静"))


def test_the_asker_supplies_what_was_missing(client):
    request = bring(S.RETURNED)
    follow(client, request)
    assert "请写明楼层" in client.get("/help/track").text
    wrong = client.post("/help/track/supplement", data={"supplement": ""})
    assert wrong.status_code == 422 and request.status is S.RETURNED
    assert client.post("/help/track/supplement", data={"supplement": "住在三楼"}).status_code == 303
    assert request.status is S.PENDING and "住在三楼" in request.content
    assert client.post("/help/track/supplement", data={"supplement": "住在三楼"}).status_code == 409


def test_the_asker_withdraws_rates_and_reopens(client):
    request = bring(S.ACCEPTED)
    follow(client, request)
    assert client.post("/help/track/withdrawal").status_code == 303
    assert request.status is S.WITHDRAWN
    closed = bring(S.CLOSED)
    follow(client, closed)
    assert client.post("/help/track/rating", data={"rating": "great"}).status_code == 422
    assert client.post("/help/track/rating", data={"rating": "fair"}).status_code == 303
    assert closed.rating is Rating.FAIR
    assert client.post("/help/track/rating", data={"rating": "good"}).status_code == 409
    assert client.post("/help/track/reopening", data={"reason": ""}).status_code == 422
    case = latest_closed(1)[0]
    assert client.get(f"/help/{case.id}").status_code == 200
    assert client.post("/help/track/reopening", data={"reason": "又漏了"}).status_code == 303
    assert closed.status is S.ACCEPTED
    assert client.get(f"/help/{case.id}").status_code == 404 and TITLE not in client.get("/help").text


def test_the_asker_sees_who_looked(client):
    request = bring(S.SERVING)
    look(request, by=who("wantong"))
    (one,) = of(request)
    one.request = request
    look_as_volunteer(one, by=who("volunteer"))
    follow(client, request)
    page = client.get("/help/track").text
    assert "万通社区社区管理员" in page and "志愿者李同志" in page and "李静" not in page
    assert db.session.scalar(db.select(db.func.count()).select_from(ContactView)) == 2


def test_what_time_has_ended_is_shown_as_ended_before_tick_has_run(client):
    request = bring(S.RETURNED)
    until(request.lapses_at)
    follow(client, request)
    assert "已关闭" in client.get("/help/track").text


# --- closed cases


def test_closed_cases_are_listed_and_found(client):
    request = bring(S.CLOSED)
    bring(S.ACCEPTED)
    page = client.get("/help")
    assert TITLE in page.text and page.text.count("stretch") == 1
    case = latest_closed(1)[0]
    assert TITLE in client.get(f"/help/{case.id}").text
    assert TITLE in client.get("/help?q=水管").text and TITLE not in client.get("/help?q=法律").text
    assert TITLE in client.get(f"/help?region={request.district_code}&category=community").text
    assert TITLE not in client.get("/help?category=law").text
    assert client.get("/help?category=nothing").status_code == 422
    assert "results" in client.get("/help", htmx=True).text


def test_the_empty_list_says_what_to_do(client):
    assert "还没有公开的求助" in client.get("/help").text


@pytest.mark.parametrize("path", ["/help/0", "/help/999", "/help/99999999999", "/help/x"])
def test_unknown_cases_are_404(client, path):
    assert client.get(path).status_code == 404


def test_no_personal_detail_stands_on_any_public_page(client):
    for status in HelpStatus:
        bring(status)
    case = latest_closed(1)[0]
    number = asked().number
    for path in (
        "/",
        "/help",
        f"/help/{case.id}",
        "/help/new",
        "/help/track",
        f"/help?q={NAME}",
        "/help/asked",
        f"/help/asked?number={number}",
        f"/help?q={PHONE}",
        "/help/999",
    ):
        page = client.get(path, follow_redirects=True)
        shown = page.text.replace(f'value="{NAME}"', "").replace(f"“{NAME}”", "")
        shown = shown.replace(f'value="{PHONE}"', "").replace(f"“{PHONE}”", "")
        shown = re.sub(r"https?://\S+|[?&]q=[^\"]*", "", shown)
        shown = re.sub(r'"[\w.-]{20,}"', '""', shown)  # tokens, in which three digits may stand by chance
        assert not [private for private in CANARIES if private in shown], path


def test_statements_do_not_grow_with_cases(client):
    def count():
        with statements() as seen:
            client.get("/help")
        return len(seen)

    bring(S.CLOSED)
    few = count()
    for _ in range(6):
        request = bring(S.ACCEPTED)
        request.solve("社区修好了", by=who("wantong"))
        close(request)
    assert count() == few
    assert db.session.scalar(db.select(db.func.count()).select_from(PublicCase)) == 7


def test_pages_go_on_by_position(client):
    for _ in range(21):
        request = bring(S.ACCEPTED)
        request.solve("社区修好了", by=who("wantong"))
        close(request)
    page = client.get("/help").text
    onward = re.search(r'href="([^"]*after=[^"]*)"', page)
    assert onward and client.get(onward[1].replace("&amp;", "&")).text.count("stretch") == 1


def test_offers_are_no_news_for_the_public(client):
    request = bring(S.ACCEPTED)
    offer(request)
    assert request.number not in client.get("/help").text
