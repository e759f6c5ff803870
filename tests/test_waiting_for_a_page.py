"""A page that somebody builds already: who asks for it meanwhile waits for it, unless it was begun too early for them."""

import threading
from typing import Any

import pytest
from flask import Flask, template_rendered
from werkzeug.test import Client

from app import finished
from app.db import db
from app.models import Activity
from tests import cast
from tests.test_finished import honest

__all__ = ["honest"]
pytestmark = pytest.mark.usefixtures("one_minute")  # with the next one the second would build the page too


class Herd:
    """Two visitors for one page, the second while the first one's is being built; `meanwhile` happens in between."""

    def __init__(self, app: Flask, monkeypatch: Any, meanwhile: Any = lambda: None) -> None:
        self.app, self.drawn, self.texts = app, 0, dict[str, str]()
        self.first_is_in, self.second_asked = threading.Event(), threading.Event()
        will_do = finished.Building.will_do

        def asked(*about: Any) -> bool:
            self.second_asked.set()
            return will_do(*about)

        def drawing(sender: Any, **extra: Any) -> None:
            self.drawn += 1
            if self.drawn == 1:
                self.first_is_in.set()
                self.second_asked.wait(20)

        monkeypatch.setattr(finished.Building, "will_do", asked)
        template_rendered.connect(drawing, app)
        first = threading.Thread(target=self.ask, args=("first",))
        first.start()
        assert self.first_is_in.wait(20)
        meanwhile()
        self.ask("second")
        first.join(20)
        template_rendered.disconnect(drawing, app)

    def ask(self, who: str) -> None:
        self.texts[who] = Client(self.app).get("/activities").text


@pytest.mark.sqlite_only
def test_a_crowd_at_one_page_builds_it_once(app, monkeypatch):
    herd = Herd(app, monkeypatch)
    assert herd.drawn == 1 and herd.texts["first"] == herd.texts["second"] and not app.finished.building


@pytest.mark.sqlite_only
def test_who_comes_after_a_commit_does_not_get_the_page_that_was_begun_before(app, monkeypatch, honest):
    activity = cast.make_activity(title="早先的名字")
    db.session.commit()

    def renamed() -> None:
        db.session.get(Activity, activity.id).title = "后来的名字"
        db.session.commit()

    herd = Herd(app, monkeypatch, renamed)
    assert herd.drawn == 2 and "后来的名字" in herd.texts["second"]


@pytest.mark.sqlite_only
def test_nobody_waits_for_a_page_that_came_to_nothing(app, monkeypatch):
    def broken(*about: Any, **more: Any) -> None:
        raise RuntimeError("planted")

    whole = app.view_functions["portal.activities"]
    broken.topics = whole.topics
    monkeypatch.setitem(app.view_functions, "portal.activities", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    assert Client(app).get("/activities").status_code == 500 and not app.finished.building
