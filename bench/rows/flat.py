"""Rows 5, 6 and 12: what a large city costs more than a small one, and the last page more than the first."""

import base64
import json
import re
from typing import Any

from app.freshness import forget
from app.models.recount import CHECKS, unhurried
from bench.driver import Case, measure, middle, ratios, request
from bench.fill import FIRST
from bench.result import SHORT, Figure
from tests.cast import GULOU, HUANGLOU, WANTONG

# Somebody with one activity ahead and two behind at every size; rows 8 to 10 leave this person alone, and 白云社区 too.
SOMEBODY = 507
# (words, path, who); an uncached visitor's page has `{n}`
PAGES = (
    ("list", "/activities?status=ended&n={n}", ""),
    ("detail", "/activities/1001?n={n}", ""),
    ("list, member", "/activities", "volunteer"),
    ("member overview", "/member/", f"v{SOMEBODY}"),
    ("member services", "/member/services", f"v{SOMEBODY}"),
    ("member records", "/member/services/records", f"v{SOMEBODY}"),
    ("待办, city", "/office/", "city"),
    ("待办, community", "/office/", "baiyun"),
    ("office activities, city", "/office/activities", "city"),
    ("office activities, community", "/office/activities", "baiyun"),
    ("office volunteers, city", "/office/volunteers", "city"),
    ("office volunteers, district", "/office/volunteers", "gulou"),
    ("office volunteer", f"/office/volunteers/{FIRST + SOMEBODY}", "city"),
    ("office sign-ups", f"/office/activities/{FIRST + 1}/signups", "city"),
    ("office records", "/office/statistics/records", "city"),
    ("office people served, district", "/office/statistics/people", "gulou"),
)
POSTS = {"city": "3203", "gulou": GULOU, "huanglou": HUANGLOU, "wantong": WANTONG}
LISTS = ("/office/volunteers", "/office/activities", "/office/statistics/records", "/office/statistics/people")


def _case(bench: Any, product: Any, path: str, who: str) -> Case:
    if "{n}" in path:
        return Case(product.server, lambda i: request(path.format(n=f"{bench.run}-{i}")))
    wanted = product.ask(path, who)
    return Case(product.server, lambda _: wanted)


def big_against_small(bench: Any) -> list[Figure]:
    """5: each page at the big size ÷ at the small one, interleaved."""
    found = []
    for words, path, who in PAGES:
        found += _compared(bench, 5, words, path, who, 1.2 if bench.kind == "sqlite" else 1.35)
    return found


def _compared(bench: Any, row: int, words: str, path: str, who: str, most: float) -> list[Figure]:
    what = f"{words}: {bench.big_name} ÷ {bench.small_name}, CPU"
    try:
        pair = {"big": _case(bench, bench.big, path, who), "small": _case(bench, bench.small, path, who)}
        times = measure(pair, bench.rounds, bench.seconds)
    except (RuntimeError, OSError) as error:
        return [Figure(row, what, most=most, failed=str(error))]
    note = f"{1000 * middle(times['small'].cpu):.1f} → {1000 * middle(times['big'].cpu):.1f} ms"
    return [Figure(row, what, ratios(times["big"].cpu, times["small"].cpu), most=most, note=note)]


def last_against_first(bench: Any) -> list[Figure]:
    """6: the last page, read backwards, ÷ the first one: for every post and for visitors at every region."""
    asked = [(path, who, f"{path} as {who}") for path in LISTS for who in POSTS]
    asked += [(f"/activities?status=ended&region={code}", "", f"/activities in {code}") for code in POSTS.values()]
    return [_last(bench, *one) for one in asked]


def _last(bench: Any, path: str, who: str, words: str) -> Figure:
    what = f"last page ÷ first, {words}, CPU"
    try:
        last = _last_page(bench, path, who)
        if last is None:
            return Figure(6, what, most=1.5, failed=SHORT)
        first = path + ("&" if "?" in path else "?") + "n={n}"
        cases = {}
        for name, address in (("first", first), ("last", last + "&n={n}")):
            head = {"Cookie": bench.big.person(who).cookie} if who else {}
            cases[name] = Case(
                bench.big.server,
                lambda i, address=address, head=head: request(address.format(n=f"{bench.run}-{i}"), **head),
            )
        times = measure(cases, bench.rounds, bench.seconds / 2)
    except (RuntimeError, OSError) as error:
        return Figure(6, what, most=1.5, failed=str(error))
    note = f"{1000 * middle(times['first'].cpu):.1f} → {1000 * middle(times['last'].cpu):.1f} ms"
    return Figure(6, what, ratios(times["last"].cpu, times["first"].cpu), most=1.5, note=note)


def _last_page(bench: Any, path: str, who: str) -> str | None:
    """The address of the page before the end: a position behind every row, read backwards."""
    status, _, body = bench.big.fetch(path, who)
    if status != 200:
        raise RuntimeError(f"{path} answers {status}")
    link = re.search(r"[?&;]after=(\d+\.)?([\w-]+)", body.decode())
    if not link:
        return None
    values = json.loads(base64.urlsafe_b64decode(link[2] + "=" * (-len(link[2]) % 4)))
    pages = []
    for high in (True, False):
        end = base64.urlsafe_b64encode(json.dumps([_edge(one, high) for one in values]).encode()).decode().rstrip("=")
        address = path + ("&" if "?" in path else "?") + f"before={link[1] or ''}{end}"
        status, _, text = bench.big.fetch(address, who)
        pages.append((status == 200 and b"before=" in text, len(text), address))
    found = max(pages)
    if not found[0]:
        raise RuntimeError("no page lies before the end")
    return found[2]


def _edge(value: Any, high: bool) -> Any:
    """More, or less, than any value of this column."""
    if isinstance(value, int):
        return 2**31 - 1 if high else 0
    if re.match(r"\d{4}-\d\d-\d\d", str(value)):
        return ("9990-01-01" if high else "1990-01-01") + str(value)[10:]
    return "\U0010fffd" if high else ""


def statistics(bench: Any) -> list[Figure]:
    """12: the city's statistics at both sizes, and what is kept against a recount."""
    for product in {bench.big, bench.small}:
        product.site.flask("tick")  # as the timer does each minute: folds what rows 1, 2 and 9 have ticked
    found = _compared(bench, 12, "city statistics", "/office/statistics", "city", 1.5)
    found += _compared(
        bench, 12, "city statistics, by volunteers' home", "/office/statistics?view=volunteer", "city", 1.5
    )
    with bench.big.app.app_context():
        from app.db import db

        forget()
        unhurried()
        wrong = sum(len(CHECKS[name]()) for name in ("月度汇总", "全市汇总"))
        db.session.rollback()
    return [*found, Figure(12, "sums that differ from a recount", [wrong], most=0)]
