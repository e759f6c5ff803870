"""Personal data that leave by export: by POST, with a purpose; who, what, how many and why is history.

Files are masked like lists. Whole numbers are a choice of their own, for who may reveal them one by one, after
the password was given again (app/accounts/proof.py). Everybody in a file finds the export under 谁看过我的信息.
"""

from collections.abc import Callable
from typing import Any

from flask import abort, g, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, RadioField

from app import labels
from app.access import me
from app.accounts.proof import prove_first
from app.db import only_reading
from app.export import KINDS, Columns
from app.exporting import start_after_commit
from app.forms import Form, TextField, length, required
from app.htmx import go, render
from app.listing import Listing
from app.models.disclosure import PURPOSE, accounts, name_people, note_export
from app.models.export_job import ExportJob
from app.models.history import record
from app.models.user import User
from app.models.volunteer import Volunteer
from app.reads import CAP

# rows that are answered in the request, as many as are counted; more are made by a process of their own
AT_ONCE = CAP - 1
WORDS = {"xlsx": "Excel 表格（.xlsx）", "csv": "文本表格（.csv）"}
Key = Callable[[Any], int | None]


class PurposeForm(Form):
    """What the export is for, in which form, and whether with whole numbers (where that is offered)."""

    purpose = TextField("用途", [required("请写明导出的用途。"), length(PURPOSE, 2, "用途")])
    format = RadioField("格式", choices=[(kind, WORDS[kind]) for kind in reversed(KINDS)], default="xlsx")
    full = BooleanField("导出完整的手机号和身份证号码（要再次确认身份）")


def disclose(
    listing: Listing,
    title: str,
    back: str,
    *,
    users: Key | None = None,
    volunteers: Key | None = None,
    full: Columns | None = None,
) -> ResponseReturnValue:
    """The page that asks for the purpose; after a good answer the file of all rows that the filters leave.

    `users` or `volunteers` tell from a row whom it names; `full` are the columns that show whole numbers.
    """
    link = (User.id, User.id) if users else (Volunteer.user_id, Volunteer.id)
    key = users or volunteers or (lambda row: None)
    if carrier := g.get("carrier"):  # the process that makes the file opened this view (app/exporting.py)
        listing.filters.validate() or abort(404)
        carrier.carry(listing, full or {}, key, link)
        return ""
    form = PurposeForm(formdata=request.form if request.method == "POST" else None)
    if not full:
        del form.full
    good = listing.filters.validate()
    total = listing.told() if good else 0
    if good and form.validate_on_submit():
        return _answer(listing, title, form, total, key, link, full if full and form.full.data else None)
    context: dict[str, Any] = {"title": title, "total": total, "at_once": AT_ONCE, "back": back}
    context |= {"filters": listing.filters, "form": form}
    return render("office/export.html", status=form.status if good else 422, **context)


def _answer(
    listing: Listing, title: str, form: PurposeForm, total: int, key: Key, link: Any, full: Columns | None
) -> ResponseReturnValue:
    """The file itself, or the page that tells how far it is; whole numbers after a proof."""
    asked = prove_first() if full else None
    if asked is not None:
        return asked
    return _later(title, form, full=bool(full)) if total > AT_ONCE else _file(listing, title, form, key, link, full)


def _later(title: str, form: PurposeForm, *, full: bool) -> ResponseReturnValue:
    """Leave it to a process of its own, and show how far that is."""
    asked = {"title": title, "purpose": form.purpose.data or "", "format": form.format.data, "full": full}
    ExportJob.ask(by=me(), path=request.full_path, **asked)
    start_after_commit()
    return go(url_for("office.exports"))


def _file(
    listing: Listing, title: str, form: PurposeForm, key: Key, link: Any, full: Columns | None
) -> ResponseReturnValue:
    """Make the file, then write down what went into it."""
    purpose, format = form.purpose.data or "", form.format.data
    listing.columns = {**listing.columns, **(full or {})}
    ids: list[int | None] = []
    with only_reading():  # a file of so many rows takes half a second
        file = listing.export(format, seen=lambda row: ids.append(key(row)))
        people = accounts(link, {id for id in ids if id is not None})
    whole = "，完整号码" if full else ""
    record(
        me().post, "export", by=me(), reason=f"{title} {labels.figure(len(ids))} 行（{format}{whole}），用途：{purpose}"
    )
    made = note_export(title, purpose, len(ids), full=bool(full), by=me())
    name_people(made.id, people)
    return file
