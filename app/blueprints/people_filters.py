"""How the back office narrows lists of people: applications by state and time, volunteers by place and skill."""

from collections.abc import Hashable
from typing import Any, ClassVar

from sqlalchemy import Select
from wtforms import BooleanField, SelectField, StringField, ValidationError

from app.access import me
from app.blueprints.todo_filter import TodoFilter
from app.fields_places import RegionFilterField, typed
from app.forms import clean
from app.labels import word
from app.listing import FilterForm
from app.models.application import Application
from app.models.applications import queue
from app.models.applications.approval import ApplicationStatus
from app.models.region import CITY, within
from app.models.regions.homes import districts_of
from app.models.volunteer import Skill, Volunteer, VolunteerStatus
from app.models.volunteers import search
from app.models.work_unit import units
from app.pickers import UnitFilter
from app.text import number_of

IDENTITY_WORDS = {
    "employed-party": "在职党员",
    "retired-party": "退休党员",
    "other-party": "其他党员",
    "league": "共青团员",
    "democratic": "民主党派",
    "masses": "群众",
}
TABS = (
    ApplicationStatus.PENDING,
    ApplicationStatus.RETURNED,
    ApplicationStatus.APPROVED,
    ApplicationStatus.REJECTED,
    ApplicationStatus.WITHDRAWN,
)


class PeopleFilter(FilterForm):
    """What both lists share: region inside the acting post's, identity, words. LISTED is what they list."""

    LISTED: ClassVar[Any]
    region = RegionFilterField("区域")
    identity = SelectField("身份", choices=[("", "全部身份"), *IDENTITY_WORDS.items()], validate_choice=False)
    q = StringField("关键词", filters=[clean])

    def __init__(self, *args: Any, within: str = CITY, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region.within = within

    def validate_identity(self, field: Any) -> None:
        """One of the list, or none for all."""
        if field.data and field.data not in search.IDENTITIES:
            raise ValidationError("没有这个身份，请重新选择。")

    def common(self, model: Any) -> list[Any]:
        """Identity and words."""
        everywhere, districts = self._everywhere(), districts_of(self._served_in())
        known = search.known_as(model, self.q.data or "", everywhere=everywhere, districts=districts)
        return [*search.being(model, self.identity.data or "", everywhere=everywhere), *known]

    def _everywhere(self) -> bool:
        """Whether all of the city's people are listed."""
        return (self.region.data or self.region.within) == CITY

    def _served_in(self) -> str:
        """The code of the region in which all the list's people serve."""
        return str(self.region.data or self.region.within)

    def shape_of_words(self) -> Hashable:
        """As `search.known_as` takes them."""
        return search.shape_of(self.LISTED, self.q.data or "", districts_of(self._served_in()))

    def common_words(self) -> list[tuple[str, dict[str, None]]]:
        """(what is chosen, what to take out of the address) of region, identity and words."""
        found: list[tuple[str, dict[str, None]]] = []
        if self.region.narrows:
            found.append((self.region.words, {"region": None}))
        if self.identity.data:
            found.append((IDENTITY_WORDS[self.identity.data], {"identity": None}))
        if self.q.data:
            found.append((f"“{self.q.data}”", {"q": None}))
        return found


class ServingFilter(PeopleFilter):
    """The volunteers that serve, to be found by name or phone where somebody is added or asked."""

    LISTED = Volunteer

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Whom the words name, in the region that was chosen."""
        place = [within(Volunteer, self.region.data)] if self.region.narrows else []
        return stmt.where(Volunteer.status == VolunteerStatus.SERVING, *place, *self.common(Volunteer))


class ApplicationFilter(TodoFilter, PeopleFilter):
    """The queue's: one state at a time, 待审核 unless another is chosen."""

    WAITING = LISTED = Application

    status = StringField("状态", filters=[clean])
    overdue = BooleanField("只看已超期", false_values=("", "0", "false"))

    def validate_status(self, field: Any) -> None:
        """A state of an application."""
        if field.data and field.data not in set(ApplicationStatus):
            raise ValidationError("没有这个状态，请重新选择。")

    @property
    def shown(self) -> ApplicationStatus:
        """The state whose applications are listed."""
        return next((one for one in ApplicationStatus if one == self.status.data), ApplicationStatus.PENDING)

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        place = within(Application, self.region.data) if self.region.narrows else None
        late = queue.overdue() if self.overdue.data else []
        places = [] if place is None else [place]
        return stmt.where(Application.status == self.shown, *places, *late, *self.waiting(), *self.common(Application))

    def chosen(self) -> list[tuple[str, str]]:
        """(what is chosen, the address without it), for the chips above the rows."""
        found = self.common_words()
        if self.overdue.data:
            found.append(("已超期", {"overdue": None}))
        return [*((label, self.address(**change)) for label, change in found), *self.waiting_word()]

    def tabs(self) -> list[tuple[str, str, ApplicationStatus]]:
        """(word, address, state) of each state's tab; the other filters stay."""
        only = {"overdue": None, "todo": None}  # what only 待审核 knows
        return [(word(status), self.address(status=status.value, **only), status) for status in TABS]


LIVE = (VolunteerStatus.SERVING, VolunteerStatus.PAUSED)
BY = {"service": "服务社区", "home": "居住社区"}


class VolunteerFilter(PeopleFilter):
    """The roster's: 服务中 and 暂停 unless a state is chosen; by service or by home community."""

    LISTED = Volunteer

    by = SelectField("按", choices=list(BY.items()), validate_choice=False)
    unit = StringField("工作单位", filters=[clean])
    skill = SelectField(
        "特长", choices=[("", "全部特长"), *((one.value, word(one)) for one in Skill)], validate_choice=False
    )
    status = SelectField(
        "状态", choices=[("", "在册"), *((one.value, word(one)) for one in VolunteerStatus)], validate_choice=False
    )

    def validate_by(self, field: Any) -> None:
        """Service (the usual) or home."""
        if field.data and field.data not in BY:
            raise ValidationError("请选择按服务社区还是居住社区。")

    def validate_unit(self, field: Any) -> None:
        """The id of a unit of the list."""
        if field.data and self.unit_id not in units():
            raise ValidationError("没有这个单位，请重新选择。")

    def validate_skill(self, field: Any) -> None:
        """A skill of the list."""
        if field.data and field.data not in set(Skill):
            raise ValidationError("没有这项特长，请重新选择。")

    def validate_status(self, field: Any) -> None:
        """A state of a volunteer."""
        if field.data and field.data not in set(VolunteerStatus):
            raise ValidationError("没有这个状态，请重新选择。")

    @property
    def unit_id(self) -> int | None:
        """The chosen unit."""
        return number_of(self.unit.data)

    @property
    def unit_pick(self) -> UnitFilter:
        """What the macro draws."""
        return UnitFilter("unit", self.unit.data or "", typed("unit_q"))

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        states = (VolunteerStatus(self.status.data),) if self.status.data else LIVE
        some = search.standing(states, everywhere=self._everywhere())
        conditions = [*some, *self.common(Volunteer), *self._places()]
        if self.unit_id:
            conditions.append(Volunteer.unit_id == self.unit_id)
        if self.skill.data:
            conditions.append(search.skilled(Skill(self.skill.data)))
        return stmt.where(*conditions)

    def _places(self) -> list[Any]:
        if not self.region.narrows:
            return []
        if self.by.data == "home":
            return [search.living_in(self.region.data)]
        return [within(Volunteer, self.region.data)]

    def _served_in(self) -> str:
        return self.region.within if self.by.data == "home" else super()._served_in()

    def _everywhere(self) -> bool:
        post = me().post
        return super()._everywhere() and not self.unit_id and not (post and post.unit_id)

    def chosen(self) -> list[tuple[str, str]]:
        """(what is chosen, the address without it), for the chips above the rows."""
        found = self.common_words()
        if self.unit_id:
            found.append((units()[self.unit_id].name, {"unit": None}))
        if self.skill.data:
            found.append((word(Skill(self.skill.data)), {"skill": None}))
        if self.status.data:
            found.append((word(VolunteerStatus(self.status.data)), {"status": None}))
        if self.by.data == "home" and self.region.narrows:
            found.append(("按居住社区", {"by": None}))
        return [(label, self.address(**change)) for label, change in found]
