"""No page of the back office shows a whole telephone or ID-card number: what reveals one is a POST."""

from typing import Any

import pytest
from jinja2.environment import create_cache

from app.db import db
from app.models import Application, User
from tests.test_access import routes
from tests.test_forgery import path_of
from tests.world import World

pytestmark = pytest.mark.sqlite_only
PAGES = [route for route in routes() if route.method == "GET" and route.endpoint.startswith("office.")]

NOUNS = (
    "volunteers",
    "applications",
    "posts",
    "signups",
    "attendance",
    "teams_show",
    "professionals_show",
    "invitations",
    "calls",
)
PEOPLE = [
    route for route in PAGES if route.endpoint.removeprefix("office.") in {*NOUNS, *(f"{noun}_show" for noun in NOUNS)}
]  # where people are listed; all the others in `make test-full`


@pytest.fixture
def app(world_app):
    """These tests look at the world."""
    return world_app


def shown(client: Any, world: World, pages: list[Any]) -> set[str]:
    """The pages that show a whole number of anybody in the world."""
    numbers = {user.phone for user in db.session.scalars(db.select(User))}
    numbers |= {one.id_card for one in db.session.scalars(db.select(Application)) if one.id_card}
    texts = {route.endpoint: client.get(path_of(route, world)).text for route in pages}
    return {endpoint for endpoint, text in texts.items() if any(number in text for number in numbers)}


def test_no_list_of_people_and_no_persons_page_shows_a_whole_number(clients, world):
    assert len(PEOPLE) > 12 and shown(clients("city"), world, PEOPLE) == set()


@pytest.mark.full
def test_no_page_shows_a_whole_number(clients, world):
    assert len(PAGES) > 60 and shown(clients("city"), world, PAGES) == set()


def test_the_check_notices_a_page_that_masks_nothing(app, clients, world, monkeypatch):
    few = [route for route in PAGES if route.endpoint in ("office.volunteers_show", "office.applications_show")]
    monkeypatch.setitem(app.jinja_env.globals, "masked_phone", lambda phone: phone)
    monkeypatch.setattr(app.jinja_env, "cache", create_cache(400))  # templates read before hold the globals of then
    assert shown(clients("city"), world, few) == {"office.volunteers_show", "office.applications_show"}
