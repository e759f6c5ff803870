"""Limits of one address at what anybody may send: a Chinese page says how long; proxies are believed as configured."""

from collections.abc import Iterator

import pytest

from app import create_app, limits
from app.db import db
from tests.fixtures import Client, settings

pytestmark = pytest.mark.sqlite_only
FORMS = ["/login", "/register", "/help/new", "/help/track"]


@pytest.fixture
def limited(app, monkeypatch) -> Iterator:
    """Make an application whose limits count: three in fifteen minutes."""
    few = {name: (method, "3 per 15 minutes") for name, (method, _) in limits.LIMITS.items()}
    monkeypatch.setattr(limits, "LIMITS", few)
    made = []

    def make(**more):
        own = settings(app.config["SQLALCHEMY_DATABASE_URI"]) | {"RATELIMIT_ENABLED": True} | more
        made.append(create_app(own))
        made[-1].test_client_class = Client
        return made[-1]

    yield make
    for one in made:
        with one.app_context():
            db.engine.dispose()


def statuses(client, path: str, times: int = 4, **how) -> list[int]:
    return [client.post(path, data={"username": "x"}, **how).status_code for _ in range(times)]


def test_the_fourth_post_is_refused_in_chinese_and_says_how_long(limited):
    client = limited().test_client()
    for path in FORMS:
        assert statuses(client, path) == [422, 422, 422, 429], path
        answer = client.post(path)
        assert 1 <= int(answer.headers["Retry-After"]) <= 901 and "分钟后再试" in answer.text
        assert client.get(path).status_code == 200


def test_the_check_notices_when_nothing_is_limited(limited):
    assert statuses(limited(RATELIMIT_ENABLED=False).test_client(), "/login") == [422] * 4


def test_the_search_is_limited_too_and_each_form_counts_for_itself(limited):
    client = limited().test_client()
    asked = [client.head("/search?q=y"), *(client.get(f"/search?q=x{n}") for n in range(3))]
    assert [answer.status_code for answer in asked] == [200] * 3 + [429]
    assert statuses(client, "/help/track", 3) == [422] * 3


@pytest.mark.parametrize(("proxies", "right"), [(0, [422] * 3 + [429]), (1, [422] * 4)])
def test_addresses_come_from_proxies_that_are_trusted_and_from_no_others(limited, proxies, right):
    client = limited(TRUSTED_PROXIES=proxies).test_client()
    sent = [client.post("/help/track", headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(4)]
    assert sent == right


def test_what_a_client_invents_before_the_trusted_proxy_does_not_count(limited):
    client = limited(TRUSTED_PROXIES=1).test_client()
    sent = [
        client.post("/help/track", headers={"X-Forwarded-For": f"10.0.0.{n}, 203.0.113.9"}).status_code
        for n in range(4)
    ]
    assert sent == [422] * 3 + [429]


def test_every_limited_view_keeps_its_access_and_its_name(app):
    for endpoint in limits.LIMITS:
        assert app.view_functions[endpoint].access == "public"


def test_every_form_of_the_public_is_limited(app):
    """Forms without an account that create, look up or let in; the others act on the one case that a browser holds."""
    held = {"portal.help_supplement", "portal.help_withdrawal", "portal.help_rating", "portal.help_reopening"}
    free = held | {"portal.help_leaving", "portal.mode", "dev.components"}  # the last is never in production
    posts = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and app.view_functions[rule.endpoint].access == "public"
    }
    assert posts - free == {name for name, (method, _) in limits.LIMITS.items() if method == "POST"}
