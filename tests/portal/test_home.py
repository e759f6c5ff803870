"""The home page: empty and full, for visitors and members, in elder mode, and what it costs."""

import re
from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import Figure, Notice, Picture, ServiceMonth
from app.models.activity import ActivityStatus
from app.models.category import categories
from app.models.figure import count_figures
from app.models.notice import visible
from app.models.service_record import Evidence
from tests import cast
from tests.fixtures import forget_pages
from tests.portal_feedback import SAFE, published
from tests.support.statements import statements

HOUR = timedelta(hours=1)


def cards(page):
    """The titles of the activity cards, in order."""
    latest = page.split('id="latest"')[1].split("</section>")[0]
    return re.findall(r'class="stretch" href="/activities/\d+">([^<]+)<', latest)


def fill(pictures=1):
    """A day in the life of the city."""
    for number, kind in enumerate(categories().values()):
        start = clock.now() + timedelta(days=1, hours=number)
        activity = cast.make_activity(category=kind.slug, title=f"{kind.name}活动", starts_at=start)
        cover = Picture.keep(SAFE, row=activity, by=None)
        activity.cover_id = cover.id
    for number in range(6):
        published(f"反馈{number}", pictures=pictures)
    db.session.commit()
    count_figures(anew=True)
    db.session.commit()


def test_an_empty_city_has_a_home_page(client):
    page = client.get("/").text
    assert "活动正在准备" in page and "怎样参加" in page and 'name="password"' in page
    assert "不用注册就能求助" in page
    for absent in ("h-reports", "h-stars", "h-pros", "h-teams", "h-bases", "h-figures", "更多现场", 'class="notice"'):
        assert absent not in page


def test_a_full_one_shows_everything_that_there_is(client):
    fill()
    page = client.get("/").text
    assert len(cards(page)) == 4 and "10 项正在报名" in page
    assert "全市志愿服务" in page and page.count("/feedback/") == 5 and "-thumb.jpg" in page


def test_the_demonstration_shows_every_part_and_what_is_withdrawn_goes_at_once(demo_app):
    page = demo_app.test_client().get("/").text
    for part in ("h-help", "h-reports", "h-stars", "h-pros", "h-teams", "h-bases", "h-figures", 'class="notice"'):
        assert part in page
    notice = db.session.scalars(db.select(Notice).where(*visible()).order_by(Notice.visible_at.desc())).first()
    assert notice.title in page
    notice.withdraw(by=cast.who("city"), reason="内容有误")
    db.session.commit()
    assert notice.title not in demo_app.test_client().get("/").text


def test_visitors_may_sign_in_there_without_a_token(client):
    page = client.get("/").text
    assert 'action="/login"' in page and "csrf_token" not in page and "注册成为会员" in page and "忘记密码" in page


def test_members_are_greeted_instead(clients):
    member, volunteer, wantong = (clients(name).get("/").text for name in ("member", "volunteer", "wantong"))
    assert "孙丽，您好" in member and 'name="password"' not in member and "申请当志愿者" in member
    assert "李静，您好" in volunteer and "我的服务" in volunteer
    assert 'href="/office/"' in wantong and 'href="/office/"' not in member


def test_without_a_choice_the_soonest_of_each_kind_stand_there(client):
    now = clock.now()
    for number in range(3):
        cast.make_activity(category="elder", title=f"敬老{number}", starts_at=now + (number + 1) * HOUR)
    cast.make_activity(category="law", title="普法", starts_at=now + 9 * HOUR)
    assert cards(client.get("/").text) == ["敬老0", "普法", "敬老1", "敬老2"]


def test_a_tab_narrows_with_and_without_scripts(client):
    fill()
    for answer in (client.get("/?category=law"), client.get("/?category=law", htmx=True)):
        assert cards(answer.text) == ["法律服务活动"]
        assert re.search(r'id="tab-law"[^>]*aria-current="true"', answer.text)
    part = client.get("/?category=law", htmx=True).text
    assert part.startswith('<div id="latest">') and "hero" not in part
    assert "Vary" in client.get("/").headers


def test_a_kind_without_activities_says_so(client):
    assert "“法律服务”还没有活动" in client.get("/?category=law").text


@pytest.mark.parametrize("slug", ["nothing", "", "%00", "<script>", "长" * 200])
def test_an_unknown_kind_shows_all(client, slug):
    cast.make_activity()
    assert len(cards(client.get("/", query_string={"category": slug}).text)) == 1


def test_running_and_ended_ones_fill_the_gap_and_drafts_never(client):
    now = clock.now()
    cast.make_activity(title="结束了的", starts_at=now - 5 * HOUR)
    cast.make_activity(title="正在进行", starts_at=now - HOUR)
    cast.make_activity(title="可以报名", starts_at=now + HOUR)
    cast.make_activity(title="草稿", status=ActivityStatus.DRAFT)
    cast.make_activity(title="取消了", status=ActivityStatus.CANCELLED)
    assert cards(client.get("/").text) == ["可以报名", "正在进行", "结束了的"]


def test_elder_mode_has_four_tasks_and_three_activities(client):
    fill()
    client.set_cookie("mode", "elder")
    page = client.get("/").text
    assert "您要办什么事" in page and page.count('class="tile"') == 4 and "急救 120" in page
    assert len(re.findall(r'href="/activities/\d+"', page)) == 3 and 'name="password"' not in page


def test_the_totals_are_those_of_the_last_count(app, client):
    year = clock.today().year
    keys = {"community_code": cast.WANTONG, "volunteer_community_code": cast.WANTONG, "unit_id": 0, "category_id": 1}
    for month, services in ((f"{year}-01", 1200), (f"{year}-12", 34), (f"{year - 1}-12", 999)):
        db.session.add(
            ServiceMonth(month=month, services=services, minutes=services * 60, evidence=Evidence.ONSITE, **keys)
        )
    cast.make_activity()
    cast.make_activity(status=ActivityStatus.DRAFT)
    cast.make_activity(starts_at=clock.now() - timedelta(days=400))
    db.session.commit()
    assert count_figures()
    db.session.commit()
    assert not count_figures()
    assert {f.name: f.number for f in db.session.scalars(db.select(Figure))} == {
        "volunteers": 4,
        "activities": 1,
        "services": 1234,
        "minutes": 74040,
        "help_asked": 0,
        "help_closed": 0,
    }
    assert "1,234" in client.get("/").text
    clock.move(timedelta(minutes=6))
    assert count_figures()


def test_the_timer_counts_them(app):
    app.test_cli_runner().invoke(args=["tick"])
    found = {figure.name: figure.number for figure in db.session.scalars(db.select(Figure))}
    assert found == {"volunteers": 4, "activities": 0, "services": 0, "minutes": 0, "help_asked": 0, "help_closed": 0}


@pytest.mark.parametrize(("username", "most"), [("", 12), ("volunteer", 14), ("wantong", 14)])
def test_it_costs_few_statements_at_any_size(clients, username, most):
    client = clients(username)

    def cost(address="/"):
        client.get(address)
        with statements() as seen:
            client.get(address)
        return len(seen)

    fill(1)
    first = cost()
    fill(3)
    assert cost() == first <= most
    assert cost("/?category=law") <= most


def test_the_page_names_nobody(client):
    fill()
    page = client.get("/").text
    assert not any(name in page or phone in page for _, name, phone, _ in cast.PEOPLE)


@pytest.mark.sqlite_only
def test_the_home_page_stands_when_only_the_history_was_proved(app, client):
    """As after a restore: `flask history verify` came before the first `flask tick`."""
    assert app.test_cli_runner().invoke(args=["history", "verify"]).exit_code == 0
    forget_pages()
    assert client.get("/").status_code == 200
