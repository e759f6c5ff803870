"""Two mergers at the same moment: never in a circle."""

from app.db import db
from app.freshness import forget
from app.models import Region, WorkUnit
from app.models.region import lineage
from app.refusal import Invalid, Refused
from tests import cast
from tests.support.together import together


def test_two_regions_merged_into_each_other_at_once_leave_one(app):
    a, b = cast.WANTONG, cast.baiyun_code()
    db.session.commit()

    def merge(one, other):
        return lambda: db.session.get_one(Region, one).merge(other, by=cast.who("city"))

    results = together(app, [merge(a, b), merge(b, a)])
    forget()
    assert sum(isinstance(one, (Refused, Invalid)) for one in results) == 1, results
    closed = db.session.scalars(db.select(Region.code).where(Region.valid_to.is_not(None))).all()
    assert len(closed) == 1 and len(lineage()[a]) + len(lineage()[b]) == 3


def test_two_units_merged_into_each_other_at_once_leave_one(app):
    a, b = cast.who("unit").post.unit_id, cast.who("unit2").post.unit_id
    db.session.commit()

    def merge(one, other):
        return lambda: db.session.get_one(WorkUnit, one).merge(other, by=cast.who("city"))

    results = together(app, [merge(a, b), merge(b, a)])
    assert sum(isinstance(one, (Refused, Invalid)) for one in results) == 1, results
    assert len(db.session.scalars(db.select(WorkUnit).where(WorkUnit.valid_to.is_not(None))).all()) == 1
