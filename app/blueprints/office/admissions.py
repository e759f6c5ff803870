"""录用: yes or no to who asks, one at a time in its row or many at once; a place taken back."""

from collections.abc import Callable
from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from app import labels
from app.access import Permission, me, one, requires, rows
from app.blueprints.office import office
from app.blueprints.office.reasons import ReasonForm
from app.blueprints.office.signups import LIST, PRESETS, around, fetch, page
from app.htmx import go, render, wants_fragment
from app.models.activity import Activity
from app.models.signup import SignUp
from app.models.signups import listed as signup_list
from app.models.signups.admission import MOST, admit_all
from app.models.signups.joining import positions
from app.redirects import safe_next
from app.refusal import Invalid
from app.text import numbers_of
from app.trying import attempt

P = Permission


@office.post("/activities/<int:id>/signups/<int:signup_id>/admission")
@requires(P.ACTIVITIES)
def signups_admission(id: int, signup_id: int) -> ResponseReturnValue:
    """Say yes: 已录用, or 候补 when full."""
    signup = fetch(id, signup_id, P.ACTIVITIES)
    return _answer(id, signup_id, lambda: signup.admit(by=me()))


@office.post("/activities/<int:id>/signups/<int:signup_id>/refusal")
@requires(P.ACTIVITIES)
def signups_refusal(id: int, signup_id: int) -> ResponseReturnValue:
    """Say no, or take a place back, with a reason that the person reads."""
    signup = fetch(id, signup_id, P.ACTIVITIES)
    form = ReasonForm(PRESETS)
    tried = form.carry(lambda: attempt(lambda: signup.decline(by=me(), reason=form.words)))
    if tried is None:
        return _show(fetch(id, signup_id, P.ACTIVITIES), form=form, status=form.status)
    return _answer(id, signup_id, lambda: tried[0], why_not=tried[1])


@office.post("/activities/<int:id>/signups/admissions")
@requires(P.ACTIVITIES)
def signups_bulk(id: int) -> ResponseReturnValue:
    """Say yes to everybody who was chosen, each for itself; who was not admitted is named with the reason."""
    activity = one(Activity, id, P.ACTIVITIES)
    found, why_not = attempt(lambda: admit_all(activity, _chosen(), by=me()))
    outcomes = {signup.id: no for signup, no in found or []}
    said = why_not or _told(signup_list.these(_scope(id), outcomes), outcomes)
    kind = "err" if why_not else "warn" if any(outcomes.values()) else "ok"
    if not wants_fragment():
        flash(said, kind)
        return go(_back(id))
    people = signup_list.these(_scope(id), _chosen())
    return _news("bulk_news", id, people, 409 if why_not else 200, said=said, kind=kind)


def _chosen() -> list[int]:
    """The ids that were ticked; Invalid when there are none or too many."""
    ids = numbers_of(request.form.getlist("ids"))
    if not ids:
        raise Invalid("ids", "请先勾选要录用的人。")
    if len(ids) > MOST:
        raise Invalid("ids", f"一次最多录用 {MOST} 人，请分几次。")
    return sorted(ids)


def _scope(id: int) -> Any:
    return rows(SignUp, P.ACTIVITIES).where(SignUp.activity_id == id)


def _told(people: list[SignUp], outcomes: dict[int, str]) -> str:
    """已录用 3 人，候补 1 人，1 人未处理：李静（…）。"""
    done: dict[str, int] = {}
    for person in people:
        if not outcomes[person.id]:
            done[labels.word(person.status)] = done.get(labels.word(person.status), 0) + 1
    parts = [f"{word} {number} 人" for word, number in done.items()]
    left = [f"{one.volunteer.user.name}（{outcomes[one.id].rstrip('。')}）" for one in people if outcomes[one.id]]
    parts += [f"{len(left)} 人未处理：{'；'.join(left)}"] if left else []
    return "，".join(parts or ["没有可以录用的人"]) + "。"


def _answer(id: int, signup_id: int, verb: Callable[[], Any], why_not: str = "") -> ResponseReturnValue:
    """The row in its new (or, with 409, its present) state and whoever moved up; without scripts the list."""
    moved_up, refused = attempt(verb) if not why_not else (None, why_not)
    signup = fetch(id, signup_id, P.ACTIVITIES)
    if refused:
        return _show(signup, why_not=refused, said=refused, status=409)
    said = f"{labels.word(signup.standing())}：{signup.volunteer.user.name}。"
    if moved_up:
        said += f"{len(moved_up)} 名候补已自动录用。"
    if not wants_fragment():
        flash(said, "ok")
        return go(_back(id))
    others = signup_list.these(_scope(id), [one.id for one in moved_up or []])
    line = positions(signup_list.next_in_line(_scope(id))) if moved_up else {}
    return _news("row", id, others, signup=signup, said=said, focus=True, line=line)


def _show(signup: SignUp, status: int, **context: Any) -> ResponseReturnValue:
    """The row alone for htmx, the page of the sign-up without it."""
    if not wants_fragment():
        return page(signup, status=status, **context)
    return _news("row", signup.activity_id, [], status, signup=signup, **{"said": "请写明原因。"} | context)


def _news(block: str, id: int, people: list[SignUp], status: int = 200, **context: Any) -> ResponseReturnValue:
    """The block, the rows of `people`, and the counters."""
    activity = one(Activity, id, P.ACTIVITIES)
    shown = [*people, context["signup"]] if "signup" in context else people
    context = {"form": None, "why_not": "", "focus": False, "line": {}} | context
    return render(
        LIST, block, "news", status=status, people=people, places=positions(shown), **around(activity), **context
    )


def _back(id: int) -> str:
    return (
        safe_next(request.form.get("next"), "office.activities")
        if "next" in request.form
        else url_for("office.signups", id=id)
    )
