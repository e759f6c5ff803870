"""The tests' own ground: the cast stands, each test starts anew, a person is signed in."""

import sqlite3
from contextlib import closing

import pytest

from app.db import db
from app.models import Message, Region, User, Volunteer
from tests import cast


def test_the_city_and_its_people_are_there(app):
    assert db.session.scalar(db.select(db.func.count()).select_from(Region)) == 3010
    assert cast.who("wantong").post.place == "鼓楼区 · 黄楼街道 · 万通社区"
    assert cast.volunteer_of("volunteer").community_code == cast.WANTONG


def test_what_a_test_writes_is_gone_in_the_next(app):
    assert db.session.scalar(db.select(User).where(User.username == "newcomer")) is None
    cast.make_user("newcomer")
    db.session.commit()


def test_what_a_test_writes_is_gone_in_the_next_one_too(app):
    test_what_a_test_writes_is_gone_in_the_next(app)


def test_many_rows_are_gone_in_the_next(app):
    """The file has grown by them."""
    assert db.session.scalar(db.select(db.func.count()).select_from(Message)) == 0
    who = cast.who("city").id
    db.session.execute(db.insert(Message), [{"user_id": who, "title": "很长的标题" * 10} for _ in range(2_000)])
    db.session.commit()


def test_many_rows_are_gone_in_the_next_one_too(app):
    test_many_rows_are_gone_in_the_next(app)


@pytest.mark.sqlite_only  # on PostgreSQL the site may make no tables
def test_a_table_is_gone_in_the_next(app):
    """And the file may be shorter."""
    tables = db.inspect(db.engine).get_table_names()
    assert "made" not in tables and db.session.scalar(db.text("PRAGMA integrity_check")) == "ok"
    db.session.execute(db.text("CREATE TABLE made (what text)"))
    db.session.commit()
    with closing(sqlite3.connect(str(db.engine.url.database))) as connection:
        connection.execute("VACUUM")


@pytest.mark.sqlite_only
def test_a_table_is_gone_in_the_next_one_too(app):
    test_a_table_is_gone_in_the_next(app)


def test_a_person_is_signed_in_and_a_visitor_is_not(clients):
    assert clients("").get("/member/").status_code == 303
    assert clients("volunteer").get("/office/").status_code == 403
    assert clients("wantong").get("/healthz").status_code == 200
    assert db.session.scalar(db.select(db.func.count()).select_from(Volunteer)) == len(cast.VOLUNTEERS)
