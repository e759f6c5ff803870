"""Reading a file of people (人员导入): rows of text → people with their earlier services, or what to mend, by line.

One row is a person, or a service of a person: rows with the same name and phone are the same person, and only
the first must state who they are. Nothing is written here; `check` is the whole dry run but for those who were
brought in before (app/models/imports/before.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.models.imports.columns import (
    BY_KEY,
    COLUMNS,
    DAY,
    IDENTITY,
    SERVICE,
    Wrong,
    heading_key,
    other_category,
    read_cell,
)
from app.models.imports.places import REFUSE, Units, community_of
from app.models.region import CITY

MOST_ERRORS, MOST_PEOPLE = 1000, 10_000
LOOK_FOR_HEADINGS = 10  # lines
Row = tuple[int, list[Any]]
# JSON: line, name, phone, card, gender, political, …, services [(day, minutes, category, number, line)]
Person = dict[str, Any]


@dataclass(frozen=True)
class Choices:
    """What the person who brings the file decided: the day of bare counts, unknown units, and where they may."""

    closes_on: date | None = None
    units: str = REFUSE
    within: str = CITY


@dataclass
class Checked:
    """What came of a file: its people, or its errors as (line, heading, what to mend)."""

    people: list[Person] = field(default_factory=list)
    errors: list[tuple[int, str, str]] = field(default_factory=list)
    rows: int = 0
    new_units: list[str] = field(default_factory=list)

    @property
    def services(self) -> int:
        """How many earlier services there are in all."""
        return sum(count(person) for person in self.people)

    def wrong(self, line: int, heading: str, message: str) -> None:
        """Note what is to be mended; no more than a person would read."""
        if len(self.errors) < MOST_ERRORS:
            self.errors.append((line, heading, message))


def count(person: Person) -> int:
    """How many earlier services this person brings."""
    return sum(number for _, _, _, number, _ in person["services"])


def check(rows: list[Row], merged: Iterable[int], choices: Choices) -> Checked:
    """The whole file: `rows` as app/media/sheets.py reads them, `merged` the lines with merged cells."""
    done = Checked()
    at, keys = _headings(rows, done)
    header_line = rows[at][0] if rows else 0
    for line in sorted(line for line in merged if line >= header_line):
        done.wrong(line, "", "这一行有合并的单元格，请取消合并，每行写全。")
    if not done.errors:
        _Reading(keys, choices, done).read(rows[at + 1 :])
    done.errors.sort(key=lambda error: error[0])
    return done


def _headings(rows: list[Row], done: Checked) -> tuple[int, list[str | None]]:
    """Where the row of headings is, and the column that each of them names."""
    for at, (line, cells) in enumerate(rows[:LOOK_FOR_HEADINGS]):
        keys = [heading_key(cell) if isinstance(cell, str) else None for cell in cells]
        if "name" in keys and "phone" in keys:
            _judge_headings(line, cells, keys, done)
            return at, keys
    done.wrong(rows[0][0] if rows else 1, "", "没有找到表头。表头要有“姓名”“手机号”等列名，请用模板填写。")
    return 0, []


def _judge_headings(line: int, cells: list[Any], keys: list[str | None], done: Checked) -> None:
    for cell, key in zip(cells, keys, strict=True):
        if key is None and cell:
            shown = cell[:20] if isinstance(cell, str) else "公式"
            done.wrong(line, shown, "不认识这一列。请删去，或改成模板里的列名。")
    for column in COLUMNS:
        if keys.count(column.key) > 1:
            done.wrong(line, column.heading, "这一列出现了不止一次，请只留一列。")
        elif column.needed and column.key not in keys:
            done.wrong(line, column.heading, "缺少这一列，请对照模板补上。")


class _Reading:
    """Goes through the rows of people, keeping who was read already."""

    def __init__(self, keys: list[str | None], choices: Choices, done: Checked) -> None:
        self.keys, self.choices, self.done = keys, choices, done
        self.units = Units(choices.units)
        self.people: dict[tuple[str, str], Person] = {}
        self.broken: set[tuple[str, str]] = (
            set()
        )  # whose row must be mended: others of theirs are not compared with it yet
        self.cards: dict[str, Person] = {}
        self.other = other_category()
        self.places: dict[str, str] = {}

    def read(self, rows: list[Row]) -> None:
        """Every row; the people of a file without errors are in `done` afterwards."""
        self.done.rows = len(rows)
        if not rows:
            self.done.wrong(1, "", "表头下面没有人员。")
        if len(rows) > MOST_PEOPLE:
            self.done.wrong(rows[MOST_PEOPLE][0], "", f"超过 {MOST_PEOPLE} 行，请分成几个文件。")
            return
        for line, cells in rows:
            self._row(line, cells)
        for person in self.people.values():
            del person["said"]
        self.done.people = list(self.people.values())
        self.done.new_units = sorted(self.units.new)

    def _row(self, line: int, cells: list[Any]) -> None:
        before = len(self.done.errors)
        values = self._values(line, cells)
        who = values["name"], values["phone"]
        if len(self.done.errors) >= MOST_ERRORS:
            return
        good = len(self.done.errors) == before
        if who in self.broken:
            person: Person = {"services": []}
        elif who in self.people:
            person = self.people[who]
            self._same(line, values, person)
        else:
            person = self._person(line, values)
            if good:
                self._keep(who, person, values["card"])
        if not any(self._noted(line, key) for key in SERVICE):
            self._service(line, values, person)
        if not good:
            self.broken.add(who)

    def _keep(self, who: tuple[str, str], person: Person, card: Any) -> None:
        self.people[who] = person
        if card:
            self.cards[card.number] = person

    def _values(self, line: int, cells: list[Any]) -> dict[str, Any]:
        found: dict[str, Any] = dict.fromkeys(BY_KEY)
        for key, cell in zip(self.keys, cells, strict=False):
            if key is None:
                continue
            try:
                value = read_cell(key, cell)
                found[key] = self._found(key, value) if value else value
            except Wrong as wrong:
                self.done.wrong(line, BY_KEY[key].heading, str(wrong))
        for key in ("name", "phone"):
            if found[key] is None and not self._noted(line, key):
                self.done.wrong(line, BY_KEY[key].heading, "不能空着。")
        return found

    def _noted(self, line: int, key: str) -> bool:
        last = self.done.errors[-len(COLUMNS) :]
        return any((at, heading) == (line, BY_KEY[key].heading) for at, heading, _ in last)

    def _found(self, key: str, value: Any) -> Any:
        """The value as the city knows it: the community's code, the unit's (id, name off the list). Raises Wrong."""
        if key == "unit":
            return self.units.of(value)
        return self._place(value) if key == "community" else value

    def _place(self, text: str) -> str:
        if text not in self.places:
            self.places[text] = community_of(text, self.choices.within)
        return self.places[text]

    def _person(self, line: int, values: dict[str, Any]) -> Person:
        """A person not met before, who must state everything."""
        person: Person = {"line": line, "services": [], "unit": None, "unit_other": "", "said": values}
        for key in ("political", "employment", "community"):
            if values[key] is None and not self._noted(line, key):
                self.done.wrong(line, BY_KEY[key].heading, "不能空着。")
        card, gender = values["card"], values["gender"]
        if card and gender and card.gender is not gender:
            self.done.wrong(line, "性别", "与身份证号不符，请核对。")
        if card and card.number in self.cards:
            self.done.wrong(line, "身份证号", f"与第 {self.cards[card.number]['line']} 行的身份证号相同，请核对。")
        person["unit"], person["unit_other"] = values["unit"] or self.units.of(None)
        person |= {key: values[key] for key in ("name", "phone", "political", "employment", "community")}
        person["new_unit"] = person["unit_other"] if person["unit_other"] in self.units.new else ""
        person |= {"card": card.number if card else None, "gender": card.gender if card else gender}
        return person

    def _same(self, line: int, values: dict[str, Any], person: Person) -> None:
        """Another service of somebody: what is stated again must be the same."""
        for key in IDENTITY:
            if values[key] is not None and values[key] != person["said"][key]:
                self.done.wrong(line, BY_KEY[key].heading, f"与第 {person['line']} 行同一人填的不一致，请核对。")

    def _service(self, line: int, values: dict[str, Any], person: Person) -> None:
        number, day, minutes = values["number"], values["day"], values["minutes"]
        if day is None and number is None:
            if minutes is not None or values["category"] is not None:
                self.done.wrong(line, "服务次数", "填了时长或类型，还要填服务日期或服务次数。")
            return
        if day is not None and not minutes:
            self.done.wrong(line, "服务时长", f"写了日期的，请填每次的分钟数（1 到 {DAY}）。")
            return
        if day is not None and (number or 1) * minutes > DAY:
            self.done.wrong(line, "服务时长", "这一天的服务加起来超过 24 小时，请核对次数和时长。")
        on = day or self.choices.closes_on
        if on is None:
            self.done.wrong(line, "服务日期", "没有日期。请填写，或在上传时填写“截止日期”。")
            return
        person["services"].append((on.isoformat(), minutes or 0, values["category"] or self.other, number or 1, line))
