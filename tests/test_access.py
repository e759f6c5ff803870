"""The permission matrix: every route × role × position, generated from app/access.py and the url map.

Allowed means anything but a refusal. Refused means: a visitor is sent to sign in, a permission held
nowhere is 403, a row outside one's scope is 404, plain and as htmx; and not one statement that writes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import request, session, templating

from app import create_app
from app import htmx as swaps
from app.access import GRANTS, Permission
from app.db import db
from app.freshness import forget
from app.models import User
from app.models.user import Role
from tests import cast
from tests.demonstration import rows
from tests.support.statements import statements, writes
from tests.world import ROWS, World


@pytest.fixture
def app(world_app):
    """These tests look at the world."""
    return world_app


ROLES = {
    "": None,
    "member": None,
    "volunteer": None,
    "unit": Role.UNIT,
    "wantong": Role.COMMUNITY,
    "baiyun": Role.COMMUNITY,
    "huanglou": Role.SUBDISTRICT,
    "gulou": Role.DISTRICT,
    "yunlong": Role.DISTRICT,
    "city": Role.CITY,
}
HOLDS = {  # which places of the world each region post reaches
    "wantong": {"wantong"},
    "baiyun": {"baiyun"},
    "huanglou": {"wantong", "baiyun"},
    "gulou": {"wantong", "baiyun"},
    "yunlong": {"far"},
    "city": {"wantong", "baiyun", "far"},
}
PLACES = ("wantong", "baiyun", "far")
URL_MAP = create_app({"SQLALCHEMY_DATABASE_URI": "sqlite://", "TESTING": True})


@dataclass(frozen=True)
class Route:
    """One method of one rule."""

    endpoint: str
    method: str
    rule: str
    access: str


def routes() -> list[Route]:
    """Every GET and POST of the url map with its access mark."""
    found = []
    for rule in URL_MAP.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            mark = URL_MAP.view_functions[rule.endpoint].access  # type: ignore[attr-defined]
            found.append(Route(rule.endpoint, method, rule.rule, mark))
    return found


GUARDED = [route for route in routes() if route.access not in ("public", "own-token")]
NAMING = [route for route in GUARDED if "<" in route.rule]


def test_each_permission_has_a_route():
    marks = {route.access for route in GUARDED}
    assert {permission.value for permission in Permission} <= marks


def test_every_variable_of_a_guarded_route_is_known_to_the_world():
    for route in NAMING:
        assert key_of(route) in ROWS, f"{route.endpoint}: add its noun to tests/world.py"


def key_of(route: Route) -> str:
    """`office:activities` for /office/activities/<int:id>/…; with a second variable both nouns."""
    parts = route.rule.strip("/").split("/")
    nouns = [parts[i - 1] for i, part in enumerate(parts) if part.startswith("<")]
    return f"{parts[0]}:{'+'.join(nouns)}"


def address(route: Route, world: Any, place: str) -> str:
    """The route's address naming the rows that lie in `place`."""
    values = iter(world.values(key_of(route), place)) if "<" in route.rule else iter(())
    return re.sub(r"<[^>]+>", lambda _: str(next(values)), route.rule)


def ask(client: Any, route: Route, path: str, htmx: bool) -> Any:
    return client.open(path, method=route.method, data={} if route.method == "POST" else None, htmx=htmx)


def expected(route: Route, role: str, place: str | None, unit_sees: bool) -> str:
    """`sign-in`, `403`, `404` or `allowed`."""
    if role == "":
        return "sign-in"
    if route.access == "signed-in":
        return "allowed" if place is None else "own"
    post = ROLES[role]
    if post is None or Permission(route.access) not in GRANTS[post]:
        return "403"
    if place is None:
        return "allowed"
    reached = unit_sees if post is Role.UNIT else place in HOLDS[role]
    return "allowed" if reached else "404"


def judge(answer: Any, wanted: str, htmx: bool) -> bool:
    """Whether the answer is what was wanted."""
    if wanted == "sign-in":
        target = answer.headers.get("HX-Redirect" if htmx else "Location", "")
        return answer.status_code == (204 if htmx else 303) and "/login" in target
    if wanted in ("403", "404"):
        return answer.status_code == int(wanted)
    return answer.status_code not in (401, 403, 404, 500) and "/login" not in answer.headers.get("Location", "")


EACH_ROUTE = pytest.mark.parametrize("route", GUARDED, ids=lambda route: f"{route.method}-{route.endpoint}")
NEAR = ("wantong", "baiyun")


@pytest.mark.sqlite_only
@EACH_ROUTE
def test_every_role_at_every_position_gets_what_the_table_grants(world, signed_in, drawn_once, route):
    """At own and sibling position, and from above; what is read also in the other branch (`full`: all of them).

    htmx asks for the first row of each answer that a role gets (`full`: for every row).
    """
    places = PLACES if route.method == "GET" else NEAR
    plain = [case for case in cases(world, route, places) if not case.htmx]
    first = {(case.role, case.wanted): case for case in reversed(plain)}
    cross(signed_in, route, [*plain, *(replace(case, htmx=True) for case in first.values())])


@pytest.mark.postgresql_only
@pytest.mark.parametrize("route", NAMING, ids=lambda route: f"{route.method}-{route.endpoint}")
def test_the_doors_hold_on_postgresql(world, signed_in, drawn_once, route):
    """Whoever holds the permission, at own and sibling position of every route that names a row.

    Visitors and who holds it nowhere are refused before a row is read, and htmx changes the answer's form only:
    both databases meet these in `test_the_full_cross`.
    """
    rows = [case for case in cases(world, route, NEAR) if case.wanted in ("allowed", "404") and not case.htmx]
    cross(signed_in, route, rows)


@pytest.mark.full
@EACH_ROUTE
def test_the_full_cross(world, signed_in, route):
    """With every page drawn every time."""
    cross(signed_in, route, list(cases(world, route, PLACES)))


@dataclass(frozen=True)
class Case:
    """One request of the matrix, and what it must be answered with."""

    role: str
    place: str | None
    htmx: bool
    path: str
    wanted: str


def cases(world: World, route: Route, places: tuple[str, ...]) -> Iterator[Case]:
    """The route as every role for the row of every place, plain and as htmx."""
    for role in ROLES:
        for place in places if "<" in route.rule else (None,):
            wanted = expected(route, role, place, world.unit_sees(key_of(route), place))
            if wanted == "own":
                continue  # one's own rows: test_a_person_reaches_only_their_own_rows
            for htmx in (False, True):
                yield Case(role, place, htmx, address(route, world, place or ""), wanted)


def cross(signed_in: Any, route: Route, wanted: list[Case]) -> None:
    """Try these."""
    clients = {role: signed_in(role) for role in {case.role for case in wanted}}
    with statements() as seen:
        for case in wanted:
            seen.clear()
            answer = ask(clients[case.role], route, case.path, case.htmx)
            assert judge(answer, case.wanted, case.htmx), f"{case}: {answer.status_code}"
            if case.wanted != "allowed":
                assert not writes(seen), f"{case} wrote {writes(seen)}"


REFUSALS: set[Any] = set()  # which error pages this worker has drawn


@pytest.fixture
def drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw each page once for each role, plain and as htmx, not again for the row of the next place.

    An error page, which says the same on every route, is drawn once for each role and surface. Views do all else
    each time; what pages look like is the matter of tests/test_every_page.py.
    """
    pages: set[Any] = set()
    draw, blocks = templating._render, swaps._blocks

    def new(name: str, context: Any) -> bool:
        shown = REFUSALS if name.startswith("error") else pages
        route = request.blueprint if name.startswith("error") else (request.endpoint, request.method)
        key = session.get("_user_id"), route, name, context.get("status"), swaps.wants_fragment()
        return key not in shown and not shown.add(key)  # type: ignore[func-returns-value]

    def drawn(app: Any, template: Any, context: Any) -> str:
        return draw(app, template, context) if new(template.name, context) else ""

    def parts(template: str, *fragments: str, **context: Any) -> str:
        return blocks(template, *fragments, **context) if new(template, context) else ""

    monkeypatch.setattr(templating, "_render", drawn)
    monkeypatch.setattr(swaps, "_blocks", parts)


OF_ACCOUNTS = {"office.password_codes_create": "code_hash", "office.password_codes_disable": "disabled_at"}


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("endpoint", OF_ACCOUNTS)
def test_what_is_done_to_an_account_is_for_somebody_within_the_post(world, signed_in, endpoint, htmx):
    """The person stands in the body of POST /office/password-codes…, not in its address."""
    users = {place: world.values("office:password-codes", place)[0] for place in PLACES}
    route = next(one for one in GUARDED if one.endpoint == endpoint)
    for role in ROLES:
        client = signed_in(role)
        for place, user_id in users.items():
            name = db.session.get_one(User, user_id).username
            body = {"person": user_id, "username": name, "seen": "y", "reason": "忘记密码", "why": "冒用"}
            wanted = expected(route, role, place, False)
            with statements() as seen:
                answer = client.post(route.rule, data=body, htmx=htmx)
            case = f"{role or 'visitor'} for {place}: {answer.status_code}, wanted {wanted}"
            assert judge(answer, wanted, htmx), case
            done = [one for one in writes(seen) if OF_ACCOUNTS[endpoint] in one and one.startswith("UPDATE")]
            assert bool(done) == (wanted == "allowed"), f"{case} wrote {writes(seen)}"
            db.session.get_one(User, user_id).disabled_at = None
            db.session.commit()


@pytest.mark.full
def test_the_table_holds_on_the_demonstration(demo_app):
    """Every page of a row of 万通社区 in each of its states: who is below or above reaches it, the neighbour never."""
    world = rows()
    for role in [one for one in ROLES if one != "yunlong"]:  # the demonstration has no such account
        client: Any = demo_app.test_client()
        client = client.sign_in(role) if role else client
        for route in [one for one in NAMING if one.method == "GET" and one.access != "signed-in"]:
            for values in world[key_of(route)]:
                left = iter(values)
                path = re.sub(r"<[^>]+>", lambda _, left=left: str(next(left)), route.rule)
                wanted = expected(route, role, "wantong", False)
                if key_of(route) == "office:imports" and role != "city" and wanted == "allowed":
                    wanted = "404"  # the demonstration's lists are the city's own
                if role == "unit" and wanted == "404":
                    continue  # whoever of the unit lives in 万通社区 is reached: tests/office/test_volunteers.py
                with statements() as seen:
                    answer = client.get(path)
                assert judge(answer, wanted, False), (
                    f"{role or 'visitor'} {path}: {answer.status_code}, wanted {wanted}"
                )
                assert not writes(seen), f"{role or 'visitor'} {path} wrote {writes(seen)}"


OWN = [route for route in NAMING if route.access == "signed-in"]


@pytest.mark.parametrize("route", OWN, ids=lambda route: f"{route.method}-{route.endpoint}")
def test_a_person_reaches_only_their_own_rows(world, signed_in, route):
    for role in ("member", "guest", "baiyun", "city"):
        client = signed_in(role)
        for htmx in (False, True):
            with statements() as seen:
                answer = ask(client, route, address(route, world, "wantong"), htmx)
            if key_of(route).startswith(("activities", "teams")):
                assert answer.status_code != 500  # a public thing: the verb decides, not the row
                continue
            assert answer.status_code == 404, f"{role} {route.rule}: {answer.status_code}"
            assert not writes(seen)


def test_the_matrix_catches_a_planted_hole(world, clients, monkeypatch):
    """A switch that opens the doors must make the same judgement fail."""
    from app import access

    route = next(r for r in NAMING if r.endpoint == "office.applications_show")
    path = address(route, world, "wantong")
    assert judge(clients("baiyun").get(path), "404", False)
    monkeypatch.setattr(access, "narrowed", lambda model, permission: None)
    forget()  # the statement that was kept
    assert not judge(clients("baiyun").get(path), "404", False)


def test_a_revoked_post_is_gone_on_the_next_request(app, clients):
    client = clients("wantong")
    assert client.get("/office/").status_code == 200
    post = cast.who("wantong").post
    assert post is not None
    post.revoke(by=cast.who("city"), reason="岗位调整")
    assert client.get("/office/").status_code == 403
