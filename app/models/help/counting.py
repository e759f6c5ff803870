"""Helping counts: one service record for each 已完成 assignment, made when the request is closed (SPEC section 4)."""

from collections.abc import Sequence

from sqlalchemy import func, select

from app import clock
from app.db import db, lock
from app.models.assignment import Assignment
from app.models.help.messages import tell_volunteer
from app.models.help_request import HelpRequest
from app.models.service_record import Evidence, ServiceRecord
from app.models.user import User
from app.models.volunteer import Volunteer


def count_services(request: HelpRequest, done: Sequence[Assignment], *, by: User) -> None:
    """Make the records of these assignments; whoever was counted for this request before is not counted twice."""
    lock(select(Volunteer).where(Volunteer.id.in_([one.volunteer_id for one in done])).order_by(Volunteer.id))
    before = select(Assignment.volunteer_id).where(
        Assignment.request_id == request.id, Assignment.record_id.is_not(None)
    )
    counted = set(db.session.scalars(before))
    fresh = {one.volunteer_id: one for one in done if one.volunteer_id not in counted}
    if not fresh:
        return
    ServiceRecord.make([_record(request, one, by) for one in fresh.values()])
    made = _newest(list(fresh))
    for id, one in fresh.items():
        one.record_id = made[id]
        tell_volunteer(one, "求助已办结，感谢您", f"这次服务记 1 次，{one.minutes} 分钟。")
    db.session.flush()


def _newest(volunteer_ids: Sequence[int]) -> dict[int, int]:
    """The record just made for each of these held volunteers: nobody else can have added one meanwhile."""
    theirs = ServiceRecord.volunteer_id.in_(volunteer_ids), ServiceRecord.evidence == Evidence.HELP
    newest = select(ServiceRecord.volunteer_id, func.max(ServiceRecord.id)).where(*theirs)
    return {row[0]: row[1] for row in db.session.execute(newest.group_by(ServiceRecord.volunteer_id))}


def _record(request: HelpRequest, one: Assignment, by: User) -> ServiceRecord:
    """The record: day of the result, community and category of the request, the person's place of that day."""
    home = one.volunteer_community_code
    record = ServiceRecord(
        volunteer_id=one.volunteer_id,
        activity_id=None,
        minutes=one.minutes or 0,
        category_id=request.category_id,
        evidence=Evidence.HELP,
        confirmed_by_id=by.id,
        volunteer_district_code=home[:6],
        volunteer_subdistrict_code=home[:9],
        volunteer_community_code=home,
        unit_id=one.unit_id,
    )
    record.locate(request.community_code)
    record.happened(clock.day(one.done_at or clock.now()))
    return record
