"""What people write and are told: reports, feedback of activities, notices, messages."""

from datetime import timedelta

from bench.fill import COMING, FIRST, place
from bench.years.city import Past, Rows

REPORTS, NOTICES, MESSAGES = 200_000, 3_000, 2_000_000
TO_STAFF, TO_ONE = (
    20_000,
    200,
)  # messages of a community's administrator, who gets ten a day; of the cast's volunteer, at every size
KINDS = ("reflection", "plan", "account")
THINGS = ("邻里互助", "夕阳红", "文明交通", "垃圾分类", "春节慰问")
PLACES = ("社区", "楼栋", "学校", "街道")
DAY = timedelta(days=1)


def reports(past: Past) -> Rows:
    """Nearly all are published; the newest wait."""
    whole = past.amount(REPORTS)
    for n in range(whole):
        at, thing = past.when(n, whole), THINGS[n % len(THINGS)]
        if n >= whole - max(30, whole // 150):
            state = past.draw(pending=2, returned=1, draft=1)
        else:
            state = past.draw(published=90, unused=5, withdrawn=1, returned=2, draft=2)
        yield {
            "created_at": at, "user_id": FIRST + past.person(n * 13), "kind": KINDS[n % 3], "title": f"{thing}活动第{n}篇",
            "body": f"今天和{PLACES[n % 4]}的志愿者一起参加了{thing}，感受很深。", "activity_id": FIRST + n % past.size.activities if n % 2 else None,
            "status": state, "submitted_at": None if state == "draft" else at,
            "published_at": at + DAY if state in ("published", "withdrawn") else None,
            "pinned_at": at if state == "published" and n % max(1, whole // 3) == 5 else None, **past.there(n, whole),
        }  # fmt: skip


def feedback(past: Past) -> Rows:
    """Of eight in ten activities that are over."""
    for n in range(past.size.activities):
        if n % COMING and n // 10 % 10 < 8:
            ended, is_public = past.starts(n) + timedelta(hours=2), n % 25 != 1
            yield {
                "created_at": ended, "activity_id": FIRST + n, "title": f"活动反馈第{n}篇", "body": "居民参加踊跃，活动圆满结束，感谢大家。",
                "status": "published" if is_public else "draft", "published_at": ended + 2 * DAY if is_public else None,
                "created_by_id": past.people["wantong"], **place(past.where(n)),
            }  # fmt: skip


def notices(past: Past) -> Rows:
    """The city's."""
    whole = past.amount(NOTICES, 30)
    for n in range(whole):
        at = past.when(n, whole)
        yield {
            "created_at": at, "title": f"关于第{n}次志愿服务的通知", "body": "请各社区按要求做好准备。", "source": "市委组织部", "visible_at": at,
            "status": {19: "draft", 18: "withdrawn"}.get(n % 20, "published"), "created_by_id": past.people["city"],
        }  # fmt: skip


def messages(past: Past) -> Rows:
    """Of an administrator, of one volunteer, of everybody; the newest are not read yet."""
    some = (("wantong", past.amount(TO_STAFF)), ("volunteer", TO_ONE))
    for name, whole in some:
        for number in range(whole):
            yield message(past, past.people[name], number, whole)
    whole = past.amount(MESSAGES)
    for number in range(whole):
        yield message(past, FIRST + past.person(number * 7919), number, whole)


def message(past: Past, owner: int, number: int, whole: int) -> dict[str, object]:
    """The message of this number among so many of its owner."""
    at = past.when(number, whole)
    return {
        "created_at": at, "user_id": owner, "title": "活动提醒", "body": "明天有活动，请准时到。", "path": "/activities/1000", "about": "activity:1000",
        "visible_at": at, "read_at": at if number < whole * 0.97 else None,
    }  # fmt: skip
