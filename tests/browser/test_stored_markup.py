"""Payloads in every text, before a real browser: no dialog, nothing that the content policy had to stop, no foreign request."""

from typing import Any

import pytest
from playwright.sync_api import Page

from app.db import db
from tests.badinput.markup import STORED
from tests.browser.test_reports import enter
from tests.planting import plant

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]
ALL = "".join(bad.value for bad in STORED)
PUBLIC = ("/", "/activities", "/activities/1", "/teams/1", "/search?q=xq")
OFFICE = (
    "/office/",
    "/office/applications",
    "/office/help",
    "/office/reports/1",
    "/office/activities/1/edit",
    "/office/volunteers",
)


@pytest.fixture
def app(world_app):
    """One row of every noun in three communities."""
    return world_app


class Watch:
    """What a browser says about a page: dialogs, violations of its policy, requests to elsewhere."""

    def __init__(self, page: Page) -> None:
        self.seen: list[str] = []
        page.on("dialog", self.dialog)
        page.on("console", lambda said: self.seen.append(said.text) if "Content Security Policy" in said.text else None)
        page.on("request", lambda sent: self.seen.append(sent.url) if ":9/" in sent.url else None)

    def dialog(self, dialog: Any) -> None:
        """Note it, and let the page go on."""
        self.seen.append(f"dialog {dialog.message}")
        dialog.dismiss()


def test_no_payload_runs_on_any_of_these_pages(page, app, live_server):
    plant(lambda column, id: f"{id}{ALL}")
    watch, shown = Watch(page), 0
    for path in PUBLIC:
        page.goto(path)
        shown += "xq" in page.content()
    enter(page, "wantong", "/office/")
    for path in OFFICE:
        page.goto(path)
        shown += "xq" in page.content()
        assert not page.locator("xq, [xq]").count()
    assert watch.seen == [] and shown > 6


def test_a_page_that_escapes_nothing_is_noticed(page, app, live_server, monkeypatch):
    """The planted hole: the policy stops what runs, and the watch hears of it."""
    monkeypatch.setitem(app.view_functions, "portal.about", lambda: f"<!DOCTYPE html><title>x</title>{STORED[1].value}")
    db.session.commit()
    watch = Watch(page)
    page.goto("/about")
    page.wait_for_function("document.querySelector('[xq]') !== null")
    page.goto("/healthz")
    assert watch.seen
