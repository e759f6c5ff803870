"""What words find of a list where that is little (app/few.py): the same rows as the list's own statements, and never older than
what was written."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock, few
from app.db import db
from app.models import Report
from app.models.pages import site_search
from app.models.pages.site_search import hits, totals
from app.models.report import ReportStatus
from app.positions import token
from tests import cast
from tests.fixtures import BASE, as_new, filling, sites
from tests.helps import ask
from tests.lists.finding import NEXT, PREV, follow
from tests.portal.test_search import KINDS, found, show_one_of_each
from tests.portal_feedback import published
from tests.reports import reported
from tests.support.databases import Template
from tests.support.statements import statements

S = ReportStatus
pytestmark = pytest.mark.usefixtures("one_minute")
LISTS = (
    ("member", "/reports?q=清洁"),
    ("member", "/feedback?q=清洁"),
    ("member", "/activities?q=清洁"),
    ("member", "/activities?q=清洁&status=ended"),
    ("city", "/office/reports?q=清洁&status=published"),
    ("city", "/office/help?q=QZ"),
    ("city", "/office/activities?q=清洁"),
    ("city", "/office/reports?q=没有人写过"),
)


def pages(client, path):
    """Every page of this list from the first to the last, and back again."""
    told = []
    for link in (NEXT, PREV):
        while path:
            answer = client.get(path)
            assert answer.status_code == 200
            told.append("".join(re.findall(r"(?s)<main.*</main>", answer.text)))
            last, path = path, follow(link, answer.text)
        path = follow(PREV, told[-1]) if link is NEXT else None
        assert last
    return told


@pytest.mark.parametrize("way", ["after", "before"])
def test_a_page_may_begin_where_no_row_stands(clients, monkeypatch, way):
    told = {}
    for hours in (-1, 0, 3, 9):
        place = token([clock.now() - timedelta(hours=hours, minutes=30), 0])
        for little in (True, False):
            with monkeypatch.context() as patch:
                if not little:
                    patch.setattr(few, "keys_at", lambda *_: None)
                told[little] = pages(clients("member"), f"/reports?q=清洁&{way}={place}")
        assert told[True] == told[False], hours


def words(answer):
    """What stands on a page, without its tags."""
    return re.sub("<[^>]+>", "", answer.text)


def many(url):
    """Fill a template database: to the cast rows of several lists, for more than two pages each."""
    with filling(url):
        fill()


def fill():
    for number in range(30):
        for made in (reported(S.PUBLISHED, title=f"清洁{number}"), published(title=f"清洁{number}", pictures=0)):
            made.published_at = clock.now() - timedelta(hours=number % 7)
        cast.make_activity(title=f"清洁{number}", starts_at=clock.now() + timedelta(days=number % 5, hours=1))
        ask(content=f"第{number}件，家里的水管坏了")


@pytest.fixture(scope="session")
def many_sites():
    """One application and database of these rows for each kind of database: to make them costs more than most tests do."""
    with sites(Template("many", many, BASE), lambda kind: "") as ask_for:
        yield ask_for


@pytest.fixture
def app(kind, many_sites):
    """These tests look at many rows."""
    with as_new(*many_sites(kind), f"many-{kind}") as app:
        yield app


@pytest.mark.parametrize("most", [few.CAP, 25])
def test_pages_are_those_of_the_lists_own_statements(clients, monkeypatch, most):
    told = {}
    for little in (True, False):
        with monkeypatch.context() as patch:
            patch.setattr(few, "CAP", most)
            if not little:
                patch.setattr(few, "keys_at", lambda *_: None)
                patch.setattr("app.chained.keys_at", lambda *_: None)
            patch.setattr("app.listing.keys_of", lambda *_: None)  # its number is told alike
            told[little] = [pages(clients(who), path) for who, path in LISTS]
    assert told[True] == told[False] and max(map(len, told[True])) > 4


@pytest.mark.parametrize(
    "path", ["/reports?q=清洁", "/office/reports?q=清洁&status=published", "/search?q=清洁&kind=reports"]
)
def test_what_is_written_is_shown_at_once(clients, path):
    first, city = reported(S.PUBLISHED, title="最早的清洁"), clients("city")
    db.session.commit()
    assert all("最早的清洁" in words(city.get(path)) for _ in range(2))
    first.withdraw(by=cast.who("gulou"), reason="照片里有门牌")
    reported(S.PUBLISHED, title="再来清洁")
    db.session.commit()
    page = words(city.get(path))
    assert "再来清洁" in page and "最早的清洁" not in page


def test_a_row_between_two_pages_may_go(clients):
    city, path = clients("city"), "/reports?q=清洁"
    beyond = follow(NEXT, city.get(path).text)
    rows = db.session.scalars(select(Report).order_by(Report.published_at.desc(), Report.id.desc())).all()
    rows[11].withdraw(by=cast.who("gulou"), reason="照片里有门牌")
    db.session.commit()
    page = city.get(beyond).text
    assert rows[12].title in page and rows[10].title not in page and follow(PREV, page)


def test_a_search_finds_the_same(app, monkeypatch):
    show_one_of_each("梧桐")
    db.session.commit()
    for words in ("梧桐", "清洁", "清洁 1", "梧", "没有人写过", "2"):
        told = everything(words)
        with monkeypatch.context() as patch:
            patch.setattr(site_search, "looked_at", lambda _: None)
            assert told == everything(words), words
        assert any(told[0].values()) is (words != "没有人写过")


def everything(words):
    """What a search for these words says: of all kinds, the first of each, and of one kind alone."""
    return totals(words), hits(words, KINDS, 5), [hits(words, [kind], 30) for kind in sorted(KINDS)]


def test_few_hits_are_looked_for_once(clients):
    member, path = clients("member"), "/search?q=清洁"
    assert found(member.get(path))
    with statements() as sent:
        assert found(member.get(path)) and found(member.get(path + "&kind=reports"))
    assert not [one for one in sent if "LIKE" in one]
