"""志愿者上报 for everybody: the list with its filters, each report, nobody's full name."""

import re
from datetime import timedelta

import pytest

from app import clock
from app.models import Picture
from app.models.activity import ActivityStatus
from app.models.report import ReportKind, ReportStatus
from tests import cast
from tests.reports import reported
from tests.support import photos
from tests.support.statements import statements

S = ReportStatus


def titles(answer):
    """The titles of the cards, in order."""
    return re.findall(r'class="stretch"[^>]*>([^<]+)<', answer.text)


def test_only_published_ones_are_shown_and_pictures_go_with_them(client):
    assert "还没有志愿者上报" in client.get("/reports").text
    picture = Picture.keep(photos.photo(60, 40), by=cast.who("volunteer"))
    shown = reported(S.PUBLISHED, title="看得到的", pictures=[(picture, "理发的现场")])
    hidden = [reported(status, title=f"{status}的") for status in S if status is not S.PUBLISHED]
    assert titles(client.get("/reports")) == ["看得到的"]
    page, file = client.get(f"/reports/{shown.id}"), f"/pictures/{picture.name}.jpg"
    assert page.status_code == 200 and 'alt="理发的现场"' in page.text and f'href="{file}"' in page.text
    assert "鼓楼区 · 黄楼街道 · 万通社区" in page.text and "<p>下个月我还去，先在家里练练。</p>" in page.text
    assert client.get(file).status_code == 200
    for id in (*(one.id for one in hidden), 10**6, 2**70):
        assert client.get(f"/reports/{id}").status_code == 404
    shown.withdraw(by=cast.who("gulou"), reason="有门牌")
    assert client.get(f"/reports/{shown.id}").status_code == client.get(file).status_code == 404
    assert titles(client.get("/reports")) == []


def test_the_filters_narrow_and_a_wrong_one_is_named(client):
    reported(S.PUBLISHED, title="万通心得")
    reported(S.PUBLISHED, by="guest", title="云龙计划", kind=ReportKind.PLAN, body="打算请三位律师来讲一上午。")
    for query, wanted in {
        "": {"万通心得", "云龙计划"},
        "region=320302": {"万通心得"},
        f"region={cast.WANTONG}": {"万通心得"},
        "region=320303": {"云龙计划"},
        "kind=plan": {"云龙计划"},
        "kind=plan&region=320302": set(),
        "q=律师": {"云龙计划"},
        "q=黄楼": {"万通心得"},
        "q=李静": set(),
        "q=%25": set(),
    }.items():
        answer = client.get(f"/reports?{query}")
        assert answer.status_code == 200 and set(titles(answer)) == wanted, query
    assert "没有找到上报" in client.get("/reports?q=没有的").text
    for query, message in {
        "kind=x": "没有这个类型",
        "region=999999": "没有这个区域",
        "q=" + "长" * 51: "50 个字",
    }.items():
        answer = client.get(f"/reports?{query}")
        assert answer.status_code == 422 and message in answer.text and titles(answer) == [], query
    part = client.get("/reports?kind=plan", htmx=True)
    assert "<html" not in part.text and 'id="results"' in part.text and titles(part) == ["云龙计划"]


def test_nobody_is_named_in_full(client):
    report = reported(S.PUBLISHED)
    for address in ("/reports", f"/reports/{report.id}"):
        page = client.get(address).text
        assert "李同志" in page and not any(name in page for _, name, *_ in cast.PEOPLE)


def test_it_leads_to_its_activities_once_they_are_public(client):
    plan = reported(S.PUBLISHED, kind=ReportKind.PLAN)
    draft = plan.plan_to_activity(by=cast.who("wantong"))
    assert "据此举办的活动" not in client.get(f"/reports/{plan.id}").text
    draft.publish(cast.who("wantong"))
    assert draft.status is ActivityStatus.PUBLISHED
    assert f"/activities/{draft.id}" in client.get(f"/reports/{plan.id}").text


@pytest.mark.sqlite_only
def test_pages_follow_each_other_and_cost_the_same(client):
    def cost(address):
        client.get(address)
        with statements() as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    first = reported(S.PUBLISHED, title="第00篇")
    one = cost("/reports"), cost(f"/reports/{first.id}")
    for number in range(1, 15):
        clock.move(timedelta(minutes=number))
        reported(S.PUBLISHED, title=f"第{number:02}篇")
    assert (cost("/reports"), cost(f"/reports/{first.id}")) == one and max(one) <= 4, one
    page = client.get("/reports")
    assert len(titles(page)) == 12 and titles(page)[0] == "第14篇"
    last = client.get(re.search(r'rel="next" href="([^"]+)"', page.text)[1].replace("&amp;", "&"))
    assert titles(last) == ["第02篇", "第01篇", "第00篇"]
