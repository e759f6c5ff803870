"""How SQLite looks for services that are summed up: which index it walks, and what it finds there alone."""

from itertools import product
from typing import Any

import pytest
from sqlalchemy import literal

from app.db import db
from app.models import ServiceRecord, Volunteer
from app.models.figures import people as counted
from app.models.figures.totals import (
    Scope,
    View,
)
from app.models.region import CITY
from app.models.service_record import ServiceMonth
from tests.cast import GULOU, HUANGLOU, WANTONG
from tests.services import PERIOD


def plan(column: Any, conditions: Any) -> str:
    """How SQLite looks for this column where these hold."""
    found = db.select(column).where(*conditions).compile(db.engine, compile_kwargs={"render_postcompile": True})
    values = [str(value) for value in found.params.values()]
    return str(db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {found}", tuple(values)).all())


@pytest.mark.sqlite_only
@pytest.mark.parametrize("view", View)
def test_sqlite_looks_for_people_without_a_unit_in_their_place(app, view):
    """A quarter of all people have no unit: walking along these took a district's page at full size from 14 to 70 ms."""
    for region, along_units in ((CITY, True), (GULOU, False), (HUANGLOU, False), (WANTONG, False)):
        scope = Scope(PERIOD, region, view, unit=0)
        for model, conditions in ((ServiceRecord, scope.records()), (ServiceMonth, scope.months(PERIOD.months))):
            assert ("unit_id=?" in plan(model.minutes, conditions)) is along_units, (region, model)


@pytest.mark.sqlite_only
def test_sqlite_finds_in_an_index_alone_what_is_summed_up_of_a_unit(app):
    """Looking up each service of a unit took 5 of a page's 7 ms at full size, each volunteer of it 4 of 11."""
    for region, view, unit in product((CITY, GULOU, HUANGLOU), View, (0, 7)):
        scope = Scope(PERIOD, region, view, unit=unit, category=3)
        assert "COVERING INDEX" in plan(ServiceRecord.minutes, scope.records()), (region, view, unit)
    in_district = Volunteer.district_code == GULOU, Volunteer.status.in_(counted.ON_ROSTER), Volunteer.unit_id == 7
    assert "COVERING INDEX" in plan(literal(1), in_district)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("region, along", [(CITY, False), (GULOU, False), (HUANGLOU, True), (WANTONG, False)])
def test_sqlite_looks_for_a_units_services_in_a_subdistrict_along_the_subdistrict(app, region, along):
    """Its index has the unit, the unit's has no subdistrict: each of its services was looked up, 5.3 ms for a page of 3.3."""
    wanted = [str(one) for one in Scope(PERIOD, region, unit=7).records()]
    assert ("+ service_record.unit_id" in " ".join(wanted)) is along
