"""What people are told about their sign-ups, each change once. The person's own acts need no message."""

from collections.abc import Sequence

from sqlalchemy import select

from app import labels
from app.db import db
from app.models.activity import Activity
from app.models.message import Message, tell
from app.models.post import tell_desk
from app.models.signup import SignUp, SignUpStatus


def _tell(signup: SignUp, title: str, body: str, about: str = "") -> None:
    """To the volunteer of this sign-up (loaded), with the way to the activity."""
    named = f"{title}：{signup.activity.title}"
    tell(signup.volunteer.user_id, named, body, path=f"/activities/{signup.activity_id}", about=about)


def _facts(activity: Activity) -> str:
    return f"{labels.span(activity.starts_at, activity.ends_at)}，{activity.place}。"


def say_asking(activity: Activity) -> None:
    """To those who keep the activity: the first is to be admitted; who asks while they wait needs no further message."""
    title, path = f"有报名等您审核：{activity.title}", f"/office/activities/{activity.id}/signups"
    body = f"{_facts(activity)}请在开始前审核，没有审核的到时算未录用。"
    tell_desk(activity.community_code, title[:120], body, path=path, about=f"activity:{activity.id}")


def say_promoted(signup: SignUp) -> None:
    """A seat got free: from 候补 to 已录用."""
    body = _facts(signup.activity) + "空出的名额按先后轮到了您。去不了请在开始前取消，名额会让给下一位。"
    _tell(signup, "候补成功，您已录用", body)


def say_admitted(signup: SignUp) -> None:
    """The community said yes: 已录用, or 候补 when full."""
    if signup.status is SignUpStatus.WAITING:
        body = "社区已同意您的报名。目前名额已满，您在候补中，有名额空出会按先后自动录用。"
        _tell(signup, "报名通过审核，正在候补", body)
    else:
        _tell(signup, "报名通过审核，您已录用", _facts(signup.activity) + "去不了请在开始前取消。")


def say_declined(signup: SignUp, reason: str) -> None:
    """未录用, by staff, by a moved time or by the start."""
    _tell(signup, "未录用", reason)


def say_skipped(signups: Sequence[SignUp]) -> None:
    """A seat went past these 候补 because they are 已录用 elsewhere at that time; told once a sign-up and turn."""
    abouts = {f"skipped:{one.id}:{one.turn}": one for one in signups}
    users = [one.volunteer.user_id for one in signups]
    told = select(Message.about).where(Message.user_id.in_(users), Message.about.in_(list(abouts)))
    known = set(db.session.scalars(told)) if signups else set()
    body = "空出一个名额，但同一时间您已录用另一项活动，这次先让给了后面的人。您的候补位置保留。"
    for about, one in abouts.items():
        if about not in known:
            _tell(one, "有名额空出，您时间冲突", body, about)


def say_freed(signups: Sequence[SignUp], reason: str) -> None:
    """Staff ended these future places of one volunteer; one message for all."""
    if signups:
        titles = "、".join(f"“{one.activity.title}”" for one in signups)
        body = f"{reason}\n已取消的报名：{titles}。"
        tell(signups[0].volunteer.user_id, f"您的 {len(signups)} 项报名已取消", body, path="/member/services")
