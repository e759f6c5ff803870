"""The states of 公众求助 and 求助安排 and the ways between them (SPEC section 3), beside their limits."""

from datetime import timedelta
from enum import StrEnum
from typing import Any

from app.models.stateful import FREE, REASON

DAYS_TO_ACCEPT, DAYS_TO_ARRANGE, DAYS_TO_CLOSE, DAYS_OF_SILENCE = 2, 3, 10, 10  # working days
TRANSFERS, REOPENINGS = 2, 2  # how often, before the district decides, or at all
REOPEN_WITHIN, CONTACT_AFTER, OFFER = timedelta(days=15), timedelta(days=7), timedelta(hours=24)
LONGEST_SERVICE = 1440  # minutes


class HelpStatus(StrEnum):
    PENDING = "pending"  # 待受理
    RETURNED = "returned"  # 待补充
    ACCEPTED = "accepted"  # 已受理
    ARRANGED = "arranged"  # 已安排
    SERVING = "serving"  # 服务中
    DONE = "done"  # 待办结
    CLOSED = "closed"  # 已办结
    REFUSED = "refused"  # 不予受理
    MERGED = "merged"  # 已合并
    WITHDRAWN = "withdrawn"  # 已撤回
    LAPSED = "lapsed"  # 已关闭


class AssignmentStatus(StrEnum):
    OFFERED = "offered"  # 待接单
    ACCEPTED = "accepted"  # 已接单
    DECLINED = "declined"  # 已婉拒
    EXPIRED = "expired"  # 已失效
    DONE = "done"  # 已完成
    GAVE_UP = "gave-up"  # 已退出


class Rating(StrEnum):
    GOOD = "good"  # 满意
    FAIR = "fair"  # 基本满意
    BAD = "bad"  # 不满意


S, A = HelpStatus, AssignmentStatus
WAITING = (S.PENDING, S.ACCEPTED, S.ARRANGED, S.SERVING, S.DONE)  # on somebody's desk
OPEN = (*WAITING, S.RETURNED)
REQUEST_MOVES: dict[HelpStatus, dict[HelpStatus, bool]] = {
    S.PENDING: {
        S.ACCEPTED: FREE,
        S.RETURNED: REASON,
        S.PENDING: REASON,
        S.REFUSED: REASON,
        S.MERGED: FREE,
        S.WITHDRAWN: FREE,
    },  # to itself: transferred
    S.RETURNED: {S.PENDING: FREE, S.LAPSED: FREE, S.WITHDRAWN: FREE},
    S.ACCEPTED: {
        S.ARRANGED: FREE,
        S.DONE: FREE,
        S.PENDING: REASON,
        S.REFUSED: REASON,
        S.MERGED: FREE,
        S.WITHDRAWN: FREE,
    },  # 待办结 at once: solved by staff
    S.ARRANGED: {S.SERVING: FREE, S.ACCEPTED: FREE, S.DONE: FREE, S.WITHDRAWN: FREE},
    S.SERVING: {
        S.DONE: FREE,
        S.ARRANGED: FREE,
        S.ACCEPTED: FREE,
    },  # 已安排: who served gave up, others have not answered
    S.DONE: {S.CLOSED: FREE, S.SERVING: REASON},
    S.CLOSED: {S.ACCEPTED: REASON},
    S.REFUSED: {},
    S.MERGED: {},
    S.WITHDRAWN: {},
    S.LAPSED: {},
}
ASSIGNMENT_MOVES: dict[AssignmentStatus, dict[AssignmentStatus, bool]] = {
    A.OFFERED: {A.ACCEPTED: FREE, A.DECLINED: FREE, A.EXPIRED: FREE},
    A.ACCEPTED: {A.DONE: FREE, A.GAVE_UP: REASON},
    A.DONE: {A.ACCEPTED: REASON},  # only with the request, when its result is refused before it was counted
    A.DECLINED: {},
    A.EXPIRED: {},
    A.GAVE_UP: {},
}


class Asker:
    """Whoever asked, without an account: acts like a person, and history keeps `self` without a name."""

    id = None
    post = None


ASKER: Any = Asker()
