"""What the back office does with teams and bases alike: list, found, mend, close, open again."""

from dataclasses import dataclass
from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import selectinload

from app.access import Permission, me, one, rows
from app.blueprints.office.activity_forms import acting_within
from app.blueprints.office.showcase_forms import ReasonForm, ShowcaseForm
from app.blueprints.showcase_filters import KeptFilter
from app.htmx import go, render
from app.models.category import categories
from app.models.region import place_name
from app.models.stateful import Stale


@dataclass(frozen=True)
class Desk:
    """One noun's pages: `office.<nouns>`, `office/<nouns>/…html`."""

    nouns: str
    model: Any
    permission: Permission
    form: type[ShowcaseForm]
    filters: type[KeptFilter]

    def to(self, page: str = "", **values: Any) -> str:
        """The address of the noun's list, or of another of its pages."""
        return url_for(f"office.{self.nouns}{'_' if page else ''}{page}", **values)

    def rows(self) -> Any:
        """Every row within the acting post's reach."""
        return rows(self.model, self.permission)

    def filter(self) -> KeptFilter:
        """The list's filter form."""
        return self.filters(request.args, within=acting_within())

    def one(self, id: int, *options: Any) -> Any:
        """That row with its pictures; 404 outside the scope."""
        return one(self.model, id, self.permission, selectinload(self.model.pictures), *options)

    def found(self) -> ResponseReturnValue:
        """The empty form, or a new row."""
        form = self.form()
        if row := form.carry(form.save):
            flash(f"“{row.name}”已公开，居民现在可以看到。")
            return go(self.to("show", id=row.id))
        return render(f"office/{self.nouns}/edit.html", status=form.status, form=form, row=None, stale=None)

    def mend(self, id: int) -> ResponseReturnValue:
        """The form of a row; 409 over what others saved in the meantime."""
        row = self.one(id)
        form, page = self.form(row), f"office/{self.nouns}/edit.html"
        try:
            if form.carry(lambda: form.save(row)):
                flash("修改已保存。")
                return go(self.to("show", id=id))
        except Stale as stale:
            return render(page, status=409, form=form.outdated(row), row=self.one(id), stale=stale)
        return render(page, status=form.status, form=form, row=row if not form.wrong else self.one(id), stale=None)

    def close(self, id: int) -> ReasonForm | None:
        """Close it with a reason; the form when that is missing."""
        row, form = self.one(id), ReasonForm()
        if form.carry(lambda: row.close(by=me(), reason=form.reason.data or "")) is None:
            return form
        flash(f"“{row.name}”已停止，公开页面上写明了。")
        return None

    def reopen(self, id: int) -> ResponseReturnValue:
        """Open it again."""
        row = self.one(id)
        row.reopen(by=me())
        flash(f"“{row.name}”已恢复。")
        return go(self.to("show", id=id))


def category_name(row: Any) -> str:
    """The name of the row's category, '' without one."""
    return categories()[row.category_id].name if row.category_id else ""


COMMON = {
    "编号": lambda row: row.id,
    "名称": lambda row: row.name,
    "社区": lambda row: place_name(row.community_code),
    "类型": category_name,
    "联系方式": lambda row: row.contact,
}
