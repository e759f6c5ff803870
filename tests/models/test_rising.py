"""上升: with whom a thing stands, by its due moment and by who is there; the shares of a post say the same."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from app import clock
from app.db import db
from app.models import Application, Post
from app.models.post import Role
from app.models.posts.rising import chain, due_before, held_places, inside, shares, standing
from app.models.region import regions, within
from app.models.workday import add_working_days
from tests import cast
from tests.applicants import apply, card
from tests.cast import CITY, GULOU, HUANGLOU, WANTONG

ALL = {WANTONG, HUANGLOU, GULOU, CITY}
MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)  # 10:00 in Shanghai; the week after it has no holiday


def at(day, hour=10):
    """That day of the week after MONDAY's Sunday (1 = Monday) in Shanghai."""
    return MONDAY + timedelta(days=day - 1, hours=hour - 10)


@pytest.mark.sqlite_only
def test_it_rises_one_level_each_two_working_days_after_it_was_due(app):
    due = add_working_days(at(1), 0)  # the midnight that ends Monday
    assert standing(WANTONG, due, ALL, at(1)) == [WANTONG]
    assert standing(WANTONG, due, ALL, at(3, 23)) == [WANTONG]  # Tuesday and Wednesday are not over
    assert standing(WANTONG, due, ALL, at(4, 0)) == [WANTONG, HUANGLOU]
    assert standing(WANTONG, due, ALL, at(5, 23)) == [WANTONG, HUANGLOU]
    assert standing(WANTONG, due, ALL, at(6, 0)) == [WANTONG, HUANGLOU, GULOU]
    assert standing(WANTONG, due, ALL, at(8, 23)) == [WANTONG, HUANGLOU, GULOU]  # the weekend does not count
    assert standing(WANTONG, due, ALL, at(10, 0)) == [WANTONG, HUANGLOU, GULOU, CITY]


@pytest.mark.sqlite_only
def test_a_level_without_a_living_post_is_skipped(app):
    due = add_working_days(at(1), 0)
    assert standing(WANTONG, due, ALL - {HUANGLOU}, at(4, 0)) == [WANTONG, GULOU]
    assert standing(WANTONG, due, ALL - {WANTONG}, at(1)) == [HUANGLOU]  # from the start
    assert standing(WANTONG, due, {CITY}, at(1)) == [CITY]
    assert standing(WANTONG, due, set(), at(30)) == []


@pytest.mark.sqlite_only
def test_the_shares_of_every_post_say_what_each_thing_says(app):
    """Random living posts, places, due moments and presents: one thing's answer and the post's shares never differ."""
    random = Random(7)
    communities = [*random.sample([code for code in regions() if len(code) == 12], 60), WANTONG, cast.baiyun_code()]
    places = sorted({code for one in communities for code in chain(one)})
    for _ in range(12):
        held = {code for code in places if random.random() < 0.6}
        now = MONDAY + timedelta(days=random.randint(0, 200), minutes=random.randint(0, 1440))
        dues = [add_working_days(now, 0) - timedelta(days=random.randint(-3, 16)) for _ in range(3)]
        dues += [now - timedelta(minutes=random.randint(0, 20_000))]
        for code in random.sample(places, 10):
            mine = shares(code, held, now)
            listed = [one for share in mine for one in share.codes]
            assert len(listed) == len(set(listed))
            for community in communities:
                for due in dues:
                    through = any(
                        community.startswith(share.codes) and (share.due_before is None or due <= share.due_before)
                        for share in mine
                    )
                    assert through == (code in standing(community, due, held | {code}, now)), (
                        code,
                        community,
                        due,
                        now,
                    )


@pytest.mark.sqlite_only
def test_the_condition_on_due_moments_is_the_calendar_read_backwards(app):
    random = Random(11)
    for _ in range(400):
        now = MONDAY + timedelta(days=random.randint(-300, 60), minutes=random.randint(0, 1440))
        due = now - timedelta(minutes=random.randint(0, 25_000))
        for steps in (1, 2, 3):
            over = add_working_days(due - timedelta(microseconds=1), 2 * steps) <= now
            assert (due <= due_before(steps, now)) == over


def test_a_post_finds_its_work_by_one_condition(app):
    """Applications of 万通 (kept) and of a community without anybody, due at several moments."""
    empty = next(c for c in regions() if c.startswith(HUANGLOU) and len(c) == 12 and c not in held_places())
    here, there = apply(id_card=card(1)), apply(cast.make_user("elsewhere"), id_card=card(2))
    there.locate(empty)
    late = clock.now() - timedelta(days=30)

    def waiting(code):
        mine = [
            db.and_(
                inside(Application, one.codes), True if one.due_before is None else Application.due_at <= one.due_before
            )
            for one in shares(code, held_places())
        ]
        place = within(Application, code)
        rows = db.session.scalars(db.select(Application.id).where(db.or_(*mine), *([] if place is None else [place])))
        return {"here" if id == here.id else "there" for id in rows}

    assert (waiting(WANTONG), waiting(HUANGLOU), waiting(GULOU), waiting(CITY)) == ({"here"}, {"there"}, set(), set())
    here.due_at = there.due_at = late
    db.session.flush()
    assert (waiting(HUANGLOU), waiting(GULOU), waiting(CITY)) == ({"here", "there"},) * 3
    cast.who("huanglou").post.revoke(by=cast.who("gulou"), reason="调离")
    there.due_at = add_working_days(clock.now(), 3)
    db.session.commit()
    assert (waiting(GULOU), waiting(CITY)) == ({"here", "there"}, {"here"})


def test_who_is_there_is_known_by_the_day(app):
    by = cast.who("gulou")
    Post.grant(cast.who("member"), Role.SUBDISTRICT, "320302002", by=by, last_day=clock.today())
    db.session.commit()
    assert "320302002" in held_places() and HUANGLOU in held_places()
    assert "320302002" not in held_places(clock.today() + timedelta(days=1))
