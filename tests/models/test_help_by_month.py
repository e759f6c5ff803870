"""求助办理 follows every step of a request at once; only its own month is counted anew."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app import clock, straight
from app.db import db
from app.models.figures.help import help_by_month
from app.models.figures.period import Period
from app.models.help.states import HelpStatus, Rating
from app.models.help_request import HelpRequest
from tests.cast import who
from tests.helps import ask, bring
from tests.support.statements import statements


@pytest.fixture(autouse=True)
def in_the_middle_of_a_month(app):
    """Noon of the fifteenth, at whatever hour the tests run."""
    there = clock.local(clock.now())
    clock.move(there.replace(day=15, hour=12) - there)


def month(back: int = 0) -> str:
    day = clock.today().replace(day=1)
    for _ in range(back):
        day = (day - timedelta(days=1)).replace(day=1)
    return f"{day:%Y-%m}"


def told(first: int = 0) -> dict[str, int]:
    """The sum of the months from so many ago until now."""
    return help_by_month(lambda: db.select(HelpRequest), Period(month(first), month()), "all")[1].figures


def more(before: dict[str, int]) -> dict[str, int]:
    """What changed since."""
    return {key: number - before[key] for key, number in told().items() if number != before[key]}


def test_the_figures_follow_each_step(app):
    before = told()
    request = ask()
    db.session.commit()
    assert more(before) == {"submitted": 1}
    request.accept(by=who("wantong"))
    db.session.commit()
    assert more(before) == {"submitted": 1, "accepted": 1}
    request.solve("换好了接头", by=who("wantong"))
    request.close(by=who("wantong"), result="换好了接头", private_reason="本人不愿公开")
    db.session.commit()
    closed = {"submitted": 1, "accepted": 1, "closed": 1, "in-time": 1}
    assert more(before) == closed
    request.rate(Rating.GOOD)
    db.session.commit()
    assert more(before) == closed | {"rated": 1, "satisfied": 1}


def test_what_is_forgotten_at_midnight_is_late_with_the_new_day(app):
    bring(HelpStatus.ACCEPTED).close_due = clock.start_of(clock.today() + timedelta(days=1))
    db.session.commit()
    before = told()
    clock.move(clock._shift + timedelta(days=1))
    assert more(before) == {"late": 1}


def test_a_month_in_which_nothing_changed_is_not_counted_anew(app):
    old = ask()
    old.created_at = clock.start_of(clock.today().replace(day=1)) - timedelta(minutes=1)  # the last minute in Shanghai
    ask()
    db.session.commit()
    before = told(1)
    with statements() as asked:
        assert told(1) == before
    assert not [one for one in asked if "help_request" in one]
    for step in (old.withdraw, ask):
        step()
        db.session.commit()
        with statements() as asked:
            told(1)
        (counted,) = [one for one in asked if "help_request" in one]
        assert "UNION" not in counted, "the other months stand"


def test_one_that_moves_to_another_month_leaves_its_own(app):
    request = ask()
    db.session.commit()
    before, both = told(), told(1)
    request.created_at = clock.start_of(clock.today().replace(day=1)) - timedelta(minutes=1)
    db.session.commit()
    assert more(before) == {"submitted": -1} and told(1) == both


def test_who_writes_many_at_once_has_all_months_counted_anew(app):
    ask()
    db.session.commit()
    before = told()
    db.session.execute(update(HelpRequest).values(accepted_at=clock.now()))
    db.session.commit()
    assert told()["accepted"] > before["accepted"]


def test_no_request_is_written_past_the_session(app):
    with pytest.raises(TypeError, match="watched"):
        straight.add(ask())
