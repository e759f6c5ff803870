"""A database that falls silent holds nobody up for ever, whatever was being said to it."""

import psycopg
import pytest
from sqlalchemy import Integer, bindparam, column, select, table
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from app import create_app, link
from app.db import db
from app.link import PATIENCE
from app.spoken import Spoken
from app.statements import VARIED, steady
from tests.fixtures import settings
from tests.support.statements import statements


@pytest.fixture
def beside(databases, kind):
    """A site with connections of its own, as it answers in production."""
    found = create_app(settings(databases(kind).url) | {"PROPAGATE_EXCEPTIONS": False})
    yield found
    with found.app_context():
        db.session.rollback()
        db.engine.dispose()


@pytest.mark.postgresql_only
def test_nothing_that_an_answer_says_to_the_database_waits_without_end(beside, monkeypatch):
    """The connection goes back with a ROLLBACK, when Flask has ended the request already."""
    patience, usual = [], psycopg.Connection.wait

    @beside.teardown_request
    def read_at_the_end(error):
        db.session.execute(db.text("SELECT 1"))
        patience.clear()

    def wait(self, gen, interval=0.1, timeout=None):
        patience.append(timeout)
        return usual(self, gen, interval=interval, timeout=timeout)

    monkeypatch.setattr(psycopg.Connection, "wait", wait)
    assert beside.test_client().post("/healthz").status_code == 405
    assert set(patience) == {PATIENCE}


@pytest.mark.postgresql_only
def test_a_connection_is_greeted_only_when_it_was_silent_for_a_while(databases, kind, monkeypatch):
    greeted, usual = [], PGDialect_psycopg.do_ping
    monkeypatch.setattr(PGDialect_psycopg, "do_ping", lambda *about: greeted.append(about) or usual(*about))
    beside = create_app(settings(databases(kind).url))  # its way to greet is taken from here

    def ask():
        db.session.execute(db.text("SELECT 1"))
        db.session.remove()
        return len(greeted)

    with beside.app_context():
        ask()
        assert ask() == 0
        monkeypatch.setattr(link, "FRESH", 0)
        assert ask() == 1
        db.engine.dispose()


@pytest.mark.postgresql_only
def test_what_is_asked_often_stays_prepared_from_answer_to_answer_until_a_statement_fails(beside):
    prepared = db.text("SELECT statement FROM pg_prepared_statements")
    for number in range(8):
        assert beside.test_client().get(f"/activities?since={number}").status_code == 200
    with beside.app_context():
        assert any("FROM activity" in one for one in db.session.scalars(prepared))
        db.session.rollback()
        assert any("FROM activity" in one for one in db.session.scalars(prepared))
        with pytest.raises(SQLAlchemyError):
            db.session.execute(db.text("SELECT 1 / 0"))
        db.session.rollback()
        assert not list(db.session.scalars(prepared))


@pytest.mark.postgresql_only
def test_an_answer_that_only_reads_has_no_transaction_and_can_write_nothing(beside):
    asked = []

    @beside.after_request
    def ask(response):
        db.session.execute(db.text(asked[-1]))
        link = db.session.connection().connection.dbapi_connection
        asked.append(link.info.transaction_status)
        return response

    def status_after(method, statement):
        asked.append(statement)
        return beside.test_client().open("/healthz", method=method).status_code

    hold, write = "SELECT 1 FROM generation FOR UPDATE", "UPDATE generation SET number = number"
    assert status_after("GET", "SELECT 1") == 200
    assert asked[-1] == psycopg.pq.TransactionStatus.IDLE
    assert [status_after("GET", one) for one in (hold, write)] == [500, 500]
    assert status_after("POST", hold) == 405  # as ever: nothing was refused by the database
    assert asked[-1] == psycopg.pq.TransactionStatus.INTRANS
    with beside.app_context():
        db.session.execute(db.text(write))  # a command, on the same connection
        db.session.commit()


@pytest.mark.postgresql_only
def test_what_is_read_piece_by_piece_comes_piece_by_piece_where_only_reading_goes_on(beside):
    asked = []

    @beside.after_request
    def ask(response):
        pieces = db.text("SELECT pg_sleep(0.01) FROM generate_series(1, 200)").execution_options(yield_per=20)
        link = db.session.connection().connection.dbapi_connection
        link.patience = 1  # all of it at once would take two seconds
        try:
            asked.append(len(list(db.session.execute(pieces))))
            asked.append(db.session.scalar(db.text("SHOW transaction_read_only")))
        finally:
            link.patience = PATIENCE
        return response

    assert beside.test_client().get("/healthz").status_code == 200
    assert asked == [200, "on"]
    with beside.app_context():
        assert db.session.scalar(db.text("SHOW transaction_read_only")) == "off"  # a command, on the same connection


@pytest.mark.postgresql_only
def test_what_is_prepared_is_forgotten_after_a_failure_without_a_transaction(beside):
    """A table that a migration changed meanwhile: its prepared statements would fail for ever."""
    statement = ["SELECT 1"]

    @beside.after_request
    def ask(response):
        db.session.execute(db.text(statement[-1]))
        return response

    def prepared():
        link = db.session.connection().connection.dbapi_connection
        return any("generation" in str(key) for key in link._prepared._names)

    ask_often = "SELECT number FROM generation"
    statement.append(ask_often)
    assert {beside.test_client().get("/healthz").status_code for _ in range(8)} == {200}
    with beside.app_context():
        assert prepared()
    statement.append("SELECT 1 / 0")
    assert beside.test_client().get("/healthz").status_code == 500
    with beside.app_context():
        assert not prepared()


@pytest.mark.postgresql_only
def test_what_hangs_on_its_values_is_planned_for_each_and_nothing_else(beside):
    prepared = db.text("SELECT statement FROM pg_prepared_statements")
    with beside.app_context():
        for _ in range(8):
            db.session.execute(db.text("SELECT 1 AS as_a_rule"))
            db.session.execute(db.text("SELECT 1 AS varied"), execution_options=VARIED)
        said = "; ".join(db.session.scalars(prepared))
        assert "as_a_rule" in said and "varied" not in said


@pytest.mark.postgresql_only
def test_what_runs_as_well_for_all_values_is_planned_once_though_that_looks_dearer(beside):
    """Of a plan for all values PostgreSQL believes that each moment leaves a third of the rows."""
    moments = (column("n") <= bindparam(name, type_=Integer) for name in "abc")
    rows = select(column("n")).select_from(table("many")).where(*moments).order_by(column("n")).limit(20)
    planned = db.text(
        "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%FROM %many%'"
    )
    with beside.app_context():
        db.session.execute(db.text("CREATE TEMPORARY TABLE many AS SELECT n FROM generate_series(1, 50000) AS n"))
        db.session.execute(db.text("CREATE INDEX ON many (n)"))
        db.session.execute(db.text("ANALYZE many"))
        found = []
        for statement in (rows, steady(rows)):
            spoken = Spoken(statement)
            found.append([spoken.raw(dict.fromkeys("abc", 40_000)) for _ in range(20)][-1])
        assert found[0] == found[1] == [(n,) for n in range(1, 21)]
        assert sorted(tuple(one) for one in db.session.execute(planned)) == [(0, 15), (10, 5)]


def test_the_portals_list_is_planned_once_but_for_words(clients):
    """On PostgreSQL, that is; SQLite plans by the text alone."""
    is_steady = []
    for query in ("", "?status=ended", "?q=清洁"):
        with statements() as seen:
            assert clients("").get(f"/activities{query}").status_code == 200
        is_steady.append(any("steady_" in one for one in seen))
    assert is_steady == ([True, True, False] if db.engine.dialect.name == "postgresql" else [False] * 3)


@pytest.mark.sqlite_only
def test_a_database_that_goes_away_after_the_view_costs_a_503_too(beside):

    @beside.after_request
    def goes_away(response):
        raise OperationalError("", {}, Exception("server closed the connection"))

    answer = beside.test_client().get("/healthz")
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "5" and "系统暂时繁忙" in answer.text


def test_what_follows_the_view_asks_nobody_who_looks(clients):
    """The sign that an answer is personal is read from the cookie: `/healthz` loads nobody, and the database may be away by then."""
    client = clients("wantong")
    with statements() as seen:
        answer = client.get("/healthz")
    assert [one for one in seen if "sign_in" in one] == [] and answer.headers["Cache-Control"] == "no-store"
