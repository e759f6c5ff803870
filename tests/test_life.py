"""The whole life of a platform in any order: people apply, serve, leave; activities fill and end; requests rise and close.

After every step: no seat too many and the queue in order; every kept figure is its sum; the neighbour meets a 404; every
move has its line of history; no public page holds an asker's words; a request stays in its table and closes with a result;
who closed the account holds nothing more; no picture without its file, no file without its row. At the end of every life
`flask history verify` passes.
"""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app import clock
from app.db import db
from app.models import (
    Activity,
    Application,
    Assignment,
    Feedback,
    HelpRequest,
    History,
    Picture,
    SignUp,
    UnitDispute,
    User,
    Volunteer,
    WorkUnit,
)
from app.models.accounts.erasure import close_account
from app.models.application import ApplicationStatus
from app.models.attendance.tick import mark
from app.models.attendance.together import complete
from app.models.help.states import AssignmentStatus, HelpStatus
from app.models.recount import activities as activities_differ
from app.models.recount import months, people, teams
from app.models.signup import SignUpStatus
from app.models.volunteer import VolunteerStatus
from app.refusal import Invalid, Refused
from tests import cast
from tests.applicants import apply, card
from tests.fixtures import as_new
from tests.helps import ADDRESS, PHONE, TEXT, ask
from tests.portal_feedback import SAFE

CANARIES = (PHONE, ADDRESS, TEXT[:8])
PUBLIC = ("/", "/help", "/activities", "/search?q=水管")


class Life(RuleBasedStateMachine):
    """One city from its first volunteer on; `site` is (application, database) and `kind` its name."""

    site: Any = None
    kind = "sqlite"
    persons, plans, asked, places = Bundle("persons"), Bundle("plans"), Bundle("asked"), Bundle("places")

    @initialize()
    def begin(self) -> None:
        self.context = as_new(*self.site, self.kind)
        self.app = self.context.__enter__()
        self.number, self.moves = 0, 0
        self.neighbour, self.visitor = self.app.test_client().sign_in("baiyun"), self.app.test_client()

    def teardown(self) -> None:
        if hasattr(self, "context"):
            db.session.commit()
            told = [self.app.test_cli_runner().invoke(args=args) for args in (["tick"], ["history", "verify"])]
            assert not [one.output for one in told if one.exit_code], told[-1].output
            self.context.__exit__(None, None, None)
            shutil.rmtree(
                self.app.config["UPLOAD_URL"], ignore_errors=True
            )  # no picture of this life meets the next one

    def act(self, verb: Any) -> Any:
        """Do it in a transaction; what is refused leaves nothing."""
        try:
            done = verb()
            db.session.commit()
            return done
        except (Refused, Invalid):
            db.session.rollback()
            return None

    def staff(self) -> User:
        return cast.who("wantong")

    @rule(target=persons)
    def register_and_apply(self) -> int:
        self.number += 1
        user = cast.make_user(f"life{self.number}", f"申请人{chr(0x4E00 + self.number)}", f"137{self.number:08d}")
        id = user.id
        self.act(lambda: apply(user, id_card=card(self.number)))
        return id

    @rule(person=persons, verb=st.sampled_from(["approve", "send_back", "reject", "undo"]))
    def decide(self, person: int, verb: str) -> None:
        for one in db.session.scalars(db.select(Application).where(Application.user_id == person)).all():
            more = {"reason": "情况不符"} if verb in ("send_back", "reject") else {}
            self.act(lambda one=one, more=more: getattr(one, verb)(by=self.staff(), **more))

    @rule(target=plans, capacity=st.integers(1, 2), asks=st.booleans(), hours=st.integers(1, 4))
    def publish(self, capacity: int, asks: bool, hours: int) -> int:
        start = clock.now() + timedelta(hours=hours)
        activity = cast.make_activity(capacity=capacity, needs_approval=asks, starts_at=start)
        db.session.commit()
        return activity.id

    @rule(person=persons, plan=plans)
    def sign_up(self, person: int, plan: int) -> None:
        mine = db.session.scalar(db.select(Volunteer).where(Volunteer.user_id == person))
        by = db.session.get_one(User, person)
        self.act(lambda: SignUp.join(mine, db.session.get_one(Activity, plan), by=by))

    def of(self, plan: int) -> list[SignUp]:
        return list(db.session.scalars(db.select(SignUp).where(SignUp.activity_id == plan).order_by(SignUp.turn)))

    @rule(plan=plans, place=st.integers(0, 3), verb=st.sampled_from(["cancel", "admit", "decline"]))
    def move_sign_up(self, plan: int, place: int, verb: str) -> None:
        for one in self.of(plan)[place : place + 1]:
            by = db.session.get_one(User, one.volunteer.user_id) if verb == "cancel" else self.staff()
            more = {"reason": "人手已够"} if verb == "decline" else {}
            self.act(lambda one=one, by=by, more=more: getattr(one, verb)(by=by, **more))

    @rule(plan=plans, place=st.integers(0, 3), wanted=st.sampled_from(["1", "0", "leave"]))
    def tick_attendance(self, plan: int, place: int, wanted: str) -> None:
        for one in self.of(plan)[place : place + 1]:
            self.act(lambda one=one: mark(one, wanted, reason="补记", by=self.staff()))

    @rule(plan=plans)
    def end(self, plan: int) -> None:
        self.act(lambda: complete(db.session.get_one(Activity, plan), by=self.staff()))

    @rule(plan=plans)
    def call_off(self, plan: int) -> None:
        self.act(lambda: db.session.get_one(Activity, plan).cancel(self.staff(), "天气不好"))

    @rule(person=persons, verb=st.sampled_from(["pause", "resume", "leave"]))
    def membership(self, person: int, verb: str) -> None:
        mine = db.session.scalar(db.select(Volunteer).where(Volunteer.user_id == person))
        if mine:
            more = {} if verb == "resume" else {"reason": "外出"}
            self.act(lambda: getattr(mine, verb)(by=db.session.get_one(User, person), **more))

    @rule(person=persons)
    def close(self, person: int) -> None:
        user = db.session.get_one(User, person)
        if not user.is_closed:
            self.act(lambda: close_account(user, by=user))

    @rule(plan=plans, verb=st.sampled_from(["draft", "publish", "withdraw"]), pictures=st.integers(0, 2))
    def feed_back(self, plan: int, verb: str, pictures: int) -> None:
        activity, by = db.session.get_one(Activity, plan), self.staff()
        held = Feedback.latest(activity)
        if verb == "draft":
            self.act(
                lambda: Feedback.draft(
                    activity,
                    "一上午的活动",
                    "大家都来了，忙了一上午，很高兴。",
                    [(Picture.keep(SAFE, by=by), "现场")] * pictures,
                    by=by,
                )
            )
        elif held is not None:
            more = {"reason": "照片不清楚"} if verb == "withdraw" else {}
            self.act(lambda: getattr(held, verb)(by=by, **more))

    @rule(target=places)
    def found_unit(self) -> int | None:
        self.number += 1
        made = self.act(lambda: WorkUnit.add(f"第{self.number}工厂", by=cast.who("city")))
        return made.id if made else None

    @rule(person=persons, place=places)
    def work_there(self, person: int, place: int | None) -> None:
        mine = db.session.scalar(db.select(Volunteer).where(Volunteer.user_id == person))
        if mine and place and mine.status is not VolunteerStatus.LEFT:
            mine.unit_id = db.session.get_one(WorkUnit, place).merged_into_id or place
            db.session.commit()

    @rule(one=places, other=places)
    def merge_units(self, one: int | None, other: int | None) -> None:
        if one and other and one != other:
            self.act(lambda: db.session.get_one(WorkUnit, one).merge(other, by=cast.who("city")))

    @rule(person=persons, verb=st.sampled_from(["put", "uphold", "reject", "withdraw"]))
    def dispute(self, person: int, verb: str) -> None:
        mine = db.session.scalar(db.select(Volunteer).where(Volunteer.user_id == person))
        if mine and mine.unit_id and verb == "put":
            self.act(lambda: UnitDispute.put(mine, "不在我单位工作", by=cast.who("unit")))
        for one in db.session.scalars(
            db.select(UnitDispute).where(UnitDispute.volunteer_id == (mine.id if mine else 0))
        ).all():
            more = {"reason": "确实在那里"} if verb == "reject" else {}
            if verb != "put":
                self.act(lambda one=one, more=more: getattr(one, verb)(by=self.staff(), **more))

    @rule(hours=st.integers(1, 30))
    def time_goes_by(self, hours: int) -> None:
        db.session.commit()
        clock.move(clock._shift + timedelta(hours=hours))
        self.neighbour = self.app.test_client().sign_in("baiyun")  # sessions end with time
        assert self.app.test_cli_runner().invoke(args=["tick"]).exit_code == 0

    @rule(target=asked)
    def ask_for_help(self) -> int:
        request = ask()
        db.session.commit()
        return request.id

    @rule(
        request=asked,
        verb=st.sampled_from(
            ["accept", "ask_back", "refuse", "transfer", "solve", "close", "close_private", "refuse_result", "withdraw"]
        ),
    )
    def move_request(self, request: int, verb: str) -> None:
        one, by = db.session.get_one(HelpRequest, request), self.staff()
        acts = {
            "accept": lambda: one.accept(by=by),
            "ask_back": lambda: one.ask_back(by=by, reason="请写明楼层"),
            "refuse": lambda: one.refuse(by=by, reason="不属于志愿服务"),
            "transfer": lambda: one.transfer(cast.baiyun_code(), by=by, reason="住在那边"),
            "solve": lambda: one.solve("修好了接头", by=by),
            "close": lambda: one.close(
                by=by, result="换好了接头", title="水管漏水", summary="志愿者换了接头，当天修好。"
            ),
            "close_private": lambda: one.close(by=by, result="换好了接头", private_reason="涉及隐私"),
            "refuse_result": lambda: one.refuse_result(by=by, reason="还没有修好"),
            "withdraw": one.withdraw,
        }
        self.act(acts[verb])

    @rule(request=asked, person=persons)
    def arrange(self, request: int, person: int) -> None:
        mine = db.session.scalar(db.select(Volunteer.id).where(Volunteer.user_id == person))
        if mine:
            self.act(lambda: db.session.get_one(HelpRequest, request).arrange([mine], by=self.staff()))

    @rule(request=asked, verb=st.sampled_from(["accept", "decline", "give_up", "file_result"]))
    def answer(self, request: int, verb: str) -> None:
        for one in db.session.scalars(db.select(Assignment).where(Assignment.request_id == request)).all():
            by = db.session.get_one(User, one.user_id)
            acts = {
                "accept": lambda one=one, by=by: one.accept(by=by),
                "decline": lambda one=one, by=by: one.decline(by=by),
                "give_up": lambda one=one, by=by: one.give_up(by=by, reason="临时有事"),
                "file_result": lambda one=one, by=by: one.file_result("做好了", 60, by=by),
            }
            self.act(acts[verb])

    @invariant()
    def seats_hold_and_figures_are_sums(self) -> None:
        if not hasattr(self, "app"):
            return
        db.session.expire_all()
        for activity in db.session.scalars(db.select(Activity)):
            held = [one for one in self.of(activity.id) if not one.walk_in]
            admitted = sum(one.status is SignUpStatus.ADMITTED for one in held)
            assert admitted <= activity.capacity, "a seat too many"
            assert len({one.turn for one in held}) == len(held)
        wrong = [str(one) for check in (people, months, teams, activities_differ) for one in check()]
        assert not wrong, wrong

    @invariant()
    def requests_stay_in_their_table(self) -> None:
        if not hasattr(self, "app"):
            return
        for one in db.session.scalars(db.select(HelpRequest)):
            assert one.status in HelpStatus
            if one.status is HelpStatus.CLOSED:
                assert one.result, "closed without a result"
            lines = db.session.scalars(
                db.select(History.to_state)
                .where(History.noun == "help_request", History.noun_id == one.id)
                .order_by(History.id)
            ).all()
            assert not lines or lines[-1] in (one.status.value, ""), (lines, one.status)
        living = (AssignmentStatus.OFFERED, AssignmentStatus.ACCEPTED) if hasattr(AssignmentStatus, "OFFERED") else ()
        assert (
            not living
            or not db.session.scalars(
                db.select(Assignment.id)
                .join(HelpRequest)
                .where(Assignment.status.in_(living), HelpRequest.status == HelpStatus.CLOSED)
            ).all()
        )

    @invariant()
    def who_is_gone_holds_nothing(self) -> None:
        if not hasattr(self, "app"):
            return
        gone = db.select(User.id).where(User.phone_hash == "")
        serving = db.select(Volunteer.id).where(Volunteer.user_id.in_(gone), Volunteer.status != VolunteerStatus.LEFT)
        open_ = Application.status.in_((ApplicationStatus.PENDING, ApplicationStatus.RETURNED))
        waiting = db.select(Application.id).where(Application.user_id.in_(gone), open_)
        assert not db.session.scalars(serving).all(), "who closed the account still serves"
        assert not db.session.scalars(waiting).all(), "who closed the account still waits to be approved"

    @invariant()
    def files_and_rows_belong_together(self) -> None:
        if not hasattr(self, "app"):
            return
        there = {one.name for one in Path(self.app.config["UPLOAD_URL"]).rglob("*") if one.is_file()}
        named = {name for picture in db.session.scalars(db.select(Picture)) for name in picture.files}
        assert there == named, (there - named, named - there)

    @invariant()
    def strangers_see_nothing(self) -> None:
        if not hasattr(self, "app") or not self.number:
            return
        id = db.session.scalar(db.select(db.func.max(Application.id)))
        if id:
            assert self.neighbour.get(f"/office/applications/{id}").status_code == 404
        page = self.visitor.get(PUBLIC[self.number % len(PUBLIC)]).text
        assert not [one for one in CANARIES if one in page]


def live(site: Any, kind: str, examples: int, steps: int, part: int | None = None) -> None:
    """So many lives of so many steps; each `part` has lives of its own, the same every time."""
    machine = type("Lived", (Life,), {"site": site, "kind": kind})
    machine = machine if part is None else seed(part)(machine)
    quick = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    run_state_machine_as_test(machine, settings=quick)


@pytest.fixture
def site(kind, applications, databases):
    """The application and its database, to be as new for every life."""
    return applications(kind), databases(kind)


def test_a_few_lives(site, kind):
    """The lives are drawn the same every time: PostgreSQL lives the first of them (`full`: many on both)."""
    live(site, kind, examples=3 if kind == "sqlite" else 1, steps=25)


@pytest.mark.full
@pytest.mark.parametrize("part", range(15))
def test_many_long_lives(site, kind, part):
    """150 on each database, in parts: workers share them, and a run that is broken off has shown something."""
    live(site, kind, examples=10, steps=60, part=part)


@pytest.mark.sqlite_only
def test_a_seat_too_many_is_noticed(site, kind, monkeypatch):
    """The planted hole: a queue that knows no capacity, met by one life in which somebody signs up."""
    monkeypatch.setattr("tests.test_life.SignUp.join", _squeezed_in)
    life = type("Lived", (Life,), {"site": site, "kind": kind})()
    life.begin()
    try:
        person, plan = life.register_and_apply(), life.publish(capacity=2, asks=False, hours=4)
        life.seats_hold_and_figures_are_sums()
        life.sign_up(person=person, plan=plan)
        with pytest.raises(AssertionError, match="a seat too many"):
            life.seats_hold_and_figures_are_sums()
    finally:
        life.teardown()


def _squeezed_in(volunteer: Any, activity: Activity, *, by: User) -> None:
    """Three are in and nobody is counted: a count above the capacity the database itself refuses."""
    for turn, username in enumerate(("volunteer", "second", "third"), 1):
        other = cast.volunteer_of(username)
        signup = SignUp(activity_id=activity.id, volunteer_id=other.id, status=SignUpStatus.ADMITTED, turn=turn)
        signup.of_that_day(activity, other)
        db.session.add(signup)
