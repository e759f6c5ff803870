"""Statements a page: the same at 10 rows and at 100, and within the goal of each page, which test_every_page.py asks for."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app import clock
from app.db import db
from app.freshness import forget
from app.models import Feedback, Message, Report
from app.models.feedback import FeedbackStatus
from app.models.report import ReportKind, ReportStatus
from tests import cast
from tests.applicants import apply, card
from tests.demonstration import rows, signed_up
from tests.fixtures import forget_pages
from tests.pages import visits
from tests.support.statements import statements

TWELVE = {
    "portal.home",
    "member.home",
    "office.home",
    "office.statistics",
    "office.statistics_print",
}  # home, 待办, overview
# Measured beyond the goal: endpoint → (statements, why)
KNOWN: dict[str, tuple[int, str]] = {
    "office.help_show": (7, "assignments, history and who wrote it; of a merged one also the other request"),
}


def allowed(endpoint: str, who: str) -> int:
    """How many statements the page may send."""
    if endpoint in KNOWN and who:
        return KNOWN[endpoint][0]
    if endpoint in TWELVE:
        return 12
    return 6 if who else 4


def count(client: Any, path: str) -> list[str]:
    """The statements of this page, nothing remembered of it but what every page shares, within one minute of the clock:
    with the next one the portal counts anew."""
    while True:
        minute = clock.now().minute
        client.get(path)
        forget_pages()
        with statements() as seen:
            client.get(path).close()
        if clock.now().minute == minute:
            return [one for one in seen if "UPDATE sign_in" not in one]


def more(number: int, since: int) -> None:
    """So many of every noun more: volunteers, applications, activities with sign-ups, feedback, messages."""
    mine = cast.volunteer_of("volunteer")
    crowded = cast.make_activity(capacity=1000, title="人多的活动", starts_at=clock.now() - timedelta(minutes=30))
    for n in range(since, since + number):
        user = cast.make_user(f"stat{n:04d}", f"统计{n}", f"135{n:08d}")
        volunteer = cast.make_volunteer(user)
        apply(cast.make_user(f"asks{n:04d}", f"申请{n}", f"136{n:08d}"), id_card=card(n))
        start = clock.now() + timedelta(days=n + 1)
        coming = cast.make_activity(starts_at=start, title=f"活动{n}")
        over = cast.make_activity(starts_at=clock.now() - timedelta(days=n + 1), title=f"去过{n}")
        db.session.add_all([signed_up(crowded, volunteer), signed_up(coming, mine), signed_up(over, mine)])
        feedback = Feedback(activity_id=over.id, title=f"反馈{n}", body="好。", status=FeedbackStatus.PUBLISHED)
        feedback.published_at = clock.now() - timedelta(minutes=n)
        feedback.locate(over.community_code)
        report = Report(user_id=mine.user_id, kind=ReportKind.REFLECTION, title=f"上报{n}", body="好。")
        report.submitted_at = report.published_at = clock.now() - timedelta(minutes=n)
        report.status = (ReportStatus.PENDING, ReportStatus.PUBLISHED)[n % 2]
        report.locate(mine.community_code)
        db.session.add_all([feedback, report, Message(user_id=mine.user_id, title=f"消息{n}")])
    db.session.commit()
    forget()


def measured(client_of: Callable[[str], Any], busy: dict[str, Any]) -> dict[str, int]:
    """Statements of every page by visit."""
    clients: dict[str, Any] = {}
    found = {}
    for visit in visits(busy):
        clients.setdefault(visit.who, None)
        clients[visit.who] = clients[visit.who] or client_of(visit.who)
        found[f"{visit.endpoint} {visit}"] = len(count(clients[visit.who], visit.path))
    return found


@pytest.mark.sqlite_only
def test_no_page_costs_more_at_a_hundred_rows_than_at_ten(app, clients):
    cast.make_activity(starts_at=clock.now() - timedelta(days=60), title="很久以前")  # has risen to every level
    more(10, 0)
    world = rows()
    few = measured(clients, world)
    more(90, 10)
    many = measured(clients, world)
    grown = {page: (few[page], many[page]) for page in few if many[page] > few[page]}
    assert len(few) > 40
    assert not grown, "\n".join(f"{page}: {before} → {after}" for page, (before, after) in grown.items())
