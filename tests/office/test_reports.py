"""志愿者上报 in the back office: the review list, deciding in place, editing beside the author's words, a plan taken up."""

import re

from sqlalchemy.orm import joinedload

from app.db import db
from app.models import Activity, History, Picture, Report
from app.models.report import ReportKind, ReportStatus
from tests import cast
from tests.reports import BODY, TITLE, reported
from tests.support import photos
from tests.support.html import hidden
from tests.support.statements import statements, writes

S = ReportStatus


def listed(answer):
    """The titles in the list, in order."""
    return re.findall(r'<th scope="row"><a [^>]*>([^<]+)<', answer.text)


def test_the_list_shows_what_waits_oldest_first_and_no_drafts(clients):
    for number in range(3):
        reported(S.PENDING, title=f"第{number}篇")
    reported(S.DRAFT, title="草稿在此")
    reported(S.PUBLISHED, title="发布了的", kind=ReportKind.PLAN)
    reported(S.PENDING, by="guest", title="别处的")
    wantong, gulou = clients("wantong"), clients("gulou")
    page = wantong.get("/office/reports")
    assert listed(page) == ["第0篇", "第1篇", "第2篇"] and "草稿在此" not in page.text
    for query, wanted in {
        "status=published": ["发布了的"],
        "status=published&kind=reflection": [],
        "status=published&kind=plan": ["发布了的"],
        "q=第1篇": ["第1篇"],
        "q=李静": ["第0篇", "第1篇", "第2篇"],
        "q=第1篇 李静": ["第1篇"],
        "q=没有的": [],
        f"region={cast.HUANGLOU}": ["第0篇", "第1篇", "第2篇"],
        f"region={cast.baiyun_code()}": [],
    }.items():
        assert listed(gulou.get(f"/office/reports?{query}")) == wanted, query
    for query, message in {
        "status=draft": "没有这个状态",
        "kind=x": "没有这个类型",
        "q=" + "长" * 51: "50 个字",
    }.items():
        answer = wantong.get(f"/office/reports?{query}")
        assert answer.status_code == 422 and message in answer.text and not listed(answer), query
    part = wantong.get("/office/reports?q=第2篇", htmx=True)
    assert "<html" not in part.text and listed(part) == ["第2篇"]


def test_a_draft_and_its_pictures_do_not_exist_for_staff(clients):
    picture = Picture.keep(photos.photo(60, 40), by=cast.who("volunteer"))
    report = reported(S.DRAFT, pictures=[(picture, "现场")])
    wantong, name = clients("wantong"), picture.name
    for address in (f"/office/reports/{report.id}", f"/office/reports/{report.id}/edit", f"/pictures/{name}.jpg"):
        assert wantong.get(address).status_code == 404, address
    assert wantong.post(f"/office/reports/{report.id}/publication").status_code == 404
    assert clients("volunteer").get(f"/pictures/{name}.jpg").status_code == 200
    report.submit(by=cast.who("volunteer"))
    assert wantong.get(f"/pictures/{name}.jpg").status_code == 200
    assert clients("").get(f"/pictures/{name}.jpg").status_code == 404


def test_decisions_happen_in_place_and_without_scripts(clients):
    wantong = clients("wantong")
    for move, field, after in (
        ("publication", {}, S.PUBLISHED),
        ("return", {"reason": "请隐去姓名"}, S.RETURNED),
        ("refusal", {"reason": "发布过了"}, S.UNUSED),
    ):
        for htmx in (True, False):
            report = reported(S.PENDING)
            address = f"/office/reports/{report.id}/{move}"
            answer = wantong.post(address, data=field, htmx=htmx)
            assert db.session.get(Report, report.id).status is after
            if htmx:
                assert answer.status_code == 200 and 'id="report"' in answer.text and "<html" not in answer.text
                assert 'hx-target="#status"' in answer.text
            else:
                assert answer.status_code == 303 and answer.headers["Location"].endswith(f"/office/reports/{report.id}")
            again = wantong.post(address, data=field, htmx=htmx)
            assert again.status_code == 409 and "现在是" in again.text, "409 with the present state"


def test_a_reason_is_asked_for_and_what_was_typed_stays(clients):
    wantong = clients("wantong")
    for status, move in ((S.PENDING, "return"), (S.PENDING, "refusal"), (S.PUBLISHED, "withdrawal")):
        report = reported(status)
        db.session.commit()
        for typed, message in {
            "": "请写明原因",
            "  ": "请写明原因",
            "长" * 501: "最多 500 个字，现在是 501 个",
        }.items():
            for htmx in (True, False):
                with statements() as seen:
                    answer = wantong.post(f"/office/reports/{report.id}/{move}", data={"reason": typed}, htmx=htmx)
                assert answer.status_code == 422 and message in answer.text and not writes(seen)
                assert f"{typed.strip()}</textarea>" in answer.text and f'id="{move}" open' in answer.text
    gulou = clients("gulou")
    assert gulou.post(f"/office/reports/{report.id}/withdrawal", data={"reason": "有门牌"}).status_code == 303
    assert "有门牌" in gulou.get(f"/office/reports/{report.id}").text


def test_what_staff_change_stands_beside_what_the_author_wrote(clients):
    report, wantong = reported(S.PENDING), clients("wantong")
    address = f"/office/reports/{report.id}/edit"
    for wrong, message in {"": "内容不能是空的", "太短": "至少 10 个字", "长" * 5001: "最多 5000 个字"}.items():
        answer = wantong.submit(address, title="新标题", body=wrong)
        assert answer.status_code == 422 and message in answer.text and 'value="新标题"' in answer.text
    assert "预览（还没有保存）" in wantong.submit(address, title="新标题", body=BODY, action="preview").text
    opened = hidden(wantong.get(address).text)
    assert wantong.submit(address, title="理发头一回", body=BODY + "\n社区整理。").status_code == 303
    page = wantong.get(f"/office/reports/{report.id}").text
    assert "作者原来写的" in page and TITLE in page and "<h1>理发头一回</h1>" in page and "<p>社区整理。</p>" in page
    late = clients("wantong2").post(address, data=opened | {"title": "晚了一步", "body": BODY})
    assert late.status_code == 409 and "别人已经改过这篇上报" in late.text and 'value="晚了一步"' in late.text
    assert "社区整理" in late.text, "what now stands there can be read"
    assert (
        clients("wantong2").post(address, data=hidden(late.text) | {"title": "晚了一步", "body": BODY}).status_code
        == 303
    )
    assert db.session.get(Report, report.id).own_title == TITLE
    mine = clients("volunteer").get(f"/member/reports/{report.id}").text
    assert "看看您原来写的" in mine and TITLE in mine


def test_pinning_is_for_district_and_city(clients):
    report = reported(S.PUBLISHED)
    here = f"/office/reports/{report.id}"
    assert f"{here}/pin" not in clients("wantong").get(here).text
    assert clients("wantong").post(f"{here}/pin").status_code == 409
    city = clients("city")
    assert f"{here}/pin" in city.get(here).text
    answer = city.post(f"{here}/pin", htmx=True)
    assert answer.status_code == 200 and "取消置顶" in answer.text
    assert "置顶" in clients("").get("/reports").text
    assert city.post(f"{here}/unpin").status_code == 303 and not db.session.get(Report, report.id).pinned_at


def test_a_plan_opens_the_same_draft_however_often_it_is_pressed(clients):
    report, wantong = reported(S.PENDING, kind=ReportKind.PLAN), clients("wantong")
    first = wantong.post(f"/office/reports/{report.id}/activity")
    again = wantong.post(f"/office/reports/{report.id}/activity")
    draft = db.session.scalars(db.select(Activity)).one()
    assert first.status_code == 303 and first.headers["Location"] == again.headers["Location"]
    assert f'value="{TITLE}"' in wantong.get(f"/office/activities/{draft.id}/edit").text
    assert "来自志愿者的计划" in wantong.get(f"/office/activities/{draft.id}").text
    assert f"/office/activities/{draft.id}" in wantong.get(f"/office/reports/{report.id}").text
    assert "据此起草" in clients("volunteer").get(f"/member/reports/{report.id}").text
    other = reported(S.PENDING)
    assert wantong.post(f"/office/reports/{other.id}/activity").status_code == 409


def test_ones_own_report_is_for_the_next_level(clients):
    cast.make_volunteer(cast.who("wantong"))
    report = reported(S.PENDING, by="wantong")
    here = f"/office/reports/{report.id}"
    page = clients("wantong").get(here).text
    assert "由上一级管理员审核" in page and "publication" not in page
    answer = clients("wantong2").post(f"{here}/publication")
    assert answer.status_code == 409 and "同一岗位同事" in answer.text
    assert clients("huanglou").post(f"{here}/publication").status_code == 303


def test_the_export_says_who_and_why(clients):
    reported(S.PENDING, title="要导出的")
    wantong = clients("wantong")
    assert "导出" in wantong.get("/office/reports/export").text
    assert wantong.post("/office/reports/export", data={"format": "csv"}).status_code == 422
    file = wantong.post("/office/reports/export", data={"purpose": "季度汇总", "format": "csv"})
    assert (
        file.status_code == 200
        and "要导出的" in file.data.decode("utf-8-sig")
        and "李静" in file.data.decode("utf-8-sig")
    )
    line = db.session.scalars(
        db.select(History).where(History.action == "export").options(joinedload(History.note))
    ).one()
    assert "志愿者上报 1 行" in line.note.text and "季度汇总" in line.note.text
