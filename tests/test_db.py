"""The database's own small tools."""

from app.db import db, insert_once
from app.models import CreationKey
from tests.support.together import together


def test_a_row_is_inserted_once(app):
    assert [insert_once(CreationKey, {"key": "a"}, ["key"]) for _ in range(3)] == [True, False, False]
    db.session.commit()
    assert not insert_once(CreationKey, {"key": "a"}, ["key"])


def test_of_many_at_once_one_inserts(app):
    results = together(app, [lambda: insert_once(CreationKey, {"key": "b"}, ["key"]) for _ in range(8)])
    assert sorted(results) == [False] * 7 + [True]
