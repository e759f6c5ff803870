"""The standing pages: the guide, the site map, about, privacy, accessibility, and the foot of every page."""

import re
from html import unescape
from pathlib import Path

import pytest
from flask import url_for

from app import create_app, standing
from app.models.category import categories
from app.models.help.states import CONTACT_AFTER
from app.retention import terms
from app.viewing import FOOT, MEMBER, PORTAL
from tests.fixtures import settings
from tests.pages import NO_PAGE
from tests.test_access import routes

PAGES = ("/about", "/guide", "/sitemap", "/accessibility", "/privacy")
# Public pages that nobody opens from a map.
NOT_LISTED = {"portal.help_asked", "auth.second_step"}  # steps on the way of a form

pytestmark = pytest.mark.sqlite_only


def addresses(html):
    """Every address that the page's main part links to."""
    return {unescape(url) for url in re.findall(r'href="([^"]+)"', html.split("<main")[1].split("</main>")[0])}


def test_the_foot_of_every_page_leads_to_all_of_them(client):
    for path in (*PAGES, "/", "/login", "/nothing"):
        foot = client.get(path).text.split("<footer")[1].split("</footer>")[0]
        assert re.findall(r'href="(/[^"]*)"', foot) == [f"/{name.split('.')[1]}" for _, name in FOOT]


def test_privacy_says_how_long_things_are_kept_and_where_one_gets_them(client):
    page = client.get("/privacy").text
    for term in (terms.REQUESTS, terms.APPLICATIONS, terms.SIGN_INS, terms.MESSAGES, terms.ATTEMPTS):
        assert re.search(rf"(?<!\d){term.days} 天", page), term
    assert f"办结 {CONTACT_AFTER.days} 天后" in page
    with client.application.test_request_context():
        wanted = {url_for(f"member.{name}") for name in ("my_data", "looks", "consents", "profile")}
    assert wanted <= addresses(page)


def test_the_site_map_misses_no_public_page_no_menu_and_no_category(app, client):
    listed = addresses(client.get("/sitemap").text)
    for route in routes():
        public = route.method == "GET" and route.access in ("public", "own-token") and "<" not in route.rule
        if public and route.endpoint not in {*NO_PAGE, *NOT_LISTED}:
            assert route.rule in listed, route
    with app.test_request_context():
        menus = {url_for(entry[1]) for entry in [*PORTAL, *FOOT, *MEMBER]}
    assert menus <= listed and {"/stars", "/notices"} <= listed
    assert {f"/activities?category={kind.slug}" for kind in categories().values()} <= listed
    assert "/activities?region=320302" in listed


def test_the_guide_retells_every_chapter_and_figure_with_an_anchor_for_each_step(client):
    page = client.get("/guide").text
    for number in range(1, 23):
        assert re.search(rf"图-{number}(?!\d)", page), number
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for anchor in re.findall(r'href="#([^"]+)"', page):
        assert anchor in ids
    chapters = standing.chapters("guide")
    assert [one.title[:3] for one in chapters] == ["（一）", "（二）", "（三）", "（四）", "（五）"]
    for step in (step for chapter in chapters for step in chapter.sections):
        assert step.who and step.lines and f'href="#{step.id}"' in page and f'id="{step.id}"' in page
    assert page.count("谁来做：") == sum(len(one.sections) for one in chapters)


def test_every_link_of_the_standing_pages_leads_its_reader_somewhere(client, clients):
    for who, offices in (("", 0), ("volunteer", 0), ("unit", 2), ("wantong", 5)):
        reader = clients(who)
        seen = set()
        for page in ("/guide", "/about", "/privacy", "/accessibility"):
            html = reader.get(page).text
            seen |= {url for url in addresses(html) if not url.startswith("#")}
            assert all(f'id="{url[1:]}"' in html for url in addresses(html) if url.startswith("#")), page
        assert sum(url.startswith("/office") for url in seen) == offices, who
        for url in seen:
            led_on = url in ("/login", "/register") if who else url.startswith("/member")
            assert reader.get(url).status_code == (303 if led_on else 200), (who, url)


def test_every_picture_of_the_guide_is_there_with_its_size_and_what_it_shows(client):
    for tag in re.findall(r"<img[^>]*img/guide[^>]*>", client.get("/guide").text):
        source = re.search(r'src="([^"]+)"', tag)
        assert source and client.get(unescape(source[1])).status_code == 200
        assert re.search(r'alt="[^"]{6,}" width="\d+" height="\d+"', tag), tag


def test_the_table_of_the_guide_names_every_figure_and_tests_that_exist():
    root = Path(__file__).parents[2]
    table = (root / "docs/guide.md").read_text(encoding="utf-8")
    assert {int(number) for number in re.findall(r"图-(\d+)", table)} == set(range(1, 23))
    named = re.findall(r"`(tests/[^`:]+)::(\w+)`", table)
    assert all(
        "`tests/" in line for line in table.splitlines()[2:] if line.startswith("| ") and not line.startswith("| step")
    )
    for file, name in named:
        assert f"def {name}(" in (root / file).read_text(encoding="utf-8"), (file, name)


def test_elder_mode_holds_on_each(client):
    client.post("/mode", data={"mode": "elder", "next": "/guide"})
    for path in (*PAGES, "/search"):
        page = client.get(path).text
        assert 'data-mode="elder"' in page and f'name="next" value="{path}"' in page and "退出长者模式" in page


def test_what_the_operator_has_not_filled_in_reads_soberly(client, tmp_path):
    given = {key: "" for key in client.application.config if key.startswith("SITE_")} | {"SITE_NAME": "测试平台"}
    url = client.application.config["SQLALCHEMY_DATABASE_URI"]
    bare = create_app(settings(url) | given | {"PARENT_SITE_URL": ""})
    for path in ("/about", "/privacy", "/nothing"):
        page = bare.test_client().get(path).text
        assert (
            "None" not in page
            and "主办单位：<" not in page
            and "咨询电话：<" not in page
            and "网站标识码 <" not in page
        )
    about = bare.test_client().get("/about").text
    assert about.count("由主办单位填写") == 7 and "测试平台" in about
    named = {"SITE_ORGANISER": "某某办公室", "SITE_ICP": "苏ICP备1号", "PARENT_SITE_URL": "https://example.org/"}
    full = create_app(settings(url) | given | named).test_client().get("/about").text
    assert full.count("某某办公室") == 3 and 'href="https://example.org/"' in full and "苏ICP备1号" in full


def test_search_engines_stay_out_of_what_is_personal(client):
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    assert {"Disallow: /office/", "Disallow: /member/", "Disallow: /help/track"} <= set(answer.text.splitlines())


def test_addresses_hold_under_a_prefix(client):
    app = create_app(settings(client.application.config["SQLALCHEMY_DATABASE_URI"]) | {"URL_PREFIX": "/dyzyz"})
    visitor = app.test_client()
    for path in ("/guide", "/sitemap", "/search"):
        page = visitor.get(f"/dyzyz{path}")
        own = [url for url in re.findall(r'(?:href|action)="(/[^"]*)"', page.text) if not url.startswith("/dyzyz/")]
        assert page.status_code == 200 and not own, own
    assert "Disallow: /dyzyz/office/" in visitor.get("/dyzyz/robots.txt").text
