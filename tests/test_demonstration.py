"""The demonstration city shows every state of every noun, its figures are true, and making it twice changes nothing."""

from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from app import clock
from app.db import db
from app.demo import drawings
from app.media.pictures import make_safe
from app.models import Activity, ContactView, HelpRequest, History, Notice, Post, ServiceRecord, SignUp
from app.models.activity import Phase
from app.models.export_job import JobState
from app.models.help.states import HelpStatus, Rating
from app.models.histories.proof import verify
from app.models.histories.seal import seal_next
from app.models.honour import HonourKind
from app.models.notice import NoticePhase
from app.models.post import PostState, Role
from app.models.report import ReportKind
from app.models.service_record import Evidence
from app.models.signup import Standing
from app.state_words import BADGES

# an export lives for a day, so no demonstration can keep one in each of its states (tests/office/test_exports.py)
STATES = (*(one for one in BADGES if one is not JobState), Role, Rating, ReportKind, HonourKind, Evidence)
COMPUTED: dict[type[Enum], Any] = {
    Phase: lambda: {one.phase() for one in db.session.scalars(db.select(Activity))},
    PostState: lambda: {one.state for one in db.session.scalars(db.select(Post))},
    NoticePhase: lambda: {one.phase for one in db.session.scalars(db.select(Notice))},
    Standing: lambda: {one.standing() for one in db.session.scalars(db.select(SignUp).options(with_activity()))},
}


def with_activity() -> Any:
    return db.joinedload(SignUp.activity)


def kind_of(column: Any) -> type | None:
    try:
        return column.type.python_type  # type: ignore[no-any-return]
    except NotImplementedError:
        return None


def stored(states: type[Enum]) -> set[Any]:
    """The values of this enum that stand in any column of the database."""
    columns = [c for mapper in db.Model.registry.mappers for c in mapper.columns if kind_of(c) is states]
    assert columns, f"{states.__name__} stands in no column: say in COMPUTED how it is read"
    return {value for column in columns for value in db.session.scalars(db.select(column).distinct())}


@pytest.mark.parametrize("states", STATES, ids=lambda states: states.__name__)
def test_every_state_occurs(demo_app, states):
    there = COMPUTED[states]() if states in COMPUTED else stored(states)
    assert not set(states) - there


def test_what_goes_round_is_there_too(demo_app):
    requests = list(db.session.scalars(db.select(HelpRequest)))
    assert {0, 1, 2} <= {one.transfers for one in requests}
    assert any(one.reopened and one.status is not HelpStatus.CLOSED for one in requests)
    assert any(one.merged_into_id for one in requests) and any(one.filed_by_id for one in requests)
    assert {"volunteer", "community"} <= {one.role for one in db.session.scalars(db.select(ContactView))}


def test_it_is_made_once_and_its_counters_are_true(demo_app):
    runner = demo_app.test_cli_runner()
    tables = (Activity, SignUp, ServiceRecord, History, HelpRequest)
    before = [db.session.scalar(db.select(db.func.count()).select_from(one)) for one in tables]
    again, counted = runner.invoke(args=["demo"]), runner.invoke(args=["recount", "--check"])
    assert again.exit_code == 0 and "没有改动" in again.output
    assert counted.exit_code == 0, counted.output
    assert before == [db.session.scalar(db.select(db.func.count()).select_from(one)) for one in tables]
    assert not db.session.scalars(db.select(History.id).where(History.created_at > clock.now())).all()


def test_its_history_holds_once_it_is_sealed(demo_app):
    while seal_next():
        pass
    verdict = verify()
    assert verdict.holds, verdict.wrong
    assert verdict.sealed


def test_drawings_are_made_safe_once_each_without_a_process_and_as_the_process_would(monkeypatch):
    names = [file.stem for file in drawings.FOLDER.glob("*.jpg")]
    apart = make_safe((drawings.FOLDER / "team.jpg").read_bytes())
    monkeypatch.setattr("app.media.pictures._run", lambda data: pytest.fail("a process was begun"))
    drawings.drawn.cache_clear()
    assert drawings.drawn("team") == apart
    assert all(drawings.drawn(name) is drawings.drawn(name) for name in names) and len(names) >= 14
    modules = Path(drawings.__file__).parent.glob("*.py")
    assert not [file.name for file in modules if "make_safe" in file.read_text()]
