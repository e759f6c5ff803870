"""Exports of many rows: made by a process of their own, for the one who asked, in one post, for a day."""

import csv
import io
from datetime import timedelta

import pytest

from app import clock, exporting, listing, sqlite
from app.db import db
from app.models import ExportJob, ExportPiece
from app.models.disclosure import Disclosed, Disclosure
from app.models.export_job import forget_old
from app.models.history import History, HistoryNote
from tests import cast

URL = "/office/volunteers/export"


@pytest.fixture(autouse=True)
def begun(app, monkeypatch):
    """Everything counts as many rows; how often a process was begun."""
    begun = []
    monkeypatch.setattr("app.disclosure.AT_ONCE", 0)
    app.extensions["start_export"] = lambda: begun.append(1)
    yield begun
    del app.extensions["start_export"]


def ask(client, **fields):
    answer = client.post(URL, data={"purpose": "核对名册", "format": "csv", **fields})
    assert answer.status_code == 303 and answer.location == "/office/exports"
    return db.session.scalars(db.select(ExportJob).order_by(ExportJob.id.desc())).first().id


def carry(app):
    """What the process does."""
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["carry-exports"])
    db.session.expire_all()
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(autouse=True)
def polite(monkeypatch):
    """The command stays as it is, but this process keeps its own priority and memory."""
    monkeypatch.setattr("os.nice", lambda by: 0)
    monkeypatch.setattr("resource.setrlimit", lambda *some: None)


def fetched(client, id):
    return client.post(f"/office/exports/{id}/file")


@pytest.mark.both
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_long_list_is_made_apart_and_is_what_the_request_would_give(app, clients, monkeypatch, begun, format):
    client = clients("wantong")
    monkeypatch.setattr("app.disclosure.AT_ONCE", 2000)
    wanted = client.post(URL, data={"purpose": "核对名册", "format": "csv"}).text
    monkeypatch.setattr("app.disclosure.AT_ONCE", 0)
    id = ask(client, format=format)
    assert begun == [1] and "排队中" in client.get("/office/exports").text
    assert db.session.scalar(db.select(db.func.count()).select_from(Disclosure)) == 1
    assert fetched(client, id).status_code == 409
    carry(app)
    answer = fetched(client, id)
    assert answer.status_code == 200 and f".{format}" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(wanted)))
    if format == "csv":
        assert answer.text == wanted
    else:
        from python_calamine import CalamineWorkbook

        sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
        assert len(sheet) == len(rows) and [row[0] for row in sheet[1:]] == [row[0] for row in rows[1:]]
    notes = db.select(HistoryNote.text).join(History).where(History.action == "export").order_by(History.id)
    assert db.session.scalars(notes).all()[-1] == f"志愿者名册 {len(rows) - 1} 行（{format}），用途：核对名册"
    last = db.session.scalars(db.select(Disclosure).order_by(Disclosure.id.desc())).first()
    named = db.select(db.func.count()).where(Disclosed.disclosure_id == last.id)
    assert last.rows == len(rows) - 1 == db.session.scalar(named)


@pytest.mark.both
def test_how_many_rows_it_will_have_is_counted_by_the_process_and_shown(app, clients, monkeypatch):
    client = clients("wantong")
    id = ask(client)
    assert "清点中" in client.get("/office/exports").text
    told, beat = [], exporting.beat
    monkeypatch.setattr(exporting, "beat", lambda session, *rest: told.append(rest) or beat(session, *rest))
    carry(app)
    job = db.session.get(ExportJob, id)
    assert job.written > 1 and {total for *_, total in told} == {job.total} == {job.written}
    job.finished_at, job.written, job.total = None, 1200, 5000
    db.session.commit()
    assert "1,200 / 5,000" in client.get("/office/exports").text


def test_it_is_there_for_the_asker_in_that_post_alone(app, clients):
    id = ask(clients("wantong"))
    carry(app)
    for other in ("wantong2", "huanglou", "city", "unit"):
        for way in ("file", "cancellation", "restart"):
            assert clients(other).post(f"/office/exports/{id}/{way}").status_code == 404
        assert "志愿者名册" not in clients(other).get("/office/exports").text.partition('id="results"')[2]
    wantong = clients("wantong")
    assert fetched(wantong, id).status_code == 200
    job = db.session.get(ExportJob, id)
    job.post_id = cast.who("city").post.id
    db.session.commit()
    assert fetched(wantong, id).status_code == 404


@pytest.mark.both
def test_nothing_of_it_lies_in_clear(app, clients):
    name = cast.who("volunteer").name
    ask(clients("wantong"), q=name)
    carry(app)
    pieces = db.session.execute(db.text("SELECT content FROM export_piece")).scalars().all()
    paths = db.session.execute(db.text("SELECT path FROM export_job")).scalars().all()
    assert pieces and paths and all(one.startswith("1.") for one in (*pieces, *paths))


def test_whole_numbers_ask_for_a_proof_again_at_the_download(app, clients):
    client = clients("wantong")
    id = ask(client, full="y")
    carry(app)
    clock.move(timedelta(minutes=15))
    assert "请确认是您本人" in fetched(client, id).text
    answer = client.post(f"/office/exports/{id}/file", data={"proof": cast.PASSWORD})
    assert cast.who("volunteer").phone in answer.text and "，完整号码" in last_note()


def last_note():
    return db.session.scalars(db.select(HistoryNote.text).order_by(HistoryNote.history_id.desc())).first()


def test_it_sees_what_the_person_may_see_when_it_is_made(app, clients):
    id = ask(clients("wantong"))
    cast.who("wantong").post.revoke(by=cast.who("city"), reason="岗位调整")
    carry(app)
    job = db.session.get(ExportJob, id)
    assert job.problem == exporting.CHANGED and job.state == "failed"
    assert not db.session.scalars(db.select(ExportPiece)).all() and "export" not in actions()


def actions():
    return db.session.scalars(db.select(History.action)).all()


def test_a_lost_process_is_told_and_it_can_be_started_again(app, clients, begun):
    client = clients("wantong")
    id = ask(client)
    job = db.session.get(ExportJob, id)
    job.started_at, job.beat_at = clock.now(), clock.now() - timedelta(seconds=61)
    db.session.add(ExportPiece(job_id=id, run=0, content="half"))
    db.session.commit()
    page = client.get("/office/exports").text
    assert "已中断" in page and "请重新开始" in page
    carry(app)
    assert db.session.get(ExportJob, id).finished_at is None, "nobody took it: it may be alive after all"
    assert client.post(f"/office/exports/{id}/restart").status_code == 303 and begun == [1, 1]
    assert client.post(f"/office/exports/{id}/restart").status_code == 409
    carry(app)
    assert "half" not in fetched(client, id).text and fetched(client, id).status_code == 200


@pytest.mark.both
def test_a_cancelled_one_stops_and_leaves_nothing(app, clients, monkeypatch):
    client = clients("wantong")
    id = ask(client)
    monkeypatch.setattr(exporting, "EVERY", 0.0)
    beat = exporting.beat

    def cancelled_meanwhile(session, *rest):
        session.execute(db.update(ExportJob).values(cancelled_at=clock.now()))
        return beat(session, *rest)

    monkeypatch.setattr(exporting, "beat", cancelled_meanwhile)
    carry(app)
    assert db.session.get(ExportJob, id).state == "cancelled" and "export" not in actions()
    assert fetched(client, id).status_code == 409
    other = ask(client)
    assert client.post(f"/office/exports/{other}/cancellation").status_code == 303
    assert client.post(f"/office/exports/{other}/cancellation").status_code == 409


def test_whatever_breaks_is_told_in_plain_words(app, clients, monkeypatch):
    client = clients("wantong")
    id = ask(client)
    monkeypatch.setattr(exporting, "written", lambda *some: 1 / 0)
    carry(app)
    assert (
        db.session.get(ExportJob, id).problem == exporting.ERROR
        and exporting.ERROR in client.get("/office/exports").text
    )


def test_three_at_a_time_and_a_day_at_most(app, clients):
    client = clients("wantong")
    for _ in range(3):
        id = ask(client)
    assert client.post(URL, data={"purpose": "核对名册", "format": "csv"}).status_code == 409
    assert carry(app) == "导出 3 份\n"
    clock.move(timedelta(hours=24, minutes=1))
    client = clients("wantong")
    assert "可以下载" not in client.get("/office/exports").text
    assert forget_old() == 3 and not db.session.scalars(db.select(ExportPiece)).all()
    db.session.commit()
    assert fetched(client, id).status_code == 404


def test_a_real_process_makes_it(app, clients, monkeypatch):
    """As in production: a child of its own, with this site's settings."""
    del app.extensions["start_export"]
    app.extensions["start_export"] = lambda: exporting.start_process()
    id = ask(clients("wantong"))
    db.session.rollback()  # on SQLite a look holds the right to write
    child = exporting._children.pop()
    assert child.wait(60) == 0
    db.session.expire_all()
    assert db.session.get(ExportJob, id).state == "done"


@pytest.mark.sqlite_only
def test_others_may_write_while_a_small_file_is_made(clients, monkeypatch):
    monkeypatch.setattr("app.disclosure.AT_ONCE", 2000)
    free: list[bool] = []
    made = listing.export

    def watched(*args):
        list(args[3])  # the rows are read
        free.append(not sqlite._one_writer.locked())
        return made(*args[:3], [])

    monkeypatch.setattr(listing, "export", watched)
    answer = clients("city").post(URL, data={"purpose": "核对", "format": "csv"})
    assert answer.status_code == 200 and free == [True]
    assert db.session.scalar(db.select(db.func.count()).select_from(Disclosed)) == 4
