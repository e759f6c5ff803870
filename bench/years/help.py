"""Requests for help, what the public reads of them, who went, and who looked at a telephone number."""

from datetime import date, datetime, timedelta
from typing import Any

from app.crypto import keyed_hash
from bench.fill import FIRST, NOW
from bench.years.city import Past, Rows

REQUESTS = 300_000
OPEN = {"pending": 3, "accepted": 3, "arranged": 3, "serving": 2, "done": 4, "returned": 1}
OVER = {"closed": 880, "refused": 40, "withdrawn": 40, "merged": 10, "lapsed": 29, "accepted": 1}
NOT_YET = ("pending", "returned")
ANSWERED = {"closed": "done", "done": "done", "arranged": "offered", "serving": "accepted"}
DAY = timedelta(days=1)


class Help:
    """The four tables, of the same requests."""

    def __init__(self, past: Past) -> None:
        self.past, self.whole = past, past.amount(REQUESTS)

    def state(self, number: int) -> str:
        """The last hundredth is at work; of the rest nearly all is done."""
        is_new = number >= self.whole - max(30, self.whole // 100)
        words = list(OPEN if is_new else OVER)
        turn = number * 7919 % sum((OPEN if is_new else OVER).values())
        for word in words:
            turn -= (OPEN if is_new else OVER)[word]
            if turn < 0:
                return word
        return words[-1]

    def closed(self, number: int) -> datetime | None:
        """When it was closed."""
        return self.past.when(number, self.whole) + (2 + number % 10) * DAY if self.state(number) == "closed" else None

    def wanted_on(self, number: int) -> date | None:
        """Two of three that are open want somebody on one of the next days."""
        return (NOW + number % 10 * DAY).date() if self.state(number) in OPEN and number % 3 else None

    def rating(self, number: int) -> str | None:
        return ("good", "good", "fair", "bad")[number % 4] if self.state(number) == "closed" and number % 3 else None

    def requests(self) -> Rows:
        for n in range(self.whole):
            yield {**self._asked(n), **self._done(n), **self.past.there(n, self.whole)}

    def _asked(self, n: int) -> dict[str, Any]:
        at, phone, sealed = self.past.when(n, self.whole), f"138{n * 37 % 100_000_000:08d}", self.past.sealed
        return {
            "created_at": at, "number": f"QZ{at:%Y%m%d}-{n % 10000:04d}-{n:08d}", "status": self.state(n), "category_id": self.past.kind(n),
            "name": sealed, "phone": self.past.phone, "phone_hash": keyed_hash(phone, "phone"), "phone_tail": phone[-4:], "address": sealed,
            "content": sealed, "on_behalf": n % 4 == 0, "consent_at": at, "filed_by_id": self.past.people["wantong"] if n % 9 == 0 else None,
            "wanted_on": self.wanted_on(n), "running_since": at, "accept_due": at + 3 * DAY, "arrange_due": at + 5 * DAY, "close_due": at + 15 * DAY,
        }  # fmt: skip

    def _done(self, n: int) -> dict[str, Any]:
        at, state = self.past.when(n, self.whole), self.state(n)
        return {
            "lapses_at": NOW + 5 * DAY if state == "returned" else None,
            "offers_end_at": NOW + DAY / 2 if state == "arranged" and n % 2 else None,
            "accepted_at": None if state in NOT_YET else at + DAY, "transfers": int(n % 50 == 0), "reopened": 0,
            "result": self.past.sealed if state in ("closed", "done") else None,
            "private_reason": "" if is_public(n) else "当事人不愿意公开", "closed_at": self.closed(n), "rating": self.rating(n),
            "handed_up_at": at + DAY if n % 997 == 0 and state in ("pending", "accepted") else None,
        }  # fmt: skip

    def cases(self) -> Rows:
        for n in range(self.whole):
            if closed := self.closed(n) if is_public(n) else None:
                yield {
                    "created_at": closed, "request_id": n + 1, "title": f"帮老人修水管第{n}件",
                    "summary": "志愿者上门看了水管，换了零件，老人很满意，社区回访办结。", "category_id": self.past.kind(n),
                    "asked_at": self.past.when(n, self.whole), "closed_at": closed, "rating": self.rating(n),
                    "hidden_at": closed if n % 100 == 0 else None, **self.past.there(n, self.whole),
                }  # fmt: skip

    def assignments(self) -> Rows:
        for n in range(self.whole):
            state, at, person = ANSWERED.get(self.state(n)), self.past.when(n, self.whole), self.past.person(n * 31)
            if state and is_public(n):
                done = state == "done"
                yield {
                    "created_at": at, "request_id": n + 1, "volunteer_id": FIRST + person, "user_id": FIRST + person, "status": state,
                    "offered_at": at, "offered_by_id": self.past.people["wantong"], "expires_at": NOW + DAY if state == "offered" else at + DAY,
                    "answered_at": None if state == "offered" else at, "result": self.past.sealed if done else None, "minutes": 60 if done else None,
                    "done_at": self.closed(n), "volunteer_community_code": self.past.home(person), "unit_id": self.past.unit(person),
                }  # fmt: skip

    def looks(self) -> Rows:
        for n in range(0, self.whole, 2):
            at = self.past.when(n, self.whole)
            yield {
                "created_at": at, "request_id": n + 1, "user_id": self.past.people["wantong"], "role": "community",
                "place": self.past.there(n, self.whole)["community_code"], "at": at,
            }  # fmt: skip


def is_public(number: int) -> bool:
    """Whether its story may be told."""
    return number // 10 % 5 < 3  # of each category
