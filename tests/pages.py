"""Every page of the site as visits, derived from the url map: a new page is visited without anybody adding it.

A rule without variables is visited by everybody of its surface who may. A rule that names a row is visited for one
row of each state (tests/demonstration.rows); a rule whose rows are unknown there fails `test_no_page_is_forgotten`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.access import GRANTS, Permission
from tests.test_access import ROLES, Route, key_of, routes

# endpoint → why it is no page
NO_PAGE = {
    "static": "a file",
    "htmx": "a file",
    "dev.components": "the pattern book, tried by its own tests, never in production",
    "dev.office": "the pattern book",
    "portal.healthz": "plain text for machines",
    "portal.robots": "plain text for machines",
    "portal.picture": "a picture",
    "portal.regions_matches": "a fragment of a form",
    "portal.regions_steps": "a fragment of a form",
    "portal.regions_filter": "a fragment of a form",
    "portal.units_matches": "a fragment of a form",
    "portal.units_filter": "a fragment of a form",
    "office.attendance_row": "a fragment; without htmx it leads to the list",
    "office.statistics_export": "a file",
    "office.imports_template": "a file",
    "office.imports_errors": "a file",
}
VIEWERS = {  # surface → who looks at its pages; who may is decided by app/access.py
    "portal": ("", "member", "volunteer", "wantong"),
    "auth": ("",),
    "member": ("member", "volunteer", "wantong"),
    "office": ("wantong", "huanglou", "city", "unit"),
}
ROWS_BY = {
    "portal": ("", "volunteer"),
    "member": ("volunteer",),
    "office": ("wantong",),
}  # one person is enough for a row
# Besides 200: what some rows rightly answer to who may see them.
ALSO = {
    "office.help_slip": 303,  # only of requests that staff filed
    "portal.activities_show": 404,  # a draft
    "portal.feedback_show": 404,  # a draft, withdrawn
    "portal.reports_show": 404,  # anything but published
    "member.reports_edit": 409,  # handed in already
    "office.reports_edit": 409,  # decided
    "portal.notices_show": 404,  # a draft, withdrawn
    "portal.stars_show": 404,  # a candidate, revoked
    "portal.professionals_show": 404,  # closed
    "office.professionals_members_new": 303,  # nobody named
    "office.honours_new": 303,  # nobody named
    "auth.second_step": 303,  # nobody is halfway in this browser
    "portal.help_asked": 303,  # nothing was asked in this browser
    "member.volunteer_resubmission": 409,  # nothing was sent back
    "office.activities_edit": 409,
    "office.activities_cancellation": 409,
    "office.applications_return": 409,
    "office.applications_rejection": 409,
    "office.regions_merger": 409,  # merged already
    "office.units_merger": 409,
}
# Lists in states that an address brings about.
STATES = {
    "portal.activities": ("?status=recruiting", "?status=ended", "?q=没有这样的", "?after=坏", "?region=320302"),
    "portal.feedback": ("?q=没有这样的",),
    "portal.teams": ("?q=没有这样的", "?category=elder&region=320302"),
    "portal.bases": ("?q=没有这样的", "?category=elder&region=320302"),
    "office.teams": ("?status=closed", "?asking=1", "?q=没有这样的"),
    "office.bases": ("?status=closed", "?q=没有这样的"),
    "portal.reports": ("?kind=plan", "?q=没有这样的"),
    "office.reports": ("?status=published", "?status=unused", "?q=没有这样的"),
    "portal.notices": ("?q=没有这样的",),
    "portal.search": ("?q=社区", "?q=没有这样的", "?q=律师&kind=professionals"),
    "portal.stars": ("?kind=team", "?quarter=2020Q1"),
    "office.notices": ("?phase=scheduled", "?q=没有这样的"),
    "office.honours": ("?status=revoked", "?quarter=2020Q1"),
    "office.honours_candidates": ("?kind=team", "?region=320302&least=3"),
    "office.imports": ("?status=failed", "?status=checked"),
    "office.invitations": ("?status=declined", "?q=没有这样的"),
    "member.services_records": ("?after=坏",),
    "member.services": ("?tab=ended", "?tab=cancelled"),
    "office.applications": ("?status=approved", "?status=returned", "?q=没有这样的"),
    "office.volunteers": ("?status=paused", "?q=没有这样的"),
    "office.activities": ("?status=draft", "?status=cancelled", "?q=没有这样的"),
    "office.password_codes": (),
    "office.regions": ("?region=320302001", "?q=万通", "?state=closed", "?q=没有这样的"),
    "office.units": ("?state=merged", "?q=没有这样的"),
    "office.units_others": ("?q=没有这样的",),
    "office.workdays": ("?year=2031",),
    "office.statistics": (
        "?view=volunteer",
        "?unit=none",
        "?from=2031-01&to=2031-03",
        "?from=2024-02&all=units&open=320302001002",
    ),
    "office.statistics_records": ("?evidence=help", "?from=2031-01&to=2031-03", "?after=坏"),
    "office.statistics_people": ("?from=2031-01&to=2031-03",),
    "office.posts": ("?status=revoked", "?status=future", "?q=没有这样的"),
    "office.posts_vacancies": ("?level=subdistrict",),
    "office.posts_new": ("?place=320302001002",),
    "office.disputes": ("?status=upheld", "?q=没有这样的"),
}


@dataclass(frozen=True)
class Visit:
    """Somebody's request for a page, and the answers that are right."""

    who: str
    path: str
    endpoint: str
    right: frozenset[int]

    def __str__(self) -> str:
        return f"{self.who or 'visitor'} {self.path}"


def pages() -> list[Route]:
    """Every rule that shows a page."""
    return [route for route in routes() if route.method == "GET" and route.endpoint not in NO_PAGE]


def surface(route: Route) -> str:
    return route.endpoint.partition(".")[0]


def may(who: str, route: Route) -> bool:
    """Whether this person may open the page at all."""
    if route.access in ("public", "own-token"):
        return True
    if route.access == "signed-in":
        return bool(who)
    post = ROLES[who]
    return post is not None and Permission(route.access) in GRANTS[post]


def fill(rule: str, values: tuple[Any, ...]) -> str:
    """The rule's address with these values in its variables."""
    left = iter(values)
    return re.sub(r"<[^>]+>", lambda _: str(next(left)), rule)


def readers_of(route: Route) -> list[str]:
    """Who reads a page that names a row: one person of the surface, or the first of its viewers who may."""
    usual = [one for one in ROWS_BY[surface(route)] if may(one, route)]
    return usual or [one for one in VIEWERS[surface(route)] if may(one, route)][:1]


def visits(rows: dict[str, list[tuple[Any, ...]]], viewers: dict[str, tuple[str, ...]] = VIEWERS) -> Iterator[Visit]:
    """All visits on a world whose rows are these."""
    for route in pages():
        right = frozenset({200, ALSO.get(route.endpoint, 200)})
        if "<" in route.rule:
            for who in readers_of(route):
                for values in rows[key_of(route)]:
                    yield Visit(who, fill(route.rule, values), route.endpoint, right)
            continue
        for who in (one for one in viewers[surface(route)] if may(one, route)):
            yield Visit(who, route.rule, route.endpoint, right)
        first = next((one for one in viewers[surface(route)] if may(one, route)), "")
        for query in STATES.get(route.endpoint, ()):
            yield Visit(first, route.rule + query, route.endpoint, right)
