"""The columns of a file of people (人员导入): what they are called, what may stand in a cell, what to mend.

`COLUMNS` is also what the page and the template explain. A reader takes the text of a cell and returns its
value, or raises Wrong with a Chinese sentence that never repeats personal data.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app import clock
from app.models.category import OTHER, categories, category_by_slug
from app.models.user import Gender
from app.models.volunteers.id_card import IdCard, read_card
from app.models.volunteers.identity import Employment, Political
from app.refusal import Invalid
from app.text import is_person_name, is_phone, plain_phone, squeeze

MOST_SERVICES, DAY = 2000, 1440  # services in one row, minutes in a day
FIRST_YEAR = 2000
DATE = re.compile(r"(\d{4}) ?[-/.年] ?(\d{1,2}) ?[-/.月] ?(\d{1,2}) ?日?(?: 0?0:00(?::00)?)?", re.ASCII)
BAD = {
    "formula": "这一格是公式。请复制这一列，用“选择性粘贴 → 数值”贴回来再传。",
    "digits": "这一格被表格当成了数字，后几位已经丢失。请把这一列设成“文本”格式再重新填写。",
    "long": "这一格超过 200 个字，请缩短。",
}


class Wrong(ValueError):
    """What is wrong in a cell, in Chinese."""


@dataclass(frozen=True)
class Column:
    """A heading with the names that people also give it, whether it must be there, and how to fill it in."""

    key: str
    heading: str
    told: str
    example: str
    needed: bool = False
    aliases: tuple[str, ...] = ()


COLUMNS = (
    Column("name", "姓名", "本人的真实姓名。", "李明", True),
    Column("phone", "手机号", "本人的手机号，或带区号的固定电话。", "13900001234", True, ("手机号码", "手机", "电话", "联系电话")),
    Column("card", "身份证号", "18 位，没有可以不填；请先把这一列设成“文本”格式。", "", False, ("身份证号码", "身份证")),
    Column("gender", "性别", "男或女，填了身份证号的可以不填。", "男"),
    Column("political", "政治面貌", "中共党员、中共预备党员、共青团员、民主党派、群众。", "中共党员", True),
    Column("employment", "在职情况", "在职、退休、学生、其他。", "在职", True, ("就业状况",)),
    Column("community", "服务社区", "12 位代码，或“区/街道/社区”的名称。", "鼓楼区/黄楼街道/万通社区", True, ("社区",)),
    Column("unit", "工作单位", "单位的全称；没有单位的不填，或填“无单位”。", "", False, ("单位", "所在单位")),
    Column("number", "服务次数", "这一行有几次服务；写了日期的默认 1 次。", "1", False, ("次数",)),
    Column("day", "服务日期", "例如 2025-03-01；只知道总次数的不填，统一记在截止日期。", "2025-03-01", False, ("日期",)),
    Column("minutes", "服务时长", "每次多少分钟；写了日期的必填，只有总次数的可以不填。", "120", False, ("时长", "服务分钟", "分钟")),
    Column("category", "服务类型", "本站的活动类型，例如“敬老助残”；不填记作“其他”。", "敬老助残", False, ("类型", "活动类型")),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}
NAMED = {name: column.key for column in COLUMNS for name in (column.heading, *column.aliases)}
IDENTITY = ("card", "gender", "political", "employment", "community", "unit")
SERVICE = ("number", "day", "minutes", "category")

GENDERS = {"男": Gender.MALE, "女": Gender.FEMALE}
POLITICAL = {
    "中共党员": Political.PARTY, "党员": Political.PARTY, "正式党员": Political.PARTY,
    "中共预备党员": Political.PROBATIONARY, "预备党员": Political.PROBATIONARY,
    "共青团员": Political.LEAGUE, "团员": Political.LEAGUE, "民主党派": Political.DEMOCRATIC, "群众": Political.MASSES,
}  # fmt: skip
EMPLOYMENT = {
    "在职": Employment.EMPLOYED, "退休": Employment.RETIRED, "离退休": Employment.RETIRED,
    "学生": Employment.STUDENT, "其他": Employment.OTHER,
}  # fmt: skip


def heading_key(text: str) -> str | None:
    """The column that a heading names; spaces and what stands in brackets do not count."""
    return NAMED.get(re.sub(r"[(（].*?[)）]|\s|\*", "", unicodedata.normalize("NFKC", squeeze(text))))


def tidy(text: str) -> str:
    """A cell on one line without odd spaces; a two-character name is often padded."""
    return re.sub(r"\s+", " ", squeeze(unicodedata.normalize("NFKC", text)))


def _name(text: str) -> str:
    name = text if text.isascii() else re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", text)
    if not is_person_name(name):
        raise Wrong("请填写真实姓名：2–40 个汉字或字母，不要带称呼、编号。")
    return name


def _phone(text: str) -> str:
    phone = plain_phone(text)
    if not is_phone(phone):
        raise Wrong(f"请填写 11 位手机号，或带区号的固定电话（现在是 {len(phone)} 位）。")
    return phone


def _card(text: str) -> IdCard:
    try:
        return read_card(text)
    except Invalid as wrong:
        raise Wrong(wrong.message) from wrong


def _choice(words: Mapping[str, Any], shown: Sequence[str]) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        if text not in words:
            raise Wrong(f"请填写{'、'.join(shown)}之一。")
        return words[text]

    return read


def _whole(text: str, least: int, most: int, what: str) -> int:
    if not text.isascii() or not text.isdecimal() or not least <= int(text[:9]) <= most:
        raise Wrong(f"请填写 {least} 到 {most} 的整数（{what}）。")
    return int(text)


def _day(text: str) -> date:
    found = DATE.fullmatch(text)
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None:
        raise Wrong("请填写日期，例如 2025-03-01。")
    if not date(FIRST_YEAR, 1, 1) <= day <= clock.today():
        raise Wrong(f"请填写 {FIRST_YEAR} 年以来、今天以前的日期。")
    return day


def _category(text: str) -> int:
    found = next((one for one in categories().values() if one.name == text), None)
    if found is None:
        names = "、".join(one.name for one in categories().values() if not one.closed)
        raise Wrong(f"没有这个类型。可以填：{names}。")
    return found.id


def other_category() -> int:
    """The id of 其他, for services whose kind nobody wrote down."""
    found = category_by_slug(OTHER)
    if found is None:
        raise RuntimeError("the category 其他 is missing")
    return found.id


READERS: dict[str, Callable[[str], Any]] = {
    "name": _name,
    "phone": _phone,
    "card": _card,
    "gender": _choice(GENDERS, ("男", "女")),
    "political": _choice(POLITICAL, ("中共党员", "中共预备党员", "共青团员", "民主党派", "群众")),
    "employment": _choice(EMPLOYMENT, ("在职", "退休", "学生", "其他")),
    "number": lambda text: _whole(text, 1, MOST_SERVICES, "服务次数"),
    "day": _day,
    "minutes": lambda text: _whole(text, 0, DAY, "每次的分钟数"),
    "category": _category,
}


def read_cell(key: str, cell: Any) -> Any:
    """The value of a cell in this column; None for an empty one. Raises Wrong."""
    if isinstance(cell, dict):
        raise Wrong(BAD[cell["bad"]])
    text = tidy(cell)
    if not text:
        return None
    return READERS[key](text) if key in READERS else text
