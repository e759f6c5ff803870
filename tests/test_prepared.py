"""What is prepared is asked without a cursor (app/prepared.py), and answers as psycopg's cursor does."""

import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal

import psycopg
import pytest
from sqlalchemy import Integer, bindparam, insert, literal, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from app import create_app
from app.answering import answering
from app.db import db, reading
from app.freshness import Generation
from app.link import Link, _Memory
from app.models import Region
from app.spoken import Spoken
from app.statements import VARIED
from app.straight import write
from tests.fixtures import settings
from tests.support import ROOT
from tests.support.statements import statements

pytestmark = pytest.mark.postgresql_only
OFTEN = 7  # psycopg prepares what was asked five times
TABLE = "CREATE TEMPORARY TABLE thing (id integer PRIMARY KEY, name text)"
NOW = datetime(2026, 11, 30, 8, 0, 0, 1, tzinfo=UTC)
VALUES = {
    "integer": [0, 1, -5, 40_000, 2**31 - 1],
    "bigint": [2**40, -(2**62)],
    "text": ["", "万通社区", "it's 100% $1", "a" * 9000],
    "varchar": ["x"],
    "boolean": [True, False],
    "bytea": [b"", b"\x00\xff"],
    "timestamp": [NOW.replace(tzinfo=None)],
    "timestamptz": [NOW],
    "date": [date(2026, 11, 30)],
    "numeric": [Decimal("1.50"), Decimal("-1e-9"), Decimal(10) ** 30],
    "float8": [1.5, float("inf")],
    "integer[]": [[1, 2], []],
    "text[]": [["a,b", None]],
}


@pytest.fixture
def link(databases, kind):
    """A connection that only reads, and where `thing` may be written."""
    found = Link.connect(databases(kind).url.replace("+psycopg", ""), autocommit=True)
    found.execute(TABLE)
    yield found
    found.close()


@pytest.fixture
def beside(databases, kind):
    """A site with connections of its own."""
    found = create_app(settings(databases(kind).url))
    with found.app_context():
        yield found
        db.session.rollback()
        db.engine.dispose()


def prepared(link, said, values=()):
    """Have this prepared; what the cursor says of it."""
    cursor = link.numbered()
    for _ in range(OFTEN):
        cursor.execute(said, values)
    return cursor


@pytest.mark.parametrize("type_", VALUES)
def test_values_come_as_the_cursor_gives_them(link, type_):
    said = f"SELECT $1::{type_} AS one, $1::{type_} IS NULL, 7, NULL, 'x'".encode()
    for value in [*VALUES[type_], None]:
        cursor = prepared(link, said, (value,))
        expected = cursor.fetchall()
        assert link.ask(said, (value,)) == (expected, 1)
        assert [type(one) for one in link.ask(said, (value,))[0][0]] == [type(one) for one in expected[0]]


def test_many_rows_of_json_and_none_at_all(link):
    said = b"SELECT n, jsonb_build_object('n', n), ARRAY[n, NULL] FROM generate_series(1, $1) AS n"
    for number in (500, 0, 3):
        expected = prepared(link, said, (number,)).fetchall()
        assert link.ask(said, (number,)) == (expected, number)


def test_what_is_not_prepared_for_such_values_goes_by_the_cursor(link):
    said = b"SELECT $1::text"
    assert link.ask(said, ("a",)) is None
    prepared(link, said, ("a",))
    assert link.ask(said, ("a",)) == ([("a",)], 1)
    assert link.ask(said, (1,)) is None


def test_how_many_rows_were_changed(link):
    link.execute("INSERT INTO thing SELECT n, 'a' FROM generate_series(1, 3) AS n")
    change, remove = b"UPDATE thing SET name = $1 WHERE name <> 'gone'", b"DELETE FROM thing WHERE name = $1"
    add = b"INSERT INTO thing VALUES (7, $1) ON CONFLICT (id) DO UPDATE SET name = $1"
    back = add + b" RETURNING id, name"
    for said in (change, remove, add, back):
        prepared(link, said, ("b" if said is change else "c",))
    assert link.ask(change, ("b",)) == ([], 4)
    assert link.ask(remove, ("b",)) == ([], 4) and link.ask(remove, ("b",)) == ([], 0)
    assert link.ask(add, ("c",)) == ([], 1) and link.ask(back, ("d",)) == ([(7, "d")], 1)


def test_what_changes_no_rows_says_so_as_the_cursor_does(link):
    link.autocommit = False
    cursor = prepared(link, b"SET LOCAL jit = off")
    assert link.ask(b"SET LOCAL jit = off", ()) == ([], cursor.rowcount)


def test_a_transaction_begins_with_its_first_statement_and_takes_back_what_was_written(link):
    said, count = b"UPDATE thing SET name = $1", b"SELECT count(*) FROM thing WHERE name = $1"
    link.execute("INSERT INTO thing VALUES (1, 'old')")
    prepared(link, said, ("old",))
    prepared(link, count, ("new",))
    link.autocommit = False
    assert link.ask(said, ("new",)) is None
    assert link.pgconn.transaction_status == psycopg.pq.TransactionStatus.IDLE
    link.numbered().execute(said, ("new",))
    assert link.ask(count, ("new",)) == ([(1,)], 1)
    link.rollback()
    link.numbered().execute(count, ("new",))
    assert link.ask(count, ("new",)) == ([(0,)], 1)
    link.rollback()


def test_what_fails_is_the_cursors_error_and_all_is_forgotten_with_the_rollback(link):
    said = b"SELECT 1 / $1::integer"
    prepared(link, said, (1,))
    with pytest.raises(psycopg.errors.DivisionByZero) as quick:
        link.ask(said, (0,))
    with pytest.raises(psycopg.errors.DivisionByZero) as slow:
        link.numbered().execute(said, (0,))
    assert str(quick.value) == str(slow.value) and quick.value.sqlstate == slow.value.sqlstate
    assert link.ask(said, (1,)) == ([(1,)], 1)
    link.failed = False
    with pytest.raises(psycopg.errors.DivisionByZero):
        link.ask(said, (0,))
    link.rollback()
    assert link.ask(said, (1,)) is None


def test_a_text_of_the_servers_that_does_not_suit_any_more_fails_once(link):
    """A migration changed the table meanwhile."""
    said = b"SELECT * FROM thing"
    prepared(link, said)
    link.execute("ALTER TABLE thing ADD COLUMN more integer", prepare=False)
    if link.ask(said, ()) is not None:  # psycopg forgets after ALTER by itself
        pytest.fail("asked of a table that has changed")
    assert prepared(link, said).fetchall() == []


def test_who_waits_too_long_or_speaks_to_nobody_hears_it(link, monkeypatch):
    monkeypatch.setattr(_Memory, "failed", 0.0)  # other tests are not told that the database is away
    said = b"SELECT pg_sleep($1)"
    prepared(link, said, (0,))
    link.execute("SET statement_timeout = 50")
    with pytest.raises(psycopg.errors.QueryCanceled):
        link.ask(said, (5,))
    link.execute("SET statement_timeout = 0")
    link.patience = 0.05
    with answering(), pytest.raises(psycopg.OperationalError, match="fell silent"):
        link.ask(said, (5,))
    assert link.closed
    with pytest.raises(psycopg.OperationalError):
        link.ask(said, (0,))


def test_nothing_that_was_read_is_kept(link):
    said = b"SELECT n::text FROM generate_series(1, $1) AS n"
    prepared(link, said, (1,))
    link.ask(said, (1000,))
    assert link._known.ways.pgresult is None


def test_what_is_asked_is_not_what_is_forgotten_when_there_is_too_much(link):
    said = b"SELECT $1::integer"
    link.prepared_max = 5
    prepared(link, said, (1,))
    for other in range(8):
        prepared(link, f"SELECT {other}".encode())
        assert link.ask(said, (other,)) == ([(other,)], 1)


def asked(statement, *values, times=OFTEN):
    """This statement in words, and what it answered; then only what is prepared may be asked."""
    spoken = Spoken(statement)
    return spoken, [spoken.ask(*values) for _ in range(times)][-1]


def no_cursor(monkeypatch):
    """From now on psycopg's cursor refuses."""

    def refused(*about, **more):
        raise AssertionError("by a cursor")

    monkeypatch.setattr(psycopg.RawCursor, "execute", refused)


@pytest.fixture
def looking():
    """Somebody looks, without a session."""
    token = reading.set(True)
    with answering():
        yield
    reading.reset(token)


PLACES = select(Region.code, Region.name).where(Region.code != bindparam("no")).order_by(Region.code).limit(3)


def test_who_looks_asks_without_a_cursor_and_is_counted(beside, looking, monkeypatch):
    spoken, expected = asked(PLACES, {"no": "x"})
    no_cursor(monkeypatch)
    with statements() as seen:
        assert spoken.ask({"no": "x"}) == expected and spoken.raw({"no": "x"}) == [tuple(row) for row in expected]
    assert len(seen) == 2
    assert expected[0].code == expected[0][0]


def test_who_looks_and_fails_leaves_no_broken_connection(beside, looking, monkeypatch):
    spoken, _ = asked(select(literal(1) / bindparam("by", type_=Integer)), {"by": 1})
    with pytest.raises(DBAPIError) as told:
        spoken.raw({"by": 0})
    assert told.value.params is None and type(told.value.orig) is psycopg.errors.DivisionByZero
    assert [tuple(row) for row in spoken.ask({"by": 1})] and db.engine.pool.checkedout() == 0


def test_a_connection_that_was_cut_is_replaced(beside, looking):
    spoken, expected = asked(PLACES, {"no": "x"})
    connection = db.engine.raw_connection()
    pid = connection.dbapi_connection.info.backend_pid
    connection.close()
    with psycopg.connect(db.engine.url.set(drivername="postgresql").render_as_string(False), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 2000)", (pid,))
    with pytest.raises(OperationalError):
        spoken.ask({"no": "x"})
    assert spoken.ask({"no": "x"}) == expected


def test_what_hangs_on_its_values_stays_unprepared(beside, looking):
    spoken, expected = asked(PLACES.execution_options(**VARIED), {"no": "x"})
    plain, _ = asked(PLACES, {"no": "x"})
    assert spoken.text == plain.text and not spoken.is_quick and plain.is_quick
    assert spoken.ask({"no": "x"}) == expected


def test_who_writes_is_rolled_back_told_of_clashes_and_of_rows(beside, monkeypatch):
    raised = update(Generation.__table__).where(Generation.topic == bindparam("which")).values(number=bindparam("to"))
    first = db.session.scalars(select(Generation.topic)).first()
    for number in range(OFTEN):
        write(raised, {"which": first, "to": number})
    assert write(raised, {"which": first, "to": 9}).rowcount == 1
    assert write(raised, {"which": "nothing", "to": 9}).rowcount == 0
    db.session.rollback()
    more = insert(Generation.__table__).inline()
    for number in range(OFTEN):
        write(more, {"topic": f"t{number}", "number": 1})
    with pytest.raises(IntegrityError):
        write(more, {"topic": "t0", "number": 1})
    db.session.rollback()
    assert not db.session.scalars(select(Generation.topic).where(Generation.topic.like("t_"))).all()


def test_psycopg_without_its_binary_part_answers_the_same(databases, kind):
    """The pure Python implementation, in a process of its own."""
    script = """
import ctypes.util, importlib.util, pathlib, sys
place = pathlib.Path(importlib.util.find_spec("psycopg_binary").origin).parents[1]
library, usual = next(place.glob("psycopg_binary.libs/libpq-*")), ctypes.util.find_library
ctypes.util.find_library = lambda name: str(library) if name == "pq" else usual(name)
import psycopg
from app.link import Link
assert psycopg.pq.__impl__ == "python"
link = Link.connect(sys.argv[1], autocommit=True)
said = b"SELECT $1::integer, $2::text, NULL, now() > $3"
values = 5, "a", __import__("datetime").datetime(2020, 1, 1)
for _ in range(7):
    expected = link.numbered().execute(said, values).fetchall()
assert link.ask(said, values) == (expected, 1) == ([(5, "a", None, True)], 1)
"""
    url = databases(kind).url.replace("+psycopg", "")
    subprocess.run([sys.executable, "-c", script, url], cwd=ROOT, env={"PSYCOPG_IMPL": "python"}, check=True)
