"""`flask recount`: a planted difference is found, named, and mended."""

import pytest

from app import clock
from app.db import db
from app.models import Activity, CityChange, CitySum, ServiceMonth, Volunteer
from app.models.attendance import mark, walk_in
from app.models.city_sum import fold
from app.models.service_record import Evidence
from tests import cast
from tests.rollcall import admitted, assert_figures_true, running


@pytest.fixture
def recount(app):
    """Run the command as a person would; returns (exit code, what it printed)."""

    def run(*options):
        db.session.commit()
        result = app.test_cli_runner().invoke(args=["recount", *options])
        db.session.expire_all()
        return result.exit_code, result.output

    return run


@pytest.fixture
def services(app):
    activity = running()
    for name in ("volunteer", "second", "third"):
        mark(admitted(activity, cast.volunteer_of(name)), "1", by=cast.who("wantong"))
    walk_in(activity, cast.volunteer_of("guest"), by=cast.who("wantong"))
    db.session.commit()


def test_true_figures_pass(services, recount):
    assert recount("--check") == (
        0,
        "志愿者：一致\n月度汇总：一致\n全市汇总：一致\n活动：一致\n活动反馈：一致\n团队：一致\n词对：一致\n历史区域：一致\n全部一致\n",
    )


def folded(statement):
    """The statement, once the clock has put all changes into the sums."""
    assert fold() == 4 and fold() == 0
    return statement


PLANTED = {
    "services of a person": lambda: db.update(Volunteer).values(services=Volunteer.services + 1),
    "minutes of a person": lambda: db.update(Volunteer).where(Volunteer.id == 1).values(minutes=0),
    "last day of a person": lambda: db.update(Volunteer).where(Volunteer.id == 2).values(last_served_on=None),
    "services of a month": lambda: db.update(ServiceMonth).values(services=7),
    "a month that is missing": lambda: db.delete(ServiceMonth).where(ServiceMonth.unit_id == 0),
    "a month too many": lambda: db.insert(ServiceMonth).values(
        month="2020-02",
        community_code=cast.WANTONG,
        volunteer_community_code=cast.WANTONG,
        unit_id=0,
        category_id=1,
        evidence=Evidence.HELP,
        services=1,
        minutes=0,
    ),
    "a change for the city that is missing": lambda: db.delete(CityChange).where(CityChange.unit == 0),
    "minutes of the city's month": lambda: folded(db.update(CitySum).where(CitySum.kind == "unit").values(minutes=1)),
    "a month of the city that is missing": lambda: folded(db.delete(CitySum).where(CitySum.kind == "district")),
    "seats": lambda: db.update(Activity).values(taken=4),
    "waiting": lambda: db.update(Activity).values(waiting=1),
    "asking": lambda: db.update(Activity).values(asking=1),
    "attended": lambda: db.update(Activity).values(attended=0),
    "feedback that is public": lambda: db.update(Activity).values(told_at=clock.now()),
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_difference_is_found_and_mended(services, recount, what):
    db.session.execute(PLANTED[what]())
    code, said = recount("--check")
    assert code == 1, what
    assert "→" in said
    assert "处不一致" in said
    assert recount("--check")[0] == 1, "a check mends nothing"
    code, said = recount()
    assert code == 0
    assert "已改正" in said
    assert recount("--check")[0] == 0
    assert_figures_true()
