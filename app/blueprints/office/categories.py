"""活动类型: the city adds, renames, orders and closes the kinds of activity."""

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from app.access import Permission, me, one, requires, rows
from app.blueprints.office import office
from app.forms import CreationForm, Form, SeenForm, TextField, length, required
from app.htmx import go, render, swap
from app.models.category import Category, in_order
from app.models.category_verbs import LONGEST
from app.models.history import history_of
from app.once import once
from app.timeline.city_lists import told

P = Permission
LIST, SHOW = "office/categories/list.html", "office/categories/show.html"


class CategoryForm(CreationForm, SeenForm):
    """A name."""

    name = TextField("名称", [required("请填写名称。"), length(LONGEST, name="名称")])


def in_reach(id: int) -> Category:
    """The category, or 404."""
    found: Category = one(Category, id, P.CATEGORIES)
    return found


def listed() -> list[Category]:
    """All of them in their order, fresh."""
    return in_order(rows(Category, P.CATEGORIES))


@office.route("/categories", methods=["GET", "POST"])
@requires(P.CATEGORIES)
@once
def categories() -> ResponseReturnValue:
    """The list in its order, and a new one behind the others."""
    form = CategoryForm()
    if added := form.carry(lambda: Category.add(form.name.data or "", by=me())):
        flash(f"已新增“{added.name}”，发起活动和求助时马上可以选。")
        return go(url_for(".categories"))
    return render(LIST, status=form.status, form=form, kinds=listed())


@office.get("/categories/<int:id>")
@requires(P.CATEGORIES)
def categories_show(id: int) -> ResponseReturnValue:
    """One category: its name, its state, its history."""
    kind = in_reach(id)
    return render(
        SHOW, kind=kind, form=CategoryForm(None, data={"name": kind.name}).over(kind), story=told(history_of(kind))
    )


@office.post("/categories/<int:id>/name")
@requires(P.CATEGORIES)
def categories_name(id: int) -> ResponseReturnValue:
    """Another name; the slug in addresses stays."""
    kind, form = in_reach(id), CategoryForm()
    if form.carry(lambda: kind.rename(form.name.data or "", by=me(), seen=form.version.data)):
        flash("已改名。")
        return go(url_for(".categories_show", id=id))
    kind = in_reach(id)
    return render(SHOW, status=form.status, kind=kind, form=form, story=told(history_of(kind)))


@office.post("/categories/<int:id>/position")
@requires(P.CATEGORIES)
def categories_position(id: int) -> ResponseReturnValue:
    """上移 or 下移."""
    in_reach(id).shift(request.form.get("way", ""), by=me())
    kinds = listed()
    return swap(LIST, "results", otherwise=url_for(".categories"), kinds=kinds, form=Form(formdata=None), moved=id)


@office.post("/categories/<int:id>/closure")
@requires(P.CATEGORIES)
def categories_closure(id: int) -> ResponseReturnValue:
    """停用."""
    in_reach(id).close(by=me())
    flash("已停用：新活动和求助不能再选，以前的不变。")
    return go(url_for(".categories"))


@office.post("/categories/<int:id>/reopening")
@requires(P.CATEGORIES)
def categories_reopening(id: int) -> ResponseReturnValue:
    """恢复使用."""
    in_reach(id).reopen(by=me())
    flash("已恢复使用。")
    return go(url_for(".categories"))
