"""待办 as a filter of a list: `todo=help`, `help-risen`, `help-all` leave exactly what the workbench counts."""

from collections.abc import Hashable
from typing import Any, ClassVar

from wtforms import StringField, ValidationError

from app.access import me
from app.forms import clean
from app.freshness import generation
from app.listing import FilterForm
from app.models.pages.duties import Kind, Part, stands, todo
from app.models.pages.duty_kinds import KINDS
from app.models.posts.rising import held_places

WORDS = {Part.OWN: "待办", Part.RISEN: "下级超期上升", Part.ALL: "辖区内全部待办"}


class TodoFilter(FilterForm):
    """A list that knows what of it waits for the acting post; WAITING is the noun it lists."""

    WAITING: ClassVar[Any]
    todo = StringField("待办", filters=[clean])

    def validate_todo(self, field: Any) -> None:
        """A kind and part of this noun, for a post over a region."""
        if field.data and field.data not in self.todos():
            raise ValidationError("没有这种待办，请回到工作台重新选择。")

    def shape(self, but: str = "") -> Hashable:
        """Of what waits also who holds a post and which days are working days: the conditions hang on both, as in a post's 待办."""
        chosen = super().shape(but)
        return chosen and (chosen, held_places(), generation("workdays")) if self.todo.data else chosen

    @property
    def chosen_todo(self) -> tuple[Kind, Part] | None:
        """The kind and part that were chosen."""
        return self.todos().get(self.todo.data or "")

    def waiting(self) -> list[Any]:
        """The condition of what waits, where that was chosen."""
        chosen = self.chosen_todo
        return [stands(*chosen, self._code())] if chosen else []

    def waiting_word(self) -> list[tuple[str, str]]:
        """(what waits in words, the address without it), for the chips above the rows."""
        chosen = self.chosen_todo
        if not chosen:
            return []
        kind, part = chosen
        return [(f"{WORDS[part]}：{kind.word}", self.address(todo=None))]

    @staticmethod
    def _code() -> str:
        post = me().post
        return (post.region_code or "") if post else ""

    def todos(self) -> dict[str, tuple[Kind, Part]]:
        """Everything that the field may hold: what of this noun waits, and where; nothing for a post that is over no region."""
        mine = [kind for kind in KINDS if kind.model is self.WAITING] if self._code() else []
        return {todo(kind, part): (kind, part) for kind in mine for part in Part}
