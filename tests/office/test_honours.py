"""季度之星 on every surface: candidates with facts and no ranking, consent in the member centre, 公示, the portal."""

import re
from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import Honour
from app.models.history import History
from app.models.honour import HonourKind, HonourStatus
from app.models.workday import last_of
from tests import cast
from tests.honours import REASON, announced, candidate, past_quarter, served, team_of, to_the_end
from tests.support.statements import statements


def the_one():
    return db.session.scalars(db.select(Honour)).one()


def key(page):
    return re.search(r'name="key"[^>]*value="([^"]*)"', page)[1]


def test_candidates_stand_by_community_with_their_facts(clients):
    city, quarter = clients("city"), past_quarter()
    for username, times in (("volunteer", 1), ("second", 3), ("guest", 2)):
        for _ in range(times):
            served(cast.volunteer_of(username), quarter.last_day)
    page = city.get("/office/honours/candidates").text
    names = re.findall(r'<th scope="row"><div>(\w+)', page)
    assert sorted(names[:2]) == ["李静", "王建国"] and names[2] == "赵敏", "by community, not by figures"
    assert "3 次" in page and "名次" not in page.replace("不分名次", "")
    for query, found in (
        ("least=3", ["王建国"]),
        ("region=320303", ["赵敏"]),
        (f"quarter={quarter.before}", []),
        ("kind=team", []),
    ):
        page = city.get(f"/office/honours/candidates?{query}")
        assert page.status_code == 200 and re.findall(r'<th scope="row"><div>(\w+)', page.text) == found, query
    for query in ("quarter=2000Q1", "kind=x", "least=2", "region=999999"):
        assert city.get(f"/office/honours/candidates?{query}").status_code == 422, query
    with statements() as seen:
        city.get("/office/honours/candidates")
    assert len(seen) <= 7


@pytest.mark.both  # PostgreSQL compares no number that no row can have
def test_a_number_that_no_row_can_have_names_nobody(clients):
    for kind in ("team", "person"):
        for subject in ("9" * 11, "9" * 30, "-1", "x", "1.5"):
            answer = clients("city").get(f"/office/honours/new?quarter={past_quarter()}&kind={kind}&subject={subject}")
            assert answer.location == "/office/honours/candidates", (kind, subject)


def test_from_the_proposal_to_the_portal_and_back(clients):
    city, person, visitor = clients("city"), clients("volunteer"), clients("")
    volunteer, quarter = cast.volunteer_of("volunteer"), past_quarter()
    served(volunteer, quarter.last_day)
    address = f"/office/honours/new?quarter={quarter}&kind=person&subject={volunteer.id}"
    body = {"quarter": str(quarter), "kind": "person", "subject": volunteer.id, "key": key(city.get(address).text)}
    short = city.post("/office/honours/new", data={**body, "reason": "很好"})
    assert (
        short.status_code == 422
        and "推荐理由至少 20 个字，现在是 2 个。" in short.text
        and "很好</textarea>" in short.text
    )
    answers = [city.post("/office/honours/new", data={**body, "reason": REASON}) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303] and the_one().status is HonourStatus.CANDIDATE
    office, mine = f"/office/honours/{the_one().id}", f"/member/consents/honours/{the_one().id}"
    days = {"first_day": clock.today().isoformat(), "last_day": last_of(clock.today(), 5).isoformat()}
    assert "本人还没有同意" in city.get(office).text
    assert city.post(f"{office}/announcement", data=days).status_code == 409
    assert visitor.get(f"/stars/{the_one().id}").status_code == 404 and "李静" not in visitor.get("/stars").text
    assert "是否同意公开您的姓名" in person.get("/member/").text and REASON in person.get("/member/consents").text
    assert person.post(f"{mine}/agreement").status_code == 303 and person.post(f"{mine}/agreement").status_code == 409
    for field, value in (("first_day", ""), ("last_day", "x"), ("last_day", clock.today().isoformat())):
        wrong = city.post(f"{office}/announcement", data={**days, field: value})
        assert wrong.status_code == 422 and f'id="{field}-e"' in wrong.text, field
    assert city.post(f"{office}/announcement", data=days).status_code == 303
    listed, shown = visitor.get("/stars").text, visitor.get(f"/stars/{the_one().id}").text
    assert "正在公示" in listed and "李静" in listed and REASON in shown and "有不同意见" in shown
    to_the_end(the_one())
    listed = visitor.get("/stars").text
    assert (
        "正在公示" not in listed and quarter.words in listed and "已公布" in visitor.get(f"/stars/{the_one().id}").text
    )
    city, person = clients("city"), clients("volunteer")
    assert person.post(f"{mine}/refusal").status_code == 303
    assert "李静" not in visitor.get("/stars").text and visitor.get(f"/stars/{the_one().id}").status_code == 404
    assert "不用再推荐" not in city.get(address).text and "尊重本人的意愿" in city.get(address).text


def test_a_team_needs_no_consent_and_the_list_leaves_as_a_file_with_its_purpose(clients):
    city, quarter, person = clients("city"), past_quarter(), cast.volunteer_of("volunteer")
    team = team_of(person, leader_id=person.id)
    served(person, quarter.last_day, 60, cast.make_activity(team_id=team.id))
    candidate("second")
    body = {"quarter": str(quarter), "kind": "team", "subject": team.id, "reason": REASON}
    assert city.post("/office/honours/new", data=body).status_code == 303
    honour = db.session.scalars(db.select(Honour).where(Honour.kind == HonourKind.TEAM)).one()
    assert "开始公示" in city.get(f"/office/honours/{honour.id}").text
    page = city.get("/office/honours?kind=team").text
    assert "夕阳红助老服务队" in page and "王建国" not in page
    for query in ("kind=x", "status=x", "quarter=x", "region=999999"):
        assert city.get(f"/office/honours?{query}").status_code == 422, query
    sent = {"purpose": "存档", "format": "csv"}
    file = city.post("/office/honours/export?kind=team", data=sent)
    assert file.status_code == 200 and "夕阳红助老服务队" in file.text and "王建国" not in file.text
    assert db.session.scalar(db.select(db.func.count()).where(History.action == "export")) == 1


def test_another_reason_over_an_older_form_and_revoking(clients):
    one, other, visitor = clients("city"), clients("city2"), clients("")
    office = f"/office/honours/{candidate().id}"
    seen = the_one().version
    assert one.post(office, data={"reason": REASON + "还带新人。", "version": seen}).status_code == 303
    stale = other.post(office, data={"reason": REASON + "第二位改的。", "version": seen})
    assert stale.status_code == 409 and "第二位改的" in stale.text and "第二位" not in the_one().reason
    star = announced("third")
    for reason, status in (("", 422), ("核实有误", 303), ("再撤", 409)):
        answer = one.post(f"/office/honours/{star.id}/revocation", data={"reason": reason})
        assert answer.status_code == status
    assert visitor.get(f"/stars/{star.id}").status_code == 404
    assert "核实有误" in clients("third").get("/member/messages").text


def test_quarters_follow_each_other_and_the_page_costs_the_same(client):
    def cost():
        client.get("/stars")
        with statements() as seen:
            assert client.get("/stars").status_code == 200
        return len(seen)

    quarter, names = past_quarter(), []
    for number in range(3):
        person = cast.make_volunteer(cast.make_user(f"star{number}", f"星{'甲乙丙'[number]}明", f"1370000000{number}"))
        star = Honour(
            kind=HonourKind.PERSON, quarter=str(quarter), volunteer_id=person.id, reason=REASON, services=number + 1,
            minutes=60, activities=1, status=HonourStatus.PUBLISHED, agreed_at=clock.now(), first_day=quarter.last_day,
            last_day=quarter.last_day + timedelta(days=8),
        )  # fmt: skip
        star.locate(cast.WANTONG)
        db.session.add(star)
        quarter, names = quarter.before, [*names, f"星{'甲乙丙'[number]}明"]
        if not number:
            few = cost()
    assert cost() == few <= 5
    page = client.get("/stars").text
    assert re.findall(r'class="plain" href="/stars/\d+">(\w+)<', page) == names
    for query, found in ((f"quarter={past_quarter()}", names[:1]), ("kind=team", []), ("quarter=2001Q1", [])):
        answer = client.get(f"/stars?{query}")
        assert answer.status_code == 200
        assert re.findall(r'class="plain" href="/stars/\d+">(\w+)<', answer.text) == found, query
    assert client.get("/stars?quarter=x").status_code == client.get("/stars?kind=x").status_code == 422
