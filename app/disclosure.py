"""Personal data that leave by export: by POST, with a purpose; who, what, how many and why is history."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, literal, select
from wtforms import RadioField

from app.access import me
from app.db import db
from app.export import KINDS
from app.forms import Form, TextField, length, required
from app.htmx import render
from app.listing import EXPORT_LIMIT, Listing
from app.models.history import record

WORDS = {"xlsx": "Excel 表格（.xlsx）", "csv": "文本表格（.csv）"}


class PurposeForm(Form):
    """What the export is for, and in which form."""

    purpose = TextField("用途", [required("请写明导出的用途。"), length(100, 2, "用途")])
    format = RadioField("格式", choices=[(kind, WORDS[kind]) for kind in reversed(KINDS)], default="xlsx")


def disclose(listing: Listing, title: str, back: str) -> ResponseReturnValue:
    """The page that asks for the purpose; after a good answer the file of all rows that the filters leave."""
    form = PurposeForm(formdata=request.form if request.method == "POST" else None)
    good = listing.filters.validate()
    total = _count(listing) if good else 0
    if good and form.validate_on_submit():
        said = f"{title} {total} 行（{form.format.data}），用途：{form.purpose.data}"
        record(me().post, "export", by=me(), reason=said)
        return listing.export(form.format.data)
    context: dict[str, Any] = {"form": form, "title": title, "total": total, "back": back, "filters": listing.filters}
    return render("office/export.html", status=form.status if good else 422, **context)


def _count(listing: Listing) -> int:
    """How many rows the file will have."""
    rows = listing.filters.narrow(listing.stmt).with_only_columns(literal(1), maintain_column_froms=True)
    return db.session.scalar(select(func.count()).select_from(rows.limit(EXPORT_LIMIT).subquery())) or 0
