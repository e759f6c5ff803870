"""What an account says about the person: name, phone and what helps the community (个人信息)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.crypto import keyed_hash
from app.db import Sealed, db
from app.models.history import record
from app.models.region import community
from app.refusal import Invalid, Refused
from app.text import initials, is_person_name, plain_phone

if TYPE_CHECKING:
    from app.models.user import User

WORDS = {"name": "姓名", "phone": "手机号", "gender": "性别", "home_community_code": "居住社区", "address": "住址"}


def good_name(name: str) -> str:
    """The person's name; Invalid where it is none."""
    if not is_person_name(name):
        raise Invalid("name", "请填写真实姓名：2–40 个汉字或字母，可以有间隔号“·”和空格。")
    return name


class Profile:
    """Columns and verbs of what an account says about the person; part of `User`."""

    if TYPE_CHECKING:
        id: Mapped[int]
        version: Mapped[int]
        gender: Mapped[Any]

    name: Mapped[str] = mapped_column(String(40))
    initials: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(Sealed)
    phone_hash: Mapped[str] = mapped_column(String(64), index=True)
    phone_tail: Mapped[str] = mapped_column(String(4), index=True)
    address: Mapped[str | None] = mapped_column(Sealed)
    home_community_code: Mapped[str | None] = mapped_column(String(12))

    def call(self, name: str) -> None:
        """Set the name with its pinyin initials."""
        self.name, self.initials = name, initials(name)

    def reachable_at(self, phone: str) -> None:
        """Set the phone with its keyed hash and last four digits."""
        phone = plain_phone(phone)
        self.phone, self.phone_tail = phone, phone[-4:]
        self.phone_hash = keyed_hash(phone, "phone")

    @property
    def name_is_checked(self) -> bool:
        """Whether a community has seen the name at an approval: from then on only the community mends it."""
        from app.models.volunteer import Volunteer

        return db.session.scalar(select(Volunteer.id).where(Volunteer.user_id == self.id)) is not None

    def edit_profile(self, facts: Mapping[str, Any], version: int | None, *, by: "User") -> None:
        """Change name, phone, gender, home_community_code, address ('' or None: not given).

        Refused (409) where the form showed an older state than `version`; Invalid for a name that is none,
        a name that a community has checked, or a closed community.
        """
        if version != self.version:
            raise Refused("这份资料刚在别处改过，没有保存。请看最新内容后再改。")
        changed = [field for field in WORDS if (facts[field] or None) != (getattr(self, field) or None)]
        if "name" in changed and self.name_is_checked:
            raise Invalid("name", "姓名已由社区核实，不能自己修改。需要更正请联系服务社区。")
        self._write(facts, changed)
        if changed:
            record(self, "profile", by=by, reason="、".join(WORDS[field] for field in changed))
        db.session.flush()

    def _write(self, facts: Mapping[str, Any], changed: list[str]) -> None:
        if "name" in changed:
            self.call(good_name(facts["name"]))
        if "phone" in changed:
            self.reachable_at(facts["phone"])
        if "home_community_code" in changed and facts["home_community_code"]:
            community(facts["home_community_code"], "home_community")
        for field in {"gender", "home_community_code", "address"} & set(changed):
            setattr(self, field, facts[field] or None)
