"""Services and stars for tests: a quarter that is over, records in it, a candidate in each state."""

from datetime import date, timedelta
from typing import Any

from app import clock
from app.db import db
from app.models import Activity, Honour, ServiceRecord, Team, TeamMember, Volunteer
from app.models.honours.proposal import announce, propose
from app.models.honours.quarter import Quarter, quarter_of
from app.models.service_record import Evidence
from app.models.team import MemberStatus
from app.models.workday import last_of
from tests import cast

REASON = "三个月里每周都到社区来，帮独居老人理发、量血压，从不缺席，邻里有口皆碑。"


def past_quarter() -> Quarter:
    """The last quarter that is over."""
    return quarter_of(clock.today()).before


def served(volunteer: Volunteer, on: date, minutes: int = 120, activity: Activity | None = None) -> ServiceRecord:
    """A live record of that day, counted."""
    place = activity or volunteer
    category = activity.category_id if activity else cast.make_activity(title="服务").category_id
    record = ServiceRecord(
        volunteer_id=volunteer.id, activity_id=activity.id if activity else None, minutes=minutes, unit_id=volunteer.unit_id,
        volunteer_district_code=volunteer.district_code, volunteer_subdistrict_code=volunteer.subdistrict_code,
        volunteer_community_code=volunteer.community_code, evidence=Evidence.ONSITE, source="", category_id=category,
        confirmed_by_id=None, revoked_at=None, revoked_by_id=None,
    )  # fmt: skip
    record.locate(place.community_code)
    record.happened(on)
    ServiceRecord.make([record])
    return db.session.scalars(db.select(ServiceRecord).order_by(ServiceRecord.id.desc()).limit(1)).one()


def team_of(*members: Volunteer, name: str = "夕阳红助老服务队", **facts: Any) -> Team:
    """An active team with these members."""
    team = Team(name=name, members=len(members), **facts)
    team.locate(cast.WANTONG)
    db.session.add(team)
    db.session.flush()
    for volunteer in members:
        db.session.add(TeamMember(team_id=team.id, volunteer_id=volunteer.id, status=MemberStatus.MEMBER))
    db.session.flush()
    return team


def candidate(username: str = "volunteer", *, agreed: bool = True) -> Honour:
    """A person of the cast who served in the past quarter, proposed by the city."""
    volunteer, quarter = cast.volunteer_of(username), past_quarter()
    served(volunteer, quarter.first_day + timedelta(days=9))
    honour = propose(quarter, volunteer, REASON, by=cast.who("city"))
    if agreed:
        honour.agree(by=cast.who(username))
    return honour


def announced(username: str = "volunteer") -> Honour:
    """One that stands in 公示 from today for the shortest time."""
    honour = candidate(username)
    announce(honour, clock.today(), last_of(clock.today(), 5), by=cast.who("city"))
    return honour


def to_the_end(honour: Honour) -> None:
    """Put the clock to the day after 公示."""
    assert honour.last_day
    clock.move(clock.start_of(honour.last_day + timedelta(days=1)) - clock.now() + timedelta(minutes=5))
