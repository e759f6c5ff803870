"""What does not go as planned: people who pause or leave, seats given back, ticks that come late, requests that go round."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import Select, select

from app import clock
from app.db import db
from app.demo import help_stories as words
from app.demo.delegation import days_ago
from app.demo.names import phone
from app.demo.people import BAIYUN, WANTONG, Person, acting
from app.models import Activity, Feedback, HelpRequest, ServiceBase, SignUp, Team, UnitDispute, User, Volunteer
from app.models.activity import ActivityStatus
from app.models.assignment import Assignment
from app.models.attendance import mark
from app.models.contact_view import look, look_as_volunteer
from app.models.help.clock import due_requests, settle_help
from app.models.help_request import Asking
from app.models.honour import Honour
from app.models.professional import Professional
from app.models.signup import Attendance, SignUpStatus
from app.models.team import TeamMember
from app.models.volunteer import VolunteerStatus

LATE, CANCELLED = 3, 6  # ticks after 结项, seats given back


def make_turns(random: Random, people: list[Person], staff: dict[str, int]) -> str:
    """Let it all happen, by the product's own verbs; says what happened."""
    random.shuffle(near := [one for one in people[1:] if one.community == WANTONG])
    community, unit = acting(staff["wantong"]), acting(staff["unit"])
    late = _ticked_late(community)
    _close_down(community)
    _feedback(community)
    _doubt_withdrawn(unit)
    gone = _away(_quiet(near), community)
    rounds = Rounds(near[-1], near[-2], people[0], staff)
    rounds.make()
    for id in due_requests():
        settle_help(id)
    return f"事后补正 {late} 次，退出报名 {_seats_given_back(people[0])} 个，暂停和注销 {gone} 名，转办和重开的求助 {rounds.made} 件"


def _quiet(near: list[Person]) -> list[Volunteer]:
    """Neighbours whose going changes no story of a star, a team or a professional."""
    busy: list[Select[Any]] = [
        select(Honour.volunteer_id).where(Honour.volunteer_id.is_not(None)),
        select(Professional.volunteer_id),
        select(TeamMember.volunteer_id),
        select(Assignment.volunteer_id),
        select(UnitDispute.volunteer_id),
    ]
    ids = [one.volunteer_id for one in near[:-2]]
    free = select(Volunteer).where(Volunteer.id.in_(ids), *[Volunteer.id.not_in(one) for one in busy])
    return list(db.session.scalars(free.where(Volunteer.status == VolunteerStatus.SERVING).order_by(Volunteer.id)))


def _away(quiet: list[Volunteer], staff: User) -> int:
    """One pauses, one is paused and comes back, one is paused by staff, two leave."""
    pausing, back, ill, moved, tired = quiet[:5]
    with days_ago(40):
        _self(pausing, lambda by: pausing.pause(by=by, reason="去外地照看孙辈，明年春天回来。"))
        back.pause(by=staff, reason="本人来电：住院手术，休养一个月。")
    with days_ago(9):
        back.resume(by=staff)
        ill.pause(by=staff, reason="本人来电：腿脚不便，先歇一阵。")
        moved.leave(by=staff, reason="户口和住处都迁到外地，本人要求注销。")
    with days_ago(3):
        _self(tired, lambda by: tired.leave(by=by))
    return 4


def _self(volunteer: Volunteer, does: Callable[[User], None]) -> None:
    does(db.session.get_one(User, volunteer.user_id))


def _ticked_late(staff: User) -> int:
    """Some of the newest 结项 whose absence was a slip of the list."""
    done = Activity.status == ActivityStatus.COMPLETED, Activity.completed_at > clock.now() - timedelta(days=29)
    here = select(SignUp).join(SignUp.activity).where(Activity.community_code == WANTONG, *done)
    missed = here.where(SignUp.status == SignUpStatus.ADMITTED, SignUp.attendance == Attendance.ABSENT)
    rows = list(db.session.scalars(missed.order_by(SignUp.id.desc()).limit(LATE)))
    for row in rows:
        mark(row, "1", None, "签到表上有签名，当天漏点，补记。", by=staff)
    return len(rows)


def _seats_given_back(volunteer: Person) -> int:
    """Some cancel what is to come; the next in the queue takes the seat."""
    coming = Activity.status == ActivityStatus.PUBLISHED, Activity.starts_at > clock.now() + timedelta(hours=3)
    seats = select(SignUp).join(SignUp.activity).where(*coming, SignUp.status == SignUpStatus.ADMITTED)
    own = seats.where(SignUp.volunteer_id == volunteer.volunteer_id).order_by(SignUp.id.desc()).limit(1)
    others = seats.where(SignUp.volunteer_id != volunteer.volunteer_id, Activity.community_code == WANTONG)
    rows = [*db.session.scalars(own), *db.session.scalars(others.order_by(SignUp.id.desc()).limit(CANCELLED - 1))]
    for row in rows:
        user_id = db.session.scalar(select(Volunteer.user_id).where(Volunteer.id == row.volunteer_id))
        row.cancel(by=db.session.get_one(User, user_id))
    return len(rows)


def _close_down(staff: User) -> None:
    """A team and a base of 万通 that are no more."""
    stated = {"category_id": None, "contact": "", "introduction": ""}
    with days_ago(200):
        team = Team.found(
            WANTONG,
            stated
            | {"name": "楼道守望队", "founded_on": None, "introduction": "夜里看楼道的灯，白天问独居老人要不要捎菜。"},
            [],
            by=staff,
        )
        room = {
            "name": "旧书屋",
            "address": "老办公楼一楼",
            "opening_hours": "周末",
            "introduction": "居民捐的旧书，可以借回家看。",
        }
        base = ServiceBase.found(WANTONG, stated | room, [], by=staff)
    with days_ago(60):
        team.close(by=staff, reason="队员都搬到新小区，并入那里的队伍。")
        base.close(by=staff, reason="老楼改造，图书搬到红色书屋。")


def _feedback(staff: User) -> None:
    """Of 万通: one that is still being written, one that was withdrawn, where none was written yet."""
    untold = ~select(Feedback.id).where(Feedback.activity_id == Activity.id).exists()
    over = select(Activity).where(
        Activity.community_code == WANTONG, Activity.status == ActivityStatus.COMPLETED, untold
    )
    rows = list(db.session.scalars(over.order_by(Activity.ends_at.desc()).limit(2)))
    made = [Feedback.draft(one, f"{one.title}小结"[:60], "来的人很齐，照片还在整理。", [], by=staff) for one in rows]
    for feedback in made[1:]:
        feedback.publish(by=staff)
        feedback.withdraw(by=staff, reason="有一段写错了时间，改好再发。")


def _doubt_withdrawn(unit: User) -> None:
    """The unit doubted one of its people, and found the letter of transfer."""
    doubted = select(UnitDispute.volunteer_id)
    own = select(Volunteer).where(Volunteer.unit_id == (unit.post.unit_id if unit.post else None))
    here = own.where(Volunteer.community_code == WANTONG, Volunteer.id.not_in(doubted))
    person = db.session.scalars(here.order_by(Volunteer.id).limit(1)).one()
    with days_ago(45):
        dispute = UnitDispute.put(person, "花名册上没有找到，请核实。", by=unit)
    with days_ago(44):
        dispute.withdraw(by=unit)


class Rounds:
    """Requests that go round: transferred, looked into, left by their helper, offered in vain, opened again."""

    def __init__(self, one: Person, other: Person, volunteer: Person, staff: dict[str, int]) -> None:
        self.one, self.other, self.volunteer = one, other, volunteer
        self.wantong, self.baiyun = acting(staff["wantong"]), acting(staff["baiyun"])
        self.made = 0

    def make(self) -> None:
        """One of each."""
        self._transferred()
        self._transferred_twice()
        self._given_up()
        self._offered_in_vain()
        self._reopened()

    def _ask(self, community: str, number: int, by: User | None = None) -> HelpRequest:
        self.made += 1
        story = words.STORIES[number]
        told = Asking(
            name=words.NAMES[number],
            phone=phone(25_000 + number),
            community=community,
            address=words.ADDRESSES[number % len(words.ADDRESSES)],
            category=story.category,
            content=story.content,
            wanted_on=None,
            on_behalf=by is not None,
        )
        return HelpRequest.ask(told, by=by) if by else HelpRequest.ask(told)

    def _transferred(self) -> None:
        with days_ago(1):
            request = self._ask(BAIYUN, 0)
            request.transfer(WANTONG, by=self.baiyun, reason="求助人住在万通社区。")

    def _transferred_twice(self) -> None:
        with days_ago(4):
            request = self._ask(WANTONG, 1, by=self.wantong)
            request.transfer(BAIYUN, by=self.wantong, reason="房子在白云社区。")
        with days_ago(3):
            request.transfer(WANTONG, by=self.baiyun, reason="人已经搬到万通社区。")

    def _given_up(self) -> None:
        """Both looked at the contact; one could not go, the other does."""
        with days_ago(3):
            request = self._ask(WANTONG, 2)
            request.accept(by=self.wantong)
            look(request, by=self.wantong)
            first, second = request.arrange([self.one.volunteer_id, self.volunteer.volunteer_id], by=self.wantong)
            for offer in (first, second):
                who = db.session.get_one(User, offer.user_id)
                offer.accept(by=who)
                look_as_volunteer(self._with_request(offer), by=who)
        with days_ago(2):
            first.give_up(by=db.session.get_one(User, first.user_id), reason=words.GIVE_UPS[0])

    def _offered_in_vain(self) -> None:
        with days_ago(3):
            request = self._ask(WANTONG, 3)
            request.accept(by=self.wantong)
            request.arrange([self.other.volunteer_id], by=self.wantong)
        request.settle()

    def _reopened(self) -> None:
        story = words.STORIES[4]
        with days_ago(12):
            request = self._ask(WANTONG, 4)
            request.accept(by=self.wantong)
            [offer] = request.arrange([self.one.volunteer_id], by=self.wantong)
            who = db.session.get_one(User, offer.user_id)
            offer.accept(by=who)
            offer.file_result(story.result, story.minutes, by=who)
            request.close(by=self.wantong, result=story.result, title=story.title, summary=story.summary)
        with days_ago(2):
            request.reopen(reason="过了两天又出了同样的问题，请再来看看。")

    @staticmethod
    def _with_request(offer: Assignment) -> Assignment:
        db.session.refresh(offer, ["request"])
        return offer
