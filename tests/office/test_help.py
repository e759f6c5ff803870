"""公众求助 in the back office: each move, who may, what is seen when, filing for somebody, suggestions."""

import re
from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import ContactView, HelpRequest, Message, PublicCase
from app.models.help.states import OPEN, HelpStatus
from app.models.history import history_of
from tests.cast import WANTONG, baiyun_code, volunteer_of, who
from tests.helps import ADDRESS, NAME, PHONE, SUMMARY, TEXT, TITLE, A, S, ask, bring, of, offer, until
from tests.support.statements import statements


def path(request, *rest):
    """The request's address in the office."""
    return "/".join([f"/office/help/{request.id}", *rest])


def post(client, request, name, **fields):
    return client.post(path(request, name), data=fields)


@pytest.fixture
def wantong(clients):
    return clients("wantong")


# --- the list


def test_the_list_shows_one_tab_a_state_and_only_ones_own(wantong, clients):
    mine, theirs = ask(), ask(baiyun_code())
    page = wantong.get("/office/help").text
    assert mine.number in page and theirs.number not in page
    assert NAME not in page and PHONE not in page and TEXT not in page
    assert mine.number not in wantong.get("/office/help?status=closed").text
    assert theirs.number in clients("huanglou").get("/office/help").text
    assert clients("unit").get("/office/help").status_code == 403


def test_the_list_says_how_long_it_is_by_what_its_tabs_count(wantong, monkeypatch):
    for status in (S.PENDING, S.PENDING, S.CLOSED):
        bring(status)
    told = {"": "3", "status=pending": "2", "status=closed": "1", "status=lapsed": "", "status=closed&category=law": ""}
    for query, number in told.items():
        assert length(wantong.get(f"/office/help?{query}")) == number, query
    monkeypatch.setattr("app.models.pages.state_counts.CAP", 2)
    assert length(wantong.get("/office/help")) == "2"


def test_a_place_lists_each_state_as_it_is_by_now_in_the_order_of_time(clients):
    """Pages of a place are put together of what is stored in each state."""
    stale, silent = bring(S.ARRANGED), bring(S.RETURNED)
    stale.offers_end_at = silent.lapses_at = clock.now() - timedelta(minutes=1)
    for age, status in enumerate((S.SERVING, *S, S.PENDING)):
        one = bring(status)
        one.created_at -= timedelta(days=age * 7 % 12)
        one.accept_due = one.arrange_due = one.close_due = clock.now() + timedelta(days=age % 3 - 1)
    db.session.commit()
    every = sorted(db.session.scalars(db.select(HelpRequest)), key=lambda one: (one.created_at, one.id))
    asked = {f"status={status}": [one for one in every if one.standing is status] for status in S}
    asked |= {f"{query}&overdue=1": [one for one in found if one.overdue] for query, found in asked.items()}
    asked |= {"": every, "overdue=1": [one for one in every if one.overdue]}
    asked |= {"outcome=closed&status=pending": [], "outcome=late&status=closed": []}
    for query, found in asked.items():
        shown = re.findall(r"QZ[-0-9A-Z]+(?=</a>)", clients("gulou").get(f"/office/help?{query}").text)
        newest = query in ("", "status=closed") or any(f"status={one}" == query for one in S if one not in OPEN)
        assert shown == [one.number for one in found][:: -1 if newest else 1][:20], query


@pytest.mark.usefixtures("one_minute")
def test_tabs_count_anew_once_a_request_moves_or_the_minute_is_over(wantong):
    one = ask()
    assert told(wantong) == {"待受理": "1"}
    one.accept(by=who("wantong"))
    db.session.commit()
    assert told(wantong) == {"已受理": "1"}
    offer(one)
    one.offers_end_at = clock.now() + timedelta(minutes=1)
    db.session.commit()
    assert told(wantong) == {"已安排": "1"}
    with statements() as sent:
        wantong.get("/office/help?status=arranged")
    assert not [text for text in sent if "count(*)" in text]
    until(one.offers_end_at)
    assert told(wantong) == {"已受理": "1"}


def told(client):
    """The states on the tabs that have any, with their numbers."""
    tabs = re.search(r'<nav class="tabs".*?</nav>', client.get("/office/help").text, re.S)[0]
    found = re.findall(r">([^<>]+) <span[^>]*>(\d+)", tabs)
    return {word: number for word, number in found if number != "0"}


def length(page):
    """How many were found, as the page says it; nothing where none were."""
    return "".join(re.findall(r'找到 <b class="num">(.+?)</b>', page.text))


def test_it_is_narrowed_by_number_phone_tail_category_and_being_late(wantong, clients):
    one, other = ask(), ask(phone="13799998888", category="law")
    for query in (one.number, one.number.lower(), one.number[-8:], PHONE, "2222", "137 1111 2222"):
        page = wantong.get("/office/help", query_string={"q": query}).text
        assert one.number in page and other.number not in page, query
    assert one.number not in wantong.get("/office/help?category=law").text
    assert wantong.get("/office/help?overdue=1").text.count("QZ2") == 0
    until(one.accept_due)
    assert one.number in clients("wantong").get("/office/help?overdue=1").text


@pytest.mark.parametrize("query", ["status=nothing", "category=nothing", "q=" + "x" * 51, "region=999"])
def test_bad_filters_are_422(wantong, query):
    assert wantong.get(f"/office/help?{query}").status_code == 422


def test_the_export_names_a_purpose_and_holds_no_contact(wantong):
    bring(S.CLOSED)
    assert wantong.get("/office/help/export").status_code == 200
    assert wantong.post("/office/help/export", data={"format": "csv"}).status_code == 422
    sheet = wantong.post("/office/help/export", data={"purpose": "核对", "format": "csv"}).text
    assert "已办结" in sheet
    assert not any(private in sheet for private in (NAME, PHONE, ADDRESS, "2222", "水管"))


def test_statements_do_not_grow_with_requests(wantong):
    def count(address):
        wantong.get(address)
        with statements() as seen:
            assert wantong.get(address).status_code == 200
        return len(seen)

    bring(S.SERVING)
    ask()
    few = [count(address) for address in ("/office/help", "/office/")]
    for _ in range(8):
        ask()
    assert [count(address) for address in ("/office/help", "/office/")] == few


# --- one request


@pytest.mark.parametrize("status", HelpStatus, ids=lambda s: s.value)
def test_the_page_of_every_state(wantong, status):
    request = bring(status)
    page = wantong.get(path(request))
    assert page.status_code == 200 and TEXT[:6] in page.text
    assert PHONE not in page.text and ADDRESS not in page.text and NAME not in page.text


def test_the_neighbour_meets_a_404_everywhere(clients):
    request, baiyun = bring(S.ACCEPTED), clients("baiyun")
    assert baiyun.get(path(request)).status_code == 404
    for name in (
        "acceptance",
        "return",
        "refusal",
        "contact",
        "transfer",
        "merger",
        "closing",
        "arrangement",
        "result",
    ):
        assert post(baiyun, request, name, reason="x").status_code == 404
    assert request.status is S.ACCEPTED


def test_from_acceptance_to_the_end(wantong, clients):
    request = ask()
    assert post(wantong, request, "acceptance").status_code == 303
    assert post(wantong, request, "acceptance").status_code == 409
    helper = volunteer_of("volunteer")
    assert helper.user_id and "李静" in wantong.get(path(request, "arrangement")).text
    assert post(wantong, request, "arrangement").status_code == 422
    assert post(wantong, request, "arrangement", volunteers=[helper.id]).status_code == 303
    (one,) = of(request)
    volunteer = clients("volunteer")
    assert volunteer.post(f"/member/help/{one.id}/acceptance").status_code == 303
    wrong = volunteer.post(f"/member/help/{one.id}/result", data={"result": "修好了", "minutes": "0"})
    assert wrong.status_code == 422 and "修好了" in wrong.text
    volunteer.post(f"/member/help/{one.id}/result", data={"result": "换好了接头", "minutes": "90"})
    assert request.status is S.DONE
    assert "换好了接头" in wantong.get(path(request, "closing")).text
    bad = post(
        wantong, request, "closing", result="换好了接头", public_title=TITLE, public_summary=f"到{NAME}家修好了水管"
    )
    assert bad.status_code == 422 and "姓名" in bad.text and request.status is S.DONE
    good = {"result": "换好了接头", "public_title": TITLE, "public_summary": SUMMARY}
    assert post(wantong, request, "closing", **good).status_code == 303
    assert request.status is S.CLOSED and volunteer_of("volunteer").services == 1
    assert db.session.scalars(db.select(PublicCase)).one().title == TITLE


def test_reasons_are_asked_for_and_kept(wantong):
    request = ask()
    for name in ("return", "refusal"):
        assert post(wantong, request, name, reason="").status_code == 422
        long = post(wantong, request, name, reason="长" * 501)
        assert long.status_code == 422 and "长" * 400 in long.text
    assert post(wantong, request, "return", reason="请写明楼层").status_code == 303
    assert request.status is S.RETURNED
    assert post(wantong, request, "supplement", supplement="").status_code == 422
    assert post(wantong, request, "supplement", supplement="电话里说住在三楼").status_code == 303
    assert request.status is S.PENDING


def test_a_transfer_moves_it_out_of_reach(wantong, clients):
    request = ask()
    assert wantong.get(path(request, "transfer")).status_code == 200
    assert post(wantong, request, "transfer", reason="住在白云").status_code == 422
    assert post(wantong, request, "transfer", community=baiyun_code(), reason="住在白云").status_code == 303
    assert wantong.get(path(request)).status_code == 404
    assert clients("baiyun").get(path(request)).status_code == 200


def test_who_is_told_that_a_request_went_elsewhere_is_led_to_what_is_left(wantong, clients):
    request = bring(S.ACCEPTED)
    request.transfer(baiyun_code(), by=who("wantong2"), reason="住在白云")
    db.session.commit()
    gone = Message.user_id == who("wantong").id, Message.title.startswith("公众求助已转给别的社区")
    (address,) = db.session.scalars(db.select(Message.path).where(*gone))
    assert wantong.get(address).status_code == 200
    came = Message.user_id == who("baiyun").id, Message.title.startswith("有转来的公众求助")
    (address,) = db.session.scalars(db.select(Message.path).where(*came))
    assert clients("baiyun").get(address).status_code == 200


def test_a_merger_stays_inside_ones_scope(wantong):
    request, other, theirs = ask(), ask(), ask(baiyun_code())
    for number in ("", "nothing", theirs.number, request.number):
        assert post(wantong, request, "merger", into=number).status_code == 422
    assert post(wantong, request, "merger", into=other.number).status_code == 303
    assert (request.status, request.merged_into_id) == (S.MERGED, other.id)


def test_staff_solve_it_themselves_or_send_a_result_back(wantong):
    request = bring(S.ACCEPTED)
    assert post(wantong, request, "result", result="").status_code == 422
    assert post(wantong, request, "result", result="社区电工修好了").status_code == 303
    assert request.status is S.DONE
    assert post(wantong, request, "result-refusal", reason="").status_code == 422
    assert post(wantong, request, "result-refusal", reason="还在漏").status_code == 303
    assert request.status is S.ACCEPTED  # nobody is there to go on: it waits for somebody again


def test_staff_write_down_a_result_for_a_volunteer(wantong):
    request = bring(S.SERVING)
    (one,) = of(request)
    address = path(request, "assignments", str(one.id), "result")
    for minutes in ("", "x", "0", "1441", "99999999999999999999"):
        assert wantong.post(address, data={"result": "修好了", "minutes": minutes}).status_code == 422
    assert wantong.post(address, data={"result": "修好了", "minutes": "60"}).status_code == 303
    assert one.status is A.DONE
    assert wantong.post(path(ask(), "assignments", str(one.id), "result")).status_code == 404


def test_contact_is_looked_at_by_post_noted_and_shown_to_the_asker(wantong):
    request = ask()
    assert post(wantong, request, "contact").status_code == 409
    request.accept(by=who("wantong"))
    page = post(wantong, request, "contact")
    assert page.status_code == 200 and PHONE in page.text and ADDRESS in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert PHONE not in wantong.get(path(request)).text
    assert db.session.scalar(db.select(db.func.count()).select_from(ContactView)) == 1
    assert wantong.get(path(request, "contact")).status_code == 405


# --- filing


def test_staff_file_for_somebody_without_a_phone_and_print_the_slip(wantong, client):
    told = {
        "name": "无名老人",
        "phone": "",
        "community": WANTONG,
        "address": "幸福里",
        "category": "elder",
        "content": "请人陪我看病",
        "consent": "y",
    }
    assert wantong.post("/office/help/new", data={**told, "consent": ""}).status_code in (303, 422)
    answer = wantong.submit("/office/help/new", **told)
    assert answer.status_code == 303
    request = db.session.scalars(db.select(HelpRequest).order_by(HelpRequest.id.desc())).first()
    slip = wantong.get(path(request, "slip")).text
    assert request.number in slip and request.phone_tail in slip and "无名老人" not in slip
    opened = client.post("/help/track", data={"number": request.number, "tail": request.phone_tail})
    assert opened.status_code == 303
    assert "电话" not in wantong.get(path(request)).text.partition('id="acceptance"')[2].partition("</form>")[0]
    wantong.post(path(request, "acceptance"))
    wantong.post(path(request, "arrangement"), data={"volunteers": [volunteer_of("second").id]})
    said = [line.note.text for line in history_of(request) if line.note]
    assert len(said) == 2 and not any("电话" in words for words in said), "nobody rings up who has no phone"


def test_who_lost_the_number_gets_the_slip_again_once_staff_say_how_they_know_the_person(wantong, clients):
    request = ask()
    assert wantong.get(path(request, "slip")).status_code == 303, "not without a word"
    assert wantong.post(path(request, "slip"), data={"reason": " "}).status_code == 422
    assert clients("baiyun").post(path(request, "slip"), data={"reason": "本人到场"}).status_code == 404
    printed = wantong.post(path(request, "slip"), data={"reason": "本人到场，核对了身份证"})
    assert printed.status_code == 200 and request.number in printed.text and request.phone_tail in printed.text
    assert "核对了身份证" in wantong.get(path(request)).text


def test_staff_file_only_for_communities_of_their_own(wantong):
    told = {
        "name": "老人家",
        "phone": "",
        "community": baiyun_code(),
        "address": "幸福里",
        "category": "elder",
        "content": "请人陪我看病",
        "consent": "y",
    }
    assert wantong.submit("/office/help/new", **told).status_code == 422


# --- 待办


def test_duties_count_what_waits_for_staff(wantong, clients):
    bring(S.PENDING)
    bring(S.ACCEPTED)
    serving = bring(S.SERVING)
    page = wantong.get("/office/").text
    assert re.search(r'href="/office/help\?todo=help">2</a>', page) and serving.number not in page
    until(serving.close_due)
    assert re.search(r'href="/office/help\?todo=help">3</a>', clients("wantong").get("/office/").text)
