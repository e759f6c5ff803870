"""人员导入 in the back office: check, mend, carry out; the invitations that come of it, their slips, taking one back."""

from io import BytesIO

import pytest

from app import clock
from app.db import db
from app.models import History, Import, Invitation
from app.models.imports.importing import ImportStatus
from app.models.invitation import InvitationStatus
from tests import cast
from tests.people_files import CARD, bring, csv, invite, line, people, xlsx

NEW = "/office/imports/new"


def upload(client, rows, name="名单.csv", **fields):
    data = rows if isinstance(rows, bytes) else xlsx(rows) if name.endswith("xlsx") else csv(rows)
    return client.post(NEW, data={"file": (BytesIO(data), name), "units": "error", **fields})


def imports():
    return db.session.scalars(db.select(Import).order_by(Import.id)).all()


def test_a_file_with_errors_names_every_row_and_the_mended_one_is_carried_out(client):
    client.sign_in("city")
    rows = people(30, 服务次数=2)
    wrong = [row | {"政治面貌": "同志"} for row in rows[:25]] + rows[25:]
    page = client.get(upload(client, wrong, "坏.xlsx", closes_on="2025-12-31").headers["Location"]).text
    assert (
        "有 25 处要改，没有导入任何人" in page and "第 2 行" in page and "第 21 行" in page and "第 22 行" not in page
    )
    failed = imports()[0]
    assert "第 26 行" in client.get(f"/office/imports/{failed.id}?page=2").text
    assert "第 26 行" in client.get(f"/office/imports/{failed.id}?page=99").text
    told = client.get(f"/office/imports/{failed.id}/errors").text
    assert told.count("政治面貌") == 25 and rows[0]["手机号"] not in told
    with client.get(f"/office/imports/{failed.id}/errors?format=xlsx") as file:
        assert file.data.startswith(b"PK")
    assert client.post(f"/office/imports/{failed.id}/execution").status_code == 409
    answer = upload(client, rows, "好.xlsx", closes_on="2025-12-31")
    assert "导入 30 人" in client.get(answer.headers["Location"]).text
    assert not db.session.scalars(db.select(Invitation)).all()
    good = imports()[1]
    answer = client.post(f"/office/imports/{good.id}/execution")
    assert answer.status_code == 303 and good.status is ImportStatus.DONE
    assert "已发出 30 份邀请" in client.get(answer.headers["Location"]).text
    assert client.post(f"/office/imports/{good.id}/execution").status_code == 409
    assert len(db.session.scalars(db.select(Invitation)).all()) == 30
    again = upload(client, rows, "又来.csv", closes_on="2025-12-31").headers["Location"]
    assert "有 30 处要改" in client.get(again).text and "以前导入过" in client.get(again).text
    listed = client.get("/office/imports").text
    assert all(name in listed for name in ("好.xlsx", "坏.xlsx", "又来.csv"))


def test_the_same_file_again_is_said_and_what_was_typed_stays(client):
    client.sign_in("city")
    data = csv([line(服务次数=2)])
    checked = upload(client, data, closes_on="2025-12-31").headers["Location"]
    client.post(f"{checked}/execution")
    answer = upload(client, data, closes_on="2025-12-30", units="other")
    assert answer.status_code == 422 and "已经导入过（1 人）" in answer.text
    assert 'value="2025-12-30"' in answer.text and "错误：" in answer.text


def test_bad_uploads_are_422_at_the_field(client):
    client.sign_in("city")
    tomorrow = f"{clock.today().replace(year=clock.today().year + 1)}"
    for words, data, fields in (
        ("请选择名单文件", None, {}),
        ("“名单.csv”不是 Excel", b"\x89PNG\x00", {}),
        ("是空的", b"", {}),
        ("截止日期不能晚于今天", csv([line()]), {"closes_on": tomorrow}),
        ("请填写日期", csv([line()]), {"closes_on": "昨天"}),
        ("请从给出的选项中选择", csv([line()]), {"units": "anything"}),
    ):
        answer = client.post(NEW, data={"units": "error"}) if data is None else upload(client, data, **fields)
        assert answer.status_code == 422 and words in answer.text, words
    assert not imports()
    assert client.get("/office/imports?status=x").status_code == 422
    assert client.get("/office/imports/template?format=pdf").status_code == 404
    assert "姓名,手机号,身份证号" in client.get("/office/imports/template").text


def test_a_form_sent_twice_checks_once(client):
    client.sign_in("city")
    key = {"key": "0" * 32}
    first, second = (upload(client, [line()], **key).headers["Location"] for _ in range(2))
    assert first == second and len(imports()) == 1


def test_a_district_imports_into_its_communities_and_sees_its_own_files(clients):
    gulou, yunlong, city = clients("gulou"), clients("yunlong"), clients("city")
    assert "加进工作单位名单" in city.get(NEW).text and "加进工作单位名单" not in gulou.get(NEW).text
    outside = upload(gulou, [line(服务社区=cast.far_code())]).headers["Location"]
    assert "不在您管理的鼓楼区" in gulou.get(outside).text
    assert upload(gulou, [line()], units="create").status_code == 422
    inside = upload(gulou, [line()], "鼓楼.csv").headers["Location"]
    assert yunlong.get(inside).status_code == 404 and "鼓楼.csv" not in yunlong.get("/office/imports").text
    assert yunlong.post(f"{inside}/execution").status_code == 404
    assert city.get(inside).status_code == 200
    assert gulou.post(f"{inside}/execution").status_code == 303
    assert clients("wantong").get(inside).status_code == 403


def test_htmx_carries_out_piece_by_piece_and_shows_how_far_it_is(client, monkeypatch):
    monkeypatch.setattr("app.blueprints.office.imports.AT_ONCE", 4)
    client.sign_in("city")
    whole = bring(people(10, 服务次数=""))
    url = f"/office/imports/{whole.id}/execution"
    seen = [client.post(url, htmx=True) for _ in range(3)]
    assert [answer.status_code for answer in seen] == [200, 200, 204]
    assert "4</b> / 10 人" in seen[0].text and "8</b> / 10 人" in seen[1].text
    assert 'hx-trigger="load' in seen[0].text and "<html" not in seen[0].text
    assert seen[2].headers["HX-Redirect"].endswith(f"/office/imports/{whole.id}")
    assert whole.status is ImportStatus.DONE
    running = bring(people(6, 姓名="李小"))
    assert running.wrong, "the same phones under another name are one error a row at most"


def test_a_checked_file_can_be_thrown_away_before_it_is_carried_out(client):
    client.sign_in("city")
    whole, begun = bring(people(2, 服务次数="")), bring(people(3, 服务次数="", 服务社区=cast.baiyun_code()))
    id = whole.id
    assert client.post(f"/office/imports/{id}/dismissal").status_code == 303
    assert client.get(f"/office/imports/{id}").status_code == 404
    begun.carry_out(by=cast.who("city"), most=1)
    assert client.post(f"/office/imports/{begun.id}/dismissal").status_code == 409
    assert "正在导入" in client.get(f"/office/imports/{begun.id}").text
    assert "已经开始导入" in client.post(f"/office/imports/{begun.id}/dismissal").text


def test_the_community_sees_its_invited_people_prints_slips_and_takes_one_back(clients):
    sun = invite(line(身份证号=CARD, 服务次数=2), *people(3), closes_on=clock.today())
    wantong, baiyun = clients("wantong"), clients("baiyun")
    page = wantong.get("/office/invitations").text
    assert "孙丽" in page and "找到 <b" in page and "13800000005" not in page and CARD not in page
    assert "孙丽" not in baiyun.get("/office/invitations").text
    assert baiyun.get(f"/office/invitations/{sun.id}").status_code == 404
    for query, there in (
        ("q=孙", 1),
        ("q=13800000005", 1),
        ("q=0005", 1),
        ("q=赵", 0),
        ("status=declined", 0),
        (f"file={sun.import_id}", 1),
    ):
        assert ("孙丽" in wantong.get(f"/office/invitations?{query}").text) == bool(there), query
    for query in ("status=x", "file=x", f"q={'长' * 51}", "file=99999999999"):
        assert wantong.get(f"/office/invitations?{query}").status_code == 422, query
    slips = wantong.get("/office/invitations/slips").text
    assert slips.count("邀请码</th>") == 4 and sun.code in slips
    assert sun.code in wantong.get(f"/office/invitations/{sun.id}/slip").text
    exported = wantong.post("/office/invitations/export", data={"purpose": "打印名单", "format": "csv"}).text
    assert "孙丽,0005" in exported and db.session.scalar(db.select(History).where(History.action == "export"))
    empty = wantong.post(f"/office/invitations/{sun.id}/withdrawal", data={"reason": " "})
    assert empty.status_code == 422 and "请写明收回的原因" in empty.text
    assert wantong.post(f"/office/invitations/{sun.id}/withdrawal", data={"reason": "登记错了"}).status_code == 303
    assert sun.status is InvitationStatus.WITHDRAWN and sun.phone is None
    gone = wantong.get(f"/office/invitations/{sun.id}").text
    assert "登记错了" in gone and sun.code not in gone and CARD[-4:] not in gone
    assert wantong.post(f"/office/invitations/{sun.id}/withdrawal", data={"reason": "再来"}).status_code == 409


@pytest.mark.sqlite_only
def test_empty_lists_say_what_comes_next(clients):
    assert "还没有导入过名单" in clients("city").get("/office/imports").text
    assert "还没有带过来的人" in clients("wantong").get("/office/invitations").text
    assert "没有待接受的邀请" in clients("wantong").get("/office/invitations/slips").text
