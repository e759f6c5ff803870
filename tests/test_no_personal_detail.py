"""What an asker told in confidence stands in no byte that a visitor can read, whatever state the request is in.

Requests with names, telephone numbers, addresses and words of their own are planted in every state; then every public
address of the url map is read, asked for them, and made to fail. An address that is asked for a word repeats it: the
answer must be the same, byte for byte, as for a word of that shape that nobody ever said.
"""

import re
from collections.abc import Iterator
from html import escape
from urllib.parse import quote

import pytest

from app.db import db
from app.models import HelpRequest
from app.models.contact_view import look
from app.models.help.states import HelpStatus
from app.models.report import ReportStatus
from tests.cast import make_activity, who
from tests.helps import ADDRESS, NAME, PHONE, bring
from tests.portal_feedback import published
from tests.reports import reported
from tests.showcases import make_base, make_team
from tests.test_access import routes

SKIPPED = {"static", "htmx", "portal.picture", "dev.components", "dev.office"}  # files, and pages for developers
IDS = range(6)  # of every noun: some exist, some do not
STATES = list(HelpStatus)


def secrets_of(n: int) -> dict[str, str]:
    """What the n-th asker tells: nothing of it stands anywhere else."""
    return {
        "name": f"龘{chr(0x9F00 + n)}",
        "phone": f"1397531{n + 1000:04d}",
        "address": f"幽篁里{n + 1000}弄{n + 2000}室",
        "content": f"暗渠阀门{n + 1000}漏得厉害，希望有人来修。",
    }


def pieces(told: dict[str, str]) -> list[str]:
    """What would give somebody away."""
    phone, address, content = told["phone"], told["address"], told["content"]
    return [told["name"], phone, f"{phone[:3]} {phone[3:7]} {phone[7:]}", address, "幽篁里", content[:8]]


def plant(number: int) -> list[str]:
    """So many requests, in turn in every state, some of them looked at; returns every piece that must not be seen."""
    for n in range(number):
        request = bring(STATES[n % len(STATES)], **secrets_of(n))
        if request.shows_contact:
            look(request, by=who("wantong"))
    kept = db.session.scalars(db.select(HelpRequest)).all()
    assert {request.status for request in kept} == set(STATES) and len(kept) >= number
    numbers = [request.number for request in kept]
    make_activity()
    published(pictures=0)
    reported(ReportStatus.PUBLISHED)
    make_team()
    make_base()
    db.session.commit()
    return [piece for n in range(number) for piece in pieces(secrets_of(n))] + [NAME, PHONE, ADDRESS, *numbers]


def addresses() -> Iterator[str]:
    """Every address of a public page, and some that are none."""
    for route in routes():
        if route.method != "GET" or route.access not in ("public", "own-token") or route.endpoint in SKIPPED:
            continue
        yield from {re.sub(r"<[^>]+>", str(id), route.rule) for id in IDS}
    yield from ("/nothing", "/help/999999", "/help/asked?number=1", "/activities?region=nowhere", "/?category=nothing")


def asked_for(word: str) -> Iterator[str]:
    """Every address that looks for words, asked for this one."""
    for route in routes():
        if (
            route.method == "GET"
            and route.access == "public"
            and "<" not in route.rule
            and route.endpoint not in SKIPPED
        ):
            yield f"{route.rule}?q={quote(word)}"


def nobodys(word: str) -> str:
    """A word of the same shape that nobody said."""
    return re.sub(r"\d", "4", re.sub(r"[^\d\s]", "鱻", word))


def without(text: str, word: str) -> str:
    """The text without the word, as it stands in a page or an address, and without what is drawn by lot."""
    for said in (escape(word), quote(word), quote(word, safe="")):
        text = text.replace(said, "…")
    return re.sub(r'name="(?:key|csrf_token)"[^>]*value="[^"]*"|id="key"[^>]*', "", text)


def crawl(client, number: int) -> None:
    """Plant, read everything, ask for everything."""
    secrets = plant(number)
    read = 0
    for address in addresses():
        answer = client.get(address, follow_redirects=True)
        seen = [secret for secret in secrets if secret in answer.text or secret in str(answer.headers)]
        assert not seen, (address, seen)
        read += answer.status_code == 200
    assert read > 30
    for n in (n for n in range(number) if STATES[n % len(STATES)] is HelpStatus.CLOSED):  # those that the lists hold
        for word in pieces(secrets_of(n))[:4]:
            for here, there in zip(asked_for(word), asked_for(nobodys(word)), strict=True):
                found, nothing = client.get(here), client.get(there)
                assert without(found.text, word) == without(nothing.text, nobodys(word)), here
    fails(client, secrets)


def fails(client, secrets: list[str]) -> None:
    """Error pages: a wrong pair, an empty form, a wrong method, as a page and as a fragment."""
    number = db.session.scalars(db.select(HelpRequest.number)).first()
    for path, sent in (
        ("/help/track", {"number": number, "tail": "0000"}),
        ("/help/track", {}),
        ("/help/new", {}),
        ("/help/track/rating", {"rating": "good"}),
        ("/help/track/withdrawal", {}),
        ("/help", {}),
    ):
        for htmx in (False, True):
            answer = client.post(path, data=sent, htmx=htmx)
            shown = answer.text.replace(number, "")  # the visitor's own words come back
            assert answer.status_code >= 400 and not [one for one in secrets if one in shown], path


@pytest.mark.sqlite_only
def test_no_public_byte_gives_an_asker_away(client):
    crawl(client, 30)


@pytest.mark.full
def test_no_public_byte_gives_any_of_two_hundred_askers_away(client):
    crawl(client, 200)
