"""`flask rotate-key`: everything sealed lies under the new key afterwards, also after a break and under changes."""

import pytest
from sqlalchemy import select

from app import crypto, rotation
from app.crypto import Unreadable
from app.db import db
from app.models import Application, User
from tests import cast
from tests.helps import ask
from tests.support.statements import statements, writes

NEW = "a new key of the operator, long enough"


@pytest.fixture
def rotated(app, monkeypatch):
    """Set DATA_KEY to new,old; the fixture's value sets it to the new one alone."""
    old = app.config["DATA_KEY"]
    request = ask(cast.WANTONG)
    person = cast.who("volunteer")
    before = {"id_card": crypto.seal("110101199003070011"), "guardian_phone": None, "left_at": None, "名": "李"}
    application = Application(**_facts(person.id), before=before)
    db.session.add(application)
    db.session.commit()
    monkeypatch.setitem(app.config, "DATA_KEY", f"{NEW},{old}")
    return request.id, application.id


def _facts(user_id):
    from tests.commands.test_backup import _application

    return _application(user_id=user_id, id_card="110101199003070011")


def test_afterwards_the_new_key_alone_opens_everything(app, rotated, monkeypatch):
    run = app.test_cli_runner().invoke
    assert run(args=["rotate-key", "--check"]).exit_code == 1
    told = run(args=["rotate-key"])
    assert told.exit_code == 0 and "处已改用最新的密钥" in told.output
    assert run(args=["rotate-key"]).output.endswith("0 处已改用最新的密钥。\n")  # again: nothing left
    monkeypatch.setitem(app.config, "DATA_KEY", NEW)
    assert run(args=["rotate-key", "--check"]).exit_code == 0
    for table, names in rotation.sealed_columns().items():
        for row in rotation._batch(table, names, 0):
            values = [value for value in map(row._mapping.get, names) if isinstance(value, str)]
            assert all(crypto.unseal(value) for value in values)
    before = db.session.get_one(Application, rotated[1]).before
    assert crypto.unseal(before["id_card"]) == "110101199003070011" and before["名"] == "李"
    assert before["guardian_phone"] is None


def test_broken_off_it_goes_on_and_a_row_changed_meanwhile_keeps_its_change(app, rotated, monkeypatch):
    monkeypatch.setattr(rotation, "AT_ONCE", 3)
    going = rotation.rotate()
    first = next(going)
    assert first.seen == 3
    going.close()
    person = cast.who("volunteer")
    person.address = "新住址"
    db.session.commit()
    kept, changed = rotation._anew, []

    def meanwhile(table, name, old):
        new = kept(table, name, old)
        if table == "user" and name == "phone" and new and not changed:  # the site writes between reading and writing
            changed.append(old)
            plain = db.text('UPDATE "user" SET phone = :new WHERE phone = :old')
            db.session.execute(plain, {"new": crypto.seal("13811112222"), "old": old})
        return new

    monkeypatch.setattr(rotation, "_anew", meanwhile)
    assert list(rotation.rotate())
    db.session.expire_all()
    assert cast.who("volunteer").address == "新住址"
    assert changed and "13811112222" in [user.phone for user in db.session.scalars(select(User))]
    assert not sum(done.sealed for done in rotation.rotate(only_count=True))


def test_counting_writes_nothing(app, rotated):
    with statements() as seen:
        assert list(rotation.rotate(only_count=True))
    assert not writes(seen)


def test_without_the_old_key_it_says_so_and_changes_nothing(app, rotated, monkeypatch):
    monkeypatch.setitem(app.config, "DATA_KEY", NEW)
    told = app.test_cli_runner().invoke(args=["rotate-key"])
    assert told.exit_code == 1 and "请把旧密钥也写上" in told.output
    with pytest.raises(Unreadable):
        _ = cast.who("volunteer").phone


def test_made_keys_are_long_and_never_the_same(app):
    made = {app.test_cli_runner().invoke(args=["make-key"]).output.strip() for _ in range(5)}
    assert len(made) == 5 and all(len(key) >= 32 for key in made)
