"""到场: the checklist of an activity, saved tick by tick; 完成确认; the sheet on paper."""

from typing import Any

from flask import abort, flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import joinedload

from app.access import Permission, held, line_of, me, one, requires
from app.blueprints.office import office
from app.blueprints.office.attendance_forms import CompletionForm, RollFilter, TickForm, moment_of, token_of
from app.htmx import go, render, swap
from app.listing import Key, Listing
from app.models import Activity, SignUp
from app.models.attendance import complete, mark_held, mark_rest, person_of, roll, rules, undo_rest
from app.models.history import history_of
from app.models.user import User
from app.timeline.signups import told

PEOPLE = 300  # on one page; a longer list goes on to the next
LIST, PERSON = "office/attendance/list.html", "office/attendance/person.html"
BY_INITIALS = (Key(User.initials), Key(User.name), Key(SignUp.id))


class Roll(Listing):
    """The checklist. Its numbers come from the tally: the list itself is not counted again."""

    def _total(self) -> int:
        return 0


def _activity(id: int) -> Activity:
    found: Activity = one(Activity, id, Permission.ACTIVITIES)
    return found


@office.get("/activities/<int:id>/attendance")
@requires(Permission.ACTIVITIES)
def attendance(id: int) -> ResponseReturnValue:
    """The checklist by pinyin initials; after 'all the rest came' with its undo."""
    activity = _activity(id)
    rest = request.args.get("rest", "")
    undoable = roll.ticked_at_once(id, moment_of(rest)) if rest and not rules.corrected(activity) else 0
    people = Roll(roll.roll(id), RollFilter(request.args), BY_INITIALS, per_page=PEOPLE, scalars=False)
    return people.respond(LIST, "results", desk=roll.desk(activity, me()), undoable=undoable, rest=rest)


def _person(id: int, signup_id: int) -> SignUp:
    """That person's sign-up of this activity, which is loaded; 404 outside one's scope and elsewhere."""
    found: SignUp = one(SignUp, signup_id, Permission.ACTIVITIES, joinedload(SignUp.activity))
    return found if found.activity_id == id else abort(404)


@office.get("/activities/<int:id>/attendance/<int:signup_id>")
@requires(Permission.ACTIVITIES)
def attendance_show(id: int, signup_id: int) -> ResponseReturnValue:
    """One person: minutes, 请假, corrections, and who ticked when."""
    signup = _person(id, signup_id)
    return _card(signup, TickForm.of(signup))


def _card(signup: SignUp, form: TickForm) -> ResponseReturnValue:
    line, history = roll.line(signup) or abort(404), told(history_of(signup))
    form.offer(signup.activity)
    desk = roll.desk(signup.activity, me())
    return render(PERSON, "card", status=form.status, form=form, line=line, history=history, desk=desk)


@office.post("/activities/<int:id>/attendance/<int:signup_id>")
@requires(Permission.ACTIVITIES)
def attendance_tick(id: int, signup_id: int) -> ResponseReturnValue:
    """Bring this person to the wanted state; htmx gets the row and the counters."""
    activity: Activity = held(Activity, id, Permission.ACTIVITIES)
    signup, form = person_of(activity, signup_id) or abort(404), TickForm()
    changed = form.carry(lambda: mark_held(activity, signup, form.wanted, form.length, form.why, by=me()))
    if changed is None:
        return _card(_person(id, signup_id), form)
    line = roll.line(signup) or abort(404)
    return _row(line, roll.desk(activity, None if changed else me()), "counters")


@office.get("/activities/<int:id>/attendance/<int:signup_id>/row")
@requires(Permission.ACTIVITIES)
def attendance_row(id: int, signup_id: int) -> ResponseReturnValue:
    """The person's row again, when nothing is to be changed after all; without htmx the list."""
    line = line_of(roll.ROW, SignUp, Permission.ACTIVITIES, "row", id=signup_id, activity=id)
    return _row(line, roll.desk(roll.activity_of(line), me()))


def _row(line: Row[Any], desk: roll.Desk, *others: str) -> ResponseReturnValue:
    back = f"{url_for('office.attendance', id=desk.activity.id)}#a-{line.id}"
    return swap(LIST, "row", *others, otherwise=back, line=line, desk=desk)


@office.post("/activities/<int:id>/attendance/rest")
@requires(Permission.ACTIVITIES)
def attendance_rest(id: int) -> ResponseReturnValue:
    """All the rest came; whoever could not be ticked is named."""
    rest = mark_rest(_activity(id), by=me())
    if rest.left_out:
        flash("没有记上：" + "；".join(f"{name}（{why}）" for name, why in rest.left_out), "warn")
    return go(url_for(".attendance", id=id, rest=token_of(rest.at) if rest.ids else None))


@office.post("/activities/<int:id>/attendance/rest/undo")
@requires(Permission.ACTIVITIES)
def attendance_rest_undo(id: int) -> ResponseReturnValue:
    """Un-tick those again."""
    undone = undo_rest(_activity(id), moment_of(request.form.get("rest", "")), by=me())
    flash(f"已撤销 {len(undone)} 人的到场。")
    return go(url_for(".attendance", id=id))


@office.route("/activities/<int:id>/attendance/completion", methods=["GET", "POST"])
@requires(Permission.ACTIVITIES)
def attendance_completion(id: int) -> ResponseReturnValue:
    """完成确认: the page names the numbers, the button does it."""
    activity, form = _activity(id), CompletionForm()
    absent = form.carry(lambda: complete(activity, by=me(), absent=form.absent.data))
    if absent is None:
        desk = roll.desk(activity, me())
        return render("office/attendance/completion.html", form=form, status=form.status, desk=desk)
    flash(f"已完成确认，活动已结项，{absent} 人记为缺席。" if absent else "已完成确认，活动已结项。")
    return go(url_for(".attendance", id=id))


@office.get("/activities/<int:id>/attendance/sheet")
@requires(Permission.ACTIVITIES)
def attendance_sheet(id: int) -> ResponseReturnValue:
    """The sign-in sheet on A4, with empty lines for who comes without a place."""
    back = url_for(".attendance", id=id)
    return render("office/attendance/sheet.html", activity=_activity(id), people=roll.in_order(id), back=back)
