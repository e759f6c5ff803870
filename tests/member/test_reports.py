"""志愿者上报 in the member centre: drafts that survive, handing in, mending, links to activities, twice and stale."""

from datetime import timedelta
from io import BytesIO

import pytest

from app import clock
from app.db import db
from app.models import Picture, Report
from app.models.report import ReportKind, ReportStatus
from app.models.signup import Attendance
from tests import cast
from tests.demonstration import signed_up
from tests.reports import BODY, TITLE, reported
from tests.support import photos
from tests.support.html import hidden

S = ReportStatus
NEW = "/member/reports/new"
FILLED = {"kind": "reflection", "title": TITLE, "body": BODY, "activity": ""}


def the_one():
    return db.session.scalars(db.select(Report)).one()


def test_who_is_no_volunteer_is_told_how_to_become_one(clients):
    member = clients("member")
    for address in ("/member/reports", NEW):
        page = member.get(address)
        assert page.status_code == 200 and "成为志愿者后才能上报" in page.text
    answer = member.post(NEW, data=FILLED | {"action": "submit"})
    assert answer.status_code == 409 and "成为志愿者以后" in answer.text
    assert db.session.scalar(db.select(db.func.count()).select_from(Report)) == 0


def test_a_draft_survives_and_is_handed_in_later(clients):
    volunteer = clients("volunteer")
    assert "还没有写过" in volunteer.get("/member/reports").text
    assert volunteer.submit(NEW, kind="plan", title="", body="", activity="").status_code == 303
    draft = the_one()
    assert (draft.status, draft.title, draft.kind) == (S.DRAFT, "", ReportKind.PLAN)
    page = volunteer.get("/member/reports").text
    assert "（还没有标题）" in page and f"/member/reports/{draft.id}/edit" in page
    address = f"/member/reports/{draft.id}/edit"
    wrong = volunteer.submit(address, **FILLED | {"title": "", "body": "短"}, action="submit")
    assert wrong.status_code == 422 and "请写一个标题" in wrong.text and "内容至少 10 个字，现在是 1 个" in wrong.text
    assert the_one().status is S.DRAFT and "短</textarea>" in wrong.text
    assert volunteer.submit(address, **FILLED, action="submit").status_code == 303
    assert the_one().status is S.PENDING and "等社区审核" in volunteer.get(f"/member/reports/{draft.id}").text
    assert volunteer.get(address).status_code == volunteer.post(address, data=FILLED).status_code == 409


def test_bad_input_is_named_and_nothing_typed_is_lost(clients):
    volunteer = clients("volunteer")
    for field, value, message in (
        ("kind", "novel", "请从给出的选项中选择"),
        ("kind", "", "请从给出的选项中选择"),
        ("title", "长" * 61, "标题最多 60 个字，现在是 61 个"),
        ("body", "长" * 5001, "内容最多 5000 个字，现在是 5001 个"),
        ("activity", "999999", "请从给出的选项中选择"),
        ("activity", "x", "请从给出的选项中选择"),
        ("activity", "9" * 5000, "请从给出的选项中选择"),
    ):
        for action in ("draft", "submit"):
            answer = volunteer.submit(NEW, **FILLED | {field: value}, action=action)
            assert answer.status_code == 422 and message in answer.text, field
            assert "老人一直说没关系" in answer.text or field == "body"
    assert "预览（还没有保存）" in volunteer.submit(NEW, **FILLED, action="preview").text
    assert db.session.scalar(db.select(db.func.count()).select_from(Report)) == 0


def test_sent_twice_it_is_written_once(clients):
    volunteer = clients("volunteer")
    sent = hidden(volunteer.get(NEW).text) | FILLED | {"action": "submit"}
    first, second = volunteer.post(NEW, data=sent), volunteer.post(NEW, data=sent)
    assert first.status_code == second.status_code == 303 and first.headers["Location"] == second.headers["Location"]
    assert the_one().status is S.PENDING


def test_pictures_come_with_it_and_stay_beside_an_error(clients):
    volunteer = clients("volunteer")
    sent = hidden(volunteer.get(NEW).text) | FILLED | {"title": "", "action": "submit"}
    files = {"pictures": [(BytesIO(photos.photo()), "现场.jpg"), (BytesIO(photos.SVG), "漫画.jpg")]}
    wrong = volunteer.post(NEW, data=sent | files, content_type="multipart/form-data")
    assert wrong.status_code == 422 and "漫画.jpg：" in wrong.text
    wrong.request.environ["wsgi.input"].close()
    kept = hidden(wrong.text)["pictures_kept"]
    again = hidden(wrong.text) | FILLED | {"action": "submit", f"pictures_alt_{kept[0]}": "理发的现场"}
    assert volunteer.post(NEW, data=again).status_code == 303
    picture = db.session.scalars(db.select(Picture)).one()
    assert (picture.noun, picture.noun_id, picture.alt) == ("report", the_one().id, "理发的现场")


@pytest.mark.both  # PostgreSQL takes no NUL
def test_a_pictures_name_and_words_are_cleaned_before_they_are_used(clients):
    volunteer = clients("volunteer")
    sent = hidden(volunteer.get(NEW).text) | FILLED | {"title": "", "action": "submit"}
    wrong = volunteer.post(NEW, data=sent | {"pictures": (BytesIO(photos.photo()), "现场.jpg")})
    wrong.request.environ["wsgi.input"].close()
    [name] = hidden(wrong.text)["pictures_kept"]
    names, words = [name, "\x00", "qjx\x00\x00"], {f"pictures_alt_{name}": " 理发的\x00现场"}
    again = hidden(wrong.text) | FILLED | {"action": "submit", "pictures_kept": names} | words
    assert volunteer.post(NEW, data=again).status_code == 303
    assert db.session.scalars(db.select(Picture)).one().alt == "理发的现场"


def test_what_was_sent_back_is_mended_over_what_stands_there(clients):
    report, volunteer = reported(S.RETURNED), clients("volunteer")
    shown, address = f"/member/reports/{report.id}", f"/member/reports/{report.id}/edit"
    assert "请写具体些" in volunteer.get(shown).text and "请写具体些" in volunteer.get(address).text
    opened = hidden(volunteer.get(address).text)
    assert volunteer.submit(address, **FILLED | {"title": "在手机上改的"}).status_code == 303
    assert "请写具体些" in volunteer.get(shown).text.split("<article")[0], "the reason stays above what was mended"
    late = volunteer.post(address, data=opened | FILLED | {"title": "在电脑上改的", "action": "submit"})
    assert late.status_code == 409 and "在手机上改的" in late.text and 'value="在电脑上改的"' in late.text
    again = volunteer.post(address, data=hidden(late.text) | FILLED | {"title": "在电脑上改的", "action": "submit"})
    assert again.status_code == 303 and (the_one().title, the_one().status) == ("在电脑上改的", S.PENDING)
    assert "修改后重新提交" in volunteer.get(shown).text


def test_it_may_be_linked_to_an_activity_one_was_at(clients):
    was = cast.make_activity(
        title="上门理发", starts_at=clock.now() - timedelta(hours=3), ends_at=clock.now() - timedelta(hours=1)
    )
    signup = signed_up(was, cast.volunteer_of("volunteer"))
    signup.attendance = Attendance.PRESENT
    db.session.add(signup)
    other = cast.make_activity(title="别人的活动")
    volunteer, id, foreign = clients("volunteer"), was.id, other.id
    assert f"{NEW}?activity={id}" in volunteer.get(f"/member/services/{signup.id}").text
    page = volunteer.get(f"{NEW}?activity={id}").text
    assert f'<option selected value="{id}">' in page and "别人的活动" not in page
    assert "selected" not in volunteer.get(f"{NEW}?activity={foreign}").text.replace('<option selected value="">', "")
    assert volunteer.submit(NEW, **FILLED | {"activity": str(foreign)}).status_code == 422
    assert volunteer.submit(NEW, **FILLED | {"activity": str(id)}, action="submit").status_code == 303
    assert the_one().activity_id == id and "上门理发" in volunteer.get(f"/member/reports/{the_one().id}").text


def test_every_state_says_what_comes_next(clients):
    volunteer = clients("volunteer")
    for status, words in {
        S.DRAFT: "只有您看得到",
        S.PENDING: "等社区审核",
        S.RETURNED: "请写具体些",
        S.UNUSED: "与志愿服务无关",
        S.WITHDRAWN: "照片里有门牌",
        S.PUBLISHED: "网上只写“李同志”",
    }.items():
        report = reported(status, title=f"{status}的一篇")
        assert words in volunteer.get(f"/member/reports/{report.id}").text, status
        assert f"{status}的一篇" in volunteer.get("/member/reports").text
        assert clients("second").get(f"/member/reports/{report.id}").status_code == 404
