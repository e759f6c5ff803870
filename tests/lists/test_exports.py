"""Every full list that is exported with a purpose, through the process of its own (ADR 0024) to its file."""

from typing import Any

import pytest

from app import exporting
from app.db import db
from app.disclosure import AT_ONCE
from app.labels import figure
from app.models import ExportJob
from app.models.disclosure import Disclosure
from app.models.export_job import AT_ONCE as TOGETHER
from app.models.export_job import JobState
from tests.crowd import MANY
from tests.lists.finding import ASKED, export_of, get, lists
from tests.lists.watching import Seen, Watch
from tests.pages import Visit
from tests.test_access import URL_MAP
from tests.test_every_page import Readers, report

pytestmark = pytest.mark.full
EXPORTS = {
    rule.endpoint
    for rule in URL_MAP.url_map.iter_rules()
    if "POST" in rule.methods and rule.endpoint.endswith("_export")
}
PATIENCE = 300  # seconds for three files


def exported_lists(kind: str, readers: Readers, rows: Any, watch: Watch) -> dict[str, list[tuple[Visit, Seen]]]:
    """By reader: the lists that are exported with a purpose, each with what its file has to say."""
    found: dict[str, list[tuple[Visit, Seen]]] = {}
    for visit in lists(kind, readers, rows, watch).values():
        if export := export_of(visit):
            watch.filing = watch.counting = True
            get(readers, visit.who, visit.path)
            watch.filing = watch.counting = False
            seen = watch.last()
            assert seen, visit
            if not seen.file:  # the page reads columns, its export whole rows: as the request would answer
                seen.file = readers[visit.who].post(export[0], data=ASKED).get_data(as_text=True)
            found.setdefault(visit.who, []).append((visit, seen))
    return found


def test_a_process_of_its_own_makes_the_file_of_every_full_list(kind, full, watch, monkeypatch):
    monkeypatch.setattr("app.disclosure.AT_ONCE", 10 * MANY)
    by_reader = exported_lists(kind, *full, watch)
    assert {export_of(visit)[1] for some in by_reader.values() for visit, _ in some} == EXPORTS
    monkeypatch.setattr("app.disclosure.AT_ONCE", min(AT_ONCE, MANY // 2))  # also a small crowd's are too long
    begun: list[int] = []
    monkeypatch.setitem(full[0].app.extensions, "start_export", lambda: begun.append(1))
    wrong: dict[str, list[str]] = {}
    for who, wanted in by_reader.items():
        for start in range(0, len(wanted), TOGETHER):
            some = wanted[start : start + TOGETHER]
            jobs = [ask(full[0][who], visit) for visit, _ in some]
            assert carry() == 0
            for id, (visit, seen) in zip(jobs, some, strict=True):
                if found := list(faults_of_file(full[0][who], id, seen)):
                    wrong[str(visit)] = found
    assert len(begun) == len(EXPORTS), "each asking begins a process"
    assert not wrong, report(wrong)


def ask(client: Any, visit: Visit) -> int:
    """Ask for the file: it is promised for later, and waits."""
    answer = client.post(export_of(visit)[0], data=ASKED)
    assert answer.status_code == 303 and answer.location == "/office/exports", visit
    assert "排队中" in client.get("/office/exports").text
    return int(db.session.scalar(db.select(db.func.max(ExportJob.id))) or 0)


def carry() -> int:
    """Begin, once for the three that wait, what the site begins after each asking; how it ended."""
    db.session.rollback()  # on SQLite a look holds the right to write
    exporting.start_process()
    ended = exporting._children.pop().wait(PATIENCE)
    db.session.expire_all()
    return ended


def faults_of_file(client: Any, id: int, seen: Seen) -> Any:
    """What is wrong with the file, with what is shown of it, and with what was noted."""
    job = db.session.get_one(ExportJob, id)
    if job.state is not JobState.DONE:
        yield f"is {job.state}: {job.problem}"
        return
    if job.written != seen.count:
        yield f"wrote {job.written} rows of {seen.count}"
    if f">{figure(seen.count)}</td>" not in client.get("/office/exports").text:
        yield "the page does not say how many rows"
    if client.post(f"/office/exports/{id}/file").get_data(as_text=True) != seen.file:
        yield "the file is not the list"
    if db.session.get_one(Disclosure, job.disclosure_id).rows != seen.count:
        yield "the note of the export says another number"
