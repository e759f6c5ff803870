"""A request in words: what comes next and by when, and its history, for the asker and for staff."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from app import labels
from app.models.contact_view import ContactView
from app.models.help.asker import may_reopen
from app.models.help.states import REOPEN_WITHIN, HelpStatus
from app.models.help_request import HelpRequest
from app.models.history import History
from app.models.region import place_name
from app.models.user import Role
from app.text import public_name
from app.timeline import Line, Titled, actor, in_words

S = HelpStatus
TITLES: dict[tuple[str, str], Titled] = {  # (from, to), '' for any → (title, kind of the dot)
    ("", "pending"): ("提交求助", "ok"),
    ("returned", "pending"): ("补充了情况", "ok"),
    ("pending", "pending"): ("转给另一个社区", "ok"),
    ("accepted", "pending"): ("转给另一个社区", "ok"),
    ("pending", "accepted"): ("社区已受理", "ok"),
    ("closed", "accepted"): ("要求重办", "bad"),
    ("", "accepted"): ("正在重新安排志愿者", ""),
    ("", "returned"): ("社区请您补充情况", "bad"),
    ("", "arranged"): ("已请志愿者，等待答复", "ok"),
    ("", "serving"): ("志愿者已接单", "ok"),
    ("done", "serving"): ("社区请志愿者继续服务", "bad"),
    ("", "done"): ("服务已完成，等待社区回访", "ok"),
    ("", "closed"): ("已办结", "ok"),
    ("", "refused"): ("不予受理", "bad"),
    ("", "merged"): ("已合并办理", ""),
    ("", "withdrawn"): ("求助已撤回", ""),
    ("", "lapsed"): ("求助已关闭", ""),
}

HELPERS = {  # what became of an assignment, by the state reached
    "offered": ("请了一位志愿者", ""),
    "accepted": ("志愿者接单", "ok"),
    "declined": ("志愿者婉拒", ""),
    "expired": ("邀请失效", ""),
    "done": ("填写服务结果", "ok"),
    "gave-up": ("志愿者去不了", "bad"),
}


@dataclass(frozen=True)
class Next:
    """The headline of a request: what comes next, by when, and a sentence more."""

    title: str
    text: str
    kind: str


def next_step(r: HelpRequest) -> Next:
    """What the asker may expect, from the state with everything due by now."""
    if r.handed_up_at and r.standing is S.PENDING:
        return _with_district(r)
    place, by = place_name(r.community_code, full=False), labels.month_day(r.last_day) if r.last_day else ""
    late = "已超过期限，让您久等了。您也可以直接联系社区。" if r.overdue else ""
    steps = {
        S.PENDING: (f"下一步：{place}会在 {by}前答复是否受理", late or "受理后再安排志愿者。"),
        S.ACCEPTED: (f"下一步：{place}会在 {by}前安排志愿者", late or "安排好以后，志愿者会按您留的电话联系您。"),
        S.ARRANGED: ("下一步：等志愿者答复，一天之内有结果", late or f"整件事在 {by}前办结。"),
        S.SERVING: (
            f"下一步：志愿者会联系您，{by}前办完",
            late or "志愿者每次查看您的电话、地址，都会记在“谁看过我的联系方式”里。",
        ),
        S.DONE: (f"下一步：{place}会在 {by}前回访并办结", late or "有没做好的，回访时请告诉社区。"),
    }
    if r.standing in steps:
        return Next(*steps[r.standing], "warn" if late else "ok")
    return _ended(r)


def _with_district(r: HelpRequest) -> Next:
    by = labels.month_day(r.last_day) if r.last_day else ""
    said = "转办过两次，现在由区县指定社区办理，或由区县自己办理。"
    late = f"{said}已超过期限，让您久等了。" if r.overdue else said
    return Next(f"下一步：区县会在 {by}前决定由谁办理", late, "warn" if r.overdue else "ok")


LAST = timedelta(seconds=1)  # a due moment is the midnight that ends its day


def _ended(r: HelpRequest) -> Next:
    if r.standing is S.RETURNED and r.lapses_at:
        return Next(f"请在 {labels.month_day(r.lapses_at - LAST)}前补充情况", "到期没有补充，求助会关闭。", "warn")
    if r.standing is S.CLOSED and r.closed_at:
        until = labels.month_day(r.closed_at + REOPEN_WITHIN)
        again = f"没有解决的，{until}前可以要求重办。" if may_reopen(r) else ""
        return Next("已办结" if r.rating else "已办结，请您评价", again, "ok")
    ends = {
        S.REFUSED: "不予受理，原因见下面的办理过程",
        S.MERGED: "已和同一件事的另一件求助合并办理",
        S.WITHDRAWN: "您已撤回这件求助",
        S.LAPSED: "十个工作日没有补充，求助已关闭",
    }
    return Next(ends[r.standing], "" if r.standing is S.MERGED else "需要时可以重新求助。", "")


AHEAD = {
    S.PENDING: "社区受理",
    S.ACCEPTED: "安排志愿者",
    S.ARRANGED: "志愿者接单",
    S.SERVING: "服务",
    S.DONE: "社区回访、办结",
}


def to_come(r: HelpRequest) -> list[Line]:
    """The steps that still lie ahead, the first of them as the present one; none when it has ended."""
    states = list(AHEAD)
    ahead = states[states.index(r.standing) :] if r.standing in AHEAD else []
    return [(AHEAD[state], "", "", "now" if state is r.standing else "") for state in ahead]


def told(lines: Iterable[History], *, staff: bool = False) -> list[Line]:
    """Each line, oldest first; names of people only for staff."""
    return in_words(lines, _title, lambda line: _who(line, staff))


def _title(line: History) -> Titled:
    if line.action == "rate":
        return "求助人作了评价", "ok"
    if line.action == "hand-up":
        return "报请区县决定由谁办理", ""
    if line.action == "slip":
        return "社区重新打印了编号凭条", ""
    if line.action == "take-down":
        return "公开的摘要已从网上撤下", "bad"
    if line.noun == "assignment" and line.to_state in HELPERS:
        return HELPERS[line.to_state]
    return TITLES.get((line.from_state, line.to_state)) or TITLES.get(("", line.to_state)) or (line.action, "")


def _who(line: History, staff: bool) -> str:
    if line.action == "rate":
        return ""
    if line.actor is None:
        return "求助人" if line.actor_role == "self" else ("系统" if staff else "")
    if line.actor_role == "self":
        return f"志愿者{line.actor.name if staff else public_name(line.actor.name)}"
    return actor(line) if staff else place_name(line.actor_place, full=False)


def looked(view: ContactView, *, staff: bool = False) -> str:
    """Who looked at the contact, in words."""
    if view.role == "volunteer":
        return f"志愿者{view.user.name if staff else public_name(view.user.name)}"
    return f"{place_name(view.place, full=False)}{labels.word(Role(view.role))}" + (
        f" {view.user.name}" if staff else ""
    )
