"""历史记录: every post reads what happened below it and nothing else, in Chinese, and takes it out with a purpose."""

import ast
import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app import clock
from app.db import db
from app.freshness import forget
from app.models import History
from app.models.histories import days, ways
from app.models.history import record
from app.timeline.everything import ACTIONS, NOUNS, SPECIAL
from tests import cast
from tests.histories import behind_the_triggers, sealed
from tests.support.statements import statements

URL = "/office/history"
APP = Path(__file__).parents[2] / "app"


@pytest.fixture
def lived(app):
    """Something in 万通, in 白云 and far away, each with a reason of its own."""
    for place, code in (("万通", cast.WANTONG), ("白云", cast.baiyun_code()), ("远方", cast.far_code())):
        record(cast.make_activity(code), "edit", by=cast.who("city"), reason=f"{place}的改动")
    record(cast.volunteer_of("guest"), "reveal", by=cast.who("far"), reason="远方的证件")
    record(cast.who("wantong").post, "export", by=cast.who("wantong"), reason="万通的导出")
    db.session.commit()


REASONS = ("万通的改动", "白云的改动", "远方的改动", "远方的证件", "万通的导出")
SEES = {
    "city": set(REASONS),
    "gulou": {"万通的改动", "白云的改动", "万通的导出"},
    "huanglou": {"万通的改动", "白云的改动", "万通的导出"},
    "wantong": {"万通的改动"},
    "baiyun": {"白云的改动"},
    "far": {"远方的改动", "远方的证件"},
    "yunlong": {"远方的改动", "远方的证件"},
    "unit": set(),
}


@pytest.mark.both
def test_a_unit_reads_of_a_place_what_concerns_its_own_people_there(clients, lived):
    def reads(query):
        return re.findall(r'data-l="做了什么">\s*(?:<[^>]+>)*([^<]+)', clients("unit").get(f"{URL}?{query}").text)

    assert reads("") == ["查看身份证号码"]
    for code in (cast.far_code(), cast.far_code()[:6]):
        assert reads(f"region={code}") == reads(f"region={code}&noun=volunteer") == ["查看身份证号码"]
    for code in (cast.GULOU, cast.WANTONG):
        assert not reads(f"region={code}")


@pytest.mark.both
def test_each_post_reads_what_lies_below_it(clients, lived):
    for username, reasons in SEES.items():
        page = clients(username).get(URL)
        assert page.status_code == 200 and {one for one in REASONS if one in page.text} == reasons, username
    unit = clients("unit").get(URL).text
    assert "查看身份证号码" in unit and "远方的证件" not in unit  # that it was looked at, not what others wrote
    assert clients("volunteer").get(URL).status_code == 403


FILTERS = {
    "noun=volunteer": {"远方的证件"},
    "action=export": {"万通的导出"},
    "q=周芳": {"万通的导出"},
    "q=WANTONG": {"万通的导出"},
    f"region={cast.GULOU}": {"万通的改动", "白云的改动", "万通的导出"} - {"万通的导出"},
    f"region={cast.WANTONG}": {"万通的改动"},
    "since=2020-01-01": set(REASONS),
    "until=2020-01-01": set(),
    "q=系统": set(),
    "noun=activity&q=高峰": {"万通的改动", "白云的改动", "远方的改动"},
}


@pytest.mark.both
def test_filters_narrow_the_list(clients, lived):
    client = clients("city")
    for query, reasons in FILTERS.items():
        page = client.get(f"{URL}?{query}")
        assert {one for one in REASONS if one in page.text} == reasons, query
    assert "没有符合条件的记录" in client.get(f"{URL}?until=2020-01-01").text
    far = "since=0001-01-01", "until=0001-01-01", "until=9999-12-31"
    for wrong in ("noun=x", "since=x", "since=2026-02-02&until=2026-02-01", "region=9999", f"q={'字' * 51}", *far):
        assert client.get(f"{URL}?{wrong}").status_code == 422, wrong
    assert clients("wantong").get(f"{URL}?region={cast.baiyun_code()}").status_code == 422


def test_pages_follow_each_other(app, clients, lived):
    person = cast.who("volunteer")
    for number in range(45):
        record(person, "profile", by=person, reason=f"第{number:02d}次")
    db.session.commit()
    client, path, found = clients("city"), f"{URL}?noun=user", []
    while path:
        page = client.get(path).text
        found += re.findall(r"第(\d\d)次", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following.group(1).replace("&amp;", "&") if following else ""
    assert found == [f"{number:02d}" for number in range(44, -1, -1)]


@pytest.mark.both
@pytest.mark.parametrize("is_sealed", [False, True])
def test_days_and_kinds_find_the_same_lines_however_long_the_list_is(app, clients, monkeypatch, is_sealed):
    person, start = cast.who("volunteer"), clock.now()
    try:
        for number in range(24):
            # one was written while the clock was two days slow, one while it was five days fast
            clock.move(timedelta(days=number - 24 + {11: -2, 5: 5}.get(number, 0)))
            record(person, "profile", by=person, reason=f"第{number:02d}天")
            record(cast.who("wantong").post, "export", by=person, reason=f"第{number:02d}份")
    finally:
        clock.move(timedelta(0))
    db.session.commit()
    if is_sealed:
        sealed(1)
    first, last = (clock.day(start + timedelta(days=number - 24)).isoformat() for number in (8, 11))
    wanted = ["11", "10", "09", "08", "05"]
    for most in (ways.MOST, 2):
        for module in (ways, days):
            monkeypatch.setattr(module, "MOST", most)
        forget()
        for noun, words in (("user", "天"), ("post", "份")):
            page = clients("city").get(f"{URL}?noun={noun}&since={first}&until={last}").text
            assert re.findall(rf"第(\d\d){words}", page) == wanted, (most, noun)
        assert "第23天" in clients("city").get(f"{URL}?since={first}").text
        assert "第00天" in clients("city").get(f"{URL}?until={first}&noun=user").text


@pytest.mark.both
def test_people_are_found_by_name_whichever_way_is_taken(app, clients, monkeypatch):
    cast.make_user("twin1", "孙同名", "13500000001"), cast.make_user("twin2", "孙同名", "13500000002")
    for number, name in enumerate(("twin1", "volunteer", "twin2", "twin1", "volunteer")):
        record(cast.who("volunteer"), "profile", by=cast.who(name), reason=f"第{number:02d}次")
    db.session.commit()
    # their lines, the list with all who are called so, the list and each name
    for some, most, counted in ((ways.SOME, ways.MOST, 9), (ways.SOME, 0, 9), (0, 0, 9), (0, 0, 0)):
        monkeypatch.setattr(ways, "SOME", some)
        monkeypatch.setattr(ways, "MOST", most)
        monkeypatch.setattr(ways, "COUNTED", dict.fromkeys(ways.COUNTED, counted))
        for words, wanted in (("孙同名", ["03", "02", "00"]), ("TWIN1", ["03", "00"]), ("孙同姓", [])):
            for who in ("city", "gulou"):
                page = clients(who).get(f"{URL}?q={words}").text
                assert re.findall(r"第(\d\d)次", page) == wanted, (some, most, counted, words, who)


def test_posts_of_one_role_read_their_own_lines_though_statements_are_kept(clients, lived):
    for _ in range(2):
        for who in ("wantong", "baiyun", "gulou", "unit"):
            page = clients(who).get(URL).text
            assert {one for one in REASONS if one in page} == SEES[who], who


def test_an_export_needs_a_purpose_and_is_history_itself(clients, lived):
    client = clients("wantong")
    assert client.get(f"{URL}/export").status_code == 200
    assert client.post(f"{URL}/export", data={"purpose": "", "format": "csv"}).status_code == 422
    answer = client.post(f"{URL}/export", data={"purpose": "年度检查", "format": "csv"})
    lines = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert lines[0] == ["编号", "时间", "事项", "做了什么", "谁", "原因或内容"]
    assert "万通的改动" in answer.text and "白云的改动" not in answer.text
    line = db.session.scalars(db.select(History).order_by(History.id.desc())).first()
    assert line.action == "export" and line.actor_id == cast.who("wantong").id


def test_the_city_reads_how_far_it_is_sealed_and_whether_it_held(app, clients, lived):
    client, run = clients("city"), app.test_cli_runner().invoke
    assert "还没有封存" in client.get(URL).text
    ids = sealed(2)
    assert "已封存 1 批" in client.get(URL).text and "还没有核验过" in client.get(URL).text
    assert run(args=["history", "verify"]).exit_code == 0
    assert "与封存时一致" in client.get(URL).text and "已封存" not in clients("gulou").get(URL).text
    with behind_the_triggers() as connection:
        connection.execute(text("UPDATE history SET noun_id = 0 WHERE id = :id"), {"id": ids[0]})
    assert run(args=["history", "verify"]).exit_code == 1
    assert "最近一次核验发现不一致" in client.get(URL).text


def test_it_asks_the_database_a_fixed_number_of_times(clients, lived):
    client = clients("gulou")
    client.get(URL)
    with statements() as seen:
        client.get(URL)
    few = len(seen)
    for _ in range(15):
        record(cast.make_activity(), "edit", by=cast.who("city2"), reason="又一次")
    db.session.commit()
    with statements() as seen:
        client.get(URL)
    assert len(seen) <= few + 1


def test_every_deed_and_every_noun_has_its_word():
    """Looked up in the source: whoever adds a `record` adds its word."""
    codes = set()
    for file in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            name = getattr(getattr(node, "func", None), "id", "")
            if (
                isinstance(node, ast.Call)
                and name in ("record", "record_all")
                and isinstance(node.args[1], ast.Constant)
            ):
                codes.add(node.args[1].value)
    assert len(codes) > 30 and codes <= set(ACTIONS) | {action for _, action in SPECIAL}
    assert set(NOUNS) <= set(db.metadata.tables)
