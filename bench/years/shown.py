"""What the city shows and decides: teams and their members, bases, associations, stars of the quarter, disputes about a unit."""

from datetime import date, timedelta

from app import clock
from bench.fill import FIRST, NOW, UNITS
from bench.years.city import Past, Rows, day_of

TEAMS, BASES, PROFESSIONALS, STARS, DISPUTES = 5_000, 2_000, 5_000, 200_000, 20_000
GROUPS, QUARTERS, IN_A_TEAM = 10, 40, 20
TEAM_NAMES = ("红心", "蓝天", "夕阳", "青年")


def teams(past: Past) -> Rows:
    """Every twelfth was closed; `members` and `leader_id` follow from their rows (bench/fill_years.py)."""
    whole = past.amount(TEAMS)
    for n in range(whole):
        yield {
            "created_at": past.when(n, whole), "name": f"{TEAM_NAMES[n % 4]}志愿服务{n}队", "introduction": "由社区居民组成，每周活动一次。",
            "contact": "社区服务中心", "category_id": past.kind(n), "founded_on": date(2018, 1, 1) + timedelta(days=n % 2000), "members": 0,
            "status": "closed" if n % 12 == 11 else "active", **past.there(n, whole),
        }  # fmt: skip


def members(past: Past) -> Rows:
    """Twenty of each team; a few left, in one of fifty somebody asks to join."""
    whole = past.amount(TEAMS)
    for n in range(whole):
        at, is_open = past.when(n, whole), n % 12 != 11
        for turn in range(IN_A_TEAM):
            asks = is_open and n % 50 == 3 and turn == 0
            state = "asking" if asks else "left" if (n * IN_A_TEAM + turn) % 10 == 9 else "member"
            yield {
                "created_at": NOW - timedelta(days=3) if asks else at, "team_id": n + 1,
                "volunteer_id": FIRST + past.person((n * IN_A_TEAM + turn) * 7), "status": state,
                "joined_at": None if asks else at, "left_at": at if state == "left" else None,
            }  # fmt: skip


def bases(past: Past) -> Rows:
    whole = past.amount(BASES)
    for n in range(whole):
        yield {
            "created_at": past.when(n, whole), "name": f"服务基地{n}", "address": "社区一楼", "opening_hours": "工作日", "contact": "社区",
            "introduction": "居民活动的地方。", "category_id": past.kind(n), "status": "closed" if n % 15 == 14 else "open", **past.there(n, whole),
        }  # fmt: skip


def groups(past: Past) -> Rows:
    for n in range(GROUPS):
        yield {
            "name": f"专业协会{n}",
            "introduction": "执业人员组成。",
            "contact": "社区",
            "position": n,
            "status": "shown" if n else "closed",
        }


def professionals(past: Past) -> Rows:
    whole = past.amount(PROFESSIONALS)
    for n in range(whole):
        at, state = past.when(n, whole), "removed" if n % 20 == 19 else "asked" if n % 20 == 18 else "shown"
        yield {
            "created_at": at, "group_id": 1 + n % GROUPS, "volunteer_id": FIRST + past.person(n), "speciality": "律师", "organisation": "律师事务所",
            "checked": "看过证书", "checked_by_id": past.people["city"], "agreed_at": None if state == "asked" else at, "status": state,
        }  # fmt: skip


def stars(past: Past) -> Rows:
    """As many in each of forty quarters, every tenth a team; those of the last one are chosen at this moment: more than /stars shows of
    these in the small city too."""
    least = min(130, past.size.volunteers // 2)
    whole, last = past.amount(STARS, least * QUARTERS), past.today.year * 4 + (past.today.month - 1) // 3
    each, team_number = whole // QUARTERS, past.amount(TEAMS)
    for n in range(each * QUARTERS):
        back, turn = QUARTERS - n // each, n % each
        year, quarter = divmod(last - back, 4)
        first = date(year, quarter * 3 + 3, 1) + timedelta(days=40)
        state = "revoked" if turn % 40 == 39 else "published" if back > 1 else ("candidate", "announced")[turn % 2]
        if state == "announced":
            first = day_of(NOW, -2)
        moment = clock.start_of(first)
        is_team, is_past = turn % 10 == 0 and turn // 10 < team_number, state in ("published", "revoked")
        yield {
            "created_at": moment, "kind": "team" if is_team else "person", "quarter": f"{year}Q{quarter + 1}",
            "team_id": 1 + turn // 10 if is_team else None, "volunteer_id": None if is_team else FIRST + past.person(turn * 7 + n // each * 13),
            "reason": "全年坚持参加社区志愿服务，受到居民好评。", "services": 10 + turn % 9, "minutes": 600, "activities": 8, "status": state,
            "asked_at": moment, "agreed_at": moment, "first_day": None if state == "candidate" else first,
            "last_day": None if state == "candidate" else first + timedelta(days=9), "published_at": moment if is_past else None,
            "proposed_by_id": past.people["wantong"], **past.there(n, each * QUARTERS),
        }  # fmt: skip


def disputes(past: Past) -> Rows:
    """About one person in fifty; the newest are open."""
    whole = past.amount(DISPUTES)
    for n in range(whole):
        at, person = past.when(n, whole), past.person(n * 17)
        is_open = n >= whole - max(10, whole // 60)
        unit = 1 if past.is_in_wantong(n, whole) else past.unit(person) or FIRST + n % UNITS
        yield {
            "created_at": at, "volunteer_id": FIRST + person, "unit_id": unit, "reason": "不是本单位的人。", "raised_by_id": past.people["unit"],
            "decided_at": None if is_open else at + timedelta(days=2),
            "status": "open" if is_open else ("rejected", "upheld", "withdrawn")[n % 3], **past.there(n, whole, "volunteer_"),
        }  # fmt: skip
