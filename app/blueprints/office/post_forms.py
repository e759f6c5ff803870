"""Forms and filters of 任职管理."""

from typing import Any

from flask import request
from sqlalchemy import Select, or_
from wtforms import RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired

from app import clock
from app.access import me
from app.blueprints.activity_filters import DayField
from app.blueprints.office.activity_forms import acting_within
from app.fields_places import ListedUnitField, RegionFilterField
from app.forms import CreationForm, Form, RegionField, TextField, clean, length, required
from app.labels import word
from app.listing import FilterForm
from app.models.post import PLACES, Post, PostState, Role, units_below
from app.models.posts import lists as search
from app.models.posts.appointment import LEVEL_WORDS, Person, Term, appoint, hand_over, roles_below
from app.models.region import CITY, Level, Region, prefixes, regions
from app.models.stateful import REASON_LIMIT


class PlaceFilter(FilterForm):
    """What both lists share: a region inside the acting post's."""

    region = RegionFilterField("区域")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region.within = acting_within() or CITY

    def chosen(self) -> list[tuple[str, str]]:
        """(what is chosen, the address without it), for the chips above the rows."""
        found = [(self.region.words, {"region": None})] if self.region.narrows else []
        return [(label, self.address(**change)) for label, change in [*found, *self.more()]]

    def more(self) -> list[tuple[str, dict[str, None]]]:
        """The same of the other fields, as changes of the address."""
        raise NotImplementedError


class PostFilter(PlaceFilter):
    """One state at a time, 在任 unless another is chosen; role and words."""

    status = StringField("状态", filters=[clean])
    role = StringField("任职", filters=[clean])
    q = StringField("关键词", filters=[clean])

    def validate_status(self, field: Any) -> None:
        """A state of a post."""
        if field.data and field.data not in set(PostState):
            raise ValidationError("没有这个状态，请重新选择。")

    def validate_role(self, field: Any) -> None:
        """A role."""
        if field.data and field.data not in set(Role):
            raise ValidationError("没有这种任职，请重新选择。")

    @property
    def shown(self) -> PostState:
        """The state whose posts are listed."""
        return next((one for one in PostState if one == self.status.data), PostState.LIVING)

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        return self.narrow_but_state(stmt).where(search.in_state(self.shown))

    def narrow_but_state(self, stmt: Select[Any]) -> Select[Any]:
        """Everything but the state: what the counts on the tabs are counted in."""
        place = [search.lies_in(self.region.data)] if self.region.narrows else []
        role = [Post.role == Role(self.role.data)] if self.role.data else []
        return stmt.where(*place, *role, *search.known_as(self.q.data or ""))

    def more(self) -> list[tuple[str, dict[str, None]]]:
        """Role and words."""
        role: list[tuple[str, dict[str, None]]] = (
            [(word(Role(self.role.data)), {"role": None})] if self.role.data else []
        )
        return [*role, (f"“{self.q.data}”", {"q": None})] if self.q.data else role

    def tabs(self, counts: dict[PostState, int]) -> list[tuple[str, str, bool, int | None]]:
        """(word, address, whether chosen, how many) of each state; the other filters stay."""
        here = self.shown
        return [(word(one), self.address(status=one.value), one is here, counts.get(one, 0)) for one in PostState]

    @property
    def roles(self) -> list[tuple[str, str]]:
        """What the acting post may see, for the select."""
        post = me().post
        peers = [Role.CITY] if post and post.role is Role.CITY else []
        seen = [*peers, *(roles_below(post) if post else [])]
        return [("", "全部任职"), *((one.value, word(one)) for one in seen)]


class VacancyFilter(PlaceFilter):
    """Level of the places where nobody holds a post."""

    level = StringField("级别", filters=[clean])

    def validate_level(self, field: Any) -> None:
        """A level below the city."""
        if field.data and field.data not in set(PLACES.values()):
            raise ValidationError("没有这个级别，请重新选择。")

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        inside = or_(*(Region.code.startswith(one) for one in prefixes(self.region.data or "")))
        place = [inside] if self.region.narrows else []
        level = [Region.level == Level(self.level.data)] if self.level.data else []
        return stmt.where(*place, *level)

    def more(self) -> list[tuple[str, dict[str, None]]]:
        """The level has tabs of its own."""
        return []

    def tabs(self, counts: dict[Level, int]) -> list[tuple[str, str, bool, int | None]]:
        """(word, address, whether chosen, how many) of 全部 and each level."""
        here = self.level.data
        levels = [(LEVEL_WORDS[one], self.address(level=one.value), here == one, n) for one, n in counts.items()]
        return [("全部", self.address(level=None), not here, sum(counts.values())), *levels]


class PersonForm(CreationForm):
    """Who is meant, from which day to which."""

    person = TextField("用户名或手机号", [required("请填写对方的用户名或手机号。"), length(64, name="用户名或手机号")])
    name = TextField("姓名", [required("请填写对方的姓名。"), length(40, name="姓名")])
    first_day = DayField("从哪天起", [DataRequired("请填写开始的日期，例如 2026-11-28。")], default=clock.today)
    last_day = DayField("到哪天止")

    @property
    def who(self) -> Person:
        """The person as typed."""
        return Person(self.person.data or "", self.name.data or "")

    @property
    def term(self) -> Term:
        """The days as typed."""
        return Term(self.first_day.data, self.last_day.data)


class AppointForm(PersonForm):
    """A post: the person, the role, the place strictly below one's own, the days."""

    role = RadioField("任职", choices=[])
    place = RegionField("任职地点")
    unit = ListedUnitField("工作单位")

    def __init__(self, **kwargs: Any) -> None:
        wanted = regions().get(request.args.get("place", ""))
        given = {"place": wanted.code, "role": wanted.level.value} if wanted else {}
        super().__init__(**{**given, **kwargs})
        post = me().post
        roles = roles_below(post) if post else []
        self.role.choices = [(one.value, word(one)) for one in roles]
        self.place.within = acting_within() or CITY
        self.place.levels = tuple(PLACES[one] for one in roles if one in PLACES)
        self.unit.within = self.place.within
        self.grants_units = post is not None and any(one.valid_to is None for one in units_below(post))

    def validate_role(self, field: Any) -> None:
        """One must be chosen."""
        if not field.data:
            raise ValidationError("请选择任职。")

    def grant(self) -> Post:
        """Give it."""
        role = Role(self.role.data)
        place = self.unit.unit_id if role is Role.UNIT else self.place.data
        return appoint(self.who, role, place, self.term, by=me())


class HandOverForm(PersonForm):
    """Who takes the post over, from which day on."""

    first_day = DayField("从哪天起接任", [DataRequired("请填写接任的日期，例如 2026-11-28。")], default=clock.today)

    def pass_on(self, post: Post) -> Post:
        """Pass it on."""
        return hand_over(post, self.who, self.term, by=me())


class RevocationForm(Form):
    """Why a post ends at once."""

    reason = TextAreaField("原因", [required("请写明撤销的原因。"), length(REASON_LIMIT, name="原因")], filters=[clean])
