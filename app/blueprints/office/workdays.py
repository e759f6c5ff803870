"""工作日历: the city keeps holidays and make-up days, singly or from a table."""

from datetime import date
from typing import Any

from flask import abort, flash, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import FileField, RadioField, TextAreaField

from app import clock
from app.access import Permission, me, requires, rows
from app.blueprints.activity_filters import DayField
from app.blueprints.office import office
from app.forms import Form, required
from app.htmx import go, render
from app.models import workday_verbs as calendar
from app.models.workday import Workday, on_day
from app.refusal import Invalid

P = Permission
LARGEST = 100_000  # bytes of a table


class DayForm(Form):
    """One day."""

    day = DayField("日期", [required("请填写日期，例如 2026-10-01。")])
    works = RadioField("这一天", [required("请选择放假还是上班。")], choices=[("0", "放假"), ("1", "调休上班")])


class TableForm(Form):
    """A year from a file, or pasted."""

    file = FileField("CSV 文件")
    table = TextAreaField("或粘贴在这里")

    def days(self) -> dict[date, bool]:
        """What was sent. Invalid at `file` or `table`."""
        sent = request.files.get("file")
        content = sent.read(LARGEST + 1) if sent else b""
        if len(content) > LARGEST:
            raise Invalid("file", "文件太大，工作日历的表格不会超过 100 KB。")
        try:
            text = content.decode("utf-8-sig") or (self.table.data or "")
        except UnicodeDecodeError:
            raise Invalid("file", "不是 UTF-8 编码，请把文件另存为 UTF-8 的 CSV。") from None
        return calendar.read_days(text)


def asked_year() -> int:
    """The year of the address, this one by default; 404 for one that is none."""
    typed = request.args.get("year", str(clock.today().year))
    if not (typed.isascii() and typed.isdecimal() and calendar.FIRST <= int(typed[:5]) <= calendar.LAST):
        abort(404)
    return int(typed)


@office.get("/workdays")
@requires(P.WORKDAYS)
def workdays() -> ResponseReturnValue:
    """The calendar of a year."""
    return page(asked_year())


@office.post("/workdays")
@requires(P.WORKDAYS)
def workdays_create() -> ResponseReturnValue:
    """One day more, or otherwise."""
    form = DayForm()
    if form.carry(lambda: [Workday.put(form.day.data, form.works.data == "1", by=me())]):
        flash(f"已保存 {form.day.data}。")
        return go(url_for(".workdays", year=form.day.data.year))
    return page(asked_year(), form=form)


@office.post("/workdays/table")
@requires(P.WORKDAYS)
def workdays_table() -> ResponseReturnValue:
    """Many days; with a wrong row none."""
    form = TableForm()
    days: dict[date, bool] = {}
    changed = form.carry(lambda: (days.update(form.days()), Workday.put_all(days, by=me()))[1])
    if changed is not None:
        flash(f"表格共 {len(days)} 天，其中 {changed} 天是新的或有改动。")
        return go(url_for(".workdays", year=max(days).year))
    return page(asked_year(), table=form)


@office.post("/workdays/<day>/removal")
@requires(P.WORKDAYS)
def workdays_removal(day: str) -> ResponseReturnValue:
    """Out of the calendar."""
    found = on_day(rows(Workday, P.WORKDAYS), day) or abort(404)
    found.remove(by=me())
    flash(f"已去掉 {day}，这一天按平时的星期算。")
    return go(url_for(".workdays", year=found.day.year))


def page(year: int, form: DayForm | None = None, table: TableForm | None = None) -> ResponseReturnValue:
    """The page with its two forms; one of them may have failed."""
    days = calendar.days_of(year)
    months = [(month, [one for one in days if one[0].month == month]) for month in range(1, 13)]
    forms: dict[str, Any] = {"form": form or DayForm(None), "table": table or TableForm(None)}
    status = max(one.status for one in forms.values())
    beside = sorted({*calendar.years(), clock.today().year, clock.today().year + 1, year})
    return render(
        "office/workdays/year.html", status=status, year=year, years=beside, months=months, days=days, **forms
    )
