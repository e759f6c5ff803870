"""一次性密码: staff let a person in who has lost the password, after seeing the person; 停用: they keep somebody out.

Whom a post finds: people whose service community, application, home community or own post lies below it,
by exact user name, phone or name; and a member who has applied nowhere, by exact user name and phone
together. Nobody issues for somebody whose post stands as high as one's own, or for oneself.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, false, or_, select
from sqlalchemy.orm import selectinload

from app import labels
from app.access import Permission, me, rows
from app.accounts import guard
from app.crypto import keyed_hash
from app.db import db, lock
from app.models.accounts.credentials import username_key
from app.models.accounts.sign_in import end_all
from app.models.application import Application
from app.models.history import record
from app.models.message import tell
from app.models.region import lineage, place_name
from app.models.stateful import given
from app.models.user import Post, User
from app.models.volunteer import Volunteer
from app.refusal import Refused
from app.text import plain_phone

MOST = 20  # people shown; who is not among them is found by a second thing


@dataclass(frozen=True)
class Wanted:
    """What staff typed; each part that is given must fit exactly."""

    username: str = ""
    phone: str = ""
    name: str = ""

    def __bool__(self) -> bool:
        return bool(self.username or self.phone or self.name)

    @property
    def condition(self) -> Any:
        """The rows of `User` that fit."""
        parts = [
            User.username_key == username_key(self.username) if self.username else None,
            User.phone_hash == keyed_hash(plain_phone(self.phone), "phone") if self.phone else None,
            User.name == self.name if self.name else None,
        ]
        given = [part for part in parts if part is not None]
        return and_(*given) if given else false()


def find(wanted: Wanted) -> list[User]:
    """The people whom the acting post may see here, with their posts loaded."""
    reach = [_below()]
    if wanted.username and wanted.phone:
        reach.append(~exists().where(Volunteer.user_id == User.id) & ~exists().where(Application.user_id == User.id))
    mine = select(User).where(wanted.condition, or_(*reach), User.id != me().id, User.phone_hash != "")
    found = mine.options(selectinload(User.posts)).order_by(User.id).limit(MOST)
    return list(db.session.scalars(found))


def _below() -> Any:
    """The condition that a person belongs somewhere below the acting post."""
    post = me().post
    codes = lineage().get(post.region_code, (post.region_code,)) if post and post.region_code else ()

    def under(column: Any) -> Any:
        return or_(false(), *[column.startswith(code) for code in codes])

    theirs = (
        rows(Volunteer, Permission.VOLUNTEERS).where(Volunteer.user_id == User.id),
        rows(Application, Permission.APPLICATIONS).where(Application.user_id == User.id),
        select(Volunteer).where(Volunteer.user_id == User.id, under(Volunteer.home_community_code)),
        select(Post).where(Post.user_id == User.id, under(Post.region_code), Post.revoked_at.is_(None)),
    )
    return or_(under(User.home_community_code), *[one.exists() for one in theirs])


def may_issue(person: User) -> bool:
    """Whether the acting post stands above every post of this person."""
    post = me().post
    return post is not None and person.rank < post.rank


def issue(person: User, reason: str) -> str:
    """A new code for this person, who is signed out everywhere and told; Refused for an equal or higher post."""
    person = _below_me(person)
    code = person.issue_code(by=me(), reason=reason)
    end_all(person.id)
    guard.unlock(person.username)
    _warn(person, "已为您发放一次性密码", f"{_acting()}当面核实身份后，为您发放了一次性密码，原密码已失效。")
    return code


def unlock(person: User, reason: str) -> None:
    """Forget the failed sign-ins against this person, who may try again at once; Refused as above."""
    person = _below_me(person)
    record(person, "unlock", by=me(), reason=given(reason))
    guard.unlock(person.username)
    _warn(person, "已为您解除登录限制", f"{_acting()}当面核实身份后，为您解除了登录限制，密码没有改变。")


def reset_second_step(person: User, reason: str) -> None:
    """Switch off the second step of a person who lost phone and recovery codes; Refused as above."""
    close_second_step(_below_me(person), reason, by=me())


def close_second_step(person: User, reason: str, *, by: User | None) -> None:
    """The same by the acting post or by a command: all sessions end, and the person is told."""
    person.reset_second_step(by=by, reason=reason)
    end_all(person.id)
    who = f"{_acting()}当面核实身份后" if by else "系统管理员"
    _warn(person, "已为您关闭两步验证", f"{who}为您关闭了两步验证，以后只用密码登录。请尽快重新开启。")


def disable(person: User, reason: str) -> None:
    """Nobody signs in to this account from now on; Refused for an equal or higher post."""
    _below_me(person, even_disabled=True).disable(by=me(), reason=reason)


def enable(person: User, reason: str) -> None:
    """The account is open again, and the person told so; Refused as above."""
    person = _below_me(person, even_disabled=True)
    person.enable(by=me(), reason=reason)
    _warn(person, "账号已恢复使用", f"{_acting()}恢复了您的账号。原因：{given(reason).rstrip('。')}。")


def _below_me(person: User, *, even_disabled: bool = False) -> User:
    """This person, held until the request ends, if the acting post stands above all of theirs (and nobody disabled the account)."""
    found: User
    [found] = lock(select(User).where(User.id == person.id).options(selectinload(User.posts)))
    if not may_issue(found):
        raise Refused("此人的任职不低于您当前的任职，请由上一级工作人员办理。")
    if not even_disabled and found.disabled_at is not None:
        raise Refused("这个账号已经停用，请先恢复账号，再办理。")
    return found


def _acting() -> str:
    post = me().post
    return f"{place_name(post.region_code or '', full=False)}{labels.word(post.role)}{me().name}" if post else me().name


def _warn(person: User, title: str, text: str) -> None:
    body = f"{text}如果不是您本人办理，请立即联系社区。"
    tell(person.id, f"账号安全提醒：{title}", body, path="/member/security")
