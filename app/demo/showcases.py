"""Teams and bases of the demonstration city: members, leaders, drawn pictures, and activities that belong to them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, update

from app import clock
from app.db import db
from app.demo.drawings import drawn
from app.demo.people import BAIYUN, WANTONG, Person, rows_of
from app.models import Activity, History, Picture, ServiceBase, Team, TeamMember
from app.models.category import categories
from app.models.region import place_name
from app.models.service_base import BaseStatus
from app.models.team import MemberStatus, TeamStatus

TEAMS, BASES = 26, 15
MOST = 34  # members


@dataclass(frozen=True)
class Kind:
    """A team or a base that several communities have."""

    category: str
    name: str
    about: str
    picture: str = ""
    alt: str = ""
    where: str = ""
    hours: str = ""


TEAM_KINDS = (
    Kind("elder", "“夕阳红”助老服务队", "每周二、周五上门看望独居老人，理发、量血压、陪着说说话。\n有空的邻居都欢迎，不会的我们教。", "team", "志愿者合影"),
    Kind("env", "“清洁家园”护绿队", "周末清理楼道和绿地，讲清楚垃圾分类。工具由社区准备，来了就能干。"),
    Kind("med", "“连心”健康服务队", "由退休医生和护士带队，每月一次义诊，平时帮老人看懂药盒上的字。", "med", "义诊现场"),
    Kind("edu", "“小桔灯”助学队", "周末给双职工家庭的孩子讲作业，寒暑假办书法和阅读小课堂。", "edu", "志愿者在给孩子讲题"),
    Kind("traffic", "文明路口劝导队", "早晚高峰护送学生过街，劝导电动车按线停车，风雨天也在。"),
    Kind("community", "“马扎议事”调解队", "搬个马扎坐下来谈。邻里之间的停车、漏水、晾晒，先听两边说完。", "community", "志愿者在楼道里忙碌"),
    Kind("emergency", "“彭城先锋”应急服务队", "汛期查地下车库，雪天清上学路，每季度练一次心肺复苏。", "emergency", "应急队员集合"),
    Kind("culture", "“翰墨”文化服务队", "春节写春联，重阳排节目，把老街的故事一段段记下来。"),
    Kind("law", "“明理”普法服务队", "楼栋里讲防诈骗，每月请律师坐班一次，帮居民理清头绪。"),
)  # fmt: skip
BASE_KINDS = (
    Kind("community", "党群服务中心", "一楼有服务台和母婴室，二楼是议事厅和多功能厅。\n志愿者每天值班，带您认路、帮您填表。", "base1", "党群服务中心门前", "{}党群服务中心", "周一至周日 8:30–17:30"),
    Kind("env", "志愿服务驿站", "环卫工人和骑手在这里歇脚、热饭、充电；志愿者从这里领工具出发。", "base2", "志愿服务驿站", "{}文化广场东侧", "每天 7:00–20:00"),
    Kind("edu", "红色书屋", "三千多册书，孩子放学可以来写作业。书架是党员认领的，每排都写着名字。", "base3", "红色书屋", "{}综合服务楼三楼", "周二至周日 9:00–17:00，周一整理"),
    Kind("elder", "银龄助老服务点", "助餐、理发、量血压都在这里。每天十点半开饭，行动不便的由志愿者送到家。", "elder", "志愿者陪老人聊天", "{}助餐点旁", "周一至周五 9:00–16:00"),
    Kind("culture", "新时代文明实践站", "写字、排练、讲故事的地方，每月有一次开放日，附近居民都来看。", "culture", "居民在写春联", "{}文明实践站", "周六、周日 9:00–17:00"),
)  # fmt: skip


def make_showcases(random: Random, places: list[str], people: list[Person], staff: dict[str, int]) -> tuple[int, int]:
    """Teams with members and bases with pictures, of 万通 and of the other communities; how many of each."""
    teams = _teams(random, places)
    members = _members(random, teams, people)
    _hold(random, Activity.team_id, teams)
    bases = _bases(random, places)
    _hold(random, Activity.base_id, bases)
    founded = [("team", id, row) for id, row in teams] + [("service_base", id, row) for id, row in bases]
    _remember(founded, members, staff)
    return len(teams), len(bases)


def _place(code: str, kind: Kind) -> dict[str, Any]:
    slug = next(one.id for one in categories().values() if one.slug == kind.category)
    return {
        "district_code": code[:6],
        "subdistrict_code": code[:9],
        "community_code": code,
        "category_id": slug,
        "introduction": kind.about,
        "contact": f"{place_name(code, full=False)}党群服务中心，工作日 9:00–17:00",
        "created_at": clock.start_of(clock.today() - timedelta(days=200)) + timedelta(hours=10),
    }


def _teams(random: Random, places: list[str]) -> list[tuple[int, dict[str, Any]]]:
    """万通 has two, the others one each; the last one is dissolved."""
    rows = []
    for number, code in enumerate([WANTONG, WANTONG, BAIYUN, *_others(random, places, TEAMS - 3)]):
        kind = TEAM_KINDS[number % len(TEAM_KINDS)]
        closed = number == TEAMS - 1
        rows.append(
            _place(code, kind)
            | {
                "name": kind.name,
                "founded_on": date(random.randint(2012, 2024), random.randint(1, 12), random.randint(1, 28)),
                "status": TeamStatus.CLOSED if closed else TeamStatus.ACTIVE,
            }
        )
    made = list(zip(rows_of(Team, rows), rows, strict=True))
    for number, (id, _) in enumerate(made):
        _illustrate("team", id, [TEAM_KINDS[number % len(TEAM_KINDS)]])
    return made


def _bases(random: Random, places: list[str]) -> list[tuple[int, dict[str, Any]]]:
    """Each with one to three pictures; the last one is closed."""
    rows = []
    kinds = [BASE_KINDS[number % len(BASE_KINDS)] for number in range(BASES)]
    codes = [*_others(random, places, BASES - 3), BAIYUN, WANTONG, WANTONG]  # the newest stand first
    for number, (code, kind) in enumerate(zip(codes, reversed(kinds), strict=True)):
        near = place_name(code, full=False)
        rows.append(
            _place(code, kind)
            | {
                "name": f"{near}{kind.name}",
                "address": kind.where.format(near),
                "opening_hours": kind.hours,
                "status": BaseStatus.CLOSED if number == 0 else BaseStatus.OPEN,
            }
        )
    made = list(zip(rows_of(ServiceBase, rows), rows, strict=True))
    for (id, _), kind in zip(made, reversed(kinds), strict=True):
        others = random.sample([one for one in BASE_KINDS if one is not kind], random.choice((0, 1, 2)))
        _illustrate("service_base", id, [kind, *others])
    return made


def _others(random: Random, places: list[str], count: int) -> list[str]:
    return random.sample([code for code in places if code not in (WANTONG, BAIYUN)], count)


def _illustrate(noun: str, id: int, kinds: list[Kind]) -> None:
    """Give it the drawn pictures of these kinds."""
    for position, kind in enumerate(one for one in kinds if one.picture):
        picture = Picture.keep(drawn(kind.picture), noun=noun, alt=kind.alt, position=position)
        picture.noun_id = id


def _members(
    random: Random, teams: list[tuple[int, dict[str, Any]]], people: list[Person]
) -> list[tuple[int, dict[str, Any], Person]]:
    """Neighbours, some who ask, were declined or left; the first team of 万通 is that of the account `volunteer`."""
    rows, who = [], []
    for number, (id, team) in enumerate(teams):
        near = [one for one in people if one.community == team["community_code"]]
        chosen = random.sample(near, min(len(near), random.randint(8, MOST)))
        if number == 0:
            chosen = [people[0], *[one for one in chosen if one is not people[0]]]
        elif number == 1:
            chosen = [one for one in chosen if one is not people[0]]
        for turn, person in enumerate(chosen):
            rows.append(_member(random, id, person, turn, team))
            who.append(person)
    ids = rows_of(TeamMember, rows)
    for id, _ in teams:
        inside = [row for row in rows if row["team_id"] == id and row["status"] is MemberStatus.MEMBER]
        leader = inside[min(1, len(inside) - 1)]["volunteer_id"] if inside else None
        db.session.execute(update(Team).where(Team.id == id).values(members=len(inside), leader_id=leader))
    return list(zip(ids, rows, who, strict=True))


def _member(random: Random, team_id: int, person: Person, turn: int, team: dict[str, Any]) -> dict[str, Any]:
    status = MemberStatus.MEMBER
    if turn > 3:
        states = (MemberStatus.MEMBER, MemberStatus.ASKING, MemberStatus.LEFT, MemberStatus.DECLINED)
        status = random.choices(states, (90, 6, 3, 1))[0]
    if team["status"] is TeamStatus.CLOSED and status is MemberStatus.ASKING:
        status = MemberStatus.DECLINED
    days = random.randint(1, 5) if status is MemberStatus.ASKING else random.randint(20, 180)
    asked = clock.now() - timedelta(days=days, hours=random.randint(0, 9))
    been = status in (MemberStatus.MEMBER, MemberStatus.LEFT)
    return {
        "team_id": team_id,
        "volunteer_id": person.volunteer_id,
        "status": status,
        "created_at": asked,
        "joined_at": asked + timedelta(hours=20) if been else None,
        "left_at": asked + timedelta(days=15) if status is MemberStatus.LEFT else None,
    }


def _hold(random: Random, column: Any, made: list[tuple[int, dict[str, Any]]]) -> None:
    """Most activities of the same community and kind belong to it, and some of another kind."""
    for id, row in made:
        here = [Activity.community_code == row["community_code"], column.is_(None)]
        if row["status"] in (TeamStatus.CLOSED, BaseStatus.CLOSED):
            here.append(Activity.ends_at < clock.now())
        like = Activity.category_id == row["category_id"]
        db.session.execute(update(Activity).where(*here, like).values({column.key: id}))
        share = random.randint(3, 5)
        db.session.execute(update(Activity).where(*here, Activity.id % share == id % share).values({column.key: id}))


def _remember(
    founded: list[tuple[str, int, dict[str, Any]]],
    members: list[tuple[int, dict[str, Any], Person]],
    staff: dict[str, int],
) -> None:
    """History: founded by the community (or the city for it), each person asked, came or left."""
    by = {code: (staff[name], "community", code) for name, code in (("wantong", WANTONG), ("baiyun", BAIYUN))}
    city = staff["city"], "city", "3203"
    lines = []
    for noun, id, row in founded:
        who = by.get(row["community_code"], city)
        lines.append(_line(noun, id, "create", "", row["status"], row["created_at"], who))
    for id, row, person in members:
        self = person.user_id, "self", ""
        lines.append(_line("team_member", id, "create", "", MemberStatus.ASKING, row["created_at"], self))
        if row["status"] is not MemberStatus.ASKING:
            after = MemberStatus.DECLINED if row["joined_at"] is None else MemberStatus.MEMBER
            at = row["joined_at"] or row["created_at"] + timedelta(days=1)
            who = by.get(person.community, city)
            lines.append(_line("team_member", id, "move", MemberStatus.ASKING, after, at, who))
        if row["left_at"]:
            lines.append(_line("team_member", id, "move", MemberStatus.MEMBER, MemberStatus.LEFT, row["left_at"], self))
    db.session.execute(insert(History), lines)


def _line(
    noun: str, id: int, action: str, came: str, to: str, at: datetime, who: tuple[int, str, str]
) -> dict[str, Any]:
    return {
        "noun": noun,
        "noun_id": id,
        "action": action,
        "from_state": str(came),
        "to_state": str(to),
        "created_at": at,
        "actor_id": who[0],
        "actor_role": who[1],
        "actor_place": who[2],
    }
