"""How many activities stand in each phase: with words too, whichever way these are looked for."""

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select

from app import clock, reads
from app.db import db
from app.freshness import forget
from app.models import Activity
from app.models.activities.counts import phase_counts, phases_in, public_counts, total_of
from app.models.activities.phase import ActivityStatus, Phase
from app.models.activities.search import ids_named, in_phase, named
from app.models.pages import quickest
from app.models.pages.quickest import in_most
from tests import cast

HOUR = timedelta(hours=1)
A = ActivityStatus


@pytest.fixture
def each_phase(app):
    """One activity in each phase and two more that are completed, half of them of another name."""
    now = clock.now()
    coming, past = {"starts_at": now + 9 * HOUR}, {"starts_at": now - 9 * HOUR}
    ways = [
        {"status": A.DRAFT, **coming},
        coming,
        {**coming, "taken": 10},
        {**coming, "signup_closes_at": now - HOUR},
        {"starts_at": now - HOUR, "ends_at": now + HOUR},
        past,
        *[{"status": A.COMPLETED, **past}] * 3,
        {"status": A.CANCELLED, **past},
    ]
    for way in ways:
        cast.make_activity(title="清洁家园", **way)
        cast.make_activity(title="文艺演出", place="河边", **way)
    db.session.commit()


@pytest.mark.both
@pytest.mark.parametrize("words", ["", "清洁", "清", "万通", "清洁 社区", "清洁 河", "龘"])
@pytest.mark.parametrize("most, sample", [(20_000, 2000), (-1, 2000), (2, 1), (20_000, 4)])
def test_phases_are_counted_alike_whichever_way_words_are_looked_for(each_phase, monkeypatch, words, most, sample):
    monkeypatch.setattr(quickest, "MOST", most)
    monkeypatch.setattr(reads, "SAMPLES", dict.fromkeys(reads.SAMPLES, (sample, 2 * sample)))
    counts = phases_in(phase_counts(lambda: select(Activity).where(*named(words)), words))
    monkeypatch.setattr(quickest, "MOST", -1)
    ids = {
        phase: set(db.session.scalars(select(Activity.id).where(*named(words), *in_phase(phase)))) for phase in Phase
    }
    assert counts == {phase: len(found) for phase, found in ids.items()}
    assert (
        total_of(counts, None) == len(set.union(*ids.values())) and total_of(counts, Phase.FULL) == counts[Phase.FULL]
    )
    assert words not in ("", "万通") or min(counts.values()) >= 1


@pytest.mark.both
@pytest.mark.parametrize("words", ["清洁", "清", "清洁 社区", "万通", "龘"])
def test_chips_count_alike_whether_most_activities_or_few_hold_the_words(each_phase, monkeypatch, words):
    told = []
    kind = db.session.scalars(select(Activity.category_id)).first()
    for most in (20_000, -1):
        forget()
        monkeypatch.setattr(quickest, "COUNTED", dict.fromkeys(quickest.COUNTED, most))
        assert in_most(Activity, words, ids_named) is (most < 0)
        asked = product(("", cast.GULOU, cast.HUANGLOU), ("", "ended"), (None, kind))
        all_counts = [public_counts(region, status, category, words) for region, status, category in asked]
        told.append(
            [[shown(one) for one in (counts.status, counts.district, counts.category)] for counts in all_counts]
        )
    assert told[0] == told[1] and (words in ("清洁 社区", "龘") or told[0][0][1])


def shown(numbers):
    return {key: number for key, number in numbers.items() if number}


@pytest.mark.both
def test_of_several_words_the_rarest_is_looked_up(app):
    cast.make_activity(title="清洁家园")
    cast.make_activity(title="家园演出")
    db.session.commit()
    asked = str(
        select(Activity.id).where(*named("家园 清洁")).compile(db.engine, compile_kwargs={"literal_binds": True})
    )
    looked_up = ["清洁" if db.engine.dialect.name == "postgresql" else "清洁".encode().hex()]
    assert asked.count("MATCH") + asked.count("pairs(title") == 1 and all(one in asked for one in looked_up)
