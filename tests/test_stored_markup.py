"""Twenty-two payloads in every text of the database, and every page read: nothing of them becomes markup."""

from typing import Any

import pytest

from app import create_app
from app.db import db
from app.text import as_html, marked
from tests.badinput.markup import BREAKING, STORED
from tests.demonstration import rows
from tests.fixtures import Client
from tests.pages import visits
from tests.places import broken, once_each
from tests.planting import plant
from tests.test_every_page import Readers, report

ALL = "".join(bad.value for bad in STORED)


def poison() -> dict[str, list[tuple[Any, ...]]]:
    """All payloads behind each other in every text; the rows that pages are read for, found before."""
    known = rows()
    plant(lambda column, id: f"{id}{ALL}")
    return known


def read(app: Any, known: dict[str, list[tuple[Any, ...]]], deep: bool) -> tuple[dict[str, list[str]], int]:
    """(what became markup on which page, how many pages showed a payload at all)."""
    readers, wrong, shown = Readers(app), {}, 0
    for visit in once_each(visits(known), deep):
        answer = readers[visit.who].get(visit.path)
        shown += "xq" in answer.text
        if faults := broken(answer.text) or ([f"status {answer.status_code}"] if answer.status_code >= 500 else []):
            wrong[f"{visit.who} {visit.path}"] = faults[:3]
    return wrong, shown


@pytest.mark.full
@pytest.mark.sqlite_only
def test_no_payload_in_any_text_becomes_markup_on_any_page(demo_app):
    wrong, shown = read(demo_app, poison(), deep=False)
    assert not wrong, report(wrong)
    assert shown > 60


@pytest.mark.full
@pytest.mark.sqlite_only
def test_no_payload_becomes_markup_on_a_page_of_any_state(demo_app):
    wrong, _ = read(demo_app, poison(), deep=True)
    assert not wrong, report(wrong)


@pytest.mark.sqlite_only
def test_pages_that_escape_nothing_are_caught(demo_app):
    """The planted hole: the same city on an application without autoescape."""
    known = poison()
    hole = create_app({**demo_app.config, "TESTING": True})
    hole.jinja_env.autoescape, hole.test_client_class = False, Client
    few = {key: values[:1] for key, values in known.items()}
    with hole.app_context():
        client: Any = hole.test_client()
        pages = ["/activities", f"/teams/{few['teams:teams'][0][0]}", "/reports"]
        assert all(broken(client.get(path).text) for path in pages)
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("bad", [*STORED, *BREAKING], ids=str)
def test_markdown_and_found_words_hold_no_payload(bad):
    for text in (bad.value, f"# {bad.value}\n\n- {bad.value}\n\n**{bad.value}**", f"`{bad.value}`"):
        assert not broken(str(as_html(text)))
    assert not broken(str(marked(bad.value, "xq script <")))
