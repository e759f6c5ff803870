"""How people narrow lists of teams and bases: by region, category and words; in the back office by state too."""

from collections.abc import Callable, Hashable
from typing import Any

from sqlalchemy import Select
from wtforms import BooleanField, StringField, ValidationError

from app.blueprints.activity_filters import ActivityFilter, Option
from app.blueprints.todo_filter import TodoFilter
from app.forms import clean
from app.labels import word
from app.models.activities.search import lies_in, shape_of
from app.models.category import categories
from app.models.displays import bases as base_lists
from app.models.displays import teams as team_lists
from app.models.region import CITY
from app.models.service_base import ServiceBase
from app.models.team import Team


class ShowcaseFilter(ActivityFilter):
    """The portal's."""

    model: Any
    says: Callable[[str], list[Any]]

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        kind = [self.model.category_id == self.category_id] if self.category_id else []
        return stmt.where(*lies_in(self.place, self.model), *kind, *type(self).says(self.words))

    def shape_of_words(self) -> Hashable:
        """As `search.named` takes them."""
        return shape_of(self.words, self.model)

    def state_word(self) -> list[str]:
        """What the portal lists has one state."""
        return []

    @property
    def kinds(self) -> list[Option]:
        """The categories as chips."""
        return [
            ("", "全部", None),
            *((kind.slug, kind.name, None) for kind in categories().values() if not kind.closed),
        ]


class TeamFilter(ShowcaseFilter):
    """The portal's of teams."""

    model, says = Team, staticmethod(team_lists.says)


class BaseFilter(ShowcaseFilter):
    """The portal's of bases."""

    model, says = ServiceBase, staticmethod(base_lists.says)


class KeptFilter(ShowcaseFilter):
    """The back office's: in any state, inside the acting post's region."""

    status = StringField("状态", filters=[clean])

    def __init__(self, *args: Any, within: str = CITY, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region.within = within

    def validate_status(self, field: Any) -> None:
        """A state of the noun, or none for all."""
        if field.data and field.data not in self.states:
            raise ValidationError("没有这个状态，请重新选择。")

    @property
    def states(self) -> dict[str, Any]:
        """Value → state."""
        return {state.value: state for state in self.model.MOVES}

    @property
    def state(self) -> Any:
        return self.status

    def state_word(self) -> list[str]:
        """The chosen state in words."""
        return [word(self.states[self.status.data])] if self.status.data else []

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The states for a select."""
        return [("", "全部状态"), *((value, word(state)) for value, state in self.states.items())]

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        stmt = super().narrow(stmt)
        return stmt.where(self.model.status == self.states[self.status.data]) if self.status.data else stmt


class KeptTeamFilter(TodoFilter, KeptFilter):
    """The back office's of teams; `asking`: only where somebody waits to be admitted."""

    model, says, WAITING = Team, staticmethod(team_lists.says), Team
    asking = BooleanField("只看有人申请的", false_values=("", "0", "false"))

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        stmt = super().narrow(stmt).where(*self.waiting())
        return stmt.where(team_lists.somebody_asks()) if self.asking.data else stmt

    def chosen(self) -> list[tuple[str, str]]:
        """(what is chosen, the address without it), for the chips above the rows."""
        more = [("有人申请", self.address(asking=None))] if self.asking.data else []
        return super().chosen() + more + self.waiting_word()


class KeptBaseFilter(KeptFilter):
    """The back office's of bases."""

    model, says = ServiceBase, staticmethod(base_lists.says)
