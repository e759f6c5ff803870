"""What the asker reads of a move that needs no reason: a prewritten sentence, which staff may put in their own words."""

from app.models.stateful import REASON_LIMIT
from app.refusal import Invalid

ACCEPTED = "已经受理，我们会尽快安排志愿者，请保持电话畅通。"
ARRANGED = "已经请了合适的志愿者，答复以后会按您留的电话联系您。"
AWAITED = "原来的志愿者去不了，正在等另外请的志愿者答复。"
SOLVED = "社区已经为您办理，会再回访您一次。"
CLOSED = "已经回访并办结，谢谢您。没有解决的，可以在 15 天内要求重办。"
ACCEPTED_UNREACHED = "已经受理，我们会尽快安排志愿者，到您留的地址去找您。"
ARRANGED_UNREACHED = "已经请了合适的志愿者，答复以后会到您留的地址去找您。"
MERGED = "同一件事已有求助在办理，合并到那里一起办，不会漏下。"


def accepted(phone: str | None) -> str:
    """What is said of 受理, to somebody with or without a phone."""
    return ACCEPTED if phone else ACCEPTED_UNREACHED


def arranged(phone: str | None) -> str:
    """What is said of the arrangement, to somebody with or without a phone."""
    return ARRANGED if phone else ARRANGED_UNREACHED


def sentence(typed: str, usual: str) -> str:
    """What staff wrote for the asker, or the usual sentence; Invalid when it is too long."""
    typed = typed.strip() or usual
    if len(typed) > REASON_LIMIT:
        raise Invalid("sentence", f"给求助人的话最多 {REASON_LIMIT} 个字，现在是 {len(typed)} 个。")
    return typed
