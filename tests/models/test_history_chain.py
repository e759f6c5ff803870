"""History cannot be altered unseen: the database refuses, and the chain names the first line that is not as it was."""

import threading

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import clock
from app.db import db
from app.models import History, HistoryNote, HistorySeal
from app.models.histories import seal as module
from app.models.histories.proof import verify
from app.models.histories.seal import newest, seal_next
from app.models.history import record
from tests import cast
from tests.histories import as_the_owner, behind_the_triggers, lived, sealed
from tests.support.together import together

REFUSED = {
    "UPDATE of a line": "UPDATE history SET action = 'x'",
    "DELETE of a line": "DELETE FROM history",
    "UPDATE of a seal": "UPDATE history_seal SET mac = 'x'",
    "DELETE of a seal": "DELETE FROM history_seal",
    "UPDATE of a reason": "UPDATE history_note SET text = 'x'",
}
ON_SQLITE = {"REPLACE of a line": "INSERT OR REPLACE INTO history SELECT * FROM history"}
ON_POSTGRESQL = {
    "TRUNCATE of lines": "TRUNCATE history CASCADE",
    "TRUNCATE of seals": "TRUNCATE history_seal",
}


def test_the_database_refuses_to_change_or_remove_history(app, kind):
    """Not even the owner of the tables may, as long as the triggers stand."""
    sealed(2)
    for statement in (REFUSED | (ON_SQLITE if kind == "sqlite" else ON_POSTGRESQL)).values():
        with pytest.raises(DBAPIError, match="history is never changed"), as_the_owner() as connection:
            connection.execute(text(statement))
    assert verify().holds


@pytest.mark.postgresql_only
@pytest.mark.parametrize(
    "statement",
    [
        *(REFUSED | ON_POSTGRESQL).values(),
        "DROP TRIGGER history_no_change ON history",
        "ALTER TABLE history DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "DROP TABLE history CASCADE",
        "CREATE TABLE beside (id int)",
        "CREATE OR REPLACE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
        "SET ROLE volunteer_owner",
        "GRANT ALL ON history TO volunteer",
        "UPDATE alembic_version SET version_num = '0001'",
        "COPY history TO PROGRAM 'true'",
    ],
)
def test_the_role_of_the_site_may_take_no_guard_away(app, statement):
    """Whoever gets a statement of their own past the site still meets the rights of its role (deploy/hand_over.sql)."""
    sealed(1)
    if statement.startswith("GRANT"):
        db.session.execute(text(statement))  # PostgreSQL warns and grants nothing
        statement = REFUSED["DELETE of a line"]
    with pytest.raises(DBAPIError) as refused:
        db.session.execute(text(statement))
    db.session.rollback()
    assert isinstance(refused.value.orig, InsufficientPrivilege) and verify().holds


@pytest.mark.postgresql_only
def test_a_role_that_owns_the_tables_would_be_noticed(app):
    """The twin: what the check above calls refused is possible for the owner."""
    with as_the_owner() as connection:
        connection.execute(text("ALTER TABLE history DISABLE TRIGGER ALL"))
        connection.execute(text("CREATE TABLE beside (id int)"))
        connection.rollback()


def test_the_check_of_the_refusals_catches_a_missing_trigger(app):
    sealed(1)
    with behind_the_triggers() as connection:
        assert connection.execute(text(REFUSED["UPDATE of a line"])).rowcount


def test_what_was_sealed_passes_and_the_rest_is_counted(app):
    sealed(3)
    lived(2)
    verdict = verify()
    assert verdict.holds and verdict.seals == 1 and verdict.unsealed == 2
    assert verdict.sealed == db.session.query(History).count() - 2
    assert verdict.head == newest().head


def test_batches_follow_each_other(app, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 3)
    lived(10)
    while seal_next():
        db.session.commit()
    verdict = verify()
    assert verdict.holds and verdict.unsealed == 0 and verdict.seals >= 4


def test_numbers_lost_in_a_roll_back_mean_nothing(app):
    first = lived(1)
    person = cast.who("wantong")
    with db.session.begin_nested() as gone:
        record(person, "password", by=person)
        db.session.flush()
        gone.rollback()
    last = sealed(2)
    assert last[0] >= first[0] + 1 and verify().holds


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        ("UPDATE history SET to_state = 'approved' WHERE id = {id}", "记录 {id} 被改动过。"),
        ("UPDATE history SET actor_id = NULL WHERE id = {id}", "记录 {id} 被改动过。"),
        ("UPDATE history SET created_at = '2026-01-01 00:00:00' WHERE id = {id}", "记录 {id} 被改动过。"),
        ("DELETE FROM history WHERE id = {id}", "记录 {id} 不见了。"),
        ("UPDATE history_note SET text = '别的' WHERE history_id = {id}", "记录 {id} 的原因文字被改动过。"),
        ("DELETE FROM history_seal WHERE number = 1", "第 1 个封存不见了。"),
        (
            "UPDATE history_seal SET digest = previous WHERE number = 1",
            "第 1 个封存被改动过（或 HASH_KEY 不是当时的）。",
        ),
    ],
)
def test_the_proof_names_the_first_thing_that_is_wrong(app, statement, wrong):
    ids = sealed(5)
    sealed(1)
    with behind_the_triggers() as connection:
        connection.execute(text("DELETE FROM history_note WHERE history_id = :id"), {"id": ids[2]}) if (
            statement.startswith("DELETE FROM history WHERE")
        ) else None
        connection.execute(text(statement.format(id=ids[2])))
    assert verify().wrong == wrong.format(id=ids[2])


def test_a_line_slipped_in_among_sealed_ones_is_named(app):
    lived(1)
    hole = lived(1)[0]
    with behind_the_triggers() as connection:  # a number that a roll-back lost
        connection.execute(text("DELETE FROM history_note WHERE history_id = :id"), {"id": hole})
        connection.execute(text("DELETE FROM history WHERE id = :id"), {"id": hole})
    sealed(1)
    assert verify().holds
    db.session.add(History(id=hole, noun="user", noun_id=1, action="password"))
    db.session.commit()
    assert verify().wrong == f"记录 {hole} 是后来加进去的。"


def test_whoever_lacks_the_key_cannot_make_a_seal_that_fits(app, monkeypatch):
    ids = sealed(3)
    with behind_the_triggers() as connection:
        connection.execute(text("UPDATE history SET action = 'forged' WHERE id = :id"), {"id": ids[0]})
        connection.execute(text("DELETE FROM history_note"))
        connection.execute(text("DELETE FROM history_seal"))
    monkeypatch.setitem(app.config, "HASH_KEY", "a guess of somebody who has the database only")
    seal_next()
    db.session.commit()
    assert verify().holds  # with the guess: the forgery is perfect but for the key
    monkeypatch.undo()
    assert verify().wrong.startswith("第 1 个封存被改动过")


def test_the_newest_lines_taken_off_with_their_seal_are_missed_by_the_head_of_a_backup(app):
    sealed(2)
    gone = sealed(2)
    head = newest().head
    assert verify(head=head).holds
    with behind_the_triggers() as connection:
        for table, column in (("history_note", "history_id"), ("history", "id")):
            connection.execute(text(f"DELETE FROM {table} WHERE {column} >= :id"), {"id": gone[0]})
        connection.execute(text("DELETE FROM history_seal WHERE number = 2"))
    assert verify().holds
    assert verify(head=head).wrong.startswith("链上没有 2 号封存")


def test_it_still_passes_after_a_departure(app):
    volunteer = cast.volunteer_of("volunteer")
    volunteer.pause(by=cast.who("wantong"), reason="电话联系过，最近身体不好")
    sealed(1)
    volunteer.leave(by=cast.who("volunteer"))
    db.session.execute(db.delete(HistoryNote))
    db.session.commit()
    assert verify().holds


def test_two_ticks_at_once_make_one_chain(app, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 4)
    lived(20)

    def tick():
        while seal_next():
            db.session.commit()
        return True

    answers = together(app, [tick, tick, tick])
    tick()
    db.session.commit()
    numbers = list(db.session.scalars(db.select(HistorySeal.number).order_by(HistorySeal.number)))
    assert answers == [True, True, True] and numbers == list(range(1, len(numbers) + 1))
    assert verify().holds and verify().unsealed == 0


@pytest.mark.postgresql_only
def test_a_line_committed_late_with_a_smaller_number_is_not_lost(app):
    """The number was taken before, the commit comes after: nothing is sealed until it has come."""
    last = newest()
    assert last is None
    values = {"noun": "user", "noun_id": 1, "action": "password", "created_at": clock.now()}
    with db.engine.connect() as slow:
        slow.execute(db.insert(History).values(**values))
        lived(2)
        assert seal_next(patience=0.1) is None
        timer = threading.Timer(0.2, slow.commit)
        timer.start()
        made = seal_next(patience=5)
        timer.join()
    db.session.commit()
    assert made and made.count == db.session.query(History).count() and verify().holds


@pytest.mark.postgresql_only
def test_the_proof_catches_a_chain_that_does_not_wait(app, monkeypatch):
    monkeypatch.setattr(module, "WRITERS", text("SELECT NULL WHERE false"))
    values = {"noun": "user", "noun_id": 1, "action": "password", "created_at": clock.now()}
    with db.engine.connect() as slow:
        late = slow.execute(db.insert(History).values(**values).returning(History.id)).scalar()
        sealed(2)
        slow.commit()
    assert verify().wrong == f"记录 {late} 是后来加进去的。"


def test_the_command_tells_and_exits(app):
    run = app.test_cli_runner().invoke
    ids = lived(3)
    assert run(args=["tick"]).exit_code == 0
    told = run(args=["history", "verify"])
    assert told.exit_code == 0 and "0 条还没有封存" in told.output and f"最新的封存：{newest().head}" in told.output
    with behind_the_triggers() as connection:
        connection.execute(text("UPDATE history SET noun_id = 0 WHERE id = :id"), {"id": ids[1]})
    told = run(args=["history", "verify"])
    assert told.exit_code == 1 and told.output == f"记录 {ids[1]} 被改动过。\n"
