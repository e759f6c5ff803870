"""The city's lists in the back office: two steps of a merger, errors at their fields, tables with wrong rows."""

from datetime import date, timedelta
from io import BytesIO

import pytest

from app import clock
from app.db import db
from app.freshness import forget
from app.models import Category, Region, Workday, WorkUnit
from app.models.workday import add_working_days
from tests import cast

W, HUANGLOU = cast.WANTONG, cast.HUANGLOU


def test_a_merger_shows_what_it_affects_before_it_is_done(app, clients):
    city, baiyun = clients("city"), cast.baiyun_code()
    cast.make_activity()
    path = f"/office/regions/{W}/merger"
    assert city.post(path, data={}).status_code == 422
    for wrong in (W, cast.far_code(), HUANGLOU):
        answer = city.post(path, data={"into": wrong})
        assert answer.status_code == 422 and 'id="into-e"' in answer.text, wrong
    looked = city.post(path, data={"into": baiyun})
    assert looked.status_code == 200 and "没有结项的活动" in looked.text and "原有任职到此结束" in looked.text
    assert db.session.get_one(Region, W).valid_to is None, "looking changes nothing"
    done = city.post(path, data={"into": baiyun, "confirmed": "1"})
    assert done.status_code == 303 and done.location.endswith(f"/office/regions/{baiyun}")
    forget()
    assert "万通社区居委会" in city.get(done.location).text
    assert city.get(path).status_code == city.post(path, data={"into": baiyun, "confirmed": "1"}).status_code == 409
    assert city.get(f"/office/regions/{W}").status_code == 200


def test_an_old_address_leads_to_the_heir(app, clients):
    baiyun = cast.baiyun_code()
    coming = cast.make_activity(title="万通的活动")
    start = clock.now() - timedelta(days=3)
    past = cast.make_activity(starts_at=start, ends_at=start + timedelta(hours=1))
    db.session.get_one(Region, W).merge(baiyun, by=cast.who("city"))
    db.session.commit()
    forget()
    for path in ("/activities", "/feedback", "/help"):
        answer = clients("").get(f"{path}?region={W}&q=x")
        assert answer.status_code == 301 and f"region={baiyun}" in answer.location and "q=x" in answer.location
    several = clients("").get(f"/activities?region=3203&region=320302&region={HUANGLOU}&region={W}")
    assert several.status_code == 301 and several.location.endswith(f"region={HUANGLOU}&region={baiyun}")
    for found in (f"region={baiyun}", "q=白云", "q=万通社区"):
        assert "万通的活动" in clients("").get(f"/activities?{found}").text, found
    assert clients("city").get(f"/office/volunteers?region={W}").status_code == 301
    odd = clients("city").get(f"/office/volunteers?region={W}&endpoint=x&_anchor=y")
    assert odd.status_code == 301 and "endpoint=x&_anchor=y" in odd.location
    assert "黄楼街道 · 万通社区" in clients("").get(f"/activities/{past.id}").text, "as it was called that day"
    assert "黄楼街道 · 白云社区" in clients("").get(f"/activities/{coming.id}").text


def test_regions_are_found_added_and_renamed(app, clients):
    city = clients("city")
    assert "黄楼街道" in city.get("/office/regions?region=320302").text
    assert "鼓楼区 · 黄楼街道" in city.get("/office/regions?q=万通", htmx=True).text
    assert "320302001002" in city.get(f"/office/regions?region={HUANGLOU}&format=csv").text
    for query in ("region=999", "state=moon", "q=" + "长" * 51):
        assert city.get(f"/office/regions?{query}").status_code == 422
    answer = city.submit("/office/regions/new", code="12", name="新元社区居委会")
    assert answer.status_code == 422 and "新元社区居委会" in answer.text and 'id="code-e"' in answer.text
    assert city.submit("/office/regions/new", code=f"{HUANGLOU}977", name="新元社区居委会").status_code == 303
    path = f"/office/regions/{W}/name"
    assert city.post(path, data={"name": ""}).status_code == 422
    assert city.post(path, data={"name": "万通新村社区居委会"}).status_code == 303
    forget()
    page = city.get(f"/office/regions/{W}").text
    assert "万通社区居委会 → 万通新村社区居委会" in page and "曾用名" in page
    assert city.get("/office/regions/320302001999").status_code == 404


def test_units_are_kept(app, clients):
    city, unit, other = clients("city"), cast.who("unit").post.unit_id, cast.who("unit2").post.unit_id
    assert "徐州市第一测试中学" in city.get("/office/units?q=xzsdy").text
    for query in ("district=999", "state=moon", "q=" + "长" * 51):
        assert city.get(f"/office/units?{query}").status_code == 422
    assert city.submit("/office/units/new", name="徐州市第一测试中学", district="").status_code == 422
    assert city.submit("/office/units/new", name="徐州新单位", district="320302").status_code == 303
    path = f"/office/units/{unit}/merger"
    for into in ("", str(unit), "other", "none", "999999"):
        assert city.post(path, data={"into": into}).status_code == 422, into
    looked = city.post(path, data={"into": str(other), "keep_posts": "y"})
    assert looked.status_code == 200 and "原单位的管理员转到" in looked.text
    assert city.post(path, data={"into": str(other), "confirmed": "1"}).status_code == 303
    forget()
    assert "已合并" in city.get("/office/units?state=merged").text
    assert city.post(f"/office/units/{unit}/closure").status_code == 409
    assert city.post(f"/office/units/{other}/closure").status_code == 303
    assert city.post(f"/office/units/{other}/reopening").status_code == 303
    assert city.post(f"/office/units/{other}/name", data={"name": "", "district": ""}).status_code == 422


def test_a_typed_name_is_taken_care_of_in_one_click(app, clients):
    city, volunteer = clients("city"), cast.volunteer_of("volunteer")
    volunteer.unit_id, volunteer.unit_other = None, "徐州第一测试中学"
    db.session.commit()
    page = city.get("/office/units/others").text
    assert "1 人这样填写" in page and "归入徐州市第一测试中学" in page
    unit = cast.who("unit").post.unit_id
    for wrong in ({"name": ""}, {"name": "徐州第一测试中学"}, {"name": "徐州第一测试中学", "unit": "none"}):
        assert city.post("/office/units/others/adoption", data=wrong).status_code == 422
    assert city.post("/office/units/others/adoption", data={"name": "徐州第一测试中学", "new": "1"}).status_code == 303
    made = db.session.scalars(db.select(WorkUnit).where(WorkUnit.name == "徐州第一测试中学")).one()
    assert cast.volunteer_of("volunteer").unit_id == made.id != unit
    assert "都整理好了" in city.get("/office/units/others").text


def test_kinds_are_added_moved_and_closed(app, clients):
    city = clients("city")
    assert city.submit("/office/categories", name="敬老助残").status_code == 422
    assert city.submit("/office/categories", name="防汛救灾").status_code == 303
    made = db.session.scalars(db.select(Category).where(Category.slug == "fang-xun-jiu-zai")).one()
    path = f"/office/categories/{made.id}"
    moved = city.post(f"{path}/position", data={"way": "up"}, htmx=True)
    assert moved.status_code == 200 and "现在排第" in moved.text and "<html" not in moved.text
    assert city.post(f"{path}/position", data={"way": "up"}).status_code == 303
    assert city.post(f"{path}/position", data={"way": "away"}).status_code == 422
    assert city.post(f"{path}/name", data={"name": "长" * 21}).status_code == 422
    assert city.post(f"{path}/name", data={"name": "防汛抗旱"}).status_code == 303
    assert city.post(f"{path}/closure").status_code == 303 and city.post(f"{path}/closure").status_code == 409
    forget()
    assert "防汛抗旱" not in clients("").get("/help/new").text
    assert city.post(f"{path}/reopening").status_code == 303


def test_the_calendar_is_mended_singly_and_by_a_table(app, clients):
    city = clients("city")

    def days():
        return db.session.scalar(db.select(db.func.count()).select_from(Workday))

    before = days()
    for wrong in ({"day": "2031-13-01", "works": "0"}, {"day": "2031-01-01"}, {"works": "1"}):
        assert city.post("/office/workdays", data=wrong).status_code == 422
    for table in ("2031-01-01,0\n坏,0\n2031-01-03,x", "", "1"):
        answer = city.post("/office/workdays/table?year=2031", data={"table": table})
        assert answer.status_code == 422 and 'id="table-e"' in answer.text
    assert "第 2 行" in city.post("/office/workdays/table", data={"table": "2031-01-01,0\n坏,0"}).text
    bad = {"file": (BytesIO("2031-01-01,放假".encode("gbk")), "日历.csv")}
    assert "UTF-8" in city.post("/office/workdays/table", data=bad, content_type="multipart/form-data").text
    assert days() == before
    good = {"file": (BytesIO("日期,上班\n2031-01-01,放假\n2031-01-04,1\n".encode("utf-8-sig")), "日历.csv")}
    sent = city.post("/office/workdays/table", data=good, content_type="multipart/form-data")
    assert sent.status_code == 303 and sent.location.endswith("year=2031") and days() == before + 2
    assert "1月1日" in city.get("/office/workdays?year=2031").text
    assert city.post("/office/workdays/2031-01-01/removal").status_code == 303 and days() == before + 1
    for gone, status in (("2031-01-01", 409), ("moon", 404)):
        assert city.post(f"/office/workdays/{gone}/removal").status_code == status
    for year in ("1", "²", "99999", "x"):
        assert city.get(f"/office/workdays?year={year}").status_code == 404


@pytest.mark.sqlite_only
def test_days_that_a_command_brings_count_in_a_process_that_runs(app):
    monday = clock.start_of(date(2030, 1, 7))
    assert clock.local(add_working_days(monday, 1)).date() == date(2030, 1, 9)
    db.session.add(Workday(day=date(2030, 1, 8), works=False))  # as `flask import-regions` does with those that are new
    db.session.commit()
    assert clock.local(add_working_days(monday, 1)).date() == date(2030, 1, 10)


def test_only_the_city_keeps_the_lists(app, clients):
    for page in ("regions", f"regions/{W}", "units", "units/others", "categories", "workdays"):
        assert clients("city").get(f"/office/{page}").status_code == 200
        for who in ("gulou", "huanglou", "wantong", "unit"):
            assert clients(who).get(f"/office/{page}").status_code == 403
