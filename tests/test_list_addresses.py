"""Addresses of a list: what its links keep of the address that was asked (app/listing.py)."""

from urllib.parse import parse_qs, urlsplit

import pytest
from flask import request, url_for

from app.addresses import address
from app.db import db
from tests.activities import day
from tests.cast import make_activity


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?a=1",
        "?a=1&a=2&b=",
        "?q=李 静&x=<b>%22+/:;,@!$'()*~",
        "?中=%FF&=leer&a",
        "?after=x&before=y&format=csv&a=1",
    ],
)
def test_they_are_what_url_for_would_say(app, query):
    with app.test_request_context(f"/activities{query}"):
        sent = {name: [*filter(None, values)] for name, values in request.args.lists()}
        kept = {name: values for name, values in sent.items() if name not in ("after", "before", "format")}
        for changes in ({}, {"a": "3"}, {"a": None, "c": "&="}, {"n": 5}):
            wanted = {name: value for name, value in (kept | changes).items() if value}
            assert address(**changes) == url_for("portal.activities", **wanted)


def test_a_place_in_the_path_stays_in_the_path(app):
    with app.test_request_context("/office/activities/7/signups?id=8&x=1"):
        assert address(status="a") == "/office/activities/7/signups?x=1&status=a"


@pytest.mark.parametrize("name", ["endpoint", "self", "_anchor", "_method", "_scheme", "_external"])
def test_no_name_in_an_address_means_something_to_the_router(app, client, name):
    for n in range(21):
        make_activity(title=f"{n}", starts_at=day(2), ends_at=day(2, 11))
    db.session.commit()
    page = client.get(f"/activities?{name}=GET&region=320302")
    assert page.status_code == 200
    link = page.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert link.startswith("/activities?") and parse_qs(urlsplit(link).query)[name] == ["GET"]
