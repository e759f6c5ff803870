"""How a star begins: proposed with a written reason, the person asked, then announced (公示) with its figures frozen."""

from datetime import date, timedelta

from sqlalchemy import select

from app import clock, labels
from app.db import db, lock
from app.freshness import touch
from app.models.displays.consent import must_serve
from app.models.history import record
from app.models.honour import Honour, HonourKind, HonourStatus
from app.models.honours.figures import facts_of, may_be_star
from app.models.honours.quarter import Quarter, quarter_named, quarter_of
from app.models.stateful import Stale, TransitionError
from app.models.team import Team, TeamStatus
from app.models.user import User
from app.models.volunteer import Volunteer, VolunteerStatus
from app.models.workday import last_of, working_days
from app.refusal import Invalid, Refused

LEAST_WORDS, MOST_WORDS = 20, 1000
LEAST_DAYS = 5  # working days of 公示 (SPEC section 3)
LONGEST = timedelta(days=60)
ASKING = "推荐理由：{}\n公开的内容：姓名、服务社区、工作单位、本季度服务次数和时长、推荐理由。同意不同意都可以，同意后也能随时撤回。"


def propose(quarter: Quarter, subject: Team | Volunteer, reason: str, *, by: User | None) -> Honour:
    """A candidate for a star of that quarter; a person is asked for consent.

    Invalid at `reason` (20 to 1000 characters); Refused for who is none (`why_not`), who is proposed already, or
    who declined in that quarter.
    """
    reason = _good(reason)
    lock(select(type(subject)).where(type(subject).id == subject.id))
    if said := why_not(quarter, subject):
        raise Refused(said, subject)
    honour = Honour(quarter=str(quarter), reason=reason, proposed_by_id=by.id if by else None)
    if isinstance(subject, Team):
        honour.kind, honour.team_id = HonourKind.TEAM, subject.id
    else:
        honour.kind, honour.volunteer_id, honour.asked_at = HonourKind.PERSON, subject.id, clock.now()
    honour.locate(subject.community_code)
    db.session.add(honour)
    db.session.flush()
    record(honour, "propose", by=by, to=HonourStatus.CANDIDATE)
    _ask(honour)
    return honour


def why_not(quarter: Quarter, subject: Team | Volunteer) -> str:
    """Why this team or person cannot be proposed for that quarter; '' when it can."""
    if quarter > quarter_of(clock.today()):
        return f"{quarter.words}还没有开始。"
    if isinstance(subject, Team):
        if subject.status is not TeamStatus.ACTIVE:
            return "这支团队已经解散，不能推荐。"
    else:
        must_serve(subject)
        if not may_be_star(subject.political):
            return "个人之星须是中共党员或中共预备党员。"
    before = _before(quarter, subject)
    if any(one.status is not HonourStatus.REVOKED for one in before):
        return f"已在{quarter.words}的名单里，不用再推荐。"
    if any(one.declined_at for one in before):
        return f"本人不同意参加{quarter.words}的评选，请尊重本人的意愿。"
    return "" if facts_of(quarter, subject).services else f"{quarter.words}没有服务记录，不能推荐。"


def _before(quarter: Quarter, subject: Team | Volunteer) -> list[Honour]:
    same = Honour.team_id if isinstance(subject, Team) else Honour.volunteer_id
    return list(db.session.scalars(select(Honour).where(Honour.quarter == str(quarter), same == subject.id)))


def _good(reason: str) -> str:
    reason = reason.strip()
    if not LEAST_WORDS <= len(reason) <= MOST_WORDS:
        raise Invalid("reason", f"推荐理由请写 {LEAST_WORDS} 到 {MOST_WORDS} 个字，现在是 {len(reason)} 个。")
    return reason


def _ask(honour: Honour) -> None:
    if honour.volunteer_id:
        honour.ask(f"您被推荐为{honour.title}，请您决定是否同意", ASKING.format(honour.reason))


def rewrite(honour: Honour, reason: str, version: int, *, by: User | None) -> None:
    """Another reason for a candidate; a person is asked anew, for they agreed to other words. Raises Stale."""
    reason = _good(reason)
    honour.hold()
    if honour.status is not HonourStatus.CANDIDATE:
        raise TransitionError(honour, HonourStatus.CANDIDATE)
    if honour.version != version:
        raise Stale(honour, "这位候选")
    if reason == honour.reason:
        return
    honour.reason = reason
    honour.not_agreed()
    honour.asked_at = clock.now() if honour.volunteer_id else None
    record(honour, "edit", by=by, reason="修改了推荐理由")
    db.session.flush()
    _ask(honour)


def announce(honour: Honour, first_day: date, last_day: date, *, by: User | None) -> None:
    """候选 → 公示 from day to day, with the figures of that quarter frozen.

    Refused before the quarter is over, without the person's agreement, and for who is no Party member any more;
    Invalid at `first_day` or `last_day`.
    """
    honour.hold()
    if not honour.can_move(HonourStatus.ANNOUNCED):
        raise TransitionError(honour, HonourStatus.ANNOUNCED)
    if said := not_yet(honour):
        raise Refused(said, honour)
    _check(first_day, last_day)
    quarter, subject = quarter_named(honour.quarter), _subject(honour)
    facts = facts_of(quarter, subject) if quarter else None
    if not facts or not facts.services:
        raise Refused("这个季度已经没有有效的服务记录，不能公示。", honour)
    honour.services, honour.minutes, honour.activities = facts.services, facts.minutes, facts.activities
    honour.first_day, honour.last_day = first_day, last_day
    honour.move(HonourStatus.ANNOUNCED, by=by)
    days = f"{labels.day(first_day)}到{labels.day(last_day)}"
    honour.inform(f"{honour.title}开始公示", f"公示时间：{days}。公示结束没有异议，就会公布。")
    touch("honours")


def not_yet(honour: Honour) -> str:
    """Why a candidate cannot be announced now, '' when it can."""
    quarter, subject = quarter_named(honour.quarter), _subject(honour)
    if quarter is None or not quarter.is_over:
        return f"{quarter.words if quarter else honour.quarter}还没有结束，数字还会变，结束以后才能公示。"
    if isinstance(subject, Team):
        return "" if subject.status is TeamStatus.ACTIVE else "这支团队已经解散，不能公示。"
    if subject.status is VolunteerStatus.LEFT:
        return "这位志愿者已经注销，不能公示。"
    if not may_be_star(subject.political):
        return "个人之星须是中共党员或中共预备党员。"
    return "" if honour.agreed_at else "本人还没有同意公开姓名，同意以后才能公示。"


def _subject(honour: Honour) -> Team | Volunteer:
    if honour.team_id:
        return db.session.get_one(Team, honour.team_id)
    return db.session.get_one(Volunteer, honour.volunteer_id)


def _check(first_day: date, last_day: date) -> None:
    if first_day < clock.today():
        raise Invalid("first_day", "公示不能从过去的日期开始。")
    if last_day < first_day:
        raise Invalid("last_day", "最后一天不能早于第一天。")
    if last_day - first_day > LONGEST:
        raise Invalid("last_day", f"公示最长 {LONGEST.days} 天。")
    days = working_days(first_day, last_day)
    if days < LEAST_DAYS:
        earliest = labels.day(last_of(first_day, LEAST_DAYS))
        raise Invalid("last_day", f"公示至少 {LEAST_DAYS} 个工作日，现在只有 {days} 个；最早到 {earliest}。")
