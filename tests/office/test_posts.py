"""任职管理 in the back office: the list and its filters, granting, revoking, passing on, places without anybody."""

import re
from datetime import timedelta
from html import unescape

import pytest

from app import clock
from app.db import db
from app.models import History, Post, WorkUnit
from app.models.post import PostState, Role
from tests import cast
from tests.applicants import apply
from tests.cast import GULOU, HUANGLOU, WANTONG

NEW = "/office/posts/new"


def on(days=0):
    return (clock.today() + timedelta(days=days)).isoformat()


def fields(**changes):
    """What somebody types who makes `member` the administrator of 黄楼街道."""
    usual = {"person": "member", "name": "孙丽", "role": "subdistrict", "place": HUANGLOU, "first_day": on()}
    return usual | changes


def post_of(username, role=None):
    found = [post for post in cast.who(username).posts if role in (None, post.role)]
    return found[-1]


def test_the_list_shows_what_lies_strictly_below_in_one_tab_a_state(clients):
    gulou = clients("gulou")
    page = gulou.get("/office/posts").text
    assert all(name in page for name in ("黄敏", "周芳", "白洁", "单薇")) and "高峰" not in page and "方远" not in page
    assert "13900000005" not in page and "139****0005" in page
    street = clients("huanglou").get("/office/posts").text
    assert "周芳" in street and "黄敏" not in street.partition("<main")[2] and "单薇" not in street
    for person in ("wantong", "unit", "member"):
        assert clients(person).get("/office/posts").status_code == 403
    post_of("wantong2").revoke(by=cast.who("gulou"), reason="调离")
    assert "万里" not in gulou.get("/office/posts").text and "万里" in gulou.get("/office/posts?status=revoked").text
    assert "没有未开始的任职" in gulou.get("/office/posts?status=future").text


def test_the_list_is_narrowed_by_region_role_and_words_and_a_wrong_filter_is_422(clients):
    city = clients("city")
    shows = {
        f"region={GULOU}": ({"黄敏", "周芳"}, {"单薇", "方远"}),
        f"region={HUANGLOU}": ({"黄敏", "周芳"}, {"顾楠"}),
        "role=unit": ({"单薇", "单强"}, {"周芳"}),
        "q=周": ({"周芳"}, {"黄敏"}),
        "q=WANTONG": ({"周芳"}, {"黄敏"}),
        "q=zf": ({"周芳"}, {"黄敏"}),
        "q=13900000005": ({"周芳"}, {"黄敏"}),
        "q=0005": ({"周芳"}, {"黄敏"}),
        "q=测试中学": ({"单薇"}, {"单强"}),
    }
    for query, (inside, outside) in shows.items():
        page = city.get(f"/office/posts?{query}", htmx=True).text
        assert "<html" not in page and all(name in page for name in inside), query
        assert not any(name in page for name in outside), query
    for query in ("status=x", "role=x", "region=999", "q=" + "x" * 51):
        assert city.get(f"/office/posts?{query}").status_code == 422
    assert clients("huanglou").get(f"/office/posts?region={GULOU}").status_code == 422


def test_the_list_leaves_as_a_file_with_its_purpose(clients):
    gulou = clients("gulou")
    assert gulou.post("/office/posts/export?role=unit", data={"format": "csv"}).status_code == 422
    sheet = gulou.post("/office/posts/export?role=unit", data={"format": "csv", "purpose": "年度核对"}).get_data(
        as_text=True
    )
    assert "单薇" in sheet and "徐州市第一测试中学" in sheet and "周芳" not in sheet and "13900000010" not in sheet
    assert db.session.scalars(db.select(History).where(History.action == "export")).one().noun == "post"


def test_a_granted_post_works_on_the_next_request_and_a_revoked_one_no_more(clients):
    gulou, member = clients("gulou"), clients("member")
    assert member.get("/office/").status_code == 403
    answer = gulou.submit(NEW, **fields(last_day=on(30)))
    assert answer.status_code == 303
    assert member.get("/office/").status_code == 200 and member.get("/office/posts").status_code == 200
    assert "您有新的任职" in member.get("/member/messages").text
    shown = gulou.get(answer.location).text
    assert "孙丽" in shown and "顾楠" in shown and "任命" in shown
    assert gulou.post(f"{answer.location}/revocation", data={"reason": ""}).status_code == 422
    assert member.get("/office/").status_code == 200
    assert gulou.post(f"{answer.location}/revocation", data={"reason": "岗位调整"}).status_code == 303
    assert member.get("/office/").status_code == 403
    assert "岗位调整" in member.get("/member/messages").text and "岗位调整" in gulou.get(answer.location).text
    again = gulou.post(f"{answer.location}/revocation", data={"reason": "再来"})
    assert again.status_code == 409 and "已经结束" in again.text


def test_wrong_grants_name_the_field_and_keep_what_was_typed(clients):
    gulou = clients("gulou")
    wrong = [
        ({"person": ""}, "person"), ({"person": "nobody"}, "person"), ({"name": "孙力"}, "person"), ({"name": ""}, "name"),
        ({"role": ""}, "role"), ({"role": "district", "place": GULOU}, "role"), ({"role": "city"}, "role"), ({"role": "x"}, "role"),
        ({"place": ""}, "place"), ({"place": WANTONG}, "place"), ({"place": "320303001"}, "place"), ({"place": "坏"}, "place"),
        ({"role": "unit", "unit": ""}, "unit"), ({"role": "unit", "unit": "99999999"}, "unit"), ({"role": "unit", "unit": "９"}, "unit"),
        ({"first_day": ""}, "first_day"), ({"first_day": "昨天"}, "first_day"), ({"first_day": on(-1)}, "first_day"),
        ({"last_day": on(-1)}, "last_day"), ({"person": "gulou", "name": "顾楠"}, "person"),
    ]  # fmt: skip
    before = db.session.scalar(db.select(db.func.count(Post.id)))
    for changes, field in wrong:
        answer = gulou.post(NEW, data=fields(**changes))
        assert answer.status_code == 422, changes
        assert f'id="{field}-e"' in answer.text, (changes, field, re.findall(r'id="(\w+-e)"', answer.text))
        assert f'value="{fields(**changes)["name"]}"' in answer.text
    assert db.session.scalar(db.select(db.func.count(Post.id))) == before
    twice = clients("huanglou")
    assert twice.post(NEW, data=fields()).status_code == 422  # not below one's own street


def test_a_unit_post_is_granted_by_the_district_and_a_form_sent_twice_grants_once(clients):
    gulou, unit = clients("gulou"), cast.who("unit").post.unit_id
    assert 'name="unit_q"' in gulou.get(NEW).text and 'name="unit_q"' not in clients("huanglou").get(NEW).text
    key = re.search(r'name="key"[^>]*value="(\w+)"', gulou.get(NEW).text)[1]
    sent = fields(role="unit", place="", unit=str(unit), key=key, person="138 0000 0005")
    first, second = (gulou.post(NEW, data=sent) for _ in range(2))
    assert first.status_code == second.status_code == 303 and first.location == second.location
    assert (post_of("member").role, post_of("member").unit_id, len(cast.who("member").posts)) == (Role.UNIT, unit, 1)
    assert clients("member").get("/office/volunteers").status_code == 200


def test_a_district_is_offered_its_own_units_and_may_choose_no_other(clients):
    unit = db.session.get(WorkUnit, cast.who("unit").post.unit_id)
    other = db.session.scalar(db.select(WorkUnit).where(WorkUnit.id != unit.id, WorkUnit.name.contains("测试")))
    other.district_code = "320303"
    db.session.commit()
    gulou = clients("gulou")
    page = gulou.post(NEW, data={"unit_q": "测试", "region_step": "unit:q"}).text
    url = unescape(re.search(r'hx-get="(/units/matches[^"]*)"', page)[1])
    for found in (page, gulou.get(f"{url}&unit_q=测试", htmx=True).text):
        assert unit.name in found and other.name not in found
    nothing = gulou.get(f"{url}&unit_q=没有这样的", htmx=True).text
    assert "没有找到" in nothing and "其他" not in nothing
    refused = gulou.post(NEW, data=fields(role="unit", place="", unit=str(other.id), person="138 0000 0005"))
    assert refused.status_code == 422 and 'id="unit-e"' in refused.text
    city = clients("city").post(NEW, data={"unit_q": "测试", "region_step": "unit:q"}).text
    assert unit.name in city and other.name in city


def test_the_form_opens_with_the_place_that_was_empty(clients):
    page = clients("gulou").get(f"{NEW}?place={cast.baiyun_code()}").text
    assert re.search(r'value="community"[^>]*checked|checked[^>]*value="community"', page)
    assert re.search(rf'value="{cast.baiyun_code()}" checked', page)
    assert clients("gulou").get(f"{NEW}?place=坏").status_code == 200


def test_a_post_is_handed_over_with_its_open_work(clients):
    apply()
    gulou, old = clients("gulou"), post_of("wantong").id
    path = f"/office/posts/{old}/hand-over"
    page = gulou.get(path).text
    assert re.search(r"志愿者申请</span><b class=\"num\">1</b> 份", page)
    sent = {"person": "third", "name": "陈晨", "first_day": on()}
    for changes, field in (
        ({"person": "wantong", "name": "周芳"}, "person"),
        ({"first_day": on(-2)}, "first_day"),
        ({"name": ""}, "name"),
    ):
        answer = gulou.post(path, data=sent | changes)
        assert answer.status_code == 422 and f'id="{field}-e"' in answer.text
    answer = gulou.post(path, data=sent)
    assert answer.status_code == 303 and post_of("third").region_code == WANTONG
    assert clients("wantong").get("/office/").status_code == 403
    successor = clients("third")
    assert "孙丽" in successor.get("/office/applications").text
    assert "志愿者申请 1 份" in successor.get("/member/messages").text
    assert gulou.post(path, data=sent).status_code == 409
    shown = gulou.get(f"/office/posts/{old}").text
    assert (
        "移交给陈晨" in shown
        and "陈晨" in gulou.get(answer.location).text
        and "周芳" in gulou.get(answer.location).text
    )
    assert cast.db.session.get_one(Post, old).state is PostState.ENDED


def test_places_without_anybody_say_who_sees_to_their_work(clients):
    gulou = clients("gulou")
    page = gulou.get(f"/office/posts/vacancies?region={HUANGLOU}", htmx=True).text
    assert "彭校社区" in page and "万通社区" not in page and "鼓楼区 · 黄楼街道</td>" in page
    post_of("huanglou").revoke(by=cast.who("gulou"), reason="调离")
    streets = gulou.get("/office/posts/vacancies?level=subdistrict").text
    assert "黄楼街道" in streets and "彭校社区" not in streets
    assert "鼓楼区</td>" in gulou.get(f"/office/posts/vacancies?region={HUANGLOU}").text
    for query in ("level=city", "level=x", "region=320303"):
        assert gulou.get(f"/office/posts/vacancies?{query}").status_code == 422, query
    assert clients("wantong").get("/office/posts/vacancies").status_code == 403


def test_the_city_reads_that_only_one_of_it_is_left(clients):
    assert "只剩一位" not in clients("city").get("/office/posts").text
    post_of("city2").revoke(by=None, reason="退休")
    assert "只剩一位" in clients("city").get("/office/posts").text
    assert "只剩一位" not in clients("gulou").get("/office/posts").text


@pytest.mark.sqlite_only
def test_nothing_at_or_above_ones_own_can_be_reached(clients):
    """A street's administrator before the posts of its colleagues, of its district, of the city, of units, of elsewhere."""
    street = clients("huanglou")
    for who in ("huanglou", "gulou", "city", "unit", "far"):
        id = post_of(who).id
        assert street.get(f"/office/posts/{id}").status_code == 404
        assert street.post(f"/office/posts/{id}/revocation", data={"reason": "试试"}).status_code == 404
        sent = {"person": "member", "name": "孙丽", "first_day": on()}
        assert street.post(f"/office/posts/{id}/hand-over", data=sent).status_code == 404
        assert cast.who(who).post is not None
