"""Requests for help in tests: made by the verbs, brought into any state by the shortest way."""

from datetime import timedelta
from typing import Any

from app import clock
from app.db import db
from app.models.assignment import Assignment
from app.models.help.states import AssignmentStatus, HelpStatus
from app.models.help_request import Asking, HelpRequest
from app.models.workday import add_working_days
from tests.cast import WANTONG, volunteer_of, who

A, S = AssignmentStatus, HelpStatus
NAME, PHONE, ADDRESS, TEXT = "求助人甲", "13711112222", "幸福里3幢502室", "家里水管漏水，希望有人来修。"
TITLE, SUMMARY = "水管漏水，请人检修", "志愿者上门换了接头，当天修好，老人很满意。"


def ask(community: str = WANTONG, **facts: Any) -> HelpRequest:
    """A request that waits for 万通社区."""
    usual: dict[str, Any] = {
        "name": NAME,
        "phone": PHONE,
        "address": ADDRESS,
        "content": TEXT,
        "category": "community",
    }
    return HelpRequest.ask(Asking(community=community, **(usual | facts)))


def offer(request: HelpRequest, *usernames: str) -> list[Assignment]:
    """Ask these volunteers (default: `volunteer`)."""
    return request.arrange([volunteer_of(one).id for one in usernames or ("volunteer",)], by=who("wantong"))


def bring(status: HelpStatus, community: str = WANTONG, **facts: Any) -> HelpRequest:
    """A request in this state, reached by verbs; closed ones are published."""
    request, staff = ask(community, **facts), who("wantong")
    if status is S.RETURNED or status is S.LAPSED:
        request.ask_back(by=staff, reason="请写明楼层")
    if status is S.LAPSED:
        request.lapses_at = clock.now() - timedelta(minutes=1)
        request.settle()
    if status is S.REFUSED:
        request.refuse(by=staff, reason="不属于志愿服务")
    if status is S.MERGED:
        request.merge(ask(community), by=staff)
    if status is S.WITHDRAWN:
        request.withdraw()
    if status in (S.ACCEPTED, S.ARRANGED, S.SERVING, S.DONE, S.CLOSED):
        request.accept(by=staff)
        _further(request, status)
    assert request.status is status
    return request


def _further(request: HelpRequest, status: HelpStatus) -> None:
    if status is S.ACCEPTED:
        return
    (one,) = offer(request)
    if status is S.ARRANGED:
        return
    one.accept(by=who("volunteer"))
    if status is S.SERVING:
        return
    one.file_result("换好了接头", 60, by=who("volunteer"))
    if status is S.CLOSED:
        close(request)


def close(request: HelpRequest, by: str = "wantong") -> None:
    """办结 with a public summary."""
    request.close(by=who(by), result="换好了接头", title=TITLE, summary=SUMMARY)


def assignment(status: AssignmentStatus) -> Assignment:
    """An assignment in this state, reached by verbs."""
    request = bring(S.ACCEPTED)
    (one,) = offer(request)
    if status is A.EXPIRED:
        one.expires_at = clock.now() - timedelta(minutes=1)
        request.settle()
    if status is A.DECLINED:
        one.decline(by=who("volunteer"))
    if status in (A.ACCEPTED, A.DONE, A.GAVE_UP):
        one.accept(by=who("volunteer"))
    if status is A.DONE:
        one.file_result("做好了", 90, by=who("volunteer"))
    if status is A.GAVE_UP:
        one.give_up(by=who("volunteer"), reason="临时有事")
    assert one.status is status
    return one


def of(request: HelpRequest) -> list[Assignment]:
    """Its assignments, by id."""
    return list(
        db.session.scalars(db.select(Assignment).where(Assignment.request_id == request.id).order_by(Assignment.id))
    )


def days(request: HelpRequest, number: int) -> Any:
    """The end of the n-th working day from when its clock started."""
    return add_working_days(request.running_since, number)


def until(moment: Any, *, minutes: int = 1) -> None:
    """Put the clock just behind this moment."""
    clock.move(clock._shift + (moment - clock.now()) + timedelta(minutes=minutes))
