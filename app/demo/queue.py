"""The open applications of the demonstration city, in every state, and the account `member`."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from app import clock
from app.demo import names, stories
from app.demo.people import BAIYUN, WANTONG, daytime, identity, remember, rows_of, user_row
from app.models import Application, User
from app.models.application import ApplicationStatus
from app.models.workday import add_working_days

STATES = [ApplicationStatus.PENDING] * 9 + [ApplicationStatus.RETURNED] * 2
STATES += [ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN]
ELSEWHERE = 20
REASONED = (ApplicationStatus.RETURNED, ApplicationStatus.REJECTED)


def make_queue(
    random: Random, places: list[str], units: list[int], password_hash: str, staff: dict[str, int], start: int
) -> int:
    """A lively queue in 万通, a short one in 白云, one here and there; how many applications."""
    wanted = [(WANTONG, state) for state in STATES] + [(BAIYUN, ApplicationStatus.PENDING)] * 3
    wanted += [(code, ApplicationStatus.PENDING) for code in random.sample(places, ELSEWHERE)]
    users = []
    for offset, name in enumerate(names.people(random, len(wanted))):
        made = daytime(random, offset % 7)
        users.append(user_row(f"apply{offset:03d}", name, names.phone(9000 + offset), password_hash, made))
    member = user_row("member", "孙丽", names.phone(9999), password_hash, clock.now() - timedelta(days=3))
    rows = []
    for offset, ((community, state), user_id) in enumerate(zip(wanted, rows_of(User, [*users, member]), strict=False)):
        file = identity(random, start + offset, community, units)
        submitted = users[offset]["created_at"] + timedelta(minutes=30)
        rows.append(_application(random, {**file, "user_id": user_id}, state, submitted, staff))
    remember(rows_of(Application, rows), rows)
    return len(rows)


def _application(
    random: Random, shared: dict[str, Any], state: ApplicationStatus, submitted: datetime, staff: dict[str, int]
) -> dict[str, Any]:
    """One application in this state; the community decided five hours after it came."""
    decided = submitted + timedelta(hours=5) if state is not ApplicationStatus.PENDING else None
    decider = staff["wantong"] if state in REASONED else shared["user_id"]
    return {
        **shared,
        "created_at": submitted,
        "status": state,
        "skills": random.choice(("", "law", "medicine,driving", "repair")),
        "statement": random.choice(stories.STATEMENTS),
        "consent_at": submitted,
        "submitted_at": submitted,
        "due_at": add_working_days(submitted, 3),
        "decided_at": decided,
        "decided_by_id": decider if decided else None,
        "decision_reason": random.choice(stories.RETURNS) if state in REASONED else "",
        "version": 2 if decided else 1,
    }
