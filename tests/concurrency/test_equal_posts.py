"""The same form sent fifty times at once makes what one sending makes: every form that carries a key of creation."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from app import once
from app.db import db
from tests.activities import form
from tests.demonstration import rows
from tests.fixtures import as_new
from tests.member.test_reports import FILLED
from tests.places import Place, walk
from tests.portal.test_help import GOOD
from tests.support.together import together
from tests.test_every_page import Readers

TIMES = 50
BESIDE = {"sign_in", "attempt"}  # written by whoever looks, not by what is created
QUICK = {  # (who, address) → what is typed
    ("wantong", "/office/activities/new"): form(),
    ("", "/help/new"): GOOD,
    ("volunteer", "/member/reports/new"): FILLED | {"action": "submit"},
}


def counts() -> Counter[str]:
    """Rows of each table."""
    tables = [one for one in db.metadata.sorted_tables if one.name not in BESIDE]
    found = db.session.execute(
        select(*(select(func.count()).select_from(one).scalar_subquery() for one in tables))
    ).one()
    return Counter(dict(zip((one.name for one in tables), found, strict=True)))


def grown(app, place: Place, sent: dict, times: int) -> dict[str, int]:
    """How many rows this many equal posts at once make, by table."""
    known = Readers(app)[place.who]
    known.get("/healthz")

    def post():
        client = app.test_client()
        client._cookies = dict(known._cookies)
        return client.post(place.path, data=sent).status_code

    before = counts()
    answers = together(app, [post] * times)
    assert not [one for one in answers if not isinstance(one, int) or (one >= 500 and one != 503)], answers
    return {name: number for name, number in (counts() - before).items() if number}


def quick(who: str, path: str) -> tuple[Place, dict]:
    """This form, and what is sent."""
    return Place(who, "POST", path, ""), QUICK[who, path] | {"key": "ab" * 16}


@pytest.mark.parametrize(("who", "path"), QUICK, ids=[path for _, path in QUICK])
def test_fifty_equal_posts_make_what_one_makes(kind, applications, databases, who, path):
    site = applications(kind), databases(kind)
    found = []
    for times in (1, TIMES):
        with as_new(*site, kind) as app:
            found.append(grown(app, *quick(who, path), times))
    assert found[0] == found[1] and found[0]["creation_key"] == 1, found


@pytest.mark.sqlite_only
def test_a_key_that_is_not_looked_at_is_noticed(kind, applications, databases, monkeypatch):
    """The planted hole: every form counts as the first one."""
    monkeypatch.setattr(once, "insert_once", lambda *all: True)
    with as_new(applications(kind), databases(kind), kind) as app:
        assert grown(app, *quick("wantong", "/office/activities/new"), 8)["activity"] == 8


@pytest.mark.full
def test_fifty_equal_posts_on_every_form_that_creates(kind, demo_sites):
    site, typed = demo_sites(kind), {path: words for (_, path), words in QUICK.items()}
    with as_new(*site, f"demo-{kind}") as app:
        found = [one for one in walk(app, Readers(app), rows(), deep=False) if "key" in one.fields and not one.guessed]
    wrong, made = {}, []
    for place in found:
        sent = place.sent(**typed.get(place.path, {}))
        with as_new(*site, f"demo-{kind}") as app:
            once_sent = grown(app, place, sent, 1)
        if "creation_key" not in once_sent:
            continue  # an edit, or what the walk types is not enough to create
        made.append(place.endpoint)
        with as_new(*site, f"demo-{kind}") as app:
            fifty = grown(app, place, sent, TIMES)
        if once_sent != fifty:
            wrong[str(place)] = once_sent, fifty
    assert not wrong and len(made) >= 12, (wrong, made, [str(one) for one in found if one.endpoint not in made])
