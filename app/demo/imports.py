"""People of the earlier platform: a list that was brought in, with invitations in every state, one that must be mended, one that waits."""

import hashlib
from datetime import timedelta
from random import Random
from typing import Any

from app import clock
from app.db import db
from app.demo import names
from app.demo.people import BAIYUN, WANTONG, acting, rows_of, user_row
from app.media.sheets import Sheet
from app.models import Import, Invitation, User
from app.models.imports.columns import COLUMNS
from app.models.imports.file import Choices
from app.models.region import place_name

PEOPLE, ACCEPT, DECLINE, WITHDRAW = 40, 9, 3, 3
KINDS = ("敬老助残", "环境保护", "文明交通", "社区服务", "")
HEADINGS = [column.heading for column in COLUMNS]
Cells = dict[str, str]


def make_imports(random: Random, staff: dict[str, int], password_hash: str) -> int:
    """One list carried out and answered by some, one with errors, one only checked; how many people were invited."""
    try:
        clock.move(-timedelta(days=12))
        city = acting(staff["city"])
        Import.check(_sheet("原平台志愿者名单（待核对）.xlsx", _wrong(random)), Choices(clock.today()), by=city)
        clock.move(-timedelta(days=11))
        people = _people(random)
        closing = clock.today().replace(month=1, day=1) - timedelta(days=1)
        done = Import.check(_sheet("原平台志愿者名单.xlsx", people), Choices(closing), by=city)
        done.carry_out(by=city)
        clock.move(-timedelta(days=1))
        Import.check(_sheet("原平台志愿者名单（第二批）.xlsx", _second(random)), Choices(closing), by=city)
        _answer(random, done, password_hash, acting(staff["wantong"]))
    finally:
        clock.move(timedelta(0))
    return done.people


def _sheet(name: str, lines: list[Cells]) -> Sheet:
    """What app/media/sheets.py would read from such a file."""
    rows: list[tuple[int, list[Any]]] = [(1, [*HEADINGS])]
    rows += [(line, [cells.get(heading, "") for heading in HEADINGS]) for line, cells in enumerate(lines, start=2)]
    return Sheet(name, hashlib.sha256(f"{name}{len(lines)}".encode()).hexdigest(), rows, frozenset())


def _people(random: Random) -> list[Cells]:
    """孙丽 with five dated services, the account `volunteer` with six, and people of 万通 and 白云 with theirs."""
    member = _who("孙丽", 9999, WANTONG)
    named = db.session.scalars(db.select(User).where(User.username_key == "volunteer")).one()
    volunteer = _who(named.name, 0, WANTONG) | {"手机号": named.phone, "服务次数": "6"}
    year = clock.today().year - 1
    lines = [_dated(member if n == 0 else _again(member), f"{year}-{3 + n}-12", KINDS[n]) for n in range(5)]
    lines.append(volunteer)
    for number, name in enumerate(names.people(random, PEOPLE - 2)):
        person = _who(name, 9500 + number, WANTONG if number < 26 else BAIYUN)
        if number % 3:
            lines.append(person | {"服务次数": str(random.randint(2, 30))})
            continue
        days = [f"{year}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}" for _ in range(random.randint(1, 3))]
        lines += [_dated(person if n == 0 else _again(person), day, random.choice(KINDS)) for n, day in enumerate(days)]
    return lines


def _wrong(random: Random) -> list[Cells]:
    """The list as it first came: some cells must be mended."""
    lines = [
        _who(name, 9700 + number, WANTONG) | {"服务次数": "3"} for number, name in enumerate(names.people(random, 24))
    ]
    lines[2]["手机号"] = "1990000"
    lines[5]["服务社区"] = "鼓楼区/万通"
    lines[9]["政治面貌"] = "同志"
    lines[9]["工作单位"] = "一中"
    lines[17] |= {"服务日期": "去年春天", "服务时长": "60"}
    return lines


def _second(random: Random) -> list[Cells]:
    """More people, checked without an error; nobody has carried it out yet."""
    people = enumerate(names.people(random, 18))
    return [_who(name, 9800 + number, BAIYUN) | {"服务次数": str(random.randint(1, 20))} for number, name in people]


def _who(name: str, number: int, community: str) -> Cells:
    return {
        "姓名": name,
        "手机号": names.phone(number),
        "政治面貌": "中共党员" if number % 5 else "群众",
        "在职情况": "退休" if number % 2 else "在职",
        "服务社区": place_name(community).replace(" · ", "/"),
    }


def _again(person: Cells) -> Cells:
    """Another row of the same person needs no more than this."""
    return {heading: person[heading] for heading in ("姓名", "手机号")}


def _dated(cells: Cells, day: str, kind: str) -> Cells:
    return cells | {"服务日期": day, "服务时长": "120", "服务类型": kind}


def _answer(random: Random, done: Import, password_hash: str, staff: User) -> None:
    """Some have registered and accepted or declined since, some were brought in by mistake."""
    wanted = db.select(Invitation).where(Invitation.import_id == done.id, Invitation.community_code == WANTONG)
    chosen = db.session.scalars(wanted.order_by(Invitation.id)).all()[2 : 2 + ACCEPT + DECLINE + WITHDRAW]
    members = chosen[: ACCEPT + DECLINE]
    accounts = [
        user_row(f"moved{number:02d}", one.name, one.phone or "", password_hash, clock.now())
        for number, one in enumerate(members)
    ]
    for number, (one, user_id) in enumerate(zip(members, rows_of(User, accounts), strict=True)):
        clock.move(-timedelta(days=10 - number / 2))
        user = db.session.get_one(User, user_id)
        if number < ACCEPT:
            card = names.id_card((1955 + 3 * number, 1 + number, 10 + number), 400 + number, bool(number % 2))
            one.accept(by=user, id_card=card)
        else:
            one.decline(by=user)
    for one in chosen[ACCEPT + DECLINE :]:
        one.withdraw(by=staff, reason="经核对不是本社区的志愿者，名单登记有误。")
