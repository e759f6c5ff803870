"""The portal's activities: what is listed, in which order, how the filters count, and the page of one."""

import re
from datetime import timedelta
from itertools import product

import pytest

from app import clock
from app.db import db
from app.models import Category, Region
from app.models.activities.facts import heir
from app.models.activity import ActivityStatus
from app.models.pages import quickest
from app.models.region import place_name
from app.models.signup import SignUpStatus
from tests.activities import day
from tests.cast import GULOU, HUANGLOU, WANTONG, baiyun_code, far_code, make_activity, volunteer_of
from tests.signups import put
from tests.support.statements import statements, writes

S = ActivityStatus
HEAD = re.compile(r'<h3><a class="plain" href="/activities/(\d+)">([^<]+)</a></h3>')


def titles(answer):
    """The titles in a list, in order."""
    return [title for _, title in HEAD.findall(answer.text)]


def listed(client, address):
    """Every title of a list, page by page, and the total it says."""
    first = answer = client.get(address)
    found = titles(answer)
    while link := re.search(r'rel="next" href="([^"]+)"', answer.text):
        answer = client.get(link[1].replace("&amp;", "&"))
        found += titles(answer)
    said = re.search(r'找到 <b class="num">(\d+\+?)</b>', first.text)
    return found, int(said[1]) if said else 0


def chips(client, address):
    """{field name: {value: count}} of all chips on the page."""
    row = r'<input class="live" type="radio" name="(\w+)" value="([^"]*)"[^>]*>[^<]*<span class="n num">(\d+)</span>'
    found: dict[str, dict[str, int]] = {}
    for name, value, n in re.findall(row, client.get(address).text):
        found.setdefault(name, {})[value] = int(n)
    return found


def a_city():
    """Activities in four communities, of three kinds, in every state and phase; returns what the portal lists."""
    times = {
        "upcoming": (day(3), day(3, 11)),
        "ongoing": (clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=1)),
        "ended": (day(-5), day(-5, 11)),
        "closed": (day(4), day(4, 11)),
        "full": (day(5), day(5, 11)),
    }
    made = []
    for n, (place, phase) in enumerate(product((WANTONG, baiyun_code(), "320302002001", far_code()), times)):
        start, end = times[phase]
        facts = {
            "title": f"活动{n:02d}",
            "place": "居民议事厅" if n % 3 else "文化广场",
            "category": ("env", "law", "med")[n % 3],
            "starts_at": start + timedelta(minutes=n),
            "ends_at": end + timedelta(minutes=n),
        }
        if phase == "closed":
            facts["signup_closes_at"] = clock.now() - timedelta(minutes=1)
        facts |= {"capacity": 2, "taken": 2 if phase == "full" else 1}
        facts["status"] = S.COMPLETED if phase == "ended" and n % 2 else S.PUBLISHED
        made.append(make_activity(place, **facts))
    for status in (S.DRAFT, S.CANCELLED):
        make_activity(title=f"看不见 {status}", status=status)
    db.session.commit()
    return made


def matches(activity, region, status, category, q):
    """The rule in plain words, to compare with."""
    now = clock.now()
    phases = {
        "": True,
        "recruiting": activity.starts_at > now and activity.signup_closes_at > now,
        "ongoing": activity.starts_at <= now < activity.ends_at,
        "ended": activity.ends_at <= now,
    }
    words = activity.title + activity.place + place_name(activity.community_code)
    return (
        activity.community_code.startswith(region or "3203")
        and phases[status]
        and (not category or activity.facts.category == category)
        and q in words
    )


REGIONS = ("", GULOU, HUANGLOU, WANTONG, "320303")
FILTERS = list(product(REGIONS, ("", "recruiting", "ongoing", "ended"), ("", "law"), ("", "议事", "万通")))


@pytest.mark.sqlite_only
def test_every_filter_lists_what_it_says_and_counts_what_it_lists(app, client):
    made = a_city()
    for region, status, category, q in FILTERS:
        address = f"/activities?region={region}&status={status}&category={category}&q={q}"
        found, total = listed(client, address)
        wanted = {one.title for one in made if matches(one, region, status, category, q)}
        assert set(found) == wanted and len(found) == total == len(wanted), address


def test_every_count_on_a_chip_is_the_number_of_rows_behind_it(app, client):
    made = a_city()
    for region, status, category, q in (
        ("", "", "", ""),
        (GULOU, "recruiting", "", ""),
        (WANTONG, "", "law", ""),
        ("", "ended", "", "议事"),
        (HUANGLOU, "recruiting", "law", "万通"),
    ):
        shown = chips(client, f"/activities?region={region}&status={status}&category={category}&q={q}")
        assert len(shown["region"]) == 11 and len(shown["status"]) == 3 and len(shown["category"]) == 10
        for value, n in shown["region"].items():
            assert n == sum(matches(one, value, status, category, q) for one in made)
        for value, n in shown["status"].items():
            assert n == sum(matches(one, region, value, category, q) for one in made)
        for value, n in shown["category"].items():
            assert n == sum(matches(one, region, status, value, q) for one in made)


def test_what_comes_stands_first_soonest_first_then_what_was_newest_first(app, client):
    for days, title in ((5, "后天的后天"), (-3, "三天前"), (2, "后天"), (-9, "九天前")):
        make_activity(title=title, starts_at=day(days), ends_at=day(days, 11))
    assert titles(client.get("/activities")) == ["后天", "后天的后天", "三天前", "九天前"]
    assert titles(client.get("/activities?status=ended")) == ["三天前", "九天前"]
    assert titles(client.get("/activities?status=recruiting")) == ["后天", "后天的后天"]


def test_pages_follow_each_other_over_the_joint_and_back(app, client):
    for n in range(30):
        make_activity(title=f"来{n:02d}", starts_at=day(n // 3 + 1), ends_at=day(n // 3 + 1, 11))
        make_activity(title=f"去{n:02d}", starts_at=day(-1 - n // 3), ends_at=day(-1 - n // 3, 11))
    answer, forwards = client.get("/activities"), []
    while True:
        forwards.append(titles(answer))
        link = re.search(r'rel="next" href="([^"]+)"', answer.text)
        if not link:
            break
        answer = client.get(link[1].replace("&amp;", "&"))
    assert [len(page) for page in forwards] == [20, 20, 20] and len({one for page in forwards for one in page}) == 60
    assert forwards[1][:10] == [f"来{n:02d}" for n in range(20, 30)] and forwards[1][10][0] == "去"
    for wanted in (forwards[1], forwards[0]):
        link = re.search(r'rel="prev" href="([^"]+)"', answer.text)
        answer = client.get(link[1].replace("&amp;", "&"))
        assert titles(answer) == wanted
    assert 'rel="prev"' not in answer.text


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "9.W10",
        "0.W10",
        "0.",
        "1.eA",
        "0.WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzA4OjAwIiwgMV0",
        "0.WyIyMDI2LTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwgOTk5OTk5OTk5OTk5OTk5OTk5OTldfQ",
        "²." + "[" * 9000,
    ],
)
def test_a_position_that_is_none_shows_the_first_page(app, client, token):
    make_activity(title="还在")
    for way in ("after", "before"):
        assert titles(client.get("/activities", query_string={way: token})) == ["还在"]


def test_drafts_are_nowhere_and_cancelled_ones_only_at_their_address(app, client):
    draft = make_activity(title="草稿一份", status=S.DRAFT)
    off = make_activity(title="取消了的", status=S.CANCELLED, cancel_reason="遇到大风")
    db.session.commit()
    assert client.get(f"/activities/{draft.id}").status_code == 404
    page = client.get(f"/activities/{off.id}")
    assert page.status_code == 200 and "已取消" in page.text and "遇到大风" in page.text
    for status in ("", "recruiting", "ongoing", "ended"):
        for address in (f"/activities?status={status}", f"/activities?status={status}&format=csv"):
            text = client.get(address).text
            assert "草稿一份" not in text and "取消了的" not in text


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("region=999999", "没有这个区域"),
        ("region=110101", "没有这个区域"),
        ("region=' OR 1=1 --", "没有这个区域"),
        ("status=draft", "没有这个状态"),
        ("category=nonsense", "没有这个类型"),
        ("q=" + "长" * 51, "最多 50 个字"),
    ],
)
def test_a_wrong_filter_shows_an_error_and_no_rows(app, client, query, message):
    make_activity(title="不该出现")
    answer = client.get(f"/activities?{query}")
    assert answer.status_code == 422 and message in answer.text and "不该出现" not in answer.text
    assert client.get(f"/activities?{query}&format=csv").status_code in (404, 422)


@pytest.mark.parametrize("q", ["%", "_", "100%", "\\", "'", "<b>", "𠮷", "🌲", "万\x00通", "  ", "万通 清洁"])
def test_odd_words_are_words(app, client, q):
    make_activity(title="一百% _符号\\ '引号' <b>粗</b> 𠮷日🌲")
    make_activity(title="清洁家园")
    answer = client.get("/activities", query_string={"q": q})
    assert answer.status_code == 200 and "<b>粗" not in answer.text
    found = len(titles(answer))
    assert found == {"  ": 2, "万\x00通": 2, "万通 清洁": 1, "<b>": 1}.get(q, 0 if q == "100%" else 1)


def test_a_merged_district_is_counted_and_found_with_its_heir(app, client):
    from app.freshness import touch

    make_activity(WANTONG, title="老区里的")
    old = db.session.get(Region, GULOU)
    old.valid_to, old.successor = clock.today(), "320303"
    touch("regions")
    db.session.commit()
    assert heir(GULOU) == "320303"
    shown = chips(client, "/activities")["region"]
    assert GULOU not in shown and shown["320303"] == 1
    assert titles(client.get("/activities?region=320303")) == ["老区里的"]


def test_a_closed_category_stays_on_the_chips_while_it_has_activities(app, client):
    from app.freshness import touch

    make_activity(category="law")
    for slug in ("law", "med"):
        db.session.scalars(db.select(Category).where(Category.slug == slug)).one().closed = True
    touch("categories")
    db.session.commit()
    shown = chips(client, "/activities")["category"]
    assert shown["law"] == 1 and "med" not in shown


def test_a_filter_that_was_judged_is_judged_again_when_categories_or_regions_change(app, client):
    from app.freshness import touch

    address = f"/activities?category=new&region={GULOU}"
    assert [client.get(address).status_code for _ in range(2)] == [422, 422]
    db.session.add(Category(slug="new", name="新的一类", position=99))
    touch("categories")
    db.session.commit()
    shown = client.get(address)
    assert shown.status_code == 200 and '<a class="chip sel"' in shown.text and shown.text.count("新的一类") == 2
    db.session.get(Region, HUANGLOU).name = "新名街道"
    touch("regions")
    db.session.commit()
    assert f'<option value="{HUANGLOU}">新名街道</option>' in client.get(address).text


def test_a_kept_filter_holds_nothing_of_the_address_that_was_first(app, client):
    make_activity(WANTONG, title="一项")
    for more in ("one", "two", "three"):
        page = client.get(f"/activities?more={more}&region=&region={GULOU}")
        links = re.findall(r'<a class="chip sel" href="([^"]+)"', page.text)
        assert page.status_code == 200 and links == [f"/activities?more={more}"]


def test_a_stale_lower_select_gives_way_to_the_new_district(app, client):
    make_activity(WANTONG, title="鼓楼的")
    make_activity(far_code(), title="云龙的")
    assert titles(client.get(f"/activities?region=320303&region={HUANGLOU}&region=")) == ["云龙的"]
    assert titles(client.get(f"/activities?region={GULOU}&region={HUANGLOU}&region={WANTONG}")) == ["鼓楼的"]
    assert len(titles(client.get(f"/activities?region=3203&region={HUANGLOU}"))) == 2
    page = client.get(f"/activities?region={GULOU}&region={HUANGLOU}&status=recruiting")
    clear = re.search(r'<a class="chip sel" href="([^"]+)">报名中', page.text)[1]
    assert clear == f"/activities?region={HUANGLOU}"


def test_htmx_gets_the_rows_and_the_chips_and_history_the_whole_page(app, client):
    make_activity(title="一项")
    address = f"/activities?region={GULOU}"
    part, whole = client.get(address, htmx=True), client.get(address)
    assert "<html" in whole.text and "<html" not in part.text and titles(part) == titles(whole) == ["一项"]
    assert '<hx-partial hx-target="#chips"' in part.text and "hx-partial" not in whole.text
    assert part.text.count('type="radio"') == whole.text.count('type="radio"')
    for headers in ({"HX-History-Restore-Request": "true"}, {"HX-Request-Type": "full"}):
        assert (
            "<html" in client.get(address, headers={"HX-Request": "true", "HX-Request-Type": "partial", **headers}).text
        )


def test_no_list_costs_more_at_a_hundred_rows(app, client, clients):
    person = clients("volunteer")

    def cost(who, address):
        who.get(address)
        with statements() as seen:
            assert who.get(address).status_code == 200
        assert not writes(seen)
        return len(seen)

    addresses = [
        "/activities",
        "/activities?status=ended",
        f"/activities?region={GULOU}&q=议事",
        "/activities?format=csv",
    ]
    costs = []
    for number in (10, 90):
        for n in range(number):
            make_activity(starts_at=day(n % 20 - 10), ends_at=day(n % 20 - 10, 11), place="议事厅", title=f"{n}")
        db.session.commit()
        costs.append([cost(who, address) for who in (client, person) for address in addresses])
    assert costs[0] == costs[1]
    assert max(costs[1][:4]) <= 4 and max(costs[1][4:]) <= 6


def test_a_page_of_one_costs_at_most_four_statements(app, client):
    activity = make_activity()
    db.session.commit()
    client.get(f"/activities/{activity.id}")
    with statements() as seen:
        client.get(f"/activities/{activity.id}")
    assert len(seen) <= 4


def test_the_export_names_no_person(app, client):
    activity = make_activity(title="=1+1")
    put(activity, volunteer_of("volunteer"), SignUpStatus.ADMITTED)
    answer = client.get("/activities?format=csv")
    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    lines = answer.get_data(as_text=True).splitlines()
    assert lines[0].startswith("\ufeff活动名称,状态,类型,社区") and lines[1].startswith(
        "'=1+1,报名中,敬老助残,鼓楼区 · 黄楼街道 · 万通社区"
    )
    assert "李静" not in answer.text
    assert client.get("/activities?format=exe").status_code == 404


def test_the_page_of_one_tells_what_counts_and_nobodys_name(app, client, clients):
    from tests.cast import who

    activity = make_activity(
        title="<script>alert(1)</script>𠮷",
        description="# 大标题\n\n<img src=x onerror=alert(1)> [链](javascript:alert(1)) **粗**",
        risks="<b>路滑</b>",
        capacity=3,
        needs_approval=True,
        created_by_id=who("wantong").id,
    )
    put(activity, volunteer_of("volunteer"), SignUpStatus.ADMITTED)
    db.session.commit()
    for person in ("", "second", "baiyun"):
        page = clients(person).get(f"/activities/{activity.id}").text
        assert "3 人，已报名 1 人" in page and "报名后由社区审核" in page and "周同志" in page
        assert "周芳" not in page and "李静" not in page and "李同志" not in page
        assert (
            "<script>alert" not in page
            and "onerror" not in page.replace("onerror=alert(1)&gt;", "")
            and "javascript:" not in page.replace("javascript:alert(1))", "")
        )
        assert "<strong>粗</strong>" in page and "<h1>大标题" not in page and "&lt;b&gt;路滑" in page


def test_a_person_sees_their_own_standing_in_the_list(app, clients):
    mine, full = make_activity(title="我在里面"), make_activity(title="满了的", capacity=1, taken=1)
    put(mine, volunteer_of("volunteer"), SignUpStatus.ADMITTED)
    db.session.commit()
    page = clients("volunteer").get("/activities").text
    assert "查看报名" in page and "已录用" in page and "登记候补" in page
    other = clients("second").get("/activities").text
    assert "查看报名" not in other and "我要报名" in other
    assert clients("").get("/activities").text.count("查看报名") == 0 and full.id


@pytest.mark.both
def test_a_member_finds_words_also_where_they_are_so_common_that_the_list_is_measured(app, clients, monkeypatch):
    make_activity(title="清洁家园"), make_activity(title="文艺演出")
    db.session.commit()
    monkeypatch.setattr(quickest, "EASY", 0)
    assert titles(clients("volunteer").get("/activities?q=清洁")) == ["清洁家园"]


def test_an_address_that_no_row_can_have_is_404(app, client):
    for id in ("0", "999999", "2147483648", "99999999999999999999"):
        assert client.get(f"/activities/{id}").status_code == 404


def test_empty_lists_say_what_to_do(app, client):
    assert "还没有发布活动" in client.get("/activities").text
    assert "没有找到符合条件的活动" in client.get("/activities?q=没有这个").text
