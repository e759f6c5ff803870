"""The neighbour's words: what only 白云社区 may read stands in no answer to 万通, to a unit, to a volunteer, to a visitor.

Every text of 白云's rows that are not public is replaced by a canary of its own; then every page, list, fragment,
export and autocomplete is asked for, plain and looked through for the canaries' common beginning.
"""

import io
import re
import zipfile
from typing import Any

import pytest
import sqlalchemy as sa

from app.db import db
from app.models.activity import ActivityStatus
from tests.cast import baiyun_code
from tests.pages import may
from tests.planting import plant
from tests.test_access import NAMING, Route, address, key_of, routes

BEGINNING = "鱻鱻"
CANARY = re.compile(f"{BEGINNING}[0-9]+金丝雀")
READERS = ("", "member", "volunteer", "unit", "wantong")
PUBLIC = {
    "region",
    "region_name",
    "category",
    "workday",
    "notice",
    "professional_group",
    "work_unit",
    "team",
    "service_base",
    "honour",
    "history",
}
QUERIES = ({}, {"q": BEGINNING}, {"format": "csv"}, {"format": "xlsx"}, {"q": BEGINNING, "htmx": True})
NOT_READ = {"static", "htmx", "portal.picture", "dev.components", "dev.office"}


@pytest.fixture
def app(world_app):
    """One row of every noun in three communities."""
    return world_app


def neighbours(table: sa.Table) -> Any:
    """The rows of this table that belong to 白云 and are not public."""
    code, columns = baiyun_code(), table.columns
    if table.name in PUBLIC:
        return sa.false()
    if "community_code" in columns:
        return columns["community_code"] == code
    people = sa.text(
        "SELECT user_id FROM volunteer WHERE community_code = :code UNION SELECT user_id FROM application WHERE community_code = :code"
    )
    ids = list(db.session.scalars(people, {"code": code}))
    if table.name == "user":
        return columns["id"].in_(ids)
    return columns["user_id"].in_(ids) if "user_id" in columns else sa.false()


def hide() -> set[str]:
    """Plant the canaries; what 白云 prepares is a draft. Returns them."""
    db.session.execute(
        sa.text("UPDATE activity SET status = :draft WHERE community_code = :code"),
        {"draft": ActivityStatus.DRAFT.value, "code": baiyun_code()},
    )
    made: dict[tuple[str, int], str] = {}
    return set(
        plant(
            lambda column, id: made.setdefault((column, id), f"{BEGINNING}{len(made):04d}金丝雀"),
            neighbours,
            empty=True,
        )
    )


def text_of(answer: Any) -> str:
    """All that an answer says; of a workbook, its parts."""
    data = answer.get_data()
    answer.close()
    if data.startswith(b"PK"):
        book = zipfile.ZipFile(io.BytesIO(data))
        return "".join(book.read(name).decode(errors="replace") for name in book.namelist())
    return data.decode(errors="replace") + str(answer.headers)


def asked(client: Any, route: Route, path: str) -> list[Any]:
    """The answers to this address, asked in every way."""
    if route.method == "POST":
        return [client.post(path, data={"purpose": "核对人数", "format": kind}) for kind in ("csv", "xlsx")]
    answers: list[Any] = []
    for query in QUERIES if "<" not in route.rule else QUERIES[:1]:
        if query.get("format") == "xlsx" and answers[-1].mimetype == "text/html":
            continue  # the page that was just asked for a file as CSV shows itself: it knows no formats
        plain = {name: value for name, value in query.items() if name != "htmx"}
        answers.append(client.get(path, query_string=plain, htmx="htmx" in query))
    return answers


def seen(signed_in: Any, world: Any, who: str) -> tuple[dict[str, set[str]], int]:
    """(canaries by address, how many answers were read) for this person."""
    client, found, read = signed_in(who), {}, 0
    for route in routes():
        export = route.method == "POST" and route.rule.endswith("/export")
        if (route.method != "GET" and not export) or route.endpoint in NOT_READ or not may(who, route):
            continue
        places = ("wantong", "baiyun") if route in NAMING else ("",)
        for path in {
            address(route, world, place) if place else re.sub(r"<[^>]+>", "2", route.rule) for place in places
        }:
            for answer in asked(client, route, path):
                read += 1
                if canaries := set(CANARY.findall(text_of(answer))):
                    found[f"{who or 'visitor'} {route.method} {path}"] = canaries
    return found, read


@pytest.mark.parametrize("who", READERS)
@pytest.mark.sqlite_only
def test_the_neighbours_words_stand_in_no_answer(world, signed_in, who):
    canaries = hide()
    assert len(canaries) >= 40
    found, read = seen(signed_in, world, who)
    assert not found and read > 60


@pytest.mark.full
@pytest.mark.postgresql_only
@pytest.mark.parametrize("who", READERS)
def test_nor_on_postgresql(world, signed_in, who):
    hide()
    assert not seen(signed_in, world, who)[0]


@pytest.mark.sqlite_only
def test_an_open_door_is_noticed(world, signed_in, monkeypatch):
    """The planted hole: the doors narrow nothing."""
    hide()
    monkeypatch.setattr("app.access.narrowed", lambda model, permission: None)
    monkeypatch.setattr(
        "tests.test_canaries.routes", lambda: [one for one in NAMING if key_of(one) == "office:applications"]
    )
    assert seen(signed_in, world, "wantong")[0]


@pytest.mark.sqlite_only
def test_the_neighbour_reads_them(world, signed_in):
    """The canaries are where pages would show them."""
    hide()
    found, _ = seen(signed_in, world, "baiyun")
    assert len({one for canaries in found.values() for one in canaries}) > 8
