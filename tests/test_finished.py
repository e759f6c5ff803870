"""Finished pages: the same bytes for every visitor, gone at once when what they show changes, never for who is signed in."""

import gzip
import re
from datetime import timedelta
from typing import Any

import brotli
import pytest
from flask import Flask, template_rendered

from app import clock, finished, freshness
from app.db import db, reading
from app.models import (
    Activity,
    Feedback,
    Honour,
    Notice,
    Professional,
    ProfessionalGroup,
    PublicCase,
    Region,
    Report,
    ServiceBase,
    Team,
    User,
    Volunteer,
    topics,
)
from app.models.activity import ActivityStatus
from app.models.figure import Figure
from app.models.honour import HonourKind
from tests import cast, fixtures
from tests.demonstration import rows
from tests.pages import visits
from tests.support.statements import statements

PACKED = {"br": brotli.decompress, "gzip": gzip.decompress}
# Tables that a visitor's page may read without showing a word of them.
UNSEEN = {"generation"}


@pytest.fixture
def honest():
    """What this test writes by itself has to touch its topics, like everything that the product writes."""
    fixtures.HONEST.append("yes")
    yield
    fixtures.HONEST.clear()


def kept_visits(app: Flask) -> list[Any]:
    """Every visit of a visitor to a page that is kept."""
    views: Any = app.view_functions
    return [one for one in visits(rows()) if not one.who and hasattr(views[one.endpoint], "topics")]


def was_kept(client: Any, path: str) -> bool:
    """Whether this page comes from memory, without a statement."""
    key = len(client.application.finished.held)
    with statements() as seen:
        client.get(path)
    return not seen and len(client.application.finished.held) == key


@pytest.mark.sqlite_only
def test_every_portal_page_without_a_form_of_its_own_is_kept(demo_app):
    views: Any = demo_app.view_functions
    bare = {one.endpoint for one in visits(rows()) if not one.who and not hasattr(views[one.endpoint], "topics")}
    # forms; the search is kept too: its limit counts the questions that are looked up
    asking = {"portal.help_new", "portal.help_track", "portal.help_asked"}
    assert {one for one in bare if one.startswith("portal.")} == asking


@pytest.mark.sqlite_only
def test_a_kept_page_is_alike_for_all_and_names_nobody(demo_app):
    client, other = demo_app.test_client(), demo_app.test_client()
    for visit in kept_visits(demo_app):
        first = client.get(visit.path)
        assert first.data == other.get(visit.path).data, visit
        assert "Set-Cookie" not in first.headers and "csrf" not in first.text.lower(), visit
        if first.status_code == 200:
            client.get(visit.path)  # the minute may just have ended
            assert was_kept(client, visit.path), visit
            assert first.headers["Cache-Control"] == "no-cache" and first.headers["Content-Security-Policy"]


@pytest.mark.sqlite_only
def test_files_of_the_site_stay_in_memory_too(app, client):
    sheet = re.search(r'href="(/static/css/portal\.css[^"]*)"', client.get("/").text)
    assert sheet
    first = client.get(sheet[1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.view_functions, "static", None)  # nobody asks it
        second = client.get(sheet[1], headers={"Accept-Encoding": "br"})
    assert (
        brotli.decompress(second.data) == first.data
        and second.headers["Cache-Control"] == first.headers["Cache-Control"]
    )
    assert client.get(sheet[1], headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def unnamed(app: Flask, endpoint: str = "") -> list[str]:
    """The pages (or one of them) that read a table whose topic they do not name; one row of each noun is looked at."""
    client, views = app.test_client(), app.view_functions
    missing = set()
    looked_at = {visit.endpoint: visit for visit in kept_visits(app) if endpoint in ("", visit.endpoint)}
    for visit in looked_at.values():
        freshness.forget()
        with statements() as seen:
            client.get(visit.path)
        tables = set(re.findall(r'\b(?:FROM|JOIN) "?([a-z_]+)"?', " ".join(seen))) & set(db.metadata.tables) - UNSEEN
        named: Any = getattr(views[visit.endpoint], "topics", ())
        missing |= {
            f"{visit.endpoint}: {table}"
            for table in tables
            if not any(one.name in named for one in topics.TOPICS.get(table, ()))
        }
    return sorted(missing)


@pytest.mark.sqlite_only
def test_a_page_names_the_topic_of_every_table_that_it_reads(demo_app, monkeypatch):
    assert not unnamed(demo_app)
    monkeypatch.setattr(demo_app.view_functions["portal.teams_show"], "topics", ("teams", *topics.SHARED))
    assert unnamed(demo_app, "portal.teams_show") == ["portal.teams_show: activity"]


# What a visitor reads of a row → the pages that show it; every noun of the portal stands here.
SHOWN: dict[Any, tuple[str, list[str]]] = {
    Activity: ("title", ["/", "/activities", "/activities/{id}", "/search?q=新"]),
    Feedback: ("title", ["/", "/feedback", "/feedback/{id}"]),
    PublicCase: ("title", ["/", "/help", "/help/{id}"]),
    Report: ("title", ["/", "/reports", "/reports/{id}"]),
    Team: ("name", ["/teams", "/teams/{id}"]),
    ServiceBase: ("name", ["/", "/bases", "/bases/{id}"]),
    ProfessionalGroup: ("name", ["/professionals", "/professionals/{id}"]),
    Professional: ("speciality", ["/", "/professionals"]),
    Honour: ("reason", ["/stars/{id}"]),
    Notice: ("title", ["/", "/notices", "/notices/{id}"]),
    Figure: ("number", ["/"]),
    User: ("name", ["/professionals"]),
    Region: ("name", ["/regions/matches?q=新"]),
}


def stale(app: Flask, by_statement: bool) -> list[str]:
    """Pages that look the same after a word of what they show has changed."""
    client, found = app.test_client(), []
    for model, (name, paths) in SHOWN.items():
        row = shown_row(model)
        key = row.__mapper__.primary_key_from_instance(row)[0]
        paths = [path.format(id=key) for path in paths]
        before = [client.get(path).data for path in paths]
        value = 987_654 if model is Figure else f"新{getattr(row, name)}"[:40]
        if by_statement:
            db.session.execute(db.update(model).where(row.__mapper__.primary_key[0] == key).values({name: value}))
        else:
            setattr(row, name, value)
        db.session.commit()
        found += [path for path, was in zip(paths, before, strict=True) if client.get(path).data == was]
    return found


def shown_row(model: Any) -> Any:
    """A row of this model that stands on its pages, the first one on its list."""
    if model is User:
        member = db.select(Volunteer.user_id).join(Professional).where(Professional.status == "shown").limit(1)
        return db.session.get(User, db.session.scalar(member))
    if model is Figure:
        return db.session.get(Figure, "volunteers")
    if model is Region:
        return db.session.get(Region, cast.WANTONG)
    ended = Activity.status == ActivityStatus.PUBLISHED, Activity.starts_at > clock.now()
    found = {
        Activity: (ended, Activity.starts_at),
        Feedback: ([Feedback.status == "published"], Feedback.published_at.desc()),
        PublicCase: ([PublicCase.hidden_at.is_(None)], PublicCase.closed_at.desc()),
        Report: ([Report.status == "published"], Report.published_at.desc()),
        Team: ([Team.status == "active"], Team.id.desc()),
        ServiceBase: ([ServiceBase.status == "open"], ServiceBase.id.desc()),
        ProfessionalGroup: ([ProfessionalGroup.status == "shown"], ProfessionalGroup.position),
        Professional: ([Professional.status == "shown"], Professional.id),
        Honour: ([Honour.status == "published", Honour.kind == HonourKind.PERSON], Honour.id),
        Notice: ([Notice.status == "published", Notice.visible_at <= clock.now()], Notice.visible_at.desc()),
    }
    conditions, order = found[model]
    return db.session.scalars(db.select(model).where(*conditions).order_by(order)).first()


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "by_statement",
    [pytest.param(False, marks=pytest.mark.full, id="by row"), pytest.param(True, id="by statement")],
)
def test_whatever_is_written_stands_on_its_pages_at_once(demo_app, honest, monkeypatch, by_statement):
    monkeypatch.setattr(freshness, "LOOK_EVERY", 3600)  # nobody else writes: what is seen at once is our own commit
    assert not stale(demo_app, by_statement)
    monkeypatch.setattr(topics, "TOPICS", {**topics.TOPICS, "team": (topics.Topic("activities"),)})  # a planted twin
    assert {"/teams"} <= set(stale(demo_app, by_statement))


def test_a_commit_of_another_process_is_seen_within_a_second(app, client, honest, monkeypatch):
    monkeypatch.setattr(freshness, "LOOK_EVERY", 3600)  # a second, however slow this machine is
    number = cast.make_activity(title="早先的名字").id
    db.session.commit()
    client.get("/activities")
    with db.engine.begin() as other:  # past the session: this process does not hear of it
        other.execute(db.text("UPDATE activity SET title = '后来的名字' WHERE id = :id"), {"id": number})
        other.execute(db.text("UPDATE generation SET number = number + 1 WHERE topic = 'activities'"))
    assert "早先的名字" in client.get("/activities").text
    monkeypatch.setattr(freshness._known, "looked", freshness._known.looked - 3601)  # a second later
    assert "后来的名字" in client.get("/activities").text


def test_a_page_ends_with_its_minute(app, client, monkeypatch):
    soon = clock.now().replace(second=0, microsecond=0) + timedelta(minutes=5)
    cast.make_activity(title="快开始了", starts_at=soon, ends_at=soon + timedelta(hours=1))
    db.session.commit()
    assert "快开始了" in client.get("/activities?status=recruiting").text
    clock.move(timedelta(minutes=6))
    assert "快开始了" not in client.get("/activities?status=recruiting").text


@pytest.mark.sqlite_only
def test_who_is_signed_in_gets_nothing_from_memory_and_leaves_nothing(app, client, clients):
    volunteer = clients("volunteer")
    page = client.get("/").data
    held = dict(app.finished.held)
    mine = volunteer.get("/")
    assert mine.data != page and "no-store" in mine.headers["Cache-Control"] and "李静" in mine.text
    assert dict(app.finished.held) == held
    visitor_with_a_form = app.test_client()
    visitor_with_a_form.get("/register")
    visitor_with_a_form.get("/activities")
    assert dict(app.finished.held).keys() == held.keys()
    assert client.get("/").data == page


@pytest.mark.sqlite_only
def test_what_a_browser_has_is_not_sent_again(app, client):
    first = client.get("/activities")
    again = client.get("/activities", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"") and "Content-Length" not in again.headers
    assert again.headers["ETag"] == first.headers["ETag"] and again.headers["Vary"] == first.headers["Vary"]
    cast.make_activity(title="新来的活动")
    db.session.commit()
    changed = client.get("/activities", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200 and changed.headers["ETag"] != first.headers["ETag"]
    head = client.head("/activities")
    assert head.data == b"" and int(head.headers["Content-Length"]) == len(changed.data)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("accepted", ["", "gzip", "br, gzip"])
def test_the_first_answer_is_sent_as_those_from_memory_are(app, client, accepted):
    for path in ("/activities?first=1", "/about"):
        first, again = (client.get(path, headers={"Accept-Encoding": accepted}) for _ in range(2))
        assert list(first.headers) == list(again.headers) and first.data == again.data
        assert first.headers["Vary"].endswith("Accept-Encoding") and first.content_length == len(first.data)
    assert first.headers["Vary"] == "Cookie, HX-Request-Type, HX-History-Restore-Request, Accept-Encoding"


def test_parts_pages_modes_and_packings_do_not_mix(app, client):
    page, part = client.get("/activities").text, client.get("/activities", htmx=True).text
    assert "<html" in page and "<html" not in part and client.get("/activities").text == page
    client.set_cookie("mode", "elder")
    assert 'data-mode="elder"' in client.get("/activities").text and 'data-mode="elder"' not in page
    client.delete_cookie("mode")
    for name, unpack in PACKED.items():
        packed = client.get("/activities", headers={"Accept-Encoding": f"{name}, identity;q=0.5"})
        assert packed.headers["Content-Encoding"] == name and unpack(packed.data).decode() == page
    plain = client.get("/activities", headers={"Accept-Encoding": "br;q=0, gzip;q=0"})
    assert "Content-Encoding" not in plain.headers and plain.text == page


def test_a_page_is_kept_for_the_mode_that_it_has_whatever_else_the_cookies_say(app, monkeypatch):
    """A cookie of the other name, or one that a neighbouring site sent in its own letters."""
    client, elder = app.test_client(use_cookies=False), 'data-mode="elder"'
    for production, counts, other in ((False, "mode", "__Host-mode"), (True, "__Host-mode", "mode")):
        monkeypatch.setitem(app.config, "PRODUCTION", production)
        app.finished.held.clear()
        for said, is_elder in (
            (f"{other}=x; {counts}=elder", True),
            (f"{other}=elder", False),
            (f"{other}=elder; {counts}=x", False),
            (f"{counts}=elder", True),
            ("", False),
            (f"{counts}=elder; neighbour=\xff", True),
        ):
            page = client.get("/activities", headers={"Cookie": said})
            assert page.status_code == 200 and (elder in page.text) is is_elder, (production, said)


@pytest.mark.sqlite_only
def test_memory_stays_bounded(app, client, monkeypatch):
    monkeypatch.setattr(finished, "ROOM", 400_000)
    for n in range(64):
        client.get(f"/activities?x={n}")
    assert 300_000 < sum(page.room for page in app.finished.held.values()) <= 400_000


@pytest.mark.sqlite_only
def test_a_page_is_kept_as_browsers_ask_for_it_and_unpacked_for_others(app, client):
    plain = client.get("/activities").text
    (page,) = app.finished.held.values()
    whole = page.room
    client.get("/activities", headers={"Accept-Encoding": "gzip, br"})
    assert list(page.forms) == ["br"] and page.room < whole / 2
    assert client.get("/activities").text == plain and list(page.forms) == ["br"]
    again = client.get("/activities", headers={"Accept-Encoding": "gzip"})
    assert PACKED["gzip"](again.data).decode() == plain


@pytest.mark.sqlite_only
def test_pages_may_be_asked_for_while_room_is_counted(app, client, monkeypatch):
    held, room = app.finished.held, finished.Page.room.fget

    def meanwhile(page: Any) -> int:  # as another thread does that answers from memory
        held.move_to_end(next(iter(held)))
        return room(page)

    monkeypatch.setattr(finished.Page, "room", property(meanwhile))
    monkeypatch.setattr(finished, "ROOM", 100_000)
    assert all(client.get(f"/activities?x={n}").status_code == 200 for n in range(17))


@pytest.mark.sqlite_only
def test_a_page_begun_before_a_commit_is_not_taken_for_the_one_after(app, client, honest):
    activity = cast.make_activity(title="早先的名字")
    db.session.commit()

    def meanwhile(sender: Any, **extra: Any) -> None:  # after the view has read, before its page is kept
        template_rendered.disconnect(meanwhile, app)
        with app.app_context():
            db.session.get(Activity, activity.id).title = "后来的名字"
            token = reading.set(False)
            db.session.commit()
            reading.reset(token)

    template_rendered.connect(meanwhile, app)
    assert "早先的名字" in client.get("/activities").text
    assert "后来的名字" in client.get("/activities").text
