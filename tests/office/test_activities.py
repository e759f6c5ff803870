"""活动管理 through HTTP: who may, that the neighbour meets a 404, and the list with its counts and exports."""

import io
import re
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook

from app import clock
from app.db import db
from app.models import History
from app.models.activities.phase import Phase
from app.models.activity import ActivityStatus
from tests.activities import KEY, all_activities, day, drafted, form, published
from tests.cast import HUANGLOU, WANTONG, baiyun_code, make_activity, who
from tests.support.statements import statements, writes

S = ActivityStatus
ADDRESSES = ("", "/edit", "/publication", "/copy", "/cancellation")


# --- who may ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("username", ["baiyun", "far", "yunlong"])
def test_the_neighbour_meets_a_404_everywhere_and_changes_nothing(app, clients, username, htmx):
    activities = [published(title="万通的活动"), drafted(title="万通的草稿")]
    db.session.commit()
    neighbour = clients(username)
    for activity in activities:
        for address in ADDRESSES:
            url = f"/office/activities/{activity.id}{address}"
            with statements() as seen:
                got = neighbour.get(url, htmx=htmx)
                sent = neighbour.post(url, data=form(reason="大风", key=KEY), htmx=htmx)
            assert got.status_code in (404, 405) and sent.status_code in (404, 405), url
            assert "万通的" not in got.text + sent.text and not writes(seen), url
    for url in (
        "/office/activities",
        "/office/activities?q=万通的",
        "/office/activities?format=csv",
        f"/office/activities?region={WANTONG}",
    ):
        assert "万通的活动" not in neighbour.get(url, htmx=htmx).text
    assert "没有活动" in neighbour.get("/office/activities").text
    assert neighbour.get(f"/activities/{activities[0].id}").status_code == 200  # in public they are everybody


@pytest.mark.parametrize("username", ["unit", "volunteer", "member"])
def test_who_holds_no_such_permission_gets_403(app, clients, username):
    activity = published()
    db.session.commit()
    for url in ("/office/activities", "/office/activities/new", f"/office/activities/{activity.id}"):
        assert clients(username).get(url).status_code == 403


def test_a_visitor_is_sent_to_sign_in(app, client):
    for url in ("/office/activities", "/office/activities/new"):
        assert client.get(url).status_code == 303
    assert client.post("/office/activities/new", data=form()).status_code == 303 and not all_activities()


@pytest.mark.parametrize("username", ["huanglou", "gulou", "city"])
def test_an_upper_level_acts_for_a_community_below(app, clients, username):
    answer = clients(username).post("/office/activities/new", data=form(publish="1"))
    (activity,) = all_activities()
    assert answer.status_code == 303 and activity.status is S.PUBLISHED and activity.community_code == WANTONG
    roles = set(db.session.scalars(db.select(History.actor_role)))
    assert roles == {{"huanglou": "subdistrict", "gulou": "district", "city": "city"}[username]}
    assert clients(username).get(f"/office/activities/{activity.id}/edit").status_code == 200


# --- list ------------------------------------------------------------------------------------------------


def a_year():
    """One activity in each phase, in two communities; returns {phase: title of 万通's}."""
    now = clock.now()
    made = {
        Phase.DRAFT: {"status": S.DRAFT},
        Phase.RECRUITING: {},
        Phase.FULL: {"capacity": 1, "taken": 1},
        Phase.CLOSED: {"signup_closes_at": now - timedelta(hours=1)},
        Phase.ONGOING: {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=1)},
        Phase.ENDED: {"starts_at": day(-2), "ends_at": day(-2, 11)},
        Phase.COMPLETED: {"starts_at": day(-3), "ends_at": day(-3, 11), "status": S.COMPLETED},
        Phase.CANCELLED: {"status": S.CANCELLED},
    }
    for phase, facts in made.items():
        make_activity(title=f"万通-{phase.value}", category="law", **facts)
        make_activity(baiyun_code(), title=f"白云-{phase.value}", **facts)
    db.session.commit()
    return {phase: f"万通-{phase.value}" for phase in made}


def listed(answer):
    return re.findall(r'<a href="/office/activities/\d+">([^<]+)</a>', answer.text)


def test_the_list_and_its_counts_stay_inside_the_scope(app, clients):
    titles = a_year()
    office = clients("wantong")
    assert set(listed(office.get("/office/activities"))) == set(titles.values())
    for phase, title in titles.items():
        answer = office.get(f"/office/activities?phase={phase.value}")
        assert listed(answer) == [title]
        for other in titles:
            count = re.search(rf'phase={other.value}"[^>]*>[^<]+ <span class="cnt[^"]*">(\d+)</span>', answer.text)
            assert count[1] == "1"
        assert phase is not Phase.ENDED or "待确认" in answer.text
    assert len(listed(clients("huanglou").get("/office/activities"))) == 16
    assert clients("far").get("/office/activities").text.count("白云-") == 0


@pytest.mark.usefixtures("one_minute")
def test_its_counts_are_kept_until_an_activity_changes_or_begins(app, clients):
    a_year()
    coming = make_activity(title="万通-明早", starts_at=day(1), ends_at=day(1, 11))
    db.session.commit()
    office = clients("wantong")

    def count(phase: Phase, query: str = "") -> int:
        page = office.get(f"/office/activities?{query}").text
        return int(re.search(rf'phase={phase.value}"[^>]*>[^<]+ <span class="cnt[^"]*">(\d+)</span>', page)[1])

    for query in ("", "q=万通"):
        assert count(Phase.RECRUITING, query) == 2
        with statements() as seen:
            assert count(Phase.RECRUITING, query) == 2 and count(Phase.FULL, f"{query}&phase=full") == 1
        assert not [one for one in seen if "count(" in one], "whichever phase is chosen"
    coming.cancel(who("wantong"), "下雨")
    db.session.commit()
    assert count(Phase.RECRUITING) == 1 and count(Phase.CANCELLED, "q=万通") == 2
    make_activity(starts_at=clock.now() + timedelta(minutes=2), ends_at=clock.now() + timedelta(hours=1))
    db.session.commit()
    assert count(Phase.ONGOING) == 1
    clock.move(timedelta(minutes=3))
    assert count(Phase.ONGOING) == 2


def test_the_list_is_narrowed_by_region_category_words_and_days(app, clients):
    a_year()
    office = clients("gulou")
    narrowed = {
        f"region={WANTONG}": 8,
        f"region={HUANGLOU}": 16,
        "category=law": 8,
        "q=白云-full": 1,
        "q=白云": 8,
        f"since={clock.day(day(-2))}&until={clock.day(day(-2))}": 2,
        f"until={clock.day(day(-3))}": 2,
        f"region={HUANGLOU}&region={baiyun_code()}": 8,
    }
    for query, n in narrowed.items():
        answer = office.get(f"/office/activities?{query}")
        assert answer.status_code == 200 and len(listed(answer)) == n, query
    for query in (
        "region=320303",
        "region=x",
        "phase=x",
        "since=2026-02-30",
        "since=2026-05-02&until=2026-05-01",
        "q=" + "长" * 51,
    ):
        answer = office.get(f"/office/activities?{query}")
        assert answer.status_code == 422 and not listed(answer), query
        assert office.get(f"/office/activities?{query}&format=csv").status_code in (404, 422)


def test_exports_hold_what_the_filters_hold(app, clients):
    a_year()
    office = clients("wantong")
    csv = office.get("/office/activities?phase=full&format=csv").get_data(as_text=True).splitlines()
    assert len(csv) == 2 and "万通-full" in csv[1] and "名额已满" in csv[1]
    with office.get("/office/activities?format=xlsx", buffered=True) as answer:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert len(rows) == 9 and not [row for row in rows if "白云-" in str(row)]


def test_htmx_gets_the_rows_alone_and_history_the_whole_page(app, clients):
    a_year()
    office = clients("wantong")
    part = office.get("/office/activities?phase=full", htmx=True)
    assert "<html" not in part.text and listed(part) == ["万通-full"] and 'id="results"' in part.text
    restored = office.get("/office/activities", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in restored.text


def test_no_page_costs_more_at_a_hundred_rows(app, clients):
    office = clients("huanglou")
    first = make_activity()
    db.session.commit()
    costs = []
    for number in (9, 90):
        for n in range(number):
            make_activity(title=f"{n}", starts_at=day(n % 30 - 15), ends_at=day(n % 30 - 15, 11))
        db.session.commit()
        cost = []
        for url in (
            "/office/activities",
            "/office/activities?format=csv",
            f"/office/activities/{first.id}",
            f"/office/activities/{first.id}/edit",
        ):
            office.get(url)
            with statements() as seen:
                assert office.get(url).status_code == 200
            assert not writes(seen)
            cost.append(len(seen))
        costs.append(cost)
    assert costs[0] == costs[1] and max(costs[1]) <= 6
