"""活动场次 follows every launch, move and cancellation at once; a sign-up makes nobody count anew."""

import pytest

from app import clock
from app.db import db
from app.models import Activity
from app.models.figures.activities import activities_by_region
from app.models.figures.period import Period
from app.models.region import CITY
from tests.activities import day, drafted, facts
from tests.cast import GULOU, WANTONG, who
from tests.signups import join
from tests.support.statements import statements


@pytest.fixture(autouse=True)
def in_the_middle_of_a_month(app):
    """Noon of the fifteenth: what begins later that day begins in the same month, at whatever hour the tests run."""
    there = clock.local(clock.now())
    clock.move(there.replace(day=15, hour=12) - there)


def held() -> dict[str, tuple[int, int]]:
    month = f"{clock.today():%Y-%m}"
    return activities_by_region(lambda: db.select(Activity), Period(month, month), "all")


def test_the_numbers_follow_what_is_launched_moved_and_called_off(app):
    before = held().get(WANTONG, (0, 0))[0]
    activity = drafted(starts_at=day(0, 23), ends_at=day(0, 23, 30))
    db.session.commit()
    assert held().get(WANTONG, (0, 0))[0] == before, "a draft is no activity yet"
    activity.publish(who("wantong"))
    db.session.commit()
    assert held()[WANTONG][0] == held()[GULOU][0] == held()[CITY][0] == before + 1
    activity.edit(facts(starts_at=day(40), ends_at=day(40, 11)), activity.version, who("wantong"))
    db.session.commit()
    assert held().get(WANTONG, (0, 0))[0] == before, "it begins in another month"
    activity.edit(facts(starts_at=day(0, 23), ends_at=day(0, 23, 30)), activity.version, who("wantong"))
    db.session.commit()
    assert held()[WANTONG][0] == before + 1
    activity.cancel(who("wantong"), "下雨")
    db.session.commit()
    assert held().get(WANTONG, (0, 0))[0] == before


def test_a_sign_up_makes_nobody_count_anew(app):
    activity = drafted()
    activity.publish(who("wantong"))
    db.session.commit()
    held()
    join("volunteer", activity)
    db.session.commit()
    with statements() as asked:
        held()
    assert not [one for one in asked if "activity" in one]
