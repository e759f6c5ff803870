"""The forms of the checklist, and the moment by which 'all the rest came' is undone."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select
from wtforms import IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import Optional

from app.forms import Form, clean
from app.labels import word
from app.listing import FilterForm
from app.models import Activity
from app.models.attendance import roll, rules
from app.models.attendance.rules import Wanted
from app.models.signup import Attendance, SignUp

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RollFilter(FilterForm):
    """One state, and words that a person goes by."""

    # cleaned: Optional lets mere spaces pass, whatever the choices are
    state = RadioField(
        choices=[(one.value, "") for one in Attendance], validators=[Optional()], filters=[clean], default=""
    )
    q = StringField(filters=[clean])

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """The people in that state who go by these words."""
        if self.state.data:
            stmt = stmt.where(SignUp.attendance == Attendance(self.state.data))
        return stmt.where(roll.called(self.q.data)) if self.q.data else stmt


class TickForm(Form):
    """The wanted state, minutes and reason of one person; the verb judges them."""

    attended = RadioField("到场", choices=[], validate_choice=False)
    minutes = StringField("服务时长（分钟）", default="")
    reason = TextAreaField("原因", default="")

    @classmethod
    def of(cls, signup: SignUp) -> "TickForm":
        """Filled with what stands."""
        wanted = {Attendance.PRESENT: Wanted.PRESENT, Attendance.EXCUSED: Wanted.EXCUSED}
        return cls(attended=wanted.get(signup.attendance, Wanted.NOT).value, minutes=signup.minutes or "")

    def offer(self, activity: Activity) -> None:
        """Name the states to choose from: before 结项 nobody is 缺席, after it nobody 未确认."""
        states = Attendance.PRESENT, rules.wanted_state(Wanted.NOT, activity), Attendance.EXCUSED
        self.attended.choices = [(one.value, word(state)) for one, state in zip(Wanted, states, strict=True)]
        most = rules.length(activity) + rules.EXTRA
        self.minutes.description = (
            f"计划 {rules.usual_minutes(activity)} 分钟；超过 {most} 分钟的，请写明原因。只记给已到的人。"
        )
        self.reason.description = "结项以后的更正必须写明原因，本人会看到。" if rules.corrected(activity) else ""

    @property
    def wanted(self) -> str:
        return self.attended.data or ""

    @property
    def length(self) -> int | None:
        """The minutes; Invalid when they are no whole number. Who is not 已到 has none."""
        return rules.read_minutes(self.minutes.data or "") if self.wanted == Wanted.PRESENT else None

    @property
    def why(self) -> str:
        return self.reason.data or ""


class CompletionForm(Form):
    """The number of 缺席 that the page named; left out by who names none."""

    absent = IntegerField("缺席人数", [Optional()])


def token_of(at: datetime) -> str:
    """A moment as microseconds, for an address."""
    return str((at - EPOCH) // timedelta(microseconds=1))


def moment_of(token: str) -> datetime:
    """The moment of such a token; for anything else one at which nobody was ticked."""
    return EPOCH + timedelta(microseconds=int(token) if token.isdecimal() and len(token) <= 17 else 0)
