"""我的数据: one download with all there is about a person and nothing about others; and 注销账号 from the page."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.media.pictures import make_safe
from app.models import History, Message, Picture, Report, User
from app.models.history import record
from app.models.report import ReportKind
from tests import cast
from tests.applicants import card, in_state
from tests.support import photos


@pytest.fixture
def lived(app):
    user, volunteer = cast.who("volunteer"), cast.volunteer_of("volunteer")
    user.address, volunteer.id_card, volunteer.id_card_tail = "幸福里1号", card(5), card(5)[-4:]
    report = Report(user_id=user.id, kind=ReportKind.REFLECTION, title="心得", body="=1+1 的心得")
    report.locate(cast.WANTONG)
    db.session.add_all([report, Message(user_id=user.id, title="给我的消息"), Message(user_id=1, title="给别人的消息")])
    db.session.flush()
    Picture.keep(make_safe(photos.photo(32, 32)), row=report, by=user)
    volunteer.reveal(by=cast.who("wantong"), reason="核对证件")
    record(cast.volunteer_of("second"), "reveal", by=cast.who("wantong"), reason="别人的")
    in_state("rejected", "member", id_card=card(6))
    db.session.commit()


def download(client, **typed):
    answer = client.post("/member/my-data", data=typed)
    assert answer.data
    answer.close()
    return answer


@pytest.mark.both
def test_everything_about_the_person_is_in_it_and_nothing_about_others(app, clients, lived):
    client = clients("volunteer")
    assert client.get("/member/my-data").status_code == 200
    answer = download(client)
    assert answer.status_code == 200 and answer.mimetype == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    file = zipfile.ZipFile(io.BytesIO(answer.data))
    names = file.namelist()
    assert "我的数据.html" in names and sum(name.startswith("图片/") for name in names) == 1
    data = json.loads(file.read("我的数据.json"))
    assert data["账号和个人信息"][0]["住址"] == "幸福里1号" and data["志愿者资料"][0]["身份证号码"] == card(5)
    looks = data["谁看过我的信息"]
    assert [one["谁和原因"] for one in looks] == ["万通社区社区管理员 周芳。原因：核对证件"]
    assert data["站内消息"] and data["登录记录"] and data["志愿者上报"][0]["正文"] == "=1+1 的心得"
    everything = "".join(file.read(name).decode("utf-8", "replace") for name in names if not name.startswith("图片"))
    for other in ("给别人的消息", "别人的", card(6), "王建国"):
        assert other not in everything
    table = next(name for name in names if "志愿者上报" in name)
    assert list(csv.reader(io.StringIO(file.read(table).decode("utf-8-sig"))))[1][1] == "'=1+1 的心得"
    assert "<dt>住址</dt><dd>幸福里1号</dd>" in file.read("我的数据.html").decode()


def test_it_is_noted_and_the_person_reads_that(app, clients, lived):
    client = clients("volunteer")
    download(client)
    line = db.session.scalars(db.select(History).where(History.action == "my-data")).one()
    assert line.actor_id == cast.who("volunteer").id
    assert "下载我的数据" in client.get("/member/security").text


def test_who_has_not_lately_given_the_password_is_asked(app, clients, lived):
    client = clients("volunteer")
    clock.move(timedelta(minutes=11))
    for typed in ({}, {"proof": "wrong"}):
        answer = download(client, **typed)
        assert answer.status_code == 422 and answer.mimetype == "text/html"
    assert not db.session.scalars(db.select(History).where(History.action == "my-data")).all()
    assert client.post("/member/closing", data={"sure": "y"}).status_code == 422
    assert download(client, proof=cast.PASSWORD).mimetype == "application/zip"


def test_staff_who_only_act_get_their_own_file_too(app, clients, lived):
    data = json.loads(zipfile.ZipFile(io.BytesIO(download(clients("wantong")).data)).read("我的数据.json"))
    assert data["志愿者资料"] == [] and data["任职"][0]["职务"] == "社区管理员"
    assert len(data["我做过的操作"]) >= 2 and card(5) not in json.dumps(data)


def test_closing_the_account_from_its_page(app, clients, lived):
    client = clients("volunteer")
    assert client.post("/member/closing", data={}).status_code == 422
    answer = client.post("/member/closing", data={"sure": "y"})
    assert answer.status_code == 303 and client.get("/member/").status_code == 303
    assert db.session.scalars(db.select(User).where(User.name == "已注销用户")).one().disabled_at
    visitor = clients("")
    answer = visitor.post("/login", data={"username": "volunteer", "password": cast.PASSWORD})
    assert answer.status_code == 422


def test_who_holds_a_post_is_told_what_to_do_first(app, clients):
    client = clients("wantong")
    assert "请先请上级办理移交" in client.get("/member/closing").text
    assert client.post("/member/closing", data={"sure": "y"}).status_code == 409
