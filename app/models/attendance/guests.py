"""Walk-ins (现场补录): people who came without a place, found and put on the list."""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm.attributes import set_committed_value

from app.crypto import keyed_hash
from app.db import db
from app.models.accounts.called import goes_by
from app.models.activity import Activity
from app.models.attendance import rules
from app.models.attendance.tick import mark
from app.models.history import record
from app.models.signup import Attendance, SignUp, SignUpStatus
from app.models.signups.holding import count, hold, hold_person, shift
from app.models.user import User
from app.models.volunteer import Volunteer, VolunteerStatus
from app.models.volunteers.id_card import card_hash
from app.models.work_unit import unit_name
from app.refusal import Refused
from app.straight import add
from app.text import is_phone, plain_card, plain_phone, public_name, valid_id_card

OFFERED = 20  # people at most; more words narrow them down


@dataclass(frozen=True)
class Guest:
    """Somebody who may be put on the list: what the searcher may see of them, and whether they are on it."""

    volunteer_id: int
    name: str
    tail: str
    unit: str
    on_list: bool


def find_guests(words: str, activity: Activity, own: Select[tuple[Volunteer]]) -> list[Guest]:
    """Serving volunteers of the whole city with exactly this phone or ID number, or people of `own` by name.

    Of the former only family name and last four digits are told. `own` is a select of Volunteer, narrowed
    to one's own people. A phone may belong to several (families share).
    """
    words = words.strip()
    plain = plain_card(words)
    if valid_id_card(plain):
        return _offered(activity, select(Volunteer).where(Volunteer.id_card_hash == card_hash(plain)), known=False)
    if is_phone(plain_phone(words)):
        same = User.phone_hash == keyed_hash(plain_phone(words), "phone")
        return _offered(activity, select(Volunteer).where(same), known=False)
    return _offered(activity, own.where(goes_by(Volunteer.user_id, words)), known=True) if words else []


def _offered(activity: Activity, people: Select[tuple[Volunteer]], *, known: bool) -> list[Guest]:
    here = (SignUp.volunteer_id == Volunteer.id) & (SignUp.activity_id == activity.id)
    shown = Volunteer.id, User.name, User.phone_tail, Volunteer.unit_id, Volunteer.unit_other, SignUp.status
    serving = people.join(Volunteer.user).outerjoin(SignUp, here).where(Volunteer.status == VolunteerStatus.SERVING)
    wanted = serving.with_only_columns(*shown).order_by(User.name, Volunteer.id).limit(OFFERED)
    return [
        Guest(
            volunteer_id,
            name if known else public_name(name),
            tail,
            unit_name(unit_id, other) if known else "",
            status is SignUpStatus.ADMITTED,
        )
        for volunteer_id, name, tail, unit_id, other, status in db.session.execute(wanted)
    ]


def volunteer(id: int) -> Volunteer:
    """The volunteer with this number, wherever they belong."""
    return db.session.get_one(Volunteer, id)


def walk_in(
    activity: Activity, volunteer: Volunteer, *, by: User | None, minutes: int | None = None, reason: str = ""
) -> SignUp:
    """Put somebody who came on the list, 已录用 outside seats and deadline, and tick them at once.

    Walk-ins are not counted in `Activity.taken`: they hold no seat. A row the person has is revived as a
    walk-in; who is 已录用 already keeps the seat and is only ticked. Refused for who does not serve, and
    as `mark` refuses.
    """
    hold(activity.id)
    rules.check_time(activity)
    _, signup = hold_person(activity, volunteer.user_id)
    if volunteer.status is not VolunteerStatus.SERVING:
        raise Refused("", volunteer)
    signup = _on_list(activity, volunteer, signup, by)
    mark(signup, rules.Wanted.PRESENT, minutes, reason, by=by)
    return signup


def _on_list(activity: Activity, volunteer: Volunteer, signup: SignUp | None, by: User | None) -> SignUp:
    """The person's row in this held activity, 已录用: as it is, revived as a walk-in, or new."""
    if signup and signup.status is SignUpStatus.ADMITTED:
        return signup
    count(activity, turns=1)
    if signup is None:
        return _added(activity, volunteer, by)
    set_committed_value(signup, "activity", activity)
    shift(signup, SignUpStatus.ADMITTED, by=by, walk_in=True)
    signup.turn, signup.decline_reason = activity.turns, ""
    signup.of_that_day(activity, volunteer)
    db.session.flush()
    return signup


def _added(activity: Activity, volunteer: Volunteer, by: User | None) -> SignUp:
    signup = SignUp(
        activity_id=activity.id,
        volunteer_id=volunteer.id,
        status=SignUpStatus.ADMITTED,
        turn=activity.turns,
        walk_in=True,
        attendance=Attendance.UNKNOWN,
    )
    signup.of_that_day(activity, volunteer)
    add(signup)
    record(signup, "walk-in", by=by, to=SignUpStatus.ADMITTED)
    return signup
