"""The unit's headcount and its disputes in the back office, and public cases taken down by a level above."""

import re
from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.freshness import forget
from app.models import Headcount, Message, PublicCase, UnitDispute, Volunteer, WorkUnit
from app.models.history import history_of
from app.models.pages import quickest
from app.models.unit_dispute import DisputeStatus
from app.models.volunteer import VolunteerStatus
from app.models.work_unit import units
from tests import cast
from tests.helps import TITLE, S, bring
from tests.support.statements import statements

D = DisputeStatus


def on(days=0):
    return (clock.today() + timedelta(days=days)).isoformat()


def test_the_unit_enters_corrects_and_takes_out_its_headcount(clients):
    unit = clients("unit")
    assert "还没有登记过人数" in unit.get("/office/headcounts").text
    for sent, field in (
        ({"day": on(1), "number": "5"}, "day"),
        ({"day": "坏", "number": "5"}, "day"),
        ({"day": on(), "number": "多"}, "number"),
        ({"day": on(), "number": "-1"}, "number"),
        ({"day": on()}, "number"),
    ):
        answer = unit.post("/office/headcounts", data=sent)
        assert answer.status_code == 422 and f'id="{field}-e"' in answer.text, sent
    key = re.search(r'name="key"[^>]*value="(\w+)"', unit.get("/office/headcounts").text)[1]
    for _ in range(2):
        assert unit.post("/office/headcounts", data={"day": on(-3), "number": "113", "key": key}).status_code == 303
    entry = db.session.scalars(db.select(Headcount)).one()
    assert unit.post("/office/headcounts", data={"day": on(-3), "number": "9"}).status_code == 422
    path = f"/office/headcounts/{entry.id}"
    assert unit.post(f"{path}/edit", data={"day": on(-3), "number": "x"}).status_code == 422
    assert unit.post(f"{path}/edit", data={"day": on(-3), "number": "131"}).status_code == 303
    page = unit.get("/office/headcounts").text
    assert ">131</b>" in page and "更正" in page and "113 人 → " in page
    other = clients("unit2")
    assert ">131<" not in other.get("/office/headcounts").text and other.get(f"{path}/edit").status_code == 404
    assert clients("city").get("/office/headcounts").status_code == 403
    assert unit.post(f"{path}/removal", data={"reason": ""}).status_code == 422
    assert unit.post(f"{path}/removal", data={"reason": "登记错了"}).status_code == 303
    assert "登记错了" in unit.get("/office/headcounts").text and unit.get(f"{path}/edit").status_code == 404


def test_a_dispute_goes_from_the_unit_to_the_community_and_back(clients):
    unit, wantong, id = clients("unit"), clients("wantong"), cast.volunteer_of("volunteer").id
    file = f"/office/volunteers/{id}"
    assert "提出归属异议" in unit.get(file).text and "归属异议" not in wantong.get(file).text.partition("<main")[2]
    assert unit.post(f"{file}/dispute", data={"reason": ""}).status_code == 422
    assert wantong.post(f"{file}/dispute", data={"reason": "不是"}).status_code == 409
    assert unit.post(f"{file}/dispute", data={"reason": "名册里没有这个人"}).status_code == 303
    assert unit.post(f"{file}/dispute", data={"reason": "再提"}).status_code == 409
    path = f"/office/disputes/{db.session.scalars(db.select(UnitDispute.id)).one()}"
    assert path in unit.get(file).text and path in wantong.get(file).text
    for who in ("unit", "wantong", "huanglou", "gulou", "city"):
        assert path in clients(who).get("/office/disputes").text, who
    for who, status in (("baiyun", 404), ("unit2", 404), ("member", 403)):
        assert clients(who).get(path).status_code == status
    assert unit.post(f"{path}/approval").status_code == 409 and wantong.post(f"{path}/withdrawal").status_code == 409
    assert wantong.post(f"{path}/rejection", data={"reason": " "}).status_code == 422
    assert wantong.post(f"{path}/approval").status_code == 303
    late = wantong.post(f"{path}/rejection", data={"reason": "晚了"})
    assert late.status_code == 409 and "异议成立" in late.text
    assert unit.get(file).status_code == 404 and cast.volunteer_of("volunteer").unit_id is None
    shown = unit.get(path).text
    assert "异议成立" in shown and "名册里没有这个人" in shown and file not in shown
    assert "经社区核实" in clients("volunteer").get("/member/messages").text


@pytest.mark.both
@pytest.mark.parametrize("most", [20_000, -1])
def test_disputes_are_found_by_state_region_and_words_whichever_way_people_are_looked_for(clients, monkeypatch, most):
    monkeypatch.setattr(quickest, "MOST", most)
    by = cast.who("unit")
    first = UnitDispute.put(cast.volunteer_of("volunteer"), "不是", by=by)
    second = UnitDispute.put(cast.volunteer_of("guest"), "不是", by=by)
    second.withdraw(by=by)
    one, two = f"/office/disputes/{first.id}", f"/office/disputes/{second.id}"
    assert (first.status, second.status) == (D.OPEN, D.WITHDRAWN)
    city = clients("city")
    for query, inside, outside in (
        ("", one, two), ("status=withdrawn", two, one), ("q=李静", one, two), ("q=测试中学", one, two), ("q=李", one, two),
        ("region=320302", one, two), ("region=320303&status=withdrawn", two, one), ("q=没有这样的", "没有这样的异议", one),
    ):  # fmt: skip
        page = city.get(f"/office/disputes?{query}", htmx=True).text
        assert inside in page and outside not in page, query
    for query in ("status=x", "region=999", "q=" + "x" * 51):
        assert city.get(f"/office/disputes?{query}").status_code == 422


def test_a_level_above_takes_a_public_case_down_and_says_why(clients):
    request = bring(S.CLOSED)
    case = db.session.scalars(db.select(PublicCase)).one().id
    path = f"/office/help/{request.id}/taking-down"
    assert TITLE in clients("").get("/help").text
    assert clients("baiyun").post(path, data={"reason": "试试"}).status_code == 404
    gulou = clients("gulou")
    wrong = gulou.post(path, data={"reason": ""})
    assert wrong.status_code == 422 and 'id="taking_down-e"' in wrong.text
    assert gulou.post(path, data={"reason": "标题里看得出是谁家"}).status_code == 303
    assert TITLE not in clients("").get("/help").text and clients("").get(f"/help/{case}").status_code == 404
    page = clients("wantong").get(f"/office/help/{request.id}").text
    assert "公开的摘要已从网上撤下" in page and "标题里看得出是谁家" in page and "taking-down" not in page
    last = history_of(request)[-1]
    assert (last.action, last.actor_role) == ("take-down", "district")
    told = db.session.scalars(db.select(Message.user_id).where(Message.title.startswith("公开的求助摘要已撤下"))).all()
    assert set(told) == {cast.who("wantong").id, cast.who("wantong2").id}
    again = gulou.post(path, data={"reason": "再撤"})
    assert again.status_code == 409 and "已经不在网上" in again.text


def test_a_file_of_units_asks_once_for_all_who_are_in_them(clients):
    city, sent = clients("city"), []
    for number in (0, 20):
        for one in range(number):
            WorkUnit.add(f"第{one}测试厂", "", by=cast.who("city"))
        db.session.commit()
        forget()
        with statements() as seen:
            lines = city.get("/office/units?format=csv").text.splitlines()
        sent.append(len(seen))
    people = {line.split(",")[0]: line.split(",")[2] for line in lines}
    unit = cast.volunteer_of("volunteer").unit_id
    assert people["第0测试厂"] == "0" and int(people[units()[unit].name]) == len(of_unit(unit)) > 0
    assert sent[0] == sent[1], "not a statement more for each unit"


def of_unit(unit):
    theirs = Volunteer.unit_id == unit, Volunteer.status != VolunteerStatus.LEFT
    return db.session.scalars(db.select(Volunteer.id).where(*theirs)).all()
