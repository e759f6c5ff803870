"""专业志愿者 on every surface: the city checks and asks, the person decides, everybody reads only who agreed."""

import re

from app.db import db
from app.models import Professional, ProfessionalGroup
from app.models.professional import ProfessionalStatus
from tests import cast
from tests.support.statements import statements

GROUP = {
    "name": "市律师协会",
    "introduction": "律师党员志愿者。\n为居民解答法律问题。",
    "contact": "周二下午",
    "position": "1",
}
FACTS = {"speciality": "劳动争议", "organisation": "示例律师事务所", "checked": "执业证已核验"}


def hidden(page):
    return dict(re.findall(r'name="(key|version)"[^>]*value="([^"]*)"', page))


def founded(city):
    """The association, made through the form; its office address."""
    form = city.get("/office/professionals/new").text
    assert city.post("/office/professionals/new", data={**hidden(form), **GROUP}).status_code == 303
    return f"/office/professionals/{db.session.scalars(db.select(ProfessionalGroup)).one().id}"


def put_forward(city, group, username):
    """Choose the person and state the facts."""
    id = cast.volunteer_of(username).id
    form = city.get(f"{group}/members/new?volunteer={id}")
    assert form.status_code == 200
    return city.post(f"{group}/members/new", data={**hidden(form.text), **FACTS, "volunteer": id})


def test_from_the_search_to_the_portal_and_back(clients):
    city, person, visitor = clients("city"), clients("volunteer"), clients("")
    assert (
        "还没有专业志愿者" in visitor.get("/professionals").text
        and "还没有协会" in city.get("/office/professionals").text
    )
    group = founded(city)
    public = group.removeprefix("/office")
    for words, found in (
        ("李静", True),
        ("13800000001", True),
        ("0001", True),
        ("没有这人", False),
        ("13811112222", False),
    ):
        answer = city.post(f"{group}/members/search", data={"q": words})
        assert answer.status_code == 200 and ("选这位" in answer.text) is found, words
    assert city.post(f"{group}/members/search", data={"q": ""}).status_code == 422
    assert put_forward(city, group, "volunteer").status_code == 303
    assert put_forward(city, group, "volunteer").status_code == 409
    assert "李静" not in visitor.get(public).text + visitor.get("/professionals").text
    assert "是否同意公开您的姓名" in person.get("/member/").text and "劳动争议" in person.get("/member/consents").text
    mine = f"/member/consents/professionals/{db.session.scalars(db.select(Professional.id)).one()}"
    assert clients("second").post(f"{mine}/agreement").status_code == 404
    assert person.post(f"{mine}/agreement").status_code == 303
    for address in (public, "/professionals"):
        page = visitor.get(address).text
        assert "李静" in page and "劳动争议" in page and "执业证已核验" not in page
    assert person.post(f"{mine}/refusal").status_code == 303 and person.post(f"{mine}/refusal").status_code == 409
    assert "李静" not in visitor.get(public).text + visitor.get("/professionals").text
    assert "再次邀请" in city.post(f"{group}/members/search", data={"q": "李静"}).text


def test_bad_input_is_named_at_its_field(clients):
    city = clients("city")
    group = founded(city)
    id = cast.volunteer_of("volunteer").id
    for address, usual, field, value, message in (
        ("/office/professionals/new", GROUP, "name", " ", "请填写协会名称。"),
        ("/office/professionals/new", GROUP, "name", "市律师协会", "已经有“市律师协会”"),
        ("/office/professionals/new", GROUP, "position", "很前", "请填写整数。"),
        ("/office/professionals/new", GROUP, "position", "1000", "0 到 999"),
        ("/office/professionals/new", GROUP, "introduction", "长" * 2001, "介绍最多 2000 个字"),
        (f"{group}/members/new", {**FACTS, "volunteer": id}, "speciality", "", "请填写专长。"),
        (f"{group}/members/new", {**FACTS, "volunteer": id}, "checked", "", "请写明核实了什么证件。"),
        (f"{group}/members/new", {**FACTS, "volunteer": id}, "organisation", "长" * 61, "执业机构最多 60 个字"),
    ):
        answer = city.post(address, data={**usual, field: value})
        assert answer.status_code == 422 and message in answer.text and f'id="{field}-e"' in answer.text, field
    assert city.get(f"{group}?status=none").status_code == 422
    for address in (f"{group}/members/new?volunteer=99999", f"{group}/members/99999", "/office/professionals/99999"):
        assert city.get(address).status_code == 404
    assert city.get(f"{group}/members/new").status_code == 303


def test_correcting_removing_closing_and_the_file(clients):
    city, visitor = clients("city"), clients("")
    group = founded(city)
    put_forward(city, group, "volunteer")
    member = db.session.scalars(db.select(Professional)).one()
    member.agree(by=cast.who("volunteer"))
    address, seen = f"{group}/members/{member.id}", member.version
    assert city.post(address, data={**FACTS, "speciality": "婚姻家庭", "version": seen}).status_code == 303
    stale = city.post(address, data={**FACTS, "speciality": "交通事故", "version": seen})
    assert stale.status_code == 409 and "交通事故" in stale.text and member.speciality == "婚姻家庭"
    assert "婚姻家庭" in clients("volunteer").get("/member/messages").text
    file = city.post(f"{group}/export", data={"purpose": "存档", "format": "csv"}).text
    assert "李静" in file and "执业证已核验" in file
    for reason, status in (("", 422), ("换届", 303), ("再来", 409)):
        assert city.post(f"{group}/closing", data={"reason": reason}).status_code == status
    assert visitor.get(group.removeprefix("/office")).status_code == 404
    assert put_forward(city, group, "second").status_code == 409
    assert city.post(f"{group}/reopening").status_code == 303 and city.post(f"{group}/reopening").status_code == 409
    assert "李静" in visitor.get("/professionals").text
    for reason, status in (("", 422), ("执业证到期", 303), ("再来", 409)):
        assert city.post(f"{address}/removal", data={"reason": reason}).status_code == status
    assert member.status is ProfessionalStatus.REMOVED and "李静" not in visitor.get("/professionals").text


def test_the_public_pages_cost_the_same_when_full(client):
    group = ProfessionalGroup.found("市律师协会", "", "", 1, by=None)

    def cost():
        found = 0
        for address in ("/professionals", f"/professionals/{group.id}"):
            client.get(address)
            with statements() as seen:
                assert client.get(address).status_code == 200
            found += len(seen)
        return found

    few = cost()
    for number in range(30):
        volunteer = cast.make_volunteer(cast.make_user(f"law{number}", f"律师{number}", f"137000000{number:02}"))
        Professional.add(group, volunteer, "法律咨询", "", "执业证", by=None).agree(
            by=db.session.get(cast.User, volunteer.user_id)
        )
    assert cost() <= few <= 8
    listed, page = client.get("/professionals").text, client.get(f"/professionals/{group.id}").text
    assert listed.count('class="pro"') == 6 and "看全部 30 位志愿者" in listed and page.count('class="pro"') == 24
    assert 'rel="next"' in page
