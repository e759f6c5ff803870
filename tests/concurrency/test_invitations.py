"""Two at exactly the same moment: an invitation is accepted once, a file is carried out once."""

from datetime import date

import pytest

from app.db import db
from app.models import Import, Invitation, ServiceRecord
from app.models.imports.importing import ImportStatus
from app.models.invitation import InvitationStatus
from tests.cast import volunteer_of, who
from tests.concurrency.test_helps import won
from tests.people_files import CARD, bring, invite, line, people
from tests.support.together import together


@pytest.mark.parametrize("round", range(3))
def test_accepted_twice_at_once_it_counts_once(app, round):
    id = invite(line(服务次数=3), closes_on=date(2025, 1, 1)).id

    def fetch():
        return db.session.get_one(Invitation, id)

    acts = [lambda: fetch().accept(by=who("member"), id_card=CARD)] * 2
    results = together(app, [*acts, lambda: fetch().withdraw(by=who("wantong"), reason="登记错了")])
    assert won(results) == 1
    accepted = fetch().status is InvitationStatus.ACCEPTED
    assert len(db.session.scalars(db.select(ServiceRecord)).all()) == (3 if accepted else 0)
    if accepted:
        assert volunteer_of("member").services == 3


def test_a_file_carried_out_by_two_at_once_makes_each_person_once(app):
    id = bring(people(6, 服务次数="")).id
    acts = [lambda: db.session.get_one(Import, id).carry_out(by=who("city"), most=4)] * 3
    results = together(app, acts)
    assert won(results) == 2, "two pieces, and the third finds it done"
    assert db.session.get_one(Import, id).status is ImportStatus.DONE
    assert db.session.scalar(db.select(db.func.count(Invitation.id.distinct()))) == 6
    assert db.session.scalar(db.select(db.func.count(Invitation.name.distinct()))) == 6


def test_two_lists_with_the_same_people_bring_each_person_in_once(app):
    rows = people(8, 服务次数="")
    ids = [bring(rows[:6]).id, bring(rows[::-1][:6]).id]
    acts = [lambda id=id: db.session.get_one(Import, id).carry_out(by=who("city"), most=2) for id in ids]
    results = together(app, acts)
    assert won(results) == 2
    statuses = sorted(db.session.get_one(Import, id).status for id in ids)
    assert statuses == [ImportStatus.CHECKED, ImportStatus.FAILED], "the second is told, also of those not yet written"
    assert db.session.scalar(db.select(db.func.count(Invitation.id))) == 2


def test_the_same_file_checked_by_two_is_carried_out_once(app):
    rows = people(3, 服务次数="")
    checked = together(app, [lambda name=name: bring(rows, by=name).id for name in ("city", "city2")])
    left = db.session.scalars(db.select(Import.id)).all()
    assert set(left) <= set(checked)
    results = together(app, [lambda id=id: db.session.get_one(Import, id).carry_out(by=who("city")) for id in left])
    statuses = [one.status for one in db.session.scalars(db.select(Import))]
    assert statuses.count(ImportStatus.DONE) == 1 and won([one for one in results if one is None]) >= 1
    assert db.session.scalar(db.select(db.func.count(Invitation.id))) == 3
