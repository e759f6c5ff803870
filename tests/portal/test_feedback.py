"""活动反馈 for everybody: the list with its filters, each feedback, and its place on the activity's page."""

import re
from datetime import timedelta
from html import unescape

import pytest

from app import clock
from app.db import db
from app.models import Activity, Feedback, Picture
from tests import cast
from tests.portal_feedback import published
from tests.support.statements import statements


def titles(answer):
    """The titles of the cards, in order."""
    return re.findall(r'class="stretch"[^>]*>([^<]+)<', answer.text)


def test_with_nothing_to_show_the_list_says_what_comes(client):
    page = client.get("/feedback")
    assert page.status_code == 200 and "还没有活动反馈" in page.text and "看看正在报名的活动" in page.text


def test_drafts_and_withdrawn_ones_are_not_listed(client):
    draft = Feedback.draft(cast.make_activity(starts_at=clock.now()), "草稿在此", "还没有写完的内容。", [], by=None)
    gone = published("撤下了的")
    gone.withdraw(by=None, reason="有误")
    published("看得到的")
    assert titles(client.get("/feedback")) == ["看得到的"]
    for id in (draft.id, gone.id, 10**6, 2**70):
        assert client.get(f"/feedback/{id}").status_code == 404


@pytest.mark.usefixtures("one_minute")
def test_what_words_find_is_counted_once_for_all_pages_until_something_changes(clients, monkeypatch):
    monkeypatch.setattr("app.blueprints.portal.feedback.PER_PAGE", 2)
    for number in range(3):
        published(f"凌霄花开{number}")
    db.session.commit()
    reader = clients("volunteer")
    first = reader.get("/feedback?q=凌霄")
    assert len(titles(first)) == 2 and 'class="num">3</b>' in first.text
    onward = unescape(re.search(r'href="(/feedback[?][^"]*after=[^"]+)"', first.text)[1])
    with statements() as sent:
        assert len(titles(reader.get(onward))) == 1
    assert not [one for one in sent if "count(*)" in one and "feedback" in one]
    published("凌霄又开")
    db.session.commit()
    assert 'class="num">4</b>' in reader.get("/feedback?q=凌霄").text


def test_the_filters_narrow(client):
    published("万通理发", category="elder")
    published("云龙普法", cast.far_code(), category="law", body="请来了三位律师，讲了一上午。")
    hidden = published("被撤下的活动", category="elder")
    db.session.get_one(Activity, hidden.activity_id).hidden_at = clock.now()
    published("撤下的反馈", category="elder").withdraw(by=None, reason="有误")
    Feedback.draft(cast.make_activity(starts_at=clock.now()), "草稿", "还没有写完的内容。", [], by=None)
    db.session.commit()
    everything = {"云龙普法", "万通理发"}
    for query, wanted in {
        "": everything,
        "region=3203": everything,
        "region=320302": {"万通理发"},
        f"region={cast.HUANGLOU}": {"万通理发"},
        f"region={cast.WANTONG}": {"万通理发"},
        "region=320303": {"云龙普法"},
        "region=320311": set(),
        "category=law": {"云龙普法"},
        "category=elder&region=320303": set(),
        "q=理发": {"万通理发"},
        "q=律师": {"云龙普法"},
        "q=万通": {"万通理发"},
        "q=清洁家园": everything,
        "q=没有的": set(),
        "q=%25": set(),
    }.items():
        answer = client.get(f"/feedback?{query}")
        assert answer.status_code == 200 and set(titles(answer)) == wanted, query
        assert [int(number) for number in re.findall(r'<b class="num">(\d+)</b>', answer.text)] == [len(wanted)][
            : len(wanted)
        ], query
    assert "没有找到反馈" in client.get("/feedback?q=没有的").text


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("category=nothing", "没有这个类型"),
        ("region=999999", "没有这个区域"),
        ("q=" + "长" * 51, "最多 50 个字"),
    ],
)
def test_a_wrong_filter_is_named(client, query, message):
    published()
    answer = client.get(f"/feedback?{query}")
    assert answer.status_code == 422 and message in answer.text and titles(answer) == []
    part = client.get(f"/feedback?{query}", htmx=True)
    assert part.status_code == 422 and message in part.text and "<title>" not in part.text


def test_pages_follow_each_other(client):
    start = clock.now()
    for number in range(25):
        clock.move(timedelta(minutes=number))
        published(f"第{number:02}篇", starts_at=start, ends_at=start + timedelta(hours=9), pictures=0)
    seen, address = [], "/feedback?region=320302"
    while address:
        page = client.get(address)
        seen.append(titles(page))
        found = re.search(r'rel="next" href="([^"]+)"', page.text)
        address = found[1].replace("&amp;", "&") if found else None
    assert [len(part) for part in seen] == [12, 12, 1] and seen[0][0] == "第24篇" and seen[-1] == ["第00篇"]
    back = re.search(r'rel="prev" href="([^"]+)"', page.text)[1].replace("&amp;", "&")
    assert titles(client.get(back)) == seen[1]


def test_htmx_gets_the_results_alone(client):
    published()
    part = client.get("/feedback?category=elder", htmx=True)
    assert "<html" not in part.text and 'id="results"' in part.text and titles(part) == ["义务劳动"]


def test_a_feedback_shows_its_pictures_without_scripts(client):
    feedback = published(pictures=3)
    page = client.get(f"/feedback/{feedback.id}").text
    for number, picture in enumerate(Picture.of(feedback)):
        assert f'href="/pictures/{picture.name}.jpg"' in page and f'src="/pictures/{picture.name}-thumb.jpg"' in page
        assert f'alt="义务劳动现场{number}"' in page
    assert "鼓楼区 · 黄楼街道 · 万通社区" in page and "清洁家园义务劳动" in page


def test_it_stands_on_the_activitys_page(client):
    feedback = published(body="第一段写在这里。\n第二段写在这里。")
    page = client.get(f"/activities/{feedback.activity_id}").text
    assert 'id="feedback"' in page and "<p>第二段写在这里。</p>" in page and Picture.of(feedback)[0].name in page
    feedback.withdraw(by=None, reason="有误")
    assert 'id="feedback"' not in client.get(f"/activities/{feedback.activity_id}").text


def test_pages_cost_the_same_at_one_and_at_many(client):
    def cost(address):
        client.get(address)
        with statements() as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    first = published(pictures=1)
    one = cost("/feedback"), cost(f"/feedback/{first.id}")
    many = published(pictures=9)
    for number in range(11):
        published(f"第{number}篇", pictures=1)
    assert (cost("/feedback"), cost(f"/feedback/{many.id}")) == one
    assert max(one) <= 4, one


def test_the_page_names_nobody(client):
    feedback = published()
    for address in ("/feedback", f"/feedback/{feedback.id}"):
        page = client.get(address).text
        assert not any(name in page for _, name, *_ in cast.PEOPLE)
