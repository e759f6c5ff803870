"""How people came in, and the history of everything: applications, lists that were imported, lines of history."""

from datetime import timedelta

from app.models.history import reason_digest
from bench.fill import FIRST
from bench.sizes import PER_ACTIVITY
from bench.years.city import Past, Rows
from bench.years.help import REQUESTS
from bench.years.shown import TEAMS
from bench.years.told import REPORTS

APPLICATIONS, IMPORTS, INVITATIONS, LINES = 200_000, 300, 30_000, 1_000_000
A_PAGE = 25  # imports at least: more than their list shows at once
NOTE = "修改了名称"
NAMES = ("王伟", "李娜", "张强")
DAY = timedelta(days=1)


def applications(past: Past) -> Rows:
    """Nearly all were approved; the newest wait, in the small city too more than a page of them."""
    whole = past.amount(APPLICATIONS)
    for n in range(whole):
        at, person = past.when(n, whole), past.person(n)
        is_new = n >= whole - max(60, whole // 100)
        state = past.draw(pending=2, returned=1) if is_new else past.draw(approved=95, rejected=3, withdrawn=2)
        yield {
            "created_at": at, "user_id": FIRST + person, "status": state, "skills": "", "statement": "愿意参加。", "consent_at": at,
            "submitted_at": at, "due_at": at + 5 * DAY, "decided_at": None if is_new else at + DAY,
            "decided_by_id": None if is_new else past.people["wantong"], "decision_reason": "", "unit_id": past.unit(person), "unit_other": "",
            "political": "party", "employment": "employed" if n % 3 else "retired", "gender": "female" if n % 2 else "male", "born_year": 1980,
            "id_card_tail": "", "guardian_name": "", **past.there(n, whole),
        }  # fmt: skip


def imports(past: Past) -> Rows:
    whole = past.amount(IMPORTS, A_PAGE)
    for n in range(whole):
        yield {
            "created_at": past.when(n, whole), "name": f"名单{n}.xlsx", "digest": f"{n:064d}", "rows": 100, "people": 100, "services": 0,
            "status": "done", "errors": "[]", "carried": 100, "district_code": past.home(n)[:6], "created_by_id": past.people["city"],
        }  # fmt: skip


def invitations(past: Past) -> Rows:
    """Three in four were accepted."""
    whole, lists = past.amount(INVITATIONS), past.amount(IMPORTS, A_PAGE)
    for n in range(whole):
        yield {
            "created_at": past.when(n, whole), "import_id": 1 + n % lists, "line": n, "name": NAMES[n % 3], "phone": past.phone,
            "phone_hash": f"invited-{n}", "phone_tail": f"{n % 10000:04d}", "id_card_tail": "", "gender": "male", "political": "party",
            "employment": "employed", "unit_other": "", "services": 0, "status": "open" if n % 4 == 0 else "accepted", **past.there(n, whole),
        }  # fmt: skip


def history(past: Past) -> Rows:
    """Sign-ups and ticks mostly; one line in ten is of one busy administrator."""
    whole, digest = past.amount(LINES), reason_digest(NOTE)
    for n in range(whole):
        noun, number, action, before, after = done(past, n)
        is_clock, is_busy, own = noun == "activity", n % 10 == 3, noun in ("user", "team") or action in ("join", "ask")
        actor = (
            past.people["wantong"]
            if is_busy
            else None
            if is_clock
            else FIRST + past.person(n * 17 if n % 3 else n % 3000)
        )
        role, place = (
            ("community", past.there(0, whole)["community_code"]) if is_busy or not (own or is_clock) else ("self", "")
        )
        yield {
            "created_at": past.when(n, whole), "noun": noun, "noun_id": number, "action": action, "from_state": before, "to_state": after,
            "actor_id": actor, "actor_role": "clock" if is_clock and not is_busy else role, "actor_place": place,
            "reason_digest": digest if action == "edit" else "",
        }  # fmt: skip


def done(past: Past, n: int) -> tuple[str, int, str, str, str]:
    """(kind of thing, its number, deed, state before, state after) of this line."""
    signups, turn = past.size.activities * PER_ACTIVITY, n % 20
    if turn < 9:
        return "sign_up", FIRST + n * 31 % signups, "join", "", "admitted"
    if turn < 15:
        return "sign_up", FIRST + n * 37 % signups, "attendance", "unknown", "present"
    if turn < 17:
        asked = turn == 15
        states = ("", "pending") if asked else ("done", "closed")
        return "help_request", 1 + n * 7 % past.amount(REQUESTS), "ask" if asked else "move", *states
    if turn == 17:
        return "report", 1 + n * 7 % past.amount(REPORTS), "move", "pending", "published"
    if turn == 18:
        return "activity", FIRST + n % past.size.activities, "move", "published", "completed"
    if n % 400 == 19:
        return "team", 1 + n % past.amount(TEAMS), "edit", "", ""
    return "user", FIRST + past.person(n * 3), "password", "", ""


def notes(past: Past) -> Rows:
    """What was changed, beside the lines that tell of an edit."""
    for n in range(19, past.amount(LINES), 400):
        yield {"history_id": n + 1, "text": NOTE}
