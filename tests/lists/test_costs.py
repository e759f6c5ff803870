"""What every full list's export holds in memory, and what every page costs, beside a small city."""

import csv
import io
import tracemalloc
from typing import Any

import pytest

from tests import demonstration
from tests.crowd import MANY, Crowd
from tests.fixtures import as_new, forget_pages
from tests.lists.finding import ASKED, export_of, get, lists
from tests.pages import visits
from tests.support.statements import statements
from tests.test_every_page import Readers, report

pytestmark = pytest.mark.full
HEAVIEST = (
    350_000  # bytes of a page, unpacked: a roll of 300 people on one page is the longest; a tenth of it over the wire
)
ROOM = 48 * 1024 * 1024  # bytes that an export may hold at its highest


def test_every_export_holds_every_row_in_little_room(kind, full, watch, monkeypatch):
    monkeypatch.setattr("app.disclosure.AT_ONCE", 10 * MANY)  # in the request; test_exports.py has the process
    wrong, tried = {}, 0
    for visit in lists(kind, *full, watch).values():
        watch.counting = True
        get(full[0], visit.who, visit.path)
        watch.counting = False
        seen = watch.last()
        export = export_of(visit)
        if not seen or not (seen.listing.columns or export):
            continue
        tried += 1
        tracemalloc.start()
        if export is None:
            answer = full[0][visit.who].get(f"{visit.path}?format=csv")
        else:
            answer = full[0][visit.who].post(export[0], data=ASKED)
        text = answer.text
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
        if answer.status_code != 200 or len(lines) - 1 != seen.count:
            wrong[str(visit)] = [f"status {answer.status_code}, {len(lines) - 1} rows of {seen.count}"]
        if peak > ROOM:
            wrong[str(visit)] = [*wrong.get(str(visit), []), f"held {peak:,} bytes"]
    assert tried >= 20
    assert not wrong, report(wrong)


PAPER = {"office.attendance_sheet"}  # the whole roll, to print: as long as the roll is


def costs(readers: Readers, rows: Any) -> dict[str, tuple[int, int]]:
    """The most statements and bytes of every page, by page and reader."""
    found: dict[str, tuple[int, int]] = {}
    for visit in visits(rows):
        readers[visit.who].get(visit.path)
        forget_pages()
        with statements() as seen:
            answer = readers[visit.who].get(visit.path)
        if answer.status_code != 200:
            continue
        size = len(answer.data)
        number = len([one for one in seen if "UPDATE sign_in" not in one])
        name = f"{visit.endpoint} {visit.who or 'visitor'}"
        before = found.get(name, (0, 0))
        found[name] = max(before[0], number), max(before[1], size)
    return found


def test_no_page_costs_more_statements_or_bytes_than_in_a_small_city(kind, demo_sites, crowded_sites):
    with as_new(*demo_sites(kind), f"demo-{kind}") as app:
        few = costs(Readers(app), demonstration.rows())
    with as_new(*crowded_sites(kind), f"crowd-{kind}") as app:
        many = costs(Readers(app), Crowd(MANY).rows())
    grown = {page: (few[page][0], many[page][0]) for page in few if many.get(page, (0, 0))[0] > few[page][0]}
    heavy = {page: size for page, (_, size) in many.items() if size > HEAVIEST and page.split()[0] not in PAPER}
    assert not grown, report(grown)
    assert not heavy, report(heavy)
