"""人员导入: a file of people and their earlier services is checked, and carried out as it was checked."""

from typing import Any

from flask import abort, flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from app.access import Permission, acting, me, one, requires, rows
from app.blueprints.office import office
from app.blueprints.office.import_forms import ImportFilter, UploadForm
from app.export import KINDS, export
from app.htmx import go, render, wants_fragment
from app.listing import Key, Listing
from app.media.sheets import receives_sheet
from app.models.history import history_of
from app.models.imports.columns import COLUMNS
from app.models.imports.file import MOST_PEOPLE
from app.models.imports.importing import AT_ONCE, ImportStatus
from app.models.invitation import Import, counts_of
from app.once import once
from app.timeline import told

P = Permission
PER_PAGE = 20
TEMPLATE = {column.heading: (lambda row, key=column.key: row.get(key, "")) for column in COLUMNS}
ERRORS = {"行号": lambda error: error[0], "列": lambda error: error[1], "怎样改": lambda error: error[2]}


@office.get("/imports")
@requires(P.IMPORTS)
def imports() -> ResponseReturnValue:
    """Every file that was checked or carried out here, newest first."""
    filters, order = ImportFilter(request.args), [Key(Import.id, True)]

    def scope() -> Any:
        return rows(Import, P.IMPORTS).options(joinedload(Import.created_by))

    found = Listing(scope, filters, order, name="imports", shape=acting(), topics=("imports", "regions"))
    return found.respond("office/imports/list.html")


@office.route("/imports/new", methods=["GET", "POST"])
@requires(P.IMPORTS)
@receives_sheet("file")
@once
def imports_new() -> ResponseReturnValue:
    """What a file must look like; check one."""
    form = UploadForm()
    if checked := form.carry(form.check):
        return go(url_for("office.imports_show", id=checked.id))
    return render("office/imports/new.html", status=form.status, form=form, columns=COLUMNS)


@office.get("/imports/template")
@requires(P.IMPORTS)
def imports_template() -> ResponseReturnValue:
    """An example to fill in, as Excel or CSV."""
    example = {column.key: column.example for column in COLUMNS}
    return export(_kind(), "people-template", TEMPLATE, [example])


@office.get("/imports/<int:id>")
@requires(P.IMPORTS)
def imports_show(id: int) -> ResponseReturnValue:
    """What came of a file: its errors, or its people and how many have answered."""
    return _page(one(Import, id, P.IMPORTS, joinedload(Import.created_by)), "results")


@office.get("/imports/<int:id>/errors")
@requires(P.IMPORTS)
def imports_errors(id: int) -> ResponseReturnValue:
    """Every error of a file, to mend them beside it."""
    return export(_kind(), f"import-{id}-errors", ERRORS, one(Import, id, P.IMPORTS).wrong)


@office.post("/imports/<int:id>/execution")
@requires(P.IMPORTS)
def imports_execution(id: int) -> ResponseReturnValue:
    """Carry it out: for htmx a piece at a time with its progress, without it all at once."""
    found: Import = one(Import, id, P.IMPORTS, joinedload(Import.created_by))
    found.carry_out(by=me(), most=AT_ONCE if wants_fragment() else MOST_PEOPLE)
    if found.running:
        return _page(found, "state")
    if found.status is ImportStatus.DONE:
        flash(f"已导入 {found.people} 人。本人登录后会看到邀请，接受了才生效。", "ok")
    return go(url_for("office.imports_show", id=id))


@office.post("/imports/<int:id>/dismissal")
@requires(P.IMPORTS)
def imports_dismissal(id: int) -> ResponseReturnValue:
    """Throw a checked file away."""
    one(Import, id, P.IMPORTS).discard(by=me())
    flash("已放弃，这份名单没有导入任何人，内容已经删除。", "ok")
    return go(url_for("office.imports"))


def _kind() -> str:
    """The kind of file that was asked for."""
    kind = request.args.get("format", "csv")
    return kind if kind in KINDS else abort(404)


def _page(found: Import, *fragments: str) -> ResponseReturnValue:
    """The page of one file."""
    wrong = found.wrong
    typed = request.args.get("page", "1")
    last = max(1, -(-len(wrong) // PER_PAGE))
    number = min(max(1, int(typed[:6])), last) if typed.isascii() and typed.isdecimal() else 1
    shown = wrong[(number - 1) * PER_PAGE : number * PER_PAGE]
    context: dict[str, Any] = {"wrong": wrong, "shown": shown, "number": number, "last": last}
    context |= {"counts": counts_of(found), "story": told(history_of(found), ImportStatus)}
    return render("office/imports/show.html", *fragments, i=found, **context)
