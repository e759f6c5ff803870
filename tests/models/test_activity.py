"""活动: what may be stated, and every move between its states."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from app import clock
from app.db import db
from app.models import Activity, Category, Region
from app.models.activities.facts import LONGEST
from app.models.activities.hosts import host_choices
from app.models.activities.phase import Phase
from app.models.activity import ActivityStatus, Stale
from app.models.history import history_of
from app.models.stateful import TransitionError
from app.refusal import Invalid
from tests.activities import day, drafted, facts, published, resolved
from tests.cast import WANTONG, baiyun_code, make_activity, who
from tests.support.statements import statements

S = ActivityStatus


def test_a_draft_settles_deadline_and_minutes(app):
    activity = drafted()
    assert activity.status is S.DRAFT and activity.signup_closes_at == activity.ends_at
    assert activity.minutes == 120 and activity.community_code == WANTONG
    assert activity.created_by_id == who("wantong").id
    assert [line.action for line in history_of(activity)] == ["create"]


def test_a_draft_may_lie_in_the_past_but_not_be_published(app):
    activity = drafted(starts_at=day(-3), ends_at=day(-3, 11))
    with pytest.raises(Invalid) as wrong:
        activity.publish(who("wantong"))
    assert wrong.value.field == "starts_at" and activity.status is S.DRAFT


def test_a_deadline_that_has_passed_is_not_published(app):
    activity = drafted(signup_closes_at=clock.now() - timedelta(hours=1))
    with pytest.raises(Invalid, match="报名截止已经过去"):
        activity.publish(who("wantong"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_at": partial(day, 2)}, "ends_at"),
        ({"ends_at": partial(day, 1)}, "ends_at"),
        ({"ends_at": lambda: day(2) + LONGEST + timedelta(minutes=1)}, "ends_at"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": -1}, "minutes"),
        ({"minutes": 181}, "minutes"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 100_001}, "capacity"),
        ({"signup_closes_at": partial(day, 2, 11, 1)}, "signup_closes_at"),
        ({"category": "nonsense"}, "category"),
        ({"community": "320302001"}, "community"),
        ({"community": "110101001001"}, "community"),
        ({"community": ""}, "community"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(app, changes, field):
    with pytest.raises(Invalid) as wrong:
        drafted(**resolved(changes))
    assert wrong.value.field == field
    assert not db.session.scalars(db.select(Activity)).all()


@pytest.mark.parametrize("minutes", [1, 120, 180])
def test_minutes_may_exceed_the_duration_by_an_hour(app, minutes):
    assert drafted(minutes=minutes).minutes == minutes


def test_the_longest_activity_and_the_largest(app):
    activity = drafted(ends_at=day(2) + LONGEST, capacity=100_000)
    assert activity.minutes == 31 * 24 * 60 and activity.capacity == 100_000


def test_29_february_and_the_turn_of_the_year(app):
    leap = drafted(starts_at=datetime(2028, 2, 29, 1, tzinfo=UTC), ends_at=datetime(2028, 2, 29, 3, tzinfo=UTC))
    assert clock.day(leap.starts_at).isoformat() == "2028-02-29"
    over = drafted(starts_at=datetime(2027, 12, 31, 14, tzinfo=UTC), ends_at=datetime(2027, 12, 31, 18, tzinfo=UTC))
    assert clock.day(over.starts_at).year == 2027 and clock.day(over.ends_at).year == 2028 and over.minutes == 240
    copy = replace(leap.facts, title="闰年").anew()
    assert clock.day(copy.starts_at).isoformat() == "2028-03-07"


def test_publishing_is_told_in_history(app):
    activity = published()
    assert activity.status is S.PUBLISHED and activity.published_at
    line = history_of(activity)[-1]
    assert (line.from_state, line.to_state, line.actor_role) == ("draft", "published", "community")


def test_an_upper_level_may_act_and_history_says_so(app):
    activity = Activity.draft(facts(), who("gulou"))
    activity.publish(who("gulou"))
    assert {line.actor_role for line in history_of(activity)} == {"district"}
    assert activity.community_code == WANTONG


def act(activity, wanted):
    """Ask the verb for this state; 结项 belongs to attendance and goes through `move`."""
    if wanted is S.PUBLISHED:
        activity.publish(who("wantong"))
    elif wanted is S.CANCELLED:
        activity.cancel(who("wantong"), "大风")
    else:
        activity.move(wanted, by=who("wantong"))


@pytest.mark.parametrize("before", list(S))
@pytest.mark.parametrize("after", list(S))
def test_every_pair_of_states(app, before, after):
    activity = make_activity(status=before)
    allowed = {(S.DRAFT, S.PUBLISHED), (S.PUBLISHED, S.COMPLETED), (S.PUBLISHED, S.CANCELLED)}
    if (before, after) in allowed:
        act(activity, after)
        assert activity.status is after
        assert history_of(activity)[-1].to_state == after
        return
    with pytest.raises(TransitionError):
        act(activity, after)
    assert activity.status is before and not history_of(activity)


@pytest.mark.parametrize("status", [S.COMPLETED, S.CANCELLED])
def test_what_is_over_is_not_edited(app, status):
    activity = make_activity(status=status)
    with pytest.raises(TransitionError):
        activity.edit(activity.facts, activity.version, who("wantong"))


def test_a_draft_is_edited_with_a_history_line_that_says_what_changed(app):
    activity = drafted()
    new = replace(activity.facts, title="湖岸清洁", capacity=12, community=baiyun_code(), description="新的安排")
    activity.edit(new, activity.version, who("huanglou"))
    assert activity.title == "湖岸清洁" and activity.community_code == baiyun_code()
    text = history_of(activity)[-1].note.text
    assert "活动名称：云龙湖岸线清洁 → 湖岸清洁" in text and "招募人数：10 人 → 12 人" in text
    assert "万通社区 → 鼓楼区 · 黄楼街道 · 白云社区" in text and "活动内容：" in text


def test_saving_without_a_change_leaves_no_line(app):
    activity = published()
    lines = len(history_of(activity))
    activity.edit(activity.facts, activity.version, who("wantong"))
    assert len(history_of(activity)) == lines


def test_a_stale_edit_names_what_others_saved(app):
    activity = drafted()
    seen = activity.version
    activity.edit(replace(activity.facts, place="西门"), seen, who("wantong2"))
    with pytest.raises(Stale) as stale:
        activity.edit(replace(activity.facts, place="东门"), seen, who("wantong"))
    assert stale.value.saved == [("地点", "西门")] and stale.value.version == activity.version
    assert activity.place == "西门"


def test_a_copy_is_a_draft_ahead_with_the_same_facts(app):
    past = make_activity(starts_at=day(-10), ends_at=day(-10, 12), signup_closes_at=day(-11, 18), capacity=7)
    copy = past.copy(who("wantong"))
    assert copy.status is S.DRAFT and copy.id != past.id and copy.taken == 0
    assert copy.starts_at == day(4) and copy.ends_at == day(4, 12) and copy.signup_closes_at == day(3, 18)
    assert (copy.title, copy.capacity, copy.place) == (past.title, 7, past.place)
    copy.publish(who("wantong"))


def test_a_copy_of_what_lies_ahead_is_a_week_later(app):
    assert published().copy(who("wantong")).starts_at == day(9)


def test_a_copy_survives_a_closed_category_and_a_merged_community(app):
    old = make_activity(starts_at=day(-10), ends_at=day(-10, 12))
    db.session.get(Category, old.category_id).closed = True
    merged = db.session.get(Region, WANTONG)
    merged.valid_to, merged.successor = clock.today(), baiyun_code()
    from app.freshness import touch

    touch("regions", "categories")
    db.session.commit()
    copy = old.copy(who("huanglou"))
    assert copy.facts.category == "other" and copy.community_code == baiyun_code()


def test_a_draft_in_a_closed_category_is_not_published(app):
    activity = drafted()
    db.session.get(Category, activity.category_id).closed = True
    from app.freshness import touch

    touch("categories")
    db.session.commit()
    with pytest.raises(Invalid) as wrong:
        activity.publish(who("wantong"))
    assert wrong.value.field == "category"


def test_the_clock_shows_every_phase(app):
    activity = make_activity(starts_at=day(1), ends_at=day(1, 11), signup_closes_at=day(1, 8), capacity=1)
    assert activity.phase(day(0)) is Phase.RECRUITING
    activity.taken = 1
    assert activity.phase(day(0)) is Phase.FULL
    assert activity.phase(day(1, 8)) is Phase.CLOSED
    assert activity.phase(day(1)) is Phase.ONGOING
    assert activity.phase(day(1, 11)) is Phase.ENDED


@pytest.mark.sqlite_only
@pytest.mark.parametrize("present", [None, 7])
def test_sqlite_finds_teams_and_bases_by_an_index(app, present):
    """Where a new activity names none yet it read every team of the city: 1.2 of 6 ms of the form at full size."""
    with statements() as seen:
        host_choices(WANTONG, present, present)
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {seen[-1]}", (None,) * seen[-1].count("?"))
    found = str(plan.all())
    assert "SEARCH team" in found and "SCAN team" not in found and "SCAN service_base" not in found
