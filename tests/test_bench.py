"""The bench itself works: it fills a city, serves, drives, and writes its table. What it measures is no test's matter."""

import os

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from app import create_app
from app.db import db
from app.freshness import forget
from bench import fill, fill_years
from bench.driver import Link, request
from bench.filters.addresses import Address, addresses
from bench.filters.held import Judge
from bench.filters.page import Page, offered, watched
from bench.filters.walk import Known
from bench.result import Figure, write
from bench.servers import constant
from bench.sizes import PER_ACTIVITY, Size
from tests.cast import make_activity
from tests.fixtures import prepare, settings
from tests.support.databases import Template, open_database


@pytest.mark.sqlite_only
def test_the_bench_fills_a_city_in_which_every_sum_is_right(app, clients):
    fill.pour(app.config["SQLALCHEMY_DATABASE_URI"], Size("test", 60, 8, "test"))  # raises where a sum is not
    forget()
    counted = db.session.execute(text("SELECT sum(services), sum(minutes) FROM service_month")).one()
    assert tuple(counted) == (7 * PER_ACTIVITY, 7 * PER_ACTIVITY * 120)
    assert clients("v7").get("/member/services").status_code == 200
    assert "志愿服务第0场" in clients("").get("/activities").text


def test_the_bench_serves_its_reference_and_counts_its_processor_time():
    server = constant()
    try:
        link, before = Link(server.port), server.cpu()
        answers = [link.ask(request("/")) for _ in range(20)]
        link.close()
        assert {status for status, _, _ in answers} == {200}
        assert {len(body) for _, _, body in answers} == {12_288}
        assert server.cpu() > before
    finally:
        server.end()


def test_the_table_says_what_was_missed_and_what_could_not_run(tmp_path):
    figures = [
        Figure(2, "slow", [3.0, 4.0, 9.0], most=2),
        Figure(1, "fast", [0.9], least=0.8),
        Figure(3, "away", most=1, failed="no database"),
    ]
    write(tmp_path / "results.md", ["Machine: this one"], figures)
    rows = [line for line in (tmp_path / "results.md").read_text().splitlines() if line.startswith("| ")][1:]
    assert [row.rsplit("|", 2)[1].strip() for row in rows] == ["met", "**missed**", "not measured"]
    assert "≤ 2" in rows[1] and "4 | 3 – 9" in rows[1] and "no database" in rows[2]


@pytest.mark.sqlite_only
def test_ten_years_lie_over_a_filled_city_and_every_sum_is_right(app, clients):
    size, url = Size("test", 60, 8, "test"), app.config["SQLALCHEMY_DATABASE_URI"]
    fill.pour(url, size)
    fill_years.pour(url, size)  # raises where a sum is not, or the chain of history
    forget()
    for path in ("help", "reports", "teams", "bases", "honours", "disputes", "history", "applications", "invitations"):
        assert clients("city").get(f"/office/{path}").status_code == 200, path
    with pytest.raises(DatabaseError, match="history is never changed"):
        db.session.execute(text("DELETE FROM history"))


@pytest.mark.postgresql_only
def test_postgresql_is_filled_past_its_triggers_and_what_they_keep_is_made_anew(kind):
    worker = os.environ.get("PYTEST_XDIST_WORKER", "master")
    database = open_database(kind, worker, Template("filled", prepare))
    app, size = create_app(settings(database.owners)), Size("test", 60, 8, "test")
    with app.app_context():
        fill.pour(database.owners, size)  # raises where a sum is not
        fill_years.pour(database.owners, size)
        db.session.remove()
        db.engine.dispose()
    database.close()


@pytest.mark.sqlite_only
def test_every_filter_of_a_page_is_found_with_what_may_be_chosen(app, clients):
    make_activity()
    db.session.commit()
    with watched() as seen:
        answer = clients("wantong").get("/office/activities")
    page = offered("/office/activities", answer.text, seen)
    assert set(page.fields) == {"todo", "region", "category", "q", "phase", "launched"}
    assert page.days == [("since", "date"), ("until", "date")] and page.end
    assert "elder" in page.choices["category"] and page.choices["todo"]
    asked = {str(one) for one in addresses("wantong", "/office/activities", Known("/office/activities", page, []))}
    assert {
        "/office/activities",
        "/office/activities?category=elder",
        "/office/activities?category=elder (last page)",
    } <= asked
    assert "/office/activities?category=elder&q=王" in asked


class Told:
    """Answers as they are told here: milliseconds by address."""

    def __init__(self, **took: tuple[float, int]) -> None:
        self.took = took

    def say(
        self, verb: str, who: str, path: str, query: dict[str, str], times: int
    ) -> list[tuple[int, float, int, bool]]:
        took, length = self.took[who + "".join(query)]
        return [(200, took, length, True)] * times


@pytest.mark.parametrize(
    ("who", "query", "holds"),
    [
        ("city", "", True),  # 11 ≤ 1.2 × 10
        ("city", "slow", False),
        ("city", "rare", True),  # finds little there: held against the list without a filter
        ("wantong", "", True),  # half a page there: held against the city's
        ("wantong", "slow", False),  # no longer than there
    ],
)
def test_a_page_is_held_against_its_like(who, query, holds):
    small = Told(city=(10, 900), cityslow=(10, 900), cityrare=(2, 100), wantong=(3, 300), wantongslow=(3, 300))
    big = Told(city=(11, 900), cityslow=(20, 900), cityrare=(11, 900), wantong=(11, 900), wantongslow=(11, 300))
    known = {name: {"/list": Known("/list", Page())} for name in ("city", "wantong")}
    judge = Judge("sqlite", small, big, {"small": known, "big": known}, once=False)
    for name in ("city", who):
        judge.line(Address(name, "/list"))
    line = judge.line(Address(who, "/list", ((query, "1"),) if query else ()))
    assert line is not None and line.holds is holds, line


class Slower(Told):
    """A city on a machine that is half as quick for whoever asks a new process."""

    def renew(self) -> None:
        self.took = {key: (2 * took, length) for key, (took, length) in self.took.items()}


@pytest.mark.parametrize(("again", "holds"), [(11, True), (15, False)])
def test_what_seems_not_to_hold_is_asked_again_together_with_its_like(again, holds):
    """20 beside 10 where the machine became slower in between; asked again, 22 and 30 beside 20."""
    small, big = Slower(city=(10, 900)), Slower(city=(20, 900))
    known = {"city": {"/list": Known("/list", Page())}}
    judge = Judge("sqlite", small, big, {"small": known, "big": known}, once=False)
    line = judge.line(Address("city", "/list"))
    assert line is not None and not line.holds
    big.took = {"city": (again, 900)}
    judge.settle()
    assert line.holds is holds and line.small.least == 20, line
