"""Statements in words: they find what SQLAlchemy finds, and fail as it fails."""

import pytest
from sqlalchemy import bindparam, event, func, literal, literal_column, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.db import db, reading
from app.models.activity import Activity, ActivityStatus
from app.models.user import User
from app.spoken import Spoken, again
from app.statements import kept, rows_of
from app.straight import read, write
from tests import cast
from tests.support.statements import statements

STATES = [ActivityStatus.PUBLISHED, ActivityStatus.COMPLETED]
LISTED = select(Activity.id, Activity.title, Activity.starts_at, Activity.status).order_by(Activity.id)


@pytest.fixture(autouse=True)
def rows(app):
    for _ in range(3):
        cast.make_activity()
    cast.volunteer_of("volunteer")
    db.session.commit()


@pytest.fixture
def looking():
    """Somebody looks, as a visitor does: nothing is begun for them."""
    db.session.remove()
    token = reading.set(True)
    yield
    reading.reset(token)


@pytest.mark.parametrize(
    "wanted", [LISTED, LISTED.where(Activity.status.in_(STATES)), LISTED.limit(2), select(func.count(User.id))]
)
def test_they_find_what_the_session_finds(app, wanted):
    assert [tuple(row) for row in Spoken(wanted).ask({})] == [tuple(row) for row in db.session.execute(wanted)]


def test_a_row_has_the_names_of_its_columns(app):
    row = Spoken(LISTED).ask({})[0]
    assert (row.title, row.status) == (row[1], row[3])
    assert row.starts_at.tzinfo is not None


def test_a_list_of_values_may_be_of_any_length(app):
    some = select(Activity.id).where(Activity.id.in_(bindparam("ids", expanding=True))).order_by(Activity.id)
    ids = db.session.scalars(select(Activity.id).order_by(Activity.id).limit(3)).all()
    for wanted in (ids[:1], ids, []):
        assert read(some, {"ids": wanted}).scalars() == list(wanted)
        found = rows_of(kept("some", lambda: some), {"ids": wanted})
        assert [row[0] for row in found] == list(wanted)
    with pytest.raises(TypeError, match="how many values"):
        Spoken(some)


def test_who_reads_without_a_session_gets_none(app, looking):
    with statements() as seen:
        assert len(Spoken(LISTED).raw({})) == 3
    assert len(seen) == 1
    assert not db.session.registry.has()


def test_who_listens_may_repeat_what_was_asked(app):
    heard = []

    def note(connection, cursor, statement, parameters, *rest):
        heard.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        found = read(LISTED.where(Activity.status.in_(STATES)))
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert [row[0] for row in again(*heard[-1])] == [row[0] for row in found]


def test_who_writes_first_of_all_writes_in_the_transaction_of_a_session(app):
    old = db.session.scalars(select(Activity.title).order_by(Activity.id)).first()
    db.session.remove()
    write(update(Activity.__table__).values(title="改过的名称"))
    db.session.rollback()
    assert db.session.scalars(select(Activity.title).order_by(Activity.id)).first() == old
    write(update(Activity.__table__).values(title="改过的名称"))
    db.session.commit()
    assert db.session.scalars(select(Activity.title).order_by(Activity.id)).first() == "改过的名称"


def test_what_the_session_has_not_written_yet_is_found(app):
    activity = db.session.scalars(select(Activity).order_by(Activity.id)).first()
    activity.title = "改过的名称"
    assert (
        read(select(Activity.title).where(Activity.id == bindparam("one")), {"one": activity.id}).scalar()
        == "改过的名称"
    )
    db.session.rollback()


def test_a_clash_is_told_as_everywhere_and_quotes_no_value(app):
    user = db.session.scalars(select(User).order_by(User.id)).first()
    clash = User.__table__.insert().inline()
    row = {column.key: getattr(user, column.key) for column in User.__table__.c}
    with pytest.raises(IntegrityError) as told:
        write(clash, row)
    assert told.value.params is None
    db.session.rollback()


def test_a_failure_without_a_session_is_told_as_everywhere_and_the_next_one_reads(app, looking):
    with pytest.raises(DBAPIError):
        Spoken(select(text("no_such_column"))).raw({})
    assert len(Spoken(LISTED).raw({})) == 3
    assert db.engine.pool.checkedout() == 0


def test_a_default_that_nobody_would_fill_in_is_refused(app):
    with pytest.raises(TypeError, match="default"):
        Spoken(User.__table__.insert().inline(), ("username",))


def test_percent_signs_and_long_texts_are_asked_as_they_stand(app):
    """psycopg would read a percent sign as the beginning of a name, and a text of ours has numbers instead."""
    words = [literal(f"{n} %s $1") for n in range(300)]
    statement = Spoken(select(*words, literal_column("'100%'").label("all")).where(User.id == bindparam("who")))
    (row,) = read(statement, {"who": 1})
    assert list(row) == [f"{n} %s $1" for n in range(300)] + ["100%"]
