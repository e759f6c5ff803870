"""The city's tree: adding, renaming, merging, and what everything reads through a merger."""

from datetime import timedelta

import pytest

from app import clock
from app.access import Permission, may_place, rows
from app.db import db
from app.freshness import forget
from app.models import Activity, Application, History, Message, Region, SignUp, Volunteer
from app.models.activities import search
from app.models.post import Post, keepers
from app.models.region import CITY, children, heir, lineage, place_name, regions, within
from app.models.regions import lists
from app.models.regions.former_names import place_name_on
from app.models.regions.search import search_regions
from app.refusal import Invalid, Refused
from tests import cast
from tests.applicants import apply

WANTONG, HUANGLOU = cast.WANTONG, cast.HUANGLOU


def region(code):
    return db.session.get_one(Region, code)


def settle():
    """What other processes see: committed, and read anew."""
    db.session.commit()
    forget()


def merge(code=WANTONG, into=None, **how):
    region(code).merge(into or cast.baiyun_code(), by=cast.who("city"), **how)
    settle()


def other_street():
    """Another subdistrict of 鼓楼区."""
    return next(place.code for place in children()[cast.GULOU] if place.code != HUANGLOU)


def test_a_new_community_may_be_chosen_at_once_and_its_history_stands(app):
    made = Region.add(f"{HUANGLOU}977", " 新元社区居委会 ", by=cast.who("city"))
    settle()
    assert place_name(made.code).endswith("新元社区") and made.code in [one.code for one in children()[HUANGLOU]]
    assert search_regions("新元").places[0].code == made.code
    line = db.session.scalars(db.select(History).where(History.noun == "region", History.noun_id == made.id)).one()
    assert line.action == "add" and line.actor_role == "city"


@pytest.mark.sqlite_only
def test_a_bad_code_or_name_is_refused_at_its_field(app):
    city, there = cast.who("city"), regions()[WANTONG].name
    wrong = [
        ("", "x", "code"),
        ("320302", "区", "code"),
        ("３２０３０２００１９７７", "全角", "code"),
        ("320399001", "没有上级", "code"),
        (WANTONG, "用过的", "code"),
        (f"{HUANGLOU}977", "", "name"),
        (f"{HUANGLOU}977", "长" * 61, "name"),
        (f"{HUANGLOU}977", there, "name"),
    ]
    for code, name, field in wrong:
        with pytest.raises(Invalid) as told:
            Region.add(code, name, by=city)
        assert told.value.field == field, (code, name)
    with pytest.raises(Invalid, match="一样"):
        region(WANTONG).rename(there, by=city)


def test_a_thing_of_other_days_is_called_by_the_name_of_its_day(app):
    region(WANTONG).rename("万通新村社区居委会", by=cast.who("city"))
    settle()
    region(WANTONG).rename("万通家园社区居委会", by=cast.who("city"))
    settle()
    today = clock.today()
    assert place_name(WANTONG, full=False) == place_name_on(WANTONG, today, full=False) == "万通家园社区"
    assert place_name_on(WANTONG, today - timedelta(days=1), full=False) == "万通社区"
    street = region(HUANGLOU).name
    region(HUANGLOU).rename("黄河楼街道", by=cast.who("city"))
    settle()
    assert street in place_name_on(WANTONG, today - timedelta(days=9)) and "黄河楼街道" in place_name_on(WANTONG, today)


def test_what_was_open_in_a_merged_community_is_the_heirs(app, clients):
    baiyun = cast.baiyun_code()
    volunteer = cast.volunteer_of("volunteer")
    activity, application = cast.make_activity(WANTONG), apply()
    merge()
    assert heir(WANTONG) == baiyun and set(lineage()[baiyun]) == {baiyun, WANTONG}
    for model, row in ((Activity, activity), (Application, application), (Volunteer, volunteer)):
        assert db.session.get(model, row.id).community_code == WANTONG, "rows keep their code"
        found = db.session.scalars(db.select(model.id).where(within(model, baiyun)))
        assert row.id in found
    assert clients("baiyun").get(f"/office/activities/{activity.id}").status_code == 200
    assert clients("baiyun").get(f"/office/applications/{application.id}").status_code == 200
    assert clients("wantong").get(f"/office/activities/{activity.id}").status_code == 403, "the post has ended"
    assert cast.who("baiyun").id in keepers(WANTONG)
    assert "万通社区" not in [place.short for place in children()[HUANGLOU]]
    assert [place.code for place in search_regions("万通").places] == [baiyun], "the heir is found by the old name"
    assert place_name(WANTONG, full=False) == "白云社区（原万通社区）"
    assert place_name_on(WANTONG, clock.today(), full=False) == "万通社区"
    told = db.session.scalars(db.select(Message).where(Message.user_id == volunteer.user_id)).all()
    assert [one for one in told if "并入" in one.title]


def test_a_volunteer_of_a_merged_community_signs_up_and_an_applicant_joins_the_heir(app):
    application = apply()
    merge()
    activity = cast.make_activity(cast.baiyun_code())
    signup = SignUp.join(cast.volunteer_of("volunteer"), activity, by=cast.who("volunteer"))
    assert signup.volunteer_community_code == WANTONG
    application.approve(by=cast.who("baiyun"))
    db.session.flush()
    assert cast.volunteer_of("member").community_code == cast.baiyun_code()


def test_posts_end_or_go_on_over_the_heir_as_the_city_says(app):
    merge(keep_posts=True)
    posts = cast.who("wantong").living_posts()
    assert [(post.region_code, post.role.value) for post in posts] == [(cast.baiyun_code(), "community")]
    old = db.session.scalars(db.select(Post).where(Post.region_code == WANTONG)).all()
    assert all(post.revoked_at for post in old)


def test_a_merged_street_takes_its_communities_along(app):
    """They keep code and name, and stand below the heir in pickers, scopes and names."""
    street = other_street()
    community = children()[street][0].code
    activity = cast.make_activity(community)
    merge(street, HUANGLOU)
    assert community in [place.code for place in children()[HUANGLOU]] and street not in children()
    assert regions()[HUANGLOU].short in place_name(community)
    assert activity.id in db.session.scalars(db.select(Activity.id).where(within(Activity, HUANGLOU)))
    assert cast.who("huanglou").id in keepers(community)
    assert community in [place.code for place in search_regions(regions()[community].short, within=HUANGLOU).places]


def test_a_community_may_join_one_of_another_street_and_counts_there_once(app):
    street = other_street()
    target = children()[street][0].code
    activity = cast.make_activity(WANTONG)
    merge(WANTONG, target)
    inside = {
        code: set(db.session.scalars(db.select(Activity.id).where(within(Activity, code))))
        for code in (HUANGLOU, street, cast.GULOU)
    }
    assert activity.id not in inside[HUANGLOU] and activity.id in inside[street] & inside[cast.GULOU]


def test_the_longest_names_can_be_merged(app):
    city, other = cast.who("city"), cast.baiyun_code()
    for code, sign in ((WANTONG, "万"), (other, "白")):
        region(code).rename(sign * 58 + "社区", by=city)
    settle()
    merge(into=other)
    assert heir(WANTONG) == other and db.session.scalar(db.select(db.func.max(db.func.length(Message.title)))) == 120


def test_what_cannot_be_merged(app):
    city, baiyun = cast.who("city"), cast.baiyun_code()
    for code, into in (
        (WANTONG, WANTONG),
        (WANTONG, HUANGLOU),
        (WANTONG, cast.far_code()),
        (WANTONG, "999"),
        ("3203", "3203"),
    ):
        with pytest.raises(Invalid):
            region(code).merge(into, by=city)
    merge()
    with pytest.raises(Refused):
        region(WANTONG).merge(baiyun, by=city)
    with pytest.raises(Invalid):
        region(baiyun).merge(WANTONG, by=city)
    with pytest.raises(Refused):
        region(WANTONG).rename("又叫万通", by=city)


@pytest.mark.sqlite_only
def test_a_post_over_the_heir_may_place_in_what_it_took_in(app):
    merge()
    from flask_login import login_user

    with app.test_request_context("/office/"):
        login_user(cast.who("baiyun"))
        assert may_place(WANTONG, Permission.ACTIVITIES) and not may_place(cast.far_code(), Permission.ACTIVITIES)
        assert "IN" in str(rows(Activity, Permission.ACTIVITIES))


def test_a_renamed_place_is_found_by_its_old_name_and_a_merged_one_as_its_heir(app):
    db.session.get_one(Region, WANTONG).rename("幸福里社区居委会", by=cast.who("city"))
    db.session.get_one(Region, cast.baiyun_code()).merge(WANTONG, by=cast.who("city"))
    activity = cast.make_activity(description="带上**修枝剪**和手套")
    db.session.commit()
    forget()
    for words in ("万通", "幸福里", "白云社区", "鼓楼 万通"):
        assert WANTONG in [place.code for place in search_regions(words).places], words
    for words in ("万通", "幸福里", "修枝剪", "万通 修枝剪"):
        assert db.session.scalars(db.select(Activity.id).where(*search.named(words))).all() == [activity.id], words
    named = db.session.scalars(db.select(Region.code).where(*lists.named(CITY, "万通社区")))
    assert WANTONG in list(named)
